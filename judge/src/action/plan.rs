//! The steps of a run.

use std::collections::BTreeSet;

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

/// Everything that somebody has to be told of a person to make them by hand.
fn described(person: &Person) -> String {
    format!(
        "userName {}, given name {}, family name {}, title {}, department {}, work e-mail {}",
        person.user_name,
        person.given_name,
        person.family_name,
        person.title.as_deref().unwrap_or("none"),
        person.department,
        person.email
    )
}

/// Builds steps one after the other.
struct Planner {
    world: World,
    steps: Vec<Step>,
}

/// The steps: of the kinds that `wanted` says, then one for each misbehaviour, and last the large
/// group of `large` people.
pub fn plan(
    wanted: impl Fn(Kind) -> bool,
    misbehaviours: &[&'static Misbehaviour],
    large: usize,
) -> Vec<Step> {
    let mut planner = Planner { world: World::default(), steps: Vec::new() };
    planner.people(&wanted);
    planner.groups(&wanted);
    planner.names(&wanted);
    for one in misbehaviours {
        planner.misbehaviour(one);
    }
    if large > 0 && wanted(Kind::LargeGroup) {
        planner.large(large);
    }
    planner.steps
}

impl Planner {
    fn step(
        &mut self,
        kind: Kind,
        about: (Option<&str>, Option<&str>),
        asks: String,
        change: impl FnOnce(&mut World),
    ) {
        let before = self.world.clone();
        change(&mut self.world);
        self.steps.push(Step {
            kind,
            person: about.0.map(str::to_owned),
            group: about.1.map(str::to_owned),
            asks,
            by_hand: false,
            misbehaviour: None,
            before,
            after: self.world.clone(),
        });
    }

    fn create(&mut self, key: &str, person: Person) {
        let asks = format!("create a person: {}", described(&person));
        let insert = |world: &mut World| {
            world.people.insert(key.to_owned(), person);
        };
        self.step(Kind::CreateUser, (Some(key), None), asks, insert);
    }

    fn edit(&mut self, kind: Kind, key: &str, asks: String, edit: impl FnOnce(&mut Person)) {
        self.step(kind, (Some(key), None), asks, |world| {
            if let Some(person) = world.people.get_mut(key) {
                edit(person);
            }
        });
    }

    fn people(&mut self, wanted: &impl Fn(Kind) -> bool) {
        self.create("bob.ruiz", Person::new("bob.ruiz", "Bob", "Ruiz"));
        self.create("ann.lee", Person::new("ann.lee", "Ann", "Lee"));
        self.create("cleo.kim", Person::new("cleo.kim", "Cleo", "Kim"));
        let ann = "ann.lee";
        if wanted(Kind::UpdateUser) {
            let asks = "change Ann Lee: family name Lee-Moss, title Senior Account Executive";
            self.edit(Kind::UpdateUser, ann, asks.to_owned(), |person| {
                person.family_name = "Lee-Moss".to_owned();
                person.display_name = "Ann Lee-Moss".to_owned();
                person.title = Some("Senior Account Executive".to_owned());
            });
        }
        if wanted(Kind::ClearValue) {
            let asks = "take Cleo Kim's title away".to_owned();
            self.edit(Kind::ClearValue, "cleo.kim", asks, |person| person.title = None);
        }
        if wanted(Kind::ChangeEmail) {
            let asks = "change Ann's work e-mail to ann.lee-moss@acme.example";
            self.edit(Kind::ChangeEmail, ann, asks.to_owned(), |person| {
                person.email = "ann.lee-moss@acme.example".to_owned();
            });
        }
        if wanted(Kind::SetManager) {
            self.edit(Kind::SetManager, ann, "make Bob Ruiz Ann's manager".to_owned(), |person| {
                person.manager = Some("bob.ruiz@acme.example".to_owned());
            });
        }
        if wanted(Kind::ClearManager) {
            self.edit(Kind::ClearManager, ann, "take Ann's manager away".to_owned(), |person| {
                person.manager = None;
            });
        }
        if wanted(Kind::DeactivateUser) {
            self.edit(Kind::DeactivateUser, ann, "deactivate Ann".to_owned(), |person| {
                person.active = false;
            });
        }
        if wanted(Kind::DeactivateUser) && wanted(Kind::ReactivateUser) {
            self.edit(Kind::ReactivateUser, ann, "activate Ann again".to_owned(), |person| {
                person.active = true;
            });
        }
    }

    fn groups(&mut self, wanted: &impl Fn(Kind) -> bool) {
        if wanted(Kind::CreateGroup) {
            self.group(
                "sales",
                "Sales",
                "create an empty group: Sales".to_owned(),
                Kind::CreateGroup,
                BTreeSet::new(),
            );
            let three = ["ann.lee", "bob.ruiz", "cleo.kim"];
            if wanted(Kind::AddMembers) {
                let asks = "add Ann, Bob and Cleo to the group Sales".to_owned();
                self.regroup(Kind::AddMembers, asks, |group| {
                    group.members.extend(three.map(|key| format!("{key}@acme.example")));
                });
            }
            if wanted(Kind::AddMembers) && wanted(Kind::RemoveMembers) {
                let asks = "remove Cleo from the group Sales".to_owned();
                self.regroup(Kind::RemoveMembers, asks, |group| {
                    group.members.remove("cleo.kim@acme.example");
                });
            }
            if wanted(Kind::RenameGroup) {
                let asks = "rename the group Sales to Sales EMEA".to_owned();
                self.regroup(Kind::RenameGroup, asks, |group| {
                    group.display_name = "Sales EMEA".to_owned();
                });
            }
            if wanted(Kind::DeleteGroup) {
                let asks = "delete the group that was Sales".to_owned();
                self.step(Kind::DeleteGroup, (None, Some("sales")), asks, |world| {
                    world.groups.remove("sales");
                });
            }
        }
    }

    /// Last, since a source that compares has thousands of people to look at from then on.
    fn large(&mut self, large: usize) {
        let keys: Vec<String> = (1..=large).map(|number| format!("person.{number:05}")).collect();
        let asks = format!(
            "create the group Everyone with {large} people, person.00001@acme.example and so on"
        );
        self.step(Kind::LargeGroup, (None, Some("everyone")), asks, |world| {
            let members = keys.iter().map(|key| format!("{key}@acme.example")).collect();
            for (number, key) in keys.iter().enumerate() {
                let person = Person::new(key, "Person", &format!("{:05}", number + 1));
                world.people.insert(key.clone(), person);
            }
            let group = Group {
                external_id: "hr-everyone".to_owned(),
                display_name: "Everyone".to_owned(),
                members,
            };
            world.groups.insert("everyone".to_owned(), group);
        });
        // Whether one more means sending all of them again.
        let asks = "add Bob Ruiz to the group Everyone".to_owned();
        self.join("everyone", asks, BTreeSet::from(["bob.ruiz@acme.example".to_owned()]));
    }

    fn group(
        &mut self,
        key: &str,
        name: &str,
        asks: String,
        kind: Kind,
        members: BTreeSet<String>,
    ) {
        let group =
            Group { external_id: format!("hr-{key}"), display_name: name.to_owned(), members };
        self.step(kind, (None, Some(key)), asks, |world| {
            world.groups.insert(key.to_owned(), group);
        });
    }

    fn join(&mut self, key: &str, asks: String, people: BTreeSet<String>) {
        self.step(Kind::AddMembers, (None, Some(key)), asks, |world| {
            if let Some(group) = world.groups.get_mut(key) {
                group.members.extend(people);
            }
        });
    }

    fn regroup(&mut self, kind: Kind, asks: String, change: impl FnOnce(&mut Group)) {
        self.step(kind, (None, Some("sales")), asks, |world| {
            if let Some(group) = world.groups.get_mut("sales") {
                change(group);
            }
        });
    }

    fn names(&mut self, wanted: &impl Fn(Kind) -> bool) {
        if wanted(Kind::SpecialCharacters) {
            let mut person = Person::new("zoe", "Zoë \"Zo\"", "O'Neil\\Yıldız");
            person.user_name = "zoe.o'neil+scim@acme.example".to_owned();
            person.email.clone_from(&person.user_name);
            let name = "R&D \"Nord\\Süd\" +1/2 %41";
            let asks = format!(
                "create a person: {}; and a group {name} with this person",
                described(&person)
            );
            let members = BTreeSet::from([person.user_name.clone()]);
            self.step(Kind::SpecialCharacters, (Some("zoe"), Some("odd")), asks, |world| {
                world.people.insert("zoe".to_owned(), person);
                let group = Group {
                    external_id: "hr-odd".to_owned(),
                    display_name: name.to_owned(),
                    members,
                };
                world.groups.insert("odd".to_owned(), group);
            });
        }
        if wanted(Kind::NameClash) {
            let person = Person::new("pat.moss", "Pat", "Moss");
            let asks = format!(
                "create a person: {} (the provider has somebody of that name already)",
                described(&person)
            );
            self.step(Kind::NameClash, (Some("pat.moss"), None), asks, |world| {
                world.people.insert("pat.moss".to_owned(), person);
            });
        }
        if wanted(Kind::DeleteUser) {
            let asks = "remove Cleo Kim for good".to_owned();
            self.step(Kind::DeleteUser, (Some("cleo.kim"), None), asks, |world| {
                world.people.remove("cleo.kim");
                for group in world.groups.values_mut() {
                    group.members.remove("cleo.kim@acme.example");
                }
            });
        }
    }

    /// Somebody new, five people in a new group, or a change of Bob, while the provider does
    /// something badly.
    fn misbehaviour(&mut self, one: &'static Misbehaviour) {
        let number = self.steps.len();
        if one.during == Kind::CreateUser.name() {
            let key = format!("new.{number:02}");
            self.create(&key, Person::new(&key, "New", &format!("Person{number:02}")));
        } else if one.during == Kind::AddMembers.name() {
            self.team(number);
        } else {
            let (family, title) = (format!("Ruiz-{number:02}"), format!("Director {number:02}"));
            let asks = format!("change Bob: family name {family}, title {title}");
            self.edit(Kind::UpdateUser, "bob.ruiz", asks, |person| {
                person.display_name = format!("Bob {family}");
                person.family_name = family;
                person.title = Some(title);
            });
        }
        if let Some(step) = self.steps.last_mut() {
            step.misbehaviour = Some(one);
        }
    }

    /// A new group, and then five new people in it.
    fn team(&mut self, number: usize) {
        let (key, name) = (format!("team.{number:02}"), format!("Team {number:02}"));
        let asks = format!("create an empty group: {name}");
        self.group(&key, &name, asks, Kind::CreateGroup, BTreeSet::new());
        let asks = format!(
            "create five people, member.{number:02}.1@acme.example to \
             member.{number:02}.5@acme.example, and add them to the group {name}"
        );
        self.step(Kind::AddMembers, (None, Some(&key)), asks, |world| {
            for place in 1..=5 {
                let own = format!("member.{number:02}.{place}");
                let person = Person::new(&own, "Member", &format!("{number:02}-{place}"));
                if let Some(group) = world.groups.get_mut(&key) {
                    group.members.insert(person.user_name.clone());
                }
                world.people.insert(own, person);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::kinds;

    #[test]
    fn a_plan_goes_through_every_kind_and_every_misbehaviour() {
        let misbehaviours: Vec<&Misbehaviour> = Misbehaviour::all().iter().collect();
        let steps = plan(|_| true, &misbehaviours, 5);
        for kind in kinds() {
            assert!(steps.iter().any(|step| step.kind == kind), "{kind}");
        }
        for one in misbehaviours {
            let step = steps.iter().find(|step| step.misbehaviour == Some(one)).unwrap();
            assert_eq!(step.kind.name(), one.during, "{}", one.id);
        }
        for pair in steps.windows(2) {
            assert_eq!(pair[0].after, pair[1].before);
        }
    }

    #[test]
    fn what_a_source_cannot_do_is_left_out() {
        let steps = plan(|kind| kind == Kind::CreateUser || kind == Kind::AddMembers, &[], 0);
        assert!(steps.iter().all(|step| step.kind == Kind::CreateUser));
    }
}
