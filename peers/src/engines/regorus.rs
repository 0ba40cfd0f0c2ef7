//! Rego in regorus: one rule, its assignments chained by `else`.
//!
//! On its virtual machine where the chain fits into the machine's 255 registers (at 10 assignments
//! it does, at 60 it does not), by its compiled interpreter otherwise. Of the other ways tried,
//! assignments as data searched by a comprehension, and a set of all that match whose minimum
//! wins, none was clearly quicker at any size here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{CompiledPolicy, Value};

use crate::engine::Engine;
use crate::facts::Facts;
use crate::scenario::{Assignment, DEFAULT, Scenario};

/// The compiled policy.
pub struct Regorus {
    runner: Runner,
}

enum Runner {
    /// With the program loaded, reused from person to person.
    Machine(Box<RegoVM>),
    Interpreter(CompiledPolicy),
}

const RULE: &str = "data.provisor.assignment";

impl Engine for Regorus {
    const NAME: &'static str = "regorus";
    const CRATE: &'static str = "regorus";
    type Input = Value;

    fn new(scenario: &Scenario) -> Self {
        let mut engine = regorus::Engine::new();
        let policy = policy(&scenario.assignments).expect("a string takes everything");
        engine.add_policy("peers.rego".to_owned(), policy).expect("a policy");
        let compiled = engine.compile_with_entrypoint(&RULE.into()).expect("a compiled policy");
        let runner = match Compiler::compile_from_policy(&compiled, &[RULE]) {
            Ok(program) => {
                let mut machine = RegoVM::new_with_policy(compiled);
                machine.set_max_instructions(usize::MAX);
                machine.load_program(program);
                Runner::Machine(Box::new(machine))
            }
            Err(_) => Runner::Interpreter(compiled),
        };
        Self { runner }
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
        let winner = match &mut self.runner {
            Runner::Machine(machine) => {
                machine.set_input(input.clone());
                machine.execute().expect("a decision")
            }
            Runner::Interpreter(policy) => {
                policy.eval_with_input(input.clone()).expect("a decision")
            }
        };
        show(winner.as_string().expect("a name"))
    }
}

/// The policy.
fn policy(assignments: &[Assignment]) -> Result<String, std::fmt::Error> {
    let mut text = format!("package provisor\n\ndefault assignment := {DEFAULT:?}\n\nassignment");
    for (place, assignment) in assignments.iter().enumerate() {
        let otherwise = if place > 0 { " else" } else { "" };
        let Assignment { name, group, attributes, .. } = assignment;
        write!(text, "{otherwise} := {name:?} if {{\n\t{group:?} in input.groups\n")?;
        if let Some((department, title)) = attributes {
            writeln!(text, "\tinput.department == {department:?}")?;
            writeln!(text, "\tstartswith(input.title, {title:?})")?;
        }
        text.push('}');
    }
    text.push('\n');
    Ok(text)
}
