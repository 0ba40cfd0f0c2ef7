//! What was probably meant where a piece cannot be read.
//!
//! Each guess looks at the tokens round the furthest place that could be read, and at what was
//! expected there. It gives one finding, and edits with which the piece is read again; so a fix
//! that is offered has been tried, and a second mistake in the same piece is found too. The tables
//! and guesses are ordered from the particular to the general; the first that fits counts.

mod conditions;
mod groups;
mod habits;
mod items;
mod lists;
pub(super) mod patterns;
mod phrases;
mod site;
mod values;

use super::cst::{Failure, Kind};
use super::piece::PieceText;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::rules::ast::RuleKind;
use site::Site;

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

/// One finding, and how to read on.
pub(super) struct Repair<'s> {
    pub(super) finding: Diagnostic,
    /// The piece with the guess applied.
    pub(super) mended: Option<PieceText<'s>>,
    /// What stood behind it and is a piece of its own.
    pub(super) rest: Option<PieceText<'s>>,
}

/// What somebody probably meant; places are bytes of the piece.
struct Guess {
    code: Code,
    at: (usize, usize),
    message: String,
    label: String,
    help: Vec<String>,
    title: String,
    edits: Vec<(usize, usize, String)>,
    applicability: Applicability,
    /// Whether the edits are applied before reading on.
    mends: bool,
    /// The piece ends here, and another begins there.
    split: Option<(usize, usize)>,
}

impl Guess {
    fn new(at: (usize, usize), message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            code: Code::P002,
            at,
            message: message.into(),
            label: label.into(),
            help: Vec::new(),
            title: String::new(),
            edits: Vec::new(),
            applicability: Applicability::MaybeIncorrect,
            mends: true,
            split: None,
        }
    }

    fn code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// What to do: the title of the fix and its first edit.
    fn fix(
        self,
        title: impl Into<String>,
        start: usize,
        end: usize,
        text: impl Into<String>,
    ) -> Self {
        let mut guess = self.edit(start, end, text);
        guess.title = title.into();
        guess
    }

    fn edit(mut self, start: usize, end: usize, text: impl Into<String>) -> Self {
        self.edits.push((start, end, text.into()));
        self
    }

    /// The fix is surely what was meant.
    fn sure(mut self) -> Self {
        self.applicability = Applicability::MachineApplicable;
        self
    }

    /// The fix is offered, but reading does not go on with it.
    fn not_mending(mut self) -> Self {
        self.mends = false;
        self
    }
}

/// The guesses, particular ones first.
const GUESSES: &[fn(&Site<'_>) -> Option<Guess>] = &[
    items::colon_after_keyword,
    patterns::behind,
    habits::everyone,
    habits::function,
    habits::attribute_left_out,
    habits::misplaced_not,
    conditions::alternatives,
    habits::membership,
    lists::without_in,
    conditions::phrase,
    groups::group,
    conditions::unquoted_path,
    values::wrong_case,
    items::head,
    items::declaration,
    items::test_line,
    values::separators,
    values::unquoted,
    values::bad_number,
    conditions::missing_operator,
    lists::wrong_brackets,
    items::id_missing,
    lists::quoted_name,
    lists::between_names,
    lists::workspaces,
    conditions::next_clause,
    conditions::missing_joint,
    values::misspelt,
    lists::missing_comma,
];

/// Explains a failure.
pub(super) fn repair<'s>(
    text: &PieceText<'s>,
    failure: &Failure,
    within: Within,
    mend: bool,
) -> Repair<'s> {
    let site = Site::new(&text.text, failure, within);
    let span = |start, end| text.span(start, end);
    // A bracket that stands only in the mended text is the end of what somebody wrote.
    let (start, end) = site.place();
    let written = site.here().is_some() && span(start, end).start < span(start, end).end;
    let guess = GUESSES.iter().find_map(|guess| guess(&site));
    let guess = guess.unwrap_or_else(|| fallback(&site, written));
    let mut finding = Diagnostic::new(guess.code, span(guess.at.0, guess.at.1), guess.message);
    if !guess.label.is_empty() {
        finding = finding.label(guess.label);
    }
    for help in guess.help {
        finding = finding.help(help);
    }
    let (mut mended, mut rest) = (None, None);
    if let Some((end, start)) = guess.split.filter(|_| mend) {
        (mended, rest) = (Some(text.part(0, end)), Some(text.part(start, text.text.len())));
    } else if mend && guess.mends && !guess.edits.is_empty() {
        let mut edits = guess.edits.clone();
        edits.sort_by_key(|(start, _, _)| std::cmp::Reverse(*start));
        let mut edits = edits.into_iter();
        let first = edits.next().and_then(|(start, end, new)| text.mended(start, end, new));
        mended = edits.fold(first, |piece, (start, end, new)| piece?.mended(start, end, new));
    }
    if !guess.edits.is_empty() {
        let edits = guess
            .edits
            .into_iter()
            .map(|(start, end, text)| Edit { span: span(start, end), text })
            .collect();
        finding = finding.fix_edits(guess.title, edits, guess.applicability);
    }
    Repair { finding, mended, rest }
}

/// What was expected, in words.
fn fallback(site: &Site<'_>, written: bool) -> Guess {
    let expected = wanted(site);
    let (start, end) = site.place();
    match site.here().filter(|_| written) {
        None => {
            let message = match site.last_word() {
                Some(word) => format!("nothing follows `{}`", super::scan::clip(word)),
                None => "something is missing here".to_owned(),
            };
            let label = if expected.is_empty() {
                "ends too early".to_owned()
            } else {
                format!("expected {expected}")
            };
            // The place is the word that nothing follows.
            let place = match site.index.checked_sub(1) {
                Some(last) => site.range(last, last),
                None => (start, end),
            };
            Guess::new(place, message, label)
        }
        Some(token) => {
            let found = super::scan::clip(site.text(token));
            let message = format!("`{found}` cannot stand here");
            let label = if expected.is_empty() {
                "not understood".to_owned()
            } else {
                format!("expected {expected}")
            };
            Guess::new((start, end), message, label)
        }
    }
}

/// At most a handful of the things that could have stood there.
fn wanted(site: &Site<'_>) -> String {
    const SHOWN: usize = 6;
    let mut words: Vec<&str> = Vec::new();
    for one in &site.failure.expected {
        let word = one.words.as_str();
        if !words.contains(&word) && word != "something else" {
            words.push(word);
        }
    }
    // Every comparison begins with an operator.
    if site.expects(Kind::Operator) || site.expects(Kind::Comparison) {
        words = vec!["an operator such as `is`"];
    }
    // "The end" is no help where something else may follow.
    if words.len() > 1 {
        let end = site.failure.expected.iter().find(|one| one.kind == Kind::End);
        words.retain(|word| Some(*word) != end.map(|end| end.words.as_str()));
    }
    words.truncate(SHOWN);
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
