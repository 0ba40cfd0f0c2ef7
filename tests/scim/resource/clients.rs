//! What clients send beyond the letter, each as a leniency: refused without it, accepted with it.

use provisor::scim::resource::{Leniency, Options, Purpose};

use super::{ACME, ENTERPRISE, USER, json, read, rest};

/// The body, which leniency it needs, and what is kept besides `schemas` and `userName`.
fn shapes() -> Vec<(String, Leniency, String)> {
    let with =
        |attributes: &str| format!("{{'schemas': ['{USER}'], 'userName': 'b', {attributes}}}");
    let extended = |attributes: &str| {
        format!(
            "{{'schemas': ['{USER}', '{ENTERPRISE}'], 'userName': 'b', '{ENTERPRISE}': {{{attributes}}}}}"
        )
    };
    let manager = format!("{{'{ENTERPRISE}':{{'manager':{{'value':'7'}}}}}}");
    let acme = |attributes: &str| {
        format!("{{'schemas': ['{USER}', '{ACME}'], 'userName': 'b', '{ACME}': {{{attributes}}}}}")
    };
    let shape = |body: String, leniency, kept: &str| (body, leniency, kept.to_owned());
    vec![
        shape("{'userName': 'b'}".to_owned(), Leniency::NoMainSchema, "{}"),
        shape(
            format!(
                "{{'schemas': ['{USER}', 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'], 'userName': 'b'}}"
            ),
            Leniency::UnknownSchema,
            "{}",
        ),
        shape(
            format!("{{'schemas': ['{USER}', '{USER}'], 'userName': 'b'}}"),
            Leniency::RepeatedSchema,
            "{}",
        ),
        shape(
            with(&format!("'{ENTERPRISE}': {{'division': 'd'}}")),
            Leniency::UnnamedExtension,
            &format!("{{'{ENTERPRISE}':{{'division':'d'}}}}"),
        ),
        shape(with("'active': 'False'"), Leniency::TextFlag, "{'active':false}"),
        shape(with("'active': 'true'"), Leniency::TextFlag, "{'active':true}"),
        shape(acme("'floor': '5'"), Leniency::TextNumber, &format!("{{'{ACME}':{{'floor':5}}}}")),
        shape(acme("'rate': '5.5'"), Leniency::TextNumber, &format!("{{'{ACME}':{{'rate':5.5}}}}")),
        shape(with("'active': ''"), Leniency::EmptyText, "{}"),
        shape(extended("'manager': ''"), Leniency::EmptyText, "{}"),
        shape(extended("'manager': '7'"), Leniency::PlainValue, &manager),
        shape(with("'emails': ['b@x']"), Leniency::PlainValue, "{'emails':[{'value':'b@x'}]}"),
        shape(with("'emails': {'value': 'b@x'}"), Leniency::NoList, "{'emails':[{'value':'b@x'}]}"),
        shape(extended("'manager': [{'value': '7', '$ref': null}]"), Leniency::ListOfOne, &manager),
        shape(
            with("'emails': [{'value': 'a', 'primary': true}, {'value': 'b', 'primary': true}]"),
            Leniency::SeveralPrimary,
            "{'emails':[{'value':'a','primary':true},{'value':'b','primary':false}]}",
        ),
        shape(
            with(
                "'emails': [{'value': 'a', 'display': '1'}, {'value': 'b'}, {'value': 'a', 'display': '2'}]",
            ),
            Leniency::RepeatedValue,
            "{'emails':[{'value':'a','display':'2'},{'value':'b'}]}",
        ),
        shape(with("'mailNickname': 'x'"), Leniency::UnknownAttribute, "{}"),
    ]
}

#[test]
fn every_leniency_is_refused_without_it_and_accepted_with_it() {
    let mut seen = Vec::new();
    for (body, leniency, kept) in shapes() {
        let body = json(&body);
        let create = |options| read(&body, Purpose::Create, options);
        let error = create(Options::tolerant().without(leniency)).unwrap_err();
        assert!(error.message().ends_with(leniency.message()), "{body}: {error}");
        assert_eq!(error.advice(), Some(leniency.help()));
        let written = create(Options::strict().with(leniency)).unwrap();
        assert_eq!(rest(&written), kept, "{body}");
        assert!(!written.tolerated.is_empty());
        assert!(written.tolerated.iter().all(|one| one.leniency == leniency), "{body}");
        let lossy = [Leniency::SeveralPrimary, Leniency::RepeatedValue, Leniency::UnknownAttribute];
        assert_eq!(create(Options::default()).is_ok(), !lossy.contains(&leniency), "{body}");
        seen.push(leniency);
    }
    for leniency in Leniency::ALL {
        assert!(seen.contains(leniency), "{leniency:?} has no vector");
    }
}

#[test]
fn leniencies_have_names_of_their_own() {
    let mut names: Vec<_> = Leniency::ALL.iter().map(|one| one.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Leniency::ALL.len());
}

/// Okta's create: a throw-away password, empty groups, an echo of what was read.
#[test]
fn okta_creates_by_the_letter() {
    let body = json(&format!(
        "{{'schemas': ['{USER}'], 'userName': 'test.user@okta.local', 'name': {{'givenName': 'Test',
        'familyName': 'User', 'middleName': ''}}, 'emails': [{{'primary': true, 'value':
        'test.user@okta.local', 'type': 'work', 'display': 'test.user@okta.local'}}], 'displayName':
        'Test User', 'locale': 'en-US', 'externalId': '00ujl29u0le5T6Aj10h7', 'groups': [],
        'password': '1mz050nq', 'active': true}}"
    ));
    let written = read(&body, Purpose::Create, Options::strict()).unwrap();
    assert!(written.resource.get("password").is_none());
    assert_eq!(written.write_only.len(), 1);
    assert!(rest(&written).contains("'middleName':''"), "it comes back as it was sent");
}

/// Entra ID's create: `meta.resourceType`, nulls, empty lists, both schemas.
#[test]
fn entra_creates_by_the_letter() {
    let body = json(&format!(
        "{{'schemas': ['{USER}', '{ENTERPRISE}'], 'externalId': '0a21f0f2', 'userName': 'b@x', 'active': true,
        'addresses': null, 'displayName': null, 'emails': [{{'primary': true, 'type': 'work', 'value': 'b@x'}}],
        'meta': {{'resourceType': 'User'}}, 'name': {{'formatted': 'g f', 'familyName': 'f', 'givenName': 'g'}},
        'roles': []}}"
    ));
    let written = read(&body, Purpose::Create, Options::strict()).unwrap();
    assert_eq!(written.resource.get("roles"), None);
}

/// JumpCloud's smallest PUT, and OneLogin's with schemas of a draft.
#[test]
fn replacements_of_jumpcloud_and_onelogin_are_read() {
    let jumpcloud = json(&format!(
        "{{'active': true, 'emails': null, 'id': '5107', 'name': {{'familyName': 'l', 'givenName': 'f'}},
        'schemas': ['{USER}'], 'userName': 't@x'}}"
    ));
    let current = json("{}");
    let purpose = Purpose::Replace { current: &current };
    assert!(read(&jumpcloud, purpose, Options::strict()).is_ok());
    let onelogin = json(
        "{'schemas': ['urn:scim:schemas:core:2.0', 'urn:scim:schemas:extension:enterprise:2.0'],
        'userName': 'u', 'name': {'familyName': ' User 01', 'givenName': 'AAA Test'}}",
    );
    let written = read(&onelogin, purpose, Options::lenient()).unwrap();
    let needed: Vec<_> = written.tolerated.iter().map(|one| one.leniency).collect();
    assert_eq!(needed, [Leniency::UnknownSchema, Leniency::NoMainSchema]);
    assert_eq!(rest(&written), "{'name':{'familyName':' User 01','givenName':'AAA Test'}}");
}
