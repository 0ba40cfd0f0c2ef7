//! What is accepted beyond the letter, by the credential or the server.

use provisor_server::error::ScimType;
use provisor_server::protocol::ListQuery;
use provisor_server::service::dialect::Dialect;

use super::world::{Group, User, World, group_body, refused, user_body};

/// A world where the credential has a dialect.
fn speaking(dialect: Dialect) -> World {
    let mut world = World::new();
    world.call.principal.dialect = Some(dialect);
    world
}

const UNMATCHED: &str =
    r#"{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@example.com"}"#;
const CAPITALS: &str = r#"{"op":"Replace","path":"active","value":"False"}"#;

// RFC 7644, 3.5.2.3: "the service provider SHALL indicate failure by returning HTTP status code
// 400 and a "scimType" error code of "noTarget"".
#[test]
fn by_default_a_filter_without_a_match_is_no_target() {
    let world = World::new();
    let babs = world.user("babs");
    let detail = refused(world.patch(User, &babs, UNMATCHED), 400, Some(ScimType::NoTarget));
    assert!(detail.ends_with("; the dialect `entra` accepts this"), "{detail}");
    assert_eq!(world.get(User, &babs).unwrap().get("emails"), None);
    // A dialect cannot tell either what this would be.
    let vague = UNMATCHED.replace("type eq", "type ne");
    let detail = refused(world.patch(User, &babs, &vague), 400, Some(ScimType::NoTarget));
    assert!(!detail.contains("dialect"), "{detail}");
}

#[test]
fn by_default_what_cannot_be_misunderstood_is_accepted() {
    let world = World::new();
    let babs = world.user("babs");
    world.patch(User, &babs, CAPITALS).unwrap();
    assert_eq!(world.find(&[User], "active eq false"), ["babs"]);
}

#[test]
fn the_dialect_of_the_credential_comes_before_the_settings() {
    let world = speaking(Dialect::Entra);
    let babs = world.user("babs");
    world.patch(User, &babs, UNMATCHED).unwrap();
    let filter = "emails[type eq \"work\"].value eq \"a@example.com\"";
    assert_eq!(world.find(&[User], filter), ["babs"]);

    let world = speaking(Dialect::Rfc7644);
    let babs = world.user("babs");
    let detail = refused(world.patch(User, &babs, CAPITALS), 400, Some(ScimType::InvalidSyntax));
    assert!(detail.ends_with("; the dialect `lenient` accepts this"), "{detail}");
}

#[test]
fn refused_filters_and_resources_say_which_dialect_accepts_them() {
    let world = World::new();
    let filter = Some("emails[type eq \"work\"].value eq \"x\"".to_owned());
    let query = ListQuery { filter, ..ListQuery::default() };
    let detail = refused(world.list(&[User], &query), 400, Some(ScimType::InvalidFilter));
    assert!(detail.ends_with("; the dialect `entra` accepts this"), "{detail}");
    let filter = Some("userName foo \"x\"".to_owned());
    let query = ListQuery { filter, ..ListQuery::default() };
    let detail = refused(world.list(&[User], &query), 400, Some(ScimType::InvalidFilter));
    assert!(!detail.contains("dialect"), "{detail}");

    // PingOne sends two primary addresses (RFC 7643, 2.4: "at most once").
    let two = user_body("babs").replace(
        "\"userName\"",
        r#""emails":[{"value":"a","primary":true},{"value":"b","primary":true}],"userName""#,
    );
    let detail = refused(world.create(User, &two), 400, Some(ScimType::InvalidValue));
    assert!(detail.ends_with("; the dialect `tolerant` accepts this"), "{detail}");
    speaking(Dialect::Tolerant).create(User, &two).unwrap();
}

#[test]
fn operations_of_a_bulk_request_have_the_dialect_too() {
    let world = speaking(Dialect::Entra);
    let (babs, staff) = (world.user("babs"), world.group("staff", &[]));
    let operation =
        |kind: &str, id: &str, operations: &str| provisor_server::protocol::BulkOperation {
            method: "PATCH".to_owned(),
            bulk_id: None,
            version: None,
            path: format!("/{kind}/{id}"),
            data: Some(super::world::patch_body(operations)),
        };
    let add = format!(r#"{{"op":"Add","path":"members","value":[{{"value":"{babs}"}}]}}"#);
    let results =
        world.bulk(vec![operation("Users", &babs, UNMATCHED), operation("Groups", &staff, &add)]);
    assert!(results.iter().all(|result| result.status == 200), "{results:?}");
    assert_eq!(world.members(&staff), [babs]);
    assert!(world.create(Group, &group_body("more", &[])).is_ok());
}
