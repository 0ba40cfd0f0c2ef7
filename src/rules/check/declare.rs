//! `attribute` items taken in.

use std::collections::HashSet;
use std::sync::Arc;

use super::attributes::{Attributes, Declared, NewAttribute, Refusal};
use super::literals::{self, quoted};
use super::names::{Kind, Names};
use super::report::Report;
use super::schema::{self, CORE_USER, ENTERPRISE_USER};
use crate::diagnostic::{Applicability, Code, Diagnostic, suggest};
use crate::rules::ast::{self, AttributeKind, Literal};
use crate::rules::model::ValueKind;
use crate::rules::source::Span;
use crate::scim::compare::compared;
use crate::scim::schema::is_name;

/// Takes in all declared attributes: N102, T201, T203.
pub(super) fn attributes(
    list: &[&ast::Attribute],
    names: &mut Names<'_>,
    report: &mut Report,
) -> Attributes {
    let mut attributes = Attributes::new();
    for (number, attribute) in (0_u32..).zip(list) {
        report.enter(format!("attribute {}", attribute.id.node));
        if !one(attribute, number, &mut attributes, report) {
            // What is wrong with it has been said; that nothing can use it follows.
            names.mark_used(Kind::Attribute, number);
        }
    }
    report.leave();
    attributes
}

/// Whether it could be taken in; otherwise a finding says why not.
fn one(
    attribute: &ast::Attribute,
    number: u32,
    attributes: &mut Attributes,
    report: &mut Report,
) -> bool {
    let id = &attribute.id;
    if let Some((uri, standard)) = standard_name(&id.node) {
        let message = format!(
            "`{standard}` is already an attribute of the {uri} schema, so this one is never read"
        );
        report.push(
            Diagnostic::new(Code::N102, id.span, message).help("give it another name of your own"),
        );
        return false;
    }
    if attributes.has_alias(&id.node) {
        let message = format!(
            "two attributes are called `{}`: letter case makes no difference in their names",
            id.node
        );
        report.push(Diagnostic::new(Code::N102, id.span, message).help("rename one of them"));
        return false;
    }
    let Some((schema, name, sub)) = split(&attribute.path.node) else {
        let message = format!("`{}` is no attribute path", attribute.path.node);
        report.push(Diagnostic::new(Code::T203, attribute.path.span, message).help(
            "write the schema's URI, a colon and the attribute's name: \
             \"urn:acme:params:scim:schemas:1.0:User:segment\"",
        ));
        return false;
    };
    let kind = kind_of(attribute);
    let new = NewAttribute {
        alias: id,
        number,
        schema,
        name,
        sub,
        list: attribute.list,
        kind,
        declared: declared_values(attribute, kind, report),
    };
    let Err(refusal) = attributes.declare(new) else { return true };
    report_refusal(refusal, attribute, (schema, name, sub), report);
    false
}

fn report_refusal(
    refusal: Refusal,
    attribute: &ast::Attribute,
    (schema, name, sub): (&str, &str, Option<&str>),
    report: &mut Report,
) {
    let path = &attribute.path;
    let finding = match refusal {
        Refusal::Unknown => {
            let whole = sub.map_or(name.to_owned(), |sub| format!("{name}.{sub}"));
            let message = format!("`{schema}` has no attribute called `{whole}`");
            let mut finding = Diagnostic::new(Code::T203, path.span, message);
            let near = report.nearest(name, schema::names(schema));
            if let Some(near) = near.filter(|_| sub.is_none()) {
                let better = format!("{schema}:{near}");
                finding = finding.help(suggest::did_you_mean(near)).fix(
                    format!("write `{better}`"),
                    path.span,
                    quoted(&better),
                    Applicability::MaybeIncorrect,
                );
            }
            finding
        }
        Refusal::Conflict(what) => {
            let message = format!("`{}` {what}", path.node);
            Diagnostic::new(Code::T201, attribute.kind.span, message)
                .help("a declaration gives an attribute a name; it cannot change what it is")
        }
        Refusal::Repeated(first) => {
            let message = format!("`{}` has been given a name already", path.node);
            Diagnostic::new(Code::N102, path.span, message)
                .label("again")
                .related(first, "first declared here")
                .help("use the first name, and remove this declaration")
        }
    };
    report.push(finding);
}

/// The attribute that a bare name means before any declared one is looked up.
fn standard_name(name: &str) -> Option<(&'static str, &'static str)> {
    [(CORE_USER, "core User"), (ENTERPRISE_USER, "enterprise")].into_iter().find_map(
        |(uri, schema)| {
            let standard = schema::names(uri).find(|n| n.eq_ignore_ascii_case(name))?;
            Some((schema, standard))
        },
    )
}

/// `urn:acme:User:badge.color` → schema, attribute, sub-attribute.
fn split(path: &str) -> Option<(&str, &str, Option<&str>)> {
    let (schema, rest) = path.rsplit_once(':')?;
    let (name, sub) = match rest.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (rest, None),
    };
    let is_uri = schema.split_once(':').is_some_and(|(scheme, rest)| {
        !scheme.is_empty() && !rest.is_empty() && !schema.contains(char::is_whitespace)
    });
    let fits = is_uri && is_name(name) && sub.is_none_or(is_name);
    fits.then_some((schema, name, sub))
}

fn kind_of(attribute: &ast::Attribute) -> ValueKind {
    match attribute.kind.node {
        AttributeKind::Text => ValueKind::Text { exact: attribute.exact.is_some() },
        AttributeKind::Flag => ValueKind::Flag,
        AttributeKind::Number => ValueKind::Number,
        AttributeKind::Date => ValueKind::Date,
    }
}

/// The values in `{ … }` behind `text`.
fn declared_values(
    attribute: &ast::Attribute,
    kind: ValueKind,
    report: &mut Report,
) -> Option<Declared> {
    let values = attribute.values.as_ref()?;
    let span = values.iter().map(|value| value.span).reduce(Span::to)?;
    // Only text has them; the grammar sees to that.
    let ValueKind::Text { exact } = kind else { return None };
    let mut texts: Vec<String> = Vec::new();
    let mut folded: HashSet<String> = HashSet::new();
    for value in values {
        match &value.node {
            Literal::Text(text) if text.is_empty() => {
                let message = "an empty text counts as no value, so it cannot be declared";
                report.push(Diagnostic::new(Code::T201, value.span, message).help("remove it"));
            }
            Literal::Text(text) => {
                if folded.insert(compared(text, exact).into_owned()) {
                    texts.push(text.clone());
                }
            }
            other => {
                report.push(literals::not_text(other, value.span, &attribute.id.node));
            }
        }
    }
    Some(Declared { values: texts.into(), compared: Arc::new(folded), span })
}
