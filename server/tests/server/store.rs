//! The store: what its interface promises, on a real file.

mod basics;
mod people;
