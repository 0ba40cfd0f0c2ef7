//! One scenario from its fixtures to its clean-up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::expect::{Difference, at, differences};
use crate::http::{Answer, Request};
use crate::report::Verdict;
use crate::scenario::{
    Credential, Expectation, Fixture, Level, Matcher, Rule, Scenario, Step, Walk,
};
use crate::template::{Scope, Unknown};

use super::Run;
use super::outcome::{Exchange, Finding, Outcome};
use super::shape::{encoded, headers_of, next_page, pad, repeat};

/// The most pages that one step reads.
const PAGES: usize = 1000;

/// A scenario that is being played.
pub(super) struct Play<'a> {
    pub(super) run: &'a Arc<Run>,
    pub(super) scenario: &'a Scenario,
    scope: Scope,
    /// The path of every resource that it made, newest last.
    made: Vec<String>,
    pub(super) requests: u32,
    findings: Vec<Finding>,
    begun: Instant,
}

/// Why a scenario cannot go on.
pub(super) enum Stop {
    /// A fixture could not be made, or a step without an expectation failed.
    Blocked(Box<Halt>),
    /// No answer, or a mistake in the scenario.
    Error(Box<Halt>),
}

/// Where a scenario stopped.
pub(super) struct Halt {
    message: String,
    /// What stopped it, in the same words wherever it happens.
    cause: Option<String>,
    /// The exchange that stopped it.
    exchange: Option<Exchange>,
}

pub(super) async fn play(run: &Arc<Run>, scenario: &Scenario, number: usize) -> Outcome {
    for need in &scenario.needs {
        let (met, why) = run.capabilities.meets(*need);
        if !met {
            let reason = format!("needs {}: {why}", need.name());
            return Outcome::skip(reason);
        }
    }
    if let Some(reason) = does_not_apply(run, scenario) {
        return Outcome::skip(reason);
    }
    let mut scope = Scope::default();
    let mark = format!("{}-{number}", run.mark);
    scope.set("run", Value::String(mark.clone()));
    scope.set("base", Value::String(run.endpoint.url.trim_end_matches('/').to_owned()));
    let mut play = Play {
        run,
        scenario,
        scope,
        made: Vec::new(),
        requests: 0,
        findings: Vec::new(),
        begun: Instant::now(),
    };
    let stopped = play.all(&mark).await.err();
    play.clean_up().await;
    play.outcome(stopped)
}

impl Play<'_> {
    async fn all(&mut self, mark: &str) -> Result<(), Stop> {
        // Users before groups, which may refer to them; otherwise by name.
        let given = &self.scenario.given;
        let users = given.iter().filter(|(_, one)| matches!(one, Fixture::User(_)));
        let groups = given.iter().filter(|(_, one)| matches!(one, Fixture::Group(_)));
        for (name, fixture) in users.chain(groups) {
            self.make(name, fixture, mark).await?;
        }
        let before = self.look().await?;
        for (place, step) in self.scenario.steps.iter().enumerate() {
            self.step(place + 1, step).await?;
        }
        self.compare(&before).await
    }

    async fn make(&mut self, name: &str, fixture: &Fixture, mark: &str) -> Result<(), Stop> {
        let required = &self.run.capabilities.required;
        let body = fixture.body(name, mark, required, &self.scope)?;
        let request = Request {
            method: "POST".to_owned(),
            target: fixture.endpoint().to_owned(),
            headers: usual(true),
            body: Some(body.to_string()),
        };
        let answer = self.send(&request, Credential::Main).await?;
        self.track(&request, &answer);
        match answer.json() {
            Some(resource) if answer.is_success() => {
                self.scope.set(name, resource);
                self.scope.set(format!("{name}:headers"), headers_of(&answer));
                Ok(())
            }
            _ => {
                let message = format!(
                    "`{name}` could not be made: POST {} answered {}",
                    fixture.endpoint(),
                    answer.status
                );
                Err(Stop::blocked(message, request, Credential::Main, answer))
            }
        }
    }

    async fn step(&mut self, number: usize, step: &Step) -> Result<(), Stop> {
        if step.if_known.as_ref().is_some_and(|path| self.scope.get(path).is_none()) {
            return Ok(());
        }
        let request = self.request(step)?;
        if let Some(times) = step.at_once {
            return self.race(number, step, &request, times).await;
        }
        let answer = match step.walk {
            Some(walk) => self.walk(&request, step.credential, walk).await?,
            None => self.send(&request, step.credential).await?,
        };
        self.track(&request, &answer);
        let name = step.name.clone().unwrap_or_else(|| step.send.clone());
        match &step.expect {
            Some(expectation) => {
                let expectation = self.filled(expectation)?;
                let differences = differences(&expectation, &answer);
                if !differences.is_empty() {
                    let level = expectation.level.unwrap_or(self.scenario.level);
                    let exchange = Exchange::new(&request, step.credential, &answer);
                    self.found(level, number, name, vec![exchange], differences);
                }
            }
            None if !answer.is_success() => {
                let message = format!("step {number} ({name}) answered {}", answer.status);
                return Err(Stop::blocked(message, request, step.credential, answer));
            }
            None => {}
        }
        if let Some(name) = &step.name_as {
            self.scope.set(format!("{name}:headers"), headers_of(&answer));
            match answer.json() {
                None if answer.is_success() && answer.body.is_empty() => {}
                Some(resource) if answer.is_success() => self.scope.set(name, resource),
                _ => {
                    let message =
                        format!("step {number} gave nothing to go on with: {}", answer.status);
                    return Err(Stop::blocked(message, request, step.credential, answer));
                }
            }
        }
        Ok(())
    }

    fn request(&self, step: &Step) -> Result<Request, Stop> {
        let line = self.scope.text(&step.send)?;
        let (method, target) = line.split_once(' ').unwrap_or((line.as_str(), ""));
        let body = match (&step.body, &step.raw) {
            (Some(body), _) => Some(self.body(step, body)?),
            (None, Some(raw)) => Some(self.scope.text(raw)?),
            (None, None) => None,
        };
        let mut headers = usual(body.is_some());
        for (name, value) in &step.headers {
            headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
            if let Some(value) = value {
                headers.push((name.to_lowercase(), self.scope.text(value)?));
            }
        }
        Ok(Request { method: method.to_owned(), target: encoded(target.trim()), headers, body })
    }

    /// A body with its templates filled in, and beyond a limit where the step says so.
    fn body(&self, step: &Step, body: &Value) -> Result<String, Stop> {
        let mut body = self.scope.value(body)?;
        for (pointer, limit) in &step.repeat {
            repeat(&mut body, pointer, number(&self.scope.value(limit)?)?);
        }
        let mut text = body.to_string();
        if let Some(limit) = &step.larger_than {
            pad(&mut text, number(&self.scope.value(limit)?)?);
        }
        Ok(text)
    }

    /// Follows the pages of a query, at most [`PAGES`] of them.
    async fn walk(
        &mut self,
        request: &Request,
        as_whom: Credential,
        walk: Walk,
    ) -> Result<Answer, Stop> {
        let (mut request, mut all) = (request.clone(), Vec::new());
        for _ in 0..PAGES {
            let mut answer = self.send(&request, as_whom).await?;
            let Some(mut body) = answer.json().filter(|_| answer.is_success()) else {
                return Ok(answer);
            };
            let page = at(&body, "/Resources").and_then(Value::as_array).cloned();
            let page = page.unwrap_or_default();
            let came = page.len();
            all.extend(page);
            match next_page(&request.target, walk, &body, came, all.len()) {
                Some(target) => request.target = target,
                None => {
                    if let Value::Object(body) = &mut body {
                        body.insert("Resources".to_owned(), Value::Array(all));
                    }
                    answer.body = body.to_string().into();
                    return Ok(answer);
                }
            }
        }
        Err(Stop::error(format!("more than {PAGES} pages; the server does not end")))
    }

    fn filled(&self, expectation: &Expectation) -> Result<Expectation, Stop> {
        let fill = |all: &BTreeMap<String, Matcher>| {
            let filled = all
                .iter()
                .map(|(place, matcher)| Ok((self.scope.text(place)?, self.matcher(matcher)?)));
            filled.collect::<Result<BTreeMap<_, _>, Unknown>>()
        };
        Ok(Expectation {
            headers: fill(&expectation.headers)?,
            body: fill(&expectation.body)?,
            or: expectation.or.iter().map(|one| self.filled(one)).collect::<Result<_, _>>()?,
            ..expectation.clone()
        })
    }

    fn matcher(&self, matcher: &Matcher) -> Result<Matcher, Unknown> {
        Ok(match matcher {
            Matcher::Is(value) => Matcher::Is(self.scope.value(value)?),
            Matcher::Rules(rules) => {
                let rules = rules.iter().map(|rule| self.rule(rule));
                Matcher::Rules(rules.collect::<Result<_, _>>()?)
            }
        })
    }

    fn rule(&self, rule: &Rule) -> Result<Rule, Unknown> {
        let all = |values: &[Value]| {
            let filled = values.iter().map(|value| self.scope.value(value));
            filled.collect::<Result<Vec<_>, _>>()
        };
        Ok(match rule {
            Rule::Equals(value) => Rule::Equals(self.scope.value(value)?),
            Rule::OneOf(values) => Rule::OneOf(all(values)?),
            Rule::Not(value) => Rule::Not(self.scope.value(value)?),
            Rule::Has(value) => Rule::Has(self.scope.value(value)?),
            Rule::Lacks(value) => Rule::Lacks(self.scope.value(value)?),
            Rule::Every(value) => Rule::Every(self.scope.value(value)?),
            Rule::Exactly(values) => Rule::Exactly(all(values)?),
            Rule::Matches(text) => Rule::Matches(self.scope.text(text)?),
            Rule::SameText(text) => Rule::SameText(self.scope.text(text)?),
            other => other.clone(),
        })
    }

    /// What must not change, as it is now.
    async fn look(&mut self) -> Result<BTreeMap<String, Answer>, Stop> {
        let mut seen = BTreeMap::new();
        for name in &self.scenario.unchanged {
            if let Some(request) = self.reading(name) {
                let answer = self.send(&request, Credential::Main).await?;
                seen.insert(name.clone(), answer);
            }
        }
        Ok(seen)
    }

    async fn compare(&mut self, before: &BTreeMap<String, Answer>) -> Result<(), Stop> {
        for (name, was) in before {
            let Some(request) = self.reading(name) else { continue };
            let is = self.send(&request, Credential::Main).await?;
            let differences = changes(name, was, &is);
            if !differences.is_empty() {
                let what = format!("`{name}` must be as it was");
                let exchange = Exchange::new(&request, Credential::Main, &is);
                self.found(Level::Must, 0, what, vec![exchange], differences);
            }
        }
        Ok(())
    }

    fn reading(&self, name: &str) -> Option<Request> {
        let id = self.scope.get(&format!("{name}/id"))?.as_str()?;
        let endpoint = self.scenario.given.get(name)?.endpoint();
        let target = format!("{endpoint}/{id}");
        Some(Request { method: "GET".to_owned(), target, headers: usual(false), body: None })
    }

    async fn send(&mut self, request: &Request, as_whom: Credential) -> Result<Answer, Stop> {
        self.requests += 1;
        let authorization = self.run.authorization(as_whom);
        let answer = self.run.client.send(request, authorization.as_deref()).await;
        let answer = answer.map_err(|error| Stop::lost(error.message, request, as_whom))?;
        if let Ok(mut times) = self.run.times.lock() {
            times.push(answer.took);
        }
        Ok(answer)
    }

    /// Remembers what a request made, and forgets what it took away.
    pub(super) fn track(&mut self, request: &Request, answer: &Answer) {
        let path = request.target.split('?').next().unwrap_or_default();
        if request.method == "DELETE" && answer.is_success() {
            self.made.retain(|made| made != path);
        }
        if request.method == "POST" && path == "/Bulk" {
            self.track_bulk(answer);
        }
        if request.method != "POST" || answer.status != 201 {
            return;
        }
        if let Some(id) = answer.json().as_ref().and_then(|body| at(body, "/id")?.as_str()) {
            self.made.push(format!("{path}/{id}"));
        }
    }

    /// What the operations of a bulk request made, by their locations.
    fn track_bulk(&mut self, answer: &Answer) {
        let body = answer.json().unwrap_or_default();
        for one in at(&body, "/Operations").and_then(Value::as_array).into_iter().flatten() {
            let (status, place) = (at(one, "/status"), at(one, "/location"));
            let Some(place) = place.and_then(Value::as_str) else { continue };
            let mut parts = place.rsplitn(3, '/');
            if let (Some(id), Some(kind)) = (parts.next(), parts.next())
                && status.is_some_and(|status| status == "201" || status == 201)
                && matches!(kind, "Users" | "Groups")
            {
                self.made.push(format!("/{kind}/{id}"));
            }
        }
    }

    async fn clean_up(&mut self) {
        while let Some(path) = self.made.pop() {
            let request = Request {
                method: "DELETE".to_owned(),
                target: path.clone(),
                headers: usual(false),
                body: None,
            };
            let gone = match self.send(&request, Credential::Main).await {
                Ok(answer) => answer.is_success() || answer.status == 404,
                Err(_) => false,
            };
            if !gone && let Ok(mut left) = self.run.left_behind.lock() {
                left.push(path);
            }
        }
    }

    pub(super) fn found(
        &mut self,
        level: Level,
        step: usize,
        name: String,
        exchanges: Vec<Exchange>,
        differences: Vec<Difference>,
    ) {
        self.findings.push(Finding { step, name, level, exchanges, differences });
    }

    fn outcome(mut self, stopped: Option<Stop>) -> Outcome {
        let strongest = self.findings.iter().map(|finding| finding.level).min();
        let stopped = stopped.map(|stop| match stop {
            Stop::Error(halt) => (Verdict::Error, halt),
            Stop::Blocked(halt) => (Verdict::Blocked, halt),
        });
        let (verdict, halt) = match (strongest, stopped) {
            (Some(Level::Must), _) => (Verdict::Fail, None),
            (_, Some((verdict, halt))) => (verdict, Some(*halt)),
            (Some(Level::Should), None) => (Verdict::Warn, None),
            (Some(Level::May) | None, None) => (Verdict::Pass, None),
        };
        let (reason, blocked_by, exchange) = match halt {
            Some(Halt { message, cause, exchange }) => (Some(message), cause, exchange),
            None => (None, None, None),
        };
        if let Some(exchange) = exchange {
            let name = "what stopped it".to_owned();
            self.found(self.scenario.level, 0, name, vec![exchange], Vec::new());
        }
        let took = self.begun.elapsed();
        let (findings, requests) = (self.findings, self.requests);
        Outcome { verdict, reason, blocked_by, findings, requests, took }
    }
}

impl Stop {
    /// An answer that does not let the scenario go on.
    fn blocked(message: String, request: Request, as_whom: Credential, answer: Answer) -> Self {
        let kind = request.target.split(['/', '?']).nth(1).unwrap_or_default();
        let cause = format!("{} /{kind} answers {}", request.method, answer.status);
        let exchange = Some(Exchange::new(&request, as_whom, &answer));
        Self::Blocked(Box::new(Halt { message, cause: Some(cause), exchange }))
    }

    /// A request without an answer.
    pub(super) fn lost(message: String, request: &Request, credential: Credential) -> Self {
        let answer = Err(message.clone());
        let exchange = Some(Exchange { request: request.clone(), credential, answer });
        Self::Error(Box::new(Halt { message, cause: None, exchange }))
    }

    /// A fault of this side, or a scenario that cannot end.
    pub(super) fn error(message: String) -> Self {
        Self::Error(Box::new(Halt { message, cause: None, exchange: None }))
    }
}

impl From<Unknown> for Stop {
    fn from(unknown: Unknown) -> Self {
        Self::error(format!("the scenario names `{}`, which is not known here", unknown.name))
    }
}

/// Why a scenario does not apply to this endpoint, besides its needs.
fn does_not_apply(run: &Run, scenario: &Scenario) -> Option<String> {
    for need in &scenario.without {
        if let (true, why) = run.capabilities.meets(*need) {
            return Some(format!("for servers without {}: {why}", need.name()));
        }
    }
    let known = run.capabilities.attributes.as_ref()?;
    let unknown = |name: &&String| !known.iter().any(|one| one.eq_ignore_ascii_case(name));
    let missing = scenario.attributes.iter().find(unknown)?;
    Some(format!("the User schema has no attribute `{missing}`"))
}

/// A number that a scenario or the server gives.
fn number(value: &Value) -> Result<usize, Stop> {
    let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
    let number = number.filter(|number| *number <= LONGEST);
    number.ok_or_else(|| Stop::error(format!("`{value}` is no number from 0 to {LONGEST}")))
}

/// The highest limit that is tried, in bytes or elements.
const LONGEST: usize = 64 * 1024 * 1024;

/// Headers that every request has.
fn usual(with_body: bool) -> Vec<(String, String)> {
    let mut headers = vec![("accept".to_owned(), "application/scim+json".to_owned())];
    if with_body {
        headers.push(("content-type".to_owned(), "application/scim+json".to_owned()));
    }
    headers
}

/// How a resource changed. `meta` and the order of members may differ: they are no data.
fn changes(name: &str, was: &Answer, is: &Answer) -> Vec<Difference> {
    let differ =
        |place: String, expected: String, found: String| Difference { place, expected, found };
    if was.status != is.status {
        return vec![differ("status".to_owned(), was.status.to_string(), is.status.to_string())];
    }
    let (Some(Value::Object(was)), Some(Value::Object(is))) = (was.json(), is.json()) else {
        return Vec::new();
    };
    let keys = was.keys().chain(is.keys().filter(|key| !was.contains_key(*key)));
    let keys = keys.filter(|key| !matches!(key.as_str(), "meta" | "groups"));
    keys.filter(|key| was.get(*key).map(sorted) != is.get(*key).map(sorted))
        .map(|key| {
            let text = |value: Option<&Value>| {
                value.map_or_else(|| "nothing".to_owned(), Value::to_string)
            };
            differ(format!("{name}/{key}"), text(was.get(key)), text(is.get(key)))
        })
        .collect()
}

/// Arrays in an order of their own, so that only their elements count.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<Value> = elements.iter().map(sorted).collect();
            elements.sort_by_key(Value::to_string);
            Value::Array(elements)
        }
        other => other.clone(),
    }
}
