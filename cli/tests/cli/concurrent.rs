//! Many clients at once, over real connections.

use std::io::{Read, Write};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::run::Folder;
use super::serving::{Answer, Client, RULES, Serving, connect, group, patch, user};

const USERS: &str = "/scim/v2/Users";
const GROUPS: &str = "/scim/v2/Groups";

fn serving() -> (Folder, Serving) {
    let folder = Folder::with(&[("sales.rules", RULES)]);
    let serving = Serving::start(&folder, &["--rules", "sales.rules"]);
    (folder, serving)
}

/// Each piece of work on a connection of its own, all begun at the same time.
fn together<T: Send + 'static>(
    serving: &Serving,
    work: Vec<impl FnOnce(&mut Client) -> T + Send + 'static>,
) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(work.len()));
    let threads: Vec<_> = work
        .into_iter()
        .map(|work| {
            let (mut client, barrier) = (serving.client(), Arc::clone(&barrier));
            thread::spawn(move || {
                client.get("/healthz").is(200);
                barrier.wait();
                work(&mut client)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

fn statuses(answers: &[Answer]) -> (usize, usize) {
    let good = answers.iter().filter(|answer| answer.status < 300).count();
    (good, answers.len() - good)
}

#[test]
fn thirty_two_patches_that_add_a_member_each_add_thirty_two() {
    let (_folder, serving) = serving();
    let mut client = serving.client();
    let people: Vec<String> = (0..32)
        .map(|number| client.post(USERS, &user(&format!("u{number}"))).is(201).id())
        .collect();
    let path = format!("{GROUPS}/{}", client.post(GROUPS, &group("Pilot", &[])).is(201).id());
    let work = people.iter().map(|id| {
        let (path, body) = (
            path.clone(),
            json!([{"op": "add", "path": "members",
            "value": [{"value": id}]}]),
        );
        move |client: &mut Client| client.patch(&path, &body).is(204)
    });
    together(&serving, work.collect());
    let members = client.get(&path).is(200).json()["members"].as_array().unwrap().len();
    assert_eq!(members, 32);
    let version = client.get(&path).json()["meta"]["version"].clone();
    assert_eq!(version, "W/\"33\"", "each change counts");
    let changes = client.get("/admin/v1/changes?limit=1000").is(200).json();
    let joined = |entry: &&Value| entry["event"] == "membersChanged";
    assert_eq!(changes["entries"].as_array().unwrap().iter().filter(joined).count(), 32);
}

#[test]
fn of_many_who_create_the_same_user_name_one_does() {
    let (_folder, serving) = serving();
    for name in ["ana", "bo", "çelik"] {
        let work = (0..16).map(|number| {
            let name = if number % 2 == 0 { name.to_owned() } else { name.to_uppercase() };
            move |client: &mut Client| client.post(USERS, &user(&name))
        });
        let answers = together(&serving, work.collect());
        assert_eq!(statuses(&answers), (1, 15));
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!((refused.status, &refused.json()["scimType"]), (409, &json!("uniqueness")));
        }
    }
    let listed = serving.client().get(&format!("{USERS}?count=0")).json();
    assert_eq!(listed["totalResults"], 3);
}

#[test]
fn of_changes_to_the_same_version_one_wins() {
    let (_folder, serving) = serving();
    let mut client = serving.client();
    let path = format!("{USERS}/{}", client.post(USERS, &user("ana")).is(201).id());
    for round in 0..5 {
        let etag = client.get(&path).is(200).header("etag").unwrap().to_owned();
        let work = (0..12).map(|number| {
            let (path, etag, title) = (path.clone(), etag.clone(), format!("{round}-{number}"));
            move |client: &mut Client| {
                let headers = [("If-Match", etag.as_str())];
                // A PUT and a PATCH are no different.
                let (method, body) = if number % 2 == 0 {
                    let change = json!([{"op": "replace", "path": "title", "value": title}]);
                    ("PATCH", patch(&change))
                } else {
                    let mut body = user("ana");
                    body["title"] = json!(title);
                    ("PUT", body)
                };
                (title, client.send(method, &path, Some(&body), &headers).unwrap())
            }
        });
        let (titles, answers): (Vec<_>, Vec<_>) =
            together(&serving, work.collect()).into_iter().unzip();
        assert_eq!(statuses(&answers), (1, 11), "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 412)), "{answers:?}");
        let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
        assert_eq!(client.get(&path).json()["title"], json!(titles[winner]));
    }
}

#[test]
fn slow_clients_keep_nobody_waiting() {
    let (_folder, serving) = serving();
    let request = serving.client().request("POST", USERS, Some(&user("slow")), &[]);
    // Half a head, and half a body.
    let slow: Vec<_> = (0..64)
        .map(|number| {
            let mut stream = connect(&serving.address).unwrap();
            let sent = if number % 2 == 0 { 20 } else { request.len() - 5 };
            stream.write_all(&request[..sent]).unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    let mut client = serving.client();
    for number in 0..20 {
        client.post(USERS, &user(&format!("quick{number}"))).is(201);
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // Who ends the request late is served too.
    let mut one = slow.into_iter().nth(1).unwrap();
    one.write_all(&request[request.len() - 5..]).unwrap();
    let mut start = [0; 12];
    one.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 201");
}

#[test]
fn a_client_that_goes_away_leaves_a_whole_write_or_none() {
    let (folder, serving) = serving();
    let mut client = serving.client();
    let people: Vec<String> = (0..3)
        .map(|number| client.post(USERS, &user(&format!("m{number}"))).is(201).id())
        .collect();
    for number in 0..40 {
        let body = group(&format!("g{number}"), &people);
        let request = client.request("POST", GROUPS, Some(&body), &[]);
        let mut stream = connect(&serving.address).unwrap();
        // A part of the body, or all of it, and nobody who waits for the answer.
        let sent = if number % 2 == 0 { request.len() } else { request.len() - 10 };
        stream.write_all(&request[..sent]).unwrap();
        drop(stream);
    }
    let until = Instant::now() + Duration::from_secs(5);
    let mut before = None;
    loop {
        thread::sleep(Duration::from_millis(300));
        let listed = client.get(&format!("{GROUPS}?count=1000")).is(200).json();
        if before.as_ref() == Some(&listed["totalResults"]) {
            let groups = listed["Resources"].as_array().cloned().unwrap_or_default();
            for group in &groups {
                let number: u64 = group["displayName"].as_str().unwrap()[1..].parse().unwrap();
                assert_eq!(number % 2, 0, "half a request was carried out: {group:#}");
                assert_eq!(group["members"].as_array().unwrap().len(), 3, "{group:#}");
            }
            break;
        }
        assert!(Instant::now() < until, "no end of it");
        before = Some(listed["totalResults"].clone());
    }
    let ran = folder.run("db check --database p.db");
    assert_eq!(ran.code(), 0, "{ran}");
}
