//! Where an endpoint is: scheme, host and port, and whether a redirect stays there.

use http::Uri;

use super::fault::{ClientError, FaultKind, fault};

/// Scheme, host and port (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Over TLS.
    pub(crate) https: bool,
    /// In lower case, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Origin {
    /// The origin of a URL and its path without a slash at the end.
    pub(crate) fn of(url: &str) -> Result<(Self, String), ClientError> {
        let wrong = |message: String| fault(FaultKind::Usage, message);
        if !url.is_empty() && !url.contains("://") {
            let error = wrong(format!("`{url}` has no scheme"));
            return Err(error.help(format!("write http:// or https:// before it: http://{url}")));
        }
        let uri: Uri = url.parse().map_err(|_| wrong(format!("`{url}` is no URL")))?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong(format!("`{url}` starts neither with http:// nor https://"))),
        };
        let authority = uri.authority().ok_or_else(|| wrong(format!("`{url}` names no host")))?;
        if authority.as_str().contains('@') {
            let error = wrong("a URL with a user or a password is not taken".to_owned());
            let help = "give the user with --user, the password in PROVISOR_CONFORM_PASSWORD";
            return Err(error.help(help));
        }
        if uri.query().is_some() {
            return Err(wrong(format!("the base URI `{url}` has a query; leave it out")));
        }
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        let port = authority.port_u16().unwrap_or(if https { 443 } else { 80 });
        Ok((Self { https, host, port }, uri.path().trim_end_matches('/').to_owned()))
    }

    /// What connects.
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.bracketed(), self.port)
    }

    /// The Host header.
    pub(crate) fn host_header(&self) -> String {
        if self.port == if self.https { 443 } else { 80 } {
            self.bracketed()
        } else {
            self.address()
        }
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }

    /// The path and query that a `Location` names, if it is of this origin. `from` is the path and
    /// query of the request that was answered with it.
    pub(crate) fn same(&self, location: &str, from: &str) -> Option<String> {
        if location.contains("://") {
            let uri: Uri = location.parse().ok()?;
            let (origin, _) =
                Self::of(&format!("{}://{}", uri.scheme_str()?, uri.authority()?)).ok()?;
            return (origin == *self)
                .then(|| uri.path_and_query().map_or("/", |p| p.as_str()).to_owned());
        }
        if location.starts_with("//") || location.is_empty() {
            return None;
        }
        if location.starts_with('/') {
            return Some(location.to_owned());
        }
        let path = from.split('?').next().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(format!("{folder}/{location}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(url).unwrap().0
    }

    #[test]
    fn the_port_of_the_scheme_is_the_same_as_none() {
        assert_eq!(origin("https://a.example/scim"), origin("https://A.example:443/x"));
        assert_ne!(origin("http://a.example"), origin("https://a.example"));
        assert_eq!(origin("http://[::1]:8080/x").address(), "[::1]:8080");
    }

    #[test]
    fn redirects_elsewhere_are_noticed() {
        let here = origin("https://a.example/scim");
        assert_eq!(
            here.same("https://a.example/scim/Users/", "/x").as_deref(),
            Some("/scim/Users/")
        );
        assert_eq!(here.same("/scim/Users/", "/x").as_deref(), Some("/scim/Users/"));
        assert_eq!(here.same("2", "/scim/Users/1?a=b").as_deref(), Some("/scim/Users/2"));
        for elsewhere in
            ["https://b.example/", "http://a.example/", "//b.example/", "https://a.example:444/"]
        {
            assert_eq!(here.same(elsewhere, "/x"), None, "{elsewhere}");
        }
    }

    #[test]
    fn what_is_missing_in_a_base_uri_is_told() {
        let help = |url: &str| Origin::of(url).unwrap_err().help.unwrap();
        let scheme = "write http:// or https:// before it: http://127.0.0.1:8080/scim";
        assert_eq!(help("127.0.0.1:8080/scim"), scheme);
        assert!(help("localhost").ends_with("http://localhost"));
        assert!(help("http://ann:secret@a.example").contains("--user"));
    }

    #[test]
    fn what_is_no_base_uri_is_refused() {
        for url in ["ftp://a", "a.example", "http://u:p@a.example", "http://a.example/?x=1", ""] {
            assert_eq!(Origin::of(url).unwrap_err().kind, FaultKind::Usage, "{url}");
        }
    }
}
