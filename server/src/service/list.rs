//! Listing and searching (RFC 7644, 3.4.2 and 3.4.3): the question, held against the schemas.

use std::cell::RefCell;

use provisor::json::Json;

use super::cursor::{Carried, Sealer};
use super::dialect;
use super::filter::{self, Sieve};
use super::sort::{self, By};
use super::work::Work;
use super::{Call, Service};
use crate::error::{ScimError, ScimType};
use crate::id::Kind;
use crate::limits;
use crate::protocol::{ListQuery, Listed};
use crate::store::{Found, Order, Query, Read, SortKey, StoreError, Stored, Window};

impl Service {
    /// RFC 7644, 3.4.2 and 3.4.3; RFC 9865. Of one kind, or of all at the root.
    ///
    /// Fails with `invalidFilter`, `invalidPath` (of `sortBy`), `invalidCursor`, `expiredCursor`,
    /// and `tooMany` where an order needs more than a server should hold.
    pub async fn list(
        &self,
        call: &Call,
        kinds: &[Kind],
        query: &ListQuery,
    ) -> Result<Listed, ScimError> {
        let question = Question::of(self, call, kinds, query)?;
        let sealer = match &query.cursor {
            Some(_) => Some(self.sealer().await?),
            None => None,
        };
        let work = self.work(call);
        self.store.read(move |tx| work.listed(tx, &question, sealer.as_ref())).await
    }
}

/// A question about resources of some kinds.
pub(super) struct Question {
    pub(super) parts: Vec<Part>,
    /// Whether an order is asked for.
    pub(super) ordered: bool,
    pub(super) descending: bool,
    pub(super) page: Page,
    /// What a cursor belongs to, besides the tenant.
    pub(super) belongs: String,
}

/// What is asked of one kind.
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) sieve: Option<Sieve>,
    /// `None`: there is no order, or the kind lacks the attribute.
    pub(super) by: Option<By>,
}

/// Which part of the list.
pub(super) enum Page {
    /// `startIndex`, from 1, and `count`.
    Index(u64, usize),
    /// `cursor` and `count`.
    Cursor(String, usize),
}

impl Question {
    fn of(
        service: &Service,
        call: &Call,
        kinds: &[Kind],
        query: &ListQuery,
    ) -> Result<Self, ScimError> {
        let schemas = &service.schemas;
        let page = page(query, service.settings.page)?;
        let mut sieves = match &query.filter {
            Some(text) => {
                let read = |options| filter::read(text, kinds, schemas, options);
                let sieves = read(service.accepted(call).filter).map_err(|error| {
                    dialect::refused(error, |accepted| read(accepted.filter).is_ok())
                })?;
                sieves.into_iter().map(Some).collect()
            }
            None => vec![None; kinds.len()],
        };
        let mut orders = match &query.sort_by {
            Some(text) => sort::read(text, kinds, schemas)?,
            None => vec![None; kinds.len()],
        };
        let belongs = belongs(kinds, &sieves, &orders, query.descending);
        let parts = kinds.iter().zip(sieves.drain(..).zip(orders.drain(..)));
        let parts = parts
            .map(|(kind, (sieve, by))| Part { kind: *kind, sieve, by })
            .filter(|part| {
                part.sieve.as_ref().is_none_or(|one| filter::can_match(&one.expr, part.kind))
            })
            .collect();
        Ok(Self {
            parts,
            ordered: query.sort_by.is_some(),
            descending: query.descending,
            page,
            belongs,
        })
    }
}

impl Work {
    /// The resources of one kind, by one question to the store.
    pub(super) fn found(
        &self,
        tx: &dyn Read,
        question: &Question,
        part: &Part,
        window: Window,
        total: bool,
    ) -> Result<Found, ScimError> {
        // A store's callback has errors of the store alone; this one is given instead.
        let failed = RefCell::new(None);
        let stop = |error: ScimError| {
            failed.borrow_mut().get_or_insert(error);
            StoreError::broken("looking at a resource failed")
        };
        let matches = |tx: &dyn Read, stored: &Stored| match &part.sieve {
            None => Ok(true),
            Some(sieve) => {
                let view = self.view(tx, stored, &sieve.paths).map_err(stop)?;
                Ok(sieve.checked.matches(&Json::Object(view)))
            }
        };
        let key = |tx: &dyn Read, stored: &Stored| self.sort_key(tx, part, stored).map_err(stop);
        let order = part.by.as_ref().map(|by| Order {
            path: &by.text,
            descending: question.descending,
            key: &key,
        });
        let query = Query {
            filter: part.sieve.as_ref().map(|sieve| &sieve.expr),
            matches: &matches,
            order,
            window,
            total,
        };
        let found = tx.find(self.tenant(), part.kind, &query);
        match failed.take() {
            Some(error) => Err(error),
            None => Ok(found?),
        }
    }

    /// What a resource sorts by.
    pub(super) fn sort_key(
        &self,
        tx: &dyn Read,
        part: &Part,
        stored: &Stored,
    ) -> Result<SortKey, ScimError> {
        let Some(by) = &part.by else { return Ok(SortKey::Absent) };
        let view = self.view(tx, stored, std::slice::from_ref(&by.path))?;
        Ok(by.key(&view))
    }

    /// The resources as the client sees them.
    pub(super) fn all_shown(
        &self,
        tx: &dyn Read,
        resources: &[Stored],
    ) -> Result<Vec<Json>, ScimError> {
        resources.iter().map(|stored| Ok(self.shown(tx, stored)?.resource)).collect()
    }

    /// Opens the cursor of a question.
    pub(super) fn opened(
        &self,
        question: &Question,
        sealer: &Sealer,
        text: &str,
    ) -> Result<Carried, ScimError> {
        sealer.open(text, &self.bound(question), self.at())
    }

    /// What a cursor is sealed together with.
    pub(super) fn bound(&self, question: &Question) -> String {
        format!("{}\n{}", self.tenant().0, question.belongs)
    }
}

/// The part that is asked for. A `count` less than 0 means 0 (RFC 7644, 3.4.2.4; RFC 9865, 2),
/// and one beyond the greatest page means that.
fn page(query: &ListQuery, greatest: usize) -> Result<Page, ScimError> {
    let count = match query.count {
        Some(count) => usize::try_from(count.max(0)).unwrap_or(usize::MAX).min(greatest),
        None => limits::DEFAULT_PAGE.min(greatest),
    };
    match (&query.cursor, query.start_index) {
        (Some(_), Some(_)) => Err(ScimError::bad(
            ScimType::InvalidCursor,
            "`cursor` and `startIndex` ask for different kinds of pages; leave one out",
        )),
        (Some(cursor), None) => Ok(Page::Cursor(cursor.clone(), count)),
        (None, start) => {
            let start = u64::try_from(start.unwrap_or(1).max(1)).unwrap_or(1);
            Ok(Page::Index(start, count))
        }
    }
}

/// What makes a query another one: everything but the page.
fn belongs(
    kinds: &[Kind],
    sieves: &[Option<Sieve>],
    orders: &[Option<By>],
    descending: bool,
) -> String {
    let mut text = String::new();
    for ((kind, sieve), by) in kinds.iter().zip(sieves).zip(orders) {
        text.push_str(kind.name());
        text.push('\n');
        if let Some(sieve) = sieve {
            text.push_str(&sieve.expr.to_string());
        }
        text.push('\n');
        if let Some(by) = by {
            text.push_str(&by.text);
        }
        text.push_str(if descending { "\n-\n" } else { "\n+\n" });
    }
    text
}
