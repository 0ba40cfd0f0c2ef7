//! What is expected of responses.

use serde_json::Value;

use super::flow::{Step, filled};
use super::wire::{Request, Response};
use super::{Known, json};

/// One line of expectation.
#[derive(Debug)]
pub(super) struct Check {
    /// Only with this status.
    status: Option<u16>,
    what: What,
}

#[derive(Debug)]
enum What {
    /// `error [SCIMTYPE]`
    Error(Option<String>),
    /// `empty`
    Empty,
    /// `text ~ …`, `text !~ …`
    Text { part: String, there: bool },
    /// `header NAME = …`, `~ …`, `!~ …`, `present`, `absent`
    Header { name: String, must: Must },
    /// `capture NAME POINTER`
    Capture { name: String, pointer: String },
    /// `POINTER …`
    At { pointer: String, must: Must },
}

/// What a value must be.
#[derive(Debug)]
enum Must {
    Equal(String),
    Differ(String),
    Have(String),
    Lack(String),
    Be(String),
    Count(usize),
    Present,
    Absent,
    Unassigned,
}

impl Check {
    /// From a line of a flow.
    pub(super) fn parse(line: &str) -> Result<Self, &'static str> {
        let (status, line) = match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            Some((status, rest)) => (Some(status.parse().map_err(|_| "no status")?), rest),
            None => (None, line),
        };
        let what = if line == "empty" {
            What::Empty
        } else if line == "error" {
            What::Error(None)
        } else if let Some(kind) = line.strip_prefix("error ") {
            What::Error(Some(kind.to_owned()))
        } else if let Some(part) = line.strip_prefix("text ~ ") {
            What::Text { part: part.to_owned(), there: true }
        } else if let Some(part) = line.strip_prefix("text !~ ") {
            What::Text { part: part.to_owned(), there: false }
        } else if let Some(rest) = line.strip_prefix("capture ") {
            let (name, pointer) = rest.split_once(' ').ok_or("no pointer")?;
            What::Capture { name: name.to_owned(), pointer: pointer.to_owned() }
        } else if let Some(rest) = line.strip_prefix("header ") {
            let (name, must) = must(rest).ok_or("no expectation")?;
            What::Header { name, must }
        } else if line.starts_with('/') {
            let (pointer, must) = must(line).ok_or("no expectation")?;
            What::At { pointer, must }
        } else {
            return Err("no expectation");
        };
        Ok(Self { status, what })
    }
}

fn must(line: &str) -> Option<(String, Must)> {
    type Make = fn(String) -> Option<Must>;
    const FORMS: &[(&str, Make)] = &[
        (" = ", |right| Some(Must::Equal(right))),
        (" != ", |right| Some(Must::Differ(right))),
        (" ~ ", |right| Some(Must::Have(right))),
        (" !~ ", |right| Some(Must::Lack(right))),
        (" is ", |right| Some(Must::Be(right))),
        (" count ", |right| right.parse().ok().map(Must::Count)),
    ];
    for (word, must) in
        [(" present", Must::Present), (" absent", Must::Absent), (" unassigned", Must::Unassigned)]
    {
        if let Some(left) = line.strip_suffix(word) {
            return Some((left.to_owned(), must));
        }
    }
    // The first of them: what is expected may contain the others.
    let (at, word, make) = FORMS
        .iter()
        .filter_map(|(word, make)| Some((line.find(word)?, *word, make)))
        .min_by_key(|(at, ..)| *at)?;
    Some((line[..at].to_owned(), make(line[at + word.len()..].to_owned())?))
}

/// What the RFCs want of every response, whatever was asked.
pub(super) fn always(request: &Request, response: &Response) -> Vec<String> {
    let mut wrong = Vec::new();
    let status = response.status;
    if matches!(status, 204 | 304) && !response.body.is_empty() {
        wrong.push(format!("{status} has a body"));
    }
    let body = match json(response) {
        None => None,
        Some(Ok(body)) => Some(body),
        Some(Err(error)) => {
            wrong.push(format!("the body is no JSON: {error}"));
            None
        }
    };
    if body.is_some() {
        // RFC 7644, 3.1 and 3.8.
        let kind = response.header("content-type").unwrap_or_default();
        let asked = request.header("accept").is_some_and(|accept| accept == "application/json");
        let wanted = kind.starts_with("application/scim+json")
            || asked && kind.starts_with("application/json");
        if !wanted {
            wrong.push(format!("Content-Type is `{kind}`"));
        }
    }
    if body.as_ref().is_some_and(has_password) {
        wrong.push("it shows a password".to_owned());
    }
    if status >= 400 {
        wrong.extend(error(body.as_ref(), status, None));
    }
    if status == 201 {
        // RFC 7644, 3.3.
        let location = response.header("location").map(Value::from);
        let said = body.as_ref().and_then(|body| body.pointer("/meta/location"));
        if location.is_none() || said.is_some_and(|said| Some(said) != location.as_ref()) {
            wrong.push(format!("Location is {location:?}, meta.location {said:?}"));
        }
    }
    if status == 401 && response.header("www-authenticate").is_none() {
        wrong.push("401 has no WWW-Authenticate".to_owned());
    }
    wrong
}

/// RFC 7644, 3.12.
fn error(body: Option<&Value>, status: u16, kind: Option<&str>) -> Vec<String> {
    let Some(body) = body else { return vec!["there is no error body".to_owned()] };
    let mut wrong = Vec::new();
    if body["schemas"] != Value::from(vec!["urn:ietf:params:scim:api:messages:2.0:Error"]) {
        wrong.push(format!("`schemas` of the error is {}", body["schemas"]));
    }
    if body["status"].as_str() != Some(status.to_string().as_str()) {
        wrong.push(format!("`status` is {}, no text of {status}", body["status"]));
    }
    if let Some(kind) = kind
        && body["scimType"] != kind
    {
        wrong.push(format!("`scimType` is {} in place of `{kind}`", body["scimType"]));
    }
    wrong
}

fn has_password(value: &Value) -> bool {
    match value {
        Value::Object(object) => object
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("password") || has_password(value)),
        Value::Array(list) => list.iter().any(has_password),
        _ => false,
    }
}

/// What a step expects; captures go to `known`.
pub(super) fn step(step: &Step, response: &Response, known: &mut Known) -> Vec<String> {
    if !step.statuses.contains(&response.status) {
        return vec![format!("the status is {}, expected {:?}", response.status, step.statuses)];
    }
    // What is no JSON was told already.
    let body = json(response).and_then(Result::ok);
    let body = body.as_ref();
    let mut wrong = Vec::new();
    for check in &step.checks {
        if check.status.is_none_or(|status| status == response.status) {
            wrong.extend(one(&check.what, response, body, known));
        }
    }
    wrong
}

fn one(what: &What, response: &Response, body: Option<&Value>, known: &mut Known) -> Vec<String> {
    match what {
        What::Error(kind) => error(body, response.status, kind.as_deref()),
        What::Empty if response.body.is_empty() => vec![],
        What::Empty => vec!["there is a body".to_owned()],
        What::Text { part, there } => {
            let text = String::from_utf8_lossy(&response.body);
            match filled(part, known, true) {
                Ok(part) if text.contains(&part) == *there => vec![],
                Ok(part) if *there => vec![format!("the body does not contain `{part}`")],
                Ok(part) => vec![format!("the body contains `{part}`")],
                Err(name) => vec![format!("nothing is known as `{name}`")],
            }
        }
        What::Header { name, must } => {
            let value = response.header(name).map(Value::from);
            holds(name, value.as_ref(), must, known, false)
        }
        What::Capture { name, pointer } => match body.and_then(|body| at(body, pointer)) {
            Some(Value::String(text)) => {
                known.insert(name.clone(), text.clone());
                vec![]
            }
            other => vec![format!("`{pointer}` is {other:?}, and a text was to be kept")],
        },
        What::At { pointer, must } => {
            // Known names may be part of a pointer, too.
            match filled(pointer, known, false) {
                Ok(pointer) => {
                    let value = body.and_then(|body| at(body, &pointer));
                    if body.is_none() {
                        return vec![format!("there is no body with a `{pointer}`")];
                    }
                    holds(&pointer, value, must, known, true)
                }
                Err(name) => vec![format!("nothing is known as `{name}`")],
            }
        }
    }
}

fn holds(
    place: &str,
    value: Option<&Value>,
    must: &Must,
    known: &Known,
    in_json: bool,
) -> Vec<String> {
    // Headers are texts; what stands in a body is JSON.
    let expected = |text: &String| -> Result<Value, String> {
        let text = filled(text, known, in_json).map_err(|name| format!("nothing is `{name}`"))?;
        if in_json {
            serde_json::from_str(&text).map_err(|error| format!("`{text}` is no JSON: {error}"))
        } else {
            Ok(Value::from(text))
        }
    };
    let is = value.map_or("nothing".to_owned(), Value::to_string);
    let result = match must {
        Must::Equal(text) => expected(text).map(|right| (value == Some(&right), right.to_string())),
        Must::Differ(text) => {
            expected(text).map(|right| (value.is_some_and(|v| *v != right), format!("not {right}")))
        }
        Must::Have(text) => expected(text)
            .map(|right| (value.is_some_and(|v| has(v, &right)), format!("with {right}"))),
        Must::Lack(text) => expected(text)
            .map(|right| (!value.is_some_and(|v| has(v, &right)), format!("without {right}"))),
        Must::Be(kind) => Ok((value.is_some_and(|v| kind_of(v) == kind), kind.clone())),
        Must::Count(count) => Ok((
            value.and_then(Value::as_array).is_some_and(|list| list.len() == *count),
            format!("{count} of them"),
        )),
        Must::Present => Ok((value.is_some_and(|v| !v.is_null()), "something".to_owned())),
        Must::Absent => Ok((value.is_none(), "nothing".to_owned())),
        Must::Unassigned => Ok((unassigned(value), "unassigned".to_owned())),
    };
    match result {
        Ok((true, _)) => vec![],
        Ok((false, expected)) => vec![format!("`{place}` is {is}, expected {expected}")],
        Err(why) => vec![why],
    }
}

/// RFC 7643, 2.5: null, an empty list and nothing are the same.
fn unassigned(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Array(list)) => list.is_empty(),
        _ => false,
    }
}

/// Whether a value has a part: a text within a text; an object with these members; a list where
/// each of these is the part of some element.
fn has(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::String(value), Value::String(part)) => value.contains(part.as_str()),
        _ => contains(value, part),
    }
}

fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::Object(value), Value::Object(part)) => part
            .iter()
            .all(|(name, part)| value.get(name).is_some_and(|value| contains(value, part))),
        (Value::Array(value), Value::Array(part)) => {
            part.iter().all(|part| value.iter().any(|value| contains(value, part)))
        }
        _ => value == part,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "decimal",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The value at a pointer such as `/name/givenName`, `/emails/0/value` or
/// `/emails/[type=work]/value`: the first element whose member has this text.
fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(value, |value, segment| match value {
        Value::Object(object) => object.get(segment),
        Value::Array(list) => match segment.strip_prefix('[').and_then(|s| s.strip_suffix(']')) {
            Some(choice) => {
                let (name, text) = choice.split_once('=')?;
                list.iter().find(|one| one.get(name).is_some_and(|value| value == text))
            }
            None => list.get(segment.parse::<usize>().ok()?),
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    /// Whether an expectation holds for a body.
    fn meets(body: &Value, line: &str) -> bool {
        let response = Response { status: 200, headers: vec![], body: body.to_string().into() };
        let check = Check::parse(line).unwrap();
        let step = Step { statuses: vec![200], checks: vec![check], ..Step::default() };
        let mut known = Known::from([("id".to_owned(), "a\"b".to_owned())]);
        super::step(&step, &response, &mut known).is_empty()
    }

    #[test]
    fn expectations_hold_and_fail() {
        let body = value!({
            "id": "a\"b", "active": false, "n": 1, "none": null, "empty": [], "text": "two = 2",
            "emails": [{"type": "work", "value": "w"}, {"type": "home", "value": "h"}],
        });
        for (holds, fails) in [
            ("/active = false", "/active = \"false\""),
            ("/id = \"{{id}}\"", "/id = \"id\""),
            ("/id != \"x\"", "/id != \"{{id}}\""),
            ("/text = \"two = 2\"", "/text = \"two\""),
            ("/text ~ \"two\"", "/text ~ \"three\""),
            ("/text !~ \"three\"", "/text !~ \"two\""),
            (
                "/emails ~ [{\"type\": \"home\"}]",
                "/emails ~ [{\"type\": \"home\", \"value\": \"w\"}]",
            ),
            ("/emails !~ [{\"type\": \"x\"}]", "/emails !~ [{\"type\": \"home\"}]"),
            ("/emails count 2", "/emails count 1"),
            ("/emails/[type=home]/value = \"h\"", "/emails/[type=home]/value = \"w\""),
            ("/emails/1/value = \"h\"", "/emails/2/value = \"h\""),
            ("/n is integer", "/n is string"),
            ("/none unassigned", "/n unassigned"),
            ("/empty unassigned", "/emails unassigned"),
            ("/other unassigned", "/active unassigned"),
            ("/other absent", "/none absent"),
            ("/active present", "/none present"),
            ("text ~ work", "text ~ fax"),
            ("text !~ fax", "text !~ work"),
            ("[204] /n = 2", "[200] /n = 2"),
            ("header X absent", "header X present"),
            ("capture a /id", "capture a /n"),
        ] {
            assert!(meets(&body, holds), "{holds}");
            assert!(!meets(&body, fails), "{fails}");
        }
        assert!(!meets(&body, "empty"));
    }

    #[test]
    fn what_every_response_must_have_is_missed() {
        let request =
            Request { method: "GET".into(), target: "/".into(), headers: vec![], body: None };
        let wrong = |status, headers: &[(&str, &str)], body: &str| {
            let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            !always(&request, &Response { status, headers, body: body.into() }).is_empty()
        };
        let scim = ("Content-Type", "application/scim+json");
        let error = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}"#;
        assert!(!wrong(200, &[scim], "{}"));
        assert!(wrong(200, &[("Content-Type", "application/json")], "{}"), "media type");
        assert!(wrong(200, &[scim], "{"), "JSON");
        assert!(wrong(200, &[scim], r#"{"Resources":[{"Password":"x"}]}"#), "password");
        assert!(wrong(204, &[scim], "{}"), "204");
        assert!(!wrong(404, &[scim], error));
        assert!(wrong(400, &[scim], error), "status");
        assert!(wrong(404, &[], ""), "no error body");
        assert!(wrong(401, &[scim], &error.replace("404", "401")), "challenge");
        assert!(wrong(201, &[scim], "{}"), "Location");
        let made = r#"{"meta":{"location":"http://a/Users/1"}}"#;
        assert!(!wrong(201, &[scim, ("Location", "http://a/Users/1")], made));
        assert!(wrong(201, &[scim, ("Location", "http://a/Users/2")], made), "other Location");
    }
}
