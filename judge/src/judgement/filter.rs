//! Filters (RFC 7644, 3.4.2.2).

use provisor::Error;
use provisor::scim::filter::{self, Expr, ExprKind, Leniency, Literal, Options, Policy, Test};
use provisor::scim::schema::Schemas;

use super::rule::shown;
use super::{About, Basis, Endpoint, Level, Log, Rule};

pub(super) static RULES: &[&Rule] =
    &[&GRAMMAR, &QUOTED, &ESCAPED, &SPELLING, &ATTRIBUTE, &COMPLEX, &PERSONAL];

static GRAMMAR: Rule = Rule {
    id: "filter/grammar",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-07", "RFC7644-3.4.2.2-08"],
    fault: None,
    title: "filters keep to the grammar of RFC 7644, Figure 1",
    why: "a provider answers 400 invalidFilter, and the look-up finds nobody",
    fix: "write `attribute operator \"value\"`, one blank between them",
};
static QUOTED: Rule = Rule {
    id: "filter/quoted",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.2-33"],
    fault: Some("K05"),
    title: "text in a filter stands in double quotes",
    why: "a provider answers 400 invalidFilter, or reads another value",
    fix: "write `userName eq \"ann@x.example\"`",
};
static ESCAPED: Rule = Rule {
    id: "filter/escaped",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.2-33"],
    fault: Some("K06"),
    title: "quotes and backslashes in a value are escaped as in JSON",
    why: "a name with a quote breaks the filter, and can make it ask for somebody else",
    fix: "write the value with a JSON library: `\"a\\\"b\"`",
};
static SPELLING: Rule = Rule {
    id: "filter/spelling",
    level: Level::Should,
    covers: &["RFC7644-3.4.2.2-33"],
    fault: None,
    title: "filters are spelled as the grammar has it: one blank, small letters for true and false",
    why: "strict providers answer 400 invalidFilter",
    fix: "write one blank between words and none inside brackets",
};
static ATTRIBUTE: Rule = Rule {
    id: "filter/attribute",
    level: Level::Must,
    covers: &["RFC7644-3.1-06"],
    fault: Some("K08"),
    title: "filters ask for attributes and comparisons that the provider's schemas have",
    why: "a provider answers 400 invalidFilter, or finds nobody",
    fix: "read `/Schemas`, and ask only for what is in it, in the comparisons of its type",
};
static COMPLEX: Rule = Rule {
    id: "filter/complex",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.2-38"],
    fault: Some("K08"),
    title: "a filter on a complex attribute names one of its sub-attributes",
    why: "`emails eq` says not whether the address or its type is meant",
    fix: "write `emails.value eq \"…\"` or `emails[type eq \"work\"]`",
};
static PERSONAL: Rule = Rule {
    id: "filter/personal",
    level: Level::Note,
    covers: &["RFC7644-3.12-32", "RFC7644-7.5.2-01", "RFC7644-7.5.2-02"],
    fault: None,
    title: "e-mail addresses, phone numbers and names are asked for by POST to `/.search`",
    why: "URLs are logged on the way; identity providers do it all the same, and providers expect it",
    fix: "use `/.search` where the provider has it",
};

/// Attributes whose values say who somebody is.
const PERSONS: &[&str] = &["userName", "emails", "phoneNumbers", "name", "addresses"];

pub(super) fn judge(about: &About<'_>, basis: &Basis<'_>, log: &mut Log) {
    let Some(text) = about.filter() else { return };
    for rule in [&GRAMMAR, &QUOTED, &ESCAPED, &SPELLING] {
        log.looked(rule);
    }
    match filter::parse(&text, basis.schemas, Options::tolerant()) {
        Err(error) => unread(&text, &error, log),
        Ok(filter) => {
            for tolerated in &filter.tolerated {
                let leniency = tolerated.leniency;
                let rule = match leniency {
                    Leniency::BareWord | Leniency::SingleQuotes => &QUOTED,
                    Leniency::ElementComparison => &GRAMMAR,
                    _ => &SPELLING,
                };
                let told = format!("{} in {}", leniency.message(), shown(&text));
                log.found(rule, "filter", leniency.help(), told);
            }
            fits(about, &filter, &text, basis.schemas, log);
        }
    }
}

fn unread(text: &str, error: &Error, log: &mut Log) {
    let (rule, expected) = if badly_escaped(text) {
        (&ESCAPED, "`\\\"` for a quote and `\\\\` for a backslash".to_owned())
    } else {
        (&GRAMMAR, error.advice().unwrap_or("a filter").to_owned())
    };
    log.found(rule, "filter", expected, format!("{}: {}", error.message(), shown(text)));
}

/// Whether one comparison of a text has more in it than its quotes allow.
fn badly_escaped(text: &str) -> bool {
    let Some((_, value)) = text.split_once('"') else { return false };
    let mut quotes = 1;
    let mut odd_escape = false;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quotes += 1,
            '\\' => {
                let next = chars.next();
                odd_escape |= !next.is_some_and(|next| "\"\\/bfnrtu".contains(next));
            }
            _ => {}
        }
    }
    odd_escape || quotes % 2 == 1 || {
        // `eq "a"b"c"`: even, and text stands right behind a quote.
        let inner = value.strip_suffix('"').unwrap_or(value);
        inner.contains('"') && !inner.contains("\" ") && !inner.contains("\"]")
    }
}

fn fits(about: &About<'_>, filter: &filter::Filter, text: &str, schemas: &Schemas, log: &mut Log) {
    let types: &[&str] = match about.endpoint {
        Endpoint::Root => &["User", "Group"],
        Endpoint::Groups => &["Group"],
        _ => &["User"],
    };
    for rule in [&ATTRIBUTE, &COMPLEX] {
        log.looked(rule);
    }
    let mut paths = Vec::new();
    attributes(&filter.root, &mut paths);
    let types = types.iter().filter_map(|name| schemas.resource_type(name));
    let mut refused: Option<Error> = None;
    let mut fitted = false;
    for one in types {
        let complex = paths.iter().any(|(path, bare)| {
            *bare && path.resolve(schemas, one).is_ok_and(|found| found.leaf().is_complex())
        });
        if complex {
            log.found(&COMPLEX, "filter", "a sub-attribute such as `.value`", shown(text));
            return;
        }
        match filter.validate(schemas, &one.name, Policy::default()) {
            Ok(_) => fitted = true,
            Err(error) => refused = Some(error),
        }
    }
    if let Some(error) = refused.filter(|_| !fitted) {
        let expected = error.advice().unwrap_or("what `/Schemas` has").to_owned();
        log.found(&ATTRIBUTE, "filter", expected, format!("{}: {}", error.message(), shown(text)));
    }
    if !about.search {
        let personal = paths
            .iter()
            .any(|(path, _)| PERSONS.iter().any(|one| one.eq_ignore_ascii_case(&path.name)))
            && has_text(&filter.root);
        log.check(&PERSONAL, !personal, "query", "POST to `/.search`", || shown(text));
    }
}

/// The attributes that a condition compares, each with whether it is compared as a whole.
fn attributes<'e>(expr: &'e Expr, paths: &mut Vec<(&'e provisor::scim::path::AttrPath, bool)>) {
    match &expr.node {
        ExprKind::Or(parts) | ExprKind::And(parts) => {
            parts.iter().for_each(|part| attributes(part, paths));
        }
        ExprKind::Not(part) => attributes(part, paths),
        ExprKind::Compare { path, test } => {
            paths.push((&path.node, matches!(test, Test::Value(..))));
        }
        ExprKind::Element { path, .. } => paths.push((&path.node, false)),
    }
}

fn has_text(expr: &Expr) -> bool {
    match &expr.node {
        ExprKind::Or(parts) | ExprKind::And(parts) => parts.iter().any(has_text),
        ExprKind::Not(part) => has_text(part),
        ExprKind::Compare { test, .. } => {
            matches!(test, Test::Value(_, literal) if matches!(literal.node, Literal::Text(_)))
        }
        ExprKind::Element { inner, .. } => has_text(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found, request};
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    fn of(filter: &str) -> Vec<&'static str> {
        let encoded = utf8_percent_encode(filter, NON_ALPHANUMERIC);
        let mut found = found(&request("GET", &format!("/scim/v2/Users?filter={encoded}"), ""));
        found.retain(|id| *id != "filter/personal");
        found
    }

    #[test]
    fn correct_filters_are_not_complained_about() {
        for filter in [
            "userName eq \"ann@x.example\"",
            "emails[type eq \"work\"].value pr or id eq \"1\"",
            "displayName eq \"a\\\"b\\\\c\"",
            "active eq true and title pr",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"x\"",
            "emails.value eq \"a@b\"",
        ] {
            let found = of(filter);
            let ok = found.is_empty() || filter.contains("].value pr");
            assert!(ok, "{filter}: {found:?}");
        }
    }

    #[test]
    fn mistakes_are_told_apart() {
        for (filter, rule) in [
            ("userName eq ann@x.example", "filter/quoted"),
            ("userName eq jyoung", "filter/quoted"),
            ("userName eq 'ann'", "filter/quoted"),
            ("displayName eq \"a\"b\"", "filter/escaped"),
            ("displayName eq \"a\\c\"", "filter/escaped"),
            ("userName eq", "filter/grammar"),
            ("userName eq  \"a\"", "filter/spelling"),
            ("shoeSize eq \"a\"", "filter/attribute"),
            ("active gt true", "filter/attribute"),
            ("emails eq \"a@b\"", "filter/complex"),
            ("name eq \"a\"", "filter/complex"),
        ] {
            assert_eq!(of(filter), [rule], "{filter}");
        }
    }

    #[test]
    fn names_in_urls_are_told_about_once_a_look_up() {
        let one = request("GET", "/scim/v2/Users?filter=userName%20eq%20%22a%22", "");
        assert_eq!(found(&one), ["filter/personal"]);
        let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"a\""}"#;
        assert!(found(&request("POST", "/scim/v2/Users/.search", body)).is_empty());
    }
}
