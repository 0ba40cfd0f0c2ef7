//! `provisor tenant`: tenants of a server's database.

use clap::Subcommand;
use provisor_server::auth::tenants;
use provisor_server::run;
use provisor_server::service::dialect::Dialect;

use super::token::{self, Database, failed};
use crate::exit::{Exit, Stop};
use crate::output::{Output, shown};

/// What is done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a tenant
    Add {
        /// Its name
        name: String,
        #[command(flatten)]
        database: Database,
    },
    /// List tenants
    List {
        #[command(flatten)]
        database: Database,
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
        database: Database,
    },
    /// Remove a tenant that has no people and groups, with its tokens and clients
    Remove {
        /// Its name or number
        tenant: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Does it.
pub fn run(command: &Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Add { name, database } => {
            let name = name.clone();
            let added =
                run::offline(&database.database, move |tx, now| tenants::add(tx, &name, now));
            output.print(&format!("{}\n", added.map_err(failed)?.number))?;
        }
        Command::List { database } => {
            let list = run::offline(&database.database, |tx, _| Ok(tenants::list(tx)?));
            for tenant in list.map_err(failed)? {
                let (name, dialect) =
                    (shown(&tenant.name), token::dialect(tenant.dialect.as_deref()));
                output.print(&format!("{}  {name}{dialect}\n", tenant.number))?;
            }
        }
        Command::Set { tenant, dialect, database } => {
            let (tenant, dialect) = (tenant.clone(), *dialect);
            run::offline(&database.database, move |tx, _| {
                tenants::set_dialect(tx, &tenant, dialect)
            })
            .map_err(failed)?;
            output.remark("the dialect of the tenant is set");
        }
        Command::Remove { tenant, database } => {
            let tenant = tenant.clone();
            let gone = run::offline(&database.database, move |tx, _| tenants::remove(tx, &tenant));
            let gone = gone.map_err(failed)?;
            output.remark(&format!("the tenant {} is removed", shown(&gone.name)));
        }
    }
    Ok(Exit::Clean)
}
