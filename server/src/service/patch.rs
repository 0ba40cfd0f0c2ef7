//! Changing a part (RFC 7644, 3.5.2).
//!
//! The library applies the operations to the resource. Of a group's members it gets only those
//! that the operations can concern: for `members[value eq "…"]` and for values to add these few,
//! and all only where an operation is about all. What comes out becomes a difference of the
//! relation, so one member more costs the same in a group of ten and of 100,000.

use std::collections::{HashMap, HashSet};

use provisor::ErrorKind;
use provisor::json::Json;
use provisor::scim::filter::{Expr, ExprKind, Literal, Op as Comparison, Test};
use provisor::scim::patch::{self, Op, Operation, Patch, Tolerance, Tolerated};
use provisor::scim::path::AttrPath;

use super::dialect::{self, Accepted};
use super::keep::{Parted, part};
use super::membership::{self, Difference, Waiting};
use super::work::Work;
use super::{Call, Service, Shown};
use crate::error::ScimError;
use crate::id::{Id, Kind};
use crate::protocol::represent::member;
use crate::protocol::{Condition, Projection};
use crate::store::{Member, Read, Stored, Write};

impl Service {
    /// RFC 7644, 3.5.2: all operations or none. What changes nothing keeps version and
    /// `meta.lastModified`. For a Group there is no content unless attributes are asked for; see
    /// [`Shown::resource`].
    ///
    /// Fails with 404, 412, 409 `uniqueness` or what is wrong with an operation.
    pub async fn patch(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        body: Json,
        condition: &Condition,
    ) -> Result<Shown, ScimError> {
        let (work, id, condition) = (self.work(call), id.to_owned(), condition.clone());
        let patch = work.read_patch(kind, body)?;
        self.store
            .write(move |tx| {
                let id = work.patch(tx, kind, &id, &patch, &condition, &mut Waiting::default())?;
                let stored = work.again(tx, kind, id)?;
                if kind == Kind::Group && work.call.projection == Projection::Default {
                    return Ok(work.no_content(&stored));
                }
                work.shown(tx, &stored)
            })
            .await
    }
}

/// A PATCH as it was sent, and as it is understood.
pub(super) struct Asked {
    patch: Patch,
    body: Json,
}

impl Work {
    /// Holds a PATCH body against the schemas.
    pub(super) fn read_patch(&self, kind: Kind, body: Json) -> Result<Asked, ScimError> {
        let (schemas, resource_type) = (&self.service.schemas, self.resource_type(kind)?);
        let read = |options| patch::parse(&body, schemas, resource_type, options);
        match read(self.service.accepted(&self.call).patch) {
            Ok(patch) => {
                count(&patch.tolerated);
                Ok(Asked { patch, body })
            }
            Err(error) => Err(dialect::refused(error, |accepted| read(accepted.patch).is_ok())),
        }
    }

    /// Applies it within a job.
    pub(super) fn patch(
        &self,
        tx: &dyn Write,
        kind: Kind,
        id: &str,
        asked: &Asked,
        condition: &Condition,
        waiting: &mut Waiting,
    ) -> Result<Id, ScimError> {
        let Asked { patch, body } = asked;
        let stored = self.existing(tx, kind, id)?;
        condition.permits_change(stored.version)?;
        let id = stored.id;
        let before = match kind {
            Kind::User => Vec::new(),
            Kind::Group => self.concerned(tx, id, &patch.operations)?,
        };
        let current = self.current(tx, &stored, &patch.operations, &before)?;
        let (schemas, resource_type) = (&self.service.schemas, self.resource_type(kind)?);
        let patched = patch.apply(&current, schemas, resource_type).map_err(|error| {
            // Nothing else that a dialect accepts depends on the resource.
            let unmatched = error.kind() == ErrorKind::NoTarget;
            dialect::refused(error, |Accepted { patch: options, .. }| {
                unmatched
                    && options.accepts(Tolerance::UnmatchedFilter)
                    && patch::parse(body, schemas, resource_type, options)
                        .and_then(|patch| patch.apply(&current, schemas, resource_type))
                        .is_ok()
            })
        })?;
        count(&patched.tolerated);
        if !patched.changed {
            return Ok(id);
        }
        let Parted { body, members } = part(kind, patched.resource);
        let difference = match kind {
            Kind::User => Difference::default(),
            Kind::Group => {
                let (new, gone) = compare(&before, &members, &patch.operations);
                let new = self.named_members(tx, id, &new, waiting)?;
                self.change_members(tx, id, &new, &gone)?
            }
        };
        self.written_back(tx, &stored, &body, difference)?;
        Ok(id)
    }

    /// The members that the operations can concern.
    fn concerned(
        &self,
        tx: &dyn Read,
        group: Id,
        operations: &[Operation],
    ) -> Result<Vec<Member>, ScimError> {
        let mut named = HashSet::new();
        for operation in operations.iter().filter(|one| is_members(one)) {
            if !names(operation, &mut named) {
                return self.all_members(tx, group);
            }
        }
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let named: Vec<Id> = named.into_iter().collect();
        Ok(tx.members_among(self.tenant(), group, &named)?)
    }

    /// The resource as the operations see it: what is kept, `id`, the members that matter, and
    /// whatever else an operation repeats.
    fn current(
        &self,
        tx: &dyn Read,
        stored: &Stored,
        operations: &[Operation],
        members: &[Member],
    ) -> Result<Json, ScimError> {
        let repeated: Vec<AttrPath> = operations
            .iter()
            .filter(|operation| operation.is_echo())
            .map(|operation| AttrPath::new(operation.attribute().1, None))
            .collect();
        let mut object = if repeated.is_empty() {
            let mut object = stored.content()?;
            object.push("id", stored.id.to_string());
            object
        } else {
            self.view(tx, stored, &repeated)?
        };
        if members.is_empty() {
            return Ok(Json::Object(object));
        }
        let base = &self.call.base;
        let elements = members.iter().map(|one| member(*one, base)).collect();
        object.push("members", Json::Array(elements));
        Ok(Json::Object(object))
    }
}

/// What clients send beyond the letter is counted by its name, so that an operator sees what a
/// stricter setting would refuse.
fn count(tolerated: &[Tolerated]) {
    for one in tolerated {
        metrics::counter!("provisor_patch_tolerated_total", "what" => one.tolerance.name())
            .increment(1);
    }
}

fn is_members(operation: &Operation) -> bool {
    operation.attribute() == (None, "members")
}

/// Collects the ids that an operation on `members` names; false if it is about all of them.
fn names(operation: &Operation, named: &mut HashSet<Id>) -> bool {
    let listed = match operation.value() {
        Some(Json::Array(elements)) => Some(elements.as_slice()),
        Some(Json::Null) | None => None,
        Some(one) => Some(std::slice::from_ref(one)),
    };
    named.extend(listed.unwrap_or_default().iter().filter_map(membership::id_of));
    match (operation.filter(), operation.sub(), operation.op()) {
        (Some(filter), _, _) => chosen(filter, named),
        (None, None, Op::Add) => true,
        (None, None, Op::Remove) => listed.is_some(),
        _ => false,
    }
}

/// Collects the ids among which everything is that a filter chooses; false if it does not say.
// Recursion follows the filter, whose depth the parser has limited.
fn chosen(filter: &Expr, named: &mut HashSet<Id>) -> bool {
    match &filter.node {
        ExprKind::Compare { path, test: Test::Value(Comparison::Eq, literal) }
            if path.node.name.eq_ignore_ascii_case("value") && path.node.sub.is_none() =>
        {
            match &literal.node {
                // What is no id is nobody's.
                Literal::Text(text) => {
                    named.extend(text.parse::<Id>().ok());
                    true
                }
                _ => false,
            }
        }
        ExprKind::Or(parts) => parts.iter().all(|part| chosen(part, named)),
        ExprKind::And(parts) => parts.iter().any(|part| chosen(part, named)),
        _ => false,
    }
}

/// What of the values afterwards was not there before, each with its place in the request, and
/// who is not there any more.
fn compare(
    before: &[Member],
    after: &[Json],
    operations: &[Operation],
) -> (Vec<(String, Json)>, Vec<Id>) {
    let there: HashSet<Id> = before.iter().map(|member| member.id).collect();
    let mut stays = HashSet::with_capacity(before.len());
    let mut places = None;
    let mut new = Vec::new();
    for element in after {
        let id = membership::id_of(element);
        if let Some(id) = id.filter(|id| there.contains(id)) {
            stays.insert(id);
            continue;
        }
        let places = places.get_or_insert_with(|| places_of(operations));
        let place = membership::value_of(element).and_then(|value| places.get(value));
        new.push((place.cloned().unwrap_or_else(|| "members.value".to_owned()), element.clone()));
    }
    let gone = before.iter().map(|member| member.id).filter(|id| !stays.contains(id)).collect();
    (new, gone)
}

/// Where the request names whom.
fn places_of(operations: &[Operation]) -> HashMap<&str, String> {
    let mut places = HashMap::new();
    for operation in operations.iter().filter(|one| is_members(one)) {
        let elements = operation.value().and_then(Json::as_array).unwrap_or_default();
        for (index, element) in elements.iter().enumerate() {
            let Some(value) = membership::value_of(element) else { continue };
            let place = || format!("Operations[{}].value[{index}].value", operation.index());
            places.entry(value).or_insert_with(place);
        }
    }
    places
}
