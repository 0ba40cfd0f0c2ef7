//! The built command from outside: what it prints, and how it ends.

#![allow(missing_docs, reason = "tests document themselves by their names")]

#[path = "cli/guide.rs"]
mod guide;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/serving.rs"]
mod serving;

#[path = "cli/check.rs"]
mod check;
#[path = "cli/codes.rs"]
mod codes;
#[path = "cli/concurrent.rs"]
mod concurrent;
#[path = "cli/conform.rs"]
mod conform;
#[path = "cli/conform_run.rs"]
mod conform_run;
#[path = "cli/conformance_guide.rs"]
mod conformance_guide;
#[path = "cli/crash.rs"]
mod crash;
#[path = "cli/db.rs"]
mod db;
#[path = "cli/docs.rs"]
mod docs;
#[path = "cli/eval.rs"]
mod eval;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/faults.rs"]
mod faults;
#[path = "cli/fmt.rs"]
mod fmt;
#[path = "cli/input.rs"]
mod input;
#[path = "cli/lint.rs"]
mod lint;
#[path = "cli/readme.rs"]
mod readme;
#[path = "cli/remote_tls.rs"]
mod remote_tls;
#[path = "cli/replay.rs"]
mod replay;
#[path = "cli/serve.rs"]
mod serve;
#[path = "cli/server_guide.rs"]
mod server_guide;
#[path = "cli/simulate.rs"]
mod simulate;
#[path = "cli/source_guide.rs"]
mod source_guide;
#[path = "cli/source_habits.rs"]
mod source_habits;
#[path = "cli/source_run.rs"]
mod source_run;
#[path = "cli/start.rs"]
mod start;
#[path = "cli/tests.rs"]
mod tests;
