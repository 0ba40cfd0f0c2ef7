//! "From nothing to a person with seats" of `README.md`, as it is printed: save the rules, start
//! the server, type the lines. `TOKEN=…` and `ID=…` stand for what the reader copies.

use serde_json::Value;

use super::guide::{Names, PORT, curl, document, fences};
use super::run::Folder;
use super::serving::Serving;

#[test]
fn from_nothing_to_a_person_with_seats() {
    let readme = document("README.md");
    let rules = fences(&readme).into_iter().find(|fence| fence.info == "rules").unwrap();
    let section = readme.split_once("## From nothing to a person with seats").unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    assert!(section.contains("Save the rules above as `acme.rules`"));
    let folder = Folder::with(&[("acme.rules", &rules.text)]);

    let mut scripts = fences(section).into_iter().filter(|fence| fence.info == "sh");
    let start = scripts.next().unwrap().text;
    let start = start.trim().strip_prefix("provisor ").unwrap();
    let mut serving = Serving::spawn(folder.command(start)).unwrap();
    let mut token = String::new();
    while token.is_empty() {
        assert!(serving.is_up(), "the server ends");
        std::thread::sleep(std::time::Duration::from_millis(20));
        let told = serving.told();
        let line = told.lines().find_map(|line| line.strip_prefix("  token     "));
        token = line.unwrap_or_default().split(' ').next().unwrap().to_owned();
    }

    let mut names = Names::new();
    let mut scim = String::new();
    let mut answers: Vec<Value> = Vec::new();
    for command in typed(&scripts.next().unwrap().text) {
        if let Some(body) = command.strip_prefix("scim() { ") {
            scim = body.strip_suffix(" \"$@\"; }").unwrap().to_owned();
        } else if command.starts_with("TOKEN=") {
            names.insert("TOKEN".to_owned(), token.clone());
        } else if command.starts_with("ID=") {
            let id = answers.last().unwrap()["id"].as_str().unwrap().to_owned();
            names.insert("ID".to_owned(), id);
        } else {
            let rest = command.strip_prefix("scim ").unwrap_or_else(|| panic!("{command}"));
            let line = format!("{scim} {rest}").replace(PORT, &serving.address);
            let (status, body) = curl(&line, &names);
            assert!((200..300).contains(&status), "{line}\nanswers {status}: {body}");
            answers.push(serde_json::from_str(&body).unwrap());
        }
    }

    // What the text below the lines says.
    let [.., user, why] = answers.as_slice() else { panic!("too few answers") };
    let gets = &user["urn:provisor:params:scim:schemas:extension:entitlements:1.0:User"];
    assert_eq!(gets["assignment"], "Account executives", "{user}");
    assert_eq!(gets["seats"][0]["value"], "gong");
    assert_eq!(gets["workspaces"][0]["value"], "emea");
    assert_eq!(gets["workspaces"][0]["profile"], "rep");
    assert!(why["text"].as_str().unwrap().contains("Account executives"), "{why}");
    let told = section.split("```\n\nThe user now shows").nth(1).unwrap();
    for name in ["Account executives", "gong", "rep", "emea"] {
        assert!(told.contains(&format!("`{name}`")), "{name}");
    }
}

/// The commands of a script. One goes on over lines as long as a quote is open; what stands
/// behind `#` is for the reader.
fn typed(script: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut open = String::new();
    for line in script.lines() {
        let line = if open.is_empty() { line.split(" #").next().unwrap().trim_end() } else { line };
        open.push_str(line);
        if open.matches('\'').count() % 2 == 1 {
            open.push('\n');
        } else if !open.is_empty() {
            commands.push(std::mem::take(&mut open));
        }
    }
    commands
}
