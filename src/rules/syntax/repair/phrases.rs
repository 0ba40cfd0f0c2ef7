//! Comparisons in other words than ours.

/// What stands for a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// Our words.
    Words(&'static str),
    /// Our words, and `not` before the attribute.
    Negated(&'static str),
}

use Meant::{Negated, Words};

/// One phrase a row, in small letters; it stands behind an attribute.
const TABLE: &[(&str, Meant)] = &[
    ("equals", Words("is")),
    ("equal", Words("is")),
    ("equal to", Words("is")),
    ("is equal to", Words("is")),
    ("is the same as", Words("is")),
    ("are", Words("is")),
    ("was", Words("is")),
    ("not equals", Words("is not")),
    ("not equal to", Words("is not")),
    ("is not equal to", Words("is not")),
    ("does not equal", Words("is not")),
    ("not is", Words("is not")),
    ("startswith", Words("starts with")),
    ("starts", Words("starts with")),
    ("start with", Words("starts with")),
    ("starting with", Words("starts with")),
    ("is starting with", Words("starts with")),
    ("begins with", Words("starts with")),
    ("begins", Words("starts with")),
    ("beginswith", Words("starts with")),
    ("begin with", Words("starts with")),
    ("endswith", Words("ends with")),
    ("ends", Words("ends with")),
    ("end with", Words("ends with")),
    ("ending with", Words("ends with")),
    ("contain", Words("contains")),
    ("containing", Words("contains")),
    ("includes", Words("contains")),
    ("include", Words("contains")),
    ("has", Words("contains")),
    ("is containing", Words("contains")),
    ("match", Words("matches")),
    ("regex", Words("matches")),
    ("is matching", Words("matches")),
    ("matches regex", Words("matches")),
    ("is like", Words("like")),
    ("greater than", Words("more than")),
    ("is greater than", Words("more than")),
    ("is more than", Words("more than")),
    ("larger than", Words("more than")),
    ("is larger than", Words("more than")),
    ("is after", Words("more than")),
    ("after", Words("more than")),
    ("above", Words("more than")),
    ("is above", Words("more than")),
    ("smaller than", Words("less than")),
    ("is smaller than", Words("less than")),
    ("is less than", Words("less than")),
    ("is before", Words("less than")),
    ("before", Words("less than")),
    ("below", Words("less than")),
    ("is below", Words("less than")),
    ("is at least", Words("at least")),
    ("is at most", Words("at most")),
    ("greater than or equal to", Words("at least")),
    ("is greater than or equal to", Words("at least")),
    ("less than or equal to", Words("at most")),
    ("is less than or equal to", Words("at most")),
    ("in", Words("is in")),
    ("one of", Words("is in")),
    ("any of", Words("is in")),
    ("is one of", Words("is in")),
    ("is any of", Words("is in")),
    ("is either", Words("is in")),
    ("not in", Words("is not in")),
    ("is none of", Words("is not in")),
    ("is not one of", Words("is not in")),
    ("is not any of", Words("is not in")),
    ("exists", Words("is present")),
    ("present", Words("is present")),
    ("is set", Words("is present")),
    ("is defined", Words("is present")),
    ("is not empty", Words("is present")),
    ("is not blank", Words("is present")),
    ("is not missing", Words("is present")),
    ("is not absent", Words("is present")),
    ("absent", Words("is absent")),
    ("missing", Words("is absent")),
    ("empty", Words("is absent")),
    ("is missing", Words("is absent")),
    ("is empty", Words("is absent")),
    ("is blank", Words("is absent")),
    ("is undefined", Words("is absent")),
    ("is not set", Words("is absent")),
    ("not set", Words("is absent")),
    ("not present", Words("is absent")),
    ("does not exist", Words("is absent")),
    ("is none", Words("is absent")),
    ("isnot", Words("is not")),
    ("isin", Words("is in")),
    ("notin", Words("is not in")),
    ("isnotin", Words("is not in")),
    ("is is", Words("is")),
    ("is equals", Words("is")),
    ("is contains", Words("contains")),
    ("is starts with", Words("starts with")),
    ("is startswith", Words("starts with")),
    ("is ends with", Words("ends with")),
    ("is endswith", Words("ends with")),
    ("is matches", Words("matches")),
    ("is not contains", Negated("contains")),
    ("is not starts with", Negated("starts with")),
    ("is not startswith", Negated("starts with")),
    ("is not ends with", Negated("ends with")),
    ("is not endswith", Negated("ends with")),
    ("is not matches", Negated("matches")),
    ("is not matching", Negated("matches")),
    ("not contains", Negated("contains")),
    ("not contain", Negated("contains")),
    ("does not contain", Negated("contains")),
    ("does not include", Negated("contains")),
    ("is not containing", Negated("contains")),
    ("not starts with", Negated("starts with")),
    ("not startswith", Negated("starts with")),
    ("does not start with", Negated("starts with")),
    ("does not begin with", Negated("starts with")),
    ("not ends with", Negated("ends with")),
    ("not endswith", Negated("ends with")),
    ("does not end with", Negated("ends with")),
    ("not like", Negated("like")),
    ("is not like", Negated("like")),
    ("not matches", Negated("matches")),
    ("not match", Negated("matches")),
    ("does not match", Negated("matches")),
];

/// Operators as they are written, to know them in capital letters too.
const OURS: &[&str] = &[
    "is",
    "is not",
    "is in",
    "is not in",
    "is present",
    "is absent",
    "is not present",
    "is exactly",
    "is not exactly",
    "contains",
    "starts with",
    "ends with",
    "like",
    "matches",
    "at least",
    "at most",
    "more than",
    "less than",
];

/// The most words that a phrase has.
pub(super) const LONGEST: usize = 7;

/// What a phrase means.
pub(super) fn meaning(phrase: &str) -> Option<Meant> {
    let said = TABLE.iter().find(|(known, _)| known.eq_ignore_ascii_case(phrase));
    let ours = || OURS.iter().find(|ours| ours.eq_ignore_ascii_case(phrase));
    said.map(|(_, meant)| *meant).or_else(|| ours().map(|ours| Words(ours)))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, TABLE};

    #[test]
    fn phrases_are_short_small_and_listed_once() {
        for (index, (phrase, _)) in TABLE.iter().enumerate() {
            assert!(phrase.split(' ').count() <= LONGEST, "{phrase}");
            assert_eq!(*phrase, phrase.to_lowercase());
            assert!(TABLE[index + 1..].iter().all(|(other, _)| other != phrase), "{phrase}");
        }
    }
}
