//! Everything that can happen in the directory reaches exactly those whom it can affect.

use provisor_server::id::Kind;
use provisor_server::store::{Deletion, Member};
use serde_json::{Value, json};

use super::world::World;

pub(crate) const RULES: &str = r#"
provisioning 1
seat gong "Gong" as "gongEnterprise"
seat forecast "Forecast"
profile rep "Rep" as "7001"
workspace emea "EMEA" as "62345"
assignment "Sales" { match in group "Sales"
  seats gong
  home emea
  workspaces { emea: rep, others: none }
  capture none
  update automatic }
grant "Forecast pilot" { match in group "Pilot"
  seats forecast }
never "no contractors" { match userType is "Contractor"
  seats gong, forecast }
default assignment "Everyone else" { match everyone
  seats none
  workspaces { others: none }
  capture none
  update automatic }
"#;

fn user(name: &str) -> Value {
    json!({ "userName": name, "active": true })
}

#[tokio::test]
async fn without_rules_only_the_audit_trail_is_kept() {
    let world = World::new();
    let ana = world.create(user("ana")).await;
    assert_eq!(world.record(ana).await, None);
    assert_eq!(world.shown(ana).await, Value::Null);
    assert!(world.feed(0).await.is_empty());
    let audit = world.audit(Some(ana)).await;
    assert_eq!(audit, [json!({ "what": "userCreated", "actor": "entra", "request": "r-1" })]);
}

#[tokio::test]
async fn a_new_person_is_decided_in_the_transaction_that_creates_them() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    assert_eq!(
        world.shown(ana).await,
        json!({
            "assignment": "Everyone else",
            "updateModes": { "seats": "automatic", "workspaces": "automatic",
                             "capture": "automatic", "options": "automatic" },
            "pending": false,
        })
    );
    assert!(world.feed(0).await.is_empty(), "nothing is given, so nothing changes");
    assert_eq!(world.version(ana).await, 1, "the create itself is the first version");
}

#[tokio::test]
async fn joining_and_leaving_a_group_changes_its_people_and_nobody_else() {
    let world = World::new();
    world.rules(RULES).await;
    let (ana, bert) = (world.create(user("ana")).await, world.create(user("bert")).await);
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    let feed = world.feed(0).await;
    assert_eq!(feed.len(), 1);
    assert_eq!(feed[0]["user"], ana.to_string());
    assert_eq!(feed[0]["userName"], "ana");
    assert_eq!(feed[0]["event"], "membersChanged");
    assert_eq!(feed[0]["actor"], "entra");
    assert_eq!(
        feed[0]["changes"][0],
        json!({ "kind": "seat", "name": "gong", "wire": "gongEnterprise", "before": false,
                "after": true, "cause": { "row": "placement" }, "overHandEdit": false,
                "takes": false, "inert": false,
                "text": "seat `gong`: off -> on (row 3: first placement)" })
    );
    assert_eq!(feed[0]["changes"][1]["after"], json!({ "name": "rep", "wire": "7001" }));
    let shown = world.shown(ana).await;
    assert_eq!(shown["seats"], json!([{ "value": "gongEnterprise", "display": "Gong" }]));
    assert_eq!(
        shown["workspaces"],
        json!([{ "value": "62345", "display": "EMEA", "profile": "7001", "home": true }])
    );
    assert_eq!(world.version(ana).await, 2, "what she shows is another, groups and seats at once");
    assert_eq!(world.version(bert).await, 1);
    world.leave(sales, &[ana]).await;
    assert!(world.seats(ana).await.is_empty());
    assert_eq!(world.feed(1).await.len(), 1);
}

#[tokio::test]
async fn a_group_in_a_group_brings_its_people() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    let (sales, emea) = (world.group("Sales").await, world.group("EMEA").await);
    world.join(emea, &[ana]).await;
    assert!(world.seats(ana).await.is_empty());
    world.join_all(sales, vec![Member { id: emea, kind: Kind::Group }]).await;
    assert_eq!(world.seats(ana).await, ["gong"]);
}

#[tokio::test]
async fn what_changes_no_decision_writes_no_feed_and_touches_nobody_besides() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    let version = world.version(ana).await;
    world.update(ana, json!({ "userName": "ana", "active": true, "nickName": "A" })).await;
    assert_eq!(world.version(ana).await, version + 1, "her own update, and nothing besides");
    let pilots = world.group("Nobody asks for this one").await;
    world.join(pilots, &[ana]).await;
    assert_eq!(world.feed(1).await, [] as [Value; 0]);
    assert_eq!(world.version(ana).await, version + 2, "the groups that she shows");
}

#[tokio::test]
async fn a_never_takes_away_at_once() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    let (sales, pilot) = (world.group("Sales").await, world.group("Pilot").await);
    world.join(sales, &[ana]).await;
    world.join(pilot, &[ana]).await;
    assert_eq!(world.seats(ana).await, ["forecast", "gong"]);
    assert_eq!(world.shown(ana).await["grants"], json!(["Forecast pilot"]));
    world.update(ana, json!({ "userName": "ana", "active": true, "userType": "Contractor" })).await;
    assert!(world.seats(ana).await.is_empty());
    assert_eq!(world.shown(ana).await["nevers"], json!(["no contractors"]));
    let last = world.feed(0).await.pop().unwrap();
    assert_eq!(last["changes"][0]["cause"], json!({ "never": ["no contractors"] }));
}

#[tokio::test]
async fn deactivation_releases_seats_and_the_return_brings_them_back() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    world.update(ana, json!({ "userName": "ana", "active": false })).await;
    assert!(world.seats(ana).await.is_empty());
    assert!(!world.record(ana).await.unwrap().active);
    world.update(ana, user("ana")).await;
    assert_eq!(world.seats(ana).await, ["gong"]);
}

#[tokio::test]
async fn deletion_releases_what_the_person_had_and_forgets_the_record() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    world.delete(ana).await;
    assert_eq!(world.record(ana).await, None);
    let last = world.feed(0).await.pop().unwrap();
    assert_eq!(last["event"], "userDeleted");
    assert_eq!(last["changes"][0]["cause"], json!("released"));
}

#[tokio::test]
async fn a_renamed_group_is_followed_where_rules_name_it() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    let sales = world.group("Sales").await;
    world.join(sales, &[ana]).await;
    world.rename(sales, "Sales", "Sales (old)").await;
    assert_eq!(world.seats(ana).await, ["gong"], "the former name still counts");
    // Another group takes the name: the renamed one is not meant any more.
    let other = world.group("Sales").await;
    world.rename(sales, "Sales (old)", "Retired").await;
    assert!(!world.seats(ana).await.is_empty(), "rules name neither of these two names");
    world.leave(other, &[]).await;
    world.update(ana, user("ana")).await;
    assert!(world.seats(ana).await.is_empty());
}

#[tokio::test]
async fn a_deleted_group_that_rules_name_is_kept_for_nevers() {
    let world = World::new();
    world.rules(RULES).await;
    let ana = world.create(user("ana")).await;
    let (sales, other) = (world.group("Sales").await, world.group("Others").await);
    world.join(sales, &[ana]).await;
    assert_eq!(world.delete_group(sales).await, Deletion::Keep);
    assert_eq!(world.delete_group(other).await, Deletion::Remove);
    assert!(world.seats(ana).await.is_empty(), "assignments do not see a deleted group");
    let last = world.feed(0).await.pop().unwrap();
    assert_eq!(last["event"], "groupDeleted");
}
