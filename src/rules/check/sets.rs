//! Sets and lists: of values, typed by the attribute that they are compared with, and of groups.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::attributes::{KnownId, Value};
use super::doubtful;
use super::letter_case;
use super::literals::{self, Meaning};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::rules::ast::{GroupBy, GroupRef, Literal, Set, SetMembers};
use crate::rules::model::{GroupKey, Operand, ValueKind};
use crate::rules::source::{Span, Spanned};
use crate::scim::compare::{compared, nfc};

/// So many entries of one set are reported as outside the declared values; the rest has the same
/// cause.
const SHOWN_STRANGERS: usize = 8;

/// Values ready to be compared with.
#[derive(Debug, Clone)]
pub(super) struct Values {
    /// In the order written.
    pub(super) operands: Arc<[Operand]>,
    /// `""` or `null` stands among them.
    pub(super) absent: bool,
}

/// A set beside an attribute.
type Pair = (u32, KnownId, usize);

/// All declared sets, each made ready once a type.
pub(super) struct Sets<'t> {
    declared: Vec<&'t Set>,
    values: HashMap<(u32, ValueKind), Option<Values>>,
    groups: HashMap<u32, Arc<[GroupKey]>>,
    /// Sets whose values were held against an attribute's declared ones.
    compared: HashSet<Pair>,
}

impl<'t> Sets<'t> {
    /// The declared sets; P007 for those that are too large.
    pub(super) fn new(declared: Vec<&'t Set>, report: &mut Report) -> Self {
        for set in &declared {
            report.enter(format!("set {}", set.id.node));
            let count = match &set.members {
                SetMembers::Values(values) => values.len(),
                SetMembers::Groups(groups) => groups.len(),
            };
            check_size(count, set.id.span, report);
        }
        report.leave();
        Self { declared, values: HashMap::new(), groups: HashMap::new(), compared: HashSet::new() }
    }

    /// The values of a set beside an attribute: T208, T201, T202, T206.
    pub(super) fn values(
        &mut self,
        set: u32,
        used: Span,
        value: &Value,
        report: &mut Report,
    ) -> Option<Values> {
        let declared = *self.declared.get(set as usize)?;
        let SetMembers::Values(literals) = &declared.members else {
            let name = &declared.id.node;
            let message =
                format!("`{name}` is a set of groups, and `{}` holds values", value.display);
            report.push(
                Diagnostic::new(Code::T208, used, message)
                    .related(declared.id.span, "declared here")
                    .help(format!("to ask for its groups write `in any group {name}`")),
            );
            return None;
        };
        if value.declared.is_some() && self.compared.insert((set, value.known, value.leaf)) {
            let wrong = literals
                .iter()
                .filter(|literal| !literals::check_declared(literal, value, Some(used), report));
            wrong.take(SHOWN_STRANGERS).count();
        }
        let key = (set, value.kind);
        if let Some(ready) = self.values.get(&key) {
            return ready.clone();
        }
        let ready = list(literals, value, report);
        self.values.insert(key, ready.clone());
        ready
    }

    /// The groups of a set: T208.
    pub(super) fn groups(
        &mut self,
        set: u32,
        used: Span,
        report: &mut Report,
    ) -> Option<Arc<[GroupKey]>> {
        let declared = *self.declared.get(set as usize)?;
        let SetMembers::Groups(list) = &declared.members else {
            let name = &declared.id.node;
            let message = format!("`{name}` is a set of values, not of groups");
            report.push(
                Diagnostic::new(Code::T208, used, message)
                    .related(declared.id.span, "declared here")
                    .help(format!(
                        "if these are groups, declare it with `set {name} = groups {{ … }}`"
                    )),
            );
            return None;
        };
        let ready = self.groups.entry(set).or_insert_with(|| {
            doubtful::groups(list, report);
            groups(list)
        });
        Some(ready.clone())
    }
}

/// The values of a list written in a condition: T201, T202, T206, P007.
pub(super) fn inline(
    values: &Spanned<&[Spanned<Literal>]>,
    value: &Value,
    report: &mut Report,
) -> Option<Values> {
    check_size(values.node.len(), values.span, report);
    for literal in values.node {
        literals::check_declared(literal, value, None, report);
    }
    list(values.node, value, report)
}

/// The groups of a list.
pub(super) fn groups(list: &[GroupRef]) -> Arc<[GroupKey]> {
    list.iter().map(group).collect()
}

/// A group as it is compared: names and patterns without regard to letter case.
fn group(group: &GroupRef) -> GroupKey {
    let text = &group.text.node;
    let compared = match group.by {
        GroupBy::Name | GroupBy::Like => compared(text, false),
        GroupBy::Id | GroupBy::ExternalId => nfc(text),
    };
    GroupKey { by: group.by, text: text.clone(), compared: compared.into_owned() }
}

/// P007 for a set or list of too many entries.
pub(super) fn check_size(count: usize, span: Span, report: &mut Report) {
    if count > limits::SET_ENTRIES {
        let message = format!("{count} entries; a set may have {}", limits::SET_ENTRIES);
        report.push(
            Diagnostic::new(Code::P007, span, message)
                .help("put these people into a group and ask for that"),
        );
    }
}

fn list(literals: &[Spanned<Literal>], value: &Value, report: &mut Report) -> Option<Values> {
    let mut operands = Vec::with_capacity(literals.len());
    let mut absent = false;
    let mut fits = true;
    for literal in literals {
        match literals::meaning(literal, value, false, report) {
            Some(Meaning::Absent) => absent = true,
            Some(Meaning::Is(operand)) => operands.push(operand),
            None => fits = false,
        }
    }
    letter_case::check_list(literals, value, report);
    doubtful::list(literals, value, report);
    fits.then(|| Values { operands: operands.into(), absent })
}
