//! Makes the example company, Brightwater, and any number of people like its own.
//!
//! ```text
//! cargo run --example company -- examples/brightwater     # the committed directory, again
//! cargo run --release --example company -- --people 1000000 > people.ndjson
//! ```
//!
//! The same arguments give the same bytes. The payloads have the shapes that three identity
//! providers really send: Okta (headquarters), Microsoft Entra ID (Kestrel, a company bought in
//! 2024) and JumpCloud (the subsidiary in Asia).

#![allow(clippy::indexing_slicing, reason = "tables of fixed size, indexed by dice of that size")]

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Map, Value, json};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const BRIGHTWATER: &str = "urn:ietf:params:scim:schemas:extension:brightwater:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

const PEOPLE: usize = 430;

const GIVEN: [&str; 40] = [
    "Ana", "Bert", "Chloé", "Deniz", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya",
    "Lena", "Mateo", "Nadia", "Owen", "Priya", "Quentin", "Rosa", "Sven", "Tamsin", "Ulrich",
    "Vera", "Wei", "Ximena", "Yusuf", "Zoë", "Aiko", "Björn", "Carmen", "Daan", "Emma", "Finn",
    "Grace", "Haruto", "Isla", "Jack", "Keiko", "Liam", "Mei", "Noah",
];
const FAMILY: [&str; 37] = [
    "Almeida",
    "Bauer",
    "Costa",
    "Dietrich",
    "Evans",
    "Fischer",
    "García",
    "Hoffmann",
    "Ito",
    "Janssen",
    "Kowalski",
    "Lefèvre",
    "Moreau",
    "Nakamura",
    "O'Brien",
    "Patel",
    "Quinn",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Ueda",
    "Vogel",
    "Weber",
    "Xu",
    "Yılmaz",
    "Zimmermann",
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Lee",
    "Nguyen",
    "Müller",
    "Jørgensen",
    "Novák",
    "Ferrari",
    "Walker",
];

struct Site {
    country: &'static str,
    city: &'static str,
    region: &'static str,
    zone: &'static str,
    locale: &'static str,
    source: Provider,
    weight: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    Okta,
    Entra,
    JumpCloud,
}

const SITES: [Site; 10] = [
    site("US", "Boston", "AMER", "America/New_York", "en-US", Provider::Okta, 26),
    site("CA", "Toronto", "AMER", "America/Toronto", "en-CA", Provider::Okta, 7),
    site("GB", "London", "EMEA", "Europe/London", "en-GB", Provider::Okta, 15),
    site("FR", "Paris", "EMEA", "Europe/Paris", "fr-FR", Provider::Okta, 8),
    site("NL", "Utrecht", "EMEA", "Europe/Amsterdam", "nl-NL", Provider::Okta, 4),
    site("DE", "Hamburg", "EMEA", "Europe/Berlin", "de-DE", Provider::Entra, 17),
    site("AT", "Wien", "EMEA", "Europe/Vienna", "de-AT", Provider::Entra, 4),
    site("CH", "Zürich", "EMEA", "Europe/Zurich", "de-CH", Provider::Entra, 3),
    site("AU", "Sydney", "APAC", "Australia/Sydney", "en-AU", Provider::JumpCloud, 9),
    site("JP", "Osaka", "APAC", "Asia/Tokyo", "ja-JP", Provider::JumpCloud, 7),
];

const fn site(
    country: &'static str,
    city: &'static str,
    region: &'static str,
    zone: &'static str,
    locale: &'static str,
    source: Provider,
    weight: u64,
) -> Site {
    Site { country, city, region, zone, locale, source, weight }
}

/// Department, its titles from the most to the least senior, its weight.
const DEPARTMENTS: [(&str, [&str; 5], u64); 8] = [
    (
        "Sales",
        [
            "VP Sales",
            "Regional Sales Manager",
            "Account Executive III",
            "Account Executive II",
            "Sales Development Representative",
        ],
        34,
    ),
    (
        "Customer Success",
        [
            "Director Customer Success",
            "Customer Success Manager",
            "Customer Success Manager",
            "Onboarding Specialist",
            "Support Engineer",
        ],
        17,
    ),
    (
        "Marketing",
        ["CMO", "Content Manager", "Product Marketer", "Campaign Manager", "Intern Marketing"],
        9,
    ),
    (
        "Engineering",
        [
            "VP Engineering",
            "Engineering Manager",
            "Staff Engineer",
            "Software Engineer",
            "Intern Engineering",
        ],
        22,
    ),
    (
        "People",
        ["Chief People Officer", "Recruiter", "Recruiter", "People Partner", "Intern People"],
        6,
    ),
    ("Finance", ["CFO", "Controller", "Accountant", "Accountant", "Payroll Clerk"], 5),
    (
        "RevOps",
        ["Head of RevOps", "RevOps Manager", "RevOps Analyst", "RevOps Analyst", "RevOps Analyst"],
        4,
    ),
    ("Legal", ["General Counsel", "Counsel", "Counsel", "Paralegal", "Paralegal"], 3),
];

struct Person {
    number: usize,
    given: &'static str,
    family: &'static str,
    site: &'static Site,
    department: &'static str,
    title: &'static str,
    contractor: bool,
    active: bool,
    segment: Option<&'static str>,
    hired: String,
    quota: u64,
}

impl Person {
    fn user_name(&self) -> String {
        let plain = |text: &str| {
            text.chars()
                .filter_map(|c| match c {
                    'é' | 'ë' | 'è' => Some('e'),
                    'í' | 'ı' => Some('i'),
                    'ö' | 'ø' => Some('o'),
                    'ü' => Some('u'),
                    'á' => Some('a'),
                    '\'' => None,
                    other => other.to_lowercase().next(),
                })
                .collect::<String>()
        };
        let domain = match (self.contractor, self.site.source) {
            (true, _) => "ext.brightwater.example",
            (_, Provider::Entra) => "kestrel.example",
            _ => "brightwater.example",
        };
        format!("{}.{}{}@{domain}", plain(self.given), plain(self.family), self.number)
    }

    fn id(&self) -> String {
        // Shapes of real ids: Okta's 20 characters, Entra's GUID, JumpCloud's 24 hex digits.
        let mix = hash(self.number as u64);
        match self.site.source {
            Provider::Okta => format!("00u{:017x}", mix),
            Provider::Entra => format!(
                "{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}",
                mix >> 32,
                (mix >> 16) & 0xffff,
                mix & 0xfff,
                (mix >> 4) & 0xfff,
                self.number
            ),
            Provider::JumpCloud => format!("{:016x}{:08x}", mix, self.number),
        }
    }

    /// Names of the groups that the person is a direct member of.
    fn groups(&self) -> Vec<String> {
        let region = self.site.region;
        let mut groups = Vec::new();
        let mut add = |name: &str| groups.push(name.to_owned());
        add(match self.site.source {
            Provider::Okta => "Everyone",
            Provider::Entra => "SG-Kestrel-All",
            Provider::JumpCloud => "apac-everyone",
        });
        match self.department {
            "Sales" if self.site.source == Provider::Entra => add("Sales - DACH"),
            "Sales" => add(&format!("Sales - {region}")),
            "Customer Success" => add("Customer Success"),
            "RevOps" => add("RevOps"),
            "People" => add("Talent Acquisition"),
            "Marketing" => add("Marketing"),
            _ => {}
        }
        if self.title.contains("Manager") && self.department == "Sales" {
            add("Sales Leadership");
        }
        if self.department == "Sales" && self.number.is_multiple_of(5) {
            add("Forecast pilot");
        }
        if self.site.country == "DE" && self.number.is_multiple_of(3) {
            add("Recording opt-in DE");
        }
        if self.contractor {
            add(if self.number.is_multiple_of(2) {
                "Ext - Agency Nord"
            } else {
                "Ext - Freelance"
            });
        }
        if self.number.is_multiple_of(41) {
            add("Sales on leave");
        }
        if self.title.starts_with("VP") || self.title.starts_with('C') && self.title.ends_with('O')
        {
            add("Executives");
        }
        groups
    }

    fn json(&self) -> Value {
        let name = self.user_name();
        let mut user = Map::new();
        let mut put = |key: &str, value: Value| {
            user.insert(key.to_owned(), value);
        };
        let mut enterprise = json!({
            "employeeNumber": format!("{}{:04}", if self.contractor { "X" } else { "R" }, self.number),
            "department": self.department,
            "costCenter": format!("{}", 4000 + self.number % 12 * 10),
            "organization": if self.site.source == Provider::Entra { "Kestrel GmbH" } else { "Brightwater" },
        });
        let mut own = json!({ "hired": self.hired, "quota": self.quota });
        if let (Some(segment), Some(own)) = (self.segment, own.as_object_mut()) {
            own.insert("segment".into(), segment.into());
        }
        let boss = format!("manager{}@brightwater.example", self.number % 23);
        put("schemas", json!([CORE, ENTERPRISE, BRIGHTWATER]));
        put("id", self.id().into());
        put("userName", name.clone().into());
        put("name", json!({ "givenName": self.given, "familyName": self.family }));
        put("displayName", format!("{} {}", self.given, self.family).into());
        put("title", self.title.into());
        put("locale", self.site.locale.into());
        put("timezone", self.site.zone.into());
        match self.site.source {
            Provider::Okta => {
                put("externalId", self.id().into());
                put("active", self.active.into());
                put("userType", if self.contractor { "Contractor" } else { "Employee" }.into());
                put(
                    "emails",
                    json!([{ "primary": true, "value": name, "type": "work", "display": name }]),
                );
                put(
                    "addresses",
                    json!([{
                        "type": "work", "locality": self.site.city, "country": self.site.country,
                        "region": self.site.region
                    }]),
                );
                put("groups", json!([]));
                set(
                    &mut enterprise,
                    "manager",
                    json!({ "value": format!("00u{:017x}", hash(self.number as u64 % 23)), "displayName": boss }),
                );
            }
            // Entra: flags as text, nulls for what is unknown, the manager as plain text.
            Provider::Entra => {
                put("externalId", name.split('@').next().unwrap_or("").into());
                put("active", if self.active { "True" } else { "False" }.into());
                put("userType", if self.contractor { "contractor" } else { "employee" }.into());
                put("emails", json!([{ "primary": true, "type": "work", "value": name }]));
                put(
                    "addresses",
                    json!([
                        { "type": "work", "locality": self.site.city, "country": self.site.country, "formatted": null },
                        { "type": "home", "country": if self.number.is_multiple_of(7) { "FR" } else { self.site.country } },
                    ]),
                );
                put("roles", json!([]));
                put("nickName", Value::Null);
                set(&mut enterprise, "manager", boss.into());
                put("meta", json!({ "resourceType": "User" }));
            }
            // JumpCloud: telephone numbers as URIs; some accounts send one e-mail as an object.
            Provider::JumpCloud => {
                put("externalId", format!("jc-{}", self.number).into());
                put("active", self.active.into());
                if !self.contractor {
                    put("userType", "Employee".into());
                } else {
                    put("userType", "Contractor".into());
                }
                let mail = json!({ "value": name, "type": "work", "primary": true });
                put("emails", if self.number.is_multiple_of(6) { mail } else { json!([mail]) });
                put(
                    "phoneNumbers",
                    json!([{ "type": "work", "value": format!("tel:+61-2-5550-{:04}", self.number) }]),
                );
                put(
                    "addresses",
                    json!([{ "type": "work", "locality": self.site.city, "country": self.site.country }]),
                );
            }
        }
        put(ENTERPRISE, enterprise);
        put(BRIGHTWATER, own);
        Value::Object(user)
    }
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}

fn person(number: usize) -> Person {
    let mut dice = Dice(hash(number as u64 ^ 0x5bd1_e995));
    let site = pick(&SITES, |site| site.weight, dice.roll(100));
    let (department, titles, _) = pick(&DEPARTMENTS, |d| d.2, dice.roll(100));
    let level = match dice.roll(100) {
        0..2 => 0,
        2..16 => 1,
        16..45 => 2,
        45..78 => 3,
        _ => 4,
    };
    let contractor = dice.roll(100) < 9;
    Person {
        number,
        given: GIVEN[dice.roll(GIVEN.len() as u64) as usize],
        family: FAMILY[dice.roll(FAMILY.len() as u64) as usize],
        site,
        department,
        title: titles[level],
        contractor,
        active: dice.roll(100) >= 4,
        segment: match (*department, dice.roll(4)) {
            ("Sales" | "Customer Success", 0) => Some("SMB"),
            ("Sales" | "Customer Success", 1) => Some("MM"),
            ("Sales" | "Customer Success", 2) => Some("ENT"),
            _ => None,
        },
        hired: format!(
            "{}-{:02}-{:02}",
            2016 + dice.roll(10),
            1 + dice.roll(12),
            1 + dice.roll(28)
        ),
        quota: if *department == "Sales" { 100_000 + dice.roll(10) * 50_000 } else { 0 },
    }
}

fn pick<T>(list: &'static [T], weight: impl Fn(&T) -> u64, mut at: u64) -> &'static T {
    for entry in list {
        let share = weight(entry);
        if at < share {
            return entry;
        }
        at -= share;
    }
    &list[list.len() - 1]
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = hash(self.0);
        self.0 % sides
    }
}

/// SplitMix64: good enough to spread people over sites and titles, the same everywhere.
fn hash(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn groups(people: &[Person]) -> Vec<Value> {
    let mut members: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for person in people {
        for group in person.groups() {
            members.entry(group).or_default().push(json!({ "value": person.id(), "type": "User" }));
        }
    }
    // Groups of groups: membership through them is indirect.
    let id = |name: &str| {
        format!(
            "g-{:06x}",
            hash(
                name.len() as u64 * 131
                    + u64::from(name.as_bytes()[0]) * 7
                    + u64::from(name.as_bytes()[name.len() - 1])
            ) & 0xff_ffff
        )
    };
    let nested = |names: &[&str]| {
        names
            .iter()
            .map(|name| json!({ "value": id(name), "type": "Group", "display": name }))
            .collect::<Vec<_>>()
    };
    members.insert(
        "All sales".into(),
        nested(&["Sales - AMER", "Sales - EMEA", "Sales - DACH", "Sales - APAC"]),
    );
    members.insert("All staff".into(), nested(&["Everyone", "SG-Kestrel-All", "apac-everyone"]));
    let groups: Vec<Value> = members
        .iter()
        .map(|(name, members)| {
            let mut group = json!({
                "schemas": [GROUP], "id": id(name), "displayName": name, "members": members,
            });
            if name.starts_with("SG-") || name.contains("DACH") {
                set(&mut group, "externalId", format!("kestrel-{}", members.len() % 97).into());
            }
            group
        })
        .collect();
    let mut ids: Vec<_> = groups.iter().map(|g| g["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), groups.len(), "two groups have one id");
    groups
}

fn list(resources: &[Value]) -> String {
    let mut text = format!(
        "{{\"schemas\":[\"{LIST}\"],\"totalResults\":{n},\"startIndex\":1,\"itemsPerPage\":{n},\"Resources\":[\n",
        n = resources.len()
    );
    let lines: Vec<_> = resources.iter().map(Value::to_string).collect();
    text.push_str(&lines.join(",\n"));
    text.push_str("\n]}\n");
    text
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--people", count] => {
            let count: usize = count.parse().map_err(std::io::Error::other)?;
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            for number in 1..=count {
                let person = person(number);
                let mut user = person.json();
                let groups = person.groups();
                set(
                    &mut user,
                    "groups",
                    groups.iter().map(|g| json!({ "display": g, "value": g })).collect(),
                );
                writeln!(out, "{user}")?;
            }
            out.flush()
        }
        [folder] => {
            let people: Vec<Person> = (1..=PEOPLE).map(person).collect();
            let of = |source| {
                people
                    .iter()
                    .filter(|p| p.site.source == source)
                    .map(Person::json)
                    .collect::<Vec<_>>()
            };
            std::fs::write(format!("{folder}/users-okta.json"), list(&of(Provider::Okta)))?;
            std::fs::write(format!("{folder}/users-entra.json"), list(&of(Provider::Entra)))?;
            let lines: Vec<_> = of(Provider::JumpCloud).iter().map(Value::to_string).collect();
            std::fs::write(format!("{folder}/users-jumpcloud.ndjson"), lines.join("\n") + "\n")?;
            std::fs::write(format!("{folder}/groups.json"), list(&groups(&people)))
        }
        _ => Err(std::io::Error::other("say a folder, or --people N")),
    }
}
