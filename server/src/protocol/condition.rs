//! ETags and the conditions on them (RFC 7644, 3.14; RFC 9110, 8.8.3 and 13).
//!
//! Tags are weak, since a resource can be written in several ways, and compared weakly, also in
//! If-Match: RFC 7644 has clients send the weak tag that they were given.

use super::{Condition, Tags};
use crate::error::{ScimError, ScimType};

/// The ETag of a version, as in the header and in `meta.version`.
pub fn etag(version: u64) -> String {
    format!("W/\"{version}\"")
}

impl Condition {
    /// From the values of the headers, each as often as it was sent.
    ///
    /// Fails with 400 where one cannot be read: a condition that is passed over lets a client
    /// overwrite what it has not seen.
    pub fn parse<'a>(
        if_match: impl IntoIterator<Item = &'a str>,
        if_none_match: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ScimError> {
        Ok(Self {
            if_match: tags("If-Match", if_match)?,
            if_none_match: tags("If-None-Match", if_none_match)?,
        })
    }

    /// Whether a client that reads has this version already: 304. Fails with 412.
    pub fn has_already(&self, version: u64) -> Result<bool, ScimError> {
        if self.if_match.as_ref().is_some_and(|tags| !tags.contain(version)) {
            return Err(ScimError::changed_meanwhile());
        }
        Ok(self.if_none_match.as_ref().is_some_and(|tags| tags.contain(version)))
    }

    /// Whether a client may change a resource of this version. Fails with 412.
    pub fn permits_change(&self, version: u64) -> Result<(), ScimError> {
        match self.has_already(version)? {
            true => Err(ScimError::new(412, "If-None-Match excludes the version of the resource")),
            false => Ok(()),
        }
    }
}

impl Tags {
    /// From one value: `*`, or ETags parted by commas.
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim_matches(BLANKS) == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = text.trim_start_matches(SEPARATORS);
        while !rest.is_empty() {
            let opaque = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
            let (tag, behind) = opaque.split_once('"')?;
            if !tag.chars().all(|c| c > ' ' && c != '\u{7f}') {
                return None;
            }
            tags.push(tag.to_owned());
            let next = behind.trim_start_matches(BLANKS);
            if !next.is_empty() && !next.starts_with(',') {
                return None;
            }
            rest = next.trim_start_matches(SEPARATORS);
        }
        if tags.is_empty() { None } else { Some(Self::These(tags)) }
    }

    /// Whether the tag of a version is among them.
    pub fn contain(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => {
                let version = version.to_string();
                tags.contains(&version)
            }
        }
    }
}

const BLANKS: [char; 2] = [' ', '\t'];
const SEPARATORS: [char; 3] = [' ', '\t', ','];

fn tags<'a>(
    header: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> Result<Option<Tags>, ScimError> {
    let mut all: Option<Tags> = None;
    for value in values {
        let Some(tags) = Tags::parse(value) else {
            return Err(ScimError::bad(
                ScimType::InvalidSyntax,
                format!("{header} is no list of ETags; write it as in `W/\"1\"`, or `*`"),
            ));
        };
        all = Some(match (all, tags) {
            (None, tags) => tags,
            (Some(Tags::These(mut before)), Tags::These(more)) => {
                before.extend(more);
                Tags::These(before)
            }
            _ => Tags::Any,
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn these(tags: &[&str]) -> Option<Tags> {
        Some(Tags::These(tags.iter().map(|tag| (*tag).to_owned()).collect()))
    }

    #[test]
    fn lists_of_tags_are_read_as_rfc_9110_says() {
        for (text, tags) in [
            ("*", Some(Tags::Any)),
            (" * ", Some(Tags::Any)),
            (r#"W/"1""#, these(&["1"])),
            (r#""1""#, these(&["1"])),
            (r#"W/"1", "2",W/"a,b""#, these(&["1", "2", "a,b"])),
            (r#", W/"1" ,, "2","#, these(&["1", "2"])),
            (r#""""#, these(&[""])),
            ("", None),
            (",", None),
            ("1", None),
            (r#"w/"1""#, None),
            (r#"W/"1"#, None),
            (r#"W/"1" "2""#, None),
            (r#""1 2""#, None),
            (r#"*, "1""#, None),
        ] {
            assert_eq!(Tags::parse(text), tags, "{text}");
        }
    }

    #[test]
    fn a_version_is_found_by_the_tag_that_was_given_out() {
        let tags = Tags::parse(&etag(7)).unwrap();
        assert!(tags.contain(7));
        assert!(!tags.contain(8) && !tags.contain(77));
        assert!(!Tags::parse(r#""07""#).unwrap().contain(7), "opaque: compared as text");
    }

    #[test]
    fn headers_that_are_sent_twice_are_one_list() {
        let condition = Condition::parse([r#"W/"1""#, r#"W/"2""#], []).unwrap();
        assert_eq!(condition.if_match, these(&["1", "2"]));
        let condition = Condition::parse([r#"W/"1""#, "*"], []).unwrap();
        assert_eq!(condition.if_match, Some(Tags::Any));
        let error = Condition::parse(["1"], []).unwrap_err();
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidSyntax)));
        assert_eq!(Condition::parse([], []).unwrap(), Condition::default());
    }

    #[test]
    fn conditions_decide_as_rfc_7644_3_14_says() {
        let none = Condition::default();
        assert_eq!(none.has_already(1), Ok(false));
        assert_eq!(none.permits_change(1), Ok(()));

        let holds = Condition::parse([r#"W/"1""#], []).unwrap();
        assert_eq!(holds.permits_change(1), Ok(()));
        assert_eq!(holds.permits_change(2).unwrap_err().status, 412, "a lost update");
        assert_eq!(holds.has_already(2).unwrap_err().status, 412);

        let fresh = Condition::parse([], [r#"W/"1""#]).unwrap();
        assert_eq!(fresh.has_already(1), Ok(true), "304");
        assert_eq!(fresh.has_already(2), Ok(false));
        assert_eq!(fresh.permits_change(1).unwrap_err().status, 412);
    }
}
