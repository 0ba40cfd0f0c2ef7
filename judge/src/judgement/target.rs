//! What the contract of the target product asks, beyond the RFCs.

mod rules;

use provisor::json::{Json, Object};
use provisor::scim::filter::{self, Expr, ExprKind, Options, Test};
use provisor::scim::patch;
use provisor::scim::patch::Tolerance;

use super::body::Nothing;
use super::rule::shown;
use super::{About, Basis, Endpoint, Log};
use crate::contract::{Manager, Resource, Update};
pub(super) use rules::RULES;
use rules::{
    ACCEPTED, AGENT, BULK, DELETION, DOMAIN, FILTERABLE, MANAGER, MEDIA, MEMBERS, OPERATORS, PAGE,
    PATH, RENAME, REQUIRED, UPDATE, WANTED,
};

pub(super) fn judge(about: &About<'_>, basis: &Basis<'_>, log: &mut Log) {
    let contract = basis.contract;
    let requests = &contract.requests;
    let request = &about.exchange.request;
    let below = about.endpoint != Endpoint::Other;
    log.check(&PATH, below, "path", &contract.base_path, || shown(request.path()));
    if let Some(agent) = &requests.user_agent {
        let found = request.header("user-agent").unwrap_or_default();
        log.check(&AGENT, found == agent, "User-Agent", agent, || shown(found));
    }
    if !requests.content_types.is_empty() && !request.body.is_empty() {
        let found = request.header("content-type").unwrap_or_default();
        let kind = found.split(';').next().unwrap_or_default().trim();
        let known = requests.content_types.iter().any(|one| one.eq_ignore_ascii_case(kind));
        log.check(&MEDIA, known, "Content-Type", &requests.content_types.join(" or "), || {
            shown(found)
        });
    }
    if let Some(bulk) = requests.bulk {
        let wrong = !bulk && about.endpoint == Endpoint::Bulk;
        log.check(&BULK, !wrong, "path", "no `/Bulk`", || shown(&request.target));
    }
    if let Some(page) = requests.page.filter(|_| about.is_list()) {
        let count = about.parameter("count").and_then(|text| text.parse::<usize>().ok());
        let fits = count.is_none_or(|count| count <= page);
        log.check(&PAGE, fits, "count", &page.to_string(), || {
            count.unwrap_or_default().to_string()
        });
    }
    let resource = match about.endpoint {
        Endpoint::Users => &contract.user,
        Endpoint::Groups => &contract.group,
        _ => return,
    };
    filters(about, basis, resource, log);
    changes(about, resource, log);
    if let Some(body) = about.body.as_ref().and_then(Json::as_object) {
        match about.method() {
            "POST" | "PUT" if !about.search => whole(about, body, resource, log),
            "PATCH" => parts(about, basis, resource, log),
            _ => {}
        }
    }
}

fn filters(about: &About<'_>, basis: &Basis<'_>, resource: &Resource, log: &mut Log) {
    let Some(text) = about.filter() else { return };
    let Ok(filter) = filter::parse(&text, basis.schemas, Options::tolerant()) else { return };
    let mut asked = Asked { text: &text, paths: Vec::new(), operators: Vec::new() };
    asked.collect(&filter.root, "");
    if !resource.filterable.is_empty() {
        let expected = resource.filterable.join(" or ");
        for path in asked.paths {
            let known = resource.filterable.iter().any(|one| same(one, &path));
            log.check(&FILTERABLE, known, "filter", &expected, || shown(&text));
        }
    }
    if !resource.operators.is_empty() {
        let expected = resource.operators.join(", ");
        for operator in asked.operators {
            let known = resource.operators.iter().any(|one| one == operator);
            log.check(&OPERATORS, known, "filter", &expected, || shown(&text));
        }
    }
}

/// What a filter asks for.
struct Asked<'a> {
    text: &'a str,
    /// Attributes, one for each condition.
    paths: Vec<String>,
    /// Operators, those between conditions too.
    operators: Vec<&'static str>,
}

impl Asked<'_> {
    fn collect(&mut self, expr: &Expr, parent: &str) {
        match &expr.node {
            ExprKind::Or(parts) => self.joined("or", parts, parent),
            ExprKind::And(parts) => self.joined("and", parts, parent),
            ExprKind::Not(part) => {
                self.operators.push("not");
                self.collect(part, parent);
            }
            ExprKind::Compare { path, test } => {
                self.operators.push(match test {
                    Test::Present => "pr",
                    Test::Value(op, _) => op.as_str(),
                });
                let path = path.node.to_string();
                let whole = if parent.is_empty() { path } else { format!("{parent}.{path}") };
                self.paths.push(whole);
            }
            ExprKind::Element { path, inner } => self.element(&path.node.to_string(), inner),
        }
    }

    /// `emails[type eq "work"].value eq "a"` is read as two conditions on one value: nobody wrote
    /// an `and` there.
    fn element(&mut self, path: &str, inner: &Expr) {
        let parts = match &inner.node {
            ExprKind::And(parts) => parts.as_slice(),
            _ => &[],
        };
        let (Some((last, first)), Some(before)) = (parts.split_last(), parts.iter().nth_back(1))
        else {
            return self.collect(inner, path);
        };
        let between = self.text.get(before.place.end..last.place.start).unwrap_or_default();
        match first {
            _ if !between.contains(']') => self.collect(inner, path),
            [one] => [one, last].into_iter().for_each(|part| self.collect(part, path)),
            more => {
                self.joined("and", more, path);
                self.collect(last, path);
            }
        }
    }

    fn joined(&mut self, operator: &'static str, parts: &[Expr], parent: &str) {
        self.operators.push(operator);
        parts.iter().for_each(|part| self.collect(part, parent));
    }
}

fn changes(about: &About<'_>, resource: &Resource, log: &mut Log) {
    let method = about.method();
    if about.id.is_none() {
        return;
    }
    if let Some(update) = resource.update.filter(|_| matches!(method, "PUT" | "PATCH")) {
        let wanted = match update {
            Update::Patch => "PATCH",
            Update::Put => "PUT",
        };
        log.check(&UPDATE, method == wanted, "method", wanted, || method.to_owned());
    }
    if resource.deletion == Some(false) {
        let deletes = method == "DELETE";
        log.check(&DELETION, !deletes, "method", "`active` false", || "DELETE".to_owned());
    }
}

/// A resource as a whole.
fn whole(about: &About<'_>, body: &Object, resource: &Resource, log: &mut Log) {
    for (rule, paths) in [(&REQUIRED, &resource.required), (&WANTED, &resource.wanted)] {
        for path in paths {
            let there = present(body, path);
            log.check(rule, there, path, "a value", || "none".to_owned());
        }
    }
    if !resource.accepted.is_empty() {
        for name in named(body) {
            log.check(&ACCEPTED, resource.takes(&name), &name, "not sent", || "a value".to_owned());
        }
    }
    if let Some(form) = resource.manager.filter(|_| about.endpoint == Endpoint::Users) {
        managers(form, body, log);
    }
}

/// The managers of a value: its own, and those of extensions in it.
fn managers(form: Manager, values: &Object, log: &mut Log) {
    let inner = values.iter().filter_map(|(_, value)| value.as_object());
    for one in inner.chain([values]) {
        if let Some(value) = one.attribute("manager").filter(|value| !value.is_nothing()) {
            manager_form(form, value, log);
        }
    }
}

fn manager_form(form: Manager, value: &Json, log: &mut Log) {
    let (fits, expected) = match form {
        Manager::Text => (value.as_str().is_some(), "a text, such as an e-mail address"),
        Manager::Object | Manager::Name => (value.as_object().is_some(), "an object with `value`"),
    };
    log.check(&MANAGER, fits, "manager", expected, || shown(&value.to_string()));
}

/// The operations of a PATCH.
fn parts(about: &About<'_>, basis: &Basis<'_>, resource: &Resource, log: &mut Log) {
    let (Some(body), Some(kind)) = (&about.body, about.endpoint.resource_type()) else { return };
    let Some(kind) = basis.schemas.resource_type(kind) else { return };
    let options = patch::Options::tolerant().with(Tolerance::UnknownAttribute);
    let Ok(patch) = patch::parse(body, basis.schemas, kind, options) else { return };
    let mut members = 0;
    for operation in &patch.operations {
        let (extension, name) = operation.attribute();
        let path = extension.map_or_else(|| name.to_owned(), |uri| format!("{uri}:{name}"));
        if !resource.accepted.is_empty() && !operation.is_echo() && name != "schemas" {
            let fits = resource.takes(&path);
            log.check(&ACCEPTED, fits, &path, "not sent", || "a value".to_owned());
        }
        if name == "members" {
            let listed = operation.value().and_then(Json::as_array).map_or(1, <[Json]>::len);
            members += listed;
        }
        if resource.rename == Some(false) && name == "displayName" && !operation.is_echo() {
            log.found(&RENAME, "displayName", "as it was", "a change".to_owned());
        }
    }
    if let Some(form) = resource.manager {
        for operation in body_operations(body) {
            let path = operation.attribute("path").and_then(Json::as_str).unwrap_or_default();
            let value = operation.attribute("value").filter(|value| !value.is_nothing());
            if let Some(value) = value.filter(|_| path.rsplit(':').next() == Some("manager")) {
                manager_form(form, value, log);
            }
            let whole = value.filter(|_| path.is_empty() || path.starts_with("urn:"));
            if let Some(values) = whole.and_then(Json::as_object) {
                managers(form, values, log);
            }
        }
    }
    if let Some(most) = basis.contract.requests.members_of_one_patch.filter(|_| members > 0) {
        let expected = format!("at most {most}");
        log.check(&MEMBERS, members <= most, "members", &expected, || members.to_string());
    }
}

fn body_operations(body: &Json) -> impl Iterator<Item = &Object> {
    let list = body.as_object().and_then(|body| body.attribute("Operations"));
    list.and_then(Json::as_array).unwrap_or_default().iter().filter_map(Json::as_object)
}

/// The attributes that a resource has values of, those of extensions under their URIs.
fn named(body: &Object) -> Vec<String> {
    const ALWAYS: &[&str] = &["schemas", "id", "meta", "groups", "password"];
    let mut names = Vec::new();
    for (name, value) in body.iter().filter(|(_, value)| !value.is_nothing()) {
        match value.as_object().filter(|_| name.starts_with("urn:")) {
            Some(extension) => {
                let inner = extension.iter().filter(|(_, value)| !value.is_nothing());
                names.extend(inner.map(|(inner, _)| format!("{name}:{inner}")));
            }
            None if ALWAYS.iter().any(|one| one.eq_ignore_ascii_case(name)) => {}
            None => names.push(name.to_owned()),
        }
    }
    names
}

/// Whether a path of a contract has a value: `name.givenName`, `emails[type eq "work"].value`,
/// `urn:…:User:manager`.
pub(crate) fn present(body: &Object, path: &str) -> bool {
    let filled = |value: Option<&Json>| {
        value.is_some_and(|value| !value.is_nothing() && value.as_str() != Some(""))
    };
    if path.starts_with("urn:") {
        let Some((uri, name)) = path.rsplit_once(':') else { return false };
        let extension = body.attribute(uri).and_then(Json::as_object);
        return filled(extension.and_then(|one| one.attribute(name)));
    }
    if let Some((list, rest)) = path.split_once('[') {
        let Some((filter, sub)) = rest.split_once(']') else { return false };
        let kind = filter.split('"').nth(1).unwrap_or_default();
        let values = body.attribute(list).and_then(Json::as_array).unwrap_or_default();
        return values.iter().filter_map(Json::as_object).any(|one| {
            one.attribute("type").and_then(Json::as_str) == Some(kind)
                && filled(one.attribute(sub.trim_start_matches('.')))
        });
    }
    match path.split_once('.') {
        Some((name, sub)) => {
            let inner = body.attribute(name).and_then(Json::as_object);
            filled(inner.and_then(|one| one.attribute(sub)))
        }
        None => filled(body.attribute(path)),
    }
}

fn same(contract: &str, path: &str) -> bool {
    let plain = |text: &str| {
        // `emails[type eq "work"].value` is compared as `emails.value`.
        let text = match (text.split_once('['), text.rsplit_once(']')) {
            (Some((list, _)), Some((_, sub))) => format!("{list}{sub}"),
            _ => text.to_owned(),
        };
        text.to_ascii_lowercase()
    };
    plain(contract) == plain(path)
}

/// The domains of the work addresses that all people were pushed with, each with an exchange.
pub(super) fn domains<'a>(
    bodies: impl Iterator<Item = (&'a crate::exchange::Exchange, &'a Object)>,
    log: &mut Log,
) {
    let mut first: Option<String> = None;
    for (exchange, body) in bodies {
        log.at(exchange);
        let values = body.attribute("emails").and_then(Json::as_array).unwrap_or_default();
        for one in values.iter().filter_map(Json::as_object) {
            let work =
                one.attribute("type").and_then(Json::as_str).is_none_or(|kind| kind == "work");
            let address = one.attribute("value").and_then(Json::as_str).filter(|_| work);
            let Some((_, domain)) = address.and_then(|text| text.rsplit_once('@')) else {
                continue;
            };
            let domain = domain.to_ascii_lowercase();
            let known = first.get_or_insert_with(|| domain.clone()).clone();
            log.check(&DOMAIN, known == domain, "emails", &known, || shown(&domain));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found_by, request};
    use crate::exchange::Exchange;

    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

    fn gong(method: &str, target: &str, body: &str) -> Vec<&'static str> {
        let mut one: Exchange = request(method, target, body);
        for header in &mut one.request.headers {
            if header.0 == "User-Agent" {
                header.1 = "custom-scim".to_owned();
            }
        }
        let mut found = found_by("gong", &one);
        found.retain(|id| id.starts_with("contract/"));
        found
    }

    #[test]
    fn what_gong_asks_is_held_against_each_request() {
        assert_eq!(gong("GET", "/scim/v2/Nothing", ""), ["contract/base-path"]);
        assert_eq!(gong("DELETE", "/scim/Users/1", ""), ["contract/deletion"]);
        // Nobody knows what Gong does with other filters.
        let by_mail = "/scim/Users?filter=emails.value%20eq%20%22a%22";
        assert!(gong("GET", by_mail, "").is_empty());
        let okta = "/scim/v2/Groups?filter=externalId%20eq%20%22a%22";
        assert!(found_by("okta-oin", &request("GET", okta, "")).contains(&"contract/filterable"));
        let bare = format!(r#"{{"schemas":["{CORE}"],"userName":"a"}}"#);
        assert_eq!(gong("POST", "/scim/Users", &bare), ["contract/required", "contract/wanted"]);
        let nick = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations":[{"op":"replace","path":"nickName","value":"x"}]}"#;
        assert_eq!(gong("PATCH", "/scim/Users/1", nick), ["contract/accepted"]);
    }

    #[test]
    fn a_manager_is_found_wherever_a_patch_has_it() {
        let work = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        for operation in [
            format!(r#"{{"op":"add","path":"{work}:manager","value":{{"value":"1"}}}}"#),
            format!(r#"{{"op":"add","path":"{work}","value":{{"manager":{{"value":"1"}}}}}}"#),
            format!(r#"{{"op":"add","value":{{"{work}":{{"manager":{{"value":"1"}}}}}}}}"#),
        ] {
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#
            );
            let found = gong("PATCH", "/scim/Users/1", &body);
            assert!(found.contains(&"contract/manager"), "{operation}: {found:?}");
        }
    }

    #[test]
    fn a_user_agent_that_is_demanded_is_looked_for() {
        let one = request("GET", "/scim/Users?count=1", "");
        assert_eq!(found_by("gong", &one), ["contract/user-agent"]);
    }

    #[test]
    fn words_between_conditions_are_operators_too() {
        let one = "userName%20eq%20%22a%22";
        let other = "externalId%20eq%20%22b%22";
        let found = |contract: &str, filter: &str| {
            let base = if contract == "onelogin" { "/scim/v2" } else { "/scim" };
            let target = format!("{base}/Users?filter={filter}");
            found_by(contract, &request("GET", &target, "")).contains(&"contract/operators")
        };
        let joined = |word: &str| format!("{one}%20{word}%20{other}");
        assert!(!found("entra-default", &joined("and")));
        assert!(found("entra-default", &joined("or")));
        assert!(found("entra-default", &format!("not%20({one})")));
        assert!(!found("onelogin", one));
        assert!(found("onelogin", &joined("and")));
        let element = "emails%5Btype%20eq%20%22work%22%20and%20value%20eq%20%22a%22%5D";
        assert!(!found("entra-default", element) && found("onelogin", element));
        let tail = "emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22a%22";
        assert!(!found("onelogin", tail));
    }

    #[test]
    fn filters_of_values_are_those_of_the_list() {
        let one = request(
            "GET",
            "/scim/v2/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value%20pr",
            "",
        );
        // Not by the letter, so nothing is asked of it here.
        let _ = found_by("okta-oin", &one);
        let element = "/scim/v2/Users?filter=emails%5Bvalue%20eq%20%22a%40x%22%5D";
        let found = found_by("okta-oin", &request("GET", element, ""));
        assert!(!found.contains(&"contract/filterable"), "{found:?}");
    }
}
