//! `--settle` gathers a person's events, but never what takes away for a reason that cannot wait.

use std::time::Duration;

use provisor::reconcile::{Edit, Editor, HandEdit, Values};
use provisor_server::entitlements::import::{Existing, Imported};
use provisor_server::entitlements::{Edited, Options};
use provisor_server::store::{Entitlement, Shelf, Write};
use serde_json::json;

use super::entitlements_happen::RULES;
use super::world::{TENANT, World};

fn settling() -> World {
    World::with(Options { settle: Some(Duration::from_secs(30)) })
}

#[tokio::test]
async fn events_of_a_person_are_applied_together_once_they_have_settled() {
    let world = settling();
    world.rules(RULES).await;
    let ana = world.create(json!({ "userName": "ana" })).await;
    world.pass(20_000);
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    assert_eq!(world.record(ana).await, None);
    world.work_off().await;
    assert_eq!(world.record(ana).await, None, "20 of 30 seconds have passed");
    world.pass(10_000);
    world.work_off().await;
    assert_eq!(world.seats(ana).await, ["gong"], "a later event does not put it off");
    assert_eq!(world.feed(0).await.len(), 1, "one entry for both events");
}

#[tokio::test]
async fn what_fails_for_one_person_stops_no_other_and_is_tried_again() {
    let world = settling();
    world.rules(RULES).await;
    let ana = world.create(json!({ "userName": "ana" })).await;
    let bert = world.create(json!({ "userName": "bert" })).await;
    let broken = Entitlement { record: "nonsense".to_owned(), shown: "{}".to_owned() };
    world.write(move |tx, _, _| Ok(tx.put_entitlement(TENANT, ana, &broken)?)).await.unwrap();
    world.pass(30_000);
    world.entitlements.work_off(&world.store, &world.clock()).await.unwrap_err();
    assert!(world.record(bert).await.is_some());
    world.write(move |tx, _, _| Ok(tx.remove_entitlement(TENANT, ana)?)).await.unwrap();
    world.pass(59_999);
    world.work_off().await;
    assert_eq!(world.record(ana).await, None, "it waits a minute");
    world.pass(1);
    world.work_off().await;
    assert!(world.record(ana).await.is_some());
}

#[tokio::test]
async fn deactivation_and_nevers_never_wait() {
    let world = settling();
    world.rules(RULES).await;
    let ana = world.create(json!({ "userName": "ana" })).await;
    let bert = world.create(json!({ "userName": "bert" })).await;
    let sales = world.group("Sales").await;
    world.join(sales, &[ana, bert]).await;
    world.pass(30_000);
    world.work_off().await;
    world.update(ana, json!({ "userName": "ana", "active": false })).await;
    assert!(world.seats(ana).await.is_empty());
    world.update(bert, json!({ "userName": "bert", "userType": "Contractor" })).await;
    assert!(world.seats(bert).await.is_empty());
}

#[tokio::test]
async fn existing_members_are_adopted_when_the_source_sends_them() {
    let world = World::new();
    world.rules(RULES).await;
    let values = Values { seats: ["forecast".to_owned()].into(), ..Values::default() };
    let existing = Existing { user_name: Some("ANA".into()), external_id: None, values };
    let line = existing.clone();
    let outcome = world.write(move |tx, e, cause| e.import(tx, cause, &line, None)).await.unwrap();
    assert_eq!(outcome, Imported::Waiting);
    let ana = world.create(json!({ "userName": "ana" })).await;
    let record = world.record(ana).await.unwrap();
    assert!(record.adopted);
    assert_eq!(world.seats(ana).await, ["forecast"], "until her groups arrive nothing is taken");
    assert_eq!(world.shown(ana).await["pending"], true);
    // Somebody who is known already is left alone.
    let line = existing;
    let outcome =
        world.write(move |tx, e, cause| e.import(tx, cause, &line, Some(ana))).await.unwrap();
    assert_eq!(outcome, Imported::Known);
}

/// A line of an import with a seat.
fn line(user_name: &str, external_id: &str) -> Existing {
    let values = Values { seats: ["forecast".to_owned()].into(), ..Values::default() };
    let (user_name, external_id) = (Some(user_name.to_owned()), Some(external_id.to_owned()));
    Existing { user_name, external_id, values }
}

#[tokio::test]
async fn who_was_adopted_by_one_name_leaves_nothing_waiting_under_the_other() {
    let world = World::new();
    world.rules(RULES).await;
    let waiting = line("ana", "e-1");
    world.write(move |tx, e, cause| e.import(tx, cause, &waiting, None)).await.unwrap();
    let married = world.create(json!({ "userName": "ana.new", "externalId": "e-1" })).await;
    assert!(world.record(married).await.unwrap().adopted);
    let namesake = world.create(json!({ "userName": "ana" })).await;
    assert!(!world.record(namesake).await.unwrap().adopted);
    assert!(world.seats(namesake).await.is_empty());
}

#[tokio::test]
async fn who_is_adopted_by_a_line_leaves_nothing_waiting_of_an_earlier_one() {
    let world = settling();
    world.rules(RULES).await;
    let waiting = line("ana", "e-1");
    world.write(move |tx, e, cause| e.import(tx, cause, &waiting, None)).await.unwrap();
    let ana = world.create(json!({ "userName": "ana" })).await;
    let again = line("ana", "e-1");
    let outcome = world.write(move |tx, e, cause| e.import(tx, cause, &again, Some(ana))).await;
    assert_eq!(outcome.unwrap(), Imported::Adopted);
    let other = world.create(json!({ "userName": "other", "externalId": "e-1" })).await;
    world.pass(30_000);
    world.work_off().await;
    assert!(!world.record(other).await.unwrap().adopted);
}

#[tokio::test]
async fn what_another_line_left_under_the_other_name_waits_on() {
    let world = World::new();
    world.rules(RULES).await;
    for waiting in [line("ana", "e-1"), line("ana", "e-2")] {
        world.write(move |tx, e, cause| e.import(tx, cause, &waiting, None)).await.unwrap();
    }
    let first = world.create(json!({ "userName": "first", "externalId": "e-1" })).await;
    assert!(world.record(first).await.unwrap().adopted);
    let second = world.create(json!({ "userName": "ana" })).await;
    assert!(world.record(second).await.unwrap().adopted, "the name is that of the second line");
}

#[tokio::test]
async fn bare_values_that_an_older_server_kept_are_adopted() {
    let world = World::new();
    world.rules(RULES).await;
    let kept = r#"{"seats":["forecast"]}"#;
    let keep = move |tx: &dyn Write| tx.put_document(TENANT, Shelf::Imports, "userName/ana", kept);
    world.write(move |tx, _, _| Ok(keep(tx)?)).await.unwrap();
    let ana = world.create(json!({ "userName": "ana" })).await;
    assert!(world.record(ana).await.unwrap().adopted);
    assert_eq!(world.seats(ana).await, ["forecast"]);
}

#[tokio::test]
async fn gathered_events_outlast_a_change_of_rules() {
    let world = settling();
    world.rules(RULES).await;
    let ana = world.create(json!({ "userName": "ana" })).await;
    world.pass(30_000);
    world.work_off().await;
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    // The batch writes her record while her event waits. Under `propagate` as it is by default
    // the rules wait for her next event, which is this one.
    world.rules(&RULES.replace("Everyone else", "Others")).await;
    assert!(world.seats(ana).await.is_empty(), "her events are still gathered");
    world.pass(30_000);
    world.work_off().await;
    assert_eq!(world.seats(ana).await, ["gong"]);
}

#[tokio::test]
async fn imports_outlast_a_change_of_rules() {
    let world = World::new();
    let values = Values { seats: ["forecast".to_owned()].into(), ..Values::default() };
    let ana = world.create(json!({ "userName": "ana" })).await;
    for name in ["ana", "bert"] {
        let line =
            Existing { user_name: Some(name.into()), external_id: None, values: values.clone() };
        let outcome = world.write(move |tx, e, cause| e.import(tx, cause, &line, None)).await;
        assert_eq!(outcome.unwrap(), Imported::Waiting, "there are no rules yet");
    }
    // Who is there is adopted by the batch, and not made anew with nothing.
    world.rules(RULES).await;
    assert!(world.record(ana).await.unwrap().adopted);
    assert_eq!(world.seats(ana).await, ["forecast"]);
    // Who is not waits on, through another batch too.
    world.rules(&RULES.replace("Everyone else", "Others")).await;
    let bert = world.create(json!({ "userName": "bert" })).await;
    assert!(world.record(bert).await.unwrap().adopted);
    assert_eq!(world.seats(bert).await, ["forecast"]);
}

#[tokio::test]
async fn a_hand_edit_is_refused_where_the_source_decides() {
    let world = World::new();
    world.rules(&RULES.replace("update automatic }\ngrant", "update manual }\ngrant")).await;
    let ana = world.create(json!({ "userName": "ana" })).await;
    let set = Edit { seats: [("gong".to_owned(), true)].into(), ..Edit::default() };
    let edit = HandEdit { by: Editor::Admin, set };
    let again = edit.clone();
    let edited = world.write(move |tx, e, cause| e.edit(tx, cause, ana, edit)).await.unwrap();
    let Edited::Refused(answer) = edited else { panic!("{edited:?}") };
    assert_eq!(
        serde_json::to_value(&answer.refusals[0].reason).unwrap(),
        json!({ "locked": "Everyone else" })
    );
    assert!(world.seats(ana).await.is_empty());
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    let set = Edit { seats: [("gong".to_owned(), false)].into(), ..Edit::default() };
    let edit = HandEdit { set, ..again };
    let edited = world.write(move |tx, e, cause| e.edit(tx, cause, ana, edit)).await.unwrap();
    assert!(matches!(edited, Edited::Accepted(_)), "in Sales seats are manual: {edited:?}");
    assert!(world.seats(ana).await.is_empty());
}
