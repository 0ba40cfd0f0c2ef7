//! From text to the tree. pest's types stay in this file.

use std::ops::Range;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;
use pest_derive::Parser;

use crate::error::{Error, ErrorKind};
use crate::json::{Lexer, Numeral, Value};
use crate::limits;
use crate::scim::patch_path::Target;
use crate::scim::path::{AttrPath, Named, clip, named};
use crate::scim::schema::Schemas;

use super::diagnose::{self, Expected};
use super::options::{Leniency, Options, Tolerated};
use super::scan::scan;
use super::{Expr, ExprKind, Literal, Op, Placed, Test};

#[derive(Parser)]
#[grammar = "../grammar/filter.pest"]
struct Grammar;

/// Reads a filter.
pub(super) fn filter(
    text: &str,
    schemas: &Schemas,
    options: Options,
) -> Result<(Expr, Vec<Tolerated>), Error> {
    let mut reader = Reader::new(schemas, options, ErrorKind::Filter);
    let whole = tree(text, Rule::filter, ErrorKind::Filter)?;
    let mut root = None;
    for pair in whole.into_inner() {
        match pair.as_rule() {
            Rule::pad => reader.blanks(&pair, 0)?,
            Rule::or => root = Some(reader.or(pair)?),
            _ => {}
        }
    }
    let root = root.ok_or_else(|| missing(ErrorKind::Filter))?;
    Ok((root, reader.tolerated()))
}

/// Reads a PATCH path.
pub(crate) fn patch_path(
    text: &str,
    schemas: &Schemas,
    options: Options,
) -> Result<(Target, Vec<Tolerated>), Error> {
    let mut reader = Reader::new(schemas, options, ErrorKind::Path);
    let whole = tree(text, Rule::patch_path, ErrorKind::Path)?;
    let pair = whole.into_inner().next().ok_or_else(|| missing(ErrorKind::Path))?;
    let target = match pair.as_rule() {
        Rule::selection => reader.selection(pair)?,
        Rule::comparison => reader.path_comparison(pair)?,
        _ => {
            let place = place(&pair);
            match reader.named(&pair)? {
                Named::Attribute(path) => Target::Attribute(path),
                Named::Schema(uri) => {
                    reader.tolerate(Leniency::WholeSchema, place)?;
                    Target::Schema(uri)
                }
            }
        }
    };
    Ok((target, reader.tolerated()))
}

fn tree(text: &str, rule: Rule, kind: ErrorKind) -> Result<Pair<'_, Rule>, Error> {
    let scan = scan(text, kind)?;
    match Grammar::parse(rule, text) {
        Ok(mut pairs) => pairs.next().ok_or_else(|| missing(kind)),
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            let rules = match &error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
                ErrorVariant::CustomError { .. } => &[],
            };
            Err(diagnose::diagnose(text, at, expected(rules), &scan, kind))
        }
    }
}

/// What the grammar waited for, the most telling first.
fn expected(rules: &[Rule]) -> Expected {
    let any = |wanted: &[Rule]| rules.iter().any(|rule| wanted.contains(rule));
    if any(&[Rule::value]) {
        Expected::Value
    } else if any(&[Rule::operator, Rule::present]) {
        Expected::Operator
    } else if any(&[Rule::and_mark, Rule::or_mark, Rule::close, Rule::close_bracket]) {
        Expected::Continuation
    } else if any(&[Rule::path, Rule::or, Rule::and, Rule::negation, Rule::group]) {
        Expected::Condition
    } else if any(&[Rule::gap, Rule::open_bracket]) {
        Expected::AfterPath
    } else if any(&[Rule::sub_name]) {
        Expected::SubName
    } else {
        Expected::End
    }
}

/// The grammar gives no such tree; should it change, this is the answer.
fn missing(kind: ErrorKind) -> Error {
    Error::new(kind, "the filter has no condition").at(0)
}

fn place(pair: &Pair<'_, Rule>) -> Range<usize> {
    let span = pair.as_span();
    span.start()..span.end()
}

/// Walks pest's tree.
struct Reader<'s> {
    schemas: &'s Schemas,
    options: Options,
    kind: ErrorKind,
    tolerated: Vec<Tolerated>,
    conditions: usize,
    /// Inside the brackets of an element.
    inside: bool,
}

impl<'s> Reader<'s> {
    fn new(schemas: &'s Schemas, options: Options, kind: ErrorKind) -> Self {
        Self { schemas, options, kind, tolerated: Vec::new(), conditions: 0, inside: false }
    }

    fn tolerated(mut self) -> Vec<Tolerated> {
        self.tolerated.sort_by_key(|one| (one.place.start, one.place.end));
        self.tolerated
    }

    // Recursion through `or` follows parentheses and brackets, which `scan` has counted.
    fn or(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Error> {
        self.series(pair, Rule::or_mark, Self::and, ExprKind::Or)
    }

    fn and(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Error> {
        self.series(pair, Rule::and_mark, Self::term, ExprKind::And)
    }

    /// One part, or several with marks between them, flattened.
    fn series(
        &mut self,
        pair: Pair<'_, Rule>,
        mark: Rule,
        read: fn(&mut Self, Pair<'_, Rule>) -> Result<Expr, Error>,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> Result<Expr, Error> {
        let whole = place(&pair);
        let mut parts: Vec<Expr> = Vec::new();
        for inner in pair.into_inner() {
            if inner.as_rule() == mark {
                for gap in inner.into_inner() {
                    self.blanks(&gap, 1)?;
                }
                continue;
            }
            let part = read(self, inner)?;
            match (part.node, mark) {
                (ExprKind::Or(more), Rule::or_mark) | (ExprKind::And(more), Rule::and_mark) => {
                    parts.extend(more);
                }
                (node, _) => parts.push(Placed::new(node, part.place)),
            }
        }
        if parts.len() == 1 {
            return parts.pop().ok_or_else(|| missing(self.kind));
        }
        Ok(Placed::new(join(parts), whole))
    }

    fn term(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Error> {
        match pair.as_rule() {
            Rule::negation => {
                let whole = place(&pair);
                let inner = Box::new(self.grouped(pair)?);
                Ok(Placed::new(ExprKind::Not(inner), whole))
            }
            Rule::group => self.grouped(pair),
            Rule::element => self.element(pair),
            _ => self.comparison(pair),
        }
    }

    /// What stands between parentheses or brackets.
    fn grouped(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Error> {
        let mut root = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not_mark => {
                    for pad in inner.into_inner() {
                        self.blanks(&pad, 1)?;
                    }
                }
                Rule::pad => self.blanks(&inner, 0)?,
                Rule::or => root = Some(self.or(inner)?),
                _ => {}
            }
        }
        root.ok_or_else(|| missing(self.kind))
    }

    fn element(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Error> {
        let whole = place(&pair);
        if self.inside {
            return Err(Error::new(ErrorKind::Filter, "brackets stand inside brackets")
                .at(whole.start)
                .help("inside brackets name the sub-attributes of one value"));
        }
        let tail = pair.clone().into_inner().find(|inner| inner.as_rule() == Rule::element_tail);
        let (path, mut inner) = self.bracketed(pair)?;
        if let Some(tail) = tail {
            let place = place(&tail);
            self.tolerate(Leniency::ElementComparison, place.clone())?;
            let last = self.tested(tail, place)?;
            let both = inner.place.start..last.place.end;
            let mut parts = match inner.node {
                ExprKind::And(parts) => parts,
                node => vec![Placed::new(node, inner.place)],
            };
            parts.push(last);
            inner = Placed::new(ExprKind::And(parts), both);
        }
        Ok(Placed::new(ExprKind::Element { path, inner: Box::new(inner) }, whole))
    }

    /// A path and the condition in its brackets.
    fn bracketed(&mut self, pair: Pair<'_, Rule>) -> Result<(Placed<AttrPath>, Expr), Error> {
        let path = match pair.clone().into_inner().next() {
            Some(path) => self.path(&path)?,
            None => return Err(missing(self.kind)),
        };
        self.inside = true;
        let outer = std::mem::replace(&mut self.kind, ErrorKind::Filter);
        let inner = self.grouped(pair);
        self.kind = outer;
        self.inside = false;
        Ok((path, inner?))
    }

    fn comparison(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Error> {
        let whole = place(&pair);
        self.tested(pair, whole)
    }

    /// A path or sub-attribute's name, and what is asked of it.
    fn tested(&mut self, pair: Pair<'_, Rule>, whole: Range<usize>) -> Result<Expr, Error> {
        self.conditions += 1;
        if self.conditions > limits::FILTER_CONDITIONS {
            let message =
                format!("the filter has more than {} conditions", limits::FILTER_CONDITIONS);
            return Err(Error::new(ErrorKind::Limit, message)
                .at(whole.start)
                .help("ask for less in one filter"));
        }
        let mut path = None;
        let mut op = None;
        let mut glued = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::path => path = Some(self.path(&inner)?),
                Rule::sub_name => {
                    let place = place(&inner);
                    path = Some(Placed::new(self.sub_name(&inner)?, place));
                }
                Rule::gap => {
                    glued = None;
                    self.blanks(&inner, 1)?;
                }
                Rule::operator => {
                    let place = place(&inner);
                    op = Op::parse(inner.as_str());
                    glued = Some(place.end..place.end);
                }
                Rule::value => {
                    if let Some(place) = glued.take() {
                        self.tolerate(Leniency::GluedText, place)?;
                    }
                    let (Some(path), Some(op)) = (path.take(), op) else { break };
                    let test = Test::Value(op, self.literal(inner)?);
                    return Ok(Placed::new(ExprKind::Compare { path, test }, whole));
                }
                Rule::present => {
                    let Some(path) = path.take() else { break };
                    return Ok(Placed::new(ExprKind::Compare { path, test: Test::Present }, whole));
                }
                _ => {}
            }
        }
        Err(missing(self.kind))
    }

    fn literal(&mut self, pair: Pair<'_, Rule>) -> Result<Placed<Literal>, Error> {
        let place = place(&pair);
        let written = pair.as_str();
        let rule = pair.into_inner().next().map(|inner| inner.as_rule());
        let kind = self.kind;
        let json = |text: &str| json_literal(text, kind, place.start);
        let literal = match rule {
            Some(Rule::text) => json(written)?,
            Some(Rule::single_quoted) => {
                self.tolerate(Leniency::SingleQuotes, place.clone())?;
                let inside = written.trim_start_matches('\'').trim_end_matches('\'');
                Some(Literal::Text(inside.to_owned()))
            }
            _ if written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                json(written).map_err(|error| {
                    let message = format!("`{}` is no number", clip(written));
                    let moved = Error::new(kind, message).at(place.start);
                    moved.help(error.advice().unwrap_or("write it as in `-1.5e3`"))
                })?
            }
            _ => match written.to_ascii_lowercase().as_str() {
                word @ ("true" | "false" | "null") => {
                    if word != written {
                        self.tolerate(Leniency::CapitalLiteral, place.clone())?;
                    }
                    json(word)?
                }
                _ => {
                    self.tolerate(Leniency::BareWord, place.clone())?;
                    Some(Literal::Text(written.to_owned()))
                }
            },
        };
        match literal {
            Some(literal) => Ok(Placed::new(literal, place)),
            None => Err(Error::new(self.kind, format!("`{}` is no number", clip(written)))
                .at(place.start)
                .help("write it as in `-1.5e3`, or in double quotes if it is a text")),
        }
    }

    fn path(&mut self, pair: &Pair<'_, Rule>) -> Result<Placed<AttrPath>, Error> {
        let place = place(pair);
        match self.named(pair)? {
            Named::Attribute(path) => Ok(Placed::new(path, place)),
            Named::Schema(uri) => {
                let uri = clip(&uri);
                let message = format!("`{uri}` is a schema, and an attribute is expected");
                Err(Error::new(self.kind, message)
                    .at(place.end)
                    .help("write `:` and the name of an attribute behind it"))
            }
        }
    }

    fn named(&mut self, pair: &Pair<'_, Rule>) -> Result<Named, Error> {
        let place = place(pair);
        let named = named(pair.as_str(), self.schemas).map_err(|error| {
            let at = place.start + error.offset().unwrap_or(0);
            let moved = Error::new(self.kind, error.message()).at(at);
            moved.help(error.advice().unwrap_or("write the name of an attribute"))
        })?;
        if let Named::Attribute(path) = &named
            && path.has_dollar()
        {
            self.tolerate(Leniency::Dollar, place)?;
        }
        Ok(named)
    }

    /// The name of a sub-attribute behind brackets.
    fn sub_name(&mut self, pair: &Pair<'_, Rule>) -> Result<AttrPath, Error> {
        match self.path(pair)?.node {
            path @ AttrPath { schema: None, sub: None, .. } => Ok(path),
            _ => Err(missing(self.kind)),
        }
    }

    fn selection(&mut self, pair: Pair<'_, Rule>) -> Result<Target, Error> {
        let name = pair.clone().into_inner().find(|inner| inner.as_rule() == Rule::sub_name);
        let (path, filter) = self.bracketed(pair)?;
        if let Some(sub) = &path.node.sub {
            let message = format!("brackets stand behind the sub-attribute `{sub}`");
            return Err(Error::new(ErrorKind::Path, message)
                .at(path.place.end)
                .help(format!("choose values of `{}`", path.node.name)));
        }
        let sub = match name {
            Some(name) => {
                let place = place(&name);
                Some(Placed::new(self.sub_name(&name)?.name, place))
            }
            None => None,
        };
        Ok(Target::Values { path: path.node, filter, sub })
    }

    /// `schemas eq "urn:…"` as `schemas[value eq "urn:…"]`.
    fn path_comparison(&mut self, pair: Pair<'_, Rule>) -> Result<Target, Error> {
        let whole = place(&pair);
        self.tolerate(Leniency::PathComparison, whole.clone())?;
        let compared = self.tested(pair, whole.clone())?;
        let ExprKind::Compare { path, test } = compared.node else {
            return Err(missing(self.kind));
        };
        let inner = AttrPath::new(path.node.sub.as_deref().unwrap_or("value"), None);
        let inner = Placed::new(inner, path.place);
        let filter = Placed::new(ExprKind::Compare { path: inner, test }, whole);
        Ok(Target::Values { path: AttrPath { sub: None, ..path.node }, filter, sub: None })
    }

    /// Accepts blanks, more than the letter allows as a leniency.
    fn blanks(&mut self, pair: &Pair<'_, Rule>, allowed: usize) -> Result<(), Error> {
        let place = place(pair);
        if place.len() > allowed {
            self.tolerate(Leniency::Blanks, place.start + allowed..place.end)?;
        }
        Ok(())
    }

    fn tolerate(&mut self, leniency: Leniency, place: Range<usize>) -> Result<(), Error> {
        if !self.options.accepts(leniency) {
            return Err(leniency.refuse(self.kind, place.start));
        }
        self.tolerated.push(Tolerated { leniency, place });
        Ok(())
    }
}

/// A literal as JSON writes it; `None` if there is something behind it.
fn json_literal(text: &str, kind: ErrorKind, start: usize) -> Result<Option<Literal>, Error> {
    let mut lexer = Lexer::of(text);
    let literal = match lexer.value() {
        Ok(Value::String(text)) => Some(Literal::Text(text.decode().into_owned())),
        Ok(Value::Number(number)) => Numeral::parse(number).map(Literal::Number),
        Ok(Value::Bool(flag)) => Some(Literal::Bool(flag)),
        Ok(Value::Null) => Some(Literal::Null),
        Ok(Value::Array | Value::Object) => None,
        Err(error) => {
            let at = start + error.offset().unwrap_or(0);
            let help = error.advice().unwrap_or("write the text in double quotes");
            return Err(Error::new(kind, error.message()).at(at).help(help));
        }
    };
    Ok(literal.filter(|_| lexer.offset() == text.len()))
}
