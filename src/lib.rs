//! Provisor decides what each SCIM user gets: paid seats, a permission profile in each workspace,
//! which calls and emails are captured, and whether later changes upstream may overwrite what was
//! edited by hand.
//!
//! ```
//! use provisor::decide::{Groups, Person};
//! use provisor::rules::build::build_text;
//!
//! let built = build_text("acme.rules", r#"
//! provisioning 1
//! seat gong "Gong"
//! assignment "Sales" { match in group "Sales"
//!   seats gong
//!   workspaces { others: none }
//!   capture none
//!   update automatic }
//! default assignment "Everyone else" { match everyone
//!   seats none
//!   workspaces { others: none }
//!   capture none
//!   update manual }
//! "#);
//! let rules = built.rules.expect("no finding is an error");
//! let mut person = Person::new();
//! person.read_bytes(&rules, br#"{ "userName": "ana", "groups": [{ "display": "Sales" }] }"#, Groups::Own)?;
//! assert_eq!(rules.decide(&person).winner().map(|a| a.head.name.as_str()), Some("Sales"));
//! # Ok::<(), provisor::Error>(())
//! ```
//!
//! Read on in [`rules::build`] (text to rule set), [`decide`] (person to decision), [`reconcile`]
//! (decision to changes), [`scim`] and [`json`]. The library does no I/O, never panics and logs
//! nothing; [`limits`] holds every limit.

pub mod decide;
pub mod diagnostic;
pub mod error;
pub mod json;
pub mod limits;
pub mod reconcile;
pub mod rules;
pub mod scim;
pub mod testing;

pub use error::{Error, ErrorKind};

#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
struct EmbeddingGuide;
