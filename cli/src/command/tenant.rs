//! `provisor tenant`: tenants of a server.

use clap::Subcommand;
use provisor_server::auth::tenants::{self, Tenant};
use provisor_server::service::dialect::Dialect;
use serde_json::{Value, json};

use super::token;
use crate::exit::{Exit, Stop};
use crate::output::{Output, shown};
use crate::place::{Place, Way, list, offline, text};

/// What is done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a tenant
    Add {
        /// Its name
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// List tenants
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Say what clients of a tenant may send whose tokens say nothing about it
    #[command(after_help = "Example: provisor tenant set default --dialect entra")]
    Set {
        /// Its name or number
        tenant: String,
        /// rfc7644, lenient, entra, okta, onelogin, tolerant; without it what the server says
        #[arg(long, value_name = "NAME")]
        dialect: Option<Dialect>,
        #[command(flatten)]
        place: Place,
    },
    /// Remove a tenant that has no people and groups, with its tokens and clients
    Remove {
        /// Its name or number
        tenant: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub fn run(command: &Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Add { name, place } => {
            let number = match place.way()? {
                Way::Database(path) => {
                    let name = name.clone();
                    offline(&path, move |tx, now| tenants::add(tx, &name, now))?.number
                }
                Way::Server(server) => {
                    let new = json!({ "name": name });
                    token::number(&server.call("POST", &["tenants"], Some(&new))?, "number")
                }
            };
            output.print(&format!("{number}\n"))?;
            output.remark(&format!(
                "this is the number of the tenant {}; its name does too",
                shown(name)
            ));
        }
        Command::List { place } => {
            let lines: String = match place.way()? {
                Way::Database(path) => {
                    let tenants = offline(&path, |tx, _| Ok(tenants::list(tx)?))?;
                    let line = |one: &Tenant| line(one.number, &one.name, one.dialect.as_deref());
                    tenants.iter().map(line).collect()
                }
                Way::Server(server) => {
                    let answer = server.call("GET", &["tenants"], None)?;
                    let line = |one: &Value| {
                        let dialect = one.get("dialect").and_then(Value::as_str);
                        line(token::number(one, "number"), text(one, "name"), dialect)
                    };
                    list(&answer, "tenants").iter().map(line).collect()
                }
            };
            output.print(&lines)?;
        }
        Command::Set { tenant, dialect, place } => {
            match place.way()? {
                Way::Database(path) => {
                    let (tenant, dialect) = (tenant.clone(), *dialect);
                    offline(&path, move |tx, _| tenants::set_dialect(tx, &tenant, dialect))?;
                }
                Way::Server(server) => {
                    let set = json!({ "dialect": dialect.map(|dialect| dialect.to_string()) });
                    server.call("PATCH", &["tenants", tenant], Some(&set))?;
                }
            }
            output.remark("the dialect of the tenant is set");
        }
        Command::Remove { tenant, place } => {
            match place.way()? {
                Way::Database(path) => {
                    let tenant = tenant.clone();
                    offline(&path, move |tx, _| tenants::remove(tx, &tenant))?;
                }
                Way::Server(server) => {
                    server.call("DELETE", &["tenants", tenant], None)?;
                }
            }
            output.remark(&format!("the tenant {} is removed", shown(tenant)));
        }
    }
    Ok(Exit::Clean)
}

fn line(number: i64, name: &str, dialect: Option<&str>) -> String {
    format!("{number}  {}{}\n", shown(name), token::dialect(dialect))
}
