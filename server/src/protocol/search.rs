//! SearchRequest (RFC 7644, 3.4.3; RFC 9865, 3).

use provisor::json::{Json, Object};
use provisor::scim::schema::Schemas;

use crate::error::{ScimError, ScimType};
use crate::protocol::ListQuery;
use crate::protocol::message::{member, message, number, text, value};
use crate::protocol::query::{Asked, descending, projection};

/// The schema of the message.
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Reads the body of a `/.search`. Members that are not known are ignored, as in a query string.
///
/// Fails with 400: `invalidSyntax` where it is not this message, `invalidValue` where a member
/// has a wrong type.
pub fn read(body: &Json, schemas: &Schemas) -> Result<Asked, ScimError> {
    let object = message(body, SEARCH_REQUEST)?;
    let cursor = text(object, "cursor")?;
    let count = number(object, "count").map_err(|error| match cursor {
        // RFC 9865, 2.1
        Some(_) => ScimError::bad(ScimType::InvalidCount, error.detail),
        None => error,
    })?;
    let order = text(object, "sortOrder")?;
    Ok(Asked {
        list: ListQuery {
            filter: text(object, "filter")?,
            sort_by: text(object, "sortBy")?,
            descending: order.as_deref().map_or(Ok(false), descending)?,
            start_index: number(object, "startIndex")?,
            count,
            cursor,
        },
        projection: projection(
            &names(object, "attributes")?,
            &names(object, "excludedAttributes")?,
            schemas,
        )?,
    })
}

/// A list of strings; none at all is an empty one (RFC 7643, 2.5).
fn names(object: &Object, name: &str) -> Result<Vec<String>, ScimError> {
    let wrong = || value(format!("`{name}` is not a list of strings"));
    match member(object, name) {
        None => Ok(Vec::new()),
        Some(Json::Array(list)) => {
            list.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Projection;

    fn search(members: &str) -> Result<Asked, ScimError> {
        let body = format!("{{'schemas':['{SEARCH_REQUEST}'],{members}}}").replace('\'', "\"");
        read(&body.parse().unwrap(), &Schemas::standard())
    }

    #[test]
    fn it_asks_the_same_as_a_query_string() {
        // RFC 7644, 3.4.3
        let by_body = search(
            "'attributes':['displayName','name.givenName'],'FILTER':'title pr','startIndex':1,\
             'count':10,'sortBy':'title','sortOrder':'descending','excludedAttributes':[]",
        );
        let by_query = crate::protocol::query::read(
            "attributes=displayName,name.givenName&filter=title+pr&startIndex=1&count=10\
             &sortBy=title&sortOrder=descending",
            &Schemas::standard(),
        );
        assert_eq!(by_body, by_query);
    }

    #[test]
    fn null_is_like_nothing() {
        let asked = search("'filter':null,'count':null,'attributes':null").unwrap();
        assert_eq!(asked, Asked::default());
        assert_eq!(asked.projection, Projection::Default);
    }

    #[test]
    fn wrong_types_are_refused() {
        for members in [
            "'filter':1",
            "'count':'10'",
            "'count':1.5",
            "'startIndex':true",
            "'attributes':'userName'",
            "'attributes':[1]",
            "'sortOrder':'up'",
        ] {
            let error = search(members).unwrap_err();
            assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidValue)));
        }
        let error = search("'cursor':'','count':'1'").unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidCount));
    }

    #[test]
    fn another_message_is_refused() {
        for body in ["[]", "{}", r#"{"schemas":["urn:x"]}"#, r#"{"schemas":"x"}"#, "null"] {
            let error = read(&body.parse().unwrap(), &Schemas::standard()).unwrap_err();
            assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidSyntax)));
        }
    }
}
