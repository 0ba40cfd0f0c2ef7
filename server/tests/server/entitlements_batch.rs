//! Changes of rules reach everybody, a chunk at a time, and stop at the brake.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use provisor_server::clock::{Clock, Timestamp};
use provisor_server::entitlements::batch::{Batch, BatchState};
use provisor_server::entitlements::{Cause, Put, PutRefused, RulesText};
use provisor_server::id::{Id, Kind, TenantId};
use provisor_server::store::Shelf;
use serde_json::json;

use super::world::{TENANT, World};

const GIVES: &str = r#"
provisioning 1
seat gong "Gong"
setting propagate at_once
default assignment "Everyone" { match everyone
  seats gong
  workspaces { others: none }
  capture none
  update automatic }
"#;

fn takes() -> String {
    GIVES.replace("seats gong", "seats none")
}

async fn batch(world: &World, number: u64) -> Batch {
    world.read(move |tx, e| e.batch(tx, TENANT, number)).await.unwrap()
}

async fn people(world: &World, count: usize) -> Vec<Id> {
    let mut people = Vec::new();
    for number in 0..count {
        people.push(world.create(json!({ "userName": format!("user-{number}") })).await);
    }
    people
}

#[tokio::test]
async fn rules_that_do_not_check_are_refused_and_the_old_ones_stay() {
    let world = World::new();
    let first = world.rules(GIVES).await;
    let refused = world.put("provisioning 1\nassignment {").await.unwrap_err();
    let PutRefused::Findings(findings) = refused else { panic!("{refused:?}") };
    assert!(findings.to_string().contains("\"error\""), "{findings}");
    let ana = people(&world, 1).await[0];
    assert_eq!(world.seats(ana).await, ["gong"]);
    let (info, _) = world.read(|tx, e| e.version(tx, TENANT, None)).await.unwrap();
    assert_eq!(info.version, first.version);
}

#[tokio::test]
async fn the_same_rules_again_are_no_change() {
    let world = World::new();
    let first = world.rules(GIVES).await;
    people(&world, 1).await;
    let again = world.rules(GIVES).await;
    assert_eq!((again.version, again.batch), (first.version, None));
}

#[tokio::test]
async fn a_change_within_the_brake_reaches_everybody() {
    let world = World::new();
    world.rules(GIVES).await;
    let people = people(&world, 5).await;
    let placed = world.rules(&takes()).await;
    let batch = batch(&world, placed.batch.unwrap()).await;
    assert_eq!((batch.state, batch.losing, batch.written), (BatchState::Done, 5, 5));
    for person in people {
        assert!(world.seats(person).await.is_empty());
    }
}

#[tokio::test]
async fn the_brake_holds_removals_until_they_are_confirmed() {
    let world = World::new();
    world.rules(GIVES).await;
    let people = people(&world, 7).await;
    let feed = world.feed(0).await.len();
    let placed = world.rules(&takes()).await;
    let number = placed.batch.unwrap();
    let held = batch(&world, number).await;
    assert_eq!((held.state, held.losing, held.allowed), (BatchState::Held, 7, Some(5)));
    assert_eq!(held.held, 7);
    assert_eq!(world.feed(u64::try_from(feed).unwrap()).await.len(), 0, "nothing is taken yet");
    assert_eq!(world.seats(people[3]).await, ["gong"]);
    // The source sends somebody: what is held stays held.
    world.update(people[3], json!({ "userName": "user-3", "nickName": "C" })).await;
    assert_eq!(world.seats(people[3]).await, ["gong"]);
    world.write(move |tx, e, cause| e.confirm(tx, cause, number)).await.unwrap();
    world.work_off().await;
    assert_eq!(batch(&world, number).await.state, BatchState::Done);
    for person in people {
        assert!(world.seats(person).await.is_empty());
    }
}

#[tokio::test]
async fn a_cancelled_change_of_rules_is_undone() {
    let world = World::new();
    world.rules(GIVES).await;
    let people = people(&world, 7).await;
    let number = world.rules(&takes()).await.batch.unwrap();
    world.write(move |tx, e, cause| e.cancel(tx, cause, number)).await.unwrap();
    world.work_off().await;
    assert_eq!(batch(&world, number).await.state, BatchState::Cancelled);
    let record = world.record(people[0]).await.unwrap();
    assert!(record.held.is_empty(), "what is wanted again is not held");
    let (info, text) = world.read(|tx, e| e.version(tx, TENANT, None)).await.unwrap();
    assert_eq!((info.origin.as_str(), info.version), ("cancel", 3));
    assert_eq!(text, RulesText::single("sales.rules", GIVES));
}

#[tokio::test]
async fn a_cancelled_change_of_a_file_stays_cancelled_until_the_file_changes() {
    let world = World::new();
    let root = world.folder().join("root.rules");
    let put = async || {
        let put = world.entitlements.put_file(&world.store, &world.cause(), &root).await.unwrap();
        world.work_off().await;
        put
    };
    std::fs::write(&root, GIVES).unwrap();
    put().await;
    people(&world, 7).await;
    std::fs::write(&root, takes()).unwrap();
    let (placed, text) = put().await;
    let number = placed.batch.unwrap();
    assert_eq!(batch(&world, number).await.state, BatchState::Held);
    world.write(move |tx, e, cause| e.cancel(tx, cause, number)).await.unwrap();
    world.work_off().await;
    let origin = async || world.read(|tx, e| e.version(tx, TENANT, None)).await.unwrap().0.origin;

    let ticks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&ticks);
    let clock = Clock::of(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Timestamp(2_000)
    });
    let (entitlements, store) = (Arc::clone(&world.entitlements), world.store.clone());
    let every = Duration::from_millis(1);
    let watch = entitlements.watch(store, clock, TENANT, root.clone(), every, Some(text));
    let watch = tokio::spawn(watch);
    let ticked = async || {
        // The tick before the last is over.
        let until = ticks.load(Ordering::SeqCst) + 3;
        while ticks.load(Ordering::SeqCst) < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        world.work_off().await;
    };
    ticked().await;
    assert_eq!(origin().await, "cancel");
    // What the API puts stays too.
    world.rules(&GIVES.replace("\"Gong\"", "\"Gong!\"")).await;
    ticked().await;
    assert_eq!(origin().await, "api");
    std::fs::write(&root, GIVES).unwrap();
    ticked().await;
    assert_eq!(origin().await, "file", "the file wins at its next change");
    watch.abort();
}

#[tokio::test]
async fn a_crash_between_chunks_resumes() {
    let world = World::new();
    world.rules(GIVES).await;
    let people = people(&world, 620).await;
    let rules = takes().replace("at_once", "at_once\nsetting max_removals none");
    let number = world.put(&rules).await.unwrap().batch.unwrap();
    let (first, last) = (people[0], people[619]);
    // Counting takes three steps (500, 120, end); then one chunk is applied.
    for _ in 0..4 {
        assert!(world.entitlements.step(&world.store, &world.clock(), TENANT).await.unwrap());
    }
    assert!(world.seats(first).await.is_empty());
    assert_eq!(world.seats(last).await, ["gong"]);
    let world = world.restarted();
    // An event of somebody whom the change has not reached finds them as if it had.
    world.update(last, json!({ "userName": "user-619", "nickName": "Z" })).await;
    assert!(world.seats(last).await.is_empty());
    world.entitlements.run_batches(&world.store, &world.clock(), TENANT).await.unwrap();
    let batch = batch(&world, number).await;
    assert_eq!((batch.state, batch.people, batch.losing), (BatchState::Done, 620, 620));
    assert!(world.seats(people[600]).await.is_empty());
    let removals = world.feed(620).await;
    assert_eq!(removals.len(), 620, "each person once");
}

#[tokio::test]
async fn while_one_batch_is_on_its_way_no_other_begins() {
    let world = World::new();
    world.rules(GIVES).await;
    people(&world, 1).await;
    world.put(&takes()).await.unwrap();
    let refused = world.put(&GIVES.replace("\"Gong\"", "\"Gong!\"")).await.unwrap_err();
    let PutRefused::Other(error) = refused else { panic!("{refused:?}") };
    assert_eq!(error.status, 409);
}

#[tokio::test]
async fn a_deleted_group_is_held_by_the_brake() {
    let world = World::new();
    let rules = GIVES.replace(
        "default assignment",
        "grant \"Pilots\" { match in group \"Pilot\"\n seats forecast }\ndefault assignment",
    );
    let rules = rules.replace("setting propagate", "seat forecast \"Forecast\"\nsetting propagate");
    world.rules(&rules).await;
    let people = people(&world, 6).await;
    let pilot = world.group("Pilot").await;
    world.join(pilot, &people).await;
    world.delete_group(pilot).await;
    assert_eq!(world.seats(people[0]).await, ["forecast", "gong"]);
    let held = batch(&world, 1).await;
    assert_eq!((held.state, held.held), (BatchState::Held, 6));
    world.write(move |tx, e, cause| e.confirm(tx, cause, 1)).await.unwrap();
    world.work_off().await;
    assert_eq!(world.seats(people[0]).await, ["gong"]);
}

#[tokio::test]
async fn files_with_includes_are_kept_whole_and_put_only_when_they_change() {
    let world = World::new();
    let root = world.folder().join("root.rules");
    std::fs::write(world.folder().join("seats.rules"), "provisioning 1\nseat gong \"Gong\"\n")
        .unwrap();
    let text = GIVES.replace("seat gong \"Gong\"", "include \"seats.rules\"");
    std::fs::write(&root, text).unwrap();
    let (first, _) =
        world.entitlements.put_file(&world.store, &world.cause(), &root).await.unwrap();
    let (again, _) =
        world.entitlements.put_file(&world.store, &world.cause(), &root).await.unwrap();
    assert_eq!(first.version, again.version);
    std::fs::write(&root, "nonsense").unwrap();
    world.entitlements.put_file(&world.store, &world.cause(), &root).await.unwrap_err();
    let world = world.restarted();
    let ana = people(&world, 1).await[0];
    assert_eq!(world.seats(ana).await, ["gong"], "the store alone is enough after a restart");
}

/// Puts rules in force in another tenant.
async fn put_in(world: &World, tenant: TenantId, text: &str) -> Option<u64> {
    let cause = Cause { tenant, ..world.cause() };
    let text = RulesText::single("sales.rules", text);
    let put = Put { text, origin: "api", expected: None };
    world.entitlements.put_rules(&world.store, &cause, put).await.unwrap().batch
}

/// Another tenant with one person and a change of rules on its way; its batch.
async fn other_tenant(world: &World, tenant: TenantId) -> u64 {
    put_in(world, tenant, GIVES).await;
    let user = world.resource(Id::new(), Kind::User, &json!({ "userName": "ana" }));
    world.write(move |tx, _, _| Ok(tx.insert(tenant, &user)?)).await.unwrap();
    put_in(world, tenant, &takes()).await.unwrap()
}

#[tokio::test]
async fn a_large_batch_keeps_no_other_tenant_waiting() {
    let (world, other) = (World::new(), TenantId(2));
    world.rules(GIVES).await;
    people(&world, 501).await;
    let large = world.put(&takes()).await.unwrap().batch.unwrap();
    let small = other_tenant(&world, other).await;
    let ticks = Arc::new(AtomicUsize::new(2_000));
    let clock = Clock::of(move || Timestamp(ticks.fetch_add(1, Ordering::SeqCst) as i64));
    world.entitlements.work_off(&world.store, &clock).await.unwrap();
    let small = world.read(move |tx, e| e.batch(tx, other, small)).await.unwrap();
    assert_eq!(small.state, BatchState::Done);
    assert!(small.changed < batch(&world, large).await.changed, "it is done before the large one");
}

#[tokio::test]
async fn what_fails_in_one_tenant_stops_no_other() {
    let (world, other) = (World::new(), TenantId(2));
    world.rules(GIVES).await;
    let number = other_tenant(&world, other).await;
    world
        .write(|tx, _, _| Ok(tx.put_document(TENANT, Shelf::Rules, "state", "nonsense")?))
        .await
        .unwrap();
    world.entitlements.work_off(&world.store, &world.clock()).await.unwrap_err();
    let done = world.read(move |tx, e| e.batch(tx, other, number)).await.unwrap();
    assert_eq!(done.state, BatchState::Done);
}
