//! What the checker needs of SCIM schemas: the one place that asks them.

use crate::rules::model::ValueKind;

/// URI of the core User schema (RFC 7643, 4.1).
pub(super) const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// URI of the enterprise extension (RFC 7643, 4.3).
pub(super) const ENTERPRISE_USER: &str =
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// An attribute of a schema.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its name in the schema's spelling.
    pub(super) name: String,
    /// Whether it has several values.
    pub(super) multi_valued: bool,
    /// Whether every User has it.
    pub(super) required: bool,
    /// Whether its values are objects.
    pub(super) complex: bool,
    /// Its plain values: one with an empty name, or the sub-attributes.
    pub(super) leaves: Vec<Leaf>,
}

/// A plain value of an attribute.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Empty, or the sub-attribute's name.
    pub(super) name: String,
    /// How it compares.
    pub(super) kind: ValueKind,
    /// Whether it is base64, which has no order (RFC 7644, 3.4.2.2).
    pub(super) binary: bool,
}

/// The schema's URI and the attribute, both named in lower case.
pub(super) fn find(schema: &str, name: &str) -> Option<(&'static str, Found)> {
    let uri = standard(schema)?;
    let letter = if uri == CORE_USER { 'C' } else { 'E' };
    let mut found: Option<Found> = None;
    for row in TABLE.iter().filter(|row| row.starts_with(letter)) {
        let mut fields = row.split(' ').skip(1);
        let (Some(path), Some(kind)) = (fields.next(), fields.next()) else { continue };
        let (whole, sub) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
        if !whole.eq_ignore_ascii_case(name) {
            continue;
        }
        let leaf = |name: &str| Leaf {
            name: name.to_owned(),
            kind: match kind.as_bytes().first() {
                Some(b'f') => ValueKind::Flag,
                Some(b'd') => ValueKind::Date,
                Some(b'n') => ValueKind::Number,
                Some(b'x' | b'b') => ValueKind::Text { exact: true },
                _ => ValueKind::Text { exact: false },
            },
            binary: kind.starts_with('b'),
        };
        match (sub, &mut found) {
            (Some(sub), Some(found)) => found.leaves.push(leaf(sub)),
            (Some(_), None) => {}
            (None, _) => {
                let complex = kind.starts_with('c');
                found = Some(Found {
                    name: whole.to_owned(),
                    multi_valued: kind.contains('*'),
                    required: kind.contains('!'),
                    complex,
                    leaves: if complex { Vec::new() } else { vec![leaf("")] },
                });
            }
        }
    }
    found.map(|found| (uri, found))
}

/// Whether the schema is one that we know by heart.
pub(super) fn is_standard(schema: &str) -> bool {
    standard(schema).is_some()
}

/// The attributes of a schema; none if it is not known.
pub(super) fn names(schema: &str) -> Vec<&'static str> {
    let Some(uri) = standard(schema) else { return Vec::new() };
    let letter = if uri == CORE_USER { 'C' } else { 'E' };
    let rows = TABLE.iter().filter(|row| row.starts_with(letter));
    rows.filter_map(|row| row.split(' ').nth(1)).filter(|path| !path.contains('.')).collect()
}

/// The attribute that has a part of this name (`givenName` is one of `name`); none for the parts
/// that many have.
pub(super) fn owner_of_part(part: &str) -> Option<&'static str> {
    if matches!(part, "value" | "display" | "type" | "primary" | "$ref") {
        return None;
    }
    TABLE
        .iter()
        .filter_map(|row| row.split(' ').nth(1)?.split_once('.'))
        .find_map(|(whole, name)| if name == part { Some(whole) } else { None })
}

fn standard(schema: &str) -> Option<&'static str> {
    [CORE_USER, ENTERPRISE_USER].into_iter().find(|uri| uri.eq_ignore_ascii_case(schema))
}

const TABLE: &[&str] = &[
    "C schemas t*!",
    "C id x!",
    "C externalId x",
    "C meta c",
    "C meta.resourceType x",
    "C meta.created d",
    "C meta.lastModified d",
    "C meta.location x",
    "C meta.version x",
    "C userName t!",
    "C name c",
    "C name.formatted t",
    "C name.familyName t",
    "C name.givenName t",
    "C name.middleName t",
    "C name.honorificPrefix t",
    "C name.honorificSuffix t",
    "C displayName t",
    "C nickName t",
    "C profileUrl t",
    "C title t",
    "C userType t",
    "C preferredLanguage t",
    "C locale t",
    "C timezone t",
    "C active f",
    "C password t",
    "C emails c*",
    "C emails.value t",
    "C emails.display t",
    "C emails.type t",
    "C emails.primary f",
    "C phoneNumbers c*",
    "C phoneNumbers.value t",
    "C phoneNumbers.display t",
    "C phoneNumbers.type t",
    "C phoneNumbers.primary f",
    "C ims c*",
    "C ims.value t",
    "C ims.display t",
    "C ims.type t",
    "C ims.primary f",
    "C photos c*",
    "C photos.value t",
    "C photos.display t",
    "C photos.type t",
    "C photos.primary f",
    "C addresses c*",
    "C addresses.formatted t",
    "C addresses.streetAddress t",
    "C addresses.locality t",
    "C addresses.region t",
    "C addresses.postalCode t",
    "C addresses.country t",
    "C addresses.type t",
    "C addresses.primary f",
    "C groups c*",
    "C groups.value t",
    "C groups.$ref t",
    "C groups.display t",
    "C groups.type t",
    "C entitlements c*",
    "C entitlements.value t",
    "C entitlements.display t",
    "C entitlements.type t",
    "C entitlements.primary f",
    "C roles c*",
    "C roles.value t",
    "C roles.display t",
    "C roles.type t",
    "C roles.primary f",
    "C x509Certificates c*",
    "C x509Certificates.value b",
    "C x509Certificates.display t",
    "C x509Certificates.type t",
    "C x509Certificates.primary f",
    "E employeeNumber t",
    "E costCenter t",
    "E organization t",
    "E division t",
    "E department t",
    "E manager c",
    "E manager.value x",
    "E manager.$ref t",
    "E manager.displayName t",
];
