//! What a request asks for, read leniently: the judges of its parts look at how it says so.

use percent_encoding::percent_decode_str;
use provisor::json::Json;

use super::Basis;
use crate::exchange::Exchange;

/// A request taken apart.
#[derive(Debug)]
pub struct About<'a> {
    /// The exchange.
    pub exchange: &'a Exchange,
    /// What it is sent to.
    pub endpoint: Endpoint,
    /// The id in the path, decoded, as of `/Users/ID`.
    pub id: Option<String>,
    /// Whether it is `…/.search`.
    pub search: bool,
    /// Parameters in order, raw: name and value as sent.
    pub parameters: Vec<(&'a str, &'a str)>,
    /// The body as JSON, if it is that.
    pub body: Option<Json>,
}

/// What a request is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// `/Users` and below.
    Users,
    /// `/Groups` and below.
    Groups,
    /// `/Me`
    Me,
    /// `/Bulk`
    Bulk,
    /// `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`
    Discovery,
    /// The base URL, and `/.search` of it.
    Root,
    /// The OAuth token endpoint.
    Token,
    /// Nothing that SCIM knows.
    Other,
}

/// The path of the token endpoint.
pub const TOKEN_PATH: &str = "/oauth2/token";

impl Endpoint {
    /// The name of the resource type of the endpoint.
    pub fn resource_type(self) -> Option<&'static str> {
        match self {
            Self::Users | Self::Me => Some("User"),
            Self::Groups => Some("Group"),
            _ => None,
        }
    }
}

impl<'a> About<'a> {
    /// Takes a request apart.
    pub fn of(exchange: &'a Exchange, basis: &Basis<'_>) -> Self {
        let request = &exchange.request;
        let path = request.path();
        let below = path.strip_prefix(basis.contract.base_path.as_str());
        let segments: Vec<&str> =
            below.unwrap_or_default().split('/').filter(|part| !part.is_empty()).collect();
        let endpoint = match (below, segments.first().copied()) {
            _ if path == TOKEN_PATH => Endpoint::Token,
            (None, _) => Endpoint::Other,
            (_, None | Some(".search")) => Endpoint::Root,
            (_, Some(name)) => named(name),
        };
        let id = segments.get(1).filter(|one| **one != ".search");
        let body = &request.body;
        Self {
            exchange,
            endpoint,
            id: id.map(|raw| decoded(raw)),
            search: segments.last().is_some_and(|one| *one == ".search"),
            parameters: request.query().map(parameters).unwrap_or_default(),
            body: if body.is_empty() { None } else { body.json() },
        }
    }

    /// The decoded value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let found = self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| form_decoded(value))
    }

    /// The filter that it asks by, from the query or the body of a search.
    pub fn filter(&self) -> Option<String> {
        self.parameter("filter").or_else(|| self.asked("filter"))
    }

    /// A text or number of the body of a search.
    pub fn asked(&self, name: &str) -> Option<String> {
        let body = self.body.as_ref().filter(|_| self.search)?.as_object()?;
        let value = body.attribute(name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Whether it lists resources: a GET of an endpoint, or a search.
    pub fn is_list(&self) -> bool {
        let listed = matches!(self.endpoint, Endpoint::Users | Endpoint::Groups | Endpoint::Root);
        listed && self.id.is_none() && (self.method() == "GET" || self.search)
    }

    /// Its method.
    pub fn method(&self) -> &str {
        &self.exchange.request.method
    }
}

fn named(name: &str) -> Endpoint {
    // Letter case is another judge's matter.
    match name.to_ascii_lowercase().as_str() {
        "users" => Endpoint::Users,
        "groups" => Endpoint::Groups,
        "me" => Endpoint::Me,
        "bulk" => Endpoint::Bulk,
        "serviceproviderconfig" | "serviceproviderconfigs" | "resourcetypes" | "schemas" => {
            Endpoint::Discovery
        }
        _ => Endpoint::Other,
    }
}

fn parameters(query: &str) -> Vec<(&str, &str)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('=').unwrap_or((part, ""))).collect()
}

/// A part of a path without its percent-encoding.
pub(crate) fn decoded(raw: &str) -> String {
    percent_decode_str(raw).decode_utf8_lossy().into_owned()
}

/// A value of a query as servers read it: `+` is a blank.
pub(crate) fn form_decoded(raw: &str) -> String {
    decoded(&raw.replace('+', " "))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::contract;
    use crate::exchange::{Body, Request};
    use provisor::scim::schema::Schemas;

    /// A request with the headers that a correct source sends.
    pub(crate) fn request(method: &str, target: &str, body: &str) -> Exchange {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut headers = vec![
            header("Host", "127.0.0.1"),
            header("User-Agent", "source/1.0"),
            header("Accept", "application/scim+json"),
            header("Authorization", "Bearer secret"),
        ];
        if !body.is_empty() {
            headers.push(header("Content-Type", "application/scim+json"));
        }
        let body = Body::whole(body.as_bytes().to_vec());
        let request =
            Request { method: method.to_owned(), target: target.to_owned(), headers, body };
        Exchange { number: 1, request, ..Exchange::default() }
    }

    /// What is found in a request under the letter of the RFCs.
    pub(crate) fn found(exchange: &Exchange) -> Vec<&'static str> {
        found_by("rfc7644", exchange)
    }

    /// What is found under a contract.
    pub(crate) fn found_by(contract: &str, exchange: &Exchange) -> Vec<&'static str> {
        let contract = contract::built_in(contract).unwrap();
        let schemas = Schemas::standard();
        let basis = Basis { contract: &contract, schemas: &schemas };
        let mut log = super::super::Log::default();
        super::super::each(&About::of(exchange, &basis), &basis, &mut log);
        super::super::taken(log, &basis).broken()
    }

    #[test]
    fn a_request_is_taken_apart() {
        let contract = contract::built_in("rfc7644").unwrap();
        let basis = Basis { contract: &contract, schemas: &Schemas::standard() };
        let exchange = request("GET", "/scim/v2//users/?filter=userName+eq+%22a%2Bb%22&&x", "");
        let about = About::of(&exchange, &basis);
        assert_eq!((about.endpoint, about.id.as_deref()), (Endpoint::Users, None));
        assert_eq!(about.filter().as_deref(), Some("userName eq \"a+b\""));
        assert!(about.is_list());
        let one = request("PATCH", "/scim/v2/Groups/a%20b", "{}");
        let about = About::of(&one, &basis);
        assert_eq!((about.endpoint, about.id.as_deref()), (Endpoint::Groups, Some("a b")));
    }
}
