//! Cedar: one `permit` an assignment; the winner is the lowest id among the reasons.
//!
//! Cedar has no order. All policies are evaluated, and the response names all that permit.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet, Request, RestrictedExpression,
};

use crate::engine::Engine;
use crate::facts::Facts;
use crate::scenario::{Assignment, DEFAULT, Scenario};

/// The policies, and what every request has in common.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    names: Vec<String>,
    group: EntityTypeName,
    principal: EntityUid,
    action: EntityUid,
    resource: EntityUid,
}

impl Engine for Cedar {
    const NAME: &'static str = "Cedar";
    const CRATE: &'static str = "cedar-policy";
    type Input = Option<(Request, Entities)>;

    fn new(scenario: &Scenario) -> Self {
        let policies = scenario.assignments.iter().enumerate().map(|(number, assignment)| {
            let id = PolicyId::new(number.to_string());
            Policy::parse(Some(id), policy(assignment)).expect("a policy")
        });
        let entity = |kind: &str, id| {
            EntityUid::from_type_name_and_id(kind.parse().expect("a name"), EntityId::new(id))
        };
        Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_policies(policies).expect("ids are unique"),
            names: scenario.assignments.iter().map(|one| one.name.clone()).collect(),
            group: "Group".parse().expect("a name"),
            principal: entity("User", "person"),
            action: entity("Action", "assign"),
            resource: entity("Product", "product"),
        }
    }

    fn blank(&self) -> Self::Input {
        None
    }

    fn read_facts(&self, facts: &Facts<'_>, input: &mut Self::Input) {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let attributes = HashMap::from([
            ("title".to_owned(), text(&facts.title)),
            ("department".to_owned(), text(facts.department())),
        ]);
        let groups: HashSet<_> = facts
            .groups()
            .map(|name| EntityUid::from_type_name_and_id(self.group.clone(), EntityId::new(name)))
            .collect();
        let person = Entity::new(self.principal.clone(), attributes, groups).expect("an entity");
        let request = Request::new(
            self.principal.clone(),
            self.action.clone(),
            self.resource.clone(),
            Context::empty(),
            None,
        );
        let entities = Entities::from_entities([person], None).expect("one entity");
        *input = Some((request.expect("a request"), entities));
    }

    fn decide<R>(&mut self, input: &Self::Input, show: impl FnOnce(&str) -> R) -> R {
        let (request, entities) = input.as_ref().expect("a person was read");
        let response = self.authorizer.is_authorized(request, &self.policies, entities);
        let number = |id: &PolicyId| AsRef::<str>::as_ref(id).parse::<usize>().expect("a number");
        let winner = response.diagnostics().reason().map(number).min();
        show(winner.map_or(DEFAULT, |number| &self.names[number]))
    }
}

/// The policy of an assignment.
fn policy(assignment: &Assignment) -> String {
    let Assignment { group, attributes, .. } = assignment;
    let condition = attributes.map_or_else(String::new, |(department, title)| {
        format!(
            "\nwhen {{ principal.department == {department:?} && principal.title like \"{title}*\" }}"
        )
    });
    format!("permit (principal in Group::{group:?}, action, resource){condition};")
}
