//! A command with everything that it starts, so that all of it can be ended, and what it says.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

/// Bytes kept of what a command says: the last ones.
const KEPT: usize = 16 << 10;
/// How long what a command said last may be under way when it has ended. What it left running may
/// hold its output open for ever.
const LAST: Duration = Duration::from_millis(200);
/// How long a command has to end by itself when it is asked to.
const GRACE: Duration = Duration::from_secs(1);

/// Has the command started as the head of a group of its own.
pub(super) fn apart(command: &mut Command) {
    #[cfg(unix)]
    command.process_group(0);
    command.kill_on_drop(true);
}

/// A command and what it started. Dropping it ends all of it.
#[derive(Debug)]
pub(super) struct Tree {
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Tree {
    pub(super) fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { group: id.and_then(rustix::process::Pid::from_raw) }
    }

    /// Whether anything of it runs.
    pub(super) fn is_there(&self) -> bool {
        self.group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
    }

    /// Asks all of it to end, waits for the command, and ends what is left.
    pub(super) async fn end(self, child: &mut Child) {
        self.signal(rustix::process::Signal::TERM);
        // Whether it went by itself is no matter: the rest is ended here.
        let _ = tokio::time::timeout(GRACE, child.wait()).await;
        self.signal(rustix::process::Signal::KILL);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(group) = self.group {
            // It may be gone already.
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }
}

#[cfg(unix)]
impl Drop for Tree {
    fn drop(&mut self) {
        self.signal(rustix::process::Signal::KILL);
    }
}

/// Without process groups the command alone is ended.
#[cfg(not(unix))]
impl Tree {
    pub(super) fn of(_child: &Child) -> Self {
        Self {}
    }

    pub(super) fn is_there(&self) -> bool {
        false
    }

    pub(super) async fn end(self, child: &mut Child) {
        let _ = tokio::time::timeout(GRACE, child.kill()).await;
    }
}

/// What a command says on both outputs, in the order in which it comes.
#[derive(Debug)]
pub(super) struct Said {
    text: Arc<Mutex<Vec<u8>>>,
    readers: Vec<tokio::task::JoinHandle<()>>,
}

impl Said {
    pub(super) fn of(child: &mut Child) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let mut readers = Vec::new();
        if let Some(out) = child.stdout.take() {
            readers.push(tokio::spawn(read(out, Arc::clone(&text))));
        }
        if let Some(err) = child.stderr.take() {
            readers.push(tokio::spawn(read(err, Arc::clone(&text))));
        }
        Self { text, readers }
    }

    /// The end of it, `most` characters at most, once the command is over. What runs on may go on
    /// writing: it is read and forgotten.
    pub(super) async fn end(self, most: usize) -> String {
        let all = async {
            for reader in self.readers {
                let _ = reader.await;
            }
        };
        let _ = tokio::time::timeout(LAST, all).await;
        let bytes = self.text.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let said = String::from_utf8_lossy(&bytes).trim().to_owned();
        let start =
            said.char_indices().rev().nth(most.saturating_sub(1)).map_or(0, |(place, _)| place);
        let end = said.get(start..).unwrap_or_default();
        // Half a line says nothing.
        let whole = end.split_once('\n').filter(|_| start > 0);
        whole.map_or(end, |(_, whole)| whole).to_owned()
    }
}

async fn read(mut from: impl AsyncRead + Unpin, into: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let mut text = into.lock().unwrap_or_else(PoisonError::into_inner);
        text.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let beyond = text.len().saturating_sub(KEPT);
        text.drain(..beyond);
    }
}
