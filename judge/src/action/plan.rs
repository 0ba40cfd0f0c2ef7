//! The steps of a run.

use std::collections::BTreeSet;

use super::{Group, Kind, Person, Step, World};
use crate::contract::Contract;
use crate::misbehave::Misbehaviour;

/// Builds steps one after the other.
#[derive(Default)]
struct Planner<'a> {
    world: World,
    steps: Vec<Step>,
    /// What the product takes; `None`: all that the RFCs have.
    contract: Option<&'a Contract>,
    /// Whether everybody needs a step of their own.
    single: bool,
}

/// The steps: of the kinds that `wanted` says, then one for each misbehaviour, and last the large
/// group of `large` people.
pub fn plan(
    wanted: impl Fn(Kind) -> bool,
    misbehaviours: &[&'static Misbehaviour],
    large: usize,
) -> Vec<Step> {
    Planner::default().plan(wanted, misbehaviours, large)
}

/// The same for a product: without the actions that it does not know. Where changes are `single`,
/// also those of a large group are told one by one before it.
pub fn plan_for(
    contract: &Contract,
    single: bool,
    wanted: impl Fn(Kind) -> bool,
    misbehaviours: &[&'static Misbehaviour],
    large: usize,
) -> Vec<Step> {
    let known = |kind: Kind| wanted(kind) && contract.lacks_action(kind).is_none();
    let planner = Planner { contract: Some(contract), single, ..Planner::default() };
    planner.plan(known, misbehaviours, large)
}

impl Planner<'_> {
    fn plan(
        mut self,
        wanted: impl Fn(Kind) -> bool,
        misbehaviours: &[&'static Misbehaviour],
        large: usize,
    ) -> Vec<Step> {
        self.people(&wanted);
        self.groups(&wanted);
        self.names(&wanted);
        for one in misbehaviours {
            self.misbehaviour(one);
        }
        if large > 0 && wanted(Kind::LargeGroup) {
            self.large(large);
        }
        self.steps
    }

    /// Everything that somebody has to be told of a person to make them by hand.
    fn described(&self, person: &Person) -> String {
        let title = person.title.as_deref().unwrap_or("none");
        let taken = |path: &str| self.contract.is_none_or(|one| one.user.takes(path));
        let all = [
            ("userName", "userName", person.user_name.as_str()),
            ("name", "given name", person.given_name.as_str()),
            ("name", "family name", person.family_name.as_str()),
            ("title", "title", title),
            (DEPARTMENT, "department", person.department.as_str()),
            ("emails", "work e-mail", person.email.as_str()),
        ];
        let told = all.into_iter().filter(|(path, ..)| taken(path));
        told.map(|(_, name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    }
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
        let asks = format!("create a person: {}", self.described(&person));
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
        if wanted(Kind::SetManager) && wanted(Kind::ClearManager) {
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
        let person = |(place, key): (usize, &String)| {
            (key.clone(), Person::new(key, "Person", &format!("{:05}", place + 1)))
        };
        if self.single {
            for (key, person) in keys.iter().enumerate().map(person) {
                self.create(&key, person);
            }
        }
        let asks = format!(
            "create the group Everyone with {large} people, person.00001@acme.example and so on"
        );
        self.step(Kind::LargeGroup, (None, Some("everyone")), asks, |world| {
            let members = keys.iter().map(|key| format!("{key}@acme.example")).collect();
            world.people.extend(keys.iter().enumerate().map(person));
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
                self.described(&person)
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
                self.described(&person)
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

    /// Five new people, a new group, and then all five in it: a source that is told single changes
    /// has to have heard of each.
    fn team(&mut self, number: usize) {
        let (key, name) = (format!("team.{number:02}"), format!("Team {number:02}"));
        let mut members = BTreeSet::new();
        for place in 1..=5 {
            let own = format!("member.{number:02}.{place}");
            let person = Person::new(&own, "Member", &format!("{number:02}-{place}"));
            members.insert(person.user_name.clone());
            self.create(&own, person);
        }
        let asks = format!("create an empty group: {name}");
        self.group(&key, &name, asks, Kind::CreateGroup, BTreeSet::new());
        let asks = format!(
            "add the five people member.{number:02}.1@acme.example to \
             member.{number:02}.5@acme.example to the group {name}"
        );
        self.join(&key, asks, members);
    }
}

const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::kinds;
    use crate::contract;

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
    fn who_comes_into_a_group_had_a_step_of_their_own() {
        let large = Misbehaviour::find("patch-too-large").unwrap();
        let contract = contract::built_in("rfc7644").unwrap();
        let steps = plan_for(&contract, true, |kind| kind == Kind::LargeGroup, &[large], 7);
        let mut created = BTreeSet::new();
        for step in &steps {
            if step.kind == Kind::CreateUser {
                created.insert(step.person().unwrap().user_name.clone());
            }
            let members = step.after.groups.values().flat_map(|group| &group.members);
            for name in members {
                assert!(created.contains(name), "{}: {name}", step.name());
            }
        }
        assert_eq!(steps.last().unwrap().group().unwrap().members.len(), 8);
    }

    #[test]
    fn a_product_is_asked_for_what_it_takes() {
        let gong = contract::built_in("gong").unwrap();
        let steps = plan_for(&gong, false, |_| true, &[], 0);
        assert!(steps.iter().all(|step| !step.asks.contains("department")), "{steps:#?}");
        assert!(steps.iter().all(|step| step.kind != Kind::RenameGroup));
        for kind in [Kind::SetManager, Kind::ClearValue, Kind::DeleteGroup] {
            assert!(steps.iter().any(|step| step.kind == kind), "{kind}");
        }
    }

    #[test]
    fn what_a_source_cannot_do_is_left_out() {
        let steps = plan(|kind| kind == Kind::CreateUser || kind == Kind::AddMembers, &[], 0);
        assert!(steps.iter().all(|step| step.kind == Kind::CreateUser));
    }
}
