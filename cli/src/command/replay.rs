//! `provisor replay`: a client of an identity provider, played against any SCIM endpoint.

mod show;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor_clients::action::{Kind, ROWS};
use provisor_clients::client::{Client, Done, Spec};
use provisor_clients::converge::differences;
use provisor_clients::fault::{FAULTS, faulty};
use provisor_clients::links::Sort;
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;
use provisor_clients::session::{Credential, Limits, OAuth, Placement, Target};
use provisor_clients::wire::{Network, Trust};

use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;
use show::Tally;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  provisor replay --as entra-default http://127.0.0.1:8080/scim/v2 \
                  --token-file token --show\n  provisor replay --list\n\nPeople and groups that a \
                  script names are made, changed and deleted at the endpoint; use one for tests."
)]
pub struct Arguments {
    /// The base URI, such as http://127.0.0.1:8080/scim/v2
    #[arg(required_unless_present = "list")]
    url: Option<String>,
    /// Which client, such as entra-default; `--list` names them
    #[arg(long = "as", value_name = "CLIENT")]
    client: Option<String>,
    /// The client rfc7644 with this fault, such as K05; `--list` names them
    #[arg(long, value_name = "ID", conflicts_with = "client")]
    fault: Option<String>,
    /// Name the clients, the actions and the faults, and send nothing
    #[arg(long)]
    list: bool,
    /// A script of your own, YAML or JSON, in place of the built-in one
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Actions of this kind and what they stand on, such as set-manager; may be repeated
    #[arg(long = "only", value_name = "ACTION")]
    only: Vec<String>,
    /// Print each request and its answer
    #[arg(long)]
    show: bool,
    /// Read everything back in the end, and compare it with the script
    #[arg(long)]
    verify: bool,
    /// Delete in the end what was made
    #[arg(long)]
    clean_up: bool,
    #[command(flatten)]
    access: Access,
    /// Seconds that one answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Seconds that the client waits at most before it repeats a request, whatever it was told
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    longest_wait: u64,
    /// Seconds that the whole run may take
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    time_limit: u64,
}

/// What lets the client in.
#[derive(Debug, Args)]
struct Access {
    /// The bearer token; better in the environment or in a file, where nobody sees it
    #[arg(long, env = "PROVISOR_REPLAY_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A file with the bearer token
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// An OAuth token endpoint, where the client gets its tokens itself
    #[arg(long, value_name = "URL", requires = "client_id", conflicts_with_all = ["token", "token_file"])]
    oauth_url: Option<String>,
    /// The OAuth client's id; its secret is in PROVISOR_REPLAY_CLIENT_SECRET
    #[arg(long, value_name = "ID", requires = "oauth_url")]
    client_id: Option<String>,
    /// Send the OAuth client's secret in the form and not in the header
    #[arg(long, requires = "oauth_url")]
    secret_in_body: bool,
    /// Certificates in PEM: the server's must be signed by one of these, and not by one that this
    /// machine trusts
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

/// Plays the client and prints what was sent and answered.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    if arguments.list {
        output.print(&show::list(output.out))?;
        return Ok(Exit::Clean);
    }
    let spec = spec(arguments)?;
    let script = script(arguments)?;
    let url = arguments.url.clone().unwrap_or_default();
    let trust = match &arguments.access.ca {
        Some(path) => Trust::Authorities(read(path)?),
        None => Trust::System,
    };
    let seconds = Duration::from_secs;
    let network = Network::new(&url, &spec.trust(trust), seconds(arguments.timeout))
        .map_err(|error| Failure::new("the endpoint cannot be reached").why(error.message))?;
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let target = Target {
        base: url.trim_end_matches('/').to_owned(),
        credential: credential(&arguments.access)?,
        limits: Limits {
            wait: seconds(arguments.longest_wait),
            until: now.checked_add(seconds(arguments.time_limit)),
            ..Limits::default()
        },
        seed: u64::try_from(since.as_nanos() & u128::from(u64::MAX)).unwrap_or_default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start").why(error.to_string()))?;
    let name = spec.provider.name();
    if !output.quiet {
        output.print(&format!("{name} at {url}: {} actions\n\n", script.actions.len()))?;
    }
    let mut client = Client::new(spec, target, script.directory.clone(), Arc::new(network));
    runtime.block_on(play(&mut client, &script, arguments, output))
}

async fn play(
    client: &mut Client,
    script: &Script,
    arguments: &Arguments,
    output: &Output,
) -> Result<Exit, Stop> {
    let mut tally = Tally::default();
    let done = client.connect().await;
    told(output, arguments, "set up", &done, &mut tally)?;
    if let Some(problem) = done.problems.first() {
        return Err(Failure::new("the client cannot be set up")
            .why(problem.to_string())
            .help("is the URL the base URI of the endpoint, and is the token good?")
            .into());
    }
    for action in &script.actions {
        if let Some(other) = client.beforehand(action) {
            planted(client, &other).await?;
        }
        let done = client
            .act(action)
            .await
            .map_err(|error| Failure::new("the script cannot go on").why(error.to_string()))?;
        let what = format!("{} {}", action.kind(), action.subject());
        told(output, arguments, &what, &done, &mut tally)?;
    }
    let mut text = tally.summary(output.out);
    let mut differs = false;
    if arguments.verify {
        let found = compared(client).await?;
        differs = !found.is_empty();
        text.push_str(&show::verified(&found, client.stumbled().is_empty(), output.out));
    }
    if arguments.clean_up {
        let (gone, left) = client.clean_up().await;
        text.push_str(&show::cleaned(gone, &left, output.out));
    }
    output.print(&text)?;
    let clean = !differs && tally.problems.is_empty();
    Ok(if clean { Exit::Clean } else { Exit::Findings })
}

fn told(
    output: &Output,
    arguments: &Arguments,
    what: &str,
    done: &Done,
    tally: &mut Tally,
) -> Result<(), Stop> {
    tally.add(done);
    if output.quiet && !arguments.show {
        return Ok(());
    }
    output.print(&show::action(what, done, arguments.show, output.out))
}

/// Somebody whom the script wants to be there from another hand.
async fn planted(
    client: &mut Client,
    person: &provisor_clients::directory::Person,
) -> Result<(), Failure> {
    let cannot = || Failure::new("the person for `name-clash` cannot be made beforehand");
    let answer = client.plant(person).await.map_err(|error| cannot().why(error.message))?;
    // Somebody of an earlier run does as well.
    if answer.is_success() || answer.status == 409 {
        return Ok(());
    }
    Err(cannot().why(format!("POST /Users was answered {}", answer.status)))
}

async fn compared(client: &Client) -> Result<Vec<provisor_clients::converge::Difference>, Failure> {
    let unread = |why: String| Failure::new("the endpoint cannot be read back").why(why);
    let users = client.read_back(Sort::Person).await.map_err(unread)?;
    let groups = client.read_back(Sort::Group).await.map_err(unread)?;
    Ok(differences(client, &users, &groups))
}

fn spec(arguments: &Arguments) -> Result<Spec, Failure> {
    let choose = "choose one that `provisor replay --list` names";
    if let Some(id) = &arguments.fault {
        return faulty(id).ok_or_else(|| {
            let ids = FAULTS.iter().map(|fault| fault.id);
            let failure = Failure::new(format!("there is no fault `{id}`"));
            failure.help(nearest(id, ids).map_or_else(|| choose.to_owned(), did_you_mean))
        });
    }
    let Some(name) = &arguments.client else {
        return Err(Failure::new("no client is named").help("give `--as`, such as `--as okta-oin`"));
    };
    name.parse::<Provider>().map(Spec::of).map_err(|_| {
        let names = Provider::ALL.iter().map(|one| one.name());
        let failure = Failure::new(format!("there is no client `{name}`"));
        let begin: Vec<String> = names
            .clone()
            .filter(|one| one.starts_with(name.as_str()))
            .map(|one| format!("`{one}`"))
            .collect();
        if !name.is_empty() && !begin.is_empty() {
            return failure.help(format!("did you mean {}?", begin.join(" or ")));
        }
        failure.help(nearest(name, names).map_or_else(|| choose.to_owned(), did_you_mean))
    })
}

fn script(arguments: &Arguments) -> Result<Script, Failure> {
    let script = match &arguments.script {
        None => Script::built_in(),
        Some(path) => Script::read(&String::from_utf8_lossy(&read(path)?)),
    };
    let script = script.map_err(|error| {
        let name = arguments.script.as_deref().unwrap_or(Path::new("the built-in script"));
        Failure::new(format!("`{}` is no script", name.display())).why(error.message)
    })?;
    let mut kinds = Vec::new();
    for name in &arguments.only {
        let names = || ROWS.iter().map(|row| row.name);
        kinds.push(Kind::named(name).ok_or_else(|| {
            let failure = Failure::new(format!("there is no action `{name}`"));
            failure.help(nearest(name, names()).map_or_else(
                || format!("choose one of {}", names().collect::<Vec<_>>().join(", ")),
                did_you_mean,
            ))
        })?);
    }
    if kinds.is_empty() {
        return Ok(script);
    }
    let script = script.only(&kinds);
    if script.actions.is_empty() {
        return Err(Failure::new("the script has no action of that kind"));
    }
    Ok(script)
}

fn credential(access: &Access) -> Result<Credential, Failure> {
    if let (Some(url), Some(id)) = (&access.oauth_url, &access.client_id) {
        let client_secret = std::env::var("PROVISOR_REPLAY_CLIENT_SECRET").map_err(|_| {
            Failure::new("the OAuth client has no secret").help("set PROVISOR_REPLAY_CLIENT_SECRET")
        })?;
        let placement = if access.secret_in_body { Placement::Body } else { Placement::Header };
        return Ok(Credential::OAuth(OAuth {
            url: url.clone(),
            client_id: id.clone(),
            client_secret,
            scope: None,
            placement,
        }));
    }
    if let Some(path) = &access.token_file {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        return Ok(Credential::Bearer(text.trim().to_owned()));
    }
    Ok(match &access.token {
        Some(token) => Credential::Bearer(token.trim().to_owned()),
        None => Credential::None,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::io("read", &path.display().to_string(), &error))
}
