//! Changes of a true answer.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::exchange::{Answer, Body};

/// What becomes of an answer.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rewrite {
    /// So many more in `totalResults` than there are.
    pub more_in_total: u64,
    /// A list has so many resources at most, whatever `count` says.
    pub page: Option<usize>,
    /// A list is empty.
    pub empty: bool,
    /// A success has no body: 204.
    pub no_content: bool,
    /// These members take the place of those of the body.
    pub merge: Option<Value>,
    /// Only these members of the body stay.
    pub keep: Option<Vec<String>>,
    /// The resources of a list come in the other order.
    pub reverse: bool,
    /// A list has this resource too.
    pub add: Option<Value>,
    /// The first resource of a list is left out.
    pub leave_out: bool,
    /// A list in which nobody is becomes 404.
    pub not_found_if_empty: bool,
    /// Schemas lack the attributes of these names, and resources their values.
    pub without: Vec<String>,
    /// The request is carried out as if it had asked for pages of so many.
    pub count: Option<usize>,
}

impl Rewrite {
    /// The query that is carried out in place of the one that was sent.
    pub(crate) fn query(&self, query: &str) -> Option<String> {
        let count = self.count?;
        let others = query.split('&').filter(|one| !one.is_empty() && !one.starts_with("count="));
        let mut parts: Vec<String> = others.map(str::to_owned).collect();
        parts.push(format!("count={count}"));
        Some(parts.join("&"))
    }

    /// Changes an answer.
    pub(crate) fn apply(&self, answer: &mut Answer) {
        if !answer.is_success() {
            return;
        }
        if self.no_content {
            answer.status = 204;
            answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            answer.body = Body::default();
            return;
        }
        let Some(mut value) = answer.body.value() else { return };
        let listed = value.get("Resources").and_then(Value::as_array);
        if self.not_found_if_empty && listed.is_none_or(Vec::is_empty) {
            *answer = crate::provider::error(http::StatusCode::NOT_FOUND, "nobody found");
            return;
        }
        self.list(&mut value);
        self.narrow(&mut value);
        if let Some(body) = value.as_object_mut() {
            if let Some(names) = &self.keep {
                body.retain(|name, _| names.contains(name));
            }
            for (name, new) in self.merge.iter().filter_map(Value::as_object).flatten() {
                body.insert(name.clone(), new.clone());
            }
        }
        answer.body = Body::whole(value.to_string());
    }

    /// Takes attributes out of schemas and resources, alone or in a list.
    fn narrow(&self, value: &mut Value) {
        if self.without.is_empty() {
            return;
        }
        if let Some(listed) = value.get_mut("Resources").and_then(Value::as_array_mut) {
            listed.iter_mut().for_each(|one| self.narrow(one));
            return;
        }
        if let Some(attributes) = value.get_mut("attributes").and_then(Value::as_array_mut) {
            let name = |one: &Value| one.get("name").and_then(Value::as_str).map(str::to_owned);
            attributes.retain(|one| name(one).is_none_or(|name| !self.without.contains(&name)));
            return;
        }
        let Some(resource) = value.as_object_mut() else { return };
        resource.retain(|name, _| !self.without.contains(name));
        let extensions = resource.iter_mut().filter(|(name, _)| name.starts_with("urn:"));
        for values in extensions.filter_map(|(_, value)| value.as_object_mut()) {
            values.retain(|name, _| !self.without.contains(name));
        }
    }

    fn list(&self, value: &mut Value) {
        let Some(listed) = value.get_mut("Resources").and_then(Value::as_array_mut) else { return };
        if self.empty {
            listed.clear();
        }
        listed.extend(self.add.clone());
        if self.reverse {
            listed.reverse();
        }
        if self.leave_out && !listed.is_empty() {
            listed.remove(0);
        }
        if let Some(page) = self.page {
            listed.truncate(page);
        }
        let count = listed.len();
        if self.page.is_some() || self.empty {
            put(value, "itemsPerPage", json!(count));
        }
        let total = value.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
        let added = u64::from(self.add.is_some());
        let total = if self.empty { 0 } else { total + self.more_in_total + added };
        put(value, "totalResults", json!(total));
    }
}

fn put(value: &mut Value, name: &str, new: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rewrite: &Rewrite, body: &Value) -> Answer {
        let body = Body::whole(body.to_string());
        let mut answer = Answer { status: 200, body, ..Answer::default() };
        rewrite.apply(&mut answer);
        answer
    }

    #[test]
    fn lists_are_cut_and_lied_about() {
        let body = json!({"totalResults": 3, "itemsPerPage": 3, "Resources": [1, 2, 3]});
        let cut = Rewrite { page: Some(2), more_in_total: 5, ..Rewrite::default() };
        let value = of(&cut, &body).body.value().unwrap();
        assert_eq!(value, json!({"totalResults": 8, "itemsPerPage": 2, "Resources": [1, 2]}));
        let more = of(&Rewrite { add: Some(json!(4)), ..Rewrite::default() }, &body);
        let more = more.body.value().unwrap();
        assert_eq!((&more["totalResults"], &more["Resources"][3]), (&json!(4), &json!(4)));
        let none = of(&Rewrite { empty: true, ..Rewrite::default() }, &body);
        assert_eq!(none.body.value().unwrap()["totalResults"], 0);
    }

    #[test]
    fn nobody_is_404_and_somebody_is_not() {
        let rewrite = Rewrite { not_found_if_empty: true, ..Rewrite::default() };
        let found = |resources: Value| {
            of(&rewrite, &json!({"totalResults": 1, "Resources": resources})).status
        };
        assert_eq!((found(json!([])), found(json!([{"id": "1"}]))), (404, 200));
    }

    #[test]
    fn schemas_are_narrowed_alone_and_in_lists() {
        let rewrite = Rewrite { without: vec!["title".to_owned()], ..Rewrite::default() };
        let schema = json!({"id": "urn:x", "attributes": [{"name": "title"}, {"name": "name"}]});
        let narrow = json!({"id": "urn:x", "attributes": [{"name": "name"}]});
        assert_eq!(of(&rewrite, &schema).body.value().unwrap(), narrow);
        let list = json!({"totalResults": 1, "Resources": [schema]});
        assert_eq!(of(&rewrite, &list).body.value().unwrap()["Resources"], json!([narrow]));
        // Who has no place for a value does not show one.
        let user = json!({"userName": "title", "title": "x", "urn:y": {"title": "x", "z": 1}});
        let bare = json!({"userName": "title", "urn:y": {"z": 1}});
        assert_eq!(of(&rewrite, &user).body.value().unwrap(), bare);
    }

    #[test]
    fn a_request_is_carried_out_with_pages_of_another_size() {
        let rewrite = Rewrite { count: Some(2), ..Rewrite::default() };
        assert_eq!(rewrite.query("cursor=&count=100").as_deref(), Some("cursor=&count=2"));
        assert_eq!(Rewrite::default().query("cursor="), None);
    }

    #[test]
    fn a_body_can_be_left_out_or_changed() {
        let rewrite = Rewrite { no_content: true, ..Rewrite::default() };
        let bare = of(&rewrite, &json!({"id": "1"}));
        assert_eq!((bare.status, bare.body.is_empty()), (204, true));
        let merge = Some(json!({"patch": {"supported": false}}));
        let keep = Some(vec!["schemas".to_owned()]);
        let rewrite = Rewrite { merge, keep, ..Rewrite::default() };
        let value = of(&rewrite, &json!({"schemas": [], "sort": 1, "patch": 1})).body.value();
        assert_eq!(value.unwrap(), json!({"schemas": [], "patch": {"supported": false}}));
    }
}
