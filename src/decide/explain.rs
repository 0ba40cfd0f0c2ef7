//! The decision with every condition that led to it.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::compile::Compiled;
use super::decision::Decision;
use super::person::{CellKind, Person};
use super::program::{Ask, Step, Test, View};
use super::report::Report;
use super::rule_set::RuleSet;
use crate::rules::ast::RuleKind;
use crate::rules::model::{AttributeId, Cond, CondKind};
use crate::rules::source::Span;

/// Values and groups shown of one condition; the rest is counted.
const SHOWN: usize = 8;

/// A decision with a trace of the rules that could matter: those that matched, and those that
/// some group or value of the person led to.
///
/// As JSON: `{"decision": …, "rules": […]}`, the decision as in [`Report`].
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation<'a> {
    /// The decision.
    pub decision: Report<'a>,
    /// Traces: assignments, grants, nevers, each in file order. None of a deactivated person.
    pub rules: Vec<RuleTrace<'a>>,
}

/// What a rule asked of a person.
///
/// As JSON: `{"kind": "assignment", "name": …, "place": "sales.rules:18:1", "matched": true,
/// "won": true, "withDeletedGroups": false, "match": …, "except": …}`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleTrace<'a> {
    /// `assignment`, `default assignment`, `grant` or `never`.
    #[serde(serialize_with = "kind_word")]
    pub kind: RuleKind,
    /// Its name.
    pub name: &'a str,
    /// `file:line:column`; empty if the rules have no source.
    pub place: String,
    /// Where its first line is.
    #[serde(skip)]
    pub span: Span,
    /// It matched.
    pub matched: bool,
    /// It is the assignment that won.
    pub won: bool,
    /// A never that matched only with deleted groups; its conditions are shown so.
    pub with_deleted_groups: bool,
    /// `match`
    #[serde(rename = "match")]
    pub matches: CondTrace<'a>,
    /// `except`
    pub except: Option<CondTrace<'a>>,
}

/// What a condition came to.
///
/// As JSON: `{"form": "test", "held": true, "words": "title is \"CEO\"", "place": …,
/// "values": ["CEO"], "groups": [], "more": 0, "element": null, "parts": []}`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CondTrace<'a> {
    /// What kind of condition.
    pub form: CondForm,
    /// Whether it held.
    pub held: bool,
    /// As written in the file, on one line.
    pub words: Cow<'a, str>,
    /// `file:line:column`; empty if the rules have no source.
    pub place: String,
    /// Where it is written.
    #[serde(skip)]
    pub span: Span,
    /// The values that it looked at, as they stood in the payload: those that met it or, if none
    /// did, all; at most eight.
    pub values: Vec<Shown<'a>>,
    /// The names (or ids) of the groups that met it; at most eight.
    pub groups: Vec<&'a str>,
    /// How many values or groups are not shown.
    pub more: usize,
    /// Of `element`: the place, from 1, of the element whose conditions are shown: the first that
    /// meets them all or, if none does, the first.
    pub element: Option<usize>,
    /// Conditions in it.
    pub parts: Vec<CondTrace<'a>>,
}

/// The kinds of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CondForm {
    /// `everyone`
    Everyone,
    /// Every part must hold.
    All,
    /// One part must hold.
    Any,
    /// The part must not hold.
    Not,
    /// One element must meet the part.
    Element,
    /// A test of groups.
    Groups,
    /// A test of a value.
    Test,
}

/// A value as it stood in the payload. `Display` writes it as JSON would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'a> {
    /// Its text.
    pub text: &'a str,
    /// It stood there as text, in quotes.
    pub quoted: bool,
}

impl RuleSet {
    /// Decides a person and says why, condition by condition.
    pub fn explain<'a>(&'a self, person: &'a Person) -> Explanation<'a> {
        let decision = self.decide(person);
        let Some(active) = &decision.active else {
            return Explanation { decision: decision.report(), rules: vec![] };
        };
        let mut rules = person.settled.candidates.clone();
        rules.extend(&active.matched);
        rules.extend(u32::try_from(active.winner));
        rules.sort_unstable();
        rules.dedup();
        let rules = rules.into_iter().filter_map(|rule| trace(&decision, rule)).collect();
        Explanation { decision: decision.report(), rules }
    }

    /// What the rule of that name asked of a person, whether it matched or not; `None` if there is
    /// no such rule or the person is deactivated.
    pub fn explain_rule<'a>(&'a self, person: &'a Person, name: &str) -> Option<RuleTrace<'a>> {
        let decision = self.decide(person);
        let rule = decision.compiled.heads().position(|head| head.name == name)?;
        trace(&decision, u32::try_from(rule).ok()?)
    }
}

fn trace<'a>(decision: &Decision<'a>, rule: u32) -> Option<RuleTrace<'a>> {
    let (compiled, person) = (decision.compiled, decision.person);
    let active = decision.active.as_ref()?;
    let head = compiled.heads().nth(rule as usize)?;
    let won = rule as usize == active.winner;
    let matched = won || active.matched.contains(&rule);
    let holds = |view| {
        let start = compiled.entries.get(rule as usize)?;
        Some(compiled.program.holds(*start, person, view))
    };
    let with_deleted = matched && holds(View::Live) == Some(false);
    let view = if with_deleted { View::WithDeleted } else { View::Live };
    let mut tracer =
        Tracer { compiled, person, view, steps: compiled.steps_of(rule as usize).iter() };
    // Steps were laid down in this order.
    let except = head.except.as_ref().map(|except| tracer.condition(except, None));
    let matches = tracer.condition(&head.matches, None);
    Some(RuleTrace {
        kind: head.kind,
        name: &head.name,
        place: compiled.sources.locate(head.span),
        span: head.span,
        matched,
        won,
        with_deleted_groups: with_deleted,
        matches,
        except,
    })
}

/// Walks a condition beside the steps that were made of it.
struct Tracer<'a> {
    compiled: &'a Compiled,
    person: &'a Person,
    view: View,
    steps: std::slice::Iter<'a, Step>,
}

impl<'a> Tracer<'a> {
    fn condition(&mut self, condition: &Cond, element: Option<(u32, usize)>) -> CondTrace<'a> {
        match &condition.kind {
            CondKind::True => CondTrace {
                held: true,
                // A default need not say it.
                words: Cow::Borrowed("everyone"),
                ..self.start(CondForm::Everyone, condition)
            },
            CondKind::All(parts) => {
                let parts = self.parts(parts, element);
                let held = parts.iter().all(|part| part.held);
                CondTrace { held, parts, ..self.start(CondForm::All, condition) }
            }
            CondKind::Any(parts) => {
                let parts = self.parts(parts, element);
                let held = parts.iter().any(|part| part.held);
                CondTrace { held, parts, ..self.start(CondForm::Any, condition) }
            }
            CondKind::Not(inner) => {
                let inner = self.condition(inner, element);
                let held = !inner.held;
                CondTrace { held, parts: vec![inner], ..self.start(CondForm::Not, condition) }
            }
            CondKind::Group(_) => self.groups(condition),
            CondKind::Value(_) => self.value(condition, element),
            CondKind::Element { attribute, inner } => self.element(condition, *attribute, inner),
        }
    }

    /// Parts were laid down from the last to the first.
    fn parts(&mut self, parts: &[Cond], element: Option<(u32, usize)>) -> Vec<CondTrace<'a>> {
        let mut traces: Vec<_> =
            parts.iter().rev().map(|part| self.condition(part, element)).collect();
        traces.reverse();
        traces
    }

    fn start(&self, form: CondForm, condition: &Cond) -> CondTrace<'a> {
        let sources = &self.compiled.sources;
        CondTrace {
            form,
            held: false,
            words: one_line(sources.slice(condition.span)),
            place: sources.locate(condition.span),
            span: condition.span,
            values: vec![],
            groups: vec![],
            more: 0,
            element: None,
            parts: vec![],
        }
    }

    fn groups(&mut self, condition: &Cond) -> CondTrace<'a> {
        let mut trace = self.start(CondForm::Groups, condition);
        let Some(Step { test: test @ Test::Groups { set, directly, .. }, .. }) = self.steps.next()
        else {
            return trace;
        };
        trace.held = self.compiled.program.test(test, self.person, self.view, None);
        let index = &self.compiled.index;
        for (place, group) in self.person.groups.iter().enumerate() {
            let counts =
                (group.direct || !directly) && (!group.deleted || self.view == View::WithDeleted);
            let mut meets = false;
            index.facts_of_group(self.person, place, |fact, _| {
                meets |= index.sets.get(fact).contains(set);
            });
            if !(counts && meets) {
                continue;
            }
            if trace.groups.len() == SHOWN {
                trace.more += 1;
                continue;
            }
            let store = &self.person.store;
            let name = store.present(group.name).or_else(|| store.present(group.id));
            trace.groups.extend(name);
        }
        trace
    }

    fn value(&mut self, condition: &Cond, element: Option<(u32, usize)>) -> CondTrace<'a> {
        let mut trace = self.start(CondForm::Test, condition);
        let Some(step) = self.steps.next() else { return trace };
        trace.held = self.compiled.program.test(&step.test, self.person, self.view, element);
        let Test::Value { attribute, value, ask } = &step.test else { return trace };
        let rows = match element {
            Some((of, row)) if of == *attribute => row..row + 1,
            _ => 0..self.person.rows(*attribute, self.view),
        };
        let only_met = trace.held && !matches!(ask, Ask::Present);
        for row in rows {
            let Some(cell) = self.person.cell(*attribute, row, *value) else { continue };
            if matches!(cell.kind, CellKind::Absent) || only_met && !ask.holds(cell, self.person) {
                continue;
            }
            if trace.values.len() == SHOWN {
                trace.more += 1;
                continue;
            }
            let text = self.person.store.get(cell.raw);
            trace.values.push(Shown { text, quoted: cell.quoted });
        }
        trace
    }

    fn element(&mut self, condition: &Cond, attribute: AttributeId, inner: &Cond) -> CondTrace<'a> {
        let mut trace = self.start(CondForm::Element, condition);
        // The steps of the inner condition come before that of the element.
        let before = self.steps.clone();
        let rows = self.person.rows(attribute.0, self.view);
        let mut shown = None;
        for row in 0..rows.max(1) {
            self.steps = before.clone();
            let part = self.condition(inner, Some((attribute.0, row)));
            let met = part.held && row < rows;
            if shown.is_none() || met {
                trace.element = (row < rows).then_some(row + 1);
                trace.held = met;
                shown = Some(part);
            }
            if met {
                break;
            }
        }
        self.steps.next();
        trace.parts = shown.into_iter().filter(|_| rows > 0).collect();
        trace
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted {
            f.write_str(&crate::json::quote(self.text))
        } else {
            f.write_str(self.text)
        }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.quoted
            && let Ok(value) = serde_json::from_str::<serde_json::Value>(self.text)
        {
            // A number that would be written otherwise stays as it is, in quotes.
            let written = value.to_string();
            if written == self.text {
                return value.serialize(serializer);
            }
        }
        self.text.serialize(serializer)
    }
}

fn kind_word<S: Serializer>(kind: &RuleKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.as_str())
}

/// The words of a condition on one line, without comments.
fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.contains(['\n', '\r', '\t']) && !text.contains("  ") {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    let (mut quoted, mut escaped, mut comment, mut blank) = (false, false, false, true);
    for c in text.chars() {
        comment &= !matches!(c, '\n' | '\r');
        // A comment starts where a blank may stand; elsewhere `#` is part of a pattern.
        comment |= c == '#' && blank && !quoted;
        if comment {
            continue;
        }
        if c.is_whitespace() && !quoted {
            blank = true;
            continue;
        }
        if blank && !line.is_empty() {
            line.push(' ');
        }
        blank = false;
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        line.push(c);
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn words_are_put_on_one_line() {
        let words = "title is \"a  #b \\\" c\"  # why\n\t  and\r\n x matches /a#b/";
        assert_eq!(one_line(words), "title is \"a  #b \\\" c\" and x matches /a#b/");
        assert_eq!(one_line("a  b "), "a b");
    }
}
