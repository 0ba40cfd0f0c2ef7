//! Bearer tokens as they are kept: by the hash of the secret, never the secret.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::secret::{self, Hash, NoRandomness, Secret};
use super::{Principal, Scopes, tenants};
use crate::clock::Timestamp;
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::service::dialect::Dialect;
use crate::store::{NOBODY, Read, Shelf, StoreError, StoreErrorKind, Write};

/// What is kept of a token, as JSON under its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The SHA-256 of the secret, in hexadecimal.
    pub hash: String,
    /// The number of the tenant.
    pub tenant: i64,
    /// What it is called in the audit trail; unique among the tenant's tokens that are in force.
    pub name: String,
    /// Scopes with blanks between them.
    pub scopes: String,
    /// The user that `/Me` is.
    pub user: Option<String>,
    /// When it was made, in milliseconds since 1970, as all instants here.
    pub created: i64,
    /// When it ends; `None` for one that is revoked only.
    pub expires: Option<i64>,
    /// When it was last used, to the hour; see [`Gate::flush`](super::Gate::flush).
    pub last_used: Option<i64>,
    /// The dialect of whoever has it; see [`Dialect`].
    #[serde(default)]
    pub dialect: Option<String>,
    /// The OAuth client that got it.
    pub client: Option<String>,
    /// What the refresh tokens and access tokens of one grant have in common.
    pub family: Option<String>,
    /// It is a refresh token, which opens nothing but the token endpoint.
    #[serde(default)]
    pub refresh: bool,
    /// A refresh token that was used up: a second use betrays a theft.
    #[serde(default)]
    pub used: bool,
}

/// What a new token shall be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The tenant.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// What it allows.
    pub scopes: Scopes,
    /// The user that `/Me` is.
    pub user: Option<Id>,
    /// The dialect of whoever has it; `None` for that of the tenant or the server.
    pub dialect: Option<Dialect>,
    /// How long it is good; `None` for ever.
    pub lifetime: Option<Duration>,
}

impl Token {
    /// A record of a new token.
    pub fn of(new: &NewToken, hash: Hash, now: Timestamp) -> Self {
        Self {
            hash: hash.hex(),
            tenant: new.tenant.0,
            name: new.name.clone(),
            scopes: new.scopes.to_string(),
            user: new.user.map(|id| id.to_string()),
            created: now.0,
            expires: new.lifetime.map(|lifetime| later(now, lifetime).0),
            last_used: None,
            dialect: new.dialect.map(|dialect| dialect.to_string()),
            client: None,
            family: None,
            refresh: false,
            used: false,
        }
    }

    /// What people call it by besides its name: the first digits of the hash.
    pub fn id(&self) -> String {
        Hash::short(&self.hash)
    }

    /// Whether it is past its end.
    pub fn expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now.0)
    }

    /// Who shows it. A record that cannot be read allows nothing.
    pub fn principal(&self) -> Option<Principal> {
        let user = match &self.user {
            Some(id) => Some(id.parse().ok()?),
            None => None,
        };
        let dialect = match &self.dialect {
            Some(name) => Some(name.parse().ok()?),
            None => None,
        };
        Some(Principal {
            tenant: TenantId(self.tenant),
            name: self.name.clone(),
            scopes: Scopes::parse(&self.scopes).ok()?,
            user,
            dialect,
        })
    }
}

/// Makes a token. The secret is given once and cannot be had again.
pub fn create(
    tx: &dyn Write,
    new: &NewToken,
    now: Timestamp,
) -> Result<(Secret, Token), ScimError> {
    check_name(&new.name)?;
    if new.lifetime.is_some_and(|lifetime| lifetime.is_zero()) {
        let words = "a token that is good for no time opens nothing; leave the time out for one \
                     that is good until it is revoked";
        return Err(ScimError::new(400, words));
    }
    if tenants::get(tx, new.tenant)?.is_none() {
        return Err(ScimError::new(404, format!("there is no tenant {}", new.tenant.0)));
    }
    let mine = |token: &Token| token.tenant == new.tenant.0 && token.client.is_none();
    if list(tx)?.iter().any(|t| mine(t) && t.name == new.name && !t.expired(now)) {
        return Err(ScimError::new(
            409,
            format!("there is a token `{}` already; choose another name or rotate it", new.name),
        ));
    }
    let secret = Secret::random(secret::TOKEN)?;
    let token = Token::of(new, secret.hash(), now);
    put(tx, &token)?;
    Ok((secret, token))
}

/// Makes a token of the same name, scopes and user; the old one is good for `overlap` longer, so
/// that clients can be changed over one by one.
pub fn rotate(
    tx: &dyn Write,
    reference: &str,
    overlap: Duration,
    now: Timestamp,
) -> Result<(Secret, Token), ScimError> {
    let mut old = find(tx, None, reference, now)?;
    let secret = Secret::random(secret::TOKEN)?;
    let lifetime = old.expires.map(|end| end.saturating_sub(old.created));
    let new = Token {
        hash: secret.hash().hex(),
        created: now.0,
        expires: lifetime.map(|lifetime| now.0.saturating_add(lifetime)),
        last_used: None,
        ..old.clone()
    };
    let end = later(now, overlap).0;
    old.expires = Some(old.expires.map_or(end, |at| at.min(end)));
    put(tx, &old)?;
    put(tx, &new)?;
    Ok((secret, new))
}

/// Takes tokens away: the one with an id, or all of a name, which are several after a rotation.
/// Gives one of them and how many of them were still good. Servers that have them in their cache
/// ask again within [`CACHED`](super::gate::CACHED); the one that revokes them forgets them at
/// once.
pub fn revoke(
    tx: &dyn Write,
    tenant: Option<TenantId>,
    reference: &str,
    now: Timestamp,
) -> Result<(Token, usize), ScimError> {
    let found = find(tx, tenant, reference, now)?;
    let same = |token: &Token| match is_id(&found, reference) {
        true => token.hash == found.hash,
        false => {
            let own = (&token.name, token.tenant, &token.client, token.refresh);
            own == (&found.name, found.tenant, &found.client, false)
        }
    };
    let good = list(tx)?.iter().filter(|token| same(token) && !token.expired(now)).count();
    remove_where(tx, same)?;
    Ok((found, good))
}

/// Whether a token is meant by its id.
fn is_id(token: &Token, reference: &str) -> bool {
    reference.len() >= 6 && token.hash.starts_with(reference)
}

/// Every token, refresh tokens too, in the order of names and age.
pub fn list(tx: &dyn Read) -> Result<Vec<Token>, StoreError> {
    let mut tokens = Vec::new();
    for (_, body) in tx.documents(NOBODY, Shelf::Tokens)? {
        tokens.push(read(&body)?);
    }
    tokens.sort_by(|a: &Token, b| (&a.name, a.created).cmp(&(&b.name, b.created)));
    Ok(tokens)
}

/// The token with a hash.
pub fn get(tx: &dyn Read, hash: &Hash) -> Result<Option<Token>, StoreError> {
    let Some(body) = tx.document(NOBODY, Shelf::Tokens, &hash.hex())? else { return Ok(None) };
    let token = read(&body)?;
    Ok(hash.is(&token.hash).then_some(token))
}

/// A token by its name or the first digits of its hash: of one tenant, or of all. Of tokens with
/// one name, as rotation leaves them, the newest that is in force. Refresh tokens are not found.
pub fn find(
    tx: &dyn Read,
    tenant: Option<TenantId>,
    reference: &str,
    now: Timestamp,
) -> Result<Token, ScimError> {
    let mine = |token: &Token| tenant.is_none_or(|tenant| tenant.0 == token.tenant);
    let tokens: Vec<Token> =
        list(tx)?.into_iter().filter(|token| !token.refresh && mine(token)).collect();
    if let Some(token) = tokens.iter().find(|token| is_id(token, reference)) {
        return Ok(token.clone());
    }
    let mut named = tokens.iter().filter(|token| token.name == reference && !token.expired(now));
    let Some(first) = named.next_back() else {
        return Err(ScimError::new(404, format!("there is no token `{reference}`")));
    };
    if named.any(|token| token.tenant != first.tenant || token.client != first.client) {
        let detail = format!("more than one token is called `{reference}`; give its id instead");
        return Err(ScimError::new(409, detail));
    }
    Ok(first.clone())
}

/// Keeps a token.
pub fn put(tx: &dyn Write, token: &Token) -> Result<(), StoreError> {
    let body = serde_json::to_string(token)
        .map_err(|_| StoreError::new(StoreErrorKind::Broken, "a token cannot be written"))?;
    tx.put_document(NOBODY, Shelf::Tokens, &token.hash, &body)
}

/// Takes away every token that a predicate chooses; gives how many.
pub fn remove_where(tx: &dyn Write, chosen: impl Fn(&Token) -> bool) -> Result<usize, StoreError> {
    let mut removed = 0;
    for token in list(tx)?.into_iter().filter(chosen) {
        tx.remove_document(NOBODY, Shelf::Tokens, &token.hash)?;
        removed += 1;
    }
    Ok(removed)
}

/// A name for people: something to read, on one line.
pub(super) fn check_name(name: &str) -> Result<(), ScimError> {
    let long = name.chars().count() > 100;
    if name.trim().is_empty() || long || name.chars().any(char::is_control) {
        return Err(ScimError::new(400, "a name has 1 to 100 characters and no line breaks"));
    }
    Ok(())
}

/// An instant plus a duration.
pub(super) fn later(now: Timestamp, wait: Duration) -> Timestamp {
    now.plus_millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

fn read(body: &str) -> Result<Token, StoreError> {
    serde_json::from_str(body)
        .map_err(|_| StoreError::new(StoreErrorKind::Broken, "a kept token cannot be read"))
}

impl From<NoRandomness> for ScimError {
    fn from(error: NoRandomness) -> Self {
        Self::new(500, error.to_string())
    }
}
