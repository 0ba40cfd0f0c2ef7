//! How lists are walked: by index and by cursor.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{CURSOR, CURSOR_END, NEXT_PAGE};
use crate::exchange::Answer;
use crate::judgement::rule::shown;
use crate::judgement::{About, Log};

/// The lists of a run.
#[derive(Default)]
pub(super) struct Pages {
    /// Where each list goes on, and its total: by everything but the position.
    next: BTreeMap<String, (u64, u64)>,
    /// Cursors that were given out, with their lists.
    cursors: BTreeMap<String, String>,
    /// Cursors of last pages.
    last: BTreeSet<String>,
}

impl Pages {
    pub(super) fn walk(&mut self, about: &About<'_>, log: &mut Log) {
        if !about.is_list() {
            return;
        }
        let asked = |name: &str| about.parameter(name).or_else(|| about.asked(name));
        let mut rest: Vec<String> = about
            .parameters
            .iter()
            .filter(|(name, _)| !["startIndex", "cursor"].contains(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        rest.sort();
        let list = format!("{:?} {}", about.endpoint, rest.join("&"));
        let answer = about.exchange.answer.as_ref().and_then(|answer| answer.body.value());
        let number = |name: &str| answer.as_ref().and_then(|one| one.get(name)?.as_u64());
        if let Some(cursor) = asked("cursor").filter(|cursor| !cursor.is_empty()) {
            let from = self.cursors.get(&cursor);
            log.check(&CURSOR, from.is_some(), "cursor", "a cursor that was given out", || {
                shown(&cursor)
            });
            if let Some(from) = from {
                log.check(&CURSOR_END, *from == list, "query", from, || list.clone());
            }
            if self.last.contains(&cursor) {
                let found = "the cursor of the last page once more".to_owned();
                log.found(&CURSOR_END, "cursor", "no page behind the last", found);
            }
            let ended = about.exchange.answer.as_ref().is_some_and(Answer::is_success)
                && answer.as_ref().is_some_and(|one| one.get("nextCursor").is_none());
            if ended {
                self.last.insert(cursor);
            }
        }
        if let Some(next) = answer.as_ref().and_then(|one| one.get("nextCursor")?.as_str()) {
            self.cursors.insert(next.to_owned(), list.clone());
            // The same list, begun anew.
            self.last.remove(next);
        }
        if asked("cursor").is_some() {
            return;
        }
        let start =
            asked("startIndex").and_then(|text| text.parse::<u64>().ok()).unwrap_or(1).max(1);
        let came =
            answer.as_ref().and_then(|one| one.get("Resources")?.as_array()).map_or(0, Vec::len);
        // A list of more than one page is gone on with, or begun anew.
        if let Some((next, total)) = self.next.get(&list).copied() {
            let goes_on = start > 1 && next <= total;
            if goes_on {
                let expected = next.to_string();
                log.check(&NEXT_PAGE, start == next, "startIndex", &expected, || start.to_string());
            }
        } else if start > 1 && came > 0 {
            log.looked(&NEXT_PAGE);
        }
        let next = start + came as u64;
        self.next.insert(list, (next, number("totalResults").unwrap_or(0)));
    }
}
