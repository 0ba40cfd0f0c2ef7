//! Negations that also hold for people without a value (T207).

use std::collections::{HashMap, HashSet};

use super::attributes::{Attributes, Described};
use super::report::Report;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::rules::model::{AttributeId, Cond, CondKind, Test, ValueId};
use crate::rules::source::Span;

/// A value, or an attribute as a whole.
type Key = (AttributeId, Option<ValueId>);

/// T207 for the conditions of one rule. Nothing is said of a value whose presence the rule tests
/// anywhere, or which a condition joined by `and` needs anyway; once a value and rule.
pub(super) fn check(
    matches: Option<&Cond>,
    except: Option<&Cond>,
    attributes: &Attributes,
    report: &mut Report,
) {
    let mut tested = HashSet::new();
    for cond in matches.into_iter().chain(except) {
        presence_tests(cond, &mut tested);
    }
    let mut walk =
        Walk { attributes, report, tested, needed: HashMap::new(), happens: "match this too" };
    if let Some(cond) = matches {
        walk.visit(cond, None, false);
    }
    if let Some(cond) = except {
        walk.happens = "are excepted too";
        walk.visit(cond, None, false);
    }
}

fn presence_tests(cond: &Cond, tested: &mut HashSet<Key>) {
    match &cond.kind {
        CondKind::True | CondKind::Group(_) => {}
        CondKind::All(list) | CondKind::Any(list) => {
            list.iter().for_each(|inner| presence_tests(inner, tested));
        }
        CondKind::Not(inner) | CondKind::Element { inner, .. } => presence_tests(inner, tested),
        CondKind::Value(atom) => {
            if matches!(atom.test, Test::Present) {
                tested.insert((atom.attribute, atom.value));
            }
        }
    }
}

struct Walk<'a> {
    attributes: &'a Attributes,
    report: &'a mut Report,
    /// Values whose presence is tested, or about which something was said already.
    tested: HashSet<Key>,
    /// Values that conditions joined by `and` need, with how many of them.
    needed: HashMap<Key, usize>,
    /// What happens to people without a value.
    happens: &'static str,
}

impl Walk<'_> {
    /// `negation` is the `not` that turns the condition round, if one does (two of them cancel).
    fn visit(&mut self, cond: &Cond, negation: Option<Span>, in_element: bool) {
        match &cond.kind {
            CondKind::True | CondKind::Group(_) => {}
            CondKind::Not(inner) => {
                let turned = if negation.is_some() { None } else { Some(cond.span) };
                self.visit(inner, turned, in_element);
            }
            CondKind::All(list) if negation.is_none() => {
                let needed: Vec<Key> = list.iter().flat_map(needs).flatten().collect();
                for key in &needed {
                    *self.needed.entry(*key).or_default() += 1;
                }
                for inner in list {
                    self.visit(inner, None, in_element);
                }
                for key in &needed {
                    if let Some(count) = self.needed.get_mut(key) {
                        *count -= 1;
                    }
                }
            }
            CondKind::All(list) | CondKind::Any(list) => {
                for inner in list {
                    self.visit(inner, negation, in_element);
                }
            }
            // Whether *some* element is such is another question than whether a value is: a `not`
            // before it holds for whoever has no element.
            CondKind::Element { attribute, inner } => {
                if let Some(not) = negation {
                    self.negated((*attribute, None), not, in_element);
                }
                self.visit(inner, None, true);
            }
            CondKind::Value(atom) => {
                if let Some(not) = negation.filter(|_| !matches!(atom.test, Test::Present)) {
                    self.negated((atom.attribute, atom.value), not, in_element);
                }
            }
        }
    }

    fn negated(&mut self, key: Key, not: Span, in_element: bool) {
        let (attribute, value) = key;
        let about = self.attributes.describe(attribute, value);
        let whole = (attribute, None);
        let settled = about.always_present
            || self.tested.contains(&key)
            || self.tested.contains(&whole)
            || self.needed.get(&key).is_some_and(|count| *count > 0);
        if settled {
            return;
        }
        self.tested.insert(key);
        self.report.push(finding(&about, not, in_element, self.happens));
    }
}

/// The value that a condition is false without, and its attribute as a whole.
fn needs(cond: &Cond) -> Option<[Key; 2]> {
    match &cond.kind {
        CondKind::Value(atom) => Some([(atom.attribute, atom.value), (atom.attribute, None)]),
        CondKind::Element { attribute, .. } => Some([(*attribute, None); 2]),
        _ => None,
    }
}

/// The finding, in the words of what stands round the value.
fn finding(about: &Described, not: Span, in_element: bool, happens: &str) -> Diagnostic {
    let whole = &about.whole_display;
    let part = about.display.strip_prefix(&format!("{whole}.")).filter(|_| in_element);
    let name = part.unwrap_or(&about.display);
    let who = if in_element { format!("entries of `{whole}`") } else { "people".to_owned() };
    let happens = if in_element { "match this too" } else { happens };
    Diagnostic::new(Code::T207, not, format!("{who} without `{name}` {happens}"))
        .help(format!("if they should not, write `({name} is present and …)`"))
        .help(format!("if they should, say so: `({name} is absent or …)`"))
        .fix_edits(
            format!("leave out {who} without `{name}`"),
            vec![
                Edit { span: not.before(), text: format!("({name} is present and ") },
                Edit { span: not.after(), text: ")".to_owned() },
            ],
            Applicability::MaybeIncorrect,
        )
}
