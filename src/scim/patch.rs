//! PATCH (RFC 7644, 3.5.2): a pure function over lossless values and schemas.
//!
//! [`parse`] holds a request against the schemas of a resource type: every path is resolved,
//! every value checked and brought into the form of the schema. [`Patch::apply`] makes a new
//! resource out of one and the operations, all of them or none. What clients send beyond the
//! letter of the RFC is an [`Options`]; each use of it is in [`Patch::tolerated`] or
//! [`Patched::tolerated`].
//!
//! Where the RFC leaves it open:
//!
//! - `add` and `replace` of a complex attribute merge; `replace` of values chosen by a filter
//!   puts the new value in their place, whole. What is readOnly in them stays.
//! - `add` to a list: a value is there already if its `value` is, and its `type` does not differ;
//!   what else it says is merged into that value. Values without a `value` are compared whole.
//! - `remove` of something that is not there changes nothing; `add` and `replace` with a filter
//!   that matches nothing are `noTarget`.
//! - `remove` with a value is refused, unless it is tolerated: then it removes what it lists.
//! - A path to a sub-attribute of a list, without a filter, means that of every value.
//! - In a value without a path, `meta` is left aside (RFC 7643, 3.1), `schemas` says which
//!   schemas the value uses, and other readOnly attributes must be as they are: `mutability`
//!   otherwise. In complex values readOnly sub-attributes are left aside.
//! - null and `[]` unassign, and `""` is a text (RFC 7643, 2.5).
//! - `schemas` names an extension exactly as long as the resource has values of it, save that an
//!   operation on `schemas` itself can name it before.

mod apply;
mod elements;
mod message;
mod options;
mod resolve;
mod single;
mod tree;
mod value;

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Object};

use super::filter::{Checked, Expr};
use super::schema::{ResourceType, Schemas};

pub use options::{Options, Tolerance, Tolerated};

/// Reads the body of a PATCH request.
///
/// Fails with [`Payload`](ErrorKind::Payload) where it is no such body, with
/// [`Path`](ErrorKind::Path), [`Filter`](ErrorKind::Filter), [`Value`](ErrorKind::Value),
/// [`Mutability`](ErrorKind::Mutability) or [`NoTarget`](ErrorKind::NoTarget) where an operation
/// can succeed on no resource, and with [`Limit`](ErrorKind::Limit) beyond
/// [`PATCH_OPERATIONS`](crate::limits::PATCH_OPERATIONS).
///
/// ```
/// use provisor::scim::patch::{self, Options};
/// use provisor::scim::schema::Schemas;
///
/// # fn main() -> Result<(), provisor::Error> {
/// let schemas = Schemas::standard();
/// let user = schemas.resource_type("User").unwrap();
/// let body = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///     "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}"#.parse()?;
/// let patch = patch::parse(&body, &schemas, user, Options::entra())?;
/// assert_eq!(patch.tolerated.len(), 2);
///
/// let resource = r#"{"userName": "bjensen", "active": true}"#.parse()?;
/// let patched = patch.apply(&resource, &schemas, user)?;
/// assert_eq!(patched.resource.to_string(), r#"{"userName":"bjensen","active":false}"#);
/// # Ok(())
/// # }
/// ```
pub fn parse(
    body: &Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
    options: Options,
) -> Result<Patch, Error> {
    resolve::patch(body, schemas, resource_type, options)
}

/// Applies operations to a resource, in order: all of them or none. The operations may be some of
/// those of a [`Patch`], so that a host can carry out the others in its own way.
///
/// Fails with [`Mutability`](ErrorKind::Mutability), [`NoTarget`](ErrorKind::NoTarget) or
/// [`Value`](ErrorKind::Value), and with [`Payload`](ErrorKind::Payload) if the resource is no
/// object.
pub fn apply_operations(
    operations: &[Operation],
    resource: &Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
) -> Result<Patched, Error> {
    apply::apply(operations, resource, schemas, resource_type)
}

/// A PATCH request that fits a resource type.
#[derive(Debug, Clone)]
pub struct Patch {
    /// What to do, in order. A value without a path is one operation for each attribute.
    pub operations: Vec<Operation>,
    /// What was needed beyond the letter, in order.
    pub tolerated: Vec<Tolerated>,
}

/// A resource after a PATCH request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    /// The resource.
    pub resource: Json,
    /// Whether it differs from what it was. If not, it is to keep its time of modification
    /// (RFC 7644, 3.5.2.1).
    pub changed: bool,
    /// What was needed beyond the letter and could only be seen on the resource.
    pub tolerated: Vec<Tolerated>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `add` (3.5.2.1)
    Add,
    /// `remove` (3.5.2.2)
    Remove,
    /// `replace` (3.5.2.3)
    Replace,
}

/// One operation on one attribute, resolved against the schemas.
#[derive(Debug, Clone)]
pub struct Operation {
    op: Op,
    index: usize,
    extension: Option<String>,
    attribute: String,
    sub: Option<String>,
    selection: Option<Selection>,
    value: Option<Json>,
    /// It repeats an attribute that cannot be written, which must be equal.
    echo: bool,
}

/// Which values of an attribute are meant.
#[derive(Debug, Clone)]
struct Selection {
    expr: Expr,
    checked: Checked,
    /// The value to make where there is none, if that is tolerated and the filter tells it.
    template: Option<Object>,
    /// Whether it is tolerated.
    creates: bool,
}

impl Patch {
    /// Applies all operations to a resource; see [`apply_operations`].
    pub fn apply(
        &self,
        resource: &Json,
        schemas: &Schemas,
        resource_type: &ResourceType,
    ) -> Result<Patched, Error> {
        apply_operations(&self.operations, resource, schemas, resource_type)
    }
}

impl Op {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Add, Self::Remove, Self::Replace];

    /// As SCIM writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }

    /// From SCIM's word, in exactly this spelling.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.as_str() == word)
    }
}

impl Operation {
    /// What it does.
    pub fn op(&self) -> Op {
        self.op
    }

    /// Which operation of the request it comes from, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The attribute: the extension's URI, if it is one of an extension, and its name, both in
    /// the spelling of the schema.
    pub fn attribute(&self) -> (Option<&str>, &str) {
        (self.extension.as_deref(), &self.attribute)
    }

    /// The sub-attribute, in the spelling of the schema.
    pub fn sub(&self) -> Option<&str> {
        self.sub.as_deref()
    }

    /// The filter that chooses values of the attribute.
    pub fn filter(&self) -> Option<&Expr> {
        self.selection.as_ref().map(|selection| &selection.expr)
    }

    /// Whether a value of the attribute is among those that the filter chooses; without a filter
    /// each is.
    pub fn chooses(&self, value: &Json) -> bool {
        self.selection.as_ref().is_none_or(|selection| selection.checked.matches_element(value))
    }

    /// The value in the form of the schema: a list for a multi-valued attribute (without a
    /// filter), null where it says that there is none, names in canonical spelling. `add` and
    /// `replace` have one; with `remove` it lists what alone is to be removed.
    pub fn value(&self) -> Option<&Json> {
        self.value.as_ref()
    }

    /// Whether it repeats, in a value without a path, an attribute that only the service provider
    /// writes (`id`, `groups`). It succeeds where the resource has an equal value and changes
    /// nothing; the value is as the client wrote it.
    pub fn is_echo(&self) -> bool {
        self.echo
    }
}

/// The same error, saying which operation it is about.
fn numbered(error: &Error, index: usize) -> Error {
    let message = format!("operation {}: {}", index + 1, error.message());
    let mut numbered = Error::new(error.kind(), message);
    if let Some(offset) = error.offset() {
        numbered = numbered.at(offset);
    }
    match error.advice() {
        Some(help) => numbered.help(help),
        None => numbered,
    }
}

fn mutability(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Mutability, message)
}
