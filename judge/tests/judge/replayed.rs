//! Clients of identity providers as sources: each step of the judge's plan as actions of theirs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use provisor_clients::action::Action;
use provisor_clients::client::{Client, Spec};
use provisor_clients::directory::Directory;
use provisor_clients::field::Field;
use provisor_clients::session::{Credential, Limits, OAuth, Placement, Target};
use provisor_clients::wire::{Network, Trust};
use provisor_judge::action::{Kind, Step, World};
use provisor_judge::drive::{Acted, Acting, Details, Source};

/// A client that is told what happens at its source.
pub(crate) struct Replayed {
    client: Client,
    connected: bool,
}

impl Replayed {
    pub(crate) fn new(spec: Spec, details: &Details, steps: &[Step]) -> Self {
        let trust = match &details.ca_file {
            Some(file) => Trust::Authorities(std::fs::read(file).unwrap()),
            None => Trust::System,
        };
        let timeout = Duration::from_secs(20);
        let network = Network::new(&details.base_url, &spec.trust(trust), timeout).unwrap();
        let credential = match (&details.token, &details.token_url) {
            (Some(token), _) => Credential::Bearer(token.clone()),
            (None, Some(url)) => Credential::OAuth(OAuth {
                url: url.clone(),
                client_id: details.client_id.clone().unwrap(),
                client_secret: details.client_secret.clone().unwrap(),
                scope: None,
                placement: Placement::Header,
            }),
            (None, None) => Credential::None,
        };
        let limits = Limits { wait: Duration::from_secs(5), requests: 5_000, until: None };
        let base = details.base_url.clone();
        let target = Target { base, credential, limits, seed: 7 };
        Self {
            client: Client::new(spec, target, directory(steps), Arc::new(network)),
            connected: false,
        }
    }

    async fn go(&mut self, step: &Step, again: bool) -> Acted {
        let what = step.misbehaviour;
        let about_lists =
            what.is_some_and(|one| one.meets.lists == Some(true) && one.during == "update-user");
        let about_offer = what.is_some_and(|one| {
            one.meets.endpoint.as_deref().is_some_and(|name| name.starts_with('S'))
        });
        let mut problems = Vec::new();
        if !self.connected || (about_offer && !again) {
            self.connected = true;
            problems.extend(self.client.connect().await.problems);
        }
        if again {
            problems.extend(self.client.again().await.problems);
        }
        let mut actions = if again { Vec::new() } else { actions(step) };
        if about_lists || what.is_some_and(|one| one.id == "cursor-pages") {
            actions.insert(0, Action::Import {});
        }
        for action in actions {
            match self.client.act(&action).await {
                Ok(done) => problems.extend(done.problems),
                Err(impossible) => return Acted::Failed(impossible.to_string()),
            }
        }
        match problems.first() {
            Some(problem) => Acted::Failed(problem.to_string()),
            None => Acted::Done,
        }
    }
}

impl Source for Replayed {
    fn act<'a>(&'a mut self, step: &'a Step, _details: &'a Details, again: bool) -> Acting<'a> {
        Box::pin(self.go(step, again))
    }
}

/// The people and groups of a plan, as they are when they come in.
fn directory(steps: &[Step]) -> Directory {
    let (mut people, mut groups) = (BTreeMap::new(), BTreeMap::new());
    for step in steps {
        for (key, person) in &step.after.people {
            people.entry(key.clone()).or_insert_with(|| provisor_clients::directory::Person {
                values: BTreeMap::from([
                    (Field::ExternalId, person.external_id.clone()),
                    (Field::UserName, person.user_name.clone()),
                    (Field::GivenName, person.given_name.clone()),
                    (Field::FamilyName, person.family_name.clone()),
                    (Field::DisplayName, person.display_name.clone()),
                    (Field::Email, person.email.clone()),
                    (Field::Title, person.title.clone().unwrap_or_default()),
                    (Field::Department, person.department.clone()),
                ]),
                manager: None,
                active: true,
            });
        }
        for (key, group) in &step.after.groups {
            groups.entry(key.clone()).or_insert_with(|| provisor_clients::directory::Group {
                external_id: group.external_id.clone(),
                name: group.display_name.clone(),
                members: [].into(),
            });
        }
    }
    Directory::new(people, groups)
}

fn actions(step: &Step) -> Vec<Action> {
    let person = step.person.clone().unwrap_or_default();
    let group = step.group.clone().unwrap_or_default();
    let members = |world: &World| {
        let all = world.groups.get(&group).map(|group| group.members.clone()).unwrap_or_default();
        let key = |name: &String| world.people.iter().find(|(_, one)| one.user_name == *name);
        all.iter().filter_map(|name| Some(key(name)?.0.clone())).collect::<Vec<String>>()
    };
    let (before, after) = (members(&step.before), members(&step.after));
    let changed = |one: &[String], other: &[String]| {
        one.iter().filter(|key| !other.contains(key)).cloned().collect::<Vec<String>>()
    };
    match step.kind {
        Kind::CreateUser => vec![Action::CreateUser { person }],
        Kind::UpdateUser => {
            let now = step.person().unwrap();
            let set = BTreeMap::from([
                (Field::FamilyName, Some(now.family_name.clone())),
                (Field::DisplayName, Some(now.display_name.clone())),
                (Field::Title, now.title.clone()),
            ]);
            vec![Action::UpdateUser { person, set }]
        }
        Kind::ClearValue => vec![Action::ClearValue { person, field: Field::Title }],
        Kind::ChangeEmail => {
            let email = step.person().unwrap().email.clone();
            vec![Action::ChangeEmail { person, email }]
        }
        Kind::SetManager => {
            vec![Action::SetManager { person, manager: "bob.ruiz".to_owned() }]
        }
        Kind::ClearManager => vec![Action::ClearManager { person }],
        Kind::DeactivateUser => vec![Action::DeactivateUser { person }],
        Kind::ReactivateUser => vec![Action::ReactivateUser { person }],
        Kind::DeleteUser => vec![Action::DeleteUser { person }],
        Kind::CreateGroup => vec![Action::CreateGroup { group }],
        Kind::AddMembers => {
            let new = step.after.people.keys().filter(|key| !step.before.people.contains_key(*key));
            let mut all: Vec<Action> =
                new.map(|key| Action::CreateUser { person: key.clone() }).collect();
            all.push(Action::AddMembers { group, people: changed(&after, &before) });
            all
        }
        Kind::Import => vec![Action::Import {}],
        Kind::RemoveMembers => {
            vec![Action::RemoveMembers { group, people: changed(&before, &after) }]
        }
        Kind::RenameGroup => {
            let name = step.group().unwrap().display_name.clone();
            vec![Action::RenameGroup { group, name }]
        }
        Kind::DeleteGroup => vec![Action::DeleteGroup { group }],
        Kind::SpecialCharacters => vec![Action::SpecialCharacters { person, group }],
        Kind::NameClash => vec![Action::NameClash { person }],
        Kind::LargeGroup => {
            let create = |person: &String| Action::CreateUser { person: person.clone() };
            let mut all: Vec<Action> = after.iter().map(create).collect();
            all.push(Action::CreateGroup { group: group.clone() });
            all.push(Action::AddMembers { group, people: after });
            all
        }
    }
}
