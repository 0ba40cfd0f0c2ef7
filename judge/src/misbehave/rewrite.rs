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
    /// The first resource of a list is left out.
    pub leave_out: bool,
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
        self.list(&mut value);
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

    fn list(&self, value: &mut Value) {
        let Some(listed) = value.get_mut("Resources").and_then(Value::as_array_mut) else { return };
        if self.empty {
            listed.clear();
        }
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
        let total = if self.empty { 0 } else { total + self.more_in_total };
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
        let none = of(&Rewrite { empty: true, ..Rewrite::default() }, &body);
        assert_eq!(none.body.value().unwrap()["totalResults"], 0);
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
