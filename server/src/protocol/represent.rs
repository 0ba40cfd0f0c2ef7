//! A resource as a client sees it: what is kept, with what is derived put around it.

use provisor::json::{Json, Object};
use provisor::scim::filter::{Expr, ExprKind};
use provisor::scim::path::AttrPath;
use provisor::scim::project::{Projection, project};
use provisor::scim::schema::Schemas;

use super::condition::etag;
use crate::entitlements::EXTENSION;
use crate::error::ScimError;
use crate::id::{Id, Kind};
use crate::service::Shown;
use crate::store::{GroupOf, Member, Stored};

/// Which derived parts are wanted; each costs a read of its own, that of members one that grows
/// with the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// The groups of a user.
    pub groups: bool,
    /// The entitlements of a user.
    pub entitlements: bool,
    /// The members of a group.
    pub members: bool,
}

/// The derived parts; `None` where they were not read or there are none.
#[derive(Debug, Clone, Default)]
pub struct Derived {
    /// The groups of a user; those that were deleted are not shown.
    pub groups: Option<Vec<GroupOf>>,
    /// The value of [`EXTENSION`].
    pub entitlements: Option<Json>,
    /// The members of a group.
    pub members: Option<Vec<Member>>,
}

impl Needs {
    /// All that resources of a kind have.
    pub fn all(kind: Kind) -> Self {
        let user = kind == Kind::User;
        Self { groups: user, entitlements: user, members: !user }
    }

    /// What a response with this projection shows.
    pub fn of_projection(kind: Kind, schemas: &Schemas, projection: &Projection) -> Self {
        let Some(resource_type) = schemas.resource_type(kind.name()) else {
            return Self::all(kind);
        };
        let shows = |name| projection.shows(schemas, resource_type, None, name);
        let extension = || match schemas.schema(EXTENSION) {
            Some(schema) => schema.attributes.iter().any(|attribute| {
                projection.shows(schemas, resource_type, Some(EXTENSION), &attribute.name)
            }),
            None => false,
        };
        match kind {
            Kind::User => {
                Self { groups: shows("groups"), entitlements: extension(), members: false }
            }
            Kind::Group => Self { members: shows("members"), ..Self::default() },
        }
    }

    /// What a filter asks about.
    pub fn of_filter(kind: Kind, filter: &Expr) -> Self {
        match &filter.node {
            // Recursion follows the filter, whose depth the parser has limited.
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                parts.iter().fold(Self::default(), |all, part| all.and(Self::of_filter(kind, part)))
            }
            ExprKind::Not(inner) => Self::of_filter(kind, inner),
            ExprKind::Compare { path, .. } | ExprKind::Element { path, .. } => {
                Self::of_path(kind, &path.node)
            }
        }
    }

    /// What a path names, in a filter or as `sortBy`.
    pub fn of_path(kind: Kind, path: &AttrPath) -> Self {
        let is = |name: &str| path.name.eq_ignore_ascii_case(name);
        let extension = |uri: &str| uri.eq_ignore_ascii_case(EXTENSION);
        let own = path.schema.as_ref().is_some_and(|schema| extension(&schema.uri));
        match kind {
            // `schemas` names the extension where the user has it.
            Kind::User => Self {
                groups: !own && is("groups"),
                entitlements: own || is("schemas"),
                members: false,
            },
            Kind::Group => Self { members: is("members"), ..Self::default() },
        }
    }

    /// What either needs.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            groups: self.groups || other.groups,
            entitlements: self.entitlements || other.entitlements,
            members: self.members || other.members,
        }
    }
}

/// The whole resource, for filters and before projection; `base` is the base URI without a slash
/// at its end. Fails with 500 where what is kept is no JSON object.
pub fn whole(stored: &Stored, derived: Derived, base: &str) -> Result<Object, ScimError> {
    let mut resource = stored.content()?;
    let shown = |one: &Json| one.as_object().is_some_and(|object| !object.is_empty());
    let entitlements = derived.entitlements.filter(shown);
    let entries = resource.entries_mut();
    let place = entries.iter().position(|(name, _)| name == "schemas");
    let schemas = place.and_then(|place| entries.get_mut(place));
    if let (Some((_, Json::Array(uris))), Some(_)) = (schemas, &entitlements) {
        uris.push(Json::from(EXTENSION));
    }
    let id = ("id".to_owned(), Json::from(stored.id.to_string()));
    entries.insert(place.map_or(0, |place| place + 1), id);
    if let Some(groups) = derived.groups {
        let groups: Vec<Json> =
            groups.iter().filter(|one| !one.deleted).map(|one| group(one, base)).collect();
        if !groups.is_empty() {
            resource.push("groups", groups);
        }
    }
    if let Some(members) = derived.members.filter(|members| !members.is_empty()) {
        let members: Vec<Json> = members.iter().map(|one| member(*one, base)).collect();
        resource.push("members", members);
    }
    if let Some(entitlements) = entitlements {
        resource.push(EXTENSION, entitlements);
    }
    resource.push("meta", meta(stored, base));
    Ok(resource)
}

/// The resource as a response has it, with what goes into its headers.
pub fn represent(
    stored: &Stored,
    derived: Derived,
    base: &str,
    schemas: &Schemas,
    projection: &Projection,
) -> Result<Shown, ScimError> {
    let resource = whole(stored, derived, base)?;
    let Some(resource_type) = schemas.resource_type(stored.kind.name()) else {
        return Err(ScimError::new(500, "the server does not know the type of what it has stored"));
    };
    Ok(Shown {
        resource: project(resource.into(), schemas, resource_type, projection),
        location: location(stored.kind, stored.id, base),
        etag: etag(stored.version),
    })
}

/// The URI of a resource.
pub fn location(kind: Kind, id: Id, base: &str) -> String {
    format!("{base}{}/{id}", kind.endpoint())
}

/// RFC 7643, 3.1.
fn meta(stored: &Stored, base: &str) -> Object {
    let mut meta = Object::new();
    meta.push("resourceType", stored.kind.name());
    meta.push("created", stored.created.to_string());
    meta.push("lastModified", stored.modified.to_string());
    meta.push("location", location(stored.kind, stored.id, base));
    meta.push("version", etag(stored.version));
    meta
}

/// A value of `groups` (RFC 7643, 4.1.2).
fn group(group: &GroupOf, base: &str) -> Json {
    let mut value = Object::new();
    value.push("value", group.id.to_string());
    value.push("$ref", location(Kind::Group, group.id, base));
    value.push("display", group.display_name.as_str());
    value.push("type", if group.direct { "direct" } else { "indirect" });
    value.into()
}

/// A value of `members` (RFC 7643, 4.2).
pub(crate) fn member(member: Member, base: &str) -> Json {
    let mut value = Object::new();
    value.push("value", member.id.to_string());
    value.push("$ref", location(member.kind, member.id, base));
    value.push("type", member.kind.name());
    value.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::protocol::schemas::built_in;
    use provisor::scim::filter;

    const BASE: &str = "https://scim.example/v2";

    fn id(last: u8) -> Id {
        let mut bytes = [0; 16];
        bytes[15] = last;
        Id::from_bytes(bytes)
    }

    fn stored(kind: Kind, body: &str) -> Stored {
        Stored {
            id: id(1),
            kind,
            body: body.replace('\'', "\""),
            created: Timestamp(0),
            modified: Timestamp(1500),
            version: 3,
        }
    }

    fn user() -> Stored {
        let uri = provisor::scim::schema::uri::USER;
        stored(Kind::User, &format!("{{'schemas': ['{uri}'], 'userName': 'b', 'title': 't'}}"))
    }

    fn group_of(last: u8, direct: bool, deleted: bool) -> GroupOf {
        GroupOf {
            id: id(last),
            display_name: format!("Group {last}"),
            external_id: None,
            direct,
            deleted,
            former_names: Vec::new(),
        }
    }

    fn derived() -> Derived {
        Derived {
            groups: Some(vec![
                group_of(2, true, false),
                group_of(3, false, false),
                group_of(4, true, true),
            ]),
            entitlements: Some(r#"{"assignment":"Sales"}"#.parse().unwrap()),
            members: None,
        }
    }

    fn shown(stored: &Stored, derived: Derived, projection: &Projection) -> Shown {
        represent(stored, derived, BASE, &built_in().unwrap(), projection).unwrap()
    }

    #[test]
    fn a_user_shows_what_is_kept_and_what_is_derived() {
        let shown = shown(&user(), derived(), &Projection::Default);
        insta::assert_snapshot!(format!("{:#}", shown.resource));
        assert_eq!(shown.location, format!("{BASE}/Users/{}", id(1)));
        assert_eq!(shown.etag, "W/\"3\"");
    }

    #[test]
    fn parts_that_are_empty_are_not_there() {
        let nothing = Derived {
            groups: Some(vec![group_of(4, true, true)]),
            entitlements: Some(Object::new().into()),
            members: Some(Vec::new()),
        };
        let whole = whole(&user(), nothing, BASE).unwrap();
        for name in ["groups", "members", EXTENSION] {
            assert_eq!(whole.get(name), None, "{name}");
        }
        assert_eq!(whole.get("schemas").unwrap().as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_group_shows_users_and_groups_that_are_in_it() {
        let body =
            "{'schemas': ['urn:ietf:params:scim:schemas:core:2.0:Group'], 'displayName': 'g'}";
        let members =
            vec![Member { id: id(2), kind: Kind::User }, Member { id: id(3), kind: Kind::Group }];
        let derived = Derived { members: Some(members), ..Derived::default() };
        let shown = shown(&stored(Kind::Group, body), derived, &Projection::Default);
        insta::assert_snapshot!(format!("{:#}", shown.resource.get("members").unwrap()));
    }

    #[test]
    fn a_body_that_cannot_be_read_is_the_fault_of_the_server() {
        for body in ["", "[]", "{"] {
            let error = whole(&stored(Kind::User, body), Derived::default(), BASE).unwrap_err();
            assert_eq!(error.status, 500);
        }
    }

    #[test]
    fn nothing_is_read_that_the_projection_does_not_show() {
        let schemas = built_in().unwrap();
        let needs =
            |kind, projection: Projection| Needs::of_projection(kind, &schemas, &projection);
        for kind in Kind::ALL {
            assert_eq!(needs(kind, Projection::Default), Needs::all(kind));
            assert_eq!(needs(kind, Projection::only(["displayName"], &schemas)), Needs::default());
        }
        let without = |names: &[&'static str]| Projection::without(names.iter().copied(), &schemas);
        assert!(!needs(Kind::Group, without(&["MEMBERS"])).members);
        assert!(needs(Kind::Group, without(&["members.type"])).members);
        assert_eq!(needs(Kind::User, without(&["groups", EXTENSION])), Needs::default());
        let seats = format!("{EXTENSION}:seats.value");
        let needed = needs(Kind::User, Projection::only([seats.as_str()], &schemas));
        assert_eq!(needed, Needs { entitlements: true, ..Needs::default() });
    }

    #[test]
    fn nothing_is_read_that_the_filter_does_not_ask_about() {
        let schemas = built_in().unwrap();
        let needs = |kind, text: &str| {
            let filter = filter::parse(text, &schemas, filter::Options::lenient()).unwrap();
            Needs::of_filter(kind, &filter.root)
        };
        let nothing = Needs::default();
        assert_eq!(needs(Kind::User, "userName eq \"b\" and active eq true"), nothing);
        assert!(needs(Kind::User, "title pr or not (GROUPS.value eq \"x\")").groups);
        assert!(needs(Kind::User, "groups[display sw \"S\"]").groups);
        assert!(needs(Kind::User, "schemas eq \"urn:x:y\"").entitlements);
        assert!(needs(Kind::User, &format!("{EXTENSION}:seats.value eq \"x\"")).entitlements);
        assert_eq!(needs(Kind::Group, "displayName co \"x\""), nothing);
        assert!(needs(Kind::Group, "displayName co \"x\" and members pr").members);
    }
}
