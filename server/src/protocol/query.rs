//! Query strings as questions (RFC 7644, 3.4.2 and 3.9; RFC 9865, 2).
//!
//! Percent-encoding is RFC 3986's. A raw `+` is a blank in one of the two ways in which clients
//! encode and itself in the other. Form encoders write `+` and never `%20`; those that write
//! `%20` may leave a plus alone, as in an e-mail address. So `+` is a blank unless the same
//! value has a `%20`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use provisor::scim::schema::Schemas;

use crate::error::{ScimError, ScimType};
use crate::limits;
use crate::protocol::{ListQuery, Projection};

/// What a query string asks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    /// Which resources.
    pub list: ListQuery,
    /// Which attributes.
    pub projection: Projection,
}

/// Reads a query string, without its `?`.
///
/// Names of parameters compare without regard to case; unknown ones are ignored (RFC 7644,
/// 3.4.2), and so are empty parts, as a `&` at the end leaves one.
///
/// Fails with 414 where it is too long and with 400 where an escape, a number or the
/// combination is wrong, or where a parameter is there twice.
pub fn read(query: &str, schemas: &Schemas) -> Result<Asked, ScimError> {
    if query.len() > limits::QUERY_BYTES {
        let detail = format!(
            "the query string has more than {} bytes; send it as a body to `/.search`",
            limits::QUERY_BYTES
        );
        return Err(ScimError::new(414, detail));
    }
    let mut given = Given::default();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        // A name that cannot be decoded is not one of ours.
        let Ok(name) = decode(name, "the query string") else { continue };
        given.take(&name, value)?;
    }
    given.asked(schemas)
}

/// Decodes percent-encoding, and `+` as the module says. `place` is for the message.
pub fn decode<'a>(raw: &'a str, place: &str) -> Result<Cow<'a, str>, ScimError> {
    let blanks = raw.contains('+') && !raw.contains("%20");
    let form: Cow<'a, str> =
        if blanks { Cow::Owned(raw.replace('+', " ")) } else { Cow::Borrowed(raw) };
    match form {
        Cow::Borrowed(text) => percent_decoded(text, place),
        Cow::Owned(text) => {
            percent_decoded(&text, place).map(|decoded| Cow::Owned(decoded.into_owned()))
        }
    }
}

/// Decodes percent-encoding alone, as in paths. Fails where a `%` has no two hexadecimal digits
/// behind it, or where the bytes are not UTF-8.
pub fn percent_decoded<'a>(raw: &'a str, place: &str) -> Result<Cow<'a, str>, ScimError> {
    let mut rest = raw;
    while let Some((_, behind)) = rest.split_once('%') {
        let mut digits = behind.bytes();
        let hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
        if !(hex(digits.next()) && hex(digits.next())) {
            let detail = format!(
                "a `%` in {place} has no two hexadecimal digits behind it; write `%25` for the \
                 sign itself"
            );
            return Err(ScimError::bad(ScimType::InvalidSyntax, detail));
        }
        rest = behind;
    }
    percent_decode_str(raw).decode_utf8().map_err(|_| {
        let detail = format!("{place} is not UTF-8 after its `%` escapes are decoded");
        ScimError::bad(ScimType::InvalidSyntax, detail)
    })
}

/// The two lists of attributes as a projection; they exclude each other (RFC 7644, 3.9). An
/// empty list asks for nothing in particular, and so does a name that no schema knows.
pub(super) fn projection(
    attributes: &[String],
    excluded: &[String],
    schemas: &Schemas,
) -> Result<Projection, ScimError> {
    if attributes.len().max(excluded.len()) > limits::PROJECTED {
        let detail = format!("more than {} attributes are named", limits::PROJECTED);
        return Err(ScimError::bad(ScimType::InvalidValue, detail));
    }
    match (attributes, excluded) {
        ([], []) => Ok(Projection::Default),
        (names, []) => Ok(Projection::only(names.iter().map(String::as_str), schemas)),
        ([], names) => Ok(Projection::without(names.iter().map(String::as_str), schemas)),
        _ => Err(ScimError::bad(
            ScimType::InvalidSyntax,
            "`attributes` and `excludedAttributes` exclude each other; send one of them",
        )),
    }
}

/// `ascending` or `descending`, without regard to case.
pub(super) fn descending(word: &str) -> Result<bool, ScimError> {
    if word.eq_ignore_ascii_case("descending") {
        Ok(true)
    } else if word.eq_ignore_ascii_case("ascending") {
        Ok(false)
    } else {
        Err(ScimError::bad(
            ScimType::InvalidValue,
            "`sortOrder` is neither `ascending` nor `descending`",
        ))
    }
}

/// A whole number; one that is too great for the machine is the greatest.
pub(super) fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let bound = if digits.len() == text.len() { i64::MAX } else { i64::MIN };
    Some(text.parse().unwrap_or(bound))
}

/// The refusal of a number. RFC 9865 has a word of its own for `count` beside a cursor.
pub(super) fn no_number(parameter: &str, with_cursor: bool) -> ScimError {
    let scim_type = if parameter == "count" && with_cursor {
        ScimType::InvalidCount
    } else {
        ScimType::InvalidValue
    };
    ScimError::bad(scim_type, format!("`{parameter}` is not a whole number"))
}

/// Parameters as they come.
#[derive(Default)]
struct Given {
    filter: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
    attributes: Vec<String>,
    excluded: Vec<String>,
}

impl Given {
    fn take(&mut self, name: &str, raw: &str) -> Result<(), ScimError> {
        let lists =
            [("attributes", &mut self.attributes), ("excludedAttributes", &mut self.excluded)];
        for (parameter, list) in lists {
            if !parameter.eq_ignore_ascii_case(name) {
                continue;
            }
            let text = decode(raw, &format!("`{parameter}`"))?;
            // Two lists are one: the meaning of a repeated list is plain, and some clients send
            // one name each.
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            list.extend(names.map(str::to_owned));
            return Ok(());
        }
        let texts = [
            ("filter", &mut self.filter),
            ("sortBy", &mut self.sort_by),
            ("sortOrder", &mut self.sort_order),
            ("startIndex", &mut self.start_index),
            ("count", &mut self.count),
            ("cursor", &mut self.cursor),
        ];
        for (parameter, slot) in texts {
            if !parameter.eq_ignore_ascii_case(name) {
                continue;
            }
            if slot.is_some() {
                let detail = format!("`{parameter}` is there twice; send it once");
                return Err(ScimError::bad(ScimType::InvalidSyntax, detail));
            }
            *slot = Some(decode(raw, &format!("`{parameter}`"))?.into_owned());
        }
        Ok(())
    }

    fn asked(self, schemas: &Schemas) -> Result<Asked, ScimError> {
        let with_cursor = self.cursor.is_some();
        let number = |parameter: &str, text: Option<String>| {
            text.map(|text| whole(&text).ok_or_else(|| no_number(parameter, with_cursor)))
                .transpose()
        };
        Ok(Asked {
            list: ListQuery {
                filter: self.filter,
                sort_by: self.sort_by,
                descending: self.sort_order.as_deref().map_or(Ok(false), descending)?,
                start_index: number("startIndex", self.start_index)?,
                count: number("count", self.count)?,
                cursor: self.cursor,
            },
            projection: projection(&self.attributes, &self.excluded, schemas)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn asked(query: &str) -> Asked {
        read(query, &Schemas::standard()).unwrap()
    }

    fn refused(query: &str) -> (u16, Option<ScimType>) {
        let error = read(query, &Schemas::standard()).unwrap_err();
        (error.status, error.scim_type)
    }

    fn filter(query: &str) -> String {
        asked(query).list.filter.unwrap()
    }

    #[test]
    fn every_parameter_is_read() {
        let asked = asked(
            "filter=title%20pr&sortBy=userName&sortOrder=Descending&startIndex=2&count=10&cursor=",
        );
        let list = ListQuery {
            filter: Some("title pr".to_owned()),
            sort_by: Some("userName".to_owned()),
            descending: true,
            start_index: Some(2),
            count: Some(10),
            cursor: Some(String::new()),
        };
        assert_eq!(asked, Asked { list, projection: Projection::Default });
    }

    #[test]
    fn junk_between_parameters_is_ignored() {
        // RFC 7644, 3.4.2: unknown parameters; OneLogin ends with `&`, Entra adds a flag.
        assert_eq!(asked("&&aadOptscim062020&foo=%zz&%zz=1&COUNT=1&").list.count, Some(1));
        assert_eq!(asked(""), Asked::default());
    }

    #[test]
    fn a_plus_is_a_blank_unless_the_client_writes_blanks_otherwise() {
        let wanted = r#"userName eq "a+b@x""#;
        assert_eq!(filter("filter=userName+eq+%22a%2Bb@x%22"), wanted);
        assert_eq!(filter("filter=userName%20eq%20%22a%2bb@x%22"), wanted);
        assert_eq!(filter("filter=userName%20eq%20%22a+b@x%22"), wanted);
        assert_eq!(filter("filter=userName+eq+%22a%252Bb%22"), r#"userName eq "a%2Bb""#);
    }

    #[test]
    fn broken_escapes_are_refused() {
        let syntax = (400, Some(ScimType::InvalidSyntax));
        for query in ["filter=%", "filter=a%2", "filter=%zz", "sortBy=%ff", "attributes=%c3%28"] {
            assert_eq!(refused(query), syntax, "{query}");
        }
    }

    #[test]
    fn numbers_are_whole_and_bounded_by_the_machine() {
        assert_eq!(asked("startIndex=-5&count=0").list.start_index, Some(-5));
        assert_eq!(asked("count=99999999999999999999").list.count, Some(i64::MAX));
        assert_eq!(asked("count=-99999999999999999999").list.count, Some(i64::MIN));
        for query in ["count=", "count=abc", "count=1.5", "count=%2B1", "startIndex=--1"] {
            assert_eq!(refused(query), (400, Some(ScimType::InvalidValue)), "{query}");
        }
        // RFC 9865, 2.1
        assert_eq!(refused("cursor=&count=x"), (400, Some(ScimType::InvalidCount)));
        assert_eq!(refused("sortOrder=up"), (400, Some(ScimType::InvalidValue)));
    }

    #[test]
    fn a_parameter_is_there_once() {
        let syntax = (400, Some(ScimType::InvalidSyntax));
        assert_eq!(refused("filter=title%20pr&filter=title%20pr"), syntax);
        assert_eq!(refused("count=1&COUNT=2"), syntax);
    }

    #[test]
    fn attributes_are_names_or_whole_schemas() {
        // RFC 7644, 3.9 and 3.10
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let query =
            format!("attributes=userName,name.givenName&attributes=%20id,&ATTRIBUTES={enterprise}");
        let Projection::Only(paths) = asked(&query).projection else {
            panic!("attributes were named")
        };
        let written: Vec<String> = paths.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["userName", "name.givenName", "id", enterprise]);

        let excluded = asked("excludedAttributes=members").projection;
        assert!(matches!(excluded, Projection::Without(paths) if paths.len() == 1));
        assert_eq!(asked("attributes=&excludedAttributes=,").projection, Projection::Default);
        assert_eq!(refused("attributes=id&excludedAttributes=id").1, Some(ScimType::InvalidSyntax));
        let many = "a,".repeat(limits::PROJECTED + 1);
        assert_eq!(refused(&format!("attributes={many}")).1, Some(ScimType::InvalidValue));
    }

    #[test]
    fn a_long_query_is_414() {
        let query = format!("filter={}", "a".repeat(limits::QUERY_BYTES));
        assert_eq!(refused(&query), (414, None));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_as_it_was(text in any::<String>()) {
            let encoded = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
            prop_assert_eq!(&filter(&format!("filter={encoded}")), &text);
            // Form encoding: `+` for a blank.
            prop_assert_eq!(filter(&format!("filter={}", encoded.replace("%20", "+"))), text);
        }

        #[test]
        fn nothing_panics(query in "(filter|count|attributes|%|=|&|[+%.,:-]|\\PC){0,40}") {
            let _ = read(&query, &Schemas::standard());
        }
    }
}
