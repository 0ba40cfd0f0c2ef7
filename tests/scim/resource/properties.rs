//! Laws of reading resources and of projections, on resources that fit and on any JSON.

use proptest::prelude::*;
use provisor::json::{Json, Numeral, Object};
use provisor::scim::project::{Projection, project};
use provisor::scim::resource::{self, Options, Purpose};
use provisor::scim::schema::{Attribute, ResourceType, Returned, Schemas, Type};

use super::schemas;

/// JSON with the names of attributes in it, so that much of it nearly fits.
pub(crate) fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        prop::sample::select(vec![
            "",
            "a",
            "A",
            "True",
            "7",
            "2011-05-13T04:42:34Z",
            "x y",
            "YQ=="
        ])
        .prop_map(Json::from),
        "\\PC{0,3}".prop_map(Json::from),
        prop::sample::select(vec!["0", "1", "1.5", "1e2", "-7"])
            .prop_map(|text| Json::Number(Numeral::parse(text).unwrap())),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec((any_key(), inner), 0..6)
                .prop_map(|entries| entries.into_iter().collect::<Object>().into()),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    let names = [
        "schemas",
        "id",
        "externalId",
        "userName",
        "name",
        "givenName",
        "active",
        "emails",
        "value",
        "type",
        "primary",
        "display",
        "groups",
        "meta",
        "password",
        "$ref",
        "addresses",
        "locality",
        "manager",
        "badge",
        "floor",
        "since",
        "key",
        "link",
        "secret",
        "tags",
        "lockers",
        "desk",
        "number",
        "door",
        "floors",
        "pin",
        "odd",
        super::ENTERPRISE,
        super::ACME,
        super::SITE,
    ];
    (prop::sample::select(names.to_vec()), 0..4)
        .prop_map(|(name, way)| if way == 0 { name.to_uppercase() } else { name.to_owned() })
}

/// A body that fits the schemas, with values for some of the attributes.
fn any_user() -> impl Strategy<Value = Json> {
    let schemas = schemas();
    let user = schemas.resource_type("User").unwrap();
    let uris = std::iter::once(&user.schema).chain(&user.extensions);
    let uris: Json = uris.map(|uri| Json::from(uri.as_str())).collect::<Vec<_>>().into();
    let main = object(&schemas.schema(&user.schema).unwrap().attributes);
    let extensions: Vec<_> = user
        .extensions
        .iter()
        .map(|uri| {
            let attributes = object(&schemas.schema(uri).unwrap().attributes);
            (Just(uri.clone()), attributes)
        })
        .collect();
    (main, extensions).prop_map(move |(main, extensions)| {
        let mut user = Object::new();
        user.push("schemas", uris.clone());
        for (name, value) in
            main.into_iter().chain(extensions.into_iter().map(|(uri, inner)| (uri, inner.into())))
        {
            user.push(name, value);
        }
        user.into()
    })
}

fn object(attributes: &[Attribute]) -> BoxedStrategy<Object> {
    let entries: Vec<_> = attributes
        .iter()
        .map(|attribute| {
            let name = attribute.name.clone();
            let there = if attribute.required { 0.98 } else { 0.3 };
            prop::option::weighted(there, value(attribute).prop_map(move |one| (name.clone(), one)))
        })
        .collect();
    entries.prop_map(|entries| entries.into_iter().flatten().collect()).boxed()
}

fn value(attribute: &Attribute) -> BoxedStrategy<Json> {
    let one = match attribute.kind {
        Type::Complex => object(&attribute.sub_attributes).prop_map(Json::from).boxed(),
        // At most one value of a list may be: none here.
        Type::Boolean => Just(Json::Bool(false)).boxed(),
        Type::Decimal | Type::Integer => (-9_i64..9).prop_map(Json::from).boxed(),
        Type::DateTime => Just(Json::from("2011-05-13T04:42:34Z")).boxed(),
        Type::String | Type::Reference | Type::Binary => {
            prop::sample::select(vec!["abcd", "ABCD", "efgh"]).prop_map(Json::from).boxed()
        }
    };
    if !attribute.multi_valued {
        return one;
    }
    prop::collection::vec(one, 0..3).prop_map(Json::Array).boxed()
}

fn user_type(schemas: &Schemas) -> &ResourceType {
    schemas.resource_type("User").unwrap()
}

proptest! {
    /// Reading ends for any JSON and any options; what was read reads as itself by the letter.
    #[test]
    fn what_was_read_reads_as_itself(body in prop_oneof![any_json(), any_user()], current in any_json()) {
        let schemas = schemas();
        let user = user_type(&schemas);
        for options in [Options::strict(), Options::lenient(), Options::tolerant()] {
            for purpose in [Purpose::Create, Purpose::Replace { current: &current }] {
                let Ok(written) = resource::read(&body, &schemas, user, purpose, options) else { continue };
                let again = resource::read(&written.resource, &schemas, user, Purpose::Create, Options::strict());
                let again = again.unwrap_or_else(|error| panic!("{}: {error}", written.resource));
                prop_assert_eq!(&again.resource, &written.resource);
                prop_assert!(again.tolerated.is_empty() && again.write_only.is_empty());
                let same = Purpose::Replace { current: &written.resource };
                let put = resource::read(&written.resource, &schemas, user, same, Options::strict());
                prop_assert_eq!(put.unwrap().resource, written.resource, "a PUT of the same");
                if options == Options::strict() {
                    prop_assert!(written.tolerated.is_empty());
                }
            }
        }
    }

    /// What the letter allows means the same with every leniency.
    #[test]
    fn leniencies_change_nothing_that_is_right(body in any_user()) {
        let schemas = schemas();
        let user = user_type(&schemas);
        let read = |options| resource::read(&body, &schemas, user, Purpose::Create, options);
        if let Ok(strict) = read(Options::strict()) {
            let tolerant = read(Options::tolerant()).unwrap();
            prop_assert_eq!(strict, tolerant);
        }
    }

    /// The laws of RFC 7644, 3.9.
    #[test]
    fn projections_obey_their_laws(body in any_user(), names in prop::collection::vec(any_name(), 0..4)) {
        let schemas = schemas();
        let user = user_type(&schemas);
        let written = resource::read(&body, &schemas, user, Purpose::Create, Options::tolerant());
        let Ok(written) = written else { return Ok(()) };
        let Json::Object(mut whole) = written.resource else { panic!("an object") };
        whole.push("id", "7");
        let whole = Json::from(whole);
        let shown = |projection: &Projection| project(whole.clone(), &schemas, user, projection);
        let names = || names.iter().map(String::as_str);
        let default = shown(&Projection::Default);
        let only = shown(&Projection::only(names(), &schemas));
        let without = shown(&Projection::without(names(), &schemas));
        for projection in [
            Projection::Default, Projection::only(names(), &schemas), Projection::without(names(), &schemas),
        ] {
            let once = shown(&projection);
            prop_assert_eq!(&project(once.clone(), &schemas, user, &projection), &once, "twice is once");
            prop_assert_eq!(once.get("id"), Some(&Json::from("7")));
            prop_assert!(contains(&whole, &once), "nothing is made up");
            prop_assert!(never(&schemas, &once), "what is never returned");
        }
        prop_assert!(contains(&default, &without), "excluding adds nothing");
        let everything = leaves(&default);
        let (some, others) = (leaves(&only), leaves(&without));
        if names().next().is_some() {
            for leaf in everything {
                prop_assert!(some.contains(&leaf) || others.contains(&leaf), "{leaf} is in neither");
            }
        }
    }
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        any_key(),
        (any_key(), any_key()).prop_map(|(name, sub)| format!("{name}.{sub}")),
        any_key().prop_map(|name| format!("{}:{name}", super::ACME)),
        "\\PC{0,4}",
    ]
}

/// Whether every value of the part stands in the whole; `schemas` and lists may be shorter.
fn contains(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => part
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| contains(whole, part))),
        (Json::Array(whole), Json::Array(part)) => {
            part.iter().all(|part| whole.iter().any(|whole| contains(whole, part)))
        }
        _ => whole == part,
    }
}

fn never(schemas: &Schemas, shown: &Json) -> bool {
    let object = shown.as_object().unwrap();
    object.iter().all(|(name, value)| {
        let hides = |attributes: &[Attribute], object: &Object| {
            attributes
                .iter()
                .filter(|one| one.returned == Returned::Never)
                .all(|one| object.attribute(&one.name).is_none())
        };
        match (schemas.schema(name), value) {
            (Some(schema), Json::Object(inner)) => hides(&schema.attributes, inner),
            _ => !name.eq_ignore_ascii_case("password"),
        }
    })
}

/// The paths of what is shown, down to sub-attributes.
fn leaves(shown: &Json) -> Vec<String> {
    fn collect(prefix: &str, json: &Json, into: &mut Vec<String>) {
        match json {
            Json::Object(object) => {
                object
                    .iter()
                    .for_each(|(name, value)| collect(&format!("{prefix}/{name}"), value, into));
            }
            Json::Array(list) => list.iter().for_each(|one| collect(prefix, one, into)),
            _ => into.push(prefix.to_owned()),
        }
    }
    let mut paths = Vec::new();
    collect("", shown, &mut paths);
    paths
}

/// The strategy is worth something only if much of it fits.
#[test]
fn many_users_of_the_strategy_fit() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let schemas = schemas();
    let mut runner = TestRunner::deterministic();
    let fits = (0..200).filter(|_| {
        let body = any_user().new_tree(&mut runner).unwrap().current();
        resource::read(&body, &schemas, user_type(&schemas), Purpose::Create, Options::tolerant())
            .is_ok()
    });
    let fits = fits.count();
    assert!(fits > 100, "{fits} of 200");
}
