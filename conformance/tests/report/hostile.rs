//! Answers that mean harm, or are broken: text in every report, and nothing else.

use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Format, Kind, Redacted, Report, Verdict};

use super::fixture::{difference, entry, exchange, finding};

const SCRIPT: &str =
    "</script></style></textarea><script>alert(1)</script><img src=x onerror=alert(2)>";

/// A server that answers with this in every place where it can.
pub(super) fn says(text: &str) -> Redacted {
    says_bytes(text.as_bytes(), text)
}

fn says_bytes(body: &[u8], text: &str) -> Redacted {
    let mut report = Report::new(Kind::Server, format!("http://127.0.0.1/{text}"));
    report.started = "2026-11-29T05:00:00.000Z".to_owned();
    let mut one = exchange("GET", &format!("/Users/{text}"), Some(body), 200, body);
    if let Some(answer) = &mut one.answer {
        answer.headers.push(("x-said".to_owned(), text.to_owned()));
    }
    let mut failing = entry("a/b", "A title", Verdict::Fail, &["RFC7644-3.3-01"]);
    failing.findings = vec![finding(1, vec![difference(text, text, text)], one)];
    let mut blocked = entry("a/c", "Another", Verdict::Blocked, &["RFC7644-3.3-01"]);
    (blocked.reason, blocked.blocked_by) = (Some(text.to_owned()), Some(text.to_owned()));
    let mut chosen = entry("a/d", "A choice", Verdict::Pass, &["RFC7644-3.3-01"]);
    chosen.chosen = Some(text.to_owned());
    report.entries = vec![failing, blocked, chosen];
    report.left_behind = vec![format!("/Users/{text}")];
    report.notes = vec![text.to_owned()];
    report.redacted(&[])
}

fn written(form: Format, report: &Redacted) -> String {
    form.render(report, Look { color: false, width: Some(80) })
}

#[test]
fn html_holds_no_tag_that_a_server_sent() {
    for text in [SCRIPT, "\"'><b>", "' onload='x", "<!--", "]]>", "&lt;script&gt;"] {
        let page = written(Format::Html, &says(text));
        let plain = written(Format::Html, &says("nothing"));
        for sign in [
            "<script",
            "</script",
            "<style",
            "<img",
            "<b>",
            "<!--",
            "onerror=alert(2)>",
            "' onload='x\"",
        ] {
            let count = page.matches(sign).count();
            assert_eq!(count, plain.matches(sign).count(), "{sign} for {text}");
        }
    }
    let page = written(Format::Html, &says(SCRIPT));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "it is shown as text");
    assert!(written(Format::Html, &says("&lt;")).contains("&amp;lt;"), "as it was sent");
}

#[test]
fn xml_holds_no_tag_and_no_character_that_xml_forbids() {
    let text = format!("{SCRIPT}]]>\u{0}\u{8}\u{1b}[2J\u{fffe}&amp;\"'");
    let xml = written(Format::Junit, &says(&text));
    let forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden) && !xml.contains("<script") && !xml.contains("]]>"), "{xml}");
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => depth += 1,
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

#[test]
fn a_terminal_gets_no_escape_sequence_of_a_server() {
    let text = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}gnp\r\nrf -rm\u{0}";
    let shown = written(Format::Text, &says(text));
    let harmful = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!shown.contains(harmful), "{shown:?}");
    let lines = shown.lines().filter(|line| line.starts_with("rf -rm")).count();
    assert_eq!(lines, 0, "a line end of a server begins no line: {shown}");
}

#[test]
fn markdown_holds_no_tag_link_mention_or_early_end_of_a_fence() {
    let text = "<img src=x>[x](http://e) @all #1 `a` ``` \n```\n## h |x|";
    let shown = written(Format::Markdown, &says(text));
    let mut outside = String::new();
    let mut fence: Option<String> = None;
    for line in shown.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            None if ticks.len() >= 3 => fence = Some(ticks),
            Some(open) if *open == line => fence = None,
            None => outside.push_str(&format!("{line}\n")),
            Some(_) => {}
        }
    }
    assert!(fence.is_none(), "a fence is left open: {shown}");
    // Code within a line is as harmless as a fence.
    let prose: String = outside.split('`').step_by(2).collect();
    for sign in ["<img", "[x]", "@all", "#1", "\n## h"] {
        assert!(!prose.contains(sign), "{sign} in {prose}");
    }
}

#[test]
fn a_megabyte_is_cut_with_a_note() {
    let long = "x".repeat(1024 * 1024);
    let report = says_bytes(long.as_bytes(), "short");
    for (form, name, _) in Format::ALL {
        let text = written(form, &report);
        assert!(text.len() < 400_000, "{name} has {} bytes", text.len());
        if !matches!(form, Format::Junit | Format::Sarif) {
            assert!(text.contains("1048576"), "{name} says how long it was");
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_shown_as_far_as_they_are() {
    let report = says_bytes(b"{\"a\":\"\xff\xfe\xc3\"}", "short");
    for (form, name, _) in Format::ALL {
        let text = written(form, &report);
        if !matches!(form, Format::Junit | Format::Sarif) {
            assert!(text.contains('\u{fffd}'), "{name}");
        }
    }
    let page = written(Format::Html, &report);
    assert!(page.contains("some bytes are no UTF-8"), "{page}");
}
