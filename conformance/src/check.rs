//! The whole suite in one call, for a server's own tests.

use crate::corpus::Corpus;
use crate::report::text::Look;
use crate::report::{Format, Redacted};
use crate::run::{Endpoint, Options, run};
use crate::select::Selection;

/// Fires every scenario of the RFCs at an endpoint whose tenant is empty.
///
/// Fails with a report for people where a MUST is broken, where something could not be played,
/// and where the endpoint cannot be tested at all. For anything else than that see
/// [`run`](crate::run::run()).
///
/// ```no_run
/// # async fn of_my_server() {
/// let (url, token) = ("http://127.0.0.1:8080/scim/v2", "token-of-an-empty-tenant");
/// if let Err(told) = provisor_conformance::check(url, token).await {
///     panic!("{told}");
/// }
/// # }
/// ```
pub async fn check(url: &str, token: &str) -> Result<Redacted, String> {
    let broken = |all: Vec<crate::corpus::Broken>| {
        all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let scenarios = Selection::default().of(Corpus::built_in().map_err(broken)?.scenarios)?;
    let endpoint = Endpoint::new(url).bearer(token);
    let report = run(endpoint, scenarios, Options::default(), |_| {}).await;
    let report = report.map_err(|error| format!("{url} cannot be tested: {}", error.message))?;
    if report.conforms() && report.ran() {
        Ok(report)
    } else {
        Err(Format::Text.render(&report, Look::plain()))
    }
}
