//! A page that is filled by resources that come in order.

use crate::store::{Found, Position, Query, StoreError, Stored, Window};

/// A page.
pub(super) struct Page {
    skip: u64,
    count: usize,
    pub(super) total: Option<u64>,
    resources: Vec<Stored>,
    last: Option<Position>,
    more: bool,
}

impl Page {
    /// An empty one.
    pub(super) fn of(query: &Query<'_>) -> Self {
        let (skip, count) = match &query.window {
            Window::Index { skip, count } => (*skip, *count),
            Window::After { count, .. } => (0, *count),
        };
        Self { skip, count, total: None, resources: Vec::new(), last: None, more: false }
    }

    /// How many resources must come until it is full; 0 where nothing is wanted.
    pub(super) fn wanted(&self) -> u64 {
        match u64::try_from(self.count) {
            Ok(0) => 0,
            Ok(count) => self.skip.saturating_add(count),
            Err(_) => u64::MAX,
        }
    }

    /// The next resource; it is fetched only if it is wanted. False: no more are wanted.
    pub(super) fn take(
        &mut self,
        position: Position,
        fetch: impl FnOnce() -> Result<Option<Stored>, StoreError>,
    ) -> Result<bool, StoreError> {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.resources.len() < self.count {
            self.resources.extend(fetch()?);
            self.last = Some(position);
        } else {
            self.more = true;
        }
        Ok(!self.more)
    }

    /// What was found.
    pub(super) fn found(self) -> Found {
        let next = if self.more { self.last } else { None };
        Found { total: self.total, resources: self.resources, next }
    }
}
