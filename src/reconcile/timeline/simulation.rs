//! Plays a timeline: keeps people, groups and records, and reconciles step by step.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::{Arrival, GroupFacts, Person, Step, Timeline};
use crate::diagnostic::suggest;
use crate::reconcile::{Brake, Context, Event, Reconciled, Target, reconcile};
use crate::{Error, ErrorKind};

/// The state between two steps.
#[derive(Debug, Clone, Default)]
pub struct Simulation {
    people: BTreeMap<String, Person>,
    groups: BTreeMap<String, Group>,
}

#[derive(Debug, Clone, Default)]
struct Group {
    facts: GroupFacts,
    deleted: bool,
}

/// A group of a person, for the decision. In a timeline every membership is direct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberGroup {
    /// Its name.
    pub name: String,
    /// Its `id`, if the timeline gives one.
    pub id: Option<String>,
    /// Its `externalId`, if the timeline gives one.
    pub external_id: Option<String>,
    /// Former names that no other group bears.
    pub former_names: Vec<String>,
    /// It was deleted and may still be named by rules.
    pub deleted: bool,
}

/// Decides about a person: the SCIM User and the groups, with the rules in force.
pub type Decide<'a> = dyn FnMut(&Map<String, Json>, &[MemberGroup]) -> Target + 'a;

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The answer for each person concerned, by name.
    pub answers: Vec<(String, Reconciled)>,
    /// How the brake stood, if the step was a batch.
    pub brake: Option<BrakeState>,
}

/// How the brake stood at the end of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrakeState {
    /// From how many members the batch takes something.
    pub losing: u64,
    /// From how many it may; `None`: from any number.
    pub allowed: Option<u64>,
    /// Whether its removals are held.
    pub on: bool,
}

impl Simulation {
    /// The state before the first step.
    pub fn new(timeline: &Timeline) -> Self {
        let groups = timeline
            .groups
            .iter()
            .map(|(name, facts)| (name.clone(), Group { facts: facts.clone(), deleted: false }));
        let mut simulation = Self { people: timeline.people.clone(), groups: groups.collect() };
        let named: Vec<String> =
            simulation.people.values().flat_map(|person| person.groups.iter().cloned()).collect();
        for name in named {
            simulation.groups.entry(name).or_default();
        }
        simulation
    }

    /// Everybody, by name.
    pub fn people(&self) -> &BTreeMap<String, Person> {
        &self.people
    }

    /// What is known of a group that somebody is in or was in, with the former names that the
    /// host lists.
    pub fn group_facts(&self, name: &str) -> Option<&GroupFacts> {
        self.groups.get(name).map(|group| &group.facts)
    }

    /// Plays one step under the rules that `context` and `decide` stand for. Before
    /// [`Step::Rules`] the caller reads those rules and passes them here.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] for a person or group that the timeline does not have, or a new name
    /// that another group bears; the state is then as before.
    pub fn step(
        &mut self,
        context: &Context<'_>,
        step: &Step,
        decide: &mut Decide<'_>,
    ) -> Result<Told, Error> {
        let mut play = Play { context, decide };
        match step {
            Step::Note(_) => Ok(Told::default()),
            Step::Create(Arrival { person, user, groups }) => {
                self.arrive(person, user, groups);
                Ok(play.one(self, person, &Event::Created))
            }
            Step::Adopt { person, user, groups, has } => {
                self.arrive(person, user, groups);
                Ok(play.one(self, person, &Event::Adopted(has.clone())))
            }
            Step::Update { person, set } => {
                let user = &mut self.person(person)?.user;
                for (attribute, value) in set {
                    if value.is_null() {
                        user.remove(attribute);
                    } else {
                        user.insert(attribute.clone(), value.clone());
                    }
                }
                Ok(play.one(self, person, &Event::Updated))
            }
            Step::ChangeGroups { person, add, remove } => {
                let groups = &mut self.person(person)?.groups;
                groups.retain(|group| !remove.contains(group));
                self.join(person, add);
                Ok(play.one(self, person, &Event::GroupsChanged))
            }
            Step::Edit(edit) => {
                self.person(&edit.person)?;
                Ok(play.one(self, &edit.person, &edit.event()))
            }
            Step::Deactivate(person) => {
                self.person(person)?.user.insert("active".into(), false.into());
                Ok(play.one(self, person, &Event::Updated))
            }
            Step::Reactivate(person) => {
                self.person(person)?.user.insert("active".into(), true.into());
                Ok(play.one(self, person, &Event::Updated))
            }
            Step::Delete(person) => {
                self.person(person)?;
                Ok(play.one(self, person, &Event::Deleted))
            }
            Step::DeleteGroup(name) => {
                self.group(name)?.deleted = true;
                let members = self.members(name);
                Ok(play.batch(self, &members, &Event::GroupDeleted))
            }
            Step::RenameGroup { group, to, former_name_listed } => {
                self.rename(group, to, *former_name_listed)?;
                let members = self.members(to);
                let event = Event::GroupRenamed { former_name_listed: *former_name_listed };
                Ok(play.batch(self, &members, &event))
            }
            Step::Rules(_) => {
                let everybody = self.everybody();
                Ok(play.batch(self, &everybody, &Event::RulesChanged))
            }
            Step::Apply(people) => {
                let people = self.listed(people)?;
                Ok(play.batch(self, &people, &Event::Apply))
            }
            Step::Confirm(people) => {
                let people = self.listed(people)?;
                let answer = |person: &String| play.answer(self, person, &Event::Confirm);
                let answers: Vec<_> = people.iter().filter_map(answer).collect();
                self.keep(&answers);
                Ok(Told { answers, brake: None })
            }
        }
    }

    fn arrive(&mut self, name: &str, user: &Map<String, Json>, groups: &BTreeSet<String>) {
        let record = self.people.remove(name).and_then(|person| person.record);
        let person = Person { user: user.clone(), groups: BTreeSet::new(), record };
        self.people.insert(name.to_owned(), person);
        self.join(name, groups);
    }

    fn join(&mut self, person: &str, groups: &BTreeSet<String>) {
        for name in groups {
            let group = self.groups.entry(name.clone()).or_default();
            if group.deleted {
                // Another group of the same name: nobody of the old one is in it.
                *group = Group::default();
                for person in self.people.values_mut() {
                    person.groups.remove(name);
                }
            }
            if let Some(person) = self.people.get_mut(person) {
                person.groups.insert(name.clone());
            }
        }
    }

    fn rename(&mut self, from: &str, to: &str, listed: bool) -> Result<(), Error> {
        self.group(from)?;
        if from == to || self.groups.get(to).is_some_and(|group| !group.deleted) {
            return Err(Error::new(ErrorKind::Value, format!("there is a group `{to}` already")));
        }
        let mut group = self.groups.remove(from).unwrap_or_default();
        if listed {
            group.facts.former_names.push(from.to_owned());
        }
        self.groups.insert(to.to_owned(), group);
        for person in self.people.values_mut() {
            // Who was in a deleted group of the new name is not in this one.
            person.groups.remove(to);
            if person.groups.remove(from) {
                person.groups.insert(to.to_owned());
            }
        }
        Ok(())
    }

    fn person(&mut self, name: &str) -> Result<&mut Person, Error> {
        if !self.people.contains_key(name) {
            return Err(missing("person", name, self.people.keys()));
        }
        let deleted = || Error::new(ErrorKind::Value, format!("`{name}` was deleted before"));
        let is_open = |person: &&mut Person| !person.record.as_ref().is_some_and(|r| r.closed);
        self.people.get_mut(name).filter(is_open).ok_or_else(deleted)
    }

    fn group(&mut self, name: &str) -> Result<&mut Group, Error> {
        if !self.groups.contains_key(name) {
            return Err(missing("group", name, self.groups.keys()));
        }
        let deleted = || Error::new(ErrorKind::Value, format!("group `{name}` was deleted before"));
        self.groups.get_mut(name).filter(|group| !group.deleted).ok_or_else(deleted)
    }

    fn members(&self, group: &str) -> Vec<String> {
        let is_in = |(name, person): (&String, &Person)| {
            (person.groups.contains(group) && has_record(person)).then(|| name.clone())
        };
        self.people.iter().filter_map(is_in).collect()
    }

    fn everybody(&self) -> Vec<String> {
        let known = self.people.iter().filter(|(_, person)| has_record(person));
        known.map(|(name, _)| name.clone()).collect()
    }

    fn listed(&mut self, names: &BTreeSet<String>) -> Result<Vec<String>, Error> {
        for name in names {
            self.person(name)?;
        }
        Ok(if names.is_empty() { self.everybody() } else { names.iter().cloned().collect() })
    }

    fn groups_of(&self, person: &Person) -> Vec<MemberGroup> {
        let borne = |name: &String| self.groups.get(name).is_some_and(|group| !group.deleted);
        let group = |name: &String| {
            let Group { facts, deleted } = self.groups.get(name)?;
            Some(MemberGroup {
                name: name.clone(),
                id: facts.id.clone(),
                external_id: facts.external_id.clone(),
                former_names: facts.former_names.iter().filter(|n| !borne(n)).cloned().collect(),
                deleted: *deleted,
            })
        };
        person.groups.iter().filter_map(group).collect()
    }

    fn keep(&mut self, answers: &[(String, Reconciled)]) {
        for (name, answer) in answers {
            if let Some(person) = self.people.get_mut(name) {
                person.record.clone_from(&answer.record);
            }
        }
    }
}

/// One step under one set of rules.
struct Play<'a> {
    context: &'a Context<'a>,
    decide: &'a mut Decide<'a>,
}

impl Play<'_> {
    fn answer(
        &mut self,
        simulation: &Simulation,
        name: &str,
        event: &Event,
    ) -> Option<(String, Reconciled)> {
        let person = simulation.people.get(name)?;
        let target = (self.decide)(&person.user, &simulation.groups_of(person));
        let answer = reconcile(self.context, person.record.as_ref(), event, &target);
        Some((name.to_owned(), answer))
    }

    fn one(&mut self, simulation: &mut Simulation, name: &str, event: &Event) -> Told {
        let answers: Vec<_> = self.answer(simulation, name, event).into_iter().collect();
        simulation.keep(&answers);
        Told { answers, brake: None }
    }

    fn batch(&mut self, simulation: &mut Simulation, names: &[String], event: &Event) -> Told {
        let records = simulation.people.values().filter_map(|person| person.record.as_ref());
        let active = records.filter(|record| record.active).count();
        let mut brake =
            Brake::new(self.context.max_removals(), u64::try_from(active).unwrap_or(u64::MAX));
        let mut answers: Vec<_> =
            names.iter().filter_map(|name| self.answer(simulation, name, event)).collect();
        for (_, answer) in &answers {
            brake.count(answer);
        }
        if brake.is_on() {
            for (name, answer) in &mut answers {
                let before = simulation.people.get(name).and_then(|person| person.record.as_ref());
                *answer = Brake::hold(self.context, before, answer.clone());
            }
        }
        simulation.keep(&answers);
        let state =
            BrakeState { losing: brake.losing(), allowed: brake.allowed(), on: brake.is_on() };
        Told { answers, brake: Some(state) }
    }
}

fn has_record(person: &Person) -> bool {
    person.record.as_ref().is_some_and(|record| !record.closed)
}

fn missing<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a String>) -> Error {
    let error = Error::new(ErrorKind::Value, format!("the timeline has no {kind} `{name}`"));
    match suggest::nearest(name, known.map(String::as_str)) {
        Some(near) => error.help(suggest::did_you_mean(near)),
        None => error,
    }
}
