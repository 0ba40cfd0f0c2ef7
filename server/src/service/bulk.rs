//! Several operations in one request (RFC 7644, 3.7): one job of the store, each operation a part
//! of it that can be taken back by itself.
//!
//! Choices: `bulkId:…` is understood wherever a value is, in PATCH paths and in `path`. An
//! operation that refers to a later one waits for it; the others keep their order. Operations that
//! refer to one another in a circle are done together, all or none (3.7.1). One that refers to a
//! `bulkId` that is not there, or whose resource could not be created, fails with 409. The
//! `failOnErrors`-th error ends the request; what was done before stays (3.7.3).

mod order;
mod references;

use std::collections::HashMap;

use provisor::json::Json;

use self::order::order;
use self::references::References;
use super::keep::part;
use super::membership::Waiting;
use super::work::{Work, apart};
use super::{Call, Service};
use crate::error::{ScimError, ScimType};
use crate::id::{Id, Kind};
use crate::protocol::bulk::not_too_many;
use crate::protocol::bulk::path::{MARK, One, Target};
use crate::protocol::condition::etag;
use crate::protocol::message::syntax;
use crate::protocol::represent::location;
use crate::protocol::{
    BulkOperation, BulkRequest, BulkResponse, BulkResult, Condition, Projection, Tags,
};
use crate::store::{Member, Write};

impl Service {
    /// RFC 7644, 3.7. Failures of operations are in the response.
    ///
    /// Fails with 413 where there are too many operations, and where the store fails.
    pub async fn bulk(&self, call: &Call, request: BulkRequest) -> Result<BulkResponse, ScimError> {
        not_too_many(request.operations.len(), self.settings.bulk_operations)?;
        let mut work = self.work(call);
        work.call.projection = Projection::Default;
        self.store.write(move |tx| Bulk::new(&work, request).run(tx)).await
    }
}

/// A bulk request on its way.
struct Bulk<'a> {
    work: &'a Work,
    operations: Vec<BulkOperation>,
    /// What the path of each names.
    targets: Vec<Result<Target, ScimError>>,
    /// What each `bulkId` of a POST will be.
    references: References,
    /// What of it is there by now.
    results: Vec<Option<BulkResult>>,
    errors: u64,
    error_limit: u64,
}

/// What an operation did.
struct Done {
    status: u16,
    kind: Kind,
    id: Id,
    version: Option<u64>,
}

impl<'a> Bulk<'a> {
    fn new(work: &'a Work, request: BulkRequest) -> Self {
        let operations = request.operations;
        let base = &work.call.base;
        let targets: Vec<_> = operations.iter().map(|one| Target::parse(&one.path, base)).collect();
        Self {
            work,
            references: References::of(&operations, &targets),
            targets,
            results: vec![None; operations.len()],
            operations,
            errors: 0,
            error_limit: request.fail_on_errors.unwrap_or(u64::MAX).max(1),
        }
    }

    fn run(mut self, tx: &dyn Write) -> Result<BulkResponse, ScimError> {
        let both = self.operations.iter().zip(&self.targets);
        let needs: Vec<_> = both.map(|(one, target)| self.references.needs(one, target)).collect();
        for step in order(&needs) {
            match step.as_slice() {
                [single] => self.single(tx, *single)?,
                several => self.circle(tx, several)?,
            }
            if self.errors >= self.error_limit {
                break;
            }
        }
        Ok(BulkResponse { operations: self.results.into_iter().flatten().collect() })
    }

    /// One operation in a part of its own.
    fn single(&mut self, tx: &dyn Write, index: usize) -> Result<(), ScimError> {
        let outcome = apart(tx, |tx| self.perform(tx, index, &mut Waiting::default()))?;
        self.note(index, outcome);
        Ok(())
    }

    /// Operations that refer to one another: all or none.
    fn circle(&mut self, tx: &dyn Write, together: &[usize]) -> Result<(), ScimError> {
        let mut failed = None;
        let outcome = apart(tx, |tx| {
            let mut waiting = Waiting { expected: self.expected(together), members: Vec::new() };
            let mut done = Vec::new();
            for index in together {
                failed = Some(*index);
                done.push(self.perform(tx, *index, &mut waiting)?);
                if let Some((id, _)) = self.references.made_by(*index) {
                    waiting.expected.remove(&id);
                }
            }
            self.late_members(tx, waiting.members)?;
            Ok(done)
        })?;
        match outcome {
            Ok(done) => {
                for (index, mut done) in together.iter().zip(done) {
                    // Members that came late changed it once more.
                    if let Ok(stored) = self.work.again(tx, done.kind, done.id) {
                        done.version = Some(stored.version);
                    }
                    self.note(*index, Ok(done));
                }
            }
            Err(error) => {
                for index in together {
                    let own = failed == Some(*index);
                    let error = if own { error.clone() } else { not_created() };
                    self.note(*index, Err(error));
                }
            }
        }
        Ok(())
    }

    /// What the operations will create.
    fn expected(&self, together: &[usize]) -> HashMap<Id, Kind> {
        together.iter().filter_map(|index| self.references.made_by(*index)).collect()
    }

    /// Memberships that had to wait until the members were there.
    fn late_members(&self, tx: &dyn Write, late: Vec<(Id, Member)>) -> Result<(), ScimError> {
        let mut groups: HashMap<Id, Vec<Member>> = HashMap::new();
        let mut order = Vec::new();
        for (group, member) in late {
            let members = groups.entry(group).or_default();
            if members.is_empty() {
                order.push(group);
            }
            members.push(member);
        }
        for group in order {
            let members = groups.remove(&group).unwrap_or_default();
            let difference = self.work.change_members(tx, group, &members, &[])?;
            self.work.members_changed(tx, group, difference)?;
        }
        Ok(())
    }

    fn perform(
        &self,
        tx: &dyn Write,
        index: usize,
        waiting: &mut Waiting,
    ) -> Result<Done, ScimError> {
        let (Some(operation), Some(target)) = (self.operations.get(index), self.targets.get(index))
        else {
            return Err(ScimError::new(500, "the server lost an operation"));
        };
        let Target { kind, one } = target.clone()?;
        let id = one.map(|one| self.references.named(&one)).transpose()?;
        let data = || -> Result<Json, ScimError> {
            let Some(data) = &operation.data else {
                return Err(syntax("`data` is missing; write what the operation is to do"));
            };
            self.references.data(data)
        };
        let condition = condition(operation.version.as_deref())?;
        let work = self.work;
        let (status, id) = match (operation.method.as_str(), id) {
            ("POST", None) => {
                let Some(id) = self.references.own(index) else {
                    return Err(bulk_id_wrong(operation));
                };
                let resource = work.written(kind, &data()?, None)?;
                work.create(tx, kind, id, part(kind, resource), waiting)?;
                (201, id)
            }
            ("PUT", Some(id)) => (200, work.replace(tx, kind, &id, &data()?, &condition, waiting)?),
            ("PATCH", Some(id)) => {
                let patch = work.read_patch(kind, data()?)?;
                (200, work.patch(tx, kind, &id, &patch, &condition, waiting)?)
            }
            ("DELETE", Some(id)) => {
                let id = work.delete(tx, kind, &id, &condition)?;
                return Ok(Done { status: 204, kind, id, version: None });
            }
            ("POST", Some(_)) => {
                return Err(syntax("a POST names an endpoint, such as `/Users`, and no resource"));
            }
            ("PUT" | "PATCH" | "DELETE", None) => {
                return Err(syntax("`path` names no resource; write it as in `/Users/…`"));
            }
            _ => return Err(syntax("`method` is POST, PUT, PATCH or DELETE, in capitals")),
        };
        let version = work.again(tx, kind, id)?.version;
        Ok(Done { status, kind, id, version: Some(version) })
    }

    fn note(&mut self, index: usize, outcome: Result<Done, ScimError>) {
        let Some(operation) = self.operations.get(index) else { return };
        let base = &self.work.call.base;
        let mut result = BulkResult {
            method: operation.method.clone(),
            bulk_id: operation.bulk_id.clone(),
            location: None,
            version: None,
            status: 0,
            response: None,
        };
        match outcome {
            Ok(done) => {
                result.status = done.status;
                result.location = Some(location(done.kind, done.id, base));
                result.version = done.version.map(etag);
            }
            Err(error) => {
                self.errors += 1;
                self.references.failed(index);
                result.status = error.status;
                result.response = Some(error.to_json());
                if operation.method != "POST" {
                    result.location = Some(self.failed_location(operation, index));
                }
            }
        }
        if let Some(place) = self.results.get_mut(index) {
            *place = Some(result);
        }
    }

    /// Where an operation that failed would have been (3.7: every result has it, save that of a
    /// POST that failed).
    fn failed_location(&self, operation: &BulkOperation, index: usize) -> String {
        let base = &self.work.call.base;
        match self.targets.get(index) {
            Some(Ok(Target { kind, one: Some(one) })) => {
                let id = self.references.named(one);
                let id = id.unwrap_or_else(|_| match one {
                    One::Id(id) => id.clone(),
                    One::BulkId(bulk_id) => format!("{MARK}{bulk_id}"),
                });
                format!("{base}{}/{id}", kind.endpoint())
            }
            _ if operation.path.contains("://") => operation.path.clone(),
            _ => format!("{base}/{}", operation.path.trim_start_matches('/')),
        }
    }
}

/// `version` is as If-Match in a single request.
fn condition(version: Option<&str>) -> Result<Condition, ScimError> {
    let Some(version) = version else { return Ok(Condition::default()) };
    match Tags::parse(version) {
        Some(tags) => Ok(Condition { if_match: Some(tags), if_none_match: None }),
        None => Err(ScimError::bad(
            ScimType::InvalidVers,
            "`version` is no ETag; write it as it was given, as in `W/\"1\"`",
        )),
    }
}

fn bulk_id_wrong(operation: &BulkOperation) -> ScimError {
    match &operation.bulk_id {
        Some(bulk_id) => ScimError::bad(
            ScimType::InvalidValue,
            format!("`bulkId` is `{bulk_id}` a second time; each POST has its own"),
        ),
        None => syntax("a POST has no `bulkId`; give it one that no other operation has"),
    }
}

fn not_created() -> ScimError {
    ScimError {
        status: 409,
        scim_type: Some(ScimType::InvalidValue),
        detail: "the operation refers to a resource of this request that could not be created"
            .to_owned(),
    }
}
