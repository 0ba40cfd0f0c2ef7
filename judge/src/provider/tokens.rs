//! Which tokens are good. Nothing is limited here: how often a source asks is for the judge.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::request::Parts;
use provisor_server::auth::{Authenticate, BoxFuture, Challenge, Principal, Scopes};
use provisor_server::error::ScimError;
use provisor_server::id::TenantId;

use super::StartError;

/// Tokens of one run.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// For [`super::Inside`].
    own: String,
    lasting: Option<String>,
    client: Option<(String, String)>,
    lifetime: Duration,
    issued: Mutex<Issued>,
}

#[derive(Debug, Default)]
struct Issued {
    /// Tokens of the endpoint, with their ends.
    ends: BTreeMap<String, Instant>,
    /// The lasting token is refused as expired until this instant.
    refused_until: Option<Instant>,
}

/// How long the lasting token stays refused when tokens are made to end.
const REFUSED: Duration = Duration::from_millis(1500);

impl Tokens {
    pub(crate) fn new(lifetime: Option<Duration>) -> Result<Self, StartError> {
        let lasting = if lifetime.is_none() { Some(secret("judge_")?) } else { None };
        let client = if lifetime.is_some() {
            Some(("judged-source".to_owned(), secret("secret_")?))
        } else {
            None
        };
        let issued = Mutex::default();
        let lifetime = lifetime.unwrap_or_default();
        Ok(Self { own: secret("inside_")?, lasting, client, lifetime, issued })
    }

    pub(crate) fn own(&self) -> &str {
        &self.own
    }

    pub(crate) fn lasting(&self) -> Option<&str> {
        self.lasting.as_deref()
    }

    pub(crate) fn client(&self) -> Option<(&str, &str)> {
        self.client.as_ref().map(|(id, secret)| (id.as_str(), secret.as_str()))
    }

    /// A new token and the seconds that it is good.
    pub(crate) fn issue(&self) -> Option<(String, u64)> {
        let token = secret("short_").ok()?;
        self.issued().ends.insert(token.clone(), Instant::now() + self.lifetime);
        Some((token, self.lifetime.as_secs()))
    }

    /// Ends every token: those of the endpoint for good, the lasting one for a moment.
    pub(crate) fn expire(&self) {
        let mut issued = self.issued();
        let now = Instant::now();
        issued.ends.values_mut().for_each(|end| *end = (*end).min(now));
        issued.refused_until = Some(now + REFUSED);
    }

    fn check(&self, header: Option<&str>) -> Result<Scopes, Challenge> {
        let scopes = Scopes { read: true, write: true, admin: false };
        let Some(header) = header else { return Err(Challenge::missing()) };
        let token =
            header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = token else { return Err(Challenge::missing()) };
        let token = token.trim();
        if token == self.own {
            return Ok(scopes);
        }
        let issued = self.issued();
        let now = Instant::now();
        let good = match issued.ends.get(token) {
            Some(end) => now < *end,
            None => {
                self.lasting.as_deref() == Some(token)
                    && issued.refused_until.is_none_or(|until| now >= until)
            }
        };
        if good { Ok(scopes) } else { Err(invalid()) }
    }

    /// Whether a header has a bearer token that was never given out. One that has ended is none.
    pub(crate) fn is_strange(&self, header: Option<&str>) -> bool {
        let token = header.and_then(|header| header.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        token.map(|(_, token)| token.trim()).is_some_and(|token| {
            token != self.own
                && self.lasting.as_deref() != Some(token)
                && !self.issued().ends.contains_key(token)
        })
    }

    fn issued(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// RFC 6750, 3.1.
fn invalid() -> Challenge {
    Challenge {
        error: ScimError::new(401, "the token is unknown or has expired"),
        www_authenticate: Some(
            "Bearer realm=\"scim\", error=\"invalid_token\", \
             error_description=\"the token is unknown or has expired\""
                .to_owned(),
        ),
        retry_after: None,
    }
}

impl Authenticate for Tokens {
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
    ) -> BoxFuture<'a, Result<Principal, Challenge>> {
        let header = request.headers.get(http::header::AUTHORIZATION);
        let checked = self.check(header.and_then(|value| value.to_str().ok()));
        Box::pin(async move {
            checked.map(|scopes| Principal {
                tenant: TenantId(1),
                name: "source".to_owned(),
                scopes,
                user: None,
                dialect: None,
            })
        })
    }
}

fn secret(prefix: &str) -> Result<String, StartError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|why| StartError(format!("the machine gives no random numbers: {why}")))?;
    Ok(bytes.iter().fold(prefix.to_owned(), |text, byte| format!("{text}{byte:02x}")))
}
