//! A person as the rules see them: what the client wrote, with the groups that the store knows.

use provisor::decide::{Groups, Membership, Person};
use provisor::reconcile::Target;

use super::Rules;
use crate::error::ScimError;
use crate::id::Id;
use crate::store::{GroupOf, StoreError, Stored};

/// What the rules say of a person, by names that outlive them.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    /// What reconcile needs.
    pub target: Target,
    /// Grants that match.
    pub grants: Vec<String>,
    /// Nevers that match.
    pub nevers: Vec<String>,
    /// `userName`, to name the person for the host.
    pub user_name: Option<String>,
    /// `externalId`, likewise.
    pub external_id: Option<String>,
}

/// Reads a user into a buffer, ready to be decided.
pub(super) fn read(
    person: &mut Person,
    rules: &Rules,
    user: &Stored,
    groups: Vec<GroupOf>,
) -> Result<(), ScimError> {
    let memberships: Vec<Membership> = groups.into_iter().map(membership).collect();
    let body = with_id(user.id, &user.body);
    person.read_bytes(&rules.set, body.as_bytes(), Groups::Given(&memberships)).map_err(|_| {
        StoreError::broken(format!("the body of the User {} cannot be read", user.id)).into()
    })
}

/// Decides about who was read.
pub(super) fn decide(person: &Person, rules: &Rules) -> Decided {
    let decision = rules.set.decide(person);
    let identity = person.identity();
    Decided {
        target: decision.target(),
        grants: decision.grants().map(|rule| rule.head.name.clone()).collect(),
        nevers: decision.nevers().map(|rule| rule.head.name.clone()).collect(),
        user_name: identity.user_name.map(str::to_owned),
        external_id: identity.external_id.map(str::to_owned),
    }
}

fn membership(group: GroupOf) -> Membership {
    Membership {
        name: Some(group.display_name),
        id: Some(group.id.to_string()),
        external_id: group.external_id,
        direct: group.direct,
        former_names: group.former_names,
        deleted: group.deleted,
    }
}

/// A stored body has no `id`, which rules may ask for.
fn with_id(id: Id, body: &str) -> String {
    let members = body.trim_start().strip_prefix('{').unwrap_or("}").trim_start();
    let comma = if members.starts_with('}') { "" } else { "," };
    format!("{{\"id\":\"{id}\"{comma}{members}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_stands_first_in_any_object() {
        let id = Id::from_bytes([7; 16]);
        for body in ["{}", "{ }", r#"{"userName":"ana"}"#, r#" { "userName": "ana" }"#] {
            let whole = provisor::json::parse(with_id(id, body).as_bytes()).unwrap();
            assert_eq!(whole.get("id").and_then(|id| id.as_str()), Some(&*id.to_string()));
        }
    }
}
