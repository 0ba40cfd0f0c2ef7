//! The steps of the start, each with words for what can go wrong.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provisor::scim::schema::Schemas;

use super::{FLUSH, FirstToken, Server, StartError, Summary, WATCH};
use crate::auth::jwt::{self, Jwt};
use crate::auth::tokens::{self, NewToken};
use crate::auth::{Gate, Scopes, Secret, gate, tenants};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::entitlements::{self, Cause, Entitlements, PutRefused, RulesText};
use crate::error::ScimError;
use crate::http::{AppState, Bound, Listen, Running, admin, oauth};
use crate::id::{Kind, TenantId};
use crate::protocol::schemas::{SchemaFile, with_files};
use crate::service::{self, Service};
use crate::store::sqlite::{Options, Sqlite};
use crate::store::{NOBODY, Shelf, Store, StoreError};

/// Bytes of a schema file at most.
const SCHEMA_BYTES: u64 = 1024 * 1024;
/// The key that is there until the first token is made.
const TOKEN_DUE: &str = "first-token";

pub(super) async fn start(config: Config, clock: Clock) -> Result<Server, StartError> {
    let schemas = schemas(&config.schemas)?;
    let store = open(&config.database).await?;
    ready(&store, &clock).await?;
    let jwt = match &config.jwt {
        Some(jwt) => Some(trusted(&store, jwt).await?),
        None => None,
    };
    let gate = Arc::new(Gate::new(store.clone(), clock.clone(), limits(&config), jwt));
    let options = entitlements::Options { settle: config.settle };
    let entitlements = Arc::new(Entitlements::new(options));
    let listen = Listen {
        tls: config.tls.clone(),
        operations: config.operations_listen,
        ..Listen::at(config.listen)
    };
    let bound = Bound::new(listen).await.map_err(|error| StartError(error.to_string()))?;
    let rules = rules(&store, &clock, &entitlements, &config).await?;
    // The last thing that can fail: nobody sees the token of a start that does.
    let first_token = first(&store, &clock, config.token_file.clone()).await?;
    let service = Service {
        store: store.clone(),
        schemas: Arc::new(schemas),
        entitlements: Arc::clone(&entitlements),
        clock: clock.clone(),
        settings: Arc::new(settings(&config)),
    };
    let state = AppState {
        service,
        authenticate: Arc::clone(&gate) as Arc<_>,
        settings: Arc::new(config.http.clone()),
    };
    let more = oauth::routes(Arc::clone(&gate)).merge(admin::routes(state.clone()));
    let http = Running::serve(bound, state, more);
    let mut background = vec![
        tokio::spawn(Arc::clone(&entitlements).background(store.clone(), clock.clone())),
        tokio::spawn(flush(Arc::clone(&gate))),
    ];
    let mut files = Vec::new();
    for (tenant, path, read) in rules {
        files.push(path.clone());
        let (this, store, clock) = (Arc::clone(&entitlements), store.clone(), clock.clone());
        background.push(tokio::spawn(this.watch(store, clock, tenant, path, WATCH, read)));
    }
    let summary = Summary {
        base_path: config.http.base_path().to_owned(),
        public_url: config.http.public_url().map(str::to_owned),
        database: config.database,
        rules: files,
        plain_to_the_world: config.tls.is_none()
            && !config.http.trust_forwarded
            && !http.address().ip().is_loopback(),
    };
    if summary.plain_to_the_world {
        tracing::warn!("others can read along: the server listens beyond this machine without TLS");
    }
    Ok(Server { http, gate, background, first_token, summary })
}

/// The store in a file. Also for commands that work on it while no server does.
pub(super) async fn open(path: &Path) -> Result<Store, StartError> {
    let path = path.to_owned();
    let opening = tokio::task::spawn_blocking(move || Sqlite::open(&path, &Options::default()));
    match opening.await {
        Ok(Ok(sqlite)) => Ok(Store::new(sqlite)),
        Ok(Err(error)) => Err(StartError(error.to_string())),
        Err(_) => Err(StartError("opening the database was interrupted".to_owned())),
    }
}

pub(super) fn schemas(files: &[(Kind, PathBuf)]) -> Result<Schemas, StartError> {
    let mut contents = Vec::new();
    for (kind, path) in files {
        let name = path.display().to_string();
        let mut content = Vec::new();
        File::open(path)
            .and_then(|file| file.take(SCHEMA_BYTES + 1).read_to_end(&mut content))
            .map_err(|why| StartError(format!("cannot read the schema `{name}`: {why}")))?;
        if content.len() as u64 > SCHEMA_BYTES {
            return Err(StartError(format!("the schema `{name}` is larger than 1 MiB")));
        }
        contents.push((*kind, name, content));
    }
    let files: Vec<SchemaFile<'_>> = contents
        .iter()
        .map(|(extends, name, content)| SchemaFile { extends: *extends, name, content })
        .collect();
    with_files(&files).map_err(|error| StartError(error.to_string()))
}

/// The default tenant, where there is no tenant yet, with a note that its first token is due: it
/// is made once everything else of a start has succeeded, be that the next one.
async fn ready(store: &Store, clock: &Clock) -> Result<(), StartError> {
    let now = clock.now();
    let made = store.write(move |tx| {
        if tenants::ensure_default(tx, now)? {
            tx.put_document(NOBODY, Shelf::Keys, TOKEN_DUE, "")?;
        }
        Ok(())
    });
    made.await.map_err(|error: ScimError| StartError(error.detail))
}

/// The first token, if it is due.
async fn first(
    store: &Store,
    clock: &Clock,
    file: Option<PathBuf>,
) -> Result<Option<FirstToken>, StartError> {
    let now = clock.now();
    let kept = file.clone();
    let made = store
        .write(move |tx| {
            if !tx.remove_document(NOBODY, Shelf::Keys, TOKEN_DUE)? {
                return Ok(None);
            }
            let new = NewToken {
                tenant: tenants::DEFAULT,
                name: "first".to_owned(),
                scopes: Scopes::ALL,
                user: None,
                dialect: None,
                lifetime: None,
            };
            let (secret, _) = tokens::create(tx, &new, now)?;
            // Within the transaction: if the file cannot be written, there is no token either.
            if let Some(path) = &kept {
                keep(path, &secret).map_err(|why| {
                    let path = path.display();
                    let advice = match why.kind() {
                        // Also where a first start was cut off: a token that is no token.
                        ErrorKind::AlreadyExists => "; remove it, or name another",
                        _ => "",
                    };
                    let detail = format!("cannot write the token file `{path}`: {why}{advice}");
                    ScimError::new(500, detail)
                })?;
            }
            Ok(Some(secret))
        })
        .await
        .map_err(|error: ScimError| StartError(error.detail))?;
    Ok(made.map(|secret| file.map_or(FirstToken::Shown(secret), FirstToken::Kept)))
}

/// A new file that only its owner can read.
fn keep(path: &Path, secret: &Secret) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(format!("{}\n", secret.expose()).as_bytes())?;
    file.sync_all()
}

async fn trusted(store: &Store, jwt: &config::Jwt) -> Result<Jwt, StartError> {
    let named = match jwt.tenant_claim {
        Some(_) => jwt.tenants.clone(),
        None => vec![(String::new(), tenants::DEFAULT.0.to_string())],
    };
    let tenants = store
        .read(move |tx| {
            let mut found = BTreeMap::new();
            for (value, name) in named {
                found.insert(value, TenantId(tenants::find(tx, &name)?.number));
            }
            Ok(found)
        })
        .await
        .map_err(|error: ScimError| StartError(error.detail))?;
    Jwt::new(jwt::Options {
        jwks: jwt.jwks.clone(),
        issuer: jwt.issuer.clone(),
        audience: jwt.audience.clone(),
        leeway: jwt.leeway.as_secs(),
        scope_claim: jwt.scope_claim.clone(),
        tenant_claim: jwt.tenant_claim.clone(),
        tenants,
    })
    .map_err(StartError)
}

/// Puts the rules of files in force. Where they do not check and rules were in force before,
/// those stay, since a restart must not take anything away; otherwise the server does not start.
/// Gives the files of each tenant, with what was read where it was taken.
async fn rules(
    store: &Store,
    clock: &Clock,
    entitlements: &Arc<Entitlements>,
    config: &Config,
) -> Result<Vec<(TenantId, PathBuf, Option<RulesText>)>, StartError> {
    let mut all = Vec::new();
    for (tenant, path) in &config.rules {
        let name = tenant.clone().unwrap_or_else(|| tenants::DEFAULT.0.to_string());
        let found = store.read(move |tx| tenants::find(tx, &name)).await;
        let tenant = TenantId(found.map_err(|error| StartError(error.detail))?.number);
        let cause =
            Cause { tenant, at: clock.now(), actor: "rules".to_owned(), request: String::new() };
        let read = match entitlements.put_file(store, &cause, path).await {
            Ok((_, text)) => Some(text),
            Err(refused) => {
                let why = why(path, refused);
                let this = Arc::clone(entitlements);
                let before =
                    store.read(move |tx| this.in_force(tx, tenant).map(|r| r.is_some())).await;
                if !before.map_err(|error: ScimError| StartError(error.detail))? {
                    return Err(StartError(why));
                }
                tracing::error!("{why}; the rules before them stay in force");
                None
            }
        };
        all.push((tenant, path.clone(), read));
    }
    Ok(all)
}

/// Why the rules of a file are not put in force.
fn why(file: &Path, refused: PutRefused) -> String {
    let file = file.display();
    match refused {
        PutRefused::Findings(_) => {
            format!("the rules `{file}` have errors; `provisor check {file}` shows them")
        }
        PutRefused::Other(error) => error.detail,
    }
}

fn limits(config: &Config) -> gate::Options {
    gate::Options {
        token_rate: config.rate_token,
        tenant_rate: config.rate_tenant,
        failure_rate: config.rate_failures,
        access_age: config.access_age,
    }
}

fn settings(config: &Config) -> service::Settings {
    let accepted = config.dialect.accepted();
    service::Settings {
        user_deletion: config.user_deletion,
        patch: accepted.patch,
        resource: accepted.resource,
        filter: accepted.filter,
        bulk_operations: config.max_bulk,
        body_bytes: config.max_body,
        page: config.max_page,
    }
}

async fn flush(gate: Arc<Gate>) {
    loop {
        tokio::time::sleep(FLUSH).await;
        if let Err(error) = gate.flush().await {
            let error: StoreError = error;
            tracing::warn!(%error, "when tokens were last used could not be written down");
        }
    }
}
