//! The events: what each of them lets through.

use super::story::check;

#[test]
fn the_same_follows_from_every_event_of_the_source() {
    for event in ["created", "updated", "groups changed", "group deleted", "group renamed", "apply"]
    {
        check(&format!(
            "
            sales = automatic; seats gong
            support = automatic; seats gong, engage
            > created sales
            + seat gong  row 1
            > {event} support
            + seat engage  row 6
            "
        ));
    }
}

#[test]
fn adopted_for_somebody_who_has_a_record_is_an_update() {
    check(
        "
        sales = automatic; seats gong
        > created sales
        + seat gong  row 1
        > adopted sales; seats forecast
        ? now
        seat gong
        ",
    );
}

#[test]
fn a_deleted_group_moves_its_members() {
    check(
        "
        sales = automatic; seats gong
        nobody = default; automatic
        > created sales
        + seat gong  row 1
        > group deleted nobody
        - seat gong  row 6
        ",
    );
}

#[test]
fn a_renamed_group_moves_nobody_while_the_former_name_is_listed() {
    check(
        "
        setting group_identity id
        sales = automatic; seats gong
        nobody = default; automatic
        > created sales
        + seat gong  row 1
        > group renamed, former name listed nobody
        ! seat gong not applied
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        > group renamed nobody
        - seat gong  row 6
        ",
    );
}

#[test]
fn a_renamed_group_counts_as_groups_changed_under_group_identity_name() {
    check(
        "
        setting group_identity name
        sales = automatic; seats gong
        nobody = default; automatic
        > created sales
        + seat gong  row 1
        > group renamed, former name listed nobody
        - seat gong  row 6
        ",
    );
}

#[test]
fn changed_rules_wait_for_the_source_under_propagate_on_push() {
    check(
        "
        setting propagate on_push
        sales = automatic; seats gong
        support = manual; seats gong, engage
        > created sales
        + seat gong  row 1
        > rules changed support
        ! seat engage not applied
        ? record
        sales, placed, pending rules, seats automatic, workspaces automatic, capture automatic, options automatic
        > updated support
        + seat engage  row 7
        ? record
        support, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn the_host_may_apply_changed_rules() {
    check(
        "
        sales = automatic; seats gong
        > created sales
        + seat gong  row 1
        sales = automatic; seats gong, engage
        > rules changed sales
        ! seat engage not applied
        > apply sales
        + seat engage  row 4
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn changed_rules_that_change_nothing_for_a_person_leave_nothing_pending() {
    check(
        "
        sales = automatic; seats gong
        > created sales
        + seat gong  row 1
        field = formerly sales; automatic; seats gong
        > rules changed field
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn rules_that_change_back_leave_nothing_pending() {
    check(
        "
        sales = automatic; seats gong
        > created sales
        + seat gong  row 1
        sales = automatic; seats gong, engage
        > rules changed sales
        ! seat engage not applied
        sales = automatic; seats gong
        > rules changed sales
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn changed_rules_reach_everybody_under_propagate_at_once() {
    check(
        "
        setting propagate at_once
        sales = automatic except capture; seats gong; capture email
        > created sales
        + seat gong  row 1
        + capture email  row 1
        sales = automatic except capture; seats gong, engage; capture calendar
        > rules changed sales
        + seat engage  row 4
        ! capture calendar not applied
        ! capture email not applied
        ",
    );
}

#[test]
fn changed_rules_keep_an_adoption_pending() {
    for propagate in ["on_push", "at_once"] {
        check(&format!(
            "
            setting propagate {propagate}
            nobody = default; automatic
            > adopted nobody; seats gong
            ! seat gong not applied
            > rules changed nobody
            ! seat gong not applied
            ? record
            nobody, placed, pending adoption
            "
        ));
    }
}

#[test]
fn changed_rules_leave_somebody_without_a_record_pending_from_the_start() {
    check(
        "
        sales = automatic; seats gong
        > rules changed sales
        ! seat gong not applied
        ? record
        no assignment, pending rules
        > updated sales
        + seat gong  row 1
        ",
    );
}

#[test]
fn deactivation_clears_pending_rules_and_the_return_decides_anew() {
    check(
        "
        sales = automatic; seats gong
        support = automatic; seats engage, gong
        away = off
        > created sales
        + seat gong  row 1
        > rules changed support
        ! seat engage not applied
        > updated away
        - seat gong  released
        ? record
        sales, inactive, placed, seats automatic, workspaces automatic, capture automatic, options automatic, released gong
        > updated support
        + seat engage  row 6
        + seat gong  brought back
        ",
    );
}

#[test]
fn an_adoption_waits_through_a_deactivation() {
    check(
        "
        nobody = default; automatic
        away = off
        > adopted nobody; seats gong
        ! seat gong not applied
        > updated away
        - seat gong  released
        > updated nobody
        + seat gong  brought back
        ! seat gong not applied
        ? record
        nobody, placed, pending adoption
        ",
    );
}
