//! A person who is walked through, and watching.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use provisor_judge::action::{Step, plan};
use provisor_judge::contract;
use provisor_judge::drive::{Acted, Acting, Details, Guided, Source};
use provisor_judge::misbehave::Misbehaviour;
use provisor_judge::provider::{Options, Provider};
use provisor_judge::report::{report, secrets};
use provisor_judge::run::{Event, Patience, run, watch};
use tokio::sync::{mpsc, oneshot};

use crate::wire::{request, send, status};

const BOB: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob.ruiz@acme.example","name":{"givenName":"Bob","familyName":"Ruiz"}}"#;

async fn provider() -> (Provider, Details) {
    let contract = contract::built_in("rfc7644").unwrap();
    let options = Options { port: 0, contract, tls: false, ca_file: None, token_lifetime: None };
    let provider = Provider::start(options).await.unwrap();
    let details = Details {
        base_url: provider.base_url(),
        token: provider.token().map(str::to_owned),
        contract: "rfc7644".to_owned(),
        ..Details::default()
    };
    (provider, details)
}

/// What the person is asked next.
async fn next(said: Receiver<String>) -> (String, Receiver<String>) {
    loop {
        match said.try_recv() {
            Ok(text) if text.contains(" of 3: ") => return (text, said),
            Ok(_) => {}
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

#[tokio::test]
async fn a_person_is_walked_through_and_a_change_that_arrives_ends_its_step() {
    let (provider, details) = provider().await;
    let steps = plan(|_| false, &[], 0);
    let (sender, lines) = mpsc::channel(4);
    let (asked, said) = std::sync::mpsc::channel::<String>();
    let mut source = Guided::new(move |text| asked.send(text.to_owned()).unwrap(), lines, 3);
    let token = details.token.clone().unwrap();
    let base_url = details.base_url.clone();
    let person = tokio::spawn(async move {
        let (first, said) = next(said).await;
        assert!(first.starts_with("1 of 3: create a person: userName bob.ruiz@acme.example"));
        send(&base_url, &request("POST", "/scim/v2/Users", &token, BOB)).await;
        // Nobody says anything: it arrived.
        let (_, said) = next(said).await;
        sender.send("s".to_owned()).await.unwrap();
        let (_, said) = next(said).await;
        sender.send("q".to_owned()).await.unwrap();
        said
    });
    let patience = Patience::default();
    let outcome = run(&provider, &details, steps, &mut source, patience, None, |_| {}).await;
    person.await.unwrap();
    assert!(outcome.steps[0].arrived);
    assert!(outcome.steps[1].skipped.is_some());
    assert_eq!(outcome.steps.len(), 2);
    assert!(outcome.interrupted.is_some());
    provider.stop().await;
}

#[tokio::test]
async fn reads_alone_end_no_step_and_what_is_no_answer_is_asked_again() {
    let (provider, details) = provider().await;
    let steps = plan(|_| false, &[], 0);
    let (sender, lines) = mpsc::channel(4);
    let (asked, said) = std::sync::mpsc::channel::<String>();
    let mut source = Guided::new(move |text| asked.send(text.to_owned()).unwrap(), lines, 3);
    let (token, base_url) = (details.token.clone().unwrap(), details.base_url.clone());
    let hears = async |said: Receiver<String>, words: &str| loop {
        match said.try_recv() {
            Ok(text) if text.contains(words) => return said,
            Ok(_) => {}
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    let person = async {
        let said = hears(said, "1 of 3: ").await;
        // A product that looks whether it reaches the provider.
        let target = "/scim/v2/ServiceProviderConfig";
        send(&base_url, &request("GET", target, &token, "")).await;
        let said = hears(said, "1 request came, and it changes nothing").await;
        sender.send("help".to_owned()).await.unwrap();
        let said = hears(said, "\"help\" is no answer. Enter: it is done").await;
        sender.send(String::new()).await.unwrap();
        let said = hears(said, "2 of 3: ").await;
        // A change that is refused is one.
        send(&base_url, &request("POST", "/scim/v2/Users", &token, "{}")).await;
        let said = hears(said, "3 of 3: ").await;
        // Nobody is there any more.
        drop((sender, said));
    };
    let patience = Patience { quiet: Duration::from_millis(300), ..Patience::default() };
    let running = run(&provider, &details, steps, &mut source, patience, None, |_| {});
    let (outcome, ()) = tokio::join!(running, person);
    let arrived: Vec<bool> = outcome.steps.iter().map(|step| step.arrived).collect();
    assert_eq!(arrived, [false, false]);
    assert!(outcome.interrupted.is_some());
    provider.stop().await;
}

#[tokio::test]
async fn watching_judges_what_comes_and_reports_without_secrets() {
    let (provider, details) = provider().await;
    let token = details.token.clone().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watching = async {
        let end = async {
            let _ = ended.await;
        };
        let note = |event: &Event<'_>| {
            if let Event::Found(one) = event {
                seen.lock().unwrap().push(one.rule.id);
            }
        };
        watch(&provider, None, end, note).await
    };
    let pushing = async {
        let target = "/scim/v2/Users?filter=userName+eq+bob";
        send(&provider.base_url(), &request("GET", target, &token, "")).await;
        // What `provisor replay --verify` reads is not the source's.
        let read = request("GET", "/scim/v2/Users?startIndex=0", &token, "");
        let read = read.replace("test/1", provisor_clients::client::ANOTHER_HAND);
        send(&provider.base_url(), &read).await;
        // It is told before the end.
        while !seen.lock().unwrap().contains(&"filter/quoted") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        end.send(()).unwrap();
    };
    let (outcome, ()) = tokio::join!(watching, pushing);
    assert_eq!(outcome.log.of("filter/quoted").len(), 1);
    assert_eq!((outcome.exchanges.len(), outcome.not_judged), (1, 1));
    assert!(outcome.log.of("paging/start").is_empty(), "{:?}", outcome.log.findings);
    let throttled = Misbehaviour::find("throttled-seconds").unwrap();
    let report = report(&outcome, &details, provider.contract(), &[throttled]);
    let report = report.redacted(&secrets(&details));
    assert_eq!(report.subject, "test/1");
    let text = serde_json::to_string(&report).unwrap();
    assert!(!text.contains(&token), "the token is in the report");
    assert!(report.entry("filter/quoted").is_some() && !report.conforms());
    // What never came is not exercised, and not passed.
    let entry = report.entry("patch/op-case").unwrap();
    assert_eq!(entry.verdict.as_str(), "not exercised");
    // Neither is what follows a bad answer, and the run did not end before one.
    let reason = report.entry("reaction/waits").unwrap().reason.clone().unwrap();
    assert!(reason.contains("--watch") && !reason.contains("ended"), "{reason}");
    provider.stop().await;
}

/// A source that ends when it is refused, as a job of a scheduler does.
struct Job;

impl Source for Job {
    fn act<'a>(&'a mut self, step: &'a Step, details: &'a Details, _again: bool) -> Acting<'a> {
        Box::pin(async move {
            let token = details.token.clone().unwrap();
            let person = step.person().unwrap();
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{}"}}"#,
                person.user_name
            );
            let create = request("POST", "/scim/v2/Users", &token, &body);
            match status(&send(&details.base_url, &create).await) {
                201 => Acted::Done,
                other => Acted::Failed(format!("{other}")),
            }
        })
    }
}

#[tokio::test]
async fn a_source_that_ends_is_not_blamed_for_how_soon_the_judge_lets_it_run_again() {
    let (provider, details) = provider().await;
    let throttled = Misbehaviour::find("throttled-seconds").unwrap();
    let steps = plan(|_| false, &[throttled], 0);
    let outcome =
        run(&provider, &details, steps, &mut Job, Patience::default(), None, |_| {}).await;
    assert!(outcome.steps[3].arrived);
    let waits = &outcome.log.looked["reaction/waits"];
    assert_eq!(waits.times, 1);
    assert!(outcome.log.of("reaction/waits").is_empty(), "{:?}", outcome.log.of("reaction/waits"));
    provider.stop().await;
}

#[tokio::test]
async fn a_report_counts_the_requests_that_each_rule_was_looked_at_in() {
    let (provider, details) = provider().await;
    let steps = plan(|_| false, &[], 0);
    let outcome =
        run(&provider, &details, steps, &mut Job, Patience::default(), None, |_| {}).await;
    let report = report(&outcome, &details, provider.contract(), &[]);
    let requests = |id: &str| report.entry(id).unwrap().requests;
    assert_eq!(report.requests, 3);
    // Of each request, of steps as a whole, of a part that no request had.
    assert_eq!((requests("media/accept"), requests("action/create-user")), (3, 3));
    assert_eq!((requests("filter/grammar"), requests("action/add-members")), (0, 0));
    for entry in &report.entries {
        assert!(entry.requests <= report.requests, "{}", entry.id);
        let exercised = entry.verdict.as_str() != "not exercised";
        assert_eq!(entry.requests > 0, exercised, "{}", entry.id);
    }
    provider.stop().await;
}
