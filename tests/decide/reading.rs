//! Step 1: what a value is, and how it compares. One test for each sentence.

use provisor::decide::{Groups, Membership, Person, RuleSet};

use super::told::{DEFAULT, person, rules};

/// Rules with one assignment that matches on a condition.
#[track_caller]
fn on(condition: &str) -> RuleSet {
    rules(&format!(
        "assignment \"yes\" {{\n match {condition}\n seats none\n workspaces {{ others: none }}\n \
         capture none\n update manual\n}}\n{DEFAULT}"
    ))
}

/// Whether the condition holds for the user, and the notes.
#[track_caller]
fn ask(condition: &str, user: &str, groups: Option<&[Membership]>) -> (bool, Vec<String>) {
    let rules = on(condition);
    let person = person(&rules, user, groups);
    let decision = rules.decide(&person);
    let winner = decision.winner().expect("an active user");
    (winner.head.name == "yes", decision.notes().into_iter().map(|note| note.message).collect())
}

/// Neither holds nor fails with a note.
#[track_caller]
fn check(condition: &str, user: &str, holds: bool) {
    assert_eq!(ask(condition, user, None), (holds, vec![]), "{condition} of {user}");
}

#[track_caller]
fn check_noted(condition: &str, user: &str, holds: bool, notes: &[&str]) {
    let (held, found) = ask(condition, user, None);
    assert_eq!(
        (held, found.iter().map(String::as_str).collect::<Vec<_>>()),
        (holds, notes.to_vec()),
        "{condition} of {user}"
    );
}

#[track_caller]
fn check_groups(condition: &str, groups: &[Membership], holds: bool, notes: &[&str]) {
    let (held, found) = ask(condition, "{}", Some(groups));
    assert_eq!(
        (held, found.iter().map(String::as_str).collect::<Vec<_>>()),
        (holds, notes.to_vec()),
        "{condition} of {groups:?}"
    );
}

fn acme(member: &str) -> String {
    format!("{{\"urn:acme:params:scim:schemas:1.0:User\": {{{member}}}}}")
}

#[test]
fn missing_null_and_empty_values_are_absent() {
    for user in [
        "{}",
        r#"{"title": null}"#,
        r#"{"title": ""}"#,
        r#"{"title": []}"#,
        r#"{"title": {}}"#,
        r#"{"title": [null, "", {"a": []}]}"#,
    ] {
        check("title is present", user, false);
        check("title is absent", user, true);
        check("title is \"\"", user, true);
    }
    check("name is present", r#"{"name": {"givenName": "", "familyName": null}}"#, false);
    check("name is present", r#"{"name": {"middleName": "x"}}"#, true);
    check("emails is present", r#"{"emails": [{"value": ""}, {}]}"#, false);
    check("emails is present", r#"{"emails": [{"type": "work"}]}"#, true);
}

#[test]
fn false_and_zero_are_values() {
    check("remote is present", &acme(r#""remote": false"#), true);
    check("remote is false", &acme(r#""remote": false"#), true);
    check("level is present", &acme(r#""level": 0"#), true);
    check("level less than 1", &acme(r#""level": 0"#), true);
    check("level less than 1", "{}", false);
}

#[test]
fn blanks_count_because_nothing_is_trimmed() {
    check("title is \"CEO\"", r#"{"title": " CEO"}"#, false);
    check("title is present", r#"{"title": " "}"#, true);
}

#[test]
fn text_compares_after_nfc() {
    check("title is \"Caf\\u00e9\"", r#"{"title": "Cafe\u0301"}"#, true);
    check("code is \"Caf\\u00e9\"", &acme(r#""code": "Cafe\u0301""#), true);
    check("code like \"caf?\"", &acme(r#""code": "cafe\u0301""#), true);
    check("code matches /caf./", &acme(r#""code": "cafe\u0301""#), true);
}

#[test]
fn text_folds_fully_unless_the_schema_is_exact() {
    check("title is \"STRASSE\"", r#"{"title": "straße"}"#, true);
    check("title is \"straße\"", r#"{"title": "STRASSE"}"#, true);
    check("title contains \"σ\"", r#"{"title": "ΣΑΣ"}"#, true);
    check("code is \"abc\"", &acme(r#""code": "ABC""#), false);
    check("title matches /ceo/", r#"{"title": "CEO"}"#, true);
    check("code matches /ceo/", &acme(r#""code": "CEO""#), false);
    check("title like \"c?o*\"", r#"{"title": "CEO of it"}"#, true);
}

#[test]
fn is_exactly_never_folds() {
    check("title is exactly \"CEO\"", r#"{"title": "CEO"}"#, true);
    check("title is exactly \"CEO\"", r#"{"title": "ceo"}"#, false);
    check("title is not exactly \"CEO\"", r#"{"title": "ceo"}"#, true);
}

#[test]
fn greater_and_less_go_by_code_point_of_the_compared_form() {
    check("title more than \"b\"", r#"{"title": "C"}"#, true);
    check("title less than \"b\"", r#"{"title": "C"}"#, false);
    check("code less than \"b\"", &acme(r#""code": "C""#), true);
    check("title more than \"z\"", r#"{"title": "é"}"#, true);
    check("title at least \"ceo\"", r#"{"title": "CEO"}"#, true);
}

#[test]
fn numbers_compare_by_value() {
    for level in ["10", "10.0", "1e1", "100e-1"] {
        check("level is 10", &acme(&format!("\"level\": {level}")), true);
        check("level is in { 10.00 }", &acme(&format!("\"level\": {level}")), true);
    }
    check("level more than 9007199254740992", &acme("\"level\": 9007199254740993"), true);
}

#[test]
fn dates_compare_as_instants() {
    let of = |date: &str| acme(&format!("\"hired\": \"{date}\""));
    let noon = "hired is \"2024-05-01T12:00:00+02:00\"";
    check(noon, &of("2024-05-01T10:00:00Z"), true);
    check(noon, &of("2024-05-01T10:00:00"), true);
    check("hired is \"2024-05-01\"", &of("2024-05-01T00:00:00Z"), true);
    check("hired more than \"2024-05-01\"", &of("2024-05-01T00:00:01Z"), true);
    check("hired less than \"2024-05-01\"", &of("2024-05-01T01:00:00+02:00"), true);
}

#[test]
fn a_condition_on_several_values_means_some_value() {
    check("tags is \"b\"", &acme(r#""tags": ["a", "B"]"#), true);
    check("tags is not \"b\"", &acme(r#""tags": ["a", "B"]"#), true);
    check("tags is not \"b\"", &acme(r#""tags": ["B"]"#), false);
    check("tags is not \"b\"", "{}", false);
    check("not tags is \"b\"", "{}", true);
    check("title is not \"b\"", "{}", true);
}

#[test]
fn brackets_hold_on_one_element() {
    let addresses = r#"{"addresses": [
        {"type": "work", "country": "FR"}, {"type": "home", "country": "DE"}
    ]}"#;
    check("addresses[type is \"work\" and country is \"DE\"]", addresses, false);
    check("addresses[type is \"home\" and country is \"DE\"]", addresses, true);
    check("addresses.type is \"work\" and addresses.country is \"DE\"", addresses, true);
    check("addresses[not type is \"work\"]", addresses, true);
    check("addresses[not type is \"work\"]", r#"{"addresses": [{}]}"#, false);
    check("addresses[not type is \"work\"]", r#"{"addresses": [{"street": "x"}]}"#, true);
}

#[test]
fn names_compare_without_case_and_extensions_stand_in_their_object() {
    check("title is \"x\"", r#"{"TITLE": "x"}"#, true);
    check("department is \"x\"", r#"{"department": "x"}"#, false);
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user";
    check("department is \"x\"", &format!("{{\"{enterprise}\": {{\"DEPARTMENT\": \"x\"}}}}"), true);
    check("addresses.country is \"DE\"", r#"{"Addresses": [{"Country": "DE"}]}"#, true);
}

#[test]
fn text_is_understood_as_a_flag_with_a_note() {
    let note = "`urn:acme:params:scim:schemas:1.0:User:remote`: text read as a flag";
    check_noted("remote is true", &acme(r#""remote": "True""#), true, &[note]);
    check_noted("remote is false", &acme(r#""remote": "false""#), true, &[note]);
    let ignored =
        "`urn:acme:params:scim:schemas:1.0:User:remote`: text that is not a flag counts as absent";
    check_noted("remote is present", &acme(r#""remote": "yes""#), false, &[ignored]);
    let number = "`urn:acme:params:scim:schemas:1.0:User:remote`: a number where a flag belongs \
                  counts as absent";
    check_noted("remote is present", &acme(r#""remote": 1"#), false, &[number]);
}

#[test]
fn numbers_and_flags_are_understood_as_text_as_written() {
    check_noted(
        "title is \"10.0\"",
        r#"{"title": 10.0}"#,
        true,
        &["`title`: a number read as text"],
    );
    check_noted("title is \"true\"", r#"{"title": true}"#, true, &["`title`: a flag read as text"]);
}

#[test]
fn numeric_text_is_understood_as_a_number() {
    let path = "urn:acme:params:scim:schemas:1.0:User:level";
    let note = format!("`{path}`: text read as a number");
    check_noted("level is 10", &acme(r#""level": "1e1""#), true, &[&note]);
    let ignored = format!("`{path}`: text that is not a number counts as absent");
    check_noted("level is present", &acme(r#""level": "ten""#), false, &[&ignored]);
}

#[test]
fn one_value_is_understood_as_a_list() {
    let note = "`urn:acme:params:scim:schemas:1.0:User:tags`: text read as a list of one";
    check_noted("tags is \"a\"", &acme(r#""tags": "a""#), true, &[note]);
    let note = "`addresses`: an object read as a list of one";
    check_noted("addresses.type is \"work\"", r#"{"addresses": {"type": "work"}}"#, true, &[note]);
}

#[test]
fn plain_text_is_understood_as_the_value_of_an_object() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let user = format!("{{\"{enterprise}\": {{\"manager\": \"42\"}}}}");
    let note = "`manager`: text read as an object with that `value`";
    check_noted("manager.value is \"42\"", &user, true, &[note]);
    let notes = [
        "`emails`: text read as a list of one",
        "`emails`: text read as an object with that `value`",
    ];
    check_noted("emails.value is \"a@b\"", r#"{"emails": "a@b"}"#, true, &notes);
    let user = r#"{"emails": ["a@b", {"value": "c@d"}]}"#;
    check_noted("emails.value is \"a@b\"", user, true, &notes[1..]);
}

#[test]
fn any_other_wrong_type_is_absent_with_a_note() {
    let list = "`title`: a list where text belongs counts as absent";
    check_noted("title is present", r#"{"title": ["CEO"]}"#, false, &[list]);
    let object = "`title`: an object where text belongs counts as absent";
    check_noted("title is present", r#"{"title": {"value": "CEO"}}"#, false, &[object]);
    let list = "`name`: a list where an object belongs counts as absent";
    check_noted("name is present", r#"{"name": [{"givenName": "A"}]}"#, false, &[list]);
    let number = "`name`: a number where an object belongs counts as absent";
    check_noted("name is present", r#"{"name": 7}"#, false, &[number]);
    let date = "`urn:acme:params:scim:schemas:1.0:User:hired`: text that is not a date counts as \
                absent";
    check_noted("hired is present", &acme(r#""hired": "soon""#), false, &[date]);
    let inner = "`name.givenName`: a list where text belongs counts as absent";
    check_noted("name.givenName is absent", r#"{"name": {"givenName": ["A"]}}"#, true, &[inner]);
    let container =
        "`urn:acme:params:scim:schemas:1.0:User`: text that is not an object counts as absent";
    let user = r#"{"urn:acme:params:scim:schemas:1.0:User": "x"}"#;
    check_noted("level is absent", user, true, &[container]);
}

#[test]
fn what_no_rule_mentions_is_not_noted() {
    check("title is \"x\"", r#"{"title": "x", "nickName": ["y"], "emails": "z"}"#, true);
}

#[test]
fn of_a_name_that_stands_there_twice_the_last_counts() {
    let user = r#"{"title": "CEO", "Title": "CFO"}"#;
    let note = "`title` stands there more than once; the last one counts";
    let rules = on("title is \"CFO\"");
    let mut person = provisor::decide::Person::new();
    person.read_bytes(&rules, user.as_bytes(), Default::default()).unwrap();
    let decision = rules.decide(&person);
    assert_eq!(decision.winner().unwrap().head.name, "yes");
    assert_eq!(decision.notes()[0].message, note);
}

#[test]
fn active_missing_or_null_is_true() {
    check("everyone", "{}", true);
    check("active is true", "{}", true);
    check("active is true", r#"{"active": null}"#, true);
}

#[test]
fn active_that_is_no_flag_is_false() {
    let rules = on("everyone");
    for (active, deactivated, notes) in [
        ("true", false, 0),
        ("false", true, 0),
        ("\"TRUE\"", false, 1),
        ("\"False\"", true, 1),
        ("\"yes\"", true, 1),
        ("\"\"", true, 1),
        ("1", true, 1),
        ("[]", true, 1),
        ("{\"value\": true}", true, 1),
    ] {
        let person = person(&rules, &format!("{{\"active\": {active}}}"), None);
        let decision = rules.decide(&person);
        assert_eq!(decision.is_deactivated(), deactivated, "{active}");
        assert_eq!(decision.notes().len(), notes, "{active}: {:?}", decision.notes());
    }
}

#[test]
fn a_group_name_compares_as_text_that_is_not_exact() {
    let user = r#"{"groups": [{"display": "SALES - Stra\u00dfe", "value": "g1"}]}"#;
    check("in group \"sales - strasse\"", user, true);
    check("in group like \"Sales*\"", user, true);
    check("in group id \"g1\"", user, true);
    check("in group id \"G1\"", user, false);
    check("in no group { \"Sales\", \"Other\" }", user, true);
}

#[test]
fn without_type_membership_is_direct() {
    let typed = |kind: &str| format!("{{\"groups\": [{{\"display\": \"A\"{kind}}}]}}");
    check("in any group { \"A\" } directly", &typed(""), true);
    check("in any group { \"A\" } directly", &typed(r#", "type": "direct""#), true);
    check("in any group { \"A\" } directly", &typed(r#", "type": "Indirect""#), false);
    check("in group \"A\"", &typed(r#", "type": "indirect""#), true);
}

#[test]
fn where_both_hold_membership_is_direct() {
    let user = r#"{"groups": [
        {"value": "g1", "type": "indirect"}, {"value": "g1", "display": "A", "type": "direct"}
    ]}"#;
    check("in any group { id \"g1\" } directly", user, true);
    check("groups.type is \"indirect\"", user, false);
}

#[test]
fn the_end_of_a_reference_is_an_id_where_value_is_missing() {
    let user = r#"{"groups": [{"$ref": "https://acme.example/scim/v2/Groups/g-1?x=/y"}]}"#;
    check("in group id \"g-1\"", user, true);
}

#[test]
fn groups_as_an_attribute_read_the_same_list() {
    let groups = [
        Membership::named("Sales").with_id("g1"),
        Membership::named("Staff").with_id("g2").indirectly(),
    ];
    let both = "groups.display is \"staff\" and groups[value is \"g1\" and type is \"direct\"]";
    check_groups(both, &groups, true, &[]);
    let (held, _) = ask("groups is present", r#"{"groups": [{"value": "x"}]}"#, Some(&[]));
    assert!(!held, "the user's own groups do not count where the host gives them");
}

#[test]
fn all_groups_means_each_entry_and_no_group_the_contrary_of_any() {
    let groups = [Membership::named("A").indirectly(), Membership::named("B one")];
    check_groups("in all groups { \"A\", like \"B*\" }", &groups, true, &[]);
    check_groups("in all groups { \"A\", like \"B*\" } directly", &groups, false, &[]);
    check_groups("in all groups { \"A\", \"C\" }", &groups, false, &[]);
    check_groups("in no group { \"A\" } directly", &groups, true, &[]);
    check_groups("in no group { \"A\" }", &groups, false, &[]);
}

#[test]
fn an_external_id_is_known_only_from_group_resources() {
    let note = "the `externalId` of the person's groups is not known without Group resources; \
                conditions on it are false";
    let user = r#"{"groups": [{"display": "A"}]}"#;
    check_noted("in group externalId \"x1\"", user, false, &[note]);
    check_noted("in group externalId \"x1\"", "{}", false, &[]);
    let groups = [Membership::named("A").with_external_id("x1")];
    check_groups("in group externalId \"x1\"", &groups, true, &[]);
}

#[test]
fn a_former_name_matches_like_the_name_with_a_note() {
    let groups = [Membership::named("Sales EMEA").formerly("Sales - Europe")];
    let note = "group `Sales EMEA` is found by its former name `Sales - Europe`";
    check_groups("in group \"sales - europe\"", &groups, true, &[note]);
    check_groups("in group like \"sales - *\"", &groups, true, &[note]);
    check_groups("in group like \"sales *\"", &groups, true, &[]);
    check_groups("groups.display is \"Sales - Europe\"", &groups, true, &[]);
}

#[test]
fn by_name_a_renamed_group_is_another_group() {
    let by_name = rules(&format!(
        "setting group_identity name\nassignment \"yes\" {{\n match in group \"Old\"\n seats none\n \
         workspaces {{ others: none }}\n capture none\n update manual\n}}\n{DEFAULT}"
    ));
    let groups = [Membership::named("New").formerly("Old")];
    let person = person(&by_name, "{}", Some(&groups));
    assert_eq!(by_name.decide(&person).winner().unwrap().head.name, "Everyone else");
}

#[test]
fn after_an_error_the_person_is_nobody() {
    let rules = on("title is \"x\"");
    let mut person = Person::new();
    for broken in
        [&b"{\"title\": \"x\"} 1"[..], b"{\"title\": \"x\"", b"{\"title\": \"\xff\"}", b"[]"]
    {
        let ana = br#"{"userName": "ana", "title": "x"}"#;
        person.read_bytes(&rules, ana, Groups::Own).unwrap();
        assert_eq!(person.identity().user_name, Some("ana"));
        person.read_bytes(&rules, broken, Groups::Own).unwrap_err();
        assert_eq!(person.identity().user_name, None, "{}", String::from_utf8_lossy(broken));
    }
}
