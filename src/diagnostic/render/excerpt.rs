//! An excerpt of one file: numbered lines with carets under the marked places.

use std::collections::BTreeSet;
use std::ops::Range;

use super::layout::Line;
use super::place::floor;
use super::text::Painter;
use super::width;
use crate::rules::source::{Source, Span};

/// Of a longer mark only the first and last lines are shown.
const WHOLE_LINES: usize = 6;

/// A marked place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) span: Span,
    pub(super) label: &'a str,
    /// Carets rather than dashes.
    pub(super) primary: bool,
}

/// A mark as lines (from 1) and bytes in its first and last line.
struct Placed<'a> {
    lines: (usize, usize),
    start: usize,
    end: usize,
    label: &'a str,
    primary: bool,
}

impl<'a> Placed<'a> {
    fn new(mark: Mark<'a>, source: &Source) -> Self {
        let start = floor(source.text(), mark.span.start as usize);
        let end = floor(source.text(), mark.span.end as usize).max(start);
        let line_of = |offset: usize| source.line_column(u32::try_from(offset).unwrap_or(0)).0;
        let first = line_of(start);
        // An end just behind a line break belongs to the line before.
        let mut last = line_of(end);
        if last > first && source.line_start(last) as usize == end {
            last -= 1;
        }
        let in_line = |offset: usize, line: usize| {
            let offset = offset.saturating_sub(source.line_start(line) as usize);
            offset.min(source.line(line).len())
        };
        Self {
            lines: (first, last),
            start: in_line(start, first),
            end: in_line(end, last),
            label: mark.label,
            primary: mark.primary,
        }
    }

    fn is_block(&self) -> bool {
        self.primary && self.lines.0 < self.lines.1
    }

    /// The bytes that it covers in its first line.
    fn in_first(&self, length: usize) -> Range<usize> {
        let end = if self.lines.0 < self.lines.1 { length } else { self.end };
        self.start..end.max(self.start)
    }
}

/// The number of the last line that an excerpt shows for a mark.
pub(super) fn last_line(source: &Source, mark: Mark<'_>) -> usize {
    let placed = Placed::new(mark, source);
    if placed.is_block() { placed.lines.1 } else { placed.lines.0 }
}

/// Prints the excerpt, each row with a gutter of `gutter` columns for the numbers.
pub(super) fn print(source: &Source, marks: &[Mark<'_>], gutter: usize, out: &mut Painter<'_>) {
    let marks: Vec<Placed<'_>> = marks.iter().map(|m| Placed::new(*m, source)).collect();
    let block = marks.iter().find(|mark| mark.is_block());
    let mut shown = BTreeSet::new();
    for mark in &marks {
        shown.insert(mark.lines.0);
        if mark.is_block() {
            let (first, last) = mark.lines;
            if last - first < WHOLE_LINES {
                shown.extend(first..=last);
            } else {
                shown.extend([first + 1, last - 1, last]);
            }
        }
    }

    out.gutter(gutter, "", "|");
    out.end_row();
    let mut before = None;
    for number in shown {
        if before.is_some_and(|before| before + 1 < number) {
            let in_block = block.is_some_and(|b| b.lines.0 < number && number <= b.lines.1);
            out.place("...");
            if in_block {
                out.plain(&" ".repeat(gutter));
                out.severity("|");
            }
            out.end_row();
        }
        before = Some(number);
        print_line(source, number, &marks, block, gutter, out);
    }
}

fn row(out: &mut Painter<'_>, gutter: usize, number: usize, bar: &str, text: &str) {
    out.gutter(gutter, &number.to_string(), "|");
    if !bar.is_empty() || !text.is_empty() {
        out.plain(" ");
    }
    out.severity(bar);
    out.plain(text);
    out.end_row();
}

fn print_line(
    source: &Source,
    number: usize,
    marks: &[Placed<'_>],
    block: Option<&Placed<'_>>,
    gutter: usize,
    out: &mut Painter<'_>,
) {
    let text = source.line(number);
    let here = || marks.iter().filter(|mark| mark.lines.0 == number && !mark.is_block());
    let focus = here()
        .find(|mark| mark.primary)
        .or_else(|| here().next())
        .map(|mark| mark.in_first(text.len()))
        .or_else(|| block.filter(|b| b.lines.1 == number).map(|b| b.end..b.end))
        .or_else(|| block.filter(|b| b.lines.0 == number).map(|b| b.start..b.start))
        .unwrap_or(0..0);
    let line = Line::new(without_bom(text), shift(focus, text), out.room(gutter));

    let bar = match block {
        None => "",
        Some(block) if block.lines.0 == number && starts_line(block, text) => "/ ",
        Some(block) if block.lines.0 < number && number <= block.lines.1 => "| ",
        Some(_) => "  ",
    };
    row(out, gutter, number, bar, &line.text);

    let opens_here = block.filter(|b| b.lines.0 == number && !starts_line(b, text));
    if let Some(block) = opens_here {
        let column = line.column(shift(block.start..block.start, text).start);
        caret_row(out, gutter);
        out.severity(&format!(" {}^", "_".repeat(column + 1)));
        out.end_row();
    }
    let inset = match (bar, opens_here) {
        ("/ ", _) | (_, Some(_)) => "| ",
        (bar, None) => bar,
    };
    for mark in here() {
        let range = shift(mark.in_first(text.len()), text);
        let (from, to) = (line.column(range.start), line.column(range.end));
        caret_row(out, gutter);
        out.severity(inset);
        out.plain(&" ".repeat(from));
        let carets = if mark.primary { "^" } else { "-" }.repeat(to.saturating_sub(from).max(1));
        if mark.primary {
            out.severity(&carets);
        } else {
            out.place(&carets);
        }
        label(out, mark);
        out.end_row();
    }
    if let Some(block) = block.filter(|b| b.lines.1 == number) {
        let column = line.column(shift(block.end..block.end, text).start).max(1);
        caret_row(out, gutter);
        out.severity(&format!("|{}^", "_".repeat(column)));
        label(out, block);
        out.end_row();
    }
}

fn caret_row(out: &mut Painter<'_>, gutter: usize) {
    out.gutter(gutter, "", "|");
    out.plain(" ");
}

fn label(out: &mut Painter<'_>, mark: &Placed<'_>) {
    if mark.label.is_empty() {
        return;
    }
    let text = width::harmless_text(mark.label);
    out.plain(" ");
    if mark.primary {
        out.severity(&text);
    } else {
        out.place(&text);
    }
}

/// Whether only blanks stand before the block on its first line.
fn starts_line(block: &Placed<'_>, text: &str) -> bool {
    text.get(..block.start).is_some_and(|before| before.trim().is_empty())
}

/// The byte order mark takes no room and is not shown.
fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn shift(range: Range<usize>, text: &str) -> Range<usize> {
    let bom = text.len() - without_bom(text).len();
    range.start.saturating_sub(bom)..range.end.saturating_sub(bom)
}
