//! What was probably meant where a piece cannot be read.

use super::cst::Failure;
use super::piece::PieceText;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::RuleKind;

/// Where a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A one-line item.
    Item,
    /// Before a block.
    Head,
    /// A clause of a rule.
    Clause(RuleKind),
    /// A line of a fixture.
    Fixture,
    /// A line of a test.
    Test,
    /// The inside of a proof.
    Claim,
}

/// One finding, and the piece to read on with if there is a way.
pub(super) struct Repair<'s> {
    pub(super) finding: Diagnostic,
    pub(super) mended: Option<PieceText<'s>>,
}

/// Explains a failure.
pub(super) fn repair<'s>(
    text: &PieceText<'s>,
    failure: &Failure,
    _within: Within,
    _mend: bool,
) -> Repair<'s> {
    let expected: Vec<&str> = failure.expected.iter().map(|one| one.words.as_str()).collect();
    let place = text.span(failure.at, failure.at + 1);
    let finding = Diagnostic::new(Code::P002, place, format!("expected {}", expected.join(", ")));
    Repair { finding, mended: None }
}
