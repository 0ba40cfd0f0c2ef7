//! Resources from elsewhere, one a line: those of an [`export`](super::export), or of another
//! service provider.
//!
//! A resource that nobody here is becomes a new one, under the id, the times and the version that
//! its line gives. One that is here already becomes what its line says, as by a PUT. It is looked
//! for by `id`, then by `externalId`, then by `userName` or `displayName`. What no line names
//! stays. A second import of the same lines changes nothing, so one that was cut off is begun
//! again from the start.
//!
//! What people get is decided as for SCIM writes, but once all lines are in: on the way people
//! lack the groups that come later, and would lose what these give them.

use std::collections::{HashMap, HashSet};

use provisor::json::Json;
use provisor::scim::schema::uri;

use super::export::RECORD;
use super::keep::{Parted, keep, part};
use super::membership::{Waiting, placed, value_of};
use super::replace::same;
use super::texts;
use super::work::{Work, apart};
use super::{Call, Service};
use crate::clock::Timestamp;
use crate::entitlements::{EXTENSION, Happening, people};
use crate::error::{ScimError, ScimType};
use crate::id::{Id, Kind};
use crate::protocol::message::has_schema;
use crate::protocol::{Condition, Tags, body};
use crate::store::named::{NameOf, Named, named};
use crate::store::{Entitlement, KeptMeta, Member, Stored, Write};

/// What a version can be: it grows from there with each write.
const MOST_WRITTEN: u64 = u32::MAX as u64;

/// A line with its number, from 1.
pub type Line = (u64, Vec<u8>);

/// What became of a line, or of a member that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// The resource is new.
    Created(Kind),
    /// The resource was here, and is now what its line says.
    Changed(Kind),
    /// The resource was here as its line says it.
    Unchanged(Kind),
    /// The line was not taken.
    Refused(ScimError),
}

/// What an import has to remember between its parts: 16 bytes for each user that it made, more
/// for those whose id is another here and for members that have not come yet.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Ids of the lines that are other ones here.
    ids: HashMap<String, Id>,
    /// Users whose lines tell of all their groups already, so that a group that lists them is no
    /// change to them.
    whole: HashSet<Id>,
    /// Members that are not here yet: the line, the group, the member's id in the line.
    waiting: Vec<(u64, Id, String)>,
}

impl Service {
    /// Takes in some lines, in one transaction. A line that is refused keeps no other out.
    ///
    /// # Errors
    /// Those of the store; then nothing of these lines is kept, and the memory is lost.
    pub async fn import(
        &self,
        call: &Call,
        lines: Vec<Line>,
        memory: Memory,
    ) -> Result<(Vec<(u64, Imported)>, Memory), ScimError> {
        let work = Work { among_others: true, ..self.work(call) };
        self.store
            .write(move |tx| {
                let mut importing = Importing { work: &work, tx, memory };
                let mut done = Vec::with_capacity(lines.len());
                for (number, text) in &lines {
                    done.push((*number, importing.line(*number, text)?));
                }
                Ok((done, importing.memory))
            })
            .await
    }

    /// After the last line: brings members into groups whose lines came before theirs. Gives how
    /// many members of which line are nowhere.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn import_members(
        &self,
        call: &Call,
        memory: Memory,
    ) -> Result<Vec<(u64, u64)>, ScimError> {
        let work = Work { among_others: true, ..self.work(call) };
        self.store
            .write(move |tx| {
                let mut importing = Importing { work: &work, tx, memory };
                let waiting = std::mem::take(&mut importing.memory.waiting);
                let mut missing: Vec<(u64, u64)> = Vec::new();
                for (line, group, member) in waiting {
                    match importing.member(&member)? {
                        Some(member) => importing.add(group, &[member])?,
                        None => match missing.last_mut().filter(|(last, _)| *last == line) {
                            Some((_, number)) => *number += 1,
                            None => missing.push((line, 1)),
                        },
                    }
                }
                Ok(missing)
            })
            .await
    }
}

/// An import within a transaction.
struct Importing<'a> {
    work: &'a Work,
    tx: &'a dyn Write,
    memory: Memory,
}

/// A resource as its line says it.
struct Said {
    kind: Kind,
    /// Its id, as written.
    id: Option<String>,
    meta: Option<KeptMeta>,
    entitlement: Option<Entitlement>,
    resource: Json,
    /// Members that are not here yet, by their ids in the line.
    absent: Vec<String>,
}

impl Importing<'_> {
    /// One line. What is wrong with it is no error, what is wrong with the store is.
    fn line(&mut self, number: u64, text: &[u8]) -> Result<Imported, ScimError> {
        let (work, waiting) = (self.work, self.memory.waiting.len());
        let memory = &mut self.memory;
        let taken = apart(self.tx, |tx| {
            let mut one = Importing { work, tx, memory: std::mem::take(memory) };
            let taken = one.take(number, text);
            *memory = one.memory;
            taken
        })?;
        Ok(taken.unwrap_or_else(|error| {
            self.memory.waiting.truncate(waiting);
            Imported::Refused(error)
        }))
    }

    fn take(&mut self, number: u64, text: &[u8]) -> Result<Imported, ScimError> {
        let said = self.read(text)?;
        let (kind, absent) = (said.kind, said.absent.clone());
        let given = said.id.clone();
        let (id, imported) = match self.here(&said)? {
            Some(stored) => (stored.id, self.change(&stored, said)?),
            None => (self.create(said)?, Imported::Created(kind)),
        };
        if let Some(given) = given.filter(|given| *given != id.to_string()) {
            self.memory.ids.insert(given, id);
        }
        self.memory.waiting.extend(absent.into_iter().map(|member| (number, id, member)));
        Ok(imported)
    }

    /// What a line says, with its members under the ids that they have here.
    fn read(&self, text: &[u8]) -> Result<Said, ScimError> {
        let mut resource = body::parse(text)?;
        let kind = kind_of(&resource)?;
        let Json::Object(object) = &mut resource else { return Err(no_kind()) };
        let id = object.attribute("id").and_then(Json::as_str).map(str::to_owned);
        let meta = object.attribute("meta").and_then(meta_of);
        let record = object.get(RECORD).map(Json::to_string);
        let shown = object.attribute(EXTENSION).map(Json::to_string);
        object.entries_mut().retain(|(key, _)| key != RECORD);
        let entitlement = record
            .filter(|_| kind == Kind::User)
            .map(|record| Entitlement { record, shown: shown.unwrap_or_else(|| "{}".to_owned()) });
        let mut absent = Vec::new();
        if kind == Kind::Group {
            for (key, value) in object.entries_mut() {
                if let (true, Json::Array(members)) = (key.eq_ignore_ascii_case("members"), value) {
                    self.localize(members, &mut absent)?;
                }
            }
        }
        Ok(Said { kind, id, meta, entitlement, resource, absent })
    }

    /// Gives members the ids that they have here, and takes out those that are not here yet.
    fn localize(&self, members: &mut Vec<Json>, absent: &mut Vec<String>) -> Result<(), ScimError> {
        let mut failed = None;
        members.retain_mut(|element| {
            // What names nobody is refused with the rest of the line.
            let Some(value) = value_of(element).map(str::to_owned) else { return true };
            match self.member(&value) {
                Ok(Some(member)) => {
                    if let Json::Object(object) = element {
                        for (key, value) in object.entries_mut() {
                            if key.eq_ignore_ascii_case("value") {
                                *value = Json::from(member.id.to_string());
                            }
                        }
                    }
                    true
                }
                Ok(None) => {
                    absent.push(value);
                    false
                }
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        });
        failed.map_or(Ok(()), Err)
    }

    /// Who has this id in the lines.
    fn member(&self, given: &str) -> Result<Option<Member>, ScimError> {
        let known = self.memory.ids.get(given).copied();
        let Some(id) = known.or_else(|| given.parse().ok()) else { return Ok(None) };
        for kind in Kind::ALL {
            if self.tx.resource(self.work.tenant(), kind, id)?.is_some() {
                return Ok(Some(Member { id, kind }));
            }
        }
        Ok(None)
    }

    /// The resource that a line means, if it is here.
    fn here(&self, said: &Said) -> Result<Option<Stored>, ScimError> {
        let (tenant, kind) = (self.work.tenant(), said.kind);
        let id: Option<Id> = said.id.as_deref().and_then(|id| id.parse().ok());
        if let Some(id) = id
            && let Some(stored) = self.tx.resource(tenant, kind, id)?
        {
            return Ok(Some(stored));
        }
        let text = |name: &str| said.resource.as_object()?.attribute(name)?.as_str();
        let by_external = match text("externalId") {
            Some(external) => self.only(kind, NameOf::ExternalId, external)?,
            None => None,
        };
        match (kind, text("userName"), text("displayName")) {
            (Kind::User, Some(name), _) => {
                let by_name = self.tx.user_named(tenant, name)?;
                match (by_external, by_name) {
                    (Some(one), Some(other)) if one.id != other.id => Err(ScimError::bad(
                        ScimType::Uniqueness,
                        format!(
                            "the `externalId` is that of the user `{}`, the `userName` that of \
                             `{}`; correct one of them",
                            one.id, other.id
                        ),
                    )),
                    (one, other) => Ok(one.or(other)),
                }
            }
            (Kind::Group, _, Some(name)) if by_external.is_none() => {
                self.only(kind, NameOf::DisplayName, name)
            }
            _ => Ok(by_external),
        }
    }

    /// The one resource of a name. Refused where there are several: which one is meant must be
    /// said by its id.
    fn only(&self, kind: Kind, name: NameOf, value: &str) -> Result<Option<Stored>, ScimError> {
        match named(self.tx, self.work.tenant(), kind, name, value)? {
            Named::Nobody => Ok(None),
            Named::One(stored) => Ok(Some(*stored)),
            Named::Several => {
                let name = name.attribute();
                let detail =
                    format!("several resources have this `{name}`; give the `id` of the one meant");
                Err(ScimError::bad(ScimType::Uniqueness, detail))
            }
        }
    }

    fn create(&mut self, said: Said) -> Result<Id, ScimError> {
        let (work, tx, kind) = (self.work, self.tx, said.kind);
        let (tenant, at) = (work.tenant(), work.at());
        let given: Option<Id> = said.id.as_deref().and_then(|id| id.parse().ok());
        // An id that somebody had who was deleted and is kept is not given again.
        let id = match given {
            Some(id) if tx.deleted(tenant, kind, id)?.is_none() => id,
            _ => Id::new(),
        };
        let Parted { body, members } = part(kind, work.written(kind, &said.resource, None)?);
        texts::check(kind, &body, None)?;
        let as_said = part(kind, said.resource).body;
        // The order of attributes is kept too, so that an export of it is the same text.
        let is_same = same(&Json::Object(as_said.clone()), &Json::Object(body.clone()));
        let body = if is_same { as_said } else { body };
        let members = match kind {
            Kind::User => Vec::new(),
            Kind::Group => work.named_members(tx, id, &placed(members), &mut Waiting::default())?,
        };
        tx.insert(tenant, &keep(kind, id, &body, at))?;
        if let Some(meta) = &said.meta {
            tx.set_meta(tenant, kind, id, meta)?;
        }
        match kind {
            Kind::User => {
                if let Some(known) = &said.entitlement {
                    work.service.entitlements.restore(tx, &work.call.cause, id, known)?;
                }
                self.memory.whole.insert(id);
                work.happened(tx, &Happening::UserCreated(id))?;
            }
            Kind::Group => {
                work.happened(tx, &Happening::GroupCreated(id))?;
                self.add(id, &members)?;
            }
        }
        Ok(id)
    }

    /// Brings members into a group that its line says it has: the group is not changed by it.
    fn add(&self, group: Id, members: &[Member]) -> Result<(), ScimError> {
        let (work, tx, tenant) = (self.work, self.tx, self.work.tenant());
        let added = tx.add_members(tenant, group, members)?;
        if added.is_empty() {
            return Ok(());
        }
        for person in people(tx, tenant, &added)? {
            if !self.memory.whole.contains(&person) {
                tx.touch(tenant, Kind::User, person, work.at())?;
            }
        }
        let what = Happening::MembersChanged { group, added, removed: Vec::new() };
        work.happened(tx, &what)
    }

    fn change(&mut self, stored: &Stored, said: Said) -> Result<Imported, ScimError> {
        let (work, tx, kind) = (self.work, self.tx, said.kind);
        let id = stored.id.to_string();
        let any = Condition { if_match: Some(Tags::Any), if_none_match: None };
        work.replace(tx, kind, &id, &said.resource, &any, &mut Waiting::default())?;
        let now = work.again(tx, kind, stored.id)?;
        if now.version != stored.version {
            return Ok(Imported::Changed(kind));
        }
        if kind == Kind::User && said.meta.is_some_and(|meta| meta.version == stored.version) {
            self.memory.whole.insert(stored.id);
        }
        Ok(Imported::Unchanged(kind))
    }
}

/// Which kind of resource it is: by `meta.resourceType`, or else by `schemas`.
fn kind_of(resource: &Json) -> Result<Kind, ScimError> {
    let object = resource.as_object().ok_or_else(no_kind)?;
    let meta = object.attribute("meta").and_then(Json::as_object);
    if let Some(name) = meta.and_then(|meta| meta.attribute("resourceType")?.as_str()) {
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        return kind.ok_or_else(no_kind);
    }
    match (has_schema(object, uri::USER), has_schema(object, uri::GROUP)) {
        (true, false) => Ok(Kind::User),
        (false, true) => Ok(Kind::Group),
        _ => Err(no_kind()),
    }
}

fn no_kind() -> ScimError {
    let detail = "the line is neither a User nor a Group; its `schemas` must say which";
    ScimError::bad(ScimType::InvalidSyntax, detail)
}

/// `meta` of a line, as far as it can be kept: both times, and a version that is a number.
fn meta_of(meta: &Json) -> Option<KeptMeta> {
    let meta = meta.as_object()?;
    let at = |name: &str| {
        let at: jiff::Timestamp = meta.attribute(name)?.as_str()?.parse().ok()?;
        Some(Timestamp(at.as_millisecond()))
    };
    let version = meta.attribute("version").and_then(Json::as_str).and_then(|tag| {
        let number = tag.strip_prefix("W/\"")?.strip_suffix('"')?;
        number.parse().ok().filter(|number| (1..=MOST_WRITTEN).contains(number))
    });
    Some(KeptMeta {
        created: at("created")?,
        modified: at("lastModified")?,
        version: version.unwrap_or(1),
    })
}
