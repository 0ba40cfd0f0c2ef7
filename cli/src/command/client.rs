//! `provisor client`: OAuth clients of a server's database.

use clap::Subcommand;
use provisor_server::auth::{Scopes, clients, tenants};
use provisor_server::id::TenantId;
use provisor_server::run;
use provisor_server::service::dialect::Dialect;

use super::token::{self, Database, failed};
use crate::exit::{Exit, Failure, Stop};
use crate::output::{Output, shown};

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
        /// The tenant, by name or number
        #[arg(long, value_name = "TENANT", default_value = "default")]
        tenant: String,
        /// Give it refresh tokens too
        #[arg(long)]
        refresh: bool,
        /// What it may send: rfc7644, lenient, entra, okta, onelogin, tolerant; without it what the
        /// tenant or the server says
        #[arg(long, value_name = "NAME")]
        dialect: Option<Dialect>,
        #[command(flatten)]
        database: Database,
    },
    /// List clients, without their secrets
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Remove a client, with every token that it got
    Remove {
        /// Its id
        client: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Does it.
pub fn run(command: &Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Add { name, scope, tenant, refresh, dialect, database } => {
            let scopes = Scopes::parse(scope)
                .map_err(|error| Failure::new("the client is not made").why(error.to_string()))?;
            let (name, tenant) = (name.clone(), tenant.clone());
            let (refresh, dialect) = (*refresh, *dialect);
            let made = run::offline(&database.database, move |tx, now| {
                let tenant = TenantId(tenants::find(tx, &tenant)?.number);
                clients::add(tx, tenant, &name, scopes, refresh, dialect, now)
            });
            let (client, secret) = made.map_err(failed)?;
            let text =
                format!("client_id      {}\nclient_secret  {}\n", client.id, secret.expose());
            output.print(&text)?;
            output.remark("this is the only time that the secret is shown");
        }
        Command::List { database } => {
            let list = run::offline(&database.database, |tx, _| Ok(clients::list(tx)?));
            for client in list.map_err(failed)? {
                let (id, name) = (&client.id, shown(&client.name));
                let (tenant, scopes) = (client.tenant, &client.scopes);
                let dialect = token::dialect(client.dialect.as_deref());
                output.print(&format!("{id}  {name}  tenant {tenant}  {scopes}{dialect}\n"))?;
            }
        }
        Command::Remove { client, database } => {
            let client = client.clone();
            run::offline(&database.database, move |tx, _| clients::remove(tx, &client))
                .map_err(failed)?;
            output.remark("the client and its tokens are removed");
        }
    }
    Ok(Exit::Clean)
}
