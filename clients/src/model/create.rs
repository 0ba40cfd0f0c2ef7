//! Creation: look first, and look again whenever the answer leaves it open.

use serde_json::{Value, json};

use super::change::Change;
use super::read::unique_text;
use super::{Known, Model, PROFILE};
use crate::directory::Directory;
use crate::field::{ENTERPRISE, Field, GROUP};
use crate::http::{Answer, Broken, BrokenKind, Method, Request};
use crate::links::{Sort, id_of, refused, said, succeeded};
use crate::session::Session;
use crate::shape;
use crate::slip::Slip;

/// Times that one creation is sent.
const TRIES: usize = 3;
/// Times that one link may be lost.
const RELINKS: usize = 3;
/// Times that a client with a slip sends it.
const STUBBORN: usize = 10;

impl Model {
    /// Makes the service provider have a person or group, be it there already or not.
    pub(super) async fn create(
        &mut self,
        sort: Sort,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let text = unique_text(sort, name, source).unwrap_or_default();
        if !session.slips(Slip::NoLookUp)
            && let Some(found) = self.find(sort, &text, session).await?
        {
            return self.adopt(sort, name, &found, source, session).await;
        }
        for _ in 0..TRIES {
            let answer = self.post(sort, name, source, session).await?;
            match &answer {
                Ok(answer) if answer.is_success() => {
                    return self.created(sort, name, answer, source);
                }
                Ok(answer) if answer.status == 409 => {
                    return self.conflict(sort, name, &text, answer, source, session).await;
                }
                // It may have been carried out: look before anything is sent again.
                Ok(Answer { status: 500 | 502 | 503 | 504, .. })
                | Err(Broken { kind: BrokenKind::Lost, .. }) => {
                    if session.slips(Slip::RepeatsCreate) {
                        continue;
                    }
                    if let Some(found) = self.find(sort, &text, session).await? {
                        return self.adopt(sort, name, &found, source, session).await;
                    }
                }
                _ => {
                    let what = said(&Request::write(Method::Post, sort.endpoint(), &Value::Null));
                    return succeeded(&what, answer).map(|_| ());
                }
            }
        }
        Err(format!("POST {} was sent {TRIES} times without an answer", sort.endpoint()))
    }

    /// Creates without looking first.
    pub(super) async fn post_anew(
        &mut self,
        sort: Sort,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let answer = self.post(sort, name, source, session).await?;
        let answer = succeeded(&format!("POST {}", sort.endpoint()), answer)?;
        self.created(sort, name, &answer, source)
    }

    /// A link was lost: the resource has another id now, or is to be made again.
    pub(super) async fn lost(
        &mut self,
        sort: Sort,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let key = (sort, name.to_owned());
        let times = self.lost.entry(key.clone()).or_default();
        *times += 1;
        if *times > RELINKS {
            return Err("it is found and is not there, again and again".to_owned());
        }
        self.links.forget(sort, name);
        self.known.remove(&key);
        Box::pin(self.create(sort, name, source, session)).await
    }

    async fn post(
        &self,
        sort: Sort,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<Result<Answer, Broken>, String> {
        let body = self.body(sort, name, source, session);
        let body = body.ok_or_else(|| "it is not in the source".to_owned())?;
        Ok(session.ask(Request::write(Method::Post, sort.endpoint(), &body)).await)
    }

    fn body(&self, sort: Sort, name: &str, source: &Directory, session: &Session) -> Option<Value> {
        if sort == Sort::Group {
            let group = source.group(name)?;
            let mut body = json!({ "schemas": [GROUP], "displayName": group.name });
            shape::put(&mut body, "externalId", group.external_id.as_str().into());
            return Some(body);
        }
        let person = source.person(name)?;
        let mut body = json!({ "active": person.active });
        for field in self.offered(session) {
            let text = shape::value(&PROFILE, person, field);
            shape::set(&mut body, &PROFILE, field, text.as_deref());
        }
        if self.offer.has_manager() {
            shape::set_manager(&mut body, self.manager(person));
        }
        shape::schemas(&mut body);
        Some(body)
    }

    fn created(
        &mut self,
        sort: Sort,
        name: &str,
        answer: &Answer,
        source: &Directory,
    ) -> Result<(), String> {
        let located = || {
            let last = answer.header("location")?.trim_end_matches('/').rsplit('/').next()?;
            Some(last.to_owned())
        };
        let id = answer.id().or_else(located);
        let id = id.ok_or_else(|| "201 has neither a body with `id` nor Location".to_owned())?;
        let mut known = Known { version: version_of(answer), ..Known::default() };
        if let Some(person) = source.person(name).filter(|_| sort == Sort::Person) {
            known.fields.clone_from(&person.values);
            known.manager = self.manager(person).is_some();
        }
        self.links.set(sort, name, id);
        self.known.insert((sort, name.to_owned()), known);
        Ok(())
    }

    async fn conflict(
        &mut self,
        sort: Sort,
        name: &str,
        text: &str,
        answer: &Answer,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        if session.slips(Slip::SilentAboutConflict) {
            return Ok(());
        }
        if session.slips(Slip::RepeatsConflict) {
            for _ in 0..STUBBORN {
                let answer = self.post(sort, name, source, session).await?;
                if let Ok(answer) = &answer
                    && answer.is_success()
                {
                    return self.created(sort, name, answer, source);
                }
            }
            return Err(format!("POST {} always was a conflict", sort.endpoint()));
        }
        match self.find(sort, text, session).await? {
            Some(found) => self.adopt(sort, name, &found, source, session).await,
            None => Err(refused(&format!("POST {}", sort.endpoint()), answer)),
        }
    }

    /// Takes what is there already as the client's own, and makes it as the source has it.
    async fn adopt(
        &mut self,
        sort: Sort,
        name: &str,
        found: &Value,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let id = id_of(found).ok_or_else(|| "a resource without an `id`".to_owned())?;
        let mut known = Known::default();
        for field in Field::ALL {
            if let Some(text) = shape::read(found, &PROFILE, *field) {
                known.fields.insert(*field, text.to_owned());
            }
        }
        let enterprise = found.get(ENTERPRISE);
        known.manager = enterprise.and_then(|one| one.get("manager")).is_some();
        let active = found.get("active").and_then(Value::as_bool);
        let (there, managed) = (known.fields.clone(), known.manager);
        self.links.set(sort, name, id);
        self.known.insert((sort, name.to_owned()), known);
        let Some(person) = source.person(name).filter(|_| sort == Sort::Person) else {
            return Ok(());
        };
        let differs = |field: &Field| person.values.get(field) != there.get(field);
        let change = Change::Person {
            fields: Field::ALL.iter().copied().filter(differs).collect(),
            manager: managed || self.manager(person).is_some(),
            active: active != Some(person.active),
        };
        self.write(sort, name, &change, source, session).await
    }
}

/// The version of a resource in an answer (RFC 7644, 3.14).
pub(super) fn version_of(answer: &Answer) -> Option<String> {
    let header = answer.header("etag").map(str::to_owned);
    let body = || {
        let body = answer.json();
        Some(body.get("meta")?.get("version")?.as_str()?.to_owned())
    };
    header.or_else(body)
}
