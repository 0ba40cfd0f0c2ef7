//! Fires SCIM 2.0 scenarios at any endpoint and says what it does, with evidence.
//!
//! `corpus` reads scenario files, `select` chooses among them, `discover` asks the endpoint what
//! it has, `run` plays scenarios and gives events, `journal` writes down what is made, `clean`
//! takes it away after a crash, `report` gathers what was found. Reporters print; nothing else
//! does. [`check()`] is all of it in one call.

pub mod auth;
mod check;
pub mod clean;
pub mod corpus;
pub mod discover;
pub mod expect;
pub mod fixture;
pub mod http;
pub mod journal;
pub mod lint;
pub mod plan;
pub mod report;
pub mod requirement;
pub mod run;
pub mod scenario;
pub mod select;
mod suggest;
pub mod template;

pub use check::check;
