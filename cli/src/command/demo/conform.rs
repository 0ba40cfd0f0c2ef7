//! The end of the demonstration: the conformance suite, fired at the server that it started.

use std::collections::BTreeSet;
use std::path::Path;

use provisor_conformance::auth::{Auth, Secret};
use provisor_conformance::corpus::Corpus;
use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Format, Redacted, Verdict};
use provisor_conformance::run::{Endpoint, Options, run as fire};
use provisor_conformance::select::Selection;
use reqwest::Method;
use serde_json::{Value, json};

use super::push::Target;
use crate::exit::Failure;

/// Where the page is written, in the folder that the command runs in.
pub(super) const PAGE: &str = "provisor-conformance.html";

/// Fires the suite at a tenant of its own, so that nobody of the company is near it; gives what
/// is to be said. The page is written into the folder that the command runs in.
pub(super) async fn suite(target: &Target, url: &str) -> Result<String, Failure> {
    let (tested, neighbour) = ("conformance", "neighbour");
    for name in [tested, neighbour] {
        let new = json!({ "name": name }).to_string();
        target.send(Method::POST, "/admin/v1/tenants", Some(new)).await?;
    }
    let mut endpoint = Endpoint::new(format!("{url}/scim/v2"));
    endpoint.auth = token(target, tested, &["scim:read", "scim:write"]).await?;
    endpoint.second_tenant = Some(token(target, neighbour, &["scim:read", "scim:write"]).await?);
    endpoint.read_only = Some(token(target, tested, &["scim:read"]).await?);
    let failure = |why: String| Failure::new("the suite does not run").why(why);
    let scenarios = Corpus::built_in()
        .map_err(|broken| {
            failure(broken.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })
        .and_then(|corpus| Selection::default().of(corpus.scenarios).map_err(failure))?;
    let covered: BTreeSet<String> =
        scenarios.iter().flat_map(|scenario| scenario.covers.iter().cloned()).collect();
    let report = fire(endpoint, scenarios, Options::default(), |_| {})
        .await
        .map_err(|error| failure(error.message))?
        .with_requirements(|id| covered.contains(id));
    let page = Format::Html.render(&report, Look::plain());
    std::fs::write(Path::new(PAGE), page).map_err(|error| Failure::io("write", PAGE, &error))?;
    Ok(said(&report))
}

/// A credential of a tenant with some scopes.
async fn token(target: &Target, tenant: &str, scopes: &[&str]) -> Result<Auth, Failure> {
    let name = format!("suite {}", scopes.join(" "));
    let new = json!({ "name": name, "tenant": tenant, "scopes": scopes }).to_string();
    let made = target.send(Method::POST, "/admin/v1/tokens", Some(new)).await?;
    Ok(Auth::Bearer(Secret::new(made.get("token").and_then(Value::as_str).unwrap_or_default())))
}

/// In one paragraph; the page has the rest.
fn said(report: &Redacted) -> String {
    let counts = report.counts();
    let count = |verdict: Verdict| counts.get(&verdict).copied().unwrap_or(0);
    let mut verdicts = vec![format!("{} pass", count(Verdict::Pass))];
    for verdict in Verdict::ALL {
        if verdict != Verdict::Pass && count(verdict) > 0 {
            verdicts.push(format!("{} {}", count(verdict), verdict.as_str()));
        }
    }
    format!(
        "\nThe conformance suite at the same server, in a tenant of its own:\n\
         {} scenarios, {} requests, {:.1} s: {}\n\
         Each with what it covers, as a page: {PAGE}\n",
        report.entries.len(),
        report.requests,
        report.millis as f64 / 1000.0,
        verdicts.join(", "),
    )
}
