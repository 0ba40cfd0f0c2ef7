//! Where tokens, clients and tenants are changed: in a database that no server uses, or at a
//! server that runs, through its admin API.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use provisor_server::clock::Timestamp;
use provisor_server::error::ScimError;
use provisor_server::run::{self, OfflineError};
use provisor_server::store::Write;
use reqwest::{Client, Method, Url, redirect};
use serde_json::Value;

use crate::exit::Failure;
use crate::tls;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The database of a server that does not run [default: provisor.db]
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    database: Option<PathBuf>,
    /// The URL of a server that runs; PROVISOR_URL does the same
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// A token with the scope admin for that server; others on this machine may see it here and
    /// not in PROVISOR_TOKEN
    #[arg(long = "token", id = "admin-token", value_name = "TOKEN")]
    token: Option<String>,
    /// Certificates in PEM: the server's must be signed by one of these, and not by one that this
    /// machine trusts
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

/// The place, found.
#[derive(Debug)]
pub enum Way {
    /// A database.
    Database(PathBuf),
    /// A server.
    Server(Box<Remote>),
}

/// The admin API of a server.
#[derive(Debug)]
pub struct Remote {
    base: Url,
    token: String,
    client: Client,
}

impl Place {
    /// What is meant: a flag before a variable, and a database before the URL of a variable.
    pub fn way(&self) -> Result<Way, Failure> {
        let variable = |name| env::var(name).ok().filter(|text| !text.is_empty());
        let url = self.server.clone().or_else(|| match self.database {
            Some(_) => None,
            None => variable("PROVISOR_URL"),
        });
        let Some(url) = url else {
            let path = self.database.clone();
            return Ok(Way::Database(path.unwrap_or_else(|| PathBuf::from("provisor.db"))));
        };
        let token = self.token.clone().or_else(|| variable("PROVISOR_TOKEN")).ok_or_else(|| {
            Failure::new("the server needs a token with the scope admin")
                .help("give `--token`, or set PROVISOR_TOKEN")
        })?;
        Remote::new(&url, token, self.ca.as_deref()).map(|remote| Way::Server(Box::new(remote)))
    }
}

impl Remote {
    fn new(url: &str, token: String, ca: Option<&Path>) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::new(format!("`{url}` is no URL of a server")).why(why);
        let mut base: Url = url.parse().map_err(|_| {
            wrong("it cannot be read").help("write it as in `http://127.0.0.1:8080`")
        })?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(wrong("it does not begin with `https://` or `http://`"));
        }
        let path = format!("{}/admin/v1/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        base.set_query(None);
        // The token goes to the server that is named, and to nobody else.
        let client =
            Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(PATIENCE);
        let client = tls::trusting(client, ca)?
            .build()
            .map_err(|error| Failure::new("no request can be made").why(error.to_string()))?;
        Ok(Self { base, token: token.trim().to_owned(), client })
    }

    /// Asks the admin API: a path by its segments, a body or none. Null where the answer has no
    /// body.
    pub fn call(
        &self,
        method: &str,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new("no request can be made").why(error.to_string()))?;
        runtime.block_on(self.send(method, path, body))
    }

    async fn send(
        &self,
        method: &str,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // A segment is escaped, so that a name may be anything.
            segments.pop_if_empty().extend(path);
        }
        let shown = || format!("the server at {} did not do it", self.base.authority());
        let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET);
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let unreached = |error: reqwest::Error| {
            let failure = Failure::new(shown());
            if let Some(why) = tls::refusal(&error) {
                return failure.why(why).help(
                    "is this its name? if its certificate is one of your own, name it or its \
                     authority with `--ca`",
                );
            }
            let why = match error.is_timeout() {
                true => "it did not answer in time",
                false => "it could not be reached",
            };
            failure.why(why).help("is it running, and is this its address?")
        };
        let response = request.send().await.map_err(unreached)?;
        let status = response.status();
        let text = response.text().await.map_err(unreached)?;
        let answer: Value = match text.is_empty() {
            true => Value::Null,
            false => serde_json::from_str(&text).unwrap_or(Value::Null),
        };
        if status.is_success() {
            return Ok(answer);
        }
        let detail = answer.get("detail").and_then(Value::as_str);
        let why = detail.map_or_else(|| format!("it answers {status}"), str::to_owned);
        Err(Failure::new(shown()).why(why))
    }
}

/// Works on a database that no server uses. A server in the way is told of, and how to ask it.
pub fn offline<T: Send + 'static>(
    database: &Path,
    work: impl FnOnce(&dyn Write, Timestamp) -> Result<T, ScimError> + Send + 'static,
) -> Result<T, Failure> {
    run::offline(database, work).map_err(|error| {
        let failure = Failure::new("this could not be done").why(error.to_string());
        match error {
            OfflineError::InUse(_) => failure.help(
                "change it while the server runs: `--server http://127.0.0.1:8080`, with a token \
                 with the scope admin in `--token` or PROVISOR_TOKEN",
            ),
            OfflineError::Failed(_) => failure,
        }
    })
}

/// A text of an answer; empty where there is none.
pub fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of an answer.
pub fn list<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
