//! What `provisor replay` prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use provisor_clients::action::ROWS;
use provisor_clients::client::{Done, Problem};
use provisor_clients::converge::Difference;
use provisor_clients::fault::FAULTS;
use provisor_clients::http::{Answer, Exchange, Method};
use provisor_clients::provider::Provider;
use serde_json::Value;

use crate::output::{self, Look, shown};

/// Characters of a body that are shown.
const BODY: usize = 160;
/// Columns of an action's name.
const ACTION: usize = 40;

/// What was sent and answered so far.
#[derive(Debug, Default)]
pub struct Tally {
    methods: BTreeMap<Method, usize>,
    statuses: BTreeMap<u16, usize>,
    unanswered: usize,
    bytes: usize,
    /// What the client could not tell.
    pub problems: Vec<Problem>,
}

impl Tally {
    /// Counts what came of an action.
    pub fn add(&mut self, done: &Done) {
        for exchange in &done.exchanges {
            *self.methods.entry(exchange.request.method).or_default() += 1;
            self.bytes += exchange.request.body.as_ref().map_or(0, String::len);
            match &exchange.answer {
                Ok(answer) => *self.statuses.entry(answer.status).or_default() += 1,
                Err(_) => self.unanswered += 1,
            }
        }
        self.problems.extend(done.problems.iter().cloned());
    }

    /// The end of a run.
    pub fn summary(&self, look: Look) -> String {
        let all: usize = self.methods.values().sum();
        let methods = self.methods.iter().map(|(method, count)| format!("{count} {method}"));
        let methods = methods.collect::<Vec<_>>().join(", ");
        let mut text = format!("\n{all} requests: {methods}; {} bytes of bodies\n", self.bytes);
        let statuses = self.statuses.iter().map(|(status, count)| format!("{status} × {count}"));
        let mut answers: Vec<String> = statuses.collect();
        if self.unanswered > 0 {
            answers.push(format!("none × {}", self.unanswered));
        }
        let _ = writeln!(text, "answers: {}", answers.join(", "));
        if self.problems.is_empty() {
            let good = look.paint("the client could tell everything", output::ADDED);
            let _ = writeln!(text, "{good}");
        } else {
            let count = self.problems.len();
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            let many = format!("the client stumbled {times}:");
            let _ = writeln!(text, "{}", look.paint(&many, output::ERROR));
            let mut told: Vec<(String, usize)> = Vec::new();
            for problem in self.problems.iter().map(ToString::to_string) {
                match told.iter_mut().find(|(one, _)| *one == problem) {
                    Some((_, count)) => *count += 1,
                    None => told.push((problem, 1)),
                }
            }
            for (problem, count) in told {
                let times = if count > 1 { format!(" (× {count})") } else { String::new() };
                let _ = writeln!(text, "  {}{times}", shown(&problem));
            }
        }
        text
    }
}

/// What came of an action, in a line; each request below it where wanted.
pub fn action(what: &str, done: &Done, each: bool, look: Look) -> String {
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for exchange in &done.exchanges {
        let status = match &exchange.answer {
            Ok(answer) => answer.status.to_string(),
            Err(_) => "no answer".to_owned(),
        };
        *answers.entry(format!("{} {status}", exchange.request.method)).or_default() += 1;
    }
    let told = answers.iter().map(|(what, count)| match count {
        1 => what.clone(),
        count => format!("{what} × {count}"),
    });
    let told = if done.exchanges.is_empty() {
        look.paint("nothing is sent", output::FAINT)
    } else {
        told.collect::<Vec<_>>().join(", ")
    };
    let name = look.paint(&format!("{:<ACTION$}", shown(what)), output::STRONG);
    let mut text = format!("{name}  {told}\n");
    if each {
        done.exchanges.iter().for_each(|exchange| text.push_str(&short(exchange, look)));
    }
    for problem in &done.problems {
        let _ = writeln!(text, "  {}", look.paint(&shown(&problem.to_string()), output::ERROR));
    }
    text
}

fn short(exchange: &Exchange, look: Look) -> String {
    let request = &exchange.request;
    let mut text = format!("  {} {}\n", request.method, shown(&request.to));
    if let Some(body) = &request.body {
        let _ = writeln!(text, "      {}", cut(body));
    }
    let answer = match &exchange.answer {
        Ok(answer) => answered(answer),
        Err(broken) => shown(&broken.message),
    };
    let good = exchange.answer.as_ref().is_ok_and(Answer::is_success);
    let style = if good { output::FAINT } else { output::ERROR };
    let _ = writeln!(text, "    → {}", look.paint(&answer, style));
    text
}

fn answered(answer: &Answer) -> String {
    let body = answer.json();
    let member = |name: &str| body.get(name).and_then(Value::as_str).map(shown);
    let mut words = vec![answer.status.to_string()];
    words.extend(member("scimType"));
    if let Some(total) = body.get("totalResults") {
        words.push(format!("totalResults {total}"));
    }
    words.extend(member("id").map(|id| format!("id {id}")));
    words.extend(member("detail"));
    words.extend(answer.header("retry-after").map(|wait| format!("Retry-After: {}", shown(wait))));
    words.join(", ")
}

fn cut(body: &str) -> String {
    match body.char_indices().nth(BODY) {
        Some((at, _)) => format!("{}…", shown(body.get(..at).unwrap_or_default())),
        None => shown(body),
    }
}

/// What was read back; `whole`: the client stumbled over nobody, who would be left out.
pub fn verified(found: &[Difference], whole: bool, look: Look) -> String {
    if found.is_empty() {
        let (good, style) = if whole {
            ("the endpoint has what the script says", output::ADDED)
        } else {
            ("the endpoint has the rest of what the script says", output::WARNING)
        };
        return format!("{}\n", look.paint(good, style));
    }
    let many = format!("the endpoint differs from the script in {}:", found.len());
    let mut text = format!("{}\n", look.paint(&many, output::ERROR));
    for difference in found {
        let _ = writeln!(text, "  {}", shown(&difference.to_string()));
    }
    text
}

/// What was deleted in the end.
pub fn cleaned(gone: usize, left: &[String], look: Look) -> String {
    let mut text = format!("{gone} resources were deleted again\n");
    for one in left {
        let line = format!("left behind: {}", shown(one));
        let _ = writeln!(text, "{}", look.paint(&line, output::WARNING));
    }
    text
}

/// The clients, the actions and the faults.
pub fn list(look: Look) -> String {
    let head = |text: &str| look.paint(text, output::STRONG);
    let mut text = format!("{}\n", head("Clients, for --as"));
    for provider in Provider::ALL {
        let profile = provider.profile();
        let _ = writeln!(text, "  {:<14}  {}", profile.name, profile.about);
    }
    let _ = writeln!(text, "\n{}", head("Actions, for --only and in scripts"));
    for row in ROWS {
        let _ = writeln!(text, "  {:<18}  {}", row.name, row.asks);
    }
    let _ = writeln!(text, "\n{}", head("Faults of the client rfc7644, for --fault"));
    for fault in FAULTS {
        let _ = writeln!(text, "  {:<4}  {}", fault.id, fault.what);
    }
    text
}
