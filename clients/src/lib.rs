//! SCIM clients that send what identity providers send.
//!
//! A `script` names people, groups and actions; `directory` is what the source knows after each
//! action, and what it must tell the service provider.

pub mod action;
pub mod directory;
pub mod field;
pub mod script;
