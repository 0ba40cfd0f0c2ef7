//! The whole server as one service: SCIM, what else is served, health, and what all have in
//! common.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use http::header::{CACHE_CONTROL, HOST, X_CONTENT_TYPE_OPTIONS};
use http::{Response, Uri, Version};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};
use tower_http::decompression::RequestDecompressionLayer;

use crate::error::ScimError;
use crate::http::media::Media;
use crate::http::turn::Turn;
use crate::http::{AppState, Peer, observe, respond, scim, stopping};

/// Bytes from which a response is worth compressing.
const WORTH_COMPRESSING: u64 = 1024;

/// SCIM, `more` routes and those of `health`; no more than `requests` are answered at a time,
/// health and who waits for the feed apart.
pub(super) fn app(state: AppState, more: Router, health: Router, requests: usize) -> Router {
    let base_path = state.settings.base_path().to_owned();
    let trusted = state.settings.trust_forwarded;
    let slots = Arc::new(Semaphore::new(requests));
    scim::routes(state)
        .merge(more)
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(from_fn_with_state(slots, take_turns))
        .merge(health)
        .fallback(move |uri: Uri| {
            let error = scim::elsewhere(uri.path(), &base_path);
            async move { respond::error(&error, Media::Scim) }
        })
        .layer(CatchPanicLayer::custom(scim::panicked))
        .layer(from_fn(private))
        .layer(from_fn(has_host))
        .layer(from_fn(stopping::hurry))
        .layer(from_fn_with_state(trusted, behind_proxy))
        .layer(from_fn(observe::observe))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(WORTH_COMPRESSING)))
}

/// Behind a trusted proxy the other end is the proxy's client.
async fn behind_proxy(
    State(trusted): State<bool>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    if trusted && let Some(peer) = request.extensions().get::<Peer>().copied() {
        let peer = peer.forwarded(request.headers());
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

/// Waits until there is room for one more request. What it occupies from then on, its [`Turn`]
/// holds.
async fn take_turns(
    State(slots): State<Arc<Semaphore>>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let turn = Turn::default();
    // The semaphore is never closed.
    if let Ok(slot) = slots.acquire_owned().await {
        turn.hold(slot);
    }
    // Who answers may let the request go long before it is answered; this copy stays.
    request.extensions_mut().insert(turn.clone());
    let response = next.run(request).await;
    drop(turn);
    response
}

/// 400 for a request of HTTP/1.1 without its one Host (RFC 9112, 3.2).
async fn has_host(request: Request, next: Next) -> Response<Body> {
    let hosts = request.headers().get_all(HOST).iter().count();
    if request.version() == Version::HTTP_11 && hosts != 1 {
        let error = ScimError::new(400, "a request of HTTP/1.1 has one `Host` header");
        return respond::error(&error, Media::Scim);
    }
    next.run(request).await
}

/// Personal data: kept by nobody on the way, and never taken for something else than it is.
async fn private(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    // The token endpoint says `no-store` (RFC 6749, 5.1).
    if !response.headers().contains_key(CACHE_CONTROL) {
        respond::put(&mut response, CACHE_CONTROL, "private, no-cache");
    }
    respond::put(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_slot_is_kept_until_the_answer_though_the_request_is_let_go_at_once() {
        let (slots, begun) = (Arc::new(Semaphore::new(1)), Arc::new(Notify::new()));
        let (told, end) = (Arc::clone(&begun), Arc::new(Notify::new()));
        let wait = Arc::clone(&end);
        // It asks for nothing of the request, which is therefore gone before it runs.
        let answer = move || async move {
            told.notify_one();
            wait.notified().await;
        };
        let app = Router::new()
            .route("/", get(answer))
            .layer(from_fn_with_state(Arc::clone(&slots), take_turns));
        let answered = tokio::spawn(app.oneshot(Request::new(Body::empty())));
        begun.notified().await;
        assert_eq!(slots.available_permits(), 0);
        end.notify_one();
        answered.await.unwrap().unwrap();
        assert_eq!(slots.available_permits(), 1);
    }
}
