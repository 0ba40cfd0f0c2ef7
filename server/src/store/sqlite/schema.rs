//! The tables, and how a file of an older version becomes one of this.
//!
//! `class` is the kind of a resource, plus two where it was deleted and is kept. So every index
//! over `(tenant, class, …)` tells what is there from what was, without a further condition.
//! Key columns are in the compared form and null where there is no value (`""` is no value).

use crate::id::Kind;

/// Marks a file as one of this store (`PRAGMA application_id`): "Prvs".
pub(super) const APPLICATION: i32 = 0x5072_7673;

/// What makes version n + 1 of version n. A released one never changes.
pub(super) const MIGRATIONS: &[&str] = &[FIRST];

/// The class of resources that are there.
pub(super) fn class(kind: Kind) -> i64 {
    match kind {
        Kind::User => 0,
        Kind::Group => 1,
    }
}

/// The class of resources that were deleted and are kept.
pub(super) fn kept_class(kind: Kind) -> i64 {
    class(kind) + 2
}

/// The kind of a class, of resources that are there or kept.
pub(super) fn kind_of(class: i64) -> Kind {
    if class % 2 == 0 { Kind::User } else { Kind::Group }
}

const FIRST: &str = "
CREATE TABLE resources (
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    class INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    version INTEGER NOT NULL,
    user_name TEXT,
    display_name TEXT,
    external_id TEXT,
    active INTEGER,
    shown_name TEXT,
    shown_external_id TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX resources_id ON resources (tenant, class, id);
CREATE UNIQUE INDEX resources_user_name ON resources (tenant, class, user_name);
CREATE INDEX resources_display_name ON resources (tenant, class, display_name, id);
CREATE INDEX resources_external_id ON resources (tenant, class, external_id, id);
CREATE INDEX resources_created ON resources (tenant, class, created, id);
CREATE INDEX resources_modified ON resources (tenant, class, modified, id);
CREATE INDEX resources_active ON resources (tenant, class, active, id);

CREATE TABLE counts (
    tenant INTEGER NOT NULL,
    class INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (tenant, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE emails (
    row INTEGER NOT NULL REFERENCES resources (row) ON DELETE CASCADE,
    tenant INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (row, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX emails_value ON emails (tenant, value, row);

CREATE TABLE members (
    tenant INTEGER NOT NULL,
    holder BLOB NOT NULL,
    member BLOB NOT NULL,
    class INTEGER NOT NULL,
    PRIMARY KEY (tenant, holder, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_holders ON members (tenant, member, holder, class);

CREATE TABLE former_names (
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    holder BLOB NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (tenant, holder, name)
) STRICT;

CREATE TABLE entitlements (
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    user BLOB NOT NULL,
    record TEXT NOT NULL,
    shown TEXT NOT NULL,
    UNIQUE (tenant, user)
) STRICT;

CREATE TABLE due (
    tenant INTEGER NOT NULL,
    user BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_at ON due (at, tenant, user);

CREATE TABLE numbers (
    tenant INTEGER NOT NULL,
    log TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (tenant, log)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    about BLOB,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (tenant, number)
) STRICT;

CREATE TABLE audit (
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    about BLOB,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (tenant, number)
) STRICT;
CREATE INDEX audit_about ON audit (tenant, about, number);

CREATE TABLE documents (
    row INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    shelf TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (tenant, shelf, key)
) STRICT;

CREATE TABLE migrations (
    version INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;
";
