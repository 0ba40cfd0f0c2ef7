//! What lint says about reachability is certain: a rule reported as unreachable or impossible
//! never wins, whoever the person is.
//!
//! Rules and people are drawn from few names and values, so that conditions often overlap. The
//! evaluation here is written straight from the reference, without normal forms or indexes.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use provisor::diagnostic::Code;
use provisor::rules::ast::GroupBy;
use provisor::rules::lint::lint;
use provisor::rules::model::*;
use provisor::rules::source::{FileId, Span};
use provisor::scim::compare::{Number, compared};

use super::models::*;
use super::reading::nothing_read;

const TEXTS: &[&str] = &["a", "A", "ab", "aB", "abc", "b", "ba", "ss", "ß"];
const NUMBERS: &[&str] = &["0", "1", "1.5", "2"];
const NAMES: &[&str] = &["Sales", "sales emea", "Ext", "ext emea"];
const IDS: &[&str] = &["g1", "g2"];
const PATTERNS: &[&str] = &["sales*", "*emea", "*e*", "ext", "*", "s*s"];
const REGEXES: &[&str] = &["a.*", "[ab]", "ss|ab", "(?-i)a"];

#[derive(Debug, Clone)]
enum Scalar {
    Text(String),
    Number(Number),
    Flag(bool),
}

/// Elements of each attribute, and in each the values that are there.
#[derive(Debug, Clone)]
struct Person {
    attributes: Vec<Vec<Vec<Option<Scalar>>>>,
    groups: Vec<(String, String, bool)>,
}

// Evaluation.

fn holds(cond: &Cond, person: &Person, element: Option<&[Option<Scalar>]>) -> bool {
    match &cond.kind {
        CondKind::True => true,
        CondKind::All(parts) => parts.iter().all(|part| holds(part, person, element)),
        CondKind::Any(parts) => parts.iter().any(|part| holds(part, person, element)),
        CondKind::Not(inner) => !holds(inner, person, element),
        CondKind::Group(atom) => {
            let met = |key: &GroupKey| {
                person.groups.iter().any(|(name, id, direct)| {
                    (*direct || !atom.directly) && group_is(key, name, id)
                })
            };
            if atom.all { atom.groups.iter().all(met) } else { atom.groups.iter().any(met) }
        }
        CondKind::Element { attribute, inner } => person.attributes[attribute.index()]
            .iter()
            .any(|element| holds(inner, person, Some(element))),
        CondKind::Value(atom) => {
            let elements = &person.attributes[atom.attribute.index()];
            let Some(value) = atom.value else {
                return elements.iter().any(|element| element.iter().any(Option::is_some));
            };
            let test = |element: &[Option<Scalar>]| {
                element[value.index()].as_ref().is_some_and(|value| meets(&atom.test, value))
            };
            match element {
                Some(element) => test(element),
                None => elements.iter().any(|element| test(element)),
            }
        }
    }
}

fn group_is(key: &GroupKey, name: &str, id: &str) -> bool {
    match key.by {
        GroupBy::Name => compared(name, false) == key.compared,
        GroupBy::Like => fits(&compared(name, false), &key.compared),
        GroupBy::Id => id == key.text,
        GroupBy::ExternalId => false,
    }
}

fn fits(text: &str, pattern: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().any(|(at, _)| fits(&text[at..], rest)) || fits("", rest)
        }
        Some(c) => text.strip_prefix(c).is_some_and(|text| fits(text, &pattern[c.len_utf8()..])),
    }
}

fn meets(test: &Test, value: &Scalar) -> bool {
    let order = |operand: &Operand| match (operand, value) {
        (Operand::Text { compared: wanted, exact }, Scalar::Text(text)) => {
            compared(text, *exact).as_ref().cmp(wanted)
        }
        (Operand::Number(wanted), Scalar::Number(number)) => number.cmp(wanted),
        (Operand::Flag(wanted), Scalar::Flag(flag)) => flag.cmp(wanted),
        _ => panic!("{operand:?} against {value:?}"),
    };
    let text = |operand: &Operand, test: fn(&str, &str) -> bool| match (operand, value) {
        (Operand::Text { compared: wanted, exact }, Scalar::Text(text)) => {
            test(&compared(text, *exact), wanted)
        }
        _ => panic!("{operand:?} against {value:?}"),
    };
    match test {
        Test::Present => true,
        Test::Equal(operand) => order(operand).is_eq(),
        Test::NotEqual(operand) => order(operand).is_ne(),
        Test::In(operands) => operands.iter().any(|operand| order(operand).is_eq()),
        Test::NotIn(operands) => operands.iter().all(|operand| order(operand).is_ne()),
        Test::Contains(operand) => text(operand, |text, part| text.contains(part)),
        Test::StartsWith(operand) => text(operand, |text, part| text.starts_with(part)),
        Test::EndsWith(operand) => text(operand, |text, part| text.ends_with(part)),
        Test::AtLeast(operand) => order(operand).is_ge(),
        Test::AtMost(operand) => order(operand).is_le(),
        Test::MoreThan(operand) => order(operand).is_gt(),
        Test::LessThan(operand) => order(operand).is_lt(),
        Test::Like { pattern, exact } => {
            let Scalar::Text(text) = value else { panic!("{value:?}") };
            fits(&compared(text, *exact), &compared(pattern, *exact))
        }
        Test::Matches(regex) => {
            let Scalar::Text(text) = value else { panic!("{value:?}") };
            regex.compiled.is_match(text)
        }
    }
}

// Random rules and people.

fn text_operand(exact: bool) -> impl Strategy<Value = Operand> {
    select(TEXTS)
        .prop_map(move |text| Operand::Text { compared: compared(text, exact).into(), exact })
}

fn ordered(operand: BoxedStrategy<Operand>) -> BoxedStrategy<Test> {
    let set = proptest::collection::vec(operand.clone(), 0..4);
    prop_oneof![
        1 => Just(Test::Present),
        4 => operand.clone().prop_map(Test::Equal),
        2 => set.prop_map(|set| Test::In(set.into())),
        1 => operand.clone().prop_map(Test::AtLeast),
        1 => operand.clone().prop_map(Test::AtMost),
        1 => operand.clone().prop_map(Test::MoreThan),
        1 => operand.prop_map(Test::LessThan),
    ]
    .boxed()
}

fn text_test(exact: bool) -> BoxedStrategy<Test> {
    let operand = text_operand(exact).boxed();
    prop_oneof![
        4 => ordered(operand.clone()),
        1 => text_operand(true).prop_map(Test::Equal),
        1 => operand.clone().prop_map(Test::StartsWith),
        1 => operand.clone().prop_map(Test::EndsWith),
        1 => operand.prop_map(Test::Contains),
        1 => select(&["a*", "*b", "a*c", "*", "ab"][..])
            .prop_map(move |pattern| Test::Like { pattern: pattern.into(), exact }),
        1 => select(REGEXES).prop_map(move |pattern| {
            let flags = if exact { "" } else { "(?i)" };
            let compiled = regex::Regex::new(&format!(r"{flags}\A(?:{pattern})\z")).unwrap();
            Test::Matches(Regex { pattern: pattern.into(), compiled })
        }),
    ]
    .boxed()
}

fn flag_test() -> BoxedStrategy<Test> {
    prop_oneof![
        Just(Test::Present),
        any::<bool>().prop_map(|flag| Test::Equal(Operand::Flag(flag))),
    ]
    .boxed()
}

/// Also the tests that exist only on lists.
fn list_test(test: BoxedStrategy<Test>) -> BoxedStrategy<Test> {
    (test, any::<bool>())
        .prop_map(|(test, deny)| match test {
            Test::Equal(operand) if deny => Test::NotEqual(operand),
            Test::In(operands) if deny => Test::NotIn(operands),
            test => test,
        })
        .boxed()
}

fn group() -> BoxedStrategy<Cond> {
    let key = prop_oneof![
        3 => select(NAMES).prop_map(|text| (GroupBy::Name, text)),
        2 => select(PATTERNS).prop_map(|text| (GroupBy::Like, text)),
        1 => select(IDS).prop_map(|text| (GroupBy::Id, text)),
    ]
    .prop_map(|(by, text)| GroupKey {
        by,
        text: text.into(),
        compared: compared(text, by == GroupBy::Id).into(),
    });
    (proptest::collection::vec(key, 0..4), any::<bool>(), proptest::bool::weighted(0.3))
        .prop_map(|(groups, all, directly)| {
            cond(CondKind::Group(GroupAtom { groups: groups.into(), all, directly }))
        })
        .boxed()
}

fn joined(leaf: BoxedStrategy<Cond>, depth: u32) -> BoxedStrategy<Cond> {
    leaf.prop_recursive(depth, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4)
                .prop_map(|parts| cond(CondKind::All(parts))),
            proptest::collection::vec(inner.clone(), 1..4)
                .prop_map(|parts| cond(CondKind::Any(parts))),
            inner.prop_map(|inner| cond(CondKind::Not(Box::new(inner)))),
        ]
    })
    .boxed()
}

fn condition() -> BoxedStrategy<Cond> {
    let element = joined(
        prop_oneof![
            text_test(false).prop_map(|test| value(MAILS, 0, test)),
            flag_test().prop_map(|test| value(MAILS, 1, test)),
        ]
        .boxed(),
        2,
    );
    let number =
        select(NUMBERS).prop_map(|number| Operand::Number(Number::parse(number).unwrap())).boxed();
    let leaf = prop_oneof![
        1 => Just(cond(CondKind::True)),
        6 => group(),
        6 => text_test(false).prop_map(|test| value(TITLE, 0, test)),
        2 => text_test(true).prop_map(|test| value(CODE, 0, test)),
        3 => ordered(number).prop_map(|test| value(LEVEL, 0, test)),
        2 => flag_test().prop_map(|test| value(REMOTE, 0, test)),
        3 => list_test(text_test(false)).prop_map(|test| value(TAGS, 0, test)),
        1 => list_test(text_test(false)).prop_map(|test| value(MAILS, 0, test)),
        1 => Just(cond(CondKind::Value(ValueAtom {
            attribute: MAILS,
            value: None,
            test: Test::Present
        }))),
        4 => element.prop_map(|inner| cond(CondKind::Element {
            attribute: MAILS,
            inner: Box::new(inner)
        })),
    ];
    joined(leaf.boxed(), 3)
}

fn person() -> impl Strategy<Value = Person> {
    let text = || select(TEXTS).prop_map(|text| Scalar::Text(text.into()));
    let number =
        || select(NUMBERS).prop_map(|number| Scalar::Number(Number::parse(number).unwrap()));
    let flag = || any::<bool>().prop_map(Scalar::Flag);
    let one = |value: BoxedStrategy<Scalar>| {
        proptest::option::weighted(0.8, value)
            .prop_map(|value| value.map(|value| vec![Some(value)]).into_iter().collect::<Vec<_>>())
            .boxed()
    };
    let many = proptest::collection::vec(text().prop_map(|text| vec![Some(text)]), 0..3).boxed();
    // An element without values does not exist.
    let mail = prop_oneof![
        (text(), proptest::option::of(flag())).prop_map(|(kind, flag)| vec![Some(kind), flag]),
        flag().prop_map(|flag| vec![None, Some(flag)]),
    ];
    let group = (select(NAMES), select(IDS), any::<bool>())
        .prop_map(|(name, id, direct)| (name.to_owned(), id.to_owned(), direct));
    (
        one(text().boxed()),
        one(text().boxed()),
        one(number().boxed()),
        one(flag().boxed()),
        many,
        proptest::collection::vec(mail, 0..3),
        proptest::collection::vec(group, 0..4),
    )
        .prop_map(|(title, code, level, flagged, tags, mails, groups)| Person {
            attributes: vec![title, code, level, flagged, tags, mails],
            groups,
        })
}

/// Places every condition where its assignment stands, so that findings tell which it is.
fn place(cond: &mut Cond, at: usize) {
    cond.span = Span::new(FileId(0), at, at);
    match &mut cond.kind {
        CondKind::All(parts) | CondKind::Any(parts) => {
            parts.iter_mut().for_each(|part| place(part, at));
        }
        CondKind::Not(inner) | CondKind::Element { inner, .. } => place(inner, at),
        CondKind::True | CondKind::Group(_) | CondKind::Value(_) => {}
    }
}

#[test]
fn what_is_reported_never_wins() {
    let (impossible, covered) = (Cell::new(0), Cell::new(0));
    let rule = (condition(), proptest::option::weighted(0.2, condition()));
    let rules = proptest::collection::vec(rule, 2..8);
    let people = proptest::collection::vec(person(), 40);
    let mut runner =
        TestRunner::new(Config { cases: 256, failure_persistence: None, ..Config::default() });
    runner
        .run(&(rules, people), |(mut rules, people)| {
            for (at, (matches, except)) in rules.iter_mut().enumerate() {
                place(matches, at);
                except.iter_mut().for_each(|except| place(except, at));
            }
            let model = model(rules);
            let findings = lint(&model, &nothing_read());
            for person in &people {
                let winner = model.assignments.iter().position(|assignment| {
                    let head = &assignment.head;
                    holds(&head.matches, person, None)
                        && !head.except.as_ref().is_some_and(|c| holds(c, person, None))
                });
                let winner = u32::try_from(winner.unwrap()).unwrap();
                for finding in &findings {
                    let reported = match finding.code {
                        Code::R401 => finding.span.start == winner,
                        Code::R402 if finding.message.contains("behind it") => {
                            finding.span.start <= winner
                        }
                        Code::R402 => finding.span.start == winner,
                        _ => false,
                    };
                    prop_assert!(!reported, "{} wins: {}", winner, finding.message);
                }
            }
            let count = |code| findings.iter().filter(|finding| finding.code == code).count();
            impossible.set(impossible.get() + count(Code::R401));
            covered.set(covered.get() + count(Code::R402));
            Ok(())
        })
        .unwrap();
    // The property says something only if there are findings.
    assert!(impossible.get() > 20 && covered.get() > 40, "{impossible:?} {covered:?}");
}
