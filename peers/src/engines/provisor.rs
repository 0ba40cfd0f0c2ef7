//! Provisor: the rules in its language, read through its public interface.

use std::fmt::Write;

use provisor::decide::{Decision, Groups, Person, RuleSet};
use provisor::rules::build::build_text;
use serde_json::Value;

use crate::engine::Engine;
use crate::facts::Facts;
use crate::scenario::{
    Assignment, CAPTURES, DEFAULT, Outcome, PROFILES, SEATS, Scenario, WORKSPACES,
};

/// A rule set; it checks the rules before, and decides seats, workspaces and capture, too.
pub struct Provisor {
    rules: RuleSet,
}

impl Engine for Provisor {
    const NAME: &'static str = "Provisor";
    const CRATE: &'static str = "provisor";
    type Input = Person;

    fn new(scenario: &Scenario) -> Self {
        let built = build_text("peers.rules", &rules(scenario));
        let errors: Vec<_> = built.diagnostics.iter().map(|found| &found.message).collect();
        Self { rules: built.rules.unwrap_or_else(|| panic!("the rules are wrong: {errors:?}")) }
    }

    fn blank(&self) -> Person {
        Person::new()
    }

    fn read_facts(&self, _: &Facts<'_>, _: &mut Person) {
        unreachable!("Provisor reads SCIM");
    }

    fn read_tree(&self, user: &Value, person: &mut Person) {
        person
            .read_value(&self.rules, user, Groups::Own)
            .expect("the crowd consists of SCIM users");
    }

    fn read_text(&self, user: &str, person: &mut Person) {
        let read = person.read_bytes(&self.rules, user.as_bytes(), Groups::Own);
        read.expect("the crowd consists of SCIM users");
    }

    fn decide<R>(&mut self, person: &Person, show: impl FnOnce(&str) -> R) -> R {
        show(name(&self.rules.decide(person)))
    }
}

impl Provisor {
    /// What stands for a person, to be compared with what the winner gives.
    pub fn outcome(&self, person: &Person) -> Outcome {
        let decision = self.rules.decide(person);
        let catalogue = &decision.model().catalogue;
        let profile = |id| catalogue.profile(id).map(|item| item.naming.id.clone());
        Outcome {
            seats: decision.seats().map(|(_, seat)| seat.naming.id.clone()).collect(),
            workspaces: decision
                .workspaces()
                .map(|(_, item, id)| (item.naming.id.clone(), id.and_then(profile)))
                .collect(),
            captures: decision.captures().map(|(_, item)| item.naming.id.clone()).collect(),
        }
    }
}

fn name<'a>(decision: &Decision<'a>) -> &'a str {
    &decision.winner().expect("everybody is active").head.name
}

/// The rules file.
pub fn rules(scenario: &Scenario) -> String {
    let mut text = "provisioning 1\n\n".to_owned();
    for (kind, names) in
        [("seat", SEATS), ("profile", PROFILES), ("workspace", WORKSPACES), ("capture", CAPTURES)]
    {
        for name in names {
            text += &format!("{kind} {name} \"{name}\"\n");
        }
    }
    for assignment in &scenario.assignments {
        write_assignment(&mut text, assignment).expect("a string takes everything");
    }
    text += &format!(
        "\ndefault assignment \"{DEFAULT}\" {{\n  match everyone\n  seats none\n  \
         workspaces {{ others: none }}\n  capture none\n  update automatic\n}}\n"
    );
    text
}

fn write_assignment(text: &mut String, assignment: &Assignment) -> std::fmt::Result {
    let Assignment { name, group, attributes, outcome } = assignment;
    writeln!(text, "\nassignment \"{name}\" {{")?;
    write!(text, "  match      in group \"{group}\"")?;
    if let Some((department, title)) = attributes {
        write!(text, " and department is \"{department}\" and title starts with \"{title}\"")?;
    }
    writeln!(text, "\n  seats      {}", list(&outcome.seats))?;
    let profiles: Vec<_> = outcome
        .workspaces
        .iter()
        .map(|(name, profile)| format!("{name}: {}", profile.as_deref().unwrap_or("none")))
        .collect();
    writeln!(text, "  workspaces {{ {} }}", profiles.join(", "))?;
    writeln!(text, "  capture    {}", list(&outcome.captures))?;
    writeln!(text, "  update     automatic\n}}")
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
