//! Rows 9 to 13: people who arrive inactive, leave, return, and are deleted.

use super::story::check;

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
        i seat engage stays away
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
fn row_12_is_a_return_whatever_the_event_is() {
    check(
        "
        setting propagate on_push
        sales = automatic; seats gong
        away = off
        > created sales
        + seat gong  row 1
        > updated away
        - seat gong  released
        sales = automatic; seats gong, engage
        > rules changed sales
        + seat engage  row 4
        + seat gong  brought back
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
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
