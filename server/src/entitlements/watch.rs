//! Rules files that change: looked at every few seconds, by their content.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use provisor::diagnostic::Code;
use serde_json::Value;

use super::{Cause, Entitlements, PutRefused, RulesText, text};
use crate::clock::Clock;
use crate::id::TenantId;
use crate::store::Store;

/// Errors of rules files that a line of the log names.
const TOLD: usize = 5;

impl Entitlements {
    /// Puts the rules of a file in force whenever they change, for as long as it is polled.
    /// Reading the files is cheap beside what a missed change costs, so that it is the text that
    /// is compared, not times.
    ///
    /// `last` is what [`Self::put_file`] read at the start, if it was taken. It is compared with
    /// the files, not with the rules in force: those may be others meanwhile, by a batch that was
    /// cancelled or through the admin API, and stay until the files change.
    pub async fn watch(
        self: Arc<Self>,
        store: Store,
        clock: Clock,
        tenant: TenantId,
        root: PathBuf,
        every: Duration,
        mut last: Option<RulesText>,
    ) {
        // What was said of the files the last time: a mistake is told once.
        let mut said = None;
        loop {
            tokio::time::sleep(every).await;
            let cause = Cause {
                tenant,
                at: clock.now(),
                actor: "rules".to_owned(),
                request: String::new(),
            };
            if is_unchanged(&root, &last).await {
                continue;
            }
            let outcome = self.put_file(&store, &cause, &root).await;
            // Files that were not taken are tried again: what stands in the way may go, such as
            // a batch that is on its way.
            let (taken, refused) = match outcome {
                Ok((_, text)) => (Some(text), None),
                Err(refused) => (None, Some(refused)),
            };
            last = taken;
            if refused != said {
                match &refused {
                    Some(PutRefused::Findings(findings)) => tracing::error!(
                        findings = %places(findings),
                        "the rules files do not check; the rules before them stay in force; \
                         `provisor check` says more"
                    ),
                    Some(PutRefused::Other(error)) => tracing::error!(
                        %error,
                        "the rules files were not taken; the rules before them stay in force"
                    ),
                    None => tracing::info!("the rules files are taken"),
                }
                let tenant = tenant.0.to_string();
                let since = if refused.is_some() { cause.at.0 / 1000 } else { 0 };
                let broken =
                    metrics::gauge!("provisor_rules_broken_since_seconds", "tenant" => tenant);
                #[expect(clippy::cast_precision_loss, reason = "no time is 2^52 seconds")]
                // Since when, whatever the mistake has become meanwhile.
                if said.is_none() || refused.is_none() {
                    broken.set(since as f64);
                }
                said = refused;
            }
        }
    }
}

/// Codes and places of errors, and what the codes mean: the words of a diagnostic quote the files,
/// in which there may be names of people.
pub(super) fn places(findings: &Value) -> String {
    let one = |finding: &Value| {
        let text = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str);
        let number = |pointer: &str| finding.pointer(pointer).and_then(Value::as_u64);
        let code = text("/code").filter(|_| text("/severity") == Some("error"))?;
        let means = Code::from_name(code).map_or("", |code| code.entry().summary);
        let file = text("/place/file").unwrap_or_default();
        let line = number("/place/start/line").unwrap_or_default();
        let column = number("/place/start/column").unwrap_or_default();
        Some(format!("{code} at {file}:{line}:{column}: {means}"))
    };
    let all = findings
        .get("diagnostics")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let told: Vec<String> = all.iter().filter_map(one).take(TOLD).collect();
    let errors = findings.get("errors").and_then(Value::as_u64).unwrap_or_default();
    let more = errors.saturating_sub(told.len() as u64);
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    format!("{}{more}", told.join("; "))
}

/// Whether the files are those that were taken.
async fn is_unchanged(root: &Path, last: &Option<RulesText>) -> bool {
    let (Some(last), root) = (last.clone(), root.to_owned()) else { return false };
    let reading = tokio::task::spawn_blocking(move || text::is_on_disk(&last, &root));
    // Without an answer the files are read again and checked.
    reading.await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_says_where_the_mistakes_are_and_quotes_nothing() {
        let rules = "provisioning 1\nassignment \"ana@acme.com\" {\n  match userName = \"bert@acme.com\"\n}\n";
        let built = RulesText::single("a.rules", rules).build();
        let findings = super::super::versions::findings(&built.diagnostics, &built);
        assert!(findings.to_string().contains("acme.com"));
        let line = places(&findings);
        assert!(line.starts_with("P003 at a.rules:3:18: "), "{line}");
        assert!(!line.contains("acme.com"), "{line}");
    }
}
