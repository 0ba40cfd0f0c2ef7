//! Membership is a relation: what a request says about `members` becomes a difference, and costs
//! what it names, not what the group holds.
//!
//! Groups may contain one another in a circle, since a bulk request may create them so
//! (RFC 7644, 3.7.1) and everything that follows groups stops at each group once. A group that
//! is to be its own member is refused: that is surely a mistake.

use std::collections::{HashMap, HashSet};

use provisor::json::Json;

use super::work::Work;
use crate::entitlements::{Happening, people};
use crate::error::{ScimError, ScimType};
use crate::id::{Id, Kind};
use crate::store::{Member, Read, Write};

/// Members are read in parts of this size.
pub(super) const PART: usize = 1_000;

/// Resources that a bulk request will create, and memberships that wait for them (RFC 7644,
/// 3.7.1). Empty in a single request.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// What will exist.
    pub(super) expected: HashMap<Id, Kind>,
    /// Which group will have which of them.
    pub(super) members: Vec<(Id, Member)>,
}

/// Who came into a group and who left it.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) added: Vec<Member>,
    pub(super) removed: Vec<Member>,
}

impl Difference {
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

impl Work {
    /// The members that values name, each once. Each value comes with its place in the request.
    ///
    /// Fails with `invalidValue` and the place of a value that names nobody of this tenant.
    pub(super) fn named_members(
        &self,
        tx: &dyn Read,
        group: Id,
        elements: &[(String, Json)],
        waiting: &mut Waiting,
    ) -> Result<Vec<Member>, ScimError> {
        let mut members = Vec::with_capacity(elements.len());
        let mut seen = HashSet::with_capacity(elements.len());
        for (place, element) in elements {
            let (id, kind) = reference(element, place)?;
            if !seen.insert(id) {
                continue;
            }
            if let Some(member) = self.member(tx, group, id, kind, place, waiting)? {
                members.push(member);
            }
        }
        Ok(members)
    }

    /// Adds and removes members, and marks the users as changed whose `groups` show it. What the
    /// store says was really added or removed is the answer.
    ///
    /// Of a member that is a group everybody in it is concerned.
    pub(super) fn change_members(
        &self,
        tx: &dyn Write,
        group: Id,
        add: &[Member],
        remove: &[Id],
    ) -> Result<Difference, ScimError> {
        let tenant = self.tenant();
        let mut difference = Difference::default();
        if !remove.is_empty() {
            difference.removed = tx.remove_members(tenant, group, remove)?;
        }
        if !add.is_empty() {
            difference.added = tx.add_members(tenant, group, add)?;
        }
        let changed = difference.added.iter().chain(&difference.removed);
        for person in people(tx, tenant, changed)? {
            tx.touch(tenant, Kind::User, person, self.at())?;
        }
        Ok(difference)
    }

    /// Tells of a difference, if there is one.
    pub(super) fn members_changed(
        &self,
        tx: &dyn Write,
        group: Id,
        difference: Difference,
    ) -> Result<(), ScimError> {
        if difference.is_empty() {
            return Ok(());
        }
        let Difference { added, removed } = difference;
        self.happened(tx, &Happening::MembersChanged { group, added, removed })
    }

    /// Every member of a group.
    pub(super) fn all_members(&self, tx: &dyn Read, group: Id) -> Result<Vec<Member>, ScimError> {
        let mut members: Vec<Member> = Vec::new();
        loop {
            let after = members.last().map(|member| member.id);
            let part = tx.members(self.tenant(), group, after, PART)?;
            let last = part.len() < PART;
            members.extend(part);
            if last {
                return Ok(members);
            }
        }
    }

    fn member(
        &self,
        tx: &dyn Read,
        group: Id,
        id: Id,
        kind: Option<Kind>,
        place: &str,
        waiting: &mut Waiting,
    ) -> Result<Option<Member>, ScimError> {
        if id == group {
            let detail = format!("`{place}` is the group itself; leave it out");
            return Err(ScimError::bad(ScimType::InvalidValue, detail));
        }
        if let Some(expected) = waiting.expected.get(&id).copied()
            && kind.is_none_or(|kind| kind == expected)
        {
            waiting.members.push((group, Member { id, kind: expected }));
            return Ok(None);
        }
        // Most members are people.
        let kinds = kind.map_or_else(|| vec![Kind::User, Kind::Group], |kind| vec![kind]);
        for kind in kinds {
            if tx.resource(self.tenant(), kind, id)?.is_some() {
                return Ok(Some(Member { id, kind }));
            }
        }
        Err(nobody(&id.to_string(), kind, place))
    }
}

/// The values of `members` in a body, each with its place.
pub(super) fn placed(elements: Vec<Json>) -> Vec<(String, Json)> {
    let place = |(index, element)| (format!("members[{index}].value"), element);
    elements.into_iter().enumerate().map(place).collect()
}

/// The id of a value of `members`.
pub(super) fn id_of(element: &Json) -> Option<Id> {
    value_of(element)?.parse().ok()
}

/// The `value` of a value of `members`.
pub(super) fn value_of(element: &Json) -> Option<&str> {
    element.as_object()?.attribute("value")?.as_str()
}

fn reference(element: &Json, place: &str) -> Result<(Id, Option<Kind>), ScimError> {
    let kind = match element.as_object().and_then(|object| object.attribute("type")) {
        Some(Json::String(name)) => {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name));
            Some(kind.ok_or_else(|| {
                let detail = format!(
                    "the `type` beside `{place}` is `{name}`; write `User` or `Group`, or leave it out"
                );
                ScimError::bad(ScimType::InvalidValue, detail)
            })?)
        }
        _ => None,
    };
    let Some(text) = value_of(element) else {
        let detail = format!("`{place}` is missing; write the id of a user or group");
        return Err(ScimError::bad(ScimType::InvalidValue, detail));
    };
    match text.parse() {
        Ok(id) => Ok((id, kind)),
        Err(_) => Err(nobody(text, kind, place)),
    }
}

fn nobody(id: &str, kind: Option<Kind>, place: &str) -> ScimError {
    let what = match kind {
        Some(Kind::User) => "user",
        Some(Kind::Group) => "group",
        None => "user or group",
    };
    let detail = format!("`{place}` is `{id}`, and there is no {what} with this id");
    ScimError::bad(ScimType::InvalidValue, detail)
}
