//! Group resources, sizes, and bad input.

use provisor::decide::{Directory, Groups, Membership, Person, RuleSet};
use provisor::json::{Lexer, Value as Token};
use provisor::{ErrorKind, limits};
use serde_json::{Value, json};

use super::told::{DEFAULT, rules};

fn on(condition: &str) -> RuleSet {
    rules(&format!(
        "assignment \"yes\" {{\n match {condition}\n seats none\n workspaces {{ others: none }}\n \
         capture none\n update manual\n}}\n{DEFAULT}"
    ))
}

#[track_caller]
fn wins(rules: &RuleSet, user: &Value, groups: Groups<'_>) -> (bool, Vec<String>) {
    let mut person = Person::new();
    person.read_value(rules, user, groups).unwrap();
    let decision = rules.decide(&person);
    let notes = decision.notes().into_iter().map(|note| note.message).collect();
    (decision.winner().unwrap().head.name == "yes", notes)
}

fn directory(groups: &[Value]) -> Directory {
    let mut directory = Directory::new();
    for group in groups {
        directory.add(group).unwrap();
    }
    directory
}

#[test]
fn members_of_group_resources_alone_count() {
    let directory = directory(&[
        json!({ "id": "g1", "displayName": "Sales", "externalId": "x1", "members": [{ "value": "u1" }] }),
        json!({ "id": "g2", "displayName": "Staff", "members": [{ "value": "u2" }] }),
    ]);
    let user = json!({ "id": "u1", "groups": [{ "value": "g2", "display": "Staff" }] });
    let ask = |condition: &str| wins(&on(condition), &user, Groups::Directory(&directory));
    assert_eq!(ask("in group \"sales\""), (true, vec![]));
    assert_eq!(ask("in group externalId \"x1\""), (true, vec![]));
    assert_eq!(ask("in group externalId \"x2\""), (false, vec![]));
    assert_eq!(ask("in group \"Staff\""), (false, vec![]));
}

#[test]
fn nested_groups_count_indirectly_and_circles_do_no_harm() {
    let directory = directory(&[
        json!({ "id": "a", "displayName": "A", "members": [{ "value": "b", "type": "Group" }] }),
        json!({ "id": "b", "displayName": "B", "members": [{ "value": "u1" }, { "value": "a" }] }),
        json!({ "id": "c", "displayName": "C", "members": [{ "value": "a" }, { "value": "u1" }] }),
    ]);
    let user = json!({ "id": "u1" });
    let ask = |condition: &str| wins(&on(condition), &user, Groups::Directory(&directory)).0;
    assert!(ask("in all groups { \"A\", \"B\", \"C\" }"));
    assert!(ask("in all groups { \"B\", \"C\" } directly"));
    assert!(!ask("in any group { \"A\" } directly"));
}

#[test]
fn a_user_without_id_is_in_no_group_of_a_directory() {
    let directory = directory(&[json!({ "id": "g1", "displayName": "Sales", "members": [""] })]);
    let found = wins(&on("in group \"Sales\""), &json!({}), Groups::Directory(&directory));
    let note = "the user has no `id`, so no group can name it as a member";
    assert_eq!(found, (false, vec![note.to_owned()]));
}

#[test]
fn members_are_understood_as_text_and_as_references() {
    let groups = [
        json!({ "id": "g1", "members": "u1" }),
        json!({ "id": "g2", "members": ["u1", { "$ref": "../Users/u2" }] }),
        json!({ "id": "g3", "members": [{ "value": "u1", "type": "Group" }] }),
    ];
    let directory = directory(&groups);
    let ids = |user| {
        let groups: Vec<_> = directory.memberships(user);
        groups.into_iter().filter_map(|group| group.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("u1"), ["g1", "g2"]);
    assert_eq!(ids("u2"), ["g2"]);
}

#[test]
fn the_last_resource_of_an_id_counts() {
    let directory = directory(&[
        json!({ "id": "g1", "displayName": "Old", "members": ["u1"] }),
        json!({ "id": "g1", "displayName": "New", "members": ["u2"] }),
    ]);
    assert_eq!(directory.memberships("u1"), []);
    assert_eq!(directory.memberships("u2"), [Membership::named("New").with_id("g1")]);
    assert_eq!(directory.len(), 1);
}

#[test]
fn a_former_name_counts_only_while_no_other_group_bears_it() {
    let renamed = json!({ "id": "g1", "displayName": "New", "members": ["u1"] });
    let mut alone = directory(std::slice::from_ref(&renamed));
    assert!(alone.add_former_name("g1", "Old"));
    assert!(!alone.add_former_name("g9", "Old"));
    assert_eq!(alone.memberships("u1"), [Membership::named("New").with_id("g1").formerly("Old")]);
    let mut beside = directory(&[renamed, json!({ "id": "g2", "displayName": "OLD" })]);
    beside.add_former_name("g1", "Old");
    assert_eq!(beside.memberships("u1"), [Membership::named("New").with_id("g1")]);
}

#[test]
fn what_only_a_deleted_group_leads_to_is_deleted_too() {
    let mut directory = directory(&[json!({ "id": "top", "members": ["gone"] })]);
    directory
        .add_deleted(&json!({ "id": "gone", "displayName": "Gone", "members": ["u1"] }))
        .unwrap();
    let [top, gone] = directory.memberships("u1").try_into().unwrap();
    assert!(top.deleted && !top.direct);
    assert_eq!(gone, Membership::named("Gone").with_id("gone").deleted());
}

#[test]
fn a_group_of_a_hundred_thousand_members_is_no_trouble() {
    let members: Vec<_> = (0..100_000).map(|n| json!({ "value": format!("u{n}") })).collect();
    let group = json!({ "id": "g1", "displayName": "Everybody", "members": members }).to_string();
    let mut directory = Directory::new();
    directory.add_bytes(group.as_bytes()).unwrap();
    let rules = on("in group \"everybody\"");
    for n in (0..100_000).step_by(9_999) {
        let user = json!({ "id": format!("u{n}") });
        assert!(wins(&rules, &user, Groups::Directory(&directory)).0);
    }
}

#[test]
fn a_large_set_that_many_rules_use_is_shared() {
    let entries: Vec<_> = (0..20_000).map(|n| format!("\"Group {n}\"")).collect();
    let mut text = format!("set many = groups {{ {} }}\n", entries.join(", "));
    for n in 0..300 {
        text += &format!(
            "assignment \"r{n}\" {{ match in any group many and level is {n}\n seats none\n \
             workspaces {{ others: none }}\n capture none\n update manual }}\n"
        );
    }
    let rules = rules(&format!("{text}{DEFAULT}"));
    let user = json!({ "urn:acme:params:scim:schemas:1.0:User": { "level": 217 } });
    let groups = [Membership::named("group 19999"), Membership::named("none")];
    let mut person = Person::new();
    person.read_value(&rules, &user, Groups::Given(&groups)).unwrap();
    assert_eq!(rules.decide(&person).winner().unwrap().head.name, "r217");
}

#[test]
fn more_groups_than_the_limit_are_an_error() {
    let groups = vec![Membership::named("A"); limits::PERSON_GROUPS + 1];
    let rules = on("in group \"A\"");
    let mut person = Person::new();
    let error = person.read_value(&rules, &json!({}), Groups::Given(&groups)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(person.read_value(&rules, &json!({}), Groups::Given(&groups[1..])).is_ok());
}

#[test]
fn what_is_no_user_is_an_error_and_leaves_nobody() {
    let rules = on("title is present");
    let mut person = Person::new();
    for (bytes, kind) in [
        (&b"[]"[..], ErrorKind::Payload),
        (b"\"ana\"", ErrorKind::Payload),
        (b"", ErrorKind::Json),
        (b"{\"title\": \"CEO\"} x", ErrorKind::Json),
        (b"{\"title\": \"CEO\", }", ErrorKind::Json),
        (b"{\"title\": \"\xff\"}", ErrorKind::Json),
        (b"{\"title\": \"\\ud800\"}", ErrorKind::Json),
    ] {
        person.read_bytes(&rules, b"{\"title\": \"CEO\"}", Groups::Own).unwrap();
        assert_eq!(rules.decide(&person).winner().unwrap().head.name, "yes");
        let error = person.read_bytes(&rules, bytes, Groups::Own).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(rules.decide(&person).winner().unwrap().head.name, "Everyone else");
    }
}

#[test]
fn what_is_no_group_is_an_error_and_adds_nothing() {
    let mut directory = Directory::new();
    let group = r#"{ "id": "g1", "displayName": "Sales", "members": ["u1"] }"#;
    for broken in ["[]", "\"g1\"", &group[1..], &group[..50], &format!("{group} {group}")] {
        directory.add_bytes(broken.as_bytes()).unwrap_err();
        assert!(directory.is_empty(), "{broken}");
        assert_eq!(directory.memberships("u1"), vec![]);
    }
    directory.add_bytes(group.as_bytes()).unwrap();
    assert_eq!(directory.len(), 1);
}

#[test]
fn deep_json_is_an_error_in_bytes_and_a_value_in_a_tree() {
    let rules = on("name is present");
    let deep = format!("{{\"name\": {{\"x\": {}1{}}}}}", "[".repeat(5_000), "]".repeat(5_000));
    let mut person = Person::new();
    let error = person.read_bytes(&rules, deep.as_bytes(), Groups::Own).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let deep = (0..1_000).fold(json!(1), |inner, _| json!([inner]));
    let user = json!({ "name": { "x": deep } });
    assert!(wins(&rules, &user, Groups::Own).0);
}

#[test]
fn users_can_be_read_out_of_a_list_one_by_one() {
    let rules = on("title is \"CEO\"");
    let list = br#"{"totalResults": 2, "Resources": [{"title": "CEO"}, {"title": "CFO"}]}"#;
    let mut lexer = Lexer::new(list).unwrap();
    let mut person = Person::new();
    let mut won = vec![];
    assert!(matches!(lexer.value().unwrap(), Token::Object));
    while let Some(key) = lexer.next_key().unwrap() {
        if !key.is_name("Resources") {
            lexer.skip().unwrap();
            continue;
        }
        lexer.value().unwrap();
        while lexer.next_element().unwrap() {
            person.read_next(&rules, &mut lexer, Groups::Own).unwrap();
            won.push(rules.decide(&person).winner().unwrap().head.name.clone());
        }
    }
    lexer.finish().unwrap();
    assert_eq!(won, ["yes", "Everyone else"]);
}

#[test]
fn a_person_is_decided_by_the_rules_it_was_read_for() {
    let (one, other) = (on("title is \"CEO\""), on("level is 1"));
    let mut person = Person::new();
    person.read_value(&one, &json!({ "title": "CEO" }), Groups::Own).unwrap();
    assert_eq!(other.decide(&person).winner().unwrap().head.name, "yes");
    person.read_value(&other, &json!({ "title": "CEO" }), Groups::Own).unwrap();
    assert_eq!(other.decide(&person).winner().unwrap().head.name, "Everyone else");
}

#[test]
fn rule_sets_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    fn sent<T: Send>() {}
    shared::<RuleSet>();
    sent::<Person>();
}
