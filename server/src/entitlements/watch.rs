//! Rules files that change: looked at every few seconds, by their content.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Cause, Entitlements, PutRefused, RulesText, text};
use crate::clock::Clock;
use crate::id::TenantId;
use crate::store::Store;

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
                        %findings,
                        "the rules files do not check; the rules before them stay in force"
                    ),
                    Some(PutRefused::Other(error)) => tracing::error!(
                        %error,
                        "the rules files were not taken; the rules before them stay in force"
                    ),
                    None => tracing::info!("the rules files are taken"),
                }
                said = refused;
            }
        }
    }
}

/// Whether the files are those that were taken.
async fn is_unchanged(root: &Path, last: &Option<RulesText>) -> bool {
    let (Some(last), root) = (last.clone(), root.to_owned()) else { return false };
    let reading = tokio::task::spawn_blocking(move || text::is_on_disk(&last, &root));
    // Without an answer the files are read again and checked.
    reading.await.unwrap_or(false)
}
