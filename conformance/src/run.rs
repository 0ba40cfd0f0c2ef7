//! Plays scenarios against an endpoint.

mod after;
mod alone;
mod applies;
mod contradiction;
mod fill;
mod given;
mod lanes;
mod options;
mod outcome;
mod play;
mod pool;
mod race;
mod refused;
pub(crate) mod repeated;
mod shape;
mod shared;
mod shown;
mod step;
mod stop;
mod sweep;
mod track;
mod unchanged;
mod walk;
mod wants;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use crate::corpus::Corpus;
use crate::discover::{Capabilities, Existing, discover};
use crate::http::{Client, ClientError, FaultKind, fault};
use crate::report::summary::many;
use crate::report::{Kind, Latency, Redacted, Report};
use crate::scenario::{Credential, Need, Scenario};

pub(crate) use options::Provers;
pub use options::{Endpoint, Options, Stopper};
pub use outcome::{Exchange, Finding, Outcome};
pub(crate) use shape::{reads_only, usual};
pub(crate) use shared::Run;
pub(crate) use sweep::take_away;

/// Something that happened during a run; reporters live on these.
#[derive(Debug, Clone)]
pub enum Event {
    /// What the endpoint has is known.
    Discovered(Capabilities),
    /// A scenario is done.
    Done {
        /// Its id.
        id: String,
        /// Its outcome.
        outcome: Outcome,
    },
}

/// Plays scenarios, several at a time, and gives what was found. What it makes is taken away.
///
/// Fails where the endpoint cannot be tested: it does not answer, does not accept the credential,
/// speaks no SCIM, or has data of others in it and nobody allowed that.
pub async fn run(
    endpoint: Endpoint,
    mut scenarios: Vec<Scenario>,
    mut options: Options,
    on_event: impl Fn(&Event) + Send + Sync + 'static,
) -> Result<Redacted, ClientError> {
    let begun = Instant::now();
    let mut report = Report::new(Kind::Server, &endpoint.url);
    let client = Client::new(&endpoint.url, options.http.clone())?;
    let provers = Provers::new(&endpoint, &options.http)?;
    let proof = provers.main.proof().await?;
    let mut capabilities = discover(&client, proof.as_ref()).await?;
    for (given, need) in [
        (endpoint.second_tenant.is_some(), Need::SecondTenant),
        (endpoint.read_only.is_some(), Need::ReadOnlyToken),
    ] {
        if given {
            capabilities.given(need);
        }
    }
    if options.read_only {
        scenarios.retain(reads_only);
    }
    let writes = !scenarios.iter().all(reads_only);
    scenarios.extend(Corpus::before(&scenarios));
    scenarios.sort_by(|one, other| one.id.cmp(&other.id));
    let contradictions = contradiction::among(&scenarios);
    let repeats = repeated::among(&scenarios);
    let jobs = options.jobs.unwrap_or_else(|| lanes::suitable(&client.traffic().times));
    let journal = options.journal.take();
    let run =
        Arc::new(Run::new(client, provers, endpoint, capabilities, options, journal, &scenarios));
    let own = match run.options.allow_existing_data || !writes {
        true => Vec::new(),
        false => refuse_existing(&run).await?,
    };
    on_event(&Event::Discovered(run.capabilities.clone()));
    run.begin(&scenarios, run.options.past.as_ref().is_some_and(|past| past.doubted));
    run.take_away_of_the_past(&own).await;
    let all = lanes::play_all(&run, scenarios, jobs, Arc::new(on_event)).await;
    report.entries = all.entries;
    repeated::settle(&mut report.entries, &repeats);
    report.interrupted = all.ended;
    let searched = run.clean_up_after_all().await;
    report.mark = run.mark.clone();
    report.seed = Some(run.options.seed);
    let traffic = run.client.traffic();
    report.requests = traffic.requests;
    report.latency = Latency::of(traffic.times);
    let kept = run.kept();
    let left = run.ledger.left();
    let there = left.there.into_iter().map(|(path, _)| path);
    report.left_behind = there.filter(|path| !kept.contains(path)).collect();
    report.may_be_left = if searched { 0 } else { left.lost.len() };
    report.notes = run.notes(traffic.throttled, &traffic.redirects);
    let told = contradictions.iter().filter_map(|one| one.told(&report.entries));
    report.notes.extend(told.collect::<Vec<_>>());
    report.millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    if searched {
        run.ledger.searched();
    }
    if report.interrupted.is_none() && searched {
        run.ledger.end();
    }
    Ok(report.redacted(&run.secrets()))
}

/// A tenant with people in it is left alone, unless somebody says otherwise. What a run that goes on
/// had left is its own: what it knew of, and what has one of its marks. The latter is given back.
async fn refuse_existing(run: &Run) -> Result<Vec<(String, Credential)>, ClientError> {
    let Existing { users, groups } = run.capabilities.existing;
    let (mut users, mut groups) = (users.unwrap_or(0), groups.unwrap_or(0));
    let mut own = Vec::new();
    if let Some(past) = &run.options.past {
        let known = past.left.there.len() + past.left.lost.len();
        if u64::try_from(known).is_ok_and(|known| users + groups <= known) {
            return Ok(own);
        }
        own = sweep::own(run, &past.marks).await;
        let all: BTreeSet<&str> =
            own.iter().chain(&past.left.there).map(|(path, _)| path.as_str()).collect();
        let count = |place: &str| {
            u64::try_from(all.iter().filter(|path| path.starts_with(place)).count()).unwrap_or(0)
        };
        users = users.saturating_sub(count("/Users/"));
        groups = groups.saturating_sub(count("/Groups/"));
    }
    if users + groups == 0 {
        return Ok(own);
    }
    let (users, groups) = (many(users, "user"), many(groups, "group"));
    let message = format!(
        "{users} and {groups} are there already; nothing was written. A run changes \
         and deletes only what it makes itself, but a faulty server may do more"
    );
    Err(fault(FaultKind::ExistingData, message))
}
