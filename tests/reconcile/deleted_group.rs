//! Which rules name a deleted group.

use std::sync::Arc;

use provisor::reconcile::{GroupNames, rules_naming};
use provisor::rules::ast::{GroupBy, RuleKind};
use provisor::rules::model::{
    Assignment, Catalogue, Cond, CondKind, Grant, GroupAtom, GroupKey, Model, Modes, Never,
    RuleHead, Settings,
};
use provisor::rules::source::{FileId, Span};

fn group(by: GroupBy, text: &str, at: usize) -> Cond {
    let compared = if by == GroupBy::Name { text.to_lowercase() } else { text.to_owned() };
    let key = GroupKey { by, text: text.into(), compared };
    let atom = GroupAtom { groups: Arc::from([key]), all: false, directly: false };
    Cond { kind: CondKind::Group(atom), span: Span::new(FileId(0), at, at + 1) }
}

fn cond(kind: CondKind) -> Cond {
    Cond { kind, span: Span::new(FileId(0), 0, 0) }
}

fn head(kind: RuleKind, name: &str, matches: Cond, except: Option<Cond>) -> RuleHead {
    RuleHead {
        kind,
        name: name.into(),
        formerly: None,
        docs: Vec::new(),
        span: Span::new(FileId(0), 0, 0),
        places: Vec::new(),
        matches,
        except,
    }
}

/// `sales` matches by name, `rest` not; `pilot` by id within `not`; `calls` excepts by externalId,
/// `like` by pattern.
fn model() -> Model {
    let assignment = |head| Assignment {
        head,
        seats: Vec::new(),
        workspaces: Vec::new(),
        home: None,
        captures: Vec::new(),
        options: Vec::new(),
        update: Modes::all(false),
    };
    let never =
        |head| Never { head, seats: Vec::new(), workspaces: Vec::new(), captures: Vec::new() };
    let any = CondKind::Any(vec![
        group(GroupBy::Name, "Other", 4),
        cond(CondKind::All(vec![group(GroupBy::Name, "Sales", 5)])),
        group(GroupBy::Name, "SALES", 6),
    ]);
    let not = CondKind::Not(Box::new(group(GroupBy::Id, "g-17", 7)));
    Model {
        edition: 1,
        catalogue: Catalogue::default(),
        attributes: Vec::new(),
        assignments: vec![
            assignment(head(RuleKind::Assignment, "sales", cond(any), None)),
            assignment(head(RuleKind::Default, "rest", cond(CondKind::True), None)),
        ],
        grants: vec![Grant {
            head: head(RuleKind::Grant, "pilot", cond(not), None),
            seats: Vec::new(),
            workspaces: Vec::new(),
            captures: Vec::new(),
        }],
        nevers: vec![
            never(head(
                RuleKind::Never,
                "calls",
                cond(CondKind::True),
                Some(group(GroupBy::ExternalId, "x", 8)),
            )),
            never(head(RuleKind::Never, "like", group(GroupBy::Like, "sales", 9), None)),
        ],
        settings: Settings::default(),
    }
}

fn check(group: GroupNames<'_>, expected: &[(&str, u32)]) {
    let model = model();
    let named: Vec<_> = rules_naming(&model, group)
        .into_iter()
        .map(|named| (named.rule.name.as_str(), named.span.start))
        .collect();
    assert_eq!(named, expected);
}

#[test]
fn rules_that_name_a_deleted_group_are_found_at_the_first_place() {
    let sales = GroupNames { name: "saLes", ..GroupNames::default() };
    check(sales, &[("sales", 5)]);
    check(GroupNames { id: Some("g-17"), ..sales }, &[("sales", 5), ("pilot", 7)]);
    check(GroupNames { id: Some("G-17"), ..sales }, &[("sales", 5)]);
    check(GroupNames { name: "none", external_id: Some("x"), ..sales }, &[("calls", 8)]);
    check(GroupNames { name: "none", ..sales }, &[]);
}
