//! Protocol messages (RFC 7644, 3.4.2, 3.4.3, 3.5.2, 3.7 and 3.12).

use std::collections::BTreeSet;

use super::definition::{Attribute, Type};
use super::document::{Node, Shape};
use super::{Sink, resource, rule, value, whole};

const MESSAGES: &str = "urn:ietf:params:scim:api:messages:2.0:";

/// The six messages, and what calls itself one and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ListResponse,
    SearchRequest,
    PatchOp,
    BulkRequest,
    BulkResponse,
    Error,
    Unknown,
}

/// Members of messages whose JSON type is all that is said of them.
const TYPED: [(Kind, &str, Type, bool); 14] = [
    (Kind::ListResponse, "Resources", Type::Complex, true),
    (Kind::ListResponse, "nextCursor", Type::String, false),
    (Kind::ListResponse, "previousCursor", Type::String, false),
    (Kind::SearchRequest, "attributes", Type::String, true),
    (Kind::SearchRequest, "excludedAttributes", Type::String, true),
    (Kind::SearchRequest, "filter", Type::String, false),
    (Kind::SearchRequest, "sortBy", Type::String, false),
    (Kind::SearchRequest, "sortOrder", Type::String, false),
    (Kind::SearchRequest, "startIndex", Type::Integer, false),
    (Kind::SearchRequest, "count", Type::Integer, false),
    (Kind::SearchRequest, "cursor", Type::String, false),
    (Kind::BulkRequest, "failOnErrors", Type::Integer, false),
    (Kind::Error, "scimType", Type::String, false),
    (Kind::Error, "detail", Type::String, false),
];

/// Keywords of `scimType` (RFC 7644, 3.12; RFC 9865, 2.1).
const SCIM_TYPES: [&str; 13] = [
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
];

impl Kind {
    /// The message of a URI; `None` where it is none of a message.
    pub(super) fn of(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(MESSAGES).or_else(|| {
            let lower = uri.to_lowercase();
            (lower.contains(":messages:") || lower.contains("scim:api:")).then_some("")
        })?;
        Some(match name {
            "ListResponse" => Self::ListResponse,
            "SearchRequest" => Self::SearchRequest,
            "PatchOp" => Self::PatchOp,
            "BulkRequest" => Self::BulkRequest,
            "BulkResponse" => Self::BulkResponse,
            "Error" => Self::Error,
            _ => Self::Unknown,
        })
    }
}

/// A message of a kind.
pub(super) fn check(kind: Kind, message: &Node, path: &str, sink: &mut Sink<'_>) {
    for (_, name, of_type, multi_valued) in TYPED.iter().filter(|(of, ..)| *of == kind) {
        if let Some(node) = message.get(name) {
            let known = Attribute::plain(name, *of_type, *multi_valued);
            if *of_type == Type::Complex {
                if !matches!(node.shape, Shape::Array(_) | Shape::Null) {
                    let words = format!("`{name}` is an array; this is {}", node.what());
                    sink.report(&rule::MULTI_VALUED, node.at, &format!("{path}/{name}"), words);
                }
            } else {
                resource::attribute(&known, node, &format!("{path}/{name}"), sink);
            }
        }
    }
    match kind {
        Kind::ListResponse => list(message, path, sink),
        Kind::PatchOp => patch(message, path, sink),
        Kind::BulkRequest => bulk_request(message, path, sink),
        Kind::BulkResponse => bulk_response(message, path, sink),
        Kind::Error => error(message, path, sink),
        Kind::SearchRequest => {}
        Kind::Unknown => {
            let words = format!(
                "a message is one of `{MESSAGES}` ListResponse, SearchRequest, PatchOp, BulkRequest, BulkResponse, Error"
            );
            sink.report(&rule::MESSAGE_URI, message.at, &format!("{path}/schemas"), words);
        }
    }
}

fn list(list: &Node, path: &str, sink: &mut Sink<'_>) {
    for (name, least, required) in
        [("totalResults", 0, true), ("itemsPerPage", 0, false), ("startIndex", 1, false)]
    {
        let path = format!("{path}/{name}");
        match list.get(name) {
            Some(node) if node.count().is_none_or(|count| count < least) => {
                let words = format!("`{name}` is a whole number from {least}");
                sink.report(&rule::LIST_NUMBERS, node.at, &path, words);
            }
            // A provider that pages by cursor may leave the total out (RFC 9865, 2).
            None if required && list.get("nextCursor").is_none() => {
                let words = "`totalResults` is missing".to_owned();
                sink.report(&rule::LIST_NUMBERS, list.at, &path, words);
            }
            _ => {}
        }
    }
    let number = |name: &str| list.get(name).and_then(Node::count);
    let resources = list.get("Resources").map_or(&[][..], Node::elements);
    let (total, here) = (number("totalResults"), resources.len() as u64);
    if total.is_some_and(|total| total > 0)
        && list.get("Resources").is_none()
        && number("itemsPerPage") != Some(0)
    {
        let words = "`totalResults` counts some, and `Resources` is missing".to_owned();
        sink.report(&rule::LIST_RESOURCES, list.at, path, words);
    }
    if let Some(total) = total
        && here > total
    {
        let words = format!("{here} resources in a list whose `totalResults` is {total}");
        sink.report(&rule::LIST_TOTAL, list.at, &format!("{path}/totalResults"), words);
    }
    if let Some(items) = number("itemsPerPage")
        && items != here
    {
        let words = format!("`itemsPerPage` is {items}, and {here} resources are here");
        sink.report(&rule::LIST_TOTAL, list.at, &format!("{path}/itemsPerPage"), words);
    }
    for name in ["nextCursor", "previousCursor"] {
        let unreserved = |one: char| one.is_ascii_alphanumeric() || "-._~".contains(one);
        if let Some(node) = list.get(name)
            && node.text().is_some_and(|text| !text.chars().all(unreserved))
        {
            let words =
                "a cursor has letters, digits and `-._~` only, so that it needs no encoding"
                    .to_owned();
            sink.report(&rule::CURSOR, node.at, &format!("{path}/{name}"), words);
        }
    }
    for (number, element) in resources.iter().enumerate() {
        whole(element, &format!("{path}/Resources/{number}"), sink);
    }
}

fn patch(patch: &Node, path: &str, sink: &mut Sink<'_>) {
    let operations = patch.get("Operations").map_or(&[][..], Node::elements);
    if operations.is_empty() {
        let words = "`Operations` is an array of at least one operation".to_owned();
        sink.report(&rule::PATCH_OPERATIONS, patch.at, path, words);
    }
    for (number, operation) in operations.iter().enumerate() {
        let path = format!("{path}/Operations/{number}");
        let op = operation.get("op").and_then(Node::text);
        if !matches!(op, Some("add" | "remove" | "replace")) {
            let words = match op {
                Some(op) => format!("`{op}` is none of `add`, `remove`, `replace`, in lower case"),
                None => "`op` is missing: `add`, `remove` or `replace`".to_owned(),
            };
            sink.report(&rule::PATCH_OP, operation.at, &format!("{path}/op"), words);
        }
        let target = operation.get("path");
        if let Some(node) = target
            && !node.text().is_some_and(value::is_path)
        {
            let words = match node.text() {
                Some(text) => format!(
                    "`{text}` is no path such as `name.givenName` or `emails[type eq \"work\"].value`"
                ),
                None => format!("a path is a string; this is {}", node.what()),
            };
            sink.report(&rule::PATCH_PATH, node.at, &format!("{path}/path"), words);
        }
        let op = op.map(str::to_lowercase);
        match op.as_deref() {
            Some("remove") if target.is_none() => {
                let words = "`remove` without a path has no target".to_owned();
                sink.report(&rule::PATCH_REMOVE, operation.at, &path, words);
            }
            Some(op @ ("add" | "replace")) if operation.get("value").is_none() => {
                let words = format!("`{op}` has no `value`");
                sink.report(&rule::PATCH_VALUE, operation.at, &path, words);
            }
            _ => {}
        }
    }
}

fn bulk_request(bulk: &Node, path: &str, sink: &mut Sink<'_>) {
    let operations = bulk.get("Operations").map_or(&[][..], Node::elements);
    if operations.is_empty() {
        let words = "`Operations` is an array of at least one operation".to_owned();
        sink.report(&rule::BULK_OPERATION, bulk.at, path, words);
    }
    let mut ids = BTreeSet::new();
    for (number, operation) in operations.iter().enumerate() {
        let path = format!("{path}/Operations/{number}");
        let text = |name: &str| operation.get(name).and_then(Node::text);
        let method = text("method").map(str::to_uppercase).unwrap_or_default();
        let mut missing = Vec::new();
        if !["POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
            missing.push("`method`: POST, PUT, PATCH or DELETE");
        }
        if text("path").is_none_or(str::is_empty) {
            missing.push("`path`");
        }
        if ["POST", "PUT", "PATCH"].contains(&method.as_str())
            && operation.get("data").is_none_or(|data| data.members().is_empty())
        {
            missing.push("`data`");
        }
        if !missing.is_empty() {
            let words = format!("the operation lacks {}", missing.join(", "));
            sink.report(&rule::BULK_OPERATION, operation.at, &path, words);
        }
        match text("bulkId") {
            Some(id) if !ids.insert(id) => {
                let words = format!("the bulkId `{id}` is that of another operation");
                sink.report(&rule::BULK_POST_ID, operation.at, &format!("{path}/bulkId"), words);
            }
            None if method == "POST" => {
                let words = "a POST has a bulkId, by which its result is found".to_owned();
                sink.report(&rule::BULK_POST_ID, operation.at, &path, words);
            }
            _ => {}
        }
        if let Some(data) = operation.get("data").filter(|data| !data.members().is_empty()) {
            whole(data, &format!("{path}/data"), sink);
        }
    }
}

fn bulk_response(bulk: &Node, path: &str, sink: &mut Sink<'_>) {
    if let Some(node) = bulk.get("failOnErrors") {
        let words = "`failOnErrors` belongs to requests".to_owned();
        sink.report(&rule::BULK_STATUS, node.at, &format!("{path}/failOnErrors"), words);
    }
    let operations = bulk.get("Operations").map_or(&[][..], Node::elements);
    for (number, operation) in operations.iter().enumerate() {
        let path = format!("{path}/Operations/{number}");
        let status = operation.get("status").and_then(Node::text);
        match status {
            Some(code) if is_status(code) => {
                if !code.starts_with('2') && operation.get("response").is_none() {
                    let words = format!(
                        "the operation ended with {code} and has no `response`, which says why"
                    );
                    sink.report(&rule::BULK_STATUS, operation.at, &path, words);
                }
            }
            _ => {
                let words = "`status` is the HTTP status as text, such as `\"201\"`".to_owned();
                sink.report(&rule::BULK_STATUS, operation.at, &format!("{path}/status"), words);
            }
        }
        if let Some(response) = operation.get("response").filter(|one| !one.members().is_empty()) {
            whole(response, &format!("{path}/response"), sink);
        }
    }
}

fn error(error: &Node, path: &str, sink: &mut Sink<'_>) {
    members_of_error(error, path, &rule::ERROR_STATUS, sink);
    if let Some(node) = error.get("scimType")
        && let Some(text) = node.text()
        && !SCIM_TYPES.contains(&text)
    {
        let words = format!("`{text}` is none of {}", SCIM_TYPES.join(", "));
        sink.report(&rule::ERROR_TYPE, node.at, &format!("{path}/scimType"), words);
    }
}

/// `status` as RFC 7644, 3.12 has it.
pub(super) fn members_of_error(
    error: &Node,
    path: &str,
    rule: &'static super::Rule,
    sink: &mut Sink<'_>,
) {
    match error.get("status") {
        Some(node) if node.text().is_some_and(is_status) => {}
        Some(node) => {
            let words = format!("`status` is a string such as `\"404\"`; this is {}", node.what());
            sink.report(rule, node.at, &format!("{path}/status"), words);
        }
        None => sink.report(rule, error.at, path, "`status` is missing".to_owned()),
    }
}

fn is_status(text: &str) -> bool {
    text.len() == 3 && text.parse::<u16>().is_ok_and(|code| (100..600).contains(&code))
}
