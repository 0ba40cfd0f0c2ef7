//! Users, groups, `/Me` (RFC 7644, 3.3 to 3.6 and 3.11).

use axum::body::Body;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, Method, Response, StatusCode};

use super::{Asking, Stop, timed};
use crate::error::ScimError;
use crate::http::respond;
use crate::id::Kind;
use crate::protocol::Condition;
use crate::protocol::query::Asked;
use crate::service::Got;

impl Asking {
    /// RFC 7644, 3.4.2, from the query string.
    pub(super) async fn list(self, kind: Option<Kind>) -> Result<Response<Body>, Stop> {
        let asked = self.asked()?;
        self.listed(kind, asked).await
    }

    pub(super) async fn listed(
        self,
        kind: Option<Kind>,
        asked: Asked,
    ) -> Result<Response<Body>, Stop> {
        let call = self.call(asked.projection)?;
        let kinds = kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
        let listing = self.state.service.list(&call, &kinds, &asked.list);
        let listed = timed(&self.state, listing).await??;
        Ok(respond::json(StatusCode::OK, &listed.into_json(), self.media))
    }

    /// RFC 7644, 3.3.
    pub(super) async fn create(mut self, kind: Kind) -> Result<Response<Body>, Stop> {
        let call = self.call(self.asked()?.projection)?;
        let body = self.read_body().await?;
        let shown = timed(&self.state, self.state.service.create(&call, kind, body)).await??;
        Ok(respond::shown(StatusCode::CREATED, &shown, self.media))
    }

    /// RFC 7644, 3.4.1, 3.5.1, 3.5.2, 3.6.
    pub(super) async fn resource(mut self, kind: Kind, id: &str) -> Result<Response<Body>, Stop> {
        let call = self.call(self.asked()?.projection)?;
        let condition = condition(&self.parts.headers)?;
        let method = self.parts.method.clone();
        if method == Method::DELETE {
            let service = &self.state.service;
            timed(&self.state, service.delete(&call, kind, id, &condition)).await??;
            return Ok(respond::empty(StatusCode::NO_CONTENT));
        }
        if self.is_read() {
            let service = &self.state.service;
            let got = timed(&self.state, service.read(&call, kind, id, &condition)).await??;
            return Ok(match got {
                Got::Resource(shown) => respond::shown(StatusCode::OK, &shown, self.media),
                Got::NotModified(etag) => respond::not_modified(&etag),
            });
        }
        let body = self.read_body().await?;
        let service = &self.state.service;
        let shown = if method == Method::PUT {
            timed(&self.state, service.replace(&call, kind, id, body, &condition)).await??
        } else {
            timed(&self.state, service.patch(&call, kind, id, body, &condition)).await??
        };
        Ok(respond::shown(StatusCode::OK, &shown, self.media))
    }

    /// RFC 7644, 3.11: the user that the credential stands for. `Location` is the user's own.
    pub(super) async fn me(self) -> Result<Response<Body>, Stop> {
        if self.parts.method == Method::POST {
            let detail = "the server creates no user for a credential; create one at `/Users`";
            return Err(ScimError::new(501, detail).into());
        }
        let Some(user) = self.principal.user else {
            let detail = "the credential stands for no user, so there is no `/Me`";
            return Err(ScimError::new(501, detail).into());
        };
        self.resource(Kind::User, &user.to_string()).await
    }
}

/// `If-Match` and `If-None-Match`. One that is not ASCII is refused as any other that cannot be
/// read: to pass over a condition would overwrite what the client has not seen.
fn condition(headers: &HeaderMap) -> Result<Condition, ScimError> {
    let values =
        |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("\u{fffd}"));
    Condition::parse(values(IF_MATCH), values(IF_NONE_MATCH))
}
