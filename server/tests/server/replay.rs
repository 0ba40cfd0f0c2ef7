//! What known clients send, replayed over HTTP: `tests/replay/README.md` says how it is written.
//!
//! One test a folder, so that each client has a verdict of its own.

mod check;
mod flow;
mod wire;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::{Options, Server};
use flow::{Flow, Step};
use wire::Response;

macro_rules! folders {
    ($($name:ident),*) => {
        /// The folders that have a test.
        const FOLDERS: &[&str] = &[$(stringify!($name)),*];

        $(#[test]
        fn $name() {
            run_folder(stringify!($name));
        })*
    };
}

folders!(
    authentik, entra, gong, jumpcloud, keycloak, microsoft, okta, onelogin, ping, rfc7644,
    sailpoint
);

#[test]
fn every_folder_is_run() {
    let mut there: Vec<String> = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && path.file_name().unwrap() != "schemas")
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    there.sort();
    assert_eq!(there, FOLDERS);
}

/// Runs the flows of a folder, each on a server of its own, and tells all that is not as expected.
fn run_folder(name: &str) {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no flow in {name}");
    let mut report = String::new();
    for file in files {
        let flow = Flow::read(&file);
        let findings = run(&flow);
        if !findings.is_empty() {
            let dialect = flow.dialect.unwrap_or_default();
            let _ = writeln!(report, "\n==== {} (dialect {dialect})", file.display());
            report.push_str(&findings);
        }
    }
    assert!(report.is_empty(), "{report}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay")
}

/// What is known while a flow runs: what a step captured, by name.
type Known = BTreeMap<String, String>;

fn run(flow: &Flow) -> String {
    let schemas = flow.schemas.as_ref().map(|file| root().join("schemas").join(file));
    let server = Server::start(&Options { dialect: flow.dialect.unwrap_or_default(), schemas });
    let mut known = Known::new();
    known.insert("token".to_owned(), server.token.clone());
    known.insert("base".to_owned(), server.base());
    let mut report = String::new();
    for step in &flow.steps {
        let findings = run_step(&server, flow, step, &mut known);
        if !findings.is_empty() {
            let _ = writeln!(report, "\n-- line {}: {}", step.line, step.title);
            report.push_str(&findings);
        }
    }
    report
}

fn run_step(server: &Server, flow: &Flow, step: &Step, known: &mut Known) -> String {
    let request = match flow.request(step, server, known) {
        Ok(request) => request,
        // An earlier step failed: said, so that nobody takes it for done.
        Err(missing) => return format!("not sent: nothing is known as `{missing}`\n"),
    };
    let response = match wire::send(server.address, &request) {
        Ok(response) => response,
        Err(why) => return format!("{}\nno response: {why}\n", printed(&request, server)),
    };
    let mut wrong = check::always(&request, &response);
    wrong.extend(check::step(step, &response, known));
    if wrong.is_empty() {
        return String::new();
    }
    format!("{}\n{response}\n   !! {}\n", printed(&request, server), wrong.join("\n   !! "))
}

/// A request without its credential.
fn printed(request: &wire::Request, server: &Server) -> String {
    String::from_utf8_lossy(&request.bytes()).replace(&server.token, "…").trim_end().to_owned()
}

/// The body as JSON; `None` where there is none.
fn json(response: &Response) -> Option<Result<Value, serde_json::Error>> {
    (!response.body.is_empty()).then(|| serde_json::from_slice(&response.body))
}
