//! Metrics in Prometheus' text format. Every part of the server counts through the `metrics`
//! facade; here is what makes the counts readable.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::id::{Kind, TenantId};
use crate::store::{NOBODY, Shelf, Store, StoreError};

/// Seconds at which the histogram of requests has its steps.
const STEPS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The handle to what was counted. The facade has one recorder in a process, so this is made
/// once; `None` where a host application has brought a recorder of its own.
pub fn prometheus() -> Option<PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let matcher = Matcher::Suffix("_seconds".to_owned());
            let builder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &STEPS).ok()?;
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            metrics::set_global_recorder(recorder).ok()?;
            describe();
            Some(handle)
        })
        .clone()
}

/// The text, after the sizes of the store were looked up.
pub(super) async fn render(handle: &PrometheusHandle, store: &Store) -> String {
    // If the store does not answer, what else was counted is wanted all the more.
    if let Err(error) = sizes(store).await {
        tracing::warn!(%error, "the sizes of the store are not known");
    }
    handle.render()
}

async fn sizes(store: &Store) -> Result<(), StoreError> {
    let counts = store
        .read(|snapshot| {
            let mut counts = Vec::new();
            for (key, _) in snapshot.documents(NOBODY, Shelf::Tenants)? {
                let Ok(number) = key.parse() else { continue };
                for kind in Kind::ALL {
                    counts.push((number, kind, snapshot.count(TenantId(number), kind)?));
                }
            }
            Ok::<_, StoreError>(counts)
        })
        .await?;
    for (tenant, kind, count) in counts {
        #[expect(clippy::cast_precision_loss, reason = "no store has 2^52 resources")]
        let count = count as f64;
        metrics::gauge!(
            "provisor_resources", "tenant" => tenant.to_string(), "kind" => kind.name()
        )
        .set(count);
    }
    Ok(())
}

fn describe() {
    metrics::describe_histogram!(
        "provisor_http_request_seconds",
        metrics::Unit::Seconds,
        "How long requests took, by route, method and class of status"
    );
    metrics::describe_gauge!("provisor_resources", "Resources by tenant and kind");
    metrics::describe_gauge!("provisor_http_connections", "Open connections");
}
