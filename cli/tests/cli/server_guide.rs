//! `docs/server-guide.md`: its commands, its loop for products, and its table of settings.

use provisor_server::config::settings::SETTINGS;

use super::guide::{document, follow};
use super::serving::Serving;

fn guide() -> String {
    document("docs/server-guide.md")
}

#[test]
fn every_command_does_what_the_guide_says() {
    let (run, serving) = follow(&guide());
    assert!(run > 25, "only {run} commands were found");
    follow_the_feed(&serving.unwrap());
}

/// The loop that the guide has for a product, an entry at a time and without waiting at the end.
fn follow_the_feed(serving: &Serving) {
    let mut client = Serving::client(serving);
    let (mut after, mut applied) = (0, Vec::new());
    loop {
        let page = client.get(&format!("/admin/v1/changes?after={after}&limit=1&wait=0"));
        let page = page.is(200).json();
        let entries = page["entries"].as_array().unwrap();
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            assert!(entry["changes"].is_array() && entry["user"].is_string(), "{entry}");
            applied.push(entry["number"].as_u64().unwrap());
        }
        after = page["next"].as_u64().unwrap();
    }
    assert!(!applied.is_empty() && applied.iter().copied().eq(1..=after), "{applied:?}");
}

#[test]
fn the_table_of_settings_is_that_of_the_server() {
    let guide = guide();
    let table =
        guide.split_once("| Setting | Value | Default | Is |\n|---|---|---|---|\n").unwrap().1;
    let rows: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
    let wanted: Vec<String> = SETTINGS
        .iter()
        .map(|setting| {
            let several = if setting.many { " (several)" } else { "" };
            let (key, value) = (setting.key, setting.value);
            let default = code(setting.default);
            format!("| `{key}` | `{value}`{several} | {default} | {} |", setting.help)
        })
        .collect();
    assert_eq!(rows, wanted, "write these rows into docs/server-guide.md");
}
