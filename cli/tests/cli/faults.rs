//! Faults under a running server: no room, a file system that can only be read.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::run::Folder;
use super::serving::{Client, Serving, patch, user};

const USERS: &str = "/scim/v2/Users";

/// A server that a shell becomes, after it has prepared for it. `None` where the shell may not.
fn behind(folder: &Folder, tool: &[&str], prepare: &str) -> Option<Result<Serving, String>> {
    let mut possible = Command::new(tool[0]);
    possible.args(&tool[1..]).args(["sh", "-c", &format!("{prepare}\ntrue")]);
    possible.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    if !possible.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let script = format!("{prepare}\nexec \"$0\" serve \"$@\"");
    let mut command = Command::new(tool[0]);
    command.args(&tool[1..]).args(["sh", "-c", &script, env!("CARGO_BIN_EXE_provisor")]);
    command.current_dir(folder.path());
    Some(Serving::run(command, &["--database", "small/p.db"], &[]))
}

fn large(name: &str) -> Value {
    let mut large = user(name);
    large["title"] = json!("x".repeat(20_000));
    large
}

/// Fills the room, to the last bit of it; gives who was acknowledged.
fn fill(client: &mut Client) -> Vec<(String, Value)> {
    let (mut there, mut refused) = (Vec::new(), 0);
    for number in 0..5_000 {
        let name = format!("user{number}");
        let body = if refused == 0 { large(&name) } else { user(&name) };
        let answer = client.post(USERS, &body);
        match answer.status {
            201 => there.push((answer.id(), body)),
            507 | 503 => {
                let error = answer.json();
                assert_eq!(error["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
                assert_eq!(error["status"], answer.status.to_string());
                refused += 1;
                if refused > 50 {
                    return there;
                }
            }
            _ => panic!("{answer:?}"),
        }
    }
    panic!("there is room for everything")
}

/// What must hold of a server without room, and then of one that has room again.
fn without_room(
    folder: &Folder,
    mut serving: Serving,
    database: &str,
    make_room: impl FnOnce(&str),
) {
    let mut client = serving.client();
    let there = fill(&mut client);
    assert!(there.len() > 3, "{}", serving.told());
    for _ in 0..3 {
        let answer = client.post(USERS, &large("more"));
        assert!(matches!(answer.status, 503 | 507), "{answer:?}");
        let title = json!([{"op": "replace", "path": "title", "value": "y".repeat(30_000)}]);
        let path = format!("{USERS}/{}", there[0].0);
        let answer = client.send("PATCH", &path, Some(&patch(&title)), &[]).unwrap();
        assert!(matches!(answer.status, 503 | 507), "{answer:?}");
    }
    // Reading goes on.
    for (id, body) in &there {
        let found = client.get(&format!("{USERS}/{id}")).is(200).json();
        assert_eq!((&found["userName"], &found["title"]), (&body["userName"], &body["title"]));
    }
    client.get("/healthz").is(200);
    client.get("/readyz").is(503);
    assert!(serving.is_up());

    make_room(&serving.pid());
    let until = Instant::now() + Duration::from_secs(40);
    while client.get("/readyz").status != 200 {
        assert!(Instant::now() < until, "{}", serving.told());
        thread::sleep(Duration::from_millis(200));
    }
    client.post(USERS, &large("more")).is(201);
    let listed = client.get(&format!("{USERS}?count=0")).is(200).json();
    assert_eq!(listed["totalResults"], json!(there.len() + 1));
    if folder.path().join(database).exists() {
        let ran = folder.run(&format!("db check --database {database}"));
        assert_eq!(ran.code(), 0, "{ran}");
    }
    assert!(serving.stop().success());
}

#[test]
fn a_full_disk_refuses_writes_and_loses_nothing() {
    let folder = Folder::with(&[("small/x", "")]);
    let prepare = "mount -t tmpfs -o size=2m none small && head -c 600000 /dev/zero > small/filler";
    let Some(serving) = behind(&folder, &["unshare", "-rm"], prepare) else {
        eprintln!("not tried: file systems cannot be mounted here");
        return;
    };
    let serving = serving.unwrap().with_token(&folder.path().join("token"));
    let place = folder.path().join("small/filler");
    without_room(&folder, serving, "small/p.db", |pid| {
        let filler = format!(
            "/proc/{pid}/root{}",
            fs::canonicalize(place.parent().unwrap()).unwrap().display()
        );
        fs::remove_file(format!("{filler}/filler")).unwrap();
    });
}

#[test]
fn files_that_may_not_grow_refuse_writes_and_lose_nothing() {
    let folder = Folder::with(&[("small/x", "")]);
    let prepare = "prlimit --version && trap '' XFSZ && ulimit -S -f 1500";
    let Some(serving) = behind(&folder, &["env"], prepare) else {
        eprintln!("not tried: there is no `prlimit` here");
        return;
    };
    let serving = serving.unwrap().with_token(&folder.path().join("token"));
    without_room(&folder, serving, "small/p.db", |pid| {
        let raised = Command::new("prlimit").args(["--pid", pid, "--fsize=unlimited"]).status();
        assert!(raised.unwrap().success());
    });
}

#[test]
fn a_file_system_that_can_only_be_read_is_refused_at_the_start() {
    let folder = Folder::with(&[("small/x", "")]);
    Serving::start(&folder, &[]).stop();
    let prepare = "mount -t tmpfs none small && cp p.db small/ && mount -o remount,ro small";
    let Some(serving) = behind(&folder, &["unshare", "-rm"], prepare) else {
        eprintln!("not tried: file systems cannot be mounted here");
        return;
    };
    let told = serving.err().expect("the server started");
    insta::assert_snapshot!(told, @"
    error: the server does not run: `small/p.db-lock` cannot be written: Read-only file system (os error 30); the store needs a folder where it may make files
    ");
}

#[test]
fn a_backup_without_room_leaves_nothing_behind() {
    let folder = Folder::with(&[]);
    let serving = Serving::start(&folder, &[]);
    let mut client = serving.client();
    for number in 0..40 {
        client.post(USERS, &large(&format!("user{number}"))).is(201);
    }
    serving.stop();
    let script = "trap '' XFSZ; ulimit -f 200; \"$0\" db backup copy.db --database p.db";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_provisor")]).current_dir(folder.path());
    let ran = command.output().unwrap();
    assert_eq!(ran.status.code(), Some(2), "{ran:?}");
    let names = fs::read_dir(folder.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    let left: Vec<_> =
        names.iter().filter(|name| name.to_string_lossy().starts_with("copy")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn what_holds_everybodys_data_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[]);
    let serving = Serving::start(&folder, &[]);
    serving.client().post(USERS, &user("ana")).is(201);
    folder.run("db backup copy.db --database p.db");
    folder.run("db export people.ndjson --database p.db");
    for name in ["p.db", "p.db-wal", "p.db-shm", "copy.db", "people.ndjson"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    serving.stop();
    fs::write(folder.path().join("empty.db"), "").unwrap();
    let ran = folder.run("db check --database empty.db");
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(ran.err().contains("`empty.db` is an empty file and no store"), "{ran}");
}
