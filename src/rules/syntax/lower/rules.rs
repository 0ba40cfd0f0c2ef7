//! Heads and clauses of rules.

use super::Lower;
use crate::diagnostic::Applicability::MachineApplicable;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{
    Area, Clause, ClauseKind, Grade, Match, Picks, Rule, RuleKind, Text, Update, WorkspaceEntry,
};
use crate::rules::source::{Span, Spanned};
use crate::rules::syntax::cst::{Kind, Node};

impl Lower<'_> {
    /// The head of a rule; clauses and block come later.
    pub(in crate::rules::syntax) fn rule_head(&mut self, node: &Node<'_>) -> Option<Rule> {
        let kind = match node.child(Kind::WhichRule)?.children.first()?.text {
            "default" => RuleKind::Default,
            "grant" => RuleKind::Grant,
            "never" => RuleKind::Never,
            _ => RuleKind::Assignment,
        };
        let name = self.text(node.child(Kind::Text)?);
        let formerly = self.link(node, Kind::Formerly, kind, "formerly");
        let like = self.link(node, Kind::LikeRule, kind, "like");
        Some(Rule {
            kind,
            name,
            formerly,
            like,
            clauses: Vec::new(),
            block: Spanned::new((), Span::default()),
        })
    }

    /// `like` or `formerly` of a rule: once, and only of assignments.
    fn link(&mut self, node: &Node<'_>, part: Kind, kind: RuleKind, word: &str) -> Option<Text> {
        let mut parts = node.all(part);
        let first = parts.next()?;
        if let Some(second) = parts.next() {
            let message = format!("`{word}` is given twice");
            let found = Diagnostic::new(Code::P008, self.span(second), message)
                .label("the second one")
                .related(self.span(first), "the first one");
            self.findings.push(found);
        }
        if matches!(kind, RuleKind::Grant | RuleKind::Never) {
            let message = format!("a {} has no `{word}`: only assignments do", kind.as_str());
            let place = self.span(first);
            self.findings.push(
                Diagnostic::new(Code::P008, place, message).label("not allowed here").fix(
                    "remove it",
                    place,
                    "",
                    MachineApplicable,
                ),
            );
            return None;
        }
        Some(self.text(first.child(Kind::Text)?))
    }

    /// The clauses of a piece: one, or `match` with `except` behind it.
    pub(in crate::rules::syntax) fn clauses(&mut self, nodes: &[Node<'_>]) -> Option<Vec<Clause>> {
        nodes.iter().map(|node| self.clause(node)).collect()
    }

    fn clause(&mut self, node: &Node<'_>) -> Option<Clause> {
        let keyword = self.spanned(node.child(Kind::Keyword)?, ());
        let kind = match node.kind {
            Kind::MatchClause => ClauseKind::Match(match node.word("everyone") {
                Some(word) => Match::Everyone(self.spanned(word, ())),
                None => Match::Condition(self.condition(node.child(Kind::Condition)?)?),
            }),
            Kind::ExceptClause => ClauseKind::Except(self.condition(node.child(Kind::Condition)?)?),
            Kind::SeatsClause => ClauseKind::Seats(self.picks(node.child(Kind::Picks)?)?),
            Kind::HomeClause => ClauseKind::Home(self.name(node)?),
            Kind::WorkspacesClause => {
                self.separated(node, Kind::WorkspaceEntry);
                let entries = node.all(Kind::WorkspaceEntry);
                let entries = entries.map(|entry| self.entry(entry)).collect::<Option<_>>()?;
                ClauseKind::Workspaces(entries)
            }
            Kind::CaptureClause => ClauseKind::Capture(self.picks(node.child(Kind::Picks)?)?),
            Kind::OptionClause => {
                ClauseKind::Option { option: self.name(node)?, choice: self.name_or_none(node, 1)? }
            }
            Kind::UpdateClause => ClauseKind::Update(self.update(node)?),
            _ => return None,
        };
        Some(Clause { docs: Vec::new(), node: self.spanned(node, kind), keyword })
    }

    fn picks(&mut self, node: &Node<'_>) -> Option<Picks> {
        if let Some(none) = node.word("none") {
            return Some(Picks::None(self.spanned(none, ())));
        }
        let names = self.names(node);
        Some(match node.word("all") {
            Some(all) => Picks::All { all: self.spanned(all, ()), except: names },
            None => Picks::List(names),
        })
    }

    fn entry(&mut self, node: &Node<'_>) -> Option<WorkspaceEntry> {
        let workspace = match node.word("others") {
            Some(word) => self.spanned(word, None),
            None => {
                let name = self.name(node)?;
                Spanned::new(Some(name.node), name.span)
            }
        };
        let grade = node.child(Kind::Grade)?;
        let written = if grade.word("none").is_some() {
            Grade::None
        } else if grade.word("at").is_some() {
            Grade::AtMost(self.name(grade)?)
        } else {
            Grade::Profile(self.name(grade)?)
        };
        Some(WorkspaceEntry { workspace, grade: self.spanned(grade, written) })
    }

    /// The mode of a clause, expectation or claim.
    pub(super) fn update(&mut self, node: &Node<'_>) -> Option<Update> {
        let update = node.child(Kind::Update)?;
        let mut except = Vec::new();
        for area in update.all(Kind::Area) {
            let which = Area::ALL.into_iter().find(|which| which.as_str() == area.text)?;
            except.push(self.spanned(area, which));
        }
        Some(Update { automatic: update.word("automatic").is_some(), except })
    }

    /// Entries are parted by a comma or a line end; the grammar takes blanks too.
    pub(super) fn separated(&mut self, node: &Node<'_>, kind: Kind) {
        let mut before: Option<&Node<'_>> = None;
        for part in &node.children {
            if part.kind == kind {
                if let Some(last) = before {
                    let between = self.piece.text.get(last.end()..part.start).unwrap_or("");
                    if !between.contains(['\n', '\r']) {
                        let place = self.piece.span(last.end(), last.end());
                        self.findings.push(
                            Diagnostic::new(
                                Code::P002,
                                place,
                                "a comma is missing between two entries",
                            )
                            .label("`,` is missing here")
                            .fix(
                                "add the comma",
                                place,
                                ",",
                                MachineApplicable,
                            ),
                        );
                    }
                }
                before = Some(part);
            } else if part.kind == Kind::Mark && part.text == "," {
                before = None;
            }
        }
    }
}
