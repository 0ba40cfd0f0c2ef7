//! The report for a terminal: worst first, each finding with its evidence.

use std::fmt::Write;

use crate::report::{Entry, Exchange, Finding, Redacted, Verdict};

/// The report as plain text.
pub fn render(report: &Redacted) -> String {
    let mut text = String::new();
    let mut order: Vec<&Entry> = report.entries.iter().filter(|one| one.is_finding()).collect();
    order.sort_by_key(|entry| entry.verdict);
    order.into_iter().for_each(|entry| one(&mut text, entry));
    let counts = report.counts();
    let counted = Verdict::ALL.iter().filter_map(|verdict| {
        counts.get(verdict).map(|count| format!("{count} {}", verdict.as_str()))
    });
    let _ = writeln!(
        text,
        "{} scenarios at {}: {}\n{} requests in {:.1} s",
        report.entries.len(),
        report.subject,
        counted.collect::<Vec<_>>().join(", "),
        report.requests,
        report.millis as f64 / 1000.0,
    );
    for path in &report.left_behind {
        let _ = writeln!(text, "left behind, because DELETE did not take it away: {path}");
    }
    text
}

fn one(text: &mut String, entry: &Entry) {
    let _ = writeln!(text, "{}: {}", entry.verdict.as_str(), entry.id);
    let _ = writeln!(text, "  {}", entry.title);
    if let Some(reason) = &entry.reason {
        let _ = writeln!(text, "  {reason}");
    }
    for finding in &entry.findings {
        self::finding(text, finding);
    }
    if matches!(entry.verdict, Verdict::Fail | Verdict::Warn) {
        for cited in &entry.requirements {
            let _ = writeln!(
                text,
                "  {} {} ({}): {}",
                cited.id, cited.keyword, cited.place, cited.text
            );
        }
        let _ = writeln!(text, "  why it matters: {}", entry.why);
        let _ = writeln!(text, "  to fix: {}", entry.fix);
    }
    text.push('\n');
}

fn finding(text: &mut String, finding: &Finding) {
    let _ = match finding.step {
        None => writeln!(text, "  {}", finding.name),
        Some(step) => writeln!(text, "  step {step}: {}", finding.name),
    };
    for difference in &finding.differences {
        let _ = writeln!(
            text,
            "    {}: expected {}, found {}",
            difference.place, difference.expected, difference.found
        );
    }
    for Exchange { request, answer, failed, .. } in &finding.exchanges {
        let _ = writeln!(text, "    {}", request.curl());
        if let Some(answer) = answer {
            let body = answer.body.as_ref().map_or("", |body| body.text.as_str());
            let body: String = body.chars().take(400).collect();
            let _ = writeln!(text, "    answered {}: {body}", answer.status);
        }
        if let Some(message) = failed {
            let _ = writeln!(text, "    no answer: {message}");
        }
    }
}
