//! Text for people: header, place, excerpt with carets, help and fixes.
//!
//! ```text
//! error[P003]: `=` is not used to compare; write `is`
//!   --> sales.rules:27:17   in assignment "Sales managers"
//!    |
//! 27 |   match   title = "Manager"
//!    |                 ^ replace with `is`
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::excerpt::{self, Mark};
use super::layout::Line;
use super::width;
use crate::diagnostic::{Applicability, Diagnostic, Diagnostics, Edit, Fix, Severity};
use crate::limits;
use crate::rules::source::{FileId, Source, Sources};

/// Fixes that touch more lines than this are named but not shown.
const FIX_LINES: usize = 6;

/// Escape strings round the parts of the text; all empty by default, which means no colour.
///
/// The library knows no terminal: the caller fills in what its terminal understands.
#[derive(Debug, Clone, Default)]
pub struct Style {
    /// Before `error[…]` and its carets.
    pub error: String,
    /// Before `warning[…]` and its carets.
    pub warning: String,
    /// Before `hint[…]` and its carets.
    pub hint: String,
    /// Before line numbers, arrows and the marks of related places.
    pub place: String,
    /// Before messages.
    pub strong: String,
    /// Before `help` and `fix`.
    pub help: String,
    /// Before text that a fix takes away.
    pub removed: String,
    /// Before text that a fix puts in.
    pub added: String,
    /// After each of them.
    pub reset: String,
}

/// How to print.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Escape strings.
    pub style: &'a Style,
    /// Columns of the terminal; source lines are clipped to it.
    pub width: usize,
    /// Findings to print; the rest is counted.
    pub limit: usize,
}

impl<'a> Options<'a> {
    /// 100 columns and the limit of the language.
    pub fn new(style: &'a Style) -> Self {
        Self { style, width: 100, limit: limits::DIAGNOSTICS }
    }
}

/// All findings with a blank line behind each, then [`summary`] on a line of its own. Empty if
/// there are none.
pub fn render(diagnostics: &Diagnostics, sources: &Sources, options: &Options<'_>) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(options.limit) {
        out.push_str(&render_one(diagnostic, sources, options));
        out.push('\n');
    }
    if !diagnostics.is_empty() {
        out.push_str(&summary(diagnostics, sources, options.limit));
        out.push('\n');
    }
    out
}

/// What was found, in one line: `2 errors, 1 warning in sales.rules`. Where more was found than
/// `limit` allows to print, the line says so.
pub fn summary(diagnostics: &Diagnostics, sources: &Sources, limit: usize) -> String {
    let mut parts = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Hint] {
        match diagnostics.count(severity) {
            0 => {}
            1 => parts.push(format!("1 {}", severity.as_str())),
            n => parts.push(format!("{n} {}s", severity.as_str())),
        }
    }
    let files: BTreeSet<FileId> = diagnostics.iter().map(|d| d.span.file).collect();
    let place = match (files.len(), files.first().and_then(|id| sources.get(*id))) {
        (1, Some(source)) => width::harmless_text(source.name()),
        (n, _) => format!("{n} files"),
    };
    let mut line = format!("{} in {place}", parts.join(", "));
    if let Some(more) = diagnostics.len().checked_sub(limit).filter(|more| *more > 0) {
        let _ = write!(line, "; {limit} are shown, and {more} more were found");
    }
    line
}

/// One finding, its last line ended.
pub fn render_one(diagnostic: &Diagnostic, sources: &Sources, options: &Options<'_>) -> String {
    let mut out = Painter::new(diagnostic.severity(), options);
    let severity = diagnostic.severity().as_str();
    out.severity(&format!("{severity}[{}]", diagnostic.code));
    out.strong(&format!(": {}", width::harmless_text(&diagnostic.message)));
    out.end_row();

    let gutter = gutter(diagnostic, sources);
    let context = diagnostic.context.as_deref().map(width::harmless_text);
    places(diagnostic, sources, gutter, context, &mut out);

    let mut first = true;
    for help in &diagnostic.help {
        // A line that is indented goes on with the one before.
        let goes_on = help.starts_with(' ') && !first;
        out.plain(&" ".repeat(gutter + 1));
        if goes_on {
            out.plain("        ");
        } else {
            out.place("= ");
            out.help("help:");
            out.plain(" ");
        }
        out.plain(&width::harmless_text(help));
        out.end_row();
        first = false;
    }
    for fix in &diagnostic.fixes {
        if !said_by_label(diagnostic, fix) {
            print_fix(fix, sources, gutter, &mut out);
        }
    }
    out.text
}

/// The columns that line numbers need.
fn gutter(diagnostic: &Diagnostic, sources: &Sources) -> usize {
    let primary = [Mark { span: diagnostic.span, label: "", primary: true }];
    let related =
        diagnostic.related.iter().map(|r| Mark { span: r.span, label: "", primary: false });
    let marked = primary.into_iter().chain(related).filter_map(|mark| {
        sources.get(mark.span.file).map(|source| excerpt::last_line(source, mark))
    });
    let fixed = diagnostic
        .fixes
        .iter()
        .filter(|fix| !said_by_label(diagnostic, fix))
        .filter_map(|fix| Change::of(fix, sources))
        .map(|change| change.first + change.before.len().max(change.after.len()).saturating_sub(1));
    marked.chain(fixed).max().unwrap_or(1).to_string().len()
}

/// The primary place with its excerpt, then one excerpt for each other file.
fn places(
    diagnostic: &Diagnostic,
    sources: &Sources,
    gutter: usize,
    context: Option<String>,
    out: &mut Painter<'_>,
) {
    let Some(source) = sources.get(diagnostic.span.file) else {
        if let Some(context) = context {
            out.place(&format!("{}--> ", " ".repeat(gutter)));
            out.plain(&format!("in {context}"));
            out.end_row();
        }
        return;
    };
    let at = width::harmless_text(&sources.locate(diagnostic.span));
    out.place(&format!("{}--> ", " ".repeat(gutter)));
    out.plain(&at);
    if let Some(context) = context {
        out.plain(&format!("   in {context}"));
    }
    out.end_row();

    let label = inline_label(diagnostic);
    let mut marks = vec![Mark { span: diagnostic.span, label, primary: true }];
    let mut others: Vec<(FileId, Vec<Mark<'_>>)> = Vec::new();
    for related in &diagnostic.related {
        let mark = Mark { span: related.span, label: &related.message, primary: false };
        if related.span.file == diagnostic.span.file {
            marks.push(mark);
        } else if let Some(other) = others.iter_mut().find(|o| o.0 == related.span.file) {
            other.1.push(mark);
        } else {
            others.push((related.span.file, vec![mark]));
        }
    }
    excerpt::print(source, &marks, gutter, out);
    for (file, marks) in others {
        let (Some(source), Some(first)) = (sources.get(file), marks.first()) else { continue };
        let at = width::harmless_text(&sources.locate(first.span));
        out.place(&format!("{}::: ", " ".repeat(gutter)));
        out.plain(&at);
        out.end_row();
        excerpt::print(source, &marks, gutter, out);
    }
}

/// The label, or else the title of the one fix that replaces just the marked place.
fn inline_label(diagnostic: &Diagnostic) -> &str {
    if let Some(label) = &diagnostic.label {
        return label;
    }
    match diagnostic.fixes.as_slice() {
        [fix] if replaces_only(diagnostic, fix).is_some() => &fix.title,
        _ => "",
    }
}

/// What a fix puts in place of the marked text, if that is all it does and it is short.
fn replaces_only<'a>(diagnostic: &Diagnostic, fix: &'a Fix) -> Option<&'a str> {
    match fix.edits.as_slice() {
        [Edit { span, text }]
            if *span == diagnostic.span && text.len() <= 40 && !text.contains(['\n', '\r']) =>
        {
            Some(text)
        }
        _ => None,
    }
}

/// Whether the words beside the carets already name the replacement.
fn said_by_label(diagnostic: &Diagnostic, fix: &Fix) -> bool {
    replaces_only(diagnostic, fix).is_some_and(|text| {
        let label = inline_label(diagnostic);
        label == fix.title || (!text.is_empty() && label.contains(&format!("`{text}`")))
    })
}

/// `= fix: …` with the lines before and after, where they are few.
fn print_fix(fix: &Fix, sources: &Sources, gutter: usize, out: &mut Painter<'_>) {
    out.plain(&" ".repeat(gutter + 1));
    out.place("= ");
    out.help("fix:");
    out.plain(&format!(" {}", width::harmless_text(&fix.title)));
    if fix.applicability == Applicability::MaybeIncorrect {
        out.plain(" (look at it first)");
    }
    out.end_row();
    let Some(change) = Change::of(fix, sources) else { return };
    for (sign, lines) in [('-', &change.before), ('+', &change.after)] {
        for (index, line) in lines.iter().enumerate() {
            let number = format!("{:<gutter$} ", change.first + index);
            out.place(&number);
            let shown = Line::new(line, change.focus..change.focus, out.room(gutter)).text;
            let row = format!("{sign} {shown}");
            let row = row.trim_end();
            if sign == '-' {
                out.removed(row);
            } else {
                out.added(row);
            }
            out.end_row();
        }
    }
}

/// The whole lines that a fix touches, before and after it.
struct Change {
    /// The number of the first line.
    first: usize,
    before: Vec<String>,
    after: Vec<String>,
    /// Byte of the first line where the fix starts.
    focus: usize,
}

impl Change {
    /// `None` where the edits lie in several files, overlap, or touch too much to be shown.
    fn of(fix: &Fix, sources: &Sources) -> Option<Self> {
        let mut edits: Vec<&Edit> = fix.edits.iter().collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let (first, last) = (edits.first()?, edits.last()?);
        if edits.iter().any(|edit| edit.span.file != first.span.file) {
            return None;
        }
        let source: &Source = sources.get(first.span.file)?;
        let from_line = source.line_column(first.span.start).0;
        let to_line = source.line_column(last.span.end).0;
        let added: usize = edits.iter().map(|edit| edit.text.matches('\n').count()).sum();
        let longest = edits.iter().map(|edit| edit.text.len()).max().unwrap_or(0);
        if to_line.checked_sub(from_line)? + added >= FIX_LINES || longest > 4 * 1024 {
            return None;
        }
        let start = source.line_start(from_line) as usize;
        let end = source.line_start(to_line) as usize + source.line(to_line).len();
        let mut text = String::new();
        let mut done = start;
        for edit in &edits {
            text.push_str(source.text().get(done..edit.span.start as usize)?);
            text.push_str(&edit.text);
            done = edit.span.end as usize;
        }
        text.push_str(source.text().get(done..end.max(done))?);
        let before: Vec<String> =
            (from_line..=to_line).map(|n| source.line(n).to_owned()).collect();
        let after: Vec<String> = text.lines().map(str::to_owned).collect();
        // Lines that stay as they are at both ends are not worth showing twice.
        let same = before.iter().zip(&after).take_while(|(b, a)| b == a).count();
        let focus = if same == 0 { first.span.start as usize - start } else { 0 };
        let same_end = before
            .iter()
            .skip(same)
            .rev()
            .zip(after.iter().skip(same).rev())
            .take_while(|(b, a)| b == a)
            .count();
        Some(Self {
            first: from_line + same,
            before: before.get(same..before.len() - same_end)?.to_vec(),
            after: after.get(same..after.len() - same_end)?.to_vec(),
            focus,
        })
    }
}

/// Text with escape strings round its parts.
pub(super) struct Painter<'a> {
    text: String,
    style: &'a Style,
    severity: &'a str,
    width: usize,
}

impl<'a> Painter<'a> {
    fn new(severity: Severity, options: &Options<'a>) -> Self {
        let style = options.style;
        let severity = match severity {
            Severity::Error => &style.error,
            Severity::Warning => &style.warning,
            Severity::Hint => &style.hint,
        };
        Self { text: String::new(), style, severity, width: options.width }
    }

    /// Columns for source text beside a gutter.
    pub(super) fn room(&self, gutter: usize) -> usize {
        self.width.saturating_sub(gutter + 5)
    }

    /// The left edge of a row.
    pub(super) fn gutter(&mut self, gutter: usize, number: &str, edge: &str) {
        self.place(&format!("{number:<gutter$} {edge}"));
    }

    pub(super) fn end_row(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn severity(&mut self, text: &str) {
        self.paint(self.severity, text);
    }

    pub(super) fn place(&mut self, text: &str) {
        self.paint(&self.style.place, text);
    }

    fn strong(&mut self, text: &str) {
        self.paint(&self.style.strong, text);
    }

    fn help(&mut self, text: &str) {
        self.paint(&self.style.help, text);
    }

    fn removed(&mut self, text: &str) {
        self.paint(&self.style.removed, text);
    }

    fn added(&mut self, text: &str) {
        self.paint(&self.style.added, text);
    }

    fn paint(&mut self, before: &'a str, text: &str) {
        if text.trim().is_empty() || before.is_empty() {
            self.text.push_str(text);
            return;
        }
        self.text.push_str(before);
        self.text.push_str(text);
        self.text.push_str(&self.style.reset);
    }
}
