//! authentik's SCIM provider, from its source: it creates without looking, PUTs people, and PATCHes
//! groups without a path (1.1, 1.5).

use serde_json::{Value, json};

use super::{ManagerForm, Profile, Provider};
use crate::directory::{Directory, Event, Person};
use crate::field::{Field, GROUP, USER};
use crate::http::encode::{literal, percent};
use crate::http::{Answer, Method, Request};
use crate::links::{Links, Sort, id_of, look_up, must, refused, succeeded};
use crate::session::{Manner, Patience, Session};
use crate::shape;

pub(super) const PROFILE: Profile = Profile {
    provider: Provider::Authentik,
    name: "authentik",
    about: "authentik: creates without looking, PUTs people, one operation a member",
    // What its property mappings send.
    fields: &[
        Field::ExternalId,
        Field::UserName,
        Field::GivenName,
        Field::FamilyName,
        Field::DisplayName,
        Field::Email,
        Field::Locale,
    ],
    manager: ManagerForm::Nothing,
    clears: true,
    deletes_people: true,
    escapes: true,
    email_type: "other",
    phone: str::to_owned,
    manner: Manner {
        headers: &[("Accept", "application/scim+json")],
        content_type: "application/scim+json",
        patience: Patience::none(),
        redirects: false,
    },
};

const UNKNOWN: &str = "it was not created before";
/// Operations of one PATCH where the configuration names no limit.
const OPERATIONS: usize = 100;
/// Pages of one walk at most; authentik itself knows no end but `totalResults`.
const PAGES: usize = 1_000;

/// authentik with what it has learned.
#[derive(Debug, Default)]
pub(crate) struct Authentik {
    pub(super) links: Links,
    filters: bool,
    operations: Option<usize>,
}

impl Authentik {
    pub(super) async fn connect(&mut self, session: &Session) -> Result<(), String> {
        let configuration = must(session, Request::get("/ServiceProviderConfig")).await?.json();
        let part = |name: &str, of: &str| configuration.get(name).and_then(|part| part.get(of));
        self.filters = part("filter", "supported").and_then(Value::as_bool).unwrap_or(false);
        let limit = part("bulk", "maxOperations").and_then(Value::as_u64);
        self.operations = limit.and_then(|limit| usize::try_from(limit).ok());
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
            Event::PersonChanged(name, _)
            | Event::PersonDeactivated(name)
            | Event::PersonReactivated(name) => self.update(name, source, session).await,
            // Its mappings have no manager.
            Event::ManagerChanged(_) => Ok(()),
            Event::PersonDeleted(name) => {
                let id = self.links.person(name).ok_or(UNKNOWN)?;
                must(session, Request::delete(format!("/Users/{id}"))).await?;
                self.links.forget(Sort::Person, name);
                Ok(())
            }
            Event::GroupCreated(name) => self.create_group(name, source, session).await,
            Event::GroupRenamed(name) => {
                let id = self.links.group(name).ok_or(UNKNOWN)?.to_owned();
                let mut value = group(name, source)?;
                shape::put(&mut value, "id", id.into());
                self.patch(name, vec![json!({"op": "replace", "value": value})], session).await
            }
            Event::MembersAdded(group, people) => self.members("add", group, people, session).await,
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
                walk("/Users", session).await?;
                walk("/Groups", session).await
            }
        }
    }

    /// A conflict is what makes it look.
    async fn create_person(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        let answer = post("/Users", &user(person), session).await?;
        if answer.status == 409 && self.filters {
            let text = person.values.get(&Field::UserName).map(String::as_str).unwrap_or_default();
            let id = existing("/Users", "userName", text, &answer, session).await?;
            self.links.set(Sort::Person, name, id);
            return Box::pin(self.update(name, source, session)).await;
        }
        let answer = succeeded("POST /Users", Ok(answer))?;
        self.links.set(Sort::Person, name, answer.id().ok_or("a new user has no `id`")?);
        Ok(())
    }

    /// 404 means that the user was deleted, and is created anew.
    async fn update(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let person = source.person(name).ok_or(UNKNOWN)?;
        let Some(id) = self.links.person(name) else {
            return self.create_person(name, source, session).await;
        };
        let mut body = user(person);
        shape::put(&mut body, "id", id.into());
        let request = Request::write(Method::Put, format!("/Users/{id}"), &body);
        let what = crate::links::said(&request);
        let answer = session.ask(request).await.map_err(|broken| format!("{what}: {broken}"))?;
        if answer.status == 404 {
            self.links.forget(Sort::Person, name);
            let answer =
                succeeded("POST /Users", Ok(post("/Users", &user(person), session).await?))?;
            self.links.set(Sort::Person, name, answer.id().ok_or("a new user has no `id`")?);
            return Ok(());
        }
        succeeded(&what, Ok(answer)).map(|_| ())
    }

    async fn create_group(
        &mut self,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let body = group(name, source)?;
        let answer = post("/Groups", &body, session).await?;
        let id = if answer.status == 409 && self.filters {
            let text = &source.group(name).ok_or(UNKNOWN)?.name;
            existing("/Groups", "displayName", text, &answer, session).await?
        } else {
            let answer = succeeded("POST /Groups", Ok(answer))?;
            answer.id().ok_or("a new group has no `id`")?
        };
        self.links.set(Sort::Group, name, id);
        Ok(())
    }

    /// One operation a member, as many in a request as a bulk request may have.
    async fn members(
        &self,
        op: &str,
        group: &str,
        people: &[String],
        session: &Session,
    ) -> Result<(), String> {
        let known = self.links.people(people).into_iter();
        let operations: Vec<Value> = known
            .map(|(_, id)| json!({"op": op, "path": "members", "value": [{ "value": id }]}))
            .collect();
        for some in operations.chunks(self.operations.unwrap_or(OPERATIONS).max(1)) {
            self.patch(group, some.to_vec(), session).await?;
        }
        Ok(())
    }

    async fn patch(
        &self,
        group: &str,
        operations: Vec<Value>,
        session: &Session,
    ) -> Result<(), String> {
        let id = self.links.group(group).ok_or(UNKNOWN)?;
        let body = shape::patch(operations);
        must(session, Request::write(Method::Patch, format!("/Groups/{id}"), &body)).await?;
        Ok(())
    }
}

/// Pages until as many came as there are said to be.
async fn walk(endpoint: &str, session: &Session) -> Result<(), String> {
    let mut seen = 0;
    for _ in 0..PAGES {
        let request = Request::get(format!("{endpoint}?startIndex={}", seen + 1));
        let (resources, total) =
            must(session, request).await?.list().ok_or("a walk that meets no list")?;
        seen += resources.len();
        if seen >= total {
            return Ok(());
        }
    }
    Err(format!("{endpoint}: {PAGES} pages were read, and more are announced"))
}

async fn post(endpoint: &str, body: &Value, session: &Session) -> Result<Answer, String> {
    let answer = session.ask(Request::write(Method::Post, endpoint, body)).await;
    answer.map_err(|broken| format!("POST {endpoint}: {broken}"))
}

/// The id of what a conflict was with.
async fn existing(
    endpoint: &str,
    attribute: &str,
    text: &str,
    conflict: &Answer,
    session: &Session,
) -> Result<String, String> {
    let filter = percent(&format!("{attribute} eq {}", literal(text)));
    let found =
        look_up(session, Request::get(format!("{endpoint}?filter={filter}")), false).await?;
    found.as_ref().and_then(id_of).ok_or_else(|| refused(&format!("POST {endpoint}"), conflict))
}

fn user(person: &Person) -> Value {
    let mut body = shape::user(&PROFILE, person);
    shape::put(&mut body, "schemas", json!([USER]));
    let text = |field| person.values.get(&field).cloned().unwrap_or_default();
    let formatted = format!("{} {}", text(Field::GivenName), text(Field::FamilyName));
    shape::name_formatted(&mut body, &formatted);
    body
}

fn group(name: &str, source: &Directory) -> Result<Value, String> {
    let group = source.group(name).ok_or(UNKNOWN)?;
    Ok(json!({
        "schemas": [GROUP], "externalId": group.external_id, "displayName": group.name,
    }))
}
