//! Bodies of requests: what is not JSON, not whole, not small, not in time.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::http_support::{Answer, BODY_BYTES, NOBODY, raw, reached, send, start, status};

const SCIM: (&str, &str) = ("content-type", "application/scim+json");

fn refusal(answer: &Answer) -> String {
    format!("{} {}: {}", answer.status, answer.scim_type(), answer.json()["detail"])
}

#[tokio::test]
async fn what_is_no_json_object_of_unique_keys_is_400_and_says_where() {
    let server = start().await;
    let deep = "[".repeat(1000);
    let mut told = Vec::new();
    for body in
        ["", "  ", "{", "{\"a\": 1,}", "{'a': 1}", "<user/>", "{} {}", "{\"a\":1,\"a\":2}", &deep]
    {
        let answer = send(&server, "POST", "/scim/v2/Users", &[SCIM], body.to_owned()).await;
        told.push(refusal(&answer));
    }
    for bytes in [&b"{\"a\": \"\xff\"}"[..], b"\xff\xfe{\0}\0"] {
        let answer = send(&server, "PATCH", "/scim/v2/Users/1", &[SCIM], bytes).await;
        told.push(refusal(&answer));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
        400 invalidSyntax: "the request has no body; send a JSON object"
        400 invalidSyntax: "the request has no body; send a JSON object"
        400 invalidSyntax: "a key in double quotes was expected, but the text ends (line 1, at byte 1); the text is cut off: was it transferred whole?"
        400 invalidSyntax: "a key in double quotes was expected, but `}` was found (line 1, at byte 8); remove the comma before `}`"
        400 invalidSyntax: "a key in double quotes was expected, but `'` was found (line 1, at byte 1); write double quotes, not single ones"
        400 invalidSyntax: "a JSON value was expected, but `<` was found (line 1, at byte 0); this looks like HTML or XML: was an error page received?"
        400 invalidSyntax: "the text should end after the value, but `{` was found (line 1, at byte 3); send one value; in NDJSON each value has a line of its own"
        400 invalidSyntax: "the key `a` is there twice in one object; send it once"
        400 invalidSyntax: "more than 128 objects and arrays are inside one another (line 1, at byte 128); SCIM resources need no more than 4 levels"
        400 invalidSyntax: "the byte 0xFF is not part of UTF-8 text (line 1, at byte 7); send JSON as UTF-8 (RFC 8259, 8.1)"
        400 invalidSyntax: "the text is UTF-16, not UTF-8 (line 1, at byte 0); send JSON as UTF-8 (RFC 8259, 8.1)"
        "#);
}

#[tokio::test]
async fn a_byte_order_mark_is_no_mistake() {
    let server = start().await;
    let answer = send(&server, "POST", "/scim/v2/Users", &[SCIM], "\u{feff}{}").await;
    assert!(!answer.body.contains("byte"), "{}", answer.body);
}

#[tokio::test]
async fn media_types_other_than_json_are_415_and_name_what_would_do() {
    let server = start().await;
    for (content_type, encoding) in [
        ("text/plain", "identity"),
        ("application/xml", "identity"),
        ("application/json; charset=latin1", "identity"),
        ("application/scim+json", "br"),
        ("application/scim+json", "gzip, gzip"),
    ] {
        let headers = [("content-type", content_type), ("content-encoding", encoding)];
        let answer = send(&server, "POST", "/scim/v2/Users", &headers, "{}").await;
        assert_eq!(answer.status, 415, "{content_type} {encoding}");
        assert_eq!(answer.header("accept"), "application/scim+json, application/json");
        assert_eq!(answer.json()["status"], "415");
    }
    let request = "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer all\r\n\
                   content-type: application/json\r\ncontent-type: text/plain\r\n\
                   content-length: 2\r\nconnection: close\r\n\r\n{}";
    assert_eq!(status(&raw(&server, request).await), 415, "two types");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_announced_or_not() {
    // RFC 7644, 3.7.4: the message names the limit.
    let server = start().await;
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(BODY_BYTES));
    let answer = send(&server, "POST", "/scim/v2/Users", &[SCIM], large.clone()).await;
    insta::assert_snapshot!(refusal(&answer), @r#"413 : "the request has more than 4096 bytes, which is the `maxPayloadSize`; send several requests""#);

    let head = "POST /scim/v2/Bulk HTTP/1.1\r\nhost: a\r\nauthorization: Bearer all\r\n\
                content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunked = format!("{head}{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    assert_eq!(status(&raw(&server, chunked).await), 413);

    // An announcement is enough; nothing is read.
    let announced = head.replace("transfer-encoding: chunked", "content-length: 99999999999");
    assert_eq!(status(&raw(&server, announced).await), 413);
}

#[tokio::test]
async fn gzip_is_read_and_bounded_after_it_is_unpacked() {
    let server = start().await;
    let headers = [SCIM, ("content-encoding", "gzip")];
    let answer = send(&server, "POST", "/scim/v2/Users", &headers, gzip(b"{")).await;
    assert_eq!((answer.status, answer.scim_type().as_str()), (400, "invalidSyntax"));
    assert!(answer.body.contains("byte 1"), "it was unpacked: {}", answer.body);
    let bomb = gzip(&vec![b' '; 50 * BODY_BYTES]);
    assert!(bomb.len() < BODY_BYTES);
    let answer = send(&server, "POST", "/scim/v2/Users", &headers, bomb).await;
    assert_eq!(answer.status, 413);
    let answer = send(&server, "POST", "/scim/v2/Users", &headers, "no gzip").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn bodies_of_requests_that_have_none_are_ignored() {
    let server = start().await;
    for method in ["GET", "DELETE"] {
        let headers = [("content-type", "text/plain")];
        let path = format!("/scim/v2/Users/{NOBODY}");
        let answer = send(&server, method, &path, &headers, "not { json").await;
        assert!(reached(answer.status), "{method}: {}", answer.body);
    }
}

#[tokio::test]
async fn messages_of_another_kind_are_refused() {
    let server = start().await;
    let mut told = Vec::new();
    let bulk = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    let delete = "{\"method\":\"DELETE\",\"path\":\"/Users/1\"}";
    for (path, body) in [
        ("/.search", "{}".to_owned()),
        ("/Users/.search", "[]".to_owned()),
        ("/Bulk", "{}".to_owned()),
        ("/Bulk", format!("{{\"schemas\":[\"{bulk}\"]}}")),
        (
            "/Bulk",
            format!("{{\"schemas\":[\"{bulk}\"],\"Operations\":[{delete},{delete},{delete}]}}"),
        ),
    ] {
        let path = format!("/scim/v2{path}");
        told.push(refusal(&send(&server, "POST", &path, &[SCIM], body).await));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
        400 invalidSyntax: "`schemas` does not name the message; it must contain `urn:ietf:params:scim:api:messages:2.0:SearchRequest`"
        400 invalidSyntax: "the body is not a JSON object"
        400 invalidSyntax: "`schemas` does not name the message; it must contain `urn:ietf:params:scim:api:messages:2.0:BulkRequest`"
        400 invalidSyntax: "`Operations` is missing"
        413 : "the request has 3 operations, and `maxOperations` is 2; send several requests"
        "#);
}

/// By the system's own gzip: a second implementation beside the server's.
fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut child = Command::new("gzip")
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let plain = plain.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&plain).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output.stdout
}
