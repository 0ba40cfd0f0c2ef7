//! An application that has people in a table of its own gets SCIM endpoints and entitlements:
//!
//! ```text
//! cargo run -p provisor-server --example embed -- rules.example 127.0.0.1:8080
//! ```

use std::{error::Error, path::Path, sync::Arc, sync::Mutex, time::Duration};

use axum::{Router, extract::State, routing::get};
use provisor_server::auth::{Authenticate, BoxFuture, Challenge, Principal, Scopes};
use provisor_server::clock::Clock;
use provisor_server::entitlements::{Cause, Entitlements, Options};
use provisor_server::http::{AppState, router};
use provisor_server::id::TenantId;
use provisor_server::service::Service;
use provisor_server::store::{Entry, Store, StoreError, sqlite};
use rusqlite::{Connection, params};

const TENANT: TenantId = TenantId(1);
type People = Arc<Mutex<Connection>>;

/// The application's own keys; here one that never changes.
struct Key;
impl Authenticate for Key {
    fn authenticate<'a>(
        &'a self,
        request: &'a http::request::Parts,
    ) -> BoxFuture<'a, Result<Principal, Challenge>> {
        let given = request.headers.get("authorization");
        let known = given.is_some_and(|given| given == "Bearer key-of-the-application");
        let scopes = Scopes { read: true, write: true, admin: false };
        let name = "provider".to_owned();
        let principal = Principal { tenant: TENANT, name, scopes, user: None, dialect: None };
        Box::pin(async move { if known { Ok(principal) } else { Err(Challenge::missing()) } })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rules, address] = words.as_slice() else { return Err("give rules and an address".into()) };
    // The application as it was: its table, its route.
    let table = Connection::open("app.db")?;
    table.execute_batch(
        "CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, name TEXT, changes TEXT);
         CREATE TABLE IF NOT EXISTS seen (number INTEGER)",
    )?;
    let people: People = Arc::new(Mutex::new(table));
    let app = Router::new().route("/people", get(list)).with_state(Arc::clone(&people));
    // What is added: a store, the rules, the SCIM routes, and a table that follows.
    let store = Store::new(sqlite::Sqlite::open(Path::new("scim.db"), &Default::default())?);
    let (entitlements, clock) = (Arc::new(Entitlements::new(Options::default())), Clock::system());
    let (actor, request) = ("application".to_owned(), String::new());
    let cause = Cause { tenant: TENANT, at: clock.now(), actor, request };
    entitlements.put_file(&store, &cause, Path::new(rules)).await.map_err(|e| format!("{e:?}"))?;
    tokio::spawn(Arc::clone(&entitlements).background(store.clone(), clock.clone()));
    let service = Service::new(store.clone(), entitlements, clock);
    let state = AppState { service, authenticate: Arc::new(Key), settings: Arc::default() };
    tokio::spawn(async move {
        // At least once: what was applied is remembered with the rows, in one transaction.
        while follow(&store, &people).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    axum::serve(tokio::net::TcpListener::bind(address).await?, app.merge(router(state))).await?;
    Ok(())
}

async fn follow(store: &Store, people: &People) -> Result<(), Box<dyn Error + Send + Sync>> {
    let last = "SELECT coalesce(max(number), 0) FROM seen";
    let after: u64 = people.lock().map_err(|e| e.to_string())?.query_row(last, [], |r| r.get(0))?;
    let read = store.read(move |tx| tx.feed(TENANT, after, 100));
    let entries: Result<Vec<Entry>, StoreError> = read.await;
    let mut table = people.lock().map_err(|e| e.to_string())?;
    let rows = table.transaction()?;
    for entry in entries? {
        let body: serde_json::Value = serde_json::from_str(&entry.body)?;
        let (id, name) = (body["user"].as_str(), body["userName"].as_str());
        let keep = "INSERT OR REPLACE INTO people VALUES (?1, ?2, ?3)";
        rows.execute(keep, params![id, name, body["changes"].to_string()])?;
        rows.execute("INSERT INTO seen VALUES (?1)", [entry.number])?;
    }
    Ok(rows.commit()?)
}

async fn list(State(people): State<People>) -> String {
    let Ok(table) = people.lock() else { return "the table cannot be used".to_owned() };
    let all = "SELECT coalesce(group_concat(name || ' ' || changes, char(10)), '') FROM people";
    table.query_row(all, [], |row| row.get(0)).unwrap_or_else(|error| error.to_string())
}
