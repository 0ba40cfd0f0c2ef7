//! The same requests to any SCIM server, as quickly as it answers.

use serde_json::Value;

use crate::client::{Client, Target};
use crate::measure::{Facts, flood};
use crate::requests::{create, first_page, look_up, patch_user, read};

const CONNECTIONS: usize = 4;

pub(crate) async fn run(url: &str, token: &str, count: usize) {
    let rest = url.strip_prefix("http://").expect("a URL that starts with http://");
    let (address, base) = rest.split_once('/').unwrap_or((rest, ""));
    let base = if base.is_empty() { String::new() } else { format!("/{base}") };
    let target = Target { address: address.to_owned(), base, token: token.to_owned() };
    let mut facts = Facts { run: "p".to_owned(), ..Facts::default() };
    let created = flood(&target, &facts, create, count, CONNECTIONS).await;
    let mut client = Client::connect(&target).await;
    let list = client.expect(&[200], "GET", "/Users?count=100", "").await.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for one in list["Resources"].as_array().into_iter().flatten() {
        facts.users.push(text(&one["id"]));
        facts.user_names.push(text(&one["userName"]));
    }
    println!("{url}, {count} users, {CONNECTIONS} connections, requests a second:");
    println!("  create               {created:.0}");
    for (name, make, requests) in [
        ("read by id", read as crate::measure::Make, count),
        ("look-up by userName", look_up, count.min(2_000)),
        ("page of 100", first_page, count.min(200)),
        ("PATCH of one user", patch_user, count.min(2_000)),
    ] {
        let rate = flood(&target, &facts, make, requests, CONNECTIONS).await;
        println!("  {name:20} {rate:.0}");
    }
}
