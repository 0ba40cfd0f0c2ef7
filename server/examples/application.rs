//! An application with a table of people gets SCIM and entitlements:
//! `cargo run -p provisor-server --example application -- rules.example 127.0.0.1:8080`

use std::{error::Error, path::Path, sync::Arc, sync::Mutex, time::Duration};

use axum::{Router, extract::State, routing::get};
use provisor_server::auth::{Authenticate, BoxFuture, Challenge, Principal, Scopes};
use provisor_server::clock::Clock;
use provisor_server::entitlements::{Cause, Entitlements};
use provisor_server::http::{AppState, router};
use provisor_server::store::{Entry, Store, StoreError, sqlite};
use provisor_server::{id::TenantId, service::Service};
use rusqlite::{Connection, params};

type People = Arc<Mutex<Connection>>;
type Failed = Box<dyn Error + Send + Sync>;
const TENANT: TenantId = TenantId(1);

/// The application's own keys; here one that never changes.
struct Key;
impl Authenticate for Key {
    fn authenticate<'a>(
        &'a self,
        request: &'a http::request::Parts,
    ) -> BoxFuture<'a, Result<Principal, Challenge>> {
        let known = request.headers.get("authorization").is_some_and(|key| key == "Bearer my-key");
        let (name, scopes) = ("okta".to_owned(), Scopes { read: true, write: true, admin: false });
        let okta = Principal { tenant: TENANT, name, scopes, user: None, dialect: None };
        Box::pin(async move { if known { Ok(okta) } else { Err(Challenge::missing()) } })
    }
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rules, address] = words.as_slice() else { return Err("give rules and an address".into()) };
    // As it was: its table, its route.
    let people: People = Arc::new(Mutex::new(Connection::open("app.db")?));
    let app = Router::new().route("/people", get(list)).with_state(Arc::clone(&people));
    // What is added: a store, the rules, the SCIM routes, and a table that follows.
    let store = Store::new(sqlite::Sqlite::open(Path::new("scim.db"), &Default::default())?);
    let (entitlements, clock) = (Arc::new(Entitlements::default()), Clock::system());
    let (actor, request) = ("application".to_owned(), String::new());
    let cause = Cause { tenant: TENANT, at: clock.now(), actor, request };
    entitlements.put_file(&store, &cause, Path::new(rules)).await.map_err(|e| format!("{e:?}"))?;
    tokio::spawn(Arc::clone(&entitlements).background(store.clone(), clock.clone()));
    let service = Service::new(store.clone(), entitlements, clock);
    let state = AppState { service, authenticate: Arc::new(Key), settings: Arc::default() };
    tokio::spawn(async move {
        while follow(&store, &people).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, app.merge(router(state))).await?)
}

/// At least once: a row keeps the number of its entry, so the next start goes on after the last.
async fn follow(store: &Store, people: &People) -> Result<(), Failed> {
    let table = || people.lock().map_err(|error| error.to_string());
    table()?.execute("CREATE TABLE IF NOT EXISTS people (name, changes, number INTEGER)", [])?;
    let last = "SELECT coalesce(max(number), 0) FROM people";
    let after = u64::try_from(table()?.query_row(last, [], |row| row.get::<_, i64>(0))?)?;
    let read = store.read::<Vec<Entry>, StoreError>(move |tx| tx.feed(TENANT, after, 100)).await?;
    for Entry { number, body, .. } in read {
        let body: serde_json::Value = serde_json::from_str(&body)?;
        let [name, changes] = ["/userName", "/changes"].map(|at| body.pointer(at).cloned());
        let (name, changes) = (name.unwrap_or_default(), changes.unwrap_or_default());
        let row = params![name.as_str(), changes.to_string(), number.to_string()];
        table()?.execute("INSERT INTO people VALUES (?1, ?2, ?3)", row)?;
    }
    Ok(())
}

async fn list(State(people): State<People>) -> Result<String, String> {
    let table = people.lock().map_err(|error| error.to_string())?;
    let all = "SELECT coalesce(group_concat(name || ' ' || changes, char(10)), '') FROM people";
    table.query_row(all, [], |row| row.get(0)).map_err(|error| error.to_string())
}
