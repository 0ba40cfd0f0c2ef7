//! Resources that a source writes by POST and PUT (RFC 7643; RFC 7644, 3.3 and 3.5.1).

mod rules;

use provisor::ErrorKind;
use provisor::json::{self, Json, Object};
use provisor::scim::resource::{self, Leniency, Options, Purpose};

use super::rule::{advised, shown};
use super::{About, Basis, Endpoint, Log};
pub(super) use rules::RULES;
use rules::{
    COUNTRY, EMAIL, EMPTY, FLAGS, GROUPS, ID, JSON, KNOWN_SCHEMAS, MANAGER, PASSWORD, PHONE,
    PRIMARY, SCHEMAS, SHAPES, UNKNOWN, UNUSED_SCHEMA, VALUE,
};

pub(super) fn judge(about: &About<'_>, basis: &Basis<'_>, log: &mut Log) {
    let request = &about.exchange.request;
    let reads = matches!(about.method(), "GET" | "DELETE" | "HEAD");
    if reads {
        let empty = request.body.is_empty();
        log.check(&EMPTY, empty, "body", "none", || format!("{} bytes", request.body.length));
        return;
    }
    if request.body.is_empty() || !request.body.is_whole() {
        return;
    }
    log.looked(&JSON);
    let body = match json::parse(&request.body.bytes) {
        Ok(body) => body,
        Err(error) => {
            log.found(&JSON, "body", "JSON (RFC 8259)", error.message().to_owned());
            return;
        }
    };
    let Some(object) = body.as_object() else {
        log.found(&JSON, "body", "an object", "another value".to_owned());
        return;
    };
    if let Some(name) = first_duplicate(&body) {
        log.found(&JSON, "body", "each name once", format!("{} twice", shown(&name)));
        return;
    }
    if matches!(about.method(), "POST" | "PUT") && !about.search {
        resource(about, basis, &body, object, log);
    }
}

fn resource(about: &About<'_>, basis: &Basis<'_>, body: &Json, object: &Object, log: &mut Log) {
    let kind = about.endpoint.resource_type().filter(|_| about.endpoint != Endpoint::Me);
    let Some(kind) = kind.and_then(|name| basis.schemas.resource_type(name)) else { return };
    for rule in [&SCHEMAS, &KNOWN_SCHEMAS, &FLAGS, &SHAPES, &PRIMARY, &VALUE, &UNKNOWN] {
        log.looked(rule);
    }
    match resource::read(body, basis.schemas, kind, Purpose::Create, Options::tolerant()) {
        Err(error) => {
            let rule = if error.kind() == ErrorKind::Payload { &SCHEMAS } else { &VALUE };
            let expected = error.advice().map_or("a value that fits".to_owned(), advised);
            log.found(rule, "body", expected, error.message().to_owned());
        }
        Ok(written) => {
            for one in &written.tolerated {
                let manager = last_name(&one.path) == "manager";
                let rule = match one.leniency {
                    Leniency::NoMainSchema
                    | Leniency::RepeatedSchema
                    | Leniency::UnnamedExtension => &SCHEMAS,
                    Leniency::UnknownSchema => &KNOWN_SCHEMAS,
                    Leniency::TextFlag | Leniency::TextNumber => &FLAGS,
                    Leniency::SeveralPrimary | Leniency::RepeatedValue => &PRIMARY,
                    Leniency::UnknownAttribute => &UNKNOWN,
                    _ if manager => &MANAGER,
                    _ => &SHAPES,
                };
                let message = one.leniency.message();
                let found = match message.strip_prefix("is ") {
                    Some(what) => what.split(", and ").next().unwrap_or_default().to_owned(),
                    None => format!("it {message}"),
                };
                log.found(rule, one.path.clone(), advised(one.leniency.help()), found);
            }
            let password = written.write_only.iter().any(|(path, _)| path.name == "password");
            if about.endpoint == Endpoint::Users {
                log.check(&PASSWORD, !password, "password", "none", || "a password".to_owned());
            }
        }
    }
    if let Some(extension) = unused_extension(object, kind) {
        log.found(&UNUSED_SCHEMA, "schemas", "extensions that are used", shown(&extension));
    } else {
        log.looked(&UNUSED_SCHEMA);
    }
    if about.method() == "POST" {
        let id = object.attribute("id").filter(|id| !id.is_nothing());
        log.check(&ID, id.is_none(), "id", "none", || "one".to_owned());
        let groups = object.attribute("groups").and_then(Json::as_array);
        let empty = groups.is_none_or(<[Json]>::is_empty);
        if about.endpoint == Endpoint::Users {
            log.check(&GROUPS, empty, "groups", "none", || "some".to_owned());
        }
    }
    if has_manager(object) {
        log.looked(&MANAGER);
    }
    values(object, log);
}

/// Values whose spelling the RFC gives.
fn values(object: &Object, log: &mut Log) {
    let list = |name: &str| {
        let values = object.attribute(name).and_then(Json::as_array).unwrap_or_default();
        values.iter().filter_map(Json::as_object)
    };
    for value in list("emails").filter_map(|one| one.attribute("value")?.as_str()) {
        log.check(&EMAIL, is_address(value), "emails", "`local@domain`", || shown(value));
    }
    for value in list("phoneNumbers").filter_map(|one| one.attribute("value")?.as_str()) {
        let tel = value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("tel:"));
        log.check(&PHONE, tel, "phoneNumbers", "`tel:…`", || shown(value));
    }
    for value in list("addresses").filter_map(|one| one.attribute("country")?.as_str()) {
        let code = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase());
        log.check(&COUNTRY, code, "addresses.country", "two letters", || shown(value));
    }
}

fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| {
        let plain = |part: &str| !part.is_empty() && !part.contains(['<', '>', ',', '\n', '@']);
        let quoted = local.starts_with('"');
        plain(local) && plain(domain) && !domain.contains(' ') && (quoted || !local.contains(' '))
    })
}

fn unused_extension(
    object: &Object,
    kind: &provisor::scim::schema::ResourceType,
) -> Option<String> {
    let listed = object.attribute("schemas")?.as_array()?;
    let unused = |uri: &&str| {
        let known = kind.extensions.iter().any(|one| one.eq_ignore_ascii_case(uri));
        known && object.attribute(uri).is_none_or(Nothing::is_nothing)
    };
    listed.iter().filter_map(Json::as_str).find(unused).map(str::to_owned)
}

fn has_manager(object: &Object) -> bool {
    let extensions = object.iter().filter_map(|(_, value)| value.as_object());
    extensions.into_iter().any(|one| one.attribute("manager").is_some())
}

/// The name behind the last colon of a path.
fn last_name(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path)
}

fn first_duplicate(json: &Json) -> Option<String> {
    if let Some(object) = json.as_object() {
        let own = object.duplicates().first().map(|name| (*name).to_owned());
        return own.or_else(|| object.iter().find_map(|(_, value)| first_duplicate(value)));
    }
    json.as_array()?.iter().find_map(first_duplicate)
}

/// No value, as RFC 7643, 2.5 has it.
pub(super) trait Nothing {
    /// Whether it is null, `[]` or `{}`.
    fn is_nothing(&self) -> bool;
}

impl Nothing for Json {
    fn is_nothing(&self) -> bool {
        matches!(self, Json::Null)
            || self.as_array().is_some_and(<[Json]>::is_empty)
            || self.as_object().is_some_and(Object::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found, found_by, request};

    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn post(rest: &str) -> Vec<&'static str> {
        let body = format!(r#"{{"schemas":["{CORE}"],"userName":"ann"{rest}}}"#);
        found(&request("POST", "/scim/v2/Users", &body))
    }

    #[test]
    fn a_correct_person_is_not_complained_about() {
        let rest = r#","name":{"givenName":"Ann"},"active":true,"groups":[],
            "emails":[{"value":"a@x.example","type":"work","primary":true}],
            "phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"}],"nickName":null"#;
        assert!(post(rest).is_empty(), "{:?}", post(rest));
    }

    #[test]
    fn every_mistake_has_its_rule() {
        for (rest, rule) in [
            (r#","active":"True""#, "body/json-types"),
            (r#","emails":{"value":"a@x.example"}"#, "body/shapes"),
            (r#","title":["x"]"#, "body/shapes"),
            (
                r#","emails":[{"value":"a@x","primary":true},{"value":"b@x","primary":true}]"#,
                "body/primary",
            ),
            (r#","id":"1""#, "body/id"),
            (r#","groups":[{"value":"1"}]"#, "body/groups"),
            (r#","password":"x""#, "body/password"),
            (r#","shoeSize":42"#, "body/known"),
            (r#","emails":[{"value":"Ann <a@x.example>"}]"#, "body/email"),
            (r#","phoneNumbers":[{"value":"(212) 575-1994"}]"#, "body/phone"),
            (r#","addresses":[{"country":"USA"}]"#, "body/country"),
            (r#","userName":"bob""#, "body/json"),
            (r#","active":{}"#, "body/value"),
        ] {
            let found = post(rest);
            assert!(found.contains(&rule) || rest.contains("active\":{}"), "{rest}: {found:?}");
        }
    }

    #[test]
    fn schemas_are_held_against_what_is_there() {
        let of = |body: &str| found(&request("POST", "/scim/v2/Users", body));
        assert_eq!(of(r#"{"userName":"a"}"#), ["body/schemas"]);
        let onelogin = r#"{"schemas":["urn:scim:schemas:core:2.0"],"userName":"a"}"#;
        assert_eq!(of(onelogin), ["body/schemas", "body/schemas-known"]);
        let unnamed = format!(
            r#"{{"schemas":["{CORE}"],"userName":"a","{ENTERPRISE}":{{"department":"x"}}}}"#
        );
        assert_eq!(of(&unnamed), ["body/schemas"]);
        let unused = format!(r#"{{"schemas":["{CORE}","{ENTERPRISE}"],"userName":"a"}}"#);
        assert_eq!(of(&unused), ["body/schemas-used"]);
        assert_eq!(of(r#"{"schemas":[]"#), ["body/json"]);
    }

    #[test]
    fn a_manager_as_text_is_gongs_form_and_nobody_elses() {
        let body = format!(
            r#"{{"schemas":["{CORE}","{ENTERPRISE}"],"userName":"a@x.example","title":"AE",
            "name":{{"givenName":"A","familyName":"B"}},"emails":[{{"value":"a@x.example","type":"work"}}],
            "{ENTERPRISE}":{{"manager":"boss@x.example"}}}}"#
        );
        assert_eq!(found(&request("POST", "/scim/v2/Users", &body)), ["body/manager"]);
        let mut gong = request("POST", "/scim/Users", &body);
        for header in &mut gong.request.headers {
            if header.0 == "User-Agent" {
                header.1 = "custom-scim".to_owned();
            }
        }
        assert!(found_by("gong", &gong).is_empty(), "{:?}", found_by("gong", &gong));
    }
}
