//! BulkRequest and BulkResponse (RFC 7644, 3.7).

pub mod path;

use provisor::json::{Json, Object};

use crate::error::ScimError;
use crate::protocol::message::{member, message, number, syntax, text, value};
use crate::protocol::{BulkOperation, BulkRequest, BulkResponse, BulkResult};

/// The schema of the request.
pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The schema of the response.
pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

impl BulkRequest {
    /// Reads the body of a `/Bulk`.
    ///
    /// Fails with 413 where there are more than `max` operations (3.7.4) and with 400 where the
    /// message is not built as it must be; what a single operation asks is judged with it.
    pub fn read(body: Json, max: usize) -> Result<Self, ScimError> {
        let object = message(&body, BULK_REQUEST)?;
        let fail_on_errors = match number(object, "failOnErrors")? {
            None => None,
            Some(limit) => Some(
                u64::try_from(limit)
                    .map_err(|_| value("`failOnErrors` is less than 0; send 1 or more"))?,
            ),
        };
        let operations = match member(object, "Operations") {
            Some(Json::Array(operations)) => operations,
            Some(_) => return Err(syntax("`Operations` is not a list")),
            None => return Err(syntax("`Operations` is missing")),
        };
        not_too_many(operations.len(), max)?;
        let operations = operations
            .iter()
            .enumerate()
            .map(|(index, one)| operation(one).map_err(|error| in_operation(index, error)))
            .collect::<Result<_, _>>()?;
        Ok(Self { fail_on_errors, operations })
    }
}

impl BulkResponse {
    /// The message.
    pub fn into_json(self) -> Json {
        let mut body = Object::new();
        body.push("schemas", Json::Array(vec![Json::String(BULK_RESPONSE.to_owned())]));
        let operations = self.operations.into_iter().map(result).collect();
        body.push("Operations", Json::Array(operations));
        Json::Object(body)
    }
}

/// Fails with 413 and the limit (3.7.4).
pub(crate) fn not_too_many(operations: usize, max: usize) -> Result<(), ScimError> {
    if operations <= max {
        return Ok(());
    }
    let detail = format!(
        "the request has {operations} operations, and `maxOperations` is {max}; send several requests"
    );
    Err(ScimError::new(413, detail))
}

fn operation(json: &Json) -> Result<BulkOperation, ScimError> {
    let Json::Object(object) = json else { return Err(syntax("it is not a JSON object")) };
    let method = text(object, "method")?.ok_or_else(|| syntax("`method` is missing"))?;
    let method = METHODS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&method))
        .ok_or_else(|| syntax("`method` is none of `POST`, `PUT`, `PATCH` and `DELETE`"))?;
    let path = text(object, "path")?.ok_or_else(|| syntax("`path` is missing"))?;
    let bulk_id = text(object, "bulkId")?;
    if method == "POST" && bulk_id.as_ref().is_none_or(String::is_empty) {
        return Err(syntax("`bulkId` is missing, which a `POST` must have"));
    }
    Ok(BulkOperation {
        method: method.to_owned(),
        bulk_id,
        path,
        version: text(object, "version")?,
        data: member(object, "data").cloned(),
    })
}

fn in_operation(index: usize, error: ScimError) -> ScimError {
    ScimError { detail: format!("operation {}: {}", index + 1, error.detail), ..error }
}

fn result(result: BulkResult) -> Json {
    let mut body = Object::new();
    body.push("method", Json::String(result.method));
    let texts = [
        ("bulkId", result.bulk_id),
        ("version", result.version),
        ("location", result.location),
        // A string, as in the erratum 7916 and 3.7; the objects in 3.7.3 are of a draft.
        ("status", Some(result.status.to_string())),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            body.push(name, Json::String(text));
        }
    }
    if let Some(response) = result.response {
        body.push("response", response);
    }
    Json::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ScimType;

    fn bulk(members: &str) -> Result<BulkRequest, ScimError> {
        let body = format!("{{'schemas':['{BULK_REQUEST}']{members}}}").replace('\'', "\"");
        BulkRequest::read(body.parse().unwrap(), 2)
    }

    fn refused(members: &str) -> String {
        let error = bulk(members).unwrap_err();
        let scim_type = error.scim_type.map_or("", ScimType::as_str);
        format!("{} {scim_type}: {}", error.status, error.detail)
    }

    #[test]
    fn a_request_is_read() {
        let request = bulk(
            ",'failOnErrors':1,'Operations':[\
             {'method':'post','path':'/Users','bulkId':'q','data':{'userName':'ana'}},\
             {'method':'DELETE','path':'/Users/1','version':'W/1','data':null}]",
        )
        .unwrap();
        assert_eq!(request.fail_on_errors, Some(1));
        let [post, delete] = request.operations.as_slice() else { panic!("two operations") };
        assert_eq!((post.method.as_str(), post.bulk_id.as_deref()), ("POST", Some("q")));
        assert_eq!((delete.version.as_deref(), &delete.data), (Some("W/1"), &None));
    }

    #[test]
    fn more_operations_than_allowed_are_413_and_name_the_limit() {
        // RFC 7644, 3.7.4
        let one = "{'method':'DELETE','path':'/Users/1'}";
        let told = refused(&format!(",'Operations':[{one},{one},{one}]"));
        assert!(told.starts_with("413 ") && told.contains("`maxOperations` is 2"), "{told}");
    }

    #[test]
    fn what_is_not_built_as_it_must_be_is_refused_whole() {
        insta::assert_snapshot!(
            [
                "",
                ",'Operations':{}",
                ",'Operations':[],'failOnErrors':-1",
                ",'Operations':[],'failOnErrors':'1'",
                ",'Operations':[1]",
                ",'Operations':[{'path':'/Users'}]",
                ",'Operations':[{'method':'GET','path':'/Users'}]",
                ",'Operations':[{'method':'DELETE'}]",
                ",'Operations':[{'method':'DELETE','path':1}]",
                ",'Operations':[{'method':'POST','path':'/Users','data':{}}]",
            ]
            .map(refused)
            .join("\n"),
            @r"
        400 invalidSyntax: `Operations` is missing
        400 invalidSyntax: `Operations` is not a list
        400 invalidValue: `failOnErrors` is less than 0; send 1 or more
        400 invalidValue: `failOnErrors` is not a number
        400 invalidSyntax: operation 1: it is not a JSON object
        400 invalidSyntax: operation 1: `method` is missing
        400 invalidSyntax: operation 1: `method` is none of `POST`, `PUT`, `PATCH` and `DELETE`
        400 invalidSyntax: operation 1: `path` is missing
        400 invalidValue: operation 1: `path` is not a string
        400 invalidSyntax: operation 1: `bulkId` is missing, which a `POST` must have
        "
        );
    }

    #[test]
    fn a_response_is_written() {
        let failed = BulkResult {
            method: "POST".to_owned(),
            bulk_id: Some("q".to_owned()),
            location: None,
            version: None,
            status: 409,
            response: Some(ScimError::taken("userName").to_json()),
        };
        let deleted = BulkResult {
            method: "DELETE".to_owned(),
            bulk_id: None,
            location: Some("https://x/Users/1".to_owned()),
            version: None,
            status: 204,
            response: None,
        };
        let response = BulkResponse { operations: vec![failed, deleted] };
        assert_eq!(
            response.into_json().to_string(),
            concat!(
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"#,
                r#""Operations":[{"method":"POST","bulkId":"q","status":"409","#,
                r#""response":{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"#,
                r#""status":"409","scimType":"uniqueness","detail":"another resource has this "#,
                r#"`userName`; choose another one"}},{"method":"DELETE","#,
                r#""location":"https://x/Users/1","status":"204"}]}"#
            )
        );
    }
}
