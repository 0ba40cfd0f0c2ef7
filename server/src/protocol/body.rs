//! JSON that comes from outside, without ambiguity.

use provisor::json::{self, Json};

use crate::error::{ScimError, ScimType};

/// Reads JSON text.
///
/// Fails with 400 for what is not JSON, or has a key twice in one object: the second would win
/// here and the first elsewhere.
pub fn parse(bytes: &[u8]) -> Result<Json, ScimError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ScimError::bad(
            ScimType::InvalidSyntax,
            "the request has no body; send a JSON object",
        ));
    }
    let json = json::parse(bytes)?;
    match duplicate(&json) {
        None => Ok(json),
        Some(key) => {
            let key: String = key.chars().filter(|c| !c.is_control()).take(60).collect();
            let detail = format!("the key `{key}` is there twice in one object; send it once");
            Err(ScimError::bad(ScimType::InvalidSyntax, detail))
        }
    }
}

/// A key that occurs twice in the same object.
fn duplicate(json: &Json) -> Option<&str> {
    // Recursion ends at the nesting that the parser allows.
    match json {
        Json::Array(elements) => elements.iter().find_map(duplicate),
        Json::Object(object) => object
            .duplicates()
            .first()
            .copied()
            .or_else(|| object.iter().find_map(|(_, value)| duplicate(value))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &[u8]) -> String {
        match parse(text) {
            Ok(json) => json.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_not_json_says_where() {
        let deep = "[".repeat(200);
        insta::assert_snapshot!(
            [
                &b""[..],
                b" \n",
                b"{",
                b"{\"userName\": \"ana\",}",
                b"{\n'userName': 1}",
                b"{\"a\": \"\xff\"}",
                b"{} {}",
                b"<html>",
                b"{\"a\": 1, \"a\": 2}",
                b"{\"x\": [{\"a\": {\"b\": 1, \"b\": 1}}]}",
                b"\xef\xbb\xbf{\"a\": 1}",
                b"\xff\xfe{\x00",
                deep.as_bytes(),
            ]
            .map(told)
            .join("\n"),
            @r#"
        400: the request has no body; send a JSON object
        400: the request has no body; send a JSON object
        400: a key in double quotes was expected, but the text ends (line 1, at byte 1); the text is cut off: was it transferred whole?
        400: a key in double quotes was expected, but `}` was found (line 1, at byte 19); remove the comma before `}`
        400: a key in double quotes was expected, but `'` was found (line 2, at byte 2); write double quotes, not single ones
        400: the byte 0xFF is not part of UTF-8 text (line 1, at byte 7); send JSON as UTF-8 (RFC 8259, 8.1)
        400: the text should end after the value, but `{` was found (line 1, at byte 3); send one value; in NDJSON each value has a line of its own
        400: a JSON value was expected, but `<` was found (line 1, at byte 0); this looks like HTML or XML: was an error page received?
        400: the key `a` is there twice in one object; send it once
        400: the key `b` is there twice in one object; send it once
        {"a":1}
        400: the text is UTF-16, not UTF-8 (line 1, at byte 0); send JSON as UTF-8 (RFC 8259, 8.1)
        400: more than 128 objects and arrays are inside one another (line 1, at byte 128); SCIM resources need no more than 4 levels
        "#
        );
    }
}
