//! Ctrl-C, SIGTERM and SIGHUP: each asks a run to end, which then cleans up and reports.

/// What came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// Somebody asked for the end.
    Asked,
    /// The terminal is gone, which kernel and shell both say: twice is no second request.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no such signal"))]
    HungUp,
}

/// The signals: while this is there, none of them ends the process by itself.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    /// Begins to listen; within a runtime.
    pub(super) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = SignalKind::hangup();
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
            hangup: if is_ignored(hangup.as_raw_value()) { None } else { signal(hangup).ok() },
        }
    }

    /// Waits for the next one.
    pub(super) async fn came(&mut self) -> Came {
        tokio::select! {
            () = next(&mut self.interrupt) => Came::Asked,
            () = next(&mut self.terminate) => Came::Asked,
            () = next(&mut self.hangup) => Came::HungUp,
        }
    }
}

/// A signal that cannot be listened to never comes.
#[cfg(unix)]
async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether whoever started the process wants a signal ignored, as `nohup` does. Linux says so.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|text| u64::from_str_radix(text.trim(), 16).ok()).unwrap_or(0);
    let bit = u32::try_from(signal - 1).ok().and_then(|place| 1_u64.checked_shl(place));
    bit.is_some_and(|bit| mask & bit != 0)
}

/// Ctrl-C.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Begins to listen; within a runtime.
    pub(super) fn listen() -> Self {
        Self
    }

    /// Waits for the next one.
    pub(super) async fn came(&mut self) -> Came {
        if tokio::signal::ctrl_c().await.is_err() {
            // Then the run ends with the process.
            std::future::pending::<()>().await;
        }
        Came::Asked
    }
}
