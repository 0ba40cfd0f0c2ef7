//! Items, heads of blocks, and lines of tests.

use super::site::Site;
use super::{Guess, Within};
use crate::diagnostic::Code;
use crate::rules::syntax::cst::Kind;
use crate::rules::syntax::scan::{TokenKind, clip};
use crate::rules::syntax::words;

/// `seats: gong`, `title: "Manager"` in a fixture: no colon follows.
pub(super) fn colon_after_keyword(site: &Site<'_>) -> Option<Guess> {
    if site.kind(0) != Some(TokenKind::Colon) || site.index == 0 {
        return None;
    }
    if site.first() == "attribute" {
        return None;
    }
    let keyword = site.index == 1 && site.within != Within::Claim;
    let named = site.index == 2 && matches!(site.within, Within::Item | Within::Test);
    let fixture = site.within == Within::Fixture;
    if !keyword && !named && !fixture || site.expects_word(":") {
        return None;
    }
    let (start, end) = site.place();
    let word = clip(site.word(-1));
    Some(
        Guess::new(
            (start, end),
            format!("no `:` stands between `{word}` and what it says"),
            "remove it",
        )
        .fix("remove `:`", start, end, if touches(site) { " " } else { "" })
        .sure(),
    )
}

/// Whether the next token follows the failing one without a blank.
fn touches(site: &Site<'_>) -> bool {
    let end = site.here().map(|token| token.end);
    site.ahead(1).is_some_and(|next| Some(next.start) == end)
}

/// The name of a rule, test or fixture.
pub(super) fn head(site: &Site<'_>) -> Option<Guess> {
    if site.within != Within::Head {
        return None;
    }
    let (start, end) = site.place();
    if site.first() == "default" && site.index == 1 {
        return Some(
            Guess::new(
                (start, end),
                "`default` is followed by `assignment`",
                "`assignment` is missing here",
            )
            .fix(
                "write `default assignment`",
                start,
                start,
                if site.here().is_some() { "assignment " } else { " assignment" },
            )
            .sure(),
        );
    }
    if site.expects(Kind::Text) && site.here().is_none() {
        let what = match site.first() {
            "default" => "default assignment",
            word => word,
        };
        let article = if what.starts_with('a') { "an" } else { "a" };
        let message = match what {
            "assignment" | "grant" | "never" | "default assignment" | "test" | "prove" => {
                format!("{article} {what} has a name in double quotes")
            }
            _ => "a name in double quotes is missing".to_owned(),
        };
        return Some(
            Guess::new((start, end), message, "the name is missing here")
                .help("reports and tests call it by this name; say whom it is about")
                .fix("name it", start, end, " \"unnamed\""),
        );
    }
    if site.expects(Kind::Ident) && site.is_text(0) {
        return None;
    }
    None
}

/// Parts of one-line items.
pub(super) fn declaration(site: &Site<'_>) -> Option<Guess> {
    if site.within != Within::Item {
        return None;
    }
    let (start, end) = site.place();
    let first = site.first();
    let here = site.word(0);
    match first {
        "provisioning" if site.index == 1 => {
            return Some(
                Guess::new((start, end), "the header is `provisioning 1`", "write `1`")
                    .code(Code::P001)
                    .fix(
                        "write `provisioning 1`",
                        start,
                        whole_end(site, end),
                        if site.here().is_some() { "1" } else { " 1" },
                    ),
            );
        }
        "use" if site.index == 1 && site.is_word(0) && site.kind(1) == Some(TokenKind::Number) => {
            return Some(
                Guess::new(
                    (start, end),
                    "a built-in catalogue is `use catalogue` with its name and version",
                    "`catalogue` is missing before it",
                )
                .fix("write `use catalogue`", start, start, "catalogue ")
                .sure(),
            );
        }
        "use" | "include" if site.index == 1 && site.is_word(0) && here != "catalogue" => {
            let path = site.slice(1, site.len().checked_sub(1)?);
            let (_, close) = site.range(1, site.len().checked_sub(1)?);
            let shown = clip(path);
            return Some(
                Guess::new(
                    (start, close),
                    "the path of a file stands between double quotes",
                    format!("write \"{shown}\""),
                )
                .fix(format!("write \"{shown}\""), start, close, format!("\"{path}\""))
                .sure(),
            );
        }
        "attribute" if site.expects_word("=") && site.kind(0) == Some(TokenKind::Colon) => {
            return Some(
                Guess::new(
                    (start, end),
                    format!(
                        "where the attribute `{}` stands in the payload is not said",
                        clip(site.word(-1))
                    ),
                    "its path is missing before this",
                )
                .help("write `attribute name = \"urn:…:path\" : text`"),
            );
        }
        "set" | "attribute" if site.expects_word("=") => {
            let before = site.end_before();
            let colon = site.kind(0) == Some(TokenKind::Colon);
            let to = if colon { end } else { before };
            return Some(
                Guess::new(
                    (before, before),
                    format!("`=` is missing behind the name of this {first}"),
                    "write `=`",
                )
                .fix("write `=`", before, to, " =")
                .sure(),
            );
        }
        "set"
            if (site.expects(Kind::Values) || site.expects_word("{"))
                && (site.is_text(0) || site.kind(0) == Some(TokenKind::Number)) =>
        {
            let (_, close) = site.range(site.index, site.len().checked_sub(1)?);
            return Some(
                Guess::new(
                    (start, close),
                    "the values of a set stand between braces",
                    "write `{` and `}` round them",
                )
                .fix("add the braces", start, start, "{ ")
                .edit(close, close, " }")
                .sure(),
            );
        }
        "attribute" if site.expects_word(":") => {
            let before = site.end_before();
            let (to, text) =
                if site.here().is_some() { (start, " : ") } else { (before, " : text") };
            return Some(
                Guess::new(
                    (before, before),
                    "the type of this attribute is not said",
                    "`: text` or another type is missing here",
                )
                .help(
                    "`text`, `flag`, `number` or `date`, with `list` before it for several values",
                )
                .fix("write the type", before, to, text),
            );
        }
        "profile" if site.expects_word("<") && matches!(site.word(0), "," | ">") => {
            return Some(
                Guess::new(
                    (start, end),
                    "a profile order goes from the lowest to the highest, with `<` between",
                    "write `<`",
                )
                .fix("write `<`", start, end, " <"),
            );
        }
        _ => {}
    }
    let label = site.expects(Kind::Label) || site.expects(Kind::Text) && site.index == 2;
    if label && matches!(first, "seat" | "profile" | "workspace" | "capture" | "option") {
        let name = site.word(-1);
        let label = people(name);
        let before = site.end_before();
        return Some(
            Guess::new(
                (before, before),
                format!("the name of `{}` for people is missing", clip(name)),
                format!("write \"{label}\""),
            )
            .help("reports show it; write it as the product does")
            .fix(format!("write \"{label}\""), before, before, format!(" \"{label}\"")),
        );
    }
    let parts = match first {
        "seat" => "`as`, `limit`, `requires`",
        "profile" => "`as`, `requires`",
        "capture" => "`as`, `requires` or `excludes`",
        "workspace" => "`as`, `profiles`",
        _ => return None,
    };
    let part = matches!(here, "as" | "limit" | "reserve" | "requires" | "excludes" | "profiles");
    if part && parts.contains(&format!("`{here}`")) {
        return Some(
            Guess::new(
                (start, end),
                format!("`{here}` stands in the wrong order"),
                "stands further to the front",
            )
            .help(format!("behind its name a {first} has {parts}, in this order")),
        );
    }
    if part {
        return Some(
            Guess::new((start, end), format!("a {first} has no `{here}`"), "not known here")
                .help(format!("behind its name a {first} has {parts}")),
        );
    }
    if words::begins_item(
        &crate::rules::syntax::scan::Scan::new(
            crate::rules::source::FileId(0),
            site.slice(site.index, site.len().checked_sub(1)?),
        ),
        0,
    ) {
        return Some(
            Guess::new(
                (start, end),
                format!("`{here}` begins on a line of its own"),
                "a new item begins here",
            )
            .fix("begin a new line", site.end_before(), start, "\n"),
        );
    }
    None
}

/// `seat "Base"`: the name that rules use is missing before the one for people.
pub(super) fn id_missing(site: &Site<'_>) -> Option<Guess> {
    let first = site.first();
    let named = matches!(first, "seat" | "profile" | "workspace" | "capture" | "option");
    if site.within != Within::Item || !named || site.index != 1 || !site.is_text(0) {
        return None;
    }
    let (start, end) = site.place();
    let label = site.word(0).trim_matches('"').to_lowercase();
    let words = label.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_");
    let guess = Guess::new(
        (start, end),
        format!("the name by which rules call this {first} is missing before its label"),
        "a name of small letters stands before it",
    );
    let usable = name.starts_with(|c: char| c.is_ascii_lowercase()) && !words::is_reserved(&name);
    Some(if usable {
        guess.fix(format!("write `{name}`"), start, start, format!("{name} "))
    } else {
        guess.help(format!("write `{first} name \"Label\"`"))
    })
}

/// Byte after the token, or the end of the piece for a value of several tokens.
fn whole_end(site: &Site<'_>, end: usize) -> usize {
    site.len().checked_sub(1).map_or(end, |last| site.range(last, last).1.max(end))
}

/// `web_conferences` for people: `Web conferences`.
fn people(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => words,
    }
}

/// Lines of a test.
pub(super) fn test_line(site: &Site<'_>) -> Option<Guess> {
    if site.within != Within::Test {
        return None;
    }
    let (start, end) = site.place();
    // `expect seat gong, engage`
    if site.word(-2) == "seat" && site.kind(0) == Some(TokenKind::Comma) {
        let (from, to) = site.range(site.index.checked_sub(2)?, site.index.checked_sub(2)?);
        return Some(
            Guess::new(
                (from, to),
                "`seat` names one seat among others, `seats` all of them",
                "write `seats`",
            )
            .fix("write `seats`", from, to, "seats"),
        );
    }
    // `expect workspace emea: rep`
    if site.kind(0) == Some(TokenKind::Colon) {
        return Some(
            Guess::new(
                (start, end),
                format!("no `:` stands behind `{}` here", clip(site.word(-1))),
                "remove it",
            )
            .fix("remove `:`", start, end, "")
            .sure(),
        );
    }
    None
}
