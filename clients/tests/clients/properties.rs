//! What holds for every script and every text.

use std::collections::BTreeMap;

use proptest::prelude::*;
use provisor_clients::action::Action;
use provisor_clients::client::Spec;
use provisor_clients::directory::{Directory, Event, Group, Person};
use provisor_clients::fault::FAULTS;
use provisor_clients::field::Field;
use provisor_clients::http::encode::{form, literal, percent, readable};
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;

use super::play::{client, runtime};
use super::stub::Stub;

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["ann", "bob", "cleo"]
}

fn group() -> impl Strategy<Value = String> {
    prop_oneof!["sales", "everyone"]
}

fn action() -> impl Strategy<Value = Action> {
    let set = prop::collection::btree_map(
        prop_oneof![Just(Field::Title), Just(Field::Phone), Just(Field::UserName)],
        prop::option::of("[a-z\"\\\\+ ]{1,6}"),
        1..3,
    );
    let people = || prop::collection::vec(name(), 1..3);
    prop_oneof![
        3 => name().prop_map(|person| Action::CreateUser { person }),
        2 => group().prop_map(|group| Action::CreateGroup { group }),
        1 => (name(), set).prop_map(|(person, set)| Action::UpdateUser { person, set }),
        1 => (name(), "[a-z+]{1,5}@x")
            .prop_map(|(person, email)| Action::ChangeEmail { person, email }),
        1 => (name(), name()).prop_map(|(person, manager)| Action::SetManager { person, manager }),
        1 => name().prop_map(|person| Action::ClearManager { person }),
        1 => name().prop_map(|person| Action::DeactivateUser { person }),
        1 => name().prop_map(|person| Action::ReactivateUser { person }),
        1 => name().prop_map(|person| Action::DeleteUser { person }),
        1 => (group(), people()).prop_map(|(group, people)| Action::AddMembers { group, people }),
        1 => (group(), people()).prop_map(|(group, people)| Action::RemoveMembers { group, people }),
        1 => (group(), "[A-Z\"]{1,5}").prop_map(|(group, name)| Action::RenameGroup { group, name }),
        1 => group().prop_map(|group| Action::DeleteGroup { group }),
        1 => (group(), 0..4usize).prop_map(|(group, size)| Action::LargeGroup { group, size }),
        1 => Just(Action::Import {}),
    ]
}

fn source() -> Directory {
    let person = |name: &str| {
        let values: BTreeMap<Field, String> =
            Field::REQUIRED.iter().map(|field| (*field, format!("{name}@x"))).collect();
        (name.to_owned(), Person { values, manager: None, active: true })
    };
    let group = |name: &str| {
        let group =
            Group { external_id: name.to_owned(), name: name.to_owned(), members: [].into() };
        (name.to_owned(), group)
    };
    Directory::new(
        ["ann", "bob", "cleo"].map(person).into(),
        ["sales", "everyone"].map(group).into(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Members are people, managers are people, and an impossible action changes nothing.
    #[test]
    fn a_source_is_whole_after_every_action(actions in prop::collection::vec(action(), 0..30)) {
        let mut source = source();
        for action in &actions {
            let before = source.clone();
            match source.apply(action) {
                Ok(events) => prop_assert!(!events.is_empty()),
                Err(_) => prop_assert_eq!(&source, &before),
            }
            for group in source.groups.values() {
                prop_assert!(group.members.iter().all(|one| source.people.contains_key(one)));
            }
            let mut managers = source.people.values().filter_map(|one| one.manager.as_ref());
            prop_assert!(managers.all(|one| source.people.contains_key(one)));
        }
    }

    /// No client panics or runs away, whatever happens at its source, and a client without faults
    /// stumbles over nothing where the provider is as it should be.
    #[test]
    fn every_client_takes_every_script(
        actions in prop::collection::vec(action(), 0..20),
        fault in 0..FAULTS.len(),
    ) {
        let runtime = runtime();
        let script = Script { actions: Vec::new(), directory: source() };
        let specs = Provider::ALL.iter().map(|one| (Spec::of(*one), *one == Provider::Rfc7644));
        for (spec, faultless) in specs.chain([(FAULTS[fault].spec(), false)]) {
            let stub = Stub::new();
            let mut client = client(&runtime, spec, &script, stub.wire());
            for action in &actions {
                let Ok(done) = runtime.block_on(client.act(action)) else { continue };
                prop_assert!(done.exchanges.len() < 200);
                if faultless {
                    prop_assert_eq!(done.problems, vec![]);
                }
            }
        }
    }

    /// A text in a filter is read back as it was, however the query is encoded.
    #[test]
    fn texts_survive_the_query(text in any::<String>()) {
        let filter = format!("userName eq {}", literal(&text));
        let decoded = |encoded: &str| {
            percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap().into_owned()
        };
        prop_assert_eq!(decoded(&percent(&filter)), filter.clone());
        prop_assert_eq!(decoded(&readable(&filter)), filter.clone());
        prop_assert_eq!(decoded(&form(&filter).replace('+', "%20")), filter.clone());
        let back: String = serde_json::from_str(filter.strip_prefix("userName eq ").unwrap()).unwrap();
        prop_assert_eq!(back, text);
        for encoded in [percent(&filter), readable(&filter), form(&filter)] {
            prop_assert!(!encoded.contains(['&', '#', ' ', '"']));
        }
    }
}

/// An event of every kind comes from some action of the built-in script.
#[test]
fn the_built_in_script_tells_every_kind_of_event() {
    let script = Script::built_in().unwrap();
    let mut source = script.directory.clone();
    let mut kinds = std::collections::BTreeSet::new();
    for action in &script.actions {
        for event in source.apply(action).unwrap() {
            let shown = format!("{event:?}");
            kinds.insert(shown.split('(').next().unwrap().to_owned());
        }
    }
    assert_eq!(kinds.len(), 12, "{kinds:?}");
    assert!(kinds.contains(&format!("{:?}", Event::Import)));
}
