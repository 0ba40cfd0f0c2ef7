//! Rows 1 to 8 of the table, each with every setting that it reads.

use super::story::check;

#[test]
fn row_1_creation_writes_every_area_whatever_its_mode() {
    check(
        "
        sales = manual; seats gong; in emea: rep; home emea; capture calendar, web; option consent: eu
        > created sales
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        ~ home none -> emea  row 1
        + capture calendar  row 1
        + capture web  row 1
        ~ option consent none -> eu  row 1
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn row_1_creation_under_the_default_does_not_place() {
    check(
        "
        nobody = default; manual; in global: viewer
        > created nobody
        ~ in global none -> viewer  row 1
        ? record
        nobody, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn row_2_adoption_under_the_default_keeps_even_automatic_areas_and_is_pending() {
    check(
        "
        nobody = default; automatic; in global: viewer
        > adopted nobody; seats gong; in emea: rep; capture calendar
        ! seat gong not applied
        ! in emea not applied
        ! in global not applied
        ! capture calendar not applied
        ? record
        nobody, placed, pending adoption
        ? now
        seat gong, in emea rep, capture calendar
        ",
    );
}

#[test]
fn row_2_adoption_under_the_default_goes_on_until_the_groups_arrive() {
    check(
        "
        nobody = default; automatic
        sales = manual; seats gong, engage
        > adopted nobody; seats gong
        ! seat gong not applied
        > updated nobody
        ! seat gong not applied
        > groups changed sales
        ! seat engage not applied
        ? record
        sales, placed
        ",
    );
}

#[test]
fn row_2_adoption_under_the_default_ends_when_the_host_applies_it() {
    check(
        "
        nobody = default; automatic
        > adopted nobody; seats gong
        ! seat gong not applied
        > apply nobody
        - seat gong  row 2
        ? record
        nobody, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn row_2_adoption_writes_automatic_areas() {
    check(
        "
        sales = automatic except capture; seats gong; in emea: rep; capture email
        > adopted sales; seats gong, engage; in emea: viewer; capture calendar
        - seat engage  row 2
        ~ in emea viewer -> rep  row 2
        ! capture calendar not applied
        ! capture email not applied
        ? record
        sales, placed, seats automatic, workspaces automatic, options automatic
        ",
    );
}

#[test]
fn row_2_adoption_by_manual_areas_keeps_under_on_adopt_keep() {
    check(
        "
        setting on_adopt keep
        sales = manual; seats gong
        > adopted sales; seats gong, engage
        ! seat engage not applied
        ? record
        sales, placed
        ",
    );
}

#[test]
fn row_2_adoption_by_manual_areas_writes_under_on_adopt_apply() {
    check(
        "
        setting on_adopt apply
        sales = manual; seats gong
        > adopted sales; seats engage
        - seat engage  row 2
        + seat gong  row 2
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn an_adopted_person_under_on_adopt_keep_is_placed_so_a_move_to_manual_keeps() {
    check(
        "
        setting on_adopt keep
        nobody = default; manual
        sales = manual; seats gong
        > adopted nobody; seats engage
        ! seat engage not applied
        i seat engage does nothing without seat gong
        > groups changed sales
        ! seat engage not applied
        ! seat gong not applied
        ? record
        sales, placed, inert seat engage
        ",
    );
}

#[test]
fn an_adopted_person_under_on_adopt_apply_is_placed_by_the_first_move() {
    check(
        "
        setting on_adopt apply
        nobody = default; manual
        sales = manual; seats gong
        > adopted nobody; seats forecast, gong
        ! seat forecast not applied
        ! seat gong not applied
        ? record
        nobody, pending adoption
        > groups changed sales
        - seat forecast  row 3
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn an_automatic_default_does_not_make_the_first_move_of_an_adopted_person_a_row_7() {
    check(
        "
        nobody = default; automatic
        sales = manual; seats gong
        > adopted nobody; capture email
        ! capture email not applied
        > groups changed sales
        ! seat gong not applied
        ! capture email not applied
        ",
    );
}

#[test]
fn row_3_the_first_move_writes_manual_areas_too() {
    check(
        "
        nobody = default; manual
        sales = manual; seats gong; capture calendar
        > created nobody
        > groups changed sales
        + seat gong  row 3
        + capture calendar  row 3
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn row_3_looks_at_each_area_alone_for_hand_edits() {
    check(
        "
        nobody = default; manual
        sales = manual; seats gong; capture calendar
        > created nobody
        > admin nobody: + capture email
        + capture email  by hand
        > groups changed sales
        + seat gong  row 3
        ! capture calendar not applied
        ! capture email changed by hand
        ",
    );
}

#[test]
fn row_3_after_a_hand_edit_an_automatic_area_is_row_6_and_names_it() {
    check(
        "
        nobody = default; manual
        sales = automatic; capture calendar
        > created nobody
        > admin nobody: + capture email
        + capture email  by hand
        > groups changed sales
        + capture calendar  row 6
        - capture email  row 6, over a hand edit
        ",
    );
}

#[test]
fn row_3_after_a_hand_edit_on_move_always_writes_as_row_8() {
    check(
        "
        setting on_move always
        nobody = default; manual
        sales = manual; capture calendar
        > created nobody
        > admin nobody: + capture email
        + capture email  by hand
        > groups changed sales
        + capture calendar  row 8
        - capture email  row 8, over a hand edit
        ",
    );
}

#[test]
fn row_3_is_not_stopped_by_a_standing_veto() {
    check(
        "
        nobody = default; manual
        sales = manual; seats gong; capture calendar, web, email
        > created nobody
        > admin nobody: + capture no_record
        + capture no_record  by hand
        i no_record stands
        > groups changed sales
        + seat gong  row 3
        + capture calendar  row 3
        + capture email  row 3
        i capture web kept off by no_record
        ",
    );
}

#[test]
fn row_3_happens_once_for_another_assignment_than_the_default() {
    check(
        "
        nobody = default; manual
        sales = manual; seats gong
        support = manual; seats engage
        > created nobody
        > groups changed sales
        + seat gong  row 3
        > groups changed support
        ! seat engage not applied
        ! seat gong not applied
        ",
    );
}

#[test]
fn row_4_an_automatic_area_follows_the_decision_whatever_its_mode_was() {
    check(
        "
        sales = manual; seats gong
        > created sales
        + seat gong  row 1
        > admin sales: + seat engage
        + seat engage  by hand
        sales = automatic; seats gong, forecast
        > updated sales
        - seat engage  row 4, over a hand edit
        + seat forecast  row 4
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn row_5_a_manual_area_is_kept_whatever_its_mode_was() {
    check(
        "
        sales = automatic; seats gong; capture calendar
        > created sales
        + seat gong  row 1
        + capture calendar  row 1
        sales = automatic except seats; seats forecast; capture email
        > updated sales
        - capture calendar  row 4
        + capture email  row 4
        ! seat forecast not applied
        ! seat gong not applied
        ? record
        sales, placed, seats manual, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn row_5_tells_changes_by_hand_from_what_is_not_applied() {
    check(
        "
        sales = manual; seats gong; in emea: rep; option consent: eu
        > created sales
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        ~ option consent none -> eu  row 1
        > admin sales: in emea viewer, + seat engage
        + seat engage  by hand
        ~ in emea rep -> viewer  by hand
        sales = manual; seats gong; in emea: none; capture email; option consent: us
        sales = manual; seats gong; capture email; option consent: us
        > updated sales
        ! seat engage changed by hand
        ! in emea changed by hand
        ! in emea not applied
        ! capture email not applied
        ! option consent not applied
        ",
    );
}

#[test]
fn what_somebody_set_by_hand_as_it_is_decided_is_no_drift() {
    check(
        "
        sales = manual; seats gong
        > created sales
        + seat gong  row 1
        sales = manual; seats gong, engage
        > admin sales: + seat engage
        + seat engage  by hand
        > updated sales
        ",
    );
}

#[test]
fn row_6_a_move_to_an_automatic_area_writes_over_hand_edits_and_names_them() {
    check(
        "
        sales = manual; seats gong; in emea: rep; capture email
        support = automatic; seats gong; in emea: viewer; capture email
        > created sales
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        + capture email  row 1
        > admin sales: - capture email, + seat engage
        + seat engage  by hand
        - capture email  by hand
        > groups changed support
        - seat engage  row 6, over a hand edit
        ~ in emea rep -> viewer  row 6
        + capture email  row 6, over a hand edit
        ",
    );
}

#[test]
fn row_7_from_automatic_to_manual_on_move_either_writes_once() {
    check(
        "
        setting on_move either
        sales = automatic; seats gong
        support = manual; seats engage, gong
        > created sales
        + seat gong  row 1
        > groups changed support
        + seat engage  row 7
        support = manual; seats gong
        > updated support
        ! seat engage not applied
        ",
    );
}

#[test]
fn row_7_from_automatic_to_manual_on_move_always_writes_once() {
    check(
        "
        setting on_move always
        sales = automatic; seats gong
        support = manual; seats engage, gong
        > created sales
        + seat gong  row 1
        > groups changed support
        + seat engage  row 7
        ",
    );
}

#[test]
fn row_7_from_automatic_to_manual_on_move_target_keeps() {
    check(
        "
        setting on_move target
        sales = automatic; seats gong
        support = manual; seats engage, gong
        > created sales
        + seat gong  row 1
        > groups changed support
        ! seat engage not applied
        ? record
        support, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn row_8_from_manual_to_manual_on_move_either_and_target_keep() {
    for setting in ["either", "target"] {
        check(&format!(
            "
            setting on_move {setting}
            sales = manual; seats gong
            support = manual; seats engage, gong
            > created sales
            + seat gong  row 1
            > groups changed support
            ! seat engage not applied
            ? record
            support, placed, seats manual, workspaces manual, capture manual, options manual
            "
        ));
    }
}

#[test]
fn row_8_from_manual_to_manual_on_move_always_writes_once() {
    check(
        "
        setting on_move always
        sales = manual; seats gong
        support = manual; seats engage
        > created sales
        + seat gong  row 1
        > admin sales: + seat forecast
        + seat forecast  by hand
        > groups changed support
        + seat engage  row 8, inert
        - seat forecast  row 8, over a hand edit
        - seat gong  row 8
        i seat engage does nothing without seat gong
        ",
    );
}

#[test]
fn an_assignment_with_a_former_name_is_no_move() {
    check(
        "
        sales = manual; seats gong
        > created sales
        + seat gong  row 1
        field = formerly sales; manual; seats gong, engage
        > updated field
        ! seat engage not applied
        ? record
        field, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn each_area_is_decided_on_its_own() {
    check(
        "
        sales = automatic except capture; seats gong; capture email
        support = automatic except seats; seats engage, gong; capture calendar
        > created sales
        + seat gong  row 1
        + capture email  row 1
        > groups changed support
        + seat engage  row 7
        + capture calendar  row 6
        - capture email  row 6
        ",
    );
}
