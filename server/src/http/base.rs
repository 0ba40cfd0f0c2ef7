//! The base URI that a client used, for `meta.location`, `$ref` and `Location` (RFC 7644, 1.3).

use std::sync::Arc;

use http::HeaderMap;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;

use crate::error::{ScimError, ScimType};
use crate::http::{Peer, Settings};

/// The base URI of a request, without a slash at its end: the configured one, or that of the
/// request's own host.
///
/// Fails with 400 where the request names no usable host and none is configured.
pub(super) fn base(request: &Parts, settings: &Settings) -> Result<Arc<str>, ScimError> {
    let path = settings.base_path();
    if let Some(url) = settings.public_url() {
        return Ok(format!("{url}{path}").into());
    }
    let forwarded = |name: &str| {
        if settings.trust_forwarded { first(&request.headers, name) } else { None }
    };
    let tls = request.extensions.get::<Peer>().is_some_and(|peer| peer.tls);
    let scheme = match forwarded("x-forwarded-proto") {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => "https",
        Some(scheme) if scheme.eq_ignore_ascii_case("http") => "http",
        _ if tls => "https",
        _ => "http",
    };
    let host = match forwarded("x-forwarded-host") {
        Some(host) => valid(host),
        None => match request.uri.authority() {
            // The host of an absolute target counts (RFC 9112, 3.2.2).
            Some(authority) => valid(authority.as_str()),
            None => own_host(&request.headers),
        },
    };
    match host {
        Some(host) => Ok(format!("{scheme}://{host}{path}").into()),
        None => Err(ScimError::bad(
            ScimType::InvalidSyntax,
            "the request does not say by `Host` which host it means, or says it in more than one \
             way",
        )),
    }
}

fn own_host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    if hosts.next().is_some() { None } else { valid(host) }
}

/// The first of a list, as the proxy next to the client wrote it.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|one| !one.is_empty())
}

/// A host and perhaps a port. It goes into URIs, so nothing else may be in it.
fn valid(host: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:[]".contains(c);
    let usable = host.len() <= 255 && host.chars().all(plain) && host.parse::<Authority>().is_ok();
    usable.then_some(host)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn of(settings: &Settings, target: &str, headers: &[(&str, &str)]) -> Result<String, u16> {
        let mut request = Request::builder().uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        base(&parts, settings).map(|base| base.to_string()).map_err(|error| error.status)
    }

    fn by_host(host: &str) -> Result<String, u16> {
        of(&Settings::default(), "/scim/v2/Users", &[("host", host)])
    }

    #[test]
    fn it_is_that_of_the_request() {
        assert_eq!(by_host("acme.com:8080").as_deref(), Ok("http://acme.com:8080/scim/v2"));
        assert_eq!(by_host("[::1]:80").as_deref(), Ok("http://[::1]:80/scim/v2"));
        let absolute = of(&Settings::default(), "http://a.com/scim/v2/Users", &[("host", "b.com")]);
        assert_eq!(absolute.as_deref(), Ok("http://a.com/scim/v2"));
    }

    #[test]
    fn a_host_that_is_none_is_refused() {
        for host in ["", "a b", "a/b", "user@a.com", "a.com\"", "a,b"] {
            assert_eq!(by_host(host), Err(400), "{host}");
        }
        let settings = Settings::default();
        assert_eq!(of(&settings, "/Users", &[]), Err(400));
        assert_eq!(of(&settings, "/Users", &[("host", "a.com"), ("host", "b.com")]), Err(400));
    }

    #[test]
    fn a_configured_one_counts_before_everything() {
        let settings = Settings::default().with_public_url("https://scim.acme.com/").unwrap();
        let base = of(&settings, "/Users", &[("host", "evil.com")]);
        assert_eq!(base.as_deref(), Ok("https://scim.acme.com/scim/v2"));
    }

    #[test]
    fn proxies_are_believed_only_if_told() {
        let headers = [
            ("host", "inside:8080"),
            ("x-forwarded-host", "scim.acme.com"),
            ("x-forwarded-proto", "https, http"),
        ];
        let mut settings = Settings::default();
        assert_eq!(of(&settings, "/", &headers).as_deref(), Ok("http://inside:8080/scim/v2"));
        settings.trust_forwarded = true;
        assert_eq!(of(&settings, "/", &headers).as_deref(), Ok("https://scim.acme.com/scim/v2"));
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        for url in ["scim.acme.com", "ftp://a", "https://u@a", "https://a/?x", "https://"] {
            assert!(Settings::default().with_public_url(url).is_err(), "{url}");
        }
        for path in ["", "/", "scim", "/a//b", "/{x}", "/a b", "/*x"] {
            assert!(Settings::default().with_base_path(path).is_err(), "{path}");
        }
    }
}
