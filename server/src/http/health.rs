//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Mutex, watch};

use crate::auth::{Authenticate, Challenge};
use crate::error::ScimError;
use crate::http::media::Media;
use crate::http::{respond, telemetry};
use crate::service::Service;
use crate::store::{NOBODY, Shelf, StoreError};

/// How long the outcome of a probe holds: anybody may ask, and a probe writes.
const PROBE_AGE: Duration = Duration::from_secs(2);
/// How long after a write that found no room the server is not ready: a probe writes so little that
/// it finds some.
const FAILURE_AGE: Duration = Duration::from_secs(10);
/// How long a probe may take.
const PROBE_TIME: Duration = Duration::from_secs(5);
/// Under which key the probe writes.
const PROBE_KEY: &str = "readyz";

/// What the operations' endpoints know.
#[derive(Clone)]
pub(super) struct Health {
    inner: Arc<Inner>,
}

struct Inner {
    service: Service,
    authenticate: Arc<dyn Authenticate>,
    metrics: Option<PrometheusHandle>,
    stopping: watch::Receiver<bool>,
    probed: Mutex<Option<(Instant, Result<(), &'static str>)>>,
}

impl Health {
    pub(super) fn new(
        service: Service,
        authenticate: Arc<dyn Authenticate>,
        metrics: Option<PrometheusHandle>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let probed = Mutex::new(None);
        Self { inner: Arc::new(Inner { service, authenticate, metrics, stopping, probed }) }
    }

    /// The routes. Metrics tell how many people a tenant has, so on an address that everybody
    /// reaches they need a credential with the scope `admin`.
    pub(super) fn routes(self, metrics_are_open: bool) -> Router {
        let metrics = if metrics_are_open { get(open_metrics) } else { get(guarded_metrics) };
        Router::new()
            .route("/healthz", get(alive))
            .route("/readyz", get(ready))
            .route("/metrics", metrics)
            .with_state(self)
    }

    /// Whether requests can be answered, and if not, why.
    async fn probe(&self) -> Result<(), &'static str> {
        if *self.inner.stopping.borrow() {
            return Err("the server is shutting down");
        }
        // One probe at a time: those who ask meanwhile get its outcome.
        let mut probed = self.inner.probed.lock().await;
        if let Some((at, outcome)) = &*probed
            && at.elapsed() < PROBE_AGE
        {
            return *outcome;
        }
        if self.inner.service.store.last_failure().is_some_and(|at| at.elapsed() < FAILURE_AGE) {
            return Err("a write failed a moment ago; the disk may be full or read-only");
        }
        let outcome = match tokio::time::timeout(PROBE_TIME, self.read_and_write()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(%error, "the store failed the probe");
                Err("the store cannot be read or written")
            }
            Err(_) => Err("the store does not answer in time"),
        };
        *probed = Some((Instant::now(), outcome));
        outcome
    }

    async fn read_and_write(&self) -> Result<(), StoreError> {
        let now = self.inner.service.clock.now().to_string();
        let store = &self.inner.service.store;
        store.read(|snapshot| snapshot.document(NOBODY, Shelf::Keys, PROBE_KEY)).await?;
        store.write(move |tx| tx.put_document(NOBODY, Shelf::Keys, PROBE_KEY, &now)).await
    }
}

async fn alive() -> Response<Body> {
    text(StatusCode::OK, "alive\n".to_owned())
}

async fn ready(State(health): State<Health>) -> Response<Body> {
    match health.probe().await {
        Ok(()) => text(StatusCode::OK, "ready\n".to_owned()),
        Err(why) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

async fn open_metrics(State(health): State<Health>) -> Response<Body> {
    match &health.inner.metrics {
        Some(handle) => {
            let body = telemetry::render(handle, &health.inner.service).await;
            let mut response = text(StatusCode::OK, body);
            respond::put(&mut response, CONTENT_TYPE, "text/plain; version=0.0.4");
            response
        }
        None => respond::error(&ScimError::new(501, "metrics are off"), Media::Scim),
    }
}

async fn guarded_metrics(state: State<Health>, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    match state.inner.authenticate.authenticate(&parts).await {
        Ok(principal) if principal.scopes.admin => open_metrics(state).await,
        Ok(_) => respond::challenge(&Challenge::insufficient_scope("admin"), Media::Scim),
        Err(challenge) => respond::challenge(&challenge, Media::Scim),
    }
}

fn text(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
