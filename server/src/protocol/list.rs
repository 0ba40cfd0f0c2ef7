//! ListResponse (RFC 7644, 3.4.2; RFC 9865, 2).

use provisor::json::{Json, Object};

use crate::protocol::Listed;

/// The schema of the message.
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

impl Listed {
    /// Everything there is, on one page.
    pub fn whole(resources: Vec<Json>) -> Self {
        let total = u64::try_from(resources.len()).ok();
        Self { total, start_index: Some(1), next_cursor: None, resources }
    }

    /// The message. `Resources` is there even if it is empty, so that clients need not ask.
    pub fn into_json(self) -> Json {
        let mut body = Object::new();
        body.push("schemas", Json::Array(vec![Json::String(LIST_RESPONSE.to_owned())]));
        if let Some(total) = self.total {
            body.push("totalResults", total);
        }
        if let Some(start_index) = self.start_index {
            body.push("startIndex", start_index);
        }
        body.push("itemsPerPage", self.resources.len() as u64);
        if let Some(cursor) = self.next_cursor {
            body.push("nextCursor", Json::String(cursor));
        }
        body.push("Resources", Json::Array(self.resources));
        Json::Object(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indexed_page() {
        let listed = Listed {
            total: Some(7),
            start_index: Some(3),
            next_cursor: None,
            resources: vec![Json::Null],
        };
        assert_eq!(
            listed.into_json().to_string(),
            concat!(
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"#,
                r#""totalResults":7,"startIndex":3,"itemsPerPage":1,"Resources":[null]}"#
            )
        );
    }

    #[test]
    fn a_page_of_a_cursor_has_no_start_index() {
        // RFC 9865, 2: the examples have none, and `totalResults` may be left out.
        let listed = Listed { next_cursor: Some("abc".to_owned()), ..Listed::default() };
        assert_eq!(
            listed.into_json().to_string(),
            concat!(
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"#,
                r#""itemsPerPage":0,"nextCursor":"abc","Resources":[]}"#
            )
        );
    }
}
