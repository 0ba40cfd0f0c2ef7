//! Microsoft Entra ID, with and without its flag `aadOptscim062020`. Shapes: E1 to E22.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{ManagerForm, Profile, Provider};
use crate::directory::{Directory, Event, Person};
use crate::field::{ENTERPRISE, Field, GROUP, Place, USER};
use crate::http::encode::{bare_literal, readable};
use crate::http::{Method, Request};
use crate::links::{Links, Sort, id_of, look_up, must};
use crate::session::{Manner, Patience, Session};
use crate::shape;

pub(super) const DEFAULT: Profile = Profile {
    provider: Provider::EntraDefault,
    name: "entra-default",
    about: "Microsoft Entra ID: `Add`, `Replace`, `Remove`, flags as text, members by value",
    fields: Field::ALL,
    manager: ManagerForm::Id,
    // E22.
    clears: false,
    deletes_people: true,
    // E21.
    escapes: false,
    email_type: "work",
    phone: str::to_owned,
    manner: Manner {
        headers: &[("Accept", "application/scim+json")],
        content_type: "application/scim+json; charset=utf-8",
        // What fails is tried again in a later cycle, 40 minutes on; a run has one cycle.
        patience: Patience::none(),
        redirects: false,
    },
};

pub(super) const OPTSCIM: Profile = Profile {
    provider: Provider::EntraOptscim,
    name: "entra-optscim",
    about: "Microsoft Entra ID with `aadOptscim062020`: paths as keys, members by filter",
    ..DEFAULT
};

/// Members of one operation; how many Entra sends at most is not known.
const MEMBERS: usize = 100;

/// Entra with what it has learned.
#[derive(Debug)]
pub(crate) struct Entra {
    pub(super) links: Links,
    profile: &'static Profile,
}

impl Entra {
    pub(super) fn new(profile: &'static Profile) -> Self {
        Self { links: Links::default(), profile }
    }

    /// E17: Test Connection asks for nobody; saving the mappings reads the schemas.
    pub(super) async fn connect(&self, session: &Session) -> Result<(), String> {
        let nobody = guid(session.seed());
        let request = Request::get(format!("/Users?{}", filter("userName", &nobody)));
        if look_up(session, request, false).await?.is_some() {
            return Err("a look-up of nobody found somebody".to_owned());
        }
        must(session, Request::get("/Schemas")).await?;
        Ok(())
    }

    pub(super) async fn tell(
        &mut self,
        event: &Event,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        match event {
            Event::PersonCreated(name) => self.create_person(name, source, session).await,
            Event::PersonChanged(name, fields) => {
                let person = source.person(name).ok_or(UNKNOWN)?;
                let Some(id) = self.known(name, source, session).await? else { return Ok(()) };
                let to = format!("/Users/{id}");
                must(session, Request::get(to.as_str())).await?;
                self.patch(&to, self.operations(person, fields), session).await
            }
            Event::ManagerChanged(name) => self.manager(name, source, session).await,
            Event::PersonDeactivated(name) | Event::PersonReactivated(name) => {
                let active = source.person(name).is_some_and(|person| person.active);
                let Some(id) = self.known(name, source, session).await? else { return Ok(()) };
                self.patch(&format!("/Users/{id}"), vec![self.active(active)], session).await
            }
            Event::PersonDeleted(name) => self.delete_person(name, session).await,
            Event::GroupCreated(name) => self.create_group(name, source, session).await,
            Event::GroupRenamed(name) => {
                let (id, _) = self.group(name, source, session).await?;
                let text = source.group(name).ok_or(UNKNOWN)?.name.clone();
                let operation = self.operation("Replace", "displayName", text.into());
                self.patch(&format!("/Groups/{id}"), vec![operation], session).await
            }
            Event::MembersAdded(group, people) => {
                let (id, new) = self.group(group, source, session).await?;
                let all: Vec<String>;
                let people = if new {
                    all = source
                        .group(group)
                        .into_iter()
                        .flat_map(|one| &one.members)
                        .cloned()
                        .collect();
                    &all
                } else {
                    people
                };
                self.add(&id, people, session).await
            }
            Event::MembersRemoved(group, people) => {
                let (id, _) = self.group(group, source, session).await?;
                self.remove(&id, people, session).await
            }
            Event::GroupDeleted(name) => {
                let id = self.links.group(name).ok_or(UNKNOWN)?;
                must(session, Request::delete(format!("/Groups/{id}"))).await?;
                self.links.forget(Sort::Group, name);
                Ok(())
            }
            Event::Import => self.cycle(source, session).await,
        }
    }

    /// E13.
    async fn create_person(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        if let Some(found) = self.find_person(person, session).await? {
            let id = id_of(&found).ok_or("a user without an `id`")?;
            self.links.set(Sort::Person, name, id.clone());
            let differs = |field: &&Field| {
                let there = shape::read(&found, self.profile, **field);
                person.values.get(field).is_some_and(|text| there != Some(text.as_str()))
            };
            let fields: BTreeSet<Field> = Field::ALL.iter().filter(differs).copied().collect();
            let mut operations = self.operations(person, &fields);
            if found.get("active").and_then(Value::as_bool) != Some(person.active) {
                operations.push(self.active(person.active));
            }
            return self.patch(&format!("/Users/{id}"), operations, session).await;
        }
        let mut body = shape::user(self.profile, person);
        shape::put(&mut body, "schemas", json!([USER, ENTERPRISE]));
        shape::put(&mut body, "meta", json!({ "resourceType": "User" }));
        shape::put(&mut body, "roles", json!([]));
        let answer = must(session, Request::write(Method::Post, "/Users", &body)).await?;
        let id = answer.id().ok_or("the user that was created has no `id`")?;
        self.links.set(Sort::Person, name, id);
        Ok(())
    }

    async fn find_person(
        &self,
        person: &Person,
        session: &Session,
    ) -> Result<Option<Value>, String> {
        let user = person.values.get(&Field::UserName).map(String::as_str).unwrap_or_default();
        let request = Request::get(format!("/Users?{}", filter("userName", user)));
        look_up(session, request, false).await
    }

    /// The id of a person. Who failed before is tried again, and is then up to date (`None`).
    async fn known(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<Option<String>, String> {
        if let Some(id) = self.links.person(name) {
            return Ok(Some(id.to_owned()));
        }
        self.create_person(name, source, session).await?;
        Ok(None)
    }

    /// E6, E8, E16.
    async fn manager(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        let id = self.links.person(name).ok_or(UNKNOWN)?;
        let path = format!("{ENTERPRISE}:manager");
        let manager = person.manager.as_deref().and_then(|manager| self.links.person(manager));
        let operation = match manager {
            Some(manager) => {
                let text =
                    format!("id eq {} and manager eq {}", bare_literal(id), bare_literal(manager));
                let to = format!("/Users?filter={}&attributes=id", readable(&text));
                // What a provider answers who does not compare a whole manager is no obstacle.
                if let Ok(Some(_)) = look_up(session, Request::get(to), false).await {
                    return Ok(());
                }
                self.operation("Add", &path, manager.into())
            }
            None if self.optscim() => json!({"op": "remove", "path": path}),
            None => self.operation("Replace", &path, "".into()),
        };
        self.patch(&format!("/Users/{id}"), vec![operation], session).await
    }

    /// Disabled at once, deleted thirty days later; here one comes behind the other.
    async fn delete_person(&mut self, name: &str, session: &Session) -> Result<(), String> {
        let id = self.links.person(name).ok_or(UNKNOWN)?;
        let to = format!("/Users/{id}");
        self.patch(&to, vec![self.active(false)], session).await?;
        must(session, Request::delete(to)).await?;
        self.links.forget(Sort::Person, name);
        Ok(())
    }

    /// E12.
    async fn create_group(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let group = source.group(name).ok_or(UNKNOWN)?;
        let to =
            format!("/Groups?excludedAttributes=members&{}", filter("displayName", &group.name));
        if let Some(found) = look_up(session, Request::get(to), false).await? {
            self.links.set(Sort::Group, name, id_of(&found).ok_or("a group without an `id`")?);
            return Ok(());
        }
        let body = json!({
            "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
            "externalId": group.external_id,
            "displayName": group.name,
            "meta": { "resourceType": "Group" },
        });
        let answer = must(session, Request::write(Method::Post, "/Groups", &body)).await?;
        let id = answer.id().ok_or("the group that was created has no `id`")?;
        self.links.set(Sort::Group, name, id);
        Ok(())
    }

    /// A group's id, after the group was read without its members, and whether it is new: one that
    /// failed before is tried again.
    async fn group(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(String, bool), String> {
        let new = self.links.group(name).is_none();
        if new {
            self.create_group(name, source, session).await?;
        }
        let id = self.links.group(name).ok_or(UNKNOWN)?.to_owned();
        must(session, Request::get(format!("/Groups/{id}?excludedAttributes=members"))).await?;
        Ok((id, new))
    }

    /// E5.
    async fn add(&self, id: &str, people: &[String], session: &Session) -> Result<(), String> {
        for some in people.chunks(MEMBERS) {
            let operation = self.operation("Add", "members", self.references(some));
            self.patch(&format!("/Groups/{id}"), vec![operation], session).await?;
        }
        Ok(())
    }

    /// E4, E10.
    async fn remove(&self, id: &str, people: &[String], session: &Session) -> Result<(), String> {
        for some in people.chunks(MEMBERS) {
            let operations = if self.optscim() {
                let path = |id: &str| format!("members[value eq {}]", bare_literal(id));
                let gone = self.links.people(some).into_iter();
                gone.map(|(_, id)| json!({"op": "remove", "path": path(id)})).collect()
            } else {
                vec![self.operation("Remove", "members", self.references(some))]
            };
            self.patch(&format!("/Groups/{id}"), operations, session).await?;
        }
        Ok(())
    }

    /// A cycle asks for everybody and every group by the matching attribute.
    async fn cycle(&self, source: &Directory, session: &Session) -> Result<(), String> {
        for name in source.people.keys().filter(|name| self.links.person(name).is_some()) {
            if let Some(person) = source.person(name) {
                self.find_person(person, session).await?;
            }
        }
        for (name, group) in &source.groups {
            if self.links.group(name).is_some() {
                let query = filter("displayName", &group.name);
                let to = format!("/Groups?excludedAttributes=members&{query}");
                look_up(session, Request::get(to), false).await?;
            }
        }
        Ok(())
    }

    async fn patch(
        &self,
        to: &str,
        operations: Vec<Value>,
        session: &Session,
    ) -> Result<(), String> {
        if operations.is_empty() {
            return Ok(());
        }
        let body = shape::patch(operations);
        must(session, Request::write(Method::Patch, to, &body)).await?;
        Ok(())
    }

    /// E1, E3, E9. Values that were taken away are not spoken of (E22).
    fn operations(&self, person: &Person, fields: &BTreeSet<Field>) -> Vec<Value> {
        let known = fields.iter().filter_map(|field| Some((*field, person.values.get(field)?)));
        if !self.optscim() {
            return known
                .map(|(field, text)| self.operation("Replace", &field.path(), text.as_str().into()))
                .collect();
        }
        let mut keyed = Map::new();
        let mut operations = Vec::new();
        for (field, text) in known {
            if matches!(field.place(), Place::Work(_)) {
                operations.push(self.operation("Replace", &field.path(), text.as_str().into()));
            } else {
                keyed.insert(field.path(), text.as_str().into());
            }
        }
        if !keyed.is_empty() {
            operations.push(json!({"op": "replace", "value": keyed}));
        }
        operations
    }

    /// E2.
    fn active(&self, active: bool) -> Value {
        let value = match (self.optscim(), active) {
            (true, _) => Value::Bool(active),
            (false, true) => "True".into(),
            (false, false) => "False".into(),
        };
        self.operation("Replace", "active", value)
    }

    fn operation(&self, op: &str, path: &str, value: Value) -> Value {
        let op = if self.optscim() { op.to_lowercase() } else { op.to_owned() };
        json!({ "op": op, "path": path, "value": value })
    }

    fn references(&self, people: &[String]) -> Value {
        let known = self.links.people(people).into_iter();
        known.map(|(_, id)| json!({ "$ref": null, "value": id })).collect()
    }

    fn optscim(&self) -> bool {
        self.profile.provider == Provider::EntraOptscim
    }
}

const UNKNOWN: &str = "it was not created before";

/// E21: what is between the quotes is not escaped.
fn filter(attribute: &str, text: &str) -> String {
    format!("filter={}", readable(&format!("{attribute} eq {}", bare_literal(text))))
}

/// An id that nobody has.
fn guid(seed: u64) -> String {
    let (one, two) = (seed >> 32, seed & 0xffff_ffff);
    format!(
        "{one:08x}-{:04x}-4{:03x}-8{:03x}-{two:08x}{:04x}",
        two >> 16,
        one & 0xfff,
        two & 0xfff,
        one & 0xffff
    )
}
