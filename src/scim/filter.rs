//! Filters: `userType eq "Employee" and emails[type eq "work" and value co "@example.com"]`
//! (RFC 7644, 3.4.2.2).
//!
//! Text becomes a [`Filter`] by [`parse`]; [`Filter::validate`] holds it against the schemas of a
//! resource type; the [`Checked`] filter that comes out tells which resources match. The grammar
//! is `grammar/filter.pest`; what servers accept beyond the letter of the RFC is an [`Options`].

mod diagnose;
mod eval;
mod options;
mod parse;
mod print;
mod scan;
mod validate;

use std::ops::Range;

use crate::error::Error;
use crate::json::Numeral;

use super::path::AttrPath;
use super::schema::Schemas;

pub use options::{Leniency, Options, Tolerated};
pub(super) use parse::patch_path;
pub use validate::{Checked, Policy, Unknown};

/// Reads a filter.
///
/// Fails with [`Filter`](crate::ErrorKind::Filter) and the byte, or with
/// [`Limit`](crate::ErrorKind::Limit) beyond [`FILTER_BYTES`](crate::limits::FILTER_BYTES),
/// [`FILTER_CONDITIONS`](crate::limits::FILTER_CONDITIONS) or
/// [`NESTING`](crate::limits::NESTING). Attributes need not exist;
/// [`Filter::validate`] looks at that.
///
/// ```
/// use provisor::scim::filter::{self, Options};
/// use provisor::scim::schema::Schemas;
///
/// # fn main() -> Result<(), provisor::Error> {
/// let filter = filter::parse("title pr OR active eq true", &Schemas::standard(), Options::lenient())?;
/// assert_eq!(filter.to_string(), "title pr or active eq true");
/// # Ok(())
/// # }
/// ```
pub fn parse(text: &str, schemas: &Schemas, options: Options) -> Result<Filter, Error> {
    let (root, tolerated) = parse::filter(text, schemas, options)?;
    Ok(Filter { root, tolerated })
}

/// A filter as written. `Display` writes it in canonical spelling.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The whole condition.
    pub root: Expr,
    /// Which leniencies it needed, in order.
    pub tolerated: Vec<Tolerated>,
}

/// Something with the bytes where it stands. Equality does not look at the place.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The thing.
    pub node: T,
    /// Its bytes.
    pub place: Range<usize>,
}

/// A condition with its place.
pub type Expr = Placed<ExprKind>;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// At least one of two or more holds; none of them is an `Or`.
    Or(Vec<Expr>),
    /// Each of two or more holds; none of them is an `And`.
    And(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// A test of an attribute.
    Compare {
        /// The attribute.
        path: Placed<AttrPath>,
        /// What is asked of it.
        test: Test,
    },
    /// One value of an attribute meets all of it.
    Element {
        /// The attribute.
        path: Placed<AttrPath>,
        /// What one value must meet; there is no `Element` in it.
        inner: Box<Expr>,
    },
}

/// What is asked of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `pr`
    Present,
    /// A comparison.
    Value(Op, Placed<Literal>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `eq`: equal.
    Eq,
    /// `ne`: not equal.
    Ne,
    /// `co`: contains.
    Co,
    /// `sw`: starts with.
    Sw,
    /// `ew`: ends with.
    Ew,
    /// `gt`: greater.
    Gt,
    /// `ge`: greater or equal.
    Ge,
    /// `lt`: less.
    Lt,
    /// `le`: less or equal.
    Le,
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as written.
    Number(Numeral),
    /// Text, escapes decoded.
    Text(String),
}

impl<T> Placed<T> {
    /// A thing at its place.
    pub fn new(node: T, place: Range<usize>) -> Self {
        Self { node, place }
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

/// Equality looks at the condition alone.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl Op {
    /// All comparisons.
    pub const ALL: &'static [Self] =
        &[Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    /// As SCIM writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    /// From SCIM's word, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.as_str().eq_ignore_ascii_case(word))
    }

    /// Whether it asks which of two values is greater.
    pub fn is_order(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }

    /// Whether it asks for a part of a text.
    pub fn is_part(self) -> bool {
        matches!(self, Self::Co | Self::Sw | Self::Ew)
    }
}
