//! What a run came to as a report of the conformance harness: one entry for each rule, with its
//! evidence.

mod cost;
mod kept;
mod reason;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use provisor_conformance::expect::Difference;
use provisor_conformance::report::{
    Answer, Body, Cited, Entry, Exchange, Finding, Kind, Latency, Report, Request, Section, Step,
    Verdict,
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
/// Exchanges of steps in which something did not arrive that are kept of a rule, for HAR and JSON.
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
    let run = Run { outcome, details, began, kept: kept::by_rule(outcome) };
    report.started = run.moment(0).unwrap_or(report.started);
    let times = outcome.exchanges.iter().filter(|one| one.answer.is_some());
    let times = times.map(|one| Duration::from_millis(one.ended.saturating_sub(one.began)));
    report.latency = Latency::of(times.collect());
    for rule in judgement::rules() {
        report.entries.push(entry(rule, &run, contract, misbehaviours));
    }
    report.entries.sort_by(|one, other| one.id.cmp(&other.id));
    let steps = outcome.steps.iter().map(|step| Step {
        number: step.number,
        name: step.name.clone(),
        ended: step.words(&outcome.log),
    });
    report.steps = steps.collect();
    report.notes = notes(outcome, contract);
    report
}

/// A run, and when it began.
struct Run<'a> {
    outcome: &'a Outcome,
    details: &'a Details,
    began: Option<SystemTime>,
    /// The exchanges of steps in which something did not arrive.
    kept: BTreeMap<&'a str, Vec<&'a exchange::Exchange>>,
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
    let blocked = outcome.log.blocked.get(rule.id).map(|number| reason::blamed(outcome, *number));
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
    // Those that it was looked at in.
    let requests = looked.map_or(0, |looked| looked.requests(&outcome.exchanges)) as u64;
    let reason = match verdict {
        Verdict::NotExercised => Some(reason::why_not(rule, outcome, contract, misbehaviours)),
        _ if more > 0 && most == 1 => {
            Some(format!("{} times; the first one is shown", found.len()))
        }
        _ if more > 0 => Some(format!("{} times; the first {most} are shown", found.len())),
        _ => None,
    };
    let shown: Vec<_> =
        found.into_iter().take(most).map(|one| (one, shows(one, outcome))).collect();
    // What happened in a step in which something did not arrive is to be seen whole. Where there is
    // such a step, nobody looks for exchanges in findings.
    let mut kept: Vec<&exchange::Exchange> = run.kept.get(rule.id).cloned().unwrap_or_default();
    kept.truncate(KEPT);
    if !kept.is_empty() {
        kept.extend(shown.iter().flat_map(|(_, exchanges)| exchanges));
        kept.sort_by_key(|one| one.number);
        kept.dedup_by_key(|one| one.number);
    }
    let findings = shown.into_iter().map(|(one, exchanges)| {
        let step = outcome.steps.iter().find(|step| step.number == one.step);
        let name = match (step, exchanges.first().filter(|_| one.exchange.is_some())) {
            (Some(step), _) => step.name.clone(),
            (None, Some(exchange)) => exchange.line(),
            (None, None) => rule.title.to_owned(),
        };
        let (place, expected, found) = (one.place.clone(), one.expected.clone(), one.found.clone());
        Finding {
            step: u64::try_from(one.step).ok().filter(|step| *step > 0),
            name,
            level,
            breaks: Vec::new(),
            before: Vec::new(),
            differences: vec![Difference { place, expected, found }],
            exchanges: exchanges.into_iter().map(|exchange| evidence(exchange, run)).collect(),
        }
    });
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
        fix: judgement::fix(rule, contract),
        reason,
        blocked_by: blocked.filter(|_| verdict == Verdict::Blocked),
        own_verdict: None,
        requirements: rule.covers.iter().filter_map(|id| Cited::of(id)).collect(),
        findings,
        chosen: noted,
        requests,
        millis: 0,
        exchanges: kept.into_iter().map(|exchange| evidence(exchange, run)).collect(),
        waived: None,
    }
}

/// The exchanges that show a finding. Of what is about a step as a whole its writes are the
/// evidence; its reads, if it has none.
fn shows<'a>(one: &judgement::Finding, outcome: &'a Outcome) -> Vec<&'a exchange::Exchange> {
    let all = || outcome.exchanges.iter();
    if let Some(number) = one.exchange {
        return all().find(|exchange| exchange.number == number).into_iter().collect();
    }
    let of_step = || all().filter(|exchange| one.step > 0 && exchange.step == one.step);
    let has_writes = of_step().any(|exchange| exchange.request.is_write());
    let kind = of_step().filter(|exchange| exchange.request.is_write() == has_writes);
    let kind: Vec<&exchange::Exchange> = kind.collect();
    let own: Vec<_> =
        kind.iter().copied().filter(|exchange| is_about(one, exchange, outcome)).collect();
    // What came last is what it ended with.
    let shown = if own.is_empty() { kind } else { own };
    shown.iter().skip(shown.len().saturating_sub(SHOWN)).copied().collect()
}

/// Whether a request names whom or what a finding or its step is about.
fn is_about(one: &judgement::Finding, exchange: &exchange::Exchange, outcome: &Outcome) -> bool {
    let place = one.place.split(' ').next().unwrap_or_default();
    let id = place.split_once('/').map(|(_, id)| id);
    let step = outcome.steps.iter().find(|step| step.number == one.step);
    let person = step.and_then(|step| step.action.person()).map(|one| one.user_name.as_str());
    let group = step.and_then(|step| step.action.group()).map(|one| one.display_name.as_str());
    let body = exchange.request.body.text();
    let mut names = [id, person, group].into_iter().flatten();
    names.any(|name| exchange.request.target.contains(name) || body.contains(name))
}

fn level(level: Level) -> scenario::Level {
    match level {
        Level::Must => scenario::Level::Must,
        Level::Should => scenario::Level::Should,
        Level::Note => scenario::Level::May,
    }
}

fn section(rule: &Rule, contract: &Contract) -> Section {
    let covers: Vec<String> = rule.covers.iter().map(|id| (*id).to_owned()).collect();
    Section::of(&covers).unwrap_or_else(|| {
        let subject = rule.id.split('/').next().unwrap_or_default();
        let (place, title) = match subject {
            "action" | "state" => ("Actions", "what arrives after each action"),
            "reaction" => ("Reactions", "what the source does after a bad answer"),
            "hygiene" => ("Hygiene", "what a change costs"),
            "command" => ("Commands", "how they end"),
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
    notes.extend(outcome.steps.iter().filter_map(|step| step.note(&outcome.log)));
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
    for one in &contract.unknown {
        let what = one.what();
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
