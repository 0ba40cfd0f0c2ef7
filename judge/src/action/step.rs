//! A step of a run.

use super::{Group, Kind, Person, World};
use crate::misbehave::Misbehaviour;

/// A step: an action, with what the source has before and after it.
#[derive(Debug, Clone)]
pub struct Step {
    /// What happens.
    pub kind: Kind,
    /// The name in the plan of the person it is about.
    pub person: Option<String>,
    /// The name in the plan of the group it is about.
    pub group: Option<String>,
    /// What to do at the source, for people.
    pub asks: String,
    /// Whether a person does it, who knows what it asks and nothing else.
    pub by_hand: bool,
    /// What the provider does badly meanwhile.
    pub misbehaviour: Option<&'static Misbehaviour>,
    /// What the source has before.
    pub before: World,
    /// What it has after.
    pub after: World,
}

impl Step {
    /// The person it is about, as after it; as before it, if it takes them away.
    pub fn person(&self) -> Option<&Person> {
        let key = self.person.as_ref()?;
        self.after.people.get(key).or_else(|| self.before.people.get(key))
    }

    /// The group it is about, as after it; as before it, if it takes it away.
    pub fn group(&self) -> Option<&Group> {
        let key = self.group.as_ref()?;
        self.after.groups.get(key).or_else(|| self.before.groups.get(key))
    }

    /// Its name in reports.
    pub fn name(&self) -> String {
        match self.misbehaviour {
            Some(one) => format!("{} while {}", self.kind, one.title),
            None => {
                let what = self.person().map(|one| one.display_name.as_str());
                let what = what.or_else(|| self.group().map(|one| one.display_name.as_str()));
                format!("{} {}", self.kind, what.unwrap_or_default())
            }
        }
    }
}
