//! What changed since an earlier report.

use provisor_conformance::report::baseline::ChangeKind;
use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Entry, Format, Kind, Redacted, Report, Verdict, Waived};

use super::fixture;

fn report(entries: &[(&str, Verdict)]) -> Report {
    let mut report = Report::new(Kind::Server, fixture::BASE);
    report.started = "2026-11-28T05:00:00.000Z".to_owned();
    let one = |(id, verdict): &(&str, Verdict)| -> Entry {
        fixture::entry(id, &format!("Title of {id}"), *verdict, &["RFC7644-3.3-01"])
    };
    report.entries = entries.iter().map(one).collect();
    report
}

fn changes(was: &[(&str, Verdict)], is: &[(&str, Verdict)]) -> Vec<(ChangeKind, String)> {
    let later = report(is).redacted(&[]).since(&report(was).redacted(&[]));
    let changes = later.changes.clone().unwrap();
    changes.changes.into_iter().map(|change| (change.kind, change.id)).collect()
}

#[test]
fn every_way_to_change_has_its_name() {
    use Verdict::{Blocked, Error, Fail, Pass, Skip, Warn};
    for (was, is, kind) in [
        (Some(Pass), Some(Fail), Some(ChangeKind::NewFailure)),
        (Some(Warn), Some(Fail), Some(ChangeKind::NewFailure)),
        (Some(Blocked), Some(Fail), Some(ChangeKind::NewFailure)),
        (None, Some(Fail), Some(ChangeKind::NewFailure)),
        (Some(Pass), Some(Error), Some(ChangeKind::NewError)),
        (Some(Fail), Some(Blocked), Some(ChangeKind::NewlyBlocked)),
        (Some(Pass), Some(Warn), Some(ChangeKind::NewWarning)),
        (Some(Fail), Some(Pass), Some(ChangeKind::Mended)),
        (Some(Fail), Some(Warn), Some(ChangeKind::Mended)),
        (Some(Warn), Some(Pass), Some(ChangeKind::Mended)),
        (Some(Fail), Some(Skip), Some(ChangeKind::NoLongerRun)),
        (Some(Pass), None, Some(ChangeKind::Gone)),
        (None, Some(Pass), Some(ChangeKind::Added)),
        (Some(Blocked), Some(Pass), Some(ChangeKind::Other)),
        (Some(Fail), Some(Fail), None),
        (Some(Pass), Some(Pass), None),
    ] {
        let one = |verdict: Option<Verdict>| {
            verdict.map(|verdict| ("a/b", verdict)).into_iter().collect::<Vec<_>>()
        };
        let wanted: Vec<_> = kind.map(|kind| (kind, "a/b".to_owned())).into_iter().collect();
        assert_eq!(changes(&one(was), &one(is)), wanted, "{was:?} → {is:?}");
    }
}

#[test]
fn the_gravest_comes_first() {
    use Verdict::{Fail, Pass, Warn};
    let was = [("a", Fail), ("b", Pass), ("c", Pass), ("d", Pass)];
    let is = [("a", Pass), ("b", Warn), ("c", Fail), ("d", Fail)];
    let kinds = changes(&was, &is);
    let ids: Vec<&str> = kinds.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids, ["c", "d", "b", "a"]);
}

#[test]
fn a_waiver_that_is_gone_makes_its_failure_new() {
    let mut was = report(&[("a", Verdict::Fail)]);
    was.entries[0].waived =
        Some(Waived { reason: "known".to_owned(), expires: "2027-01-01".to_owned() });
    let is = report(&[("a", Verdict::Fail)]);
    let later = is.redacted(&[]).since(&was.redacted(&[]));
    assert_eq!(later.changes.as_ref().unwrap().count(ChangeKind::NewFailure), 1);
}

fn mended_and_broken() -> Redacted {
    let mut earlier = fixture::raw();
    earlier.started = "2026-11-28T05:00:00.000Z".to_owned();
    for entry in &mut earlier.entries {
        match entry.id.as_str() {
            "rfc7644/3.3-create/password-is-never-shown" => entry.verdict = Verdict::Pass,
            "rfc7644/3.3-create/minimal" => entry.verdict = Verdict::Fail,
            _ => {}
        }
    }
    let gone =
        fixture::entry("rfc7644/9-old/one", "An old one", Verdict::Pass, &["RFC7644-3.3-01"]);
    earlier.entries.push(gone);
    fixture::report().since(&earlier.redacted(&[]))
}

#[test]
fn text_shows_only_what_changed() {
    insta::assert_snapshot!(Format::Text.render(&mended_and_broken(), Look::plain()));
}

#[test]
fn markdown_shows_only_what_changed() {
    insta::assert_snapshot!(Format::Markdown.render(&mended_and_broken(), Look::plain()));
}

#[test]
fn sarif_says_which_results_are_new() {
    let log = Format::Sarif.render(&mended_and_broken(), Look::plain());
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let state = |id: &str| {
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().find(|one| one["ruleId"] == id).unwrap()["baselineState"].clone()
    };
    assert_eq!(state("rfc7644/3.3-create/password-is-never-shown"), "new");
    assert_eq!(state("rfc7644/3.3-create/group"), "unchanged");
}
