//! ZEN: a decision table, first hit, a row an assignment; its department column is indexed.

use pollster::block_on;
use serde_json::{Map, Value, json};
use zen_engine::model::GraphContent;
use zen_engine::{Decision, Variable};
use zen_types::symbol::Symbol;
use zen_types::variable::VariableMap;

use crate::engine::Engine;
use crate::facts::Facts;
use crate::scenario::{Assignment, DEFAULT, Scenario, Shape};

/// The compiled decision: input, table, output.
pub struct Zen {
    decision: Decision,
}

impl Engine for Zen {
    const NAME: &'static str = "ZEN";
    const CRATE: &'static str = "zen-engine";
    type Input = Variable;

    fn new(scenario: &Scenario) -> Self {
        let content: GraphContent = serde_json::from_value(graph(scenario)).expect("a graph");
        let mut decision = Decision::from(content);
        decision.compile();
        Self { decision }
    }

    fn blank(&self) -> Variable {
        Variable::Null
    }

    fn read_facts(&self, facts: &Facts<'_>, input: &mut Variable) {
        let text = |text: &str| Variable::String(Symbol::from(text));
        let entries = [
            ("title", text(&facts.title)),
            ("department", text(facts.department())),
            ("groups", Variable::from_array(facts.groups().map(text).collect())),
        ];
        let entries = entries.into_iter().map(|(name, value)| (Symbol::from(name), value));
        *input = Variable::from_object(entries.collect::<VariableMap>());
    }

    fn decide<R>(&mut self, input: &Variable, show: impl FnOnce(&str) -> R) -> R {
        let response = block_on(self.decision.evaluate(input.shallow_clone())).expect("a decision");
        let Variable::Object(result) = response.result else { panic!("a row without outputs") };
        let result = result.borrow();
        let name = result.get_str("assignment").and_then(Variable::as_str);
        show(name.expect("every row names its assignment"))
    }
}

/// The decision graph, as the editor would save it.
fn graph(scenario: &Scenario) -> Value {
    let mut inputs = vec![json!({ "id": "group", "name": "Group", "field": "groups" })];
    if scenario.shape == Shape::Attributes {
        inputs.push(json!({ "id": "department", "name": "Department", "field": "department" }));
        inputs.push(json!({ "id": "title", "name": "Title", "field": "title" }));
    }
    let default = json!({ "_id": "default", "assignment": format!("{DEFAULT:?}") });
    let rows: Vec<_> = scenario.assignments.iter().map(row).chain([default]).collect();
    let table = json!({
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{ "id": "assignment", "name": "Assignment", "field": "assignment" }],
        "rules": rows,
    });
    json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode", "content": {} },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": table },
            { "id": "out", "name": "out", "type": "outputNode", "content": {} },
        ],
        "edges": [
            { "id": "1", "sourceId": "in", "targetId": "table" },
            { "id": "2", "sourceId": "table", "targetId": "out" },
        ],
    })
}

/// The row of an assignment.
fn row(assignment: &Assignment) -> Value {
    let Assignment { name, group, attributes, .. } = assignment;
    let mut row = Map::new();
    let mut cell = |column: &str, text: String| row.insert(column.to_owned(), json!(text));
    cell("_id", name.clone());
    cell("group", format!("contains($, {group:?})"));
    if let Some((department, title)) = attributes {
        cell("department", format!("{department:?}"));
        cell("title", format!("startsWith($, {title:?})"));
    }
    cell("assignment", format!("{name:?}"));
    Value::Object(row)
}
