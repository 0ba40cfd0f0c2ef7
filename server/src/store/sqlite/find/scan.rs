//! Resources in the order of an index, and those that no index sorts.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::order::{Part, Sort};
use super::page::Page;
use super::plan::{Condition, Plan};
use super::sql::{Source, Statement};
use crate::id::{Id, TenantId};
use crate::limits::SORTED_WITHOUT_INDEX;
use crate::store::sqlite::failure::{Sql, failed};
use crate::store::sqlite::row::{stored, unsigned};
use crate::store::sqlite::session::Session;
use crate::store::{
    Found, Order, Position, Query, SortKey, StoreError, StoreErrorKind, Stored, Window,
};

const ROW: &str =
    "SELECT id, class, body, created, modified, version FROM resources WHERE row = ?1";
const DOING: &str = "looking for resources";

/// A question with everything that is known about it.
pub(super) struct Search<'s> {
    pub(super) session: &'s Session<'s>,
    pub(super) tenant: TenantId,
    pub(super) class: i64,
    pub(super) plan: Plan,
    /// Sources that give the candidates; `None`: follow the order's index.
    pub(super) candidates: Option<Vec<Source>>,
    /// They are so few that what is found is the total.
    pub(super) at_most_one: bool,
    pub(super) query: &'s Query<'s>,
}

/// A row on its way: what it sorts by, and where it is.
struct Hit {
    key: Option<SortKey>,
    id: Id,
    row: i64,
}

impl Search<'_> {
    /// In the order of an index.
    pub(super) fn indexed(&self, sort: Sort) -> Result<Found, StoreError> {
        let mut page = Page::of(self.query);
        // A total that is known without looking needs no walk to the end, and one that a walk
        // of one step gives needs no count.
        let counts = self.plan.exact && !self.at_most_one;
        let counts_itself = self.query.total && !counts;
        if self.query.total && counts {
            page.total = Some(self.count()?);
        }
        if page.wanted() == 0 && !counts_itself {
            return Ok(page.found());
        }
        let after = match &self.query.window {
            Window::After { position, .. } if !counts_itself => position.as_ref(),
            _ => None,
        };
        // The position again, where all are walked through to be counted.
        let mut passing = match &self.query.window {
            Window::After { position: Some(position), .. } if counts_itself => Some(position),
            _ => None,
        };
        let most = (self.plan.exact).then(|| page.wanted().saturating_add(1));
        let mut seen = 0;
        for part in sort.parts(after) {
            let going = self.walk(sort, *part, after, most, &mut |hit| {
                let stored = if self.plan.exact {
                    None
                } else {
                    let Some(stored) = self.fetch(hit.row)? else { return Ok(true) };
                    if !(self.query.matches)(self.session, &stored)? {
                        return Ok(true);
                    }
                    Some(stored)
                };
                seen += 1;
                if let Some(position) = passing {
                    if is_after(sort, &hit, position) {
                        passing = None;
                    } else {
                        return Ok(true);
                    }
                }
                let wanted = page.take(Position { key: hit.key, id: hit.id }, || match stored {
                    Some(stored) => Ok(Some(stored)),
                    None => self.fetch(hit.row),
                })?;
                Ok(wanted || counts_itself)
            })?;
            if !going {
                break;
            }
        }
        if counts_itself {
            page.total = Some(seen);
        }
        Ok(page.found())
    }

    /// By the keys of the resources themselves. Memory is bounded by the page, time by how many
    /// are looked at.
    pub(super) fn by_key(&self, order: &Order<'_>) -> Result<Found, StoreError> {
        let mut page = Page::of(self.query);
        let most = usize::try_from(page.wanted().saturating_add(1)).unwrap_or(usize::MAX);
        let mut best: BinaryHeap<Keyed> = BinaryHeap::new();
        let (mut seen, mut looked_at) = (0, 0);
        let by_id = Sort::of(None, crate::id::Kind::User);
        let Some(by_id) = by_id else { return Ok(page.found()) };
        self.walk(by_id, Part::Whole, None, None, &mut |hit| {
            looked_at += 1;
            if looked_at > SORTED_WITHOUT_INDEX {
                return Err(too_many());
            }
            let Some(stored) = self.fetch(hit.row)? else { return Ok(true) };
            if !self.plan.exact && !(self.query.matches)(self.session, &stored)? {
                return Ok(true);
            }
            seen += 1;
            let key = (order.key)(self.session, &stored)?;
            let one = Keyed { key, id: hit.id, row: hit.row, descending: order.descending };
            if let Window::After { position: Some(position), .. } = &self.query.window
                && !one.is_after(position)
            {
                return Ok(true);
            }
            if best.len() < most {
                best.push(one);
            } else if best.peek().is_some_and(|last| one < *last) {
                best.pop();
                best.push(one);
            }
            Ok(true)
        })?;
        page.total = self.query.total.then_some(seen);
        for one in best.into_sorted_vec() {
            let position = Position { key: Some(one.key), id: one.id };
            if !page.take(position, || self.fetch(one.row))? {
                break;
            }
        }
        Ok(page.found())
    }

    /// How many meet a plan that is exact.
    fn count(&self) -> Result<u64, StoreError> {
        let conn = self.session.conn;
        match &self.plan.condition {
            Condition::Always => {
                let kind = crate::store::sqlite::schema::kind_of(self.class);
                return crate::store::sqlite::resources::count(conn, self.tenant, kind);
            }
            Condition::Never => return Ok(0),
            _ => {}
        }
        let mut statement;
        match super::sql::ways(&self.plan.condition).into_iter().next() {
            // One key alone: its index knows.
            Some(way) if is_one_key(&self.plan.condition) => {
                statement = Statement::new("SELECT count(*) FROM (", self.tenant, self.class);
                statement.sources(&way);
                statement.push(")");
            }
            _ => {
                statement = Statement::new("SELECT count(*) FROM ", self.tenant, self.class);
                self.from(&mut statement, "resources_id");
                statement.condition(&self.plan.condition);
            }
        }
        number(conn, &statement).map_err(failed("counting resources"))
    }

    /// Rows that meet the plan, in order, until the callback answers false; whether it never did.
    fn walk(
        &self,
        sort: Sort,
        part: Part,
        after: Option<&Position>,
        most: Option<u64>,
        each: &mut dyn FnMut(Hit) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let statement = self.statement(sort, part, after, most)?;
        let conn = self.session.conn;
        let mut prepared = conn.prepare_cached(&statement.text).map_err(failed(DOING))?;
        let mut rows =
            prepared.query(params_from_iter(&statement.values)).map_err(failed(DOING))?;
        while let Some(row) = rows.next().map_err(failed(DOING))? {
            let hit = || -> Sql<Hit> {
                let key = sort.key(row.get_ref(2)?);
                Ok(Hit { key, id: row.get(1)?, row: row.get(0)? })
            };
            if !each(hit().map_err(failed(DOING))?)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The statement of a walk.
    pub(super) fn statement(
        &self,
        sort: Sort,
        part: Part,
        after: Option<&Position>,
        most: Option<u64>,
    ) -> Result<Statement, StoreError> {
        let mut statement = Statement::new("SELECT r.row, r.id, ", self.tenant, self.class);
        statement.push(sort.column());
        statement.push(" FROM ");
        self.from(&mut statement, sort.index());
        statement.condition(&self.plan.condition);
        sort.restrict(&mut statement, part, after)?;
        sort.order(&mut statement, part);
        if let Some(most) = most {
            statement.push(" LIMIT ");
            statement.bind(i64::try_from(most).unwrap_or(i64::MAX));
        }
        Ok(statement)
    }

    fn from(&self, statement: &mut Statement, index: &str) {
        match &self.candidates {
            Some(sources) => {
                statement.push("(");
                statement.sources(sources);
                statement.push(
                    ") one CROSS JOIN resources r ON r.row = one.row \
                     WHERE r.tenant = ?1 AND r.class = ?2 AND ",
                );
            }
            None => {
                statement.push("resources r INDEXED BY ");
                statement.push(index);
                statement.push(" WHERE r.tenant = ?1 AND r.class = ?2 AND ");
            }
        }
    }

    fn fetch(&self, row: i64) -> Result<Option<Stored>, StoreError> {
        let read = || -> Sql<_> {
            self.session.conn.prepare_cached(ROW)?.query_row([row], stored).optional()
        };
        read().map_err(failed("reading a resource that was found"))
    }
}

/// The number that a statement gives.
pub(super) fn number(conn: &Connection, statement: &Statement) -> Sql<u64> {
    conn.prepare_cached(&statement.text)?
        .query_row(params_from_iter(&statement.values), |row| row.get(0))
        .map(unsigned)
}

/// Whether the rows of its source are all there is to a condition.
fn is_one_key(condition: &Condition) -> bool {
    match condition {
        Condition::All(_)
        | Condition::Any(_)
        | Condition::Not(_)
        | Condition::Always
        | Condition::Never
        | Condition::HasActive
        | Condition::HasMembers => false,
        Condition::Key(..)
        | Condition::Email(_)
        | Condition::Id(_)
        | Condition::Active(_)
        | Condition::Time(..)
        | Condition::HasMember(_)
        | Condition::InGroup(_) => true,
    }
}

fn is_after(sort: Sort, hit: &Hit, position: &Position) -> bool {
    match (&hit.key, &position.key) {
        (Some(key), Some(last)) => {
            directed(sort.descending, (key, hit.id), (last, position.id)).is_gt()
        }
        _ => hit.id > position.id,
    }
}

/// A resource by its key; the least comes first in the order that is wanted.
#[derive(PartialEq, Eq)]
struct Keyed {
    key: SortKey,
    id: Id,
    row: i64,
    descending: bool,
}

impl Keyed {
    fn is_after(&self, position: &Position) -> bool {
        let last = position.key.as_ref().unwrap_or(&SortKey::Absent);
        directed(self.descending, (&self.key, self.id), (last, position.id)).is_gt()
    }
}

impl Ord for Keyed {
    fn cmp(&self, other: &Self) -> Ordering {
        directed(self.descending, (&self.key, self.id), (&other.key, other.id))
    }
}

impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn directed(descending: bool, left: (&SortKey, Id), right: (&SortKey, Id)) -> Ordering {
    let keys = left.0.cmp(right.0);
    let keys = if descending { keys.reverse() } else { keys };
    keys.then(left.1.cmp(&right.1))
}

fn too_many() -> StoreError {
    let detail = format!("more than {SORTED_WITHOUT_INDEX} resources to sort without an index");
    StoreError::new(StoreErrorKind::TooMany, detail)
}
