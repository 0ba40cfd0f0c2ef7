//! `provisor db`: backup, restore, check, export, import.

use std::fs;

use serde_json::{Value, json};

use super::run::Folder;
use super::serving::{Client, RULES, Serving, group, refer, user};

const USERS: &str = "/scim/v2/Users";
const GROUPS: &str = "/scim/v2/Groups";

/// A server with 30 people, groups within groups in both orders of ids, and a change of each kind.
fn company(folder: &Folder) -> Serving {
    folder.write("sales.rules", RULES.as_bytes());
    let serving = Serving::start(folder, &["--rules", "sales.rules"]);
    let mut client = serving.client();
    let people: Vec<String> =
        (0..30).map(|n| client.post(USERS, &person(n)).is(201).id()).collect();
    let pilot = client.post(GROUPS, &group("Pilot", &people[..10])).is(201).id();
    let outer = client.post(GROUPS, &group("Outer", &[people[10].clone(), pilot.clone()])).id();
    let late = client.post(GROUPS, &group("Late", &people[20..])).is(201).id();
    // A group whose id is less than that of its member.
    let path = format!("{GROUPS}/{pilot}");
    client.patch(&path, &json!([{"op": "add", "path": "members", "value": refer(&[late])}]));
    let path = format!("{USERS}/{}", people[3]);
    client.patch(&path, &json!([{"op": "add", "path": "title", "value": "Lead"}])).is(200);
    client.patch(&path, &json!([{"op": "add", "path": "nickName", "value": "Z"}])).is(200);
    client.send("DELETE", &format!("{USERS}/{}", people[29]), None, &[]).unwrap().is(204);
    client.get(&format!("{GROUPS}/{outer}")).is(200);
    serving
}

fn person(n: usize) -> Value {
    let mut user = user(&format!("person{n}@acme.example"));
    user["externalId"] = json!(format!("x-{n}"));
    user["name"] = json!({ "familyName": format!("Ünal \"{n}\""), "givenName": "É" });
    user["emails"] =
        json!([{ "value": format!("p{n}@acme.example"), "type": "work", "primary": true }]);
    user
}

fn total(client: &mut Client, path: &str) -> u64 {
    client.get(&format!("{path}?count=0")).is(200).json()["totalResults"].as_u64().unwrap()
}

#[test]
fn an_export_that_is_imported_elsewhere_is_exported_the_same() {
    let folder = Folder::with(&[]);
    let serving = company(&folder);
    // While the server runs; users first, then groups.
    let ran = folder.run("db export --database p.db --records all.ndjson");
    assert_eq!((ran.code(), ran.out()), (0, String::new()), "{ran}");
    assert_eq!(ran.err(), "29 users and 3 groups of default\n");
    let all = folder.read("all.ndjson");
    let kinds: Vec<Value> = all
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["meta"]["resourceType"].clone())
        .collect();
    assert_eq!(kinds, [vec![json!("User"); 29], vec![json!("Group"); 3]].concat());
    serving.stop();

    let ran = folder.run("db import --database new.db --create all.ndjson");
    assert_eq!(ran.code(), 0, "{ran}");
    insta::assert_snapshot!(ran.err(), @"
    users: 29 new, 0 changed, 0 as they were; groups: 3 new, 0 changed, 0 as they were
    the database is new and has no token; next: provisor token add NAME
    ");
    assert_eq!(folder.run("db export --database new.db --records").out(), all);
    assert_eq!(folder.run("db check --database new.db").code(), 0);

    // Again: nothing changes, whichever way it comes in.
    let ran = folder.run_with("db import --database new.db -", all.as_bytes());
    let same = "users: 0 new, 0 changed, 29 as they were; groups: 0 new, 0 changed, 3 as they were";
    assert_eq!((ran.code(), ran.err()), (0, format!("{same}\n")));
    assert_eq!(folder.run("db export --database new.db --records").out(), all);

    // Under the same rules nothing is decided anew: the change feed says nothing about those whose
    // record came along.
    let token = folder.run("token add test --scope scim:read,admin --database new.db").out();
    folder.write("token", token.as_bytes());
    let serving = Serving::run(
        folder.command("serve"),
        &["--database", "new.db", "--rules", "sales.rules"],
        &[],
    )
    .unwrap()
    .with_token(&folder.path().join("token"));
    let mut client = serving.client();
    assert_eq!(total(&mut client, USERS), 29);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let changes = client.get("/admin/v1/changes").is(200).json();
    assert_eq!(changes["entries"], json!([]), "{changes:#}");
    serving.stop();
    assert_eq!(folder.run("db export --database new.db --records").out(), all);
}

#[test]
fn without_records_people_are_decided_anew_once_all_lines_are_in() {
    let folder = Folder::with(&[]);
    company(&folder).stop();
    folder.run("db export --database p.db all.ndjson");
    assert!(!folder.read("all.ndjson").contains("export:1.0:Record"));
    // Another server with the same rules, and nobody.
    let other = Folder::with(&[("sales.rules", RULES), ("all.ndjson", &folder.read("all.ndjson"))]);
    Serving::start(&other, &["--rules", "sales.rules"]).stop();
    let ran = other.run("db import --database p.db all.ndjson");
    assert_eq!(ran.code(), 0, "{ran}");
    let serving = Serving::start(&other, &["--rules", "sales.rules"]);
    let mut client = serving.client();
    let changes = client.get("/admin/v1/changes?limit=1000").is(200).json();
    let entries = changes["entries"].as_array().unwrap();
    // Each person once: nobody was given something on the way and lost it again.
    assert_eq!(entries.len(), 29, "{changes:#}");
    assert!(entries.iter().all(|entry| entry["assignment"] == "Sales"));
    let forecast = |entry: &&Value| {
        entry["changes"].as_array().unwrap().iter().any(|change| change["name"] == "forecast")
    };
    // Ten of the pilot, nine of the group in it.
    assert_eq!(entries.iter().filter(forecast).count(), 19);
}

#[test]
fn who_is_here_already_becomes_what_the_line_says() {
    let folder = Folder::with(&[]);
    let serving = Serving::start(&folder, &[]);
    let mut client = serving.client();
    let ana = client.post(USERS, &user("ana")).is(201).id();
    let mut bo = user("bo");
    bo["externalId"] = json!("b");
    let bo = client.post(USERS, &bo).is(201).id();
    let staff = client.post(GROUPS, &group("Staff", &[ana.clone(), bo.clone()])).is(201).id();
    serving.stop();
    // Ids of another service provider; members by them, before their lines too.
    let lines = [
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g1","displayName":"Staff","members":[{"value":"1"},{"value":"9"},{"value":"404"}]}"#,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"ANA","title":"Boss"}"#,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2","userName":"robert","externalId":"b"}"#,
        "",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"3","userName":"ana","externalId":"b"}"#,
        r#"{"userName":"nobody"}"#,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"5"}"#,
        "{",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"9","userName":"neu"}"#,
    ];
    let ran = folder.run_with("db import --database p.db -", lines.join("\n").as_bytes());
    assert_eq!(ran.code(), 3, "{ran}");
    let told = ran.err().replace(&ana, "ANA").replace(&bo, "BO");
    insta::assert_snapshot!(told, @"
    error: <stdin>:5 is not taken in: the `externalId` is that of the user `BO`, the `userName` that of `ANA`; correct one of them
    error: <stdin>:6 is not taken in: the line is neither a User nor a Group; its `schemas` must say which
    error: <stdin>:7 is not taken in: `userName` is missing, and it is required; give it a value
    error: <stdin>:8 is not taken in: a key in double quotes was expected, but the text ends (line 1, at byte 1); the text is cut off: was it transferred whole?
    error: <stdin>:1 is taken in without 1 of its members: they are in no line and not here
    users: 1 new, 2 changed, 0 as they were; groups: 0 new, 1 changed, 0 as they were; 4 lines not taken in
    ");
    let serving = Serving::start(&folder, &[]);
    let mut client = serving.client();
    let now = client.get(&format!("{USERS}/{ana}")).is(200).json();
    assert_eq!((&now["userName"], &now["title"]), (&json!("ANA"), &json!("Boss")));
    let now = client.get(&format!("{USERS}/{bo}")).is(200).json();
    assert_eq!((&now["userName"], &now["externalId"]), (&json!("robert"), &json!("b")));
    let members = client.get(&format!("{GROUPS}/{staff}")).is(200).json();
    assert_eq!(total(&mut client, USERS), 3);
    let members = members["members"].as_array().unwrap();
    assert!(members.iter().any(|member| member["value"] == json!(ana)));
    assert_eq!(members.len(), 2, "{members:?}");
}

#[test]
fn a_backup_of_a_running_server_is_restored() {
    let folder = Folder::with(&[]);
    let serving = company(&folder);
    let ran = folder.run("db backup --database p.db copy.db");
    assert_eq!(ran.code(), 0, "{ran}");
    assert_eq!(folder.run("db backup --database p.db copy.db").code(), 2);
    let mut client = serving.client();
    client.post(USERS, &user("later")).is(201);
    assert_eq!(folder.run("db check --database p.db").code(), 0);
    let ran = folder.run("db restore --database p.db --replace copy.db");
    assert_eq!(ran.code(), 2);
    assert!(ran.err().contains("in use by another server"), "{ran}");
    serving.stop();
    assert_eq!(folder.run("db restore --database p.db copy.db").code(), 2);
    let ran = folder.run("db restore --database p.db --replace copy.db");
    assert_eq!(ran.code(), 0, "{ran}");
    let serving = Serving::start(&folder, &[]);
    assert_eq!(total(&mut serving.client(), USERS), 29);
}

#[test]
fn a_check_of_a_damaged_database_has_findings() {
    let folder = Folder::with(&[]);
    company(&folder).stop();
    let path = folder.path().join("p.db");
    let mut bytes = fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(4096 * 3).step_by(97) {
        *byte ^= 0x5a;
    }
    fs::write(&path, bytes).unwrap();
    let ran = folder.run("db check --database p.db");
    assert_eq!(ran.code(), 1, "{ran}");
    assert!(ran.out().starts_with("error: "), "{ran}");
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = Folder::with(&[("x.ndjson", "{}\n"), ("no.db", "hello, this is no database")]);
    let mut told = String::new();
    for arguments in [
        "db backup --database none.db copy.db",
        "db check --database none.db",
        "db check --database no.db",
        "db export --database none.db",
        "db export --database none.db x.ndjson",
        "db import --database none.db x.ndjson",
        "db import --database none.db missing.ndjson",
        "db restore --database new.db none.db",
    ] {
        told.push_str(&format!("$ {arguments}\n{}", folder.run(arguments)));
    }
    insta::assert_snapshot!(told, @"
    $ db backup --database none.db copy.db
    exit 2
    --- stderr
    error: there is no backup: there is no store `none.db`
    $ db check --database none.db
    exit 2
    --- stderr
    error: the database cannot be checked: there is no store `none.db`
    $ db check --database no.db
    exit 2
    --- stderr
    error: the database cannot be checked: `no.db` is not a store; name another file
    $ db export --database none.db
    exit 2
    --- stderr
    error: this could not be done: there is no store `none.db`
    $ db export --database none.db x.ndjson
    exit 2
    --- stderr
    error: `x.ndjson` exists: export never writes over a file
      = help: name a new file
    $ db import --database none.db x.ndjson
    exit 2
    --- stderr
    error: nothing is imported: there is no database `none.db`
      = help: `--create` makes a database, `--database` names another
    $ db import --database none.db missing.ndjson
    exit 2
    --- stderr
    error: cannot read `missing.ndjson`: there is no such file
      = help: look at the spelling; paths are relative to the folder you are in
    $ db restore --database new.db none.db
    exit 2
    --- stderr
    error: the database is not restored: there is no store `none.db`
    ");
    assert!(!folder.path().join("none.db").exists());
}
