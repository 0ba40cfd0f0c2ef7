//! T205: regular expressions that words say better.

mod plain;

use plain::{Plain, plain};

use super::Lint;
use crate::diagnostic::{Applicability, Code, Diagnostic, Diagnostics};
use crate::rules::ast::{ClauseKind, Expr, ExprKind, Literal, Match, Op, Rule};

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    for rule in &lint.written {
        for clause in &rule.clauses {
            match &clause.node.node {
                ClauseKind::Match(Match::Condition(expr)) | ClauseKind::Except(expr) => {
                    condition(rule, expr, found);
                }
                _ => {}
            }
        }
    }
}

fn condition(rule: &Rule, expr: &Expr, found: &mut Diagnostics) {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match &expr.node {
            ExprKind::Or(parts) | ExprKind::And(parts) => open.extend(parts),
            ExprKind::Not(inner) | ExprKind::Paren(inner) | ExprKind::Element { inner, .. } => {
                open.push(inner);
            }
            ExprKind::Compare { path, op, value } if op.node == Op::Matches => {
                let Literal::Regex(pattern) = &value.node else { continue };
                let Some(plain) = plain(pattern) else { continue };
                let words = words(&plain);
                found.push(
                    Diagnostic::new(
                        Code::T205,
                        op.span.to(value.span),
                        format!(
                            "the regular expression says no more than `{} {words}`, which everybody can read",
                            path.node
                        ),
                    )
                    .label(format!("write `{words}`"))
                    .context(format!("{} \"{}\"", rule.kind.as_str(), rule.name.node))
                    .fix(
                        format!("write `{words}`"),
                        op.span.to(value.span),
                        words.clone(),
                        Applicability::MachineApplicable,
                    ),
                );
            }
            _ => {}
        }
    }
}

fn words(plain: &Plain) -> String {
    let quoted = |text: &String| serde_json::Value::from(text.as_str()).to_string();
    match plain {
        Plain::Anything => "is present".to_owned(),
        Plain::OneOf(values) => match values.as_slice() {
            [only] => format!("is {}", quoted(only)),
            _ => {
                format!("is in {{ {} }}", values.iter().map(quoted).collect::<Vec<_>>().join(", "))
            }
        },
        Plain::Start(text) => format!("starts with {}", quoted(text)),
        Plain::End(text) => format!("ends with {}", quoted(text)),
        Plain::Within(text) => format!("contains {}", quoted(text)),
    }
}
