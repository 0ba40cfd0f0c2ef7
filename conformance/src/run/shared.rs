//! What the lanes of a run share, and how every request of them goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::OnceCell;

use super::options::{Endpoint, Options, Provers};
use super::pool::Pool;
use super::sweep::take_away;
use super::track::{located, made_by, may_make, taken_away_by};
use crate::auth::Prover;
use crate::discover::Capabilities;
use crate::fixture::Learned;
use crate::http::{Answer, Client, ClientError, FaultKind, Proof, Request, fault};
use crate::journal::{Journal, Ledger};
use crate::report::{Entry, Kind, Report};
use crate::scenario::{Credential, Feature, Scenario};

pub(crate) struct Run {
    pub(crate) client: Client,
    pub(crate) provers: Provers,
    pub(crate) endpoint: Endpoint,
    pub(crate) capabilities: Capabilities,
    pub(crate) mark: String,
    pub(crate) ledger: Ledger,
    pub(crate) learned: Learned,
    pub(super) pool: Pool,
    pub(crate) options: Options,
    /// Why nothing more may be made, once that is known.
    pub(super) gate: Mutex<Option<Closed>>,
    /// What DELETE did not take away.
    stuck: Mutex<BTreeSet<String>>,
    /// Features that are refused throughout, each with the scenario that fails by it.
    refused: Mutex<BTreeMap<Feature, String>>,
    /// Whether groups show their members by the ids that were sent, once that is known.
    pub(super) keeps_ids: OnceCell<bool>,
    /// What failing scenarios made, where it is to stay.
    kept: Mutex<BTreeSet<String>>,
}

/// How often DELETE may fail before nothing more is made.
const STUCK: usize = 3;

/// Why nothing more may be made.
#[derive(Debug, Clone)]
pub(super) struct Closed {
    /// The scenario that found it.
    pub(super) by: String,
    pub(super) why: String,
}

impl Run {
    pub(crate) fn new(
        client: Client,
        provers: Provers,
        endpoint: Endpoint,
        capabilities: Capabilities,
        options: Options,
        journal: Option<Journal>,
        scenarios: &[Scenario],
    ) -> Self {
        let mark = options.mark.clone().unwrap_or_else(mark);
        let ledger = Ledger::new(journal);
        ledger.begin(&endpoint.url, &mark, options.seed, scenarios);
        let times = usize::try_from(options.repeat.max(1)).unwrap_or(1);
        let past = options.past.as_ref();
        let is_left = |one: &&Scenario| past.is_none_or(|past| !past.done.contains_key(&one.id));
        let pool = Pool::of(scenarios.iter().filter(is_left), times);
        Self {
            client,
            provers,
            endpoint,
            capabilities,
            mark,
            ledger,
            learned: Learned::default(),
            pool,
            options,
            gate: Mutex::default(),
            stuck: Mutex::default(),
            refused: Mutex::default(),
            keeps_ids: OnceCell::new(),
            kept: Mutex::default(),
        }
    }

    /// Sends a request as somebody, and keeps the ledger of what it makes and takes away.
    pub(crate) async fn send(
        &self,
        request: &Request,
        as_whom: Credential,
    ) -> Result<Answer, ClientError> {
        if let Some(why) = self.client.gone() {
            let message = format!("not sent, because the endpoint no longer answers: {why}");
            return Err(fault(FaultKind::Network, message));
        }
        let number = if may_make(request) {
            let path = request.target.split('?').next().unwrap_or_default();
            let number = self.ledger.asks(path, as_whom);
            Some(number.map_err(|why| {
                self.options.stopper.stop();
                fault(FaultKind::Usage, why)
            })?)
        } else {
            None
        };
        let answer = match self.answered(request, as_whom).await {
            Ok(answer) => answer,
            Err(error) => {
                let place = error.location.as_deref().and_then(|place| located(request, place));
                if let (Some(number), Some(path)) = (number, place) {
                    self.ledger.made(number, &[path]);
                    self.ledger.answered(number);
                }
                return Err(error);
            }
        };
        if let Some(number) = number {
            let made = made_by(request, &answer);
            self.ledger.made(number, &made.paths);
            if !made.more {
                self.ledger.answered(number);
            }
            if answer.repeated && !made.more {
                // The first of the two may have made another: that is looked for by the mark.
                let path = request.target.split('?').next().unwrap_or_default();
                let _ = self.ledger.asks(path, as_whom);
            }
        }
        for path in taken_away_by(request, &answer) {
            self.ledger.gone(&path);
        }
        Ok(answer)
    }

    async fn answered(
        &self,
        request: &Request,
        as_whom: Credential,
    ) -> Result<Answer, ClientError> {
        let proof = self.proof(as_whom).await?;
        let answer = self.client.send(request, proof.as_ref()).await?;
        let Some(prover) = self.prover(as_whom).filter(|_| answer.status == 401) else {
            return Ok(answer);
        };
        if !prover.refused().await {
            return Ok(answer);
        }
        let proof = prover.proof().await?;
        self.client.send(request, proof.as_ref()).await
    }

    async fn proof(&self, as_whom: Credential) -> Result<Option<Proof>, ClientError> {
        match (as_whom, self.prover(as_whom)) {
            (Credential::Invalid, _) => Ok(Some(self.endpoint.auth.invalid())),
            (_, Some(prover)) => prover.proof().await,
            (_, None) => Ok(None),
        }
    }

    fn prover(&self, as_whom: Credential) -> Option<&Prover> {
        match as_whom {
            Credential::Main => Some(&self.provers.main),
            Credential::SecondTenant => self.provers.second_tenant.as_ref(),
            Credential::ReadOnly => self.provers.read_only.as_ref(),
            Credential::None | Credential::Invalid => None,
        }
    }

    /// Takes away what the run that goes on here had left.
    pub(super) async fn take_away_of_the_past(&self) {
        let Some(past) = &self.options.past else { return };
        let swept = take_away(self, &past.left.there, &past.left.lost, &past.marks).await;
        if swept.unsearched.is_empty() {
            self.ledger.searched_for_the_past();
        }
    }

    /// Takes away what is still there, and what came of lost answers, within some time. Whether
    /// everything could be searched that had to be.
    pub(super) async fn clean_up_after_all(&self) -> bool {
        let stuck = self.stuck.lock().map(|all| all.clone()).unwrap_or_default();
        let mut left = self.ledger.left();
        let kept = self.kept();
        left.there.retain(|(path, _)| !stuck.contains(path) && !kept.contains(path));
        if left.is_empty() {
            return true;
        }
        if self.client.gone().is_some() {
            return false;
        }
        let marks = std::slice::from_ref(&self.mark);
        let sweeping = take_away(self, &left.there, &left.lost, marks);
        let swept = tokio::time::timeout(self.options.clean_up, sweeping).await;
        swept.is_ok_and(|swept| swept.unsearched.is_empty())
    }

    /// DELETE was refused. A few of these close the gate: the endpoint would fill up.
    pub(super) fn could_not(&self, path: &str, status: u16) {
        let Ok(mut stuck) = self.stuck.lock() else { return };
        stuck.insert(path.to_owned());
        if stuck.len() >= STUCK {
            let kind = path.split('/').nth(1).unwrap_or_default();
            self.close("cleaning up", format!("DELETE /{kind} answers {status}"));
        }
    }

    /// A scenario failed on which others stand: those that make something, or use what it probes.
    pub(super) fn does_not_hold(&self, scenario: &Scenario) {
        if scenario.gate {
            self.close(&scenario.id, format!("\"{}\" does not hold", scenario.title));
        }
        if let Ok(mut refused) = self.refused.lock() {
            for feature in &scenario.probes {
                refused.entry(*feature).or_insert_with(|| scenario.id.clone());
            }
        }
    }

    /// The scenario that fails because a feature is refused.
    pub(super) fn refuser(&self, feature: Feature) -> Option<String> {
        self.refused.lock().ok()?.get(&feature).cloned()
    }

    /// Leaves these where they are.
    pub(super) fn keep(&self, paths: Vec<String>) {
        if let Ok(mut kept) = self.kept.lock() {
            // What a scenario took away itself is not there to be kept.
            kept.extend(paths.into_iter().filter(|path| self.ledger.whose(path).is_some()));
        }
    }

    /// What stays where it is.
    pub(super) fn kept(&self) -> BTreeSet<String> {
        self.kept.lock().map(|all| all.clone()).unwrap_or_default()
    }

    /// Closes the gate: nothing more is made.
    pub(super) fn close(&self, by: &str, why: String) {
        if let Ok(mut gate) = self.gate.lock() {
            gate.get_or_insert_with(|| Closed { by: by.to_owned(), why });
        }
    }

    pub(super) fn closed(&self) -> Option<Closed> {
        self.gate.lock().ok()?.clone()
    }

    /// What readers should know besides.
    pub(super) fn notes(&self, throttled: u64, redirects: &BTreeMap<String, u64>) -> Vec<String> {
        let mut notes = self.learned.notes();
        let kept = self.kept();
        if !kept.is_empty() {
            notes.push(format!(
                "kept for a look (--keep): {}; `provisor conform clean` with the run's journal \
                 takes them away",
                kept.into_iter().collect::<Vec<_>>().join(", ")
            ));
        }
        if throttled > 0 {
            notes.push(format!("{throttled} requests were throttled and sent again after a pause"));
        }
        for (what, times) in redirects {
            notes.push(format!("redirected within the origin, {times} times: {what}"));
        }
        if self.options.http.tls.insecure {
            notes.push("the certificate was not looked at (--insecure)".to_owned());
        }
        if let Some(closed) = self.closed() {
            notes.push(format!("nothing more was made after {}: {}", closed.by, closed.why));
        }
        notes
    }

    /// An entry without secrets, as a journal may hold it.
    pub(super) fn redacted(&self, entry: &Entry) -> Entry {
        let mut report = Report::new(Kind::Server, "");
        report.entries.push(entry.clone());
        let report = report.redacted(&self.secrets());
        report.entries.first().unwrap_or(entry).clone()
    }

    /// What no report may show.
    pub(super) fn secrets(&self) -> Vec<String> {
        let auths = [
            Some(&self.endpoint.auth),
            self.endpoint.second_tenant.as_ref(),
            self.endpoint.read_only.as_ref(),
        ];
        auths.into_iter().flatten().flat_map(crate::auth::Auth::secrets).collect()
    }
}

/// Tells this run's resources from those of everybody else.
fn mark() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Two runs that begin in the same millisecond are told apart.
    format!("pvc{:x}{:03x}", since.as_millis(), fastrand::u16(..0x1000))
}
