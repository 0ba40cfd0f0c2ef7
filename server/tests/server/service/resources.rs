//! Creating, reading, replacing, changing and deleting (RFC 7644, 3.3 to 3.6, 3.14).

use provisor::json::Json;
use provisor_server::error::ScimType;
use provisor_server::id::TenantId;
use provisor_server::protocol::{Condition, Projection, Tags};
use provisor_server::service::Got;
use provisor_server::store::Deletion;

use super::world::{
    Group, User, World, call, group_body, id, if_match, json, patch_body, refused, text, user_body,
    user_with, wait,
};

const MISSING: &str = "01890000-0000-7000-8000-000000000000";

// RFC 7644, 3.3: the service provider gives id and meta, whatever the client sends.
#[test]
fn a_new_resource_has_an_id_and_meta_of_the_server() {
    let world = World::new();
    let body = user_with("babs", r#","id":"mine","meta":{"version":"mine"},"active":true"#);
    let shown = wait(world.service.create(&world.call(), User, json(&body))).unwrap();
    let user = shown.resource;
    let location = format!("https://example.com/scim/v2/Users/{}", id(&user));
    assert_eq!(shown.location, location);
    assert_eq!(shown.etag, r#"W/"1""#);
    assert_eq!(text(&user, &["meta", "location"]), location);
    assert_eq!(text(&user, &["meta", "version"]), shown.etag);
    assert_eq!(text(&user, &["meta", "resourceType"]), "User");
    assert_eq!(text(&user, &["meta", "created"]), "2023-11-14T22:13:20.000Z");
    assert_eq!(text(&user, &["meta", "lastModified"]), "2023-11-14T22:13:20.000Z");
    assert_eq!(world.get(User, &id(&user)).unwrap(), user);
}

// RFC 7643, 4.1.1: a password is never given out.
#[test]
fn a_password_is_accepted_and_not_kept() {
    let world = World::new();
    let user = world.create(User, &user_with("babs", r#","password":"t1meMa$heen""#)).unwrap();
    assert!(!user.to_string().contains("t1me"));
    let replace = r#"{"op":"replace","path":"password","value":"other"}"#;
    let shown = world.patch(User, &id(&user), replace).unwrap();
    assert!(!shown.resource.to_string().contains("other"));
    let stored = wait(world.service.store.read({
        let id = id(&user).parse().unwrap();
        move |tx| tx.resource(TenantId(1), User, id)
    }));
    let body = stored.unwrap().unwrap().body;
    assert!(!body.contains("password"), "{body}");
}

#[test]
fn a_user_name_is_something_to_read_on_one_line() {
    let world = World::new();
    let mandy = world.user("mandy");
    let long = "x".repeat(provisor_server::limits::USER_NAME + 1);
    for name in ["   ", r"a\u0000b", r"a\nb", r"\u0007", &long] {
        let body = user_body(name);
        refused(world.create(User, &body), 400, Some(ScimType::InvalidValue));
        refused(world.replace(User, &mandy, &body), 400, Some(ScimType::InvalidValue));
        let replace = format!(r#"{{"op":"replace","path":"userName","value":"{name}"}}"#);
        refused(world.patch(User, &mandy, &replace), 400, Some(ScimType::InvalidValue));
    }
    assert!(world.create(User, &user_body(&long[1..])).is_ok());
    let body = user_with("bert", &format!(r#","externalId":"{}""#, long.repeat(5)));
    refused(world.create(User, &body), 400, Some(ScimType::InvalidValue));
}

// RFC 7644, 3.3.1; RFC 7643, 4.1.1: unique without regard to case.
#[test]
fn a_user_name_that_is_taken_is_409() {
    let world = World::new();
    world.user("babs");
    let other = world.user("mandy");
    let taken = Some(ScimType::Uniqueness);
    refused(world.create(User, &user_body("BABS")), 409, taken);
    refused(world.replace(User, &other, &user_body("Babs")), 409, taken);
    let rename = r#"{"op":"replace","path":"userName","value":"babs"}"#;
    refused(world.patch(User, &other, rename), 409, taken);
    assert_eq!(text(&world.get(User, &other).unwrap(), &["userName"]), "mandy");
}

#[test]
fn what_is_not_there_is_404_in_every_spelling() {
    let world = World::new();
    let babs = world.user("babs");
    let upper = babs.to_uppercase();
    for wrong in [MISSING, &upper, "nonsense", "", "%00"] {
        refused(world.get(User, wrong), 404, None);
        refused(world.replace(User, wrong, &user_body("x")), 404, None);
        refused(world.patch(User, wrong, r#"{"op":"remove","path":"title"}"#), 404, None);
        refused(world.delete(User, wrong), 404, None);
    }
    refused(world.get(Group, &babs), 404, None);
}

#[test]
fn tenants_do_not_see_one_another() {
    let world = World::new();
    let babs = world.user("babs");
    let other = call(TenantId(2));
    refused(wait(world.service.read(&other, User, &babs, &Condition::default())), 404, None);
    refused(wait(world.service.delete(&other, User, &babs, &Condition::default())), 404, None);
    let body = json(&group_body("staff", &[&babs]));
    let detail =
        refused(wait(world.service.create(&other, Group, body)), 400, Some(ScimType::InvalidValue));
    assert!(detail.contains("members[0].value"), "{detail}");
    // The same name is free there.
    wait(world.service.create(&other, User, json(&user_body("babs")))).unwrap();
}

// RFC 7644, 3.14
#[test]
fn a_read_of_a_known_version_is_304() {
    let world = World::new();
    let babs = world.user("babs");
    let read = |tags: Option<Tags>| {
        let condition = Condition { if_match: None, if_none_match: tags };
        wait(world.service.read(&world.call(), User, &babs, &condition)).unwrap()
    };
    assert_eq!(read(Tags::parse(r#"W/"1""#)), Got::NotModified(r#"W/"1""#.to_owned()));
    assert_eq!(read(Some(Tags::Any)), Got::NotModified(r#"W/"1""#.to_owned()));
    assert!(matches!(read(Tags::parse(r#"W/"2""#)), Got::Resource(_)));
}

// RFC 7644, 3.14: If-Match of another version is 412 and nothing changes.
#[test]
fn a_write_on_an_older_version_is_412() {
    let world = World::new();
    let babs = world.user("babs");
    let current = if_match(r#"W/"1""#);
    let body = || json(&user_with("babs", r#","title":"Boss""#));
    wait(world.service.replace(&world.call(), User, &babs, body(), &current)).unwrap();
    let again = json(&user_with("babs", r#","title":"Late""#));
    refused(wait(world.service.replace(&world.call(), User, &babs, again, &current)), 412, None);
    let patch = patch_body(r#"{"op":"remove","path":"title"}"#);
    refused(wait(world.service.patch(&world.call(), User, &babs, patch, &current)), 412, None);
    refused(wait(world.service.delete(&world.call(), User, &babs, &current)), 412, None);
    let none = Condition { if_match: None, if_none_match: Some(Tags::Any) };
    refused(wait(world.service.replace(&world.call(), User, &babs, body(), &none)), 412, None);
    assert_eq!(text(&world.get(User, &babs).unwrap(), &["title"]), "Boss");
}

// RFC 7644, 3.5.1: what a PUT leaves out is cleared.
#[test]
fn a_put_replaces_everything() {
    let world = World::new();
    let first = world.create(User, &user_with("babs", r#","title":"Boss","active":true"#)).unwrap();
    let babs = id(&first);
    let second = world.replace(User, &babs, &user_with("barbara", r#","nickName":"B""#)).unwrap();
    assert_eq!(text(&second, &["userName"]), "barbara");
    assert_eq!((second.get("title"), second.get("active")), (None, None));
    assert_eq!(text(&second, &["meta", "version"]), r#"W/"2""#);
    assert_eq!(text(&second, &["meta", "created"]), text(&first, &["meta", "created"]));
    assert_ne!(text(&second, &["meta", "lastModified"]), text(&first, &["meta", "lastModified"]));
}

// RFC 7644, 3.5.2.1: what changes nothing does not change `meta.lastModified`.
#[test]
fn a_write_that_changes_nothing_keeps_the_version() {
    let world = World::new();
    let more = r#","title":"Boss","name":{"givenName":"B","familyName":"J"}"#;
    let first = world.create(User, &user_with("babs", more)).unwrap();
    let babs = id(&first);
    let reordered = r#","name":{"familyName":"J","givenName":"B"},"title":"Boss""#;
    assert_eq!(world.replace(User, &babs, &user_with("babs", reordered)).unwrap(), first);
    let same = r#"{"op":"replace","path":"title","value":"Boss"}"#;
    assert_eq!(world.patch(User, &babs, same).unwrap().resource, first);
    let nothing = r#"{"op":"remove","path":"nickName"}"#;
    assert_eq!(world.patch(User, &babs, nothing).unwrap().resource, first);
    // After a PATCH a PUT of the same content is none either, whatever the order of attributes.
    world.patch(User, &babs, r#"{"op":"add","path":"nickName","value":"B"}"#).unwrap();
    let now = world.get(User, &babs).unwrap();
    assert_eq!(world.replace(User, &babs, &now.to_string()).unwrap(), now);
}

#[test]
fn a_patch_is_done_whole_or_not_at_all() {
    let world = World::new();
    let babs = world.user("babs");
    let operations = r#"{"op":"add","path":"title","value":"Boss"},
        {"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}"#;
    let strict = World::with(|settings| {
        settings.patch = provisor::scim::patch::Options::rfc7644();
    });
    let mandy = strict.user("mandy");
    refused(strict.patch(User, &mandy, operations), 400, Some(ScimType::NoTarget));
    assert_eq!(strict.get(User, &mandy).unwrap().get("title"), None);
    let shown = world.patch(User, &babs, r#"{"op":"add","path":"active","value":false}"#).unwrap();
    assert_eq!(shown.resource.get("active"), Some(&Json::Bool(false)));
    assert_eq!(world.find(&[User], "active eq false"), ["babs"]);
    refused(
        world.patch(User, &babs, r#"{"op":"add","path":"groups","value":[{"value":"x"}]}"#),
        400,
        Some(ScimType::Mutability),
    );
    refused(
        world.patch(User, &babs, r#"{"op":"remove","path":"userName"}"#),
        400,
        Some(ScimType::Mutability),
    );
}

// RFC 7644, 3.9
#[test]
fn an_answer_has_the_attributes_that_are_asked_for() {
    let world = World::new();
    let mut call = world.call();
    call.projection = Projection::only(["title"], &world.service.schemas);
    let body = json(&user_with("babs", r#","title":"Boss","active":true"#));
    let user = wait(world.service.create(&call, User, body)).unwrap().resource;
    let mut keys: Vec<&str> = user.as_object().unwrap().iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["id", "schemas", "title"]);
}

// RFC 7644, 3.6: a deleted resource is 404 from then on, and its userName is free.
#[test]
fn what_is_deleted_is_gone_whether_it_is_kept_or_not() {
    for how in [Deletion::Remove, Deletion::Keep] {
        let world = World::with(|settings| settings.user_deletion = how);
        let babs = world.user("babs");
        let staff = world.group("staff", &[&babs]);
        world.delete(User, &babs).unwrap();
        refused(world.delete(User, &babs), 404, None);
        refused(world.get(User, &babs), 404, None);
        assert_eq!(world.find(&[User], "userName pr"), Vec::<String>::new());
        assert_eq!(world.members(&staff), Vec::<String>::new());
        assert_eq!(world.version(Group, &staff), r#"W/"2""#);
        assert_ne!(world.user("babs"), babs);
    }
}

#[test]
fn a_deleted_group_leaves_its_people() {
    let world = World::new();
    let babs = world.user("babs");
    let staff = world.group("staff", &[&babs]);
    let all = world.group("all", &[&staff]);
    assert_eq!(text(&world.get(User, &babs).unwrap(), &["groups"]).matches("value").count(), 2);
    let before = world.version(User, &babs);
    world.delete(Group, &staff).unwrap();
    let user = world.get(User, &babs).unwrap();
    assert_eq!(user.get("groups"), None);
    assert_ne!(text(&user, &["meta", "version"]), before);
    assert_eq!(world.members(&all), Vec::<String>::new());
    refused(world.get(Group, &staff), 404, None);
}

// RFC 7643, 4.3: the manager's id is a text of the client's; `displayName` is readOnly.
#[test]
fn a_manager_may_be_anybody() {
    let world = World::new();
    let uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{uri}"],"userName":"babs",
        "{uri}":{{"department":"Sales","manager":{{"value":"26118915","displayName":"John"}}}}}}"#
    );
    let user = world.create(User, &body).unwrap();
    assert_eq!(text(&user, &[uri, "manager"]), r#"{"value":"26118915"}"#);
    let replace = format!(r#"{{"op":"replace","path":"{uri}:manager","value":"other"}}"#);
    let shown = world.patch(User, &id(&user), &replace).unwrap();
    assert_eq!(text(&shown.resource, &[uri, "manager", "value"]), "other");
}
