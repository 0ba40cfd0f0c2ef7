//! Properties: no text panics, printing and parsing are inverse, formatting keeps what matters.

use proptest::prelude::*;

use provisor::diagnostic::Severity;
use provisor::rules::format::{Style, format, print};
use provisor::rules::load::{Memory, load};
use provisor::rules::source::Source;

use super::plain::parsed;
use super::strategy;

/// Pieces of rules and of mistakes, to be put in any order.
const TOKENS: &[&str] = &[
    "provisioning 1",
    "assignment",
    "default",
    "grant",
    "never",
    "\"A\"",
    "\"",
    "'",
    "“",
    "”",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ";",
    "#",
    "##",
    "//",
    "/*",
    "*/",
    "\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "match",
    "except",
    "seats",
    "home",
    "workspaces",
    "capture",
    "option",
    "update",
    "automatic",
    "manual",
    "none",
    "all",
    "others",
    "everyone",
    "title",
    "is",
    "not",
    "in",
    "group",
    "groups",
    "any",
    "no",
    "like",
    "matches",
    "/x/",
    "/",
    "\\",
    "and",
    "or",
    "=",
    "==",
    "!=",
    "&&",
    "||",
    "!",
    "-eq",
    "-not",
    "<",
    ">=",
    "5",
    "007",
    "-1.5e3",
    "%",
    "true",
    "True",
    "null",
    "emea",
    "Gong",
    "web-conferences",
    "é",
    "\u{202e}",
    "\u{a0}",
    "\u{0}",
    "seat",
    "set",
    "profile order",
    "user",
    "test",
    "prove",
    "given",
    "expect",
    "with",
    "every",
    "where",
    "has",
    "limit",
    "requires",
    "as",
    "directly",
    "pr",
    "sw",
    "starts",
    "urn:a:b",
    ".",
    "$ref",
    "+",
    "-",
    "use",
    "include",
    "catalogue",
    "setting",
    "else",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_tree(text in any::<String>()) {
        sound(&text);
    }

    #[test]
    fn any_bytes_give_a_tree(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let tree = load(&Memory::new().with("it.rules", bytes), "it.rules");
        prop_assert_eq!(tree.files.len(), 1);
    }

    #[test]
    fn any_soup_of_tokens_gives_a_tree(
        tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 0..60),
        glue in proptest::sample::select(vec!["", " "]),
    ) {
        sound(&tokens.join(glue));
    }

    #[test]
    fn what_is_printed_parses_to_the_same_tree(file in strategy::file(), scim in any::<bool>()) {
        let style = if scim { Style::Scim } else { Style::Words };
        let text = print(&file, style);
        let (_, parsed) = parsed(&text);
        let errors: Vec<_> = parsed.diagnostics.iter().filter(|d| d.severity() == Severity::Error).collect();
        prop_assert!(errors.is_empty(), "{errors:#?}\n{text}");
        prop_assert!(parsed.file == file, "{:#?}\n{}", parsed.file, text);
        prop_assert_eq!(formatted(&text, style), text);
    }

    #[test]
    fn formatting_keeps_tree_and_comments(
        file in strategy::file(),
        places in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..6), 0..12),
    ) {
        let text = disturbed(&print(&file, Style::Words), &places);
        let once = formatted(&text, Style::Words);
        prop_assert!(parsed(&once).1.file == parsed(&text).1.file, "\n{}\n---\n{}", &text, &once);
        prop_assert_eq!(comments(&once), comments(&text), "\n{}\n---\n{}", &text, &once);
        prop_assert_eq!(&formatted(&once, Style::Words), &once, "\n{}", &text);
    }
}

/// Parses, and sees that every finding can be shown.
fn sound(text: &str) {
    let (source, parsed) = parsed(text);
    for found in &parsed.diagnostics {
        assert!(!found.message.is_empty() && !found.message.ends_with('.'), "{}", found.message);
        for span in [found.span].into_iter().chain(found.related.iter().map(|related| related.span))
        {
            assert!(span.start <= span.end && span.end as usize <= text.len(), "{found:?}");
            assert!(text.is_char_boundary(span.start as usize), "{found:?}");
            assert!(text.is_char_boundary(span.end as usize), "{found:?}");
        }
        for edit in found.fixes.iter().flat_map(|fix| &fix.edits) {
            assert!(edit.span.end as usize <= text.len(), "{found:?}");
            assert!(
                edit.span.start == edit.span.end || !source.slice(edit.span).is_empty(),
                "{found:?}"
            );
        }
    }
}

fn formatted(text: &str, style: Style) -> String {
    format(&Source::new("it.rules", text), style)
        .unwrap_or_else(|found| panic!("{found:#?}\n{text}"))
}

/// Puts comments, blank lines and other line ends where they may stand.
fn disturbed(text: &str, places: &[(proptest::sample::Index, usize)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (count, (place, what)) in places.iter().enumerate() {
        let at = place.index(lines.len());
        match what {
            0 => lines[at].push_str(&format!("  # behind {count}")),
            1 => lines.insert(at + 1, format!("    # alone {count}")),
            2 => lines.insert(at + 1, "\n\n".to_owned()),
            3 => lines.insert(at + 1, format!("## double {count}")),
            4 => lines[at].push_str(" \t"),
            _ => lines.insert(at + 1, format!("\n  ## stray {count}\n")),
        }
    }
    lines.join("\r\n")
}

/// All comments of a text, in no order. Texts of this module have no `#` in their quotes.
fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut inside = false;
        let mut escaped = false;
        for (at, c) in line.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if inside => escaped = true,
                '"' => inside = !inside,
                '#' if !inside => {
                    found.push(line[at..].trim_end().to_owned());
                    break;
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}
