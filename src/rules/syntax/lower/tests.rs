//! Fixtures, tests and proofs.

use super::Lower;
use crate::rules::ast::{
    Expect, Fixture, FixtureGroup, FixtureLine, FixtureValue, GroupChange, Ident, Outcome, Prove,
    Text,
};
use crate::rules::source::Spanned;
use crate::rules::syntax::cst::{Kind, Node};

/// A line of a test.
pub(in crate::rules::syntax) enum TestLine {
    /// `given ana with …`
    Given(Ident, Vec<Spanned<FixtureLine>>),
    /// `expect …`
    Expect(Spanned<Expect>),
}

impl Lower<'_> {
    /// The head of a fixture; its lines come later.
    pub(in crate::rules::syntax) fn fixture_head(&mut self, node: &Node<'_>) -> Option<Fixture> {
        let mut names = self.names(node).into_iter();
        Some(Fixture { id: names.next()?, like: names.next(), lines: Vec::new() })
    }

    /// The name of a test or proof.
    pub(in crate::rules::syntax) fn head_name(&mut self, node: &Node<'_>) -> Option<Text> {
        Some(self.text(node.child(Kind::Text)?))
    }

    /// One line of a fixture.
    pub(in crate::rules::syntax) fn fixture_line(
        &mut self,
        node: &Node<'_>,
    ) -> Option<Spanned<FixtureLine>> {
        let line = match node.kind {
            Kind::GroupsLine => {
                let change = match node.child(Kind::Sign).map(|sign| sign.text) {
                    Some("+") => GroupChange::Add,
                    Some(_) => GroupChange::Remove,
                    None => GroupChange::Set,
                };
                let groups = node.all(Kind::FixtureGroup);
                let groups =
                    groups.map(|group| self.fixture_group(group)).collect::<Option<_>>()?;
                FixtureLine::Groups { change, groups }
            }
            Kind::AttributeLine => {
                FixtureLine::Attribute { path: self.path(node)?, value: self.fixture_value(node)? }
            }
            _ => return None,
        };
        Some(self.spanned(node, line))
    }

    fn fixture_value(&mut self, node: &Node<'_>) -> Option<FixtureValue> {
        if node.word("none").is_some() {
            return Some(FixtureValue::None);
        }
        if node.child(Kind::FixtureElement).is_none() {
            return Some(FixtureValue::Values(self.literals(node)));
        }
        let mut elements = Vec::new();
        for element in node.all(Kind::FixtureElement) {
            let mut parts = Vec::new();
            for part in element.all(Kind::ElementPart) {
                parts.push((self.path(part)?, self.literal(part.child(Kind::Value)?)?));
            }
            elements.push(parts);
        }
        Some(FixtureValue::Elements(elements))
    }

    fn fixture_group(&mut self, node: &Node<'_>) -> Option<FixtureGroup> {
        let name = self.text(node.child(Kind::Text)?);
        let mut part = |kind| Some(self.text(node.child(kind)?.child(Kind::Text)?));
        Some(FixtureGroup {
            name,
            id: part(Kind::GroupId),
            external_id: part(Kind::GroupExternalId),
            formerly: part(Kind::Formerly),
            indirectly: node.word("indirectly").is_some(),
        })
    }

    /// One line of a test.
    pub(in crate::rules::syntax) fn test_line(&mut self, node: &Node<'_>) -> Option<TestLine> {
        match node.kind {
            Kind::GivenLine => {
                let given = self.name(node)?;
                let lines = node
                    .children
                    .iter()
                    .filter(|part| matches!(part.kind, Kind::GroupsLine | Kind::AttributeLine));
                let lines = lines.map(|line| self.fixture_line(line)).collect::<Option<_>>()?;
                Some(TestLine::Given(given, lines))
            }
            Kind::ExpectLine => {
                let negated = node.children.iter().any(|part| {
                    part.kind == Kind::Keyword && part.text.eq_ignore_ascii_case("not")
                });
                let outcome = self.outcome(node.child(Kind::Outcome)?)?;
                Some(TestLine::Expect(self.spanned(node, Expect { negated, outcome })))
            }
            _ => None,
        }
    }

    /// A proof without its name.
    pub(in crate::rules::syntax) fn claim(&mut self, name: Text, node: &Node<'_>) -> Option<Prove> {
        Some(Prove {
            name,
            every: node.word("every").is_some(),
            condition: self.condition(node.child(Kind::Condition)?)?,
            outcome: self.outcome(node.child(Kind::Outcome)?)?,
        })
    }

    fn outcome(&mut self, node: &Node<'_>) -> Option<Outcome> {
        let part = node.children.first()?;
        Some(match part.kind {
            Kind::Keyword => Outcome::Deactivated,
            Kind::OutAssignment => Outcome::Assignment(self.head_name(part)?),
            Kind::OutSeats => Outcome::Seats(self.names(part)),
            Kind::OutSeat => Outcome::Seat(self.name(part)?),
            Kind::OutHome => Outcome::Home(self.name_or_none(part, 0)?),
            Kind::OutWorkspace => Outcome::Workspace {
                workspace: self.name(part)?,
                profile: self.name_or_none(part, 1)?,
            },
            Kind::OutCapture => Outcome::Capture {
                includes: part.word("includes").is_some(),
                items: self.names(part),
            },
            Kind::OutOption => {
                Outcome::Option { option: self.name(part)?, choice: self.name_or_none(part, 1)? }
            }
            Kind::OutWithheld => Outcome::Withheld(self.names(part)),
            Kind::OutRemoved => Outcome::Removed(self.names(part)),
            Kind::OutVetoed => Outcome::Vetoed(self.names(part)),
            Kind::UpdateClause => Outcome::Update(self.update(part)?),
            Kind::OutBecause => Outcome::Because(self.head_name(part)?),
            _ => return None,
        })
    }
}
