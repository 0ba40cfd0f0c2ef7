//! Endpoints that are broken: each a verdict, or a clear "cannot be tested", in bounded time.

use std::sync::atomic::{AtomicUsize, Ordering};

use provisor_conformance::http::FaultKind;
use provisor_conformance::report::Verdict;

use super::raw::{Does, Raw};
use super::small::{Reply, Small, reply};
use super::tell::{MAKES, READS, entry, fire, found, scenario, times, verdicts};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/scim+json\r\n";

/// What is found where reading `/Users/1` meets this; everything else behaves.
async fn reading(does: Does) -> (Verdict, String) {
    let server = Raw::at_one_place(does).await;
    let report = fire(&server.url, vec![scenario(READS)]).await.unwrap();
    let entry = entry(&report, "t/reads");
    (entry.verdict, format!("{}{}", found(entry), entry.reason.clone().unwrap_or_default()))
}

#[tokio::test]
async fn nobody_is_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/scim", listener.local_addr().unwrap());
    drop(listener);
    let error = fire(&url, vec![scenario(READS)]).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Network);
    assert!(error.message.contains("cannot connect to 127.0.0.1"), "{}", error.message);
}

#[tokio::test]
async fn a_website_is_no_endpoint() {
    let server = Raw::start(|_| {
        Does::Writes("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\nconnection: close\r\n\r\n<html>hi</html>")
    })
    .await;
    let error = fire(&server.url, vec![scenario(READS)]).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Usage);
    assert!(error.message.contains("/Users gives 200 (text/html)"), "{}", error.message);
}

#[tokio::test]
async fn html_in_one_place_is_a_finding() {
    let html = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let (verdict, told) = reading(Does::Writes(html)).await;
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(told, "body: <html>\n");
}

#[tokio::test]
async fn a_body_that_never_ends_is_a_finding() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/scim+json\r\n\r\n";
    let (verdict, told) = reading(Does::WritesForEver(head, "                ")).await;
    assert_eq!(verdict, Verdict::Fail);
    assert!(told.contains("the answer does not end: it has more than 65536 bytes"), "{told}");
}

#[tokio::test]
async fn headers_that_never_end_are_a_finding() {
    let (verdict, told) = reading(Does::WritesForEver(HEAD, "x-more: and more\r\n")).await;
    assert_eq!(verdict, Verdict::Fail);
    assert!(told.contains("the answer is no HTTP"), "{told}");
}

#[tokio::test]
async fn what_is_no_http_is_a_finding() {
    for bytes in ["220 mail.example ESMTP\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
        let (verdict, told) = reading(Does::Writes(bytes)).await;
        assert_eq!(verdict, Verdict::Fail, "{bytes:?}: {told}");
        assert!(told.contains("the answer is no HTTP"), "{bytes:?}: {told}");
    }
}

#[tokio::test]
async fn a_body_shorter_than_it_says_is_a_finding() {
    let (verdict, told) =
        reading(Does::Writes("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}")).await;
    assert_eq!(verdict, Verdict::Fail);
    assert!(told.contains("the answer broke off"), "{told}");
}

#[tokio::test]
async fn no_answer_to_one_request_is_a_finding_where_others_are_answered() {
    let (verdict, told) = reading(Does::Closes).await;
    assert_eq!(verdict, Verdict::Fail);
    assert!(told.contains("closed without an answer, though others are answered"), "{told}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_no_verdict() {
    let (verdict, told) = reading(Does::Hangs).await;
    assert_eq!(verdict, Verdict::Error);
    assert!(told.contains("no complete answer within 0.7 s"), "{told}");
}

#[tokio::test]
async fn a_server_that_never_answers_cannot_be_tested() {
    let server = Raw::start(|_| Does::Hangs).await;
    let error = fire(&server.url, vec![scenario(READS)]).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Timeout);
}

#[tokio::test]
async fn a_server_that_closes_at_once_cannot_be_tested() {
    let server = Raw::start(|_| Does::Closes).await;
    let error = fire(&server.url, vec![scenario(READS)]).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Closed);
}

#[tokio::test]
async fn redirects_in_a_circle_are_a_finding() {
    let server = Small::with(|asked, _| {
        let headers = vec![("location", "/scim/Users/1".to_owned())];
        (asked.path == "/Users/1").then(|| Reply { status: 307, headers, body: String::new() })
    })
    .await;
    let report = fire(&server.url, vec![scenario(READS)]).await.unwrap();
    let entry = entry(&report, "t/reads");
    assert_eq!(entry.verdict, Verdict::Fail);
    assert!(found(entry).contains("redirects more than 5 times in a row"), "{}", found(entry));
    assert_eq!(server.count("GET /Users/1"), 6);
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_and_told() {
    let server = Small::with(|asked, _| match asked.path.as_str() {
        "/Users/1" => {
            let headers = vec![("location", "/scim/Users/1/".to_owned())];
            Some(Reply { status: 308, headers, body: String::new() })
        }
        "/Users/1/" => Some(reply(200, &serde_json::json!({ "id": "1" }))),
        _ => None,
    })
    .await;
    let report = fire(&server.url, vec![scenario(READS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Pass]);
    let told = "redirected within the origin, 1 times: 308 /scim/Users/1 to /scim/Users/1/";
    assert!(report.notes.iter().any(|note| note == told), "{:?}", report.notes);
}

#[tokio::test]
async fn a_token_goes_to_no_other_host() {
    let other = Raw::start(|_| Does::Behaves).await;
    let elsewhere = other.url.clone();
    let server = Small::with(move |asked, _| {
        let headers = vec![("location", format!("{elsewhere}/Users/1"))];
        (asked.path == "/Users/1").then(|| Reply { status: 307, headers, body: String::new() })
    })
    .await;
    let report = fire(&server.url, vec![scenario(READS)]).await.unwrap();
    assert_eq!(
        verdicts(&report, "t/reads"),
        [Verdict::Fail],
        "a redirect is an answer like others"
    );
    assert_eq!(other.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_base_uri_that_redirects_elsewhere_is_told() {
    let server = Small::with(|_, _| {
        let headers = vec![("location", "https://scim.example/v2".to_owned())];
        Some(Reply { status: 301, headers, body: String::new() })
    })
    .await;
    let error = fire(&server.url, vec![scenario(READS)]).await.unwrap_err();
    assert!(
        error.message.contains("https://scim.example/v2, which is another origin"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_credential_that_is_not_accepted_is_told_before_anything_is_made() {
    let server = Small::with(|_, _| Some(super::small::error(401, "who are you"))).await;
    let error = fire(&server.url, vec![scenario(MAKES)]).await.unwrap_err();
    assert!(error.message.contains("does not accept the credential"), "{}", error.message);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_server_that_dies_ends_the_run_with_what_is_known() {
    let answered = AtomicUsize::new(0);
    let server = Raw::start(move |_| {
        if answered.fetch_add(1, Ordering::SeqCst) < 15 { Does::Behaves } else { Does::Closes }
    })
    .await;
    let report = fire(&server.url, times(READS, 200)).await.unwrap();
    let ended = report.interrupted.clone().unwrap();
    assert!(ended.contains("no longer answers"), "{ended}");
    assert!(!report.entries.is_empty() && report.entries.len() < 30, "{}", report.entries.len());
    assert!(report.requests < 60, "{}", report.requests);
    assert!(verdicts(&report, "t/reads").contains(&Verdict::Fail), "what was answered is judged");
}

#[tokio::test]
async fn a_wrong_base_uri_is_told_before_everything_fails() {
    let server = Small::with(|_, _| Some(super::small::error(404, "nothing here"))).await;
    let error = fire(&server.url, vec![scenario(READS)]).await.unwrap_err();
    assert!(error.message.ends_with("is the base URI right?"), "{}", error.message);
    assert_eq!(server.seen().len(), 4);
}
