//! Updates: PATCH where it is offered, else PUT of what was read with the change in it.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::change::Change;
use super::create::version_of;
use super::{Model, PROFILE};
use crate::directory::Directory;
use crate::field::Field;
use crate::http::{Answer, Method, Request};
use crate::links::{Sort, must, refused, said};
use crate::session::Session;
use crate::shape;
use crate::slip::Slip;

/// Times that one change is sent, each time because of what was learned.
const TRIES: usize = 4;

impl Model {
    /// Makes a change.
    pub(super) async fn write(
        &mut self,
        sort: Sort,
        name: &str,
        change: &Change,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let mut again = false;
        for _ in 0..TRIES {
            if self.links.get(sort, name).is_none() {
                // Its creation failed, or its link was lost: what is created is as the source is,
                // but for the members of a group.
                Box::pin(self.create(sort, name, source, session)).await?;
                if sort == Sort::Person || self.links.get(sort, name).is_none() {
                    return Ok(());
                }
            }
            let Some(request) = self.request(sort, name, change, source, session).await? else {
                return Ok(());
            };
            let (what, method) = (said(&request), request.method);
            let answer = session.ask(request).await;
            let answer = answer.map_err(|broken| format!("{what}: {broken}"))?;
            match answer.status {
                200..=299 => {
                    if answer.status == 204 && session.slips(Slip::NeedsBody) && !again {
                        again = true;
                        continue;
                    }
                    self.remember(sort, name, change, source, &answer, session);
                    return Ok(());
                }
                412 if session.slips(Slip::OldVersion) => return Ok(()),
                412 => self.forget_version(sort, name),
                413 => {
                    let Some(halves) = change.halves() else {
                        return Err(refused(&what, &answer));
                    };
                    for half in halves {
                        Box::pin(self.write(sort, name, &half, source, session)).await?;
                    }
                    return Ok(());
                }
                404 | 405 | 501 if session.slips(Slip::NotFoundMeansDeleted) => {
                    self.links.forget(sort, name);
                    return self.post_anew(sort, name, source, session).await;
                }
                405 | 501 if method == Method::Patch => self.offer.patch = false,
                404 if session.slips(Slip::KeepsOldId) => return Err(refused(&what, &answer)),
                404 => {
                    let gone = self.is_gone(sort, name, session).await?;
                    if !gone {
                        // The resource is there: the request is what is not known.
                        return Err(refused(&what, &answer));
                    }
                    self.lost(sort, name, source, session).await?;
                    if sort == Sort::Person {
                        return Ok(());
                    }
                    if *change != Change::Members {
                        let all = &Change::Members;
                        return Box::pin(self.write(sort, name, all, source, session)).await;
                    }
                }
                _ => return Err(refused(&what, &answer)),
            }
        }
        Err(format!("a change of {} did not succeed in {TRIES} tries", sort.endpoint()))
    }

    /// One PATCH a member, all at the same time (a slip).
    pub(super) async fn all_at_once(
        &mut self,
        group: &str,
        people: &[String],
        come: bool,
        session: &Session,
    ) -> Result<(), String> {
        let Some(id) = self.links.group(group) else {
            return Err("the group was never created".to_owned());
        };
        let to = Arc::new(format!("/Groups/{id}"));
        let requests = self.links.people(people).into_iter().map(|(_, person)| {
            let operation = if come {
                json!({"op": "add", "path": "members", "value": [{ "value": person }]})
            } else {
                json!({"op": "remove", "path": format!("members[value eq \"{person}\"]")})
            };
            must(
                session,
                Request::write(Method::Patch, to.as_str(), &shape::patch(vec![operation])),
            )
        });
        join_all(requests).await.into_iter().collect::<Result<Vec<_>, _>>().map(|_| ())
    }

    /// The version to say with a write, where versions are offered.
    pub(super) async fn version(
        &mut self,
        sort: Sort,
        name: &str,
        session: &Session,
    ) -> Result<Option<String>, String> {
        if !self.offer.etag {
            return Ok(None);
        }
        let key = (sort, name.to_owned());
        if let Some(version) = self.known.get(&key).and_then(|known| known.version.clone()) {
            return Ok(Some(version));
        }
        let Some(id) = self.links.get(sort, name) else { return Ok(None) };
        let without = if sort == Sort::Group { "?excludedAttributes=members" } else { "" };
        let request = Request::get(format!("{}/{id}{without}", sort.endpoint()));
        let answer = session.ask(request).await.map_err(|broken| broken.to_string())?;
        let version = version_of(&answer).filter(|_| answer.is_success());
        if let Some(known) = self.known.get_mut(&key) {
            known.version.clone_from(&version);
        }
        Ok(version)
    }

    async fn request(
        &mut self,
        sort: Sort,
        name: &str,
        change: &Change,
        source: &Directory,
        session: &Session,
    ) -> Result<Option<Request>, String> {
        let offered = self.offered(session);
        let known = self.known.get(&(sort, name.to_owned())).cloned().unwrap_or_default();
        let id = self.links.get(sort, name).unwrap_or_default().to_owned();
        let to = format!("{}/{id}", sort.endpoint());
        let whole =
            [Slip::StaleReadOnly, Slip::DropsUnknown].iter().any(|slip| session.slips(*slip));
        if self.offer.patch && !(whole && sort == Sort::Person) {
            let operations = self.operations(name, change, &known, source, &offered);
            if operations.is_empty() {
                return Ok(None);
            }
            let request = Request::write(Method::Patch, to, &shape::patch(operations));
            return Ok(Some(match self.version(sort, name, session).await? {
                Some(version) => request.with_header("If-Match", version),
                None => request,
            }));
        }
        let (mut resource, version) = match source.person(name).filter(|_| sort == Sort::Person) {
            Some(person) if session.slips(Slip::DropsUnknown) => {
                let mut body = shape::user(&PROFILE, person);
                shape::set_manager(&mut body, self.manager(person));
                shape::schemas(&mut body);
                (body, None)
            }
            _ => {
                let answer = must(session, Request::get(to.as_str())).await?;
                (answer.json(), version_of(&answer))
            }
        };
        self.edit(&mut resource, name, change, source, &offered);
        if session.slips(Slip::StaleReadOnly) {
            shape::put(&mut resource, "id", "00000000-0000-0000-0000-000000000000".into());
            let old = json!({"resourceType": "User", "created": "1970-01-01T00:00:00Z",
                "lastModified": "1970-01-01T00:00:00Z"});
            shape::put(&mut resource, "meta", old);
        }
        let request = Request::write(Method::Put, to, &resource);
        let version = version.filter(|_| self.offer.etag);
        Ok(Some(match version {
            Some(version) => request.with_header("If-Match", version),
            None => request,
        }))
    }

    fn remember(
        &mut self,
        sort: Sort,
        name: &str,
        change: &Change,
        source: &Directory,
        answer: &Answer,
        session: &Session,
    ) {
        let manager = source.person(name).is_some_and(|person| self.manager(person).is_some());
        let known = self.known.entry((sort, name.to_owned())).or_default();
        if !(session.slips(Slip::OldVersion) && known.version.is_some()) {
            known.version = version_of(answer);
        }
        if let (Change::Person { fields, manager: managed, .. }, Some(person)) =
            (change, source.person(name))
        {
            for field in fields {
                match person.values.get(field) {
                    Some(text) => known.fields.insert(*field, text.clone()),
                    None => known.fields.remove(field),
                };
            }
            if *managed {
                known.manager = manager;
            }
        }
        // What the provider made of it is what the client knows, where it says.
        let body = answer.json();
        if sort == Sort::Person && body.get("userName").is_some_and(Value::is_string) {
            for field in Field::ALL {
                match shape::read(&body, &PROFILE, *field) {
                    Some(text) => known.fields.insert(*field, text.to_owned()),
                    None => known.fields.remove(field),
                };
            }
        }
    }

    async fn is_gone(&self, sort: Sort, name: &str, session: &Session) -> Result<bool, String> {
        let id = self.links.get(sort, name).unwrap_or_default();
        let without = if sort == Sort::Group { "?excludedAttributes=members" } else { "" };
        let request = Request::get(format!("{}/{id}{without}", sort.endpoint()));
        let answer = session.ask(request).await.map_err(|broken| broken.to_string())?;
        Ok(matches!(answer.status, 404 | 410))
    }
}
