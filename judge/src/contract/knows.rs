//! What follows from a contract: what a product takes, and what is not known of it.

use super::{Contract, Resource, Unknown};
use crate::action::Kind;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

impl Contract {
    /// Whether something beyond the letter is part of the contract.
    pub fn takes(&self, rule: &str, fault: Option<&str>) -> bool {
        self.takes.iter().any(|one| one == rule || Some(one.as_str()) == fault)
    }

    /// What is not known of the product, so that a rule cannot be judged.
    pub fn unjudged(&self, rule: &str) -> Option<&str> {
        self.unknown.iter().find_map(|one| match one {
            Unknown::Unjudged { what, rules } if rules.iter().any(|id| id == rule) => {
                Some(what.as_str())
            }
            _ => None,
        })
    }

    /// Why an action is not to be expected of a source for this product.
    pub fn lacks_action(&self, kind: Kind) -> Option<String> {
        if let Some(what) = self.unjudged(&format!("action/{kind}")) {
            return Some(format!("not known of {}: {what}", self.title));
        }
        let (user, group) = (&self.user, &self.group);
        let lacks = match kind {
            Kind::SetManager | Kind::ClearManager => !user.takes(&format!("{ENTERPRISE}:manager")),
            Kind::ClearValue => !user.takes("title"),
            Kind::ChangeEmail => !user.takes("emails"),
            Kind::RenameGroup => group.rename == Some(false),
            Kind::DeleteGroup => group.deletion == Some(false),
            _ => false,
        };
        lacks.then(|| format!("{} does not have it", self.title))
    }
}

impl Unknown {
    /// In words.
    pub fn what(&self) -> &str {
        match self {
            Self::Told(what) | Self::Unjudged { what, .. } => what,
        }
    }

    /// The rules that are not judged for it.
    pub fn rules(&self) -> &[String] {
        match self {
            Self::Told(_) => &[],
            Self::Unjudged { rules, .. } => rules,
        }
    }
}

impl Resource {
    /// Whether the product takes an attribute: `title`, `urn:…:User:manager`.
    pub fn takes(&self, name: &str) -> bool {
        let lists = [&self.accepted, &self.required, &self.wanted];
        self.accepted.is_empty()
            || lists.into_iter().flatten().any(|one| {
                let top = if one.starts_with("urn:") {
                    one
                } else {
                    one.split(['.', '[']).next().unwrap_or(one)
                };
                top.eq_ignore_ascii_case(name)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{built_in, of_text};
    use super::*;

    #[test]
    fn what_is_unknown_of_a_product_is_not_judged() {
        let gong = built_in("gong").unwrap();
        assert_eq!(
            gong.lacks_action(Kind::RenameGroup).unwrap(),
            "not known of Gong, custom source: whether a group can be renamed"
        );
        assert!(gong.unjudged("contract/filterable").is_some());
        assert_eq!(gong.lacks_action(Kind::SetManager), None);
        assert!(!gong.user.takes(&format!("{ENTERPRISE}:department")));
        let letter = built_in("rfc7644").unwrap();
        assert!(crate::action::kinds().all(|kind| letter.lacks_action(kind).is_none()));
    }

    #[test]
    fn what_a_product_does_not_take_is_not_asked_for() {
        let text =
            "name: a\ntitle: b\nuser:\n  accepted: [name, emails]\ngroup:\n  rename: false\n";
        let contract = of_text("mine", text).unwrap();
        let lacks = |kind| contract.lacks_action(kind).is_some();
        assert!(lacks(Kind::SetManager) && lacks(Kind::ClearValue) && lacks(Kind::RenameGroup));
        assert!(!lacks(Kind::ChangeEmail) && !lacks(Kind::DeleteGroup));
        let wrong = "name: a\ntitle: b\nunknown:\n  - what: c\n    rules: [action/rename-grop]\n";
        let places = of_text("mine", wrong).unwrap_err().places;
        assert!(places[0].contains("did you mean `action/rename-group`?"), "{places:?}");
    }
}
