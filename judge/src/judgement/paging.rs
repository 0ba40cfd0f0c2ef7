//! Lists: pages, sorting, projections (RFC 7644, 3.4.2.3 to 3.4.3 and 3.9; RFC 9865).

use provisor::scim::path::AttrPath;

use super::rule::shown;
use super::{About, Basis, Level, Log, Rule};

pub(super) static RULES: &[&Rule] =
    &[&NUMBERS, &START, &SORT, &ORDER, &PROJECTION, &EXCLUSIVE, &SEARCH];

static NUMBERS: Rule = Rule {
    id: "paging/numbers",
    level: Level::Must,
    covers: &["RFC7644-3.4.3-17", "RFC7644-3.4.3-18"],
    fault: Some("K33"),
    title: "startIndex and count are whole numbers",
    why: "a provider answers 400 or gives another page",
    fix: "send `startIndex=1&count=100`",
};
static START: Rule = Rule {
    id: "paging/start",
    level: Level::Should,
    covers: &["RFC7644-3.4.2.4-12"],
    fault: Some("K33"),
    title: "startIndex counts from 1",
    why: "0 is read as 1, so the second page begins one too early or too late",
    fix: "begin with `startIndex=1`, and go on by adding the number of resources that came",
};
static SORT: Rule = Rule {
    id: "paging/sort-by",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.3-05", "RFC7644-3.4.3-14"],
    fault: None,
    title: "sortBy is the path of one attribute, of a complex one with its sub-attribute",
    why: "a provider answers 400, or sorts by something else",
    fix: "write `sortBy=name.familyName`",
};
static ORDER: Rule = Rule {
    id: "paging/sort-order",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.3-07"],
    fault: None,
    title: "sortOrder is `ascending` or `descending`",
    why: "a provider answers 400, or sorts the other way",
    fix: "write `sortOrder=descending`",
};
static PROJECTION: Rule = Rule {
    id: "paging/projection",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.5-05", "RFC7644-3.4.2.5-07", "RFC7644-3.4.3-06", "RFC7644-3.4.3-09"],
    fault: None,
    title: "attributes and excludedAttributes list paths of attributes",
    why: "what cannot be read is left out or refused",
    fix: "write `attributes=userName,name.familyName`",
};
static EXCLUSIVE: Rule = Rule {
    id: "paging/one-projection",
    level: Level::Must,
    covers: &["RFC7644-3.9-02"],
    fault: None,
    title: "attributes and excludedAttributes are not sent together",
    why: "the RFC does not say which counts",
    fix: "send one of them",
};
static SEARCH: Rule = Rule {
    id: "paging/search",
    level: Level::Must,
    covers: &["RFC7644-3.4.3-05"],
    fault: Some("K18"),
    title: "the body of a search says that it is a SearchRequest",
    why: "a provider answers 400 invalidSyntax",
    fix: "write `\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]`",
};

const SEARCH_URI: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

pub(super) fn judge(about: &About<'_>, basis: &Basis<'_>, log: &mut Log) {
    let asked = |name: &str| about.parameter(name).or_else(|| about.asked(name));
    for name in ["startIndex", "count"] {
        let Some(text) = asked(name) else { continue };
        let number: Option<i64> = text.parse().ok();
        log.check(&NUMBERS, number.is_some(), name, "a whole number", || shown(&text));
        if let (Some(number), "startIndex") = (number, name) {
            log.check(&START, number >= 1, name, "1 or more", || shown(&text));
        }
    }
    if let Some(text) = asked("sortBy") {
        let kind =
            about.endpoint.resource_type().and_then(|name| basis.schemas.resource_type(name));
        let path = AttrPath::parse(&text, basis.schemas);
        let whole = path.as_ref().ok().zip(kind).is_some_and(|(path, kind)| {
            path.resolve(basis.schemas, kind)
                .is_ok_and(|found| found.leaf().is_complex() && found.leaf().sub("value").is_none())
        });
        log.check(&SORT, path.is_ok() && !whole, "sortBy", "a path", || shown(&text));
    }
    if let Some(text) = asked("sortOrder") {
        let known = ["ascending", "descending"].contains(&text.as_str());
        log.check(&ORDER, known, "sortOrder", "`ascending` or `descending`", || shown(&text));
    }
    let mut projections = 0;
    for name in ["attributes", "excludedAttributes"] {
        if let Some(text) = about.parameter(name) {
            projections += 1;
            let read = AttrPath::parse_list(&text, basis.schemas).is_ok();
            log.check(&PROJECTION, read, name, "paths of attributes", || shown(&text));
        }
    }
    if projections > 0 {
        log.check(&EXCLUSIVE, projections == 1, "query", "one of them", || "both".to_owned());
    }
    if about.search && about.method() == "POST" {
        let body = about.body.as_ref().and_then(|body| body.as_object());
        let listed = body.and_then(|body| body.attribute("schemas")).and_then(|one| one.as_array());
        let named =
            listed.is_some_and(|list| list.iter().any(|one| one.as_str() == Some(SEARCH_URI)));
        log.check(&SEARCH, named, "schemas", SEARCH_URI, || "another, or none".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found, request};

    fn of(query: &str) -> Vec<&'static str> {
        found(&request("GET", &format!("/scim/v2/Users?{query}"), ""))
    }

    #[test]
    fn lists_are_asked_for_as_the_rfc_has_it() {
        assert!(of("startIndex=1&count=100&sortBy=name.familyName&sortOrder=ascending").is_empty());
        assert!(of("attributes=userName,name.familyName,emails").is_empty());
        assert!(of("sortBy=emails").is_empty());
        assert_eq!(of("startIndex=0"), ["paging/start"]);
        assert_eq!(of("count=ten"), ["paging/numbers"]);
        assert_eq!(of("sortBy=name"), ["paging/sort-by"]);
        assert_eq!(of("sortOrder=asc"), ["paging/sort-order"]);
        assert_eq!(of("attributes=userName&excludedAttributes=emails"), ["paging/one-projection"]);
    }

    #[test]
    fn a_search_says_what_it_is() {
        let wrong = request("POST", "/scim/v2/.search", r#"{"filter":"title pr"}"#);
        assert_eq!(found(&wrong), ["paging/search"]);
    }
}
