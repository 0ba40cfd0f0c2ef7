//! Projections (RFC 7644, 3.9; RFC 7643, 2.2 and 7).

use provisor::json::Json;
use provisor::scim::project::{Projection, project};

use super::resource::{ACME, ENTERPRISE, USER, json, quoted, schemas};

/// A resource with attributes of every behaviour.
fn whole() -> Json {
    json(&format!(
        "{{'schemas': ['{USER}', '{ENTERPRISE}', '{ACME}'], 'id': '7', 'userName': 'b',
        'name': {{'givenName': 'g', 'familyName': 'f'}}, 'title': 't', 'password': 'p',
        'emails': [{{'value': 'a', 'type': 'work'}}, {{'type': 'home'}}],
        '{ENTERPRISE}': {{'division': 'd', 'manager': {{'value': '8', 'displayName': 'M'}}}},
        '{ACME}': {{'hidden': 'h', 'hint': 'i', 'badge': 'B', 'secret': 's',
            'desk': {{'number': '5', 'area': 'A', 'lamp': 'L', 'pin': '1'}},
            'lockers': [{{'value': 'x', 'note': 'n'}}]}},
        'meta': {{'resourceType': 'User', 'version': 'W/1'}}, 'odd': 1}}"
    ))
}

fn shown(projection: &Projection) -> Json {
    let schemas = schemas();
    project(whole(), &schemas, schemas.resource_type("User").unwrap(), projection)
}

/// What is shown besides `schemas` and `id`, which are always there.
fn only(names: &str) -> String {
    rest(&shown(&Projection::only(names.split(','), &schemas())))
}

fn without(names: &str) -> String {
    rest(&shown(&Projection::without(names.split(','), &schemas())))
}

fn rest(shown: &Json) -> String {
    let Json::Object(mut object) = shown.clone() else { panic!("an object: {shown}") };
    let schemas = object.get("schemas").unwrap().as_array().unwrap().to_vec();
    assert_eq!(schemas.first(), Some(&Json::from(USER)));
    for uri in [ENTERPRISE, ACME] {
        let named = schemas.contains(&Json::from(uri));
        assert_eq!(named, shown.get(uri).is_some(), "`schemas` names what is there: {shown}");
    }
    assert_eq!(object.get("id"), Some(&Json::from("7")));
    object.entries_mut().retain(|(name, _)| !matches!(name.as_str(), "schemas" | "id"));
    quoted(&object.into())
}

const MAIN: &str = "'userName':'b','name':{'givenName':'g','familyName':'f'},'title':'t','emails':[{'value':'a','type':'work'},{'type':'home'}]";
const META: &str = "'meta':{'resourceType':'User','version':'W/1'}";

fn enterprise(inner: &str) -> String {
    format!("'{ENTERPRISE}':{{{inner}}}")
}

fn acme(inner: &str) -> String {
    format!("'{ACME}':{{{inner}}}")
}

/// As `rest` writes it.
fn parts(parts: &[&str]) -> String {
    format!("{{{}}}", parts.join(","))
}

const ACME_DEFAULT: &str = "'badge':'B','desk':{'number':'5','area':'A'},'lockers':[{'value':'x'}]";
const ENTERPRISE_DEFAULT: &str = "'division':'d','manager':{'value':'8','displayName':'M'}";

#[test]
fn the_default_is_without_what_is_never_returned_or_only_on_request() {
    let expected = parts(&[MAIN, &enterprise(ENTERPRISE_DEFAULT), &acme(ACME_DEFAULT), META]);
    assert_eq!(rest(&shown(&Projection::Default)), expected);
    assert_eq!(only(""), expected, "no name is the default");
    assert_eq!(without(" , "), expected);
}

#[test]
fn attributes_are_what_is_asked_for_and_the_minimum() {
    for (names, expected) in [
        ("userName", "'userName':'b'".to_owned()),
        ("USERNAME, Title", "'userName':'b','title':'t'".to_owned()),
        ("id", String::new()),
        ("name", "'name':{'givenName':'g','familyName':'f'}".to_owned()),
        ("name.givenName", "'name':{'givenName':'g'}".to_owned()),
        ("NAME.GIVENNAME,name.familyname", "'name':{'givenName':'g','familyName':'f'}".to_owned()),
        ("emails.value", "'emails':[{'value':'a'}]".to_owned()),
        ("emails.type", "'emails':[{'type':'work'},{'type':'home'}]".to_owned()),
        ("emails[type eq \"work\"].type", "'emails':[{'type':'work'},{'type':'home'}]".to_owned()),
        ("emails.display", String::new()),
        ("meta.version", "'meta':{'version':'W/1'}".to_owned()),
        (&format!("{USER}:title"), "'title':'t'".to_owned()),
        (&format!("{}:TITLE", USER.to_uppercase()), "'title':'t'".to_owned()),
        (&format!("{ENTERPRISE}:division"), enterprise("'division':'d'")),
        ("division", String::new()),
        (&format!("{ENTERPRISE}:manager.value"), enterprise("'manager':{'value':'8'}")),
        (ENTERPRISE, enterprise(ENTERPRISE_DEFAULT)),
        (&ENTERPRISE.to_lowercase(), enterprise(ENTERPRISE_DEFAULT)),
        (ACME, acme(ACME_DEFAULT)),
        (USER, format!("{MAIN},{META}")),
        ("nothing,odd,a b,,urn:x:y:z", String::new()),
    ] {
        assert_eq!(only(names), parts(&[&expected]), "{names}");
    }
}

/// RFC 7643, 7: `returned`.
#[test]
fn what_is_returned_on_request_comes_when_it_is_named() {
    let asked = |name: &str| only(&format!("{ACME}:{name}"));
    assert_eq!(asked("hint"), parts(&[&acme("'hint':'i'")]));
    assert_eq!(asked("desk"), parts(&[&acme("'desk':{'number':'5','area':'A'}")]));
    assert_eq!(
        asked("desk.lamp"),
        parts(&[&acme("'desk':{'area':'A','lamp':'L'}")]),
        "with what is always returned"
    );
    assert_eq!(asked("lockers.note"), parts(&[&acme("'lockers':[{'note':'n'}]")]));
}

#[test]
fn what_is_never_returned_does_not_come_even_so() {
    for name in ["hidden", "secret", "desk.pin"] {
        let shown = only(&format!("{ACME}:{name}"));
        assert!(
            shown == "{}" || shown == parts(&[&acme("'desk':{'area':'A'}")]),
            "{name}: {shown}"
        );
    }
    assert_eq!(only("password"), "{}");
}

#[test]
fn excluded_attributes_are_missing_from_the_default() {
    let whole = |main: &str, of_enterprise: &str, of_acme: &str| {
        let all = [main, of_enterprise, &acme(of_acme), META].map(str::to_owned);
        let there: Vec<&str> =
            all.iter().map(String::as_str).filter(|one| !one.is_empty()).collect();
        parts(&there)
    };
    let division = enterprise(ENTERPRISE_DEFAULT);
    let now = |names: &str| without(names);
    assert_eq!(
        now("id,schemas,nothing,division"),
        whole(MAIN, &division, ACME_DEFAULT),
        "id and schemas stay"
    );
    assert_eq!(
        now("EMAILS,name.givenName"),
        whole("'userName':'b','name':{'familyName':'f'},'title':'t'", &division, ACME_DEFAULT)
    );
    assert_eq!(now(ENTERPRISE), whole(MAIN, "", ACME_DEFAULT));
    assert_eq!(
        now(&format!("{ENTERPRISE}:division,{ENTERPRISE}:manager")),
        whole(MAIN, "", ACME_DEFAULT)
    );
    assert_eq!(
        now(&format!("{ACME}:desk.area,{ACME}:lockers.value")),
        whole(MAIN, &division, "'badge':'B','desk':{'number':'5','area':'A'}"),
        "what is always returned stays"
    );
    assert_eq!(
        now(&format!("{ACME}:desk")),
        whole(MAIN, &division, "'badge':'B','lockers':[{'value':'x'}]")
    );
}

/// So that a server does not read what it will not show.
#[test]
fn a_projection_tells_beforehand_what_it_shows() {
    let schemas = schemas();
    let group = schemas.resource_type("Group").unwrap();
    let shows = |projection: Projection| projection.shows(&schemas, group, None, "members");
    assert!(shows(Projection::Default));
    assert!(!shows(Projection::without(["members"], &schemas)));
    assert!(shows(Projection::without(["members.display"], &schemas)));
    assert!(!shows(Projection::only(["displayName"], &schemas)));
    assert!(shows(Projection::only(["members.value"], &schemas)));
    assert!(!Projection::Default.shows(&schemas, group, None, "nothing"));
    let user = schemas.resource_type("User").unwrap();
    let division =
        |projection: Projection| projection.shows(&schemas, user, Some(ENTERPRISE), "division");
    assert!(division(Projection::only([ENTERPRISE], &schemas)));
    assert!(!division(Projection::only(["division"], &schemas)));
}
