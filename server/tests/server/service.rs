//! SCIM's operations on a real store, without HTTP.

mod bulk;
mod concurrency;
mod damage;
mod dialects;
mod entitled;
mod import;
mod lists;
mod members;
mod property;
mod resources;
mod world;
