//! What each reporter writes, as its reader sees it.

use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Format, Step, format};

use super::fixture;

fn written(form: Format) -> String {
    form.render(&fixture::report(), Look::plain())
}

#[test]
fn text() {
    insta::assert_snapshot!(written(Format::Text));
}

#[test]
fn text_on_a_terminal() {
    let look = Look { color: true, width: Some(72) };
    let text = Format::Text.render(&fixture::report(), look);
    insta::assert_snapshot!(text.replace('\x1b', "␛"));
}

#[test]
fn how_each_step_ended_is_told_once() {
    let mut report = fixture::raw();
    let (name, ended) = ("create-user ann".to_owned(), "arrived in the end".to_owned());
    report.steps = vec![Step { number: 1, name, ended }];
    let report = report.redacted(&[]);
    for form in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
        let told = form.render(&report, Look::plain());
        assert_eq!(told.matches("arrived in the end").count(), 1, "{form:?}: {told}");
    }
}

#[test]
fn json() {
    let mut report = fixture::raw();
    report
        .entries
        .retain(|entry| entry.id.ends_with("never-shown") || entry.id.ends_with("answer"));
    let report = report.redacted(&[fixture::TOKEN.to_owned()]);
    insta::assert_snapshot!(Format::Json.render(&report, Look::plain()));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(written(Format::Markdown));
}

#[test]
fn junit() {
    insta::assert_snapshot!(written(Format::Junit));
}

#[test]
fn sarif() {
    insta::assert_snapshot!(written(Format::Sarif));
}

#[test]
fn har() {
    insta::assert_snapshot!(written(Format::Har));
}

#[test]
fn html() {
    let page = written(Format::Html);
    let body = page.split_once("<body>").unwrap().1.split_once("<script>").unwrap().0;
    // A line for each block, so that differences can be read.
    let mut lines = body.to_owned();
    for tag in ["div", "p", "h2", "h3", "details", "summary", "pre", "dl", "ul", "li", "section"] {
        lines = lines.replace(&format!("<{tag}"), &format!("\n<{tag}"));
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn badges() {
    let report = fixture::report();
    insta::assert_snapshot!(format::badge(&report, "scim.json").unwrap());
    insta::assert_snapshot!(format::badge(&report, "scim.svg").unwrap());
    assert_eq!(format::badge(&report, "scim.png"), None);
}

#[test]
fn names_of_forms_lead_to_them() {
    for (form, name, _) in Format::ALL {
        assert_eq!(Format::named(name), Some(form));
    }
    assert_eq!(Format::named("pdf"), None);
}

#[test]
fn the_ending_of_a_file_leads_to_its_form() {
    for (file, form) in [
        ("a=b/report.html", Format::Html),
        ("REPORT.HTM", Format::Html),
        ("r.json", Format::Json),
        ("r.md", Format::Markdown),
        ("r.xml", Format::Junit),
        ("r.sarif", Format::Sarif),
        ("r.har", Format::Har),
        ("r.txt", Format::Text),
    ] {
        assert_eq!(Format::of_file(file), Some(form), "{file}");
    }
    assert_eq!(Format::of_file("report"), None);
    assert_eq!(Format::of_file("report.pdf"), None);
}
