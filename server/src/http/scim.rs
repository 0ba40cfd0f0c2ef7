//! The SCIM endpoints (RFC 7644, 3.2): who may, what is asked, which operation, which response.

mod discovery;
mod resources;

use std::any::Any;
use std::future::Future;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::from_fn;
use axum::routing::any;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use provisor::json::Json;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::decompression::RequestDecompressionLayer;

use crate::auth::{Challenge, Principal};
use crate::entitlements::Cause;
use crate::error::{ScimError, ScimType};
use crate::http::media::{self, Media};
use crate::http::observe::{self, RequestId, Seen};
use crate::http::{AppState, base, body, respond};
use crate::protocol::endpoint::Endpoint;
use crate::protocol::{BulkRequest, Projection, query, search};
use crate::service::Call;

/// The SCIM endpoints under the base path of the settings. It has no fallback, so that another
/// application can merge it into its own routes.
pub fn router(state: AppState) -> Router {
    routes(state)
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(observe::observe))
}

/// The endpoints alone.
pub(super) fn routes(state: AppState) -> Router {
    let path = state.settings.base_path().to_owned();
    Router::new()
        .route(&path, any(answer))
        .route(&format!("{path}/"), any(answer))
        .route(&format!("{path}/{{*rest}}"), any(answer))
        .with_state(state)
}

/// 500 for a mistake in the program.
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    // The words of a panic can hold what a client sent; the place is told by the panic hook.
    drop(panic);
    tracing::error!("a request met a mistake in the program");
    let error = ScimError::new(
        500,
        "the server made a mistake; its log has more under the id of this request",
    );
    respond::error(&error, Media::Scim)
}

/// What a request is, once it is let in.
struct Asking {
    state: AppState,
    parts: Parts,
    body: Body,
    principal: Principal,
    media: Media,
}

/// A response in place of the one that was asked for.
enum Stop {
    Refused(ScimError),
    Challenged(Challenge),
    NotAllowed(&'static str),
}

async fn answer(State(state): State<AppState>, request: Request<Body>) -> Response<Body> {
    let accepted = media::accepted(request.headers());
    let preferred = accepted.as_ref().copied().unwrap_or_default();
    let mut seen = Seen::default();
    let mut response = match route(state, request, accepted, &mut seen).await {
        Ok(response) => response,
        Err(Stop::Refused(error)) => respond::error(&error, preferred),
        Err(Stop::Challenged(challenge)) => respond::challenge(&challenge, preferred),
        Err(Stop::NotAllowed(allow)) => respond::method_not_allowed(allow, preferred),
    };
    response.extensions_mut().insert(seen);
    response
}

/// The order of checks: what does not exist, who calls, what they may do, what they understand.
async fn route(
    state: AppState,
    request: Request<Body>,
    accepted: Result<Media, ScimError>,
    seen: &mut Seen,
) -> Result<Response<Body>, Stop> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let behind = path.strip_prefix(state.settings.base_path()).unwrap_or(path);
    let endpoint = Endpoint::of(behind)?
        .ok_or_else(|| ScimError::new(404, "there is no such endpoint; see `/ResourceTypes`"))?;
    seen.route = Some(endpoint.template());
    if !endpoint.takes(&parts.method) {
        return Err(Stop::NotAllowed(endpoint.allow()));
    }
    let open = endpoint == Endpoint::ServiceProviderConfig
        && state.settings.public_config
        && !parts.headers.contains_key(http::header::AUTHORIZATION);
    if open {
        return Ok(discovery::answer(&state, &parts, &endpoint, accepted?, None).await?);
    }
    let principal = timed(&state, state.authenticate.authenticate(&parts)).await??;
    seen.tenant = Some(principal.tenant);
    seen.name = Some(principal.name.clone());
    permitted(&principal, &endpoint, &parts.method)?;
    let media = accepted?;
    let asking = Asking { state, parts, body, principal, media };
    match endpoint {
        Endpoint::Root => asking.list(None).await,
        Endpoint::Resources(kind) if asking.is_read() => asking.list(Some(kind)).await,
        Endpoint::Resources(kind) => asking.create(kind).await,
        Endpoint::Resource(kind, id) => asking.resource(kind, &id).await,
        Endpoint::Search(kind) => asking.search(kind).await,
        Endpoint::Me => asking.me().await,
        Endpoint::Bulk => asking.bulk().await,
        Endpoint::ServiceProviderConfig
        | Endpoint::ResourceTypes
        | Endpoint::ResourceType(_)
        | Endpoint::Schemas
        | Endpoint::Schema(_) => {
            let tenant = Some(asking.principal.tenant);
            let answer = discovery::answer(&asking.state, &asking.parts, &endpoint, media, tenant);
            Ok(timed(&asking.state, answer).await??)
        }
    }
}

/// What a credential must allow. A search reads, whatever its method.
fn permitted(principal: &Principal, endpoint: &Endpoint, method: &Method) -> Result<(), Challenge> {
    let reads =
        matches!(endpoint, Endpoint::Search(_)) || matches!(*method, Method::GET | Method::HEAD);
    if reads && !principal.scopes.can_read() {
        return Err(Challenge::insufficient_scope("scim:read"));
    }
    if !reads && !principal.scopes.write {
        return Err(Challenge::insufficient_scope("scim:write"));
    }
    Ok(())
}

impl Asking {
    fn is_read(&self) -> bool {
        matches!(self.parts.method, Method::GET | Method::HEAD)
    }

    /// The query string.
    fn asked(&self) -> Result<query::Asked, ScimError> {
        query::read(self.parts.uri.query().unwrap_or_default(), &self.state.service.schemas)
    }

    fn call(&self, projection: Projection) -> Result<Call, ScimError> {
        let id = self.parts.extensions.get::<RequestId>();
        Ok(Call {
            principal: self.principal.clone(),
            cause: Cause {
                tenant: self.principal.tenant,
                at: self.state.service.clock.now(),
                actor: self.principal.name.clone(),
                request: id.map(ToString::to_string).unwrap_or_default(),
            },
            base: base::base(&self.parts, &self.state.settings)?,
            projection,
        })
    }

    /// The body; what is left needs none.
    async fn read_body(&mut self) -> Result<Json, ScimError> {
        let mut request = Request::new(std::mem::take(&mut self.body));
        request.headers_mut().clone_from(&self.parts.headers);
        let limit = self.state.service.settings.body_bytes;
        body::json(request, limit, self.state.settings.request_time).await
    }

    /// RFC 7644, 3.4.3.
    async fn search(mut self, kind: Option<crate::id::Kind>) -> Result<Response<Body>, Stop> {
        let body = self.read_body().await?;
        let asked = search::read(&body, &self.state.service.schemas)?;
        self.listed(kind, asked).await
    }

    /// RFC 7644, 3.7.
    async fn bulk(mut self) -> Result<Response<Body>, Stop> {
        let body = self.read_body().await?;
        let request = BulkRequest::read(body, self.state.service.settings.bulk_operations)?;
        let call = self.call(Projection::Default)?;
        let response = timed(&self.state, self.state.service.bulk(&call, request)).await??;
        Ok(respond::json(StatusCode::OK, &response.into_json(), self.media))
    }
}

/// An answer, if it comes in time. What was begun is not taken back by that: the change may
/// have been made.
async fn timed<T>(state: &AppState, work: impl Future<Output = T>) -> Result<T, ScimError> {
    tokio::time::timeout(state.settings.request_time, work).await.map_err(|_| {
        ScimError::new(503, "the server did not answer in time; read before you repeat a change")
    })
}

/// 400 for another version of SCIM (RFC 7644, 3.13), else 404: for paths outside the base path.
pub(super) fn elsewhere(path: &str, base_path: &str) -> ScimError {
    let version = |segment: &str| {
        let digits = segment.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if let Some((root, own)) = base_path.rsplit_once('/')
        && version(own)
        && let Some(rest) = path.strip_prefix(root)
        && let Some(asked) = rest.trim_start_matches('/').split('/').next()
        && version(asked)
    {
        let detail = format!("SCIM `{asked}` is not spoken here; the base path is `{base_path}`");
        return ScimError::bad(ScimType::InvalidVers, detail);
    }
    ScimError::new(
        404,
        format!("there is nothing here; the SCIM endpoints are under `{base_path}`"),
    )
}

impl From<ScimError> for Stop {
    fn from(error: ScimError) -> Self {
        Self::Refused(error)
    }
}

impl From<Challenge> for Stop {
    fn from(challenge: Challenge) -> Self {
        Self::Challenged(challenge)
    }
}
