//! Cleaning up after a run whose answers were lost: nothing is called gone that was not looked for.

use provisor_conformance::clean::{Cleaned, clean};
use provisor_conformance::http::{self, ClientError};
use provisor_conformance::journal::{Left, Past};
use provisor_conformance::run::Endpoint;
use provisor_conformance::scenario::Credential;
use serde_json::{Value, json};

use super::small::{Asked, Kept, Reply, Small, error, reply};

/// A run that asked for a group and never had an answer.
async fn cleaned(server: &Small) -> Result<Cleaned, ClientError> {
    cleaned_of(server, &["pvc1"]).await
}

/// The same of a run that was begun so many times.
async fn cleaned_of(server: &Small, marks: &[&str]) -> Result<Cleaned, ClientError> {
    let lost = vec![("/Groups".to_owned(), Credential::Main)];
    let past = Past {
        url: server.url.clone(),
        marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
        left: Left { there: Vec::new(), lost },
        ..Past::default()
    };
    let endpoint = Endpoint::new(&server.url).bearer("secret-of-the-test");
    clean(endpoint, &past, None, http::Options::default()).await
}

fn makes(server: &Small, name: &str) {
    let body = json!({ "displayName": name }).to_string();
    server.kept.lock().unwrap().make("Groups", &body);
}

fn no_filter(asked: &Asked) -> Option<Reply> {
    asked.query.contains("filter=").then(|| reply(200, &json!({ "totalResults": 0 })))
}

/// A page as RFC 7644, 3.4.2.4 has it, of all that there is.
fn page(asked: &Asked, kept: &Kept) -> Option<Reply> {
    let number = |name: &str| {
        let value = asked.query.split('&').find_map(|one| one.strip_prefix(name))?;
        value.parse::<usize>().ok()
    };
    let (start, count) = (number("startIndex=")?, number("count=")?);
    let all: Vec<&Value> = kept.resources.values().collect();
    let shown: Vec<&Value> = all.iter().skip(start - 1).take(count).copied().collect();
    Some(reply(200, &json!({ "totalResults": all.len(), "Resources": shown })))
}

#[tokio::test]
async fn a_filter_that_finds_nothing_is_not_believed() {
    let server = Small::with(|asked, _| no_filter(asked)).await;
    makes(&server, "else");
    makes(&server, "pvc1-0059-team");
    assert_eq!(cleaned(&server).await.unwrap().gone, ["/Groups/2"]);
    assert_eq!(server.there(), ["/Groups/1"]);

    let server = Small::with(|asked, kept| no_filter(asked).or_else(|| page(asked, kept))).await;
    for number in 0..150 {
        makes(&server, &format!("else-{number}"));
    }
    makes(&server, "pvc1-0059-team");
    let cleaned = cleaned(&server).await.unwrap();
    assert_eq!((cleaned.gone, cleaned.unsearched.len()), (vec!["/Groups/151".to_owned()], 0));
}

#[tokio::test]
async fn a_filter_that_is_known_to_work_is_believed() {
    let server = Small::with(|asked, kept| page(asked, kept)).await;
    for number in 0..950 {
        makes(&server, &format!("else-{number}"));
    }
    assert_eq!(cleaned(&server).await.unwrap(), Cleaned::default());
    assert_eq!(server.count("GET /Groups"), 3, "a page, the filter, and a look whether it filters");
}

#[tokio::test]
async fn a_run_that_went_on_is_looked_for_by_all_its_marks_together() {
    let marks = ["pvc1", "pvc2"];
    let many = |server: &Small| {
        for number in 0..150 {
            makes(server, &format!("else-{number}"));
        }
        makes(server, "pvc1-0059-team");
        makes(server, "pvc2-0059-team");
    };
    let both = ["/Groups/151", "/Groups/152"];
    let server = Small::with(|asked, kept| page(asked, kept)).await;
    many(&server);
    assert_eq!(cleaned_of(&server, &marks).await.unwrap().gone, both);
    assert_eq!(server.count("GET /Groups"), 3, "a page, and the filter twice");

    let server = Small::with(|asked, kept| no_filter(asked).or_else(|| page(asked, kept))).await;
    many(&server);
    assert_eq!(cleaned_of(&server, &marks).await.unwrap().gone, both);
    assert_eq!(server.count("GET /Groups"), 5, "a page, a filter, whether it filters, both pages");
}

#[tokio::test]
async fn what_cannot_be_looked_at_as_a_whole_is_told() {
    // A list that never ends, one that gives the same page again and again, and one that is refused.
    let endless = |asked: &Asked, kept: &mut Kept| {
        let list = asked.method == "GET" && asked.path == "/Groups";
        let id = kept.seen.len().to_string();
        list.then(|| reply(200, &json!({ "totalResults": 9_000_000, "Resources": [{ "id": id }] })))
    };
    let again = |asked: &Asked, _: &mut Kept| {
        let list = asked.method == "GET" && asked.path == "/Groups";
        list.then(|| reply(200, &json!({ "totalResults": 3, "Resources": [{ "id": "1" }] })))
    };
    let refused =
        |asked: &Asked, _: &mut Kept| (asked.path == "/Groups").then(|| error(403, "not yours"));
    for server in [Small::with(endless).await, Small::with(again).await, Small::with(refused).await]
    {
        assert_eq!(cleaned(&server).await.unwrap().unsearched, ["/Groups"]);
    }
}

#[tokio::test]
async fn a_credential_that_is_not_accepted_is_told() {
    let server = Small::with(|_, _| Some(error(401, "who are you"))).await;
    let told = cleaned(&server).await.unwrap_err().message;
    assert!(told.contains("does not accept the credential"), "{told}");
    let past = Past { url: server.url.clone(), ..Past::default() };
    let nobody = clean(Endpoint::new(&server.url), &past, None, http::Options::default()).await;
    let told = nobody.unwrap_err().message;
    assert!(told.contains("no credential was given"), "{told}");
    let twice = Endpoint::new(&server.url).bearer("Bearer secret-of-the-test");
    let told = clean(twice, &past, None, http::Options::default()).await.unwrap_err().help;
    assert!(told.unwrap().contains("begins with `Bearer `"));
}
