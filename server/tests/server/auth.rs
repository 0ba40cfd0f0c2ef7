//! Authentication, as seen from outside: RFC 6749, RFC 6750, tenants, rates.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::task::{Context, Waker};

use http::Request;
use http::request::Parts;
use provisor_server::auth::clients::{self, Grant, GrantError};
use provisor_server::auth::gate::{GrantOrWait, Options};
use provisor_server::auth::jwt::{self, Jwt};
use provisor_server::auth::rate::Rate;
use provisor_server::auth::tokens::{self, NewToken, Token};
use provisor_server::auth::{Authenticate, Challenge, Gate, Principal, Scopes, Secret, tenants};
use provisor_server::clock::{Clock, Timestamp};
use provisor_server::error::ScimError;
use provisor_server::id::{Kind, TenantId};
use provisor_server::service::dialect::Dialect;
use provisor_server::store::sqlite::{self, Sqlite};
use provisor_server::store::{Backend, ReadJob, Store, Write, WriteJob};
use serde_json::json;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const FREE: Rate = Rate { per_second: 0.0, burst: 0.0 };

const RATES: Options =
    Options { token_rate: FREE, tenant_rate: FREE, failure_rate: FREE, access_age: HOUR };

/// A gate over a store of its own, with a clock that the test holds.
struct World {
    store: Store,
    now: Arc<AtomicI64>,
    gate: Gate,
}

/// What is done in a store, and whether what was read is kept back.
#[derive(Default)]
struct Doings {
    reads: AtomicUsize,
    writes: AtomicUsize,
    held: AtomicBool,
}

/// A store that is watched.
struct Watched(Sqlite, Arc<Doings>);

impl Backend for Watched {
    fn read(&self, job: ReadJob) {
        let doings = Arc::clone(&self.1);
        self.0.read(Box::new(move |snapshot| {
            // From the first look on the snapshot stays as it is.
            let looked = snapshot.as_ref().map(|read| read.count(tenants::DEFAULT, Kind::User));
            assert!(matches!(looked, Ok(Ok(_))));
            doings.reads.fetch_add(1, Ordering::SeqCst);
            while doings.held.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
            job(snapshot);
        }));
    }

    fn write(&self, job: Box<dyn WriteJob>) {
        self.1.writes.fetch_add(1, Ordering::SeqCst);
        self.0.write(job);
    }
}

impl World {
    async fn new() -> Self {
        Self::with(RATES).await
    }

    async fn with(options: Options) -> Self {
        Self::over(Sqlite::temporary(&sqlite::Options::default()).unwrap(), options, None).await
    }

    async fn over(backend: impl Backend, options: Options, jwt: Option<Jwt>) -> Self {
        let store = Store::new(backend);
        let now = Arc::new(AtomicI64::new(1_800_000_000_000));
        let read = Arc::clone(&now);
        let clock = Clock::of(move || Timestamp(read.load(Ordering::SeqCst)));
        let gate = Gate::new(store.clone(), clock, options, jwt);
        let world = Self { store, now, gate };
        world.change(|tx, now| Ok(tenants::ensure_default(tx, now)?)).await.unwrap();
        world
    }

    async fn watched() -> (Self, Arc<Doings>) {
        let sqlite = Sqlite::temporary(&sqlite::Options::default()).unwrap();
        let doings = Arc::new(Doings::default());
        (Self::over(Watched(sqlite, Arc::clone(&doings)), RATES, None).await, doings)
    }

    fn pass(&self, time: Duration) {
        self.now.fetch_add(time.as_millis() as i64, Ordering::SeqCst);
    }

    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Write, Timestamp) -> Result<T, ScimError> + Send + 'static,
    ) -> Result<T, ScimError> {
        let now = Timestamp(self.now.load(Ordering::SeqCst));
        self.store.write(move |tx| work(tx, now)).await
    }

    async fn token(&self, name: &str, scopes: &str, lifetime: Option<Duration>) -> Secret {
        let (name, scopes) = (name.to_owned(), Scopes::parse(scopes).unwrap());
        let made = self.change(move |tx, now| {
            let tenant = tenants::DEFAULT;
            tokens::create(
                tx,
                &NewToken { tenant, name, scopes, user: None, dialect: None, lifetime },
                now,
            )
        });
        made.await.unwrap().0
    }

    async fn show(&self, secret: &Secret) -> Result<Principal, Challenge> {
        self.gate.authenticate(&head(secret.expose())).await
    }

    async fn status(&self, secret: &Secret) -> u16 {
        self.show(secret).await.map_or_else(|refused| refused.error.status, |_| 200)
    }

    async fn client(&self, scopes: &str, refresh: bool) -> (String, Secret) {
        let scopes = Scopes::parse(scopes).unwrap();
        let made = self.change(move |tx, now| {
            clients::add(tx, tenants::DEFAULT, "okta", scopes, refresh, None, now)
        });
        let (client, secret) = made.await.unwrap();
        (client.id, secret)
    }

    async fn refresh(
        &self,
        client: &(String, Secret),
        token: &Secret,
        wanted: Option<Scopes>,
    ) -> Result<clients::Issued, GrantOrWait> {
        let grant = Grant::Refresh(token.clone());
        self.gate.grant(None, &client.0, client.1.clone(), grant, wanted).await
    }

    async fn issue(&self, client: &(String, Secret)) -> clients::Issued {
        let grant = Grant::ClientCredentials;
        self.gate.grant(None, &client.0, client.1.clone(), grant, None).await.unwrap()
    }
}

fn head(token: &str) -> Parts {
    let request = Request::get("/scim/v2/Users").header("Authorization", format!("Bearer {token}"));
    request.body(()).unwrap().into_parts().0
}

#[tokio::test]
async fn a_token_names_tenant_scopes_and_itself() {
    let world = World::new().await;
    let secret = world.token("okta", "scim:read", None).await;
    let principal = world.show(&secret).await.unwrap();
    assert_eq!(principal.tenant, tenants::DEFAULT);
    assert_eq!(
        (principal.name.as_str(), principal.scopes.to_string()),
        ("okta", "scim:read".into())
    );
}

#[tokio::test]
async fn only_the_hash_is_kept() {
    let world = World::new().await;
    let secret = world.token("okta", "admin", None).await;
    let kept = world.change(|tx, _| Ok(tokens::list(tx)?)).await.unwrap();
    let text = serde_json::to_string(&kept).unwrap();
    assert!(!text.contains(secret.expose()), "the secret is in the store");
    assert_eq!(kept[0].hash, secret.hash().hex());
}

#[tokio::test]
async fn unknown_changed_and_ended_tokens_are_401_invalid_token() {
    let world = World::new().await;
    let secret = world.token("okta", "scim:write", Some(HOUR)).await;
    for wrong in [
        Secret::random("pvr_").unwrap(),
        Secret::new(format!("{}x", secret.expose())),
        Secret::new("eyJhbGciOiJub25lIn0.e30."),
        Secret::new(secret.hash().hex()),
    ] {
        let refused = world.show(&wrong).await.unwrap_err();
        assert_eq!(refused.error.status, 401);
        assert!(refused.www_authenticate.unwrap().contains("error=\"invalid_token\""));
    }
    assert_eq!(world.status(&secret).await, 200);
    world.pass(HOUR);
    assert_eq!(world.status(&secret).await, 401, "the cache outlives no token");
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_here_and_soon_elsewhere() {
    let world = World::new().await;
    let (one, two) =
        (world.token("one", "admin", None).await, world.token("two", "admin", None).await);
    assert_eq!((world.status(&one).await, world.status(&two).await), (200, 200));
    world.change(|tx, now| tokens::revoke(tx, None, "one", now)).await.unwrap();
    world.gate.forget();
    assert_eq!((world.status(&one).await, world.status(&two).await), (401, 200));
    // As another process does it.
    world.change(|tx, now| tokens::revoke(tx, None, "two", now)).await.unwrap();
    world.pass(provisor_server::auth::gate::CACHED);
    assert_eq!(world.status(&two).await, 401);
}

#[tokio::test]
async fn a_token_that_is_revoked_while_it_is_looked_up_is_not_remembered() {
    let (world, doings) = World::watched().await;
    let secret = world.token("okta", "scim:read", None).await;
    let (parts, before) = (head(secret.expose()), doings.reads.load(Ordering::SeqCst));
    doings.held.store(true, Ordering::SeqCst);
    let mut asking = world.gate.authenticate(&parts);
    let mut context = Context::from_waker(Waker::noop());
    assert!(asking.as_mut().poll(&mut context).is_pending());
    while doings.reads.load(Ordering::SeqCst) == before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    world.change(|tx, now| tokens::revoke(tx, None, "okta", now)).await.unwrap();
    world.gate.forget();
    doings.held.store(false, Ordering::SeqCst);
    assert!(asking.await.is_ok(), "it was good when it was looked up");
    assert_eq!(world.status(&secret).await, 401);
}

#[tokio::test]
async fn revoking_a_name_takes_every_token_of_it_and_an_id_only_that_one() {
    let world = World::new().await;
    let one = world.token("okta", "scim:read", None).await;
    let two = world.change(|tx, now| tokens::rotate(tx, "okta", HOUR, now)).await.unwrap().0;
    let (three, token) =
        world.change(|tx, now| tokens::rotate(tx, "okta", HOUR, now)).await.unwrap();
    let other = world.token("hr", "scim:read", None).await;
    let id = token.id();
    let by_id = world.change(move |tx, now| tokens::revoke(tx, None, &id, now)).await.unwrap();
    world.gate.forget();
    assert_eq!((by_id.1, world.status(&three).await, world.status(&two).await), (1, 401, 200));
    let by_name = world.change(|tx, now| tokens::revoke(tx, None, "okta", now)).await.unwrap();
    world.gate.forget();
    assert_eq!(by_name.1, 2);
    assert_eq!((world.status(&one).await, world.status(&two).await), (401, 401));
    assert_eq!(world.status(&other).await, 200);
}

#[tokio::test]
async fn requests_of_one_token_at_the_same_time_are_limited() {
    use provisor_server::http::turn::Turn;
    use provisor_server::limits::{TENANT_REQUESTS, TOKEN_REQUESTS};
    let world = World::new().await;
    let (one, two) =
        (world.token("one", "scim:read", None).await, world.token("two", "scim:read", None).await);
    let three = world.token("three", "scim:read", None).await;
    let ask = async |secret: &Secret| {
        let (mut parts, turn) = (head(secret.expose()), Turn::default());
        parts.extensions.insert(turn.clone());
        world.gate.authenticate(&parts).await.map(|_| turn)
    };
    let mut under_way = Vec::new();
    for _ in 0..TOKEN_REQUESTS {
        under_way.push(ask(&one).await.unwrap());
    }
    let refused = ask(&one).await.unwrap_err();
    assert_eq!((refused.error.status, refused.retry_after), (429, Some(Duration::from_secs(1))));
    for _ in TOKEN_REQUESTS..TENANT_REQUESTS {
        under_way.push(ask(&two).await.unwrap());
    }
    assert_eq!(ask(&three).await.unwrap_err().error.status, 429, "the tenant has had its share");
    under_way[0].free();
    assert!(ask(&one).await.is_ok(), "an answered request makes room");
}

#[tokio::test]
async fn after_rotation_both_are_good_until_the_overlap_ends() {
    let world = World::new().await;
    let old = world.token("okta", "scim:read", None).await;
    let new = world.change(|tx, now| tokens::rotate(tx, "okta", HOUR, now)).await.unwrap().0;
    assert_eq!((world.status(&old).await, world.status(&new).await), (200, 200));
    world.pass(HOUR);
    assert_eq!((world.status(&old).await, world.status(&new).await), (401, 200));
    world.change(|tx, now| tokens::revoke(tx, None, "okta", now)).await.unwrap();
    world.gate.forget();
    assert_eq!(world.status(&new).await, 401, "the name means the one in force");
}

#[tokio::test]
async fn last_use_is_kept_to_the_hour() {
    let world = World::new().await;
    let secret = world.token("okta", "scim:read", None).await;
    world.show(&secret).await.unwrap();
    world.gate.flush().await.unwrap();
    let kept: Vec<Token> = world.change(|tx, _| Ok(tokens::list(tx)?)).await.unwrap();
    let used = kept[0].last_used.unwrap();
    assert_eq!(used % 3_600_000, 0);
    assert!(used <= 1_800_000_000_000);
}

#[tokio::test]
async fn where_there_is_nothing_to_write_down_nothing_is_written() {
    let (world, doings) = World::watched().await;
    let secret = world.token("okta", "scim:read", Some(HOUR)).await;
    let flushed = async || {
        let before = doings.writes.load(Ordering::SeqCst);
        world.gate.flush().await.unwrap();
        doings.writes.load(Ordering::SeqCst) - before
    };
    assert_eq!(flushed().await, 0, "no token was used, and none has ended");
    world.show(&secret).await.unwrap();
    assert_eq!(flushed().await, 1);
    world.gate.forget();
    world.show(&secret).await.unwrap();
    assert_eq!(flushed().await, 0, "it is known of this hour");
    world.pass(25 * HOUR);
    assert_eq!(flushed().await, 1);
    assert!(world.change(|tx, _| Ok(tokens::list(tx)?)).await.unwrap().is_empty());
}

#[tokio::test]
async fn tenants_have_their_own_tokens_and_lose_them_when_removed() {
    let world = World::new().await;
    let acme = world.change(|tx, now| tenants::add(tx, "Acme", now)).await.unwrap();
    let again = world.change(|tx, now| tenants::add(tx, "ACME", now)).await.unwrap_err();
    assert_eq!(again.status, 409, "names compare without regard to case");
    let tenant = TenantId(acme.number);
    let new = NewToken {
        tenant,
        name: "okta".to_owned(),
        scopes: Scopes::SCIM,
        user: None,
        dialect: None,
        lifetime: None,
    };
    let secret = world.change(move |tx, now| tokens::create(tx, &new, now)).await.unwrap().0;
    assert_eq!(world.show(&secret).await.unwrap().tenant, tenant);
    world.change(|tx, _| tenants::remove(tx, "acme")).await.unwrap();
    world.gate.forget();
    assert_eq!(world.status(&secret).await, 401);
    let next = world.change(|tx, now| tenants::add(tx, "acme", now)).await.unwrap();
    assert_ne!(next.number, acme.number, "a number is never given again");
}

#[tokio::test]
async fn too_many_requests_are_429_and_say_when_to_come_back() {
    let rate = Rate { per_second: 1.0, burst: 2.0 };
    let options =
        Options { token_rate: rate, tenant_rate: FREE, failure_rate: rate, access_age: HOUR };
    let world = World::with(options).await;
    let secret = world.token("okta", "scim:read", None).await;
    assert_eq!((world.status(&secret).await, world.status(&secret).await), (200, 200));
    let refused = world.show(&secret).await.unwrap_err();
    assert_eq!((refused.error.status, refused.retry_after), (429, Some(Duration::from_secs(1))));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.status(&secret).await, 200);
    // Guesses: two, then none; whoever was let in before still is.
    let guess = Secret::random("pvr_").unwrap();
    assert_eq!((world.status(&guess).await, world.status(&guess).await), (401, 401));
    assert_eq!(world.status(&guess).await, 429);
    world.pass(Duration::from_secs(2));
    assert_eq!(world.status(&secret).await, 200);
}

#[tokio::test]
async fn client_credentials_give_a_token_of_the_clients_scopes() {
    let world = World::new().await;
    let client = world.client("scim:read scim:write", false).await;
    let issued = world.issue(&client).await;
    assert_eq!((issued.lifetime, issued.scopes), (HOUR, Scopes::SCIM));
    assert!(issued.refresh.is_none(), "RFC 6749, 4.4.3");
    assert_eq!(world.show(&issued.access).await.unwrap().name, "okta");
    world.pass(HOUR);
    assert_eq!(world.status(&issued.access).await, 401);
}

#[tokio::test]
async fn a_wrong_secret_and_a_scope_too_wide_give_nothing() {
    let world = World::new().await;
    let (id, secret) = world.client("scim:read", false).await;
    let ask = |id: &str, secret: &Secret, wanted| {
        let (id, secret) = (id.to_owned(), secret.clone());
        let gate = &world.gate;
        async move { gate.grant(None, &id, secret, Grant::ClientCredentials, wanted).await.err() }
    };
    let refused = |error| Some(GrantOrWait::Refused(error));
    let other = Secret::random("pvrs_").unwrap();
    assert_eq!(ask(&id, &other, None).await, refused(GrantError::Client));
    assert_eq!(ask("nobody", &secret, None).await, refused(GrantError::Client));
    assert_eq!(ask(&id, &secret, Some(Scopes::ALL)).await, refused(GrantError::Scope));
    let read = Scopes::parse("scim:read").unwrap();
    assert_eq!(ask(&id, &secret, Some(read)).await, None);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_second_use_takes_all_away() {
    let world = World::new().await;
    let client = world.client("scim:read scim:write", true).await;
    let first = world.issue(&client).await;
    let old = first.refresh.unwrap();
    assert_eq!(world.status(&old).await, 401, "a refresh token opens nothing else");
    let second = world.refresh(&client, &old, None).await.unwrap();
    let new = second.refresh.clone().unwrap();
    assert_ne!(old, new);
    assert_eq!(world.status(&second.access).await, 200);
    // RFC 6749, 10.4: one of two who have the old one is a thief.
    let refused = GrantOrWait::Refused(GrantError::Grant);
    assert_eq!(world.refresh(&client, &old, None).await.unwrap_err(), refused);
    assert_eq!(world.refresh(&client, &new, None).await.unwrap_err(), refused);
    assert_eq!((world.status(&first.access).await, world.status(&second.access).await), (401, 401));
}

#[tokio::test]
async fn a_refresh_that_fails_does_not_use_the_token_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let sqlite = Sqlite::open(&path, &sqlite::Options::default()).unwrap();
    let world = World::over(sqlite, RATES, None).await;
    let client = world.client("scim:read", true).await;
    let old = world.issue(&client).await.refresh.unwrap();
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch(
        "CREATE TRIGGER fails BEFORE INSERT ON documents WHEN NEW.body LIKE '%\"used\":false%' \
         BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    .unwrap();
    let refused = world.refresh(&client, &old, None).await.unwrap_err();
    assert!(matches!(refused, GrantOrWait::Refused(GrantError::Failed(_))), "{refused:?}");
    conn.execute_batch("DROP TRIGGER fails").unwrap();
    assert!(world.refresh(&client, &old, None).await.is_ok(), "nobody got its successor");
}

#[tokio::test]
async fn refreshing_narrows_the_access_token_only_and_never_widens() {
    let world = World::new().await;
    let client = world.client("scim:read scim:write", true).await;
    let first = world.issue(&client).await.refresh.unwrap();
    let wide = world.refresh(&client, &first, Some(Scopes::ALL)).await.unwrap_err();
    assert_eq!(wide, GrantOrWait::Refused(GrantError::Scope));
    // What was refused did not use the token up. RFC 6749, 6: the new refresh token is as wide.
    let read = Scopes::parse("scim:read").unwrap();
    let second = world.refresh(&client, &first, Some(read)).await.unwrap();
    assert_eq!(world.show(&second.access).await.unwrap().scopes, read);
    let third = world.refresh(&client, &second.refresh.unwrap(), None).await.unwrap();
    assert_eq!(third.scopes, Scopes::SCIM);
}

#[tokio::test]
async fn a_refresh_token_is_good_for_its_client_only() {
    let world = World::new().await;
    let (mine, other) =
        (world.client("scim:read", true).await, world.client("scim:read", true).await);
    let token = world.issue(&mine).await.refresh.unwrap();
    let refused = GrantOrWait::Refused(GrantError::Grant);
    assert_eq!(world.refresh(&other, &token, None).await.unwrap_err(), refused);
    assert!(world.refresh(&mine, &token, None).await.is_ok(), "and the attempt took nothing away");
}

#[tokio::test]
async fn a_removed_client_takes_its_tokens_along() {
    let world = World::new().await;
    let client = world.client("scim:read", false).await;
    let issued = world.issue(&client).await;
    world.change(move |tx, _| clients::remove(tx, None, &client.0)).await.unwrap();
    world.gate.forget();
    assert_eq!(world.status(&issued.access).await, 401);
}

#[tokio::test]
async fn a_dialect_is_that_of_the_token_before_that_of_its_tenant() {
    let world = World::new().await;
    let (plain, own) = (world.token("plain", "scim:write", None).await, {
        let new = NewToken {
            tenant: tenants::DEFAULT,
            name: "entra".to_owned(),
            scopes: Scopes::SCIM,
            user: None,
            dialect: Some(Dialect::Entra),
            lifetime: None,
        };
        world.change(move |tx, now| tokens::create(tx, &new, now)).await.unwrap().0
    });
    let dialects = async || {
        world.gate.forget();
        let of = async |secret| world.show(secret).await.unwrap().dialect;
        (of(&plain).await, of(&own).await)
    };
    assert_eq!(dialects().await, (None, Some(Dialect::Entra)));
    let set = |dialect| {
        world.change(move |tx, _| tenants::set_dialect(tx, "default", dialect).map(|_| ()))
    };
    set(Some(Dialect::Okta)).await.unwrap();
    assert_eq!(dialects().await, (Some(Dialect::Okta), Some(Dialect::Entra)));
    set(None).await.unwrap();
    assert_eq!(dialects().await, (None, Some(Dialect::Entra)));
    // Rotation keeps it.
    let rotated = world.change(|tx, now| tokens::rotate(tx, "entra", HOUR, now)).await.unwrap().0;
    assert_eq!(world.show(&rotated).await.unwrap().dialect, Some(Dialect::Entra));
}

#[tokio::test]
async fn the_tokens_of_a_client_have_its_dialect() {
    let world = World::new().await;
    let made = world.change(|tx, now| {
        let (tenant, entra) = (tenants::DEFAULT, Some(Dialect::Entra));
        clients::add(tx, tenant, "entra", Scopes::SCIM, true, entra, now)
    });
    let (client, secret) = made.await.unwrap();
    let client = (client.id, secret);
    let issued = world.issue(&client).await;
    assert_eq!(world.show(&issued.access).await.unwrap().dialect, Some(Dialect::Entra));
    let again = world.refresh(&client, &issued.refresh.unwrap(), None).await.unwrap();
    assert_eq!(world.show(&again.access).await.unwrap().dialect, Some(Dialect::Entra));
}

/// A JWT of an issuer with a key of its own, and what checks it.
fn trusted(tenant: TenantId) -> (Jwt, Secret, tempfile::TempDir) {
    use base64::Engine as _;
    use rcgen::PublicKeyData as _;
    let key = rcgen::KeyPair::generate().unwrap();
    let point = key.der_bytes();
    let text = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "x": text(&point[1..33]), "y": text(&point[33..]),
    });
    let folder = tempfile::tempdir().unwrap();
    let jwks = folder.path().join("jwks.json");
    std::fs::write(&jwks, json!({ "keys": [jwk] }).to_string()).unwrap();
    let claims = json!({
        "iss": "https://issuer.example", "aud": "scim", "exp": 4_000_000_000_i64, "sub": "okta",
        "tenant": "acme", "scope": "scim:read",
    });
    let signing = jsonwebtoken::EncodingKey::from_ec_der(key.serialized_der());
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
    let token = jsonwebtoken::encode(&header, &claims, &signing).unwrap();
    let jwt = Jwt::new(jwt::Options {
        jwks,
        issuer: "https://issuer.example".to_owned(),
        audience: "scim".to_owned(),
        leeway: 0,
        scope_claim: "scope".to_owned(),
        tenant_claim: Some("tenant".to_owned()),
        tenants: [("acme".to_owned(), tenant)].into(),
    });
    (jwt.unwrap(), Secret::new(token), folder)
}

#[tokio::test]
async fn a_jwt_is_of_the_tenant_of_its_claim_until_that_is_removed() {
    let acme = TenantId(2);
    let (jwt, token, _folder) = trusted(acme);
    let sqlite = Sqlite::temporary(&sqlite::Options::default()).unwrap();
    let world = World::over(sqlite, RATES, Some(jwt)).await;
    assert_eq!(world.status(&token).await, 401, "there is no such tenant yet");
    let made = world.change(|tx, now| {
        tenants::add(tx, "acme", now)?;
        tenants::set_dialect(tx, "acme", Some(Dialect::Okta))
    });
    assert_eq!(made.await.unwrap().number, acme.0);
    let principal = world.show(&token).await.unwrap();
    assert_eq!((principal.tenant, principal.dialect), (acme, Some(Dialect::Okta)));
    world.change(|tx, _| tenants::remove(tx, "acme")).await.unwrap();
    world.gate.forget();
    assert_eq!(world.status(&token).await, 401);
}

#[test]
fn keys_that_cannot_be_read_any_more_stay_in_use_and_are_told_once() {
    use std::sync::{Arc, Mutex};
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (lines, (jwt, token, folder)) = (Lines::default(), trusted(TenantId(1)));
    let writer = lines.clone();
    let logs = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false);
    tracing::subscriber::with_default(logs.finish(), || {
        tracing::callsite::rebuild_interest_cache();
        assert!(jwt.verify(&token, Timestamp(0)).is_some());
        std::fs::remove_file(folder.path().join("jwks.json")).unwrap();
        for _ in 0..3 {
            assert!(jwt.verify(&token, Timestamp(0)).is_some(), "the keys before stay");
        }
    });
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert!(log.contains("stay in use") && log.contains("jwks.json"), "{log}");
}
