//! The commands of `docs/server-guide.md`, one after another, against one server.
//!
//! `rules file NAME` is a file that the reader saves. A `console` fence holds commands behind `$`
//! with what they print. `provisor serve` runs on beside the others, on a port of its own that
//! stands for that of the text. A `curl` is sent as it is written: the JSON under it must be in
//! the answer, which may have more members; `"…"` stands for any value, `...` for any lines and
//! `…` for the rest of a line. `id->NAME` keeps the `id` of the answer, or what stands behind `id` in
//! the output, as `$NAME`; `status=N` and `exit N` say how it ends.

use std::time::Duration;

use provisor_server::config::settings::SETTINGS;
use serde_json::Value;

use super::guide::{Names, PORT, commands, curl, document, fences, fits, within};
use super::run::Folder;
use super::serving::Serving;

fn guide() -> String {
    document("docs/server-guide.md")
}

#[test]
fn every_command_does_what_the_guide_says() {
    let folder = Folder::with(&[]);
    let mut serving: Option<Serving> = None;
    let mut names = Names::new();
    let mut run = 0;
    for fence in fences(&guide()) {
        if let Some(name) = fence.info.strip_prefix("rules file ") {
            folder.write(name, fence.text.as_bytes());
        }
        let mut words = fence.info.split(' ');
        if words.next() != Some("console") {
            continue;
        }
        let (mut keep, mut status, mut exit) = (Vec::new(), 200..300, 0);
        while let Some(word) = words.next() {
            if let Some((of, name)) = word.split_once("->") {
                keep.push((of.to_owned(), name.to_owned()));
            } else if let Some(code) = word.strip_prefix("status=") {
                let code: u16 = code.parse().unwrap();
                status = code..code + 1;
            } else {
                assert_eq!(word, "exit", "{}", fence.info);
                exit = words.next().unwrap().parse().unwrap();
            }
        }
        for (command, expected) in commands(&fence.text) {
            run += 1;
            if let Some(flags) = command.strip_prefix("provisor serve ") {
                let command = folder.command(&format!("serve --log-level error {flags}"));
                let mut started = Serving::spawn(command).unwrap();
                let mut lines = started.told();
                while !lines.contains("\nTry: ") {
                    assert!(started.is_up(), "the server ends:\n{lines}");
                    std::thread::sleep(Duration::from_millis(20));
                    lines = started.told();
                }
                assert!(fits(&lines, &expected), "provisor serve {flags} prints\n{lines}");
                let token = lines.split_once("  token     ").unwrap().1;
                let token = token.split(' ').next().unwrap().to_owned();
                names.insert("TOKEN".to_owned(), token.clone());
                started.token = token;
                serving = Some(started);
                continue;
            }
            let place = serving.as_ref().map_or(PORT, |serving| &serving.address);
            let command = command.replace(PORT, place);
            if let Some(arguments) = command.strip_prefix("provisor ") {
                let mut built = folder.command(arguments);
                if let Some(token) = names.get("TOKEN") {
                    built.env("PROVISOR_TOKEN", token);
                }
                let output = built.output().unwrap();
                let all =
                    [output.stdout, output.stderr].map(|part| String::from_utf8(part).unwrap());
                let all = all.concat();
                assert_eq!(output.status.code(), Some(exit), "{command}\n{all}");
                assert!(fits(&all, &expected), "{command} prints\n{all}\nand not\n{expected}");
                for (of, name) in &keep {
                    let line = all.lines().find_map(|line| line.strip_prefix(&**of)).unwrap();
                    names.insert(name.clone(), line.trim().to_owned());
                }
            } else {
                let (code, body) = curl(&command, &names);
                assert!(status.contains(&code), "{command}\nanswers {code}: {body}");
                match serde_json::from_str::<Value>(&expected) {
                    Ok(wanted) => {
                        let answer: Value = serde_json::from_str(&body).unwrap();
                        within(&wanted, &answer, &command);
                        for (of, name) in &keep {
                            let value = answer[of].as_str().unwrap().to_owned();
                            names.insert(name.clone(), value);
                        }
                    }
                    Err(_) => assert!(fits(&body, &expected), "{command} answers\n{body}"),
                }
            }
        }
    }
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
