//! States before and after an action.

use provisor::scim::schema::Schemas;
use serde_json::json;

use super::*;
use crate::action::{Step, plan};
use crate::contract;
use crate::judgement::Basis;
use crate::provider::State;

fn step(kind: Kind) -> Step {
    plan(|_| true, &[], 3).into_iter().rev().find(|step| step.kind == kind).unwrap()
}

fn ann(family: &str, active: bool) -> Value {
    json!({"id": "1", "userName": "ann.lee@acme.example", "active": active, "title": "Account Executive",
        "name": {"givenName": "Ann", "familyName": family}, "nickName": "A",
        "emails": [{"type": "work", "value": "ann.lee@acme.example"}]})
}

fn state(users: &[Value], groups: &[Value]) -> State {
    let by_id = |list: &[Value]| {
        list.iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone())).collect()
    };
    State { users: by_id(users), groups: by_id(groups) }
}

fn broken(action: &Step, before: &State, after: &State) -> Vec<&'static str> {
    let contract = contract::built_in("rfc7644").unwrap();
    let basis = Basis { contract: &contract, schemas: &Schemas::standard() };
    let lacks = lacks(action, before, after, &basis);
    let episode = Episode { lacks: &lacks, ..Episode::quiet(action, before, after) };
    let mut log = Log::default();
    judge(&episode, &contract, &mut log);
    log.broken()
}

#[test]
fn an_update_arrives_or_does_not() {
    let action = step(Kind::UpdateUser);
    let before = state(&[ann("Lee", true)], &[]);
    let mut new = ann("Lee-Moss", true);
    new["title"] = json!("Senior Account Executive");
    assert!(broken(&action, &before, &state(&[new.clone()], &[])).is_empty());
    assert_eq!(broken(&action, &before, &before), ["action/update-user"]);
    new["nickName"] = Value::Null;
    assert_eq!(broken(&action, &before, &state(&[new], &[])), ["state/unchanged"]);
}

#[test]
fn a_leaver_is_inactive_and_not_gone() {
    let action = step(Kind::DeactivateUser);
    let before = state(&[ann("Lee", true)], &[]);
    assert!(broken(&action, &before, &state(&[ann("Lee", false)], &[])).is_empty());
    assert_eq!(broken(&action, &before, &before), ["action/deactivate-user"]);
    assert_eq!(broken(&action, &before, &state(&[], &[])), ["action/deactivate-user"]);
}

#[test]
fn a_removal_leaves_the_others_in_the_group() {
    let action = step(Kind::RemoveMembers);
    let person =
        |id: &str, name: &str| json!({"id": id, "userName": format!("{name}@acme.example")});
    let people = [person("1", "ann.lee"), person("2", "bob.ruiz"), person("3", "cleo.kim")];
    let group = |ids: &[&str]| {
        let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
        json!({"id": "g", "displayName": "Sales", "members": members})
    };
    let before = state(&people, &[group(&["1", "2", "3"])]);
    assert!(broken(&action, &before, &state(&people, &[group(&["1", "2"])])).is_empty());
    for wrong in [&[][..], &["1"], &["1", "2", "3"]] {
        let after = state(&people, &[group(wrong)]);
        assert_eq!(broken(&action, &before, &after), ["action/remove-members"], "{wrong:?}");
    }
}

#[test]
fn somebody_elses_change_is_noticed() {
    let action = step(Kind::CreateGroup);
    let before = state(&[ann("Lee", true)], &[]);
    let group = json!({"id": "g", "displayName": "Sales"});
    let after = state(&[ann("Lee", false)], std::slice::from_ref(&group));
    assert_eq!(broken(&action, &before, &after), ["state/unchanged"]);
    assert!(broken(&action, &before, &state(&[ann("Lee", true)], &[group])).is_empty());
}

#[test]
fn what_comes_late_is_no_change_of_somebody_else() {
    let action = step(Kind::CreateGroup);
    let group = json!({"id": "g", "displayName": "Sales"});
    let person = |family: &str, title: &str| {
        json!({"id": "1", "userName": "ann.lee@acme.example", "displayName": "Ann Lee-Moss",
            "title": title, "name": {"givenName": "Ann", "familyName": family}})
    };
    let before = state(&[person("Lee", "Account Executive")], &[]);
    let told = |family, title| {
        let after = state(&[person(family, title)], std::slice::from_ref(&group));
        broken(&action, &before, &after)
    };
    // The step before this one changed name and title, and nothing of it had arrived.
    assert!(told("Lee-Moss", "Senior Account Executive").is_empty());
    assert_eq!(told("Moss", "Senior Account Executive"), ["state/unchanged"]);
    assert_eq!(told("Lee-Moss", "Chief"), ["state/unchanged"]);
}

#[test]
fn where_there_is_nothing_to_take_away_the_others_are_looked_at() {
    let action = step(Kind::ClearValue);
    let cleo = json!({"id": "3", "userName": "cleo.kim@acme.example"});
    let before = state(&[ann("Lee", true), cleo.clone()], &[]);
    assert!(broken(&action, &before, &before).is_empty());
    let after = state(&[ann("Lee", false), cleo], &[]);
    assert_eq!(broken(&action, &before, &after), ["state/unchanged"]);
}

#[test]
fn what_is_replaced_by_another_is_gone() {
    let action = step(Kind::RemoveMembers);
    let people = ["ann.lee", "bob.ruiz", "cleo.kim"]
        .map(|name| json!({"id": name, "userName": format!("{name}@acme.example")}));
    let group = |id: &str, ids: &[&str]| {
        let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
        json!({"id": id, "displayName": "Sales", "members": members})
    };
    let all = ["ann.lee", "bob.ruiz", "cleo.kim"];
    let before = state(&people, &[group("g", &all)]);
    let after = |id: &str| state(&people, &[group(id, &["ann.lee", "bob.ruiz"])]);
    assert!(broken(&action, &before, &after("g")).is_empty());
    assert_eq!(broken(&action, &before, &after("h")), ["state/unchanged"]);

    let action = step(Kind::UpdateUser);
    let mut new = ann("Lee-Moss", true);
    new["title"] = json!("Senior Account Executive");
    new["id"] = json!("2");
    let before = state(&[ann("Lee", true)], &[]);
    assert_eq!(broken(&action, &before, &state(&[new], &[])), ["state/unchanged"]);
}

#[test]
fn what_is_to_go_may_go() {
    let action = step(Kind::DeleteGroup);
    let name = &action.before.groups["sales"].display_name;
    let group = json!({"id": "g", "displayName": name, "members": []});
    assert!(broken(&action, &state(&[], &[group]), &state(&[], &[])).is_empty());
    let action = step(Kind::DeleteUser);
    let cleo = json!({"id": "3", "userName": "cleo.kim@acme.example"});
    assert!(broken(&action, &state(&[cleo], &[]), &state(&[], &[])).is_empty());
}
