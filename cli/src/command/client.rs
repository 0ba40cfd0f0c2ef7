//! `provisor client`: OAuth clients of a server.

use clap::Subcommand;
use provisor_server::auth::{Scopes, clients, tenants};
use provisor_server::id::TenantId;
use provisor_server::service::dialect::Dialect;
use serde_json::{Value, json};

use super::token;
use crate::exit::{Exit, Failure, Stop};
use crate::output::{Output, shown};
use crate::place::{Place, Way, list, offline, text};

/// What is done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a client, and print its id and secret once
    Add {
        /// What it is called in lists and the audit trail
        name: String,
        /// What it may ask for: scim:read, scim:write, admin, with commas between them
        #[arg(long, value_name = "SCOPES", default_value = "scim:read,scim:write")]
        scope: String,
        /// The tenant, by name or number; without it the default one, or at a server that of the
        /// token
        #[arg(long, value_name = "TENANT")]
        tenant: Option<String>,
        /// Give it refresh tokens too
        #[arg(long)]
        refresh: bool,
        /// What it may send: rfc7644, lenient, entra, okta, onelogin, tolerant; without it what the
        /// tenant or the server says
        #[arg(long, value_name = "NAME")]
        dialect: Option<Dialect>,
        #[command(flatten)]
        place: Place,
    },
    /// List clients, without their secrets
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Remove a client, with every token that it got
    Remove {
        /// Its id or name
        client: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub fn run(command: &Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Add { name, scope, tenant, refresh, dialect, place } => {
            let scopes = Scopes::parse(scope)
                .map_err(|error| Failure::new("the client is not made").why(error.to_string()))?;
            let (name, tenant) = (name.clone(), tenant.clone());
            let (refresh, dialect) = (*refresh, *dialect);
            let (id, secret) = match place.way()? {
                Way::Database(path) => offline(&path, move |tx, now| {
                    let tenant = tenant.as_deref().unwrap_or("default");
                    let tenant = TenantId(tenants::find(tx, tenant)?.number);
                    let made = clients::add(tx, tenant, &name, scopes, refresh, dialect, now)?;
                    Ok((made.0.id, made.1.expose().to_owned()))
                })?,
                Way::Server(server) => {
                    let new = json!({
                        "name": name,
                        "scopes": token::words(scopes),
                        "tenant": tenant,
                        "refresh": refresh,
                        "dialect": dialect.map(|dialect| dialect.to_string()),
                    });
                    let made = server.call("POST", &["clients"], Some(&new))?;
                    (text(&made, "id").to_owned(), text(&made, "secret").to_owned())
                }
            };
            output.print(&format!("client_id      {id}\nclient_secret  {secret}\n"))?;
            output.remark("this is the only time that the secret is shown");
        }
        Command::List { place } => {
            let lines: String = match place.way()? {
                Way::Database(path) => {
                    let clients = offline(&path, |tx, _| Ok(clients::list(tx)?))?;
                    let line = |one: &clients::Client| {
                        line(&one.id, &one.name, one.tenant, &one.scopes, one.dialect.as_deref())
                    };
                    clients.iter().map(line).collect()
                }
                Way::Server(server) => {
                    let answer = server.call("GET", &["clients"], None)?;
                    let line = |one: &Value| {
                        let dialect = one.get("dialect").and_then(Value::as_str);
                        let (tenant, scopes) =
                            (token::number(one, "tenant"), token::joined(one, "scopes"));
                        line(text(one, "id"), text(one, "name"), tenant, &scopes, dialect)
                    };
                    list(&answer, "clients").iter().map(line).collect()
                }
            };
            output.print(&lines)?;
        }
        Command::Remove { client, place } => {
            match place.way()? {
                Way::Database(path) => {
                    let client = client.clone();
                    offline(&path, move |tx, _| clients::remove(tx, None, &client))?;
                }
                Way::Server(server) => {
                    server.call("DELETE", &["clients", client], None)?;
                }
            }
            output.remark("the client and its tokens are removed");
        }
    }
    Ok(Exit::Clean)
}

fn line(id: &str, name: &str, tenant: i64, scopes: &str, dialect: Option<&str>) -> String {
    let dialect = token::dialect(dialect);
    format!("{id}  {}  tenant {tenant}  {scopes}{dialect}\n", shown(name))
}
