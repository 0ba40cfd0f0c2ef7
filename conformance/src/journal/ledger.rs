//! What of a run is there right now, in memory and, where there is one, in the journal.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Journal, Left, Line, VERSION};
use crate::report::Entry;
use crate::run::repeated;
use crate::scenario::{Credential, Scenario};

/// Shared by all lanes.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    journal: Option<Journal>,
    /// Why the journal can no longer be written.
    broken: Option<String>,
    next: u64,
    /// Requests without an answer: endpoint and credential.
    open: BTreeMap<u64, (String, Credential)>,
    there: BTreeMap<String, Credential>,
}

impl Ledger {
    pub(crate) fn new(journal: Option<Journal>) -> Self {
        Self { inner: Mutex::new(Inner { journal, ..Inner::default() }) }
    }

    pub(crate) fn begin(&self, url: &str, mark: &str, seed: u64, all: &[Scenario]) {
        let at = jiff::Timestamp::now().to_string();
        let (url, mark) = (url.to_owned(), mark.to_owned());
        let scenarios = all.iter().map(|one| one.id.clone()).collect();
        let repeats = repeated::among(all);
        self.with(|all| {
            all.write(&Line::Begin { version: VERSION, url, mark, seed, at, scenarios, repeats })
        });
    }

    /// Something may be made. Fails where that cannot be written down: then it must not be sent.
    pub(crate) fn asks(&self, to: &str, with: Credential) -> Result<u64, String> {
        let number = self.with(|all| {
            all.next += 1;
            let number = all.next;
            all.open.insert(number, (to.to_owned(), with));
            all.write(&Line::Asks { number, to: to.to_owned(), with });
            all.broken.clone().map_or(Ok(number), Err)
        });
        number.unwrap_or_else(|| Err("the ledger of what was made is lost".to_owned()))
    }

    /// It made these.
    pub(crate) fn made(&self, number: u64, paths: &[String]) {
        self.with(|all| {
            let with = all.open.get(&number).map(|(_, with)| *with).unwrap_or_default();
            for path in paths {
                all.there.insert(path.clone(), with);
                all.write(&Line::Made { number, path: path.clone(), with });
            }
        });
    }

    /// It was answered, and all that it made has been said.
    pub(crate) fn answered(&self, number: u64) {
        self.with(|all| {
            all.open.remove(&number);
            all.write(&Line::Answered { number });
        });
    }

    /// This is there from before, or was found by its mark.
    pub(crate) fn found(&self, path: &str, with: Credential) {
        self.with(|all| all.there.insert(path.to_owned(), with));
    }

    pub(crate) fn gone(&self, path: &str) {
        self.with(|all| {
            if all.there.remove(path).is_some() {
                all.write(&Line::Gone { path: path.to_owned() });
            }
        });
    }

    /// Whether somebody wants to know what was found so far.
    pub(crate) fn is_kept(&self) -> bool {
        self.with(|all| all.journal.is_some()).unwrap_or(false)
    }

    pub(crate) fn done(&self, entry: Entry) {
        self.with(|all| all.write(&Line::Done { entry: Box::new(entry) }));
    }

    /// What came of lost answers was looked for.
    pub(crate) fn searched(&self) {
        self.with(|all| {
            if !all.open.is_empty() {
                all.open.clear();
                all.write(&Line::Searched);
            }
        });
    }

    /// The same of those of a run that goes on here.
    pub(crate) fn searched_for_the_past(&self) {
        self.with(|all| all.write(&Line::Searched));
    }

    pub(crate) fn end(&self) {
        self.with(|all| all.write(&Line::End));
    }

    /// With whose credential to take this away; none where it is gone already.
    pub(crate) fn whose(&self, path: &str) -> Option<Credential> {
        self.with(|all| all.there.get(path).copied().map(Credential::for_deleting)).flatten()
    }

    /// What may still be there.
    pub(crate) fn left(&self) -> Left {
        self.with(|all| Left {
            there: all
                .there
                .iter()
                .map(|(path, with)| (path.clone(), with.for_deleting()))
                .collect(),
            lost: all.open.values().cloned().collect(),
        })
        .unwrap_or_default()
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> Option<T> {
        self.inner.lock().ok().map(|mut inner| act(&mut inner))
    }
}

impl Inner {
    fn write(&mut self, line: &Line) {
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.write(line)
        {
            self.broken.get_or_insert_with(|| format!("the journal cannot be written: {error}"));
        }
    }
}
