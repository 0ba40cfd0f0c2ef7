//! What a run came to as a report of the conformance harness: one entry for each rule, with its
//! evidence.

mod cost;

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use provisor_conformance::expect::Difference;
use provisor_conformance::report::{
    Answer, Body, Cited, Entry, Exchange, Finding, Kind, Latency, Report, Request, Section, Verdict,
};
use provisor_conformance::scenario;

use crate::contract::Contract;
use crate::drive::Details;
use crate::exchange;
use crate::judgement::{self, Level, Rule, TOKEN_PATH};
use crate::misbehave::Misbehaviour;
use crate::run::Outcome;

/// Findings of one rule that are shown with their exchanges; the rest is counted. Of a warning one
/// is enough.
const SHOWN: usize = 3;
/// Exchanges of steps that failed that are kept, for HAR and JSON.
const KEPT: usize = 200;

/// The report of a run. `misbehaviours` are those that the run had.
pub fn report(
    outcome: &Outcome,
    details: &Details,
    contract: &Contract,
    misbehaviours: &[&Misbehaviour],
) -> Report {
    let mut report = Report::new(Kind::Source, subject(outcome));
    report.judged_by = vec![contract.name.clone()];
    report.millis = outcome.millis;
    report.requests = outcome.exchanges.len() as u64;
    report.interrupted.clone_from(&outcome.interrupted);
    // A report is made when the run is over.
    let began = SystemTime::now().checked_sub(Duration::from_millis(outcome.millis));
    let run = Run { outcome, details, began };
    report.started = run.moment(0).unwrap_or(report.started);
    let times = outcome.exchanges.iter().filter(|one| one.answer.is_some());
    let times = times.map(|one| Duration::from_millis(one.ended.saturating_sub(one.began)));
    report.latency = Latency::of(times.collect());
    for rule in judgement::rules() {
        report.entries.push(entry(rule, &run, contract, misbehaviours));
    }
    report.entries.sort_by(|one, other| one.id.cmp(&other.id));
    report.notes = notes(outcome, contract);
    report
}

/// A run, and when it began.
struct Run<'a> {
    outcome: &'a Outcome,
    details: &'a Details,
    began: Option<SystemTime>,
}

impl Run<'_> {
    /// The moment so many milliseconds after the start.
    fn moment(&self, millis: u64) -> Option<String> {
        let at = self.began?.checked_add(Duration::from_millis(millis))?;
        provisor_conformance::report::exchange::at(at)
    }
}

/// Everything that must not be in a report.
pub fn secrets(details: &Details) -> Vec<String> {
    [&details.token, &details.client_secret].into_iter().flatten().cloned().collect()
}

/// What the source calls itself. Tokens are often fetched by another library than the rest.
fn subject(outcome: &Outcome) -> String {
    let scim = outcome.exchanges.iter().filter(|one| one.request.path() != TOKEN_PATH);
    let agents = scim.filter_map(|one| one.request.header("user-agent"));
    let named = agents.map(str::trim).find(|agent| !agent.is_empty());
    named.unwrap_or("without a User-Agent").to_owned()
}

fn entry(
    rule: &'static Rule,
    run: &Run<'_>,
    contract: &Contract,
    misbehaviours: &[&Misbehaviour],
) -> Entry {
    let outcome = run.outcome;
    let found = outcome.log.of(rule.id);
    let looked = outcome.log.looked.get(rule.id);
    let times = looked.map_or(0, |looked| looked.times);
    let blocked = outcome.log.blocked.get(rule.id).map(|number| blamed(outcome, *number));
    let verdict = match (found.is_empty(), times, rule.level) {
        (false, _, Level::Must) => Verdict::Fail,
        (false, _, Level::Should) => Verdict::Warn,
        (true, 0, _) if blocked.is_some() => Verdict::Blocked,
        (true, 0, _) => Verdict::NotExercised,
        (true, _, _) | (_, _, Level::Note) => Verdict::Pass,
    };
    let noted = found
        .first()
        .filter(|_| rule.level == Level::Note)
        .map(|first| format!("{} times: {}; {}", found.len(), first.found, rule.why));
    let found = if noted.is_some() { Vec::new() } else { found };
    let level = level(rule.level);
    let most = if rule.level == Level::Must { SHOWN } else { 1 };
    let more = found.len().saturating_sub(most);
    let steps: BTreeSet<usize> = found.iter().map(|one| one.step).collect();
    // Those that it was looked at in.
    let requests = looked.map_or(0, |looked| looked.requests(&outcome.exchanges)) as u64;
    let reason = match verdict {
        Verdict::NotExercised => Some(why_not(rule, outcome, contract, misbehaviours)),
        _ if more > 0 && most == 1 => {
            Some(format!("{} times; the first one is shown", found.len()))
        }
        _ if more > 0 => Some(format!("{} times; the first {most} are shown", found.len())),
        _ => None,
    };
    let findings = found.into_iter().take(most).map(|one| {
        let shown = one
            .exchange
            .and_then(|number| outcome.exchanges.iter().find(|exchange| exchange.number == number));
        let step = outcome.steps.iter().find(|step| step.number == one.step);
        let name = match (step, shown) {
            (Some(step), _) => step.name.clone(),
            (None, Some(exchange)) => exchange.line(),
            (None, None) => rule.title.to_owned(),
        };
        let (place, expected, found) = (one.place.clone(), one.expected.clone(), one.found.clone());
        // Of what is about a step as a whole its writes are the evidence; its reads, if it has none.
        let whole = one.exchange.is_none() && one.step > 0;
        let of_step =
            || outcome.exchanges.iter().filter(|exchange| whole && exchange.step == one.step);
        let has_writes = of_step().any(|exchange| exchange.request.is_write());
        let of_step = of_step().filter(|exchange| exchange.request.is_write() == has_writes);
        let exchanges = shown.into_iter().chain(of_step).take(SHOWN);
        Finding {
            step: u64::try_from(one.step).ok().filter(|step| *step > 0),
            name,
            level,
            minor: false,
            breaks: Vec::new(),
            before: Vec::new(),
            differences: vec![Difference { place, expected, found }],
            exchanges: exchanges.map(|exchange| evidence(exchange, run)).collect(),
        }
    });
    // What happened in a step in which something did not arrive is to be seen whole.
    let of_steps = outcome.exchanges.iter().filter(|exchange| {
        rule.id.starts_with("action/") && verdict == Verdict::Fail && steps.contains(&exchange.step)
    });
    let kept: Vec<Exchange> = of_steps.take(KEPT).map(|exchange| evidence(exchange, run)).collect();
    let findings: Vec<Finding> = findings.collect();
    Entry {
        id: rule.id.to_owned(),
        title: rule.title.to_owned(),
        verdict,
        level,
        section: section(rule, contract),
        tags: rule.fault.map(str::to_owned).into_iter().collect(),
        dialects: vec![contract.name.clone()],
        why: rule.why.to_owned(),
        fix: rule.fix.to_owned(),
        reason,
        blocked_by: blocked.filter(|_| verdict == Verdict::Blocked),
        own_verdict: None,
        held: Vec::new(),
        requirements: rule.covers.iter().filter_map(|id| Cited::of(id)).collect(),
        findings,
        chosen: noted,
        requests,
        millis: 0,
        exchanges: kept,
        waived: None,
    }
}

fn level(level: Level) -> scenario::Level {
    match level {
        Level::Must => scenario::Level::Must,
        Level::Should => scenario::Level::Should,
        Level::Note => scenario::Level::May,
    }
}

/// A step that is to blame for others.
fn blamed(outcome: &Outcome, number: usize) -> String {
    let step = outcome.steps.iter().find(|step| step.number == number);
    step.map_or_else(
        || format!("step {number}"),
        |step| format!("step {number}, {}, where it did not arrive", step.name),
    )
}

/// Why nothing is known of a rule.
fn why_not(
    rule: &Rule,
    outcome: &Outcome,
    contract: &Contract,
    misbehaviours: &[&Misbehaviour],
) -> String {
    let subject = rule.id.split('/').next().unwrap_or_default();
    match subject {
        "action" => {
            let name = rule.id.split('/').nth(1).unwrap_or_default();
            let done = outcome.steps.iter().find(|step| step.action.kind.name() == name);
            match done.and_then(|step| step.skipped.clone()) {
                Some(why) => why,
                None => match done {
                    Some(step) => format!("step {} showed nothing of it", step.number),
                    None => "the run had no such action".to_owned(),
                },
            }
        }
        "contract" => {
            format!("the contract `{}` says nothing of it, or nothing came", contract.name)
        }
        "reaction" => {
            let all =
                Misbehaviour::all().iter().filter(|one| one.judged.iter().any(|id| id == rule.id));
            let had: Vec<&Misbehaviour> = misbehaviours
                .iter()
                .copied()
                .filter(|one| one.judged.iter().any(|id| id == rule.id))
                .collect();
            let names: Vec<&str> = all.map(|one| one.id.as_str()).collect();
            if !had.is_empty() {
                never(&had, outcome)
            } else {
                format!(
                    "the run did not misbehave so; --misbehave {}",
                    names.first().copied().unwrap_or("all")
                )
            }
        }
        "auth" if rule.id.starts_with("auth/token") || rule.id == "auth/secret" => {
            "the run was without a token endpoint; --oauth shows it".to_owned()
        }
        "auth" if rule.id == "auth/tls" => "the run was without TLS; --tls shows it".to_owned(),
        _ => "the source sent no such request".to_owned(),
    }
}

/// Why misbehaviours that the run had showed nothing.
fn never(had: &[&Misbehaviour], outcome: &Outcome) -> String {
    let of = |one: &Misbehaviour| {
        let mut steps = outcome.steps.iter();
        steps.find(|step| step.action.misbehaviour.is_some_and(|what| what.id == one.id))
    };
    let mut reasons: Vec<String> = had
        .iter()
        .map(|one| match of(one) {
            None => "the run ended before it".to_owned(),
            Some(step) => match &step.skipped {
                Some(why) => why.clone(),
                None if !step.came_up => step.did_not_come_up(),
                None if one.needs_tls => {
                    "no request came over the good certificate either".to_owned()
                }
                None => format!("what followed in step {} does not show it", step.number),
            },
        })
        .collect();
    reasons.dedup();
    reasons.join("; ")
}

fn section(rule: &Rule, contract: &Contract) -> Section {
    let covers: Vec<String> = rule.covers.iter().map(|id| (*id).to_owned()).collect();
    Section::of(&covers).unwrap_or_else(|| {
        let subject = rule.id.split('/').next().unwrap_or_default();
        let (place, title) = match subject {
            "action" | "state" => ("Actions", "what arrives after each action"),
            "reaction" => ("Reactions", "what the source does after a bad answer"),
            "hygiene" => ("Hygiene", "what a change costs"),
            "contract" => (contract.name.as_str(), contract.title.as_str()),
            _ => ("Good practice", "beyond the RFCs of SCIM"),
        };
        Section { place: place.to_owned(), title: title.to_owned() }
    })
}

fn evidence(one: &exchange::Exchange, run: &Run<'_>) -> Exchange {
    let root = run.details.base_url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let body = |body: &exchange::Body| {
        Body::of(&body.bytes).map(|shown| Body { bytes: body.length, ..shown })
    };
    let token = one.request.header("authorization").is_some();
    let dropped =
        || "the judge ended the connection on purpose, or the source went away".to_owned();
    Exchange {
        request: Request {
            method: one.request.method.clone(),
            url: format!("{root}{}", one.request.target),
            headers: one.request.headers.clone(),
            body: body(&one.request.body),
            credential: token.then(|| "SCIM_TOKEN".to_owned()),
            received: true,
        },
        answer: one.answer.as_ref().map(|answer| Answer {
            status: answer.status,
            headers: answer.headers.clone(),
            body: body(&answer.body),
        }),
        failed: if one.answer.is_none() { Some(dropped()) } else { None },
        started: run.moment(one.began),
        millis: Some(one.ended.saturating_sub(one.began) as f64),
    }
}

/// The notes of a report that tell what the line of each step told already.
pub fn told(outcome: &Outcome) -> Vec<String> {
    let mut notes = Vec::new();
    for step in &outcome.steps {
        if let Some(complaint) = &step.complaint {
            notes.push(format!("step {}, {}: {complaint}", step.number, step.name));
        }
    }
    for step in &outcome.steps {
        let found = outcome.log.findings.iter().any(|one| one.step == step.number);
        let told = found || step.blocked.is_some() || step.skipped.is_some();
        if !step.came_up && step.skipped.is_none() {
            let why = step.did_not_come_up();
            notes.push(format!("step {}, {}: it did not come up: {why}", step.number, step.name));
        } else if let Some(lacks) = step.lacks.as_ref().filter(|_| !told && !step.wants_nothing()) {
            notes.push(format!("step {}, {}: did not arrive: {lacks}", step.number, step.name));
        }
    }
    for step in &outcome.steps {
        for one in &step.gets {
            notes.push(format!(
                "after step {}, {}: {} gets {}",
                step.number, step.name, one.user_name, one.words
            ));
        }
    }
    notes
}

fn notes(outcome: &Outcome, contract: &Contract) -> Vec<String> {
    let mut notes = told(outcome);
    notes.extend(outcome.hints.iter().cloned());
    notes.extend(cost::lines(outcome));
    let missing = outcome.missing;
    if missing.cut > 0 || missing.lost > 0 {
        notes.push(format!(
            "{} bodies and {} exchanges were too much to keep, and are not judged",
            missing.cut, missing.lost
        ));
    }
    if outcome.not_judged > 0 {
        notes.push(format!(
            "{} requests are of `provisor replay` itself, not of its client, and are not judged",
            outcome.not_judged
        ));
    }
    if missing.broken > 0 {
        notes.push(format!("{} connections sent something else than HTTP", missing.broken));
    }
    for what in &contract.unknown {
        notes.push(format!("not known of {}, and not judged: {what}", contract.title));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::requests_of_tests::request;

    #[test]
    fn a_source_is_called_what_its_scim_requests_say() {
        let mut token = request("POST", "/oauth2/token", "grant_type=client_credentials");
        token.request.headers = vec![("User-Agent".to_owned(), "library/1".to_owned())];
        let mut outcome = Outcome { exchanges: vec![token], ..Outcome::default() };
        assert_eq!(subject(&outcome), "without a User-Agent");
        outcome.exchanges.push(request("GET", "/scim/v2/Users", ""));
        assert_eq!(subject(&outcome), "source/1.0");
    }
}
