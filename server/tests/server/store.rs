//! The store: what its interface promises, on a real file.

mod basics;
mod finding;
mod maintenance;
mod people;
