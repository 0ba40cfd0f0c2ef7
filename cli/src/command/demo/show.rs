//! Who gets what, read back from the server.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;

use super::push::Target;
use crate::exit::Failure;
use crate::output::{self, Look};
use crate::table;

const EXTENSION: &str = "urn:provisor:params:scim:schemas:extension:entitlements:1.0:User";
const TITLES: [&str; 6] = ["person", "assignment", "seats", "workspaces", "capture", "update"];
/// People of one page.
const PAGE: usize = 100;

/// What the server says of everybody.
pub(super) struct Shown {
    /// Active people by assignment, in the order in which they were read.
    by_assignment: BTreeMap<String, Vec<Value>>,
    people: usize,
    deactivated: usize,
}

/// Reads everybody by cursor, as any client can.
pub(super) async fn read(target: &Target) -> Result<Shown, Failure> {
    let mut shown = Shown { by_assignment: BTreeMap::new(), people: 0, deactivated: 0 };
    let mut cursor = String::new();
    loop {
        let path = format!(
            "/scim/v2/Users?count={PAGE}&cursor={cursor}&attributes=userName,active,{EXTENSION}"
        );
        let page = target.send(Method::GET, &path, None).await?;
        for person in page.get("Resources").and_then(Value::as_array).into_iter().flatten() {
            shown.add(person);
        }
        match page.get("nextCursor").and_then(Value::as_str) {
            Some(next) => cursor = next.to_owned(),
            None => return Ok(shown),
        }
    }
}

impl Shown {
    fn add(&mut self, person: &Value) {
        self.people += 1;
        if person.get("active") == Some(&Value::Bool(false)) {
            self.deactivated += 1;
            return;
        }
        let assignment = text(person, "assignment").to_owned();
        self.by_assignment.entry(assignment).or_default().push(person.clone());
    }

    /// One person of each assignment, in the order of the rules.
    pub(super) fn table(&self, order: &[&str], look: Look) -> String {
        let first = |name: &&str| self.by_assignment.get(*name).and_then(|people| people.first());
        let rows: Vec<Vec<String>> = order.iter().filter_map(first).map(row).collect();
        table::render(&TITLES, &rows, look)
    }

    /// How many are under each assignment.
    pub(super) fn summary(&self, order: &[&str], look: Look) -> String {
        let width = self.people.to_string().len();
        let mut lines = vec![look.paint(&format!("{} people", self.people), output::STRONG)];
        for name in order {
            if let Some(people) = self.by_assignment.get(*name) {
                lines.push(format!("  {:>width$}  {}", people.len(), output::shown(name)));
            }
        }
        if self.deactivated > 0 {
            lines.push(format!("  {:>width$}  deactivated", self.deactivated));
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// The id of somebody whom several rules had a say about.
    pub(super) fn worth_explaining(&self) -> Option<&str> {
        let said =
            |person: &&Value| list(person, "nevers").len() * 2 + list(person, "grants").len();
        let everybody = self.by_assignment.values().flatten();
        everybody.max_by_key(said).and_then(|person| person.get("id")?.as_str())
    }
}

fn row(person: &Value) -> Vec<String> {
    let names = |key: &str| {
        let names: Vec<&str> = list(person, key).iter().map(named).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let workspaces: Vec<String> = list(person, "workspaces").iter().map(workspace).collect();
    vec![
        person.get("userName").and_then(Value::as_str).unwrap_or_default().to_owned(),
        text(person, "assignment").to_owned(),
        names("seats"),
        if workspaces.is_empty() { "none".to_owned() } else { workspaces.join(", ") },
        names("capture"),
        modes(person),
    ]
}

fn workspace(one: &Value) -> String {
    let profile = one.get("profile").and_then(Value::as_str).unwrap_or_default();
    let home = if one.get("home") == Some(&Value::Bool(true)) { " (home)" } else { "" };
    format!("{} {profile}{home}", named(one))
}

/// One word where all areas have the same mode.
fn modes(person: &Value) -> String {
    let modes = extension(person).and_then(|extension| extension.get("updateModes"));
    let modes: Vec<(&str, &str)> = modes
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(area, mode)| Some((area.as_str(), mode.as_str()?)))
        .collect();
    match modes.as_slice() {
        [] => String::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, mode)| mode == first) => {
            (*first).to_owned()
        }
        several => {
            let several: Vec<String> =
                several.iter().map(|(area, mode)| format!("{area} {mode}")).collect();
            several.join(", ")
        }
    }
}

fn named(one: &Value) -> &str {
    let text = |key: &str| one.get(key).and_then(Value::as_str);
    text("display").or_else(|| text("value")).unwrap_or_default()
}

fn extension(person: &Value) -> Option<&Value> {
    person.get(EXTENSION)
}

fn text<'a>(person: &'a Value, key: &str) -> &'a str {
    extension(person).and_then(|extension| extension.get(key)?.as_str()).unwrap_or_default()
}

fn list<'a>(person: &'a Value, key: &str) -> &'a [Value] {
    let list = extension(person).and_then(|extension| extension.get(key)?.as_array());
    list.map_or(&[], Vec::as_slice)
}
