//! Syntax: text to tree and back, and files that name one another.

mod corpus;
mod format;
mod layout;
mod load;
mod mistakes;
mod plain;
mod properties;
mod strategy;
mod words;
