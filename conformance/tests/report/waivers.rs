//! Waivers: honoured, shown, and complained of when they are stale or expired.

use provisor_conformance::report::text::Look;
use provisor_conformance::report::waivers::Waivers;
use provisor_conformance::report::{Format, Redacted, Verdict, format};

use super::fixture;

const FILE: &str = "\
# Known, and being mended.
- id: rfc7644/3.3-create/password-is-never-shown
  reason: mended in release 4.2
  expires: 2027-01-31

- id: rfc7644/3.3-create/group
  reason: groups come with release 5
  expires: 2026-11-01
- id: rfc7644/3.3-create/minimal
  reason: it was slow
  expires: 2027-01-31
- id: rfc7644/3.3-create/grup
  reason: a slip
  expires: 2027-01-31
- id: rfc7644/3.7-bulk/answers-in-order
  reason: bulk is off on this system
  expires: 2027-01-31
- id: rfc7644/9-other/not-chosen
  reason: not of this run
  expires: 2027-01-31
";

fn waived(today: &str) -> Redacted {
    let waivers = Waivers::read("waivers.yaml", FILE).unwrap();
    let known = |id: &str| id == "rfc7644/9-other/not-chosen";
    fixture::report().waived(&waivers, today, known)
}

#[test]
fn a_waived_failure_is_shown_and_does_not_count() {
    let report = waived("2026-11-29");
    let entry = report.entry("rfc7644/3.3-create/password-is-never-shown").unwrap();
    assert_eq!(entry.verdict, Verdict::Fail);
    assert_eq!(entry.waived.as_ref().unwrap().expires, "2027-01-31");
    let fails = report.counts()[&Verdict::Fail];
    assert_eq!(fails, fixture::report().counts()[&Verdict::Fail] - 1);
    let text = Format::Text.render(&report, Look::plain());
    assert!(text.contains(
        "waived: fail rfc7644/3.3-create/password-is-never-shown, until 2027-01-31: mended in \
         release 4.2"
    ));
}

#[test]
fn a_run_whose_failures_are_all_waived_is_not_called_conformant() {
    let mut raw = fixture::raw();
    raw.entries.retain(|one| matches!(one.verdict, Verdict::Pass | Verdict::Fail));
    raw.entries.retain(|one| one.waived.is_some() || one.verdict == Verdict::Pass);
    let report = raw.redacted(&[]);
    let headline = "not conformant: 1 known failure, waived; nothing else fails";
    let text = Format::Text.render(&report, Look::plain());
    assert!(text.contains(&format!("\n{headline}\n  2 pass, 1 waived\n")), "{text}");
    let comment = Format::Markdown.render(&report, Look::plain());
    assert!(comment.contains(headline) && comment.contains("| 2 | 1 |"), "{comment}");
    let badge = format::badge(&report, "b.json").unwrap();
    assert!(badge.contains("2 pass, 1 waived") && badge.contains("yellow"), "{badge}");
    assert!(report.conforms(), "it still ends with 0");
}

#[test]
fn stale_expired_and_unknown_entries_are_named_with_their_lines() {
    let problems: Vec<String> =
        waived("2026-11-29").problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(problems.join("\n"));
}

#[test]
fn a_waiver_holds_on_its_last_day() {
    let on = |today: &str| waived(today).problems.len();
    assert_eq!(on("2026-11-01"), 2, "the group's waiver still holds");
    assert_eq!(on("2026-11-02"), 3);
}

#[test]
fn a_broken_file_is_refused_with_its_lines() {
    let read = |text: &str| {
        let problems = Waivers::read("w.yaml", text).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(
        [
            read("- id: a\n  reason: b\n  expires: soon\n"),
            read("- id: a\n  reason: ' '\n  expires: 2027-01-01\n- id: a\n  reason: b\n  expires: 2027-01-01\n"),
            read("- id: a\n  reason: b\n"),
            read("- id: a\n  reason: b\n  expires: 2027-01-01\n  until: never\n"),
            read("waivers: none\n"),
        ]
        .join("\n\n")
    );
    assert!(Waivers::read("w.yaml", "# nothing yet\n").is_ok());
    assert!(Waivers::read("w.yaml", "[]").is_ok());
}
