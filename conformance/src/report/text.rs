//! The report for a terminal: worst first, each finding with its evidence.

use std::fmt::Write;

use crate::http::Exchange;
use crate::report::{Finding, Outcome, Report, Verdict};
use crate::requirement::Requirement;
use crate::scenario::Scenario;

/// The report as plain text.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    let mut order: Vec<&(Scenario, Outcome)> = report.outcomes.iter().collect();
    order.sort_by_key(|(_, outcome)| place(outcome.verdict));
    for (scenario, outcome) in order {
        if !matches!(outcome.verdict, Verdict::Pass | Verdict::Skip) {
            one(&mut text, report, scenario, outcome);
        }
    }
    let counts = report.counts();
    let counted = Verdict::ALL.iter().filter_map(|verdict| {
        counts.get(verdict).map(|count| format!("{count} {}", verdict.as_str()))
    });
    let _ = writeln!(
        text,
        "{} scenarios at {}: {}\n{} requests in {:.1} s",
        report.outcomes.len(),
        report.url,
        counted.collect::<Vec<_>>().join(", "),
        report.requests,
        report.millis as f64 / 1000.0,
    );
    for path in &report.left_behind {
        let _ = writeln!(text, "left behind, because DELETE did not take it away: {path}");
    }
    text
}

fn one(text: &mut String, report: &Report, scenario: &Scenario, outcome: &Outcome) {
    let _ = writeln!(text, "{}: {}", outcome.verdict.as_str(), scenario.id);
    let _ = writeln!(text, "  {}", scenario.title);
    if let Some(reason) = &outcome.reason {
        let _ = writeln!(text, "  {reason}");
    }
    for finding in &outcome.findings {
        self::finding(text, report, finding);
    }
    if matches!(outcome.verdict, Verdict::Fail | Verdict::Warn) {
        for id in &scenario.covers {
            if let Some(requirement) = Requirement::find(id) {
                let _ = writeln!(
                    text,
                    "  {id} {} ({}): {}",
                    requirement.keyword,
                    requirement.place(),
                    requirement.text
                );
            }
        }
        let _ = writeln!(text, "  why it matters: {}", scenario.why);
        let _ = writeln!(text, "  to fix: {}", scenario.fix);
    }
    text.push('\n');
}

fn finding(text: &mut String, report: &Report, finding: &Finding) {
    let _ = match finding.step {
        0 => writeln!(text, "  afterwards: {}", finding.name),
        step => writeln!(text, "  step {step}: {}", finding.name),
    };
    for difference in &finding.differences {
        let _ = writeln!(
            text,
            "    {}: expected {}, found {}",
            difference.place, difference.expected, difference.found
        );
    }
    let Exchange { request, answer } = &finding.exchange;
    let _ = writeln!(text, "    {}", request.curl(&report.url, true));
    match answer {
        Ok(answer) => {
            let body: String = answer.text().chars().take(400).collect();
            let _ = writeln!(text, "    answered {}: {body}", answer.status);
        }
        Err(message) => {
            let _ = writeln!(text, "    no answer: {message}");
        }
    }
}

fn place(verdict: Verdict) -> usize {
    Verdict::ALL.iter().position(|one| *one == verdict).unwrap_or(usize::MAX)
}
