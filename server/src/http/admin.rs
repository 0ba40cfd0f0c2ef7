//! The admin API under `/admin/v1`, for the host application and its administrators. Refusals
//! are problem details (RFC 9457). `openapi.json` describes all of it.

mod batches;
mod caller;
mod clients;
mod deleted;
mod feed;
mod import;
mod members;
mod problem;
mod rules;
mod seats;
mod tenants;
mod tokens;

use axum::Extension;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{delete, get, patch, post};
use http::header::CONTENT_TYPE;
use tower_http::catch_panic::CatchPanicLayer;

pub use problem::Problem;

use crate::http::{AppState, observe, scim};
use crate::limits;

/// The description of the API.
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// The admin API for an application of one's own. It has no fallback, so that it can be merged
/// into other routes.
pub fn router(state: AppState) -> Router {
    routes(state).layer(CatchPanicLayer::custom(scim::panicked)).layer(from_fn(observe::observe))
}

/// The routes alone, for this server, which has the layers in common.
pub fn routes(state: AppState) -> Router {
    let api = Router::new()
        .route("/openapi.json", get(openapi))
        .route("/members", get(members::list))
        .route("/members/{id}", get(members::one).patch(members::edit))
        .route("/members/{id}/explanation", get(members::explain))
        .route("/deleted-users", get(deleted::list))
        .route("/deleted-users/{id}", delete(deleted::purge))
        .route("/deleted-users/{id}/restore", post(deleted::restore))
        .route("/rules", get(rules::get).put(rules::put))
        .route("/rules/check", post(rules::check))
        .route("/rules/preview", post(rules::preview))
        .route("/rules/versions", get(rules::versions))
        .route("/rules/versions/{version}", get(rules::version))
        .route("/batches", get(batches::list).post(batches::apply))
        .route("/batches/{number}", get(batches::one))
        .route("/batches/{number}/held", get(batches::held))
        .route("/batches/{number}/confirm", post(batches::confirm))
        .route("/batches/{number}/cancel", post(batches::cancel))
        .route("/seats", get(seats::list))
        .route("/changes", get(feed::changes).layer(Extension(feed::Waiters::new())))
        .route("/audit", get(feed::audit))
        .route("/import", post(import::import))
        .route("/rules/reload", post(rules::reload))
        .route("/tokens", get(tokens::list).post(tokens::add))
        .route("/tokens/{token}", delete(tokens::revoke))
        .route("/tokens/{token}/rotate", post(tokens::rotate))
        .route("/clients", get(clients::list).post(clients::add))
        .route("/clients/{client}", delete(clients::remove))
        .route("/tenants", get(tenants::list).post(tenants::add))
        .route("/tenants/{tenant}", patch(tenants::set).delete(tenants::remove))
        .layer(DefaultBodyLimit::max(limits::ADMIN_BODY_BYTES))
        .with_state(state);
    Router::new().nest("/admin/v1", api)
}

/// No secret, and needed to write a client: it can be read without a credential.
async fn openapi() -> ([(http::HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/openapi+json;version=3.1")], OPENAPI)
}
