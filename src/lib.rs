//! Provisor decides what each SCIM user gets.

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
