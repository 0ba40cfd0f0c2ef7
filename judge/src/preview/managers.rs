//! Rules about managers, at a product whose managers are ids.

use std::collections::BTreeSet;

use provisor::decide::RuleSet;
use provisor::rules::model::{AttributeDef, Cond, CondKind, Operand, Test};

use super::{People, heads};

/// The rules that compare the manager with something else than an id, at a product whose managers
/// are ids (RFC 7643, 4.3).
pub fn managers_by_name(rules: &RuleSet, people: &People) -> Vec<String> {
    let model = rules.model();
    let mut hints = Vec::new();
    for (kind, head) in heads(model) {
        let mut names = BTreeSet::new();
        managers(&head.matches, &model.attributes, &mut names);
        names.retain(|name| !people.ids.contains(&name.to_lowercase()));
        if let Some(name) = names.first() {
            hints.push(format!(
                "the manager of a person is the id of somebody here, so {kind} \"{}\" cannot match by manager \"{name}\"",
                head.name
            ));
        }
    }
    hints
}

/// What a condition compares managers with.
fn managers(cond: &Cond, attributes: &[AttributeDef], names: &mut BTreeSet<String>) {
    match &cond.kind {
        CondKind::All(parts) | CondKind::Any(parts) => {
            parts.iter().for_each(|part| managers(part, attributes, names));
        }
        CondKind::Value(atom) => {
            let attribute = attributes.get(atom.attribute.index());
            let own = attribute.and_then(|one| one.values.get(atom.value?.index()));
            let manager = attribute.is_some_and(|one| one.name.eq_ignore_ascii_case("manager"));
            if !manager || own.is_none_or(|one| !one.name.eq_ignore_ascii_case("value")) {
                return;
            }
            let operands = match &atom.test {
                Test::Equal(one) => std::slice::from_ref(one),
                Test::In(all) => &**all,
                _ => &[],
            };
            names.extend(operands.iter().filter_map(|one| match one {
                Operand::Text { compared, .. } => Some(compared.clone()),
                _ => None,
            }));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use provisor::rules::build::build_text;

    use super::super::tests::{RULES, state};
    use super::*;

    #[test]
    fn who_is_named_where_ids_are_is_told() {
        let told = |manager: &str| {
            let asked = format!("manager is \"{manager}\"");
            let text = RULES.replace("manager.value is present", &asked);
            let rules = build_text("a.rules", &text).rules.unwrap();
            let mut people = People::default();
            people.changes(&rules, &state());
            managers_by_name(&rules, &people)
        };
        let by_name = told("bob@x.example");
        assert_eq!(by_name.len(), 1, "{by_name:?}");
        assert!(by_name[0].ends_with("cannot match by manager \"bob@x.example\""), "{by_name:?}");
        assert!(told("1").is_empty());
    }
}
