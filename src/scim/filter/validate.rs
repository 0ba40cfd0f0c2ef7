//! A filter held against the schemas of a resource type.

use crate::error::{Error, ErrorKind};
use crate::scim::compare::{Instant, Number, compared, nfc};
use crate::scim::path::{AttrPath, Resolved};
use crate::scim::schema::{Attribute, ResourceType, Returned, Schemas, Type};

use super::{Expr, ExprKind, Filter, Literal, Op, Placed, Test};

/// What to do where the RFC leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Attributes that the resource type does not have.
    pub unknown: Unknown,
    /// `active eq "true"` and `level eq "5"` mean the flag and the number.
    pub quoted_literals: bool,
    /// Attributes that are never returned, such as `password`, can be asked for. Whoever can
    /// filter by a secret can guess it letter by letter.
    pub secrets: bool,
}

/// What an attribute means that the resource type does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The filter is refused (`invalidFilter`).
    Refuse,
    /// It has no value, as RFC 7644, 3.4.2.1 says for endpoints of several resource types.
    NoValue,
}

/// Unknown attributes, quoted literals and secrets are refused.
impl Default for Policy {
    fn default() -> Self {
        Self { unknown: Unknown::Refuse, quoted_literals: false, secrets: false }
    }
}

/// A filter that fits a resource type; see [`Checked::matches`].
#[derive(Debug, Clone)]
pub struct Checked {
    pub(super) root: Node,
}

/// A condition with everything looked up.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Any(Vec<Node>),
    All(Vec<Node>),
    Not(Box<Node>),
    /// About an attribute that the resource type does not have.
    Never,
    Ask(Ask),
    Element {
        slot: Slot,
        inner: Box<Node>,
    },
}

/// A question about the values at a place.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) slot: Slot,
    pub(super) question: Question,
}

/// Where values stand: in the resource, or inside an element in the element.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// The object of an extension.
    pub(super) container: Option<String>,
    /// The attribute; `None` is the element itself.
    pub(super) name: Option<String>,
    /// Whether the attribute has several values.
    pub(super) multi_valued: bool,
    /// The sub-attribute, and whether it has several values.
    pub(super) sub: Option<(String, bool)>,
}

/// A question about values.
#[derive(Debug, Clone)]
pub(super) enum Question {
    /// There is one of that type.
    Present(Type),
    /// There is none of that type.
    Absent(Type),
    /// One equals.
    Equal(Operand),
    /// One differs, or where there can be but one: it does not equal.
    Differs(Operand),
    /// One contains the text, starts or ends with it.
    Part(Op, Operand),
    /// One is greater or less.
    Order(Op, Operand),
}

/// What values are compared with, in the compared form.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Text { text: String, exact: bool },
    Flag(bool),
    Number(Number),
    Instant(Instant),
}

impl Filter {
    /// Holds the filter against a resource type.
    ///
    /// Fails with [`Filter`](ErrorKind::Filter) and the byte where an attribute is unknown
    /// (unless the policy says otherwise), an operator does not fit the attribute's type
    /// (RFC 7644, 3.4.2.2), or a literal is of another type; and with
    /// [`Schema`](ErrorKind::Schema) if there is no such resource type.
    pub fn validate(
        &self,
        schemas: &Schemas,
        resource_type: &str,
        policy: Policy,
    ) -> Result<Checked, Error> {
        let Some(resource_type) = schemas.resource_type(resource_type) else {
            let message = format!("there is no resource type `{resource_type}`");
            return Err(Error::new(ErrorKind::Schema, message));
        };
        let validator = Validator { schemas, resource_type, policy };
        Ok(Checked { root: validator.node(&self.root)? })
    }
}

impl Checked {
    /// The condition in the brackets of a PATCH path, for the values of one attribute; what it
    /// matches are single values, with [`Checked::matches_element`].
    ///
    /// Fails as [`Filter::validate`].
    pub fn of_element(
        condition: &Expr,
        attribute: &Attribute,
        schemas: &Schemas,
        resource_type: &ResourceType,
        policy: Policy,
    ) -> Result<Self, Error> {
        let validator = Validator { schemas, resource_type, policy };
        Ok(Self { root: validator.inner(condition, attribute)? })
    }
}

struct Validator<'s> {
    schemas: &'s Schemas,
    resource_type: &'s ResourceType,
    policy: Policy,
}

impl<'s> Validator<'s> {
    // Recursion follows the tree, whose depth the parser has limited.
    fn node(&self, expr: &Expr) -> Result<Node, Error> {
        match &expr.node {
            ExprKind::Or(parts) => Ok(Node::Any(self.each(parts, |part| self.node(part))?)),
            ExprKind::And(parts) => Ok(Node::All(self.each(parts, |part| self.node(part))?)),
            ExprKind::Not(inner) => Ok(Node::Not(Box::new(self.node(inner)?))),
            ExprKind::Compare { path, test } => {
                let Some(resolved) = self.resolve(path)? else { return Ok(absent(test)) };
                self.secret(resolved.leaf(), path)?;
                self.compare(path, &resolved, test)
            }
            ExprKind::Element { path, inner } => {
                let Some(resolved) = self.resolve(path)? else { return Ok(Node::Never) };
                if resolved.sub.is_some() {
                    return Err(fail(path, "brackets stand behind a sub-attribute")
                        .help(format!("choose values of `{}`", resolved.attribute.name)));
                }
                if !resolved.attribute.is_complex() && !resolved.attribute.multi_valued {
                    let message = format!(
                        "`{}` has one simple value, and brackets choose among several",
                        path.node
                    );
                    return Err(
                        fail(path, message).help(format!("write it as in `{} eq …`", path.node))
                    );
                }
                let slot = slot(&resolved, None);
                let inner = Box::new(self.inner(inner, resolved.attribute)?);
                Ok(Node::Element { slot, inner })
            }
        }
    }

    /// A condition on one value of an attribute.
    fn inner(&self, expr: &Expr, element: &Attribute) -> Result<Node, Error> {
        match &expr.node {
            ExprKind::Or(parts) => {
                Ok(Node::Any(self.each(parts, |part| self.inner(part, element))?))
            }
            ExprKind::And(parts) => {
                Ok(Node::All(self.each(parts, |part| self.inner(part, element))?))
            }
            ExprKind::Not(inner) => Ok(Node::Not(Box::new(self.inner(inner, element)?))),
            ExprKind::Element { path, .. } => Err(fail(path, "brackets stand inside brackets")
                .help("inside brackets name the sub-attributes of one value")),
            ExprKind::Compare { path, test } => {
                if path.node.schema.is_some() || path.node.sub.is_some() {
                    let message = format!("`{}` stands inside brackets", path.node);
                    return Err(
                        fail(path, message).help("inside brackets name a sub-attribute alone")
                    );
                }
                let name = &path.node.name;
                if let Some(sub) = element.sub(name) {
                    let slot = Slot {
                        container: None,
                        name: Some(sub.name.clone()),
                        multi_valued: sub.multi_valued,
                        sub: None,
                    };
                    self.secret(sub, path)?;
                    return self.question(path, sub, slot, test);
                }
                // A simple value is its own `value`.
                if !element.is_complex() && name.eq_ignore_ascii_case("value") {
                    let slot = Slot { container: None, name: None, multi_valued: false, sub: None };
                    return self.question(path, element, slot, test);
                }
                if self.policy.unknown == Unknown::NoValue {
                    return Ok(absent(test));
                }
                let inside = AttrPath::new(element.name.clone(), Some(name));
                let error = match inside.resolve(self.schemas, self.resource_type) {
                    Err(error) => error,
                    Ok(_) => fail(path, format!("`{}` has no `{name}`", element.name)),
                };
                Err(moved(&error, path.place.start))
            }
        }
    }

    fn each(
        &self,
        parts: &[Expr],
        read: impl Fn(&Expr) -> Result<Node, Error>,
    ) -> Result<Vec<Node>, Error> {
        parts.iter().map(read).collect()
    }

    fn resolve(&self, path: &Placed<AttrPath>) -> Result<Option<Resolved<'s>>, Error> {
        match path.node.resolve(self.schemas, self.resource_type) {
            Ok(resolved) => Ok(Some(resolved)),
            Err(_) if self.policy.unknown == Unknown::NoValue => Ok(None),
            Err(error) => Err(moved(&error, path.place.start + error.offset().unwrap_or(0))),
        }
    }

    fn secret(&self, leaf: &Attribute, path: &Placed<AttrPath>) -> Result<(), Error> {
        if leaf.returned == Returned::Never && !self.policy.secrets {
            return Err(fail(path, format!("`{}` cannot be asked for", path.node))
                .help("it is never given out"));
        }
        Ok(())
    }

    fn compare(
        &self,
        path: &Placed<AttrPath>,
        resolved: &Resolved<'_>,
        test: &Test,
    ) -> Result<Node, Error> {
        let leaf = resolved.leaf();
        if !leaf.is_complex() || is_presence(test) {
            return self.question(path, leaf, slot(resolved, resolved.sub), test);
        }
        // `emails co "x"` means the `value`.
        match leaf.sub("value") {
            Some(value) if resolved.sub.is_none() => {
                self.question(path, value, slot(resolved, Some(value)), test)
            }
            _ => {
                let first = leaf.sub_attributes.first().map_or("value", |sub| sub.name.as_str());
                let message = format!("`{}` has several parts and no `value`", path.node);
                Err(fail(path, message).help(format!("name one, as in `{}.{first}`", path.node)))
            }
        }
    }

    /// What is asked of values of an attribute's type.
    fn question(
        &self,
        path: &Placed<AttrPath>,
        leaf: &Attribute,
        slot: Slot,
        test: &Test,
    ) -> Result<Node, Error> {
        let kind = leaf.kind;
        let (op, literal) = match test {
            Test::Present => return Ok(ask(slot, Question::Present(kind))),
            Test::Value(Op::Eq, Placed { node: Literal::Null, .. }) => {
                return Ok(ask(slot, Question::Absent(kind)));
            }
            Test::Value(Op::Ne, Placed { node: Literal::Null, .. }) => {
                return Ok(ask(slot, Question::Present(kind)));
            }
            Test::Value(op, literal) => (*op, literal),
        };
        let fits = match kind {
            Type::String | Type::Reference | Type::DateTime => true,
            Type::Binary => !op.is_order(),
            Type::Integer | Type::Decimal => !op.is_part(),
            Type::Boolean | Type::Complex => matches!(op, Op::Eq | Op::Ne),
        };
        if !fits {
            let message = format!("`{op}` does not fit `{}`, which is {}", path.node, noun(kind));
            let help = match kind {
                Type::Integer | Type::Decimal => "write eq, ne, gt, ge, lt, le or pr",
                Type::Binary => "write eq, ne, co, sw, ew or pr",
                _ => "write eq, ne or pr",
            };
            return Err(fail(path, message).help(help));
        }
        let operand = self.operand(path, leaf, op, literal)?;
        Ok(ask(
            slot,
            match op {
                Op::Eq => Question::Equal(operand),
                Op::Ne => Question::Differs(operand),
                Op::Co | Op::Sw | Op::Ew => Question::Part(op, operand),
                Op::Gt | Op::Ge | Op::Lt | Op::Le => Question::Order(op, operand),
            },
        ))
    }

    fn operand(
        &self,
        path: &Placed<AttrPath>,
        leaf: &Attribute,
        op: Op,
        literal: &Placed<Literal>,
    ) -> Result<Operand, Error> {
        let quoted = match &literal.node {
            Literal::Text(text) if self.policy.quoted_literals => Some(text.as_str()),
            _ => None,
        };
        let operand = match (leaf.kind, &literal.node) {
            (Type::Boolean, Literal::Bool(flag)) => Some(Operand::Flag(*flag)),
            (Type::Boolean, _) => quoted.and_then(flag_text).map(Operand::Flag),
            (Type::Integer | Type::Decimal, Literal::Number(numeral)) => {
                Some(Operand::Number(numeral.value()))
            }
            (Type::Integer | Type::Decimal, _) => {
                quoted.and_then(Number::parse).map(Operand::Number)
            }
            // A part of an instant is a part of its text.
            (Type::DateTime, Literal::Text(text)) if op.is_part() => {
                Some(Operand::Text { text: nfc(text).into_owned(), exact: true })
            }
            (Type::DateTime, Literal::Text(text)) => match Instant::parse(text) {
                Some(instant) => Some(Operand::Instant(instant)),
                None => {
                    let message = format!("the value for `{}` is no date and time", path.node);
                    return Err(
                        fail(literal, message).help("write it as in `\"2011-05-13T04:42:34Z\"`")
                    );
                }
            },
            (Type::String | Type::Reference | Type::Binary, Literal::Text(text)) => {
                let exact = leaf.case_exact;
                Some(Operand::Text { text: compared(text, exact).into_owned(), exact })
            }
            _ => None,
        };
        operand.ok_or_else(|| {
            let message = format!(
                "`{}` is {}, and is compared with {}",
                path.node,
                noun(leaf.kind),
                match &literal.node {
                    Literal::Null => "null",
                    Literal::Bool(_) => "true or false",
                    Literal::Number(_) => "a number",
                    Literal::Text(_) => "a text",
                }
            );
            fail(literal, message).help(match leaf.kind {
                Type::Boolean => "write `true` or `false` without quotes",
                Type::Integer | Type::Decimal => "write a number without quotes",
                _ if literal.node == Literal::Null => "write `eq null`, `ne null` or `pr`",
                _ => "put the value in double quotes",
            })
        })
    }
}

/// `True` and `false` in any case, as a flag.
pub(super) fn flag_text(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn slot(resolved: &Resolved<'_>, sub: Option<&Attribute>) -> Slot {
    Slot {
        container: resolved.extension.then(|| resolved.schema.id.clone()),
        name: Some(resolved.attribute.name.clone()),
        multi_valued: resolved.attribute.multi_valued,
        sub: sub.map(|sub| (sub.name.clone(), sub.multi_valued)),
    }
}

fn ask(slot: Slot, question: Question) -> Node {
    Node::Ask(Ask { slot, question })
}

/// What a test gives where there is no value.
fn absent(test: &Test) -> Node {
    match test {
        Test::Value(Op::Eq, Placed { node: Literal::Null, .. }) => Node::Not(Box::new(Node::Never)),
        Test::Value(Op::Ne, literal) if literal.node != Literal::Null => {
            Node::Not(Box::new(Node::Never))
        }
        _ => Node::Never,
    }
}

fn is_presence(test: &Test) -> bool {
    match test {
        Test::Present => true,
        Test::Value(op, literal) => matches!(op, Op::Eq | Op::Ne) && literal.node == Literal::Null,
    }
}

fn noun(kind: Type) -> &'static str {
    match kind {
        Type::String => "a text",
        Type::Boolean => "true or false",
        Type::Decimal => "a number",
        Type::Integer => "a whole number",
        Type::DateTime => "a date and time",
        Type::Reference => "a reference",
        Type::Binary => "binary",
        Type::Complex => "complex",
    }
}

fn fail<T>(placed: &Placed<T>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Filter, message).at(placed.place.start)
}

/// The same error as one of the filter.
fn moved(error: &Error, at: usize) -> Error {
    let moved = Error::new(ErrorKind::Filter, error.message()).at(at);
    match error.advice() {
        Some(help) => moved.help(help),
        None => moved,
    }
}
