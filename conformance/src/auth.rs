//! How requests prove who sends them: the credentials of a run, by which every request goes.

mod oauth;
mod secret;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::http::{ClientError, Options, Proof};

pub use oauth::{Grant, OAuth, Placement};
pub use secret::Secret;

/// One way to prove it.
#[derive(Debug, Clone, Default)]
pub enum Auth {
    /// None: the endpoint asks for nothing.
    #[default]
    None,
    /// A bearer token (RFC 6750).
    Bearer(Secret),
    /// A user and a password (RFC 7617).
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A header of the endpoint's own.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: Secret,
    },
    /// Bearer tokens that a token endpoint gives out (RFC 6749).
    OAuth(OAuth),
}

impl Auth {
    /// The header that proves it, with something else in the secret's place.
    pub(crate) fn shown(&self, instead: &str) -> Option<Proof> {
        let header = |way: &str| ("authorization".to_owned(), format!("{way} {instead}"));
        match self {
            Self::None => None,
            Self::Bearer(_) | Self::OAuth(_) => Some(header("Bearer")),
            Self::Basic { .. } => Some(header("Basic")),
            Self::Header { name, .. } => Some((name.clone(), instead.to_owned())),
        }
    }

    /// The same sort of header with what no server gave out.
    pub(crate) fn invalid(&self) -> Proof {
        const NOBODY: &str = "not-a-token-of-this-server";
        match self {
            Self::Basic { .. } => basic(NOBODY, NOBODY),
            Self::Header { name, .. } => (name.clone(), NOBODY.to_owned()),
            _ => bearer(&Secret::new(NOBODY)),
        }
    }

    /// What no report may show.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let all = match self {
            Self::None => Vec::new(),
            Self::Bearer(one)
            | Self::Basic { password: one, .. }
            | Self::Header { value: one, .. } => vec![one],
            Self::OAuth(oauth) => oauth.secrets(),
        };
        all.into_iter().map(|one| one.show().to_owned()).collect()
    }
}

/// A way to prove it that is ready for requests; tokens are fetched when they are needed.
#[derive(Debug)]
pub(crate) struct Prover {
    auth: Auth,
    tokens: Option<oauth::Tokens>,
}

impl Prover {
    pub(crate) fn new(auth: Auth, options: &Options) -> Result<Self, ClientError> {
        let tokens = match &auth {
            Auth::OAuth(oauth) => Some(oauth::Tokens::new(oauth.clone(), options)?),
            _ => None,
        };
        Ok(Self { auth, tokens })
    }

    /// The header of a request that is sent now.
    pub(crate) async fn proof(&self) -> Result<Option<Proof>, ClientError> {
        Ok(match (&self.auth, &self.tokens) {
            (_, Some(tokens)) => Some(bearer(&tokens.valid().await?)),
            (Auth::Bearer(token), _) => Some(bearer(token)),
            (Auth::Basic { user, password }, _) => Some(basic(user, password.show())),
            (Auth::Header { name, value }, _) => Some((name.clone(), value.show().to_owned())),
            (Auth::None | Auth::OAuth(_), None) => None,
        })
    }

    /// After an answer 401: whether another token is worth a try.
    pub(crate) async fn refused(&self) -> bool {
        match &self.tokens {
            Some(tokens) => tokens.forget().await,
            None => false,
        }
    }
}

fn bearer(token: &Secret) -> Proof {
    ("authorization".to_owned(), format!("Bearer {}", token.show()))
}

fn basic(user: &str, password: &str) -> Proof {
    ("authorization".to_owned(), format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}
