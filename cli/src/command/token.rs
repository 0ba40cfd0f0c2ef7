//! `provisor token`: bearer tokens of a server.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use provisor_server::auth::tokens::{self, NewToken, Token};
use provisor_server::auth::{Scopes, tenants};
use provisor_server::clock::{Clock, Timestamp};
use provisor_server::config::time;
use provisor_server::id::{Id, TenantId};
use provisor_server::run::StartError;
use provisor_server::service::dialect::Dialect;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure, Stop};
use crate::output::{Output, shown};
use crate::place::{Place, Way, list, offline, text};

/// Where the database is.
#[derive(Debug, Clone, Args)]
pub struct Database {
    /// The database of the server, which must not be running
    #[arg(long, value_name = "FILE", default_value = "provisor.db")]
    pub database: PathBuf,
}

/// What is done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token and print it once
    #[command(after_help = "Example: provisor token add okta --scope scim:write --expires 365d")]
    Add {
        /// What it is called in lists and the audit trail
        name: String,
        /// Scopes with commas between them: scim:read, scim:write, admin
        #[arg(long, value_name = "SCOPES", default_value = "scim:read,scim:write")]
        scope: String,
        /// The tenant, by name or number; without it the default one, or at a server that of the
        /// token
        #[arg(long, value_name = "TENANT")]
        tenant: Option<String>,
        /// How long it is good, such as 90d; without it until it is revoked
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
        /// The id of the user that `/Me` is
        #[arg(long, value_name = "ID")]
        user: Option<String>,
        /// What its client may send: rfc7644, lenient, entra, okta, onelogin, tolerant; without it
        /// what the tenant or the server says
        #[arg(long, value_name = "NAME")]
        dialect: Option<Dialect>,
        #[command(flatten)]
        place: Place,
    },
    /// List tokens, without their secrets
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Make a new token like another, which ends after a while
    Rotate {
        /// Its name or id
        token: String,
        /// How long the old one is good still
        #[arg(long, value_name = "TIME", default_value = "1d")]
        overlap: String,
        #[command(flatten)]
        place: Place,
    },
    /// Take a token away at once, with all others of its name
    Revoke {
        /// Its name, for all of that name; or its id, for that one
        token: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub fn run(command: &Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Add { name, scope, tenant, expires, user, dialect, place } => {
            let cannot = |why: String| Failure::new("the token is not made").why(why);
            let scopes = Scopes::parse(scope).map_err(|error| cannot(error.to_string()))?;
            let lifetime = expires.as_deref().map(time).transpose().map_err(cannot)?;
            let user: Option<Id> = user
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| cannot("`--user` takes the `id` of a user".to_owned()))?;
            let (name, tenant, dialect) = (name.clone(), tenant.clone(), *dialect);
            match place.way()? {
                Way::Database(path) => {
                    let made = offline(&path, move |tx, now| {
                        let tenant = tenant.as_deref().unwrap_or("default");
                        let tenant = TenantId(tenants::find(tx, tenant)?.number);
                        let new = NewToken { tenant, name, scopes, user, dialect, lifetime };
                        tokens::create(tx, &new, now).map(|(secret, _)| secret)
                    });
                    secret(output, made?.expose())?;
                }
                Way::Server(server) => {
                    let new = json!({
                        "name": name,
                        "scopes": words(scopes),
                        "tenant": tenant,
                        "lifetime": expires,
                        "user": user.map(|id| id.to_string()),
                        "dialect": dialect.map(|dialect| dialect.to_string()),
                    });
                    let made = server.call("POST", &["tokens"], Some(&new))?;
                    secret(output, text(&made, "token"))?;
                }
            }
        }
        Command::List { place } => {
            let rows: Vec<Row> = match place.way()? {
                Way::Database(path) => {
                    let tokens = offline(&path, |tx, _| Ok(tokens::list(tx)?))?;
                    tokens.iter().filter(|token| !token.refresh).map(Row::kept).collect()
                }
                Way::Server(server) => {
                    let answer = server.call("GET", &["tokens"], None)?;
                    list(&answer, "tokens").iter().map(Row::told).collect()
                }
            };
            let now = Clock::system().now().to_string();
            let lines: String = rows.iter().map(|row| row.line(&now)).collect();
            output.print(&lines)?;
        }
        Command::Rotate { token, overlap, place } => {
            let wait =
                time(overlap).map_err(|why| Failure::new("`--overlap` is no time").why(why))?;
            match place.way()? {
                Way::Database(path) => {
                    let token = token.clone();
                    let made = offline(&path, move |tx, now| {
                        tokens::rotate(tx, &token, wait, now).map(|(secret, _)| secret)
                    });
                    secret(output, made?.expose())?;
                }
                Way::Server(server) => {
                    let body = json!({ "overlap": overlap });
                    let made = server.call("POST", &["tokens", token, "rotate"], Some(&body))?;
                    secret(output, text(&made, "token"))?;
                }
            }
        }
        Command::Revoke { token, place } => {
            let revoked = match place.way()? {
                Way::Database(path) => {
                    let token = token.clone();
                    offline(&path, move |tx, now| tokens::revoke(tx, None, &token, now))?.1 as i64
                }
                Way::Server(server) => {
                    number(&server.call("DELETE", &["tokens", token], None)?, "revoked")
                }
            };
            let token = shown(token);
            output.remark(&match revoked {
                1 => format!("the token {token} is revoked"),
                _ => format!("{revoked} tokens called {token} are revoked"),
            });
        }
    }
    Ok(Exit::Clean)
}

/// A token in a list.
struct Row {
    id: String,
    name: String,
    tenant: i64,
    scopes: String,
    expires: Option<String>,
    last_used: Option<String>,
    dialect: Option<String>,
}

impl Row {
    fn kept(token: &Token) -> Self {
        let instant = |at: i64| Timestamp(at).to_string();
        Self {
            id: token.id(),
            name: token.name.clone(),
            tenant: token.tenant,
            scopes: token.scopes.clone(),
            expires: token.expires.map(instant),
            last_used: token.last_used.map(instant),
            dialect: token.dialect.clone(),
        }
    }

    fn told(token: &Value) -> Self {
        let own = |name| Some(text(token, name).to_owned()).filter(|text| !text.is_empty());
        Self {
            id: text(token, "id").to_owned(),
            name: text(token, "name").to_owned(),
            tenant: number(token, "tenant"),
            scopes: joined(token, "scopes"),
            expires: own("expires"),
            last_used: own("lastUsed"),
            dialect: own("dialect"),
        }
    }

    /// Instants have one form, so that text compares as they do.
    fn line(&self, now: &str) -> String {
        let Self { id, tenant, scopes, .. } = self;
        let end = match self.expires.as_deref() {
            Some(end) if end <= now => "expired".to_owned(),
            Some(end) => format!("until {end}"),
            None => "no end".to_owned(),
        };
        let used = match &self.last_used {
            Some(at) => format!("last used {at}"),
            None => "never used".to_owned(),
        };
        let (name, dialect) = (shown(&self.name), dialect(self.dialect.as_deref()));
        format!("{id}  {name}  tenant {tenant}  {scopes}  {end}  {used}{dialect}\n")
    }
}

/// Scopes as a list.
pub fn words(scopes: Scopes) -> Vec<String> {
    scopes.to_string().split(' ').map(str::to_owned).collect()
}

/// A list of words of an answer, with blanks between them.
pub fn joined(answer: &Value, name: &str) -> String {
    list(answer, name).iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

/// A number of an answer.
pub fn number(answer: &Value, name: &str) -> i64 {
    answer.get(name).and_then(Value::as_i64).unwrap_or_default()
}

fn secret(output: &Output, text: &str) -> Result<(), Stop> {
    output.print(&format!("{text}\n"))?;
    output.remark("this is the only time that the token is shown");
    Ok(())
}

/// A dialect at the end of a line of a list, if there is one.
pub fn dialect(name: Option<&str>) -> String {
    name.map(|name| format!("  dialect {}", shown(name))).unwrap_or_default()
}

/// What the server's part says, as a failure.
pub fn failed(error: StartError) -> Failure {
    Failure::new("this could not be done").why(error.to_string())
}
