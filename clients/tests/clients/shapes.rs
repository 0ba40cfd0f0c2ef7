//! What each client sends for the built-in script, whole. Compare with `README.md` of the crate
//! before a snapshot is accepted.

use std::fmt::Write as _;

use provisor_clients::action::Action;
use provisor_clients::client::Spec;
use provisor_clients::http::Request;
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;

use super::play::{client, play, runtime};
use super::stub::Stub;

#[test]
fn rfc7644() {
    insta::assert_snapshot!(told(Provider::Rfc7644));
}

#[test]
fn okta_oin() {
    insta::assert_snapshot!(told(Provider::OktaOin));
}

#[test]
fn okta_aiw() {
    insta::assert_snapshot!(told(Provider::OktaAiw));
}

#[test]
fn entra_default() {
    insta::assert_snapshot!(told(Provider::EntraDefault));
}

#[test]
fn entra_optscim() {
    insta::assert_snapshot!(told(Provider::EntraOptscim));
}

#[test]
fn onelogin() {
    insta::assert_snapshot!(told(Provider::OneLogin));
}

#[test]
fn jumpcloud() {
    insta::assert_snapshot!(told(Provider::JumpCloud));
}

#[test]
fn authentik() {
    insta::assert_snapshot!(told(Provider::Authentik));
}

/// The headers of the first request with a body, then every request by action, ids of the stub.
fn told(provider: Provider) -> String {
    let runtime = runtime();
    let mut script = Script::built_in().unwrap();
    for action in &mut script.actions {
        // Two people show what twelve do.
        if let Action::LargeGroup { size, .. } = action {
            *size = 2;
        }
    }
    let stub = Stub::new();
    let mut text = String::new();
    let mut client = client(&runtime, Spec::of(provider), &script, stub.wire());
    let setup = stub.take();
    let mut parts = vec![("(set up)".to_owned(), setup, Vec::new())];
    for action in &script.actions {
        let mut one = script.clone();
        one.actions = vec![action.clone()];
        let done = play(&runtime, &mut client, &one);
        let mut requests = stub.take();
        if client.provider() == provider && action.kind().name() == "name-clash" {
            // Another hand's.
            requests.remove(0);
        }
        let problems = done.into_iter().flat_map(|done| done.problems).collect();
        parts.push((format!("{} {}", action.kind(), action.subject()), requests, problems));
    }
    let mut written = parts.iter().flat_map(|(_, requests, _)| requests);
    if let Some(first) = written.find(|request| request.body.is_some()) {
        for (name, value) in &first.headers {
            let value = if name == "Authorization" { "Bearer …" } else { value };
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    for (action, requests, problems) in parts {
        let _ = writeln!(text, "\n# {action}");
        requests.iter().for_each(|request| line(&mut text, request));
        for problem in problems {
            let _ = writeln!(text, "! {problem}");
        }
    }
    text
}

fn line(text: &mut String, request: &Request) {
    let _ = write!(text, "{} {}", request.method.name(), request.to);
    if let Some(version) = request.header("if-match") {
        let _ = write!(text, "  If-Match: {version}");
    }
    let _ = match &request.body {
        Some(body) => writeln!(text, "\n    {body}"),
        None => writeln!(text),
    };
}
