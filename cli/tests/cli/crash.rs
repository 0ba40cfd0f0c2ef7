//! The server is killed at random moments while clients write: what it acknowledged is there
//! afterwards, and nothing is half done.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::run::Folder;
use super::serving::{Client, RULES, Random, Serving, group, patch, refer, user};

const USERS: &str = "/scim/v2/Users";
const GROUPS: &str = "/scim/v2/Groups";
/// How long all rounds together may take.
const TIME: Duration = Duration::from_secs(15);
const ROUNDS: u64 = 6;
const WRITERS: u64 = 4;

/// What one client knows for sure.
#[derive(Default)]
struct Known {
    /// Users that are there, by id: their title, and how often it was changed.
    users: BTreeMap<String, Person>,
    deleted: BTreeSet<String>,
    group: Option<String>,
    members: BTreeSet<String>,
    /// How often the group's members were changed.
    changes: u64,
    /// The write that was not answered.
    open: Option<Open>,
    next: u64,
}

#[derive(Default, Clone)]
struct Person {
    title: Option<String>,
    changes: u64,
}

/// A write of which nobody knows whether it was done.
enum Open {
    Create(String),
    Group,
    Title(String, String),
    Delete(String),
    Members(BTreeSet<String>),
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_nothing_is_half_done() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = now.as_secs() ^ u64::from(now.subsec_nanos());
    eprintln!("seed {seed}");
    let mut random = Random(seed);
    let folder = Folder::with(&[("sales.rules", RULES)]);
    let began = Instant::now();
    let mut writers: Vec<Known> = (0..WRITERS).map(|_| Known::default()).collect();
    let (mut rounds, mut writes) = (0, 0);
    while rounds < ROUNDS && began.elapsed() < TIME {
        let serving = Serving::start(&folder, &["--rules", "sales.rules"]);
        look(&folder, &serving, &mut writers);
        let clients: Vec<_> = writers
            .drain(..)
            .enumerate()
            .map(|(writer, known)| {
                let (client, seed) = (serving.client(), random.below(u64::MAX));
                thread::spawn(move || write(writer, known, client, Random(seed)))
            })
            .collect();
        thread::sleep(Duration::from_millis(100 + random.below(900)));
        serving.kill();
        for client in clients {
            let (known, written) = client.join().unwrap();
            writers.push(known);
            writes += written;
        }
        rounds += 1;
    }
    let serving = Serving::start(&folder, &["--rules", "sales.rules"]);
    look(&folder, &serving, &mut writers);
    assert!(serving.stop().success());
    assert_eq!(folder.run("db check --database p.db").code(), 0);
    eprintln!("{writes} writes were acknowledged in {rounds} rounds");
    assert!(rounds >= 2 && writes > 20, "too little was tried: {rounds} rounds, {writes} writes");
}

/// Writes until the server is gone; gives what is known then, and how many writes were done.
fn write(writer: usize, mut known: Known, mut client: Client, mut random: Random) -> (Known, u64) {
    let mut done = 0;
    loop {
        let (method, path, body, open) = next(writer, &mut known, &mut random);
        known.open = Some(open);
        let Ok(answer) = client.send(method, &path, body.as_ref(), &[]) else {
            return (known, done);
        };
        assert!(answer.status < 300, "{method} {path}: {answer:?}");
        done += 1;
        let id = if method == "POST" { answer.id() } else { String::new() };
        let open = known.open.take().unwrap();
        known.acknowledge(open, id);
    }
}

/// The next request of a writer.
fn next(
    writer: usize,
    known: &mut Known,
    random: &mut Random,
) -> (&'static str, String, Option<Value>, Open) {
    known.next += 1;
    let number = known.next;
    let Some(of) = &known.group else {
        return ("POST", GROUPS.to_owned(), Some(group("Pilot", &[])), Open::Group);
    };
    let outside: Vec<&String> =
        known.users.keys().filter(|id| !known.members.contains(*id)).collect();
    let at = |from: &[&String], random: &mut Random| {
        from[usize::try_from(random.below(from.len() as u64)).unwrap()].clone()
    };
    match random.below(8) {
        0 if !outside.is_empty() => {
            let id = at(&outside, random);
            ("DELETE", format!("{USERS}/{id}"), None, Open::Delete(id))
        }
        1 | 2 if !outside.is_empty() => {
            let (id, title) = (at(&outside, random), format!("title {number}"));
            let body = patch(&json!([{"op": "replace", "path": "title", "value": title}]));
            ("PATCH", format!("{USERS}/{id}"), Some(body), Open::Title(id, title))
        }
        3 | 4 if outside.len() >= 3 => {
            let three: Vec<String> = outside.into_iter().take(3).cloned().collect();
            let body = patch(&json!([{"op": "add", "path": "members", "value": refer(&three)}]));
            let members = known.members.iter().cloned().chain(three).collect();
            ("PATCH", format!("{GROUPS}/{of}"), Some(body), Open::Members(members))
        }
        5 if known.members.len() >= 3 => {
            let three: Vec<String> = known.members.iter().take(3).cloned().collect();
            let body = patch(&json!([{"op": "remove", "path": "members", "value": refer(&three)}]));
            let members = known.members.iter().filter(|id| !three.contains(id)).cloned().collect();
            ("PATCH", format!("{GROUPS}/{of}"), Some(body), Open::Members(members))
        }
        _ => {
            let name = format!("writer{writer}-{number}");
            ("POST", USERS.to_owned(), Some(user(&name)), Open::Create(name))
        }
    }
}

impl Known {
    /// A write was done.
    fn acknowledge(&mut self, open: Open, id: String) {
        match open {
            Open::Create(_) => {
                self.users.insert(id, Person::default());
            }
            Open::Group => self.group = Some(id),
            Open::Title(id, title) => {
                let person = self.users.get_mut(&id).unwrap();
                person.title = Some(title);
                person.changes += 1;
            }
            Open::Delete(id) => {
                self.users.remove(&id);
                self.deleted.insert(id);
            }
            Open::Members(members) => {
                self.members = members;
                self.changes += 1;
            }
        }
    }
}

/// Everything that a server knows, after it was started again.
struct Seen {
    users: BTreeMap<String, Value>,
    groups: BTreeMap<String, Value>,
    /// Numbers of entries of the audit trail by resource and what happened.
    audit: BTreeMap<(String, String), u64>,
    /// Numbers of entries of the change feed by user and event.
    feed: BTreeMap<(String, String), u64>,
}

fn look(folder: &Folder, serving: &Serving, writers: &mut [Known]) {
    let mut client = serving.client();
    let seen = Seen {
        users: resources(&mut client, USERS),
        groups: resources(&mut client, GROUPS),
        audit: entries(&mut client, "audit", "what"),
        feed: entries(&mut client, "changes", "event"),
    };
    for known in writers.iter_mut() {
        seen.settle(known);
        seen.compare(known);
    }
    let users: usize = writers.iter().map(|known| known.users.len()).sum();
    let groups = writers.iter().filter(|known| known.group.is_some()).count();
    assert_eq!((seen.users.len(), seen.groups.len()), (users, groups), "nobody else is there");
    let ran = folder.run("db check --database p.db");
    assert_eq!(ran.code(), 0, "{ran}");
}

impl Seen {
    /// Finds out what became of the write that was not answered: it was done or it was not.
    fn settle(&self, known: &mut Known) {
        let Some(open) = known.open.take() else { return };
        let of = known.group.clone().unwrap_or_default();
        let (done, id) = match &open {
            Open::Create(name) => {
                let found = self.users.iter().find(|(_, user)| user["userName"] == json!(name));
                (found.is_some(), found.map(|(id, _)| id.clone()).unwrap_or_default())
            }
            Open::Group => {
                // Of two writers each may have one open: any that is nobody's yet.
                let found = self.groups.keys().find(|id| self.is_free(id));
                (found.is_some(), found.cloned().unwrap_or_default())
            }
            Open::Title(id, title) => (self.users[id]["title"] == json!(title), String::new()),
            Open::Delete(id) => (!self.users.contains_key(id), String::new()),
            Open::Members(members) => (self.members(&of) == *members, String::new()),
        };
        if done {
            known.acknowledge(open, id);
        }
    }

    /// Whether a group has no members and was never changed.
    fn is_free(&self, group: &str) -> bool {
        self.members(group).is_empty() && self.count(&self.audit, group, "membersChanged") == 0
    }

    fn members(&self, group: &str) -> BTreeSet<String> {
        let members = self.groups[group]["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|one| one["value"].as_str().unwrap().to_owned()).collect()
    }

    fn count(&self, of: &BTreeMap<(String, String), u64>, about: &str, what: &str) -> u64 {
        of.get(&(about.to_owned(), what.to_owned())).copied().unwrap_or(0)
    }

    fn compare(&self, known: &Known) {
        let entitlements = "urn:provisor:params:scim:schemas:extension:entitlements:1.0:User";
        for (id, person) in &known.users {
            let user = self.users.get(id).unwrap_or_else(|| panic!("the user {id} is lost"));
            assert_eq!(user["title"].as_str(), person.title.as_deref(), "{user:#}");
            assert_eq!(user[entitlements]["assignment"], "Sales", "{user:#}");
            let seats: Vec<&str> = user[entitlements]["seats"]
                .as_array()
                .unwrap()
                .iter()
                .map(|seat| seat["value"].as_str().unwrap())
                .collect();
            // The decision is that of the groups, in the same transaction.
            assert_eq!(seats.contains(&"forecast"), known.members.contains(id), "{user:#}");
            assert_eq!(self.count(&self.audit, id, "userCreated"), 1, "{id}");
            assert_eq!(self.count(&self.feed, id, "userCreated"), 1, "{id}");
            assert_eq!(self.count(&self.audit, id, "userUpdated"), person.changes, "{id}");
        }
        for id in &known.deleted {
            assert!(!self.users.contains_key(id), "the user {id} is back");
            assert_eq!(self.count(&self.audit, id, "userDeleted"), 1, "{id}");
            assert_eq!(self.count(&self.feed, id, "userDeleted"), 1, "{id}");
        }
        if let Some(group) = &known.group {
            assert!(self.groups.contains_key(group), "the group {group} is lost");
            assert_eq!(self.members(group), known.members, "members of {group}");
            assert_eq!(self.count(&self.audit, group, "membersChanged"), known.changes, "{group}");
        }
    }
}

/// Every resource of an endpoint by its id.
fn resources(client: &mut Client, path: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    loop {
        let start = found.len() + 1;
        let page = client.get(&format!("{path}?startIndex={start}&count=1000")).is(200).json();
        let listed = page["Resources"].as_array().cloned().unwrap_or_default();
        for resource in &listed {
            found.insert(resource["id"].as_str().unwrap().to_owned(), resource.clone());
        }
        if listed.is_empty() || found.len() as u64 >= page["totalResults"].as_u64().unwrap() {
            return found;
        }
    }
}

/// Counts the entries of a log; their numbers have no gaps.
fn entries(client: &mut Client, log: &str, what: &str) -> BTreeMap<(String, String), u64> {
    let (mut counts, mut last) = (BTreeMap::new(), 0);
    loop {
        let page = client.get(&format!("/admin/v1/{log}?limit=1000&after={last}")).is(200).json();
        let entries = page["entries"].as_array().unwrap();
        if entries.is_empty() {
            return counts;
        }
        for entry in entries {
            assert_eq!(entry["number"], json!(last + 1), "a gap in {log}");
            last += 1;
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            *counts.entry((text("about"), text(what))).or_insert(0) += 1;
        }
    }
}
