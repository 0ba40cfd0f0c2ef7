//! Okta. Apps of the network PATCH `active` and groups, apps of the wizard PUT everything.
//! Shapes: O1 to O19.

use serde_json::{Value, json};

use super::{ManagerForm, Profile, Provider};
use crate::directory::{Directory, Event, Person};
use crate::field::{Field, GROUP};
use crate::http::encode::{literal, percent};
use crate::http::{Method, Request};
use crate::links::{Links, Sort, id_of, look_up, must};
use crate::session::{Manner, Patience, Session};
use crate::shape;

pub(super) const OIN: Profile = Profile {
    provider: Provider::OktaOin,
    name: "okta-oin",
    about: "Okta, an app of the network: PUT of people, PATCH for `active` and groups",
    fields: Field::ALL,
    manager: ManagerForm::UserName,
    clears: true,
    deletes_people: false,
    escapes: true,
    email_type: "work",
    phone: str::to_owned,
    manner: manner("application/scim+json; charset=utf-8"),
};

pub(super) const AIW: Profile = Profile {
    provider: Provider::OktaAiw,
    name: "okta-aiw",
    about: "Okta, an app of the wizard: every update is a PUT",
    manner: manner("application/json"),
    ..OIN
};

const fn manner(content_type: &'static str) -> Manner {
    Manner {
        headers: &[("Accept", "application/scim+json"), ("User-Agent", "Okta SCIM Client 1.0.0")],
        content_type,
        // O16: whole seconds are understood, else five minutes and twice as long each time.
        patience: Patience {
            tries: 10,
            later: &[429],
            dates: false,
            first_wait: std::time::Duration::from_secs(300),
            repeats_lost: false,
            waits: true,
        },
        redirects: false,
    }
}

/// Resources of a page that are asked for.
const PAGE: usize = 100;
/// Pages of one import at most.
const PAGES: usize = 20_000;

/// Okta with what it has learned.
#[derive(Debug)]
pub(crate) struct Okta {
    pub(super) links: Links,
    /// Groups whose members were pushed before.
    pushed: std::collections::BTreeSet<String>,
    profile: &'static Profile,
}

impl Okta {
    pub(super) fn new(profile: &'static Profile) -> Self {
        Self { links: Links::default(), pushed: Default::default(), profile }
    }

    /// O3: what saving the settings asks for.
    pub(super) async fn connect(&self, session: &Session) -> Result<(), String> {
        must(session, Request::get("/Users?startIndex=1&count=2")).await?;
        must(session, Request::get("/Groups?startIndex=1&count=100")).await?;
        Ok(())
    }

    pub(super) async fn tell(
        &mut self,
        event: &Event,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        match event {
            Event::PersonCreated(name) => self.assign(name, source, session).await,
            Event::PersonChanged(name, _) | Event::ManagerChanged(name) => {
                self.update(name, source, session).await
            }
            Event::PersonDeactivated(name) | Event::PersonReactivated(name) => {
                self.activate(name, source, session).await
            }
            Event::PersonDeleted(name) => self.unassign(name, source, session).await,
            Event::GroupCreated(name) => self.push_group(name, source, session).await,
            Event::GroupRenamed(name) => self.rename(name, source, session).await,
            Event::MembersAdded(group, people) => {
                self.members(group, people, true, source, session).await
            }
            Event::MembersRemoved(group, people) => {
                self.members(group, people, false, source, session).await
            }
            Event::GroupDeleted(name) => {
                let id = self.links.group(name).ok_or(UNKNOWN)?;
                must(session, Request::delete(format!("/Groups/{id}"))).await?;
                self.links.forget(Sort::Group, name);
                Ok(())
            }
            Event::Import => self.import(session).await,
        }
    }

    /// O1, O2, O4, O5.
    async fn assign(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        let user = person.values.get(&Field::UserName).map(String::as_str).unwrap_or_default();
        let filter = percent(&format!("userName eq {}", literal(user)));
        let request = Request::get(format!("/Users?filter={filter}&startIndex=1&count={PAGE}"));
        if let Some(found) = look_up(session, request, true).await? {
            let id = id_of(&found).ok_or("a user without an `id`")?;
            self.links.set(Sort::Person, name, id);
            return self.update(name, source, session).await;
        }
        let mut body = shape::user(self.profile, person);
        self.set_manager(&mut body, person, source);
        shape::schemas(&mut body);
        shape::put(&mut body, "groups", json!([]));
        shape::put(&mut body, "password", password(session.seed(), name).into());
        let answer = must(session, Request::write(Method::Post, "/Users", &body)).await?;
        let id = answer.id().ok_or("Create new user returned empty user")?;
        self.links.set(Sort::Person, name, id);
        Ok(())
    }

    /// O6: reads the user, and sends it back with the changes.
    async fn update(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let Some(id) = self.links.person(name) else {
            return Box::pin(self.assign(name, source, session)).await;
        };
        let to = format!("/Users/{id}");
        let person = source.person(name).ok_or(UNKNOWN)?;
        let mut user = must(session, Request::get(to.as_str())).await?.json();
        for field in self.profile.fields {
            let text = shape::value(self.profile, person, *field);
            shape::set(&mut user, self.profile, *field, text.as_deref());
        }
        self.set_manager(&mut user, person, source);
        shape::put(&mut user, "active", person.active.into());
        shape::match_schemas(&mut user);
        must(session, Request::write(Method::Put, to, &user)).await?;
        Ok(())
    }

    /// O7, O8.
    async fn activate(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        if self.profile.provider == Provider::OktaAiw {
            return self.update(name, source, session).await;
        }
        let active = source.person(name).is_some_and(|person| person.active);
        self.patch_active(name, active, session).await
    }

    async fn patch_active(
        &self,
        name: &str,
        active: bool,
        session: &Session,
    ) -> Result<(), String> {
        let id = self.links.person(name).ok_or(UNKNOWN)?;
        let body = shape::patch(vec![json!({"op": "replace", "value": { "active": active }})]);
        must(session, Request::write(Method::Patch, format!("/Users/{id}"), &body)).await?;
        Ok(())
    }

    /// O19: nobody is ever deleted; who is inactive already is not spoken of.
    async fn unassign(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        self.activate(name, source, session).await
    }

    async fn push_group(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let group = source.group(name).ok_or(UNKNOWN)?;
        let body = json!({"schemas": [GROUP], "displayName": group.name, "members": []});
        let answer = must(session, Request::write(Method::Post, "/Groups", &body)).await?;
        let id = answer.id().ok_or("the group that was created has no `id`")?;
        self.links.set(Sort::Group, name, id);
        Ok(())
    }

    async fn rename(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        if self.links.group(name).is_none() {
            return self.push_group(name, source, session).await;
        }
        if self.profile.provider == Provider::OktaAiw {
            return self.put_group(name, source, session).await;
        }
        let (id, group) = self.group(name, source)?;
        let value = json!({"id": id, "displayName": group});
        let body = shape::patch(vec![json!({"op": "replace", "value": value})]);
        must(session, Request::write(Method::Patch, format!("/Groups/{id}"), &body)).await?;
        Ok(())
    }

    /// O9 to O12: the name comes before every push; the first push is of the whole membership.
    async fn members(
        &mut self,
        group: &str,
        people: &[String],
        come: bool,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        self.rename(group, source, session).await?;
        if self.profile.provider == Provider::OktaAiw {
            return Ok(());
        }
        let (id, _) = self.group(group, source)?;
        let first = self.pushed.insert(group.to_owned());
        let operations = if first {
            let members =
                self.references(source.group(group).into_iter().flat_map(|g| &g.members), source);
            vec![json!({"op": "replace", "path": "members", "value": members})]
        } else if come {
            vec![json!({"op": "add", "path": "members", "value": self.references(people, source)})]
        } else {
            let path = |id: &str| format!("members[value eq {}]", literal(id));
            let gone = self.links.people(people).into_iter();
            gone.map(|(_, id)| json!({"op": "remove", "path": path(id)})).collect()
        };
        let body = shape::patch(operations);
        must(session, Request::write(Method::Patch, format!("/Groups/{id}"), &body)).await?;
        Ok(())
    }

    /// The whole group, as apps of the wizard send it.
    async fn put_group(
        &self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let (id, group) = self.group(name, source)?;
        let members = source.group(name).into_iter().flat_map(|group| &group.members);
        let body = json!({
            "schemas": [GROUP], "id": id, "displayName": group,
            "members": self.references(members, source),
        });
        must(session, Request::write(Method::Put, format!("/Groups/{id}"), &body)).await?;
        Ok(())
    }

    async fn import(&self, session: &Session) -> Result<(), String> {
        for endpoint in ["/Users", "/Groups"] {
            let mut first = 1;
            for _ in 0..PAGES {
                let request = Request::get(format!("{endpoint}?startIndex={first}&count={PAGE}"));
                let answer = must(session, request).await?;
                let (resources, total) = answer.list().ok_or("an import that is no list")?;
                first += resources.len();
                if resources.is_empty() || first > total {
                    break;
                }
            }
        }
        Ok(())
    }

    fn group(&self, name: &str, source: &Directory) -> Result<(String, String), String> {
        let id = self.links.group(name).ok_or(UNKNOWN)?;
        Ok((id.to_owned(), source.group(name).ok_or(UNKNOWN)?.name.clone()))
    }

    fn references<'a>(
        &self,
        people: impl IntoIterator<Item = &'a String>,
        source: &Directory,
    ) -> Vec<Value> {
        let known = people.into_iter().filter_map(|name| Some((name, self.links.person(name)?)));
        known
            .map(|(name, id)| {
                let person = source.person(name);
                let shown = person.and_then(|person| person.values.get(&Field::UserName));
                json!({ "value": id, "display": shown })
            })
            .collect()
    }

    /// The profile's `managerId` is a text that the administrator maps; here the user name.
    fn set_manager(&self, user: &mut Value, person: &Person, source: &Directory) {
        let manager = person.manager.as_deref().and_then(|name| source.person(name));
        let text = |field| manager.and_then(|manager| manager.values.get(&field));
        let value = text(Field::UserName)
            .map(|name| json!({ "value": name, "displayName": text(Field::DisplayName) }));
        shape::set_manager(user, value);
    }
}

const UNKNOWN: &str = "it was not created before";

/// Eight characters that nobody uses (O4).
fn password(seed: u64, name: &str) -> String {
    let mut state = name.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from_digit(u32::try_from((state >> 40) % 36).unwrap_or_default(), 36).unwrap_or('0')
    };
    (0..8).map(|_| next()).collect()
}
