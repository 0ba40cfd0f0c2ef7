//! Q704: people who cannot exist.
//!
//! A fixture that no identity provider can send makes a test pass for the wrong reason. Rules
//! read such values tolerantly or not at all, and the finding says which. `active` is the
//! exception: a value that is no boolean is false there, so the person is deactivated.

use crate::diagnostic::{Applicability, Code, Diagnostic, suggest};
use crate::rules::ast::Literal;
use crate::rules::check::suite::{GivenLine, GivenValue};
use crate::rules::model::ValueKind;
use crate::scim::compare::{Instant, Number, compared};
use crate::scim::schema::uri::USER as CORE_USER;

/// Values listed in a message.
const LISTED: usize = 6;
/// What `active` comes to where it is no boolean.
const DEACTIVATED: &str = "it counts as `false`, so the person is deactivated";

/// The findings about fixture lines.
pub(super) fn check(lines: &[GivenLine]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for line in lines {
        if !line.multi_valued && line.count > 1 {
            found.push(several(line));
        }
        for value in &line.values {
            let finding = wrong_type(value).or_else(|| undeclared(value));
            found.extend(finding.map(|finding| finding.context(&line.context)));
        }
    }
    found
}

/// Several values where there is room for one.
fn several(line: &GivenLine) -> Diagnostic {
    let seen = if is_active(&line.path) { DEACTIVATED } else { "rules will see none" };
    Diagnostic::new(
        Code::Q704,
        line.span,
        format!("`{}` has one value at most, but here are {}: {seen}", line.path, line.count),
    )
    .context(&line.context)
    .help("keep one of them")
}

/// A value of another type than the schema says.
fn wrong_type(value: &GivenValue) -> Option<Diagnostic> {
    let attribute = &value.attribute;
    let (wanted, seen) = match (value.kind, &value.literal.node) {
        // An empty text is no value, as `null` is; but of `active` it is no boolean either.
        (_, Literal::Text(text)) if text.is_empty() && !is_active(attribute) => return None,
        (_, Literal::Null | Literal::Regex(_))
        | (ValueKind::Text { .. }, Literal::Text(_))
        | (ValueKind::Flag, Literal::Flag(_))
        | (ValueKind::Number, Literal::Number(_)) => return None,
        (ValueKind::Date, Literal::Text(text)) if Instant::parse(text).is_some() => return None,
        (ValueKind::Text { .. }, Literal::Number(text)) => ("text", Some(quoted(text))),
        (ValueKind::Text { .. }, Literal::Flag(flag)) => ("text", Some(quoted(&flag.to_string()))),
        (ValueKind::Flag, Literal::Text(text)) => {
            let flag = ["true", "false"].into_iter().find(|word| text.eq_ignore_ascii_case(word));
            ("`true` or `false`", flag.map(str::to_owned))
        }
        (ValueKind::Number, Literal::Text(text)) => {
            ("a number", Number::parse(text).map(|_| text.clone()))
        }
        (ValueKind::Flag, _) => ("`true` or `false`", None),
        (ValueKind::Number, _) => ("a number", None),
        (ValueKind::Date, _) => ("a date such as `\"2026-01-31T09:00:00Z\"`", None),
    };
    let span = value.literal.span;
    Some(match seen {
        Some(seen) => Diagnostic::new(
            Code::Q704,
            span,
            format!("`{attribute}` is {wanted}; rules will see `{seen}`"),
        )
        .label(format!("write `{seen}`"))
        .fix(format!("write `{seen}`"), span, seen, Applicability::MachineApplicable),
        None if is_active(attribute) => Diagnostic::new(
            Code::Q704,
            span,
            format!("`{attribute}` is {wanted}, which this is not: {DEACTIVATED}"),
        )
        .help(format!("write {wanted}, or `none` for no value, which counts as `true`")),
        None => Diagnostic::new(
            Code::Q704,
            span,
            format!("`{attribute}` is {wanted}, which this is not: rules will see no value"),
        )
        .help(format!("write {wanted}, or `none` for no value")),
    })
}

/// A value that the rules' own declaration rules out.
fn undeclared(value: &GivenValue) -> Option<Diagnostic> {
    let declared = value.declared.as_ref()?;
    let written = match &value.literal.node {
        Literal::Text(text) | Literal::Number(text) => text.clone(),
        Literal::Flag(flag) => flag.to_string(),
        Literal::Null | Literal::Regex(_) => return None,
    };
    let exact = matches!(value.kind, ValueKind::Text { exact: true });
    let same = |other: &String| match value.kind {
        ValueKind::Number => Number::parse(other) == Number::parse(&written),
        ValueKind::Date => Instant::parse(other) == Instant::parse(&written),
        _ => compared(other, exact) == compared(&written, exact),
    };
    if declared.iter().any(same) {
        return None;
    }
    let shown: Vec<String> =
        declared.iter().take(LISTED).map(|value| format!("`{value}`")).collect();
    let more = match declared.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let span = value.literal.span;
    let diagnostic = Diagnostic::new(
        Code::Q704,
        span,
        format!(
            "`{written}` is not among the declared values of `{}`: nobody can have it",
            value.attribute
        ),
    )
    .help(format!("declared are {}{more}", shown.join(", ")));
    let near = suggest::nearest(&written, declared.iter().map(String::as_str));
    Some(match near.filter(|_| matches!(value.literal.node, Literal::Text(_))) {
        Some(near) => diagnostic.label(suggest::did_you_mean(near)).fix(
            format!("write `{near}`"),
            span,
            quoted(near),
            Applicability::MaybeIncorrect,
        ),
        None => diagnostic,
    })
}

/// Whether it is the core attribute: no other can have the name.
fn is_active(attribute: &str) -> bool {
    let core = attribute.strip_prefix(CORE_USER).and_then(|rest| rest.strip_prefix(':'));
    core.unwrap_or(attribute).eq_ignore_ascii_case("active")
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
