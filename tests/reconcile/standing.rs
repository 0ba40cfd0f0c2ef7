//! Standing vetoes, `withheld`, and what is nobody's.

use super::story::check;

#[test]
fn a_standing_veto_stays_on_in_automatic_areas_and_keeps_off_what_it_excludes() {
    check(
        "
        sales = automatic; seats gong; capture calendar, web, phone
        > created sales
        + seat gong  row 1
        + capture calendar  row 1
        + capture phone  row 1
        + capture web  row 1
        > admin sales: + capture no_record
        + capture no_record  by hand
        - capture phone  veto no_record
        - capture web  veto no_record
        i no_record stands
        > updated sales
        i capture phone kept off by no_record
        i capture web kept off by no_record
        ? now
        seat gong, capture calendar, capture no_record
        ",
    );
}

#[test]
fn a_veto_that_was_on_at_adoption_stands() {
    check(
        "
        sales = automatic; capture email, calendar
        > adopted sales; capture no_email
        + capture calendar  row 2
        i capture email kept off by no_email
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic, standing no_email
        ",
    );
}

#[test]
fn what_a_standing_veto_excludes_goes_off_when_the_area_is_written() {
    check(
        "
        sales = automatic; capture email, calendar
        > adopted sales; capture no_email, email
        + capture calendar  row 2
        - capture email  veto no_email
        i capture email kept off by no_email
        ",
    );
}

#[test]
fn what_a_standing_veto_excludes_is_left_alone_when_the_area_is_kept() {
    check(
        "
        sales = manual; capture email
        > adopted sales; capture no_email, email
        ! capture email not applied
        ? now
        capture email, capture no_email
        ",
    );
}

#[test]
fn what_requires_an_excluded_item_is_withheld_with_it() {
    check(
        "
        sales = automatic; seats gong; capture calendar, web, email, export
        > created sales
        + seat gong  row 1
        + capture calendar  row 1
        + capture email  row 1
        + capture export  row 1
        + capture web  row 1
        > admin sales: + capture no_calendar
        - capture calendar  veto no_calendar
        + capture no_calendar  by hand
        - capture web  veto no_calendar
        i no_calendar stands
        > updated sales
        i capture calendar kept off by no_calendar
        i capture web kept off by no_calendar
        ",
    );
}

#[test]
fn what_requires_an_excluded_item_is_stored_inert_under_withheld_store() {
    check(
        "
        setting withheld store
        sales = automatic; seats gong; capture calendar, web
        > created sales
        + seat gong  row 1
        + capture calendar  row 1
        + capture web  row 1
        > admin sales: + capture no_calendar
        - capture calendar  veto no_calendar
        + capture no_calendar  by hand
        i no_calendar stands
        i capture web does nothing without capture calendar
        > updated sales
        i capture calendar kept off by no_calendar
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic, standing no_calendar, inert capture web
        ",
    );
}

#[test]
fn a_veto_that_rules_switched_on_goes_off_with_them() {
    check(
        "
        sales = automatic; capture no_email
        > created sales
        + capture no_email  row 1
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        sales = automatic; capture email
        > updated sales
        + capture email  row 4
        - capture no_email  row 4
        ",
    );
}

#[test]
fn a_veto_of_rules_that_was_also_asked_for_by_hand_outlives_them() {
    check(
        "
        sales = automatic; capture no_email
        > created sales
        + capture no_email  row 1
        > admin sales: + capture no_email
        i no_email stands
        sales = automatic; capture email
        > updated sales
        i capture email kept off by no_email
        ",
    );
}

#[test]
fn withheld_hold_does_not_write_withheld_items() {
    check(
        "
        setting withheld hold
        sales = automatic; withheld seat engage; withheld capture web; withheld in emea: rep
        > created sales
        ? now
        nothing
        ",
    );
}

#[test]
fn withheld_store_writes_withheld_items_inert_and_they_wake_up() {
    check(
        "
        setting withheld store
        sales = automatic; withheld seat engage; withheld capture web; withheld in emea: rep
        > created sales
        + seat engage  row 1, inert
        ~ in emea none -> rep  row 1, inert
        + capture web  row 1, inert
        i seat engage does nothing without seat gong
        i in emea does nothing without seat gong
        i capture web does nothing without seat gong and capture calendar
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic, inert seat engage, inert in emea, inert capture web
        sales = automatic; seats gong, engage; in emea: rep; capture calendar, web
        > updated sales
        + seat gong  row 4
        + capture calendar  row 4
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        ",
    );
}

#[test]
fn a_profile_that_stands_goes_before_one_that_is_withheld() {
    check(
        "
        setting withheld store
        sales = automatic; in global: viewer; withheld in global: rep
        > created sales
        ~ in global none -> viewer  row 1
        ",
    );
}

#[test]
fn home_and_options_that_the_winner_leaves_out_are_never_written() {
    check(
        "
        sales = automatic; home emea; option consent: eu
        support = automatic
        > created sales
        ~ home none -> emea  row 1
        ~ option consent none -> eu  row 1
        > groups changed support
        > admin support: home apac, option consent us, option language de
        ~ home emea -> apac  by hand
        ~ option consent eu -> us  by hand
        ~ option language none -> de  by hand
        > updated support
        ? now
        home apac, option consent us, option language de
        > groups changed sales
        ~ home apac -> emea  row 6, over a hand edit
        ~ option consent us -> eu  row 6, over a hand edit
        ",
    );
}

#[test]
fn an_option_whose_answer_is_none_is_governed() {
    check(
        "
        sales = automatic; option consent: none
        > adopted sales; option consent: eu; option language: de
        ~ option consent eu -> none  row 2
        ? now
        option language de
        ",
    );
}

#[test]
fn items_that_the_catalogue_lost_are_treated_like_others_and_named() {
    check(
        "
        sales = manual; seats gong
        > adopted sales; seats classic, gong; in lab: guest
        ! seat classic not applied
        ! in lab not applied
        i seat classic unknown
        i in lab unknown
        sales = automatic; seats gong
        > updated sales
        - seat classic  row 4
        ~ in lab guest -> none  row 4
        ",
    );
}

#[test]
fn a_standing_veto_that_was_switched_off_again_is_no_drift() {
    check(
        "
        nobody = default; manual
        sales = manual; seats gong; capture email, phone
        > created nobody
        > admin nobody: + capture no_record
        + capture no_record  by hand
        i no_record stands
        > groups changed sales
        + seat gong  row 3
        + capture email  row 3
        i capture phone kept off by no_record
        > admin sales: - capture no_record
        - capture no_record  by hand
        > updated sales
        ! capture phone not applied
        ",
    );
}

#[test]
fn a_standing_veto_that_was_switched_off_again_does_not_stop_row_3() {
    check(
        "
        nobody = default; automatic
        sales = manual; capture email
        > created nobody
        > admin nobody: + capture no_record
        + capture no_record  by hand
        i no_record stands
        > updated nobody
        > admin nobody: - capture no_record
        - capture no_record  by hand
        > groups changed sales
        + capture email  row 3
        ",
    );
}
