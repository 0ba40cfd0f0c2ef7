//! Plays a script with a client.

use std::sync::Arc;

use provisor_clients::client::{Client, Done, Spec};
use provisor_clients::script::Script;
use provisor_clients::session::{Credential, Limits, Target};
use provisor_clients::wire::Wire;
use tokio::runtime::Runtime;

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(crate) fn target(base: &str) -> Target {
    Target {
        base: base.to_owned(),
        credential: Credential::Bearer("token".to_owned()),
        limits: Limits::default(),
        seed: 7,
    }
}

/// A client of a script, connected.
pub(crate) fn client(
    runtime: &Runtime,
    spec: Spec,
    script: &Script,
    wire: Arc<dyn Wire>,
) -> Client {
    let target = target("http://stub.example/scim/v2");
    let mut client = Client::new(spec, target, script.directory.clone(), wire);
    let done = runtime.block_on(client.connect());
    assert_eq!(done.problems, [], "connect");
    client
}

/// Plays every action; who must be there beforehand is.
pub(crate) fn play(runtime: &Runtime, client: &mut Client, script: &Script) -> Vec<Done> {
    runtime.block_on(play_on(client, script))
}

/// The same within a task.
pub(crate) async fn play_on(client: &mut Client, script: &Script) -> Vec<Done> {
    let mut all = Vec::new();
    for action in &script.actions {
        if let Some(other) = client.beforehand(action) {
            assert!(client.plant(&other).await.unwrap().is_success());
        }
        all.push(client.act(action).await.unwrap());
    }
    all
}

/// A script of these actions about ann, bob and two groups.
pub(crate) fn script(actions: &str) -> Script {
    let text = format!(
        "people:
  ann: {{ userName: ann@x.example, givenName: Ann, familyName: Lee, email: ann@x.example, title: AE, phone: '+1 2' }}
  bob: {{ userName: bob@x.example, givenName: Bob, familyName: Ruiz, email: bob@x.example }}
groups:
  sales: {{ displayName: Sales }}
  odd: {{ displayName: 'a\"b\\c' }}
actions:
{actions}"
    );
    Script::read(&text).unwrap()
}
