//! Declarations and settings.

use super::Lower;
use crate::rules::ast::{
    Attribute, AttributeKind, Capture, Choice, ItemKind, Limit, Offer, OptionDecl, Profile,
    Requirement, RequirementKind, Seat, Set, SetMembers, Setting, SettingValue, Text, Workspace,
};
use crate::rules::source::Spanned;
use crate::rules::syntax::cst::{Kind, Node};

impl Lower<'_> {
    /// Every one-line item but `include` and `use` of a file.
    pub(super) fn declaration(&mut self, node: &Node<'_>) -> Option<ItemKind> {
        Some(match node.kind {
            Kind::UseCatalogue => ItemKind::UseCatalogue {
                name: self.name(node)?,
                version: self.version(node.child(Kind::Integer)?),
            },
            Kind::Setting => ItemKind::Setting(self.setting(node)?),
            Kind::Limit => ItemKind::Limit { seat: self.name(node)?, limit: self.limit(node)? },
            Kind::Seat => ItemKind::Seat(Seat {
                id: self.name(node)?,
                label: self.label(node)?,
                wire: self.wire(node),
                limit: node.child(Kind::Quota).and_then(|quota| self.limit(quota)),
                requires: self.requires(node),
            }),
            Kind::Profile => ItemKind::Profile(Profile {
                id: self.name(node)?,
                label: self.label(node)?,
                wire: self.wire(node),
                requires: self.requires(node),
            }),
            Kind::ProfileOrder => ItemKind::ProfileOrder(self.names(node)),
            Kind::Workspace => ItemKind::Workspace(Workspace {
                id: self.name(node)?,
                label: self.label(node)?,
                wire: self.wire(node),
                offers: node.child(Kind::Offers).map(|offers| self.offers(offers)),
            }),
            Kind::Capture => ItemKind::Capture(Capture {
                id: self.name(node)?,
                label: self.label(node)?,
                wire: self.wire(node),
                requires: self.requires(node),
                excludes: node.child(Kind::Excludes).map_or_else(Vec::new, |part| self.names(part)),
            }),
            Kind::Option => ItemKind::Option(self.option(node)?),
            Kind::Attribute => ItemKind::Attribute(self.attribute(node)?),
            Kind::Set => ItemKind::Set(self.set(node)?),
            _ => return None,
        })
    }

    fn setting(&mut self, node: &Node<'_>) -> Option<Setting> {
        let name = self.name(node)?;
        let mut values = Vec::new();
        for part in &node.children {
            let value = match part.kind {
                Kind::Percent => SettingValue::Percent(self.count(part.child(Kind::Integer)?).node),
                Kind::Integer => SettingValue::Number(self.count(part).node),
                Kind::Text => SettingValue::Text(self.text(part).node),
                Kind::SettingWord => {
                    self.check_length(part, part.text.len(), "name");
                    SettingValue::Word(part.text.to_owned())
                }
                _ => continue,
            };
            values.push(self.spanned(part, value));
        }
        Some(Setting { name, values })
    }

    fn limit(&mut self, node: &Node<'_>) -> Option<Limit> {
        let count = self.count(node.child(Kind::Integer)?);
        let reserve = node.child(Kind::Reserve).and_then(|part| part.child(Kind::Integer));
        Some(Limit { count, reserve: reserve.map(|number| self.count(number)) })
    }

    fn label(&mut self, node: &Node<'_>) -> Option<Text> {
        Some(self.text(node.child(Kind::Label)?.child(Kind::Text)?))
    }

    fn wire(&mut self, node: &Node<'_>) -> Option<Text> {
        Some(self.text(node.child(Kind::Wire)?.child(Kind::Text)?))
    }

    fn requires(&mut self, node: &Node<'_>) -> Vec<Requirement> {
        let Some(requires) = node.child(Kind::Requires) else { return Vec::new() };
        requires.all(Kind::Requirement).filter_map(|part| self.requirement(part)).collect()
    }

    fn requirement(&mut self, node: &Node<'_>) -> Option<Requirement> {
        let kind = node.child(Kind::Keyword).map(|word| {
            let kind = match word.text {
                "seat" => RequirementKind::Seat,
                _ => RequirementKind::Capture,
            };
            self.spanned(word, kind)
        });
        Some(Requirement { kind, id: self.name(node)? })
    }

    fn offers(&mut self, node: &Node<'_>) -> Vec<Offer> {
        node.all(Kind::Offer)
            .filter_map(|offer| Some(Offer { profile: self.name(offer)?, wire: self.wire(offer) }))
            .collect()
    }

    fn option(&mut self, node: &Node<'_>) -> Option<OptionDecl> {
        self.separated(node, Kind::Choice);
        let id = self.name(node)?;
        let label = self.label(node)?;
        let wire = self.wire(node);
        let choices = node.all(Kind::Choice).filter_map(|choice| self.choice(choice)).collect();
        Some(OptionDecl { id, label, wire, choices })
    }

    fn choice(&mut self, node: &Node<'_>) -> Option<Choice> {
        Some(Choice { id: self.name(node)?, label: self.label(node)?, wire: self.wire(node) })
    }

    fn attribute(&mut self, node: &Node<'_>) -> Option<Attribute> {
        let kind = node.child(Kind::AttributeType)?;
        let words = [
            ("text", AttributeKind::Text),
            ("flag", AttributeKind::Flag),
            ("number", AttributeKind::Number),
            ("date", AttributeKind::Date),
        ];
        let (word, of) = words.into_iter().find_map(|(word, of)| Some((kind.word(word)?, of)))?;
        Some(Attribute {
            id: self.name(node)?,
            path: self.text(node.child(Kind::Text)?),
            list: kind.word("list").is_some(),
            kind: self.spanned(word, of),
            exact: kind.word("exact").map(|word| Spanned::new((), self.span(word))),
            values: kind.child(Kind::Values).map(|values| self.literals(values)),
        })
    }

    fn set(&mut self, node: &Node<'_>) -> Option<Set> {
        let id = self.name(node)?;
        let members = match node.child(Kind::GroupList) {
            Some(groups) => SetMembers::Groups(self.group_refs(groups)),
            None => SetMembers::Values(self.literals(node.child(Kind::Values)?)),
        };
        Some(Set { id, members })
    }
}
