//! The thirteen rows of the table, each with every setting that it reads.

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
        - seat gong  row 4
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

#[test]
fn row_9_an_inactive_arrival_is_only_recorded_and_activation_is_row_1() {
    check(
        "
        away = off
        sales = manual; seats gong
        > created away
        ? record
        no assignment, inactive
        > updated away
        > updated sales
        + seat gong  row 1
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn row_9_an_inactive_adoption_keeps_its_seats_and_activation_is_row_2() {
    check(
        "
        away = off
        nobody = default; automatic
        > adopted away; seats gong; capture no_record
        ? record
        no assignment, inactive, standing no_record
        ? now
        seat gong, capture no_record
        > updated nobody
        ! seat gong not applied
        ? record
        nobody, placed, pending adoption, standing no_record
        ",
    );
}

#[test]
fn row_10_deactivation_releases_seats_and_keeps_all_else() {
    check(
        "
        sales = automatic; seats gong, engage; in emea: viewer; home emea; capture email; option consent: eu
        away = off
        > created sales
        + seat engage  row 1
        + seat gong  row 1
        ~ in emea none -> viewer  row 1
        ~ home none -> emea  row 1
        + capture email  row 1
        ~ option consent none -> eu  row 1
        > admin sales: + capture no_record
        + capture no_record  by hand
        i no_record stands
        > updated away
        - seat engage  released
        - seat gong  released
        ? record
        sales, inactive, placed, seats automatic, workspaces automatic, capture automatic, options automatic, standing no_record, released engage gong
        ? now
        in emea viewer, home emea, capture email, capture no_record, option consent eu
        ",
    );
}

#[test]
fn row_10_deactivation_keeps_seats_where_the_setting_says_so() {
    check(
        "
        setting deactivate_releases_seats no
        sales = automatic; seats gong
        away = off
        > created sales
        + seat gong  row 1
        > updated away
        ? now
        seat gong
        ",
    );
}

#[test]
fn row_10_is_deactivation_whatever_the_request_was() {
    for event in ["created", "groups changed", "group deleted", "rules changed", "apply"] {
        check(&format!(
            "
            sales = automatic; seats gong
            away = off
            > created sales
            + seat gong  row 1
            > {event} away
            - seat gong  released
            "
        ));
    }
}

#[test]
fn row_11_nothing_happens_while_deactivated() {
    for event in ["created", "updated", "groups changed", "group deleted", "rules changed", "apply"]
    {
        check(&format!(
            "
            sales = automatic; seats gong; capture email
            away = off
            > created sales
            + seat gong  row 1
            + capture email  row 1
            > updated away
            - seat gong  released
            > {event} away
            ? record
            sales, inactive, placed, seats automatic, workspaces automatic, capture automatic, options automatic, released gong
            "
        ));
    }
}

#[test]
fn row_12_released_seats_come_back_and_a_manual_area_is_kept() {
    check(
        "
        sales = manual; seats gong
        away = off
        > created sales
        + seat gong  row 1
        > admin sales: + seat engage
        + seat engage  by hand
        > updated away
        - seat engage  released
        - seat gong  released
        sales = manual; seats gong, forecast
        > updated sales
        + seat engage  brought back
        + seat gong  brought back
        ! seat engage changed by hand
        ! seat forecast not applied
        ",
    );
}

#[test]
fn row_12_an_automatic_area_equals_the_decision_after_the_return() {
    check(
        "
        sales = automatic; seats gong, engage
        away = off
        > created sales
        + seat engage  row 1
        + seat gong  row 1
        > updated away
        - seat engage  released
        - seat gong  released
        sales = automatic; seats gong, forecast
        > updated sales
        + seat forecast  row 4
        + seat gong  brought back
        ",
    );
}

#[test]
fn row_12_a_released_seat_that_is_forbidden_by_now_stays_away() {
    check(
        "
        sales = manual; seats gong, engage
        away = off
        > created sales
        + seat engage  row 1
        + seat gong  row 1
        > updated away
        - seat engage  released
        - seat gong  released
        sales = manual; seats gong; never pause: seat engage
        > updated sales
        + seat gong  brought back
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn row_12_a_return_into_another_assignment_is_a_move() {
    check(
        "
        sales = automatic; seats gong
        support = manual; seats gong, engage
        away = off
        > created sales
        + seat gong  row 1
        > updated away
        - seat gong  released
        > updated support
        + seat engage  row 7
        + seat gong  brought back
        ",
    );
}

#[test]
fn row_12_reapply_always_writes_manual_areas_too() {
    check(
        "
        setting reactivate_reapply always
        sales = manual; seats gong; capture email
        away = off
        > created sales
        + seat gong  row 1
        + capture email  row 1
        > admin sales: + seat engage, - capture email
        + seat engage  by hand
        - capture email  by hand
        > updated away
        - seat engage  released
        - seat gong  released
        > updated sales
        + seat gong  brought back
        + capture email  row 12, over a hand edit
        ",
    );
}

#[test]
fn row_12_reapply_automatic_writes_only_automatic_areas() {
    check(
        "
        setting reactivate_reapply automatic
        sales = automatic except capture; seats gong; capture email
        away = off
        > created sales
        + seat gong  row 1
        + capture email  row 1
        > admin sales: - capture email
        - capture email  by hand
        > updated away
        - seat gong  released
        > updated sales
        + seat gong  brought back
        ! capture email changed by hand
        ",
    );
}

#[test]
fn row_13_deletion_always_releases_seats_and_closes_the_record() {
    check(
        "
        setting deactivate_releases_seats no
        sales = automatic; seats gong; capture email
        > created sales
        + seat gong  row 1
        + capture email  row 1
        > deleted
        - seat gong  released
        ? record
        sales, inactive, placed, closed, seats automatic, workspaces automatic, capture automatic, options automatic, released gong
        ",
    );
}

#[test]
fn row_13_deletion_of_a_deactivated_member_closes_the_record_too() {
    check(
        "
        setting deactivate_releases_seats no
        sales = automatic; seats gong
        away = off
        > created sales
        + seat gong  row 1
        > updated away
        > deleted
        - seat gong  released
        ",
    );
}

#[test]
fn row_13_the_same_name_later_is_a_creation() {
    check(
        "
        sales = manual; seats gong
        support = manual; seats engage, gong
        > created sales
        + seat gong  row 1
        > admin sales: + capture no_record
        + capture no_record  by hand
        i no_record stands
        > deleted
        - seat gong  released
        > created support
        + seat engage  row 1
        + seat gong  row 1
        ? record
        support, placed, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}

#[test]
fn row_13_the_same_name_is_a_creation_even_where_the_product_still_has_something() {
    check(
        "
        sales = manual; seats gong
        > created sales
        + seat gong  row 1
        > deleted
        - seat gong  released
        > adopted sales; capture email, no_email
        + seat gong  row 1
        - capture email  veto no_email
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual, standing no_email
        ",
    );
}

#[test]
fn deletion_of_somebody_unknown_makes_no_record() {
    check(
        "
        > deleted
        ? record
        none
        ",
    );
}
