//! OneLogin, as recorded: `&` and `?` at the end, no agent, URIs of a draft (authentik issue
//! 11249, and comments in other projects; 1.5).

use serde_json::{Value, json};

use super::{ManagerForm, Profile, Provider};
use crate::directory::{Directory, Event, Person};
use crate::field::{Field, GROUP};
use crate::http::encode::{form, literal};
use crate::http::{Method, Request};
use crate::links::{Links, Sort, id_of, look_up, must};
use crate::session::{Manner, Patience, Session};
use crate::shape;

pub(super) const PROFILE: Profile = Profile {
    provider: Provider::OneLogin,
    name: "onelogin",
    about: "OneLogin: `?` and `&` at the end, an empty agent, URIs of a draft, one address",
    // Nothing of the enterprise extension was seen but its URI.
    fields: &[
        Field::ExternalId,
        Field::UserName,
        Field::GivenName,
        Field::FamilyName,
        Field::DisplayName,
        Field::Email,
        Field::Phone,
        Field::Title,
        Field::Locale,
    ],
    manager: ManagerForm::Nothing,
    clears: true,
    deletes_people: true,
    escapes: true,
    email_type: "work",
    phone: str::to_owned,
    manner: Manner {
        headers: &[("User-Agent", "")],
        content_type: "application/scim+json",
        patience: Patience::none(),
        redirects: false,
    },
};

const SCHEMAS: [&str; 2] =
    ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"];
const UNKNOWN: &str = "it was not created before";

/// OneLogin with what it has learned.
#[derive(Debug, Default)]
pub(crate) struct OneLogin {
    pub(super) links: Links,
}

impl OneLogin {
    /// Saving reads the configuration, "Refresh Entitlements" the groups.
    pub(super) async fn connect(&self, session: &Session) -> Result<(), String> {
        must(session, Request::get("/ServiceProviderConfig")).await?;
        must(session, Request::get("/Groups?")).await?;
        Ok(())
    }

    pub(super) async fn tell(
        &mut self,
        event: &Event,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        match event {
            Event::PersonCreated(name) => {
                let person = source.person(name).ok_or(UNKNOWN)?;
                let user = person.values.get(&Field::UserName).cloned().unwrap_or_default();
                let filter = form(&format!("userName eq {}", literal(&user)));
                let request = Request::get(format!("/Users?filter={filter}&"));
                if let Some(found) = look_up(session, request, true).await? {
                    let id = id_of(&found).ok_or("a user without an `id`")?;
                    self.links.set(Sort::Person, name, id);
                    return self.update(name, source, session).await;
                }
                let request = Request::write(Method::Post, "/Users", &body(person));
                let answer = must(session, request).await?;
                let id = answer.id().ok_or("the user that was created has no `id`")?;
                self.links.set(Sort::Person, name, id);
                Ok(())
            }
            Event::PersonChanged(name, _) => self.update(name, source, session).await,
            // No manager was ever seen.
            Event::ManagerChanged(_) => Ok(()),
            Event::PersonDeactivated(name) | Event::PersonReactivated(name) => {
                let active = source.person(name).is_some_and(|person| person.active);
                let id = self.links.person(name).ok_or(UNKNOWN)?;
                let operation = json!({"op": "replace", "path": "active", "value": active});
                patch(&format!("/Users/{id}?"), operation, session).await
            }
            Event::PersonDeleted(name) => {
                let id = self.links.person(name).ok_or(UNKNOWN)?;
                must(session, Request::delete(format!("/Users/{id}?"))).await?;
                self.links.forget(Sort::Person, name);
                Ok(())
            }
            Event::GroupCreated(name) => {
                let group = source.group(name).ok_or(UNKNOWN)?;
                let body = json!({"schemas": [GROUP], "displayName": group.name});
                let request = Request::write(Method::Post, "/Groups?", &body);
                let answer = must(session, request).await?;
                let id = answer.id().ok_or("the group that was created has no `id`")?;
                self.links.set(Sort::Group, name, id);
                Ok(())
            }
            Event::GroupRenamed(name) => {
                let group = source.group(name).ok_or(UNKNOWN)?;
                let operation =
                    json!({"op": "replace", "path": "displayName", "value": group.name});
                patch(&self.group(name)?, operation, session).await
            }
            // One request a member: the body that was recorded, unseen, had just the 165 bytes that
            // this one has with an id of 36.
            Event::MembersAdded(group, people) => {
                for (_, id) in self.links.people(people) {
                    let operation =
                        json!({"op": "add", "path": "members", "value": [{ "value": id }]});
                    patch(&self.group(group)?, operation, session).await?;
                }
                Ok(())
            }
            Event::MembersRemoved(group, people) => {
                for (_, id) in self.links.people(people) {
                    let path = format!("members[value eq {}]", literal(id));
                    patch(&self.group(group)?, json!({"op": "remove", "path": path}), session)
                        .await?;
                }
                Ok(())
            }
            Event::GroupDeleted(name) => {
                must(session, Request::delete(self.group(name)?)).await?;
                self.links.forget(Sort::Group, name);
                Ok(())
            }
            Event::Import => {
                must(session, Request::get("/Groups?")).await?;
                Ok(())
            }
        }
    }

    /// The whole user, and nothing of what the service provider has beyond it.
    async fn update(
        &self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        let id = self.links.person(name).ok_or(UNKNOWN)?;
        let request = Request::write(Method::Put, format!("/Users/{id}?"), &body(person));
        must(session, request).await?;
        Ok(())
    }

    fn group(&self, name: &str) -> Result<String, String> {
        let id = self.links.group(name).ok_or(UNKNOWN)?;
        Ok(format!("/Groups/{id}?"))
    }
}

async fn patch(to: &str, operation: Value, session: &Session) -> Result<(), String> {
    must(session, Request::write(Method::Patch, to, &shape::patch(vec![operation]))).await?;
    Ok(())
}

/// The addresses are one object, and none of them is primary.
fn body(person: &Person) -> Value {
    let mut body = shape::user(&PROFILE, person);
    shape::put(&mut body, "schemas", json!(SCHEMAS));
    let first = body.get("emails").and_then(|emails| emails.get(0)).cloned();
    if let Some(mut first) = first {
        shape::take(&mut first, "primary");
        shape::put(&mut body, "emails", first);
    }
    body
}
