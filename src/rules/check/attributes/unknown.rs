//! Paths that stand for nothing (N101, T203), and what was meant instead.

use super::Attributes;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::Path;
use crate::rules::check::names::{Kind, Names};
use crate::rules::check::report::{Report, suggestion};
use crate::rules::check::schema::{self, CORE_USER, ENTERPRISE_USER};
use crate::rules::source::Span;

impl Attributes {
    pub(super) fn report_unknown_urn(
        &self,
        path: &Path,
        schema: &str,
        name: &str,
        sub: Option<&str>,
        report: &mut Report,
    ) {
        if !schema::is_standard(schema) {
            if report.items_are_missing() {
                return;
            }
            let message = format!("nothing declares the attribute `{name}` of `{schema}`");
            let alias = name.chars().map(|c| c.to_ascii_lowercase()).collect::<String>();
            report.push(Diagnostic::new(Code::T203, path.span, message).help(format!(
                "declare the attribute: `attribute {alias} = \"{}\" : text`, and use `{alias}`",
                path.node
            )));
            return;
        }
        let message = format!("`{schema}` has no attribute called `{name}`");
        let mut finding = Diagnostic::new(Code::T203, path.span, message);
        if let Some(near) = report.nearest(name, schema::names(schema)) {
            let sub = sub.map_or(String::new(), |sub| format!(".{sub}"));
            let better = format!("{schema}:{near}{sub}");
            finding = suggestion(finding, path.span, &path.node, &better);
        }
        report.push(finding);
    }

    pub(super) fn report_unknown_name(
        &self,
        path: &Path,
        name: &str,
        sub: Option<&str>,
        names: &Names<'_>,
        report: &mut Report,
    ) {
        let message = format!("no attribute is called `{name}`");
        if names.peek(Kind::Set, name).is_some() {
            let message = format!("`{name}` is a set, not an attribute");
            report.push(
                Diagnostic::new(Code::N101, path.span, message)
                    .help("a set stands behind `is in` or `in any group`: `country is in NAME`"),
            );
            return;
        }
        // A part of a complex attribute written alone is a common slip: `givenName`.
        if let Some(whole) = schema::owner_of_part(name).filter(|_| sub.is_none()) {
            let finding = Diagnostic::new(Code::N101, path.span, message);
            let better = format!("{whole}.{name}");
            report.push(suggestion(finding, path.span, name, &better).label("not declared"));
            return;
        }
        let standard = schema::names(CORE_USER).chain(schema::names(ENTERPRISE_USER));
        let mut known: Vec<&str> = standard.collect();
        known.extend(names.of(Kind::Attribute));
        let span = match sub {
            None => path.span,
            Some(sub) => {
                let dot = u32::try_from(sub.len() + 1).unwrap_or(0);
                Span { end: path.span.end.saturating_sub(dot), ..path.span }
            }
        };
        report.unknown(span, name, message, known.into_iter(), || {
            Some(format!(
                "if it is an extension attribute, declare it: \
                 `attribute {name} = \"urn:…:{name}\" : text`"
            ))
        });
    }
}
