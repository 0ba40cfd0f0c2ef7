//! What the tests of guides have in common: fences of Markdown, commands with what they print, and
//! just as much of a shell and of `curl` as the guides need, so that neither has to be there.
//!
//! `rules file NAME` (or `yaml file NAME`) is a file that the reader saves. A `console` fence holds
//! commands behind `$` with what they print. `provisor serve` runs on beside the others, on a port
//! of its own that stands for that of the text. A `curl` is sent as it is written: the JSON under
//! it must be in the answer, which may have more members; `"…"` stands for any value, `...` for
//! any lines and `…` for the rest of a line. `id->NAME` keeps the `id` of the answer, or what
//! stands behind `id` in the output, as `$NAME`; `line->NAME` its first line. What is kept as
//! `$SUITE` is the token of `provisor conform`. `status=N` and `exit N` say how it ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::run::Folder;
use super::serving::Serving;

/// Where the guides have their server.
pub(super) const PORT: &str = "127.0.0.1:8080";

/// What variables of the shell hold.
pub(super) type Names = BTreeMap<String, String>;

/// A document of the repository.
pub(super) fn document(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(name)).unwrap()
}

/// Does what a guide says; gives how many commands it has, and the server that it started last.
pub(super) fn follow(guide: &str) -> (usize, Option<Serving>) {
    let folder = Folder::with(&[]);
    let mut serving: Option<Serving> = None;
    let mut names = Names::new();
    let mut run = 0;
    for fence in fences(guide) {
        if let Some((_, name)) = fence.info.split_once(" file ") {
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
            let (command, expected) = (command.replace(PORT, place), expected.replace(PORT, place));
            if let Some(arguments) = command.strip_prefix("provisor ") {
                let mut built = folder.command(arguments);
                if let Some(token) = names.get("TOKEN") {
                    let suite = names.get("SUITE").unwrap_or(token);
                    built.env("PROVISOR_TOKEN", token).env("PROVISOR_CONFORM_TOKEN", suite);
                }
                let output = built.output().unwrap();
                let all =
                    [output.stdout, output.stderr].map(|part| String::from_utf8(part).unwrap());
                let all = all.concat();
                assert_eq!(output.status.code(), Some(exit), "{command}\n{all}");
                assert!(fits(&all, &expected), "{command} prints\n{all}\nand not\n{expected}");
                for (of, name) in &keep {
                    let behind = |line: &str| match &**of {
                        "line" => Some(line.to_owned()),
                        of => line.strip_prefix(of).map(str::to_owned),
                    };
                    let line = all.lines().find_map(behind).unwrap();
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
    (run, serving)
}

/// What stands between two lines of three backticks.
pub(super) struct Fence {
    pub(super) info: String,
    pub(super) text: String,
}

/// Every fence of a document.
pub(super) fn fences(markdown: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for line in markdown.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Fence { info: info.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => fences.extend(open.take()),
            (Some(fence), None) => fence.text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    fences
}

/// The commands behind `$`, each with the lines that it prints.
pub(super) fn commands(text: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command.to_owned(), String::new()));
        } else if let Some((_, output)) = commands.last_mut() {
            output.push_str(&format!("{line}\n"));
        }
    }
    commands
}

/// Lines of the output, in order: `...` for any lines, `…` at the end of a line for its rest.
pub(super) fn fits(output: &str, expected: &str) -> bool {
    let same = |line: &str, wanted: &str| match wanted.split_once('…') {
        Some((start, _)) => line.starts_with(start),
        None => line == wanted,
    };
    let wanted: Vec<&str> = expected.lines().collect();
    let lines: Vec<&str> = output.lines().collect();
    // Whether the lines from `at` on are what is wanted from `next` on.
    fn go(lines: &[&str], wanted: &[&str], same: &dyn Fn(&str, &str) -> bool) -> bool {
        match wanted.split_first() {
            None => lines.is_empty(),
            Some((&"...", rest)) => (0..=lines.len()).any(|skip| go(&lines[skip..], rest, same)),
            Some((first, rest)) => {
                !lines.is_empty() && same(lines[0], first) && go(&lines[1..], rest, same)
            }
        }
    }
    go(&lines, &wanted, &same)
}

/// Whether an answer has all that is wanted.
pub(super) fn within(wanted: &Value, answer: &Value, place: &str) {
    match (wanted, answer) {
        (Value::String(any), _) if any == "…" => assert!(!answer.is_null(), "{place}"),
        (Value::Object(wanted), Value::Object(answer)) => {
            for (name, value) in wanted {
                let found = answer.get(name).unwrap_or(&Value::Null);
                within(value, found, &format!("{place}\n{name}"));
            }
        }
        (Value::Array(wanted), Value::Array(answer)) => {
            assert_eq!(wanted.len(), answer.len(), "{place}: {answer:?}");
            wanted.iter().zip(answer).for_each(|(one, other)| within(one, other, place));
        }
        _ => assert_eq!(wanted, answer, "{place}"),
    }
}

/// Sends what a curl command says; the status and body of the answer.
pub(super) fn curl(command: &str, names: &Names) -> (u16, String) {
    let words = shell(command, names);
    assert_eq!(words[0], "curl", "{command}");
    let (mut method, mut headers, mut data, mut url) = (None, Vec::new(), Vec::new(), None);
    let mut user = None;
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-s" => {}
            "-X" => method = words.next(),
            "-H" => headers.extend(words.next()),
            "-d" => data.extend(words.next()),
            "-u" => user = words.next(),
            _ => url = Some(word),
        }
    }
    let method = method.unwrap_or_else(|| if data.is_empty() { "GET" } else { "POST" }.to_owned());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(method.parse().unwrap(), url.expect(command));
    if let Some((name, password)) = user.as_deref().and_then(|user| user.split_once(':')) {
        request = request.basic_auth(name, Some(password));
    }
    // As curl does where nothing else is said.
    if !data.is_empty() && !headers.iter().any(|one| one.starts_with("Content-Type: ")) {
        headers.push("Content-Type: application/x-www-form-urlencoded".to_owned());
    }
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    if !data.is_empty() {
        request = request.body(data.join("&"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    })
}

/// The words of a command, as a shell has them: quotes of both kinds, variables outside single
/// ones.
pub(super) fn shell(command: &str, names: &Names) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut rest = command.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ' | '\n') => words.push(String::new()),
            (Some('"') | None, '$') => {
                let mut name = String::new();
                while let Some(c) = rest.next_if(|c| c.is_ascii_uppercase() || *c == '_') {
                    name.push(c);
                }
                let value = names.get(&name).unwrap_or_else(|| panic!("{command}: no ${name}"));
                words.last_mut().unwrap().push_str(value);
            }
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
