//! Literals made fit for the attribute that they are compared with.

use super::attributes::Value;
use super::report::{Report, certainty};
use crate::diagnostic::{Applicability, Code, Diagnostic, suggest};
use crate::rules::ast::Literal;
use crate::rules::model::{Operand, ValueKind};
use crate::rules::source::{Span, Spanned};
use crate::scim::compare::{Instant, Number, compared};

/// Declared values that differ by letter case only: so many are shown.
const SHOWN_SPELLINGS: usize = 4;

/// What a literal means beside an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// `null` or `""`: no value.
    Absent,
    /// A value in its compared form.
    Is(Operand),
}

/// Whether a literal means that there is no value: `null` or `""`.
pub(super) fn is_absent(literal: &Literal) -> bool {
    match literal {
        Literal::Null => true,
        Literal::Text(text) => text.is_empty(),
        Literal::Number(_) | Literal::Flag(_) | Literal::Regex(_) => false,
    }
}

/// A literal as a value of the attribute; T201 where it does not fit. `exactly` keeps letter case.
pub(super) fn meaning(
    literal: &Spanned<Literal>,
    value: &Value,
    exactly: bool,
    report: &mut Report,
) -> Option<Meaning> {
    let name = &value.display;
    let span = literal.span;
    if is_absent(&literal.node) {
        return Some(Meaning::Absent);
    }
    let operand = match (&literal.node, value.kind) {
        (Literal::Regex(pattern), _) => {
            // The parser sees to this; a tree made by other means may have it.
            let message = format!("`/{pattern}/` is a pattern, and only `matches` takes one");
            report.push(Diagnostic::new(Code::T201, span, message));
            return None;
        }
        (Literal::Text(text), ValueKind::Text { exact }) => {
            let exact = exact || exactly;
            Operand::Text { compared: compared(text, exact).into_owned(), exact }
        }
        (other, ValueKind::Text { .. }) => {
            report.push(not_text(other, span, name));
            return None;
        }
        (Literal::Flag(flag), ValueKind::Flag) => Operand::Flag(*flag),
        (other, ValueKind::Flag) => {
            report.push(not_a_flag(other, span, name));
            return None;
        }
        (Literal::Number(text), ValueKind::Number) => match Number::parse(text) {
            Some(number) => Operand::Number(number),
            None => {
                let message = format!("`{text}` is out of the range of numbers");
                report.push(Diagnostic::new(Code::T201, span, message));
                return None;
            }
        },
        (other, ValueKind::Number) => {
            report.push(not_a_number(other, span, name));
            return None;
        }
        (Literal::Text(text), ValueKind::Date) if Instant::parse(text).is_some() => {
            Operand::Date(Instant::parse(text)?)
        }
        (other, ValueKind::Date) => {
            report.push(not_a_date(other, span, name));
            return None;
        }
    };
    Some(Meaning::Is(operand))
}

/// T202 where the rules declare the attribute's values and this is none of them. `used` is where
/// the value's set is used, if it stands in one. Returns whether it is one of them.
pub(super) fn check_declared(
    literal: &Spanned<Literal>,
    value: &Value,
    used: Option<Span>,
    report: &mut Report,
) -> bool {
    let (Literal::Text(text), Some(declared)) = (&literal.node, &value.declared) else {
        return true;
    };
    let ValueKind::Text { exact } = value.kind else { return true };
    if text.is_empty() || declared.compared.contains(compared(text, exact).as_ref()) {
        return true;
    }
    let message = format!("\"{text}\" is not one of the declared values of `{}`", value.display);
    let mut finding = Diagnostic::new(Code::T202, literal.span, message)
        .label("nobody has this value")
        .related(declared.span, "the declared values");
    if let Some(span) = used {
        finding = finding.related(span, format!("compared with `{}` here", value.display));
    }
    let near = report.nearest(text, declared.values.iter().map(String::as_str));
    let alike = near.map(|near| spellings(near, &declared.values)).unwrap_or_default();
    if alike.len() > 1 {
        // Each is as near as the other: a person must say which.
        finding = finding.help(format!("did you mean {}?", alike.join(" or ")));
        for other in alike {
            finding = replace(finding, literal.span, &other, false);
        }
        report.push(finding);
        return false;
    }
    report.push(match near {
        Some(near) => finding.help(suggest::did_you_mean(near)).fix(
            format!("write `{}`", quoted(near)),
            literal.span,
            quoted(near),
            certainty(text, near),
        ),
        None => {
            let shown = declared.values.iter().take(8).map(|v| quoted(v));
            let shown = shown.collect::<Vec<_>>().join(", ");
            finding.help(format!("it can be {shown}"))
        }
    });
    false
}

/// The declared values that differ from one of them in letter case only, itself included; quoted.
fn spellings(near: &str, declared: &[String]) -> Vec<String> {
    let folded = compared(near, false);
    let alike = declared.iter().filter(|other| compared(other, false) == folded);
    alike.take(SHOWN_SPELLINGS).map(|other| quoted(other)).collect()
}

/// T201: text is wanted.
pub(super) fn not_text(literal: &Literal, span: Span, name: &str) -> Diagnostic {
    let written = written(literal);
    let message = format!("`{name}` is text, so `{written}` needs quotes");
    let inner = match literal {
        Literal::Regex(pattern) => pattern.clone(),
        _ => written,
    };
    replace(Diagnostic::new(Code::T201, span, message), span, &quoted(&inner), true)
}

fn not_a_flag(literal: &Literal, span: Span, name: &str) -> Diagnostic {
    let shown = as_it_stands(literal, span);
    let meant = match literal {
        Literal::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" => Some((true, true)),
            "false" => Some((false, true)),
            "yes" | "on" | "1" => Some((true, false)),
            "no" | "off" | "0" => Some((false, false)),
            _ => None,
        },
        Literal::Number(number) => match number.as_str() {
            "1" => Some((true, false)),
            "0" => Some((false, false)),
            _ => None,
        },
        _ => None,
    };
    let message = format!("`{name}` is a flag, so it is `true` or `false` and never `{shown}`");
    let finding = Diagnostic::new(Code::T201, span, message);
    match meant {
        Some((flag, sure)) => replace(finding, span, &flag.to_string(), sure),
        None => finding.help("write `true` or `false`, without quotes"),
    }
}

fn not_a_number(literal: &Literal, span: Span, name: &str) -> Diagnostic {
    let message = format!("`{name}` is a number, and `{}` is not", as_it_stands(literal, span));
    let finding = Diagnostic::new(Code::T201, span, message);
    match literal {
        Literal::Text(text) if plain_number(text).is_some() => {
            replace(finding, span, &plain_number(text).unwrap_or_default(), true)
        }
        _ => finding.help("write a number without quotes: `7`, `-1`, `2.5`"),
    }
}

/// A number as the language writes it, of one in the habits of others: `01`, `+1`, `.5`, `2.`.
fn plain_number(text: &str) -> Option<String> {
    let text = text.trim();
    if Number::parse(text).is_some() {
        return Some(text.to_owned());
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = match whole.trim_start_matches('0') {
        "" if whole.is_empty() && part.is_empty() => return None,
        "" => "0",
        whole => whole,
    };
    let point = if part.is_empty() { "" } else { "." };
    let plain = format!("{sign}{whole}{point}{part}");
    Number::parse(&plain).is_some().then_some(plain)
}

fn not_a_date(literal: &Literal, span: Span, name: &str) -> Diagnostic {
    let message = format!("`{name}` is a date, and `{}` is not", as_it_stands(literal, span));
    Diagnostic::new(Code::T201, span, message)
        .help("write a day (\"2026-11-24\") or an instant (\"2026-11-24T09:00:00Z\"), in quotes")
}

fn replace(finding: Diagnostic, span: Span, by: &str, sure: bool) -> Diagnostic {
    let applicability =
        if sure { Applicability::MachineApplicable } else { Applicability::MaybeIncorrect };
    finding.fix(format!("write `{by}`"), span, by, applicability)
}

/// A literal as written, near enough for a message.
pub(super) fn written(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => quoted(text),
        Literal::Number(number) => number.clone(),
        Literal::Flag(flag) => flag.to_string(),
        Literal::Null => "null".to_owned(),
        Literal::Regex(pattern) => format!("/{pattern}/"),
    }
}

/// The same, without the quotes that reading has added to what stands there bare.
fn as_it_stands(literal: &Literal, span: Span) -> String {
    match literal {
        Literal::Text(text) if span.end.saturating_sub(span.start) as usize == text.len() => {
            text.clone()
        }
        _ => written(literal),
    }
}

/// A text as a string literal of the language (which is JSON's).
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
