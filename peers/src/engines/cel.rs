//! CEL: a program an assignment, executed in order until one is true.

use std::sync::Arc;

use cel::{Context, Env, Program, Value};

use crate::engine::Engine;
use crate::facts::Facts;
use crate::scenario::{Assignment, DEFAULT, Scenario};

/// The programs.
pub struct Cel {
    env: Arc<Env>,
    programs: Vec<(Program, String)>,
}

impl Engine for Cel {
    const NAME: &'static str = "CEL";
    const CRATE: &'static str = "cel";
    type Input = Option<Context<'static, 'static>>;

    fn new(scenario: &Scenario) -> Self {
        let env = Env::stdlib();
        let compile = |assignment: &Assignment| {
            (env.compile(&expression(assignment)).expect("a program"), assignment.name.clone())
        };
        let programs = scenario.assignments.iter().map(compile).collect();
        Self { programs, env: Arc::new(env) }
    }

    fn blank(&self) -> Self::Input {
        None
    }

    fn read_facts(&self, facts: &Facts<'_>, input: &mut Self::Input) {
        let groups: Vec<Value> = facts.groups().map(Value::from).collect();
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable_from_value("title", &*facts.title);
        context.add_variable_from_value("department", facts.department());
        context.add_variable_from_value("groups", groups);
        *input = Some(context);
    }

    fn decide<R>(&mut self, input: &Self::Input, show: impl FnOnce(&str) -> R) -> R {
        let context = input.as_ref().expect("a person was read");
        let holds = |program: &Program| match program.execute(context) {
            Ok(Value::Bool(holds)) => holds,
            other => panic!("a condition gave {other:?}"),
        };
        let winner = self.programs.iter().find(|(program, _)| holds(program));
        show(winner.map_or(DEFAULT, |(_, name)| name))
    }
}

/// The condition of an assignment.
fn expression(assignment: &Assignment) -> String {
    let Assignment { group, attributes, .. } = assignment;
    let condition = attributes.map_or_else(String::new, |(department, title)| {
        format!(" && department == {department:?} && title.startsWith({title:?})")
    });
    format!("{group:?} in groups{condition}")
}
