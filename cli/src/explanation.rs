//! Explanations as a terminal shows them; the words are the library's.

use provisor::decide::explanation::{self, Piece};
use provisor::decide::{Decision, Explanation, RuleTrace};

use crate::output::{self, Look};

/// Everything about one person, each line ended. `line` names somebody who has no name.
pub fn render(
    explanation: &Explanation<'_>,
    decision: &Decision<'_>,
    line: u64,
    look: Look,
) -> String {
    explanation::render(explanation, decision, &format!("(line {line})"), &paint(look))
}

/// What one rule asked, matched or not.
pub fn render_rule(trace: &RuleTrace<'_>, look: Look) -> String {
    explanation::render_rule(trace, &paint(look))
}

fn paint(look: Look) -> impl Fn(&str, Piece) -> String {
    move |text, piece| {
        let style = match piece {
            Piece::Strong => output::STRONG,
            Piece::Faint => output::FAINT,
            Piece::Title => output::HELP,
            Piece::Holds => output::ADDED,
            Piece::Fails => output::REMOVED,
        };
        look.paint(text, style)
    }
}
