//! Requests and answers as whole values, so that a fault can change anything about them.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::BodyExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use crate::host::BASE;

/// What a query may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request, read to its end.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path as it was sent, base path included.
    pub path: String,
    /// The query as it was sent.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// An answer, ready to be sent.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The headers, without those that say how long the body is.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The form in which it goes onto the wire.
    pub wire: Wire,
}

/// How an answer goes onto the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wire {
    /// With its length.
    #[default]
    Whole,
    /// In chunks of so many bytes.
    Chunks(usize),
    /// Not at all: the connection ends.
    Broken,
}

impl Asked {
    /// The segments of the path below the base path.
    pub fn segments(&self) -> Vec<&str> {
        let below = self.path.strip_prefix(BASE).unwrap_or(&self.path);
        below.split('/').filter(|segment| !segment.is_empty()).collect()
    }

    /// Whether it is this method on this path below the base path, such as `/Users`.
    pub fn is(&self, method: &Method, path: &str) -> bool {
        self.method == *method && self.is_at(path)
    }

    /// Whether it is for this path below the base path.
    pub fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(BASE).is_some_and(|below| below.trim_end_matches('/') == path)
    }

    /// Whether it asks for a list of resources: GET on a collection or the root, or a search.
    pub fn is_query(&self) -> bool {
        match self.segments().as_slice() {
            ["Users" | "Groups"] | [] => self.method == Method::GET,
            [.., ".search"] => self.method == Method::POST,
            _ => false,
        }
    }

    /// Whether it asks for a search by POST.
    pub fn is_search(&self) -> bool {
        self.method == Method::POST && self.segments().last() == Some(&".search")
    }

    /// The id where it is for one resource of this kind (`Users`, `Groups`).
    pub fn id(&self, kind: &str) -> Option<&str> {
        match self.segments().as_slice() {
            [one, id] if *one == kind && *id != ".search" => Some(id),
            _ => None,
        }
    }

    /// The id where it is for one user or group.
    pub fn any_id(&self) -> Option<&str> {
        self.id("Users").or_else(|| self.id("Groups"))
    }

    /// Whether it is this method on one resource of the kind.
    pub fn is_one(&self, method: &Method, kind: &str) -> bool {
        self.method == *method && self.id(kind).is_some()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Another body.
    pub fn set_json(&mut self, body: &Value) {
        self.body = body.to_string().into();
    }

    /// Changes the JSON body, where there is one.
    pub fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        if let Some(mut body) = self.json() {
            let before = body.clone();
            change(&mut body);
            if body != before {
                self.set_json(&body);
            }
        }
    }

    /// A parameter of a query: from the query string, or from the body of a search.
    pub fn parameter(&self, name: &str) -> Option<String> {
        if self.is_search() {
            return match self.json()?.get(name)? {
                Value::String(text) => Some(text.clone()),
                Value::Array(several) => {
                    let words = several.iter().filter_map(Value::as_str);
                    Some(words.collect::<Vec<_>>().join(","))
                }
                other => Some(other.to_string()),
            };
        }
        let query = self.query.as_deref()?;
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
        let value = value.replace('+', " ");
        Some(percent_decode_str(&value).decode_utf8_lossy().into_owned())
    }

    /// Sets a parameter of a query.
    pub fn set_parameter(&mut self, name: &str, value: &str) {
        if self.is_search() {
            let value = match value.parse::<i64>() {
                Ok(number) if matches!(name, "startIndex" | "count") => json!(number),
                _ if matches!(name, "attributes" | "excludedAttributes") => {
                    value.split(',').collect::<Vec<_>>().into()
                }
                _ => json!(value),
            };
            self.edit(|body| {
                if let Some(body) = body.as_object_mut() {
                    body.insert(name.to_owned(), value);
                }
            });
            return;
        }
        let mut pairs = self.other_pairs(name);
        pairs.push(format!("{name}={}", utf8_percent_encode(value, PLAIN)));
        self.query = Some(pairs.join("&"));
    }

    /// Takes a parameter of a query away.
    pub fn drop_parameter(&mut self, name: &str) {
        if self.is_search() {
            self.edit(|body| {
                if let Some(body) = body.as_object_mut() {
                    body.remove(name);
                }
            });
            return;
        }
        let pairs = self.other_pairs(name);
        self.query = (!pairs.is_empty()).then(|| pairs.join("&"));
    }

    fn other_pairs(&self, name: &str) -> Vec<String> {
        let query = self.query.as_deref().unwrap_or_default();
        let other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
        query.split('&').filter(other).map(str::to_owned).collect()
    }

    /// A request of the same caller: same credential, host and formats, no conditions.
    pub fn like(&self, method: Method, path: &str, body: Option<&Value>) -> Self {
        let mut headers = HeaderMap::new();
        for name in ["host", "authorization"] {
            if let Some(value) = self.headers.get(name) {
                headers.insert(HeaderName::from_static(name), value.clone());
            }
        }
        headers.insert("accept", HeaderValue::from_static("application/scim+json"));
        let body = body.map(|body| {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
            Bytes::from(body.to_string())
        });
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (path, None),
        };
        let body = body.unwrap_or_default();
        Self { method, path: format!("{BASE}{path}"), query, headers, body }
    }

    /// The same with nothing to do, to learn who may come in.
    pub fn without_operations(mut self) -> Self {
        self.edit(|body| {
            if let Some(Value::Array(operations)) = body.get_mut("Operations") {
                operations.clear();
            }
        });
        self
    }

    /// As the router takes it.
    pub(crate) fn into_request(mut self) -> Option<Request<Body>> {
        let target = match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        };
        self.headers.remove(TRANSFER_ENCODING);
        self.headers.insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        let mut request =
            Request::builder().method(self.method).uri(target).body(Body::from(self.body)).ok()?;
        *request.headers_mut() = self.headers;
        Some(request)
    }
}

impl Answered {
    /// An answer with a JSON body.
    pub fn json_of(status: u16, body: &Value) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
        Self { status, headers, body: body.to_string().into(), wire: Wire::Whole }
    }

    /// A SCIM error (RFC 7644, 3.12); `keyword` is its `scimType` where it has one.
    pub fn error(status: u16, keyword: &str, detail: &str) -> Self {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.to_string(),
            "detail": detail,
        });
        if let (false, Some(body)) = (keyword.is_empty(), body.as_object_mut()) {
            body.insert("scimType".to_owned(), json!(keyword));
        }
        Self::json_of(status, &body)
    }

    /// A page for people, as a framework sends it where nobody thought of SCIM.
    pub fn html(status: u16) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        let body = format!("<html><body><h1>{status}</h1></body></html>").into();
        Self { status, headers, body, wire: Wire::Whole }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), wire: Wire::Whole }
    }

    /// A list of resources, all on one page.
    pub fn list(resources: Vec<Value>) -> Self {
        Self::json_of(
            200,
            &json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": resources.len(),
                "startIndex": 1,
                "itemsPerPage": resources.len(),
                "Resources": resources,
            }),
        )
    }

    /// No answer: the connection ends.
    pub fn broken() -> Self {
        Self { wire: Wire::Broken, ..Self::empty(500) }
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Changes the JSON body, where there is one.
    pub fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        if let Some(mut body) = self.json() {
            let before = body.clone();
            change(&mut body);
            if body != before {
                self.body = body.to_string().into();
            }
        }
    }

    /// Changes every resource of an answer of success: that of the body, or those of a list.
    pub fn each_resource(&mut self, mut change: impl FnMut(&mut Value)) {
        if !self.is_success() {
            return;
        }
        self.edit(|body| {
            if let Some(Value::Array(resources)) = body.get_mut("Resources") {
                resources.iter_mut().for_each(change);
            } else if body.get("id").is_some() {
                change(body);
            }
        });
    }

    /// Keeps these resources of a list, and counts them.
    pub fn retain(&mut self, keep: impl Fn(&Value) -> bool) {
        self.edit(|body| {
            let total = body.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
            let Some(Value::Array(resources)) = body.get_mut("Resources") else { return };
            let before = resources.len();
            resources.retain(|one| keep(one));
            let (lost, left) = (before - resources.len(), resources.len());
            if let Some(body) = body.as_object_mut() {
                let total = total.saturating_sub(u64::try_from(lost).unwrap_or_default());
                body.insert("totalResults".to_owned(), json!(total));
                body.insert("itemsPerPage".to_owned(), json!(left));
            }
        });
    }

    /// Sets a header, where the value can be one.
    pub fn set_header(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }

    /// An answer of the router, read to its end.
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (mut parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        if !body.is_empty() {
            parts.headers.remove(CONTENT_LENGTH);
        }
        parts.headers.remove(TRANSFER_ENCODING);
        Self { status: parts.status.as_u16(), headers: parts.headers, body, wire: Wire::Whole }
    }
}
