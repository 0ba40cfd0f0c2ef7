//! Laws of filters.

use proptest::prelude::*;
use provisor::json::{Json, Numeral, Object};
use provisor::scim::filter::{
    self, Expr, ExprKind, Filter, Literal, Op, Options, Placed, Policy, Test, Unknown,
};
use provisor::scim::patch_path;
use provisor::scim::path::AttrPath;
use provisor::scim::schema::Schemas;

fn placed<T>(node: T) -> Placed<T> {
    Placed::new(node, 0..0)
}

fn any_path() -> impl Strategy<Value = AttrPath> {
    let texts = vec![
        "userName",
        "name.familyName",
        "emails",
        "emails.type",
        "active",
        "meta.created",
        "schemas",
        "not",
        "and",
        "true",
        "pr",
        "urn:ietf:params:scim:schemas:core:2.0:User:title",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:unknown:1.0:Thing:size",
    ];
    prop::sample::select(texts)
        .prop_map(|text| AttrPath::parse(text, &Schemas::standard()).unwrap())
}

fn any_test() -> impl Strategy<Value = Test> {
    let literal = prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?(e-?[1-9])?"
            .prop_map(|text| Literal::Number(Numeral::parse(&text).unwrap())),
        prop_oneof!["[a-c]{0,2}", "\\PC{0,6}", any::<String>(), Just("2011-05-13".to_owned())]
            .prop_map(Literal::Text),
    ];
    prop_oneof![
        Just(Test::Present),
        (prop::sample::select(Op::ALL.to_vec()), literal)
            .prop_map(|(op, literal)| Test::Value(op, placed(literal))),
    ]
}

/// Joins flatly, as the parser does.
fn join(parts: Vec<Expr>, or: bool) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match (part.node, or) {
            (ExprKind::Or(more), true) | (ExprKind::And(more), false) => flat.extend(more),
            (node, _) => flat.push(placed(node)),
        }
    }
    placed(if or { ExprKind::Or(flat) } else { ExprKind::And(flat) })
}

fn combined(leaf: impl Strategy<Value = Expr> + 'static) -> impl Strategy<Value = Expr> {
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 2..4), any::<bool>())
                .prop_map(|(parts, or)| join(parts, or)),
            inner.prop_map(|inner| placed(ExprKind::Not(Box::new(inner)))),
        ]
    })
}

fn any_compare() -> impl Strategy<Value = Expr> {
    (any_path(), any_test())
        .prop_map(|(path, test)| placed(ExprKind::Compare { path: placed(path), test }))
}

pub(super) fn any_expr() -> impl Strategy<Value = Expr> {
    let element = (any_path(), combined(any_compare())).prop_map(|(path, inner)| {
        placed(ExprKind::Element { path: placed(path), inner: Box::new(inner) })
    });
    combined(prop_oneof![3 => any_compare(), 1 => element])
}

fn any_resource() -> impl Strategy<Value = Json> {
    let text =
        prop::sample::select(vec!["", "a", "b", "ab", "A", "work", "true", "5", "2011-05-13"]);
    let simple = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3_i64..9).prop_map(Json::from),
        text.prop_map(Json::from),
    ];
    let element = prop::collection::vec(
        (prop::sample::select(vec!["value", "type", "familyName", "created"]), simple.clone()),
        0..3,
    )
    .prop_map(|entries| {
        Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    });
    let value = prop_oneof![
        2 => simple.clone(),
        1 => element.clone(),
        1 => prop::collection::vec(prop_oneof![simple, element], 0..4).prop_map(Json::Array),
    ];
    let names =
        vec!["userName", "name", "emails", "active", "meta", "schemas", "title", "USERNAME"];
    prop::collection::vec((prop::sample::select(names), value), 0..7).prop_map(|entries| {
        let mut object = Object::new();
        for (key, value) in entries {
            object.push(key, value);
        }
        object.into()
    })
}

fn read(text: &str, options: Options) -> Result<Filter, provisor::Error> {
    filter::parse(text, &Schemas::standard(), options)
}

/// Texts that are nearly filters.
fn near_filter() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "userName", " ", " ", "eq", "pr", "and", "or", "not", "(", ")", "[", "]", "\"a\"", "\"",
        "'", "emails", ".", "urn:x:y", "$ref", "true", "null", "-1", "\\", "é", "\t", "title pr",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn reading_what_was_printed_gives_the_same_filter(root in any_expr()) {
        let text = root.to_string();
        let filter = read(&text, Options::strict());
        prop_assert!(filter.is_ok(), "{}: {:?}", text, filter);
        let filter = filter.unwrap();
        prop_assert_eq!(&filter.root, &root);
        prop_assert_eq!(filter.to_string(), text);
        prop_assert!(filter.tolerated.is_empty());
    }

    #[test]
    fn printing_a_path_and_reading_it_gives_the_same_path(
        path in any_path(), inner in combined(any_compare()), display: bool,
    ) {
        prop_assume!(path.sub.is_none());
        let text = format!("{path}[{inner}]{}", if display { ".display" } else { "" });
        let read = patch_path::parse(&text, &Schemas::standard(), Options::strict()).unwrap();
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(
        text in prop_oneof![near_filter(), "\\PC{0,30}", any::<String>()],
    ) {
        for options in [Options::strict(), Options::lenient(), Options::tolerant()] {
            match read(&text, options) {
                Ok(filter) => {
                    prop_assert!(filter.tolerated.iter().all(|one| options.accepts(one.leniency)));
                    let again = read(&filter.to_string(), options);
                    prop_assert_eq!(again.unwrap(), filter);
                }
                Err(error) => {
                    let at = error.offset().unwrap();
                    prop_assert!(text.is_char_boundary(at), "{} in {:?}", at, text);
                    prop_assert!(error.advice().is_some());
                    prop_assert!(!error.message().contains('\n'));
                }
            }
            if let Err(error) = patch_path::parse(&text, &Schemas::standard(), options) {
                prop_assert!(error.offset().is_some_and(|at| text.is_char_boundary(at)));
            }
        }
    }

    #[test]
    fn what_is_read_strictly_is_read_leniently_and_alike(text in near_filter()) {
        if let Ok(strict) = read(&text, Options::strict()) {
            prop_assert_eq!(&read(&text, Options::lenient()).unwrap(), &strict);
            prop_assert_eq!(&read(&text, Options::tolerant()).unwrap(), &strict);
        }
    }

    #[test]
    fn a_negation_is_the_opposite_and_the_laws_of_de_morgan_hold(
        left in any_expr(), right in any_expr(), resource in any_resource(),
    ) {
        let schemas = Schemas::standard();
        let mut policy = Policy::default();
        policy.unknown = Unknown::NoValue;
        let matches = |root: &Expr| {
            let filter = Filter { root: root.clone(), tolerated: Vec::new() };
            Some(filter.validate(&schemas, "User", policy).ok()?.matches(&resource))
        };
        let not = |expr: &Expr| placed(ExprKind::Not(Box::new(expr.clone())));
        let (Some(a), Some(b)) = (matches(&left), matches(&right)) else { return Ok(()) };
        prop_assert_eq!(matches(&not(&left)), Some(!a));
        prop_assert_eq!(matches(&not(&not(&left))), Some(a));
        let both = join(vec![left.clone(), right.clone()], false);
        let either = join(vec![left.clone(), right.clone()], true);
        prop_assert_eq!(matches(&both), Some(a && b));
        prop_assert_eq!(matches(&either), Some(a || b));
        let none = join(vec![not(&left), not(&right)], false);
        prop_assert_eq!(matches(&not(&either)), matches(&none));
        // The other tree says the same (it keeps the last of duplicate keys, as we do, but only
        // where their spelling is the same).
        let doubled = resource.as_object().unwrap().duplicates().len();
        let cased = resource.get("USERNAME").is_some();
        if doubled == 0 && !cased {
            let value = serde_json::Value::try_from(&resource).unwrap();
            let filter = Filter { root: left, tolerated: Vec::new() };
            let checked = filter.validate(&schemas, "User", policy).unwrap();
            prop_assert_eq!(checked.matches(&value), a);
        }
    }

    #[test]
    fn equal_and_ordered_comparisons_agree(
        resource in any_resource(),
        path in prop::sample::select(vec!["userName", "title", "name.familyName", "meta.created"]),
        text in prop::sample::select(vec!["a", "B", "ab", "5", "2011-05-13", "true"]),
    ) {
        let schemas = Schemas::standard();
        let ask = |op: &str| {
            let filter = read(&format!("{path} {op} \"{text}\""), Options::strict()).unwrap();
            filter.validate(&schemas, "User", Policy::default()).ok().map(|one| one.matches(&resource))
        };
        let Some(eq) = ask("eq") else { return Ok(()) };
        let [ne, gt, ge, lt, le] = ["ne", "gt", "ge", "lt", "le"].map(|op| ask(op).unwrap());
        prop_assert_eq!(ne, !eq, "one value: different is not equal");
        prop_assert_eq!(ge, gt || eq);
        prop_assert_eq!(le, lt || eq);
        prop_assert!(u8::from(gt) + u8::from(eq) + u8::from(lt) <= 1);
    }
}
