//! Rego in regorus: one rule, its assignments chained by `else`, on the virtual machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use regorus::Value;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;

use crate::engine::Engine;
use crate::facts::Facts;
use crate::scenario::{Assignment, DEFAULT, Scenario};

/// A machine with the program loaded, reused from person to person.
pub struct Regorus {
    machine: RegoVM,
}

const RULE: &str = "data.provisor.assignment";

impl Engine for Regorus {
    const NAME: &'static str = "regorus";
    const CRATE: &'static str = "regorus";
    type Input = Value;

    fn new(scenario: &Scenario) -> Self {
        let mut engine = regorus::Engine::new();
        let policy = policy(&scenario.assignments);
        engine.add_policy("peers.rego".to_owned(), policy).expect("a policy");
        let compiled = engine.compile_with_entrypoint(&RULE.into()).expect("a compiled policy");
        let program = Compiler::compile_from_policy(&compiled, &[RULE]).expect("a program");
        let mut machine = RegoVM::new_with_policy(compiled);
        machine.set_max_instructions(usize::MAX);
        machine.load_program(program);
        Self { machine }
    }

    fn blank(&self) -> Value {
        Value::Undefined
    }

    fn read_facts(&self, facts: &Facts<'_>, input: &mut Value) {
        let groups: BTreeSet<Value> = facts.groups().map(Value::from).collect();
        *input = Value::from(BTreeMap::from([
            (Value::from("title"), Value::from(&*facts.title)),
            (Value::from("department"), Value::from(facts.department())),
            (Value::from("groups"), Value::from(groups)),
        ]));
    }

    fn decide<R>(&mut self, input: &Value, show: impl FnOnce(&str) -> R) -> R {
        self.machine.set_input(input.clone());
        let winner = self.machine.execute().expect("a decision");
        show(winner.as_string().expect("a name"))
    }
}

/// The policy.
fn policy(assignments: &[Assignment]) -> String {
    let mut text = format!("package provisor\n\ndefault assignment := {DEFAULT:?}\n\nassignment");
    for (place, assignment) in assignments.iter().enumerate() {
        let otherwise = if place > 0 { " else" } else { "" };
        let Assignment { name, group, attributes, .. } = assignment;
        write!(text, "{otherwise} := {name:?} if {{\n\t{group:?} in input.groups\n")
            .expect("a string takes everything");
        if let Some((department, title)) = attributes {
            write!(
                text,
                "\tinput.department == {department:?}\n\tstartswith(input.title, {title:?})\n"
            )
            .expect("a string takes everything");
        }
        text.push('}');
    }
    text.push('\n');
    text
}
