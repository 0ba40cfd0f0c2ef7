//! One line in the log and one count in the metrics for each request.
//!
//! Neither has the path or query as written: filters and ids are personal data. The route is
//! that of the table of endpoints.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::body::HttpBody as _;
use axum::extract::MatchedPath;
use axum::middleware::Next;
use http::{HeaderMap, HeaderName, Method, Request, Response};

use crate::http::respond;
use crate::id::TenantId;
use crate::limits;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is called in logs, in the audit trail and in its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

/// What is known of a request once it is answered, as an extension of the response.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The endpoint; where it is not told, the route of axum.
    pub route: Option<&'static str>,
    /// Whose data.
    pub tenant: Option<TenantId>,
    /// The name of the token or client.
    pub name: Option<String>,
}

impl RequestId {
    /// The one that the client or a proxy gave, if it is short and plain, else a new one.
    pub fn of(headers: &HeaderMap) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
            !id.is_empty() && id.len() <= limits::REQUEST_ID_BYTES && id.chars().all(plain)
        });
        match given {
            Some(id) => Self(id.into()),
            None => Self(uuid::Uuid::new_v4().to_string().into()),
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives a request its id, and tells of it once it is answered. Inside itself it does nothing:
/// routes that others can embed bring it along.
pub(super) async fn observe(mut request: Request<Body>, next: Next) -> Response<Body> {
    if request.extensions().get::<RequestId>().is_some() {
        return next.run(request).await;
    }
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let method = known(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    respond::put(&mut response, X_REQUEST_ID, &id.0);
    let seen = response.extensions_mut().remove::<Seen>().unwrap_or_default();
    let route = match (seen.route, &matched) {
        (Some(route), _) => route.to_owned(),
        // The wildcard of SCIM says nothing.
        (None, Some(matched)) if !matched.as_str().contains('*') => matched.as_str().to_owned(),
        _ => "other".to_owned(),
    };
    let status = response.status().as_u16();
    let took = started.elapsed();
    let bytes = response.body().size_hint().exact();
    tracing::info!(
        target: "provisor::request",
        method,
        route,
        status,
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        bytes,
        request = %id,
        tenant = seen.tenant.map(|tenant| tenant.0),
        token = seen.name,
        "request"
    );
    let class = match status {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    metrics::histogram!(
        "provisor_http_request_seconds",
        "route" => route, "method" => method, "status" => class
    )
    .record(took.as_secs_f64());
    response
}

/// A method that SCIM has; others are one, since clients can invent them.
fn known(method: &Method) -> &'static str {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    methods.into_iter().find(|one| *one == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, value.parse().unwrap());
        RequestId::of(&headers).to_string()
    }

    #[test]
    fn a_plain_id_is_taken_over_and_another_is_not() {
        assert_eq!(of("a1-b.c_D"), "a1-b.c_D");
        for odd in ["", "a b", "a\"b", "ü", &"a".repeat(limits::REQUEST_ID_BYTES + 1)] {
            assert_eq!(of(odd).len(), 36, "{odd}");
        }
    }
}
