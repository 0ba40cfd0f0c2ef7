//! Hand edits, sentence by sentence.

use super::story::check;

#[test]
fn an_edit_of_a_manual_area_is_accepted() {
    check(
        "
        sales = manual; seats gong; in emea: rep; home emea; option consent: eu
        > created sales
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        ~ home none -> emea  row 1
        ~ option consent none -> eu  row 1
        > admin sales: + seat engage, in emea none, in apac viewer, home apac, option consent none
        + seat engage  by hand
        ~ in apac none -> viewer  by hand
        ~ in emea rep -> none  by hand
        ~ home emea -> apac  by hand
        ~ option consent eu -> none  by hand
        ",
    );
}

#[test]
fn an_edit_is_all_or_nothing() {
    check(
        "
        sales = automatic except capture; seats gong
        > created sales
        + seat gong  row 1
        > csv sales: + capture email, + seat engage
        x seat engage: locked by sales
        ? now
        seat gong
        ",
    );
}

#[test]
fn every_refused_part_is_told() {
    check(
        "
        sales = automatic except capture; never calls: capture phone
        > created sales
        > csv sales: + capture phone, + seat engage, active off
        x member: the source owns it
        x seat engage: locked by sales
        x capture phone: forbidden by calls
        ",
    );
}

#[test]
fn parts_that_change_nothing_are_ignored() {
    check(
        "
        sales = automatic; seats gong; in emea: rep
        > created sales
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        > csv sales: + seat gong, - seat engage, in emea rep, in apac none, active on
        ",
    );
}

#[test]
fn whether_a_member_is_active_is_the_sources_to_say() {
    check(
        "
        sales = manual
        away = off
        > created sales
        > admin sales: active off
        x member: the source owns it
        > updated away
        > admin away: active on
        x member: the source owns it
        > admin away: active off
        ",
    );
}

#[test]
fn a_deactivated_member_cannot_be_edited() {
    check(
        "
        sales = manual
        away = off
        > created sales
        > updated away
        > admin away: + capture no_record, + seat gong
        x member: deactivated
        ",
    );
}

#[test]
fn a_member_whom_the_source_has_deactivated_by_now_cannot_be_edited() {
    check(
        "
        sales = manual
        away = off
        > created sales
        > admin away: + seat gong
        x member: deactivated
        ",
    );
}

#[test]
fn a_deleted_member_cannot_be_edited() {
    check(
        "
        sales = manual
        > created sales
        > deleted
        > admin sales: + seat gong
        x member: deactivated
        ",
    );
}

#[test]
fn somebody_whom_the_source_never_sent_cannot_be_edited() {
    check(
        "
        sales = manual
        > admin sales: + seat gong
        x member: no record
        ? record
        none
        ",
    );
}

#[test]
fn what_a_never_forbids_is_refused_before_the_lock_is_looked_at() {
    check(
        "
        sales = automatic; never cost: seat engage; never juniors: in apac at most viewer
        > created sales
        > admin sales: + seat engage, in apac rep
        x seat engage: forbidden by cost
        x in apac: forbidden by juniors
        ",
    );
}

#[test]
fn a_profile_at_the_ceiling_is_not_forbidden() {
    check(
        "
        sales = manual; never juniors: in apac at most viewer
        > created sales
        > admin sales: in apac viewer
        ~ in apac none -> viewer  by hand
        ",
    );
}

#[test]
fn a_veto_that_a_never_forbids_is_refused() {
    check(
        "
        sales = manual; never duty: capture no_record
        > created sales
        > admin sales: + capture no_record
        x capture no_record: forbidden by duty
        ",
    );
}

#[test]
fn asking_for_a_veto_is_accepted_in_automatic_areas_and_what_it_excludes_goes_off() {
    check(
        "
        sales = automatic; capture email, calendar
        > created sales
        + capture calendar  row 1
        + capture email  row 1
        > admin sales: + capture no_email
        - capture email  veto no_email
        + capture no_email  by hand
        i no_email stands
        ",
    );
}

#[test]
fn asking_for_a_veto_in_a_manual_area_leaves_what_needs_the_excluded_with_a_note() {
    check(
        "
        sales = manual; capture email, export
        > created sales
        + capture email  row 1
        + capture export  row 1
        > admin sales: + capture no_email
        - capture email  veto no_email
        + capture no_email  by hand
        i no_email stands
        i capture export does nothing without capture email
        ",
    );
}

#[test]
fn asking_for_a_veto_that_is_on_already_makes_it_stand() {
    check(
        "
        sales = manual; capture no_email
        > created sales
        + capture no_email  row 1
        > csv sales: + capture no_email
        i no_email stands
        ? record
        sales, placed, seats manual, workspaces manual, capture manual, options manual, standing no_email
        ",
    );
}

#[test]
fn asking_for_a_veto_that_is_on_already_switches_off_what_it_excludes() {
    check(
        "
        sales = manual; capture email
        > adopted sales; capture email, no_email
        ! capture email not applied
        > admin sales: + capture no_email
        - capture email  veto no_email
        ",
    );
}

#[test]
fn switching_off_a_standing_veto_that_the_rules_do_not_ask_for_is_accepted_in_automatic_areas() {
    check(
        "
        sales = automatic; capture email
        > created sales
        + capture email  row 1
        > admin sales: + capture no_email
        - capture email  veto no_email
        + capture no_email  by hand
        i no_email stands
        > admin sales: - capture no_email
        - capture no_email  by hand
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic
        > updated sales
        + capture email  row 4
        ",
    );
}

#[test]
fn switching_off_a_standing_veto_that_the_rules_ask_for_is_locked() {
    check(
        "
        sales = automatic; capture no_email
        > created sales
        + capture no_email  row 1
        > admin sales: + capture no_email
        i no_email stands
        > admin sales: - capture no_email
        x capture no_email: locked by sales
        ? record
        sales, placed, seats automatic, workspaces automatic, capture automatic, options automatic, standing no_email
        ",
    );
}

#[test]
fn switching_off_a_veto_of_the_rules_in_a_manual_area_is_an_edit_like_another() {
    check(
        "
        sales = manual; capture no_email
        > created sales
        + capture no_email  row 1
        > admin sales: + capture no_email
        i no_email stands
        > admin sales: - capture no_email
        - capture no_email  by hand
        > updated sales
        ! capture no_email changed by hand
        ",
    );
}

#[test]
fn an_automatic_area_is_locked_and_the_refusal_names_the_assignment() {
    check(
        "
        sales = automatic; seats gong; in emea: rep; home emea; capture email; option consent: eu
        > created sales
        + seat gong  row 1
        ~ in emea none -> rep  row 1
        ~ home none -> emea  row 1
        + capture email  row 1
        ~ option consent none -> eu  row 1
        > admin sales: - seat gong, in emea viewer, home apac, - capture email, option consent us
        x seat gong: locked by sales
        x in emea: locked by sales
        x home: locked by sales
        x capture email: locked by sales
        x option consent: locked by sales
        ",
    );
}

#[test]
fn an_item_that_a_veto_excludes_is_refused_naming_the_veto() {
    check(
        "
        sales = manual; seats gong; capture no_record
        > created sales
        + seat gong  row 1
        + capture no_record  row 1
        > admin sales: + capture phone
        x capture phone: vetoed by no_record
        ",
    );
}

#[test]
fn an_edit_may_switch_a_veto_off_and_what_it_excluded_on() {
    check(
        "
        sales = manual; capture no_email
        > created sales
        + capture no_email  row 1
        > admin sales: - capture no_email, + capture email
        + capture email  by hand
        - capture no_email  by hand
        ",
    );
}

#[test]
fn an_edit_that_asks_for_a_veto_and_for_what_it_excludes_is_refused() {
    check(
        "
        sales = manual
        > created sales
        > admin sales: + capture no_email, + capture email
        x capture email: vetoed by no_email
        ",
    );
}

#[test]
fn an_accepted_edit_notes_items_that_do_nothing() {
    check(
        "
        sales = manual
        > created sales
        > admin sales: + seat engage, in emea rep, + capture web
        + seat engage  by hand, inert
        ~ in emea none -> rep  by hand, inert
        + capture web  by hand, inert
        i seat engage does nothing without seat gong
        i in emea does nothing without seat gong
        i capture web does nothing without seat gong and capture calendar
        ",
    );
}

#[test]
fn home_and_options_that_the_winner_leaves_out_are_nobodys() {
    check(
        "
        sales = automatic; option language: en
        > created sales
        ~ option language none -> en  row 1
        > admin sales: home emea, option consent eu
        ~ home none -> emea  by hand
        ~ option consent none -> eu  by hand
        > admin sales: option language de
        x option language: locked by sales
        ",
    );
}

#[test]
fn a_managers_edit_of_capture_is_refused_where_the_setting_says_so() {
    check(
        "
        setting managers_edit_capture no
        sales = manual; seats gong
        > created sales
        + seat gong  row 1
        > manager sales: + capture email
        x capture email: managers may not
        > manager sales: + capture no_email
        x capture no_email: managers may not
        > admin sales: + capture email
        + capture email  by hand
        > manager sales: + capture email, + seat engage
        + seat engage  by hand
        ",
    );
}

#[test]
fn a_managers_edit_of_capture_is_accepted_otherwise() {
    check(
        "
        setting managers_edit_capture yes
        sales = manual
        > created sales
        > manager sales: + capture email
        + capture email  by hand
        ",
    );
}

#[test]
fn what_the_catalogue_does_not_have_cannot_be_given_but_taken_away() {
    check(
        "
        sales = manual
        > adopted sales; seats classic
        ! seat classic not applied
        i seat classic unknown
        > admin sales: + seat gogn, in emea manager, home moon, option consent fr
        x seat gogn: unknown
        x in emea: unknown
        x home: unknown
        x option consent: unknown
        > admin sales: - seat classic
        - seat classic  by hand
        ",
    );
}

#[test]
fn locks_follow_changed_rules_at_once() {
    check(
        "
        sales = manual; seats gong
        > created sales
        + seat gong  row 1
        sales = automatic; seats gong
        > rules changed sales
        ? record
        sales, placed, pending rules, seats manual, workspaces manual, capture manual, options manual
        > admin sales: + seat engage
        x seat engage: locked by sales
        ",
    );
}

#[test]
fn an_edit_leaves_pending_changes_pending() {
    check(
        "
        sales = manual; seats gong
        support = manual; seats forecast, gong
        > created sales
        + seat gong  row 1
        > rules changed support
        ! seat forecast not applied
        > admin support: + seat engage
        + seat engage  by hand
        ? record
        sales, placed, pending rules, seats manual, workspaces manual, capture manual, options manual
        ",
    );
}
