//! Syntax: text to tree.

mod corpus;
