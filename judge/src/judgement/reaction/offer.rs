//! What the provider says that it has: whether a source keeps to it.

use provisor::json::Json;

use super::Scene;
use super::rules::{HEEDS_CONFIG, HEEDS_FILTER, HEEDS_SCHEMAS};
use crate::judgement::{About, Endpoint, Log, Rule};

impl Scene<'_> {
    pub(super) fn heeds_config(&self, log: &mut Log) {
        self.unused(&HEEDS_CONFIG, log, |about| match about.endpoint {
            Endpoint::Bulk => Some("a bulk request"),
            Endpoint::Users | Endpoint::Groups if about.method() == "PATCH" => Some("PATCH"),
            _ => None,
        });
    }

    pub(super) fn heeds_filter(&self, log: &mut Log) {
        self.unused(&HEEDS_FILTER, log, |about| {
            let listed = matches!(about.endpoint, Endpoint::Users | Endpoint::Groups);
            (listed && about.filter().is_some()).then_some("a filter")
        });
    }

    pub(super) fn heeds_schemas(&self, log: &mut Log) {
        let lacking = self.what.does.rewrite.as_ref().map(|one| one.without.as_slice());
        let lacking = lacking.unwrap_or_default();
        self.unused(&HEEDS_SCHEMAS, log, |about| {
            let person = about.endpoint == Endpoint::Users && about.exchange.request.is_write();
            let body = about.body.as_ref().filter(|_| person)?;
            lacking.iter().map(String::as_str).find(|name| sends(body, name))
        });
    }

    /// Where the source read what the provider has. One that never does has shown nothing.
    pub(super) fn told(&self) -> Option<usize> {
        let told = self.meddled().find(|(_, one)| one.endpoint == Endpoint::Discovery);
        told.map(|(place, _)| place)
    }

    /// That nothing which is not offered is used from then on.
    fn unused<'t>(
        &self,
        rule: &'static Rule,
        log: &mut Log,
        used: impl Fn(&About<'_>) -> Option<&'t str>,
    ) {
        let Some(told) = self.told() else { return };
        log.looked(rule);
        for about in self.after(told) {
            if let Some(what) = used(about) {
                log.at(about.exchange);
                log.found(rule, "sequence", "only what is offered", what.to_owned());
            }
        }
    }
}

/// Whether a body gives an attribute of a person a value: at the top, in an extension, or by an
/// operation of a PATCH.
fn sends(body: &Json, name: &str) -> bool {
    let Some(object) = body.as_object() else { return false };
    let valued = |value: &Json| !matches!(value, Json::Null);
    let own = |key: &str| key.rsplit(':').next().unwrap_or(key).eq_ignore_ascii_case(name);
    let in_object = object.iter().any(|(key, value)| {
        let extension = key.starts_with("urn:") && sends(value, name);
        extension || own(key) && valued(value)
    });
    let operations = object.attribute("Operations").and_then(Json::as_array).unwrap_or_default();
    let in_operations = operations.iter().filter_map(Json::as_object).any(|one| {
        let value = one.attribute("value").filter(|value| valued(value));
        match one.attribute("path").and_then(Json::as_str) {
            Some(path) => own(path) && value.is_some(),
            None => value.is_some_and(|value| sends(value, name)),
        }
    });
    in_object || in_operations
}
