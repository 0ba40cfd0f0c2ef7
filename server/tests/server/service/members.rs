//! Members of groups (RFC 7643, 4.2; RFC 7644, 3.5.2).

use std::time::{Duration, Instant};

use provisor::json::Json;
use provisor_server::error::ScimType;
use provisor_server::id::{Id, TenantId};
use provisor_server::protocol::Projection;
use provisor_server::store::Member;

use super::world::{Group, User, World, group_body, patch_body, refused, text, wait};

fn groups_of(world: &World, user: &str) -> Vec<(String, String)> {
    let user = world.get(User, user).unwrap();
    let groups = user.get("groups").and_then(Json::as_array).unwrap_or_default();
    groups.iter().map(|one| (text(one, &["display"]), text(one, &["type"]))).collect()
}

fn add(ids: &[&str]) -> String {
    let values: Vec<String> = ids.iter().map(|id| format!(r#"{{"value":"{id}"}}"#)).collect();
    format!(r#"{{"op":"add","path":"members","value":[{}]}}"#, values.join(","))
}

fn remove(filter: &str) -> String {
    let filter = filter.replace('"', "\\\"");
    format!(r#"{{"op":"remove","path":"members[{filter}]"}}"#)
}

#[test]
fn a_group_is_created_with_members_of_both_kinds() {
    let world = World::new();
    let babs = world.user("babs");
    let inner = world.group("inner", &[&babs]);
    let outer = world.group("outer", &[&babs, &inner, &babs]);
    let group = world.get(Group, &outer).unwrap();
    let members = group.get("members").and_then(Json::as_array).unwrap();
    let mut kinds: Vec<String> = members.iter().map(|one| text(one, &["type"])).collect();
    kinds.sort();
    assert_eq!(kinds, ["Group", "User"]);
    assert!(text(&members[0], &["$ref"]).starts_with("https://example.com/scim/v2/"));
    let mut groups = groups_of(&world, &babs);
    groups.sort();
    let direct = |name: &str| (name.to_owned(), "direct".to_owned());
    assert_eq!(groups, [direct("inner"), direct("outer")]);
}

#[test]
fn a_member_that_is_not_there_is_named_by_its_place() {
    let world = World::new();
    let babs = world.user("babs");
    let staff = world.group("staff", &[]);
    let invalid = Some(ScimType::InvalidValue);
    for wrong in ["nobody", "01890000-0000-7000-8000-000000000000"] {
        let detail = refused(world.create(Group, &group_body("g", &[&babs, wrong])), 400, invalid);
        assert!(detail.contains("members[1].value") && detail.contains(wrong), "{detail}");
        let two = format!(
            "{},{}",
            r#"{"op":"add","path":"externalId","value":"x"}"#,
            add(&[&babs, wrong])
        );
        let detail = refused(world.patch(Group, &staff, &two), 400, invalid);
        assert!(detail.contains("Operations[1].value[1].value"), "{detail}");
    }
    let as_group =
        format!(r#"{{"op":"add","path":"members","value":[{{"value":"{babs}","type":"Group"}}]}}"#);
    refused(world.patch(Group, &staff, &as_group), 400, invalid);
    refused(world.patch(Group, &staff, &add(&[&staff])), 400, invalid);
    assert_eq!(world.members(&staff), Vec::<String>::new());
    assert_eq!(world.find(&[Group], "displayName eq \"g\""), Vec::<String>::new());
}

// RFC 7644, 3.5.2: 204 unless attributes are asked for.
#[test]
fn a_patch_of_a_group_has_no_content_unless_it_asks_for_some() {
    let world = World::new();
    let babs = world.user("babs");
    let staff = world.group("staff", &[]);
    let shown = world.patch(Group, &staff, &add(&[&babs])).unwrap();
    assert_eq!(shown.resource, Json::Null);
    assert_eq!(shown.etag, r#"W/"2""#);
    assert!(shown.location.ends_with(&staff));
    let mut call = world.call();
    call.projection = Projection::only(["members"], &world.service.schemas);
    let body = patch_body(&remove(&format!(r#"value eq "{babs}""#)));
    let none = Default::default();
    let shown = wait(world.service.patch(&call, Group, &staff, body, &none)).unwrap();
    assert_eq!(text(&shown.resource, &["id"]), staff);
    assert_eq!(shown.resource.get("members"), None);
}

#[test]
fn members_are_added_and_removed_by_every_common_spelling() {
    let world = World::new();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| world.user(name));
    let staff = world.group("staff", &[&a]);
    let members = || world.members(&staff);
    let patch = |operations: &str| world.patch(Group, &staff, operations).map(|_| ());
    patch(&add(&[&b, &c])).unwrap();
    assert_eq!(members(), [&*a, &b, &c]);
    patch(&remove(&format!(r#"value eq "{b}""#))).unwrap();
    assert_eq!(members(), [&*a, &c]);
    patch(&add(&[&b, &d])).unwrap();
    patch(&remove(&format!(r#"value eq "{a}" or value eq "{d}""#))).unwrap();
    assert_eq!(members(), [&*b, &c]);
    // Entra ID removes with a list of values.
    let listed = format!(r#"{{"op":"remove","path":"members","value":[{{"value":"{c}"}}]}}"#);
    patch(&listed).unwrap();
    assert_eq!(members(), [&*b]);
    // Without a path.
    let pathless = format!(r#"{{"op":"add","value":{{"members":[{{"value":"{a}"}}]}}}}"#);
    patch(&pathless).unwrap();
    assert_eq!(members(), [&*a, &b]);
    let replace = format!(
        r#"{{"op":"replace","path":"members","value":[{{"value":"{d}"}},{{"value":"{b}"}}]}}"#
    );
    patch(&replace).unwrap();
    assert_eq!(members(), [&*b, &d]);
    patch(r#"{"op":"remove","path":"members"}"#).unwrap();
    assert_eq!(members(), Vec::<String>::new());
}

#[test]
fn operations_on_members_keep_their_order() {
    let world = World::new();
    let [a, b] = ["a", "b"].map(|name| world.user(name));
    let staff = world.group("staff", &[]);
    let of = |id: &str| format!(r#"value eq "{id}""#);
    let operations = [add(&[&a, &b]), remove(&of(&a)), add(&[&a]), remove(&of(&b))].join(",");
    world.patch(Group, &staff, &operations).unwrap();
    assert_eq!(world.members(&staff), [&*a]);
    let operations = [add(&[&b]), r#"{"op":"remove","path":"members"}"#.to_owned(), add(&[&b])];
    world.patch(Group, &staff, &operations.join(",")).unwrap();
    assert_eq!(world.members(&staff), [&*b]);
}

#[test]
fn members_are_chosen_by_what_is_known_of_them() {
    let world = World::new();
    let [a, b] = ["a", "b"].map(|name| world.user(name));
    let inner = world.group("inner", &[]);
    let staff = world.group("staff", &[&a, &b, &inner]);
    world.patch(Group, &staff, &remove(r#"type eq "Group""#)).unwrap();
    assert_eq!(world.members(&staff), [&*a, &b]);
    world.patch(Group, &staff, &remove(&format!(r#"not (value eq "{a}")"#))).unwrap();
    assert_eq!(world.members(&staff), [&*a]);
}

// RFC 7643, 4.2: the sub-attributes of a member are immutable.
#[test]
fn a_member_is_not_made_another() {
    let world = World::new();
    let [a, b] = ["a", "b"].map(|name| world.user(name));
    let staff = world.group("staff", &[&a]);
    let other =
        format!(r#"{{"op":"replace","path":"members[value eq \"{a}\"].value","value":"{b}"}}"#);
    refused(world.patch(Group, &staff, &other), 400, Some(ScimType::Mutability));
    assert_eq!(world.members(&staff), [&*a]);
}

#[test]
fn versions_show_what_changed() {
    let world = World::new();
    let [a, b] = ["a", "b"].map(|name| world.user(name));
    let staff = world.group("staff", &[&a]);
    let (before, others) = (world.version(User, &b), world.version(User, &a));
    world.patch(Group, &staff, &add(&[&b])).unwrap();
    assert_eq!(world.version(Group, &staff), r#"W/"2""#);
    assert_ne!(world.version(User, &b), before);
    assert_eq!(world.version(User, &a), others);
    // Nothing changes.
    world.patch(Group, &staff, &add(&[&a, &b])).unwrap();
    world.patch(Group, &staff, &remove(r#"value eq "nobody""#)).unwrap();
    world.replace(Group, &staff, &group_body("staff", &[&b, &a])).unwrap();
    assert_eq!(world.version(Group, &staff), r#"W/"2""#);
    // Members and name at once are one change.
    world.replace(Group, &staff, &group_body("crew", &[&b])).unwrap();
    assert_eq!(world.version(Group, &staff), r#"W/"3""#);
    assert_ne!(world.version(User, &a), others);
    assert_eq!(world.members(&staff), [&*b]);
}

// Reading 30,000 members takes some hundred times as long as writing one, so the bound is wide and
// a loaded machine does not cross it.
#[test]
fn one_member_more_costs_the_same_in_a_large_group() {
    let world = World::new();
    let users: Vec<String> = (0..11).map(|number| world.user(&format!("u{number}"))).collect();
    let (small, large) = (world.group("small", &[]), world.group("large", &[]));
    let group = large.parse().unwrap();
    wait(world.service.store.write(move |tx| {
        let members: Vec<Member> =
            (0..30_000).map(|_| Member { id: Id::new(), kind: User }).collect();
        tx.add_members(TenantId(1), group, &members).map(|_| ())
    }))
    .unwrap();
    let median = |group: &str| {
        let mut times: Vec<Duration> = users
            .iter()
            .map(|user| {
                let (body, call) = (patch_body(&add(&[user])), world.call());
                let start = Instant::now();
                wait(world.service.patch(&call, Group, group, body, &Default::default())).unwrap();
                start.elapsed()
            })
            .collect();
        times.sort();
        times[times.len() / 2]
    };
    let (small, large) = (median(&small), median(&large));
    assert!(large < small * 8, "{small:?} in a small group, {large:?} in a large one");
}

// RFC 7643, 4.1.2: indirect membership is shown; groups may contain one another.
#[test]
fn a_circle_of_groups_ends() {
    let world = World::new();
    let babs = world.user("babs");
    let one = world.group("one", &[&babs]);
    let two = world.group("two", &[&one]);
    world.patch(Group, &one, &add(&[&two])).unwrap();
    let mut groups = groups_of(&world, &babs);
    groups.sort();
    let of = |name: &str, kind: &str| (name.to_owned(), kind.to_owned());
    assert_eq!(groups, [of("one", "direct"), of("two", "indirect")]);
    world.delete(Group, &two).unwrap();
    assert_eq!(groups_of(&world, &babs), [of("one", "direct")]);
}
