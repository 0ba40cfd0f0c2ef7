//! What a never forbids is taken away at every event and in every mode.

use super::story::check;

#[test]
fn a_never_takes_away_from_areas_that_are_kept() {
    check(
        "
        sales = manual; seats gong, engage; in emea: rep; capture email, phone
        > created sales
        + seat engage  row 1
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        + capture email  row 1
        + capture phone  row 1
        sales = manual; seats gong; capture email; never calls: capture phone; never cost: seat engage; never out: in emea none
        > updated sales
        - seat engage  never cost
        ~ in emea rep -> none  never out
        - capture phone  never calls
        ",
    );
}

#[test]
fn what_a_never_took_does_not_look_changed_by_hand_when_it_ends() {
    check(
        "
        sales = manual; seats gong
        > created sales
        + seat gong  row 1
        sales = manual; never cost: seat gong
        > updated sales
        - seat gong  never cost
        sales = manual; seats gong
        > updated sales
        ! seat gong not applied
        ",
    );
}

#[test]
fn a_never_takes_what_somebody_gave_by_hand_and_names_the_hand_edit() {
    check(
        "
        sales = manual
        > created sales
        > admin sales: + capture phone
        + capture phone  by hand, inert
        i capture phone does nothing without seat gong
        sales = manual; never calls: capture phone
        > updated sales
        - capture phone  never calls, over a hand edit
        ",
    );
}

#[test]
fn a_ceiling_lowers_a_profile_that_is_kept() {
    check(
        "
        sales = manual; seats gong; in apac: manager
        > created sales
        + seat gong  row 1
        ~ in apac none -> manager  row 1
        sales = manual; seats gong; in apac: rep; never juniors: in apac at most rep
        > updated sales
        ~ in apac manager -> rep  never juniors
        ? now
        seat gong, in apac rep
        ",
    );
}

#[test]
fn a_ceiling_removes_a_profile_if_the_lower_one_lacks_its_seat() {
    check(
        "
        sales = manual; in apac: admin
        > created sales
        ~ in apac none -> admin  row 1
        sales = manual; never juniors: in apac at most rep
        > updated sales
        ~ in apac admin -> none  never juniors
        ",
    );
}

#[test]
fn a_ceiling_counts_a_seat_that_a_never_takes_at_the_same_event_as_gone() {
    check(
        "
        sales = manual; seats gong; in apac: admin
        > created sales
        + seat gong  row 1
        ~ in apac none -> admin  row 1
        sales = manual; never juniors: in apac at most rep; never cost: seat gong
        > updated sales
        - seat gong  never cost
        ~ in apac admin -> none  never juniors
        ",
    );
}

#[test]
fn a_profile_outside_the_order_is_above_every_ceiling() {
    check(
        "
        sales = manual; in apac: auditor
        > created sales
        ~ in apac none -> auditor  row 1
        sales = manual; never juniors: in apac at most viewer
        > updated sales
        ~ in apac auditor -> viewer  never juniors
        ! in apac not applied
        ",
    );
}

#[test]
fn a_ceiling_that_a_workspace_does_not_offer_leaves_nothing() {
    check(
        "
        sales = manual; seats gong; in emea: admin
        > created sales
        + seat gong  row 1
        ~ in emea none -> admin  row 1
        i in emea unknown
        sales = manual; seats gong; never juniors: in emea at most manager
        > updated sales
        ~ in emea admin -> none  never juniors
        ",
    );
}

#[test]
fn a_home_without_a_profile_stays_home() {
    check(
        "
        sales = manual; seats gong; in emea: rep; home emea
        > created sales
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        ~ home none -> emea  row 1
        sales = manual; seats gong; home emea; never out: in emea none
        > updated sales
        ~ in emea rep -> none  never out
        ? now
        seat gong, home emea
        ",
    );
}

#[test]
fn losing_a_prerequisite_leaves_the_rest_inert_in_kept_areas_with_a_note() {
    check(
        "
        sales = manual; seats gong, engage; in emea: rep; capture calendar, web
        > created sales
        + seat engage  row 1
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        + capture calendar  row 1
        + capture web  row 1
        sales = manual; capture calendar; never cost: seat gong
        > updated sales
        - seat gong  never cost
        ! seat engage not applied
        ! in emea not applied
        ! capture web not applied
        i seat engage does nothing without seat gong
        i in emea does nothing without seat gong
        i capture web does nothing without seat gong
        ",
    );
}

#[test]
fn a_never_binds_while_changes_of_rules_are_pending() {
    check(
        "
        sales = automatic; seats gong; capture phone, email
        > created sales
        + seat gong  row 1
        + capture email  row 1
        + capture phone  row 1
        sales = automatic; seats gong, engage; capture email; never calls: capture phone
        > rules changed sales
        - capture phone  never calls
        ! seat engage not applied
        ? record
        sales, placed, pending rules, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn a_never_binds_at_an_accepted_hand_edit_too() {
    check(
        "
        sales = manual; seats gong; capture phone
        > created sales
        + seat gong  row 1
        + capture phone  row 1
        sales = manual; seats gong; never calls: capture phone
        > admin sales: + capture email
        + capture email  by hand
        - capture phone  never calls
        ",
    );
}

#[test]
fn a_never_that_names_a_veto_takes_a_standing_one_and_says_so() {
    check(
        "
        sales = automatic; seats gong; capture phone
        > created sales
        + seat gong  row 1
        + capture phone  row 1
        > admin sales: + capture no_record
        + capture no_record  by hand
        - capture phone  veto no_record
        i no_record stands
        sales = automatic; seats gong; capture phone; never duty: capture no_record
        > updated sales
        - capture no_record  never duty
        + capture phone  row 4
        i no_record no longer stands
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}
