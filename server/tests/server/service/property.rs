//! Membership by relation means what PATCH of the whole resource means.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use provisor::json::Json;
use provisor::scim::patch;

use super::world::{Group, World, group_body, patch_body, text};

/// One operation: its kind, whom it names, whom it names besides.
type Step = (u8, Vec<usize>, usize);

fn operation((kind, named, other): &Step, ids: &[String]) -> String {
    let values: Vec<String> =
        named.iter().map(|one| format!(r#"{{"value":"{}"}}"#, ids[*one])).collect();
    let values = format!("[{}]", values.join(","));
    let other = &ids[*other];
    match kind {
        0 | 1 => format!(r#"{{"op":"add","path":"members","value":{values}}}"#),
        2 => format!(r#"{{"op":"remove","path":"members[value eq \"{other}\"]"}}"#),
        3 => format!(r#"{{"op":"replace","path":"members","value":{values}}}"#),
        4 => r#"{"op":"remove","path":"members"}"#.to_owned(),
        5 => format!(r#"{{"op":"remove","path":"members","value":{values}}}"#),
        6 => r#"{"op":"remove","path":"members[type eq \"Group\"]"}"#.to_owned(),
        7 => format!(r#"{{"op":"remove","path":"members[not (value eq \"{other}\")]"}}"#),
        8 => format!(
            r#"{{"op":"replace","path":"members[value eq \"{other}\"]","value":{{"value":"{other}"}}}}"#
        ),
        9 => format!(r#"{{"op":"add","value":{{"members":{values},"externalId":"{other}"}}}}"#),
        10 => format!(r#"{{"op":"replace","path":"displayName","value":"name {other}"}}"#),
        _ => format!(
            r#"{{"op":"remove","path":"members[value eq \"{other}\" and type eq \"User\"]"}}"#
        ),
    }
}

fn said(group: &Json) -> (String, String, BTreeSet<String>) {
    let members = group.get("members").and_then(Json::as_array).unwrap_or_default();
    let members = members.iter().map(|member| text(member, &["value"])).collect();
    (text(group, &["displayName"]), text(group, &["externalId"]), members)
}

#[test]
fn a_patch_of_members_equals_the_patch_of_the_whole_resource() {
    let world = World::new();
    let mut ids: Vec<String> = (0..5).map(|number| world.user(&format!("u{number}"))).collect();
    ids.extend((0..2).map(|number| world.group(&format!("g{number}"), &[])));
    let schemas = &world.service.schemas;
    let resource_type = schemas.resource_type("Group").unwrap();
    let step = (0_u8..12, proptest::collection::vec(0_usize..7, 1..4), 0_usize..7);
    let requests = proptest::collection::vec(proptest::collection::vec(step, 1..4), 1..6);
    let mut runner = TestRunner::new(Config { cases: 60, ..Config::default() });
    let outcome = runner.run(&requests, |requests| {
        let id = world.group("group", &[&ids[0], &ids[5]]);
        for request in requests {
            let operations: Vec<String> =
                request.iter().map(|step| operation(step, &ids)).collect();
            let operations = operations.join(",");
            let before = world.get(Group, &id).unwrap();
            let options = world.service.settings.patch;
            let whole = patch::parse(&patch_body(&operations), schemas, resource_type, options)
                .and_then(|patch| patch.apply(&before, schemas, resource_type));
            let done = world.patch(Group, &id, &operations);
            let after = world.get(Group, &id).unwrap();
            match whole {
                Ok(patched) => {
                    prop_assert!(done.is_ok(), "{operations}: {:?}", done.err());
                    prop_assert_eq!(said(&after), said(&patched.resource), "{}", &operations);
                    let same = said(&after) == said(&before);
                    prop_assert_eq!(
                        after.get("meta") == before.get("meta"),
                        same,
                        "{}",
                        &operations
                    );
                }
                Err(error) => {
                    let refused = done.map(|_| ()).unwrap_err();
                    prop_assert_eq!(refused.scim_type, {
                        provisor_server::error::ScimError::from(error).scim_type
                    });
                    prop_assert_eq!(after, before);
                }
            }
        }
        // A PUT of other members is the difference, too.
        world.replace(Group, &id, &group_body("again", &[&ids[1], &ids[6]])).unwrap();
        let members: BTreeSet<String> = world.members(&id).into_iter().collect();
        prop_assert_eq!(members, BTreeSet::from([ids[1].clone(), ids[6].clone()]));
        Ok(())
    });
    outcome.unwrap();
}
