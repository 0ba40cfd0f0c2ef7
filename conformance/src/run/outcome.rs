//! What playing a scenario gives, and how a report shows it.

use std::time::{Duration, SystemTime};

use super::Endpoint;
use crate::expect::Difference;
use crate::http::{Answer, Request};
use crate::report::redact::REDACTED;
use crate::report::{self, Body, Cited, Entry, Section, Verdict};
use crate::scenario::{Credential, Level, Scenario};

/// The outcome of one scenario.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its verdict.
    pub verdict: Verdict,
    /// Why it is blocked, skipped or in error.
    pub reason: Option<String>,
    /// What blocks it, in words that are the same for everything that this one thing blocks.
    pub blocked_by: Option<String>,
    /// What it found by itself, where another scenario tells it.
    pub own_verdict: Option<Verdict>,
    /// How answers differed, each with the step that noticed it.
    pub findings: Vec<Finding>,
    /// Requirements that a step says are broken by what it looks for, and no step found broken.
    pub held: Vec<String>,
    /// What the server chose where the scenario offers ways.
    pub chosen: Vec<String>,
    /// Every exchange, where the run keeps them all.
    pub exchanges: Vec<Exchange>,
    /// Requests that it sent.
    pub requests: u32,
    /// How long it took.
    pub took: Duration,
}

/// Differences that one step noticed.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The step, from 1; 0 for what should not have changed, and for making what is given.
    pub step: usize,
    /// What it does.
    pub name: String,
    /// How strongly what it misses is asked for.
    pub level: Level,
    /// Requirements that it breaks, where the scenario says which.
    pub breaks: Vec<String>,
    /// What may have changed something since the finding before.
    pub before: Vec<Exchange>,
    /// What was sent and what came.
    pub exchanges: Vec<Exchange>,
    /// How the answer differed.
    pub differences: Vec<Difference>,
}

/// A request with its answer: the evidence of a finding.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// With whose token.
    pub credential: Credential,
    /// What came; or why nothing did.
    pub answer: Result<Answer, String>,
    /// When it was sent.
    pub started: SystemTime,
}

impl Outcome {
    /// Of a scenario that does not apply.
    pub(super) fn skip(reason: String) -> Self {
        Self {
            verdict: Verdict::Skip,
            reason: Some(reason),
            blocked_by: None,
            own_verdict: None,
            findings: Vec::new(),
            held: Vec::new(),
            chosen: Vec::new(),
            exchanges: Vec::new(),
            requests: 0,
            took: Duration::ZERO,
        }
    }

    /// As a report shows it.
    pub(super) fn entry(self, scenario: &Scenario, endpoint: &Endpoint) -> Entry {
        let section = Section::of(&scenario.covers).unwrap_or_else(|| Section {
            place: scenario.id.split('/').next().unwrap_or_default().to_owned(),
            title: String::new(),
        });
        let chosen = chosen(&self, scenario);
        let (why, fix) = advice(&self.findings, scenario);
        Entry {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            verdict: self.verdict,
            level: scenario.level,
            section,
            tags: scenario.tags.clone(),
            dialects: scenario.dialects.clone(),
            why,
            fix,
            reason: self.reason,
            blocked_by: self.blocked_by,
            own_verdict: self.own_verdict,
            requirements: scenario.covers.iter().filter_map(|id| Cited::of(id)).collect(),
            findings: self.findings.into_iter().map(|one| one.shown(scenario, endpoint)).collect(),
            held: self.held,
            chosen,
            requests: self.requests.into(),
            millis: u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            exchanges: self.exchanges.into_iter().map(|one| one.shown(endpoint)).collect(),
            waived: None,
        }
    }
}

/// What a server chose where a scenario asks for nothing.
fn chosen(outcome: &Outcome, scenario: &Scenario) -> Option<String> {
    if !outcome.chosen.is_empty() {
        return Some(outcome.chosen.join("; "));
    }
    if scenario.level != Level::May || outcome.verdict != Verdict::Pass {
        return None;
    }
    let differences = outcome.findings.iter().flat_map(|finding| &finding.differences);
    let ways: Vec<String> =
        differences.map(|one| format!("{}: {}", one.place, one.found)).collect();
    Some(if ways.is_empty() { "as the title says".to_owned() } else { ways.join("; ") })
}

/// Why it matters and what to change: where the steps that found something say it, what they say.
fn advice(findings: &[Finding], scenario: &Scenario) -> (String, String) {
    let (mut why, mut fix): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for finding in findings.iter().filter(|one| one.level != Level::May) {
        let own = scenario.expected(finding.step);
        let reason = own.and_then(|one| one.why.as_deref()).unwrap_or(&scenario.why);
        let change = own.and_then(|one| one.fix.as_deref()).unwrap_or(&scenario.fix);
        for (all, one) in [(&mut why, reason), (&mut fix, change)] {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    let told = |all: Vec<&str>, of_scenario: &str| match all.is_empty() {
        true => of_scenario.to_owned(),
        false => all.join(" "),
    };
    (told(why, &scenario.why), told(fix, &scenario.fix))
}

impl Finding {
    fn shown(self, scenario: &Scenario, endpoint: &Endpoint) -> report::Finding {
        let shown = |all: Vec<Exchange>| all.into_iter().map(|one| one.shown(endpoint)).collect();
        report::Finding {
            step: u64::try_from(self.step).ok().filter(|step| *step > 0),
            name: self.name,
            level: self.level,
            minor: scenario.expected(self.step).is_some_and(|one| one.minor),
            breaks: self.breaks,
            before: shown(self.before),
            differences: self.differences,
            exchanges: shown(self.exchanges),
        }
    }
}

impl Exchange {
    /// A request that was answered just now.
    pub(super) fn new(request: &Request, credential: Credential, answer: &Answer) -> Self {
        let now = SystemTime::now();
        let started = now.checked_sub(answer.took).unwrap_or(now);
        Self { request: request.clone(), credential, answer: Ok(answer.clone()), started }
    }

    /// Whether the same was sent and the same came.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.request == other.request && self.answer == other.answer
    }

    fn shown(self, endpoint: &Endpoint) -> report::Exchange {
        let (answer, failed) = match self.answer {
            Ok(answer) => (Some(answer), None),
            Err(message) => (None, Some(message)),
        };
        let millis = answer.as_ref().map(|answer| answer.took.as_secs_f64() * 1000.0);
        let (variable, auth) = match self.credential {
            Credential::Main => (Some("TOKEN"), Some(&endpoint.auth)),
            Credential::SecondTenant => (Some("SECOND_TOKEN"), endpoint.second_tenant.as_ref()),
            Credential::ReadOnly => (Some("READ_ONLY_TOKEN"), endpoint.read_only.as_ref()),
            Credential::None | Credential::Invalid => (None, None),
        };
        let mut headers = self.request.headers;
        if self.credential == Credential::Invalid {
            headers.push(endpoint.auth.invalid());
        }
        let proof = auth.and_then(|auth| auth.shown(REDACTED));
        let variable = variable.filter(|_| proof.is_some());
        headers.extend(proof);
        report::Exchange {
            request: report::Request {
                method: self.request.method,
                url: format!("{}{}", endpoint.url.trim_end_matches('/'), self.request.target),
                headers,
                body: self.request.body.as_deref().and_then(|body| Body::of(body.as_bytes())),
                credential: variable.map(str::to_owned),
                received: false,
            },
            answer: answer.map(|answer| report::Answer {
                status: answer.status,
                headers: answer.headers,
                body: Body::of(&answer.body),
            }),
            failed,
            started: report::exchange::at(self.started),
            millis,
        }
    }
}
