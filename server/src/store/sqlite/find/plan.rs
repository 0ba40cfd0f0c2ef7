//! What of a filter the keys of the tables can answer. Pure: SQL is written in [`super::sql`].
//!
//! The meaning is that of `provisor::scim::filter`: comparisons of text are of the compared form,
//! no value is less or greater than anything, `ne` of an attribute with one value is the negation
//! of `eq`, `ne` of one with several asks for a value that differs. Whatever is not surely the
//! same is left to [`Query::matches`](crate::store::Query::matches).

use provisor::scim::compare::{Instant, compared};
use provisor::scim::filter::{Expr, ExprKind, Literal, Op, Test};
use provisor::scim::path::AttrPath;
use provisor::scim::schema::uri;

use crate::id::{Id, Kind};

/// A condition on keys, and whether it is the whole filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// Holds for every resource that matches.
    pub(super) condition: Condition,
    /// Holds for no other.
    pub(super) exact: bool,
}

/// A condition on the keys of one resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Always,
    Never,
    Key(Key, Ask),
    Email(Ask),
    Id(Id),
    Active(bool),
    HasActive,
    Time(Time, Compare, i64),
    HasMember(Id),
    HasMembers,
    InGroup(Id),
}

/// Text keys with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    UserName,
    DisplayName,
    ExternalId,
}

/// Instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Created,
    Modified,
}

/// What is asked of a text in the compared form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    Present,
    Is(String),
    Differs(String),
    Contains(String),
    Starts(String),
    Ends(String),
    Order(Compare, String),
}

/// An order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Plan {
    /// Of a filter.
    pub(super) fn of(filter: Option<&Expr>, kind: Kind) -> Self {
        match filter {
            Some(filter) => plan(filter, kind),
            None => exact(Condition::Always),
        }
    }
}

/// The upper end of the texts that start with one; `None` if there is none.
pub(super) fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // Between the last character before surrogates and the first behind them is nothing.
        let next =
            if last == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(last as u32 + 1) };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

// Recursion follows the filter, whose depth its parser has limited.
fn plan(filter: &Expr, kind: Kind) -> Plan {
    match &filter.node {
        ExprKind::And(parts) => {
            let plans: Vec<Plan> = parts.iter().map(|part| plan(part, kind)).collect();
            Plan {
                exact: plans.iter().all(|plan| plan.exact),
                condition: Condition::All(plans.into_iter().map(|plan| plan.condition).collect()),
            }
        }
        ExprKind::Or(parts) => {
            let plans: Vec<Plan> = parts.iter().map(|part| plan(part, kind)).collect();
            // One part of which nothing is known makes the whole unknown.
            if plans.iter().any(|plan| !plan.exact && plan.condition == Condition::Always) {
                return unknown();
            }
            Plan {
                exact: plans.iter().all(|plan| plan.exact),
                condition: Condition::Any(plans.into_iter().map(|plan| plan.condition).collect()),
            }
        }
        // What is more than the filter within is less than its negation.
        ExprKind::Not(inner) => match plan(inner, kind) {
            Plan { condition, exact: true } => not(condition),
            Plan { exact: false, .. } => unknown(),
        },
        ExprKind::Compare { path, test } => compare(&path.node, test, kind).unwrap_or_else(unknown),
        ExprKind::Element { path, inner } => {
            element(&path.node, inner, kind).unwrap_or_else(unknown)
        }
    }
}

/// `emails[value eq "x"]`: where an element must have such a value, the attribute has it.
fn element(path: &AttrPath, inner: &Expr, kind: Kind) -> Option<Plan> {
    match &inner.node {
        ExprKind::Compare { path: sub, test } => {
            let is_value = sub.node.schema.is_none()
                && sub.node.sub.is_none()
                && sub.node.name.eq_ignore_ascii_case("value");
            // `ne` and `eq null` hold for an element without a value, too.
            let needs_value = match test {
                Test::Present => true,
                Test::Value(op, literal) => *op != Op::Ne && literal.node != Literal::Null,
            };
            if !is_value || !needs_value || path.sub.is_some() {
                return None;
            }
            let path = AttrPath { sub: Some("value".to_owned()), ..path.clone() };
            compare(&path, test, kind)
        }
        ExprKind::And(parts) => {
            let parts: Vec<Condition> = parts
                .iter()
                .filter_map(|part| element(path, part, kind))
                .map(|plan| plan.condition)
                .collect();
            if parts.is_empty() {
                return None;
            }
            Some(Plan { condition: Condition::All(parts), exact: false })
        }
        _ => None,
    }
}

fn compare(path: &AttrPath, test: &Test, kind: Kind) -> Option<Plan> {
    let main = match kind {
        Kind::User => uri::USER,
        Kind::Group => uri::GROUP,
    };
    if path.schema.as_ref().is_some_and(|schema| !schema.uri.eq_ignore_ascii_case(main)) {
        return None;
    }
    let name = path.name.to_ascii_lowercase();
    let sub = path.sub.as_deref().map(str::to_ascii_lowercase);
    match (name.as_str(), sub.as_deref(), kind) {
        ("username", None, Kind::User) => key(Key::UserName, test),
        ("displayname", None, _) => key(Key::DisplayName, test),
        ("externalid", None, _) => key(Key::ExternalId, test),
        ("id", None, _) => id(test),
        ("active", None, Kind::User) => active(test),
        ("meta", Some("created"), _) => time(Time::Created, test),
        ("meta", Some("lastmodified"), _) => time(Time::Modified, test),
        // Of `emails` alone presence is that of any part of it.
        ("emails", None, Kind::User) if is_presence(test) => None,
        ("emails", None | Some("value"), Kind::User) => several(test),
        ("members", None | Some("value"), Kind::Group) => member(test),
        ("groups", Some("value"), Kind::User) => group(test),
        ("groups", None, Kind::User) if !is_presence(test) => group(test),
        _ => None,
    }
}

/// A text with one value.
fn key(key: Key, test: &Test) -> Option<Plan> {
    let case_exact = key == Key::ExternalId;
    Some(match test_of(test, case_exact)? {
        Asked::Absent => not(Condition::Key(key, Ask::Present)),
        // It is the negation of `eq`.
        Asked::Ask(Ask::Differs(text)) => not(Condition::Key(key, Ask::Is(text))),
        Asked::Ask(ask) => exact(Condition::Key(key, ask)),
    })
}

/// `emails.value`, of which some value must do.
fn several(test: &Test) -> Option<Plan> {
    Some(match test_of(test, false)? {
        Asked::Absent => not(Condition::Email(Ask::Present)),
        Asked::Ask(ask) => exact(Condition::Email(ask)),
    })
}

enum Asked {
    Absent,
    Ask(Ask),
}

fn test_of(test: &Test, case_exact: bool) -> Option<Asked> {
    let (op, literal) = match test {
        Test::Present => return Some(Asked::Ask(Ask::Present)),
        Test::Value(op, literal) => (*op, &literal.node),
    };
    let text = match (op, literal) {
        (Op::Eq, Literal::Null) => return Some(Asked::Absent),
        (Op::Ne, Literal::Null) => return Some(Asked::Ask(Ask::Present)),
        (_, Literal::Text(text)) => compared(text, case_exact).into_owned(),
        _ => return None,
    };
    Some(Asked::Ask(match op {
        Op::Eq => Ask::Is(text),
        Op::Ne => Ask::Differs(text),
        Op::Co => Ask::Contains(text),
        Op::Sw => Ask::Starts(text),
        Op::Ew => Ask::Ends(text),
        Op::Gt => Ask::Order(Compare::Greater, text),
        Op::Ge => Ask::Order(Compare::GreaterOrEqual, text),
        Op::Lt => Ask::Order(Compare::Less, text),
        Op::Le => Ask::Order(Compare::LessOrEqual, text),
    }))
}

/// Every resource has an `id`, and it is `caseExact` (RFC 7643, 3.1).
fn id(test: &Test) -> Option<Plan> {
    match test {
        Test::Present => Some(exact(Condition::Always)),
        Test::Value(Op::Ne, literal) if literal.node == Literal::Null => {
            Some(exact(Condition::Always))
        }
        Test::Value(Op::Eq, literal) if literal.node == Literal::Null => {
            Some(exact(Condition::Never))
        }
        Test::Value(Op::Eq, literal) => Some(exact(one(&literal.node, Condition::Id)?)),
        Test::Value(Op::Ne, literal) => Some(not(one(&literal.node, Condition::Id)?)),
        Test::Value(..) => None,
    }
}

fn active(test: &Test) -> Option<Plan> {
    let (op, literal) = match test {
        Test::Present => return Some(exact(Condition::HasActive)),
        Test::Value(op, literal) => (*op, &literal.node),
    };
    match (op, literal) {
        (Op::Eq, Literal::Bool(flag)) => Some(exact(Condition::Active(*flag))),
        (Op::Ne, Literal::Bool(flag)) => Some(not(Condition::Active(*flag))),
        (Op::Eq, Literal::Null) => Some(not(Condition::HasActive)),
        (Op::Ne, Literal::Null) => Some(exact(Condition::HasActive)),
        _ => None,
    }
}

/// Instants are kept and shown in milliseconds; those of a filter may be finer.
fn time(time: Time, test: &Test) -> Option<Plan> {
    const MILLI: i128 = 1_000_000;
    let (op, literal) = match test {
        Test::Present => return Some(exact(Condition::Always)),
        Test::Value(op, literal) => (*op, &literal.node),
    };
    let text = match (op, literal) {
        (Op::Eq, Literal::Null) => return Some(exact(Condition::Never)),
        (Op::Ne, Literal::Null) => return Some(exact(Condition::Always)),
        (_, Literal::Text(text)) => text,
        _ => return None,
    };
    let nanos = Instant::parse(text)?.as_nanoseconds();
    let whole = nanos.rem_euclid(MILLI) == 0;
    let below = i64::try_from(nanos.div_euclid(MILLI)).ok()?;
    let above = if whole { below } else { below.checked_add(1)? };
    let at = |compare, millis| exact(Condition::Time(time, compare, millis));
    Some(match op {
        Op::Eq if whole => at(Compare::Equal, below),
        Op::Eq => exact(Condition::Never),
        Op::Ne if whole => not(Condition::Time(time, Compare::Equal, below)),
        Op::Ne => exact(Condition::Always),
        Op::Gt => at(Compare::Greater, below),
        Op::Ge => at(Compare::GreaterOrEqual, above),
        Op::Lt => at(Compare::Less, above),
        Op::Le => at(Compare::LessOrEqual, below),
        // A part of the text of an instant.
        Op::Co | Op::Sw | Op::Ew => return None,
    })
}

/// `members.value`: every member has one.
fn member(test: &Test) -> Option<Plan> {
    match test {
        Test::Present => Some(exact(Condition::HasMembers)),
        Test::Value(Op::Ne, literal) if literal.node == Literal::Null => {
            Some(exact(Condition::HasMembers))
        }
        Test::Value(Op::Eq, literal) if literal.node == Literal::Null => {
            Some(not(Condition::HasMembers))
        }
        Test::Value(Op::Eq, literal) => Some(exact(one(&literal.node, Condition::HasMember)?)),
        Test::Value(..) => Some(Plan { condition: Condition::HasMembers, exact: false }),
    }
}

/// `groups.value`.
fn group(test: &Test) -> Option<Plan> {
    match test {
        Test::Value(Op::Eq, literal) if literal.node != Literal::Null => {
            Some(exact(one(&literal.node, Condition::InGroup)?))
        }
        _ => None,
    }
}

/// A condition on an id; a text that is no id of this server is none of anybody.
fn one(literal: &Literal, condition: fn(Id) -> Condition) -> Option<Condition> {
    match literal {
        Literal::Text(text) => Some(text.parse().map_or(Condition::Never, condition)),
        _ => None,
    }
}

fn is_presence(test: &Test) -> bool {
    match test {
        Test::Present => true,
        Test::Value(_, literal) => literal.node == Literal::Null,
    }
}

fn exact(condition: Condition) -> Plan {
    Plan { condition, exact: true }
}

fn not(condition: Condition) -> Plan {
    exact(Condition::Not(Box::new(condition)))
}

fn unknown() -> Plan {
    Plan { condition: Condition::Always, exact: false }
}

#[cfg(test)]
mod tests {
    use provisor::scim::filter::{self, Options};
    use provisor::scim::schema::Schemas;

    use super::*;

    fn of(text: &str, kind: Kind) -> Plan {
        let filter = filter::parse(text, &Schemas::standard(), Options::lenient()).unwrap();
        Plan::of(Some(&filter.root), kind)
    }

    fn user(text: &str) -> Plan {
        of(text, Kind::User)
    }

    fn is(text: &str) -> Ask {
        Ask::Is(text.to_owned())
    }

    // RFC 7643, 4.1: userName and e-mails compare without regard to case, externalId with (3.1).
    #[test]
    fn comparisons_are_of_the_compared_form() {
        let name = Condition::Key(Key::UserName, is("strasse"));
        assert_eq!(user("USERNAME eq \"Straße\""), exact(name.clone()));
        assert_eq!(
            user("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"STRASSE\""),
            exact(name)
        );
        assert_eq!(user("externalId eq \"Ab\""), exact(Condition::Key(Key::ExternalId, is("Ab"))));
        for text in ["emails eq \"A@b\"", "emails.value eq \"a@B\"", "emails[value eq \"A@B\"]"] {
            assert_eq!(user(text), exact(Condition::Email(is("a@b"))), "{text}");
        }
    }

    // RFC 7644, 3.4.2.2.
    #[test]
    fn ne_negates_eq_of_one_value_and_asks_for_another_of_several() {
        assert_eq!(user("displayName ne \"a\""), not(Condition::Key(Key::DisplayName, is("a"))));
        assert_eq!(
            user("emails.value ne \"a\""),
            exact(Condition::Email(Ask::Differs("a".to_owned())))
        );
        // Within brackets one element is asked, which may have no value.
        assert_eq!(user("emails[value ne \"a\"]"), unknown());
    }

    #[test]
    fn what_keys_do_not_know_is_left_to_the_filter() {
        for text in
            ["title eq \"a\"", "emails pr", "emails.type eq \"work\"", "id sw \"0\"", "groups pr"]
        {
            assert_eq!(user(text), unknown(), "{text}");
        }
        // A group has no such attribute; what that means is not the store's to say.
        assert_eq!(of("userName ne \"a\"", Kind::Group), unknown());
        let part = user("userName eq \"a\" and title eq \"b\"");
        assert!(!part.exact);
        assert_eq!(
            part.condition,
            Condition::All(vec![Condition::Key(Key::UserName, is("a")), Condition::Always])
        );
        assert_eq!(user("userName eq \"a\" or title eq \"b\""), unknown());
        assert_eq!(user("not (userName eq \"a\" and title eq \"b\")"), unknown());
    }

    #[test]
    fn instants_finer_than_a_millisecond_are_rounded_outwards() {
        let at = |text: &str| user(&format!("meta.created {text}"));
        let time = |compare, millis| exact(Condition::Time(Time::Created, compare, millis));
        assert_eq!(at("gt \"1970-01-01T00:00:00.0015Z\""), time(Compare::Greater, 1));
        assert_eq!(at("ge \"1970-01-01T00:00:00.0015Z\""), time(Compare::GreaterOrEqual, 2));
        assert_eq!(at("lt \"1970-01-01T00:00:00.0015Z\""), time(Compare::Less, 2));
        assert_eq!(at("le \"1969-12-31T23:59:59.9985Z\""), time(Compare::LessOrEqual, -2));
        assert_eq!(at("eq \"1970-01-01T00:00:00.0015Z\""), exact(Condition::Never));
        assert_eq!(at("ne \"1970-01-01T00:00:00.0015Z\""), exact(Condition::Always));
        assert_eq!(at("eq \"1970-01-01T01:00:00.001+01:00\""), time(Compare::Equal, 1));
    }

    #[test]
    fn an_id_in_another_spelling_is_nobodys() {
        let id = Id::new();
        assert_eq!(user(&format!("id eq \"{id}\"")), exact(Condition::Id(id)));
        let upper = id.to_string().to_uppercase();
        assert_eq!(user(&format!("id eq \"{upper}\"")), exact(Condition::Never));
        assert_eq!(
            of(&format!("members eq \"{id}\""), Kind::Group),
            exact(Condition::HasMember(id))
        );
        assert_eq!(user(&format!("groups.value eq \"{id}\"")), exact(Condition::InGroup(id)));
    }

    #[test]
    fn the_end_of_a_prefix_is_the_next_text_that_does_not_start_with_it() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(after_prefix("\u{10ffff}"), None);
    }
}
