//! The `test` blocks of rules files.
