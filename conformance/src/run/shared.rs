//! What the lanes of a run share, and how every request of them goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::OnceCell;

use super::options::{Endpoint, Options, Provers};
use super::pool::Pool;
use super::shown::shown_by;
use super::track::{located, made_by, may_make, path_of, put_by, taken_away_by};
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
    pub(super) stuck: Mutex<BTreeSet<String>>,
    /// Features that are refused throughout, each with the scenario that fails by it.
    refused: Mutex<BTreeMap<Feature, String>>,
    /// Whether groups show their members by the ids that were sent, once that is known.
    pub(super) keeps_ids: OnceCell<bool>,
    /// What failing scenarios made, where it is to stay.
    kept: Mutex<BTreeSet<String>>,
    /// A scenario was not played because nothing more may be made.
    held_back: AtomicBool,
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
            held_back: AtomicBool::default(),
        }
    }

    /// Writes down that it begins. What a run that goes on here knew of DELETE holds still.
    pub(crate) fn begin(&self, scenarios: &[Scenario], doubted: bool) {
        self.ledger.begin(&self.endpoint.url, &self.mark, self.options.seed, scenarios);
        if doubted {
            self.ledger.doubt();
        }
    }

    /// Sends a request as somebody, and keeps the ledger of what it makes and takes away.
    pub(crate) async fn send(
        &self,
        request: &Request,
        as_whom: Credential,
    ) -> Result<Answer, ClientError> {
        self.send_within(request, as_whom, self.options.http.timeout).await
    }

    /// The same for what cleans up: whatever time answers have otherwise, these get a fair one,
    /// since an answer that nobody waits for leaves something behind.
    pub(crate) async fn send_patiently(
        &self,
        request: &Request,
        as_whom: Credential,
    ) -> Result<Answer, ClientError> {
        let limit = self.options.http.timeout.max(self.options.clean_up);
        self.send_within(request, as_whom, limit).await
    }

    async fn send_within(
        &self,
        request: &Request,
        as_whom: Credential,
        limit: Duration,
    ) -> Result<Answer, ClientError> {
        if let Some(why) = self.client.gone() {
            let message = format!("not sent, because the endpoint no longer answers: {why}");
            return Err(fault(FaultKind::Network, message));
        }
        let number = if may_make(request) {
            let number = self.ledger.asks(path_of(request), as_whom);
            Some(number.map_err(|why| {
                self.options.stopper.stop();
                fault(FaultKind::Usage, why)
            })?)
        } else {
            None
        };
        let since = self.ledger.moment();
        let answer = match self.answered(request, as_whom, limit).await {
            Ok(answer) => answer,
            Err(error) => {
                let place = error.location.as_deref().and_then(|place| located(request, place));
                match (number, place) {
                    (Some(number), Some(path)) => {
                        self.ledger.made(number, &[path]);
                        self.ledger.answered(number);
                    }
                    // It may still be worked on only where nobody waited for its end.
                    (Some(number), None) if error.kind != FaultKind::Timeout => {
                        self.ledger.untold(number);
                    }
                    _ => {}
                }
                return Err(error);
            }
        };
        if let Some(number) = number {
            let made = made_by(request, &answer);
            self.ledger.made(number, &made.paths);
            if made.more {
                self.ledger.untold(number);
            } else {
                self.ledger.answered(number);
            }
            if answer.repeated && !made.more {
                // The first of the two may have made another: that is looked for by the mark.
                if let Ok(number) = self.ledger.asks(path_of(request), as_whom) {
                    self.ledger.untold(number);
                }
            }
        }
        if let Some(path) = put_by(request, &answer) {
            self.ledger.found(&path, as_whom);
        }
        for path in shown_by(request, &answer, &self.mark) {
            self.ledger.shown(&path, as_whom, since, request.reads());
        }
        for path in taken_away_by(request, &answer) {
            self.ledger.gone(&path, as_whom, answer.status == 404);
        }
        Ok(answer)
    }

    async fn answered(
        &self,
        request: &Request,
        as_whom: Credential,
        limit: Duration,
    ) -> Result<Answer, ClientError> {
        let proof = self.proof(as_whom).await?;
        let answer = self.client.send_within(request, proof.as_ref(), limit).await?;
        let Some(prover) = self.prover(as_whom).filter(|_| answer.status == 401) else {
            return Ok(answer);
        };
        if !prover.refused().await {
            return Ok(answer);
        }
        let proof = prover.proof().await?;
        self.client.send_within(request, proof.as_ref(), limit).await
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

    /// Something was not played for that.
    pub(super) fn holds_back(&self) {
        self.held_back.store(true, Ordering::SeqCst);
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
        if let Some(Closed { by, why }) = self.closed() {
            if self.held_back.load(Ordering::SeqCst) {
                notes.push(format!(
                    "nothing more was made after {by}: {why}; --allow-left-behind goes on all the \
                     same, and leaves what it makes"
                ));
            } else if self.options.allow_left_behind {
                notes.push(format!("it went on after {by} (--allow-left-behind): {why}"));
            }
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
