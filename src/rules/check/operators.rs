//! Which operator fits which type (T201).

use super::attributes::{Value, kind_noun};
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::Op;
use crate::rules::model::ValueKind;
use crate::rules::source::Span;

/// What an operator asks of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing.
    Equality,
    /// Text.
    Text,
    /// Greater and less.
    Order,
}

fn needs(op: Op) -> Needs {
    match op {
        Op::Is | Op::IsNot => Needs::Equality,
        Op::IsExactly
        | Op::IsNotExactly
        | Op::Contains
        | Op::StartsWith
        | Op::EndsWith
        | Op::Like
        | Op::Matches => Needs::Text,
        Op::AtLeast | Op::AtMost | Op::MoreThan | Op::LessThan => Needs::Order,
    }
}

/// Whether an operator fits a type; base64 has no order (RFC 7644, 3.4.2.2).
fn fits(op: Op, kind: ValueKind, binary: bool) -> bool {
    match (needs(op), kind) {
        (Needs::Equality, _) | (Needs::Text, ValueKind::Text { .. }) => true,
        (Needs::Order, ValueKind::Flag) => false,
        (Needs::Order, _) => !binary,
        (Needs::Text, _) => false,
    }
}

/// T201 where the operator does not fit the attribute.
pub(super) fn check(op: Op, span: Span, value: &Value) -> Option<Diagnostic> {
    if fits(op, value.kind, value.binary) {
        return None;
    }
    let is = if value.binary { "base64 data" } else { kind_noun(value.kind) };
    let needed = match needs(op) {
        Needs::Text => "text",
        Needs::Equality | Needs::Order => "something with an order",
    };
    let words = op.words();
    let message = format!("`{words}` needs {needed}, and `{}` is {is}", value.display);
    Some(Diagnostic::new(Code::T201, span, message).help(fitting(value.kind, value.binary, is)))
}

/// The help line that says what fits.
fn fitting(kind: ValueKind, binary: bool, is: &str) -> String {
    let mut words = vec!["`is`", "`is not`"];
    if fits(Op::Contains, kind, binary) {
        words.extend(["`contains`", "`starts with`", "`ends with`", "`like`", "`matches`"]);
    }
    if fits(Op::AtLeast, kind, binary) {
        words.extend(["`at least`", "`at most`", "`more than`", "`less than`"]);
    }
    format!("{is} can be compared with {}", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: ValueKind = ValueKind::Text { exact: false };

    #[test]
    fn the_table() {
        let rows = [
            // operators                                   text   flag   number date   base64
            (&[Op::Is, Op::IsNot][..], [true, true, true, true, true]),
            (&[Op::IsExactly, Op::IsNotExactly], [true, false, false, false, true]),
            (&[Op::Contains, Op::StartsWith, Op::EndsWith], [true, false, false, false, true]),
            (&[Op::Like, Op::Matches], [true, false, false, false, true]),
            (&[Op::AtLeast, Op::AtMost], [true, false, true, true, false]),
            (&[Op::MoreThan, Op::LessThan], [true, false, true, true, false]),
        ];
        for (ops, expected) in rows {
            for op in ops {
                let found = [
                    fits(*op, TEXT, false),
                    fits(*op, ValueKind::Flag, false),
                    fits(*op, ValueKind::Number, false),
                    fits(*op, ValueKind::Date, false),
                    fits(*op, ValueKind::Text { exact: true }, true),
                ];
                assert_eq!(found, expected, "{op:?}");
            }
        }
    }
}
