//! Media types and what a client says of itself (RFC 7644, 3.1 and 3.8; RFC 9110, 10.1.5, 12.5.1).

use super::rule::shown;
use super::{About, Level, Log, Rule};

pub(super) static RULES: &[&Rule] = &[&CONTENT_TYPE, &READABLE, &ACCEPT, &ACCEPTS, &USER_AGENT];

static CONTENT_TYPE: Rule = Rule {
    id: "media/content-type",
    level: Level::Should,
    covers: &["RFC7644-3.1-01", "RFC7644-8.1-01"],
    fault: Some("K01"),
    title: "bodies are sent as application/scim+json",
    why: "a provider need only accept application/scim+json; others refuse with 415",
    fix: "send `Content-Type: application/scim+json`",
};
static READABLE: Rule = Rule {
    id: "media/readable",
    level: Level::Must,
    covers: &["RFC7644-3.8-04"],
    fault: Some("K01"),
    title: "a body says in Content-Type that it is JSON in UTF-8",
    why: "without it a provider cannot know how to read the body",
    fix: "send `Content-Type: application/scim+json`",
};
static ACCEPT: Rule = Rule {
    id: "media/accept",
    level: Level::Should,
    // RFC 7644, 3.8 leaves it to clients whether they ask for a format.
    covers: &[],
    fault: Some("K02"),
    title: "Accept asks for application/scim+json",
    why: "some providers answer 400 or 406 without it, or answer in another format",
    fix: "send `Accept: application/scim+json`",
};
static ACCEPTS: Rule = Rule {
    id: "media/accepts",
    level: Level::Must,
    covers: &["RFC7644-3.1-01"],
    fault: Some("K02"),
    title: "Accept takes JSON at all",
    why: "SCIM has no other format, so the provider can only answer 406",
    fix: "send `Accept: application/scim+json`",
};
static USER_AGENT: Rule = Rule {
    id: "media/user-agent",
    level: Level::Should,
    covers: &[],
    fault: Some("K03"),
    title: "User-Agent names the source (RFC 9110, 10.1.5)",
    why: "the provider's support cannot tell sources apart, and some gateways refuse without it",
    fix: "send a `User-Agent` with the product and its version",
};

pub(super) fn judge(about: &About<'_>, log: &mut Log) {
    let request = &about.exchange.request;
    if !request.body.is_empty() {
        content_type(request.header("content-type"), log);
    }
    let accept = request.header("accept");
    let types: Vec<String> = accept
        .unwrap_or_default()
        .split(',')
        .map(|one| essence(one).to_ascii_lowercase())
        .collect();
    let asks = |kind: &str| types.iter().any(|one| one == kind);
    log.check(&ACCEPT, asks("application/scim+json"), "Accept", "`application/scim+json`", || {
        accept.map_or_else(|| "no such header".to_owned(), shown)
    });
    let json = ["application/scim+json", "application/json", "application/*", "*/*"];
    log.check(
        &ACCEPTS,
        accept.is_none_or(|text| text.trim().is_empty()) || json.iter().any(|kind| asks(kind)),
        "Accept",
        "a type that JSON is one of",
        || shown(accept.unwrap_or_default()),
    );
    let agent = request.header("user-agent").map(str::trim).unwrap_or_default();
    log.check(&USER_AGENT, !agent.is_empty(), "User-Agent", "a name", || "none".to_owned());
}

fn content_type(value: Option<&str>, log: &mut Log) {
    let kind = value.map(|text| essence(text).to_ascii_lowercase());
    let is = |name: &str| kind.as_deref() == Some(name);
    let utf8 = charset(value.unwrap_or_default()).is_none_or(|one| {
        ["utf-8", "utf8", "us-ascii"].iter().any(|name| one.eq_ignore_ascii_case(name))
    });
    let json = is("application/scim+json") || is("application/json");
    let told = || value.map_or_else(|| "no such header".to_owned(), shown);
    log.check(&READABLE, json && utf8, "Content-Type", "`application/scim+json`", told);
    if json {
        let scim = is("application/scim+json");
        log.check(&CONTENT_TYPE, scim, "Content-Type", "`application/scim+json`", told);
    }
}

fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

fn charset(value: &str) -> Option<&str> {
    value.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found, request};
    use crate::exchange::Exchange;

    fn with(name: &str, value: Option<&str>) -> Exchange {
        let body = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}"#;
        let mut one = request("POST", "/scim/v2/Users", body);
        one.request.headers.retain(|(key, _)| key != name);
        one.request.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        one
    }

    #[test]
    fn media_types_of_a_correct_request_are_not_complained_about() {
        for value in ["application/scim+json", "application/scim+json; charset=utf-8"] {
            assert!(found(&with("Content-Type", Some(value))).is_empty(), "{value}");
        }
        assert!(found(&with("Accept", Some("application/json, application/scim+json"))).is_empty());
    }

    #[test]
    fn json_is_a_warning_and_anything_else_a_failure() {
        let found_of = |value| found(&with("Content-Type", value));
        assert_eq!(found_of(Some("application/json")), ["media/content-type"]);
        for value in [None, Some("text/plain"), Some("application/scim+json; charset=latin1")] {
            assert_eq!(found_of(value), ["media/readable"], "{value:?}");
        }
    }

    #[test]
    fn accept_and_user_agent_are_looked_at() {
        for value in [None, Some("*/*"), Some("application/json")] {
            assert_eq!(found(&with("Accept", value)), ["media/accept"], "{value:?}");
        }
        assert_eq!(found(&with("Accept", Some("text/html"))), ["media/accept", "media/accepts"]);
        for value in [None, Some("")] {
            assert_eq!(found(&with("User-Agent", value)), ["media/user-agent"], "{value:?}");
        }
    }
}
