//! A `provisor serve` that runs beside a test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::run::Folder;

/// A server of a folder, on a port of its own. It ends with the value.
pub(super) struct Serving {
    child: Child,
    /// What it prints at the start.
    pub(super) lines: String,
    /// Where it listens, such as `127.0.0.1:40001`.
    pub(super) address: String,
    /// The token of its first start.
    pub(super) token: String,
}

impl Serving {
    /// Starts it with flags besides the address.
    pub(super) fn start(folder: &Folder, flags: &str) -> Self {
        let mut child = folder
            .command(&format!("serve --listen 127.0.0.1:0 --log-level error {flags}"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (send, received) = mpsc::channel();
        // It reads on to the end, so that the server is never stopped by a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let mut lines = String::new();
        while !lines.contains("Try: ") {
            match received.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => lines.push_str(&format!("{line}\n")),
                Err(_) => {
                    let _ = child.kill();
                    panic!("the server does not start:\n{lines}");
                }
            }
        }
        let after = |word: &str| {
            let rest = lines.split_once(word).map_or("", |(_, rest)| rest);
            rest.split_whitespace().next().unwrap_or_default().to_owned()
        };
        let address = after("listens on http://");
        let token = after("  token     ");
        Self { child, lines, address, token }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
