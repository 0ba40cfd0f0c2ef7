//! What lint knows of conditions: which can never hold, and which earlier ones cover later ones.

use provisor::diagnostic::{Code, Diagnostic};

use super::reading::findings;

/// A rules file with one assignment for each condition, called "1", "2" and so on.
fn rules(conditions: &[&str]) -> String {
    let mut text = "provisioning 1\nuse \"catalogue.rules\"\n".to_owned();
    for (at, condition) in conditions.iter().enumerate() {
        let body = "seats none\n workspaces { others: none }\n capture none\n update";
        let mode = if at % 2 == 0 { "manual" } else { "automatic" };
        text += &format!("assignment \"{}\" {{\n match {condition}\n {body} {mode}\n}}\n", at + 1);
    }
    text + "default assignment \"Rest\" {\n seats none\n workspaces { others: none }\n \
            capture all except not_recorded\n home emea\n update manual\n}\n"
}

fn reachability(conditions: &[&str]) -> Vec<Diagnostic> {
    let (_, found) = findings(&rules(conditions));
    found.into_iter().filter(|d| matches!(d.code, Code::R401 | Code::R402)).collect()
}

fn impossible(condition: &str) {
    let found = reachability(&[condition]);
    assert!(found.iter().any(|d| d.code == Code::R401), "should be impossible: {condition}");
}

fn possible(condition: &str) {
    let found = reachability(&[condition]);
    assert!(found.iter().all(|d| d.code != Code::R401), "is possible: {condition}");
}

/// The last is covered by exactly the assignments of these numbers.
fn covered(conditions: &[&str], by: &[&str]) {
    let found = reachability(conditions);
    let last = format!("assignment `{}`", conditions.len());
    let finding = found.iter().find(|d| d.code == Code::R402 && d.message.contains(&last));
    let finding = finding.unwrap_or_else(|| panic!("should be covered: {conditions:?}\n{found:?}"));
    let blockers: Vec<&str> =
        finding.related.iter().map(|related| related.message.split('`').nth(1).unwrap()).collect();
    assert_eq!(blockers, by, "{conditions:?}");
}

fn not_covered(conditions: &[&str]) {
    let found = reachability(conditions);
    assert!(found.is_empty(), "{conditions:?}\n{found:?}");
}

#[test]
fn one_value_cannot_be_two() {
    impossible(r#"title is "A" and title is "B""#);
    impossible(r#"title is "A" and not title is "a""#);
    impossible(r#"title is in { "A", "B" } and title is in { "C", "D" }"#);
    impossible(r#"title is in { "A", "B" } and title is not "a" and not title is "B""#);
    impossible(r#"title is "Ab" and title is "A b""#);
    impossible(r#"name.givenName is "Ana" and name.givenName is "Bob""#);
    possible(r#"title is "A" and title is "a""#);
    possible(r#"name.givenName is "Ana" and name.familyName is "Bob""#);
    possible(r#"title is in { "A", "B" } and title is in { "b", "C" }"#);
}

#[test]
fn letter_case_counts_only_where_it_counts() {
    impossible(r#"badge is "A" and badge is "a""#);
    impossible(r#"title is exactly "Chief" and title is exactly "CHIEF""#);
    impossible(r#"title is exactly "Chief" and title is "Chef""#);
    impossible(r#"title is exactly "Chief" and not title is "chief""#);
    possible(r#"title is exactly "Chief" and title is "CHIEF""#);
    possible(r#"title is "chief" and not title is exactly "Chief""#);
}

#[test]
fn absent_and_present_exclude_each_other() {
    impossible(r#"title is absent and title is "A""#);
    impossible(r#"title is absent and title starts with "A""#);
    impossible(r#"title is present and title is not present"#);
    impossible(r#"emails is absent and emails.type is "work""#);
    impossible(r#"name is absent and name.givenName is "Ana""#);
    possible(r#"title is absent and not title is "A""#);
    possible(r#"title is absent and title is not "A""#);
}

#[test]
fn starts_ends_and_parts_are_compared() {
    impossible(r#"title starts with "Account" and title starts with "Sales""#);
    impossible(r#"title ends with "er" and title ends with "or""#);
    impossible(r#"title is "Sales" and title starts with "Account""#);
    impossible(r#"title starts with "Account" and not title contains "count""#);
    impossible(r#"title ends with "manager" and not title ends with "er""#);
    impossible(r#"title like "Sales*" and not title starts with "sal""#);
    impossible(r#"title is "Sales" and not title matches /s.*/"#);
    impossible(r#"title starts with "M" and title less than "A""#);
    impossible(r#"title starts with "A" and title at least "M""#);
    possible(r#"title starts with "Account" and title starts with "acc""#);
    possible(r#"title starts with "Account" and title ends with "Sales""#);
    possible(r#"title starts with "M" and title at least "Me""#);
}

#[test]
fn numbers_and_dates_are_intervals() {
    impossible("level more than 5 and level less than 3");
    impossible("level more than 5 and level at most 5");
    impossible("level at least 5 and level at most 5.0 and not level is 5e0");
    impossible("level is 7 and level at most 5");
    impossible("not level more than 5 and level is 6");
    impossible(r#"since at least "2026-02-01" and since less than "2026-01-01T12:00:00Z""#);
    possible("level at least 5 and level at most 5");
    possible("level more than 5 and level less than 5.1");
    possible("not level more than 5 and not level at most 5");
}

#[test]
fn flags_are_one_of_two() {
    impossible("remote is true and remote is false");
    impossible("remote is present and not remote is true and not remote is false");
    possible("not remote is true and not remote is false");
    impossible("active is false");
    possible("active is true");
}

#[test]
fn lists_have_several_values_and_elements_have_one() {
    possible(r#"tags is "a" and tags is "b""#);
    possible(r#"emails.type is "work" and emails.type is "home""#);
    impossible(r#"emails[type is "work" and type is "home"]"#);
    impossible(r#"tags is "a" and not tags is "a""#);
    impossible(r#"tags starts with "ab" and not tags starts with "a""#);
    impossible(r#"tags is "a" and tags is absent"#);
    impossible(r#"emails[type is "work" and value is "x"] and not emails.type is "work""#);
    impossible(
        r#"emails[type is "work" and primary is true]
           and not emails[type is "work" and primary is true]"#,
    );
    impossible(
        r#"emails[type is "work" and primary is present] and not emails[primary is true]
           and not emails[primary is false]"#,
    );
    possible(r#"emails[type is "work"] and not emails[type is "work" and primary is true]"#);
    possible(r#"tags is not "a" and tags is "a""#);
}

#[test]
fn groups_exclude_only_themselves() {
    impossible(r#"in group "Sales" and not in group "sales""#);
    impossible(r#"in group "Sales" directly and in no group { "Sales", "Other" }"#);
    impossible(r#"in any group sales and in no group offices"#);
    impossible(r#"in group "Sales - EMEA" and not in group like "Sales*""#);
    impossible(r#"in all groups sales and not in group "Sales - DACH""#);
    impossible(r#"in all groups { "A", "B" } and in no group { "B", "C" }"#);
    impossible(r#"in group "A" and in group "B" and not in all groups { "A", "B" }"#);
    possible(r#"in group "Sales" and not in group "Sales" directly"#);
    possible(r#"in group "Sales" and not in group id "Sales""#);
    possible(r#"in any group offices and in no group sales"#);
    possible(r#"in all groups sales and not in group "Berlin""#);
    possible(r#"in group "Sales" and not in group like "Sales *""#);
}

#[test]
fn except_counts_and_every_alternative_must_fail() {
    impossible("in any group sales except in group like \"sales*\"");
    impossible(r#"(title is "A" or title is "B") and title is "C""#);
    impossible(r#"title is "A" except title is present"#);
    possible(r#"(title is "A" or title is "B") and title is "B""#);
}

#[test]
fn a_wider_condition_covers_a_narrower_one() {
    covered(&[r#"in group "A""#, r#"in group "A" and title is "B""#], &["1"]);
    covered(&[r#"in group "A""#, r#"in group "a" directly"#], &["1"]);
    covered(&[r#"in any group offices"#, r#"in any group sales"#], &["1"]);
    covered(&[r#"in any group sales"#, r#"in group "Sales - EMEA""#], &["1"]);
    covered(&[r#"in group like "Sales*""#, r#"in any group sales"#], &["1"]);
    covered(&[r#"in group like "Sales*""#, r#"in group like "Sales - *""#], &["1"]);
    covered(&[r#"title starts with "Acc""#, r#"title is "Account""#], &["1"]);
    covered(&[r#"title contains "count""#, r#"title starts with "Account""#], &["1"]);
    covered(&[r#"title is present"#, r#"title ends with "er""#], &["1"]);
    covered(&["addresses.country is in dach", "addresses.country is in german"], &["1"]);
    covered(&["addresses.country is in dach", r#"addresses.country is "AT""#], &["1"]);
    covered(&["level at least 3", "level more than 3.5"], &["1"]);
    covered(&["level at least 3", "level is 7"], &["1"]);
    covered(&[r#"not title is "A""#, r#"title is "B""#], &["1"]);
    covered(&[r#"not title is "A""#, r#"not title starts with "a""#], &["1"]);
    covered(&[r#"emails.type is "work""#, r#"emails[type is "work" and primary is true]"#], &["1"]);
    covered(
        &[r#"title matches /A.*/ and remote is true"#, r#"title is "ab" and remote is true"#],
        &["1"],
    );
    not_covered(&[r#"in group "A" directly"#, r#"in group "A""#]);
    not_covered(&[r#"in any group sales"#, r#"in any group offices"#]);
    not_covered(&[r#"title starts with "Account""#, r#"title starts with "Acc""#]);
    not_covered(&[r#"title is not "A""#, r#"title is present and remote is true"#]);
    not_covered(&[r#"emails[type is "work" and primary is true]"#, r#"emails.type is "work""#]);
    not_covered(&["level at least 3", "level at least 2"]);
}

#[test]
fn several_together_cover_what_none_covers_alone() {
    covered(
        &[r#"title is "A""#, r#"title is "B""#, r#"title is "C""#, r#"title is in { "A", "B" }"#],
        &["1", "2"],
    );
    covered(
        &[r#"in group "A""#, r#"in group "B""#, r#"in any group { "A", "B" } and remote is true"#],
        &["1", "2"],
    );
    covered(
        &[r#"title is "A""#, r#"in group "B""#, r#"title is "a" or in group "b" directly"#],
        &["1", "2"],
    );
    covered(
        &[
            r#"addresses.country is "DE""#,
            r#"addresses.country is "AT""#,
            r#"addresses[country is in german and type is "work"]"#,
        ],
        &["1", "2"],
    );
}

#[test]
fn what_one_leaves_another_may_take() {
    covered(
        &[
            r#"in group "A" and remote is true"#,
            r#"in group "A" and not remote is true"#,
            r#"in group "A" and title is "B""#,
        ],
        &["1", "2"],
    );
    covered(
        &[
            r#"in group "A" and title is "X""#,
            r#"in group "A" and not title is "X" and remote is present"#,
            r#"in group "A" and not title is "X" and remote is absent"#,
            r#"in group "A" directly"#,
        ],
        &["1", "2", "3"],
    );
    covered(
        &[
            "level less than 5 and title is present",
            "level at least 5",
            r#"level at least 0 and title is "A""#,
        ],
        &["1", "2"],
    );
    not_covered(&[
        r#"in group "A" and remote is true"#,
        r#"in group "A" and remote is false"#,
        r#"in group "A" and title is "B""#,
    ]);
}

#[test]
fn the_blocking_set_is_the_smallest() {
    covered(
        &[
            r#"in group "A" and title is "X""#,
            r#"in group "A""#,
            r#"in group "A" and title is "Y" and remote is true"#,
        ],
        &["2"],
    );
    covered(
        &[
            r#"title is "A""#,
            r#"title is "B""#,
            r#"title is in { "A", "B", "C" }"#,
            r#"title is "A" or title is "B""#,
        ],
        &["3"],
    );
}

#[test]
fn nobody_is_left_behind_everyone() {
    let found = reachability(&[r#"in group "A""#, "everyone", r#"in group "B""#]);
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        finding.message,
        "nobody gets assignment `3`, nor the one behind it: `2` above already takes everyone"
    );
    let found = reachability(&["title is present", "title is absent"]);
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        finding.message,
        "nobody gets default assignment `Rest`: `1`, `2` above together already take everyone"
            .replace("`1`, `2`", "`1` and `2`")
    );
}
