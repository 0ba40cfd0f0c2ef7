//! Rules in force, seen through the operations of SCIM: each write decides in its own transaction.

use provisor_server::entitlements::{EXTENSION, Put, RulesText};

use super::super::entitlements_happen::RULES;
use super::world::{Group, User, World, group_body, operation, text, user_body, user_with, wait};
use provisor::json::Json;

fn world() -> World {
    let world = World::new();
    let text = RulesText::single("sales.rules", RULES);
    let put = Put { text, origin: "api", expected: None };
    let service = &world.service;
    wait(service.entitlements.put_rules(&service.store, &world.call().cause, put)).unwrap();
    world
}

/// The seats that a User shows.
fn seats(world: &World, id: &str) -> Vec<String> {
    let user = world.get(User, id).unwrap();
    let shown = user.get(EXTENSION).expect("the extension is shown");
    let seats = shown.get("seats").and_then(Json::as_array).unwrap_or_default();
    seats.iter().map(|seat| text(seat, &["value"])).collect()
}

#[test]
fn a_user_shows_what_the_groups_of_a_patch_bring() {
    let world = world();
    let ana = world.user("ana");
    assert!(seats(&world, &ana).is_empty());
    let sales = world.group("Sales", &[]);
    let before = world.version(User, &ana);
    let add = format!(r#"{{"op":"add","path":"members","value":[{{"value":"{ana}"}}]}}"#);
    world.patch(Group, &sales, &add).unwrap();
    assert_eq!(seats(&world, &ana), ["gongEnterprise"]);
    assert_ne!(world.version(User, &ana), before, "what a User shows is in its ETag");
    let remove = format!(r#"{{"op":"remove","path":"members[value eq \"{ana}\"]"}}"#);
    world.patch(Group, &sales, &remove).unwrap();
    assert!(seats(&world, &ana).is_empty());
}

/// The number in the ETag of a User.
fn written(world: &World, id: &str) -> u64 {
    let tag = world.version(User, id);
    tag.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
}

#[test]
fn a_write_of_a_group_counts_once_for_each_of_its_people() {
    let world = world();
    let ana = world.user("ana");
    let sales = world.group("Sales", &[]);
    let before = written(&world, &ana);
    let add = format!(r#"{{"op":"add","path":"members","value":[{{"value":"{ana}"}}]}}"#);
    world.patch(Group, &sales, &add).unwrap();
    assert_eq!(written(&world, &ana), before + 1, "groups and seats are new, by one write");
    world.delete(Group, &sales).unwrap();
    assert_eq!(written(&world, &ana), before + 2);
    assert!(seats(&world, &ana).is_empty());
}

#[test]
fn a_deleted_group_that_rules_name_is_kept_unseen() {
    let world = world();
    let ana = world.user("ana");
    let (sales, other) = (world.group("Sales", &[&ana]), world.group("Others", &[&ana]));
    assert_eq!(seats(&world, &ana), ["gongEnterprise"]);
    world.delete(Group, &sales).unwrap();
    world.delete(Group, &other).unwrap();
    assert!(seats(&world, &ana).is_empty());
    // RFC 7644, 3.6: 404 for all later operations, and its name is free.
    assert!(world.get(Group, &sales).is_err());
    let user = world.get(User, &ana).unwrap();
    assert!(user.get("groups").is_none_or(|groups| groups.as_array().unwrap().is_empty()));
    let again = world.group("Sales", &[&ana]);
    assert_ne!(again, sales);
    assert_eq!(seats(&world, &ana), ["gongEnterprise"]);
    let names = world.find(&[Group], "displayName pr");
    assert_eq!(names, ["Sales"]);
    let (a, b) = (sales.parse().unwrap(), other.parse().unwrap());
    let kept = wait(world.service.store.read(move |tx| {
        let tenant = provisor_server::id::TenantId(1);
        Ok::<_, provisor_server::store::StoreError>((
            tx.deleted(tenant, Group, a)?.is_some(),
            tx.deleted(tenant, Group, b)?.is_some(),
        ))
    }));
    assert_eq!(kept.unwrap(), (true, false), "only the one that rules name is kept");
}

#[test]
fn a_bulk_request_decides_about_everybody_in_it() {
    let world = world();
    let results = world.bulk(vec![
        operation("POST", "/Groups", "sales", &group_body("Sales", &["bulkId:ana", "bulkId:bo"])),
        operation("POST", "/Users", "ana", &user_body("ana")),
        operation("POST", "/Users", "bo", &user_with("bo", r#","userType":"Contractor""#)),
        operation("POST", "/Users", "cy", &user_body("cy")),
    ]);
    assert!(results.iter().all(|one| one.status == 201), "{results:?}");
    let of = |number: usize| {
        let location = results[number].location.clone().unwrap();
        seats(&world, location.rsplit('/').next().unwrap())
    };
    assert_eq!(of(1), ["gongEnterprise"]);
    assert!(of(2).is_empty(), "a never holds in a bulk request too");
    assert!(of(3).is_empty());
}

#[test]
fn clients_cannot_write_what_rules_decide() {
    // RFC 7644, 3.3: what is readOnly is ignored in POST and PUT; 3.5.2: refused in PATCH.
    let world = world();
    let seats_too = format!(r#","{EXTENSION}":{{"seats":[{{"value":"gong"}}]}}"#);
    let body = user_with("ana", &seats_too);
    let ana = super::world::id(&world.create(User, &body).unwrap());
    assert!(seats(&world, &ana).is_empty());
    world.replace(User, &ana, &body).unwrap();
    assert!(seats(&world, &ana).is_empty());
    let add = format!(r#"{{"op":"add","path":"{EXTENSION}:seats","value":[{{"value":"gong"}}]}}"#);
    world.patch(User, &ana, &add).unwrap_err();
    assert!(seats(&world, &ana).is_empty());
}
