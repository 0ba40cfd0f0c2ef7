//! PATCH paths: `members`, `addresses[type eq "work"].country` (RFC 7644, 3.5.2).

use std::fmt;

use crate::error::Error;

use super::filter::{self, Expr, Options, Placed, Tolerated};
use super::path::AttrPath;
use super::schema::Schemas;

/// A path as written. `Display` writes it in canonical spelling.
#[derive(Debug, Clone)]
pub struct PatchPath {
    /// What it names.
    pub target: Target,
    /// Which leniencies it needed, in order.
    pub tolerated: Vec<Tolerated>,
}

/// What a PATCH path names.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// An attribute or a sub-attribute.
    Attribute(AttrPath),
    /// Those values of an attribute that meet a filter, or a sub-attribute of each.
    Values {
        /// The attribute.
        path: AttrPath,
        /// What a value must meet.
        filter: Expr,
        /// The sub-attribute.
        sub: Option<Placed<String>>,
    },
    /// Everything of a schema, by its URI as written.
    Schema(String),
}

/// Reads a PATCH path.
///
/// Fails with [`Path`](crate::ErrorKind::Path), or with [`Filter`](crate::ErrorKind::Filter)
/// where the fault lies inside brackets, and the byte; or with
/// [`Limit`](crate::ErrorKind::Limit). Attributes need not exist.
pub fn parse(text: &str, schemas: &Schemas, options: Options) -> Result<PatchPath, Error> {
    let (target, tolerated) = filter::patch_path(text, schemas, options)?;
    Ok(PatchPath { target, tolerated })
}

/// Equality looks at the target alone.
impl PartialEq for PatchPath {
    fn eq(&self, other: &Self) -> bool {
        self.target == other.target
    }
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Attribute(path) => path.fmt(f),
            Target::Values { path, filter, sub } => {
                write!(f, "{path}[{filter}]")?;
                match sub {
                    Some(sub) => write!(f, ".{}", sub.node),
                    None => Ok(()),
                }
            }
            Target::Schema(uri) => f.write_str(uri),
        }
    }
}
