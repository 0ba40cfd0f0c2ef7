//! `test` and `prove` items: what they are about resolved by name.

use std::collections::HashMap;

use super::clauses::{Lookup, modes};
use super::collect::{Collected, Written};
use super::conditions::{Conditions, Scope};
use super::fixtures;
use super::items::Items;
use super::names::{Kind, Once};
use super::order::ProfilesInUse;
use super::report::Report;
use super::rules::{RuleNames, unknown_rule};
use super::suite::{Case, Expectation, Named, TestSuite, Wanted};
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{Ident, OrNone, Outcome, RuleKind, Text};
use crate::rules::model::{CaptureId, ChoiceId, OptionId, ProfileId, SeatId, WorkspaceId};
use crate::rules::source::Span;
use crate::scim::compare::nfc;

/// All tests: N101, N102, T203.
pub(super) fn suite<'t>(
    from: &Collected<'t>,
    rules: &RuleNames,
    items: &Items,
    scope: &mut Scope<'t>,
    report: &mut Report,
) -> TestSuite {
    let mut suite = TestSuite::default();
    let fixtures = fixtures::build(&from.fixtures, scope, &mut suite.lines, report);
    unique("test", from.tests.iter().map(|test| &test.name), report);
    for test in &from.tests {
        let context = format!("test \"{}\"", test.name.node);
        report.enter(&*context);
        let number = scope.names.find(Kind::Fixture, &test.given, report);
        let with = fixtures::lines(&test.with, &context, scope, &mut suite.lines, report);
        let mut outcomes = Outcomes::new(from, rules, items, scope, report);
        let expects = test.expects.iter().filter_map(|expect| {
            let wanted = outcomes.resolve(&expect.outcome)?;
            Some(Expectation { negated: expect.negated, wanted, span: expect.span })
        });
        let expects = expects.collect();
        let Some(number) = number else { continue };
        let mut layers = fixtures.layers(number);
        layers.push(with);
        suite.cases.push(Case {
            name: test.name.node.clone(),
            span: Span { end: test.name.span.end, ..test.span },
            fixture: test.given.node.clone(),
            expects,
            layers,
        });
    }
    report.leave();
    suite
}

/// All proofs: names and types checked, then Q702, for they are not decided yet.
pub(super) fn proofs<'t>(
    from: &Collected<'t>,
    rules: &RuleNames,
    items: &Items,
    scope: &mut Scope<'t>,
    report: &mut Report,
) {
    unique("proof", from.proofs.iter().map(|proof| &proof.name), report);
    for proof in &from.proofs {
        report.enter(format!("prove \"{}\"", proof.name.node));
        let condition = Conditions::new(scope, report).lower(&proof.condition);
        let outcome = Outcomes::new(from, rules, items, scope, report).resolve(&proof.outcome);
        if condition.is_some() && outcome.is_some() {
            let span = Span { end: proof.name.span.end, ..proof.span };
            let message = format!("\"{}\" is read but not yet decided", proof.name.node);
            report.push(
                Diagnostic::new(Code::Q702, span, message).help(
                    "until a later version proves it, write a `test` for a person it is about",
                ),
            );
        }
    }
    report.leave();
}

/// N102 for two of a kind with one name: their results could not be told apart.
fn unique<'t>(noun: &str, names: impl Iterator<Item = &'t Text>, report: &mut Report) {
    let mut first: HashMap<_, Span> = HashMap::new();
    for name in names {
        let key = nfc(&name.node);
        match first.get(&key) {
            Some(first) => {
                let message = format!("two {noun}s are called \"{}\"", name.node);
                report.push(
                    Diagnostic::new(Code::N102, name.span, message)
                        .label("again")
                        .related(*first, format!("this {noun} has the name already"))
                        .help("give one of them another name: results are told by name"),
                );
            }
            None => drop(first.insert(key, name.span)),
        }
    }
}

/// Resolves outcomes.
struct Outcomes<'a, 't> {
    rules: &'a RuleNames,
    written: &'a [Written<'t>],
    items: &'a Items,
    scope: &'a mut Scope<'t>,
    report: &'a mut Report,
}

impl<'a, 't> Outcomes<'a, 't> {
    fn new(
        from: &'a Collected<'t>,
        rules: &'a RuleNames,
        items: &'a Items,
        scope: &'a mut Scope<'t>,
        report: &'a mut Report,
    ) -> Self {
        Self { rules, written: &from.rules, items, scope, report }
    }

    /// `None` where a name in it is wrong, which is reported then.
    fn resolve(&mut self, outcome: &Outcome) -> Option<Wanted> {
        Some(match outcome {
            Outcome::Deactivated => Wanted::Deactivated,
            Outcome::Assignment(name) => Wanted::Assignment(self.assignment(name)?),
            Outcome::Seats(ids) => Wanted::Seats(self.list(ids, Kind::Seat, SeatId)?),
            Outcome::Seat(id) => Wanted::Seat(SeatId(self.find(Kind::Seat, id)?)),
            Outcome::Home(OrNone::None(_)) => Wanted::Home(None),
            Outcome::Home(OrNone::Some(id)) => {
                Wanted::Home(Some(WorkspaceId(self.find(Kind::Workspace, id)?)))
            }
            Outcome::Workspace { workspace, profile } => {
                let workspace = self.find(Kind::Workspace, workspace);
                let profile = match profile {
                    OrNone::None(_) => None,
                    OrNone::Some(id) => Some(ProfileId(self.find(Kind::Profile, id)?)),
                };
                Wanted::Workspace { workspace: WorkspaceId(workspace?), profile }
            }
            Outcome::Capture { includes, items } => {
                let list = self.list(items, Kind::Capture, CaptureId)?;
                if *includes { Wanted::CaptureIncludes(list) } else { Wanted::Capture(list) }
            }
            Outcome::Option { option, choice } => {
                let id = OptionId(self.find(Kind::Option, option)?);
                let choice = match choice {
                    OrNone::None(_) => None,
                    OrNone::Some(choice) => Some(self.choice(id, option, choice)?),
                };
                Wanted::Option { option: id, choice }
            }
            Outcome::Withheld(ids) => Wanted::Withheld(self.named(ids)?),
            Outcome::Removed(ids) => Wanted::Removed(self.named(ids)?),
            Outcome::Vetoed(ids) => Wanted::Vetoed(self.named(ids)?),
            Outcome::Update(update) => Wanted::Update(modes(update, self.report)),
            Outcome::Because(name) => self.because(name)?,
        })
    }

    fn find(&mut self, kind: Kind, id: &Ident) -> Option<u32> {
        self.scope.names.find(kind, id, self.report)
    }

    fn list<T>(&mut self, ids: &[Ident], kind: Kind, id_of: fn(u32) -> T) -> Option<Vec<T>> {
        let mut once = Once::default();
        let mut list = Vec::with_capacity(ids.len());
        for id in ids {
            let number = self.find(kind, id);
            if once.admit(id, "this list", self.report) {
                list.extend(number.map(id_of));
            }
        }
        (list.len() == ids.len()).then_some(list)
    }

    fn choice(&mut self, id: OptionId, option: &Ident, choice: &Ident) -> Option<ChoiceId> {
        let mut lookup = Lookup {
            items: self.items,
            names: &mut self.scope.names,
            profiles: &mut ProfilesInUse::default(),
            report: self.report,
        };
        lookup.choice(id, option, choice)
    }

    /// Seats, capture items and profiles by one list of names.
    fn named(&mut self, ids: &[Ident]) -> Option<Vec<Named>> {
        let mut once = Once::default();
        let mut list = Vec::with_capacity(ids.len());
        for id in ids {
            let names = &self.scope.names;
            let named = Named {
                name: id.node.clone(),
                seat: names.peek(Kind::Seat, &id.node).map(SeatId),
                capture: names.peek(Kind::Capture, &id.node).map(CaptureId),
                profile: names.peek(Kind::Profile, &id.node).map(ProfileId),
            };
            if named.seat.is_none() && named.capture.is_none() && named.profile.is_none() {
                let known = [Kind::Seat, Kind::Capture, Kind::Profile];
                let known = known.into_iter().flat_map(|kind| names.of(kind));
                let message = format!("no seat, capture item or profile is called `{}`", id.node);
                self.report.unknown(id.span, &id.node, message, known, || None);
                continue;
            }
            if once.admit(id, "this list", self.report) {
                list.push(named);
            }
        }
        (list.len() == ids.len()).then_some(list)
    }

    fn assignment(&mut self, name: &Text) -> Option<String> {
        match self.rules.get(&name.node) {
            Some(rule) if matches!(rule.kind, RuleKind::Assignment | RuleKind::Default) => {
                Some(name.node.clone())
            }
            Some(rule) => {
                let message =
                    format!("\"{}\" is a {}, not an assignment", name.node, rule.kind.as_str());
                self.report.push(
                    Diagnostic::new(Code::N101, name.span, message)
                        .related(rule.span, "declared here")
                        .help(format!("write `expect because \"{}\"`", name.node)),
                );
                None
            }
            None => {
                let known = self
                    .written
                    .iter()
                    .filter(|w| matches!(w.rule.kind, RuleKind::Assignment | RuleKind::Default))
                    .map(|w| w.rule.name.node.as_str());
                unknown_rule(name, "assignment", known, self.report);
                None
            }
        }
    }

    fn because(&mut self, name: &Text) -> Option<Wanted> {
        let Some(rule) = self.rules.get(&name.node) else {
            let known = self.written.iter().map(|w| w.rule.name.node.as_str());
            unknown_rule(name, "rule", known, self.report);
            return None;
        };
        Some(Wanted::Because { kind: rule.kind, index: rule.index, name: name.node.clone() })
    }
}
