//! Conditions: on one line where they fit, otherwise broken before `and` and `or`.

use super::Style;
use super::printer::{Entry, Printer};
use super::text::{group, literal, quoted};
use crate::rules::ast::{Expr, ExprKind, GroupSource, GroupTest, Op, Quantifier, ValueSource};
use crate::rules::source::Span;

impl Printer<'_> {
    /// A condition that begins at `column`; `more` columns follow behind it on its last line.
    pub(super) fn condition(&mut self, expr: &Expr, column: usize, more: usize) {
        if !self.pending(expr.span.end) {
            let inline = self.inline(expr);
            if self.fits(&inline, more) {
                self.out.push_str(&inline);
                return;
            }
        }
        match &expr.node {
            ExprKind::Or(parts) => self.joined(parts, "or ", column, more),
            ExprKind::And(parts) => self.joined(parts, "and ", column, more),
            ExprKind::Not(inner) => {
                self.out.push_str("not ");
                self.condition(inner, column + 4, more);
            }
            ExprKind::Paren(inner) => self.enclosed("(", inner, ")", expr.span, column),
            ExprKind::Element { path, inner } => {
                self.out.push_str(&path.node);
                self.enclosed("[", inner, "]", expr.span, column);
            }
            ExprKind::In { path, negated, values } => match &values.node {
                ValueSource::Values(list) => {
                    let entries: Vec<Entry> = list
                        .iter()
                        .map(|value| Entry { span: value.span, text: literal(value) })
                        .collect();
                    self.out.push_str(&path.node);
                    self.out.push_str(if *negated { " is not in " } else { " is in " });
                    self.list(&entries, values.span, column, more);
                }
                ValueSource::Set(_) => self.write_inline(expr),
            },
            ExprKind::Group(test) => self.group_test(test, expr, column, more),
            _ => self.write_inline(expr),
        }
    }

    fn write_inline(&mut self, expr: &Expr) {
        let inline = self.inline(expr);
        self.out.push_str(&inline);
    }

    /// Operands on lines of their own, each behind the word that joins it.
    fn joined(&mut self, parts: &[Expr], word: &str, column: usize, more: usize) {
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.iter().enumerate() {
            let mut inner = column;
            if index > 0 {
                self.broken_gap(part.span.start, column);
                self.out.push_str(word);
                inner += word.len();
            }
            self.condition(part, inner, if index == last { more } else { 0 });
        }
    }

    /// A condition between brackets, on lines of its own.
    fn enclosed(&mut self, open: &str, inner: &Expr, close: &str, span: Span, column: usize) {
        self.out.push_str(open);
        self.broken_gap(inner.span.start, column + 2);
        self.condition(inner, column + 2, 0);
        self.closing_gap(span.end, column + 2, column);
        self.out.push_str(close);
    }

    fn group_test(&mut self, test: &GroupTest, expr: &Expr, column: usize, more: usize) {
        let source = match &test.quantifier {
            Quantifier::One(_) => None,
            Quantifier::Any(source) => Some(("in any group ", source)),
            Quantifier::All(source) => Some(("in all groups ", source)),
            Quantifier::No(source) => Some(("in no group ", source)),
        };
        let list = source.and_then(|(words, source)| match &source.node {
            GroupSource::Inline(list) => Some((words, source.span, list)),
            GroupSource::Set(_) => None,
        });
        let Some((words, place, list)) = list else {
            self.write_inline(expr);
            return;
        };
        let entries: Vec<Entry> =
            list.iter().map(|one| Entry { span: one.text.span, text: group(one) }).collect();
        let directly = if test.directly.is_some() { " directly" } else { "" };
        self.out.push_str(words);
        self.list(&entries, place, column, directly.len() + more);
        self.out.push_str(directly);
    }

    /// A condition on one line.
    pub(super) fn inline(&self, expr: &Expr) -> String {
        let mut out = String::new();
        self.write(expr, &mut out);
        out
    }

    fn write(&self, expr: &Expr, out: &mut String) {
        match &expr.node {
            ExprKind::Or(parts) => self.write_joined(parts, " or ", out),
            ExprKind::And(parts) => self.write_joined(parts, " and ", out),
            ExprKind::Not(inner) => {
                out.push_str("not ");
                self.write(inner, out);
            }
            ExprKind::Paren(inner) => {
                out.push('(');
                self.write(inner, out);
                out.push(')');
            }
            ExprKind::Element { path, inner } => {
                out.push_str(&path.node);
                out.push('[');
                self.write(inner, out);
                out.push(']');
            }
            ExprKind::Present { path, present } => {
                out.push_str(&path.node);
                out.push_str(match (*present, self.style) {
                    (true, Style::Words) => " is present",
                    (true, Style::Scim) => " pr",
                    (false, _) => " is absent",
                });
            }
            ExprKind::In { path, negated, values } => {
                out.push_str(&path.node);
                out.push_str(if *negated { " is not in " } else { " is in " });
                match &values.node {
                    ValueSource::Set(name) => out.push_str(name),
                    ValueSource::Values(list) => {
                        let all: Vec<String> = list.iter().map(|value| literal(value)).collect();
                        out.push_str(&format!("{{ {} }}", all.join(", ")));
                    }
                }
            }
            ExprKind::Compare { path, op, value } => {
                out.push_str(&path.node);
                out.push(' ');
                out.push_str(self.operator(op.node));
                out.push(' ');
                out.push_str(&literal(value));
            }
            ExprKind::Group(test) => write_group(test, out),
        }
    }

    fn write_joined(&self, parts: &[Expr], word: &str, out: &mut String) {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                out.push_str(word);
            }
            self.write(part, out);
        }
    }

    fn operator(&self, op: Op) -> &'static str {
        match self.style {
            Style::Words => op.words(),
            Style::Scim => op.scim().unwrap_or_else(|| op.words()),
        }
    }
}

fn write_group(test: &GroupTest, out: &mut String) {
    let mut source = |words: &str, source: &GroupSource| {
        out.push_str(words);
        match source {
            GroupSource::Set(name) => out.push_str(name),
            GroupSource::Inline(list) => {
                let all: Vec<String> = list.iter().map(group).collect();
                out.push_str(&format!("{{ {} }}", all.join(", ")));
            }
        }
    };
    match &test.quantifier {
        Quantifier::One(one) => out.push_str(&format!("in group {}", group(one))),
        Quantifier::Any(groups) => source("in any group ", &groups.node),
        Quantifier::All(groups) => source("in all groups ", &groups.node),
        Quantifier::No(groups) => source("in no group ", &groups.node),
    }
    if test.directly.is_some() {
        out.push_str(" directly");
    }
}

/// A name in quotes behind a word.
pub(super) fn word_and_text(word: &str, text: &str) -> String {
    format!("{word} {}", quoted(text))
}
