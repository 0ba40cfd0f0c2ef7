//! Rows and values as Rust types.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use provisor::scim::compare::compared;

use super::failure::Sql;
use super::schema::kind_of;
use crate::clock::Timestamp;
use crate::id::{Id, TenantId};
use crate::store::{Entry, Member, NewResource, Stored};

impl ToSql for Id {
    fn to_sql(&self) -> Sql<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.as_bytes())))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes: [u8; 16] = value.as_blob()?.try_into().map_err(|_| FromSqlError::InvalidType)?;
        Ok(Self::from_bytes(bytes))
    }
}

impl ToSql for TenantId {
    fn to_sql(&self) -> Sql<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for TenantId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> Sql<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

/// A resource from id, class, body, created, modified, version.
pub(super) fn stored(row: &Row<'_>) -> Sql<Stored> {
    Ok(Stored {
        id: row.get(0)?,
        kind: kind_of(row.get(1)?),
        body: row.get(2)?,
        created: row.get(3)?,
        modified: row.get(4)?,
        version: unsigned(row.get(5)?),
    })
}

/// A member from its id and class.
pub(super) fn member(row: &Row<'_>) -> Sql<Member> {
    Ok(Member { id: row.get(0)?, kind: kind_of(row.get(1)?) })
}

/// An entry from number, about, at, body.
pub(super) fn entry(row: &Row<'_>) -> Sql<Entry> {
    Ok(Entry {
        number: unsigned(row.get(0)?),
        about: row.get(1)?,
        at: row.get(2)?,
        body: row.get(3)?,
    })
}

/// Keys of a resource in the compared form; `""` is no value (RFC 7643, 2.5 for null; a filter
/// sees no text in it either).
pub(super) struct Keys {
    pub(super) user_name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) external_id: Option<String>,
    /// Sorted, each once.
    pub(super) emails: Vec<String>,
}

impl Keys {
    pub(super) fn of(new: &NewResource) -> Self {
        let mut emails: Vec<String> = new.emails.iter().filter_map(|one| key(one, false)).collect();
        emails.sort_unstable();
        emails.dedup();
        Self {
            user_name: new.user_name.as_deref().and_then(|text| key(text, false)),
            display_name: new.display_name.as_deref().and_then(|text| key(text, false)),
            external_id: new.external_id.as_deref().and_then(|text| key(text, true)),
            emails,
        }
    }
}

/// Text as a key; `None` where there is none.
pub(super) fn key(text: &str, exact: bool) -> Option<String> {
    (!text.is_empty()).then(|| compared(text, exact).into_owned())
}

/// A number that is never negative in a sound file.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A number for SQLite, whose integers end at 2^63.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A length as a LIMIT.
pub(super) fn limit(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
