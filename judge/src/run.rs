//! A run: starts the provider, lets the source act step by step, waits, and judges.

mod prepare;
mod wait;

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use provisor::decide::RuleSet;

use crate::action::Step;
use crate::drive::{Acted, Details, Source};
use crate::exchange::Exchange;
use crate::judgement::hygiene::Cost;
use crate::judgement::{self, Basis, Episode, Finding, Log};
use crate::preview::{self, Gets};
use crate::provider::{Provider, State};
use crate::record::Missing;
use wait::Waited;

/// How long a run waits.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long it has to be quiet after a change came.
    pub quiet: Duration,
    /// How long is waited for that.
    pub first: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { quiet: Duration::from_secs(5), first: Duration::from_secs(600) }
    }
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Everything that passed.
    pub exchanges: Vec<Exchange>,
    /// What was looked at and found.
    pub log: Log,
    /// The steps.
    pub steps: Vec<Done>,
    /// What could not be kept.
    pub missing: Missing,
    /// What rules and source have to say to one another.
    pub hints: Vec<String>,
    /// Why it ended early.
    pub interrupted: Option<String>,
    /// Milliseconds from start to end.
    pub millis: u64,
}

/// A step that is over.
#[derive(Debug, Clone)]
pub struct Done {
    /// Its number, from 1: that of its exchanges.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// What it was about.
    pub action: Step,
    /// Whether what it wants is there.
    pub arrived: bool,
    /// Why the source did not do it.
    pub skipped: Option<String>,
    /// What the source said of a failure.
    pub complaint: Option<String>,
    /// What it cost.
    pub cost: Cost,
    /// Whose entitlements changed, and to what.
    pub gets: Vec<Gets>,
}

/// Requests until which findings are told as they come; with more, at the end.
const JUDGED: usize = 2_000;

/// Something that happened during a run.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A step is over; with the findings that it brought.
    Step(&'a Done, &'a Log),
    /// Watching: that many requests have come.
    Seen(usize),
    /// Watching: the first time that a rule was broken.
    Found(&'a Finding),
}

/// Goes through steps.
pub async fn run(
    provider: &Provider,
    details: &Details,
    steps: Vec<Step>,
    source: &mut dyn Source,
    patience: Patience,
    rules: Option<&RuleSet>,
    mut on_event: impl FnMut(&Event<'_>) + Send,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut people = preview::People::default();
    for (place, action) in steps.into_iter().enumerate() {
        let number = place + 1;
        let mut stage = Stage { provider, details, number, action: &action, patience };
        let shown = stage.play(source).await;
        let Some(shown) = shown else {
            outcome.interrupted = Some(format!("it was ended at step {number}"));
            break;
        };
        let mut done = Done {
            number,
            name: action.name(),
            arrived: shown.arrived,
            skipped: shown.skipped,
            complaint: shown.complaint,
            cost: Cost::of(&shown.exchanges),
            gets: Vec::new(),
            action: action.clone(),
        };
        if let Some(rules) = rules {
            done.gets = people.changes(rules, &shown.after);
        }
        let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
        let mut log = Log::default();
        if done.skipped.is_none() {
            let episode = Episode {
                step: number,
                action: &action,
                exchanges: &shown.exchanges,
                before: &shown.before,
                after: &shown.after,
                connected: shown.connected,
                has_token_endpoint: provider.client().is_some(),
            };
            log = judgement::step(&episode, &basis);
        }
        on_event(&Event::Step(&done, &log));
        outcome.log.take(log);
        outcome.steps.push(done);
    }
    finish(provider, rules, outcome, false).await
}

/// Judges whatever comes until `end` is there.
pub async fn watch(
    provider: &Provider,
    rules: Option<&RuleSet>,
    end: impl Future<Output = ()>,
    mut on_event: impl FnMut(&Event<'_>) + Send,
) -> Outcome {
    tokio::pin!(end);
    let (mut seen, mut judged) = (0, 0);
    let mut told = BTreeSet::new();
    loop {
        tokio::select! {
            () = &mut end => break,
            () = tokio::time::sleep(Duration::from_millis(500)) => {
                let count = provider.recorder().count_in_step();
                if count != seen {
                    seen = count;
                    on_event(&Event::Seen(count));
                }
                // All are judged each time, since rules are about sequences too.
                if count != judged && count <= JUDGED && provider.recorder().is_idle() {
                    judged = count;
                    let basis =
                        Basis { contract: provider.contract(), schemas: provider.schemas() };
                    let log = judgement::requests(&provider.recorder().exchanges(), &basis);
                    for one in log.findings.iter().filter(|one| told.insert(one.rule.id)) {
                        on_event(&Event::Found(one));
                    }
                }
            }
        }
    }
    finish(provider, rules, Outcome::default(), true).await
}

async fn finish(
    provider: &Provider,
    rules: Option<&RuleSet>,
    mut outcome: Outcome,
    own_groups: bool,
) -> Outcome {
    let recorder = provider.recorder();
    outcome.exchanges = recorder.exchanges();
    let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
    outcome.log.take(judgement::requests(&outcome.exchanges, &basis));
    outcome.missing = recorder.missing();
    outcome.millis = recorder.now();
    if let Some(rules) = rules {
        outcome.hints =
            preview::hints(rules, &outcome.exchanges, &provider.inside().state().await, own_groups);
    }
    outcome
}

/// One step on its way.
struct Stage<'a> {
    provider: &'a Provider,
    details: &'a Details,
    number: usize,
    action: &'a Step,
    patience: Patience,
}

/// What a step showed.
struct Shown {
    exchanges: Vec<Exchange>,
    before: State,
    after: State,
    arrived: bool,
    connected: bool,
    skipped: Option<String>,
    complaint: Option<String>,
}

impl Stage<'_> {
    /// `None`: the run is to end.
    async fn play(&mut self, source: &mut dyn Source) -> Option<Shown> {
        let (provider, action) = (self.provider, self.action);
        let inside = provider.inside();
        prepare::before(provider, action).await;
        let before = inside.state().await;
        let connections = provider.recorder().connections();
        provider.recorder().begin_step(self.number);
        if let Some(what) = action.misbehaviour {
            prepare::arm(provider, what);
        }
        let mut skipped = None;
        let mut complaint = None;
        for again in [false, true] {
            if again {
                prepare::next_cycle(provider, action, self.number).await;
            }
            match source.act(action, self.details, again).await {
                Acted::Stop => return None,
                Acted::Skipped(why) => skipped = Some(why),
                Acted::Failed(words) => complaint = Some(words),
                Acted::Done => complaint = None,
                Acted::Waits => match wait::until(self, source, &before).await {
                    Waited::Enough => {}
                    Waited::Skipped => skipped = Some("the source cannot do this".to_owned()),
                    Waited::Stopped => return None,
                },
            }
            wait::settled(provider).await;
            let after = inside.state().await;
            let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
            let arrived = judgement::arrived(action, &before, &after, &basis);
            let another = !again
                && !arrived
                && skipped.is_none()
                && action.misbehaviour.is_some_and(prepare::has_next_cycle);
            if another {
                continue;
            }
            provider.script().disarm();
            prepare::after(provider, action);
            return Some(Shown {
                exchanges: provider.recorder().of_step(self.number),
                connected: provider.recorder().connections() > connections,
                before,
                after,
                arrived,
                skipped,
                complaint,
            });
        }
        None
    }
}
