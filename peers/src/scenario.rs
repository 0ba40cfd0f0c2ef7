//! What is decided: ordered assignments and a crowd, made from a fixed seed.

use std::ops::Range;

use serde_json::{Value, json};

/// What the conditions of the assignments look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `in group G`, a group of its own for each assignment.
    Groups,
    /// `in group G and department is D and title starts with T`, two assignments a group.
    Attributes,
}

/// Assignments in order, what they give, and who is decided.
#[derive(Debug)]
pub struct Scenario {
    pub shape: Shape,
    pub assignments: Vec<Assignment>,
    pub people: Vec<Person>,
}

/// One assignment: the first that matches wins.
#[derive(Debug)]
pub struct Assignment {
    pub name: String,
    pub group: String,
    /// Department and beginning of the title, if the shape has them.
    pub attributes: Option<(&'static str, &'static str)>,
    pub outcome: Outcome,
}

/// What an assignment gives; data that is looked up by the name of the winner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub seats: Vec<String>,
    /// The profile in each workspace.
    pub workspaces: Vec<(String, Option<String>)>,
    pub captures: Vec<String>,
}

/// A SCIM User with five groups, as text and as a tree.
#[derive(Debug)]
pub struct Person {
    pub text: String,
    pub tree: Value,
}

/// The name of the assignment of those whom no other matches.
pub const DEFAULT: &str = "Everyone else";

pub const SEATS: [&str; 3] = ["core", "engage", "forecast"];
pub const PROFILES: [&str; 3] = ["viewer", "member", "manager"];
pub const WORKSPACES: [&str; 3] = ["global", "emea", "apac"];
pub const CAPTURES: [&str; 3] = ["calls", "emails", "meetings"];

/// The SCIM extension that holds `department`.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const DEPARTMENTS: [&str; 8] =
    ["Sales", "Marketing", "Support", "Success", "Finance", "People", "Product", "Engineering"];
const TITLES: [&str; 6] = [
    "Account Executive",
    "Business Development",
    "Customer Success Manager",
    "Regional Director",
    "Solutions Engineer",
    "Support Specialist",
];
const SUFFIXES: [&str; 4] = ["", " II", ", Enterprise", " (part time)"];
const GROUPS_EACH: usize = 5;

impl Scenario {
    /// So many assignments and people; the same each time.
    pub fn new(shape: Shape, assignments: usize, people: usize) -> Self {
        let mut random = Random(0x5eed ^ assignments as u64);
        let assignments: Vec<_> = (0..assignments).map(|i| Assignment::new(shape, i)).collect();
        let groups = Groups::of(&assignments);
        let people = (0..people)
            .map(|number| Person::new(number, &assignments, &groups, &mut random))
            .collect();
        Self { shape, assignments, people }
    }

    /// What the assignment of that name gives.
    pub fn outcome(&self, name: &str) -> Outcome {
        let found = self.assignments.iter().find(|assignment| assignment.name == name);
        found.map_or_else(Outcome::nothing, |assignment| assignment.outcome.clone())
    }
}

impl Assignment {
    fn new(shape: Shape, number: usize) -> Self {
        let mut random = Random(number as u64);
        let attributes = DEPARTMENTS.len() * TITLES.len();
        let (group, attributes) = match shape {
            Shape::Groups => (number, None),
            Shape::Attributes => {
                // Two of a group differ: the second has an odd combination, the first an even one.
                let which = random.below(attributes / 2) * 2 + number % 2;
                let department = DEPARTMENTS[which % DEPARTMENTS.len()];
                (number / 2, Some((department, TITLES[which / DEPARTMENTS.len()])))
            }
        };
        Self {
            name: format!("Assignment {number:04}"),
            group: format!("Team {group:04}"),
            attributes,
            outcome: Outcome::some(&mut random),
        }
    }
}

impl Outcome {
    fn nothing() -> Self {
        let workspaces = WORKSPACES.map(|workspace| (workspace.to_owned(), None)).to_vec();
        Self { seats: vec![], workspaces, captures: vec![] }
    }

    fn some(random: &mut Random) -> Self {
        let profile = |random: &mut Random| PROFILES.get(random.below(PROFILES.len() + 1));
        Self {
            seats: random.some_of(&SEATS),
            workspaces: WORKSPACES
                .map(|name| (name.to_owned(), profile(random).map(|&profile| profile.to_owned())))
                .to_vec(),
            captures: random.some_of(&CAPTURES),
        }
    }
}

impl Person {
    /// Three of four are made for some assignment, which an earlier one may still win from; the
    /// rest have any department and title. All have groups that no assignment names.
    fn new(
        number: usize,
        assignments: &[Assignment],
        groups: &Groups,
        random: &mut Random,
    ) -> Self {
        let mut department = *random.one_of(&DEPARTMENTS);
        let mut title = *random.one_of(&TITLES);
        let mut own: Vec<String> = vec![];
        if random.below(4) > 0 {
            let target = random.one_of(assignments);
            (department, title) = target.attributes.unwrap_or((department, title));
            own.push(target.group.clone());
        }
        while own.len() < GROUPS_EACH {
            let group = groups.name(random.below(groups.named.end * 2));
            if !own.contains(&group) {
                let place = random.below(own.len() + 1);
                own.insert(place, group);
            }
        }
        let title = format!("{title}{}", random.one_of(&SUFFIXES));
        let tree = scim_user(number, department, &title, &own);
        Self { text: tree.to_string(), tree }
    }
}

/// Groups that assignments name, and as many that none does.
struct Groups {
    named: Range<usize>,
}

impl Groups {
    fn of(assignments: &[Assignment]) -> Self {
        let mut named: Vec<_> = assignments.iter().map(|assignment| &assignment.group).collect();
        named.dedup();
        Self { named: 0..named.len() }
    }

    fn name(&self, number: usize) -> String {
        if self.named.contains(&number) {
            format!("Team {number:04}")
        } else {
            format!("Project {number:04}")
        }
    }
}

/// As an identity provider sends it: most of it is mentioned by no rule.
fn scim_user(number: usize, department: &str, title: &str, groups: &[String]) -> Value {
    let user_name = format!("person.{number}@acme.example");
    let groups: Vec<_> = groups
        .iter()
        .map(|name| {
            let id = name.to_lowercase().replace(' ', "-");
            json!({ "value": id, "display": name, "type": "direct" })
        })
        .collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": format!("7d3c9a10-{number:04}"),
        "externalId": format!("00u{number:06}"),
        "userName": user_name,
        "name": {
            "formatted": format!("Person {number}"),
            "givenName": "Person",
            "familyName": format!("{number}"),
        },
        "displayName": format!("Person {number}"),
        "title": title,
        "userType": "Employee",
        "preferredLanguage": "en-GB",
        "timezone": "Europe/Berlin",
        "active": true,
        "emails": [{ "value": user_name, "type": "work", "primary": true }],
        "phoneNumbers": [{ "value": "tel:+49-40-555-0100", "type": "work" }],
        "addresses": [{
            "type": "work", "streetAddress": "Am Sandtorkai 1", "locality": "Hamburg",
            "postalCode": "20457", "country": "DE",
        }],
        "groups": groups,
        ENTERPRISE: {
            "employeeNumber": format!("E{number:05}"),
            "costCenter": "4130",
            "organization": "Acme",
            "department": department,
            "manager": { "value": "26118915-6090-4610", "displayName": "Somebody Else" },
        },
        "meta": { "resourceType": "User", "version": "W/\"3694e05e9dff590\"" },
    })
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `end - 1`; the tiny bias of the remainder does not matter here.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    fn some_of(&mut self, list: &[&str]) -> Vec<String> {
        list.iter().filter(|_| self.below(2) > 0).map(|&name| name.to_owned()).collect()
    }
}
