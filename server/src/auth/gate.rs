//! The server's own [`Authenticate`].

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::request::Parts;

use super::cache::Cache;
use super::clients::{self, Grant, GrantError, Issued};
use super::jwt::Jwt;
use super::rate::{Buckets, Rate};
use super::secret::{self, Hash};
use super::tenants;
use super::tokens::{self, Token, later};
use super::{Authenticate, BoxFuture, Challenge, Principal, Scopes, Secret, bearer};
use crate::clock::{Clock, Timestamp};
use crate::error::ScimError;
use crate::http::Peer;
use crate::http::turn::{Places, Turn};
use crate::id::TenantId;
use crate::limits;
use crate::store::{Read, Store, StoreError};

/// How long a token is believed without asking the store again: so long a revocation by another
/// process may take.
pub const CACHED: Duration = Duration::from_secs(5);
/// How exact [`last_used`](tokens::Token::last_used) is.
const LAST_USED: i64 = 3_600_000;

/// What the operator chose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Requests of one token.
    pub token_rate: Rate,
    /// Requests of one tenant.
    pub tenant_rate: Rate,
    /// Failed authentications of one address.
    pub failure_rate: Rate,
    /// How long OAuth access tokens are good.
    pub access_age: Duration,
}

/// Tells who calls, from the store's tokens and from JWTs.
pub struct Gate {
    store: Store,
    clock: Clock,
    jwt: Option<Jwt>,
    options: Options,
    cache: Cache,
    used: Mutex<HashMap<Hash, Timestamp>>,
    tokens: Buckets<Hash>,
    tenants: Buckets<TenantId>,
    token_places: Places<Hash>,
    tenant_places: Places<TenantId>,
    failures: Buckets<IpAddr>,
}

impl Gate {
    /// Over a store.
    pub fn new(store: Store, clock: Clock, options: Options, jwt: Option<Jwt>) -> Self {
        Self {
            store,
            clock,
            jwt,
            options,
            cache: Cache::default(),
            used: Mutex::new(HashMap::new()),
            tokens: Buckets::new(options.token_rate),
            tenants: Buckets::new(options.tenant_rate),
            token_places: Places::new(limits::TOKEN_REQUESTS),
            tenant_places: Places::new(limits::TENANT_REQUESTS),
            failures: Buckets::new(options.failure_rate),
        }
    }

    /// Asks the store again for every token: after a change of tokens, clients or tenants.
    pub fn forget(&self) {
        self.cache.clear();
    }

    /// The token endpoint; failures count against the peer as those of bearer tokens do.
    pub async fn grant(
        &self,
        peer: Option<IpAddr>,
        id: &str,
        secret: Secret,
        grant: Grant,
        wanted: Option<Scopes>,
    ) -> Result<Issued, GrantOrWait> {
        let now = self.clock.now();
        self.failures.check(network(peer), now).map_err(GrantOrWait::Wait)?;
        let (id, lifetime) = (id.to_owned(), self.options.access_age);
        let refreshes = matches!(grant, Grant::Refresh(_));
        let answer = self
            .store
            .write(move |tx| clients::grant(tx, &id, &secret, &grant, wanted, lifetime, now))
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => Err(GrantError::Failed(StoreError::into(error))),
        };
        if let Err(error) = &answer {
            if matches!(error, GrantError::Client | GrantError::Grant) {
                // What is left is for the next check.
                let _ = self.failures.take(network(peer), now);
            }
            if refreshes {
                // Tokens of the family may have been taken away.
                self.forget();
            }
        }
        answer.map_err(GrantOrWait::Refused)
    }

    /// Writes down when tokens were last used, at most once an hour for each, and takes away
    /// those that ended a day ago. To be called now and then; where there is nothing to write it
    /// only reads.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        let day_ago = self.clock.now().plus_millis(-86_400_000);
        let (used, ended) = self
            .store
            .read(move |tx| {
                let mut unknown = Vec::new();
                for (hash, at) in used {
                    if used_later(tx, &hash, at)?.is_some() {
                        unknown.push((hash, at));
                    }
                }
                let ended = tokens::list(tx)?.iter().any(|token| token.expired(day_ago));
                Ok::<_, StoreError>((unknown, ended))
            })
            .await?;
        if used.is_empty() && !ended {
            return Ok(());
        }
        self.store
            .write(move |tx| {
                for (hash, at) in used {
                    // Read again: it may have been revoked meanwhile.
                    if let Some(token) = used_later(tx, &hash, at)? {
                        tokens::put(tx, &token)?;
                    }
                }
                if ended {
                    tokens::remove_where(tx, |token| token.expired(day_ago))?;
                }
                Ok(())
            })
            .await
    }

    async fn ask(&self, request: &Parts) -> Result<Principal, Challenge> {
        let token = bearer::token(&request.headers, request.uri.query())?;
        let (hash, now) = (token.hash(), self.clock.now());
        let principal = match self.cache.get(&hash, now) {
            Ok(principal) => principal,
            Err(since) => {
                let peer = network(request.extensions.get::<Peer>().map(|peer| peer.address));
                // A token that was good lately passes; guesses wait.
                self.failures.check(peer, now).map_err(Challenge::too_many)?;
                let Some((principal, until)) = self.look_up(&token, &hash, now).await? else {
                    let _ = self.failures.take(peer, now);
                    return Err(Challenge::invalid_token());
                };
                let until = until.map_or(later(now, CACHED), |end| end.min(later(now, CACHED)));
                self.cache.put(hash, principal.clone(), until, now, since);
                principal
            }
        };
        self.tenants.take(principal.tenant, now).map_err(Challenge::too_many)?;
        self.tokens.take(hash, now).map_err(Challenge::too_many)?;
        if let Some(turn) = request.extensions.get::<Turn>() {
            let token = self.token_places.take(hash);
            turn.hold(token.ok_or_else(|| Challenge::too_many_at_once("token"))?);
            let tenant = self.tenant_places.take(principal.tenant);
            turn.hold(tenant.ok_or_else(|| Challenge::too_many_at_once("tenant"))?);
        }
        Ok(principal)
    }

    async fn look_up(
        &self,
        token: &Secret,
        hash: &Hash,
        now: Timestamp,
    ) -> Result<Option<(Principal, Option<Timestamp>)>, Challenge> {
        if !token.expose().starts_with(secret::TOKEN) {
            let verified = self.jwt.as_ref().and_then(|jwt| jwt.verify(token, now));
            let Some((mut principal, end)) = verified else { return Ok(None) };
            let id = principal.tenant;
            let read = self.store.read(move |tx| tenants::get(tx, id)).await;
            // The issuer knows nothing of a tenant that was removed here.
            let Some(tenant) = read.map_err(failed)? else { return Ok(None) };
            principal.dialect = tenant.dialect().map_err(failed)?;
            return Ok(Some((principal, Some(end))));
        }
        if !token.well_formed(secret::TOKEN) {
            return Ok(None);
        }
        let key = *hash;
        let kept = self
            .store
            .read(move |tx| {
                let Some(token) = tokens::get(tx, &key)? else { return Ok(None) };
                let tenant = tenants::get(tx, TenantId(token.tenant))?;
                tenant.map(|tenant| Ok((token, tenant.dialect()?))).transpose()
            })
            .await;
        let kept = kept.map_err(failed)?;
        let Some((kept, dialect)) = kept.filter(|(one, _)| !one.refresh && !one.expired(now))
        else {
            return Ok(None);
        };
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(key, now);
        let Some(mut principal) = kept.principal() else { return Ok(None) };
        principal.dialect = principal.dialect.or(dialect);
        Ok(Some((principal, kept.expires.map(Timestamp))))
    }
}

/// Why the token endpoint gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantOrWait {
    /// Too many failures from this address.
    Wait(Duration),
    /// See there.
    Refused(GrantError),
}

impl Authenticate for Gate {
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
    ) -> BoxFuture<'a, Result<Principal, Challenge>> {
        Box::pin(self.ask(request))
    }

    fn forget(&self) {
        Self::forget(self);
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate")
    }
}

/// A token with a later hour of its last use; `None` where that is kept already.
fn used_later(tx: &dyn Read, hash: &Hash, at: Timestamp) -> Result<Option<Token>, StoreError> {
    let hour = at.0 - at.0.rem_euclid(LAST_USED);
    let token = tokens::get(tx, hash)?;
    let token = token.filter(|token| token.last_used.is_none_or(|last| last < hour));
    Ok(token.map(|token| Token { last_used: Some(hour), ..token }))
}

/// The store cannot say who it is.
fn failed(error: StoreError) -> Challenge {
    ScimError::from(error).into()
}

/// What failures are counted against: an IPv4 address, or the /64 of an IPv6 address, since a
/// machine has all of those. Without a peer, all share one.
fn network(peer: Option<IpAddr>) -> IpAddr {
    match peer.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        Some(v4) => v4,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}
