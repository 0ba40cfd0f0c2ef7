//! Syntax: text to tree.
