//! What of a run is there right now, in memory and, where there is one, in the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::{EVERYWHERE, Journal, Left, Line, VERSION};
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
    /// Requests of which nobody knows what they made.
    open: BTreeMap<u64, Open>,
    there: BTreeMap<String, Credential>,
    /// What was taken away, and when; by `moment`.
    gone: BTreeMap<String, u64>,
    /// What was shown after it had been taken away: only a 404 says that it is gone.
    back: BTreeSet<String>,
    doubted: bool,
    moment: u64,
}

/// A request that may make something.
#[derive(Debug)]
struct Open {
    to: String,
    with: Credential,
    /// It was answered, but does not tell all that it made.
    untold: bool,
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
            let number = all.opened(to, with, false);
            all.write(&Line::Asks { number, to: to.to_owned(), with });
            all.broken.clone().map_or(Ok(number), Err)
        });
        number.unwrap_or_else(|| Err("the ledger of what was made is lost".to_owned()))
    }

    /// It made these.
    pub(crate) fn made(&self, number: u64, paths: &[String]) {
        self.with(|all| {
            let with = all.open.get(&number).map(|one| one.with).unwrap_or_default();
            for path in paths {
                all.is_there(number, path, with);
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

    /// It was answered, and may have made more than has been said.
    pub(crate) fn untold(&self, number: u64) {
        self.with(|all| {
            if let Some(one) = all.open.get_mut(&number) {
                one.untold = true;
            }
        });
    }

    /// Whether something may still be made by a request that was not waited for.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.with(|all| all.open.values().any(|one| !one.untold)).unwrap_or(false)
    }

    /// This is there from before, or was found by its mark.
    pub(crate) fn found(&self, path: &str, with: Credential) {
        self.with(|all| {
            if all.gone.remove(path).is_some() {
                all.back.insert(path.to_owned());
            }
            if !all.there.contains_key(path) {
                all.is_there(0, path, with);
            }
        });
    }

    /// What is sent later comes after what is known now.
    pub(crate) fn moment(&self) -> u64 {
        self.with(Inner::later).unwrap_or_default()
    }

    /// An answer shows it to a request that was sent at a moment. What nobody knew of is there
    /// then; what was taken away before did not go, where what only reads shows it.
    pub(crate) fn shown(&self, path: &str, with: Credential, since: u64, read: bool) {
        self.with(|all| {
            match all.gone.get(path).copied() {
                Some(when) if when < since && read => {
                    all.gone.remove(path);
                    all.back.insert(path.to_owned());
                    all.doubt();
                }
                Some(_) => return,
                None if all.there.contains_key(path) => return,
                None => {}
            }
            all.is_there(0, path, with);
        });
    }

    /// It was taken away. Where it is only said, and not shown by its absence, what once came back
    /// is not believed to be gone. To whom it does not belong it is absent anyway.
    pub(crate) fn gone(&self, path: &str, with: Credential, is_absent: bool) {
        self.with(|all| {
            let is_others = |one: Credential| one == Credential::SecondTenant;
            let owner = all.there.get(path).copied().unwrap_or(with);
            let is_nobody = matches!(with, Credential::None | Credential::Invalid);
            if is_absent && (is_nobody || is_others(owner) != is_others(with)) {
                return;
            }
            if all.back.contains(path) && !is_absent {
                return;
            }
            if all.there.remove(path).is_some() {
                all.back.remove(path);
                let when = all.later();
                all.gone.insert(path.to_owned(), when);
                all.write(&Line::Gone { path: path.to_owned() });
            }
        });
    }

    /// DELETE does not take away what it says. Everything is looked for at the end.
    pub(crate) fn doubt(&self) {
        self.with(Inner::doubt);
    }

    pub(crate) fn is_doubted(&self) -> bool {
        self.with(|all| all.doubted).unwrap_or(false)
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
            lost: all.open.values().map(|one| (one.to.clone(), one.with)).collect(),
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

    fn later(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }

    fn opened(&mut self, to: &str, with: Credential, untold: bool) -> u64 {
        self.next += 1;
        self.open.insert(self.next, Open { to: to.to_owned(), with, untold });
        self.next
    }

    fn is_there(&mut self, number: u64, path: &str, with: Credential) {
        self.there.insert(path.to_owned(), with);
        self.write(&Line::Made { number, path: path.to_owned(), with });
    }

    fn doubt(&mut self) {
        if !self.doubted {
            self.doubted = true;
            self.opened(EVERYWHERE, Credential::Main, true);
            self.write(&Line::Doubted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = "/Users/1";

    fn made() -> Ledger {
        let ledger = Ledger::default();
        let number = ledger.asks("/Users", Credential::Main).unwrap();
        ledger.made(number, &[ANN.to_owned()]);
        ledger.answered(number);
        ledger
    }

    #[test]
    fn what_an_answer_shows_that_nobody_knew_of_is_there() {
        let ledger = made();
        let now = ledger.moment();
        for path in [ANN, "/Groups/2"] {
            ledger.shown(path, Credential::Main, now, true);
        }
        let there: Vec<String> = ledger.left().there.into_iter().map(|(path, _)| path).collect();
        assert_eq!(there, ["/Groups/2", ANN]);
        assert!(ledger.left().lost.is_empty());
    }

    #[test]
    fn what_was_shown_before_it_was_taken_away_is_gone() {
        let ledger = made();
        let before = ledger.moment();
        ledger.gone(ANN, Credential::Main, false);
        ledger.shown(ANN, Credential::Main, before, true);
        ledger.shown(ANN, Credential::Main, ledger.moment(), false);
        assert!(ledger.left().is_empty() && !ledger.is_doubted(), "an echo shows nothing either");
    }

    #[test]
    fn to_whom_it_does_not_belong_it_is_absent_and_there_all_the_same() {
        let ledger = made();
        for with in [Credential::SecondTenant, Credential::None, Credential::Invalid] {
            ledger.gone(ANN, with, true);
            assert_eq!(ledger.whose(ANN), Some(Credential::Main), "{with:?}");
        }
        ledger.gone(ANN, Credential::Main, true);
        assert_eq!(ledger.whose(ANN), None);
    }

    #[test]
    fn what_is_shown_after_it_was_taken_away_stays_until_it_is_absent() {
        let ledger = made();
        ledger.gone(ANN, Credential::Main, false);
        ledger.shown(ANN, Credential::Main, ledger.moment(), true);
        assert!(ledger.is_doubted());
        ledger.gone(ANN, Credential::Main, false);
        assert_eq!(ledger.whose(ANN), Some(Credential::Main), "the word is not believed again");
        assert_eq!(ledger.left().lost.len(), 1, "whatever else it was said of is looked for");
        ledger.gone(ANN, Credential::Main, true);
        assert_eq!(ledger.whose(ANN), None);
    }
}
