//! What refused filters and paths say, which leniencies exist, and the limits.

use provisor::ErrorKind;
use provisor::scim::filter::{self, Leniency, Options};
use provisor::scim::patch_path;
use provisor::scim::schema::Schemas;

fn report<'a>(
    texts: impl Iterator<Item = &'a str>,
    read: impl Fn(&str) -> Result<String, provisor::Error>,
) -> String {
    let mut report = String::new();
    for text in texts {
        let error = read(text).expect_err(text);
        let at = error.offset().unwrap();
        let caret = text.get(..at).map_or(0, |before| before.chars().count());
        let advice = error.advice().unwrap();
        report.push_str(&format!("{text}\n{:caret$}^ {}; {advice}\n", "", error.message()));
    }
    report
}

#[test]
fn every_invalid_filter_is_explained() {
    let more = "\n(\n)\nnot\ntitle co\nuserName == \"a\" && title pr\ntitle eq \"\\ud800\"\n\
                emails[type eq \"work\"] pr\ntitle like \"A*\"\ntitle in (\"a\", \"b\")\n\
                title gr 5\nn eq -\nurn:ietf:params:scim:schemas:core:2.0:User eq \"x\"\n\
                é eq \"x\"\ntitle eq (\"a\")\n(title pr]\ntitle pr, active pr\nuserName(eq \"a\")";
    let texts = include_str!("filter-invalid.txt").lines().chain(more.split('\n'));
    let said = report(texts, |text| {
        filter::parse(text, &Schemas::standard(), Options::lenient()).map(|one| one.to_string())
    });
    insta::assert_snapshot!(said);
}

#[test]
fn every_invalid_path_is_explained() {
    let more = "members[value eq \"x\" or]\nmembers.[value pr]\nhttp://host:8080/x\nurn:x:y:\n\
                emails[type eq \"work\"].1st\nemails(type)";
    let texts = include_str!("path-invalid.txt").lines().chain(more.split('\n'));
    let said = report(texts, |text| {
        patch_path::parse(text, &Schemas::standard(), Options::lenient()).map(|one| one.to_string())
    });
    insta::assert_snapshot!(said);
}

/// A text that needs exactly one leniency; how it is read; its place.
#[test]
fn each_leniency_is_accepted_by_name_and_reported() {
    let filters = [
        (Leniency::Blanks, "( title pr)", "title pr", 1..2),
        (Leniency::Blanks, " title pr", "title pr", 0..1),
        (Leniency::Blanks, "not  (title pr)", "not (title pr)", 4..5),
        (Leniency::Dollar, "manager.$ref pr", "manager.$ref pr", 0..12),
        (Leniency::GluedText, "userName eq\"a\"", "userName eq \"a\"", 11..11),
        (Leniency::CapitalLiteral, "active eq True", "active eq true", 10..14),
        (Leniency::CapitalLiteral, "title eq NULL", "title eq null", 9..13),
        (Leniency::SingleQuotes, "title eq 'a (b'", "title eq \"a (b\"", 9..15),
        (Leniency::BareWord, "title eq User", "title eq \"User\"", 9..13),
        (
            Leniency::ElementComparison,
            "emails[type eq \"work\"].value co \"x\"",
            "emails[type eq \"work\" and value co \"x\"]",
            22..35,
        ),
    ];
    let paths = [
        (Leniency::Dollar, "manager.$ref", "manager.$ref", 0..12),
        (
            Leniency::WholeSchema,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            0..58,
        ),
        (Leniency::PathComparison, "schemas eq \"x\"", "schemas[value eq \"x\"]", 0..14),
        (Leniency::PathComparison, "emails.type eq \"x\"", "emails[type eq \"x\"]", 0..18),
    ];
    let schemas = Schemas::standard();
    let mut seen = Vec::new();
    let read_filter = |text: &str, options| {
        filter::parse(text, &schemas, options).map(|one| (one.to_string(), one.tolerated))
    };
    let read_path = |text: &str, options| {
        patch_path::parse(text, &schemas, options).map(|one| (one.to_string(), one.tolerated))
    };
    type Read<'a> =
        &'a dyn Fn(&str, Options) -> Result<(String, Vec<filter::Tolerated>), provisor::Error>;
    let filters = filters.into_iter().map(|case| (&read_filter as Read<'_>, case));
    let paths = paths.into_iter().map(|case| (&read_path as Read<'_>, case));
    for (read, (leniency, text, expected, place)) in filters.chain(paths) {
        seen.push(leniency);
        let (printed, tolerated) = read(text, Options::strict().with(leniency)).unwrap();
        assert_eq!(printed, expected);
        assert_eq!(tolerated.len(), 1, "{text}");
        assert_eq!((tolerated[0].leniency, tolerated[0].place.clone()), (leniency, place));
        let error = read(text, Options::tolerant().without(leniency)).expect_err(text);
        assert_eq!(error.message(), leniency.message(), "{text}");
        assert_eq!(error.advice(), Some(leniency.help()), "{text}");
    }
    for leniency in Leniency::ALL {
        assert!(seen.contains(leniency), "{leniency:?} has no case");
    }
}

#[test]
fn leniencies_add_up_in_order() {
    let text = " members[ value eq'x'].display eq Bob or not(active eq TRUE) ";
    let filter = filter::parse(text, &Schemas::standard(), Options::tolerant()).unwrap();
    assert_eq!(
        filter.to_string(),
        "members[value eq \"x\" and display eq \"Bob\"] or not (active eq true)"
    );
    let used: Vec<Leniency> = filter.tolerated.iter().map(|one| one.leniency).collect();
    assert_eq!(
        used,
        [
            Leniency::Blanks,
            Leniency::Blanks,
            Leniency::GluedText,
            Leniency::SingleQuotes,
            Leniency::ElementComparison,
            Leniency::BareWord,
            Leniency::CapitalLiteral,
            Leniency::Blanks,
        ]
    );
}

#[test]
fn limits_are_clean_errors() {
    let refused = |text: &str| {
        let error = filter::parse(text, &Schemas::standard(), Options::tolerant()).unwrap_err();
        (error.kind(), error.message().to_owned(), error.offset().unwrap())
    };
    let nested = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    let read = |text: &str| filter::parse(text, &Schemas::standard(), Options::lenient());
    assert!(read(&nested(64)).is_ok());
    let negated = format!("{}title pr{}", "not (".repeat(64), ")".repeat(64));
    assert!(read(&negated).is_ok());
    let deep = "more than 64 parentheses and brackets are inside one another".to_owned();
    assert_eq!(refused(&nested(65)), (ErrorKind::Limit, deep.clone(), 64));
    assert_eq!(refused(&nested(10_000)), (ErrorKind::Limit, deep.clone(), 64));
    assert_eq!(refused(&"not(".repeat(10_000)), (ErrorKind::Limit, deep.clone(), 64 * 4 + 3));
    assert_eq!(refused(&"a[".repeat(10_000)).0, ErrorKind::Limit);

    let many = |count: usize| vec!["a pr"; count].join(" or ");
    assert!(read(&many(1_000)).is_ok());
    let (kind, message, at) = refused(&many(1_001));
    assert_eq!((kind, at), (ErrorKind::Limit, 8_000));
    assert_eq!(message, "the filter has more than 1000 conditions");

    let long = format!("title eq \"{}\"", "x".repeat(100_000_000));
    assert_eq!(refused(&long).0, ErrorKind::Limit);
    let error = patch_path::parse(&long, &Schemas::standard(), Options::lenient()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}
