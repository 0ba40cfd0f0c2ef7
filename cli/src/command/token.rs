//! `provisor token`: bearer tokens of a server's database.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use provisor_server::auth::tokens::{self, NewToken};
use provisor_server::auth::{Scopes, tenants};
use provisor_server::clock::Timestamp;
use provisor_server::config::time;
use provisor_server::id::{Id, TenantId};
use provisor_server::run::{self, StartError};
use provisor_server::service::dialect::Dialect;

use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

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
        /// The tenant, by name or number
        #[arg(long, value_name = "TENANT", default_value = "default")]
        tenant: String,
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
        database: Database,
    },
    /// List tokens, without their secrets
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Make a new token like another, which ends after a while
    Rotate {
        /// Its name or id
        token: String,
        /// How long the old one is good still
        #[arg(long, value_name = "TIME", default_value = "1d")]
        overlap: String,
        #[command(flatten)]
        database: Database,
    },
    /// Take a token away at once
    Revoke {
        /// Its name or id
        token: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Does it.
pub fn run(command: &Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Add { name, scope, tenant, expires, user, dialect, database } => {
            let cannot = |why: String| Failure::new("the token is not made").why(why);
            let scopes = Scopes::parse(scope).map_err(|error| cannot(error.to_string()))?;
            let lifetime = expires.as_deref().map(time).transpose().map_err(cannot)?;
            let user: Option<Id> = user
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| cannot("`--user` takes the `id` of a user".to_owned()))?;
            let (name, tenant, dialect) = (name.clone(), tenant.clone(), *dialect);
            let secret = run::offline(&database.database, move |tx, now| {
                let tenant = TenantId(tenants::find(tx, &tenant)?.number);
                let new = NewToken { tenant, name, scopes, user, dialect, lifetime };
                tokens::create(tx, &new, now).map(|(secret, _)| secret)
            });
            let secret = secret.map_err(|error| cannot(error.to_string()))?;
            output.print(&format!("{}\n", secret.expose()))?;
            output.remark("this is the only time that the token is shown");
        }
        Command::List { database } => {
            let found = run::offline(&database.database, |tx, now| Ok((tokens::list(tx)?, now)));
            let (tokens, now) = found.map_err(failed)?;
            let mut lines = String::new();
            for token in tokens.iter().filter(|token| !token.refresh) {
                let end = match token.expires {
                    Some(_) if token.expired(now) => "expired".to_owned(),
                    Some(end) => format!("until {}", Timestamp(end)),
                    None => "no end".to_owned(),
                };
                let used = match token.last_used {
                    Some(at) => format!("last used {}", Timestamp(at)),
                    None => "never used".to_owned(),
                };
                lines.push_str(&format!(
                    "{}  {}  tenant {}  {}  {end}  {used}{}\n",
                    token.id(),
                    crate::output::shown(&token.name),
                    token.tenant,
                    token.scopes,
                    dialect(token.dialect.as_deref()),
                ));
            }
            output.print(&lines)?;
        }
        Command::Rotate { token, overlap, database } => {
            let overlap =
                time(overlap).map_err(|why| Failure::new("`--overlap` is no time").why(why))?;
            let token = token.clone();
            let made = run::offline(&database.database, move |tx, now| {
                tokens::rotate(tx, &token, overlap, now).map(|(secret, _)| secret)
            });
            output.print(&format!("{}\n", made.map_err(failed)?.expose()))?;
            output.remark("this is the only time that the token is shown");
        }
        Command::Revoke { token, database } => {
            let token = token.clone();
            let revoked =
                run::offline(&database.database, move |tx, now| tokens::revoke(tx, &token, now));
            let revoked = revoked.map_err(failed)?;
            output.remark(&format!("the token {} is revoked", revoked.id()));
        }
    }
    Ok(Exit::Clean)
}

/// A dialect at the end of a line of a list, if there is one.
pub fn dialect(name: Option<&str>) -> String {
    name.map(|name| format!("  dialect {}", crate::output::shown(name))).unwrap_or_default()
}

/// What the server's part says, as a failure.
pub fn failed(error: StartError) -> Failure {
    Failure::new("this could not be done").why(error.to_string())
}
