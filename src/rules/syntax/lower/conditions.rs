//! Conditions.

use super::Lower;
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::rules::ast::{
    Expr, ExprKind, GroupBy, GroupRef, GroupSource, GroupTest, Literal, Op, Path, Quantifier,
    ValueSource,
};
use crate::rules::source::Spanned;
use crate::rules::syntax::cst::{Kind, Node};

impl Lower<'_> {
    /// A condition: operands joined by `or`.
    pub(super) fn condition(&mut self, node: &Node<'_>) -> Option<Expr> {
        let parts: Vec<&Node<'_>> = node.all(Kind::Conjunction).collect();
        if parts.len() > 1 {
            self.mixed(node, &parts);
        }
        self.joined(node, &parts, ExprKind::Or, Self::conjunction)
    }

    fn conjunction(&mut self, node: &Node<'_>) -> Option<Expr> {
        let parts: Vec<&Node<'_>> = node.all(Kind::Negation).collect();
        self.joined(node, &parts, ExprKind::And, Self::negation)
    }

    fn joined(
        &mut self,
        node: &Node<'_>,
        parts: &[&Node<'_>],
        join: fn(Vec<Expr>) -> ExprKind,
        lower: fn(&mut Self, &Node<'_>) -> Option<Expr>,
    ) -> Option<Expr> {
        match parts {
            [one] => lower(self, one),
            _ => {
                let operands = parts.iter().map(|part| lower(self, part)).collect::<Option<_>>()?;
                Some(self.spanned(node, join(operands)))
            }
        }
    }

    fn negation(&mut self, node: &Node<'_>) -> Option<Expr> {
        let inner = node.inner()?;
        let kind = match inner.kind {
            Kind::Negation => ExprKind::Not(Box::new(self.negation(inner)?)),
            Kind::Parenthesis => {
                ExprKind::Paren(Box::new(self.condition(inner.child(Kind::Condition)?)?))
            }
            Kind::GroupTest => ExprKind::Group(self.group_test(inner)?),
            _ => self.attribute_test(inner)?,
        };
        Some(self.spanned(node, kind))
    }

    /// P005: `a or b and c`, which is read as `a or (b and c)`.
    fn mixed(&mut self, node: &Node<'_>, parts: &[&Node<'_>]) {
        let joined = parts.iter().filter(|part| part.all(Kind::Negation).nth(1).is_some());
        let mut edits = Vec::new();
        for part in joined {
            let place = self.span(part);
            edits.push(Edit { span: place.before(), text: "(".to_owned() });
            edits.push(Edit { span: place.after(), text: ")".to_owned() });
        }
        let Some(first) = edits.first().map(|edit| edit.span) else { return };
        let part = parts.iter().find(|part| part.all(Kind::Negation).nth(1).is_some());
        let place = part.map_or(first, |part| self.span(part));
        let or = node.children.iter().find(|part| part.kind == Kind::Keyword);
        let mut found = Diagnostic::new(
            Code::P005,
            place,
            "`and` and `or` are mixed without parentheses: `and` binds first",
        )
        .label("this is read as if it stood in parentheses")
        .help("write the parentheses, so that everybody reads the same")
        .fix_edits("add the parentheses", edits, MachineApplicable);
        if let Some(or) = or {
            found = found.related(self.span(or), "`or` is read last");
        }
        self.findings.push(found);
    }

    fn group_test(&mut self, node: &Node<'_>) -> Option<GroupTest> {
        let quantifier = match node.child(Kind::Quantifier) {
            None => Quantifier::One(self.group_ref(node.child(Kind::GroupRef)?)?),
            Some(word) => {
                let source = match node.child(Kind::GroupList) {
                    Some(list) => {
                        let groups = self.group_refs(list);
                        self.spanned(list, GroupSource::Inline(groups))
                    }
                    None => {
                        let name = self.name(node)?;
                        Spanned::new(GroupSource::Set(name.clone()), name.span)
                    }
                };
                match word.text {
                    "any" => Quantifier::Any(source),
                    "all" => Quantifier::All(source),
                    _ => Quantifier::No(source),
                }
            }
        };
        let directly = node.word("directly").map(|word| self.spanned(word, ()));
        Some(GroupTest { quantifier, directly })
    }

    pub(super) fn group_refs(&mut self, node: &Node<'_>) -> Vec<GroupRef> {
        node.all(Kind::GroupRef).filter_map(|group| self.group_ref(group)).collect()
    }

    fn group_ref(&mut self, node: &Node<'_>) -> Option<GroupRef> {
        let by = match node.child(Kind::Keyword).map(|word| word.text) {
            Some("id") => GroupBy::Id,
            Some("externalId") => GroupBy::ExternalId,
            Some("like") => GroupBy::Like,
            _ => GroupBy::Name,
        };
        Some(GroupRef { by, text: self.text(node.child(Kind::Text)?) })
    }

    /// An attribute path as written.
    pub(super) fn path(&mut self, node: &Node<'_>) -> Option<Path> {
        let path = node.child(Kind::Path)?;
        self.check_length(path, path.text.len(), "name");
        Some(self.spanned(path, path.text.to_owned()))
    }

    fn attribute_test(&mut self, node: &Node<'_>) -> Option<ExprKind> {
        let path = self.path(node)?;
        let test = node.children.last()?;
        Some(match test.kind {
            Kind::Element => {
                let inner = Box::new(self.condition(test.child(Kind::Condition)?)?);
                ExprKind::Element { path, inner }
            }
            Kind::Presence => {
                let positive = test.word("absent").is_none() && test.word("not").is_none();
                let not = test.all(Kind::Keyword).any(|word| word.text.eq_ignore_ascii_case("not"));
                ExprKind::Present { path, present: positive && !not }
            }
            Kind::Membership => {
                let negated =
                    test.all(Kind::Keyword).any(|word| word.text.eq_ignore_ascii_case("not"));
                let values = match test.child(Kind::Values) {
                    Some(list) => {
                        let values = self.literals(list);
                        self.spanned(list, ValueSource::Values(values))
                    }
                    None => {
                        let name = self.name(test)?;
                        Spanned::new(ValueSource::Set(name.clone()), name.span)
                    }
                };
                ExprKind::In { path, negated, values }
            }
            _ => self.comparison(path, test)?,
        })
    }

    fn comparison(&mut self, path: Path, node: &Node<'_>) -> Option<ExprKind> {
        let operator = node.child(Kind::Operator)?;
        let word = operator.children.first()?;
        let op = self.spanned(operator, op(word.kind)?);
        let (op, value) = match node.child(Kind::Regex) {
            Some(regex) => self.pattern(op, regex),
            None => {
                let value = node.child(Kind::Value)?;
                let literal = self.literal(value)?;
                if op.node == Op::Matches {
                    self.no_pattern(op, value, literal)
                } else {
                    (op, literal)
                }
            }
        };
        Some(ExprKind::Compare { path, op, value })
    }

    /// A pattern, which only `matches` takes.
    fn pattern(&mut self, op: Spanned<Op>, node: &Node<'_>) -> (Spanned<Op>, Spanned<Literal>) {
        self.check_length(node, node.text.len(), "pattern");
        let inside = node.text.get(1..node.text.len().saturating_sub(1)).unwrap_or("");
        let value = self.spanned(node, Literal::Regex(inside.replace("\\/", "/")));
        if op.node == Op::Matches {
            return (op, value);
        }
        let words = op.node.words();
        self.findings.push(
            Diagnostic::new(
                Code::P002,
                op.span,
                format!("`{words}` takes no pattern; write `matches`"),
            )
            .label("write `matches`")
            .fix("write `matches`", op.span, "matches", MaybeIncorrect),
        );
        (Spanned::new(Op::Matches, op.span), value)
    }

    /// `matches "R.*"`: the pattern stands in quotes.
    fn no_pattern(
        &mut self,
        op: Spanned<Op>,
        node: &Node<'_>,
        value: Spanned<Literal>,
    ) -> (Spanned<Op>, Spanned<Literal>) {
        let mut found = Diagnostic::new(
            Code::P002,
            self.span(node),
            "a pattern stands between slashes, such as `matches /R[0-9]+/`",
        )
        .label("not a pattern");
        let pattern = match &value.node {
            Literal::Text(text) if !text.is_empty() && !text.contains(['\n', '\r']) => text.clone(),
            Literal::Number(text) => text.clone(),
            _ => {
                self.findings.push(found);
                return (op, value);
            }
        };
        let written = format!("/{}/", pattern.replace('/', "\\/"));
        found = found.fix(format!("write `{written}`"), value.span, written, MaybeIncorrect);
        self.findings.push(found);
        (op, Spanned::new(Literal::Regex(pattern), value.span))
    }
}

fn op(kind: Kind) -> Option<Op> {
    Some(match kind {
        Kind::OpIsNotExactly => Op::IsNotExactly,
        Kind::OpIsExactly => Op::IsExactly,
        Kind::OpIsNot => Op::IsNot,
        Kind::OpIs => Op::Is,
        Kind::OpStartsWith => Op::StartsWith,
        Kind::OpEndsWith => Op::EndsWith,
        Kind::OpContains => Op::Contains,
        Kind::OpLike => Op::Like,
        Kind::OpMatches => Op::Matches,
        Kind::OpAtLeast => Op::AtLeast,
        Kind::OpAtMost => Op::AtMost,
        Kind::OpMoreThan => Op::MoreThan,
        Kind::OpLessThan => Op::LessThan,
        _ => return None,
    })
}
