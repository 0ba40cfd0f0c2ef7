//! People created through SCIM, beside what the disk can do.

use std::time::Instant;

use crate::client::{Client, Target};
use crate::disk::fsyncs_a_second;
use crate::measure::{Facts, flood};
use crate::requests::{create, user};
use crate::server::{Server, release};

const BULK: usize = 1_000;

pub(crate) async fn run(users: usize) {
    let folder = release().join("../bench");
    std::fs::create_dir_all(&folder).expect("a folder");
    println!("fsync of 4 KB, one after another: {:.0} a second", fsyncs_a_second(&folder));
    println!("| {users} users | requests/s | users/s | resident MB (peak) |\n|---|---|---|---|");
    for connections in [1, 8, 32] {
        let database = fresh(&folder, &format!("load-{connections}"));
        let server = Server::start(&database, &[]).await;
        // One connection waits for each fsync; a tenth is enough to know its rate.
        let count = if connections == 1 { users / 10 } else { users };
        let facts = Facts { run: "l".to_owned(), ..Facts::default() };
        let rate = flood(&server.target, &facts, create, count, connections).await;
        let memory = server.memory();
        println!(
            "| one by one, {connections} connections | {rate:.0} | {rate:.0} | {:.0} ({:.0}) |",
            memory.0, memory.1
        );
    }
    let database = fresh(&folder, "load-bulk");
    let server = Server::start(&database, &[]).await;
    let rate = bulk(&server.target, users).await;
    let memory = server.memory();
    println!(
        "| bulk of {BULK} | {:.1} | {rate:.0} | {:.0} ({:.0}) |",
        rate / BULK as f64,
        memory.0,
        memory.1
    );
}

async fn bulk(target: &Target, users: usize) -> f64 {
    let mut client = Client::connect(target).await;
    let begun = Instant::now();
    for start in (0..users).step_by(BULK) {
        let operations: Vec<String> = (start..(start + BULK).min(users))
            .map(|n| {
                let data = user(&format!("bulk-{n}"));
                format!(r#"{{"method":"POST","bulkId":"b{n}","path":"/Users","data":{data}}}"#)
            })
            .collect();
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{}]}}"#,
            operations.join(",")
        );
        let answer = client.expect(&[200], "POST", "/Bulk", &body).await.json();
        let created = answer["Operations"].as_array().into_iter().flatten();
        assert!(created.into_iter().all(|one| one["status"] == "201"), "every user is created");
    }
    users as f64 / begun.elapsed().as_secs_f64()
}

fn fresh(folder: &std::path::Path, name: &str) -> std::path::PathBuf {
    for ending in ["db", "db-wal", "db-shm", "db.token"] {
        let _ = std::fs::remove_file(folder.join(format!("{name}.{ending}")));
    }
    folder.join(format!("{name}.db"))
}
