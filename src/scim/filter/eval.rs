//! Which resources match.
//!
//! A value that is missing, null, `""`, `[]` or an object without values is absent; so is one of
//! a wrong type, save what sources commonly send: `"True"` for a flag, a number or flag for a
//! text, numeric text for a number, one value for a list, a plain value for a complex one (its
//! `value`).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::json::{Kind, View};
use crate::limits;
use crate::scim::compare::{Instant, Number, compared_in};
use crate::scim::schema::Type;

use super::Op;
use super::validate::{Ask, Checked, Node, Operand, Question, Slot, flag_text};

impl Checked {
    /// Whether a resource matches.
    ///
    /// Of a multi-valued attribute some value must do, so `emails.type ne "work"` asks for a value
    /// that is another. Of a single-valued one `ne` is the negation of `eq`, so it holds where
    /// there is no value. Any other comparison with nothing is false.
    pub fn matches<V: View>(&self, resource: &V) -> bool {
        Eval { buffer: String::new() }.node(&self.root, resource)
    }

    /// Whether one value of the attribute matches, for a filter made by
    /// [`Checked::of_element`].
    pub fn matches_element<V: View>(&self, value: &V) -> bool {
        self.matches(value)
    }
}

struct Eval {
    /// For texts that change when they are compared.
    buffer: String,
}

impl Eval {
    // Recursion follows the filter, whose depth the parser has limited.
    fn node<V: View>(&mut self, node: &Node, here: &V) -> bool {
        match node {
            Node::Any(parts) => parts.iter().any(|part| self.node(part, here)),
            Node::All(parts) => parts.iter().all(|part| self.node(part, here)),
            Node::Not(inner) => !self.node(inner, here),
            Node::Never => false,
            Node::Ask(ask) => self.ask(ask, here),
            Node::Element { slot, inner } => {
                some(slot, here, &mut |element| self.node(inner, element))
            }
        }
    }

    fn ask<V: View>(&mut self, ask: &Ask, here: &V) -> bool {
        let slot = &ask.slot;
        let several = slot.multi_valued || slot.sub.as_ref().is_some_and(|(_, several)| *several);
        match &ask.question {
            Question::Present(kind) => some(slot, here, &mut |value| is_present(value, *kind)),
            Question::Absent(kind) => !some(slot, here, &mut |value| is_present(value, *kind)),
            Question::Equal(operand) => {
                some(slot, here, &mut |value| self.equal(value, operand) == Some(true))
            }
            Question::Differs(operand) if several => {
                some(slot, here, &mut |value| self.equal(value, operand) == Some(false))
            }
            Question::Differs(operand) => {
                !some(slot, here, &mut |value| self.equal(value, operand) == Some(true))
            }
            Question::Part(op, operand) => {
                some(slot, here, &mut |value| self.has_part(value, *op, operand))
            }
            Question::Order(op, operand) => some(slot, here, &mut |value| {
                self.order(value, operand).is_some_and(|order| match op {
                    Op::Gt => order.is_gt(),
                    Op::Ge => order.is_ge(),
                    Op::Lt => order.is_lt(),
                    _ => order.is_le(),
                })
            }),
        }
    }

    /// Whether the value equals the operand; `None` if it is absent or of a wrong type.
    fn equal<V: View>(&mut self, value: &V, operand: &Operand) -> Option<bool> {
        match operand {
            // The common question, without the buffer: the operand is in the compared form.
            Operand::Text { text, exact } => {
                let value = text_of(value)?;
                Some(match (value.is_ascii(), *exact) {
                    (true, true) => *value == **text,
                    (true, false) => value.eq_ignore_ascii_case(text),
                    (false, exact) => compared_in(&value, exact, &mut self.buffer) == text,
                })
            }
            _ => self.order(value, operand).map(Ordering::is_eq),
        }
    }

    /// The value against the operand; `None` if it is absent or of a wrong type.
    fn order<V: View>(&mut self, value: &V, operand: &Operand) -> Option<Ordering> {
        match operand {
            Operand::Text { text, exact } => {
                let value = text_of(value)?;
                Some(compared_in(&value, *exact, &mut self.buffer).cmp(text.as_str()))
            }
            Operand::Flag(flag) => Some(flag_of(value)?.cmp(flag)),
            Operand::Number(number) => Some(number_of(value)?.cmp(number)),
            Operand::Instant(instant) => Some(Instant::parse(value.as_text()?)?.cmp(instant)),
        }
    }

    fn has_part<V: View>(&mut self, value: &V, op: Op, operand: &Operand) -> bool {
        let (Some(value), Operand::Text { text, exact }) = (text_of(value), operand) else {
            return false;
        };
        let value = compared_in(&value, *exact, &mut self.buffer);
        match op {
            Op::Sw => value.starts_with(text.as_str()),
            Op::Ew => value.ends_with(text.as_str()),
            _ => value.contains(text.as_str()),
        }
    }
}

/// Whether some value at a place meets a condition.
fn some<V: View>(slot: &Slot, here: &V, condition: &mut impl FnMut(&V) -> bool) -> bool {
    let holder = match &slot.container {
        Some(uri) => here.attribute(uri),
        None => Some(here),
    };
    let found = match &slot.name {
        Some(name) => holder.and_then(|holder| member(holder, name)),
        None => holder,
    };
    let Some(found) = found else { return false };
    each(found, slot.multi_valued, &mut |value| match &slot.sub {
        None => condition(value),
        Some((name, several)) => {
            member(value, name).is_some_and(|found| each(found, *several, condition))
        }
    })
}

/// Whether one of the values of an attribute meets a condition. One value stands for a list, but
/// a list is not the one value of a single-valued attribute.
fn each<V: View>(found: &V, several: bool, condition: &mut impl FnMut(&V) -> bool) -> bool {
    match (found.kind(), several) {
        (Kind::Null, _) | (Kind::Array, false) => false,
        (Kind::Array, true) => found.elements().any(|value| match value.kind() {
            Kind::Null | Kind::Array => false,
            _ => condition(value),
        }),
        _ => condition(found),
    }
}

/// An attribute of an object; a plain value is its own `value`.
fn member<'a, V: View>(holder: &'a V, name: &str) -> Option<&'a V> {
    match holder.kind() {
        Kind::Object => holder.attribute(name),
        Kind::Null | Kind::Array => None,
        _ => name.eq_ignore_ascii_case("value").then_some(holder),
    }
}

fn is_present<V: View>(value: &V, kind: Type) -> bool {
    match kind {
        Type::Complex => has_value(value, 0),
        Type::Boolean => flag_of(value).is_some(),
        Type::Integer | Type::Decimal => number_of(value).is_some(),
        Type::String | Type::Reference | Type::Binary | Type::DateTime => text_of(value).is_some(),
    }
}

/// Whether anything stands in it.
fn has_value<V: View>(value: &V, depth: usize) -> bool {
    match value.kind() {
        Kind::Null => false,
        Kind::Bool | Kind::Number => true,
        Kind::String => value.as_text().is_some_and(|text| !text.is_empty()),
        // A tree that was read is never deeper.
        _ if depth > limits::JSON_NESTING => true,
        Kind::Array => value.elements().any(|inner| has_value(inner, depth + 1)),
        Kind::Object => value.entries().any(|(_, inner)| has_value(inner, depth + 1)),
    }
}

fn text_of<V: View>(value: &V) -> Option<Cow<'_, str>> {
    match value.kind() {
        Kind::String => value.as_text().filter(|text| !text.is_empty()).map(Cow::Borrowed),
        Kind::Number => value.as_number_text(),
        Kind::Bool => {
            value.as_flag().map(|flag| Cow::Borrowed(if flag { "true" } else { "false" }))
        }
        _ => None,
    }
}

fn flag_of<V: View>(value: &V) -> Option<bool> {
    value.as_flag().or_else(|| value.as_text().and_then(flag_text))
}

fn number_of<V: View>(value: &V) -> Option<Number> {
    match value.as_text() {
        Some(text) => Number::parse(text),
        None => Number::parse(&value.as_number_text()?),
    }
}
