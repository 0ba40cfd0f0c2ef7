//! `bulkId:…` in the operations of a bulk request (RFC 7644, 3.7.2).
//!
//! The id of every resource to be created is known before it is, so a reference can be replaced
//! wherever it stands.

use std::collections::{BTreeSet, HashMap, HashSet};

use provisor::json::{Json, Object};

use crate::error::{ScimError, ScimType};
use crate::id::{Id, Kind};
use crate::protocol::BulkOperation;
use crate::protocol::bulk::path::{MARK, One, Target};

/// The references of a request.
pub(super) struct References {
    /// By `bulkId`.
    made: HashMap<String, Made>,
    by_operation: HashMap<usize, (Id, Kind)>,
    /// Operations of which nothing came.
    failed: HashSet<usize>,
}

struct Made {
    id: Id,
    operation: usize,
}

impl References {
    /// The references of operations with what their paths name.
    pub(super) fn of(operations: &[BulkOperation], targets: &[Result<Target, ScimError>]) -> Self {
        let mut made: HashMap<String, Made> = HashMap::new();
        let mut by_operation = HashMap::new();
        for (operation, (asked, target)) in operations.iter().zip(targets).enumerate() {
            let (Some(bulk_id), "POST") = (&asked.bulk_id, asked.method.as_str()) else {
                continue;
            };
            // The first one has the name; a second one fails.
            if made.contains_key(bulk_id) {
                continue;
            }
            let id = Id::new();
            made.insert(bulk_id.clone(), Made { id, operation });
            // One that names no endpoint creates nothing, and so nothing of another kind.
            let kind = target.as_ref().map_or(Kind::User, |target| target.kind);
            by_operation.insert(operation, (id, kind));
        }
        Self { made, by_operation, failed: HashSet::new() }
    }

    /// The id of what a POST creates; `None` if its `bulkId` is missing or not its own.
    pub(super) fn own(&self, operation: usize) -> Option<Id> {
        self.by_operation.get(&operation).map(|(id, _)| *id)
    }

    /// What an operation creates.
    pub(super) fn made_by(&self, operation: usize) -> Option<(Id, Kind)> {
        self.by_operation.get(&operation).copied()
    }

    /// Nothing came of an operation.
    pub(super) fn failed(&mut self, operation: usize) {
        self.failed.insert(operation);
    }

    /// Which operations one refers to.
    pub(super) fn needs(
        &self,
        operation: &BulkOperation,
        target: &Result<Target, ScimError>,
    ) -> BTreeSet<usize> {
        let mut needs = BTreeSet::new();
        let mut note = |bulk_id: &str| {
            needs.extend(self.made.get(bulk_id).map(|made| made.operation));
        };
        if let Ok(Target { one: Some(One::BulkId(bulk_id)), .. }) = target {
            note(bulk_id);
        }
        if let Some(data) = &operation.data {
            each_reference(data, &mut note);
        }
        needs
    }

    /// The id that a path names.
    ///
    /// Fails with 409 where a reference leads nowhere.
    pub(super) fn named(&self, one: &One) -> Result<String, ScimError> {
        match one {
            One::Id(id) => Ok(id.clone()),
            One::BulkId(bulk_id) => Ok(self.id(bulk_id)?.to_string()),
        }
    }

    /// The data of an operation with ids.
    ///
    /// Fails with 409 where a reference leads nowhere.
    // Recursion follows JSON, whose depth the parser has limited.
    pub(super) fn data(&self, data: &Json) -> Result<Json, ScimError> {
        Ok(match data {
            Json::String(text) => Json::String(self.text(text)?),
            Json::Array(elements) => {
                Json::Array(elements.iter().map(|one| self.data(one)).collect::<Result<_, _>>()?)
            }
            Json::Object(object) => {
                let entries = object.iter().map(|(key, value)| match (key, value) {
                    ("path", Json::String(path)) => Ok((key.to_owned(), self.patch_path(path)?)),
                    _ => Ok((key.to_owned(), self.data(value)?)),
                });
                Json::Object(entries.collect::<Result<Object, ScimError>>()?)
            }
            other => other.clone(),
        })
    }

    fn text(&self, text: &str) -> Result<String, ScimError> {
        match reference(text) {
            Some((before, bulk_id)) => Ok(format!("{before}{}", self.id(bulk_id)?)),
            None => Ok(text.to_owned()),
        }
    }

    /// `members[value eq "bulkId:…"]`
    fn patch_path(&self, path: &str) -> Result<Json, ScimError> {
        let mut parts = path.split('"');
        let mut replaced = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            replaced.push('"');
            replaced.push_str(&self.text(part)?);
        }
        Ok(Json::String(replaced))
    }

    fn id(&self, bulk_id: &str) -> Result<Id, ScimError> {
        let refuse =
            |detail| ScimError { status: 409, scim_type: Some(ScimType::InvalidValue), detail };
        match self.made.get(bulk_id) {
            Some(made) if !self.failed.contains(&made.operation) => Ok(made.id),
            Some(_) => Err(refuse(format!(
                "`bulkId:{bulk_id}` refers to a resource of this request that could not be created"
            ))),
            None => Err(refuse(format!("no POST of this request has the `bulkId` `{bulk_id}`"))),
        }
    }
}

/// A text that is a reference: `bulkId:…` alone, or as the last part of a URI in `$ref`.
fn reference(text: &str) -> Option<(&str, &str)> {
    if let Some(bulk_id) = text.strip_prefix(MARK) {
        return Some(("", bulk_id));
    }
    let (before, last) = text.rsplit_once('/')?;
    let bulk_id = last.strip_prefix(MARK)?;
    Some((text.get(..=before.len())?, bulk_id))
}

fn each_reference(data: &Json, note: &mut dyn FnMut(&str)) {
    match data {
        Json::String(text) => {
            // In a PATCH path it stands in quotes.
            for part in text.split('"') {
                if let Some((_, bulk_id)) = reference(part) {
                    note(bulk_id);
                }
            }
        }
        Json::Array(elements) => elements.iter().for_each(|one| each_reference(one, note)),
        Json::Object(object) => object.iter().for_each(|(_, value)| each_reference(value, note)),
        _ => {}
    }
}
