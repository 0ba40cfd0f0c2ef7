//! Embeds the evaluator in a few lines: what does this person get, and what is to be written?
//!
//! `cargo run --example embed`

#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use provisor::decide::{Groups, Person};
use provisor::reconcile::{Context, Event, reconcile};
use provisor::rules::build::build_text;
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // 1. Rules become a rule set, or findings that say what is wrong with them.
    let built = build_text("acme.rules", include_str!("embed/acme.rules"));
    let Some(rules) = built.rules else {
        return Err(built
            .diagnostics
            .iter()
            .map(|d| d.message.as_str())
            .collect::<String>()
            .into());
    };
    // 2. A SCIM User, as your server has it, becomes a decision with its reasons.
    let user = json!({ "userName": "ana@acme.com", "title": "Account Executive",
                       "groups": [{ "display": "Sales", "value": "g-1" }] });
    let mut person = Person::new();
    person.read_value(&rules, &user, Groups::Own)?;
    let decision = rules.decide(&person);
    println!("{}", serde_json::to_string_pretty(&decision.report())?);
    // 3. Decision + what she has now = what to write. You keep the record.
    let context = Context::new(&rules.model().catalogue, &rules.model().settings);
    let result = reconcile(&context, None, &Event::Created, &decision.target());
    println!("{}", serde_json::to_string_pretty(&result)?);
    Ok(())
}
