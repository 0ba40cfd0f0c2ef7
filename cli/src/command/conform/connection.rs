//! How `provisor conform` reaches an endpoint: credentials, TLS, times.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use provisor_conformance::auth::{Auth, Grant, OAuth, Placement, Secret};
use provisor_conformance::http::{self, TlsOptions};
use provisor_conformance::run::Endpoint;

use crate::exit::{Failure, Stop};
use crate::output::Output;

/// Credentials come from a flag, the environment or a file; other users of the machine can read
/// flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Credentials (better in the environment or a file than in a flag)")]
pub struct Connection {
    /// The bearer token
    #[arg(long, env = "PROVISOR_CONFORM_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A file with the bearer token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The user of HTTP Basic; the password is in PROVISOR_CONFORM_PASSWORD or a file
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The password of --user
    #[arg(long, env = "PROVISOR_CONFORM_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// A file with the password of --user
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A header of the endpoint's own, as `Name: value`
    #[arg(long, env = "PROVISOR_CONFORM_HEADER", hide_env_values = true, value_name = "HEADER")]
    header: Option<String>,
    /// A file with such a header
    #[arg(long, value_name = "FILE")]
    header_file: Option<PathBuf>,
    /// An OAuth token endpoint that gives out bearer tokens
    #[arg(long, value_name = "URL", requires = "oauth_client")]
    oauth_url: Option<String>,
    /// The OAuth client's id
    #[arg(long, value_name = "ID", requires = "oauth_url")]
    oauth_client: Option<String>,
    /// The OAuth client's secret
    #[arg(
        long,
        env = "PROVISOR_CONFORM_OAUTH_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    oauth_secret: Option<String>,
    /// A file with the OAuth client's secret
    #[arg(long, value_name = "FILE")]
    oauth_secret_file: Option<PathBuf>,
    /// Where the OAuth client's secret stands
    #[arg(long, value_enum, default_value_t, value_name = "WHERE")]
    oauth_secret_in: SecretIn,
    /// The OAuth client's key in PEM, RSA or P-256, to prove itself by a signed assertion
    #[arg(long, value_name = "FILE", conflicts_with_all = ["oauth_secret", "oauth_secret_file"])]
    oauth_key: Option<PathBuf>,
    /// A refresh token, instead of client credentials
    #[arg(
        long,
        env = "PROVISOR_CONFORM_REFRESH_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    oauth_refresh_token: Option<String>,
    /// Scopes to ask for, with blanks between them
    #[arg(long, value_name = "SCOPES")]
    oauth_scope: Option<String>,
    /// A token of another tenant, for scenarios about isolation
    #[arg(
        long,
        env = "PROVISOR_CONFORM_SECOND_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    second_token: Option<String>,
    /// A token that may only read, for scenarios about scopes
    #[arg(
        long,
        env = "PROVISOR_CONFORM_READ_ONLY_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    read_only_token: Option<String>,
    #[command(flatten)]
    transport: Transport,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
struct Transport {
    /// Trust the authorities of this PEM file instead of the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Trust any certificate; for trying only
    #[arg(long, conflicts_with = "ca")]
    insecure: bool,
    /// A certificate chain in PEM by which the client proves itself (mTLS)
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The key of --cert
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Seconds that an answer may take
    #[arg(long, default_value_t = 30.0, value_name = "SECONDS")]
    timeout: f64,
    /// Requests a second, at most
    #[arg(long, value_name = "N")]
    rate: Option<f64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum SecretIn {
    /// In the Authorization header (client_secret_basic)
    #[default]
    Header,
    /// In the body (client_secret_post)
    Body,
}

impl Connection {
    /// The endpoint with its credentials.
    pub fn endpoint(&self, url: &str) -> Result<Endpoint, Stop> {
        Ok(Endpoint {
            url: url.to_owned(),
            auth: self.auth()?,
            second_tenant: self.second_token.as_ref().map(bearer),
            read_only: self.read_only_token.as_ref().map(bearer),
        })
    }

    fn auth(&self) -> Result<Auth, Stop> {
        let token = secret("token", self.token.as_deref(), self.token_file.as_deref())?;
        let header = secret("header", self.header.as_deref(), self.header_file.as_deref())?;
        let named = [self.oauth_url.is_some(), self.user.is_some(), header.is_some()];
        if named.into_iter().filter(|one| *one).count() > 1 {
            let failure = Failure::new("several ways to prove who sends are given");
            return Err(failure.help("give one of --oauth-url, --user and --header").into());
        }
        if let (Some(url), Some(client)) = (&self.oauth_url, &self.oauth_client) {
            return Ok(Auth::OAuth(self.oauth(url, client)?));
        }
        if let Some(user) = &self.user {
            let password =
                secret("password", self.password.as_deref(), self.password_file.as_deref())?;
            let password = password.ok_or_else(|| {
                let help = "set PROVISOR_CONFORM_PASSWORD, or name a file with --password-file";
                Failure::new("--user has no password").help(help)
            })?;
            return Ok(Auth::Basic { user: user.clone(), password: Secret::new(password) });
        }
        if let Some(header) = header {
            let (name, value) = header.split_once(':').ok_or_else(|| {
                Failure::new("the header has no colon").help("write it as `Name: value`")
            })?;
            let (name, value) = (name.trim().to_lowercase(), Secret::new(value));
            return Ok(Auth::Header { name, value });
        }
        Ok(token.map_or(Auth::None, |token| Auth::Bearer(Secret::new(token))))
    }

    fn oauth(&self, url: &str, client: &str) -> Result<OAuth, Stop> {
        let secret = secret(
            "oauth-secret",
            self.oauth_secret.as_deref(),
            self.oauth_secret_file.as_deref(),
        )?;
        let placement = match (&self.oauth_key, secret) {
            (Some(file), _) => Placement::Key(Secret::new(read(file)?)),
            (None, Some(secret)) => match self.oauth_secret_in {
                SecretIn::Header => Placement::Header(Secret::new(secret)),
                SecretIn::Body => Placement::Body(Secret::new(secret)),
            },
            (None, None) => Placement::Public,
        };
        let grant = match &self.oauth_refresh_token {
            Some(token) => Grant::Refresh(Secret::new(token)),
            None => Grant::ClientCredentials,
        };
        let (url, client) = (url.to_owned(), client.to_owned());
        Ok(OAuth { url, client, placement, grant, scope: self.oauth_scope.clone() })
    }

    /// How requests are made.
    pub fn http(&self, output: &Output) -> Result<http::Options, Stop> {
        let transport = &self.transport;
        if transport.insecure {
            output.complain(
                "note: --insecure trusts any certificate; whoever is on the way can read the \
                 credential",
            );
        }
        let seconds = transport.timeout;
        let timeout = Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero());
        let timeout =
            timeout.ok_or_else(|| Failure::new(format!("`{seconds}` is no time for --timeout")))?;
        if transport.rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
            return Err(Failure::new("--rate is a number above 0").into());
        }
        let defaults = http::Options::default();
        Ok(http::Options {
            timeout,
            connect_timeout: defaults.connect_timeout.min(timeout),
            rate: transport.rate,
            tls: TlsOptions {
                authorities: transport.ca.clone(),
                insecure: transport.insecure,
                client: transport.cert.clone().zip(transport.key.clone()),
            },
            ..defaults
        })
    }
}

fn bearer(token: &String) -> Auth {
    Auth::Bearer(Secret::new(token))
}

/// A secret that is given, or that of a file.
fn secret(flag: &str, given: Option<&str>, file: Option<&Path>) -> Result<Option<String>, Stop> {
    let variable = format!("PROVISOR_CONFORM_{}", flag.to_uppercase().replace('-', "_"));
    let is_flag = |given: &str| std::env::var(&variable).ok().as_deref() != Some(given);
    match (given, file) {
        (Some(given), Some(_)) if is_flag(given) => {
            let message = format!("--{flag} and --{flag}-file are both given");
            Err(Failure::new(message).help("give one of them").into())
        }
        // Whoever names a file does not mean what lies in the environment.
        (_, Some(file)) => Ok(Some(read(file)?)),
        (given, None) => Ok(given.map(str::to_owned)),
    }
}

fn read(file: &Path) -> Result<String, Stop> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::io("read", &file.display().to_string(), &error))?;
    if text.trim().is_empty() {
        return Err(Failure::new(format!("`{}` is empty", file.display())).into());
    }
    Ok(text)
}
