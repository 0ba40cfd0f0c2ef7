//! Bulk requests (RFC 7644, 3.7).

use provisor_server::error::ScimType;
use provisor_server::protocol::{BulkOperation, BulkRequest, BulkResult};

use super::world::{
    Group, User, World, group_body, operation, refused, text, user_body, user_with, wait,
};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn post_user(bulk_id: &str, name: &str) -> BulkOperation {
    operation("POST", "/Users", bulk_id, &user_body(name))
}

fn post_group(bulk_id: &str, name: &str, members: &[&str]) -> BulkOperation {
    operation("POST", "/Groups", bulk_id, &group_body(name, members))
}

fn patch(path: &str, operations: &str) -> BulkOperation {
    operation("PATCH", path, "", &super::world::patch_body(operations).to_string())
}

fn statuses(results: &[BulkResult]) -> Vec<u16> {
    results.iter().map(|result| result.status).collect()
}

fn id_of(result: &BulkResult) -> String {
    let location = result.location.clone().unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

fn scim_type(result: &BulkResult) -> String {
    text(result.response.as_ref().unwrap(), &["scimType"])
}

#[test]
fn each_method_does_what_it_does_alone() {
    let world = World::new();
    let babs = world.user("babs");
    let mandy = world.user("mandy");
    let results = world.bulk(vec![
        post_user("u1", "cleo"),
        operation("PUT", &format!("/Users/{babs}"), "", &user_with("babs", r#","title":"Boss""#)),
        patch(&format!("Users/{babs}"), r#"{"op":"add","path":"active","value":true}"#),
        operation("DELETE", &format!("/Users/{mandy}"), "", ""),
    ]);
    assert_eq!(statuses(&results), [201, 200, 200, 204]);
    assert_eq!(results[0].bulk_id.as_deref(), Some("u1"));
    assert_eq!(results[0].version.as_deref(), Some(r#"W/"1""#));
    assert_eq!(results[2].version.as_deref(), Some(r#"W/"3""#));
    assert!(results.iter().all(|one| one.response.is_none() && one.location.is_some()));
    assert_eq!(text(&world.get(User, &id_of(&results[0])).unwrap(), &["userName"]), "cleo");
    let user = world.get(User, &babs).unwrap();
    assert_eq!((text(&user, &["title"]), text(&user, &["active"])), ("Boss".into(), "true".into()));
    refused(world.get(User, &mandy), 404, None);
}

// 3.7: as many changes as possible; 3.7.3: what the single request would have said.
#[test]
fn an_operation_that_fails_leaves_the_others() {
    let world = World::new();
    let babs = world.user("babs");
    let stale = BulkOperation {
        version: Some(r#"W/"7""#.to_owned()),
        ..operation("DELETE", &format!("/Users/{babs}"), "", "")
    };
    let results = world.bulk(vec![
        post_user("u1", "babs"),
        post_user("u2", "cleo"),
        operation("DELETE", "/Users/nobody", "", ""),
        stale,
        operation("POST", "/Users", "", &user_body("dora")),
        operation("GET", "/Users", "", ""),
        operation("POST", "/Things", "t", "{}"),
        operation("PUT", "/Users", "", &user_body("x")),
        operation("POST", "/Users", "u3", ""),
        post_user("u2", "emil"),
        post_user("u4", "fay"),
    ]);
    assert_eq!(statuses(&results), [409, 201, 404, 412, 400, 400, 404, 400, 400, 400, 201]);
    assert_eq!(scim_type(&results[0]), "uniqueness");
    assert_eq!(text(results[0].response.as_ref().unwrap(), &["status"]), "409");
    assert_eq!(results[0].location, None);
    assert_eq!(results[2].location.as_deref(), Some("https://example.com/scim/v2/Users/nobody"));
    assert_eq!(world.find(&[User], "userName pr"), ["babs", "cleo", "fay"]);
}

#[test]
fn fail_on_errors_ends_the_request() {
    let world = World::new();
    let operations = || {
        vec![
            operation("DELETE", "/Users/a", "", ""),
            post_user("u1", &format!("u{}", provisor_server::id::Id::new())),
            operation("DELETE", "/Users/b", "", ""),
            post_user("u2", &format!("u{}", provisor_server::id::Id::new())),
        ]
    };
    assert_eq!(statuses(&world.bulk_until(Some(1), operations())), [404]);
    assert_eq!(statuses(&world.bulk_until(Some(2), operations())), [404, 201, 404]);
    assert_eq!(statuses(&world.bulk_until(Some(3), operations())), [404, 201, 404, 201]);
    assert_eq!(world.find(&[User], "userName pr").len(), 3);
}

// 3.7.4
#[test]
fn too_many_operations_are_413_and_none_is_done() {
    let world = World::with(|settings| settings.bulk_operations = 2);
    let operations = (0..3).map(|n| post_user(&format!("u{n}"), &format!("u{n}"))).collect();
    let request = BulkRequest { fail_on_errors: None, operations };
    let detail = refused(wait(world.service.bulk(&world.call(), request)), 413, None);
    assert!(detail.contains("maxOperations"), "{detail}");
    assert!(world.find(&[User], "userName pr").is_empty());
}

// 3.7.2
#[test]
fn references_are_replaced_wherever_they_stand() {
    let world = World::new();
    let manager = user_with(
        "mandy",
        &format!(
            r#","{ENTERPRISE}":{{"manager":{{"value":"bulkId:u1","$ref":"../Users/bulkId:u1"}}}}"#
        ),
    )
    .replace(r#"core:2.0:User"]"#, &format!(r#"core:2.0:User","{ENTERPRISE}"]"#));
    let results = world.bulk(vec![
        post_user("u1", "babs"),
        operation("POST", "/Users", "u2", &manager),
        post_group("g1", "staff", &["bulkId:u1"]),
        patch(
            "/Groups/bulkId:g1",
            r#"{"op":"add","path":"members","value":[{"value":"bulkId:u2"}]},
               {"op":"remove","path":"members[value eq \"bulkId:u1\"]"}"#,
        ),
        operation("PUT", "/Users/bulkId:u1", "", &user_with("babs", r#","title":"Boss""#)),
    ]);
    assert_eq!(statuses(&results), [201, 201, 201, 200, 200], "{results:?}");
    let (babs, mandy, staff) = (id_of(&results[0]), id_of(&results[1]), id_of(&results[2]));
    assert_eq!(world.members(&staff), [&*mandy]);
    let user = world.get(User, &mandy).unwrap();
    assert_eq!(text(&user, &[ENTERPRISE, "manager", "value"]), babs);
    assert!(!user.to_string().contains("bulkId"));
    assert_eq!(text(&world.get(User, &babs).unwrap(), &["title"]), "Boss");
}

#[test]
fn an_operation_waits_for_what_it_refers_to() {
    let world = World::new();
    let results = world.bulk(vec![
        post_group("g1", "staff", &["bulkId:u1"]),
        operation("DELETE", "/Users/nobody", "", ""),
        post_user("u1", "babs"),
    ]);
    assert_eq!(statuses(&results), [201, 404, 201]);
    assert_eq!(world.members(&id_of(&results[0])), [id_of(&results[2])]);
}

// 3.7.1
#[test]
fn circles_are_resolved() {
    let world = World::new();
    let results = world.bulk(vec![
        post_group("g1", "one", &["bulkId:g2", "bulkId:u1"]),
        post_group("g2", "two", &["bulkId:g1"]),
        post_user("u1", "babs"),
    ]);
    assert_eq!(statuses(&results), [201, 201, 201], "{results:?}");
    let (one, two, babs) = (id_of(&results[0]), id_of(&results[1]), id_of(&results[2]));
    assert_eq!(world.members(&two), [&*one]);
    let mut members = world.members(&one);
    members.sort();
    let mut wanted = [two.clone(), babs.clone()];
    wanted.sort();
    assert_eq!(members, wanted);
    assert_eq!(results[0].version, Some(world.version(Group, &one)));
    let found = world.find(&[User], &format!(r#"groups.value eq "{two}""#));
    assert_eq!(found, ["babs"]);
}

#[test]
fn managers_may_manage_one_another() {
    let world = World::new();
    let user = |bulk_id: &str, name: &str, manager: &str| {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{ENTERPRISE}"],
            "userName":"{name}","{ENTERPRISE}":{{"manager":{{"value":"bulkId:{manager}"}}}}}}"#
        );
        operation("POST", "/Users", bulk_id, &body)
    };
    let results = world.bulk(vec![user("a", "babs", "b"), user("b", "mandy", "a")]);
    assert_eq!(statuses(&results), [201, 201]);
    let babs = world.get(User, &id_of(&results[0])).unwrap();
    assert_eq!(text(&babs, &[ENTERPRISE, "manager", "value"]), id_of(&results[1]));
}

#[test]
fn a_circle_is_made_whole_or_not_at_all() {
    let world = World::new();
    let results = world.bulk(vec![
        post_group("g1", "one", &["bulkId:g2"]),
        post_group("g2", "two", &["bulkId:g1", "nobody"]),
        post_user("u1", "babs"),
    ]);
    assert_eq!(statuses(&results), [409, 400, 201]);
    assert!(world.find(&[Group], "displayName pr").is_empty());
}

#[test]
fn a_reference_that_leads_nowhere_is_409() {
    let world = World::new();
    world.user("babs");
    let results = world.bulk(vec![
        post_group("g1", "one", &["bulkId:none"]),
        post_user("u1", "babs"),
        post_group("g2", "two", &["bulkId:u1"]),
        operation("DELETE", "/Users/bulkId:u1", "", ""),
    ]);
    assert_eq!(statuses(&results), [409, 409, 409, 409]);
    assert_eq!(scim_type(&results[0]), ScimType::InvalidValue.as_str());
    assert_eq!(scim_type(&results[2]), ScimType::InvalidValue.as_str());
    assert!(world.find(&[Group], "displayName pr").is_empty());
}

// 3.7: a path below the root; it is read as that of a request.
#[test]
fn a_path_may_be_written_as_that_of_a_request() {
    let world = World::new();
    let babs = world.user("babs");
    let title = r#"{"op":"add","path":"title","value":"t"}"#;
    let results = world.bulk(vec![
        operation("POST", "/groups/", "g1", &group_body("staff", &[&babs])),
        patch("/scim/v2/Groups/bulkId:g1/", r#"{"op":"replace","path":"displayName","value":"s"}"#),
        patch(&format!("https://example.com/scim/v2/Users/{babs}"), title),
        patch(&format!("//users/{babs}/"), title),
        operation("DELETE", &format!("/Users/{babs}?x=y"), "", ""),
        operation("DELETE", &format!("https://other.example/scim/v2/Users/{babs}"), "", ""),
        operation("POST", "/Users/.search", "s", &user_body("cleo")),
        operation("DELETE", &format!("/%55sers/{babs}"), "", ""),
    ]);
    assert_eq!(statuses(&results), [201, 200, 200, 200, 400, 400, 404, 204], "{results:?}");
    let staff = id_of(&results[0]);
    assert_eq!(text(&world.get(Group, &staff).unwrap(), &["displayName"]), "s");
    let location = format!("https://example.com/scim/v2/Users/{babs}");
    for index in [2, 3, 7] {
        assert_eq!(results[index].location.as_deref(), Some(&*location));
    }
}
