//! A small SCIM server in memory, which a hook can make misbehave.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Under the base URI.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) authorization: Option<String>,
    pub(super) headers: http::HeaderMap,
    pub(super) body: String,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// Resources by path, such as `/Users/1`.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) resources: BTreeMap<String, Value>,
    next: u32,
    /// Every request, as `METHOD /path`.
    pub(super) seen: Vec<Asked>,
}

pub(super) struct Small {
    pub(super) url: String,
    pub(super) kept: Arc<Mutex<Kept>>,
    accepting: tokio::task::JoinHandle<()>,
}

type Hook = dyn Fn(&Asked, &mut Kept) -> Option<Reply> + Send + Sync;

impl Small {
    /// One that behaves.
    pub(super) async fn start() -> Self {
        Self::with(|_, _| None).await
    }

    /// One whose hook may answer first.
    pub(super) async fn with(
        hook: impl Fn(&Asked, &mut Kept) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/scim", listener.local_addr().unwrap());
        let kept = Arc::new(Mutex::new(Kept::default()));
        let hook: Arc<Hook> = Arc::new(hook);
        let shared = Arc::clone(&kept);
        let accepting = tokio::spawn(async move {
            // Connections end with the server.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, hook) = (Arc::clone(&shared), Arc::clone(&hook));
                connections.spawn(serve(stream, kept, hook));
            }
        });
        Self { url, kept, accepting }
    }

    /// As `METHOD /path`, without those of discovery.
    pub(super) fn seen(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        kept.seen.iter().map(|one| format!("{} {}", one.method, one.path)).collect()
    }

    pub(super) fn count(&self, line: &str) -> usize {
        self.seen().iter().filter(|one| one.starts_with(line)).count()
    }

    /// Paths of what is there.
    pub(super) fn there(&self) -> Vec<String> {
        self.kept.lock().unwrap().resources.keys().cloned().collect()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Serves one connection, over TLS or not.
pub(super) async fn serve<S>(stream: S, kept: Arc<Mutex<Kept>>, hook: Arc<Hook>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (kept, hook) = (Arc::clone(&kept), Arc::clone(&hook));
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(|all| all.to_bytes()).unwrap_or_default();
            let asked = Asked {
                method: head.method.to_string(),
                path: head.uri.path().trim_start_matches("/scim").to_owned(),
                query: head.uri.query().unwrap_or_default().to_owned(),
                authorization: head
                    .headers
                    .get("authorization")
                    .map(|value| value.to_str().unwrap().to_owned()),
                headers: head.headers,
                body: String::from_utf8_lossy(&body).into_owned(),
            };
            let reply = {
                let mut kept = kept.lock().unwrap();
                kept.seen.push(asked.clone());
                hook(&asked, &mut kept).unwrap_or_else(|| kept.answer(&asked))
            };
            let mut response = Response::builder()
                .status(reply.status)
                .header("content-type", "application/scim+json");
            for (name, value) in &reply.headers {
                response = response.header(*name, value);
            }
            Ok::<_, Infallible>(response.body(Full::new(Bytes::from(reply.body))).unwrap())
        }
    });
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

pub(super) fn reply(status: u16, body: &Value) -> Reply {
    Reply { status, headers: Vec::new(), body: body.to_string() }
}

pub(super) fn error(status: u16, detail: &str) -> Reply {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
    reply(status, &json!({ "schemas": schemas, "status": status.to_string(), "detail": detail }))
}

impl Kept {
    /// What a server that behaves answers.
    pub(super) fn answer(&mut self, asked: &Asked) -> Reply {
        let parts: Vec<&str> = asked.path.split('/').collect();
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["", "ServiceProviderConfig"]) => reply(200, &config()),
            ("GET", ["", "ResourceTypes" | "Schemas", ..]) => error(404, "not here"),
            ("GET", ["", "Users" | "Groups"]) => self.list(asked),
            ("POST", ["", kind @ ("Users" | "Groups")]) => self.make(kind, &asked.body),
            (_, ["", "Users" | "Groups", _]) if !self.resources.contains_key(&asked.path) => {
                error(404, "not there")
            }
            ("GET", ["", _, _]) => reply(200, &self.resources[&asked.path]),
            ("PUT", ["", _, _]) => {
                let mut body: Value = serde_json::from_str(&asked.body).unwrap();
                for kept in ["id", "meta"] {
                    body[kept] = self.resources[&asked.path][kept].clone();
                }
                self.resources.insert(asked.path.clone(), body.clone());
                reply(200, &body)
            }
            ("DELETE", ["", _, _]) => {
                self.resources.remove(&asked.path);
                Reply { status: 204, headers: Vec::new(), body: String::new() }
            }
            _ => error(404, "not here"),
        }
    }

    /// Makes a resource as POST does.
    pub(super) fn make(&mut self, kind: &str, body: &str) -> Reply {
        let Ok(Value::Object(mut body)) = serde_json::from_str(body) else {
            return error(400, "no object");
        };
        self.next += 1;
        let id = self.next.to_string();
        body.insert("id".to_owned(), json!(id));
        let at = "2026-01-01T00:00:00Z";
        body.insert("meta".to_owned(), json!({ "created": at, "lastModified": at }));
        let body = Value::Object(body);
        self.resources.insert(format!("/{kind}/{id}"), body.clone());
        reply(201, &body)
    }

    /// With filters of the form `name op "text"`, as far as tests need them.
    fn list(&self, asked: &Asked) -> Reply {
        let prefix = format!("{}/", asked.path);
        let filter = asked.query.split('&').find_map(|one| one.strip_prefix("filter="));
        let wanted = filter.and_then(|filter| filter.split("%22").nth(1)).unwrap_or_default();
        let found: Vec<&Value> = self
            .resources
            .iter()
            .filter(|(path, _)| path.starts_with(&prefix))
            .map(|(_, one)| one)
            .filter(|one| one.to_string().contains(wanted))
            .collect();
        let none = asked.query.contains("count=0");
        let shown = if none { Vec::new() } else { found.clone() };
        reply(200, &json!({ "totalResults": found.len(), "Resources": shown }))
    }
}

fn config() -> Value {
    json!({ "patch": { "supported": false }, "filter": { "supported": true } })
}
