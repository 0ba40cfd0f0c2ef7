//! What to do about a broken rule, by what the target product takes.

use super::Rule;
use crate::contract::{Contract, Manager};

/// What to do.
pub fn fix(rule: &Rule, contract: &Contract) -> String {
    let (user, group) = (&contract.user, &contract.group);
    let own = match rule.id {
        "action/set-manager" => match user.manager {
            Some(Manager::Text) => Some(
                "write the work e-mail address of the manager, a text, as `manager` of the \
                 enterprise extension"
                    .to_owned(),
            ),
            Some(Manager::Name) => Some(
                "write the userName of the manager as `manager.value` of the enterprise extension"
                    .to_owned(),
            ),
            Some(Manager::Object) | None => None,
        },
        "action/rename-group" if !filters(&group.filterable, "externalId") => Some(
            "PATCH `displayName` of the group that is there; keep its id, or find it by its name \
             of before"
                .to_owned(),
        ),
        "sequence/looked-up" if !user.filterable.is_empty() => Some(format!(
            "ask with a filter on {} before POST, and update what is found",
            user.filterable.join(" or ")
        )),
        "reaction/one-person" if !user.filterable.is_empty() => Some(format!(
            "look the person up by {} before you create anybody",
            user.filterable.join(" or ")
        )),
        _ => None,
    };
    own.unwrap_or_else(|| rule.fix.to_owned())
}

/// Whether a product can filter by an attribute, as far as is known.
fn filters(filterable: &[String], name: &str) -> bool {
    filterable.is_empty() || filterable.iter().any(|one| one == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::built_in;
    use crate::judgement::rules;

    #[test]
    fn advice_is_what_the_product_takes() {
        let told = |contract: &str, id: &str| {
            let rule = rules().find(|rule| rule.id == id).unwrap();
            fix(rule, &built_in(contract).unwrap())
        };
        assert!(told("gong", "action/set-manager").contains("a text"));
        assert!(told("rfc7644", "action/set-manager").contains("the id of the manager"));
        assert!(told("okta-oin", "action/set-manager").contains("userName"));
        assert!(!told("gong", "action/rename-group").contains("externalId"));
        assert!(told("rfc7644", "action/rename-group").contains("externalId"));
        assert!(!told("gong", "sequence/looked-up").contains("externalId"));
    }
}
