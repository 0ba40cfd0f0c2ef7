//! JWTs of an issuer that the operator trusts (RFC 7519, RFC 8725).
//!
//! The keys come from a JWKS file that the operator refreshes; it is read again when it changes.
//! Only algorithms of public keys are accepted: a public key must never pass as the secret of an
//! HMAC (RFC 8725, 3.1).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::{Principal, Scopes, Secret};
use crate::clock::Timestamp;
use crate::id::TenantId;

/// Bytes of a JWKS file at most.
const LARGEST: u64 = 1024 * 1024;

/// The accepted algorithms.
pub const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What the operator trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The file with the public keys.
    pub jwks: PathBuf,
    /// The `iss` that a token must have.
    pub issuer: String,
    /// The `aud` that a token must have.
    pub audience: String,
    /// Seconds by which clocks may differ.
    pub leeway: u64,
    /// The claim that tells the scopes, a text with blanks or a list; names that are not scopes of
    /// this server are passed over.
    pub scope_claim: String,
    /// The claim that tells the tenant; `None`: all tokens are of `tenants[""]`.
    pub tenant_claim: Option<String>,
    /// Which value of that claim is which tenant. A value that is not here is refused.
    pub tenants: BTreeMap<String, TenantId>,
}

/// Checks JWTs.
#[derive(Debug)]
pub struct Jwt {
    options: Options,
    keys: Mutex<Option<(SystemTime, Arc<JwkSet>)>>,
    /// What was last said of a file that cannot be read: a mistake is told once.
    said: Mutex<Option<String>>,
}

impl Jwt {
    /// With the keys of the file, which must be there.
    pub fn new(options: Options) -> Result<Self, String> {
        let jwt = Self { options, keys: Mutex::new(None), said: Mutex::new(None) };
        jwt.keys()?;
        Ok(jwt)
    }

    /// Whom a token stands for and until when, if it is good now.
    pub fn verify(&self, token: &Secret, now: Timestamp) -> Option<(Principal, Timestamp)> {
        let header = decode_header(token.expose()).ok()?;
        if !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let keys = self.keys().ok()?;
        let key = choose(&keys, header.kid.as_deref(), header.alg)?;
        let claims = decode::<Map<String, Value>>(
            token.expose(),
            &DecodingKey::from_jwk(key).ok()?,
            &self.validation(header.alg),
        )
        .ok()?
        .claims;
        let until = self.in_force(&claims, now)?;
        Some((self.principal(&claims)?, until))
    }

    /// Instants are checked by [`in_force`](Self::in_force), with the clock of the server.
    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.options.issuer]);
        validation.set_audience(&[&self.options.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    /// `exp` and `nbf`, with leeway; gives the end.
    fn in_force(&self, claims: &Map<String, Value>, now: Timestamp) -> Option<Timestamp> {
        let millis = |claim: &str| claims.get(claim)?.as_f64().map(|s| (s * 1000.0) as i64);
        let leeway = i64::try_from(self.options.leeway).ok()?.checked_mul(1000)?;
        let end = Timestamp(millis("exp")?).plus_millis(leeway);
        if claims.contains_key("nbf") && millis("nbf")? > now.plus_millis(leeway).0 {
            return None;
        }
        (now < end).then_some(end)
    }

    fn principal(&self, claims: &Map<String, Value>) -> Option<Principal> {
        let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
        let value = match &self.options.tenant_claim {
            Some(claim) => text(claim)?,
            None => "",
        };
        let tenant = *self.options.tenants.get(value)?;
        let names: Vec<&str> = match claims.get(&self.options.scope_claim)? {
            Value::String(names) => names.split(' ').collect(),
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        let known: Vec<&str> =
            names.into_iter().filter(|name| super::scope::NAMES.contains(name)).collect();
        // A good token without a scope of this server is refused as `insufficient_scope`.
        let scopes = Scopes::parse(&known.join(" ")).unwrap_or_default();
        let name = text("client_id").or_else(|| text("azp")).or_else(|| text("sub"))?;
        let name = name.chars().filter(|c| !c.is_control()).take(100).collect();
        Some(Principal { tenant, name, scopes, user: None, dialect: None })
    }

    /// The keys, read again if the file changed. While a new file cannot be read, the old keys
    /// count.
    fn keys(&self) -> Result<Arc<JwkSet>, String> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let read = self.read(keys.as_ref().map(|(at, _)| *at));
        self.tell(read.as_ref().err());
        match read {
            Ok(Some((at, new))) => {
                let new = Arc::new(new);
                *keys = Some((at, Arc::clone(&new)));
                Ok(new)
            }
            other => match (&*keys, other) {
                (Some((_, old)), _) => Ok(Arc::clone(old)),
                (None, Err(why)) => Err(why),
                (None, Ok(_)) => Err("there are no keys".to_owned()),
            },
        }
    }

    /// Tells the operator of a file that cannot be read, and that it can be read again, once.
    fn tell(&self, why: Option<&String>) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.as_ref() == why {
            return;
        }
        match why {
            Some(why) => tracing::error!(%why, "the keys of JWTs from before stay in use"),
            None => tracing::info!("the keys of JWTs are read again"),
        }
        metrics::gauge!("provisor_jwks_stale").set(if why.is_some() { 1.0 } else { 0.0 });
        *said = why.cloned();
    }

    fn read(&self, known: Option<SystemTime>) -> Result<Option<(SystemTime, JwkSet)>, String> {
        let path = &self.options.jwks;
        let failed = |why: &dyn std::fmt::Display| {
            format!("cannot read the JWKS file `{}`: {why}", path.display())
        };
        let metadata = std::fs::metadata(path).map_err(|error| failed(&error))?;
        let changed = metadata.modified().map_err(|error| failed(&error))?;
        if known == Some(changed) {
            return Ok(None);
        }
        if metadata.len() > LARGEST {
            return Err(failed(&"it is larger than 1 MiB"));
        }
        let bytes = std::fs::read(path).map_err(|error| failed(&error))?;
        let keys = serde_json::from_slice(&bytes).map_err(|error| failed(&error))?;
        Ok(Some((changed, keys)))
    }
}

/// By `kid`; without one only where the set leaves no choice.
fn choose<'a>(keys: &'a JwkSet, kid: Option<&str>, algorithm: Algorithm) -> Option<&'a Jwk> {
    let mut fitting = keys.keys.iter().filter(|key| {
        kid.is_none_or(|kid| key.common.key_id.as_deref() == Some(kid))
            && !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption))
            && key.common.key_algorithm.is_none_or(|of| of.to_string() == format!("{algorithm:?}"))
    });
    let first = fitting.next()?;
    if fitting.next().is_some() { None } else { Some(first) }
}
