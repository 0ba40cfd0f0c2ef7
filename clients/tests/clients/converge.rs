//! Each client plays the built-in script against the reference server; then the server has what
//! the script says.

use std::sync::Arc;
use std::time::Duration;

use provisor_clients::client::{Client, Spec};
use provisor_clients::converge::differences;
use provisor_clients::fault::FAULTS;
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;
use provisor_clients::session::{Credential, Target};
use provisor_clients::wire::Network;
use tokio::task::JoinSet;

use super::play::{play, play_on, runtime, target};
use super::served::{Served, nobody};

/// The dialects in which the server understands all that the client sends.
fn dialects(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Rfc7644 => &["rfc7644", "lenient", "entra", "okta", "onelogin", "tolerant"],
        Provider::OktaOin | Provider::OktaAiw => &["rfc7644", "lenient", "okta", "tolerant"],
        Provider::EntraDefault | Provider::EntraOptscim => &["entra", "tolerant"],
        Provider::OneLogin => &["onelogin", "lenient", "tolerant"],
        Provider::JumpCloud | Provider::Authentik => &["lenient", "entra", "tolerant"],
    }
}

#[test]
fn rfc7644() {
    converges(Provider::Rfc7644);
}

#[test]
fn okta() {
    converges(Provider::OktaOin);
    converges(Provider::OktaAiw);
}

#[test]
fn entra() {
    converges(Provider::EntraDefault);
    converges(Provider::EntraOptscim);
}

#[test]
fn onelogin() {
    converges(Provider::OneLogin);
}

#[test]
fn jumpcloud() {
    converges(Provider::JumpCloud);
}

#[test]
fn authentik() {
    converges(Provider::Authentik);
}

/// Every dialect that the server has is somebody's.
#[test]
fn all_dialects_are_played() {
    for dialect in provisor_server::service::dialect::Dialect::ALL {
        let played = Provider::ALL.iter().any(|one| dialects(*one).contains(&dialect.name()));
        assert!(played, "{dialect}");
    }
}

/// What a faulty client does wrong with a well-behaved server in the way stays bounded, and ends.
#[test]
fn every_faulty_client_comes_to_an_end() {
    let script = Script::built_in().unwrap();
    let runtime = runtime();
    let served = Served::start(&runtime, &[("dialect", "tolerant")]);
    let mut running = JoinSet::new();
    for fault in FAULTS {
        let token = served.tenant(&runtime, &fault.id.to_lowercase());
        let mut client = connected(&served, &token, fault.spec(), &script);
        let script = script.clone();
        let played = async move {
            client.connect().await;
            let all = play_on(&mut client, &script).await;
            (fault.id, all.iter().map(|done| done.exchanges.len()).sum::<usize>())
        };
        running.spawn_on(played, runtime.handle());
    }
    for (id, sent) in runtime.block_on(running.join_all()) {
        assert!(sent < 1_000, "{id}: {sent} requests");
    }
    served.stop(&runtime);
}

fn converges(provider: Provider) {
    let script = Script::built_in().unwrap();
    let runtime = runtime();
    for dialect in dialects(provider) {
        let served = Served::start(&runtime, &[("dialect", dialect)]);
        let mut client = connected(&served, served.token(), Spec::of(provider), &script);
        let done = runtime.block_on(client.connect());
        assert_eq!(done.problems, [], "{provider}, {dialect}");
        let all = play(&runtime, &mut client, &script);
        let kinds = script.actions.iter().map(|action| action.kind().name());
        let told: Vec<String> = kinds
            .zip(&all)
            .flat_map(|(kind, done)| done.problems.iter().map(move |one| format!("{kind}: {one}")))
            .collect();
        // Quotes within a filter that are not escaped are no filter.
        let quotes = "special-characters: group odd";
        let expected = |told: &String| !provider.profile().escapes && told.starts_with(quotes);
        assert!(told.iter().all(expected), "{provider}, {dialect}: {told:#?}");
        assert_eq!(told.is_empty(), provider.profile().escapes, "{provider}, {dialect}");
        let users = served.all(&runtime, "/Users");
        let groups = served.all(&runtime, "/Groups");
        let found: Vec<String> =
            differences(&client, &users, &groups).iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{provider}, {dialect}: {found:#?}");
        // Nobody but those of the script, and no second one of anybody.
        let people = client.source().people.len();
        let left = client.source().departed.len();
        let kept = if provider.profile().deletes_people { people } else { people + left };
        assert_eq!(users.len(), kept, "{provider}, {dialect}");
        assert_eq!(
            groups.len() + client.stumbled().len(),
            client.source().groups.len(),
            "{provider}, {dialect}"
        );
        served.stop(&runtime);
    }
}

fn connected(served: &Served, token: &str, spec: Spec, script: &Script) -> Client {
    let network = Network::new(served.base(), &nobody(), Duration::from_secs(30)).unwrap();
    let target =
        Target { credential: Credential::Bearer(token.to_owned()), ..target(served.base()) };
    Client::new(spec, target, script.directory.clone(), Arc::new(network))
}
