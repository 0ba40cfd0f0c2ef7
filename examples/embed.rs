//! Embeds the evaluator in a few lines: what does this person get, and what changes for her?
//!
//! `cargo run --example embed`

use provisor::reconcile::{Context, Event, reconcile};
use provisor::rules::build::build_text;
use serde_json::json;

fn main() {
    // 1. Rules become a rule set, or findings that say what is wrong with them.
    let built = build_text("acme.rules", include_str!("embed/acme.rules"));
    let Some(rules) = built.rules else {
        return built.diagnostics.iter().for_each(|d| println!("{}: {}", d.code, d.message));
    };
    // 2. A SCIM User, as your server has it, becomes a decision with its reasons.
    let user = json!({ "userName": "ana@acme.com", "title": "Account Executive",
                       "groups": [{ "display": "Sales", "value": "g-1" }] });
    let person = rules.person(&user);
    let decision = rules.decide(&person);
    println!("{}", serde_json::to_string_pretty(&decision.report()).unwrap_or_default());
    // 3. Decision + what she has now = what to write. You keep the record.
    let context = Context { catalogue: rules.catalogue(), settings: rules.settings() };
    let result = reconcile(&context, None, &Event::Created, &decision.target());
    for change in &result.changes {
        println!("{change:?}");
    }
}
