//! Resources as they are kept, and questions about many.

use provisor::json::{Json, Object, parse};
use provisor::scim::filter::Expr;

use super::{Read, StoreError};
use crate::clock::Timestamp;
use crate::id::{Id, Kind};

/// A resource as it is kept. What it shows besides (`id`, `meta`, `groups`, `members`,
/// entitlements) is put around it by [`protocol::represent`](crate::protocol::represent).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// What the client wrote, in canonical form, as JSON text: with `schemas` and `externalId`,
    /// without `id`, `meta`, `groups`, `members` and whatever else is derived.
    pub body: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// How often it was written, from 1: the ETag is `W/"…"` with this.
    pub version: u64,
}

impl Stored {
    /// What the client wrote, read.
    ///
    /// # Errors
    /// `Broken` where the body is no JSON object: another program has written into the file, or
    /// the disk has. To go on as if nothing were there would lose all of it at the next write.
    pub fn content(&self) -> Result<Object, StoreError> {
        match parse(self.body.as_bytes()) {
            Ok(Json::Object(object)) => Ok(object),
            _ => {
                let (kind, id) = (self.kind.name(), self.id);
                let detail = format!("the body of the {kind} {id} is no JSON object");
                Err(StoreError::broken(detail))
            }
        }
    }
}

/// A resource to keep. The keys are taken out of the body by whoever makes it, so that a store
/// need not read JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResource {
    /// Its id.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// See [`Stored::body`].
    pub body: String,
    /// `userName` of a user.
    pub user_name: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `externalId`.
    pub external_id: Option<String>,
    /// `active` of a user.
    pub active: Option<bool>,
    /// Every `emails.value`. Like the other keys it must be what a filter sees in the body: the
    /// store answers from keys instead of it.
    pub emails: Vec<String>,
    /// When it is written.
    pub at: Timestamp,
}

/// What an import says of a resource that was elsewhere before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptMeta {
    /// See [`Stored::created`].
    pub created: Timestamp,
    /// See [`Stored::modified`].
    pub modified: Timestamp,
    /// See [`Stored::version`].
    pub version: u64,
}

/// A member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Member {
    /// Its id.
    pub id: Id,
    /// A user or a group.
    pub kind: Kind,
}

/// A group that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOf {
    /// The group.
    pub id: Id,
    /// Its `displayName`.
    pub display_name: String,
    /// Its `externalId`.
    pub external_id: Option<String>,
    /// Whether the group lists it, not only through another group.
    pub direct: bool,
    /// The group was deleted and is kept, or only such a group leads to it.
    pub deleted: bool,
    /// Names that the group had before and no other group bears now.
    pub former_names: Vec<String>,
}

/// What becomes of a deleted resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone.
    Remove,
    /// It is kept, unseen by queries; its names are free.
    Keep,
}

/// Which resources, in which order, which part.
///
/// A store answers from indexes where it can (`id`, `userName`, `externalId`, `displayName`,
/// `emails.value`, `members.value`, `active`, `meta.created`, `meta.lastModified`, and
/// combinations) and looks at one resource after another where it cannot. Both have the same meaning: that of
/// `matches`, which a store must ask wherever an index gives more than the filter does.
pub struct Query<'a> {
    /// The filter; its paths are resolved and canonical.
    pub filter: Option<&'a Expr>,
    /// The same filter asked of one resource, with everything derived that it mentions.
    pub matches: &'a Matches<'a>,
    /// The order; resources that tie, and all where there is none, are in the order of ids.
    pub order: Option<Order<'a>>,
    /// Which part.
    pub window: Window,
    /// Whether the number of all matching resources is wanted. Without it a store stops early.
    pub total: bool,
}

/// Whether a resource matches.
pub type Matches<'a> = dyn Fn(&dyn Read, &Stored) -> Result<bool, StoreError> + 'a;

/// An order by one attribute.
pub struct Order<'a> {
    /// The attribute's canonical path, such as `name.familyName`.
    pub path: &'a str,
    /// Greatest first.
    pub descending: bool,
    /// By what a resource sorts; for what no index knows.
    pub key: &'a dyn Fn(&dyn Read, &Stored) -> Result<SortKey, StoreError>,
}

/// What resources sort by: text in its compared form, numbers, instants. Resources without a
/// value are last in ascending order and first in descending order (RFC 7644, 3.4.2.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// A flag, number or instant as an order-preserving integer; `meta.created` and
    /// `meta.lastModified` in milliseconds of Unix time.
    Number(i128),
    /// Text in its compared form.
    Text(String),
    /// No value.
    Absent,
}

/// A part of an ordered list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// From the n-th, counted from 0 (`startIndex` less 1).
    Index {
        /// How many to pass over.
        skip: u64,
        /// How many at most; 0 asks for the total alone.
        count: usize,
    },
    /// After a position (RFC 9865); `None` is the start. Costs the same at every depth.
    After {
        /// Where the last page ended.
        position: Option<Position>,
        /// How many at most.
        count: usize,
    },
}

/// Where a page ended: a key and the id that breaks ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The key of the last resource; `None` where the order is that of ids.
    pub key: Option<SortKey>,
    /// Its id.
    pub id: Id,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// How many match; `None` where it was not wanted.
    pub total: Option<u64>,
    /// The resources of the window.
    pub resources: Vec<Stored>,
    /// Where to go on, if there may be more.
    pub next: Option<Position>,
}
