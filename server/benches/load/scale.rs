//! Single operations at different numbers of people: what grows, and how.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::client::Client;
use crate::measure::{Facts, Latencies, steady};
use crate::requests::OPERATIONS;
use crate::server::{Server, release};

/// People whose names and ids requests are made of, from all over the directory.
const SAMPLE: usize = 5_000;
const CONNECTIONS: usize = 4;
const SECONDS: f64 = 10.0;

struct Column {
    users: usize,
    ready: f64,
    memory: (f64, f64),
    latencies: Vec<Latencies>,
}

pub(crate) async fn run(counts: &[usize]) {
    let mut columns = Vec::new();
    for users in counts {
        columns.push(column(*users).await);
    }
    print!("| p50 / p99 / greatest in ms |");
    columns.iter().for_each(|column| print!(" {} users |", column.users));
    print!("\n|---|");
    columns.iter().for_each(|_| print!("---|"));
    println!();
    for (place, operation) in OPERATIONS.iter().enumerate() {
        print!("| {} ({}/s) |", operation.name, operation.per_second);
        for column in &columns {
            let latencies = &column.latencies[place];
            let (p50, p99) = (latencies.at(0.5), latencies.at(0.99));
            print!(" {p50:.2} / {p99:.2} / {:.2} |", latencies.at(1.0));
        }
        println!();
    }
    print!("| start until ready, ms |");
    columns.iter().for_each(|column| print!(" {:.0} |", column.ready));
    print!("\n| resident at the end (peak), MB |");
    columns.iter().for_each(|column| print!(" {:.0} ({:.0}) |", column.memory.0, column.memory.1));
    println!();
}

async fn column(users: usize) -> Column {
    let folder = release().join("../bench");
    std::fs::create_dir_all(&folder).expect("a folder");
    let database = filled(&folder, users);
    let server = Server::start(&database, &[]).await;
    let facts = facts(&server, users).await;
    let mut latencies = Vec::new();
    for operation in OPERATIONS {
        let requests = (operation.per_second * SECONDS) as usize;
        let (make, rate) = (operation.make, operation.per_second);
        // What is read for the first time comes from the disk.
        steady(&server.target, &facts, make, rate, requests / 5, CONNECTIONS).await;
        let facts = Facts { run: format!("{}m", facts.run), ..facts.clone() };
        latencies.push(steady(&server.target, &facts, make, rate, requests, CONNECTIONS).await);
    }
    let ready = server.ready_after.as_secs_f64() * 1000.0;
    Column { users, ready, memory: server.memory(), latencies }
}

/// The database with so many people, made once.
fn filled(folder: &Path, users: usize) -> PathBuf {
    let database = folder.join(format!("{users}.db"));
    if !database.exists() {
        let groups = (users / 100).clamp(10, 10_000);
        let fill = release().join("examples/fill");
        let status = Command::new(&fill)
            .arg(&database)
            .args([users.to_string(), groups.to_string()])
            .status()
            .expect("the example `fill`; build it first");
        assert!(status.success());
    }
    database
}

/// People from all over, the smallest and the largest of some groups, and a cursor deep in the list.
async fn facts(server: &Server, users: usize) -> Facts {
    let mut client = Client::connect(&server.target).await;
    let mut facts = Facts { run: format!("{}", std::process::id()), ..Facts::default() };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut cursor = String::new();
    let pages = users.div_ceil(1000);
    for page in 0..pages {
        let wanted = page % (pages / 50).max(1) == 0;
        let show = if wanted { "userName" } else { "id" };
        let path = format!("/Users?count=1000&attributes={show}&cursor={cursor}");
        let json = client.expect(&[200], "GET", &path, "").await.json();
        let resources = json["Resources"].as_array().cloned().unwrap_or_default();
        let step = (SAMPLE / 50).min(resources.len()).max(1);
        for one in resources.iter().step_by((resources.len() / step).max(1)).filter(|_| wanted) {
            facts.users.push(text(&one["id"]));
            facts.user_names.push(text(&one["userName"]));
        }
        if page * 10 >= pages * 8 && facts.deep_cursor.is_empty() {
            facts.deep_cursor = cursor.clone();
        }
        cursor = text(&json["nextCursor"]);
        if cursor.is_empty() {
            break;
        }
    }
    if facts.deep_cursor.is_empty() {
        facts.deep_cursor = cursor;
    }
    let path = "/Groups?count=20&excludedAttributes=members";
    let groups = client.expect(&[200], "GET", path, "").await.json();
    let ids: Vec<String> =
        groups["Resources"].as_array().into_iter().flatten().map(|one| text(&one["id"])).collect();
    // `fill` puts everybody into the first group.
    facts.large_group = ids.first().cloned().expect("groups");
    facts.small_group = ids.last().cloned().expect("groups");
    facts
}
