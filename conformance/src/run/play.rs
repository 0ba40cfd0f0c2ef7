//! One scenario from its fixtures to its clean-up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::applies::{does_not_apply, picked};
use super::outcome::{Exchange, Finding, Outcome};
use super::pool::{Made, Set};
use super::shape::{reads_only, usual};
use super::shared::Run;
use super::stop::{Halt, Stop};
use super::track::made_by;
use crate::expect::Difference;
use crate::http::{Answer, Request};
use crate::report::Verdict;
use crate::scenario::{Credential, Level, Need, Scenario};
use crate::template::Scope;

/// A scenario that is being played.
pub(super) struct Play<'a> {
    pub(super) run: &'a Arc<Run>,
    pub(super) scenario: &'a Scenario,
    pub(super) scope: Scope,
    /// The path of every resource that it made, newest last.
    made: Vec<String>,
    pub(super) requests: u32,
    findings: Vec<Finding>,
    /// Requirements that a step found to hold.
    pub(super) held: BTreeSet<String>,
    /// What the server chose.
    pub(super) chosen: Vec<String>,
    /// Every exchange, where the run keeps them all.
    kept: Vec<Exchange>,
    /// What may have changed something since the last finding.
    led: Vec<Exchange>,
    /// Attributes that were not sent, or may be dropped, since the server's schema lacks them or
    /// lets nobody write them, such as `emails/type`.
    pub(super) left_out: Vec<String>,
    /// One of them that an answer was expected to have.
    pub(super) missed: Option<String>,
    begun: Instant,
}

/// Plays a scenario. `None`: it was broken off, and nothing is known.
pub(super) async fn play(run: &Arc<Run>, scenario: &Scenario, number: usize) -> Option<Outcome> {
    play_with(run, scenario, &format!("{}-{number:04}", run.mark), run.pool.set(scenario)).await
}

/// A scenario has been played as often as it should: what it shares with others goes when it was
/// the last of them.
pub(super) async fn let_go(run: &Arc<Run>, scenario: &Scenario) {
    let Some((paths, kept)) = run.pool.set(scenario).and_then(|set| set.done()) else { return };
    if kept {
        run.keep(paths);
        return;
    }
    let mut last = Play::new(run, scenario, &run.mark);
    last.made = paths;
    last.clean_up().await;
}

/// The same under a mark of its own, with resources of its own where it shares none.
pub(super) async fn play_with(
    run: &Arc<Run>,
    scenario: &Scenario,
    mark: &str,
    shared: Option<Arc<Set>>,
) -> Option<Outcome> {
    match does_not_apply(&run.capabilities, scenario) {
        Some(reason) => Some(Outcome::skip(reason)),
        None => {
            let mark = match &shared {
                Some(set) => format!("{}-s{:03}", run.mark, set.number),
                None => mark.to_owned(),
            };
            let mut play = Play::new(run, scenario, &mark);
            let stopped = play.all(&mark, shared.as_deref()).await.err();
            let failed = play.findings.iter().any(|one| one.level != Level::May);
            if run.options.keep && failed {
                run.keep(std::mem::take(&mut play.made));
                shared.iter().for_each(|set| set.keep());
            }
            play.clean_up().await;
            play.outcome(stopped)
        }
    }
}

impl<'a> Play<'a> {
    fn new(run: &'a Arc<Run>, scenario: &'a Scenario, mark: &str) -> Self {
        let mut scope = Scope::default();
        scope.set("run", Value::String(mark.to_owned()));
        let base = run.endpoint.url.trim_end_matches('/').to_owned();
        scope.set("base", Value::String(base));
        for (name, pick) in &scenario.picks {
            if let Some(attribute) = picked(&run.capabilities, pick) {
                scope.set(name.clone(), Value::String(attribute.name.clone()));
            }
        }
        Self {
            run,
            scenario,
            scope,
            made: Vec::new(),
            requests: 0,
            findings: Vec::new(),
            held: BTreeSet::new(),
            chosen: Vec::new(),
            kept: Vec::new(),
            led: Vec::new(),
            left_out: Vec::new(),
            missed: None,
            begun: Instant::now(),
        }
    }

    async fn all(&mut self, mark: &str, shared: Option<&Set>) -> Result<(), Stop> {
        self.may_make()?;
        match shared {
            None => self.make_all(mark).await?,
            Some(set) => self.share(mark, set).await?,
        }
        let before = self.look().await?;
        for (place, step) in self.scenario.steps.iter().enumerate() {
            let number = place + 1;
            let stopped = match self.step(number, step).await {
                Err(Stop::Unknown(unknown)) if self.was_left_out(&unknown.name) => return Ok(()),
                Err(Stop::Unknown(unknown)) => Err(Stop::unknown(&unknown, number, self.scenario)),
                other => other,
            };
            stopped?;
        }
        self.compare(&before).await
    }

    /// Takes part in what several scenarios are given; the first of them makes it.
    async fn share(&mut self, mark: &str, set: &Set) -> Result<(), Stop> {
        let (mut requests, mut kept) = (0, Vec::new());
        let making = set.made.get_or_init(|| async {
            let mut first = Play::new(self.run, self.scenario, mark);
            let made = first.make_all(mark).await;
            requests = first.requests;
            kept = std::mem::take(&mut first.kept);
            if made.is_err() {
                first.clean_up().await;
            }
            made.map(|()| Made {
                scope: first.scope,
                paths: first.made,
                led: first.led,
                left_out: first.left_out,
            })
        });
        let made = making.await.clone()?;
        self.requests += requests;
        self.kept.append(&mut kept);
        self.scope = made.scope;
        self.led = made.led;
        self.left_out = made.left_out;
        Ok(())
    }

    /// The base URI, without a slash at its end.
    pub(super) fn base(&self) -> &str {
        self.run.endpoint.url.trim_end_matches('/')
    }

    /// Where the gate is closed, only what reads goes on.
    fn may_make(&self) -> Result<(), Stop> {
        if self.scenario.gate || self.run.options.allow_left_behind || reads_only(self.scenario) {
            return Ok(());
        }
        match self.run.closed() {
            None => Ok(()),
            Some(closed) => {
                self.run.holds_back();
                let why = closed.why;
                let why = format!("{why}; it would leave more behind (see --allow-left-behind)");
                Err(Stop::blocked_by(&closed.by, why))
            }
        }
    }

    pub(super) async fn send(
        &mut self,
        request: &Request,
        as_whom: Credential,
    ) -> Result<Answer, Stop> {
        self.requests += 1;
        let answer = tokio::select! {
            answer = self.run.send(request, as_whom) => answer,
            () = self.run.options.stopper.grace() => return Err(Stop::Interrupted),
        };
        let answer = answer.map_err(|error| Stop::lost(error, request, as_whom))?;
        self.track(request, &answer);
        self.keep(request, as_whom, &answer);
        Ok(answer)
    }

    /// Keeps an exchange, where all are kept, and where it may have changed something.
    pub(super) fn keep(&mut self, request: &Request, as_whom: Credential, answer: &Answer) {
        if !request.reads() {
            self.led.push(Exchange::new(request, as_whom, answer));
        }
        if self.run.options.keep_exchanges {
            self.kept.push(Exchange::new(request, as_whom, answer));
        }
    }

    /// Remembers what a request made.
    pub(super) fn track(&mut self, request: &Request, answer: &Answer) {
        if super::track::may_make(request) {
            self.made.extend(made_by(request, answer).paths);
        }
    }

    /// Takes away what is still there, the newest first, with the credential that made it.
    async fn clean_up(&mut self) {
        self.clean_up_in_bulk().await;
        while let Some(path) = self.made.pop() {
            if let Some(with) = self.run.ledger.whose(&path) {
                self.requests += 1;
                self.run.take_away(&path, with).await;
            }
        }
    }

    /// Takes many away together, where the server has bulk requests: one by one, a thousand would
    /// take minutes. What is still there afterwards is taken away by itself.
    async fn clean_up_in_bulk(&mut self) {
        let has_bulk = self.run.capabilities.meets(Need::Bulk).0;
        let is_own = |path: &&String| self.run.ledger.whose(path) == Some(Credential::Main);
        let there: Vec<String> = self.made.iter().rev().filter(is_own).cloned().collect();
        if !has_bulk || there.len() < MANY {
            return;
        }
        for some in there.chunks(TOGETHER) {
            self.requests += 1;
            let answer = self.run.send_patiently(&deleting(some), Credential::Main).await;
            if !answer.is_ok_and(|answer| answer.is_success()) {
                return;
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
        // A choice is no finding that anybody has to repeat.
        let mut before = match level {
            Level::May => Vec::new(),
            Level::Must | Level::Should => std::mem::take(&mut self.led),
        };
        before.retain(|one| !exchanges.iter().any(|own| own.is_like(one)));
        let breaks = self.scenario.breaks(step);
        self.findings.push(Finding { step, name, level, breaks, before, exchanges, differences });
    }

    fn outcome(mut self, stopped: Option<Stop>) -> Option<Outcome> {
        let stopped = match stopped {
            None => None,
            Some(Stop::Interrupted) => return None,
            Some(Stop::Unknown(unknown)) => Some((Verdict::Error, Halt::mistake(&unknown))),
            Some(Stop::Error(halt)) => Some((Verdict::Error, *halt)),
            Some(Stop::Blocked(halt)) => Some((Verdict::Blocked, *halt)),
            Some(Stop::Broken(halt)) => {
                self.breaks_http(*halt);
                None
            }
        };
        let strongest = self.findings.iter().map(|finding| finding.level).min();
        if let (None | Some(Level::May), None, Some(path)) = (strongest, &stopped, &self.missed) {
            let reason = format!(
                "it is about `{}`, which the schema does not have or lets nobody write",
                path.replace('/', ".")
            );
            let (requests, took) = (self.requests, self.begun.elapsed());
            return Some(Outcome { requests, took, ..Outcome::skip(reason) });
        }
        let (verdict, halt) = match (strongest, stopped) {
            (Some(Level::Must), _) => (Verdict::Fail, None),
            (_, Some((verdict, halt))) => (verdict, Some(halt)),
            (Some(Level::Should), None) => (Verdict::Warn, None),
            (Some(Level::May) | None, None) => (Verdict::Pass, None),
        };
        let (reason, blocked_by, exchange, own) = match halt {
            Some(Halt { message, cause, exchange, own }) => (Some(message), cause, exchange, own),
            None => (None, None, None, None),
        };
        let own_verdict = own.filter(|_| verdict == Verdict::Blocked).and_then(|own| match own {
            Level::Must => Some(Verdict::Fail),
            Level::Should => Some(Verdict::Warn),
            Level::May => None,
        });
        if let Some(exchange) = exchange {
            let name = "what stopped it".to_owned();
            self.found(self.scenario.level, 0, name, vec![exchange], Vec::new());
        }
        let took = self.begun.elapsed();
        let counting = self.findings.iter().filter(|one| one.level != Level::May);
        let broken: BTreeSet<&String> = counting.flat_map(|one| &one.breaks).collect();
        let held = self.held.iter().filter(|id| !broken.contains(id)).cloned().collect();
        let (findings, requests, chosen) = (self.findings, self.requests, self.chosen);
        let exchanges = self.kept;
        Some(Outcome {
            verdict,
            reason,
            blocked_by,
            own_verdict,
            findings,
            held,
            chosen,
            exchanges,
            requests,
            took,
        })
    }

    /// An answer that is no HTTP breaks every requirement there is.
    fn breaks_http(&mut self, halt: Halt) {
        let difference = Difference {
            place: "answer".to_owned(),
            expected: "an HTTP answer that ends (RFC 9110, RFC 9112)".to_owned(),
            found: halt.message,
        };
        let exchanges = halt.exchange.into_iter().collect();
        self.found(Level::Must, 0, "what came".to_owned(), exchanges, vec![difference]);
    }
}

/// Resources that are taken away by bulk requests, at least.
const MANY: usize = 40;
/// Resources that one of these takes away; many servers take no more operations.
const TOGETHER: usize = 100;

fn deleting(paths: &[String]) -> Request {
    let operations = paths.iter().map(|path| json!({ "method": "DELETE", "path": path }));
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations.collect::<Vec<_>>(),
    });
    Request {
        method: "POST".to_owned(),
        target: "/Bulk".to_owned(),
        headers: usual(true),
        body: Some(body.to_string()),
    }
}

impl Run {
    /// Deletes one resource. Whether the server says that it is gone; three that are not close the
    /// gate.
    pub(super) async fn take_away(&self, path: &str, with: Credential) -> bool {
        let request = Request {
            method: "DELETE".to_owned(),
            target: path.to_owned(),
            headers: usual(false),
            body: None,
        };
        match self.send_patiently(&request, with).await {
            Ok(answer) if answer.is_success() || answer.status == 404 => true,
            Ok(answer) => {
                self.could_not(path, answer.status);
                false
            }
            Err(_) => false,
        }
    }
}
