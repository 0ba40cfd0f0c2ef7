//! Scenarios side by side: in which order, how many at once, and when no more begin.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::outcome::Outcome;
use super::play::{let_go, play};
use super::shape::reads_only;
use super::shared::Run;
use super::{Event, alone};
use crate::report::{Entry, Verdict};
use crate::scenario::Scenario;

/// What came of all of them.
pub(super) struct All {
    /// In the order of ids.
    pub(super) entries: Vec<Entry>,
    /// Why not all of them were played.
    pub(super) ended: Option<String>,
}

/// Scenarios with the numbers that mark their resources.
type Turns = Vec<(usize, Scenario)>;

/// Plays all of them, `jobs` at a time: first those that must hold before anything is made, then
/// the others in an order that follows the seed. What measures how long answers take comes last and
/// alone: among others it would measure them as well, and keep them waiting.
pub(super) async fn play_all<F>(
    run: &Arc<Run>,
    scenarios: Vec<Scenario>,
    jobs: usize,
    on_event: Arc<F>,
) -> All
where
    F: Fn(&Event) + Send + Sync + 'static,
{
    let past = run.options.past.as_ref();
    let mut entries: Vec<Entry> =
        past.map(|past| past.done.values().cloned().collect()).unwrap_or_default();
    let played = |one: &Scenario| past.is_some_and(|past| past.done.contains_key(&one.id));
    for scenario in scenarios.iter().filter(|one| played(one)) {
        let entry = past.and_then(|past| past.done.get(&scenario.id));
        if entry.is_some_and(|entry| entry.verdict == Verdict::Fail) {
            run.does_not_hold(scenario);
        }
    }
    let left = scenarios.into_iter().enumerate().filter(|(_, one)| !played(one));
    let (first, mut others): (Turns, Turns) =
        left.partition(|(_, one)| !one.probes.is_empty() || (one.gate && !reads_only(one)));
    let (gates, probes): (Turns, Turns) = first.into_iter().partition(|(_, one)| one.gate);
    fastrand::Rng::with_seed(run.options.seed).shuffle(&mut others);
    let (measuring, others): (Turns, Turns) =
        others.into_iter().partition(|(_, one)| one.measures());
    let all = gates.len() + probes.len() + others.len() + measuring.len();
    let failed = Arc::new(AtomicBool::new(false));
    let before = entries.len();
    entries.extend(lane_by_lane(run, gates, 1, &on_event, &failed).await);
    entries.extend(lane_by_lane(run, probes, jobs, &on_event, &failed).await);
    entries.extend(lane_by_lane(run, others, jobs, &on_event, &failed).await);
    entries.extend(lane_by_lane(run, measuring, 1, &on_event, &failed).await);
    let missing = all - (entries.len() - before);
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    let why = match run.client.gone() {
        Some(why) => Some(format!("the endpoint no longer answers ({why})")),
        None if run.options.stopper.is_stopped() => Some("interrupted".to_owned()),
        None if missing > 0 => Some("stopped at the first failure".to_owned()),
        None => None,
    };
    let ended = why.map(|why| format!("{why}: {missing} of {all} scenarios were not played"));
    All { entries, ended: ended.filter(|_| missing > 0) }
}

async fn lane_by_lane<F>(
    run: &Arc<Run>,
    turns: Turns,
    jobs: usize,
    on_event: &Arc<F>,
    failed: &Arc<AtomicBool>,
) -> Vec<Entry>
where
    F: Fn(&Event) + Send + Sync + 'static,
{
    let (turns, next) = (Arc::new(turns), Arc::new(AtomicUsize::new(0)));
    let entries = Arc::new(Mutex::new(Vec::new()));
    // By their place among the turns.
    let suspects: Arc<Mutex<Vec<(usize, Outcome)>>> = Arc::default();
    let mut lanes = tokio::task::JoinSet::new();
    let width = jobs.clamp(1, turns.len().max(1));
    for _ in 0..width {
        let (run, turns, next) = (Arc::clone(run), Arc::clone(&turns), Arc::clone(&next));
        let (on_event, failed) = (Arc::clone(on_event), Arc::clone(failed));
        let (entries, suspects) = (Arc::clone(&entries), Arc::clone(&suspects));
        lanes.spawn(async move {
            loop {
                let enough = run.options.fail_fast && failed.load(Ordering::SeqCst);
                if enough || run.options.stopper.is_stopped() || run.client.gone().is_some() {
                    return;
                }
                let place = next.fetch_add(1, Ordering::SeqCst);
                let Some((number, scenario)) = turns.get(place) else { return };
                let outcome = some_times(&run, scenario, *number).await;
                let_go(&run, scenario).await;
                let Some(outcome) = outcome else { return };
                if width > 1 && alone::may_be_load(scenario, &outcome) {
                    if let Ok(mut suspects) = suspects.lock() {
                        suspects.push((place, outcome));
                    }
                    continue;
                }
                let entry = settled(&run, scenario, outcome, &*on_event, &failed);
                if let Ok(mut entries) = entries.lock() {
                    entries.push(entry);
                }
            }
        });
    }
    // Lanes end soon after the run is stopped; what hangs is left where it is.
    let limit = async {
        run.options.stopper.stopped().await;
        tokio::time::sleep(run.options.clean_up).await;
    };
    tokio::select! {
        () = async { while lanes.join_next().await.is_some() {} } => {}
        () = limit => lanes.abort_all(),
    }
    let mut entries = entries.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default();
    let mut suspects = suspects.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default();
    suspects.sort_by_key(|(place, _)| *place);
    for (place, outcome) in suspects {
        let Some((number, scenario)) = turns.get(place) else { continue };
        let Some(outcome) = alone::once_more(run, scenario, *number, outcome).await else {
            continue;
        };
        entries.push(settled(run, scenario, outcome, &**on_event, failed));
    }
    entries
}

/// What is known of a scenario is told, and obeyed.
fn settled<F: Fn(&Event)>(
    run: &Run,
    scenario: &Scenario,
    outcome: Outcome,
    on_event: &F,
    failed: &AtomicBool,
) -> Entry {
    if outcome.verdict == Verdict::Fail {
        failed.store(true, Ordering::SeqCst);
        run.does_not_hold(scenario);
    }
    on_event(&Event::Done { id: scenario.id.clone(), outcome: outcome.clone() });
    let entry = outcome.entry(scenario, &run.endpoint);
    if run.ledger.is_kept() {
        run.ledger.done(run.redacted(&entry));
    }
    entry
}

/// Plays a scenario as often as was asked for. Verdicts that differ are told as such; the worst
/// one counts.
async fn some_times(run: &Arc<Run>, scenario: &Scenario, number: usize) -> Option<Outcome> {
    let mut worst = play(run, scenario, number).await?;
    let mut verdicts = vec![worst.verdict];
    for _ in 1..run.options.repeat.max(1) {
        if worst.verdict == Verdict::Skip {
            return Some(worst);
        }
        let (requests, took) = (worst.requests, worst.took);
        let outcome = play(run, scenario, number).await?;
        verdicts.push(outcome.verdict);
        let (more, longer) = (outcome.requests, outcome.took);
        if rank(outcome.verdict) < rank(worst.verdict) {
            worst = outcome;
        }
        (worst.requests, worst.took) = (requests + more, took + longer);
    }
    if verdicts.iter().any(|one| *one != worst.verdict) {
        let list: Vec<&str> = verdicts.iter().map(|one| one.as_str()).collect();
        let flaky = format!("flaky: {} in {} plays", list.join(", "), verdicts.len());
        worst.reason = Some(match worst.reason {
            Some(reason) => format!("{flaky}; {reason}"),
            None => flaky,
        });
    }
    Some(worst)
}

fn rank(verdict: Verdict) -> usize {
    Verdict::ALL.iter().position(|one| *one == verdict).unwrap_or(usize::MAX)
}

/// So many scenarios at a time that the way to the endpoint is used, and a near one not flooded.
pub(super) fn suitable(times: &[Duration]) -> usize {
    let mut times = times.to_vec();
    times.sort_unstable();
    let middle = times.get(times.len() / 2).map_or(0, Duration::as_millis);
    usize::try_from(middle / 4).unwrap_or(usize::MAX).clamp(6, 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_far_endpoint_gets_more_lanes_than_a_near_one() {
        let all = |millis: u64| vec![Duration::from_millis(millis); 6];
        assert_eq!(suitable(&all(1)), 6);
        assert_eq!(suitable(&all(100)), 25);
        assert_eq!(suitable(&all(5_000)), 32);
        assert_eq!(suitable(&[]), 6);
    }
}
