//! A small source of our own, that can be told to do things wrong: it looks everybody up, and
//! sends each action as one change.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use provisor_judge::action::{Kind, Person, Step};
use provisor_judge::drive::{Acted, Acting, Details, Source};
use serde_json::{Value, json};

use crate::wire::{send, status};

/// What it does wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pusher {
    /// It does these actions alone.
    pub(crate) only: Option<&'static [Kind]>,
    /// It creates without looking.
    pub(crate) blind: bool,
    /// It deletes who is only deactivated.
    pub(crate) deletes: bool,
    /// The token is in the URL.
    pub(crate) url_token: bool,
    /// Members are removed by a value beside the path.
    pub(crate) by_value: bool,
    /// It pushes changed people as they were before.
    pub(crate) stale: bool,
    /// It does nothing in its next cycle.
    pub(crate) once: bool,
}

struct Refused(String);

type Answer = Result<Value, Refused>;

impl Source for Pusher {
    fn act<'a>(&'a mut self, step: &'a Step, details: &'a Details, again: bool) -> Acting<'a> {
        Box::pin(async move {
            if self.only.is_some_and(|only| !only.contains(&step.kind)) || self.once && again {
                return Acted::Done;
            }
            match self.go(step, details).await {
                Ok(_) => Acted::Done,
                Err(Refused(why)) => Acted::Failed(why),
            }
        })
    }
}

impl Pusher {
    async fn call(self, details: &Details, method: &str, path: &str, body: &Value) -> Answer {
        let token = details.token.clone().unwrap();
        let base = details.base_url.splitn(4, '/').nth(3).unwrap();
        let mut target = format!("/{base}{path}");
        let mut header = format!("Authorization: Bearer {token}\r\n");
        if self.url_token {
            target.push_str(if target.contains('?') { "&" } else { "?" });
            target.push_str(&format!("access_token={token}"));
            header.clear();
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let agent = details.user_agent.as_deref().unwrap_or("pusher/1");
        let length = text.len();
        let raw = format!(
            "{method} {target} HTTP/1.1\r\nHost: judge\r\nConnection: close\r\n{header}\
             User-Agent: {agent}\r\nAccept: application/scim+json\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {length}\r\n\r\n{text}"
        );
        let answer = send(&details.base_url, &raw).await;
        if !(200..300).contains(&status(&answer)) {
            return Err(Refused(format!("{method} {path}: {}", status(&answer))));
        }
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        Ok(serde_json::from_str(body).unwrap_or(Value::Null))
    }

    async fn find(self, details: &Details, path: &str, name: &str, text: &str) -> Answer {
        let filter = format!("{name} eq {}", Value::from(text));
        let filter = utf8_percent_encode(&filter, NON_ALPHANUMERIC);
        let list =
            self.call(details, "GET", &format!("{path}?filter={filter}"), &Value::Null).await?;
        Ok(list.pointer("/Resources/0").cloned().unwrap_or(Value::Null))
    }

    async fn id(
        self,
        details: &Details,
        path: &str,
        name: &str,
        text: &str,
    ) -> Result<String, Refused> {
        let found = self.find(details, path, name, text).await?;
        let id = found["id"].as_str().map(str::to_owned);
        id.ok_or_else(|| Refused(format!("{text} is not there")))
    }

    async fn patch(self, details: &Details, path: &str, operations: &[Value]) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.call(details, "PATCH", path, &body).await
    }

    async fn create(self, details: &Details, person: &Person) -> Answer {
        if !self.blind {
            let found = self.find(details, "/Users", "userName", &person.user_name).await?;
            if let Some(id) = found["id"].as_str() {
                return self.call(details, "PUT", &format!("/Users/{id}"), &user(person)).await;
            }
        }
        self.call(details, "POST", "/Users", &user(person)).await
    }

    async fn go(self, step: &Step, details: &Details) -> Answer {
        let person = step.person();
        let group = step.group();
        if let Kind::CreateUser | Kind::SpecialCharacters | Kind::NameClash = step.kind {
            self.create(details, person.unwrap()).await?;
        }
        if let (Some(person), false) = (person, group.is_some()) {
            if step.kind == Kind::CreateUser || step.kind == Kind::NameClash {
                return Ok(Value::Null);
            }
            let id = self.id(details, "/Users", "userName", &person.user_name).await?;
            let path = format!("/Users/{id}");
            let leaves = step.kind == Kind::DeactivateUser;
            if step.kind == Kind::DeleteUser || leaves && self.deletes {
                return self.call(details, "DELETE", &path, &Value::Null).await;
            }
            let was = step.person.as_ref().and_then(|key| step.before.people.get(key));
            let mut user = user(was.filter(|_| self.stale).unwrap_or(person));
            if let Some(boss) = &person.manager {
                let boss = self.id(details, "/Users", "userName", boss).await?;
                user[ENTERPRISE]["manager"] = json!({ "value": boss });
            }
            return self.call(details, "PUT", &path, &user).await;
        }
        let group = group.unwrap();
        if let Kind::CreateGroup | Kind::SpecialCharacters = step.kind {
            let mut members = Vec::new();
            for name in &group.members {
                members
                    .push(json!({ "value": self.id(details, "/Users", "userName", name).await? }));
            }
            let body = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "displayName": group.display_name, "externalId": group.external_id,
                "members": members,
            });
            return self.call(details, "POST", "/Groups", &body).await;
        }
        let was = &step.before.groups[step.group.as_ref().unwrap()];
        let id = self.id(details, "/Groups", "displayName", &was.display_name).await?;
        let path = format!("/Groups/{id}");
        if step.kind == Kind::DeleteGroup {
            return self.call(details, "DELETE", &path, &Value::Null).await;
        }
        let mut operations = Vec::new();
        for name in group.members.difference(&was.members) {
            let id = self.id(details, "/Users", "userName", name).await?;
            operations.push(json!({ "op": "add", "path": "members", "value": [{ "value": id }] }));
        }
        for name in was.members.difference(&group.members) {
            let id = self.id(details, "/Users", "userName", name).await?;
            operations.push(if self.by_value {
                json!({ "op": "remove", "path": "members", "value": [{ "value": id }] })
            } else {
                json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") })
            });
        }
        if was.display_name != group.display_name {
            let name = &group.display_name;
            operations.push(json!({ "op": "replace", "path": "displayName", "value": name }));
        }
        self.patch(details, &path, &operations).await
    }
}

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn user(person: &Person) -> Value {
    let mut user = json!({
        "schemas": [CORE, ENTERPRISE],
        "userName": person.user_name,
        "externalId": person.external_id,
        "name": { "givenName": person.given_name, "familyName": person.family_name },
        "displayName": person.display_name,
        "active": person.active,
        "emails": [{ "value": person.email, "type": "work", "primary": true }],
        ENTERPRISE: { "department": person.department },
    });
    if let Some(title) = &person.title {
        user["title"] = title.clone().into();
    }
    user
}
