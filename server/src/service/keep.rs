//! What of a resource is kept as its own, and the keys that a store finds it by.

use provisor::json::{Json, Object};

use crate::clock::Timestamp;
use crate::entitlements::EXTENSION;
use crate::id::{Id, Kind};
use crate::store::NewResource;
use crate::store::user_name::prepared;

/// A resource parted into what is kept as text and what is kept as relations.
pub(super) struct Parted {
    /// See [`Stored::body`](crate::store::Stored::body).
    pub(super) body: Object,
    /// The values of `members` of a group, as written.
    pub(super) members: Vec<Json>,
}

/// Parts a canonical resource. Derived attributes are left out, since they are put around the
/// body when it is shown. So is `password`: nobody signs in here, and a secret that is not kept
/// cannot leak (RFC 7643, 4.1.1).
pub(super) fn part(kind: Kind, resource: Json) -> Parted {
    let mut parted = Parted { body: Object::new(), members: Vec::new() };
    let Json::Object(object) = resource else { return parted };
    for (key, value) in object {
        match (kind, key.as_str()) {
            (_, "id" | "meta" | EXTENSION) | (Kind::User, "groups" | "password") => {}
            (Kind::Group, "members") => match value {
                Json::Array(elements) => parted.members = elements,
                Json::Null => {}
                one => parted.members = vec![one],
            },
            (Kind::User, "userName") => match value {
                Json::String(name) => parted.body.push(key, prepared(&name).into_owned()),
                other => parted.body.push(key, other),
            },
            (_, "schemas") => parted.body.push(key, schemas(value)),
            _ => parted.body.push(key, value),
        }
    }
    parted
}

/// The record that a store keeps.
pub(super) fn keep(kind: Kind, id: Id, body: &Object, at: Timestamp) -> NewResource {
    let text = |name: &str| body.attribute(name).and_then(Json::as_str).map(str::to_owned);
    let user = kind == Kind::User;
    NewResource {
        id,
        kind,
        user_name: text("userName").filter(|_| user),
        display_name: text("displayName"),
        external_id: text("externalId"),
        active: body.attribute("active").and_then(Json::as_bool).filter(|_| user),
        emails: if user { emails(body) } else { Vec::new() },
        body: Json::Object(body.clone()).to_string(),
        at,
    }
}

fn emails(body: &Object) -> Vec<String> {
    let elements = body.attribute("emails").and_then(Json::as_array).unwrap_or_default();
    let value = |email: &Json| email.as_object()?.attribute("value")?.as_str().map(str::to_owned);
    elements.iter().filter_map(value).collect()
}

/// `schemas` without the extension that is derived: it is shown where there is something in it.
fn schemas(value: Json) -> Json {
    match value {
        Json::Array(uris) => {
            let own =
                |one: &Json| one.as_str().is_none_or(|one| !one.eq_ignore_ascii_case(EXTENSION));
            Json::Array(uris.into_iter().filter(own).collect())
        }
        other => other,
    }
}
