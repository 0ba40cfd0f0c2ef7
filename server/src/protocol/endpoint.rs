//! Which endpoint a path names (RFC 7644, 3.2).
//!
//! Slashes that double or end a path are ignored, and the names of endpoints compare without
//! regard to case: clients build paths from base URIs with and without a slash at the end.

use http::Method;

use crate::error::ScimError;
use crate::id::Kind;
use crate::limits;
use crate::protocol::query::percent_decoded;

/// An endpoint under the base URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The base URI itself: a query over every kind (3.4.2.1).
    Root,
    /// `/Users`, `/Groups`
    Resources(Kind),
    /// `/Users/{id}`, `/Groups/{id}`
    Resource(Kind, String),
    /// `/.search`, `/Users/.search`, `/Groups/.search`
    Search(Option<Kind>),
    /// `/Me`
    Me,
    /// `/Bulk`
    Bulk,
    /// `/ServiceProviderConfig`
    ServiceProviderConfig,
    /// `/ResourceTypes`
    ResourceTypes,
    /// `/ResourceTypes/{name}`
    ResourceType(String),
    /// `/Schemas`
    Schemas,
    /// `/Schemas/{uri}`
    Schema(String),
}

impl Endpoint {
    /// The endpoint of a path behind the base path, still percent-encoded; `None` if there is no
    /// such endpoint.
    ///
    /// Fails with 400 where an escape in the path is broken.
    pub fn of(path: &str) -> Result<Option<Self>, ScimError> {
        let mut segments = Vec::with_capacity(2);
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            if segments.len() == 2 || segment.len() > 3 * limits::ID_BYTES {
                return Ok(None);
            }
            let segment = percent_decoded(segment, "the path")?;
            if segment.len() > limits::ID_BYTES {
                return Ok(None);
            }
            segments.push(segment);
        }
        let mut segments = segments.into_iter();
        let Some(first) = segments.next() else { return Ok(Some(Self::Root)) };
        let second = segments.next();
        let is = |name: &str| first.eq_ignore_ascii_case(name);
        let kind = Kind::ALL.into_iter().find(|kind| is(kind.endpoint().trim_start_matches('/')));
        Ok(match (kind, second) {
            (Some(kind), None) => Some(Self::Resources(kind)),
            (Some(kind), Some(second)) if second == ".search" => Some(Self::Search(Some(kind))),
            (Some(kind), Some(id)) => Some(Self::Resource(kind, id.into_owned())),
            (None, None) if is(".search") => Some(Self::Search(None)),
            (None, None) if is("Me") => Some(Self::Me),
            (None, None) if is("Bulk") => Some(Self::Bulk),
            (None, None) if is("ServiceProviderConfig") => Some(Self::ServiceProviderConfig),
            (None, None) if is("ResourceTypes") => Some(Self::ResourceTypes),
            (None, None) if is("Schemas") => Some(Self::Schemas),
            (None, Some(id)) if is("ResourceTypes") => Some(Self::ResourceType(id.into_owned())),
            (None, Some(id)) if is("Schemas") => Some(Self::Schema(id.into_owned())),
            _ => None,
        })
    }

    /// For logs and metrics: the endpoint without what a client wrote.
    pub fn template(&self) -> &'static str {
        match self {
            Self::Root => "/",
            Self::Resources(Kind::User) => "/Users",
            Self::Resources(Kind::Group) => "/Groups",
            Self::Resource(Kind::User, _) => "/Users/{id}",
            Self::Resource(Kind::Group, _) => "/Groups/{id}",
            Self::Search(None) => "/.search",
            Self::Search(Some(Kind::User)) => "/Users/.search",
            Self::Search(Some(Kind::Group)) => "/Groups/.search",
            Self::Me => "/Me",
            Self::Bulk => "/Bulk",
            Self::ServiceProviderConfig => "/ServiceProviderConfig",
            Self::ResourceTypes => "/ResourceTypes",
            Self::ResourceType(_) => "/ResourceTypes/{id}",
            Self::Schemas => "/Schemas",
            Self::Schema(_) => "/Schemas/{id}",
        }
    }

    /// The methods that it takes (RFC 7644, table 2), for `Allow`.
    pub fn allow(&self) -> &'static str {
        match self {
            Self::Resources(_) => "GET, HEAD, POST",
            Self::Resource(..) => "GET, HEAD, PUT, PATCH, DELETE",
            Self::Me => "GET, HEAD, POST, PUT, PATCH, DELETE",
            Self::Search(_) | Self::Bulk => "POST",
            _ => "GET, HEAD",
        }
    }

    /// Whether it takes a method.
    pub fn takes(&self, method: &Method) -> bool {
        self.allow().split(", ").any(|one| one == method.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(path: &str) -> Option<Endpoint> {
        Endpoint::of(path).unwrap()
    }

    #[test]
    fn every_endpoint_has_its_path() {
        let user = |id: &str| Some(Endpoint::Resource(Kind::User, id.to_owned()));
        assert_eq!(of(""), Some(Endpoint::Root));
        assert_eq!(of("/Users"), Some(Endpoint::Resources(Kind::User)));
        assert_eq!(of("/Users/1"), user("1"));
        assert_eq!(of("/Users/.search"), Some(Endpoint::Search(Some(Kind::User))));
        assert_eq!(of("/.search"), Some(Endpoint::Search(None)));
        assert_eq!(
            of("/Schemas/urn%3Aietf:params:scim:schemas:core:2.0:User"),
            Some(Endpoint::Schema("urn:ietf:params:scim:schemas:core:2.0:User".to_owned()))
        );
        assert_eq!(of("/Users/a%2Fb+c"), user("a/b+c"));
    }

    #[test]
    fn slashes_and_case_of_names_do_not_matter() {
        assert_eq!(of("//users/"), Some(Endpoint::Resources(Kind::User)));
        assert_eq!(of("/GROUPS//A/"), Some(Endpoint::Resource(Kind::Group, "A".to_owned())));
        // The case of ids does (RFC 7643, 3.1).
        assert_ne!(of("/Users/a"), of("/Users/A"));
    }

    #[test]
    fn other_paths_are_nobodys() {
        let long = format!("/Users/{}", "a".repeat(limits::ID_BYTES + 1));
        for path in ["/User", "/Users/1/2", "/Me/1", "/Bulk/1", "/.search/1", &long] {
            assert_eq!(of(path), None, "{path}");
        }
        for path in ["/Users/%", "/Users/%4", "/%zz", "/Users/%ff"] {
            assert_eq!(Endpoint::of(path).unwrap_err().status, 400, "{path}");
        }
    }

    #[test]
    fn methods_are_those_of_the_table() {
        assert!(of("/Users").is_some_and(|one| !one.takes(&Method::PUT)));
        assert!(of("/Schemas").is_some_and(|one| !one.takes(&Method::POST)));
        assert!(of("/Users/.search").is_some_and(|one| !one.takes(&Method::GET)));
    }

    proptest! {
        #[test]
        fn no_path_panics(path in "(/|Users|Schemas|%|%2e|\\\\PC){0,20}") {
            let _ = Endpoint::of(&path);
        }
    }
}
