//! What a run would send, without sending it.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::corpus::Corpus;
use crate::scenario::{Fixture, Scenario};

/// What would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// A line a request, under the ids of scenarios.
    pub text: String,
    /// Requests.
    pub requests: u64,
    /// Those among them that may change something.
    pub writes: u64,
}

/// The requests of scenarios against an endpoint that has everything that they need. An endpoint
/// without some of it gets fewer; walks, repetitions and what is learned on the way come besides.
pub fn plan(scenarios: &[Scenario]) -> Plan {
    let mut plan = Plan::default();
    plan.text.push_str("before all of them\n");
    for path in [
        "/Users?count=0",
        "/ServiceProviderConfig",
        "/ResourceTypes",
        "/Schemas",
        "/Groups?count=0",
        "/Me",
    ] {
        plan.line("GET", path, "", false);
    }
    let first = Corpus::before(scenarios);
    let mut shared = BTreeSet::new();
    for scenario in first.iter().chain(scenarios) {
        plan.scenario(scenario, &mut shared);
    }
    plan
}

impl Plan {
    fn scenario(&mut self, scenario: &Scenario, shared: &mut BTreeSet<String>) {
        let _ = writeln!(self.text, "{}", scenario.id);
        let shares = scenario.steps.iter().all(crate::scenario::Step::reads) && !scenario.gate;
        let makes = !shares || shared.insert(format!("{:?}", scenario.given));
        let users = scenario.given.iter().filter(|(_, one)| matches!(one, Fixture::User(_)));
        let groups = scenario.given.iter().filter(|(_, one)| matches!(one, Fixture::Group(_)));
        for (name, fixture) in users.chain(groups).filter(|_| makes) {
            self.line("POST", fixture.endpoint(), &format!("makes {name}"), true);
        }
        self.look(scenario, "before");
        for step in &scenario.steps {
            let (method, target) = step.send.split_once(' ').unwrap_or((step.send.as_str(), ""));
            let times = step.at_once.unwrap_or(1);
            let note = match (times, &step.name) {
                (1, name) => name.clone().unwrap_or_default(),
                (times, _) => format!("{times} times at once"),
            };
            self.line(method, target.trim(), &note, !step.reads());
            self.requests += u64::from(times - 1);
            if !step.reads() {
                self.writes += u64::from(times - 1);
            }
        }
        self.look(scenario, "after");
        for (name, fixture) in scenario.given.iter().filter(|_| makes) {
            let target = format!("{}/${{{name}/id}}", fixture.endpoint());
            self.line("DELETE", &target, "takes it away", true);
        }
    }

    fn look(&mut self, scenario: &Scenario, when: &str) {
        for name in &scenario.unchanged {
            let Some(fixture) = scenario.given.get(name) else { continue };
            let target = format!("{}/${{{name}/id}}", fixture.endpoint());
            self.line("GET", &target, &format!("{name} {when}"), false);
        }
    }

    fn line(&mut self, method: &str, target: &str, note: &str, writes: bool) {
        self.requests += 1;
        self.writes += u64::from(writes);
        let line = format!("  {method:<6} {target}");
        let _ = match note {
            "" => writeln!(self.text, "{line}"),
            note => writeln!(self.text, "{line:<70}  # {note}"),
        };
    }
}
