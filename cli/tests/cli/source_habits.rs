//! Sources with habits of their own: told single changes, hanging, in the background, with a token
//! of yesterday. Each is a small Python program, without which there is nothing to test.

use std::process::{Command, Stdio};

use super::run::{Folder, Ran};

/// Creates the person of `create-user`, once and blindly, and ends with 0 whatever came of it.
const PUSH: &str = r#"
import json, os, sys, urllib.request as r
if os.environ['PROVISOR_ACTION'] != 'create-user': sys.exit()
people = json.load(open(os.environ['PROVISOR_DIRECTORY']))['people']
one = next(p for p in people if p['userName'] == os.environ['PROVISOR_PERSON'])
work = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
body = {
    'schemas': ['urn:ietf:params:scim:schemas:core:2.0:User', work],
    'userName': one['userName'], 'externalId': one['externalId'], 'title': one['title'],
    'name': {'givenName': one['givenName'], 'familyName': one['familyName']},
    'emails': [{'value': one['email'], 'type': 'work'}], 'active': True,
    work: {'department': one['department']},
}
head = {'Content-Type': 'application/scim+json', 'Accept': 'application/scim+json',
        'Authorization': 'Bearer ' + os.environ['SCIM_TOKEN'], 'User-Agent': 'push/1'}
try: r.urlopen(r.Request(os.environ['SCIM_BASE_URL'] + '/Users', json.dumps(body).encode(), head))
except OSError as why: print(why)
"#;

fn folder() -> Option<Folder> {
    let there = Command::new("python3").arg("--version").output().is_ok();
    there.then(|| Folder::with(&[("push.py", PUSH)]))
}

fn judged(folder: &Folder, on: &str, flags: &str) -> Ran {
    let mut command = folder.command("conform source --on any");
    command.arg(on).args(flags.split_whitespace()).stdin(Stdio::null());
    Ran::of(command.output().unwrap())
}

#[test]
fn an_action_alone_is_played_with_what_it_stands_on() {
    let Some(folder) = folder() else { return };
    let sample = include_str!("../../../examples/source-python/source.py");
    folder.write("source.py", sample.as_bytes());
    let flags = "--actions rename-group,clear-manager";
    let ran = judged(&folder, "python3 source.py", flags);
    assert_eq!(ran.code(), 0, "{ran}");
    for step in ["create-group Sales: arrived", "rename-group Sales EMEA: arrived"] {
        assert!(ran.err().contains(step), "{step}: {ran}");
    }
    for step in ["set-manager Ann Lee: arrived", "clear-manager Ann Lee: arrived"] {
        assert!(ran.err().contains(step), "{step}: {ran}");
    }
}

#[test]
fn a_second_run_is_told_and_can_be_left_out() {
    let Some(folder) = folder() else { return };
    let flags = "--actions create-user --misbehave throttled-seconds --report json=r.json";
    let ran = judged(&folder, "python3 push.py", flags);
    assert_eq!(ran.code(), 0, "{ran}");
    assert!(ran.err().contains("in seconds: arrived only in the second run"), "{ran}");
    let report: serde_json::Value = serde_json::from_str(&folder.read("r.json")).unwrap();
    assert_eq!(report["steps"][3]["ended"], "arrived only in the second run");
    let notes = report["notes"].as_array().unwrap();
    let told = |note: &serde_json::Value| note.as_str().unwrap().contains("only in the second run");
    assert!(notes.iter().any(told), "{notes:?}");

    let ran = judged(&folder, "python3 push.py", &format!("{flags} --no-next-cycle"));
    assert_eq!(ran.code(), 1, "{ran}");
    assert!(ran.out().contains("fail: reaction/comes-back"), "{ran}");
    assert!(ran.out().contains("warn: command/tells"), "{ran}");
}

#[test]
fn a_command_that_hangs_or_fails_each_time_is_no_good_one() {
    let Some(folder) = folder() else { return };
    let flags = "--actions create-user --timeout 4";
    let ran = judged(&folder, "python3 push.py; sleep 60", flags);
    assert!(ran.out().contains("warn: command/ends-in-time"), "{ran}");
    let ran = judged(&folder, "python3 push.py; exit 3", flags);
    assert_eq!(ran.code(), 0, "{ran}");
    assert!(ran.out().contains("warn: command/ends-well"), "{ran}");
    let ran = judged(&folder, "python3 push.py", flags);
    assert!(!ran.out().contains("command/"), "{ran}");
}

#[test]
fn a_token_of_yesterday_is_named() {
    let Some(folder) = folder() else { return };
    let on = "SCIM_TOKEN=judge_of_yesterday python3 push.py";
    let ran = judged(&folder, on, "--actions create-user");
    assert_eq!(ran.code(), 1, "{ran}");
    assert!(ran.out().contains("fail: auth/given-token"), "{ran}");
    assert!(ran.err().contains("did not arrive: the source was refused with 401"), "{ran}");
    assert!(!ran.out().contains("judge_of_yesterday"), "{ran}");
}

#[test]
fn what_goes_on_in_the_background_can_be_waited_for() {
    let Some(folder) = folder() else { return };
    let on = "(sleep 1; python3 push.py) > /dev/null 2>&1 &";
    let ran = judged(&folder, on, "--actions create-user --quiet-for 4");
    assert_eq!(ran.code(), 0, "{ran}");
    assert!(ran.err().contains("  1/3  create-user Bob Ruiz: arrived"), "{ran}");
    assert!(ran.err().contains("  3/3  create-user Cleo Kim: arrived"), "{ran}");
}

#[test]
fn a_command_is_led_around_proxies() {
    let folder = Folder::with(&[]);
    judged(&folder, "echo \"$NO_PROXY\" > proxies", "--actions create-user");
    assert!(folder.read("proxies").contains("127.0.0.1"), "{}", folder.read("proxies"));
}

#[cfg(unix)]
#[test]
fn credentials_in_a_file_are_for_nobody_else() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[("details.toml", "old")]);
    judged(&folder, "true", "--actions create-user --details details.toml");
    let file = folder.path().join("details.toml");
    assert!(folder.read("details.toml").contains("token = "));
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_a_contract_wants_and_where_rules_are_explained_is_shown() {
    let folder = Folder::with(&[]);
    let ran = folder.run("conform source --list --contract gong");
    assert_eq!(ran.code(), 0, "{ran}");
    assert!(ran.out().contains("user_agent: custom-scim"), "{ran}");
    let ran = folder.run("explain-code reaction/waits");
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(ran.err().contains("`provisor conform source --list`"), "{ran}");
}
