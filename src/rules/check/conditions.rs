//! Conditions of the tree become conditions of the model: names resolved, types checked, every
//! shorthand written out.

use std::sync::Arc;

use super::attributes::{Attributes, KnownId, Target, Value};
use super::doubtful;
use super::letter_case::{self, Spellings};
use super::literals::{self, Meaning};
use super::names::{Kind, Names};
use super::operators;
use super::patterns::Patterns;
use super::report::Report;
use super::sets::{self, Sets, Values};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::limits;
use crate::rules::ast::{
    Expr, ExprKind, GroupSource, GroupTest, Literal, Op, Path, Quantifier, ValueSource,
};
use crate::rules::model::{Cond, CondKind, GroupAtom, GroupKey, Test, ValueAtom, ValueKind};
use crate::rules::source::{Span, Spanned};

/// Deeper than the parser allows, with room for its own nodes; only a tree made by other means
/// gets here.
const DEPTH: usize = limits::NESTING * 4;

/// Everything that conditions refer to.
pub(super) struct Scope<'t> {
    pub(super) attributes: Attributes,
    pub(super) names: Names<'t>,
    pub(super) sets: Sets<'t>,
    pub(super) patterns: Patterns,
}

/// The conditions of one rule on their way into the model.
pub(super) struct Conditions<'a, 't> {
    scope: &'a mut Scope<'t>,
    report: &'a mut Report,
    spellings: Spellings,
    count: usize,
    depth: usize,
    element: Option<Element<'a>>,
}

/// The `attribute[…]` that a condition stands in.
#[derive(Clone, Copy)]
struct Element<'a> {
    known: KnownId,
    path: &'a Path,
}

impl<'a, 't> Conditions<'a, 't> {
    /// For one rule (or proof).
    pub(super) fn new(scope: &'a mut Scope<'t>, report: &'a mut Report) -> Self {
        Self { scope, report, spellings: Spellings::default(), count: 0, depth: 0, element: None }
    }

    /// A condition; `None` where something in it is wrong, which is reported then.
    pub(super) fn lower(&mut self, expr: &'a Expr) -> Option<Cond> {
        if self.depth >= DEPTH {
            self.report.push(Diagnostic::new(
                Code::P007,
                expr.span,
                format!("conditions nest deeper than {}", limits::NESTING),
            ));
            return None;
        }
        self.depth += 1;
        let kind = self.kind(expr);
        self.depth -= 1;
        Some(Cond { kind: kind?, span: expr.span })
    }

    fn kind(&mut self, expr: &'a Expr) -> Option<CondKind> {
        match &expr.node {
            ExprKind::Or(list) => Some(CondKind::Any(self.all_of(list)?)),
            ExprKind::And(list) => Some(CondKind::All(self.all_of(list)?)),
            ExprKind::Not(inner) => Some(CondKind::Not(Box::new(self.lower(inner)?))),
            ExprKind::Paren(inner) => Some(self.lower(inner)?.kind),
            ExprKind::Group(test) => {
                self.admit(expr.span);
                self.group(test, expr.span)
            }
            ExprKind::Element { path, inner } => self.element(path, inner, expr.span),
            ExprKind::Present { path, present } => {
                self.admit(expr.span);
                let target = self.target(path)?;
                Some(self.presence(target, *present, expr.span))
            }
            ExprKind::In { path, negated, values } => {
                self.admit(expr.span);
                self.membership(path, *negated, values, expr.span)
            }
            ExprKind::Compare { path, op, value } => {
                self.admit(expr.span);
                self.comparison(path, op, value, expr.span)
            }
        }
    }

    /// All of them, so that every mistake is reported; `None` if one was wrong.
    fn all_of(&mut self, list: &'a [Expr]) -> Option<Vec<Cond>> {
        let mut conds = Vec::with_capacity(list.len());
        let mut fine = true;
        for expr in list {
            match self.lower(expr) {
                Some(cond) => conds.push(cond),
                None => fine = false,
            }
        }
        fine.then_some(conds)
    }

    /// Counts a condition (P007).
    fn admit(&mut self, span: Span) {
        self.count += 1;
        if self.count == limits::CONDITIONS_PER_RULE + 1 {
            let message =
                format!("more than {} conditions in one rule", limits::CONDITIONS_PER_RULE);
            self.report.push(
                Diagnostic::new(Code::P007, span, message).help(
                    "put the values into a set and ask `is in`: a set counts as one condition",
                ),
            );
        }
    }

    fn target(&mut self, path: &Path) -> Option<Target> {
        let Scope { attributes, names, .. } = &mut *self.scope;
        match self.element {
            Some(element) => attributes.within(element.known, path, self.report),
            None => attributes.resolve(path, names, self.report),
        }
    }

    fn value(&mut self, path: &Path) -> Option<(Target, Value)> {
        let target = self.target(path)?;
        let mut value = self.scope.attributes.value(target, path, self.report)?;
        // One element has one value of each part.
        value.multi_valued &= self.element.is_none();
        Some((target, value))
    }

    fn atom(&mut self, value: &Value, test: Test) -> CondKind {
        let (attribute, leaf) = self.scope.attributes.register_leaf(value.known, value.leaf);
        CondKind::Value(ValueAtom { attribute, value: Some(leaf), test })
    }

    fn presence(&mut self, target: Target, present: bool, span: Span) -> CondKind {
        let attributes = &mut self.scope.attributes;
        let (attribute, value) = match target.leaf {
            Some(leaf) => {
                let (attribute, value) = attributes.register_leaf(target.known, leaf);
                (attribute, Some(value))
            }
            None => (attributes.register_whole(target.known), None),
        };
        let kind = CondKind::Value(ValueAtom { attribute, value, test: Test::Present });
        if present { kind } else { not(kind, span) }
    }

    fn comparison(
        &mut self,
        path: &'a Path,
        op: &Spanned<Op>,
        literal: &Spanned<Literal>,
        span: Span,
    ) -> Option<CondKind> {
        let negated = matches!(op.node, Op::IsNot | Op::IsNotExactly);
        let equality = negated || matches!(op.node, Op::Is | Op::IsExactly);
        if equality && literals::is_absent(&literal.node) {
            let target = self.target(path)?;
            return Some(self.presence(target, negated, span));
        }
        let (_, value) = self.value(path)?;
        if let Some(finding) = operators::check(op.node, op.span, &value) {
            self.report.push(finding);
            return None;
        }
        if matches!(op.node, Op::Matches) {
            return self.pattern(&value, literal);
        }
        if matches!(op.node, Op::Like) {
            return self.wildcards(&value, literal);
        }
        let exactly = matches!(op.node, Op::IsExactly | Op::IsNotExactly);
        let meaning = literals::meaning(literal, &value, exactly, self.report)?;
        let operand = match meaning {
            Meaning::Absent => return self.absent_operand(op, literal, &value),
            Meaning::Is(operand) => operand,
        };
        if equality {
            literals::check_declared(literal, &value, None, self.report);
        }
        letter_case::check_exactly(op, &value, self.report);
        doubtful::comparison(op, literal, &value, self.report);
        self.spellings.note(literal, op.node, &value, self.report);
        let test = match op.node {
            Op::Is | Op::IsExactly => Test::Equal(operand),
            Op::IsNot | Op::IsNotExactly if value.multi_valued => {
                let positive = if op.node == Op::IsNot { Op::Is } else { Op::IsExactly };
                let text = positive.words().to_owned();
                self.some_value_differs(path, Edit { span: op.span, text }, span);
                Test::NotEqual(operand)
            }
            Op::IsNot | Op::IsNotExactly => {
                let equal = self.atom(&value, Test::Equal(operand));
                return Some(not(equal, span));
            }
            Op::Contains => Test::Contains(operand),
            Op::StartsWith => Test::StartsWith(operand),
            Op::EndsWith => Test::EndsWith(operand),
            Op::AtLeast => Test::AtLeast(operand),
            Op::AtMost => Test::AtMost(operand),
            Op::MoreThan => Test::MoreThan(operand),
            Op::LessThan => Test::LessThan(operand),
            Op::Like | Op::Matches => return None,
        };
        Some(self.atom(&value, test))
    }

    /// `contains ""`, `at least null`: nothing that a value could be held against.
    fn absent_operand(
        &mut self,
        op: &Spanned<Op>,
        literal: &Spanned<Literal>,
        value: &Value,
    ) -> Option<CondKind> {
        let words = op.node.words();
        let written = literals::written(&literal.node);
        let message = format!("`{words}` cannot be asked about no value (`{written}`)");
        self.report.push(
            Diagnostic::new(Code::T201, literal.span, message)
                .help(format!("write `{0} is present` or `{0} is absent`", value.display)),
        );
        None
    }

    fn pattern(&mut self, value: &Value, literal: &Spanned<Literal>) -> Option<CondKind> {
        let Literal::Regex(pattern) = &literal.node else {
            // The parser sees to this; a tree made by other means may have it.
            let message = "`matches` takes a pattern between slashes";
            self.report.push(Diagnostic::new(Code::T201, literal.span, message));
            return None;
        };
        let exact = matches!(value.kind, ValueKind::Text { exact: true });
        let regex = self.scope.patterns.get(pattern, exact, literal.span, self.report)?;
        Some(self.atom(value, Test::Matches(regex)))
    }

    fn wildcards(&mut self, value: &Value, literal: &Spanned<Literal>) -> Option<CondKind> {
        let Literal::Text(pattern) = &literal.node else {
            self.report.push(literals::not_text(&literal.node, literal.span, &value.display));
            return None;
        };
        let exact = matches!(value.kind, ValueKind::Text { exact: true });
        Some(self.atom(value, Test::Like { pattern: pattern.clone(), exact }))
    }

    fn membership(
        &mut self,
        path: &'a Path,
        negated: bool,
        source: &'a Spanned<ValueSource>,
        span: Span,
    ) -> Option<CondKind> {
        let resolved = self.value(path);
        let values = match &source.node {
            ValueSource::Set(id) => {
                // Looked up even where the attribute is wrong: it is used, and may be unknown.
                let set = self.scope.names.find(Kind::Set, id, self.report);
                let (_, value) = resolved.as_ref()?;
                self.scope.sets.values(set?, id.span, value, self.report)?
            }
            ValueSource::Values(list) => {
                let (_, value) = resolved.as_ref()?;
                let list = Spanned::new(list.as_slice(), source.span);
                sets::inline(&list, value, self.report)?
            }
        };
        let (target, value) = resolved?;
        let kind = if negated && value.multi_valued {
            let between = Span { start: path.span.end, end: source.span.start, ..span };
            let positive = Edit { span: between, text: " is in ".to_owned() };
            self.some_value_differs(path, positive, span);
            self.none_of(target, &value, values, span)
        } else {
            let one_of = self.one_of(target, &value, values, span);
            if negated { not(one_of, span) } else { one_of }
        };
        Some(kind)
    }

    fn one_of(&mut self, target: Target, value: &Value, values: Values, span: Span) -> CondKind {
        if !values.absent {
            return self.atom(value, Test::In(values.operands));
        }
        let absent = self.presence(target, false, span);
        if values.operands.is_empty() {
            return absent;
        }
        let one_of = self.atom(value, Test::In(values.operands));
        CondKind::Any(vec![Cond { kind: absent, span }, Cond { kind: one_of, span }])
    }

    /// Some value is none of these; a value is never absent, so `""` among them says nothing.
    fn none_of(&mut self, target: Target, value: &Value, values: Values, span: Span) -> CondKind {
        if values.operands.is_empty() {
            return self.presence(target, true, span);
        }
        self.atom(value, Test::NotIn(values.operands))
    }

    /// T209: `is not` on an attribute with several values. `positive` takes the `not` away.
    fn some_value_differs(&mut self, path: &Path, positive: Edit, span: Span) {
        let name = &path.node;
        let message = format!(
            "`{name}` can have several values, and this holds as soon as one of them differs"
        );
        let before = Edit { span: span.before(), text: "not ".to_owned() };
        let finding = Diagnostic::new(Code::T209, span, message)
            .help(format!(
                "to say that no value is it, write `not {name} {} …`",
                positive.text.trim()
            ))
            .fix_edits(
                format!("say that no value of `{name}` is it"),
                vec![before, positive],
                Applicability::MaybeIncorrect,
            );
        self.report.push(finding);
    }

    fn element(&mut self, path: &'a Path, inner: &'a Expr, span: Span) -> Option<CondKind> {
        if let Some(outer) = self.element {
            let message =
                format!("`{}[…]` cannot stand inside `{}[…]`", path.node, outer.path.node);
            self.report.push(
                Diagnostic::new(Code::T203, path.span, message)
                    .help("write the two beside each other, joined by `and`"),
            );
            return None;
        }
        let target = self.target(path)?;
        let shape = self.scope.attributes.shape(target.known);
        if target.leaf.is_some() || !shape.complex {
            let message = format!("`{}` is a plain value without parts", path.node);
            self.report.push(
                Diagnostic::new(Code::T203, path.span, message)
                    .help(format!("compare it directly: `{} is …`", path.node)),
            );
            return None;
        }
        self.element = Some(Element { known: target.known, path });
        let inner = self.lower(inner);
        self.element = None;
        let inner = inner?;
        if shape.multi_valued {
            let attribute = self.scope.attributes.register(target.known);
            return Some(CondKind::Element { attribute, inner: Box::new(inner) });
        }
        // One element at most: it must be there and meet the condition.
        let present = Cond { kind: self.presence(target, true, span), span: path.span };
        Some(CondKind::All(vec![present, inner]))
    }

    fn group(&mut self, test: &GroupTest, span: Span) -> Option<CondKind> {
        if let Some(element) = self.element {
            let name = &element.path.node;
            let message = format!("groups cannot be asked about inside `{name}[…]`");
            self.report.push(
                Diagnostic::new(Code::T203, span, message)
                    .help(format!("write the group beside it: `{name}[…] and in group …`")),
            );
            return None;
        }
        let directly = test.directly.is_some();
        let atom = |groups, all| CondKind::Group(GroupAtom { groups, all, directly });
        match &test.quantifier {
            Quantifier::One(group) => {
                let list = std::slice::from_ref(group);
                doubtful::groups(list, self.report);
                Some(atom(sets::groups(list), false))
            }
            Quantifier::Any(source) => Some(atom(self.groups(source)?, false)),
            Quantifier::All(source) => Some(atom(self.groups(source)?, true)),
            Quantifier::No(source) => Some(not(atom(self.groups(source)?, false), span)),
        }
    }

    fn groups(&mut self, source: &Spanned<GroupSource>) -> Option<Arc<[GroupKey]>> {
        match &source.node {
            GroupSource::Inline(list) => {
                sets::check_size(list.len(), source.span, self.report);
                doubtful::groups(list, self.report);
                Some(sets::groups(list))
            }
            GroupSource::Set(id) => {
                let set = self.scope.names.find(Kind::Set, id, self.report)?;
                self.scope.sets.groups(set, id.span, self.report)
            }
        }
    }
}

fn not(kind: CondKind, span: Span) -> CondKind {
    CondKind::Not(Box::new(Cond { kind, span }))
}
