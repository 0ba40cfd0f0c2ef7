//! The built command from outside: what it prints, and how it ends.

#![allow(missing_docs, reason = "tests document themselves by their names")]

#[path = "cli/run.rs"]
mod run;

#[path = "cli/codes.rs"]
mod codes;
#[path = "cli/start.rs"]
mod start;
