//! Steps 2 to 5, one test for each sentence.

use provisor::decide::{Membership, RuleSet};
use provisor::reconcile::target::Target;

use super::told::{DEFAULT, person, rules, rules_ordered, told};

/// What rules decide for a user in those groups.
#[track_caller]
fn check(text: &str, groups: &[&str], expected: &str) {
    let groups: Vec<_> = groups.iter().map(|name| Membership::named(*name)).collect();
    check_in(text, &groups, expected);
}

/// The same with another order of profiles.
#[track_caller]
fn check_ordered(text: &str, order: &str, groups: &[&str], expected: &str) {
    let groups: Vec<_> = groups.iter().map(|name| Membership::named(*name)).collect();
    let rules = rules_ordered(order, &format!("{text}\n{DEFAULT}"));
    agree(&rules, &groups, expected);
}

#[track_caller]
fn check_in(text: &str, groups: &[Membership], expected: &str) {
    agree(&rules(&format!("{text}\n{DEFAULT}")), groups, expected);
}

#[track_caller]
fn agree(rules: &RuleSet, groups: &[Membership], expected: &str) {
    let person = person(rules, "{}", Some(groups));
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(told(&rules.decide(&person)).lines().collect::<Vec<_>>(), expected);
}

/// An assignment for a group, with the clauses that differ from nothing.
fn assignment(name: &str, clauses: &str) -> String {
    let or = |keyword: &str, line: &str| {
        let there = clauses.lines().any(|l| l.trim().starts_with(keyword));
        if there { String::new() } else { format!("  {line}\n") }
    };
    format!(
        "assignment \"{name}\" {{\n{}{}{}{}{}{clauses}\n}}\n",
        or("match", &format!("match in group \"{name}\"")),
        or("seats", "seats none"),
        or("workspaces", "workspaces { others: none }"),
        or("capture", "capture none"),
        or("update", "update automatic"),
    )
}

// Step 2

#[test]
fn the_first_assignment_that_matches_wins_and_the_others_are_named() {
    let three =
        assignment("A", "") + &assignment("B", "home emea\nseats gong") + &assignment("C", "");
    check(
        &three,
        &["C", "B"],
        "assignment B\nalso C\nseats gong\nhome emea\nnote home is `emea`, but no profile stands there",
    );
    check(&three, &["C"], "assignment C");
    check(&three, &["C", "A", "B"], "assignment A\nalso B, C");
}

#[test]
fn the_default_wins_where_nothing_matches() {
    check(&assignment("A", ""), &[], "assignment Everyone else");
}

#[test]
fn match_m_except_e_means_m_and_not_e() {
    let rule = assignment("A", "match in group \"A\"\nexcept in group \"Leave\"");
    check(&rule, &["A"], "assignment A");
    check(&rule, &["A", "Leave"], "assignment Everyone else");
    check(&rule, &["Leave"], "assignment Everyone else");
}

#[test]
fn home_and_options_come_from_the_winner_alone() {
    let both =
        assignment("A", "option consent none") + &assignment("B", "home emea\noption consent us");
    check(&both, &["A", "B"], "assignment A\nalso B\noption consent none");
}

// Step 3

#[test]
fn all_that_the_winner_and_every_matching_grant_give_is_asked() {
    let text = assignment("A", "seats gong\ncapture email")
        + "grant \"G1\" { match in group \"G\"\n seats engage\n capture calendar }\n\
           grant \"G2\" { match in group \"G\"\n seats gong\n capture calendar, phone }\n\
           grant \"G3\" { match in group \"H\"\n seats all }\n";
    check(
        &text,
        &["A", "G"],
        "
        assignment A
        grants G1, G2
        seats gong, engage
        capture calendar, phone, email",
    );
}

#[test]
fn in_a_workspace_the_highest_profile_asked_stands() {
    let text = assignment("A", "seats gong\nworkspaces { emea: rep, global: manager }")
        + "grant \"G\" { match in group \"G\"\n workspaces { emea: manager, others: viewer } }\n";
    check(
        &text,
        &["A", "G"],
        "
        assignment A
        grants G
        seats gong
        workspaces global manager, emea manager",
    );
}

// Step 4

#[test]
fn what_a_never_forbids_is_removed_if_asked_and_listed_anyway() {
    let text = assignment("A", "seats gong\ncapture email, calendar")
        + "never \"N1\" { match in group \"N\"\n seats gong, forecast }\n\
           never \"N2\" { match everyone\n seats gong\n capture email }\n";
    check(
        &text,
        &["A", "N"],
        "
        assignment A
        nevers N1, N2
        capture calendar
        removed gong (by N1, N2; asked by A)
        removed email (by N2; asked by A)
        forbidden gong by N1, N2
        forbidden forecast by N1
        forbidden email by N2",
    );
}

#[test]
fn the_lowest_ceiling_counts_none_being_the_lowest() {
    let text = assignment("A", "seats gong\nworkspaces { emea: manager, global: manager }")
        + "never \"N1\" { match everyone\n workspaces { emea: at most rep, global: at most rep } }\n\
           never \"N2\" { match in group \"N\"\n workspaces { emea: at most viewer, global: none } }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        nevers N1
        seats gong
        workspaces global rep, emea rep
        lowered global manager to rep (by N1; asked by A)
        lowered emea manager to rep (by N1; asked by A)
        forbidden global: at most rep by N1
        forbidden emea: at most rep by N1",
    );
    check(
        &text,
        &["A", "N"],
        "
        assignment A
        nevers N1, N2
        seats gong
        workspaces emea viewer
        removed global manager (by N2; asked by A)
        lowered emea manager to viewer (by N2; asked by A)
        forbidden global: none by N2
        forbidden emea: at most viewer by N2",
    );
}

#[test]
fn a_home_without_a_profile_stays_home_with_a_note() {
    let text = assignment(
        "A",
        "seats gong\nhome emea\nworkspaces { emea: rep, global: none }\noption consent eu",
    ) + "never \"N\" { match everyone\n workspaces { emea: none } }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        nevers N
        seats gong
        home emea
        option consent eu
        removed emea rep (by N; asked by A)
        forbidden emea: none by N
        note home is `emea`, but no profile stands there",
    );
}

#[test]
fn a_ceiling_that_nothing_reaches_is_listed_all_the_same() {
    let text = assignment("A", "workspaces { emea: viewer, others: none }")
        + "never \"N\" { match everyone\n workspaces { emea: at most viewer, global: none } }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        nevers N
        workspaces emea viewer
        forbidden global: none by N
        forbidden emea: at most viewer by N",
    );
}

// Step 5

#[test]
fn each_veto_still_asked_takes_away_what_it_excludes() {
    let text = assignment("A", "capture email, export, calendar")
        + "grant \"G\" { match in group \"G\"\n capture no_email, private }\n";
    check(
        &text,
        &["A", "G"],
        "
        assignment A
        grants G
        capture no_email, private
        vetoed calendar (by private; asked by A)
        vetoed email (by no_email, private; asked by A)
        vetoed export (by private; asked by A)",
    );
}

#[test]
fn a_removed_veto_takes_nothing_away() {
    let text = assignment("A", "capture email, no_email")
        + "never \"N\" { match everyone\n capture no_email }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        nevers N
        capture email
        removed no_email (by N; asked by A)
        forbidden no_email by N",
    );
}

#[test]
fn what_requires_something_no_longer_there_is_withheld_until_nothing_changes() {
    let text = assignment("A", "seats all\ncapture all")
        + "never \"N\" { match everyone\n seats gong\n capture calendar }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        nevers N
        capture email, export
        removed gong (by N; asked by A)
        withheld engage (needs gong; asked by A)
        withheld forecast (needs engage; asked by A)
        removed calendar (by N; asked by A)
        withheld web (needs gong, calendar; asked by A)
        withheld phone (needs gong; asked by A)
        forbidden gong by N
        forbidden calendar by N",
    );
}

#[test]
fn what_a_veto_took_away_is_missing_for_others() {
    let text = assignment("A", "capture email, export, no_email");
    check(
        &text,
        &["A"],
        "
        assignment A
        capture no_email
        vetoed email (by no_email; asked by A)
        withheld export (needs email; asked by A)",
    );
}

#[test]
fn the_cause_is_the_first_of_removed_vetoed_withheld() {
    let text = assignment("A", "capture phone, export, email, private")
        + "never \"N\" { match everyone\n seats gong\n capture phone, email }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        nevers N
        capture private
        removed phone (by N; asked by A)
        removed email (by N; asked by A)
        vetoed export (by private; asked by A)
        forbidden gong by N
        forbidden phone by N
        forbidden email by N",
    );
}

#[test]
fn a_profile_whose_requirement_is_not_met_is_withheld_and_the_next_highest_stands() {
    let text = assignment("A", "workspaces { emea: manager, others: none }")
        + "grant \"G\" { match in group \"G\"\n workspaces { emea: viewer } }\n";
    check(
        &text,
        &["A", "G"],
        "
        assignment A
        grants G
        workspaces emea viewer
        withheld emea manager (needs gong; asked by A)",
    );
}

#[test]
fn a_profile_whose_requirement_is_not_met_is_not_lowered() {
    let text = assignment("A", "workspaces { emea: manager, others: none }")
        + "never \"N\" { match everyone\n workspaces { emea: at most viewer } }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        nevers N
        withheld emea manager (needs gong; asked by A)
        forbidden emea: at most viewer by N",
    );
}

#[test]
fn a_profile_is_dropped_where_the_lower_ones_requirement_is_not_met() {
    let text = "profile trainee \"Trainee\" requires seat forecast\n".to_owned()
        + "profile lead \"Lead\"\n"
        + &assignment("A", "workspaces { global: lead, others: none }")
        + "never \"N\" { match everyone\n workspaces { global: at most trainee } }\n\
           never \"M\" { match in group \"M\"\n workspaces { global: at most viewer } }\n";
    let order = "profile order viewer < trainee < rep < manager < lead";
    check_ordered(
        &text,
        order,
        &["A"],
        "
        assignment A
        nevers N
        withheld global lead as trainee (by N; needs forecast; asked by A)
        forbidden global: at most trainee by N",
    );
}

#[test]
fn a_lower_ceiling_can_leave_more_where_a_lower_profile_needs_more() {
    let text = "profile trainee \"Trainee\" requires seat forecast\n".to_owned()
        + "profile lead \"Lead\"\n"
        + &assignment("A", "workspaces { global: lead, others: none }")
        + "never \"N\" { match everyone\n workspaces { global: at most trainee } }\n\
           never \"M\" { match in group \"M\"\n workspaces { global: at most viewer } }\n";
    let order = "profile order viewer < trainee < rep < manager < lead";
    check_ordered(
        &text,
        order,
        &["A", "M"],
        "
        assignment A
        nevers N, M
        workspaces global viewer
        lowered global lead to viewer (by M; asked by A)
        forbidden global: at most viewer by M",
    );
}

#[test]
fn a_lowered_profile_counts_beside_the_others() {
    let text = assignment("A", "seats gong\nworkspaces { emea: viewer, others: none }")
        + "grant \"G\" { match in group \"G\"\n workspaces { emea: manager } }\n\
           never \"N\" { match everyone\n workspaces { emea: at most rep } }\n";
    check(
        &text,
        &["A", "G"],
        "
        assignment A
        grants G
        nevers N
        seats gong
        workspaces emea rep
        lowered emea manager to rep (by N; asked by G)
        forbidden emea: at most rep by N",
    );
}

#[test]
fn a_grant_may_bring_what_the_assignment_lacked() {
    let text = assignment("A", "workspaces { emea: rep, others: none }\ncapture phone")
        + "grant \"G\" { match in group \"G\"\n seats gong }\n";
    check(
        &text,
        &["A"],
        "
        assignment A
        withheld phone (needs gong; asked by A)
        withheld emea rep (needs gong; asked by A)",
    );
    check(
        &text,
        &["A", "G"],
        "
        assignment A
        grants G
        seats gong
        workspaces emea rep
        capture phone",
    );
}

// Deleted groups

#[test]
fn a_deleted_group_does_not_exist_for_assignments_and_grants() {
    let text = assignment("A", "")
        + &assignment("B", "match in no group { \"A\" }")
        + "grant \"G\" { match in group \"A\"\n seats gong }\n";
    check_in(&text, &[Membership::named("A").deleted()], "assignment B");
}

#[test]
fn a_never_matches_with_or_without_deleted_groups() {
    let text = assignment("A", "match everyone\nseats gong, engage")
        + "never \"in\"  { match in group \"Gone\"\n seats engage }\n\
           never \"out\" { match not in group \"Gone\"\n seats gong }\n\
           never \"as attribute\" { match groups.display is \"gone\"\n seats forecast }\n";
    check_in(
        &text,
        &[Membership::named("Gone").deleted()],
        "
        assignment A
        nevers in, out, as attribute
        removed gong (by out; asked by A)
        removed engage (by in; asked by A)
        forbidden gong by out
        forbidden engage by in
        forbidden forecast by as attribute",
    );
    check_in(
        &text,
        &[],
        "
        assignment A
        nevers out
        removed gong (by out; asked by A)
        withheld engage (needs gong; asked by A)
        forbidden gong by out",
    );
}

#[test]
fn someone_not_active_is_deactivated_and_nothing_else_is_decided() {
    let rules = rules(&(assignment("A", "match everyone\nseats gong") + DEFAULT));
    let person = person(&rules, r#"{"active": false, "userName": "ana"}"#, None);
    let decision = rules.decide(&person);
    assert_eq!(told(&decision), "deactivated");
    assert_eq!(
        json(&decision.report()),
        r#"{"user":{"userName":"ana","id":null,"externalId":null,"displayName":null},"deactivated":true,"notes":[]}"#
    );
    assert_eq!(decision.target(), Target::Deactivated);
}

#[test]
fn the_report_has_both_names_and_every_reason() {
    let text = assignment(
        "A",
        "match everyone\nseats gong, engage\nhome emea\noption consent eu\nworkspaces { emea: manager, global: rep }\ncapture phone, email, no_email, export\nupdate automatic except capture",
    ) + &assignment("B", "match everyone")
        + "grant \"G\" { match everyone\n seats forecast\n workspaces { emea: viewer } }\n\
           never \"N\" { match in group \"N\"\n seats gong\n workspaces { emea: at most rep, global: none } }\n";
    let rules = rules(&(text + DEFAULT));
    let user = r#"{"id": "1", "userName": "ana", "title": 3, "active": "true"}"#;
    let person = person(&rules, user, Some(&[Membership::named("N")]));
    let decision = rules.decide(&person);
    insta::assert_snapshot!("report", pretty(&decision.report()));
    insta::assert_snapshot!("target", pretty(&decision.target()));
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}
