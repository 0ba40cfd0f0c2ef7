//! The model client: what RFC 7643, RFC 7644 and RFC 9865 ask of clients, done. Its slips are the
//! faults of `fault`.

mod change;
mod create;
mod offer;
mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::{Directory, Event};
use crate::field::Field;
use crate::http::Request;
use crate::links::{Links, Sort, must, refused, said};
use crate::provider::{ManagerForm, Profile, Provider};
use crate::session::{Manner, Patience, Session};
use crate::slip::Slip;
use change::Change;
use offer::Offer;

pub(crate) const PROFILE: Profile = Profile {
    provider: Provider::Rfc7644,
    name: "rfc7644",
    about: "a model: reads what is offered, looks before it creates, waits when it is told to",
    fields: Field::ALL,
    manager: ManagerForm::Id,
    clears: true,
    deletes_people: true,
    escapes: true,
    email_type: "work",
    phone: str::to_owned,
    manner: Manner {
        headers: &[
            ("Accept", "application/scim+json"),
            ("User-Agent", "provisor-replay (rfc7644)"),
        ],
        content_type: "application/scim+json",
        patience: Patience::model(),
        redirects: true,
    },
};

/// Members of one PATCH; some providers take no more.
const MEMBERS: usize = 100;

/// The model client.
#[derive(Debug, Default)]
pub(crate) struct Model {
    offer: Offer,
    links: Links,
    known: BTreeMap<(Sort, String), Known>,
    /// How often each link was lost.
    lost: BTreeMap<(Sort, String), usize>,
    /// People whose creation waits (a slip).
    held: Vec<String>,
}

/// What the client knows of a resource that it has an id of.
#[derive(Debug, Clone, Default)]
struct Known {
    /// What the service provider has, as far as the client said or read it.
    fields: BTreeMap<Field, String>,
    /// Whether there is a manager.
    manager: bool,
    /// The version for `If-Match`, if it is still the one.
    version: Option<String>,
}

impl Model {
    pub(crate) async fn connect(&mut self, session: &Session) -> Result<(), String> {
        self.offer = Offer::read(session).await?;
        Ok(())
    }

    pub(crate) async fn tell(
        &mut self,
        event: &Event,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        if let Some(why) = &self.offer.refused {
            return Err(why.clone());
        }
        let (sort, name, change) = match event {
            Event::PersonCreated(name) => {
                if session.slips(Slip::MembersFirst) {
                    self.held.push(name.clone());
                    return Ok(());
                }
                return self.create(Sort::Person, name, source, session).await;
            }
            Event::GroupCreated(name) => {
                return self.create(Sort::Group, name, source, session).await;
            }
            Event::PersonChanged(name, fields) => {
                (Sort::Person, name, Change::fields(fields.clone()))
            }
            Event::ManagerChanged(name) => (Sort::Person, name, Change::manager()),
            Event::PersonDeactivated(name) if session.slips(Slip::DeletesInstead) => {
                return self.delete(Sort::Person, name, source, session).await;
            }
            Event::PersonDeactivated(_) if session.slips(Slip::NeverDeactivates) => return Ok(()),
            Event::PersonDeactivated(name) | Event::PersonReactivated(name) => {
                (Sort::Person, name, Change::active())
            }
            Event::PersonDeleted(name) => {
                return self.delete(Sort::Person, name, source, session).await;
            }
            Event::GroupDeleted(name) => {
                return self.delete(Sort::Group, name, source, session).await;
            }
            Event::GroupRenamed(name) => (Sort::Group, name, Change::Name),
            Event::MembersAdded(group, people) => {
                return self.members(group, people, true, source, session).await;
            }
            Event::MembersRemoved(group, people) => {
                return self.members(group, people, false, source, session).await;
            }
            Event::Import => return self.import(source, session).await,
        };
        self.write(sort, name, &change, source, session).await
    }

    /// Says what waited until everything else of the action was said.
    pub(crate) async fn finish(
        &mut self,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        for name in std::mem::take(&mut self.held) {
            self.create(Sort::Person, &name, source, session).await?;
        }
        Ok(())
    }

    pub(crate) fn links(&self) -> &Links {
        &self.links
    }

    async fn members(
        &mut self,
        group: &str,
        people: &[String],
        come: bool,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        if session.slips(Slip::WholeMembership) {
            return self.write(Sort::Group, group, &Change::Members, source, session).await;
        }
        if session.slips(Slip::AllAtOnce) {
            return self.all_at_once(group, people, come, session).await;
        }
        for some in people.chunks(MEMBERS) {
            let some = some.to_vec();
            let change = if come { Change::Join(some) } else { Change::Leave(some) };
            if session.slips(Slip::AsksForMembers)
                && let Some(id) = self.links.group(group)
            {
                let whole = Request::get(format!("/Groups/{id}"));
                must(session, whole).await?;
            }
            self.write(Sort::Group, group, &change, source, session).await?;
        }
        Ok(())
    }

    /// Ends a resource. A provider that does not delete people deactivates them.
    async fn delete(
        &mut self,
        sort: Sort,
        name: &str,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        let Some(id) = self.links.get(sort, name).map(str::to_owned) else {
            return Err("it was never created, so it cannot be deleted".to_owned());
        };
        for last in [false, true] {
            let mut request = Request::delete(format!("{}/{id}", sort.endpoint()));
            if let Some(version) = self.version(sort, name, session).await? {
                request = request.with_header("If-Match", version);
            }
            let what = said(&request);
            let answer =
                session.ask(request).await.map_err(|broken| format!("{what}: {broken}"))?;
            match answer.status {
                // Its groups changed meanwhile, or it did: it goes all the same.
                412 if !last => self.forget_version(sort, name),
                405 | 501 if sort == Sort::Person => {
                    return self.write(sort, name, &Change::active(), source, session).await;
                }
                404 | 200..=299 => break,
                _ => return Err(refused(&what, &answer)),
            }
        }
        self.links.forget(sort, name);
        self.known.remove(&(sort, name.to_owned()));
        Ok(())
    }

    /// The fields of a person that this provider has a place for.
    fn offered(&self, session: &Session) -> BTreeSet<Field> {
        let all = Field::ALL.iter().copied();
        all.filter(|field| session.slips(Slip::IgnoresOffer) || self.offer.has(*field)).collect()
    }

    fn forget_version(&mut self, sort: Sort, name: &str) {
        if let Some(known) = self.known.get_mut(&(sort, name.to_owned())) {
            known.version = None;
        }
    }
}
