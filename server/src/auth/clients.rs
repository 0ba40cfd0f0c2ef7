//! OAuth clients, and what the token endpoint gives them (RFC 6749, 4.4 and 6).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::secret::{self, Hash, Secret};
use super::tokens::{self, NewToken, Token, later};
use super::{Scopes, tenants};
use crate::clock::Timestamp;
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::service::dialect::Dialect;
use crate::store::{NOBODY, Read, Shelf, StoreError, StoreErrorKind, Write};

/// How long a refresh token is good.
pub const REFRESH_AGE: Duration = Duration::from_secs(30 * 86_400);

/// What is kept of a client, as JSON under its `client_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`
    pub id: String,
    /// The SHA-256 of the secret, in hexadecimal.
    pub hash: String,
    /// The number of the tenant.
    pub tenant: i64,
    /// What it is called in the audit trail.
    pub name: String,
    /// What it may ask for at most.
    pub scopes: String,
    /// Whether it is given refresh tokens too. RFC 6749, 4.4.3 advises against them where a
    /// client has credentials of its own, so it is a choice.
    #[serde(default)]
    pub refresh: bool,
    /// Its dialect, and that of the tokens that it gets.
    #[serde(default)]
    pub dialect: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// What a client asks for.
#[derive(Debug, Clone)]
pub enum Grant {
    /// `client_credentials`
    ClientCredentials,
    /// `refresh_token`
    Refresh(Secret),
}

/// What a client is given.
#[derive(Debug, Clone)]
pub struct Issued {
    /// `access_token`
    pub access: Secret,
    /// `refresh_token`
    pub refresh: Option<Secret>,
    /// `scope`
    pub scopes: Scopes,
    /// `expires_in`
    pub lifetime: Duration,
}

/// Why a client is given nothing (RFC 6749, 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantError {
    /// `invalid_client`
    Client,
    /// `invalid_grant`
    Grant,
    /// `invalid_scope`
    Scope,
    /// The store or the machine failed.
    Failed(ScimError),
}

/// Makes a client. The secret is given once and cannot be had again.
pub fn add(
    tx: &dyn Write,
    tenant: TenantId,
    name: &str,
    scopes: Scopes,
    refresh: bool,
    dialect: Option<Dialect>,
    now: Timestamp,
) -> Result<(Client, Secret), ScimError> {
    tokens::check_name(name)?;
    if tenants::get(tx, tenant)?.is_none() {
        return Err(ScimError::new(404, format!("there is no tenant {}", tenant.0)));
    }
    let secret = Secret::random(secret::CLIENT)?;
    let client = Client {
        id: Id::new().to_string(),
        hash: secret.hash().hex(),
        tenant: tenant.0,
        name: name.to_owned(),
        scopes: scopes.to_string(),
        refresh,
        dialect: dialect.map(|dialect| dialect.to_string()),
        created: now.0,
    };
    put(tx, &client)?;
    Ok((client, secret))
}

/// A client by its id or its name: of one tenant, or of all.
pub fn find(tx: &dyn Read, tenant: Option<TenantId>, reference: &str) -> Result<Client, ScimError> {
    let mut clients = list(tx)?;
    clients.retain(|client| tenant.is_none_or(|tenant| tenant.0 == client.tenant));
    if let Some(client) = clients.iter().find(|client| client.id == reference) {
        return Ok(client.clone());
    }
    clients.retain(|client| client.name == reference);
    match (clients.pop(), clients.is_empty()) {
        (None, _) => Err(ScimError::new(404, format!("there is no client `{reference}`"))),
        (Some(client), true) => Ok(client),
        (Some(_), false) => {
            let words = format!("more than one client is called `{reference}`; give its id");
            Err(ScimError::new(409, words))
        }
    }
}

/// Takes a client away, by its id or its name, with every token that it got.
pub fn remove(
    tx: &dyn Write,
    tenant: Option<TenantId>,
    reference: &str,
) -> Result<Client, ScimError> {
    let client = find(tx, tenant, reference)?;
    tx.remove_document(NOBODY, Shelf::Clients, &client.id)?;
    tokens::remove_where(tx, |token| token.client.as_ref() == Some(&client.id))?;
    Ok(client)
}

/// Takes all clients of a tenant away.
pub(super) fn remove_of(tx: &dyn Write, tenant: TenantId) -> Result<(), StoreError> {
    for client in list(tx)?.into_iter().filter(|client| client.tenant == tenant.0) {
        tx.remove_document(NOBODY, Shelf::Clients, &client.id)?;
    }
    Ok(())
}

/// Every client.
pub fn list(tx: &dyn Read) -> Result<Vec<Client>, StoreError> {
    tx.documents(NOBODY, Shelf::Clients)?.iter().map(|(_, body)| read(body)).collect()
}

/// Answers a grant. A refresh token that was used already takes its whole family away: either the
/// client or a thief has an old one, and nobody can say which (RFC 6749, 10.4; RFC 9700, 4.14.2).
/// That is kept, so the answer is within `Ok`.
pub fn grant(
    tx: &dyn Write,
    id: &str,
    shown: &Secret,
    grant: &Grant,
    wanted: Option<Scopes>,
    lifetime: Duration,
    now: Timestamp,
) -> Result<Result<Issued, GrantError>, StoreError> {
    let client = match tx.document(NOBODY, Shelf::Clients, id)? {
        Some(body) => read(&body)?,
        None => return Ok(Err(GrantError::Client)),
    };
    if !shown.hash().is(&client.hash) {
        return Ok(Err(GrantError::Client));
    }
    let Ok(most) = Scopes::parse(&client.scopes) else { return Ok(Err(GrantError::Scope)) };
    let (granted, family, used) = match grant {
        Grant::ClientCredentials => (most, Id::new().to_string(), None),
        Grant::Refresh(secret) => match refreshable(tx, &client, &secret.hash(), now)? {
            // Scopes that were taken from the client since are not given again.
            Some((token, family)) => {
                let scopes = Scopes::parse(&token.scopes).unwrap_or_default();
                (within(scopes, most), family, Some(token))
            }
            None => return Ok(Err(GrantError::Grant)),
        },
    };
    let scopes = wanted.unwrap_or(granted);
    if !granted.include(scopes) || scopes == Scopes::default() {
        return Ok(Err(GrantError::Scope));
    }
    if let Some(mut token) = used {
        token.used = true;
        // It is remembered as long as its successors can be: only so is a second use seen.
        token.expires = Some(later(now, REFRESH_AGE).0);
        tokens::put(tx, &token)?;
    }
    // A failure takes back that the token is used up: its successor reaches nobody.
    issue(tx, &client, scopes, granted, &family, lifetime, now).map(Ok)
}

fn issue(
    tx: &dyn Write,
    client: &Client,
    scopes: Scopes,
    granted: Scopes,
    family: &str,
    lifetime: Duration,
    now: Timestamp,
) -> Result<Issued, StoreError> {
    let keep = |prefix, scopes, lifetime, refresh| -> Result<Secret, StoreError> {
        let secret = Secret::random(prefix)
            .map_err(|error| StoreError::new(StoreErrorKind::Broken, error.to_string()))?;
        let new = NewToken {
            tenant: TenantId(client.tenant),
            name: client.name.clone(),
            scopes,
            user: None,
            dialect: None,
            lifetime: Some(lifetime),
        };
        let mut token = Token::of(&new, secret.hash(), now);
        token.dialect.clone_from(&client.dialect);
        token.client = Some(client.id.clone());
        token.family = Some(family.to_owned());
        token.refresh = refresh;
        tokens::put(tx, &token)?;
        Ok(secret)
    };
    let access = keep(secret::TOKEN, scopes, lifetime, false)?;
    // The scope of a new refresh token is that of the old one, however narrow the access token
    // (RFC 6749, 6).
    let refresh = match client.refresh {
        true => Some(keep(secret::REFRESH, granted, REFRESH_AGE, true)?),
        false => None,
    };
    Ok(Issued { access, refresh, scopes, lifetime })
}

/// A refresh token and its family; `None` if it is not good.
fn refreshable(
    tx: &dyn Write,
    client: &Client,
    hash: &Hash,
    now: Timestamp,
) -> Result<Option<(Token, String)>, StoreError> {
    let Some(token) = tokens::get(tx, hash)? else { return Ok(None) };
    let mine = token.client.as_deref() == Some(client.id.as_str());
    let Some(family) = token.family.clone() else { return Ok(None) };
    if !token.refresh || !mine || token.expired(now) {
        return Ok(None);
    }
    if token.used {
        tokens::remove_where(tx, |other| other.family.as_ref() == Some(&family))?;
        return Ok(None);
    }
    Ok(Some((token, family)))
}

fn within(scopes: Scopes, most: Scopes) -> Scopes {
    Scopes {
        read: scopes.read && most.can_read(),
        write: scopes.write && most.write,
        admin: scopes.admin && most.admin,
    }
}

fn put(tx: &dyn Write, client: &Client) -> Result<(), StoreError> {
    let body = serde_json::to_string(client)
        .map_err(|_| StoreError::new(StoreErrorKind::Broken, "a client cannot be written"))?;
    tx.put_document(NOBODY, Shelf::Clients, &client.id, &body)
}

fn read(body: &str) -> Result<Client, StoreError> {
    serde_json::from_str(body)
        .map_err(|_| StoreError::new(StoreErrorKind::Broken, "a kept client cannot be read"))
}
