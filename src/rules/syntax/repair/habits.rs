//! Conditions in the habits of other products: functions, membership, attributes left out.

use super::Guess;
use super::lists::closing;
use super::site::{Site, is_joint, is_literal};
use crate::diagnostic::Code;
use crate::rules::syntax::cst::Kind;
use crate::rules::syntax::scan::{TokenKind, clip};
use crate::rules::syntax::words;

/// `match all`, `match true`, `match *`.
pub(super) fn everyone(site: &Site<'_>) -> Option<Guess> {
    const WORDS: &[&str] = &["all", "true", "any", "anyone", "anybody", "everybody", "always", "*"];
    let star = site.word(0) == "*";
    let at = if star { site.index } else { site.index.checked_sub(1)? };
    if !site.in_condition() || at != 1 || site.token(at + 1).is_some() {
        return None;
    }
    let written = site.slice(at, at);
    if !WORDS.iter().any(|word| word.eq_ignore_ascii_case(written)) {
        return None;
    }
    let (start, end) = site.range(at, at);
    Some(
        Guess::new(
            (start, end),
            format!("`{written}` is no condition; all people are `everyone`"),
            "write `everyone`",
        )
        .fix("write `everyone`", start, end, "everyone")
        .sure(),
    )
}

/// What a function of another product becomes.
enum Becomes {
    /// A test of one group by its name.
    Group,
    /// The same by its id.
    GroupId,
    /// A test of several groups by their ids.
    AnyGroupId,
    /// A test of groups by the beginning of their names.
    GroupStarts,
    /// A comparison of the first argument with the second.
    Compare(&'static str),
}

/// Functions, in small letters.
const FUNCTIONS: &[(&str, Becomes)] = &[
    ("ismemberofgroupname", Becomes::Group),
    ("memberof", Becomes::Group),
    ("ingroup", Becomes::Group),
    ("ismemberof", Becomes::Group),
    ("ismemberofgroup", Becomes::GroupId),
    ("ismemberofanygroup", Becomes::AnyGroupId),
    ("ismemberofgroupnamestartswith", Becomes::GroupStarts),
    ("string.startswith", Becomes::Compare("starts with")),
    ("string.endswith", Becomes::Compare("ends with")),
    ("string.stringcontains", Becomes::Compare("contains")),
    ("string.contains", Becomes::Compare("contains")),
    ("startswith", Becomes::Compare("starts with")),
    ("endswith", Becomes::Compare("ends with")),
    ("contains", Becomes::Compare("contains")),
];

/// `isMemberOfGroupName("Sales")`, `String.startsWith(user.title, "x")`.
pub(super) fn function(site: &Site<'_>) -> Option<Guess> {
    if !site.in_condition() || site.kind(0) != Some(TokenKind::Open(b')')) {
        return None;
    }
    let path = site.path_before(site.index)?;
    let name = site.slice(path, site.index.checked_sub(1)?);
    let (_, becomes) = FUNCTIONS.iter().find(|(f, _)| f.eq_ignore_ascii_case(name))?;
    let close = closing(site, site.index)?;
    let inside = site.index + 1..close;
    let texts: Vec<&str> = inside
        .clone()
        .filter_map(|at| site.token(at))
        .filter(|token| token.kind == TokenKind::Text)
        .map(|token| site.text(token))
        .collect();
    let first = texts.first().copied()?;
    let new = match becomes {
        Becomes::Group => format!("in group {first}"),
        Becomes::GroupId => format!("in group id {first}"),
        Becomes::AnyGroupId => {
            let ids: Vec<String> = texts.iter().map(|id| format!("id {id}")).collect();
            format!("in any group {{ {} }}", ids.join(", "))
        }
        Becomes::GroupStarts => {
            format!("in any group {{ like {}*\" }}", first.strip_suffix('"')?)
        }
        Becomes::Compare(words) => {
            let comma = inside.clone().find(|at| site.kind_at(*at) == Some(TokenKind::Comma))?;
            let path = site.slice(inside.start, comma.checked_sub(1)?);
            let path = path.strip_prefix("user.").unwrap_or(path);
            format!("{path} {words} {first}")
        }
    };
    let (start, end) = site.range(path, close);
    let shown = clip(&new);
    Some(
        Guess::new(
            (start, end),
            format!("conditions have no functions, such as `{}`", clip(name)),
            format!("write `{shown}`"),
        )
        .code(Code::P003)
        .fix(format!("write `{shown}`"), start, end, new),
    )
}

/// Phrases for membership in a group, in small letters.
const MEMBERSHIP: &[(&str, &str)] = &[
    ("is in", "in"),
    ("is not in", "not in"),
    ("member of", "in"),
    ("memberof", "in"),
    ("ismemberof", "in"),
    ("is member of", "in"),
    ("is a member of", "in"),
    ("not member of", "not in"),
    ("is not member of", "not in"),
    ("is not a member of", "not in"),
    ("belongs to", "in"),
    ("has group", "in group"),
];

/// `is in group "A"`, `IN GROUP "A"`, `user is a member of "A"`.
pub(super) fn membership(site: &Site<'_>) -> Option<Guess> {
    const LONGEST: usize = 10;
    if !site.in_condition() {
        return None;
    }
    // All words round the failure, from the beginning of the condition to what is no word.
    let mut from = site.index;
    while let Some(before) = from.checked_sub(1).filter(|before| *before > 0) {
        let token = site.token(before)?;
        let word = site.text(token);
        let part = token.kind == TokenKind::Word && !is_joint(word) && !is_literal(site, token);
        if !part || site.index - before > LONGEST {
            break;
        }
        from = before;
    }
    let mut to = from;
    while site.kind_at(to) == Some(TokenKind::Word) && to - from < LONGEST {
        to += 1;
    }
    // Words of the group test itself stay.
    let all: Vec<String> = (from..to).map(|at| site.slice(at, at).to_ascii_lowercase()).collect();
    let group = |word: &String| matches!(&**word, "group" | "groups");
    let quantifier = |word: &String| matches!(&**word, "any" | "all" | "no");
    let tail = all.iter().position(|word| group(word) || quantifier(word)).unwrap_or(all.len());
    let (head, tail) = (all.get(..tail)?, all.get(tail..)?);
    let one = site.kind_at(to) == Some(TokenKind::Text);
    let tail = match tail {
        [] => match site.kind_at(to) {
            Some(TokenKind::Text) => "group",
            Some(TokenKind::Open(_)) => "any group",
            _ => return None,
        },
        [word] if group(word) => match site.kind_at(to) {
            Some(TokenKind::Open(_)) => "any group",
            _ => "group",
        },
        [how, word] if quantifier(how) && group(word) => match &**how {
            "all" => "all groups",
            "no" => "no group",
            _ => "any group",
        },
        _ => return None,
    };
    let explicit = head.len() < all.len();
    let head = head.join(" ");
    // A subject such as `user` says nothing: every condition is about the person.
    let bare = ["user ", "person ", "member "]
        .iter()
        .find_map(|subject| head.strip_prefix(subject).filter(|rest| *rest != "of"));
    let head = bare.unwrap_or(&head);
    let meant = match MEMBERSHIP.iter().find(|(phrase, _)| *phrase == head) {
        // Without `group`, an attribute or values may be meant.
        Some((phrase, _)) if phrase.ends_with(" in") && !explicit => return None,
        Some((_, meant)) => *meant,
        None if matches!(head, "in" | "not in") && explicit => head,
        None => return None,
    };
    let meant = if meant.ends_with("group") { meant.to_owned() } else { format!("{meant} {tail}") };
    let last = to.checked_sub(1)?;
    let written = site.slice(from, last);
    // A group test in its own words is explained where groups are.
    let ours = matches!(head, "in" | "not in") && !written.eq_ignore_ascii_case(&meant);
    if ours || written == meant || one && tail.contains(' ') {
        return None;
    }
    let (start, end) = site.range(from, last);
    let message = if written.eq_ignore_ascii_case(&meant) {
        format!("`{written}` is written `{meant}`")
    } else {
        format!("`{}` is not how groups are tested; write `{meant}`", clip(written))
    };
    Some(
        Guess::new((start, end), message, format!("write `{meant}`"))
            .fix(format!("write `{meant}`"), start, end, meant)
            .sure(),
    )
}

/// `title is "x" or is "y"`, `title is not "x" and not "y"`: each condition names its attribute.
pub(super) fn attribute_left_out(site: &Site<'_>) -> Option<Guess> {
    if !site.in_condition() {
        return None;
    }
    let value = site.here().is_some_and(|token| is_literal(site, token));
    // `or not "y"`
    let bare_not = value && site.word(-1).eq_ignore_ascii_case("not");
    let at = if bare_not {
        site.index.checked_sub(1)?
    } else {
        let path = site.path_before(site.index)?;
        words::begins_comparison(site.slice(path, path)).then_some(path)?
    };
    let joint = at.checked_sub(1)?;
    if !is_joint(site.slice(joint, joint)) {
        return None;
    }
    let value = joint.checked_sub(1)?;
    let token = site.token(value)?;
    if !is_literal(site, token) && token.kind != TokenKind::Regex {
        return None;
    }
    // The attribute of the condition before.
    let (path, operator) = (1..=3).find_map(|back| {
        let from = value.checked_sub(back)?;
        let operator = words::begins_comparison(site.slice(from, from));
        site.path_before(from).filter(|_| operator).map(|path| (path, from))
    })?;
    let name = site.slice(path, operator.checked_sub(1)?);
    let (start, end) = site.range(at, at);
    let new =
        if bare_not { format!("{name} is not") } else { format!("{name} {}", site.slice(at, at)) };
    let shown = clip(&new);
    Some(
        Guess::new(
            (start, end),
            format!("each condition names its attribute: `{}` is missing here", clip(name)),
            format!("write `{shown}`"),
        )
        .help("for one of several values write `is in { \"…\", \"…\" }`")
        .fix(format!("write `{shown}`"), start, end, new),
    )
}

/// `title contains not "x"`: `not` stands before the attribute.
pub(super) fn misplaced_not(site: &Site<'_>) -> Option<Guess> {
    let value = site
        .ahead(1)
        .is_some_and(|token| is_literal(site, token) || token.kind == TokenKind::Regex);
    if !site.in_condition() || !site.word(0).eq_ignore_ascii_case("not") || !value {
        return None;
    }
    let (path, operator) = (1..=2).find_map(|back| {
        let from = site.index.checked_sub(back)?;
        let operator = site.slice(from, from);
        let begins = words::begins_comparison(operator) && !operator.eq_ignore_ascii_case("is");
        site.path_before(from).filter(|_| begins).map(|path| (path, from))
    })?;
    let name = clip(site.slice(path, operator.checked_sub(1)?));
    let words = site.slice(operator, site.index.checked_sub(1)?);
    let (start, end) = site.place();
    let (before, _) = site.range(path, path);
    let (_, from) = site.range(path, site.index.checked_sub(1)?);
    Some(
        Guess::new(
            (start, end),
            format!("`not` stands before the attribute: `not {name} {words}`"),
            "stands too far behind",
        )
        .fix(format!("write `not {name} {words}`"), before, before, "not ")
        .edit(from, end, "")
        .sure(),
    )
}

/// `title is department`: a value was due, and the word is an attribute of the standard schemas.
pub(super) fn is_attribute(site: &Site<'_>, word: &str) -> bool {
    use crate::scim::schema::Schemas;
    use crate::scim::schema::uri::{ENTERPRISE_USER, USER};
    let first = word.split('.').next().unwrap_or("");
    site.in_condition()
        && site.expects(Kind::Value)
        && [USER, ENTERPRISE_USER].into_iter().any(|uri| {
            // A clone of what is built once.
            let schemas = Schemas::standard();
            schemas.attribute(uri, first).is_some_and(|attribute| attribute.name == first)
        })
}
