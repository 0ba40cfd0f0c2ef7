//! Which filters match which resources, and which do not fit them.

use provisor::ErrorKind;
use provisor::json::{Json, parse};
use provisor::scim::filter::{self, Checked, Options, Policy, Unknown};
use provisor::scim::patch_path::{self, Target};
use provisor::scim::schema::Schemas;

fn ask(policy: Policy, resource_type: &str, resource: &Json, text: &str) -> String {
    let schemas = Schemas::standard();
    let filter = filter::parse(text, &schemas, Options::lenient())
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    match filter.validate(&schemas, resource_type, policy) {
        Ok(checked) => checked.matches(resource).to_string(),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Filter, "{text}");
            let advice = error.advice().unwrap_or_else(|| panic!("{text}: {error}"));
            let at = error.offset().unwrap_or_else(|| panic!("{text}: {error}"));
            format!("{at}: {}; {advice}", error.message())
        }
    }
}

#[test]
fn filters_match_as_the_table_says() {
    let mut resource_type = "";
    let mut resource = Json::Null;
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in include_str!("evaluation.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix("= ") {
            let (name, json) = rest.split_once(' ').unwrap();
            resource_type = name;
            resource = parse(json.as_bytes()).unwrap();
            continue;
        }
        let mut policy = Policy::default();
        let mut rest = line;
        for word in ["quoted", "secret", "unknown"] {
            let Some(more) = rest.strip_prefix(word) else { continue };
            rest = more.trim_start();
            match word {
                "quoted" => policy.quoted_literals = true,
                "secret" => policy.secrets = true,
                _ => policy.unknown = Unknown::NoValue,
            }
        }
        let (answer, text) = rest.split_once(' ').unwrap();
        let (text, expected) = match answer {
            "refused" => text.trim_start().split_once(" => ").unwrap(),
            _ => (text.trim_start(), answer),
        };
        cases += 1;
        let actual = ask(policy, resource_type, &resource, text);
        if actual != expected {
            wrong.push(format!("{text}\n  expected {expected}\n  but      {actual}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases > 150, "the table was read");
}

#[test]
fn an_unknown_resource_type_is_refused() {
    let schemas = Schemas::standard();
    let filter = filter::parse("title pr", &schemas, Options::lenient()).unwrap();
    let error = filter.validate(&schemas, "Printer", Policy::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
}

#[test]
fn the_filter_of_a_patch_path_chooses_values() {
    let schemas = Schemas::standard();
    let user = schemas.resource_type("User").unwrap();
    let path = patch_path::parse(
        "emails[type eq \"work\" or not (type pr)].value",
        &schemas,
        Options::strict(),
    );
    let Target::Values { path, filter, .. } = path.unwrap().target else { panic!("values") };
    let attribute = path.resolve(&schemas, user).unwrap().attribute;
    let checked =
        Checked::of_element(&filter, attribute, &schemas, user, Policy::default()).unwrap();
    let emails = parse(br#"[{"type": "WORK"}, {"type": "home"}, {"value": "x"}, "y"]"#).unwrap();
    let chosen: Vec<bool> =
        emails.as_array().unwrap().iter().map(|value| checked.matches_element(value)).collect();
    assert_eq!(chosen, [true, false, true, true]);
    assert!(
        Checked::of_element(
            &filter,
            schemas.common("id").unwrap(),
            &schemas,
            user,
            Policy::default()
        )
        .is_err()
    );
}

#[test]
fn a_long_text_and_many_values_cost_no_more_than_their_length() {
    let schemas = Schemas::standard();
    let ask = |text: &str| {
        let filter = filter::parse(text, &schemas, Options::lenient()).unwrap();
        filter.validate(&schemas, "User", Policy::default()).unwrap()
    };
    let long = Json::from("A".repeat(4_000_000));
    let resource = Json::Object([("title".to_owned(), long)].into_iter().collect());
    assert!(!ask(&format!("title co \"{}b\"", "a".repeat(30_000))).matches(&resource));
    let values = vec![Json::from("x"); 300_000];
    let resource = Json::Object([("roles".to_owned(), values.into())].into_iter().collect());
    assert!(!ask("roles[value eq \"y\" or type pr]").matches(&resource));
}
