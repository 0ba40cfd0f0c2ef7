//! `provisor conform source` and the commands that it runs: how they end, and what is told.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::run::{Folder, Ran};

/// The judge, with one command for everything and temporary files in the folder.
fn judge(folder: &Folder, on: &str, flags: &str) -> Command {
    let mut command = folder.command("conform source --on any");
    command.arg(on).args(flags.split_whitespace());
    let temporary = folder.path().join("tmp");
    fs::create_dir_all(&temporary).unwrap();
    command.env("TMPDIR", temporary).stdin(Stdio::null());
    command
}

fn ran(mut command: Command) -> Ran {
    Ran::of(command.output().unwrap())
}

fn folder() -> Folder {
    Folder::with(&[])
}

/// What the test's command wrote: the ids of its processes.
fn processes(folder: &Folder) -> Vec<String> {
    loop {
        let text = fs::read_to_string(folder.path().join("ids")).unwrap_or_default();
        if text.lines().count() >= 2 {
            return text.lines().map(str::to_owned).collect();
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until a process is gone.
fn gone(id: &str) {
    let there = || {
        let state = Command::new("ps").args(["-o", "stat=", "-p", id]).output().unwrap().stdout;
        let state = String::from_utf8(state).unwrap();
        // What is dead and not waited for is as good as gone.
        !state.trim().is_empty() && !state.starts_with('Z')
    };
    for _ in 0..500 {
        if !there() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("{id} is still there");
}

/// A command that hangs, with a child in the background.
const HANGS: &str = "sleep 600 & echo $! > ids; echo $$ >> ids; sleep 601";

#[cfg(unix)]
#[test]
fn a_command_that_hangs_is_ended_with_everything_that_it_started() {
    let folder = folder();
    let flags = "--timeout 1 --actions create-user";
    let ran = ran(judge(&folder, HANGS, flags));
    assert!(ran.err().contains("did not end within 1 s"), "{ran}");
    for id in processes(&folder) {
        gone(&id);
    }
}

#[cfg(unix)]
#[test]
fn what_a_command_left_running_ends_with_the_run_and_delays_nothing() {
    let folder = folder();
    // It holds the output of the command open.
    let on = "sleep 600 & echo $! > ids; echo $$ >> ids; echo said; exit 3";
    let ran = ran(judge(&folder, on, "--timeout 60 --actions create-user"));
    assert_eq!(ran.code(), 2);
    assert!(!ran.err().contains("did not end"), "{ran}");
    assert!(ran.err().contains("exit status: 3: said\n"), "{ran}");
    for id in processes(&folder) {
        gone(&id);
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_command_and_leaves_nothing() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let folder = folder();
        let mut command = judge(&folder, HANGS, "--actions create-user");
        let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let ids = processes(&folder);
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        for id in ids {
            gone(&id);
        }
        let left: Vec<_> = fs::read_dir(folder.path().join("tmp")).unwrap().collect();
        assert!(left.is_empty(), "{signal}: {left:?}");
    }
}

#[test]
fn without_anybody_to_ask_the_run_ends() {
    let ran = folder().run("conform source");
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(ran.err().contains("error: nobody can be asked"), "{ran}");
    assert!(ran.err().contains("--on ACTION COMMAND, or --watch"), "{ran}");
}

#[test]
fn a_command_from_which_nothing_comes_is_no_failure_of_a_product() {
    let folder = folder();
    for (on, why) in [
        ("./no-such-source", "not found"),
        ("true", "the command ended well, and did nothing"),
        ("printf 'one\\ntwo\\n' >&2; exit 1", "two"),
    ] {
        // Misbehaviours, of which none is tried.
        let ran = ran(judge(&folder, on, "--misbehave all --report json=r.json"));
        assert_eq!(ran.code(), 2, "{on}: {ran}");
        let error = ran.err().lines().find(|line| line.starts_with("error: ")).unwrap().to_owned();
        assert!(error.starts_with("error: no request reached the judge: "), "{on}: {ran}");
        assert!(error.contains(why), "{on}: {ran}");
        assert_eq!(ran.out(), "", "{on}");
    }
}

#[test]
fn what_a_command_said_stands_under_its_step() {
    let folder = folder();
    // It reaches the judge, and fails: so there is a report.
    let on =
        "python3 -c \"import os, urllib.request as r; r.urlopen(os.environ['SCIM_BASE_URL'])\"";
    if Command::new("python3").arg("--version").output().is_err() {
        return;
    }
    let ran = ran(judge(&folder, on, "--actions create-user"));
    assert_eq!(ran.code(), 1, "{ran}");
    let err = ran.err();
    let mut lines = err.lines().skip_while(|line| !line.starts_with("  1/3  create-user"));
    assert!(lines.next().unwrap().contains("did not arrive"), "{ran}");
    let said: Vec<&str> = lines.take_while(|line| line.starts_with("         ")).collect();
    // Its last words alone, without the trace.
    assert_eq!(said.len(), 1, "{ran}");
    assert!(said[0].contains("ended with exit status: 1: urllib.error.HTTPError: HTTP"), "{ran}");
    assert!(!ran.out().contains("export SCIM_TOKEN"), "{ran}");
    // On standard output it is told only where the lines of the steps are not.
    assert!(!ran.out().contains("HTTPError"), "{ran}");
}

#[test]
fn a_report_is_short_with_causes_first_and_the_verdict_last() {
    if Command::new("python3").arg("--version").output().is_err() {
        return;
    }
    let folder = folder();
    // It signs in by the URL, and always brings the same stranger.
    let source = "import os, sys, urllib.request as r\n\
        url = os.environ['SCIM_BASE_URL'] + '/Users?access_token=' + os.environ['SCIM_TOKEN']\n\
        head = {'Content-Type': 'application/scim+json'}\n\
        try: r.urlopen(r.Request(url, b'{\"userName\": \"bob\"}', head))\n\
        except OSError as why: sys.exit(f'push: {why}')\n";
    folder.write("push.py", source.as_bytes());
    let flags = "--actions create-user -q --report sarif=r.sarif --report har=r.har";
    let ran = ran(judge(&folder, "python3 push.py", flags));
    assert_eq!(ran.code(), 1, "{ran}");
    let out = ran.out();
    let at = |text: &str| out.find(text).unwrap_or_else(|| panic!("no {text}: {ran}"));
    assert!(at("fail: auth/not-in-url") < at("fail: action/create-user"), "{ran}");
    assert!(at("note: step 2, create-user Ann Lee: `python3 push.py` ended") < at("\nsource "));
    assert!(at("\nnote: requests of each step: 1, 1, 1\n") < at("\nnot conformant: "), "{ran}");
    assert!(
        out.contains("    POST /scim/v2/Users?access_token=[redacted]  {\"userName\""),
        "{ran}"
    );
    assert!(!out.contains("curl") && !out.contains("ms\nnote: step 2"), "{ran}");
    // Where a rule rests on no requirement, none is announced.
    assert!(!out.contains("one of:\n  why it matters"), "{ran}");
    // One example of a warning is enough.
    for block in out.split("\n\n").filter(|block| block.starts_with("warn: ")) {
        assert!(block.matches("POST /scim").count() <= 1, "{block}");
    }

    let read =
        |name: &str| -> serde_json::Value { serde_json::from_str(&folder.read(name)).unwrap() };
    let sarif = read("r.sarif");
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        assert_ne!(result["level"], "none", "{result}");
        assert_eq!(result["locations"][0].get("physicalLocation"), None, "{result}");
    }
    let har = read("r.har");
    let times: std::collections::BTreeSet<&str> = har["log"]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["startedDateTime"].as_str().unwrap())
        .collect();
    assert_eq!(times.len(), 3, "{times:?}");
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let folder = folder();
    for (flags, what) in [
        ("--on any x --large 20 --actions create-user", "--large would do nothing"),
        ("--on any x --actions large-group", "`large-group` needs a size"),
        ("--on create-user x --actions update-user", "there is no command for `update-user`"),
        ("--on create-user x --large 20", "there is no command for `large-group`"),
        ("--on set-manager x --on create-user x --actions create-user", "would never run"),
        ("--on any x --on set-manager y --actions create-user", "for `set-manager` would never"),
        ("--on any x --on create-user y --actions create-user", "for `any` would never run"),
        ("--on any x --on large-group y", "give --large PEOPLE"),
        ("--on create-user x --on remove-members y", "for `remove-members` would never run"),
        ("--on any x --on any y", "there are two commands for `any`"),
        ("--on any x --timeout 0", "0 is not in 1.."),
        ("--on any x --oauth 0", "0 is not in 1.."),
        ("--on crate-user x --actions create-user", "did you mean `create-user`?"),
        ("--on rename-group x --actions rename-group", "no command for `create-group`"),
        ("--on any x --contract gong --actions rename-group", "cannot be judged by this contract"),
        ("--on any x --contract gong --on rename-group y", "for `rename-group` would never run"),
        ("--on any x --large 1000 --no-next-cycle", "300 people at most"),
        ("--on any x --misbehave token-expired --no-next-cycle", "until the next cycle"),
        ("--watch --no-next-cycle", "cannot be used with"),
        ("--watch --large 20", "cannot be used with"),
        ("--watch --misbehave all", "one misbehaviour at most"),
    ] {
        let ran = folder.run(&format!("conform source {flags}"));
        assert_eq!(ran.code(), 2, "{flags}: {ran}");
        assert!(ran.err().contains(what), "{flags}: {ran}");
    }
}

#[test]
fn an_empty_command_is_none() {
    let folder = folder();
    let ran = ran(judge(&folder, " ", ""));
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(ran.err().contains("the command for `any` is empty"), "{ran}");
}

#[test]
fn a_command_for_what_a_misbehaviour_plays_is_no_idle_one() {
    let flags = "--on create-user true --on update-user true --actions create-user";
    let ran = folder().run(&format!("conform source {flags} --misbehave unavailable"));
    assert!(ran.err().contains("no request reached the judge"), "{ran}");
    let ran = folder().run(&format!("conform source {flags} --misbehave throttled-seconds"));
    assert!(ran.err().contains("the command for `update-user` would never run"), "{ran}");
}

#[test]
fn a_mistake_in_a_contract_is_told_with_its_place() {
    let folder = folder();
    let wrong = "name: acme\ntitle: Acme\nuser:\n  required: [usrName]\n  operators: [equals]\n";
    folder.write("acme.yaml", wrong.as_bytes());
    folder.write("key.yaml", b"name: acme\ntitle: Acme\nuser:\n  requird: [userName]\n");
    let told = |file: &str| {
        let ran = folder.run(&format!("conform source --contract {file} --on any x"));
        assert_eq!(ran.code(), 2, "{ran}");
        assert!(!ran.err().contains('␊'), "{ran}");
        ran.err()
    };
    let names = told("acme.yaml");
    assert!(names.starts_with("acme.yaml:4:14: user.required: "), "{names}");
    assert!(names.contains("did you mean `userName`?"), "{names}");
    assert!(names.contains("\nacme.yaml:5:15: user.operators: "), "{names}");
    assert!(names.ends_with("error: the contract `acme.yaml` cannot be used\n"), "{names}");
    let key = told("key.yaml");
    assert!(key.starts_with("key.yaml:4:3: "), "{key}");
}

#[test]
fn half_a_name_and_a_port_in_use_are_told_with_what_to_do() {
    let folder = folder();
    let told = folder.run("conform source --on any x --misbehave throtled").err();
    assert!(told.contains("did you mean `throttled-seconds` or `throttled-date`?"), "{told}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let told = folder.run(&format!("conform source --on any x --port {port}")).err();
    assert!(told.contains("help: name another with --port, or 0 for a free one"), "{told}");
}
