//! Batches that later ones overtake, and what a cancelled batch leaves with people.

use provisor_server::entitlements::Preview;
use provisor_server::entitlements::batch::{Batch, BatchState};
use provisor_server::entitlements::{Rules, RulesText};
use provisor_server::id::Id;
use serde_json::json;

use super::world::{TENANT, World};

/// A seat for who is in a group, another for pilots.
const RULES: &str = r#"
provisioning 1
seat gong "Gong"
seat forecast "Forecast"
assignment "Sales" { match in group "Sales"
  seats gong
  workspaces { others: none }
  capture none
  update automatic }
default assignment "Everyone" { match everyone
  seats none
  workspaces { others: none }
  capture none
  update automatic }
grant "Pilots" { match in group "Pilot"
  seats forecast }
"#;

/// The same, and Sales gets nothing.
fn takes() -> String {
    RULES.replace("seats gong\n", "seats none\n")
}

async fn batch(world: &World, number: u64) -> Batch {
    world.read(move |tx, e| e.batch(tx, TENANT, number)).await.unwrap()
}

async fn apply(world: &World) -> Batch {
    let number = world.write(|tx, e, cause| e.apply_all(tx, cause)).await.unwrap();
    world.work_off().await;
    batch(world, number).await
}

async fn confirm(world: &World, number: u64) -> Result<(), (u16, String)> {
    let confirmed = world.write(move |tx, e, cause| e.confirm(tx, cause, number)).await;
    world.work_off().await;
    confirmed.map(drop).map_err(|error| (error.status, error.detail))
}

async fn cancel(world: &World, number: u64) {
    world.write(move |tx, e, cause| e.cancel(tx, cause, number)).await.unwrap();
    world.work_off().await;
}

/// Seven people in Sales, each with the seat, under rules that take it away once they are
/// applied; with the group.
async fn sales(world: &World) -> (Id, Vec<Id>) {
    world.rules(RULES).await;
    let mut people = Vec::new();
    for number in 0..7 {
        people.push(world.create(json!({ "userName": format!("user-{number}") })).await);
    }
    let group = world.group("Sales").await;
    world.join(group, &people).await;
    assert_eq!(world.seats(people[0]).await, ["gong"]);
    (group, people)
}

#[tokio::test]
async fn a_batch_that_a_newer_one_has_overtaken_can_be_neither_confirmed_nor_cancelled() {
    let world = World::new();
    let (_, people) = sales(&world).await;
    world.rules(&takes()).await;
    let old = apply(&world).await;
    assert_eq!((old.state, old.held), (BatchState::Held, 7));
    let new = apply(&world).await;
    assert_eq!((new.state, new.losing, new.held), (BatchState::Held, 7, 7));
    let overtaken = batch(&world, old.number).await;
    assert_eq!(overtaken.state, BatchState::Superseded);
    assert_eq!(overtaken.superseded_by, Some(new.number));
    let (status, words) = confirm(&world, old.number).await.unwrap_err();
    assert_eq!(status, 409);
    assert!(words.contains(&format!("overtaken by batch {}", new.number)), "{words}");
    let refused =
        world.write(move |tx, e, cause| e.cancel(tx, cause, old.number)).await.unwrap_err();
    assert_eq!(refused.status, 409);
    assert_eq!(world.seats(people[0]).await, ["gong"], "nothing was taken");
}

#[tokio::test]
async fn newer_rules_overtake_a_held_batch() {
    let world = World::new();
    let (_, people) = sales(&world).await;
    world.rules(&takes()).await;
    let old = apply(&world).await;
    world.rules(RULES).await;
    assert_eq!(batch(&world, old.number).await.state, BatchState::Superseded);
    assert!(world.record(people[0]).await.unwrap().held.is_empty(), "it is wanted again");
    assert_eq!(confirm(&world, old.number).await.unwrap_err().0, 409);
}

#[tokio::test]
async fn confirming_a_batch_takes_what_it_held_and_not_what_another_holds() {
    let world = World::new();
    let (sales, people) = sales(&world).await;
    let pilot = world.group("Pilot").await;
    world.join(pilot, &people).await;
    assert_eq!(world.seats(people[0]).await, ["forecast", "gong"]);
    world.delete_group(pilot).await;
    world.delete_group(sales).await;
    let (first, second) = (batch(&world, 1).await, batch(&world, 2).await);
    assert_eq!((first.state, second.state), (BatchState::Held, BatchState::Held));
    confirm(&world, 1).await.unwrap();
    assert_eq!(world.seats(people[0]).await, ["gong"]);
    cancel(&world, 2).await;
    assert_eq!(world.seats(people[0]).await, ["gong"]);
}

#[tokio::test]
async fn what_a_cancelled_batch_held_is_counted_and_held_again_by_the_next() {
    let world = World::new();
    let (_, people) = sales(&world).await;
    world.rules(&takes()).await;
    let first = apply(&world).await;
    cancel(&world, first.number).await;
    assert_eq!(world.seats(people[0]).await, ["gong"]);
    // A dry run of the rules in force tells it.
    let set = RulesText::single("sales.rules", takes()).build().rules.unwrap();
    let rules = Rules::new(0, set);
    let page = world
        .read(move |tx, e| e.preview(tx, TENANT, &rules, Preview { after: None, people: 100 }))
        .await;
    assert_eq!((page.losing, page.changes.len()), (7, 7));
    // Other rules count and hold it too, although they reach people on push.
    let placed = world.rules(&takes().replace("\"Gong\"", "\"Gong!\"")).await;
    let rules = batch(&world, placed.batch.unwrap()).await;
    assert_eq!((rules.state, rules.losing, rules.held), (BatchState::Held, 7, 7));
    let again = apply(&world).await;
    assert_eq!((again.state, again.losing, again.held), (BatchState::Held, 7, 7));
    confirm(&world, again.number).await.unwrap();
    assert!(world.seats(people[0]).await.is_empty());
}

#[tokio::test]
async fn what_a_cancelled_batch_held_goes_with_the_next_change_of_groups() {
    let world = World::new();
    let (sales, people) = sales(&world).await;
    world.rules(&takes()).await;
    let held = apply(&world).await;
    // While the batch waits, what it holds is held whatever comes.
    world.leave(sales, &people[..1]).await;
    assert_eq!(world.seats(people[0]).await, ["gong"]);
    cancel(&world, held.number).await;
    world.update(people[1], json!({ "userName": "user-1", "nickName": "B" })).await;
    assert_eq!(world.seats(people[1]).await, ["gong"], "any other push changes nothing");
    world.leave(sales, &people[1..2]).await;
    assert!(world.seats(people[1]).await.is_empty(), "the source took the group away");
    assert_eq!(world.seats(people[2]).await, ["gong"]);
}

#[tokio::test]
async fn what_a_batch_on_its_way_holds_stays_held_whatever_comes() {
    let world = World::new();
    let (sales, people) = sales(&world).await;
    world.rules(&takes()).await;
    let number = world.write(|tx, e, cause| e.apply_all(tx, cause)).await.unwrap();
    while batch(&world, number).await.held == 0 {
        assert!(world.entitlements.step(&world.store, &world.clock(), TENANT).await.unwrap());
    }
    assert_eq!(batch(&world, number).await.state, BatchState::Applying);
    world.leave(sales, &people[..1]).await;
    assert_eq!(world.seats(people[0]).await, ["gong"]);
    world.work_off().await;
    assert_eq!(batch(&world, number).await.state, BatchState::Held);
    assert_eq!(world.seats(people[0]).await, ["gong"]);
    confirm(&world, number).await.unwrap();
    assert!(world.seats(people[0]).await.is_empty());
}

#[tokio::test]
async fn a_batch_of_rules_that_wait_for_the_source_says_for_how_many() {
    let world = World::new();
    sales(&world).await;
    let placed = world.rules(&takes()).await;
    let batch = batch(&world, placed.batch.unwrap()).await;
    assert_eq!((batch.state, batch.pending, batch.losing), (BatchState::Done, 7, 0));
    assert!(placed.text.contains("pending"), "{}", placed.text);
}

#[tokio::test]
async fn people_from_before_the_first_rules_wait_and_a_dry_run_says_so() {
    let world = World::new();
    let ana = world.create(json!({ "userName": "ana" })).await;
    let set = RulesText::single("sales.rules", RULES).build().rules.unwrap();
    let rules = Rules::new(0, set);
    let page = world
        .read(move |tx, e| e.preview(tx, TENANT, &rules, Preview { after: None, people: 100 }))
        .await;
    assert_eq!((page.people, page.pending), (1, 1));
    let placed = world.rules(RULES).await;
    assert_eq!(batch(&world, placed.batch.unwrap()).await.pending, 1);
    let explained = world.read(move |tx, e| e.explain(tx, TENANT, ana)).await.unwrap();
    assert!(explained.text.contains("\npending     the rules changed"), "{}", explained.text);
}

#[tokio::test]
async fn an_explanation_says_what_the_person_has_now_and_why_it_is_not_what_is_decided() {
    let world = World::new();
    let (_, people) = sales(&world).await;
    let ana = people[0];
    let text = async || {
        let explained = world.read(move |tx, e| e.explain(tx, TENANT, ana)).await.unwrap();
        (explained.text, explained.now)
    };
    world.rules(&takes()).await;
    let (pending, now) = text().await;
    assert!(
        pending.contains("\nhas now     seats gong; workspaces none; capture none"),
        "{pending}"
    );
    assert!(pending.contains("`POST /admin/v1/batches` applies it"), "{pending}");
    assert_eq!((&now["has"]["seats"], &now["pending"]), (&json!(["gong"]), &json!("rules")));
    let held = apply(&world).await;
    let (text_held, now) = text().await;
    let wanted = format!(
        "\nheld        the brake keeps seat `gong`: confirm or cancel batch {}",
        held.number
    );
    assert!(text_held.contains(&wanted), "{text_held}");
    assert_eq!(now["held"][0]["item"], json!({ "seat": "gong" }));
    cancel(&world, held.number).await;
    let (left, _) = text().await;
    assert!(left.contains("`POST /admin/v1/batches` proposes it again"), "{left}");
}

#[tokio::test]
async fn a_member_from_before_any_rules_is_active_as_the_source_says() {
    let world = World::new();
    let ana = world.create(json!({ "userName": "ana" })).await;
    let bert = world.create(json!({ "userName": "bert", "active": false })).await;
    for (user, active) in [(ana, true), (bert, false)] {
        let member = world.read(move |tx, e| e.member(tx, TENANT, user)).await.unwrap();
        assert_eq!(member.body["active"], json!(active));
        assert_eq!(member.body["known"], json!(false));
    }
}

#[tokio::test]
async fn what_was_held_and_is_within_the_brake_by_now_is_taken_by_an_apply() {
    let world = World::new();
    let (_, people) = sales(&world).await;
    world.rules(&takes()).await;
    let old = apply(&world).await;
    for person in &people[..2] {
        world.delete(*person).await;
    }
    let new = apply(&world).await;
    assert_eq!((new.state, new.losing, new.written), (BatchState::Done, 5, 5));
    assert_eq!(batch(&world, old.number).await.state, BatchState::Superseded);
    assert!(world.seats(people[3]).await.is_empty());
}

#[tokio::test]
async fn rules_that_wait_for_the_source_hold_what_was_held_and_take_nothing() {
    let world = World::new();
    let (_, people) = sales(&world).await;
    world.rules(&takes()).await;
    let old = apply(&world).await;
    for person in &people[..2] {
        world.delete(*person).await;
    }
    let placed = world.rules(&takes().replace("\"Gong\"", "\"Gong!\"")).await;
    let new = batch(&world, placed.batch.unwrap()).await;
    assert_eq!((new.state, new.held, new.brake), (BatchState::Held, 5, false));
    assert_eq!(batch(&world, old.number).await.state, BatchState::Superseded);
    assert_eq!(world.seats(people[3]).await, ["gong"]);
    confirm(&world, new.number).await.unwrap();
    assert!(world.seats(people[3]).await.is_empty());
}
