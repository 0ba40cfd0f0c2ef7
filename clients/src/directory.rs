//! What a source knows, and what each action makes of it.
//!
//! [`Directory::apply`] turns an [`Action`] into [`Event`]s, of which there are few kinds: a
//! client has to say each of these to the service provider. After an action the directory is also
//! what the service provider should hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::action::Action;
use crate::field::Field;

/// A person as the source knows them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// What is known.
    pub values: BTreeMap<Field, String>,
    /// The manager, by the script's name.
    pub manager: Option<String>,
    /// Whether they may sign in.
    pub active: bool,
}

/// A group as the source knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Its id at the source.
    pub external_id: String,
    /// Its `displayName`.
    pub name: String,
    /// Its members, by the script's names.
    pub members: BTreeSet<String>,
}

/// Everybody and every group under provisioning, by the script's names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// People.
    pub people: BTreeMap<String, Person>,
    /// Groups.
    pub groups: BTreeMap<String, Group>,
    /// People who left for good, as they were; whether the service provider still has them
    /// depends on the client.
    pub departed: BTreeMap<String, Person>,
    /// Groups that are not provisioned any more.
    pub closed: BTreeMap<String, Group>,
    /// People of the script who are not under provisioning yet.
    waiting: BTreeMap<String, Person>,
    /// Groups of the script that are not under provisioning yet.
    unopened: BTreeMap<String, Group>,
}

/// One thing that a client has to say, about people and groups by the script's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A person is new.
    PersonCreated(String),
    /// Something known of a person is another value, or none any more.
    PersonChanged(String, BTreeSet<Field>),
    /// A person's manager is another one, or nobody.
    ManagerChanged(String),
    /// A person may not sign in any more.
    PersonDeactivated(String),
    /// A person may sign in again.
    PersonReactivated(String),
    /// A person left; see [`Directory::departed`].
    PersonDeleted(String),
    /// A group is new, and empty.
    GroupCreated(String),
    /// People came into a group.
    MembersAdded(String, Vec<String>),
    /// People left a group.
    MembersRemoved(String, Vec<String>),
    /// A group has another name.
    GroupRenamed(String),
    /// A group ended; see [`Directory::closed`].
    GroupDeleted(String),
    /// The source reads everything.
    Import,
}

/// An action that the directory does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impossible {
    /// Why, in words.
    pub message: String,
}

/// People that one [`Action::LargeGroup`] may make.
pub const LARGEST_GROUP: usize = 100_000;

impl Directory {
    /// A directory with nobody under provisioning yet.
    pub fn new(people: BTreeMap<String, Person>, groups: BTreeMap<String, Group>) -> Self {
        Self { waiting: people, unopened: groups, ..Self::default() }
    }

    /// A person, under provisioning or departed.
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.get(name).or_else(|| self.departed.get(name))
    }

    /// A group, under provisioning or closed.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name).or_else(|| self.closed.get(name))
    }

    /// Whom the service provider must have already, from another hand, before this action:
    /// somebody with the same user name.
    pub fn beforehand(&self, action: &Action) -> Option<Person> {
        let Action::NameClash { person } = action else { return None };
        let mut other = self.waiting.get(person)?.clone();
        other.values.retain(|field, _| matches!(field, Field::UserName | Field::Email));
        other.values.insert(Field::GivenName, "Somebody".to_owned());
        other.values.insert(Field::FamilyName, "Else".to_owned());
        Some(other)
    }

    /// Carries out an action; an error leaves the directory as it was.
    pub fn apply(&mut self, action: &Action) -> Result<Vec<Event>, Impossible> {
        match action {
            Action::CreateUser { person } | Action::NameClash { person } => {
                Ok(vec![self.enter(person)?])
            }
            Action::UpdateUser { person, set } => self.update(person, set),
            Action::ClearValue { person, field } => self.update(person, &[(*field, None)].into()),
            Action::ChangeEmail { person, email } => {
                self.update(person, &[(Field::Email, Some(email.clone()))].into())
            }
            Action::SetManager { person, manager } => {
                self.known(manager)?;
                self.known(person)?.manager = Some(manager.clone());
                Ok(vec![Event::ManagerChanged(person.clone())])
            }
            Action::ClearManager { person } => {
                self.known(person)?.manager = None;
                Ok(vec![Event::ManagerChanged(person.clone())])
            }
            Action::DeactivateUser { person } => {
                self.known(person)?.active = false;
                Ok(vec![Event::PersonDeactivated(person.clone())])
            }
            Action::ReactivateUser { person } => {
                self.known(person)?.active = true;
                Ok(vec![Event::PersonReactivated(person.clone())])
            }
            Action::DeleteUser { person } => self.leave(person),
            Action::CreateGroup { group } => Ok(vec![self.open(group)?]),
            Action::AddMembers { group, people } => self.add(group, people),
            Action::RemoveMembers { group, people } => {
                let within = self.opened(group)?;
                within.members.retain(|member| !people.contains(member));
                Ok(vec![Event::MembersRemoved(group.clone(), people.clone())])
            }
            Action::RenameGroup { group, name } => {
                self.opened(group)?.name.clone_from(name);
                Ok(vec![Event::GroupRenamed(group.clone())])
            }
            Action::DeleteGroup { group } => {
                let gone = self.groups.remove(group).ok_or_else(|| no_group(group))?;
                self.closed.insert(group.clone(), gone);
                Ok(vec![Event::GroupDeleted(group.clone())])
            }
            Action::LargeGroup { group, size } => self.large(group, *size),
            Action::SpecialCharacters { person, group } => {
                if !self.unopened.contains_key(group) {
                    return Err(no_group(group));
                }
                let entered = self.enter(person)?;
                let opened = self.open(group)?;
                let mut events = vec![entered, opened];
                events.extend(self.add(group, std::slice::from_ref(person))?);
                Ok(events)
            }
            Action::Import {} => Ok(vec![Event::Import]),
        }
    }

    fn enter(&mut self, name: &str) -> Result<Event, Impossible> {
        let person = self.waiting.remove(name).ok_or_else(|| {
            impossible(match self.person(name) {
                Some(_) => format!("`{name}` was created before"),
                None => format!("there is no person `{name}` under `people`"),
            })
        })?;
        self.people.insert(name.to_owned(), person);
        Ok(Event::PersonCreated(name.to_owned()))
    }

    fn update(
        &mut self,
        name: &str,
        set: &BTreeMap<Field, Option<String>>,
    ) -> Result<Vec<Event>, Impossible> {
        let person = self.known(name)?;
        for (field, value) in set {
            if *field == Field::ExternalId {
                return Err(impossible("`externalId` is the source's own and never changes"));
            }
            if value.is_none() && Field::REQUIRED.contains(field) {
                return Err(impossible(format!("`{field}` cannot be taken away")));
            }
        }
        for (field, value) in set {
            match value {
                Some(value) => person.values.insert(*field, value.clone()),
                None => person.values.remove(field),
            };
        }
        Ok(vec![Event::PersonChanged(name.to_owned(), set.keys().copied().collect())])
    }

    /// Memberships and references end before the person does.
    fn leave(&mut self, name: &str) -> Result<Vec<Event>, Impossible> {
        self.known(name)?;
        let mut events = Vec::new();
        for (group, within) in &mut self.groups {
            if within.members.remove(name) {
                events.push(Event::MembersRemoved(group.clone(), vec![name.to_owned()]));
            }
        }
        for (report, person) in &mut self.people {
            if person.manager.as_deref() == Some(name) {
                person.manager = None;
                events.push(Event::ManagerChanged(report.clone()));
            }
        }
        if let Some(person) = self.people.remove(name) {
            self.departed.insert(name.to_owned(), Person { active: false, ..person });
        }
        events.push(Event::PersonDeleted(name.to_owned()));
        Ok(events)
    }

    fn open(&mut self, name: &str) -> Result<Event, Impossible> {
        let group = self.unopened.remove(name).ok_or_else(|| {
            impossible(match self.group(name) {
                Some(_) => format!("the group `{name}` was created before"),
                None => format!("there is no group `{name}` under `groups`"),
            })
        })?;
        self.groups.insert(name.to_owned(), group);
        Ok(Event::GroupCreated(name.to_owned()))
    }

    fn add(&mut self, group: &str, people: &[String]) -> Result<Vec<Event>, Impossible> {
        for person in people {
            self.known(person)?;
        }
        self.opened(group)?.members.extend(people.iter().cloned());
        Ok(vec![Event::MembersAdded(group.to_owned(), people.to_vec())])
    }

    fn large(&mut self, group: &str, size: usize) -> Result<Vec<Event>, Impossible> {
        if size > LARGEST_GROUP {
            return Err(impossible(format!("a large group has at most {LARGEST_GROUP} people")));
        }
        let made: Vec<String> = (1..=size).map(|number| format!("{group}-{number}")).collect();
        if let Some(taken) = made.iter().find(|name| self.person(name).is_some()) {
            return Err(impossible(format!("`{taken}` was created before")));
        }
        let opened = self.open(group)?;
        let mut events = Vec::new();
        for (number, name) in (1..).zip(&made) {
            self.people.insert(name.clone(), numbered(group, number));
            events.push(Event::PersonCreated(name.clone()));
        }
        events.push(opened);
        events.extend(self.add(group, &made)?);
        Ok(events)
    }

    fn known(&mut self, name: &str) -> Result<&mut Person, Impossible> {
        self.people
            .get_mut(name)
            .ok_or_else(|| impossible(format!("`{name}` is not under provisioning here")))
    }

    fn opened(&mut self, name: &str) -> Result<&mut Group, Impossible> {
        self.groups.get_mut(name).ok_or_else(|| no_group(name))
    }
}

/// Somebody of a large group.
fn numbered(group: &str, number: usize) -> Person {
    let user = format!("{group}.{number}@acme.example");
    let values = [
        (Field::ExternalId, format!("{group}-{number}")),
        (Field::UserName, user.clone()),
        (Field::GivenName, "Member".to_owned()),
        (Field::FamilyName, format!("No. {number}")),
        (Field::DisplayName, format!("Member No. {number}")),
        (Field::Email, user),
    ];
    Person { values: values.into(), manager: None, active: true }
}

fn impossible(message: impl Into<String>) -> Impossible {
    Impossible { message: message.into() }
}

fn no_group(name: &str) -> Impossible {
    impossible(format!("the group `{name}` is not there at this point of the script"))
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Impossible {}
