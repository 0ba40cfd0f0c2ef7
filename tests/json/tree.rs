//! The lossless tree.

use proptest::prelude::*;
use provisor::ErrorKind;
use provisor::json::{Json, Kind, Numeral, Object, View, parse, quote};
use serde_json::json;

fn read(text: &str) -> Json {
    parse(text.as_bytes()).unwrap()
}

#[test]
fn order_duplicates_and_spelling_are_kept() {
    let text = r#"{"b":1.0,"a":1e400,"b":-0,"B":"x"}"#;
    let json = read(text);
    assert_eq!(json.to_string(), text);
    let object = json.as_object().unwrap();
    assert_eq!(object.duplicates(), ["b"]);
    assert_eq!(object.get("b").unwrap().to_string(), "-0", "of duplicates the last");
    assert_eq!(object.attribute("b").unwrap().as_str(), Some("x"), "names have no case");
    assert_eq!(object.get("c"), None);
    assert_eq!(json.get("a").and_then(Json::as_number).unwrap().value(), "1e400".parse_number());
}

trait ParseNumber {
    fn parse_number(&self) -> provisor::scim::compare::Number;
}

impl ParseNumber for str {
    fn parse_number(&self) -> provisor::scim::compare::Number {
        provisor::scim::compare::Number::parse(self).unwrap()
    }
}

#[test]
fn a_tree_is_written_compact_and_indented() {
    let json = read(r#" { "a" : [ 1 , { } , [ ] , "\u0001\"\\/\n" ] , "b" : { "c" : null } } "#);
    assert_eq!(json.to_string(), r#"{"a":[1,{},[],"\u0001\"\\/\n"],"b":{"c":null}}"#);
    insta::assert_snapshot!(format!("{json:#}"), @r#"
    {
      "a": [
        1,
        {},
        [],
        "\u0001\"\\/\n"
      ],
      "b": {
        "c": null
      }
    }
    "#);
    assert_eq!(quote("a\"b\u{7f}\u{8}"), "\"a\\\"b\u{7f}\\b\"");
}

#[test]
fn a_tree_of_any_depth_can_be_written() {
    let mut json = Json::Null;
    for _ in 0..2_000 {
        json = Json::Array(vec![json]);
    }
    assert_eq!(json.to_string().len(), 4_004);
    assert_eq!(serde_json::Value::try_from(&json).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn both_trees_look_the_same() {
    fn shape<V: View>(value: &V) -> String {
        match value.kind() {
            Kind::Null => "null".to_owned(),
            Kind::Bool => value.as_flag().unwrap().to_string(),
            Kind::Number => value.as_number_text().unwrap().into_owned(),
            Kind::String => quote(value.as_text().unwrap()),
            Kind::Array => format!("{:?}", value.elements().map(shape).collect::<Vec<_>>()),
            Kind::Object => {
                let entries = value.entries().map(|(key, value)| (key, shape(value)));
                format!("{:?}", entries.collect::<Vec<_>>())
            }
        }
    }
    let value = json!({"a": [1, 2.5, "x", true, null], "b": {"c": {}}});
    let json = Json::try_from(value.clone()).unwrap();
    assert_eq!(shape(&json), shape(&value));
    assert_eq!(value.attribute("A").unwrap().elements().count(), 5);
    assert!(View::attribute(&json, "B").unwrap().attribute("C").is_some());
}

#[test]
fn a_numeral_is_a_json_number() {
    for text in ["", "1 ", " 1", "01", "x", "1,2", "\u{feff}1"] {
        assert_eq!(Numeral::parse(text), None, "`{text}`");
    }
    assert_eq!(Numeral::parse("-1.50e3").unwrap().as_str(), "-1.50e3");
}

pub(super) fn any_json() -> impl Strategy<Value = Json> {
    let text = prop_oneof!["[a-z\"\\\\\n]{0,9}", "\\PC{0,9}", any::<String>()];
    let numeral = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,2})?";
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        numeral.prop_map(|text| Json::Number(Numeral::parse(&text).unwrap())),
        text.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|entries| Json::Object(Object::from_iter(entries))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn reading_what_was_written_gives_the_same_tree(json in any_json()) {
        prop_assert_eq!(&read(&json.to_string()), &json);
        prop_assert_eq!(&read(&format!("{json:#}")), &json);
    }

    #[test]
    fn a_serde_json_value_is_taken_over_as_it_prints(json in any_json()) {
        let value = serde_json::Value::try_from(&json).unwrap();
        let taken = Json::try_from(value.clone()).unwrap();
        prop_assert_eq!(taken.to_string(), value.to_string());
    }
}
