//! One value against its attribute (RFC 7643, 2.3), and when two values are the same.

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Numeral, Object};
use crate::scim::compare::{Instant, compared};
use crate::scim::schema::{Attribute, Type};

use super::{Fields, Here, Leniency, Reader};

impl Reader {
    /// The value of an attribute; `None` where there is none.
    pub(super) fn value(
        &mut self,
        attribute: &Attribute,
        given: &Json,
        current: Option<&Json>,
        here: Here<'_>,
    ) -> Result<Option<Json>, Error> {
        match given {
            Json::Null => Ok(None),
            given if attribute.multi_valued => self.several(attribute, given, current, here),
            // Null and the empty list are the same state (2.5).
            Json::Array(list) => match list.as_slice() {
                [] => Ok(None),
                [one] => {
                    self.tolerate(Leniency::ListOfOne, here, &attribute.name)?;
                    self.one(attribute, one, current, here)
                }
                _ => Err(Leniency::ListOfOne.refuse(&here.path(&attribute.name))),
            },
            given => self.one(attribute, given, current, here),
        }
    }

    /// One value, that of the attribute or of its list.
    pub(super) fn one(
        &mut self,
        attribute: &Attribute,
        given: &Json,
        current: Option<&Json>,
        here: Here<'_>,
    ) -> Result<Option<Json>, Error> {
        let name = &attribute.name;
        match (attribute.kind, given) {
            (_, Json::Null) => Ok(None),
            (Type::Complex, Json::Object(object)) => self.complex(attribute, object, current, here),
            (
                Type::Boolean | Type::Decimal | Type::Integer | Type::DateTime | Type::Complex,
                Json::String(text),
            ) if text.is_empty() => {
                self.tolerate(Leniency::EmptyText, here, name)?;
                Ok(None)
            }
            (Type::Complex, Json::String(_)) if attribute.sub("value").is_some() => {
                self.tolerate(Leniency::PlainValue, here, name)?;
                let mut object = Object::new();
                object.push("value", given.clone());
                self.complex(attribute, &object, current, here)
            }
            (Type::Boolean, Json::String(text)) if flag(text).is_some() => {
                self.tolerate(Leniency::TextFlag, here, name)?;
                Ok(flag(text).map(Json::Bool))
            }
            (Type::Decimal | Type::Integer, Json::String(text)) => {
                let numeral = Numeral::parse(text).map(Json::Number);
                let fits = numeral.filter(|numeral| fits(attribute.kind, numeral));
                let Some(numeral) = fits else { return Err(misfit(attribute, here)) };
                self.tolerate(Leniency::TextNumber, here, name)?;
                Ok(Some(numeral))
            }
            (kind, given) if fits(kind, given) => Ok(Some(given.clone())),
            _ => Err(misfit(attribute, here)),
        }
    }

    fn complex(
        &mut self,
        attribute: &Attribute,
        given: &Object,
        current: Option<&Json>,
        here: Here<'_>,
    ) -> Result<Option<Json>, Error> {
        let inside = here.inside(&attribute.name);
        let mut fields = Fields::of(given, inside)?;
        let current = current.and_then(Json::as_object);
        let subs = attribute.sub_attributes.iter();
        let (object, missing) = self.attributes(subs, &mut fields, current, inside)?;
        self.unknown(&fields, inside)?;
        match missing {
            _ if object.is_empty() => Ok(None),
            Some(missing) => Err(missing),
            None => Ok(Some(object.into())),
        }
    }
}

/// Whether a value says nothing: null, an empty list, an empty object.
pub(super) fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(list) => list.is_empty(),
        Json::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// Whether two values of an attribute are equal as it compares; the order of a list does not
/// count (RFC 7643, 2.4).
pub(super) fn same(attribute: &Attribute, left: &Json, right: &Json) -> bool {
    left == right || identity(attribute, left) == identity(attribute, right)
}

/// Equal for values that are equal as the attribute compares.
pub(super) fn identity(attribute: &Attribute, value: &Json) -> String {
    match value {
        Json::Array(list) => {
            let mut all: Vec<String> = list.iter().map(|one| identity(attribute, one)).collect();
            all.sort_unstable();
            Json::Array(all.into_iter().map(Json::String).collect()).to_string()
        }
        Json::Object(object) => {
            let subs = attribute.sub_attributes.iter();
            let parts = subs.filter_map(|sub| {
                let value = object.attribute(&sub.name).filter(|value| !is_nothing(value))?;
                // A missing `primary` is false (2.4).
                if sub.name == "primary" && *value == Json::Bool(false) {
                    return None;
                }
                Some((sub.name.clone(), Json::String(identity(sub, value))))
            });
            Json::Object(parts.collect()).to_string()
        }
        Json::String(text) if attribute.kind == Type::DateTime => match Instant::parse(text) {
            Some(instant) => instant.as_nanoseconds().to_string(),
            None => text.clone(),
        },
        Json::String(text) => compared(text, attribute.case_exact).into_owned(),
        Json::Number(numeral) => numeral.value().to_string(),
        other => other.to_string(),
    }
}

/// Whether a value has the form that the type asks for.
fn fits(kind: Type, value: &Json) -> bool {
    match (kind, value) {
        (Type::String, Json::String(_))
        | (Type::Boolean, Json::Bool(_))
        | (Type::Decimal, Json::Number(_)) => true,
        // Neither fraction nor exponent (2.3.4).
        (Type::Integer, Json::Number(number)) => !number.as_str().contains(['.', 'e', 'E']),
        // Both a date and a time (2.3.5).
        (Type::DateTime, Json::String(text)) => {
            text.contains('T') && Instant::parse(text).is_some()
        }
        (Type::Binary, Json::String(text)) => is_base64(text),
        (Type::Reference, Json::String(text)) => is_uri_reference(text),
        _ => false,
    }
}

fn misfit(attribute: &Attribute, here: Here<'_>) -> Error {
    let (expected, help) = match attribute.kind {
        Type::String => ("a text", "write it in double quotes"),
        Type::Boolean => ("true or false", "write `true` or `false` without quotes"),
        Type::Decimal => ("a number", "write a number without quotes, such as `1.5`"),
        Type::Integer => ("a whole number", "write digits alone, without fraction or exponent"),
        Type::DateTime => (
            "an instant with date and time",
            "write it as in `\"2011-05-13T04:42:34Z\"` (xsd:dateTime)",
        ),
        Type::Reference => {
            ("a URI", "write it as RFC 3986 says: no blanks, and other characters percent-encoded")
        }
        Type::Binary => ("base64 text", "encode the bytes as RFC 4648, section 4, says"),
        Type::Complex => ("an object", "write its sub-attributes in `{…}`"),
    };
    let path = here.path(&attribute.name);
    Error::new(ErrorKind::Value, format!("`{path}` is not {expected}")).help(help)
}

fn flag(text: &str) -> Option<bool> {
    [true, false]
        .into_iter()
        .find(|flag| text.eq_ignore_ascii_case(if *flag { "true" } else { "false" }))
}

/// Base64 with the alphabet of RFC 4648, section 4; padding may be left out (RFC 7643, 2.3.6).
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let padded = match digits.len() % 4 {
        0 => padding == 0,
        2 => matches!(padding, 0 | 2),
        3 => matches!(padding, 0 | 1),
        _ => false,
    };
    padded && digits.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

/// Whether a text has the characters of a URI or relative reference (RFC 3986, 2); the empty one
/// is a relative reference.
fn is_uri_reference(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'%' => (0..2).all(|_| bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !fine {
            return false;
        }
    }
    true
}
