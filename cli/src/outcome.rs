//! What one person gets, in the words of a table row or a CSV line.

use provisor::decide::report::{DroppedItem, Gets, ItemKind, Named, Report};

pub use provisor::decide::explanation::{name, options, update};

use crate::output;

/// The titles of the table, in the order of [`row`].
pub const TITLES: [&str; 7] =
    ["person", "assignment", "seats", "workspaces", "capture", "options", "update"];

/// A row of the table. `line` names somebody who has no name.
pub fn row(report: &Report<'_>, line: u64) -> Vec<String> {
    let person = name(report).map_or_else(|| format!("(line {line})"), str::to_owned);
    let Some(gets) = &report.outcome else {
        let mut row = vec![person, "deactivated".to_owned()];
        row.resize(TITLES.len(), String::new());
        return row;
    };
    vec![
        person,
        gets.assignment.name.to_owned(),
        with_dropped(names(&gets.seats), gets, ItemKind::Seat),
        with_dropped(workspaces(gets), gets, ItemKind::Profile),
        with_dropped(names(&gets.capture), gets, ItemKind::Capture),
        options(gets, " ").join(", "),
        update(gets.update),
    ]
}

fn names(items: &[Named<'_>]) -> Vec<String> {
    items.iter().map(|item| item.name.to_owned()).collect()
}

fn workspaces(gets: &Gets<'_>) -> Vec<String> {
    let home = gets.home.map(|home| home.name);
    gets.workspaces
        .iter()
        .filter_map(|workspace| {
            let home = if home == Some(workspace.name) { " (home)" } else { "" };
            workspace.profile.map(|profile| format!("{} {}{home}", workspace.name, profile.name))
        })
        .collect()
}

/// What stands, and in brackets what was asked and does not: `calendar (withheld: phone)`.
fn with_dropped(stands: Vec<String>, gets: &Gets<'_>, kind: ItemKind) -> String {
    let stands = if stands.is_empty() { "none".to_owned() } else { stands.join(", ") };
    let mut causes: Vec<(&str, Vec<String>)> = Vec::new();
    for item in gets.dropped.iter().filter(|item| item.kind == kind) {
        let name = dropped_name(item, " ");
        match causes.iter_mut().find(|(cause, _)| *cause == item.cause) {
            Some((_, names)) => names.push(name),
            None => causes.push((item.cause, vec![name])),
        }
    }
    let causes: Vec<String> =
        causes.iter().map(|(cause, names)| format!("{cause}: {}", names.join(", "))).collect();
    if causes.is_empty() { stands } else { format!("{stands} ({})", causes.join("; ")) }
}

fn dropped_name(item: &DroppedItem<'_>, between: &str) -> String {
    match item.workspace {
        Some(workspace) => format!("{workspace}{between}{}", item.name),
        None => item.name.to_owned(),
    }
}

/// The first line of CSV output.
pub const CSV_HEADER: &str = "userName,id,externalId,displayName,active,assignment,seats,home,workspaces,\
    capture,options,update,removed,vetoed,withheld,lowered\r\n";

/// A line of CSV (RFC 4180). Lists stand between blanks, profiles behind `=`.
pub fn csv(report: &Report<'_>) -> String {
    let user = &report.user;
    let mut fields = vec![
        user.user_name.unwrap_or_default().to_owned(),
        user.id.unwrap_or_default().to_owned(),
        user.external_id.unwrap_or_default().to_owned(),
        user.display_name.unwrap_or_default().to_owned(),
        (!report.deactivated).to_string(),
    ];
    if let Some(gets) = &report.outcome {
        let profiles = gets.workspaces.iter().filter_map(|workspace| {
            workspace.profile.map(|profile| format!("{}={}", workspace.name, profile.name))
        });
        let dropped = |cause: &str| {
            let items = gets.dropped.iter().filter(|item| item.cause == cause);
            items.map(|item| dropped_name(item, "=")).collect::<Vec<_>>().join(" ")
        };
        fields.extend([
            gets.assignment.name.to_owned(),
            names(&gets.seats).join(" "),
            gets.home.map_or_else(String::new, |home| home.name.to_owned()),
            profiles.collect::<Vec<_>>().join(" "),
            names(&gets.capture).join(" "),
            options(gets, "=").join(" "),
            update(gets.update),
            dropped("removed"),
            dropped("vetoed"),
            dropped("withheld"),
            dropped("lowered"),
        ]);
    } else {
        fields.resize(16, String::new());
    }
    let fields: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
    format!("{}\r\n", fields.join(","))
}

/// A field, quoted where needed. Spreadsheets run what begins with `=`, `+`, `-` or `@`; such a
/// field gets an apostrophe in front, since names come from outside. Control characters become their
/// pictures, so that a line is a person.
fn csv_field(text: &str) -> String {
    let text = &output::shown(text);
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if text.contains(['"', ',']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use provisor::decide::report::{UpdateMode, Updates};

    use super::*;

    #[test]
    fn csv_fields_are_quoted_where_needed_and_never_formulas() {
        assert_eq!(csv_field("ana@acme.com"), "ana@acme.com");
        assert_eq!(csv_field("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(csv_field("=1+1"), "'=1+1");
        assert_eq!(csv_field("@a,b"), "\"'@a,b\"");
        assert_eq!(csv_field("a\u{1b}[31m\n"), "a␛[31m␊");
    }

    #[test]
    fn csv_lines_have_as_many_fields_as_the_header() {
        assert_eq!(CSV_HEADER.split(',').count(), 16);
    }

    #[test]
    fn the_update_mode_names_the_fewer_areas() {
        use UpdateMode::{Automatic as A, Manual as M};
        let mode = |seats, workspaces, capture, options| {
            update(Updates { seats, workspaces, capture, options })
        };
        assert_eq!(mode(A, A, A, A), "automatic");
        assert_eq!(mode(M, M, M, M), "manual");
        assert_eq!(mode(A, A, M, A), "automatic except capture");
        assert_eq!(mode(A, M, M, M), "manual except seats");
        assert_eq!(mode(A, A, M, M), "automatic except capture, options");
    }
}
