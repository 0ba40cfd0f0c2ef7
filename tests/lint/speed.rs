//! The cost of lint grows with the number of rules, not with its square, whatever the rules say.

use std::time::{Duration, Instant};

use provisor::rules::ast::GroupBy;
use provisor::rules::lint::lint;
use provisor::rules::model::*;
use provisor::scim::compare::Number;

use super::models::*;
use super::reading::nothing_read;

fn text(text: String) -> Operand {
    Operand::Text { compared: text, exact: false }
}

fn group(text: String) -> Cond {
    let key = GroupKey { by: GroupBy::Name, compared: text.clone(), text };
    cond(CondKind::Group(GroupAtom { groups: [key].into(), all: false, directly: false }))
}

fn all(parts: Vec<Cond>) -> Cond {
    cond(CondKind::All(parts))
}

fn not(inner: Cond) -> Cond {
    cond(CondKind::Not(Box::new(inner)))
}

/// The condition of the rule of that number, in rule sets of different kinds.
const SHAPES: &[(&str, fn(usize) -> Cond)] = &[
    ("a group each", |n| group(format!("group {n}"))),
    ("a group and a title each", |n| {
        let title = Test::StartsWith(text(format!("title {}", n % 100)));
        all(vec![group(format!("group {n}")), value(TITLE, 0, title)])
    }),
    ("a department each, but not another", |n| {
        let is = |n: usize| value(TITLE, 0, Test::Equal(text(format!("department {n}"))));
        all(vec![is(n), not(is(n + 1))])
    }),
    ("a title that nobody else denies", |n| {
        not(value(TITLE, 0, Test::Equal(text(format!("title {n}")))))
    }),
    ("one group and a part of the title each", |n| {
        let title = Test::Contains(text(format!("title {n}")));
        all(vec![group("everybody".into()), value(TITLE, 0, title)])
    }),
    ("one group and a number each", |n| {
        let level = Test::AtMost(Operand::Number(Number::parse(&n.to_string()).unwrap()));
        all(vec![group("everybody".into()), value(LEVEL, 0, level)])
    }),
    ("two of many groups each", |n| {
        cond(CondKind::Any(vec![group(format!("group {n}")), group(format!("group {}", n / 2))]))
    }),
    ("a start of the title each, and a thousand tags between them", |n| {
        let tag = Test::NotEqual(text(format!("tag {}", n % 1000)));
        let title = Test::StartsWith(text(format!("{n}")));
        all(vec![value(TAGS, 0, tag), value(TITLE, 0, title)])
    }),
];

fn time(rules: usize, shape: fn(usize) -> Cond) -> Duration {
    let model = model((0..rules).map(|n| (shape(n), None)).collect());
    let start = Instant::now();
    let findings = lint(&model, &nothing_read());
    let time = start.elapsed();
    assert!(!findings.is_empty());
    time
}

/// Eight times the rules should cost about eight times as much, the square of it never:
/// `cargo test --release -p provisor --test all lint::speed -- --ignored --nocapture`.
#[test]
#[ignore = "prints times of an optimised build"]
fn how_cost_grows_with_the_number_of_rules() {
    for (name, shape) in SHAPES {
        let few = time(500, *shape);
        let many = time(4_000, *shape);
        println!("{name}: 500 rules {few:?}, 4,000 rules {many:?}");
    }
}

#[test]
fn many_rules_of_every_shape_are_linted() {
    for (_, shape) in SHAPES {
        time(300, *shape);
    }
}
