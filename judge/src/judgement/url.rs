//! Paths and queries (RFC 3986; RFC 7644, 1.2, 3.2 and 3.4).

use super::about::{decoded, form_decoded};
use super::rule::shown;
use super::{About, Endpoint, Level, Log, Rule};

pub(super) static RULES: &[&Rule] =
    &[&ENCODED, &PLUS, &TWICE, &JUNK, &PARAMETER, &CASE, &BY_NAME, &PUT_CREATES];

static ENCODED: Rule = Rule {
    id: "url/encoded",
    level: Level::Must,
    covers: &["RFC7644-1.2-01"],
    fault: Some("K07"),
    title: "URLs hold only the characters that RFC 3986 allows",
    why: "proxies and providers refuse raw blanks, quotes and letters beyond ASCII, or read them otherwise",
    fix: "percent-encode every value that goes into a path or query",
};
static PLUS: Rule = Rule {
    id: "url/plus",
    level: Level::Must,
    covers: &["RFC7644-1.2-01"],
    fault: Some("K07"),
    title: "a plus sign in a value is sent as %2B",
    why: "in a query a raw `+` is read as a blank, so `a+b@x` is not found and is created twice",
    fix: "percent-encode values for a query, so that `+` becomes `%2B`",
};
static TWICE: Rule = Rule {
    id: "url/encoded-once",
    level: Level::Must,
    covers: &["RFC7644-1.2-01"],
    fault: Some("K07"),
    title: "values are percent-encoded once",
    why: "what is encoded twice is read as another value, so nobody is found",
    fix: "encode either the value or the whole query, not both",
};
static JUNK: Rule = Rule {
    id: "url/junk",
    level: Level::Should,
    covers: &[],
    fault: Some("K04"),
    title: "no empty query, empty parameter, double slash or slash at the end",
    why: "strict routers answer 404 or 400",
    fix: "build URLs from parts, and leave out `?` and `&` that nothing follows",
};
static PARAMETER: Rule = Rule {
    id: "url/parameter",
    level: Level::Should,
    covers: &[],
    fault: Some("K04"),
    title: "only parameters that SCIM knows are sent, each once",
    why: "a provider may refuse a parameter that it does not know, and of two it may take either",
    fix: "send filter, attributes, excludedAttributes, sortBy, sortOrder, startIndex, count or cursor",
};
static CASE: Rule = Rule {
    id: "url/case",
    level: Level::Must,
    covers: &[],
    fault: Some("K04"),
    title: "endpoints are written as RFC 7644, 3.2 has them",
    why: "paths are compared letter by letter: `/users` is not `/Users`",
    fix: "write `/Users`, `/Groups`, `/Schemas` and so on",
};
static BY_NAME: Rule = Rule {
    id: "url/id",
    level: Level::Must,
    covers: &["RFC7644-3.4.1-01"],
    fault: Some("K30"),
    title: "resources are addressed by the id that the provider gave",
    why: "names and addresses change, and a provider knows `/{id}` alone",
    fix: "keep the `id` of the answer, or look it up with a filter, and use it in the path",
};
static PUT_CREATES: Rule = Rule {
    id: "url/put-creates",
    level: Level::Must,
    covers: &["RFC7644-3.2-06", "RFC7644-3.5.1-02"],
    fault: None,
    title: "resources are created by POST, never by PUT",
    why: "the provider gives ids, so PUT at an endpoint or at an id of your own is refused",
    fix: "create with POST at the endpoint, and use the `id` that comes back",
};

/// What RFC 7644, 3.4.2 and RFC 9865 know.
const PARAMETERS: &[&str] = &[
    "filter",
    "attributes",
    "excludedAttributes",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "cursor",
];
const ENDPOINTS: &[&str] =
    &["Users", "Groups", "Me", "Bulk", "ServiceProviderConfig", "ResourceTypes", "Schemas"];

pub(super) fn judge(about: &About<'_>, log: &mut Log) {
    let request = &about.exchange.request;
    let target = request.target.as_str();
    let raw: String = target.chars().filter(|c| !is_uri(*c)).collect();
    log.check(
        &ENCODED,
        raw.is_empty() && escapes_are_whole(target),
        "request target",
        "only characters of RFC 3986, others as %XX",
        || shown(target),
    );
    for (name, value) in &about.parameters {
        let text = form_decoded(value);
        log.check(&TWICE, !looks_encoded(&text), name, "a value encoded once", || shown(value));
        if value.contains('+') || value.contains("%2B") || value.contains("%2b") {
            let lost =
                text_literals(&decoded(value)).any(|one| one.contains('+') && raw_plus(value));
            log.check(&PLUS, !lost, name, "`%2B` for a plus sign", || shown(value));
        }
    }
    junk(about, log);
    parameters(about, log);
    if let Some(segment) = first_segment(about) {
        let known = ENDPOINTS.iter().find(|one| one.eq_ignore_ascii_case(segment));
        if let Some(known) = known {
            let expected = format!("`/{known}`");
            log.check(&CASE, known == &segment, "path", &expected, || shown(segment));
        }
    }
    if let (Some(id), Endpoint::Users | Endpoint::Groups) = (&about.id, about.endpoint) {
        log.check(&BY_NAME, !id.contains('@'), "path", "an id of the provider", || shown(id));
    }
    if about.method() == "PUT" {
        let endpoint = about.endpoint.resource_type().is_some() && about.endpoint != Endpoint::Me;
        let misplaced = endpoint && about.id.is_none();
        log.check(&PUT_CREATES, !misplaced, "path", "PUT at `/{id}`", || shown(target));
    }
}

fn junk(about: &About<'_>, log: &mut Log) {
    let request = &about.exchange.request;
    log.looked(&JUNK);
    let query = request.query();
    let path = request.path();
    let wrong = if query == Some("") {
        Some("`?` and nothing behind it")
    } else if query.is_some_and(|text| text.starts_with('&') || text.ends_with('&')) {
        Some("`&` with nothing beside it")
    } else if query.is_some_and(|text| text.contains("&&")) {
        Some("`&&`")
    } else if path.contains("//") {
        Some("`//`")
    } else if path.len() > 1 && path.ends_with('/') {
        Some("a slash at the end of the path")
    } else {
        None
    };
    if let Some(wrong) = wrong {
        let found = format!("{wrong} in {}", shown(&request.target));
        log.found(&JUNK, "request target", "nothing superfluous", found);
    }
}

fn parameters(about: &About<'_>, log: &mut Log) {
    if about.parameters.is_empty() {
        return;
    }
    log.looked(&PARAMETER);
    for (place, (name, _)) in about.parameters.iter().enumerate() {
        // A token in the query has a rule of its own.
        if *name == "access_token" {
            continue;
        }
        if !PARAMETERS.contains(name) {
            let near = PARAMETERS.iter().find(|one| one.eq_ignore_ascii_case(name));
            let expected = near.map_or_else(
                || "a parameter of RFC 7644, 3.4.2".to_owned(),
                |near| format!("`{near}`"),
            );
            log.found(&PARAMETER, "query", expected, shown(name));
        }
        if about.parameters.iter().take(place).any(|(other, _)| other == name) {
            log.found(&PARAMETER, "query", format!("`{name}` once"), "it comes twice".to_owned());
        }
    }
}

fn first_segment<'a>(about: &About<'a>) -> Option<&'a str> {
    let path = about.exchange.request.path();
    let known = |segment: &&str| ENDPOINTS.iter().any(|one| one.eq_ignore_ascii_case(segment));
    path.split('/').find(known)
}

/// RFC 3986, 2.2 and 2.3, and `%`.
fn is_uri(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let mut digits = rest.chars();
        let hex = |c: Option<char>| c.is_some_and(|c| c.is_ascii_hexdigit());
        hex(digits.next()) && hex(digits.next())
    })
}

/// Whether a decoded value still has `%40` or the like in it. Nobody encodes letters and digits, so
/// `%41` is a part of the value.
fn looks_encoded(text: &str) -> bool {
    text.split('%').skip(1).any(|rest| {
        let code = rest.get(..2).and_then(|two| u8::from_str_radix(two, 16).ok());
        code.is_some_and(|code| (b' '..=b'~').contains(&code) && !code.is_ascii_alphanumeric())
    })
}

/// Whether a raw `+` stands between two characters of a value: not for a blank around an operator.
fn raw_plus(raw: &str) -> bool {
    let decoded = decoded(raw);
    text_literals(&decoded).any(|one| one.contains('+'))
        && raw.contains('+')
        && !raw_is_all_blanks(raw)
}

/// Whether every raw `+` stands outside quotes.
fn raw_is_all_blanks(raw: &str) -> bool {
    let mut inside = false;
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        if c == '"' || rest.starts_with("%22") {
            inside = !inside;
        }
        if c == '+' && inside {
            return false;
        }
        let skip = if rest.starts_with("%22") { 3 } else { c.len_utf8() };
        rest = rest.get(skip..).unwrap_or_default();
    }
    true
}

/// What stands between quotes, and looks like an address: blanks inside other names may well be
/// meant.
fn text_literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2).filter(|one| one.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found, request};

    fn of(target: &str) -> Vec<&'static str> {
        let mut found = found(&request("GET", &format!("/scim/v2{target}"), ""));
        // Every look-up by GET is told about; that is the matter of another file.
        found.retain(|id| *id != "filter/personal");
        found
    }

    #[test]
    fn correct_urls_are_not_complained_about() {
        for target in [
            "/Users?filter=userName%20eq%20%22a%2Bb%40x.example%22&startIndex=1&count=100",
            "/Users?filter=userName+eq+%22a%2Bb%40x.example%22",
            "/Users?filter=displayName+eq+%22Ann+Lee%22",
            "/Users/2819c223-7f76-453a-919d-413861904646?attributes=userName",
            "/Users?filter=displayName%20eq%20%22100%25%20sure%22",
            // The name is `+1/2 %41`: met with scim2-client.
            "/Users?filter=displayName+eq+%22%2B1%2F2+%2541%22",
        ] {
            assert!(of(target).is_empty(), "{target}: {:?}", of(target));
        }
    }

    #[test]
    fn junk_and_unknown_parameters_are_named() {
        for target in ["/Users/1?", "/Users?count=1&", "/Users/?count=1", "//Users"] {
            assert_eq!(of(target), ["url/junk"], "{target}");
        }
        assert_eq!(of("/Users?aadOptscim062020"), ["url/parameter"]);
        assert_eq!(of("/Users?count=1&count=2"), ["url/parameter"]);
        assert_eq!(of("/users?count=1"), ["url/case"]);
    }

    #[test]
    fn wrong_encodings_are_told_apart() {
        assert_eq!(of("/Users?filter=userName%20eq%20\"a\""), ["url/encoded"]);
        assert_eq!(of("/Users?filter=userName%20eq%20%22a+b@x%22"), ["url/plus"]);
        assert_eq!(of("/Users?filter=userName%20eq%20%22a%2540x%22"), ["url/encoded-once"]);
        assert_eq!(of("/Users?attributes=%zz"), ["paging/projection", "url/encoded"]);
    }

    #[test]
    fn an_address_is_no_id() {
        assert_eq!(of("/Users/ann%40x.example"), ["url/id"]);
    }
}
