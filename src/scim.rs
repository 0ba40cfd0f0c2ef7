//! SCIM in memory: schema, paths, comparison, filters.

pub mod compare;
