//! Filters on `userName`: what they compare with is prepared as the names that are kept.

use provisor::scim::filter::{Expr, ExprKind, Literal, Placed, Test};

use crate::store::user_name::prepared;

/// A filter whose texts for `userName` are prepared.
// Recursion follows the filter, whose depth the parser has limited.
pub(super) fn prepared_filter(expr: Expr) -> Expr {
    let all = |parts: Vec<Expr>| parts.into_iter().map(prepared_filter).collect();
    let node = match expr.node {
        ExprKind::Or(parts) => ExprKind::Or(all(parts)),
        ExprKind::And(parts) => ExprKind::And(all(parts)),
        ExprKind::Not(inner) => ExprKind::Not(Box::new(prepared_filter(*inner))),
        ExprKind::Compare { path, test: Test::Value(op, literal) } => {
            let literal = match literal.node {
                Literal::Text(text) if path.node.name.eq_ignore_ascii_case("userName") => {
                    Placed::new(Literal::Text(prepared(&text).into_owned()), literal.place)
                }
                node => Placed::new(node, literal.place),
            };
            ExprKind::Compare { path, test: Test::Value(op, literal) }
        }
        node => node,
    };
    Placed::new(node, expr.place)
}
