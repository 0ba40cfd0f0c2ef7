//! Metrics in Prometheus' text format. Every part of the server counts through the `metrics`
//! facade; here is what makes the counts readable.

use std::sync::{Arc, OnceLock};

use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::entitlements::held_batches;
use crate::error::ScimError;
use crate::id::{Kind, TenantId};
use crate::service::Service;
use crate::store::{NOBODY, Shelf};

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
pub(super) async fn render(handle: &PrometheusHandle, service: &Service) -> String {
    // If the store does not answer, what else was counted is wanted all the more.
    if let Err(error) = sizes(service).await {
        tracing::warn!(%error, "the sizes of the store are not known");
    }
    handle.render()
}

async fn sizes(service: &Service) -> Result<(), ScimError> {
    let entitlements = Arc::clone(&service.entitlements);
    let sizes = service
        .store
        .read(move |snapshot| {
            let mut sizes = Vec::new();
            for (key, _) in snapshot.documents(NOBODY, Shelf::Tenants)? {
                let Ok(number) = key.trim().parse::<i64>() else { continue };
                let (tenant, of) = (TenantId(number), number.to_string());
                for kind in Kind::ALL {
                    let count = snapshot.count(tenant, kind)?;
                    let name = kind.name();
                    sizes.push((
                        gauge!("provisor_resources", "tenant" => of.clone(), "kind" => name),
                        count,
                    ));
                }
                let held = held_batches(snapshot, tenant)?;
                sizes.push((gauge!("provisor_batches_held", "tenant" => of.clone()), held));
                for seat in entitlements.seats(snapshot, tenant)? {
                    let labels = [("tenant", of.clone()), ("seat", seat.name)];
                    sizes.push((gauge!("provisor_seats_used", &labels), seat.used));
                    if let Some(limit) = seat.limit {
                        sizes.push((gauge!("provisor_seats_limit", &labels), limit));
                    }
                }
            }
            Ok::<_, ScimError>(sizes)
        })
        .await?;
    for (gauge, size) in sizes {
        #[expect(clippy::cast_precision_loss, reason = "nothing here is 2^52")]
        gauge.set(size as f64);
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
    metrics::describe_gauge!("provisor_batches_held", "Batches whose removals the brake holds");
    metrics::describe_gauge!("provisor_seats_used", "People who have a seat");
    metrics::describe_gauge!("provisor_seats_limit", "How many of a seat there are by the rules");
    metrics::describe_gauge!(
        "provisor_rules_broken_since_seconds",
        "Since when the rules files are not taken, in seconds since 1970; 0 while they are"
    );
    metrics::describe_gauge!(
        "provisor_jwks_stale",
        "1 while the file of keys cannot be read and those before are used"
    );
    metrics::describe_gauge!("provisor_http_connections", "Open connections");
}
