//! T210: texts that surely mean something else.
//!
//! Nothing is trimmed, `*` is a character like others except behind `like`, and text compares as
//! text. Whoever writes otherwise gets rules that match nobody, or the wrong people.

use super::attributes::Value;
use super::literals::quoted;
use super::report::Report;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::rules::ast::{GroupBy, GroupRef, Literal, Op};
use crate::rules::model::ValueKind;
use crate::rules::source::Spanned;
use crate::scim::compare::Number;

/// So many entries of one list are reported; the rest has the same cause.
const SHOWN: usize = 8;

/// A comparison with one text.
pub(super) fn comparison(
    op: &Spanned<Op>,
    literal: &Spanned<Literal>,
    value: &Value,
    report: &mut Report,
) {
    let Some(text) = undeclared_text(literal, value) else { return };
    match op.node {
        Op::Is => {
            let finding = blank(text, literal, &value.display)
                .or_else(|| starred(text, literal, &value.display, Some(op)));
            report.extend(finding);
        }
        Op::IsNot | Op::IsExactly | Op::IsNotExactly => {
            let finding = blank(text, literal, &value.display)
                .or_else(|| starred(text, literal, &value.display, None));
            report.extend(finding);
        }
        Op::AtLeast | Op::AtMost | Op::MoreThan | Op::LessThan => {
            report.extend(number(text, literal, op.node, &value.display));
        }
        Op::Contains | Op::StartsWith | Op::EndsWith | Op::Like | Op::Matches => {}
    }
}

/// The texts of a set or list.
pub(super) fn list(literals: &[Spanned<Literal>], value: &Value, report: &mut Report) {
    let name = &value.display;
    let found = literals.iter().filter_map(|literal| {
        let text = undeclared_text(literal, value)?;
        blank(text, literal, name).or_else(|| starred(text, literal, name, None))
    });
    found.take(SHOWN).for_each(|finding| report.push(finding));
}

/// Groups as they are named, in a condition or in a set.
pub(super) fn groups(list: &[GroupRef], report: &mut Report) {
    list.iter().filter_map(group).take(SHOWN).for_each(|finding| report.push(finding));
}

/// A text beside an attribute of text. Declared values are held against their list instead (T202).
fn undeclared_text<'a>(literal: &'a Spanned<Literal>, value: &Value) -> Option<&'a str> {
    match (&literal.node, value.kind) {
        (Literal::Text(text), ValueKind::Text { .. }) if value.declared.is_none() => Some(text),
        _ => None,
    }
}

fn group(group: &GroupRef) -> Option<Diagnostic> {
    let text = group.text.node.as_str();
    let span = group.text.span;
    if text.trim().is_empty() {
        let message = format!("no group is called {}, so nobody is in it", quoted(text));
        let help = "write the name that the identity provider shows";
        return Some(Diagnostic::new(Code::T210, span, message).help(help));
    }
    if text.trim() != text && group.by != GroupBy::Like {
        let message = format!("{} begins or ends with a blank: nothing is trimmed", quoted(text));
        return Some(trimmed(message, text, &group.text));
    }
    if group.by == GroupBy::Name && text.contains('*') {
        let message = format!("`*` in {} is a plain character: only that name fits", quoted(text));
        return Some(
            Diagnostic::new(Code::T210, span, message)
                .help("to ask for every name of that form, write `like` before it")
                .fix("write `like`", span.before(), "like ", Applicability::MaybeIncorrect),
        );
    }
    None
}

/// Blanks at an end.
fn blank(text: &str, literal: &Spanned<Literal>, name: &str) -> Option<Diagnostic> {
    // An empty text asks for absence.
    if text.trim() == text || text.is_empty() {
        return None;
    }
    let text_and_name = format!("{} begins or ends with a blank", quoted(text));
    let message = format!("{text_and_name}: `{name}` must have it too, for nothing is trimmed");
    if text.trim().is_empty() {
        let help = format!("to ask for people without `{name}`, write `{name} is absent`");
        return Some(Diagnostic::new(Code::T210, literal.span, message).help(help));
    }
    Some(trimmed(message, text, literal))
}

fn trimmed<T>(message: String, text: &str, place: &Spanned<T>) -> Diagnostic {
    let better = quoted(text.trim());
    Diagnostic::new(Code::T210, place.span, message).fix(
        format!("write {better}"),
        place.span,
        better,
        Applicability::MaybeIncorrect,
    )
}

/// `*` where it stands for itself; `op` where `like` can take its place.
fn starred(
    text: &str,
    literal: &Spanned<Literal>,
    name: &str,
    op: Option<&Spanned<Op>>,
) -> Option<Diagnostic> {
    if !text.contains('*') {
        return None;
    }
    let shown = quoted(text);
    let message = format!("`*` in {shown} is a plain character: only that text fits");
    let finding = Diagnostic::new(Code::T210, literal.span, message)
        .help(format!("to ask for every text of that form, write `{name} like {shown}`"));
    Some(match op {
        Some(op) => finding.fix("write `like`", op.span, "like", Applicability::MaybeIncorrect),
        None => finding,
    })
}

/// Numbers that are compared as text.
fn number(text: &str, literal: &Spanned<Literal>, op: Op, name: &str) -> Option<Diagnostic> {
    Number::parse(text)?;
    let words = op.words();
    let message = format!(
        "`{name}` is text, so `{words}` goes by characters: \"9\" comes after \"10\" there"
    );
    Some(
        Diagnostic::new(Code::T210, literal.span, message)
            .label("compared as text")
            .help(
                "to compare numbers, declare an attribute that the source sends as one: \
                 `attribute number = \"urn:…:number\" : number`",
            )
            .help(format!("for texts of one length, `{name} matches /…/` says it plainly")),
    )
}
