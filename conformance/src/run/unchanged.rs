//! Whether what should not change is as it was.

use std::collections::BTreeMap;

use serde_json::Value;

use super::outcome::Exchange;
use super::play::Play;
use super::shape::usual;
use super::stop::Stop;
use crate::expect::Difference;
use crate::http::{Answer, Request};
use crate::scenario::{Credential, Level};

impl Play<'_> {
    /// What must not change, as it is now.
    pub(super) async fn look(&mut self) -> Result<BTreeMap<String, Answer>, Stop> {
        let mut seen = BTreeMap::new();
        for name in &self.scenario.unchanged {
            if let Some(request) = self.reading(name) {
                let answer = self.send(&request, Credential::Main).await?;
                seen.insert(name.clone(), answer);
            }
        }
        Ok(seen)
    }

    pub(super) async fn compare(&mut self, before: &BTreeMap<String, Answer>) -> Result<(), Stop> {
        for (name, was) in before {
            let Some(request) = self.reading(name) else { continue };
            let is = self.send(&request, Credential::Main).await?;
            let differences = changes(name, was, &is);
            if !differences.is_empty() {
                let what = format!("`{name}` must be as it was");
                let exchange = Exchange::new(&request, Credential::Main, &is);
                self.found(Level::Must, 0, what, vec![exchange], differences);
            }
        }
        Ok(())
    }

    fn reading(&self, name: &str) -> Option<Request> {
        let id = self.scope.get(&format!("{name}/id"))?.as_str()?;
        let endpoint = self.scenario.given.get(name)?.endpoint();
        let target = format!("{endpoint}/{id}");
        Some(Request { method: "GET".to_owned(), target, headers: usual(false), body: None })
    }
}

/// How a resource changed. `meta` and the order of members may differ: they are no data.
fn changes(name: &str, was: &Answer, is: &Answer) -> Vec<Difference> {
    let differ =
        |place: String, expected: String, found: String| Difference { place, expected, found };
    if was.status != is.status {
        return vec![differ("status".to_owned(), was.status.to_string(), is.status.to_string())];
    }
    let (Some(Value::Object(was)), Some(Value::Object(is))) = (was.json(), is.json()) else {
        return Vec::new();
    };
    let keys = was.keys().chain(is.keys().filter(|key| !was.contains_key(*key)));
    let keys =
        keys.filter(|key| !["meta", "groups"].iter().any(|one| key.eq_ignore_ascii_case(one)));
    keys.filter(|key| was.get(*key).map(sorted) != is.get(*key).map(sorted))
        .map(|key| {
            let text = |value: Option<&Value>| {
                value.map_or_else(|| "nothing".to_owned(), Value::to_string)
            };
            differ(format!("{name}/{key}"), text(was.get(key)), text(is.get(key)))
        })
        .collect()
}

/// Arrays in an order of their own, so that only their elements count.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<Value> = elements.iter().map(sorted).collect();
            elements.sort_by_key(Value::to_string);
            Value::Array(elements)
        }
        other => other.clone(),
    }
}
