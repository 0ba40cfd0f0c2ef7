//! Rules: names unique, `like` taken over, conditions lowered, all of it put into the model.

use std::collections::HashMap;

use super::clauses::{Clauses, Lookup};
use super::collect::{Collected, Written};
use super::conditions::{Conditions, Scope};
use super::cycles;
use super::items::Items;
use super::negation;
use super::order::ProfilesInUse;
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{ClauseKind, Match, RuleKind, Text};
use crate::rules::model::{
    Assignment, Cond, CondKind, Grant, Never, ProfileId, RuleHead, WorkspaceId,
};
use crate::rules::source::Span;
use crate::scim::compare::nfc;

/// The rules of the model, so far as they could be understood.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) assignments: Vec<Assignment>,
    pub(super) grants: Vec<Grant>,
    pub(super) nevers: Vec<Never>,
    /// Whether a rule had to be left out; a finding says so.
    pub(super) incomplete: bool,
}

/// A rule by name: its kind, its place in the model's list of that kind, and its name's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) kind: RuleKind,
    pub(super) index: usize,
    pub(super) span: Span,
    /// Its place among all rules.
    order: usize,
}

/// Rules by name, in NFC.
#[derive(Default)]
pub(super) struct RuleNames {
    by_name: HashMap<String, Named>,
}

impl RuleNames {
    /// The rule of that name.
    pub(super) fn get(&self, name: &str) -> Option<Named> {
        self.by_name.get(nfc(name).as_ref()).copied()
    }
}

/// Names of all rules: N102 for those that stand twice, as a name or as a former one.
pub(super) fn names(rules: &[Written<'_>], report: &mut Report) -> RuleNames {
    let mut names = RuleNames::default();
    let defaults = rules.iter().filter(|r| r.rule.kind == RuleKind::Assignment).count();
    let mut next = [0, defaults, 0, 0];
    report.leave();
    for (order, Written { rule, .. }) in rules.iter().enumerate() {
        let index = next.get_mut(rule.kind as usize).map_or(0, |next| {
            *next += 1;
            *next - 1
        });
        if let Some(first) = names.get(&rule.name.node) {
            let message = format!("two rules are called \"{}\"", rule.name.node);
            let kind = first.kind.as_str();
            report.push(
                Diagnostic::new(Code::N102, rule.name.span, message)
                    .label("again")
                    .related(first.span, format!("this {kind} has the name already"))
                    .help("give one of them another name; it is the reason that people are told"),
            );
            continue;
        }
        let named = Named { kind: rule.kind, index, span: rule.name.span, order };
        names.by_name.insert(nfc(&rule.name.node).into_owned(), named);
    }
    former_names(rules, &names, report);
    names
}

/// A former name must lead to one rule only.
fn former_names(rules: &[Written<'_>], names: &RuleNames, report: &mut Report) {
    let mut former: HashMap<String, Span> = HashMap::new();
    for Written { rule, .. } in rules {
        let Some(name) = &rule.formerly else { continue };
        let earlier = former.insert(nfc(&name.node).into_owned(), name.span);
        let Some(first) = names.get(&name.node).map(|named| named.span).or(earlier) else {
            continue;
        };
        let message = format!(
            "\"{}\" is the name or former name of another rule, so its people would belong to both",
            name.node
        );
        report.push(
            Diagnostic::new(Code::N102, name.span, message)
                .related(first, "the other one")
                .help("remove `formerly` where it no longer holds"),
        );
    }
}

/// Builds all rules.
pub(super) fn build<'t>(
    from: &Collected<'t>,
    names: &RuleNames,
    items: &Items,
    scope: &mut Scope<'t>,
    profiles: &mut ProfilesInUse,
    report: &mut Report,
) -> Rules {
    let mut own: Vec<Clauses> = Vec::with_capacity(from.rules.len());
    for written in &from.rules {
        report.enter(context(written));
        let mut lookup = Lookup {
            items,
            names: &mut scope.names,
            profiles: &mut *profiles,
            report: &mut *report,
        };
        let mut clauses = lookup.clauses(written);
        clauses.uncertain = report.is_broken_within(written.span);
        own.push(clauses);
    }
    let parents = parents(&from.rules, names, &mut own, report);
    inherit(&mut own, &parents);

    let mut rules = Rules::default();
    let mut default = None;
    for (written, clauses) in from.rules.iter().zip(own) {
        report.enter(context(written));
        let head = head(written, &clauses, scope, report);
        let missing = missing(written, &clauses);
        if !missing.is_empty() && !clauses.uncertain {
            report.push(says_nothing(written, &missing));
        }
        let Some(head) = head.filter(|_| missing.is_empty()) else {
            rules.incomplete = true;
            continue;
        };
        let kind = head.kind;
        match kind {
            RuleKind::Assignment | RuleKind::Default => {
                let Some(assignment) = assignment(head, clauses, items) else { continue };
                if kind == RuleKind::Default {
                    default.get_or_insert(assignment);
                } else {
                    rules.assignments.push(assignment);
                }
            }
            RuleKind::Grant => rules.grants.push(grant(head, clauses)),
            RuleKind::Never => rules.nevers.push(never(head, clauses)),
        }
    }
    rules.assignments.extend(default);
    report.leave();
    rules
}

/// What findings within a rule say about it.
pub(super) fn context(written: &Written<'_>) -> String {
    format!("{} \"{}\"", written.rule.kind.as_str(), written.rule.name.node)
}

/// The assignment that each rule is `like`, circles cut: N101, P008.
fn parents(
    rules: &[Written<'_>],
    names: &RuleNames,
    own: &mut [Clauses],
    report: &mut Report,
) -> Vec<Option<usize>> {
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(rules.len());
    for (written, own) in rules.iter().zip(own.iter_mut()) {
        report.enter(context(written));
        let like = written.rule.like.as_ref();
        let parent = like.and_then(|like| parent(like, &written.rule.name, rules, names, report));
        own.uncertain |= like.is_some() && parent.is_none();
        parents.push(parent);
    }
    let edges: Vec<Vec<u32>> = parents
        .iter()
        .map(|parent| parent.and_then(|p| u32::try_from(p).ok()).into_iter().collect())
        .collect();
    for cycle in cycles::find(&edges) {
        for member in &cycle {
            if let Some(own) = own.get_mut(*member as usize) {
                own.uncertain = true;
            }
        }
        let written: Vec<_> = cycle.iter().filter_map(|n| rules.get(*n as usize)).collect();
        if let Some(first) = written.first() {
            report.enter(context(first));
            report.push(like_circle(&written));
        }
    }
    cycles::cut(&mut parents);
    parents
}

fn parent(
    like: &Text,
    own: &Text,
    rules: &[Written<'_>],
    names: &RuleNames,
    report: &mut Report,
) -> Option<usize> {
    let found = names.get(&like.node);
    match found {
        Some(named) if matches!(named.kind, RuleKind::Assignment | RuleKind::Default) => {
            Some(named.order)
        }
        Some(named) => {
            let message =
                format!("\"{}\" is a {}, not an assignment", like.node, named.kind.as_str());
            report.push(
                Diagnostic::new(Code::N101, like.span, message)
                    .related(named.span, "declared here")
                    .help("an assignment takes over clauses of another assignment only"),
            );
            None
        }
        None => {
            let known = rules
                .iter()
                .filter(|w| matches!(w.rule.kind, RuleKind::Assignment | RuleKind::Default))
                .map(|w| w.rule.name.node.as_str())
                .filter(|name| *name != own.node);
            unknown_rule(like, "assignment", known, report);
            None
        }
    }
}

/// N101 for a rule's name in quotes.
pub(super) fn unknown_rule<'a>(
    name: &Text,
    noun: &str,
    known: impl Iterator<Item = &'a str>,
    report: &mut Report,
) {
    let message = format!("no {noun} is called \"{}\"", name.node);
    let mut finding = Diagnostic::new(Code::N101, name.span, message).label("not declared");
    match report.nearest(&name.node, known) {
        Some(near) => {
            let quoted = super::literals::quoted(near);
            finding = finding.help(crate::diagnostic::suggest::did_you_mean(near)).fix(
                format!("write {quoted}"),
                name.span,
                quoted,
                super::report::certainty(&name.node, near),
            );
        }
        None if report.items_are_missing() => return,
        None => finding = finding.help("names of rules are written as in their first line"),
    }
    report.push(finding);
}

fn like_circle(written: &[&Written<'_>]) -> Diagnostic {
    let first = written.first().map(|w| w.rule);
    let name = first.map_or("", |rule| rule.name.node.as_str());
    let span = first.and_then(|rule| rule.like.as_ref()).map(|like| like.span);
    let through: Vec<String> =
        written.iter().skip(1).take(6).map(|w| format!("\"{}\"", w.rule.name.node)).collect();
    let message = if through.is_empty() {
        format!("assignment \"{name}\" is like itself, so nothing says what its people get")
    } else {
        format!(
            "assignment \"{name}\" is like itself through {}, so nothing says what their people get",
            through.join(", ")
        )
    };
    let mut finding = Diagnostic::new(Code::P008, span.unwrap_or_default(), message);
    for other in written.iter().skip(1).take(6) {
        if let Some(like) = &other.rule.like {
            finding =
                finding.related(like.span, format!("\"{}\" is like it", other.rule.name.node));
        }
    }
    finding.help("write the clauses out in one of them, and remove its `like`")
}

/// Each rule takes over from its parent.
fn inherit(own: &mut [Clauses], parents: &[Option<usize>]) {
    for node in cycles::parents_first(parents) {
        let parent = parents.get(node).copied().flatten();
        let from = parent.and_then(|parent| own.get(parent)).cloned();
        if let (Some(from), Some(to)) = (from, own.get_mut(node)) {
            to.inherit(&from);
        }
    }
}

/// Name, documentation, conditions and places; `None` where a condition is wrong or missing.
fn head<'t>(
    written: &Written<'t>,
    clauses: &Clauses,
    scope: &mut Scope<'t>,
    report: &mut Report,
) -> Option<RuleHead> {
    let rule = written.rule;
    let mut places = Vec::new();
    let mut matches = None;
    let mut except = None;
    let mut fine = true;
    let mut conditions = Conditions::new(scope, report);
    for clause in &rule.clauses {
        let span = clause.node.span;
        match &clause.node.node {
            ClauseKind::Match(Match::Everyone(word)) => {
                places.push(super::clauses::place("match", span));
                matches = Some(Cond { kind: CondKind::True, span: word.span });
            }
            ClauseKind::Match(Match::Condition(expr)) => {
                places.push(super::clauses::place("match", span));
                matches = conditions.lower(expr);
                fine &= matches.is_some();
            }
            ClauseKind::Except(expr) => {
                places.push(super::clauses::place("except", span));
                except = conditions.lower(expr);
                fine &= except.is_some();
            }
            _ => {}
        }
    }
    if matches.is_none() && fine && rule.kind == RuleKind::Default {
        matches = Some(Cond { kind: CondKind::True, span: rule.name.span });
    }
    negation::check(matches.as_ref(), except.as_ref(), &scope.attributes, report);
    if matches.is_none() && fine && !report.is_broken_within(written.span) {
        report.push(says_nothing(written, &["match"]));
    }
    places.extend(clauses.places().cloned());
    Some(RuleHead {
        kind: rule.kind,
        name: rule.name.node.clone(),
        formerly: rule.formerly.as_ref().map(|former| former.node.clone()),
        docs: written.docs.iter().map(|line| line.node.clone()).collect(),
        span: Span { end: rule.name.span.end, ..written.span },
        places,
        matches: matches?,
        except,
    })
    .filter(|_| fine)
}

/// The clauses that an assignment must have, itself or by `like`, and has not.
fn missing(written: &Written<'_>, clauses: &Clauses) -> Vec<&'static str> {
    if !matches!(written.rule.kind, RuleKind::Assignment | RuleKind::Default) {
        return Vec::new();
    }
    let has = [
        ("seats", clauses.seats.is_some()),
        ("workspaces", clauses.workspaces.is_some()),
        ("capture", clauses.capture.is_some()),
        ("update", clauses.update.is_some()),
    ];
    has.into_iter().filter(|(_, has)| !has).map(|(keyword, _)| keyword).collect()
}

/// P008 for what nobody says. The parser reports that of rules without `like`; this keeps a tree
/// made by other means out of the model.
fn says_nothing(written: &Written<'_>, missing: &[&str]) -> Diagnostic {
    let rule = written.rule;
    let list: Vec<String> = missing.iter().map(|keyword| format!("`{keyword}`")).collect();
    let message = format!(
        "{} \"{}\" says nothing about {}",
        rule.kind.as_str(),
        rule.name.node,
        list.join(", ")
    );
    Diagnostic::new(Code::P008, rule.name.span, message)
}

fn assignment(head: RuleHead, clauses: Clauses, items: &Items) -> Option<Assignment> {
    let mut workspaces: Vec<Option<ProfileId>> = vec![None; items.catalogue.workspaces.len()];
    for (workspace, profile) in &clauses.workspaces.as_ref()?.value {
        if let Some(slot) = workspaces.get_mut(workspace.index()) {
            *slot = *profile;
        }
    }
    Some(Assignment {
        head,
        seats: clauses.seats.as_ref()?.value.clone(),
        workspaces,
        home: clauses.home.as_ref().map(|piece| piece.value),
        captures: clauses.capture.as_ref()?.value.clone(),
        options: clauses.options.iter().map(|(id, piece)| (*id, piece.value)).collect(),
        update: clauses.update.as_ref()?.value,
    })
}

fn grant(head: RuleHead, clauses: Clauses) -> Grant {
    let given = clauses.workspaces.iter().flat_map(|piece| &piece.value);
    Grant {
        head,
        workspaces: given
            .filter_map(|(workspace, profile)| Some((*workspace, (*profile)?)))
            .collect::<Vec<(WorkspaceId, ProfileId)>>(),
        seats: clauses.seats.map(|piece| piece.value.clone()).unwrap_or_default(),
        captures: clauses.capture.map(|piece| piece.value.clone()).unwrap_or_default(),
    }
}

fn never(head: RuleHead, clauses: Clauses) -> Never {
    Never {
        head,
        workspaces: clauses.workspaces.map(|piece| piece.value.clone()).unwrap_or_default(),
        seats: clauses.seats.map(|piece| piece.value.clone()).unwrap_or_default(),
        captures: clauses.capture.map(|piece| piece.value.clone()).unwrap_or_default(),
    }
}
