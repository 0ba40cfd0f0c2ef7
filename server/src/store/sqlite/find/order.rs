//! Orders that an index has. Ties are in the order of ids in both directions: descending, SQLite
//! reads the index backwards and sorts each run of ties.

use rusqlite::types::{Value, ValueRef};

use super::sql::Statement;
use crate::id::Kind;
use crate::store::{Order, Position, SortKey, StoreError, StoreErrorKind};

/// What an index sorts by, before the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) by: By,
    pub(super) descending: bool,
    /// Whether positions have a key: an order was asked for.
    asked: bool,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Id,
    UserName,
    DisplayName,
    ExternalId,
    Created,
    Modified,
}

/// A part of an order: absent values stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Present,
    Absent,
}

impl Sort {
    /// The order of ids, or that which was asked for; `None` where no index has it.
    pub(super) fn of(order: Option<&Order<'_>>, kind: Kind) -> Option<Self> {
        let Some(order) = order else {
            return Some(Self { by: By::Id, descending: false, asked: false });
        };
        let by = match (order.path.to_ascii_lowercase().as_str(), kind) {
            ("id", _) => By::Id,
            ("username", Kind::User) => By::UserName,
            ("displayname", _) => By::DisplayName,
            ("externalid", _) => By::ExternalId,
            ("meta.created", _) => By::Created,
            ("meta.lastmodified", _) => By::Modified,
            _ => return None,
        };
        Some(Self { by, descending: order.descending, asked: true })
    }

    /// Its parts in order, from that of a position on.
    pub(super) fn parts(self, after: Option<&Position>) -> &'static [Part] {
        let absent = matches!(after, Some(Position { key: Some(SortKey::Absent), .. }));
        match (self.by, self.descending, after.is_some(), absent) {
            (By::Id | By::Created | By::Modified, ..) => &[Part::Whole],
            (_, false, _, false) => &[Part::Present, Part::Absent],
            (_, false, _, true) => &[Part::Absent],
            (_, true, true, false) => &[Part::Present],
            (_, true, ..) => &[Part::Absent, Part::Present],
        }
    }

    /// The index that has it.
    pub(super) fn index(self) -> &'static str {
        match self.by {
            By::Id => "resources_id",
            By::UserName => "resources_user_name",
            By::DisplayName => "resources_display_name",
            By::ExternalId => "resources_external_id",
            By::Created => "resources_created",
            By::Modified => "resources_modified",
        }
    }

    /// The column of the row `r`.
    pub(super) fn column(self) -> &'static str {
        match self.by {
            By::Id => "r.id",
            By::UserName => "r.user_name",
            By::DisplayName => "r.display_name",
            By::ExternalId => "r.external_id",
            By::Created => "r.created",
            By::Modified => "r.modified",
        }
    }

    /// Adds the conditions of a part, after a position in it.
    pub(super) fn restrict(
        self,
        statement: &mut Statement,
        part: Part,
        after: Option<&Position>,
    ) -> Result<(), StoreError> {
        let column = self.column();
        match part {
            Part::Whole => {}
            Part::Present => {
                statement.push(" AND ");
                statement.push(column);
                statement.push(" IS NOT NULL");
            }
            Part::Absent => {
                statement.push(" AND ");
                statement.push(column);
                statement.push(" IS NULL");
            }
        }
        let Some(after) = after else { return Ok(()) };
        match (self.by, part, &after.key) {
            (By::Id, ..) if self.descending => statement.push(" AND r.id < "),
            (By::Id, ..) => statement.push(" AND r.id > "),
            (_, Part::Absent, Some(SortKey::Absent)) => statement.push(" AND r.id > "),
            // The position is in the other part.
            (_, Part::Absent, Some(_)) | (_, Part::Present, Some(SortKey::Absent)) => return Ok(()),
            (By::Created | By::Modified, _, Some(SortKey::Number(millis))) => {
                let millis = i64::try_from(*millis).map_err(|_| elsewhere())?;
                self.after_pair(statement, millis.into(), after);
                return Ok(());
            }
            (By::UserName | By::DisplayName | By::ExternalId, _, Some(SortKey::Text(text))) => {
                self.after_pair(statement, text.clone().into(), after);
                return Ok(());
            }
            _ => return Err(elsewhere()),
        }
        statement.bind(after.id.as_bytes().to_vec());
        Ok(())
    }

    /// Behind a key and an id. Ascending, one comparison of the pair is a range of the index;
    /// descending, the key is, and the ids of its run are tried.
    fn after_pair(self, statement: &mut Statement, key: Value, after: &Position) {
        let column = self.column();
        statement.push(" AND ");
        if self.descending {
            statement.push(column);
            statement.push(" <= ");
            statement.bind(key.clone());
            statement.push(" AND (");
            statement.push(column);
            statement.push(" < ");
            statement.bind(key);
            statement.push(" OR r.id > ");
        } else {
            statement.push("(");
            statement.push(column);
            statement.push(", r.id) > (");
            statement.bind(key);
            statement.push(", ");
        }
        statement.bind(after.id.as_bytes().to_vec());
        statement.push(")");
    }

    /// Adds the ORDER BY.
    pub(super) fn order(self, statement: &mut Statement, part: Part) {
        let down = if self.descending { " DESC" } else { "" };
        statement.push(" ORDER BY ");
        if self.by != By::Id && part != Part::Absent {
            statement.push(self.column());
            statement.push(down);
            statement.push(", ");
        }
        statement.push("r.id");
        if self.by == By::Id {
            statement.push(down);
        }
    }

    /// The key of a position, from the column.
    pub(super) fn key(self, value: ValueRef<'_>) -> Option<SortKey> {
        if !self.asked {
            return None;
        }
        Some(match value {
            ValueRef::Integer(number) => SortKey::Number(number.into()),
            ValueRef::Text(text) => SortKey::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => match <[u8; 16]>::try_from(bytes) {
                Ok(bytes) => SortKey::Text(crate::id::Id::from_bytes(bytes).to_string()),
                Err(_) => SortKey::Absent,
            },
            ValueRef::Null | ValueRef::Real(_) => SortKey::Absent,
        })
    }
}

fn elsewhere() -> StoreError {
    StoreError::new(StoreErrorKind::Broken, "a position belongs to another order")
}
