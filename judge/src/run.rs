//! A run: starts the provider, lets the source act step by step, waits, and judges.

mod done;
mod had;
mod prepare;
mod repair;
mod wait;

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use provisor::decide::RuleSet;
use provisor_clients::client::ANOTHER_HAND;

use crate::action::Step;
use crate::contract::Manager;
use crate::drive::{Acted, Details, Ended, Source};
use crate::exchange::Exchange;
use crate::judgement::hygiene::Cost;
use crate::judgement::{self, Basis, Episode, Finding, Lack, Level, Log};
use crate::preview;
use crate::provider::{Provider, State};
use crate::record::Missing;
pub use done::Done;
use repair::{Repairs, blocked};
use wait::Waited;

/// How long a run waits.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long it has to be quiet after a change came.
    pub quiet: Duration,
    /// How long is waited for that.
    pub first: Duration,
    /// How long it has to be quiet after a command ended, where the source goes on without it.
    pub linger: Option<Duration>,
    /// Whether a source is started once more after a bad answer, as in its next cycle.
    pub next_cycle: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(5),
            first: Duration::from_secs(600),
            linger: None,
            next_cycle: true,
        }
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
    /// Requests that are not the source's: what `provisor replay` reads back, and whom it makes.
    pub not_judged: usize,
    /// What rules and source have to say to one another.
    pub hints: Vec<String>,
    /// Whether it judged whatever came, without steps.
    pub watched: bool,
    /// Why it ended early.
    pub interrupted: Option<String>,
    /// Milliseconds from start to end.
    pub millis: u64,
}

/// Why a step was not done whose command is not there.
const NOT_RUN: &str = "the command could not run";

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
    let mut repairs = Repairs::default();
    let by_hand = source.by_hand();
    for (place, mut action) in steps.into_iter().enumerate() {
        let number = place + 1;
        action.by_hand = by_hand;
        let inside = provider.inside();
        repairs.before(&inside, &action, number).await;
        if let Some(moved) = prepare::before(&inside, &action).await {
            repairs.moved(&moved);
        }
        let repaired = repairs.put_right(&action);
        let mut stage = Stage { provider, details, number, action: &action, patience };
        let shown = stage.play(source).await;
        let Some(shown) = shown else {
            outcome.interrupted = Some(format!("it was ended at step {number}"));
            break;
        };
        let fresh = repairs.fresh();
        let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
        let arrived = shown.lacks.is_empty();
        let blocked = if arrived { None } else { blocked(&repaired, &shown.exchanges) };
        // What is blocked is the fault of the step that blocks it.
        let to_blame = (!arrived).then(|| blocked.unwrap_or(number));
        repairs.after(&action, &shown.exchanges, &shown.after, to_blame);
        let episode = Episode {
            step: number,
            action: &action,
            exchanges: &shown.exchanges,
            before: &shown.before,
            after: &shown.after,
            lacks: &shown.lacks,
            cost: Cost::of(&shown.exchanges),
            connected: shown.connected,
            came_before: shown.came_before,
            fresh: Some(&fresh),
            blocked,
            has_token_endpoint: provider.client().is_some(),
        };
        let mut done = Done {
            number,
            name: action.name(),
            arrived: episode.arrived(),
            skipped: shown.skipped,
            complaint: shown.complaint,
            lacks: shown.lacks.first().map(ToString::to_string),
            blocked,
            came_up: judgement::came_up(&episode),
            ended: shown.ended,
            strange: !shown.exchanges.is_empty() && shown.exchanges.iter().all(|one| one.strange),
            second: shown.second,
            cost: episode.cost,
            gets: Vec::new(),
            action: action.clone(),
        };
        if let Some(rules) = rules {
            done.gets = people.changes(rules, &shown.after);
        }
        let mut log = Log::default();
        if done.skipped.is_none() {
            log = judgement::step(&episode, &basis);
            if let Some(ended) = shown.ended {
                log.take(judgement::ending(&episode, ended, &basis));
            }
        }
        if done.skipped.as_deref() == Some(NOT_RUN) {
            let what = format!("step {number}, {}: {NOT_RUN}", done.name);
            outcome.interrupted.get_or_insert(what);
        }
        on_event(&Event::Step(&done, &log));
        outcome.log.take(log);
        outcome.steps.push(done);
    }
    finish(provider, rules, people, outcome).await
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
                    let log = judgement::requests(&of_source(provider), &basis);
                    let wrong = log.findings.iter().filter(|one| one.rule.level != Level::Note);
                    for one in wrong.filter(|one| told.insert(one.rule.id)) {
                        on_event(&Event::Found(one));
                    }
                }
            }
        }
    }
    let outcome = Outcome { watched: true, ..Outcome::default() };
    finish(provider, rules, preview::People::default(), outcome).await
}

/// The exchanges of the source. What `provisor replay` does beside its client is not its own.
fn of_source(provider: &Provider) -> Vec<Exchange> {
    let mut exchanges = provider.recorder().exchanges();
    exchanges.retain(|one| one.request.header("user-agent") != Some(ANOTHER_HAND));
    exchanges
}

async fn finish(
    provider: &Provider,
    rules: Option<&RuleSet>,
    mut people: preview::People,
    mut outcome: Outcome,
) -> Outcome {
    let recorder = provider.recorder();
    outcome.exchanges = of_source(provider);
    outcome.not_judged = recorder.count() - outcome.exchanges.len();
    let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
    let mut log = judgement::requests(&outcome.exchanges, &basis);
    had::without_what_nobody_has(&mut log, &outcome.exchanges, &outcome.steps);
    outcome.log.take(log);
    outcome.missing = recorder.missing();
    outcome.millis = recorder.now();
    if let Some(rules) = rules {
        let state = provider.inside().state().await;
        people.changes(rules, &state);
        if matches!(basis.contract.user.manager, None | Some(Manager::Object)) {
            outcome.hints = preview::managers_by_name(rules, &people);
        }
        // Where there is no plan, groups are the source's own.
        let groups = outcome.watched;
        let hints = preview::hints(rules, &outcome.exchanges, &state, people, groups);
        outcome.hints.extend(hints);
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
    lacks: Vec<Lack>,
    connected: bool,
    came_before: bool,
    skipped: Option<String>,
    complaint: Option<String>,
    ended: Option<Ended>,
    /// Whether it arrived only when the command ran again, which had ended well.
    second: bool,
}

impl Stage<'_> {
    /// `None`: the run is to end.
    async fn play(&mut self, source: &mut dyn Source) -> Option<Shown> {
        let (provider, action) = (self.provider, self.action);
        let inside = provider.inside();
        let before = inside.state().await;
        let came_before = provider.recorder().count() > 0;
        let connections = provider.recorder().connections();
        if let Some(what) = action.misbehaviour {
            prepare::arm(provider, what).await;
        }
        provider.recorder().begin_step(self.number);
        let mut skipped = None;
        let mut complaint: Option<String> = None;
        let mut passed_over = false;
        for again in [false, true] {
            if again {
                prepare::next_cycle(provider, action, self.number).await;
            }
            let mut failed = false;
            let acted = source.act(action, self.details, again).await;
            let ended = match acted {
                Acted::Done => Some(Ended::Well),
                Acted::Failed(_) => Some(Ended::Badly),
                Acted::Late(_) => Some(Ended::Late),
                _ => None,
            };
            match acted {
                Acted::Stop => return None,
                Acted::Skipped(why) => skipped = Some(why),
                // What was not started has shown nothing.
                Acted::Unable(words) if provider.recorder().count_in_step() == 0 => {
                    (skipped, complaint) = (Some(NOT_RUN.to_owned()), Some(words));
                }
                Acted::Failed(words) | Acted::Late(words) | Acted::Unable(words) => {
                    failed = true;
                    let first = complaint.take().filter(|first| *first != words);
                    complaint = Some(first.map_or(words.clone(), |first| {
                        format!("{first}; and in the next cycle: {words}")
                    }));
                }
                // What it said in its first run stays worth knowing.
                Acted::Done => {
                    complaint = complaint.map(|first| format!("{first}; the next cycle went well"));
                }
                Acted::Waits => match wait::until(self, source, &before).await {
                    Waited::Enough => {}
                    Waited::Skipped => skipped = Some("the source cannot do this".to_owned()),
                    Waited::Stopped => return None,
                },
            }
            if ended.is_some() && !self.lingers(source, &before).await {
                return None;
            }
            wait::settled(provider).await;
            let after = inside.state().await;
            let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
            let lacks = judgement::lacks(action, &before, &after, &basis);
            // What arrived although the source failed is not known to it.
            let another = !again
                && self.patience.next_cycle
                && (!lacks.is_empty() || failed)
                && skipped.is_none()
                && action.misbehaviour.is_some_and(prepare::has_next_cycle);
            if another {
                passed_over = ended == Some(Ended::Well);
                continue;
            }
            provider.script().disarm();
            let exchanges = provider.recorder().of_step(self.number);
            prepare::after(provider, action).await;
            return Some(Shown {
                // A connection may have been kept from an earlier step.
                connected: !exchanges.is_empty() || provider.recorder().connections() > connections,
                exchanges,
                came_before,
                before,
                after,
                second: passed_over && lacks.is_empty(),
                lacks,
                skipped,
                complaint,
                ended,
            });
        }
        None
    }

    /// Waits for what goes on when the command has ended; `false`: the run is to end.
    async fn lingers(&self, source: &mut dyn Source, before: &State) -> bool {
        let Some(quiet) = self.patience.linger else { return true };
        let patience = Patience { quiet, first: quiet, ..self.patience };
        let stage = Stage { patience, ..*self };
        wait::until(&stage, source, before).await != Waited::Stopped
    }
}
