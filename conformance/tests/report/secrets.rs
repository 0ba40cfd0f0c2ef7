//! No reporter shows a secret: they are looked for in what each of them writes.

use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Format, Redacted, format};

use super::fixture::{self, TOKEN};

fn all(report: &Redacted) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> = Format::ALL
        .iter()
        .map(|(form, name, _)| (*name, form.render(report, Look::plain())))
        .collect();
    all.push(("badge", format::badge(report, "a.svg").unwrap()));
    all
}

#[test]
fn neither_token_nor_cookie_nor_password_is_shown() {
    let mut raw = fixture::raw();
    // All exchanges too, as `--har-all` keeps them.
    for entry in &mut raw.entries {
        entry.exchanges = entry.findings.iter().flat_map(|one| one.exchanges.clone()).collect();
    }
    raw.notes.push(format!("a note that quotes {TOKEN}"));
    let report = raw.redacted(&[TOKEN.to_owned()]);
    for (name, text) in all(&report) {
        for secret in [TOKEN, "c00kie-of-the-run", "t0p-Secret-9", "5ecret"] {
            assert!(!text.contains(secret), "{name} shows {secret}:\n{text}");
        }
    }
}

#[test]
fn the_token_is_not_shown_where_it_is_not_known_either() {
    let report = fixture::raw().redacted(&[]);
    for (name, text) in all(&report) {
        assert!(!text.contains(TOKEN), "{name} shows it:\n{text}");
    }
}
