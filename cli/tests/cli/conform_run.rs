//! `provisor conform server` and `clean` against the server here.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::run::{Folder, Ran};
use super::serving::{RULES, Serving, user};

/// A folder, a server in it, and the start of a command line.
fn serving() -> (Folder, Serving, String) {
    let folder = Folder::with(&[("a.rules", RULES)]);
    let serving = Serving::start(&folder, &["--rules", "a.rules"]);
    let line = format!("conform server http://{}/scim/v2 --token-file token", serving.address);
    (folder, serving, line)
}

/// How many users are there.
fn users(serving: &Serving) -> u64 {
    let answer = serving.client().get("/scim/v2/Users?count=0").is(200);
    answer.json()["totalResults"].as_u64().unwrap()
}

/// Verdicts by id.
fn verdicts(report: &str) -> BTreeMap<String, String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = report["entries"].as_array().unwrap().iter();
    entries.map(|entry| (text(entry, "id"), text(entry, "verdict"))).collect()
}

#[test]
fn verdicts_do_not_depend_on_how_many_are_played_at_once() {
    let (folder, serving, line) = serving();
    let choice = "--section 3.4.2 --section 3.6 --section rfc7644/3.3 --format json";
    let one = folder.run(&format!("{line} {choice} --jobs 1 --seed 1"));
    let eight = folder.run(&format!("{line} {choice} --jobs 8 --seed 2"));
    assert_eq!(one.code(), 0, "{}{}", one.err(), one.out());
    let (one, eight) = (verdicts(&one.out()), verdicts(&eight.out()));
    assert!(one.len() > 50, "{}", one.len());
    assert_eq!(one, eight);
    assert_eq!(users(&serving), 0, "nothing is left");
}

#[test]
fn a_server_s_own_test_is_one_call() {
    let (_folder, serving, _) = serving();
    let (url, token) = (format!("http://{}/scim/v2", serving.address), serving.token.clone());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let report = runtime.block_on(provisor_conformance::check(&url, &token));
    let report = report.unwrap_or_else(|told| panic!("{told}"));
    assert!(report.entries.len() > 300);
    assert_eq!(report.left_behind, Vec::<String>::new());
    assert_eq!(users(&serving), 0);
}

#[test]
fn people_who_are_there_are_left_alone() {
    let (folder, serving, line) = serving();
    serving.client().post("/scim/v2/Users", &user("ann")).is(201);
    let refused = folder.run(&format!("{line} --section 3.6"));
    assert_eq!((refused.code(), refused.out().as_str()), (2, ""));
    assert!(refused.err().contains("1 user and 0 groups are there already"), "{}", refused.err());
    let allowed = folder.run(&format!("{line} --section 3.6 --allow-existing-data"));
    assert_eq!(allowed.code(), 0, "{}", allowed.out());
    assert_eq!(users(&serving), 1);
}

#[test]
fn what_would_be_sent_is_told_without_sending_it() {
    let folder = Folder::with(&[]);
    let planned =
        folder.run("conform server http://127.0.0.1:1/scim --dry-run --only 3.6-delete/gone");
    assert_eq!(planned.code(), 0, "{}", planned.err());
    assert!(planned.out().contains("  DELETE /Users/${ann/id}\n"), "{}", planned.out());
    assert!(planned.out().contains("1 scenario, about "), "{}", planned.out());
    let here = "conform server --dry-run --only 3.6-delete/gone";
    assert_eq!(folder.run(here).out(), planned.out(), "without a URL too");
    for zero in ["--jobs 0", "--repeat 0"] {
        assert_eq!(folder.run(&format!("conform server http://127.0.0.1:1 {zero}")).code(), 2);
    }
    let words = folder.run("conform server --list json --only 3.6-delete/gone");
    let listed =
        folder.run("conform server http://127.0.0.1:1/scim --list=json --only 3.6-delete/gone");
    assert_eq!(words.out(), listed.out());
    let listed: Value = serde_json::from_str(&listed.out()).unwrap();
    assert_eq!(listed[0]["id"], json!("rfc7644/3.6-delete/gone"));
    assert_eq!(listed[0]["level"], json!("must"));
}

#[test]
fn words_that_nothing_fits_are_told() {
    let folder = Folder::with(&[]);
    let told = |more: &str| {
        let ran = folder.run(&format!("conform server http://127.0.0.1:1/scim {more}"));
        assert_eq!((ran.code(), ran.out().as_str()), (2, ""), "{more}");
        ran.err()
    };
    assert!(told("--tag pacth").contains("no scenario has the tag `pacth`; did you mean `patch`?"));
    assert!(told("--section 9.9").contains("no scenario is about section `9.9`"));
    assert!(told("--needs blk").contains("capabilities are users, groups"));
    assert!(told("--only nothing-like-this").contains("no scenario is chosen"));
    assert!(told("--user ann").contains("--user has no password"));
    assert!(told("--token-file nowhere").contains("cannot read `nowhere`"));
    assert!(told("--only 3.6").contains("cannot connect to 127.0.0.1:1"));
    let told = |line: &str| {
        let ran = folder.run(line);
        assert_eq!((ran.code(), ran.out().as_str()), (2, ""), "{line}");
        ran.err()
    };
    let server = |rest: &str| told(&format!("conform server {rest}"));
    assert!(server("127.0.0.1:1/scim").contains("write http:// or https:// before it"));
    assert!(server("http://a:b@127.0.0.1:1/scim").contains("give the user with --user"));
    assert!(!server("http://127.0.0.1:1/scim?a=b").contains("token"), "it is not about a token");
    folder.write("b.json", b"{\n  \"version\": 1\n}\n");
    let no_journal = told("conform clean b.json");
    assert!(no_journal.contains("`b.json` is no journal of a run"), "{no_journal}");
    assert!(no_journal.contains("it does not begin as a journal does"), "{no_journal}");
    folder.write("mine/acme/x.yaml", b"id: acme/x\n");
    assert!(server("--list --scenarios mine").contains("mine/acme/x.yaml:"));
    assert!(server("--list --scenarios mine/acme/x.yaml").contains("give the folder"));
    assert!(server("--list --scenarios none").contains("none: there is no such folder"));
}

#[test]
fn a_credential_that_is_wrong_or_missing_is_told() {
    let (folder, serving, line) = serving();
    let url = format!("http://{}/scim/v2", serving.address);
    let told = |line: &str| {
        let ran = folder.run(line);
        assert_eq!((ran.code(), ran.out().as_str()), (2, ""), "{line}");
        ran.err()
    };
    assert!(told(&format!("conform server {url}")).contains("no credential was given"));
    let wrong = told(&format!("conform server {url} --token nothing"));
    assert!(wrong.contains("does not accept the credential"), "{wrong}");
    folder.write("twice", format!("Bearer {}", serving.token).as_bytes());
    let twice = told(&format!("conform server {url} --token-file twice"));
    assert!(twice.contains("the token begins with `Bearer `"), "{twice}");
    let https = told(&line.replace("http://", "https://"));
    assert!(https.contains("speaks no TLS") && https.contains("write http://"), "{https}");
    let users = told(&line.replace("/scim/v2 ", "/scim/v2/Users "));
    assert!(users.contains("what stands before /Users"), "{users}");
    for end in ["/Users", "/Groups", "/Users/"] {
        let told = told(&line.replace("/scim/v2 ", &format!("/scim/v2{end} ")));
        let help = format!("leave `{}` out: {url}\n", end.trim_end_matches('/'));
        assert!(told.contains(&help), "{told}");
    }
}

#[test]
fn a_scenario_of_ones_own_is_played_and_its_mistakes_are_told() {
    let (folder, _serving, line) = serving();
    let own = "id: acme/reads\ntitle: t\nwhy: w\nlevel: must\ncovers: [RFC7644-3.4.1-01]\n\
               given: { ann: { user: {} } }\nsteps:\n  - send: GET /Users/${ann/id}\n    \
               expect: { status: 200, body: { /userName: { same-text: \"${ann/userName}\" } } }\n\
               fix: f\n";
    folder.write("mine/acme/reads.yaml", own.as_bytes());
    let ran = folder.run(&format!("{line} --scenarios mine --only acme/ --format json"));
    assert_eq!(verdicts(&ran.out())["acme/reads"], "pass", "{}", ran.err());
    folder.write("mine/acme/reads.yaml", own.replace("same-text", "same-txt").as_bytes());
    let ran = folder.run(&format!("{line} --scenarios mine --only acme/"));
    assert_eq!(ran.code(), 2);
    let told = "acme/reads.yaml:9: there is no rule `same-txt`; did you mean `same-text`?";
    assert!(ran.err().contains(told), "{}", ran.err());
}

/// Starts a long run, and waits until it has made something.
fn begun(folder: &Folder, serving: &Serving, line: &str) -> std::process::Child {
    let command = folder.command(&format!("{line} --jobs 2 --rate 10 --journal j"));
    started(command, folder, serving)
}

/// Starts a run with the journal `j`, and waits until it has made something.
fn started(mut command: Command, folder: &Folder, serving: &Serving) -> std::process::Child {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while users(serving) == 0 || !folder.read("j").contains("\"line\":\"done\"") {
        assert!(Instant::now() < until, "nothing is made");
        thread::sleep(Duration::from_millis(20));
    }
    child
}

#[cfg(unix)]
fn kill(child: &std::process::Child, signal: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

/// Waits until it ends as an interrupted run does; gives what it printed.
#[cfg(unix)]
fn interrupted(mut child: std::process::Child) -> String {
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let out: Vec<String> = stdout.lines().map_while(Result::ok).collect();
    let out = out.join("\n");
    assert_eq!(child.wait().unwrap().code(), Some(130), "{out}");
    assert!(out.contains("interrupted"), "{out}");
    out
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_and_prints_what_is_known() {
    // A terminal that is closed says it twice.
    for signals in [&["-INT"][..], &["-TERM"], &["-HUP", "-HUP"]] {
        let (folder, serving, line) = serving();
        let child = begun(&folder, &serving, &line);
        for signal in signals {
            kill(&child, signal);
            thread::sleep(Duration::from_millis(50));
        }
        interrupted(child);
        assert_eq!(users(&serving), 0, "{signals:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_to_outlive_its_terminal_does() {
    let (folder, serving, line) = serving();
    let own = folder.command(&format!("{line} --jobs 2 --rate 10 --journal j"));
    // As `nohup` does.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
    command.arg(own.get_program()).args(own.get_args()).current_dir(folder.path());
    let mut child = started(command, &folder, &serving);
    kill(&child, "-HUP");
    thread::sleep(Duration::from_millis(500));
    assert!(child.try_wait().unwrap().is_none() && users(&serving) > 0, "it ended");
    kill(&child, "-INT");
    interrupted(child);
    assert_eq!(users(&serving), 0);
}

#[test]
fn a_report_that_cannot_be_written_leaves_no_journal_behind() {
    let (folder, serving, line) = serving();
    folder.write("taken/file", b"");
    let state = folder.path().join("state");
    let mut command = folder.command(&format!("{line} --section 3.6 --report json=taken"));
    let ran = Ran::of(command.env("XDG_STATE_HOME", &state).output().unwrap());
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(ran.err().contains("cannot write `taken`"), "{ran}");
    assert!(ran.out().contains("conformant"), "{ran}");
    let journals = std::fs::read_dir(state.join("provisor/conform")).unwrap();
    assert_eq!(journals.count(), 0);
    assert_eq!(users(&serving), 0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_twice_ends_at_once_with_what_is_known_and_how_to_go_on() {
    let (folder, serving, line) = serving();
    let mut child = begun(&folder, &serving, &format!("{line} --section 3.6"));
    let until = Instant::now() + Duration::from_secs(20);
    // A second one while the first is being worked on would not be heard.
    while child.try_wait().unwrap().is_none() && Instant::now() < until {
        let interrupt = ["-INT", &child.id().to_string()];
        assert!(Command::new("kill").args(interrupt).status().unwrap().success());
        thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    let (out, err) =
        [output.stdout, output.stderr].map(|all| String::from_utf8(all).unwrap()).into();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(out.contains("ended at once by a second Ctrl-C: "), "{out}");
    assert!(out.contains("\nleft behind: /"), "{out}");
    assert!(err.contains("to take away what is left: provisor conform clean j\n"), "{err}");
    let go_on = format!("provisor conform server http://{}/scim/v2 --resume j\n", serving.address);
    assert!(err.contains(&go_on), "{err}");
    assert!(users(&serving) > 0);
    let resumed = folder.run(&format!("{line} --resume j --format json"));
    assert_eq!(resumed.code(), 0, "its own are in nobody's way: {}", resumed.err());
    assert_eq!(users(&serving), 0);
}

#[test]
fn what_a_killed_run_left_is_taken_away_and_the_run_goes_on() {
    let (folder, serving, line) = serving();
    let mut child = begun(&folder, &serving, &format!("{line} --section 3.6"));
    child.kill().unwrap();
    child.wait().unwrap();
    let cleaned = folder.run("conform clean j --token-file token");
    assert_eq!(cleaned.code(), 0, "{}{}", cleaned.out(), cleaned.err());
    assert!(cleaned.out().contains("gone: /"), "{}", cleaned.out());
    assert_eq!(users(&serving), 0);
    let again = folder.run("conform clean j --token-file token");
    assert!(again.out().starts_with("nothing is left of the run at http://"), "{}", again.out());

    let done = folder.read("j").matches("\"line\":\"done\"").count();
    let resumed = folder.run(&format!("{line} --resume j --format json"));
    assert_eq!(resumed.code(), 0, "{}{}", resumed.out(), resumed.err());
    let all = verdicts(&resumed.out());
    assert!(all.len() > done, "{done} of {} were done before", all.len());
    assert_eq!(users(&serving), 0);
}
