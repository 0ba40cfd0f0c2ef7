//! Random rules and random people over a small vocabulary, so that they meet often.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use provisor::decide::{Membership, RuleSet};
use provisor::rules::ast::{GroupBy, RuleKind};
use provisor::rules::model::*;
use provisor::rules::source::{Sources, Span};
use provisor::scim::compare::{Instant, Number, compared};
use serde_json::{Map, Value, json};

pub(super) const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(super) const ACME: &str = "urn:acme:params:scim:schemas:1.0:User";

const TEXTS: [&str; 12] = [
    "Sales",
    "sales",
    "SALES - EMEA",
    "Straße",
    "STRASSE",
    "e\u{301}t\u{e9}",
    "\u{c9}t\u{e9}",
    "10",
    "true",
    "DE",
    "work",
    "Account Executive II",
];
const GROUPS: [&str; 7] =
    ["Sales", "SALES", "Sales - EMEA", "Ext - Straße", "All staff", "\u{c9}t\u{e9}", "Leavers"];
const PATTERNS: [&str; 9] =
    ["Sales*", "*", "*STRASSE", "S?les", "All staff", "ext - *s?e", r"\*", "*a*", "Account*II"];
const NUMBERS: [&str; 6] = ["10", "10.0", "1e1", "-3", "0", "9007199254740993"];
const DATES: [&str; 4] =
    ["2024-05-01T10:00:00Z", "2024-05-01T12:00:00+02:00", "2024-05-01", "2025-01-01T00:00:00"];

pub(super) fn attributes() -> Vec<AttributeDef> {
    let text = ValueKind::Text { exact: false };
    let simple = |schema: &str, name: &str, multi_valued, kind| AttributeDef {
        schema: schema.into(),
        name: name.into(),
        multi_valued,
        complex: false,
        values: vec![ValueDef { name: String::new(), kind }],
        whole: true,
    };
    let complex = |schema: &str, name: &str, multi_valued, values: &[&str]| AttributeDef {
        schema: schema.into(),
        name: name.into(),
        multi_valued,
        complex: true,
        values: values.iter().map(|v| ValueDef { name: (*v).into(), kind: text }).collect(),
        whole: true,
    };
    vec![
        simple(CORE, "title", false, text),
        simple(CORE, "nickName", false, ValueKind::Text { exact: true }),
        simple(CORE, "active", false, ValueKind::Flag),
        complex(CORE, "name", false, &["givenName"]),
        complex(CORE, "addresses", true, &["type", "country"]),
        complex(CORE, "groups", true, &["value", "display", "type"]),
        complex(ENTERPRISE, "manager", false, &["value", "displayName"]),
        simple(ACME, "tags", true, text),
        simple(ACME, "level", false, ValueKind::Number),
        simple(ACME, "hired", false, ValueKind::Date),
        simple(ACME, "remote", false, ValueKind::Flag),
        simple(CORE, "userName", false, text),
    ]
}

fn naming(id: &str, wire: Option<&str>) -> Naming {
    Naming {
        id: id.into(),
        label: id.to_uppercase(),
        wire: wire.map(str::to_owned),
        span: Span::default(),
    }
}

pub(super) fn catalogue() -> Catalogue {
    let seat = |id: &str, requires: &[u32]| SeatItem {
        naming: naming(id, Some("wireSeat").filter(|_| id == "gong")),
        limit: None,
        reserve: 0,
        requires: requires.iter().map(|s| SeatId(*s)).collect(),
    };
    let profile = |id: &str, requires: &[u32], rank| ProfileItem {
        naming: naming(id, None),
        requires: requires.iter().map(|s| SeatId(*s)).collect(),
        rank: Some(rank),
    };
    let capture = |id: &str, seats: &[u32], captures: &[u32], excludes: &[u32]| CaptureItem {
        naming: naming(id, Some("wireCapture").filter(|_| id == "phone")),
        requires_seats: seats.iter().map(|s| SeatId(*s)).collect(),
        requires_captures: captures.iter().map(|c| CaptureId(*c)).collect(),
        excludes: excludes.iter().map(|c| CaptureId(*c)).collect(),
    };
    Catalogue {
        seats: vec![
            seat("coach", &[2]),
            seat("gong", &[]),
            seat("engage", &[1]),
            seat("forecast", &[1, 2]),
        ],
        profiles: vec![
            profile("manager", &[1], 2),
            profile("viewer", &[], 0),
            profile("rep", &[0], 1),
        ],
        workspaces: vec![
            WorkspaceItem { naming: naming("global", None), offers: None },
            WorkspaceItem {
                naming: naming("emea", Some("77")),
                offers: Some(vec![
                    (ProfileId(0), Some("7003".into())),
                    (ProfileId(1), None),
                    (ProfileId(2), Some("7001".into())),
                ]),
            },
            WorkspaceItem { naming: naming("apac", None), offers: None },
        ],
        captures: vec![
            capture("email_export", &[], &[4], &[]),
            capture("web", &[1], &[3], &[]),
            capture("phone", &[1], &[], &[]),
            capture("calendar", &[], &[], &[]),
            capture("email", &[], &[], &[]),
            capture("no_phone", &[], &[], &[2]),
            capture("private", &[], &[], &[3, 4]),
        ],
        options: vec![OptionItem {
            naming: naming("consent", None),
            choices: vec![naming("eu", Some("9")), naming("us", None)],
        }],
    }
}

fn text_operand(exact: bool) -> impl Strategy<Value = Operand> {
    select(&TEXTS[..])
        .prop_map(move |text| Operand::Text { compared: compared(text, exact).into(), exact })
}

fn operand(kind: ValueKind) -> BoxedStrategy<Operand> {
    match kind {
        ValueKind::Text { exact } => (any::<bool>(), any::<bool>())
            .prop_flat_map(move |(a, b)| text_operand(exact || a && b))
            .boxed(),
        ValueKind::Flag => any::<bool>().prop_map(Operand::Flag).boxed(),
        ValueKind::Number => {
            select(&NUMBERS[..]).prop_map(|n| Operand::Number(Number::parse(n).unwrap())).boxed()
        }
        ValueKind::Date => {
            select(&DATES[..]).prop_map(|d| Operand::Date(Instant::parse(d).unwrap())).boxed()
        }
    }
}

fn test(kind: ValueKind, multi_valued: bool) -> BoxedStrategy<Test> {
    let op = || operand(kind);
    let list = || prop::collection::vec(operand(kind), 0..4).prop_map(Arc::<[Operand]>::from);
    let mut tests = vec![
        Just(Test::Present).boxed(),
        op().prop_map(Test::Equal).boxed(),
        op().prop_map(Test::Equal).boxed(),
        list().prop_map(Test::In).boxed(),
    ];
    if multi_valued {
        tests.push(op().prop_map(Test::NotEqual).boxed());
        tests.push(list().prop_map(Test::NotIn).boxed());
    }
    if kind != ValueKind::Flag {
        tests.push(op().prop_map(Test::AtLeast).boxed());
        tests.push(op().prop_map(Test::AtMost).boxed());
        tests.push(op().prop_map(Test::MoreThan).boxed());
        tests.push(op().prop_map(Test::LessThan).boxed());
    }
    if let ValueKind::Text { exact } = kind {
        tests.push(op().prop_map(Test::Contains).boxed());
        tests.push(op().prop_map(Test::StartsWith).boxed());
        tests.push(op().prop_map(Test::EndsWith).boxed());
        tests.push(
            select(&PATTERNS[..])
                .prop_map(move |p| Test::Like { pattern: p.into(), exact })
                .boxed(),
        );
        let case = if exact { "" } else { "(?i)" };
        tests.push(
            Just(Test::Matches(Regex {
                pattern: "[a-s]+".into(),
                compiled: regex::Regex::new(&format!(r"{case}\A(?:[a-s]+)\z")).unwrap(),
            }))
            .boxed(),
        );
    }
    prop::strategy::Union::new(tests).boxed()
}

fn value_atom(only: Option<AttributeId>) -> BoxedStrategy<ValueAtom> {
    let all = attributes();
    let ids = match only {
        Some(id) => vec![id],
        None => (0..all.len() as u32).map(AttributeId).collect(),
    };
    select(ids)
        .prop_flat_map(move |attribute| {
            let def = all[attribute.index()].clone();
            let multi = def.multi_valued && only.is_none();
            (0..def.values.len() as u32).prop_flat_map(move |value| {
                test(def.values[value as usize].kind, multi).prop_map(move |test| ValueAtom {
                    attribute,
                    value: Some(ValueId(value)),
                    test,
                })
            })
        })
        .boxed()
}

fn group_key() -> impl Strategy<Value = GroupKey> {
    let key = |by, text: &str, exact| GroupKey {
        by,
        text: text.into(),
        compared: compared(text, exact).into(),
    };
    prop_oneof![
        4 => select(&GROUPS[..]).prop_map(move |n| key(GroupBy::Name, n, false)),
        2 => select(&PATTERNS[..]).prop_map(move |n| key(GroupBy::Like, n, false)),
        2 => (0..6_u8).prop_map(move |n| key(GroupBy::Id, &format!("g{n}"), true)),
        1 => (0..6_u8).prop_map(move |n| key(GroupBy::ExternalId, &format!("x{n}"), true)),
    ]
}

fn cond(kind: CondKind) -> Cond {
    Cond { kind, span: Span::default() }
}

pub(super) fn condition() -> BoxedStrategy<Cond> {
    let groups = (prop::collection::vec(group_key(), 0..4), any::<bool>(), any::<bool>()).prop_map(
        |(groups, all, directly)| {
            cond(CondKind::Group(GroupAtom { groups: groups.into(), all, directly }))
        },
    );
    let value = value_atom(None).prop_map(|atom| cond(CondKind::Value(atom)));
    let whole = (0..attributes().len() as u32).prop_map(|id| {
        cond(CondKind::Value(ValueAtom {
            attribute: AttributeId(id),
            value: None,
            test: Test::Present,
        }))
    });
    let elements: Vec<AttributeId> = (0..attributes().len() as u32)
        .map(AttributeId)
        .filter(|id| attributes()[id.index()].complex)
        .collect();
    let element = select(elements).prop_flat_map(|attribute| {
        let atom = value_atom(Some(attribute)).prop_map(|atom| cond(CondKind::Value(atom)));
        joined(atom.boxed(), 2)
            .prop_map(move |inner| cond(CondKind::Element { attribute, inner: Box::new(inner) }))
    });
    let leaf = prop_oneof![
        5 => groups,
        6 => value,
        1 => whole,
        2 => element,
        1 => Just(cond(CondKind::True)),
    ];
    joined(leaf.boxed(), 3)
}

fn joined(leaf: BoxedStrategy<Cond>, depth: u32) -> BoxedStrategy<Cond> {
    leaf.prop_recursive(depth, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|c| cond(CondKind::All(c))),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|c| cond(CondKind::Any(c))),
            inner.prop_map(|c| cond(CondKind::Not(Box::new(c)))),
        ]
    })
    .boxed()
}

fn head(kind: RuleKind) -> impl Strategy<Value = RuleHead> {
    (condition(), prop::option::weighted(0.2, condition())).prop_map(move |(matches, except)| {
        RuleHead {
            kind,
            name: String::new(),
            formerly: None,
            docs: vec![],
            span: Span::default(),
            places: vec![],
            matches,
            except,
        }
    })
}

fn seats() -> impl Strategy<Value = Vec<SeatId>> {
    subsequence((0..4).map(SeatId).collect::<Vec<_>>(), 0..=4)
}

fn captures() -> impl Strategy<Value = Vec<CaptureId>> {
    subsequence((0..7).map(CaptureId).collect::<Vec<_>>(), 0..=5)
}

fn profile() -> impl Strategy<Value = Option<ProfileId>> {
    prop::option::weighted(0.8, (0..3_u32).prop_map(ProfileId))
}

fn assignment(kind: RuleKind) -> impl Strategy<Value = Assignment> {
    (
        head(kind),
        seats(),
        prop::collection::vec(profile(), 3),
        prop::option::of((0..3_u32).prop_map(WorkspaceId)),
        captures(),
        prop::option::of(prop::option::of((0..2_u32).prop_map(ChoiceId))),
        any::<[bool; 4]>(),
    )
        .prop_map(|(head, seats, workspaces, home, captures, option, modes)| Assignment {
            head,
            seats,
            workspaces,
            home,
            captures,
            options: option.into_iter().map(|choice| (OptionId(0), choice)).collect(),
            update: Modes {
                seats: modes[0],
                workspaces: modes[1],
                capture: modes[2],
                options: modes[3],
            },
        })
}

pub(super) fn grant() -> impl Strategy<Value = Grant> {
    let workspaces = prop::collection::vec(profile(), 3).prop_map(|given| {
        let given = given.into_iter().enumerate();
        given.filter_map(|(place, profile)| Some((WorkspaceId(place as u32), profile?))).collect()
    });
    (head(RuleKind::Grant), seats(), workspaces, captures())
        .prop_map(|(head, seats, workspaces, captures)| Grant { head, seats, workspaces, captures })
}

pub(super) fn never() -> impl Strategy<Value = Never> {
    let workspaces = prop::collection::vec(prop::option::weighted(0.5, profile()), 3);
    let workspaces = workspaces.prop_map(|ceilings| {
        let ceilings = ceilings.into_iter().enumerate();
        ceilings.filter_map(|(place, top)| Some((WorkspaceId(place as u32), top?))).collect()
    });
    let few = |s: BoxedStrategy<Vec<SeatId>>| s.prop_map(|s| s.into_iter().take(2).collect());
    let few_captures = captures().prop_map(|c| c.into_iter().take(2).collect());
    (head(RuleKind::Never), few(seats().boxed()), workspaces, few_captures)
        .prop_map(|(head, seats, workspaces, captures)| Never { head, seats, workspaces, captures })
}

pub(super) fn model() -> impl Strategy<Value = Model> {
    (
        prop::collection::vec(assignment(RuleKind::Assignment), 0..5),
        assignment(RuleKind::Default),
        prop::collection::vec(grant(), 0..4),
        prop::collection::vec(never(), 0..4),
        any::<bool>(),
    )
        .prop_map(|(mut assignments, mut default, grants, nevers, by_name)| {
            default.head.matches = cond(CondKind::True);
            default.head.except = None;
            assignments.push(default);
            let mut model = Model {
                edition: 1,
                catalogue: catalogue(),
                attributes: attributes(),
                assignments,
                grants,
                nevers,
                settings: Settings { group_identity_name: by_name, ..Settings::default() },
            };
            name(&mut model);
            model
        })
}

/// Gives every rule a name of its own.
pub(super) fn name(model: &mut Model) {
    for (n, rule) in model.assignments.iter_mut().enumerate() {
        rule.head.name = format!("assignment {n}");
    }
    for (n, rule) in model.grants.iter_mut().enumerate() {
        rule.head.name = format!("grant {n}");
    }
    for (n, rule) in model.nevers.iter_mut().enumerate() {
        rule.head.name = format!("never {n}");
    }
}

pub(super) fn compile(model: &Model) -> RuleSet {
    RuleSet::new(model.clone(), Sources::new())
}

/// A value of about the right type, and sometimes of a wrong one.
fn payload_value() -> BoxedStrategy<Value> {
    prop_oneof![
        6 => select(&TEXTS[..]).prop_map(Value::from),
        1 => select(&DATES[..]).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => select(vec![json!(10), json!(10.0), json!(-3), json!(0), json!(9007199254740993_u64)]),
        1 => select(vec![json!(null), json!(""), json!([]), json!({}), json!({ "x": [""] })]),
        1 => select(vec![json!("True"), json!("FALSE"), json!("1e1"), json!({ "x": 1 })]),
    ]
    .boxed()
}

fn listed(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop_oneof![
        3 => prop::collection::vec(value.clone(), 0..4).prop_map(Value::from),
        1 => value,
    ]
    .boxed()
}

fn object(names: &'static [&'static str]) -> BoxedStrategy<Value> {
    let members = prop::collection::vec((select(names), payload_value()), 0..4);
    let object = members.prop_map(|members| {
        Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>())
    });
    prop_oneof![6 => object, 1 => payload_value()].boxed()
}

fn group() -> BoxedStrategy<Value> {
    let maybe = |value: BoxedStrategy<Value>| prop::option::weighted(0.7, value);
    let id = (0..6_u8).prop_map(|n| json!(format!("g{n}"))).boxed();
    let name = select(&GROUPS[..]).prop_map(Value::from).boxed();
    let kind = select(vec![json!("direct"), json!("Indirect"), json!("other"), json!(null)]);
    let address = select(vec![json!("https://x.example/v2/Groups/g3"), json!("../Groups/g1/")]);
    (maybe(id), maybe(name), maybe(kind.boxed()), maybe(address.boxed()))
        .prop_map(|(id, name, kind, address)| {
            let parts = [("value", id), ("display", name), ("type", kind), ("$ref", address)];
            let parts = parts.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?)));
            Value::Object(parts.collect())
        })
        .boxed()
}

pub(super) fn user() -> BoxedStrategy<Value> {
    let maybe = |name: &'static str, value: BoxedStrategy<Value>| {
        prop::option::weighted(0.6, value).prop_map(move |value| value.map(|v| (name, v)))
    };
    let acme = (
        maybe("tags", listed(payload_value())),
        maybe("LEVEL", payload_value()),
        maybe("hired", payload_value()),
        maybe("remote", payload_value()),
    )
        .prop_map(|(a, b, c, d)| object_of([a, b, c, d]));
    let enterprise = (
        maybe("manager", object(&["value", "displayName", "$ref"])),
        maybe("department", payload_value()),
    )
        .prop_map(|(a, b)| object_of([a, b]));
    let active = prop_oneof![9 => Just(json!(true)), 1 => payload_value()];
    let groups =
        prop_oneof![9 => prop::collection::vec(group(), 0..5).prop_map(Value::from), 1 => group()];
    (
        maybe("Title", payload_value()),
        maybe("nickName", payload_value()),
        maybe("active", active.boxed()),
        maybe("name", object(&["givenName", "familyName", "value"])),
        maybe("addresses", listed(object(&["type", "country", "street"]))),
        maybe("groups", groups.boxed()),
        maybe(ENTERPRISE, enterprise.boxed()),
        maybe("URN:ACME:params:scim:schemas:1.0:User", acme.boxed()),
        maybe("userName", payload_value()),
        maybe("unknown", payload_value()),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, j)| object_of([a, b, c, d, e, f, g, h, i, j]))
        .boxed()
}

fn object_of<const N: usize>(members: [Option<(&str, Value)>; N]) -> Value {
    Value::Object(members.into_iter().flatten().map(|(k, v)| (k.to_owned(), v)).collect())
}

/// Groups as a host gives them, with former names and deleted ones.
pub(super) fn memberships() -> BoxedStrategy<Option<Vec<Membership>>> {
    let one = (
        prop::option::weighted(0.9, select(&GROUPS[..])),
        prop::option::weighted(0.9, 0..6_u8),
        prop::option::of(0..6_u8),
        any::<bool>(),
        prop::collection::vec(select(&GROUPS[..]), 0..2),
        prop::bool::weighted(0.25),
    )
        .prop_map(|(name, id, external_id, direct, former, deleted)| Membership {
            name: name.map(str::to_owned),
            id: id.map(|id| format!("g{id}")),
            external_id: external_id.map(|id| format!("x{id}")),
            direct,
            former_names: former.into_iter().map(str::to_owned).collect(),
            deleted,
        });
    prop::option::of(prop::collection::vec(one, 0..5)).boxed()
}
