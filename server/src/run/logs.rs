//! Where logs go: standard error, as text or JSON.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::LevelFilter;

use crate::config::Log;

/// Starts logging, unless the process logs already.
pub(super) fn start(log: Log) {
    let builder = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_target(false)
        .with_max_level(LevelFilter::from_level(log.level));
    // Somebody else's subscriber stays: that is a host application's choice.
    let _ = if log.json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(io::stderr().is_terminal()).try_init()
    };
}
