//! Rules from text, and decisions as short text, for tests that read like specifications.

use provisor::decide::{Cause, Decision, Groups, Item, Membership, Person, RuleSet};
use provisor::rules::build::build_text;
use provisor::rules::model::{Naming, RuleHead};
use serde_json::Value;

/// A catalogue with everything, for rules that follow.
pub(super) const CATALOGUE: &str = r#"provisioning 1
seat gong     "Gong"      as "gongEnterprise"
seat engage   "Engage"    requires gong
seat forecast "Forecast"  requires engage
profile viewer  "Viewer"
profile rep     "Rep"     requires seat gong
profile manager "Manager" requires seat gong
workspace global "Global"
workspace emea   "EMEA"   as "6234" profiles viewer as "7002", rep as "7001", manager
capture calendar "Calendar"
capture web      "Web conferences" requires calendar, seat gong
capture phone    "Telephony"       requires seat gong
capture email    "Email"
capture export   "Export"          requires email
capture no_email "Never email"     excludes email
capture private  "Nothing at all"  excludes calendar, web, phone, email, export
option consent "Consent" { eu "EU" as "9", us "US" }
attribute tags   = "urn:acme:params:scim:schemas:1.0:User:tags"   : list text
attribute level  = "urn:acme:params:scim:schemas:1.0:User:level"  : number
attribute hired  = "urn:acme:params:scim:schemas:1.0:User:hired"  : date
attribute remote = "urn:acme:params:scim:schemas:1.0:User:remote" : flag
attribute code   = "urn:acme:params:scim:schemas:1.0:User:code"   : text exact
"#;

/// The default assignment that most cases share.
pub(super) const DEFAULT: &str = r#"
default assignment "Everyone else" {
  seats none
  workspaces { others: none }
  capture none
  update manual
}
"#;

#[track_caller]
pub(super) fn rules(text: &str) -> RuleSet {
    rules_ordered("profile order viewer < rep < manager", text)
}

#[track_caller]
pub(super) fn rules_ordered(order: &str, text: &str) -> RuleSet {
    let text = format!("{CATALOGUE}{order}\n{text}");
    let built = build_text("case.rules", &text);
    assert!(!built.diagnostics.has_errors(), "{:#?}", built.diagnostics);
    built.rules.unwrap()
}

#[track_caller]
pub(super) fn person(rules: &RuleSet, user: &str, groups: Option<&[Membership]>) -> Person {
    let user: Value = serde_json::from_str(user).unwrap();
    let mut person = Person::new();
    person.read_value(rules, &user, groups.map_or(Groups::Own, Groups::Given)).unwrap();
    person
}

/// A decision in short; lines that would say nothing are left out.
pub(super) fn told(decision: &Decision<'_>) -> String {
    let mut lines = vec![];
    let Some(winner) = decision.winner() else { return "deactivated".to_owned() };
    let list = |names: Vec<&str>| names.join(", ");
    let catalogue = &decision.model().catalogue;
    let id = |naming: &Naming| naming.id.clone();
    let profile = |profile| id(&catalogue.profile(profile).unwrap().naming);
    let item = |item: &Item| match item {
        Item::Seat(seat) => id(&catalogue.seat(*seat).unwrap().naming),
        Item::Capture(capture) => id(&catalogue.capture(*capture).unwrap().naming),
        Item::Profile(workspace, of) => {
            format!("{} {}", catalogue.workspace(*workspace).unwrap().naming.id, profile(*of))
        }
    };
    let mut line = |name: &str, text: String| {
        if !text.is_empty() {
            lines.push(format!("{name} {text}"));
        }
    };
    line("assignment", winner.head.name.clone());
    line("also", list(decision.also_matching().map(|r| &*r.head.name).collect()));
    line("grants", list(decision.grants().map(|r| &*r.head.name).collect()));
    line("nevers", list(decision.nevers().map(|r| &*r.head.name).collect()));
    line("seats", list(decision.seats().map(|(_, s)| &*s.naming.id).collect()));
    let workspaces = decision
        .workspaces()
        .filter_map(|(_, item, of)| Some(format!("{} {}", item.naming.id, profile(of?))));
    line("workspaces", workspaces.collect::<Vec<_>>().join(", "));
    line(
        "home",
        decision.home().map_or_else(String::new, |h| id(&catalogue.workspace(h).unwrap().naming)),
    );
    line("capture", list(decision.captures().map(|(_, c)| &*c.naming.id).collect()));
    for (option, choice) in decision.options() {
        let choice = choice.map_or("none", |choice| &choice.id);
        line("option", format!("{} {choice}", option.naming.id));
    }
    for dropped in decision.dropped() {
        let mut because = vec![];
        if !dropped.nevers.is_empty() {
            because.push(format!("by {}", list(heads(&dropped.nevers))));
        }
        if !dropped.vetoes.is_empty() {
            let vetoes = dropped.vetoes.iter().map(|veto| item(&Item::Capture(*veto)));
            because.push(format!("by {}", vetoes.collect::<Vec<_>>().join(", ")));
        }
        if !dropped.missing.is_empty() {
            let missing = dropped.missing.iter().map(item).collect::<Vec<_>>().join(", ");
            because.push(format!("needs {missing}"));
        }
        let to = match (dropped.cause, dropped.lowered_to) {
            (_, None) => String::new(),
            (Cause::Lowered, Some(to)) => format!(" to {}", profile(to)),
            (_, Some(to)) => format!(" as {}", profile(to)),
        };
        let asked = list(heads(&dropped.asked_by));
        let because = because.join("; ");
        line(
            dropped.cause.as_str(),
            format!("{}{to} ({because}; asked by {asked})", item(&dropped.item)),
        );
    }
    for forbidden in decision.forbidden_seats() {
        let name = item(&Item::Seat(forbidden.item));
        line("forbidden", format!("{name} by {}", list(heads(&forbidden.nevers))));
    }
    for forbidden in decision.forbidden_captures() {
        let name = item(&Item::Capture(forbidden.item));
        line("forbidden", format!("{name} by {}", list(heads(&forbidden.nevers))));
    }
    for ceiling in decision.ceilings() {
        let workspace = &catalogue.workspace(ceiling.workspace).unwrap().naming.id;
        let top =
            ceiling.profile.map_or("none".to_owned(), |top| format!("at most {}", profile(top)));
        line("forbidden", format!("{workspace}: {top} by {}", list(heads(&ceiling.nevers))));
    }
    for note in decision.notes() {
        line("note", note.message);
    }
    lines.join("\n")
}

fn heads<'a>(heads: &[&'a RuleHead]) -> Vec<&'a str> {
    heads.iter().map(|head| head.name.as_str()).collect()
}
