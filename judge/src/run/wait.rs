//! When a step is over.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Stage;
use crate::drive::{Said, Source};
use crate::judgement::{self, Basis};
use crate::provider::{Provider, State};

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    /// It arrived, or it has been quiet for long after a change, or none came for very long.
    Enough,
    /// A person says that the source cannot do it.
    Skipped,
    /// A person ends the run.
    Stopped,
}

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);
/// How long it has to be quiet once what is wanted is there.
const SETTLED: Duration = Duration::from_millis(700);
/// How long an answer may still be under way.
const LONGEST: Duration = Duration::from_secs(20);

/// Waits for what a source that acts by itself does.
pub(super) async fn until(stage: &Stage<'_>, source: &mut dyn Source, before: &State) -> Waited {
    let provider = stage.provider;
    let begun = Instant::now();
    let mut looked_at = 0;
    let mut arrived = false;
    let mut told = false;
    loop {
        tokio::select! {
            said = source.said() => match said {
                Said::Next => return Waited::Enough,
                Said::Skip => return Waited::Skipped,
                Said::Stop => return Waited::Stopped,
            },
            () = sleep(LOOK) => {}
        }
        let recorder = provider.recorder();
        let Some(quiet) = recorder.quiet() else {
            if recorder.count_in_step() == 0 && begun.elapsed() > stage.patience.first {
                return Waited::Enough;
            }
            continue;
        };
        let count = recorder.count_in_step();
        if count != looked_at {
            looked_at = count;
            let after = provider.inside().state().await;
            let basis = Basis { contract: provider.contract(), schemas: provider.schemas() };
            arrived = judgement::lacks(stage.action, before, &after, &basis).is_empty();
        }
        // What is carried out and answered badly is there before the source has shown anything.
        let settled = arrived && !carried_out(stage) && quiet > SETTLED;
        if settled {
            return Waited::Enough;
        }
        let acted = recorder.acted_in_step();
        let longest = if acted { stage.patience.quiet } else { stage.patience.first };
        if quiet > longest || !acted && begun.elapsed() > longest {
            return Waited::Enough;
        }
        if !acted && !told && quiet > stage.patience.quiet {
            source.only_read(count);
            told = true;
        }
    }
}

fn carried_out(stage: &Stage<'_>) -> bool {
    stage.action.misbehaviour.is_some_and(|what| what.carries_out())
}

/// Waits until no request is under way.
pub(super) async fn settled(provider: &Provider) {
    let begun = Instant::now();
    while !provider.recorder().is_idle() && begun.elapsed() < LONGEST {
        sleep(Duration::from_millis(10)).await;
    }
}
