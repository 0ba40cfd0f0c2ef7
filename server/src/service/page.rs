//! Pages of a list: counted (RFC 7644, 3.4.2.4) and by cursor (RFC 9865).
//!
//! A search of several kinds is one list. With an order it is merged; without one, counted pages
//! have one kind after the other, and pages by cursor the order of ids.

use super::cursor::{Carried, Sealer};
use super::list::{Page, Part, Question};
use super::work::Work;
use crate::error::{ScimError, ScimType};
use crate::limits;
use crate::protocol::Listed;
use crate::store::{Position, Read, SortKey, Stored, Window};

impl Work {
    pub(super) fn listed(
        &self,
        tx: &dyn Read,
        question: &Question,
        sealer: Option<&Sealer>,
    ) -> Result<Listed, ScimError> {
        match (&question.page, sealer) {
            (Page::Index(start, count), _) => self.counted(tx, question, *start, *count),
            (Page::Cursor(text, count), Some(sealer)) => {
                let carried = self.opened(question, sealer, text)?;
                self.after(tx, question, sealer, carried, *count)
            }
            (Page::Cursor(..), None) => Err(ScimError::new(500, "the server has no cursor key")),
        }
    }

    /// A page from the n-th resource on.
    fn counted(
        &self,
        tx: &dyn Read,
        question: &Question,
        start: u64,
        count: usize,
    ) -> Result<Listed, ScimError> {
        let skip = start - 1;
        let (total, resources) = match question.parts.as_slice() {
            [] => (0, Vec::new()),
            [part] => {
                let found = self.found(tx, question, part, Window::Index { skip, count }, true)?;
                (found.total.unwrap_or(0), found.resources)
            }
            parts if question.ordered => self.merged_from(tx, question, parts, skip, count)?,
            parts => self.joined_from(tx, question, parts, skip, count)?,
        };
        Ok(Listed {
            total: Some(total),
            start_index: Some(start),
            next_cursor: None,
            resources: self.all_shown(tx, &resources)?,
        })
    }

    /// One kind after the other.
    fn joined_from(
        &self,
        tx: &dyn Read,
        question: &Question,
        parts: &[Part],
        mut skip: u64,
        count: usize,
    ) -> Result<(u64, Vec<Stored>), ScimError> {
        let mut total = 0;
        let mut resources: Vec<Stored> = Vec::new();
        for part in parts {
            let count = count.saturating_sub(resources.len());
            let found = self.found(tx, question, part, Window::Index { skip, count }, true)?;
            let of_kind = found.total.unwrap_or(0);
            total += of_kind;
            skip = skip.saturating_sub(of_kind);
            resources.extend(found.resources);
        }
        Ok((total, resources))
    }

    /// One list in one order. Everything up to the page is looked at.
    fn merged_from(
        &self,
        tx: &dyn Read,
        question: &Question,
        parts: &[Part],
        skip: u64,
        count: usize,
    ) -> Result<(u64, Vec<Stored>), ScimError> {
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let end = skip.saturating_add(count);
        let mut total = 0;
        let mut all = Vec::new();
        for part in parts {
            // Beyond the end nothing is needed but the total.
            let wanted = if count == 0 { 0 } else { end.min(limits::SORTED_WITHOUT_INDEX + 1) };
            let window = Window::Index { skip: 0, count: wanted };
            let found = self.found(tx, question, part, window, true)?;
            total += found.total.unwrap_or(0);
            for stored in found.resources {
                all.push((self.sort_key(tx, part, &stored)?, stored));
            }
        }
        let beyond = u64::try_from(skip).unwrap_or(u64::MAX) >= total;
        if end > limits::SORTED_WITHOUT_INDEX && count > 0 && !beyond {
            return Err(ScimError::bad(
                ScimType::TooMany,
                "a page this deep in a sorted search of several resource types needs too much; \
                 use a `cursor`, or search one resource type",
            ));
        }
        sort(&mut all, question.descending);
        let page = all.into_iter().skip(skip).take(count).map(|(_, stored)| stored);
        Ok((total, page.collect()))
    }

    /// A page after a position. The total is counted once, on the first page, and travels in the
    /// cursor; with a count of 0 the list stays where it is.
    fn after(
        &self,
        tx: &dyn Read,
        question: &Question,
        sealer: &Sealer,
        carried: Carried,
        count: usize,
    ) -> Result<Listed, ScimError> {
        let counting = carried.total.is_none();
        let mut total = carried.total.unwrap_or(0);
        let mut all = Vec::new();
        let mut next = None;
        let mut more = false;
        for part in &question.parts {
            let Some(position) = self.position_in(question, part, carried.position.as_ref()) else {
                if counting {
                    let window = Window::Index { skip: 0, count: 0 };
                    total += self.found(tx, question, part, window, true)?.total.unwrap_or(0);
                }
                continue;
            };
            let window = Window::After { position, count };
            let found = self.found(tx, question, part, window, counting)?;
            if counting {
                total += found.total.unwrap_or(0);
            }
            more |= found.next.is_some();
            next = found.next;
            if question.parts.len() == 1 {
                all.extend(found.resources.into_iter().map(|stored| (SortKey::Absent, stored)));
                continue;
            }
            for stored in found.resources {
                all.push((self.sort_key(tx, part, &stored)?, stored));
            }
        }
        if question.parts.len() > 1 {
            sort(&mut all, question.descending);
            more |= all.len() > count;
            all.truncate(count);
            next = all.last().filter(|_| more).map(|(key, stored)| Position {
                key: question.ordered.then(|| key.clone()),
                id: stored.id,
            });
        }
        let carries = |position| Carried { position, total: Some(total) };
        let next = match (next, count) {
            (_, 0) => (total > 0).then(|| carries(carried.position)),
            (Some(next), _) => Some(carries(Some(next))),
            (None, _) => None,
        };
        let seal = |next| sealer.seal(&next, &self.bound(question), self.at());
        let resources: Vec<Stored> = all.into_iter().map(|(_, stored)| stored).collect();
        Ok(Listed {
            total: Some(total),
            start_index: None,
            next_cursor: next.map(seal).transpose()?,
            resources: self.all_shown(tx, &resources)?,
        })
    }

    /// Where to go on within one kind; `None` if the kind is done with. A kind that lacks the
    /// attribute of the order stands as a block where absent values do, in the order of ids.
    #[expect(clippy::option_option, reason = "the inner one is the start of the kind")]
    fn position_in(
        &self,
        question: &Question,
        part: &Part,
        position: Option<&Position>,
    ) -> Option<Option<Position>> {
        let Some(position) = position else { return Some(None) };
        if !question.ordered || part.by.is_some() {
            return Some(Some(position.clone()));
        }
        match (&position.key, question.descending) {
            (Some(SortKey::Absent) | None, _) => {
                Some(Some(Position { key: None, id: position.id }))
            }
            (Some(_), false) => Some(None),
            (Some(_), true) => None,
        }
    }
}

/// Resources without a value come last in ascending and first in descending order (RFC 7644,
/// 3.4.2.3), those that tie in the order of ids.
fn sort(all: &mut [(SortKey, Stored)], descending: bool) {
    all.sort_by(|(key, one), (other_key, other)| {
        let keys = if descending { other_key.cmp(key) } else { key.cmp(other_key) };
        keys.then(one.id.cmp(&other.id))
    });
}
