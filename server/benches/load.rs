//! How the server does with many people, over loopback, as a process of its own:
//!
//! ```text
//! cargo build --release -p provisor-cli
//! cargo build --release -p provisor-server --example fill
//! cargo bench -p provisor-server --bench load -- scale 10000 100000 1000000
//! cargo bench -p provisor-server --bench load -- load 100000
//! cargo bench -p provisor-server --bench load -- peer http://127.0.0.1:8000/v2 TOKEN 2000
//! ```
//!
//! `scale` fills a store and measures single operations at a steady rate; `load` creates people
//! through SCIM, one by one and by bulk; `peer` floods any SCIM server with the same requests.
//! Nothing here asserts a time; it prints tables.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark stops where it cannot go on, and prints"
)]

#[path = "load/client.rs"]
mod client;
#[path = "load/disk.rs"]
mod disk;
#[path = "load/measure.rs"]
mod measure;
#[path = "load/peer.rs"]
mod peer;
#[path = "load/requests.rs"]
mod requests;
#[path = "load/scale.rs"]
mod scale;
#[path = "load/server.rs"]
mod server;
#[path = "load/through.rs"]
mod through;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.replace('_', "").parse::<usize>().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads");
    match words.as_slice() {
        ["scale", counts @ ..] if !counts.is_empty() => {
            let counts: Vec<usize> = counts.iter().map(|word| number(word)).collect();
            runtime.block_on(scale::run(&counts));
        }
        ["load", count] => runtime.block_on(through::run(number(count))),
        ["peer", url, token, count] => runtime.block_on(peer::run(url, token, number(count))),
        // `cargo bench` of everything must not take minutes.
        _ => println!("say what to measure: scale N…, load N, peer URL TOKEN N"),
    }
}
