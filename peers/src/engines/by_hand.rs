//! The floor: what one would write in Rust if the rules never changed their form.

use hashbrown::HashMap;

use crate::engine::Engine;
use crate::facts::Facts;
use crate::scenario::{DEFAULT, Scenario};

/// Assignments by the group that they name, and each person's groups looked up in that.
pub struct ByHand {
    by_group: HashMap<String, Vec<u32>>,
    rules: Vec<Rule>,
}

struct Rule {
    name: String,
    attributes: Option<(String, String)>,
}

/// A person.
#[derive(Default)]
pub struct Input {
    title: String,
    department: String,
    groups: Vec<String>,
}

impl Engine for ByHand {
    const NAME: &'static str = "by hand";
    const CRATE: &'static str = "";
    type Input = Input;

    fn new(scenario: &Scenario) -> Self {
        let mut by_group: HashMap<String, Vec<u32>> = HashMap::new();
        let mut rules = vec![];
        for (number, assignment) in (0..).zip(&scenario.assignments) {
            by_group.entry(assignment.group.clone()).or_default().push(number);
            let attributes = assignment.attributes;
            rules.push(Rule {
                name: assignment.name.clone(),
                attributes: attributes.map(|(d, t)| (d.to_owned(), t.to_owned())),
            });
        }
        Self { by_group, rules }
    }

    fn blank(&self) -> Input {
        Input::default()
    }

    fn read_facts(&self, facts: &Facts<'_>, input: &mut Input) {
        let refill = |text: &mut String, with: &str| {
            text.clear();
            text.push_str(with);
        };
        refill(&mut input.title, &facts.title);
        refill(&mut input.department, facts.department());
        input.groups.truncate(facts.groups().count());
        for (place, group) in facts.groups().enumerate() {
            match input.groups.get_mut(place) {
                Some(text) => refill(text, group),
                None => input.groups.push(group.to_owned()),
            }
        }
    }

    fn decide<R>(&mut self, input: &Input, show: impl FnOnce(&str) -> R) -> R {
        let mut winner: Option<u32> = None;
        for group in &input.groups {
            for &number in self.by_group.get(group).into_iter().flatten() {
                if winner.is_some_and(|winner| winner <= number) {
                    break;
                }
                if self.rules[number as usize].matches(input) {
                    winner = Some(number);
                    break;
                }
            }
        }
        show(winner.map_or(DEFAULT, |number| &self.rules[number as usize].name))
    }
}

impl Rule {
    fn matches(&self, input: &Input) -> bool {
        self.attributes.as_ref().is_none_or(|(department, title)| {
            *department == input.department && input.title.starts_with(title)
        })
    }
}
