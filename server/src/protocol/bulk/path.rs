//! What `path` of an operation may be (RFC 7644, 3.7): "the resource's relative path to the SCIM
//! service provider's root", `/Users` or `/Users/…`.
//!
//! It is read as the path of a request is, so that slashes, the case of endpoints and escapes
//! mean the same in both. The path below the host and the whole URI of this server, as in
//! `meta.location`, name the same resource. An endpoint that is not about users or groups, a
//! query and another server are refused. `bulkId:…` may stand for an id that is not known yet.

use http::Uri;

use crate::error::{ScimError, ScimType};
use crate::id::Kind;
use crate::protocol::endpoint::Endpoint;

/// How a reference to a resource of the same request begins (3.7.2).
pub const MARK: &str = "bulkId:";

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which kind of resource.
    pub kind: Kind,
    /// Which one; `None`: the endpoint.
    pub one: Option<One>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum One {
    /// By its id.
    Id(String),
    /// By the `bulkId` of the operation that creates it.
    BulkId(String),
}

impl Target {
    /// Reads a path; `base` is the base URI without a slash at its end.
    ///
    /// Fails with 404 where there is no such endpoint for operations, and with 400 for a query,
    /// another server and a broken escape.
    pub fn parse(path: &str, base: &str) -> Result<Self, ScimError> {
        // A `bulkId` may be any text, so it is taken as it stands before anything is read into it.
        if let Some((before, bulk_id)) = path.split_once(MARK) {
            let target = Self::parse(before, base).map_err(|error| match error.status {
                404 => nothing(path),
                _ => error,
            })?;
            let bulk_id = One::BulkId(bulk_id.trim_end_matches('/').to_owned());
            return match target.one {
                None => Ok(Self { one: Some(bulk_id), ..target }),
                Some(_) => Err(nothing(path)),
            };
        }
        if path.contains(['?', '#']) {
            let detail = format!(
                "`{path}` has a query or fragment, which no bulk operation takes; leave it out"
            );
            return Err(ScimError::bad(ScimType::InvalidSyntax, detail));
        }
        let (kind, one) = match Endpoint::of(inside(path, base)?)? {
            Some(Endpoint::Resources(kind)) => (kind, None),
            Some(Endpoint::Resource(kind, id)) => (kind, Some(id)),
            _ => return Err(nothing(path)),
        };
        let one = one.map(|id| match id.strip_prefix(MARK) {
            Some(bulk_id) => One::BulkId(bulk_id.to_owned()),
            None => One::Id(id),
        });
        Ok(Self { kind, one })
    }
}

/// The part below the base URI.
fn inside<'a>(path: &'a str, base: &str) -> Result<&'a str, ScimError> {
    let (server, base_path) = parts(base);
    let own = match parts(path) {
        ("", own) => own,
        (other, own) if is_same(other, server) && below(own, base_path).is_some() => own,
        _ => {
            let detail =
                format!("`{path}` is not below `{base}`; write the path alone, as in `/Users`");
            return Err(ScimError::bad(ScimType::InvalidSyntax, detail));
        }
    };
    Ok(below(own, base_path).unwrap_or(own))
}

/// `scheme://host` and the path.
fn parts(uri: &str) -> (&str, &str) {
    let Some((_, behind)) = uri.split_once("://") else { return ("", uri) };
    let path = behind.find('/').and_then(|at| behind.get(at..)).unwrap_or_default();
    (uri.strip_suffix(path).unwrap_or(uri), path)
}

/// RFC 3986, 6.2.2.1 and 6.2.3: the case of scheme and host makes no difference, nor does the
/// port if it is the usual one.
fn is_same(one: &str, other: &str) -> bool {
    let read = |server: &str| {
        let uri: Uri = server.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let usual = if scheme == "https" { 443 } else { 80 };
        Some((uri.host()?.to_ascii_lowercase(), uri.port_u16().unwrap_or(usual), scheme))
    };
    one == other || read(one).is_some_and(|one| read(other) == Some(one))
}

fn below<'a>(path: &'a str, base_path: &str) -> Option<&'a str> {
    let behind = path.strip_prefix(base_path)?;
    (behind.is_empty() || behind.starts_with('/')).then_some(behind)
}

fn nothing(path: &str) -> ScimError {
    let detail = format!(
        "`{path}` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there"
    );
    ScimError::new(404, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://scim.example/scim/v2";

    fn told(path: &str) -> String {
        match Target::parse(path, BASE) {
            Ok(Target { kind, one: None }) => format!("{kind:?}"),
            Ok(Target { kind, one: Some(one) }) => format!("{kind:?} {one:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_path_is_read_as_that_of_a_request() {
        for path in [
            "/Users",
            "Users",
            "/Users/",
            "//users",
            "/scim/v2/Users",
            "https://scim.example/scim/v2/Users",
            "HTTPS://SCIM.example:443/scim/v2/Users/",
        ] {
            assert_eq!(told(path), "User", "{path}");
        }
        for path in [
            "/Groups/7",
            "groups/7/",
            "/Groups/%37",
            "/scim/v2/Groups/7",
            "https://scim.example/scim/v2/Groups/7",
        ] {
            assert_eq!(told(path), r#"Group Id("7")"#, "{path}");
        }
        // The case of ids does matter (RFC 7643, 3.1).
        assert_eq!(told("/Users/aB"), r#"User Id("aB")"#);
        assert_eq!(told("/Users/a%2Fb+c"), r#"User Id("a/b+c")"#);
    }

    #[test]
    fn a_resource_of_the_request_is_named_by_its_bulk_id() {
        for path in [
            "/Users/bulkId:q",
            "users/bulkId:q/",
            "/scim/v2/Users/bulkId:q",
            "https://scim.example/scim/v2/Users/bulkId:q",
            "/Users/bulkId%3Aq",
        ] {
            assert_eq!(told(path), r#"User BulkId("q")"#, "{path}");
        }
        assert_eq!(told("/Groups/bulkId:a/b?c%"), r#"Group BulkId("a/b?c%")"#);
    }

    #[test]
    fn another_path_is_refused_and_told_why() {
        insta::assert_snapshot!(
            [
                "",
                "/",
                "/Things",
                "/Bulk",
                "/Me",
                "/Schemas",
                "/Users/.search",
                "/Users/1/2",
                "/scim/v1/Users",
                "/Users?filter=x",
                "/Users/1#name",
                "/Users/%",
                "https://other.example/scim/v2/Users",
                "http://scim.example/scim/v2/Users",
                "https://scim.example/Users",
                "https://scim.example/scim/v2x/Users",
                "/bulkId:q",
                "/Users/1/bulkId:q",
            ]
            .map(told)
            .join("\n"),
            @r"
        404: `` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/Things` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/Bulk` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/Me` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/Schemas` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/Users/.search` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/Users/1/2` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/scim/v1/Users` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        400: `/Users?filter=x` has a query or fragment, which no bulk operation takes; leave it out
        400: `/Users/1#name` has a query or fragment, which no bulk operation takes; leave it out
        400: a `%` in the path has no two hexadecimal digits behind it; write `%25` for the sign itself
        400: `https://other.example/scim/v2/Users` is not below `https://scim.example/scim/v2`; write the path alone, as in `/Users`
        400: `http://scim.example/scim/v2/Users` is not below `https://scim.example/scim/v2`; write the path alone, as in `/Users`
        400: `https://scim.example/Users` is not below `https://scim.example/scim/v2`; write the path alone, as in `/Users`
        400: `https://scim.example/scim/v2x/Users` is not below `https://scim.example/scim/v2`; write the path alone, as in `/Users`
        404: `/bulkId:q` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        404: `/Users/1/bulkId:q` is no path of a bulk operation; write `/Users`, `/Groups` or a resource there
        "
        );
    }
}
