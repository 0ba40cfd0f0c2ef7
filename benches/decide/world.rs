//! Rules and people to measure with, from one description for all sides.

use std::fmt::Write as _;

use serde_json::{Value, json};

pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub const CATALOGUE: &str = r#"provisioning 1
seat gong     "Gong"
seat engage   "Engage"   requires gong
seat forecast "Forecast" requires gong
profile viewer  "Viewer"
profile rep     "Rep"     requires seat gong
profile manager "Manager" requires seat gong
profile order viewer < rep < manager
workspace global "Global"
workspace emea   "EMEA"
workspace apac   "APAC"
capture calendar "Calendar"
capture web      "Web conferences" requires calendar, seat gong
capture phone    "Telephony"       requires seat gong
capture email    "Email"
capture no_email "Never email"     excludes email
"#;

pub const SEATS: [&str; 3] = ["gong", "engage", "forecast"];
pub const PROFILES: [&str; 3] = ["viewer", "rep", "manager"];
pub const WORKSPACES: [&str; 3] = ["global", "emea", "apac"];
pub const CAPTURES: [&str; 5] = ["calendar", "web", "phone", "email", "no_email"];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Assignment,
    Grant,
    Never,
}

/// A rule of the benchmark: one group, and perhaps two attributes.
#[derive(Clone)]
pub struct Rule {
    pub kind: Kind,
    pub group: String,
    /// A start of `title` and a `department`.
    pub attributes: Option<(String, String)>,
    /// Bits of [`SEATS`].
    pub seats: u64,
    /// Bits of [`CAPTURES`].
    pub captures: u64,
    /// Given or highest profile.
    pub workspaces: [Option<usize>; 3],
}

/// Of ten rules seven are assignments, two grants and one a never.
pub fn rules(count: usize, attributes: bool) -> Vec<Rule> {
    let rule = |n: usize| Rule {
        kind: match n % 10 {
            3 | 6 => Kind::Grant,
            9 => Kind::Never,
            _ => Kind::Assignment,
        },
        group: format!("Team {}", n / 2 * 2),
        attributes: attributes.then(|| {
            let title = if n % 3 == 0 { "Account Executive" } else { "Account" };
            (title.to_owned(), format!("Sales {}", n % 2))
        }),
        seats: [0b001, 0b011, 0b111, 0b101][n % 4],
        captures: [0b00001, 0b01111, 0b11001, 0b00110, 0b01000][n % 5],
        workspaces: [Some(n % 3), (n % 2 == 0).then_some(1), None],
    };
    (0..count).map(rule).collect()
}

pub fn text(rules: &[Rule]) -> String {
    let mut text = CATALOGUE.to_owned();
    let names = |bits: u64, of: &[&str]| {
        let names: Vec<_> =
            of.iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1).map(|(_, s)| *s).collect();
        names.join(", ")
    };
    for (n, rule) in rules.iter().enumerate() {
        let kind = match rule.kind {
            Kind::Assignment => "assignment",
            Kind::Grant => "grant",
            Kind::Never => "never",
        };
        let _ = write!(text, "{kind} \"r{n}\" {{\n  match in group \"{}\"", rule.group);
        if let Some((title, department)) = &rule.attributes {
            let _ = write!(
                text,
                "\n    and title starts with \"{title}\" and department is \"{department}\""
            );
        }
        let captures = match rule.kind {
            // A never that names a veto is S309; the benchmark has none.
            Kind::Never => rule.captures & 0b01111,
            _ => rule.captures,
        };
        let _ = write!(
            text,
            "\n  seats {}\n  capture {}\n  workspaces {{ ",
            names(rule.seats, &SEATS),
            names(captures, &CAPTURES)
        );
        for (place, profile) in rule.workspaces.iter().enumerate() {
            let at_most = if rule.kind == Kind::Never { "at most " } else { "" };
            if let Some(profile) = profile {
                let _ = write!(text, "{}: {at_most}{}, ", WORKSPACES[place], PROFILES[*profile]);
            }
        }
        let rest =
            if rule.kind == Kind::Assignment { "others: none }\n  update automatic" } else { "}" };
        let _ = write!(text, "{rest}\n}}\n");
    }
    text.push_str(
        "default assignment \"default\" {\n  seats none\n  workspaces { others: none }\n  \
         capture none\n  update manual\n}\n",
    );
    text
}

/// People with eight groups each, one or two of which rules name; about 2.5 kB of JSON as
/// identity providers send it.
pub fn people(count: usize, rules: usize) -> Vec<Value> {
    (0..count)
        .map(|n| {
            let groups: Vec<_> = (0..8)
                .map(|g| {
                    let name = match g {
                        2 => format!("Team {}", (n * 37) % rules),
                        5 => format!("TEAM {}", (n * 91 + 10) % rules),
                        _ => format!("Staff - {} {g}", n % 50),
                    };
                    json!({
                        "value": format!("00g1emaKYZTWRYYRRTSK{g:04}"),
                        "$ref": format!("https://acme.example/scim/v2/Groups/00g1emaKYZ{g:04}"),
                        "display": name,
                        "type": "direct",
                    })
                })
                .collect();
            let name = format!("barbara.jensen{n}");
            let address = |kind: &str| json!({
                "type": kind, "streetAddress": "100 Universal City Plaza",
                "locality": "Hollywood", "region": "CA", "postalCode": "91608",
                "country": "US", "formatted": "100 Universal City Plaza, Hollywood, CA 91608 US",
                "primary": kind == "work",
            });
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
                "id": format!("00u{n:017}"),
                "externalId": format!("701984-{n}"),
                "userName": format!("{name}@acme.example"),
                "name": {
                    "formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen",
                    "givenName": "Barbara", "middleName": "Jane",
                    "honorificPrefix": "Ms.", "honorificSuffix": "III",
                },
                "displayName": "Babs Jensen",
                "nickName": "Babs",
                "profileUrl": "https://login.acme.example/bjensen",
                "emails": [
                    { "value": format!("{name}@acme.example"), "type": "work", "primary": true },
                    { "value": "babs@jensen.example", "type": "home" },
                ],
                "addresses": [address("work"), address("home")],
                "phoneNumbers": [
                    { "value": "tel:+1-555-555-5555", "type": "work" },
                    { "value": "tel:+1-555-555-4444", "type": "mobile" },
                ],
                "title": if n % 2 == 0 { "Account Executive II" } else { "Account Manager" },
                "userType": "Employee",
                "preferredLanguage": "en-US",
                "locale": "en-US",
                "timezone": "America/Los_Angeles",
                "active": true,
                "groups": groups,
                ENTERPRISE: {
                    "employeeNumber": format!("{n:06}"), "costCenter": "4130",
                    "organization": "Universal Studios", "division": "Theme Park",
                    "department": format!("Sales {}", n / 2 % 2),
                    "manager": { "value": "26118915", "displayName": "John Smith" },
                },
                "meta": {
                    "resourceType": "User", "created": "2010-01-23T04:56:22Z",
                    "lastModified": "2011-05-13T04:42:34Z", "version": "W/\"a330bc54f0671c9\"",
                    "location": format!("https://acme.example/scim/v2/Users/{n}"),
                },
            })
        })
        .collect()
}
