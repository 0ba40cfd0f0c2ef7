//! Patterns of `matches /…/` (T204).

use std::collections::HashMap;

use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::rules::model::Regex;
use crate::rules::source::Span;
use crate::scim::compare::nfc;

/// Compiled patterns, each once however many rules use it.
#[derive(Default)]
pub(super) struct Patterns {
    compiled: HashMap<(String, bool), Result<regex::Regex, Why>>,
}

/// Why a pattern was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    TooLarge,
    LookAround,
    Backreference,
    Invalid(String),
}

impl Patterns {
    /// A pattern compiled as `\A(?:…)\z`; T204 if it cannot be.
    pub(super) fn get(
        &mut self,
        pattern: &str,
        exact: bool,
        span: Span,
        report: &mut Report,
    ) -> Option<Regex> {
        let result = self
            .compiled
            .entry((pattern.to_owned(), exact))
            .or_insert_with(|| compile(pattern, exact));
        match result {
            Ok(compiled) => Some(Regex { pattern: pattern.to_owned(), compiled: compiled.clone() }),
            Err(why) => {
                report.push(explain(why, pattern, span));
                None
            }
        }
    }
}

fn compile(pattern: &str, exact: bool) -> Result<regex::Regex, Why> {
    // Values are compared in NFC; a pattern in another form would never fit them.
    let pattern = nfc(pattern);
    let build = |text: &str| {
        regex::RegexBuilder::new(text)
            .size_limit(limits::REGEX_BYTES)
            .nest_limit(limits::NESTING as u32)
            .case_insensitive(!exact)
            .build()
            .map_err(|error| why(&error, &pattern))
    };
    // Alone first, if it could close our own parenthesis: `a)(?:b` is valid only between those.
    if pattern.contains(')') {
        build(&pattern)?;
    }
    // A line end saves our parenthesis from a comment at the end of a `(?x)` pattern.
    build(&format!(r"\A(?:{pattern})\z")).or_else(|_| build(&format!("\\A(?:{pattern}\n)\\z")))
}

fn why(error: &regex::Error, pattern: &str) -> Why {
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        return Why::TooLarge;
    }
    let text = error.to_string();
    let last = text.lines().rev().find_map(|line| line.strip_prefix("error: "));
    let reason = last.unwrap_or("it cannot be read").to_owned();
    let looks = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|start| pattern.contains(start));
    if looks && reason.contains("look-around") {
        Why::LookAround
    } else if reason.contains("backreference") {
        Why::Backreference
    } else {
        Why::Invalid(reason)
    }
}

fn explain(why: &Why, pattern: &str, span: Span) -> Diagnostic {
    let finding = |message: String| Diagnostic::new(Code::T204, span, message);
    match why {
        Why::TooLarge => finding(format!(
            "the pattern needs more than {} KiB when it is compiled",
            limits::REGEX_BYTES / 1024
        ))
        .help("smaller repetitions and `[0-9]` instead of `\\d` (which is the digits of every script) need less")
        .help("for a list of values write `is in { … }`; for a range of numbers `at least`"),
        Why::LookAround => finding(
            "patterns cannot look ahead or behind (`(?=`, `(?!`, `(?<=`, `(?<!`)".to_owned(),
        )
        .help("write two conditions: `title matches /…/ and not title matches /…/`"),
        Why::Backreference => {
            finding("patterns cannot refer back to what a group matched (`\\1`)".to_owned())
                .help("write the alternatives out, or compare in two conditions")
        }
        Why::Invalid(reason) => finding(format!("`/{pattern}/` is no pattern: {reason}"))
            .help("for plain text write `is`, `contains`, `starts with`, or `like` with `*`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, exact: bool, text: &str) -> bool {
        compile(pattern, exact).unwrap().is_match(text)
    }

    fn refusal(pattern: &str) -> String {
        explain(&compile(pattern, true).unwrap_err(), pattern, Span::default()).message
    }

    #[test]
    fn a_pattern_is_about_the_whole_value() {
        assert!(check("R[0-9]{4}", false, "r1234"));
        assert!(!check("R[0-9]{4}", true, "r1234"));
        assert!(!check("R[0-9]{4}", false, "R12345"));
        assert!(!check("a|b", false, "ab"));
        assert!(check("a\\z|b", false, "a"));
        assert!(check("(?x) a # a comment", false, "a"));
        assert!(check("(?i)a", true, "A"));
    }

    #[test]
    fn a_pattern_is_compared_in_nfc() {
        assert!(check("Ame\u{301}lie", true, "Am\u{e9}lie"));
    }

    #[test]
    fn parentheses_of_ours_mend_nothing() {
        assert!(refusal("a)(?:b").contains("unopened group"));
        assert!(refusal("(a").contains("unclosed group"));
    }

    #[test]
    fn what_is_not_supported_is_explained() {
        assert!(refusal("(?=a)b").contains("look ahead"));
        assert!(refusal("(?<!a)b").contains("look ahead"));
        assert!(refusal("(a)\\1").contains("refer back"));
        assert!(refusal("\\w{200}").contains("64 KiB"));
        assert!(
            refusal(&format!("{}a{}", "(".repeat(500), ")".repeat(500))).contains("no pattern")
        );
    }
}
