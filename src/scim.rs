//! SCIM in memory: schema, paths, comparison, filters.

mod accepted;

pub mod compare;
pub mod filter;
pub mod patch;
pub mod patch_path;
pub mod path;
pub mod project;
pub mod resource;
pub mod schema;
