//! Resources that clients write (RFC 7643, 2 and 3; RFC 7644, 3.3 and 3.5.1).

use provisor::json::{Json, Object};
use provisor::scim::project::{Projection, project};
use provisor::scim::resource::{self, Leniency, Options, Purpose, Written};
use provisor::scim::schema::{Schema, Schemas};
use provisor::{Error, ErrorKind};

mod clients;
mod properties;
mod replace;

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(super) const ACME: &str = "urn:acme:2.0:User";
pub(super) const SITE: &str = "urn:acme:2.0:Site";

/// The standard schemas, and extensions with attributes of every behaviour.
pub(super) fn schemas() -> Schemas {
    let mut schemas = Schemas::standard();
    let own: Json = include_str!("resource/acme.json").parse().unwrap();
    for schema in own.as_array().unwrap() {
        let schema = Schema::from_json(schema).unwrap();
        let id = schema.id.clone();
        schemas.add(schema).unwrap();
        schemas.extend("User", &id).unwrap();
    }
    schemas
}

/// JSON with single quotes.
pub(super) fn json(text: &str) -> Json {
    text.replace('\'', "\"").parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(super) fn quoted(json: &Json) -> String {
    json.to_string().replace('"', "'")
}

fn read(body: &Json, purpose: Purpose<'_>, options: Options) -> Result<Written, Error> {
    let schemas = schemas();
    resource::read(body, &schemas, schemas.resource_type("User").unwrap(), purpose, options)
}

/// A whole body of a user with these attributes.
fn body(attributes: &str) -> Json {
    let schemas = format!("['{USER}', '{ENTERPRISE}', '{ACME}', '{SITE}']");
    json(&format!("{{'schemas': {schemas}, 'userName': 'b', {attributes}}}"))
}

/// What is kept besides `schemas` and `userName`.
fn rest(written: &Written) -> String {
    let entries = written.resource.as_object().unwrap().iter();
    let entries = entries.filter(|(name, _)| !matches!(*name, "schemas" | "userName"));
    let rest: Object = entries.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    quoted(&rest.into())
}

fn kept(attributes: &str) -> String {
    match read(&body(attributes), Purpose::Create, Options::strict()) {
        Ok(written) => rest(&written),
        Err(error) => panic!("{attributes}: {error}"),
    }
}

/// Strictly refused with this kind and message; the message has no value of the body.
fn refused(attributes: &str, kind: ErrorKind, message: &str) {
    match read(&body(attributes), Purpose::Create, Options::strict()) {
        Ok(written) => panic!("{attributes} was kept as {}", rest(&written)),
        Err(error) => {
            assert_eq!((error.kind(), error.message()), (kind, message), "{attributes}");
            assert!(error.advice().is_some(), "{error}");
        }
    }
}

/// RFC 7643, 8.3: what the RFC prints is a resource, and what the service provider writes is left
/// out of it.
#[test]
fn the_user_that_the_rfc_prints_is_read() {
    let body: Json = include_str!("resource/rfc7643-8.3.json").parse().unwrap();
    let written = read(&body, Purpose::Create, Options::strict()).unwrap();
    assert!(written.tolerated.is_empty());
    let (path, password) = written.write_only.first().unwrap();
    assert_eq!((path.to_string().as_str(), password.as_str()), ("password", Some("t1meMa$heen")));
    assert!(!format!("{written:?}").contains("t1meMa$heen"), "secrets are not for logs");
    insta::assert_snapshot!(format!("{:#}", written.resource));
}

/// RFC 7643, 2.1: names compare without case; responses have the schema's spelling.
#[test]
fn names_are_written_as_the_schemas_spell_them() {
    let body = json(&format!(
        "{{'SCHEMAS': ['{}', '{}'], 'USERNAME': 'b', 'Emails': [{{'TYPE': 'work', 'VALUE': 'b@x'}}],
        '{}': {{'MANAGER': {{'Value': '7', '$REF': '../Users/7'}}}}}}",
        USER.to_uppercase(),
        ENTERPRISE.to_lowercase(),
        ENTERPRISE.to_uppercase(),
    ));
    let written = read(&body, Purpose::Create, Options::strict()).unwrap();
    let expected = format!(
        "{{'schemas':['{USER}','{ENTERPRISE}'],'userName':'b','emails':[{{'value':'b@x','type':'work'}}],\
        '{ENTERPRISE}':{{'manager':{{'value':'7','$ref':'../Users/7'}}}}}}"
    );
    assert_eq!(quoted(&written.resource), expected);
}

/// The order of attributes says nothing (RFC 7643, 2.3.8), so that equal content is equal text.
#[test]
fn the_order_is_that_of_the_schemas() {
    let one =
        kept("'title': 't', 'externalId': 'e', 'name': {'givenName': 'g', 'familyName': 'f'}");
    let other =
        kept("'name': {'familyName': 'f', 'givenName': 'g'}, 'externalId': 'e', 'title': 't'");
    assert_eq!(one, other);
    assert_eq!(one, "{'externalId':'e','name':{'familyName':'f','givenName':'g'},'title':'t'}");
}

/// RFC 7643, 2.5: unassigned, null and the empty list are one state.
#[test]
fn what_has_no_value_is_not_there() {
    for nothing in [
        "'title': null",
        "'emails': null",
        "'emails': []",
        "'emails': [{}]",
        "'emails': [{'value': null, 'type': null}]",
        "'name': {}",
        "'name': {'givenName': null}",
        "'name': []",
        "'active': null",
        &format!("'{ENTERPRISE}': null"),
        &format!("'{ENTERPRISE}': {{}}"),
        &format!("'{ENTERPRISE}': {{'manager': {{'$ref': null}}}}"),
        &format!("'{SITE}': {{'site': null}}"),
    ] {
        assert_eq!(kept(nothing), "{}", "{nothing}");
    }
    assert_eq!(
        kept("'title': '', 'name': {'middleName': ''}"),
        "{'name':{'middleName':''},'title':''}"
    );
    refused("'emails': [null]", ErrorKind::Value, "a value in the list `emails` is null");
}

/// RFC 7643, 3.3: `schemas` names the main schema and the extensions that the resource has.
#[test]
fn schemas_names_exactly_what_is_there() {
    let schemas_of = |body: &str| {
        let written = read(&json(body), Purpose::Create, Options::strict()).unwrap();
        quoted(written.resource.get("schemas").unwrap())
    };
    let named_and_absent = format!("{{'schemas': ['{ENTERPRISE}', '{USER}'], 'userName': 'b'}}");
    assert_eq!(schemas_of(&named_and_absent), format!("['{USER}']"));
    let present = format!(
        "{{'schemas': ['{ENTERPRISE}', '{USER}'], 'userName': 'b', '{ENTERPRISE}': {{'division': 'd'}}}}"
    );
    assert_eq!(schemas_of(&present), format!("['{USER}','{ENTERPRISE}']"));

    let strictly = |schemas: &str| {
        let text = format!("{{{schemas} 'userName': 'b', '{ENTERPRISE}': {{'division': 'd'}}}}");
        let error = read(&json(&text), Purpose::Create, Options::strict()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Payload, "{schemas}");
        assert!(error.advice().is_some());
        error.message().to_owned()
    };
    let lacks = "`schemas` lacks the main schema of the resource";
    for (schemas, message) in [
        ("", lacks),
        ("'schemas': null,", lacks),
        ("'schemas': [],", lacks),
        (&format!("'schemas': ['{ENTERPRISE}'],"), lacks),
        ("'schemas': 'x',", "`schemas` is no list of texts"),
        ("'schemas': [7],", "`schemas` is no list of texts"),
        (
            &format!("'schemas': ['{USER}'],"),
            "`schemas` does not name an extension that the resource has",
        ),
        (
            &format!(
                "'schemas': ['{USER}', '{ENTERPRISE}', 'urn:ietf:params:scim:schemas:core:2.0:Group'],"
            ),
            "`schemas` names a schema that the resource cannot have",
        ),
        (
            &format!("'schemas': ['{USER}', '{ENTERPRISE}', '{}'],", USER.to_lowercase()),
            "`schemas` names a schema twice",
        ),
    ] {
        assert_eq!(strictly(schemas), message, "{schemas}");
    }
}

/// RFC 7644, 3.3: readOnly attributes in the body are ignored, whatever they are.
#[test]
fn what_only_the_service_provider_writes_is_left_out() {
    let read_only = "'id': 7, 'meta': 'x', 'groups': [{'value': 'g', 'odd': 1}],
        'urn:acme:2.0:User': {'seen': {'a': []}}";
    assert_eq!(kept(read_only), "{}");
    let manager = format!("'{ENTERPRISE}': {{'manager': {{'value': '7', 'displayName': 'M'}}}}");
    assert_eq!(kept(&manager), format!("{{'{ENTERPRISE}':{{'manager':{{'value':'7'}}}}}}"));
}

#[test]
fn what_is_never_given_out_is_handed_over_beside_the_resource() {
    let text =
        "'password': 'p', 'urn:acme:2.0:User': {'secret': 's', 'desk': {'pin': '1', 'area': 'A'}}";
    let written = read(&body(text), Purpose::Create, Options::strict()).unwrap();
    let secrets: Vec<_> =
        written.write_only.iter().map(|(path, value)| format!("{path}={value}")).collect();
    assert_eq!(
        secrets,
        ["password=\"p\"", "urn:acme:2.0:User:secret=\"s\"", "urn:acme:2.0:User:desk.pin=\"1\""]
    );
    assert_eq!(rest(&written), "{'urn:acme:2.0:User':{'desk':{'area':'A'}}}");
    refused("'password': 7", ErrorKind::Value, "`password` is not a text");
}

/// RFC 7643, 2.3.
#[test]
fn values_have_the_type_of_their_attribute() {
    let acme = |attribute: &str| format!("'{ACME}': {{{attribute}}}");
    for (name, good, bad, what) in [
        ("badge", &["'x'", "'é'"][..], &["7", "true", "{}x", "['a', 'b']"][..], "a text"),
        (
            "floor",
            &["7", "-7", "123456789012345678901234567890"],
            &["7.0", "7e1", "'x'", "true", "{'value': 7}"],
            "a whole number",
        ),
        ("rate", &["7", "7.5", "-1e3"], &["'x'", "'7x'", "true", "[1, 2]"], "a number"),
        (
            "since",
            &["'2011-05-13T04:42:34Z'", "'2011-05-13T04:42:34.123+02:00'", "'2011-05-13T04:42:34'"],
            &["'2011-05-13'", "'now'", "7", "'2011-13-13T04:42:34Z'", "'2011-05-13T04:42:34Zx'"],
            "an instant with date and time",
        ),
        (
            "key",
            &["''", "'YQ=='", "'YQ'", "'YWI='", "'YWI'", "'YWJj'", "'+/+/'"],
            &["'Y'", "'Y==='", "'YQ='", "'YWI=='", "'Y=Q='", "'-_-_'", "'YW Jj'", "'='", "7"],
            "base64 text",
        ),
        (
            "link",
            &[
                "''",
                "'http://x/y?z=%20#f'",
                "'../Users/7'",
                "'urn:x:y'",
                "'mailto:a@b'",
                "'http://[::1]/'",
            ],
            &["'a b'", "'http://x/%zz'", "'http://x/%2'", "'<x>'", "'http://jürgen/'", "7"],
            "a URI",
        ),
    ] {
        for good in good {
            let expected = format!("{{'{ACME}':{{'{name}':{good}}}}}");
            assert_eq!(kept(&acme(&format!("'{name}': {good}"))), expected);
        }
        for bad in bad.iter().filter(|bad| **bad != "{}x") {
            let text = acme(&format!("'{name}': {bad}"));
            let error = read(&body(&text), Purpose::Create, Options::strict()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Value, "{text}");
            assert!(
                error.message() == format!("`{ACME}:{name}` is not {what}")
                    || error.message().contains("is a list, and one value is expected"),
                "{text}: {error}"
            );
        }
    }
    refused(
        "'active': 'true'",
        ErrorKind::Value,
        "`active` is a text, and true or false is expected",
    );
    refused("'active': 'yes'", ErrorKind::Value, "`active` is not true or false");
    refused("'active': 1", ErrorKind::Value, "`active` is not true or false");
    refused("'name': 'B'", ErrorKind::Value, "`name` is not an object");
    refused(
        "'name': [{'givenName': 'B'}]",
        ErrorKind::Value,
        "`name` is a list, and one value is expected",
    );
    refused(
        "'emails': {'value': 'b@x'}",
        ErrorKind::Value,
        "`emails` is one value, and a list is expected",
    );
    refused("'emails': ['b@x']", ErrorKind::Value, "`emails` is a text, and an object is expected");
    refused("'emails': [['b@x']]", ErrorKind::Value, "`emails` is not an object");
    refused("'emails': [{'value': 7}]", ErrorKind::Value, "`emails.value` is not a text");
    refused(
        &format!("'{ENTERPRISE}': 'x'"),
        ErrorKind::Value,
        &format!("`{ENTERPRISE}` is no object"),
    );
    refused(
        &format!("'{ENTERPRISE}': {{'manager': {{'value': []}}, 'division': 7}}"),
        ErrorKind::Value,
        &format!("`{ENTERPRISE}:division` is not a text"),
    );
}

#[test]
fn canonical_values_are_suggestions() {
    assert_eq!(
        kept("'emails': [{'value': 'b@x', 'type': 'school'}]"),
        "{'emails':[{'value':'b@x','type':'school'}]}"
    );
}

/// RFC 7643, 2.2 and 7: `required`.
#[test]
fn what_is_required_is_there_and_not_empty() {
    let message = |body: &str| {
        let error = read(&json(body), Purpose::Create, Options::tolerant()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        error.message().to_owned()
    };
    for body in ["{}", "{'userName': null}", "{'userName': []}"] {
        assert_eq!(message(body), "`userName` is missing, and it is required");
    }
    assert_eq!(message("{'userName': ''}"), "`userName` is empty, and it is required");
    refused(
        &format!("'{SITE}': {{'gate': 'g'}}"),
        ErrorKind::Value,
        "`urn:acme:2.0:Site:site` is missing, and it is required",
    );
    assert_eq!(kept(&format!("'{SITE}': {{'site': 's'}}")), format!("{{'{SITE}':{{'site':'s'}}}}"));
    refused(
        &format!("'{ACME}': {{'lockers': [{{'value': '1'}}, {{'note': 'n'}}]}}"),
        ErrorKind::Value,
        "`urn:acme:2.0:User:lockers.value` is missing, and it is required",
    );
    let group = schemas();
    let group_type = group.resource_type("Group").unwrap();
    let body = json("{'schemas': ['urn:ietf:params:scim:schemas:core:2.0:Group']}");
    let error = resource::read(&body, &group, group_type, Purpose::Create, Options::strict());
    assert_eq!(error.unwrap_err().message(), "`displayName` is missing, and it is required");
}

/// RFC 7643, 2.4.
#[test]
fn lists_have_each_value_once_and_one_primary() {
    let a = "{'value': 'a@x', 'type': 'work'}";
    let emails = |list: &str| kept(&format!("'emails': [{list}]"));
    let once = format!("{{'emails':[{}]}}", a.replace(' ', ""));
    assert_eq!(emails(&format!("{a}, {a}")), once);
    assert_eq!(
        emails(&format!("{a}, {{'value': 'A@X', 'type': 'WORK', 'primary': false}}")),
        once,
        "as the attribute compares"
    );
    assert_eq!(
        emails("{'value': 'a', 'type': 'work'}, {'value': 'a', 'type': 'home'}, {'value': 'a'}"),
        "{'emails':[{'value':'a','type':'work'},{'value':'a','type':'home'},{'value':'a'}]}",
        "one value with several types"
    );
    refused(
        "'emails': [{'value': 'a', 'display': '1'}, {'value': 'A', 'display': '2'}]",
        ErrorKind::Value,
        "`emails` has the same `type` and `value` twice",
    );
    assert_eq!(
        kept(&format!("'{ACME}': {{'tags': ['a', 'A', 'b'], 'lockers': [{{'value': 'a', 'floors': [1, 1.0e0]}}, {{'value': 'A'}}]}}").replace("1.0e0", "1")),
        format!("{{'{ACME}':{{'tags':['a','b'],'lockers':[{{'value':'a','floors':[1]}},{{'value':'A'}}]}}}}"),
    );
    refused(
        "'emails': [{'value': 'a', 'primary': true}, {'value': 'b', 'primary': true}]",
        ErrorKind::Value,
        "`emails` has several values that are primary",
    );
    refused(
        "'addresses': [{'locality': 'a', 'primary': true}, {'locality': 'b', 'primary': true}]",
        ErrorKind::Value,
        "`addresses` has several values that are primary",
    );
}

#[test]
fn a_name_stands_once_in_an_object() {
    for (text, message) in [
        ("'title': 'a', 'title': 'a'", "`title` occurs twice in one object"),
        ("'title': 'a', 'TITLE': 'b'", "`TITLE` occurs twice in one object"),
        (
            "'name': {'givenName': 'a', 'givenname': 'b'}",
            "`name.givenname` occurs twice in one object",
        ),
        ("'emails': [{'value': 'a', 'value': 'b'}]", "`emails.value` occurs twice in one object"),
        (
            &format!("'{ENTERPRISE}': {{}}, '{}': {{}}", ENTERPRISE.to_uppercase()),
            &format!("`{}` occurs twice in one object", ENTERPRISE.to_uppercase()),
        ),
    ] {
        refused(text, ErrorKind::Payload, message);
    }
    let many: String = (0..40).map(|n| format!("'x{n}': 1, ")).collect();
    refused(&format!("{many}'X39': 1"), ErrorKind::Payload, "`X39` occurs twice in one object");
}

#[test]
fn what_no_schema_knows_is_refused_unless_it_is_tolerated() {
    for (text, message) in [
        ("'dispalyName': 'x'", "`dispalyName` is no attribute of the resource's schemas"),
        ("'name.givenName': 'x'", "`name.givenName` is no attribute of the resource's schemas"),
        ("'name': {'nick': 'x'}", "`name.nick` is no attribute of the resource's schemas"),
        ("'urn:x:y': {'a': 1}", "`urn:x:y` is no attribute of the resource's schemas"),
        ("'department': 'x'", "`department` is no attribute of the resource's schemas"),
    ] {
        refused(text, ErrorKind::Payload, message);
        let lenient = read(&body(text), Purpose::Create, Options::lenient());
        assert!(lenient.is_err(), "it would be lost");
        let written = read(&body(text), Purpose::Create, Options::tolerant()).unwrap();
        assert_eq!(rest(&written), "{}");
        assert_eq!(written.tolerated.len(), 1);
        assert_eq!(written.tolerated[0].leniency, Leniency::UnknownAttribute);
    }
    let many: String = (0..200).map(|n| format!("'x{n}': 1, ")).collect();
    let written = read(&body(&format!("{many}'y': 1")), Purpose::Create, Options::tolerant());
    assert_eq!(written.unwrap().tolerated.len(), provisor::limits::TOLERATED);
}

#[test]
fn a_resource_is_an_object() {
    for text in ["null", "[]", "'x'", "7", "true"] {
        let error = read(&json(text), Purpose::Create, Options::tolerant()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Payload, "{text}");
    }
}

/// Cost grows with the list, not with its square.
#[test]
fn a_group_with_very_many_members_is_read_at_once() {
    let schemas = schemas();
    let group = schemas.resource_type("Group").unwrap();
    let member = |n: u32| json(&format!("{{'value': '{n}', '$ref': '../Users/{n}'}}"));
    let members: Vec<Json> = (0..100_000).map(member).collect();
    let mut body = Object::new();
    body.push("schemas", vec![Json::from(group.schema.as_str())]);
    body.push("displayName", "all");
    body.push("members", members);
    let body = Json::from(body);
    let purpose = Purpose::Replace { current: &body };
    let started = std::time::Instant::now();
    let written = resource::read(&body, &schemas, group, purpose, Options::strict()).unwrap();
    let projection = Projection::only(["members.value"], &schemas);
    let shown = project(written.resource, &schemas, group, &projection);
    let members = shown.get("members").unwrap().as_array().unwrap();
    assert_eq!(members.len(), 100_000);
    assert_eq!(quoted(&members[99_999]), "{'value':'99999'}");
    // A squared cost would take hours; this allows for a very slow machine.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
