//! The reference server on an empty store of its own.

use std::path::Path;
use std::time::Duration;

use provisor_clients::http::{Method, Request};
use provisor_clients::wire::{Network, Trust, Wire};
use provisor_server::clock::Clock;
use provisor_server::config::{Config, sources};
use provisor_server::run::Server;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Trusts no certificate: enough without TLS, and the system's need not be read each time.
pub(crate) fn nobody() -> Trust {
    Trust::Authorities(Vec::new())
}

pub(crate) struct Served {
    server: Option<Server>,
    token: String,
    base: String,
    _folder: TempDir,
}

impl Served {
    /// A server with these settings beside the usual ones of tests.
    pub(crate) fn start(runtime: &Runtime, settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let flag = |key: &str, value: &str| (key.to_owned(), vec![value.to_owned()]);
        let database = folder.path().join("test.db");
        let mut flags = vec![
            flag("listen", "127.0.0.1:0"),
            flag("database", path(&database)),
            flag("rate-token", "0"),
            flag("rate-tenant", "0"),
            flag("log-level", "error"),
        ];
        flags.extend(settings.iter().map(|(key, value)| flag(key, value)));
        let values = sources::gather(&flags, |_| None, None).unwrap();
        let config = Config::of(&values).unwrap();
        let server = runtime.block_on(Server::start(config, Clock::system())).unwrap();
        let token = server.first_token().unwrap().expose().to_owned();
        let base = format!("{}/scim/v2", server.url());
        Self { server: Some(server), token, base, _folder: folder }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The id and the secret of a new OAuth client.
    pub(crate) fn oauth_client(&self, runtime: &Runtime) -> (String, String) {
        let new = json!({"name": "hr", "scopes": ["scim:read", "scim:write"]});
        let made = self.make(runtime, "/clients", &new);
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("id"), text("secret"))
    }

    /// A token of a new and empty tenant.
    pub(crate) fn tenant(&self, runtime: &Runtime, name: &str) -> String {
        self.make(runtime, "/tenants", &json!({ "name": name }));
        let scopes = ["scim:read", "scim:write"];
        let new = json!({"name": name, "tenant": name, "scopes": scopes});
        self.make(runtime, "/tokens", &new)["token"].as_str().unwrap().to_owned()
    }

    fn make(&self, runtime: &Runtime, path: &str, new: &Value) -> Value {
        let admin = self.base.replace("/scim/v2", "/admin/v1");
        let network = Network::new(&admin, &nobody(), TIMEOUT).unwrap();
        let request = Request::write(Method::Post, path, new)
            .with_header("Authorization", format!("Bearer {}", self.token));
        let made = runtime.block_on(network.send(&request)).unwrap();
        assert!(made.is_success(), "{path}: {}", made.body);
        made.json()
    }

    /// Everything under an endpoint.
    pub(crate) fn all(&self, runtime: &Runtime, endpoint: &str) -> Vec<Value> {
        let network = Network::new(&self.base, &nobody(), TIMEOUT).unwrap();
        let mut all = Vec::new();
        loop {
            let to = format!("{endpoint}?startIndex={}&count=200", all.len() + 1);
            let request = Request { method: Method::Get, ..Request::get(to) }
                .with_header("Authorization", format!("Bearer {}", self.token));
            let answer = runtime.block_on(network.send(&request)).unwrap();
            let (some, total) = answer.list().unwrap();
            all.extend(some);
            if all.len() >= total {
                return all;
            }
        }
    }

    pub(crate) fn stop(mut self, runtime: &Runtime) {
        if let Some(server) = self.server.take() {
            runtime.block_on(server.stop());
        }
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
