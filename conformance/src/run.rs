//! Plays scenarios against an endpoint.

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
mod step;
mod stop;
mod sweep;
mod track;
mod unchanged;
mod walk;
mod wants;

use std::sync::Arc;
use std::time::Instant;

use crate::corpus::Corpus;
use crate::discover::{Capabilities, Existing, discover};
use crate::http::{Client, ClientError, FaultKind, fault};
use crate::journal::Past;
use crate::report::summary::many;
use crate::report::{Kind, Latency, Redacted, Report};
use crate::scenario::{Need, Scenario};

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
    if writes && !options.allow_existing_data {
        refuse_existing(capabilities.existing, options.past.as_ref())?;
    }
    on_event(&Event::Discovered(capabilities.clone()));
    scenarios.extend(Corpus::before(&scenarios));
    scenarios.sort_by(|one, other| one.id.cmp(&other.id));
    let contradictions = contradiction::among(&scenarios);
    let repeats = repeated::among(&scenarios);
    let jobs = options.jobs.unwrap_or_else(|| lanes::suitable(&client.traffic().times));
    let journal = options.journal.take();
    let run =
        Arc::new(Run::new(client, provers, endpoint, capabilities, options, journal, &scenarios));
    run.take_away_of_the_past().await;
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
    let left = run.ledger.left().there.into_iter().map(|(path, _)| path);
    report.left_behind = left.filter(|path| !kept.contains(path)).collect();
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
/// had left is its own.
fn refuse_existing(existing: Existing, past: Option<&Past>) -> Result<(), ClientError> {
    let (users, groups) = (existing.users.unwrap_or(0), existing.groups.unwrap_or(0));
    let ours = past.map_or(0, |past| past.left.there.len() + past.left.lost.len());
    if u64::try_from(ours).is_ok_and(|ours| users + groups <= ours) {
        return Ok(());
    }
    let (users, groups) = (many(users, "user"), many(groups, "group"));
    let message = format!(
        "{users} and {groups} are there already; nothing was written. A run changes \
         and deletes only what it makes itself, but a faulty server may do more"
    );
    Err(fault(FaultKind::ExistingData, message))
}
