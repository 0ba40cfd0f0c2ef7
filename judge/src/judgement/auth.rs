//! Credentials (RFC 6750; RFC 7644, 2 and 7).

use super::rule::shown;
use super::{About, Endpoint, Level, Log, Rule};

pub(super) static RULES: &[&Rule] =
    &[&BEARER, &GIVEN, &ONE_PLACE, &NOT_IN_URL, &NOT_IN_BODY, &TLS, &TOKEN_SECRET, &TOKEN_FORM];

static BEARER: Rule = Rule {
    id: "auth/bearer",
    level: Level::Should,
    covers: &["RFC6750-2.1-01"],
    fault: None,
    title: "every request carries `Authorization: Bearer TOKEN`",
    why: "without it a provider answers 401, and each change costs two requests",
    fix: "send the token with every request, in this header and with this scheme",
};
static GIVEN: Rule = Rule {
    id: "auth/given-token",
    level: Level::Must,
    covers: &[],
    fault: Some("K43"),
    title: "the token is the one that the provider gave out",
    why: "every other token is refused with 401, and nothing arrives",
    fix: "send the token of `SCIM_TOKEN` as it is, or that of the token endpoint; not one of an earlier run",
};
static ONE_PLACE: Rule = Rule {
    id: "auth/one-place",
    level: Level::Must,
    covers: &["RFC6750-2-01"],
    fault: Some("K43"),
    title: "a request carries its token in one place",
    why: "a provider has to refuse a request with two",
    fix: "send the token in `Authorization` alone",
};
static NOT_IN_URL: Rule = Rule {
    id: "auth/not-in-url",
    level: Level::Must,
    covers: &["RFC6750-2.3-01", "RFC6750-5.3-05"],
    fault: Some("K43"),
    title: "no token in a URL (RFC 9700, 4.3.2: clients MUST NOT pass it so)",
    why: "URLs are logged by proxies and providers, and whoever reads the log has the token",
    fix: "send the token in `Authorization` alone",
};
static NOT_IN_BODY: Rule = Rule {
    id: "auth/not-in-body",
    level: Level::Must,
    covers: &["RFC6750-2.2-01"],
    fault: Some("K43"),
    title: "no token in the body of a SCIM request",
    why: "bodies are stored and shown as the person's data",
    fix: "send the token in `Authorization` alone",
};
static TLS: Rule = Rule {
    id: "auth/tls",
    level: Level::Must,
    covers: &["RFC7644-7.4-03", "RFC6750-5.3-03", "RFC7644-7.2-01"],
    fault: None,
    title: "tokens travel over TLS alone",
    why: "whoever is on the way can read and reuse a token",
    fix: "refuse base URLs that begin with `http://`, save those of the same machine",
};
static TOKEN_SECRET: Rule = Rule {
    id: "auth/secret",
    level: Level::Must,
    covers: &[],
    fault: Some("K43"),
    title: "the client's secret goes in a header or the form, never in a URL (RFC 6749, 2.3.1)",
    why: "URLs are logged, and the secret makes tokens for ever",
    fix: "send the secret by HTTP Basic, or as `client_secret` in the form",
};
static TOKEN_FORM: Rule = Rule {
    id: "auth/token-form",
    level: Level::Must,
    covers: &[],
    fault: None,
    title: "tokens are asked for by POST with a form (RFC 6749, 4.4.2)",
    why: "token endpoints read nothing else",
    fix: "POST `grant_type=client_credentials` as application/x-www-form-urlencoded",
};

pub(super) fn judge(about: &About<'_>, log: &mut Log) {
    let request = &about.exchange.request;
    let header = request.header("authorization");
    // Discovery may be read without a credential, to learn which one is needed.
    if about.endpoint != Endpoint::Discovery && about.endpoint != Endpoint::Other {
        let bearer = header.is_some_and(|value| {
            value.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
        });
        log.check(&BEARER, bearer, "Authorization", "`Bearer …`", || match header {
            None => "no such header".to_owned(),
            Some(_) => "another scheme, or the token alone".to_owned(),
        });
    }
    if header.is_some() && !about.exchange.elsewhere {
        let expected = "the token of this run";
        log.check(&GIVEN, !about.exchange.strange, "Authorization", expected, || {
            "another token, refused with 401".to_owned()
        });
    }
    let in_url = ["access_token", "token", "authorization", "bearer"]
        .iter()
        .any(|name| about.parameter(name).is_some());
    log.check(&NOT_IN_URL, !in_url, "query", "no token", || "a token".to_owned());
    let in_body = about.body.as_ref().and_then(|body| body.as_object()).is_some_and(|body| {
        body.attribute("access_token").is_some() || body.attribute("authorization").is_some()
    });
    if about.body.is_some() {
        log.check(&NOT_IN_BODY, !in_body, "body", "no token", || "a token".to_owned());
    }
    let headers = request.headers.iter();
    let headers = headers.filter(|(name, _)| name.eq_ignore_ascii_case("authorization")).count();
    let places = headers + usize::from(in_url) + usize::from(in_body);
    if places > 0 {
        log.check(&ONE_PLACE, places == 1, "request", "one token", || format!("{places} places"));
    }
    // Loopback without TLS is of our making; only a run with TLS can show something.
    if about.exchange.tls {
        log.looked(&TLS);
    }
}

pub(super) fn token_request(about: &About<'_>, log: &mut Log) {
    let request = &about.exchange.request;
    let secret = about.parameter("client_secret").is_some();
    log.check(&TOKEN_SECRET, !secret, "query", "no secret", || "`client_secret`".to_owned());
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let form = request.method == "POST" && kind.starts_with("application/x-www-form-urlencoded");
    log.check(&TOKEN_FORM, form, "request", "POST with a form", || match kind.as_str() {
        "" => format!("{} without a form", request.method),
        _ => format!("{} with {}", request.method, shown(&kind)),
    });
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found, request};

    #[test]
    fn tokens_elsewhere_are_named() {
        let url = request("GET", "/scim/v2/Users?access_token=x", "");
        assert_eq!(found(&url), ["auth/not-in-url", "auth/one-place"]);
        let mut bare = request("GET", "/scim/v2/Users", "");
        bare.request.headers.retain(|(name, _)| name != "Authorization");
        assert_eq!(found(&bare), ["auth/bearer"]);
        bare.request.headers.push(("Authorization".to_owned(), "SSWS abc".to_owned()));
        assert_eq!(found(&bare), ["auth/bearer"]);
    }

    #[test]
    fn a_token_of_somewhere_else_is_named() {
        let mut other = request("GET", "/scim/v2/Users?count=1", "");
        assert!(found(&other).is_empty());
        other.strange = true;
        assert_eq!(found(&other), ["auth/given-token"]);
    }

    #[test]
    fn secrets_of_clients_stay_out_of_urls() {
        let one = request("POST", "/oauth2/token?client_secret=x", "grant_type=client_credentials");
        assert_eq!(found(&one), ["auth/secret", "auth/token-form"]);
    }
}
