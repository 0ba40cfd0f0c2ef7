//! The decision: rules and one person give one outcome with its reasons.
//!
//! The way of a person through this module:
//!
//! 1. A checked [`Model`](crate::rules::model::Model) is compiled once into a [`RuleSet`].
//! 2. A [`Person`] is read from JSON: only what some rule mentions is kept, group names and
//!    values are looked up in the index of the rules, which leaves the few rules that can match.
//! 3. [`RuleSet::decide`] runs those rules and works out what stands: a [`Decision`].
//! 4. [`RuleSet::explain`] does the same and says of each condition whether it held, and why.

mod rule_set;

mod bits;
mod compile;
mod index;
mod key;
mod layout;
mod outcome;
mod pattern;
mod prefix;
mod program;

mod directory;
mod groups;
mod note;
mod person;
mod read;

mod decision;
mod dropped;
mod explain;
pub mod explanation;
pub mod report;
mod target;

pub use decision::{Ceiling, Decision, Forbidden};
pub use directory::Directory;
pub use dropped::{Cause, Dropped, Item};
pub use explain::{CondForm, CondTrace, Explanation, RuleTrace, Shown};
pub use groups::{GroupView, Groups, Membership};
pub use note::{Found, Note, NoteKind};
pub use person::{Identity, Person};
pub use report::Report;
pub use rule_set::RuleSet;
