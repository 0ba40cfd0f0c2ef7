//! JumpCloud: a test of its own on activation, PUT of whole users, telephones as URIs (1.1, 1.5).

use serde_json::{Value, json};

use super::{ManagerForm, Profile, Provider};
use crate::directory::{Directory, Event, Person};
use crate::field::{ENTERPRISE, Field, GROUP, USER};
use crate::http::encode::{literal, percent};
use crate::http::{Method, Request};
use crate::links::{Links, Sort, id_of, look_up, must, succeeded};
use crate::session::{Manner, Patience, Session};
use crate::shape;

pub(super) const PROFILE: Profile = Profile {
    provider: Provider::JumpCloud,
    name: "jumpcloud",
    about: "JumpCloud: a test user and group on activation, PUT of people, telephones as URIs",
    fields: Field::ALL,
    manager: ManagerForm::Nothing,
    clears: true,
    deletes_people: true,
    escapes: true,
    email_type: "work",
    phone: telephone,
    manner: Manner {
        headers: &[],
        content_type: "application/json",
        patience: Patience::none(),
        redirects: false,
    },
};

const UNKNOWN: &str = "it was not created before";

/// JumpCloud with what it has learned.
#[derive(Debug, Default)]
pub(crate) struct JumpCloud {
    pub(super) links: Links,
}

impl JumpCloud {
    /// Activation reads users, and creates and deletes a user and a group.
    pub(super) async fn connect(&self, session: &Session) -> Result<(), String> {
        must(session, Request::get("/Users")).await?;
        let mark = format!("jumpcloud-test-{:x}", session.seed());
        let address = format!("{mark}@acme.example");
        let body = json!({
            "schemas": [USER], "userName": address, "active": true,
            "name": {"familyName": "Test", "givenName": "Jump"},
            "emails": [{"value": address, "type": "work", "primary": true}],
        });
        let answer = must(session, Request::write(Method::Post, "/Users", &body)).await?;
        let user = answer.id().ok_or("the test user has no `id`")?;
        let body = json!({"schemas": [GROUP], "displayName": mark, "members": [{ "value": user }]});
        let answer = must(session, Request::write(Method::Post, "/Groups", &body)).await?;
        let group = answer.id().ok_or("the test group has no `id`")?;
        must(session, Request::delete(format!("/Groups/{group}"))).await?;
        must(session, Request::delete(format!("/Users/{user}"))).await?;
        Ok(())
    }

    pub(super) async fn tell(
        &mut self,
        event: &Event,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        match event {
            Event::PersonCreated(name) => self.create(name, source, session).await,
            Event::PersonChanged(name, _)
            | Event::PersonDeactivated(name)
            | Event::PersonReactivated(name) => self.update(name, source, session).await,
            // What it sends of a manager was not seen.
            Event::ManagerChanged(_) => Ok(()),
            Event::PersonDeleted(name) => self.delete(name, source, session).await,
            Event::GroupCreated(name) => {
                let group = source.group(name).ok_or(UNKNOWN)?;
                let body = json!({"schemas": [GROUP], "displayName": group.name, "members": []});
                let answer = must(session, Request::write(Method::Post, "/Groups", &body)).await?;
                let id = answer.id().ok_or("the group that was created has no `id`")?;
                self.links.set(Sort::Group, name, id);
                Ok(())
            }
            Event::GroupRenamed(name) => {
                let text = source.group(name).ok_or(UNKNOWN)?.name.clone();
                let operation = json!({"op": "replace", "path": "displayName", "value": text});
                self.patch_group(name, operation, session).await
            }
            Event::MembersAdded(group, people) => self.members("add", group, people, session).await,
            // Entra's form: the members beside the path.
            Event::MembersRemoved(group, people) => {
                self.members("remove", group, people, session).await
            }
            Event::GroupDeleted(name) => {
                let id = self.links.group(name).ok_or(UNKNOWN)?;
                must(session, Request::delete(format!("/Groups/{id}"))).await?;
                self.links.forget(Sort::Group, name);
                Ok(())
            }
            Event::Import => {
                must(session, Request::get("/Users")).await?;
                must(session, Request::get("/Groups")).await?;
                Ok(())
            }
        }
    }

    async fn create(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        let user = person.values.get(&Field::UserName).map(String::as_str).unwrap_or_default();
        let filter = percent(&format!("userName eq {}", literal(user)));
        let request = Request::get(format!("/Users?filter={filter}"));
        if let Some(found) = look_up(session, request, true).await? {
            let id = id_of(&found).ok_or("a user without an `id`")?;
            self.links.set(Sort::Person, name, id);
            return self.update(name, source, session).await;
        }
        let answer = must(session, Request::write(Method::Post, "/Users", &body(person))).await?;
        let id = answer.id().ok_or("the user that was created has no `id`")?;
        self.links.set(Sort::Person, name, id);
        Ok(())
    }

    async fn update(
        &self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        let id = self.links.person(name).ok_or(UNKNOWN)?;
        let mut body = body(person);
        shape::put(&mut body, "id", id.into());
        must(session, Request::write(Method::Put, format!("/Users/{id}"), &body)).await?;
        Ok(())
    }

    /// Deactivates where the service provider does not delete.
    async fn delete(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let id = self.links.person(name).ok_or(UNKNOWN)?;
        let request = Request::delete(format!("/Users/{id}"));
        let what = crate::links::said(&request);
        let answer = session.ask(request).await.map_err(|broken| format!("{what}: {broken}"))?;
        if matches!(answer.status, 403 | 405 | 501) {
            return self.update(name, source, session).await;
        }
        succeeded(&what, Ok(answer))?;
        self.links.forget(Sort::Person, name);
        Ok(())
    }

    async fn members(
        &self,
        op: &str,
        group: &str,
        people: &[String],
        session: &Session,
    ) -> Result<(), String> {
        let known = self.links.people(people).into_iter();
        let value: Value = known.map(|(_, id)| json!({ "value": id })).collect();
        let operation = json!({"op": op, "path": "members", "value": value});
        self.patch_group(group, operation, session).await
    }

    async fn patch_group(
        &self,
        name: &str,
        operation: Value,
        session: &Session,
    ) -> Result<(), String> {
        let id = self.links.group(name).ok_or(UNKNOWN)?;
        let body = shape::patch(vec![operation]);
        must(session, Request::write(Method::Patch, format!("/Groups/{id}"), &body)).await?;
        Ok(())
    }
}

/// The extension is named though nothing of it may be there; no address is `null`.
fn body(person: &Person) -> Value {
    let mut body = shape::user(&PROFILE, person);
    shape::put(&mut body, "schemas", json!([USER, ENTERPRISE]));
    if body.get("emails").is_none() {
        shape::put(&mut body, "emails", Value::Null);
    }
    body
}

/// `+1 201 555 0123` as `tel:+1-201-555-0123` (RFC 3966).
fn telephone(text: &str) -> String {
    let digits: Vec<&str> = text.split_whitespace().collect();
    format!("tel:{}", digits.join("-"))
}
