//! Checked models built by hand: small, or larger than anybody would write.

use provisor::rules::ast::RuleKind;
use provisor::rules::model::*;
use provisor::rules::source::{FileId, Span};

pub(super) const TITLE: AttributeId = AttributeId(0);
pub(super) const CODE: AttributeId = AttributeId(1);
pub(super) const LEVEL: AttributeId = AttributeId(2);
pub(super) const REMOTE: AttributeId = AttributeId(3);
pub(super) const TAGS: AttributeId = AttributeId(4);
pub(super) const MAILS: AttributeId = AttributeId(5);

pub(super) fn attributes() -> Vec<AttributeDef> {
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let text = |exact| ValueKind::Text { exact };
    let simple = |name: &str, multi_valued, kind| AttributeDef {
        schema: core.into(),
        name: name.into(),
        multi_valued,
        complex: false,
        values: vec![ValueDef { name: String::new(), kind }],
        whole: false,
    };
    let sub = |name: &str, kind| ValueDef { name: name.into(), kind };
    vec![
        simple("title", false, text(false)),
        simple("code", false, text(true)),
        simple("level", false, ValueKind::Number),
        simple("flagged", false, ValueKind::Flag),
        simple("tags", true, text(false)),
        AttributeDef {
            complex: true,
            values: vec![sub("type", text(false)), sub("primary", ValueKind::Flag)],
            whole: true,
            ..simple("emails", true, text(false))
        },
    ]
}

pub(super) fn cond(kind: CondKind) -> Cond {
    Cond { kind, span: Span::default() }
}

pub(super) fn value(attribute: AttributeId, value: u32, test: Test) -> Cond {
    cond(CondKind::Value(ValueAtom { attribute, value: Some(ValueId(value)), test }))
}

pub(super) fn model(rules: Vec<(Cond, Option<Cond>)>) -> Model {
    let last = rules.len();
    let rules = rules.into_iter().chain([(cond(CondKind::True), None)]);
    let assignments = rules.enumerate().map(|(at, (matches, except))| Assignment {
        head: RuleHead {
            kind: if at == last { RuleKind::Default } else { RuleKind::Assignment },
            name: format!("A{at}"),
            formerly: None,
            docs: Vec::new(),
            span: Span::new(FileId(0), at, at),
            places: vec![Place {
                keyword: "match",
                item: None,
                span: Span::new(FileId(0), at, at),
            }],
            matches,
            except,
        },
        seats: Vec::new(),
        workspaces: Vec::new(),
        home: None,
        captures: Vec::new(),
        options: Vec::new(),
        update: Modes::all(true),
    });
    Model {
        edition: 1,
        catalogue: Catalogue::default(),
        attributes: attributes(),
        assignments: assignments.collect(),
        grants: Vec::new(),
        nevers: Vec::new(),
        settings: Settings::default(),
    }
}
