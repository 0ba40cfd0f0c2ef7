//! Words for what the grammar refused: the place, what was expected, what to write.

use crate::diagnostic::suggest::{did_you_mean, nearest};
use crate::error::{Error, ErrorKind};
use crate::json::Lexer;
use crate::scim::path::clip;

use super::Op;
use super::options::Leniency;
use super::scan::{Scan, scan};

/// What the grammar waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// The beginning of a condition.
    Condition,
    /// What follows an attribute.
    AfterPath,
    /// `pr` or a comparison.
    Operator,
    /// A literal.
    Value,
    /// `and`, `or`, a closing bracket or the end.
    Continuation,
    /// The name of a sub-attribute.
    SubName,
    /// The end.
    End,
}

/// What people write where SCIM has an operator, and the operator.
const OPERATORS: &[(&str, &str)] = &[
    ("=", "eq"),
    ("==", "eq"),
    ("===", "eq"),
    ("is", "eq"),
    ("equals", "eq"),
    ("!=", "ne"),
    ("<>", "ne"),
    ("contains", "co"),
    ("includes", "co"),
    ("startswith", "sw"),
    ("endswith", "ew"),
    (">", "gt"),
    (">=", "ge"),
    ("<", "lt"),
    ("<=", "le"),
    ("present", "pr"),
    ("exists", "pr"),
];

/// What people write where SCIM has `and` or `or`.
const JOINS: &[(&str, &str)] =
    &[("&", "and"), ("&&", "and"), ("|", "or"), ("||", "or"), ("&amp;", "and")];

const VALUE_HELP: &str = "write a text in double quotes, a number, `true`, `false` or `null`";

/// The error for a text that the grammar refused at a byte.
pub(super) fn diagnose(
    text: &str,
    at: usize,
    expected: Expected,
    scanned: &Scan,
    kind: ErrorKind,
) -> Error {
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let rest = rest.trim_start_matches(' ');
    let place = Place {
        text,
        at: text.len() - rest.len(),
        before: before.trim_end_matches(' '),
        rest,
        kind,
    };
    if kind == ErrorKind::Path {
        let inside = scan(before, kind).map_or(true, |scan| scan.unclosed.is_some());
        if !inside {
            return place.path(expected);
        }
    }
    // A fault inside the brackets of a path is one of their filter.
    let place = Place { kind: ErrorKind::Filter, ..place };
    match (expected, scanned.unclosed) {
        (Expected::Continuation, Some((open, bracket))) if rest.is_empty() => {
            let close = if bracket == '(' { ')' } else { ']' };
            Error::new(place.kind, format!("`{bracket}` is not closed"))
                .at(open)
                .help(format!("write `{close}` where it ends"))
        }
        (Expected::Value, _) => place.value(),
        (Expected::Operator | Expected::AfterPath, _) if place.ends_condition() => {
            place.continuation()
        }
        (Expected::Operator | Expected::AfterPath, _) => place.operator(),
        (Expected::Condition, _) => place.condition(),
        (Expected::SubName, _) => place.sub_name(),
        (Expected::Continuation | Expected::End, _) => place.continuation(),
    }
}

/// Where the grammar stopped.
#[derive(Clone, Copy)]
struct Place<'a> {
    text: &'a str,
    /// The first byte that is no blank there.
    at: usize,
    /// The text before, without blanks at its end.
    before: &'a str,
    /// The text from `at`.
    rest: &'a str,
    kind: ErrorKind,
}

impl Place<'_> {
    fn fail(self, message: impl Into<String>, help: impl Into<String>) -> Error {
        Error::new(self.kind, message).at(self.at).help(help)
    }

    /// The word before.
    fn last(self) -> &'static str {
        let word = self.before.rsplit(is_delimiter).next().unwrap_or("");
        ["and", "or", "not", "pr"]
            .into_iter()
            .chain(Op::ALL.iter().map(|op| op.as_str()))
            .find(|known| known.eq_ignore_ascii_case(word))
            .unwrap_or("")
    }

    /// Whether a condition is complete before.
    fn ends_condition(self) -> bool {
        let mut words = self.before.rsplit(' ');
        let (last, earlier) = (words.next().unwrap_or(""), words.next());
        self.before.ends_with(['"', ')', ']'])
            || earlier.is_some_and(|earlier| {
                last.eq_ignore_ascii_case("pr") || Op::parse(earlier).is_some()
            })
    }

    /// The attribute before, for messages.
    fn attribute(self) -> String {
        clip(self.before.rsplit(is_delimiter).next().unwrap_or(""))
    }

    /// The word here.
    fn word(self) -> &'static str {
        // Only words of the tables are looked for.
        let word = self.next();
        let known = OPERATORS.iter().chain(JOINS).map(|(word, _)| *word);
        known.into_iter().find(|one| one.eq_ignore_ascii_case(word)).unwrap_or("")
    }

    fn next(&self) -> &str {
        self.rest.split(is_delimiter).next().unwrap_or("")
    }

    /// What was found here.
    fn found(self) -> String {
        match self.rest.chars().next() {
            None => "the text ends".to_owned(),
            Some('"') => "a text was found".to_owned(),
            Some(c @ ('(' | ')' | '[' | ']')) => format!("`{c}` was found"),
            Some(_) => format!("`{}` was found", clip(self.next())),
        }
    }

    fn condition(self) -> Error {
        let last = self.last();
        match self.rest.chars().next() {
            None if self.before.is_empty() => self
                .fail("the filter is empty", "write a condition such as `userName eq \"bjensen\"`"),
            Some(')' | ']') if self.before.ends_with(['(', '[']) => self.fail(
                "nothing stands between the brackets",
                "write a condition in them, as in `emails[type eq \"work\"]`",
            ),
            _ if matches!(last, "and" | "or") => self.fail(
                format!("a condition was expected after `{last}`, but {}", self.found()),
                format!("write a condition behind `{last}`, or remove it"),
            ),
            _ => self.fail(
                format!("an attribute was expected, but {}", self.found()),
                "a condition is an attribute, an operator and a value: `userName eq \"bjensen\"`",
            ),
        }
    }

    fn operator(self) -> Error {
        let last = self.last();
        let attribute = self.attribute();
        let ends = self.rest.is_empty() || self.rest.starts_with([')', ']']);
        if matches!(last, "and" | "or") && ends {
            return self.condition();
        }
        if last == "not" {
            return self
                .fail("`not` needs parentheses", "write it as in `not (userName eq \"bjensen\")`");
        }
        if Op::parse(last).is_some() && self.rest.starts_with('"') {
            return self.fail(
                format!("an attribute is missing before `{last}`"),
                "a condition is an attribute, an operator and a value: `userName eq \"bjensen\"`",
            );
        }
        if ends {
            let index = !attribute.is_empty() && attribute.bytes().all(|b| b.is_ascii_digit());
            let help = if index {
                "values have no index: choose them by what they contain, as in \
                 `emails[type eq \"work\"]`"
            } else {
                "write `pr` behind it, or an operator and a value, as in `eq \"bjensen\"`"
            };
            return self.fail(format!("nothing is asked of `{attribute}`"), help);
        }
        let message = format!("an operator was expected after `{attribute}`, but {}", self.found());
        let word = self.word();
        if let Some((_, operator)) = OPERATORS.iter().find(|(other, _)| *other == word) {
            return self.fail(message, format!("write `{operator}`"));
        }
        let next = self.next();
        let help = match next.to_ascii_lowercase().as_str() {
            "like" | "matches" | "regex" | "=~" | "~" => {
                "SCIM has no patterns: write `co`, `sw` or `ew` with a part of the text".to_owned()
            }
            "in" => "write one comparison for each value, with `or` between them".to_owned(),
            "not" => "write `not (…)` around the whole condition".to_owned(),
            "" => "write a blank and an operator behind the attribute".to_owned(),
            _ => match nearest(next, Op::ALL.iter().map(|op| op.as_str())) {
                Some(near) if next.len() <= 3 => did_you_mean(near),
                _ => "the operators are eq, ne, co, sw, ew, gt, ge, lt, le, and pr without a value"
                    .to_owned(),
            },
        };
        self.fail(message, help)
    }

    fn value(self) -> Error {
        let operator = self.last();
        if self.rest.starts_with('\'') {
            return Leniency::SingleQuotes.refuse(self.kind, self.at);
        }
        if self.rest.starts_with('"') {
            let mut lexer = Lexer::of(self.rest);
            return match lexer.skip() {
                Ok(()) => {
                    let place = Place { at: self.at + lexer.offset(), ..self };
                    place.fail(
                        "a blank is missing behind the text",
                        "write a blank before the next word; a `\"` inside is written `\\\"`",
                    )
                }
                Err(error) => Error::new(self.kind, error.message())
                    .at(self.at + error.offset().unwrap_or(0))
                    .help(error.advice().unwrap_or(VALUE_HELP)),
            };
        }
        self.fail(
            format!("a value was expected after `{operator}`, but {}", self.found()),
            VALUE_HELP,
        )
    }

    fn continuation(self) -> Error {
        match self.rest.chars().next() {
            Some(close @ (')' | ']')) => {
                let open = if close == ')' { '(' } else { '[' };
                return self.fail(
                    format!("`{close}` closes nothing here"),
                    format!("remove it, or write `{open}` where it begins"),
                );
            }
            Some(next) if self.before.ends_with(']') => {
                let word = self.next();
                let asked = Op::parse(word).is_some() || word.eq_ignore_ascii_case("pr");
                if asked || matches!(next, '.' | '[') {
                    return self.fail(
                        "a question stands behind the brackets",
                        "write what is asked of the value inside the brackets",
                    );
                }
            }
            _ => {}
        }
        if self.last() == "pr" && self.rest.starts_with('"') {
            return self.fail("`pr` has no value", "remove the value, or write `eq` for `pr`");
        }
        let word = self.word();
        let help = match JOINS.iter().find(|(other, _)| *other == word) {
            Some((_, join)) => format!("write `{join}`"),
            None => "write `and` or `or` between two conditions".to_owned(),
        };
        self.fail(format!("`and`, `or` or the end was expected, but {}", self.found()), help)
    }

    fn sub_name(self) -> Error {
        self.fail(
            format!("the name of a sub-attribute was expected, but {}", self.found()),
            "write it behind the dot, or remove the dot",
        )
    }

    /// A fault of a path outside its brackets.
    fn path(self, expected: Expected) -> Error {
        let head = self.text.split('[').next().unwrap_or("");
        let tail = self.text.rfind(']').unwrap_or(self.text.len());
        let blank = head.find(' ').or_else(|| {
            self.text.get(tail..).and_then(|tail| tail.find(' ')).map(|blank| tail + blank)
        });
        match (self.rest.chars().next(), expected) {
            (None, _) if self.text.trim_matches(' ').is_empty() => {
                self.fail("the path is empty", "write the name of an attribute")
            }
            (None, Expected::SubName) => self.sub_name(),
            (Some('['), _) if self.before.is_empty() => self.fail(
                "an attribute is missing before the brackets",
                "write it as in `emails[type eq \"work\"]`",
            ),
            (Some('['), _) if self.before.ends_with(']') => self.fail(
                "brackets stand behind brackets",
                "write one condition in one pair of brackets, with `and` or `or`",
            ),
            (Some('.'), _) if self.before.contains(']') => self.fail(
                "a sub-attribute has no sub-attributes",
                "behind the brackets stands one dot and one name",
            ),
            _ => match blank {
                Some(blank) => {
                    Place { at: blank, ..self }.fail("a blank stands in the path", "remove it")
                }
                None => self.fail(
                    format!("the path should end here, but {}", self.found()),
                    "a path is an attribute, perhaps a condition in brackets, perhaps a dot and a \
                     sub-attribute",
                ),
            },
        }
    }
}

fn is_delimiter(character: char) -> bool {
    matches!(character, ' ' | '(' | ')' | '[' | ']' | '"')
}
