//! Rules files that change: looked at every few seconds, by their content.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Cause, Entitlements, PutRefused};
use crate::clock::Clock;
use crate::id::TenantId;
use crate::store::Store;

impl Entitlements {
    /// Puts the rules of a file in force whenever they change, for as long as it is polled.
    /// Reading the files is cheap beside what a missed change costs, so that it is the text that
    /// is compared, not times.
    pub async fn watch(
        self: Arc<Self>,
        store: Store,
        clock: Clock,
        tenant: TenantId,
        root: PathBuf,
        every: Duration,
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
            let outcome = self.put_file(&store, &cause, &root).await;
            let refused = outcome.err();
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
