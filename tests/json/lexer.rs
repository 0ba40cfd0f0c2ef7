//! The pull lexer.

use provisor::json::{Kind, Lexer, Value};

/// One line for each thing read, indented by depth.
fn trace(lexer: &mut Lexer<'_>, depth: usize, lines: &mut Vec<String>) {
    let pad = "  ".repeat(depth);
    let kind = lexer.peek().unwrap();
    let value = lexer.value().unwrap();
    let said = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(text) => text.to_owned(),
        Value::String(text) => format!("{:?}", text.decode()),
        Value::Array => {
            lines.push(format!("{pad}array"));
            while lexer.next_element().unwrap() {
                trace(lexer, depth + 1, lines);
            }
            assert_eq!(kind, Kind::Array);
            return;
        }
        Value::Object => {
            lines.push(format!("{pad}object"));
            while let Some(key) = lexer.next_key().unwrap() {
                lines.push(format!("{pad}  {}:", key.decode()));
                trace(lexer, depth + 2, lines);
            }
            assert_eq!(kind, Kind::Object);
            return;
        }
    };
    lines.push(format!("{pad}{said}"));
}

fn check(text: &str, expected: &[&str]) {
    let mut lexer = Lexer::new(text.as_bytes()).unwrap();
    let mut lines = Vec::new();
    trace(&mut lexer, 0, &mut lines);
    lexer.finish().unwrap();
    assert_eq!(lines, expected, "{text}");

    let mut skipping = Lexer::of(text);
    assert_eq!(skipping.raw().unwrap(), text.trim_matches([' ', '\n', '\t', '\r', '\u{feff}']));
    skipping.finish().unwrap();
}

#[test]
fn values_are_pulled_one_by_one() {
    check("null", &["null"]);
    check(" \t\r\n-1.50E+3 ", &["-1.50E+3"]);
    check("\u{feff}0", &["0"]);
    check("[]", &["array"]);
    check("{ }", &["object"]);
    check("[ [ ] , { } , true ]", &["array", "  array", "  object", "  true"]);
    check(
        r#"{"a": {"b": [1, "x"]}, "a": false}"#,
        &[
            "object",
            "  a:",
            "    object",
            "      b:",
            "        array",
            "          1",
            "          \"x\"",
            "  a:",
            "    false",
        ],
    );
}

#[test]
fn strings_are_decoded() {
    check(r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00\u0000""#, &[r#""\"\\/\u{8}\u{c}\n\r\té😀\0""#]);
    check("\"Zoë 😀 longer than eight bytes\\n\"", &["\"Zoë 😀 longer than eight bytes\\n\""]);
    let mut lexer = Lexer::of(r#"["plain", "esc\u0061ped", "USERNAME", "user\u004eame"]"#);
    assert!(matches!(lexer.value(), Ok(Value::Array)));
    let mut texts = Vec::new();
    while lexer.next_element().unwrap() {
        let Ok(Value::String(text)) = lexer.value() else { panic!("a string") };
        texts.push(text);
    }
    let mut buffer = String::from("left over");
    assert_eq!(texts[0].plain(), Some("plain"));
    assert_eq!(texts[0].decode_in(&mut buffer), "plain");
    assert_eq!(texts[1].plain(), None);
    assert_eq!(texts[1].raw(), "esc\\u0061ped");
    assert_eq!(texts[1].decode_in(&mut buffer), "escaped");
    assert!(texts[2].is_name("userName") && texts[3].is_name("userName"));
    assert!(!texts[0].is_name("userName"));
}

#[test]
fn what_nobody_asks_for_is_skipped() {
    let text =
        r#"{"skip": {"deep": [[], {"x": "]}"}]}, "keep": 7, "rest": [1, [2], 3], "last": 1}"#;
    let mut lexer = Lexer::of(text);
    assert!(matches!(lexer.value(), Ok(Value::Object)));
    assert!(lexer.next_key().unwrap().unwrap().is_name("skip"));
    lexer.skip().unwrap();
    assert!(lexer.next_key().unwrap().unwrap().is_name("keep"));
    assert!(matches!(lexer.value(), Ok(Value::Number("7"))));
    assert!(lexer.next_key().unwrap().unwrap().is_name("rest"));
    assert!(matches!(lexer.value(), Ok(Value::Array)));
    assert!(lexer.next_element().unwrap());
    lexer.skip().unwrap();
    lexer.leave().unwrap();
    assert!(lexer.next_key().unwrap().unwrap().is_name("last"));
    lexer.skip().unwrap();
    lexer.leave().unwrap();
    lexer.finish().unwrap();
    assert_eq!(lexer.offset(), text.len());
}

#[test]
fn a_container_can_be_left_at_once() {
    for text in ["[]", "[1]", "[[1], {}]", "{}", r#"{"a": 1, "b": {"c": []}}"#] {
        let wrapped = format!("[{text}, 1]");
        let mut lexer = Lexer::of(&wrapped);
        lexer.value().unwrap();
        assert!(lexer.next_element().unwrap());
        lexer.value().unwrap();
        lexer.leave().unwrap();
        assert!(lexer.next_element().unwrap(), "{text}");
        assert!(matches!(lexer.value(), Ok(Value::Number("1"))), "{text}");
        assert!(!lexer.next_element().unwrap());
        lexer.finish().unwrap();
    }
}
