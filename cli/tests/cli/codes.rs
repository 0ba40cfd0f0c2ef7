//! `explain-code`.

use super::run::Folder;

#[test]
fn a_page_says_what_why_and_what_instead() {
    let ran = Folder::with(&[]).run("explain-code t201");
    insta::assert_snapshot!(ran, @r#"
    exit 0
    T201: operator does not fit the attribute's type  (error)

    What it says

    The operator does not fit the type of the attribute: flags and numbers have no beginning or end,
    only numbers, dates and text can be greater or less, and only text fits a pattern.

    Why it matters

    The comparison could never be true, so the rule would silently leave people out.

    Example

        provisioning 1

        seat gong "Gong"
        profile rep "Standard team member"  requires seat gong
        workspace emea "EMEA"
        capture calendar "Import calendar meetings"

        assignment "Sales" {
          match   active contains "yes"
          seats   gong
          home    emea
          workspaces { emea: rep }
          capture calendar
          update  automatic
        }

        default assignment "Everyone else" {
          seats   none
          workspaces { emea: none }
          capture none
          update  manual
        }

    Instead

    Use an operator that fits the type: `is true` and `is false` for flags, `at least` and `less
    than` for numbers and dates.

        provisioning 1

        seat gong "Gong"
        profile rep "Standard team member"  requires seat gong
        workspace emea "EMEA"
        capture calendar "Import calendar meetings"

        assignment "Sales" {
          match   active is true
          seats   gong
          home    emea
          workspaces { emea: rep }
          capture calendar
          update  automatic
        }

        default assignment "Everyone else" {
          seats   none
          workspaces { emea: none }
          capture none
          update  manual
        }
    "#);
}

#[test]
fn an_unknown_code_offers_the_nearest() {
    insta::assert_snapshot!(Folder::with(&[]).run("explain-code P03"), @"
    exit 2
    --- stderr
    error: there is no code `P03`
      = help: did you mean `P003`?
      = help: `provisor explain-code --list` lists all codes
    ");
    insta::assert_snapshot!(Folder::with(&[]).run("explain-code nonsense"), @"
    exit 2
    --- stderr
    error: there is no code `nonsense`
      = help: `provisor explain-code --list` lists all codes
    ");
}

#[test]
fn the_list_has_a_line_for_every_code() {
    let ran = Folder::with(&[]).run("explain-code --list");
    assert_eq!(ran.out().lines().count(), provisor::diagnostic::codes::TABLE.len());
    insta::assert_snapshot!(ran.out().lines().next().unwrap(), @"P001  error    missing or unknown `provisioning N` header");
}

#[test]
fn colour_is_used_where_it_is_asked_for() {
    let folder = Folder::with(&[]);
    let has_escapes = |ran: super::run::Ran| ran.out().contains('\u{1b}');
    assert!(!has_escapes(folder.run("explain-code P001")));
    assert!(!has_escapes(folder.run("explain-code P001 --color auto")));
    assert!(has_escapes(folder.run("explain-code P001 --color always")));
    assert!(has_escapes(folder.run("--color always explain-code P001")));
    assert!(!has_escapes(folder.run("explain-code P001 --color never")));
}
