//! PUT (RFC 7644, 3.5.1).

use provisor::ErrorKind;
use provisor::scim::resource::{self, Options, Purpose};

use super::{ACME, ENTERPRISE, body, json, quoted, read, rest, schemas};

/// What a PUT of these attributes keeps of a user with those; `Err` is the message.
fn replaced(current: &str, attributes: &str) -> Result<String, String> {
    let current = json(&format!("{{{current}}}"));
    let purpose = Purpose::Replace { current: &current };
    match read(&body(attributes), purpose, Options::strict()) {
        Ok(written) => Ok(rest(&written)),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Mutability, "{error}");
            assert!(error.advice().is_some());
            Err(error.message().to_owned())
        }
    }
}

fn acme(attributes: &str) -> String {
    format!("'{ACME}': {{{attributes}}}")
}

#[test]
fn what_is_left_out_is_cleared() {
    let current =
        format!("'title': 't', 'emails': [{{'value': 'a'}}], '{ENTERPRISE}': {{'division': 'd'}}");
    assert_eq!(replaced(&current, "'nickName': 'n'"), Ok("{'nickName':'n'}".to_owned()));
}

#[test]
fn an_immutable_value_is_set_once() {
    let kept = |value: &str| Ok(format!("{{'{ACME}':{{'badge':'{value}'}}}}"));
    let changed = Err(format!("`{ACME}:badge` is immutable and has another value already"));
    assert_eq!(replaced("'x': 1", &acme("'badge': 'B1'")), kept("B1"), "it had none");
    assert_eq!(replaced(&acme("'badge': null"), &acme("'badge': 'B1'")), kept("B1"));
    assert_eq!(replaced(&acme("'badge': 'B1'"), &acme("'badge': 'B1'")), kept("B1"));
    assert_eq!(
        replaced(&acme("'badge': 'B1'"), &acme("'badge': 'b1'")),
        kept("B1"),
        "equal as it compares"
    );
    assert_eq!(replaced(&acme("'badge': 'B1'"), &acme("'badge': 'B2'")), changed);
    assert_eq!(replaced(&acme("'BADGE': 'B1'"), &acme("'badge': 'B2'")), changed);
    assert_eq!(
        replaced(&acme("'badge': 'B1'"), &acme("'badge': null")),
        kept("B1"),
        "it cannot be cleared"
    );
    assert_eq!(
        replaced(&acme("'badge': 'B1'"), "'x509Certificates': []"),
        kept("B1"),
        "nor with its extension"
    );
}

#[test]
fn immutable_values_compare_by_their_type() {
    let instant = acme("'since': '2011-05-13T04:42:34Z'");
    assert!(replaced(&instant, &acme("'since': '2011-05-13T06:42:34.000+02:00'")).is_ok());
    assert!(replaced(&instant, &acme("'since': '2011-05-13T06:42:34Z'")).is_err());
    let marks = acme("'marks': ['a', 'b']");
    assert!(replaced(&marks, &acme("'marks': ['B', 'A']")).is_ok(), "in any order");
    assert!(replaced(&marks, &acme("'marks': ['a']")).is_err());
    assert!(replaced(&marks, &acme("'marks': ['a', 'b', 'c']")).is_err());
}

#[test]
fn an_immutable_part_stays_as_long_as_the_whole() {
    let current = acme("'desk': {'number': '5', 'area': 'A'}");
    let desk = |inner: &str| Ok(format!("{{'{ACME}':{{'desk':{{{inner}}}}}}}"));
    assert_eq!(replaced(&current, &acme("'desk': {'area': 'B'}")), desk("'number':'5','area':'B'"));
    assert_eq!(
        replaced(&current, &acme("'desk': {'number': '6', 'area': 'A'}")),
        Err(format!("`{ACME}:desk.number` is immutable and has another value already"))
    );
    assert_eq!(replaced(&current, "'title': 't'"), Ok("{'title':'t'}".to_owned()));
}

/// A value of a list is told by its `value`: it may come and go, and its immutable parts stay.
#[test]
fn values_of_lists_come_and_go_and_do_not_change() {
    let current =
        acme("'lockers': [{'value': 'a', 'door': 'left'}, {'value': 'b', 'door': 'right'}]");
    let lockers = |inner: &str| Ok(format!("{{'{ACME}':{{'lockers':[{inner}]}}}}"));
    assert_eq!(
        replaced(&current, &acme("'lockers': [{'value': 'c', 'door': 'left'}, {'value': 'a'}]")),
        lockers("{'value':'c','door':'left'},{'value':'a','door':'left'}")
    );
    assert_eq!(
        replaced(&current, &acme("'lockers': [{'value': 'b', 'door': 'left'}]")),
        Err(format!("`{ACME}:lockers.door` is immutable and has another value already"))
    );
}

/// Found by fuzzing: one of two values of the same `value` was taken for the other.
#[test]
fn values_that_differ_in_their_type_alone_are_not_mixed_up() {
    let replaced = |current: &str, members: &str| {
        let group = |members: &str| {
            let uri = "urn:ietf:params:scim:schemas:core:2.0:Group";
            json(&format!("{{'schemas':['{uri}'],'displayName':'g','members':[{members}]}}"))
        };
        let (schemas, current) = (schemas(), group(current));
        let resource_type = schemas.resource_type("Group").unwrap();
        let purpose = Purpose::Replace { current: &current };
        let written =
            resource::read(&group(members), &schemas, resource_type, purpose, Options::strict());
        written.map(|written| quoted(written.resource.get("members").unwrap()))
    };
    let both = "{'value':'7','$ref':'../Users/7'},{'value':'7','type':'Group'}";
    assert_eq!(replaced(both, both).unwrap(), format!("[{both}]"));
    assert_eq!(
        replaced("{'value':'7','type':'Group'}", "{'value':'7'}").unwrap(),
        "[{'value':'7','type':'Group'}]",
        "the only one of its name"
    );
    let changed = replaced("{'value':'7','type':'Group'}", "{'value':'7','type':'User'}");
    assert_eq!(changed.unwrap_err().kind(), ErrorKind::Mutability);
}

/// A current resource that the schemas do not allow any more is no hindrance.
#[test]
fn what_is_kept_in_a_form_of_the_past_counts_as_no_value() {
    assert_eq!(
        replaced(&acme("'badge': {'old': 1}, 'since': 'once'"), &acme("'badge': 'B'")),
        Ok(format!("{{'{ACME}':{{'badge':'B'}}}}"))
    );
    for current in ["[]", "null", "7"] {
        let current = json(current);
        let purpose = Purpose::Replace { current: &current };
        assert!(read(&body("'title': 't'"), purpose, Options::strict()).is_ok());
    }
}
