//! `userName` as PRECIS prepares it (RFC 7644, 5; RFC 8265, 3.3): characters of another width
//! than usual become the usual ones, so that `ａｎａ` and `ana` are one account. Case and
//! composition are the store's to compare.

use std::borrow::Cow;

use provisor::scim::filter::{Expr, ExprKind, Literal, Placed, Test};
use unicode_normalization::UnicodeNormalization;

/// A `userName` without fullwidth and halfwidth forms.
pub(super) fn prepared(name: &str) -> Cow<'_, str> {
    if !name.contains(has_other_width) {
        return Cow::Borrowed(name);
    }
    let mut prepared = String::with_capacity(name.len());
    for character in name.chars() {
        if has_other_width(character) {
            prepared.extend(std::iter::once(character).nfkc());
        } else {
            prepared.push(character);
        }
    }
    Cow::Owned(prepared)
}

/// A filter whose texts for `userName` are prepared like those that are kept.
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

/// Halfwidth and Fullwidth Forms, and the ideographic space.
fn has_other_width(character: char) -> bool {
    matches!(character, '\u{ff00}'..='\u{ffef}' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_widths_become_the_usual_ones() {
        assert_eq!(prepared("Ａｎａ＠acme.example"), "Ana@acme.example");
        assert_eq!(prepared("ｶﾞ"), "カ\u{3099}");
        assert_eq!(prepared("ﬁ Ⅳ ana"), "ﬁ Ⅳ ana");
    }
}
