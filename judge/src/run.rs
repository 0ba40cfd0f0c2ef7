//! A run: starts the provider, lets the source act step by step, waits, and judges.

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
use crate::drive::{Acted, Details, Source};
use crate::exchange::Exchange;
use crate::judgement::hygiene::Cost;
use crate::judgement::{self, Basis, Episode, Finding, Level, Log};
use crate::preview::{self, Gets};
use crate::provider::{Provider, State};
use crate::record::Missing;
use repair::{Repairs, blocked};
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
    /// Requests that are not the source's: what `provisor replay` reads back, and whom it makes.
    pub not_judged: usize,
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
    /// What the provider lacks of what the step wants.
    pub lacks: Option<String>,
    /// The earlier step whose fault it is that nothing arrived.
    pub blocked: Option<usize>,
    /// Whether what the judge does badly came about, if it does anything.
    pub came_up: bool,
    /// What it cost.
    pub cost: Cost,
    /// Whose entitlements changed, and to what.
    pub gets: Vec<Gets>,
}

impl Done {
    /// What came of it, in a few words.
    pub fn words(&self, log: &Log) -> String {
        if let Some(why) = &self.skipped {
            return format!("not exercised: {why}");
        }
        let arrived = match (&self.lacks, self.blocked) {
            (None, _) => "arrived".to_owned(),
            (Some(_), _) if self.wants_nothing() && self.came_up && self.cost.requests == 0 => {
                return "nothing was sent, as it should be".to_owned();
            }
            (Some(_), Some(step)) => format!("blocked by step {step}"),
            (Some(lacks), None) if self.came_up && log.findings.is_empty() => {
                format!("did not arrive: {lacks}")
            }
            (Some(_), None) => "did not arrive".to_owned(),
        };
        if self.came_up {
            arrived
        } else {
            format!("{arrived}, and the misbehaviour did not come up: {}", self.did_not_come_up())
        }
    }

    /// Whether nothing is to arrive: the certificate is not good.
    pub fn wants_nothing(&self) -> bool {
        self.action.misbehaviour.is_some_and(|one| one.needs_tls)
    }

    /// Why what the judge does badly did not come up.
    pub fn did_not_come_up(&self) -> String {
        match self.action.misbehaviour.and_then(|one| one.meets_words()) {
            Some(words) => format!("the source never sent {words}"),
            None => "the source did not connect".to_owned(),
        }
    }
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
    let mut repairs = Repairs::default();
    let by_hand = source.by_hand();
    for (place, mut action) in steps.into_iter().enumerate() {
        let number = place + 1;
        action.by_hand = by_hand;
        let repaired = repairs.before(&provider.inside(), &action, number).await;
        let mut stage = Stage { provider, details, number, action: &action, patience };
        let shown = stage.play(source).await;
        let Some(shown) = shown else {
            outcome.interrupted = Some(format!("it was ended at step {number}"));
            break;
        };
        let fresh = repairs.fresh();
        let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
        let blocked = if shown.arrived { None } else { blocked(&repaired, &shown.exchanges) };
        // What is blocked is the fault of the step that blocks it.
        let to_blame = (!shown.arrived).then(|| blocked.unwrap_or(number));
        repairs.after(&action, &shown.after, to_blame);
        let episode = Episode {
            step: number,
            action: &action,
            exchanges: &shown.exchanges,
            before: &shown.before,
            after: &shown.after,
            connected: shown.connected,
            came_before: shown.came_before,
            fresh: Some(&fresh),
            blocked,
            has_token_endpoint: provider.client().is_some(),
        };
        let mut done = Done {
            number,
            name: action.name(),
            arrived: shown.arrived,
            skipped: shown.skipped,
            complaint: shown.complaint,
            lacks: judgement::lacking(&episode, &basis),
            blocked,
            came_up: judgement::came_up(&episode),
            cost: Cost::of(&shown.exchanges),
            gets: Vec::new(),
            action: action.clone(),
        };
        if let Some(rules) = rules {
            done.gets = people.changes(rules, &shown.after);
        }
        let mut log = Log::default();
        if done.skipped.is_none() {
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
                    let log = judgement::requests(&of_source(provider), &basis);
                    let wrong = log.findings.iter().filter(|one| one.rule.level != Level::Note);
                    for one in wrong.filter(|one| told.insert(one.rule.id)) {
                        on_event(&Event::Found(one));
                    }
                }
            }
        }
    }
    finish(provider, rules, Outcome::default(), true).await
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
    mut outcome: Outcome,
    own_groups: bool,
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
    came_before: bool,
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
        let came_before = provider.recorder().count() > 0;
        let connections = provider.recorder().connections();
        if let Some(what) = action.misbehaviour {
            prepare::arm(provider, what).await;
        }
        provider.recorder().begin_step(self.number);
        let mut skipped = None;
        let mut complaint: Option<String> = None;
        for again in [false, true] {
            if again {
                prepare::next_cycle(provider, action, self.number).await;
            }
            let mut failed = false;
            match source.act(action, self.details, again).await {
                Acted::Stop => return None,
                Acted::Skipped(why) => skipped = Some(why),
                Acted::Failed(words) => {
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
            wait::settled(provider).await;
            let after = inside.state().await;
            let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
            let arrived = judgement::arrived(action, &before, &after, &basis);
            // What arrived although the source failed is not known to it.
            let another = !again
                && (!arrived || failed)
                && skipped.is_none()
                && action.misbehaviour.is_some_and(prepare::has_next_cycle);
            if another {
                continue;
            }
            provider.script().disarm();
            let exchanges = provider.recorder().of_step(self.number);
            prepare::after(provider, action).await;
            return Some(Shown {
                exchanges,
                connected: provider.recorder().connections() > connections,
                came_before,
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
