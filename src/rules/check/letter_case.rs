//! Letter case that makes no difference, or cannot (T206).

use std::collections::HashMap;

use super::attributes::{KnownId, Value};
use super::report::Report;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::rules::ast::{Literal, Op};
use crate::rules::model::ValueKind;
use crate::rules::source::{Span, Spanned};
use crate::scim::compare::{compared, nfc};

/// Texts that one rule compares with attributes whose letter case counts, in their folded form.
#[derive(Default)]
pub(super) struct Spellings {
    seen: HashMap<(KnownId, usize, String), (String, Span)>,
}

impl Spellings {
    /// Notes a comparison; T206 where an earlier one differs by letter case only.
    pub(super) fn note(
        &mut self,
        literal: &Spanned<Literal>,
        op: Op,
        value: &Value,
        report: &mut Report,
    ) {
        let equality = matches!(op, Op::Is | Op::IsNot | Op::IsExactly | Op::IsNotExactly);
        let exactly = matches!(op, Op::IsExactly | Op::IsNotExactly);
        let (Literal::Text(text), ValueKind::Text { exact }) = (&literal.node, value.kind) else {
            return;
        };
        if !equality || !exact && !exactly || text.is_empty() {
            return;
        }
        let key = (value.known, value.leaf, compared(text, false).into_owned());
        let first = self.seen.entry(key).or_insert_with(|| (text.clone(), literal.span));
        if nfc(&first.0) != nfc(text) {
            report.push(differ_by_case(&value.display, (&first.0, first.1), (text, literal.span)));
        }
    }
}

/// T206 for entries of one list that differ by letter case only.
pub(super) fn check_list(literals: &[Spanned<Literal>], value: &Value, report: &mut Report) {
    if !matches!(value.kind, ValueKind::Text { exact: true }) {
        return;
    }
    let mut seen: HashMap<String, (&String, Span)> = HashMap::new();
    for literal in literals {
        let Literal::Text(text) = &literal.node else { continue };
        let first = seen.entry(compared(text, false).into_owned()).or_insert((text, literal.span));
        if nfc(first.0) != nfc(text) {
            report.push(differ_by_case(&value.display, *first, (text, literal.span)));
        }
    }
}

/// T206 for `is exactly` where letter case counts anyway.
pub(super) fn check_exactly(op: &Spanned<Op>, value: &Value, report: &mut Report) {
    let plain = match op.node {
        Op::IsExactly => "is",
        Op::IsNotExactly => "is not",
        _ => return,
    };
    if !matches!(value.kind, ValueKind::Text { exact: true }) {
        return;
    }
    let message = format!(
        "letter case counts in `{}` anyway, so `exactly` makes no difference",
        value.display
    );
    report.push(Diagnostic::new(Code::T206, op.span, message).fix(
        format!("write `{plain}`"),
        op.span,
        plain,
        Applicability::MachineApplicable,
    ));
}

fn differ_by_case(name: &str, first: (&String, Span), second: (&String, Span)) -> Diagnostic {
    let message = format!(
        "\"{}\" and \"{}\" differ in letter case only, which counts in `{name}`",
        first.0, second.0
    );
    Diagnostic::new(Code::T206, second.1, message)
        .related(first.1, "the other spelling")
        .help("keep the spelling that people really have; both are right only if both exist")
}
