//! Filters in canonical spelling: one blank, small letters, no parentheses that change nothing.
//! Paths and numbers stay as they were written.

use std::fmt;

use crate::json::quote;

use super::{Expr, ExprKind, Filter, Literal, Op, Test};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            ExprKind::Or(parts) => {
                list(f, parts, " or ", |part| matches!(part.node, ExprKind::Or(_)))
            }
            ExprKind::And(parts) => list(f, parts, " and ", |part| {
                matches!(part.node, ExprKind::Or(_) | ExprKind::And(_))
            }),
            ExprKind::Not(inner) => write!(f, "not ({inner})"),
            ExprKind::Compare { path, test } => write!(f, "{} {test}", path.node),
            ExprKind::Element { path, inner } => write!(f, "{}[{inner}]", path.node),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => f.write_str("pr"),
            Self::Value(op, literal) => write!(f, "{op} {}", literal.node),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => flag.fmt(f),
            Self::Number(numeral) => f.write_str(numeral.as_str()),
            Self::Text(text) => f.write_str(&quote(text)),
        }
    }
}

fn list(
    f: &mut fmt::Formatter<'_>,
    parts: &[Expr],
    between: &str,
    needs_parentheses: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        if needs_parentheses(part) {
            write!(f, "({part})")?;
        } else {
            fmt::Display::fmt(part, f)?;
        }
    }
    Ok(())
}
