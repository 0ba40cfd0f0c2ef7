//! What a run takes away before it begins, of the run that it goes on with, and at its end.

use std::sync::Arc;
use std::time::Duration;

use super::shared::Run;
use super::sweep::{Swept, take_away};
use crate::scenario::Credential;

/// From one look for what may still be made to the next.
const AGAIN: Duration = Duration::from_secs(1);
/// Times that it is looked for so.
const LOOKS: usize = 5;
/// A clean-up that goes on ends after so many times of what one answer may take.
const LONGEST: u32 = 20;

impl Run {
    /// Takes away what the run that goes on here had left, and what was found to be its own.
    pub(super) async fn take_away_of_the_past(self: &Arc<Self>, own: &[(String, Credential)]) {
        let Some(past) = &self.options.past else { return };
        let there = [past.left.there.as_slice(), own].concat();
        let swept = take_away(self, &there, &past.left.lost, &past.marks).await;
        if swept.unsearched.is_empty() {
            self.ledger.searched_for_the_past();
        }
    }

    /// Takes away what is still there, and what came of lost answers. Whether everything could be
    /// searched that had to be. It ends where no answer comes for some time, and at some point
    /// whatever comes.
    pub(super) async fn clean_up_after_all(self: &Arc<Self>) -> bool {
        let stuck = self.stuck.lock().map(|all| all.clone()).unwrap_or_default();
        let mut left = self.ledger.left();
        let kept = self.kept();
        left.there.retain(|(path, _)| !stuck.contains(path) && !kept.contains(path));
        if left.is_empty() {
            return true;
        }
        // It may have been too slow for the time that answers had.
        self.client.try_again();
        let limit = self.options.clean_up;
        let stalls = async {
            loop {
                let before = self.client.answers();
                tokio::time::sleep(limit).await;
                if self.client.answers() == before {
                    return;
                }
            }
        };
        tokio::select! {
            swept = self.sweep(&left.there, &left.lost) => swept.unsearched.is_empty(),
            () = stalls => false,
            () = tokio::time::sleep(limit * LONGEST) => false,
        }
    }

    /// What was not waited for may be made after it was looked for, so it is looked for again
    /// until nothing more is found; and where no answer came, that may be otherwise a moment later.
    async fn sweep(
        self: &Arc<Self>,
        there: &[(String, Credential)],
        lost: &[(String, Credential)],
    ) -> Swept {
        let marks = std::slice::from_ref(&self.mark);
        let mut there = there.to_vec();
        let mut look = 1;
        loop {
            let before = self.client.silences();
            let swept = take_away(self, &there, lost, marks).await;
            let silent = self.client.silences() > before;
            let is_new = look == 1 || !swept.gone.is_empty();
            if look > LOOKS || !(silent || (self.ledger.is_unanswered() && is_new)) {
                return swept;
            }
            there = if silent { swept.left } else { Vec::new() };
            look += 1;
            self.client.try_again();
            tokio::time::sleep(AGAIN).await;
        }
    }
}
