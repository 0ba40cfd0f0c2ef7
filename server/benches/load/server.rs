//! A server of its own process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::Target;

pub(crate) struct Server {
    child: Child,
    pub(crate) target: Target,
    /// From the start of the process until it answers `/readyz`.
    pub(crate) ready_after: Duration,
}

/// The folder of release binaries.
pub(crate) fn release() -> PathBuf {
    // …/target/release/deps/load-…
    let this = std::env::current_exe().expect("a path");
    this.parent().and_then(Path::parent).expect("a target folder").to_owned()
}

impl Server {
    /// Starts the release binary on a database; the first token goes to a file beside it.
    pub(crate) async fn start(database: &Path, more: &[&str]) -> Self {
        let token_file = database.with_extension("db.token");
        // Such as `--rules rules.example`.
        let flags = std::env::var("PROVISOR_FLAGS").unwrap_or_default();
        let begun = Instant::now();
        let mut child = Command::new(release().join("provisor"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"])
            .args(["--rate-token", "0", "--rate-tenant", "0", "--database"])
            .arg(database)
            .arg("--token-file")
            .arg(&token_file)
            .args(more)
            .args(flags.split_whitespace())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the release binary; build it first");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = loop {
            let line = lines.next().expect("the server says where it listens").expect("text");
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split(['/', ' ']).next().unwrap_or(rest).to_owned();
            }
        };
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let ready = format!("http://{address}/readyz");
        // Where the command is built too, the client has TLS and wants to know whose.
        let _ = rustls::crypto::ring::default_provider().install_default();
        while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not get ready");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let ready_after = begun.elapsed();
        let token = std::fs::read_to_string(token_file).expect("the first token");
        let token = token.trim().to_owned();
        let target = Target { address, base: "/scim/v2".to_owned(), token };
        Self { child, target, ready_after }
    }

    /// Resident memory in MB, and its peak.
    pub(crate) fn memory(&self) -> (f64, f64) {
        let path = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let of = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
            kilobytes.and_then(|text| text.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
