//! A newer version of a catalogue (Y802).

use std::collections::HashSet;

use super::Builtin;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::rules::ast::{Ident, ItemKind};
use crate::rules::source::{FileId, Source, Spanned};
use crate::rules::syntax;

/// What `all` means in a catalogue: every seat, and every capture item that is no veto.
#[derive(Default)]
struct Given {
    seats: Vec<String>,
    captures: Vec<String>,
}

/// Y802 where the table has a newer version; it lists what `all` would gain.
pub(crate) fn hint(table: &[Builtin], name: &Ident, version: &Spanned<u32>) -> Option<Diagnostic> {
    let same = || table.iter().filter(|builtin| builtin.name == name.node);
    let used = same().find(|builtin| builtin.version == version.node)?;
    let newest = same().max_by_key(|builtin| builtin.version)?;
    if newest.version <= used.version {
        return None;
    }
    let (before, after) = (given(used), given(newest));
    let message = format!("catalogue `{}` has a newer version, {}", name.node, newest.version);
    let mut finding = Diagnostic::new(Code::Y802, version.span, message);
    for (keyword, before, after) in
        [("seats", before.seats, after.seats), ("capture", before.captures, after.captures)]
    {
        let gained = gained(&before, &after);
        if !gained.is_empty() {
            finding = finding.help(format!("`{keyword} all` would gain {}", gained.join(", ")));
        }
    }
    Some(finding.fix(
        format!("use version {}", newest.version),
        version.span,
        newest.version.to_string(),
        Applicability::MaybeIncorrect,
    ))
}

fn given(builtin: &Builtin) -> Given {
    let source = Source::new(builtin.title(), builtin.text);
    let parsed = syntax::parse(FileId::default(), &source);
    let mut given = Given::default();
    for item in parsed.file.items {
        match item.node.node {
            ItemKind::Seat(seat) => given.seats.push(seat.id.node),
            ItemKind::Capture(capture) if capture.excludes.is_empty() => {
                given.captures.push(capture.id.node);
            }
            _ => {}
        }
    }
    given
}

fn gained(before: &[String], after: &[String]) -> Vec<String> {
    let before: HashSet<&String> = before.iter().collect();
    after.iter().filter(|id| !before.contains(id)).map(|id| format!("`{id}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::source::Span;

    const TABLE: &[Builtin] = &[
        Builtin {
            name: "shop",
            version: 1,
            text: "provisioning 1\nseat basic \"Basic\"\ncapture mail \"Mail\"\n",
        },
        Builtin {
            name: "shop",
            version: 2,
            text: "provisioning 1\nseat basic \"Basic\"\nseat extra \"Extra\"\n\
                   capture mail \"Mail\"\ncapture no_mail \"No mail\" excludes mail\n",
        },
    ];

    fn check(name: &str, version: u32) -> Option<Diagnostic> {
        let span = Span::default();
        hint(TABLE, &Spanned::new(name.to_owned(), span), &Spanned::new(version, span))
    }

    #[test]
    fn an_older_version_is_told_what_all_would_gain() {
        let finding = check("shop", 1).unwrap();
        assert_eq!(finding.message, "catalogue `shop` has a newer version, 2");
        assert_eq!(finding.help, ["`seats all` would gain `extra`"]);
    }

    #[test]
    fn the_newest_version_and_others_products_are_left_alone() {
        assert_eq!(check("shop", 2), None);
        assert_eq!(check("store", 1), None);
        assert_eq!(check("shop", 9), None);
    }
}
