//! General faults, made by rule: each endpoint × verb × family of fields loses a field, changes
//! a type or a status, ignores what was sent, does it twice, or does it to a neighbour.

pub mod equivalent;
mod fields;
mod harm;

use http::Method;

use crate::exchange::Asked;
use fields::{ERROR, LIST, sent, shown};

/// One general fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The path that it is for.
    pub endpoint: Endpoint,
    /// The method that it is for.
    pub method: Method,
    /// What it does there.
    pub does: Does,
}

/// What a general fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// A field of the resource that is shown is missing.
    Drop(&'static str),
    /// A field of the resource that is shown has another JSON type.
    Retype(&'static str),
    /// A field of the list is missing.
    DropOfList(&'static str),
    /// A field of the list has another JSON type.
    RetypeOfList(&'static str),
    /// A field of an error is missing.
    DropOfError(&'static str),
    /// A field of an error has another JSON type.
    RetypeOfError(&'static str),
    /// Success has another status of success.
    Success,
    /// A refusal has the status 500.
    Failure,
    /// A parameter of the query is left out of account.
    Parameter(&'static str),
    /// A header is left out of account.
    Header(&'static str),
    /// A field that was sent is not stored.
    Unsent(&'static str),
    /// Operations of a PATCH on this attribute are left out of account.
    Unpatched(&'static str),
    /// It is done twice.
    Twice,
    /// It is done to another resource of the kind.
    Neighbour,
    /// 401 comes without a challenge.
    Unchallenged,
    /// It needs no credential.
    Stranger,
}

/// The paths that a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the path of its name")]
pub enum Endpoint {
    Users,
    User,
    Groups,
    Group,
    Root,
    Search,
    Bulk,
    Config,
    ResourceTypes,
    ResourceType,
    Schemas,
    Schema,
    Me,
    /// Any path that the server does not have.
    Elsewhere,
}

impl Endpoint {
    /// All of them with the methods that they take.
    const ALL: &'static [(Self, &'static [Method])] = &[
        (Self::Users, &[Method::GET, Method::POST]),
        (Self::User, &[Method::GET, Method::PUT, Method::PATCH, Method::DELETE]),
        (Self::Groups, &[Method::GET, Method::POST]),
        (Self::Group, &[Method::GET, Method::PUT, Method::PATCH, Method::DELETE]),
        (Self::Root, &[Method::GET]),
        (Self::Search, &[Method::POST]),
        (Self::Bulk, &[Method::POST]),
        (Self::Config, &[Method::GET]),
        (Self::ResourceTypes, &[Method::GET]),
        (Self::ResourceType, &[Method::GET]),
        (Self::Schemas, &[Method::GET]),
        (Self::Schema, &[Method::GET]),
        (Self::Me, &[Method::GET, Method::POST]),
        (Self::Elsewhere, &[Method::GET]),
    ];

    /// That of a request.
    pub fn of(asked: &Asked) -> Option<Self> {
        Some(match asked.segments().as_slice() {
            [] => Self::Root,
            [.., ".search"] => Self::Search,
            ["Users"] => Self::Users,
            ["Users", _] => Self::User,
            ["Groups"] => Self::Groups,
            ["Groups", _] => Self::Group,
            ["Bulk"] => Self::Bulk,
            ["ServiceProviderConfig"] => Self::Config,
            ["ResourceTypes"] => Self::ResourceTypes,
            ["ResourceTypes", _] => Self::ResourceType,
            ["Schemas"] => Self::Schemas,
            ["Schemas", _] => Self::Schema,
            ["Me"] => Self::Me,
            _ => Self::Elsewhere,
        })
    }

    /// Its path, for people.
    pub fn path(self) -> &'static str {
        match self {
            Self::Users => "/Users",
            Self::User => "/Users/{id}",
            Self::Groups => "/Groups",
            Self::Group => "/Groups/{id}",
            Self::Root => "/",
            Self::Search => "/.search",
            Self::Bulk => "/Bulk",
            Self::Config => "/ServiceProviderConfig",
            Self::ResourceTypes => "/ResourceTypes",
            Self::ResourceType => "/ResourceTypes/{id}",
            Self::Schemas => "/Schemas",
            Self::Schema => "/Schemas/{id}",
            Self::Me => "/Me",
            Self::Elsewhere => "/{no such path}",
        }
    }

    /// Whether people need a credential there; discovery may be open (RFC 7644, 4).
    fn is_closed(self) -> bool {
        matches!(
            self,
            Self::Users
                | Self::User
                | Self::Groups
                | Self::Group
                | Self::Root
                | Self::Search
                | Self::Bulk
        )
    }

    /// Whether the reference server has nothing there: only what it refuses can be spoiled.
    fn is_missing(self) -> bool {
        matches!(self, Self::Me | Self::Elsewhere)
    }

    fn is_list(self) -> bool {
        matches!(
            self,
            Self::Users
                | Self::Groups
                | Self::Root
                | Self::Search
                | Self::ResourceTypes
                | Self::Schemas
        )
    }
}

/// Parameters of a query.
const PARAMETERS: &[&str] = &[
    "filter",
    "startIndex",
    "count",
    "sortBy",
    "sortOrder",
    "attributes",
    "excludedAttributes",
    "cursor",
];

/// Every operator, in the order of endpoints.
pub fn all() -> Vec<Operator> {
    let mut all = Vec::new();
    for (endpoint, methods) in Endpoint::ALL {
        for method in *methods {
            let of = |does| Operator { endpoint: *endpoint, method: method.clone(), does };
            all.extend(does(*endpoint, method).into_iter().map(of));
        }
    }
    all
}

fn does(endpoint: Endpoint, method: &Method) -> Vec<Does> {
    if endpoint.is_missing() {
        return vec![Does::Failure];
    }
    let mut all = Vec::new();
    let (get, post) = (*method == Method::GET, *method == Method::POST);
    let queries = matches!(
        (endpoint, get),
        (Endpoint::Users | Endpoint::Groups | Endpoint::Root, true) | (Endpoint::Search, _)
    );
    let writes = matches!(*method, Method::PUT | Method::PATCH | Method::DELETE);
    let one = matches!(endpoint, Endpoint::User | Endpoint::Group);
    let creates = post && matches!(endpoint, Endpoint::Users | Endpoint::Groups);
    if *method != Method::DELETE {
        all.extend(shown(endpoint).iter().flat_map(|one| [Does::Drop(one), Does::Retype(one)]));
    }
    if endpoint.is_list() && !creates {
        all.extend(LIST.iter().flat_map(|one| [Does::DropOfList(one), Does::RetypeOfList(one)]));
    }
    all.extend(ERROR.iter().flat_map(|one| [Does::DropOfError(one), Does::RetypeOfError(one)]));
    all.extend([Does::Success, Does::Failure]);
    if queries {
        all.extend(PARAMETERS.iter().map(|name| Does::Parameter(name)));
    }
    if one && get {
        all.extend(["attributes", "excludedAttributes"].map(Does::Parameter));
        all.push(Does::Header("if-none-match"));
    }
    if one && writes {
        all.push(Does::Header("if-match"));
    }
    if creates || *method == Method::PUT {
        all.extend(sent(endpoint).iter().map(|name| Does::Unsent(name)));
    }
    if *method == Method::PATCH {
        all.extend(sent(endpoint).iter().map(|name| Does::Unpatched(name)));
    }
    if creates || writes || endpoint == Endpoint::Bulk {
        all.push(Does::Twice);
    }
    if one {
        all.push(Does::Neighbour);
    }
    all.push(Does::Unchallenged);
    if endpoint.is_closed() {
        all.push(Does::Stranger);
    }
    all
}

/// What a request asks: the endpoint, and the method by its name.
pub type Key = (Endpoint, String);

impl Operator {
    /// What it spoils.
    pub fn key(&self) -> Key {
        (self.endpoint, self.method.to_string())
    }

    /// Its name: method, path, what it does.
    pub fn name(&self) -> String {
        let (does, about) = self.does.words();
        let line = format!("{} {} {does} {about}", self.method, self.endpoint.path());
        line.trim_end().to_owned()
    }

    /// Whether it is for this request.
    pub fn is_for(&self, asked: &Asked) -> bool {
        asked.method == self.method && Endpoint::of(asked) == Some(self.endpoint)
    }
}

impl Does {
    /// The kind of it, and what it is about.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Drop(name) => ("drops", name),
            Self::Retype(name) => ("changes the type of", name),
            Self::DropOfList(name) => ("drops of the list", name),
            Self::RetypeOfList(name) => ("changes, of the list, the type of", name),
            Self::DropOfError(name) => ("drops of errors", name),
            Self::RetypeOfError(name) => ("changes, of errors, the type of", name),
            Self::Success => ("has another status of success", ""),
            Self::Failure => ("has 500 for every refusal", ""),
            Self::Parameter(name) => ("ignores the parameter", name),
            Self::Header(name) => ("ignores the header", name),
            Self::Unsent(name) => ("does not store", name),
            Self::Unpatched(name) => ("ignores operations on", name),
            Self::Twice => ("is done twice", ""),
            Self::Neighbour => ("is done to a neighbour", ""),
            Self::Unchallenged => ("has 401 without a challenge", ""),
            Self::Stranger => ("needs no credential", ""),
        }
    }
}
