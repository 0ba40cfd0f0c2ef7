//! What Provisor says about a rules file: data first, rendered at the edge.
//!
//! A [`Diagnostic`] knows nothing of terminals or formats; `render` holds one file per format.
//! Mistakes in rules are always data, many per run; failures of an operation are
//! [`crate::Error`].

pub mod codes;
pub mod render;
pub mod suggest;

pub use codes::{Code, Severity};

use crate::rules::source::Span;

/// One finding about a rules file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The stable code; its page says what it means and what to do.
    pub code: Code,
    /// One line, lower case, no final stop; user text in backticks.
    pub message: String,
    /// The place that the finding is about.
    pub span: Span,
    /// Short words beside the carets of [`Self::span`].
    pub label: Option<String>,
    /// Other places that belong to the finding, each with its words.
    pub related: Vec<Related>,
    /// The item round the place, such as `assignment "Sales managers"`.
    pub context: Option<String>,
    /// What to do, one entry a line.
    pub help: Vec<String>,
    /// Edits that would mend it.
    pub fixes: Vec<Fix>,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there, in a few words.
    pub message: String,
}

/// A set of edits that together mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, as an order: "write `is`".
    pub title: String,
    /// Replacements, none overlapping another.
    pub edits: Vec<Edit>,
    /// Whether a machine may apply it unasked.
    pub applicability: Applicability,
}

/// One replacement of source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The text to replace; an empty span inserts.
    pub span: Span,
    /// What to put there.
    pub text: String,
}

/// How sure a [`Fix`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applicability {
    /// Surely what was meant.
    MachineApplicable,
    /// Probably; a person should look.
    MaybeIncorrect,
}

impl Diagnostic {
    /// A finding with a message at a place; the builder methods add the rest.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: None,
            related: Vec::new(),
            context: None,
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// The severity of its code.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Words beside the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Another place with its words.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Related { span, message: message.into() });
        self
    }

    /// The item round the place.
    #[must_use]
    pub fn context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// A line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// A fix of one edit.
    #[must_use]
    pub fn fix(
        self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
        applicability: Applicability,
    ) -> Self {
        self.fix_edits(title, vec![Edit { span, text: text.into() }], applicability)
    }

    /// A fix of several edits.
    #[must_use]
    pub fn fix_edits(
        mut self,
        title: impl Into<String>,
        edits: Vec<Edit>,
        applicability: Applicability,
    ) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, applicability });
        self
    }
}

/// The findings of a run, in the order in which they are shown: by file, then place, then code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds many.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(more);
    }

    /// Sorts by file, place and code, and drops exact repetitions.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            (a.span.file, a.span.start, a.span.end, a.code, &a.message).cmp(&(
                b.span.file,
                b.span.start,
                b.span.end,
                b.code,
                &b.message,
            ))
        });
        self.list.dedup();
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity() == Severity::Error)
    }

    /// How many are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|d| d.severity() == severity).count()
    }

    /// One after another.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// As a list.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.list
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    /// In the order given; [`Diagnostics::sort`] puts them in the order of places.
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(list: I) -> Self {
        Self { list: list.into_iter().collect() }
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
