//! One resource after another, where no index helps.

use std::cmp::Ordering;

use crate::id::{Id, Kind, TenantId};
use crate::limits::SORTED_WITHOUT_INDEX;
use crate::store::{
    Found, Order, Position, Query, Read, SortKey, StoreError, StoreErrorKind, Stored, Window,
};

/// Looks at every resource.
pub(super) fn find(
    read: &dyn Read,
    tenant: TenantId,
    kind: Kind,
    query: &Query<'_>,
) -> Result<Found, StoreError> {
    let matches = |stored: &Stored| -> Result<bool, StoreError> {
        if query.filter.is_some() { (query.matches)(read, stored) } else { Ok(true) }
    };
    let mut page = Page::of(query);
    let mut keyed = Vec::new();
    read.each(tenant, kind, None, &mut |stored| {
        if !matches(&stored)? {
            return Ok(true);
        }
        match &query.order {
            None => Ok(page.take(None, stored)),
            Some(order) => {
                if keyed.len() >= SORTED_WITHOUT_INDEX {
                    let detail = format!("more than {SORTED_WITHOUT_INDEX} resources to sort");
                    return Err(StoreError::new(StoreErrorKind::TooMany, detail));
                }
                keyed.push(((order.key)(read, &stored)?, stored.id));
                Ok(true)
            }
        }
    })?;
    if let Some(order) = &query.order {
        keyed.sort_by(|left, right| compare(order, (&left.0, left.1), (&right.0, right.1)));
        for (key, id) in keyed {
            if let Some(stored) = read.resource(tenant, kind, id)?
                && !page.take(Some(key), stored)
            {
                break;
            }
        }
    }
    Ok(page.found())
}

/// Which of two comes first; ids break ties, always ascending.
pub(super) fn compare(order: &Order<'_>, left: (&SortKey, Id), right: (&SortKey, Id)) -> Ordering {
    let keys = left.0.cmp(right.0);
    let keys = if order.descending { keys.reverse() } else { keys };
    keys.then(left.1.cmp(&right.1))
}

/// A page that is being filled by resources that come in order.
pub(super) struct Page<'q> {
    query: &'q Query<'q>,
    skip: u64,
    count: usize,
    total: u64,
    resources: Vec<Stored>,
    last: Option<Position>,
    more: bool,
}

impl<'q> Page<'q> {
    pub(super) fn of(query: &'q Query<'q>) -> Self {
        let (skip, count) = match &query.window {
            Window::Index { skip, count } => (*skip, *count),
            Window::After { count, .. } => (0, *count),
        };
        let resources = Vec::new();
        Self { query, skip, count, total: 0, resources, last: None, more: false }
    }

    /// The next one that matches. False: no more are wanted.
    pub(super) fn take(&mut self, key: Option<SortKey>, stored: Stored) -> bool {
        self.total += 1;
        if self.is_before(key.as_ref(), stored.id) {
            return true;
        }
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.resources.len() < self.count {
            self.last = Some(Position { key, id: stored.id });
            self.resources.push(stored);
        } else {
            self.more = true;
        }
        self.query.total || !self.more
    }

    pub(super) fn found(self) -> Found {
        Found {
            total: self.query.total.then_some(self.total),
            resources: self.resources,
            next: if self.more { self.last } else { None },
        }
    }

    /// Whether it stands on an earlier page.
    fn is_before(&self, key: Option<&SortKey>, id: Id) -> bool {
        let Window::After { position: Some(position), .. } = &self.query.window else {
            return false;
        };
        match (&self.query.order, key, &position.key) {
            (Some(order), Some(key), Some(last)) => {
                compare(order, (key, id), (last, position.id)) != Ordering::Greater
            }
            _ => id <= position.id,
        }
    }
}
