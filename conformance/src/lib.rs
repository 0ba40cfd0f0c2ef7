//! Fires SCIM 2.0 scenarios at any endpoint and says what it does, with evidence.
//!
//! `corpus` reads scenario files, `discover` asks the endpoint what it has, `plan` chooses,
//! `run` plays scenarios and gives events, `report` gathers them. Reporters print; nothing else
//! does.

pub mod corpus;
pub mod discover;
pub mod expect;
pub mod fixture;
pub mod http;
pub mod lint;
pub mod report;
pub mod requirement;
pub mod run;
pub mod scenario;
pub mod template;
