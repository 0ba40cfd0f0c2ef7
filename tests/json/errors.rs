//! Each mistake has its place, its words and its advice.

use provisor::ErrorKind;
use provisor::json::{Lexer, parse};

/// `line:byte: message; advice`
fn said(bytes: &[u8]) -> String {
    let error = parse(bytes).expect_err("a mistake");
    let (line, at) = (error.line().unwrap(), error.offset().unwrap());
    format!("{line}:{at}: {}; {}", error.message(), error.advice().unwrap())
}

#[test]
fn every_mistake_is_explained() {
    let cases: &[&[u8]] = &[
        b"",
        b" \n ",
        b"{",
        b"[1, 2",
        b"{\"a\" 1}",
        b"{\"a\": 1,}",
        b"{\"a\": 1 \"b\": 2}",
        b"{a: 1}",
        b"{'a': 1}",
        b"{\"a\": 'x'}",
        b"[1, 2,]",
        b"[1,, 2]",
        b"[1 2]",
        b"[1}",
        b"{\"a\": 1]",
        b"[\"a\": 1]",
        b"// comment\n1",
        b"[1 // comment\n]",
        b"True",
        b"[None]",
        b"[NaN]",
        b"[hello]",
        b"[+1]",
        b"[.5]",
        b"[1.]",
        b"[1e]",
        b"[-]",
        b"[-x]",
        b"[01]",
        b"[0x10]",
        b"<html>",
        b"1 2",
        b"{} {}",
        b"nul",
        b"\"abc",
        b"{\n  \"a\": \"abc\n\"}",
        b"\"tab\there\"",
        b"\"nul\0here\"",
        b"\"\\x\"",
        b"\"\\",
        b"\"\\u12\"",
        b"\"\\u12g4\"",
        b"\"\\ud800\"",
        b"\"\\ud800\\u0041\"",
        b"\"\\ud800\\n\"",
        b"\"\\udc00\"",
        b"\"ab\xffcd\"",
        b"[\n\"\xed\xa0\x80\"]",
        b"\xff\xfe1\0",
        b"\0",
    ];
    let report: Vec<String> =
        cases.iter().map(|case| format!("{}\n  {}", case.escape_ascii(), said(case))).collect();
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn the_message_names_line_and_byte() {
    let error = parse(b"{\n  \"a\": tru\n}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "a JSON value was expected, but a letter was found (line 2, at byte 9)"
    );
    assert_eq!(error.kind(), ErrorKind::Json);
}

#[test]
fn skipping_finds_what_reading_finds() {
    for text in [
        "[1,]",
        "[01]",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "[\"\\ud800\"]",
        "[\"\u{1}\"]",
        "[1 2]",
        "[}",
        "{\"a\":1]",
        "[tru]",
        "[1",
        "{\"a\":",
        "[[[\"",
        "[{\"a\":nul}]",
    ] {
        let read = parse(text.as_bytes()).unwrap_err();
        let skipped = Lexer::of(text).skip().unwrap_err();
        assert_eq!(skipped.to_string(), read.to_string(), "{text}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(128).as_bytes()).is_ok());
    assert!(Lexer::of(&nested(128)).skip().is_ok());
    for text in [nested(129), "[".repeat(10_000_000), "{\"a\":".repeat(1_000_000)] {
        let error = parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.offset(), Some(128 * if text.starts_with('[') { 1 } else { 5 }));
        assert_eq!(Lexer::of(&text).skip().unwrap_err().to_string(), error.to_string());
    }
}

#[test]
fn a_long_line_costs_no_more_than_its_length() {
    let mut text = "[".to_owned();
    text.push_str(&"\"\\u0041\",".repeat(500_000));
    assert_eq!(parse(text.as_bytes()).unwrap_err().offset(), Some(text.len()));
    let open = format!("\"{}", "a".repeat(10_000_000));
    assert_eq!(parse(open.as_bytes()).unwrap_err().offset(), Some(0));
}
