//! Paths, methods, media types, credentials (RFC 7644, 3.2, 3.8, 3.11, 3.12, 3.13).

use provisor_server::http::Settings;

use super::http_support::{get, listen, raw, reached, send, start, start_with, status};

const SCIM: &str = "application/scim+json";

#[tokio::test]
async fn every_endpoint_takes_its_methods_and_405_names_them() {
    let server = start().await;
    for (path, allow) in [
        ("/", "GET, HEAD"),
        ("/Users", "GET, HEAD, POST"),
        ("/Groups", "GET, HEAD, POST"),
        ("/Users/1", "GET, HEAD, PUT, PATCH, DELETE"),
        ("/Me", "GET, HEAD, POST, PUT, PATCH, DELETE"),
        ("/Bulk", "POST"),
        ("/.search", "POST"),
        ("/Users/.search", "POST"),
        ("/ServiceProviderConfig", "GET, HEAD"),
        ("/ResourceTypes", "GET, HEAD"),
        ("/ResourceTypes/User", "GET, HEAD"),
        ("/Schemas", "GET, HEAD"),
        ("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "GET, HEAD"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            let answer = send(&server, method, &format!("/scim/v2{path}"), &[], "").await;
            let taken = allow.split(", ").any(|one| one == method);
            assert_eq!(answer.status == 405, !taken, "{method} {path}: {}", answer.status);
            if !taken {
                assert_eq!(answer.header("allow"), allow);
                assert_eq!(answer.header("content-type"), SCIM);
                assert!(method == "HEAD" || answer.json()["status"] == "405");
            }
        }
    }
}

#[tokio::test]
async fn unknown_paths_are_404_in_scim_form() {
    let server = start().await;
    let long = format!("/scim/v2/Users/{}", "a".repeat(2000));
    for path in ["/scim/v2/Nope", "/scim/v2/Users/1/2", "/", "/favicon.ico", "/scim", &long] {
        let answer = get(&server, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["status"], "404", "{path}");
        assert_eq!(answer.header("content-type"), SCIM);
    }
    insta::assert_snapshot!(get(&server, "/scim/v2/Nope").await.body, @r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"there is no such endpoint; see `/ResourceTypes`"}"#);
}

#[tokio::test]
async fn another_version_is_refused_as_such() {
    // RFC 7644, 3.12 and 3.13
    let server = start().await;
    for path in ["/scim/v1/Users", "/scim/v9", "/scim/v10/Users/1"] {
        let answer = get(&server, path).await;
        assert_eq!((answer.status, answer.scim_type().as_str()), (400, "invalidVers"), "{path}");
    }
    assert_eq!(get(&server, "/scim/vx/Users").await.status, 404);
}

#[tokio::test]
async fn junk_of_clients_in_paths_and_queries_does_no_harm() {
    let server = start().await;
    for path in [
        "/scim/v2//Users",
        "/scim/v2/Users/",
        "/scim/v2/users",
        "/scim/v2/Users?",
        "/scim/v2/Users/?filter=userName+eq+%22x%22&",
        "/scim/v2/Users?aadOptscim062020",
        // The slash is part of the id.
        "/scim/v2/Users/a%2Fb",
        "/scim/v2/",
        "/scim/v2",
    ] {
        let answer = get(&server, path).await;
        assert!(reached(answer.status), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_is_400() {
    let server = start().await;
    for target in
        ["/scim/v2/Users/%zz", "/scim/v2/Users/%", "/scim/v2/Users/%ff", "/scim/v2/Users?count=x"]
    {
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer all\r\nconnection: close\r\n\r\n"
        );
        let response = raw(&server, request).await;
        assert_eq!(status(&response), 400, "{target}: {response}");
        assert!(response.contains("messages:2.0:Error"), "{target}: {response}");
    }
}

#[tokio::test]
async fn accept_chooses_the_media_type_or_is_406() {
    // RFC 7644, 3.8
    let server = start().await;
    for (accept, status, content_type) in [
        ("*/*", 0, SCIM),
        (SCIM, 0, SCIM),
        ("application/json", 0, "application/json"),
        ("text/html", 406, SCIM),
    ] {
        let answer = send(&server, "GET", "/scim/v2/Users", &[("accept", accept)], "").await;
        if status == 0 {
            assert!(reached(answer.status), "{accept}");
        } else {
            assert_eq!(answer.status, status, "{accept}");
        }
        assert_eq!(answer.header("content-type"), content_type, "{accept}");
        assert!(answer.header("vary").contains("accept"));
    }
}

#[tokio::test]
async fn credentials_and_their_scopes_decide() {
    let server = start().await;
    let ask = async |method: &str, path: &str, token: &str| {
        let headers = [("authorization", token), ("content-type", SCIM)];
        send(&server, method, &format!("/scim/v2{path}"), &headers, "{}").await
    };
    // Not one route or method lets in who shows nothing.
    for path in ["/", "/Users", "/Users/1", "/Groups/1", "/Me", "/Bulk", "/.search", "/Schemas"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = ask(method, path, "").await;
            assert!(matches!(answer.status, 401 | 405), "{method} {path}: {}", answer.status);
            if answer.status == 401 {
                assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"scim\"");
                assert_eq!(answer.json()["status"], "401");
            }
        }
    }
    for (method, path, token, wanted) in [
        ("GET", "/Users", "Bearer read", "reached"),
        ("POST", "/Users/.search", "Bearer read", "asked"),
        ("POST", "/Users", "Bearer read", "403"),
        ("DELETE", "/Users/1", "Bearer read", "403"),
        ("POST", "/Bulk", "Bearer read", "403"),
        ("GET", "/Users", "Bearer none", "403"),
        ("POST", "/.search", "Bearer none", "403"),
    ] {
        let answer = ask(method, path, token).await;
        match wanted {
            "reached" => assert!(reached(answer.status), "{method} {path}"),
            "asked" => assert_eq!(answer.status, 400, "{method} {path}"),
            _ => {
                assert_eq!(answer.status, 403, "{method} {path}");
                assert!(answer.header("www-authenticate").contains("insufficient_scope"));
            }
        }
    }
}

#[tokio::test]
async fn the_configuration_can_be_read_before_one_can_authenticate() {
    // RFC 7643, 5, authenticationSchemes. A credential that is shown must be right, though.
    let server = start().await;
    let path = "/scim/v2/ServiceProviderConfig";
    let anonymous =
        |target: &str| format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert_ne!(status(&raw(&server, anonymous(path)).await), 401);
    assert_eq!(status(&raw(&server, anonymous("/scim/v2/Schemas")).await), 401);
    let answer = send(&server, "GET", path, &[("authorization", "Bearer wrong")], "").await;
    assert_eq!(answer.status, 401);

    let mut settings = Settings::default();
    settings.public_config = false;
    let server = start_with(listen(), settings).await;
    assert_eq!(status(&raw(&server, anonymous(path)).await), 401);
}

#[tokio::test]
async fn me_without_a_user_is_501() {
    // RFC 7644, 3.11
    let server = start().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let headers = [("content-type", SCIM)];
        let answer = send(&server, method, "/scim/v2/Me", &headers, "{}").await;
        assert_eq!((answer.status, answer.json()["status"].as_str()), (501, Some("501")));
    }
}

#[tokio::test]
async fn too_many_requests_are_429_with_whole_seconds() {
    let server = start().await;
    let headers = [("authorization", "Bearer fast")];
    let answer = send(&server, "GET", "/scim/v2/Users", &headers, "").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "2"));
    assert_eq!(answer.json()["status"], "429");
}

#[tokio::test]
async fn a_mistake_in_the_program_is_500_and_tells_nothing() {
    let server = start().await;
    let headers = [("authorization", "Bearer panic"), ("x-request-id", "id-1")];
    let answer = send(&server, "GET", "/scim/v2/Users", &headers, "").await;
    assert_eq!((answer.status, answer.header("x-request-id")), (500, "id-1"));
    insta::assert_snapshot!(answer.body, @r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500","detail":"the server made a mistake; its log has more under the id of this request"}"#);
    // The server goes on.
    assert!(reached(get(&server, "/scim/v2/Users").await.status));
}

#[tokio::test]
async fn every_response_has_an_id() {
    let server = start().await;
    assert_eq!(get(&server, "/nowhere").await.header("x-request-id").len(), 36);
    let headers = [("x-request-id", "from proxy")];
    let answer = send(&server, "GET", "/scim/v2/Users", &headers, "").await;
    assert_eq!(answer.header("x-request-id").len(), 36, "one with blanks is replaced");
}

#[tokio::test]
async fn conditions_that_cannot_be_read_are_refused() {
    let server = start().await;
    let headers = [("if-match", "1"), ("content-type", SCIM)];
    let answer = send(&server, "DELETE", "/scim/v2/Users/1", &headers, "").await;
    assert_eq!((answer.status, answer.scim_type().as_str()), (400, "invalidSyntax"));
}

#[tokio::test]
async fn a_request_without_a_usable_host_is_refused() {
    let server = start().await;
    for hosts in ["", "host: a b\r\n", "host: a\r\nhost: b\r\n", "host: u@a\r\n"] {
        let request = format!(
            "GET /scim/v2/Users HTTP/1.1\r\n{hosts}authorization: Bearer all\r\nconnection: close\r\n\r\n"
        );
        assert_eq!(status(&raw(&server, request).await), 400, "{hosts:?}");
    }
    let absolute = "GET http://acme.com/scim/v2/Users HTTP/1.1\r\nhost: acme.com\r\n\
                    authorization: Bearer all\r\nconnection: close\r\n\r\n";
    assert!(reached(status(&raw(&server, absolute).await)));
}
