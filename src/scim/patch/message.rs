//! The request: `schemas` and `Operations` (RFC 7644, 3.5.2).
//!
//! Names of its members compare without regard to the case of letters, as all attribute names
//! (RFC 7643, 2.1). A member that occurs twice is refused, one that the RFC does not have is left
//! aside, as in RFC 6902, 4.

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Object};
use crate::limits;

use super::Op;
use super::options::{Log, Tolerance};

/// The URI of the request's schema.
pub(super) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// An operation as written.
pub(super) struct Raw<'a> {
    pub(super) op: Op,
    pub(super) path: Option<&'a str>,
    pub(super) value: Option<&'a Json>,
}

/// The operations of a request, not yet read.
pub(super) fn operations<'a>(body: &'a Json, log: &mut Log) -> Result<&'a [Json], Error> {
    let Json::Object(body) = body else {
        return Err(fail("a PATCH request is a JSON object").help(Tolerance::MessageSchema.help()));
    };
    if !is_patch_op(member(body, "schemas")?) {
        log.tolerate(Tolerance::MessageSchema, ErrorKind::Payload)?;
    }
    let operations = match member(body, "Operations")? {
        Some(Json::Array(operations)) => operations.as_slice(),
        Some(one @ Json::Object(_)) => {
            log.tolerate(Tolerance::SingleOperation, ErrorKind::Payload)?;
            std::slice::from_ref(one)
        }
        Some(_) => {
            return Err(fail("`Operations` is no list").help("write `\"Operations\": [{…}]`"));
        }
        None => {
            return Err(fail("the request has no `Operations`")
                .help("write `\"Operations\": [{\"op\": …}]`"));
        }
    };
    if operations.len() > limits::PATCH_OPERATIONS {
        let message = format!("the request has more than {} operations", limits::PATCH_OPERATIONS);
        return Err(Error::new(ErrorKind::Limit, message).help("send several requests"));
    }
    if operations.is_empty() {
        log.tolerate(Tolerance::NothingAsked, ErrorKind::Payload)?;
    }
    Ok(operations)
}

/// Reads one operation.
pub(super) fn operation<'a>(operation: &'a Json, log: &mut Log) -> Result<Raw<'a>, Error> {
    let Json::Object(operation) = operation else {
        return Err(fail("an operation is a JSON object").help("write `{\"op\": …}`"));
    };
    let op = match member(operation, "op")? {
        Some(Json::String(word)) => match Op::parse(word) {
            Some(op) => op,
            None => {
                let folded = Op::ALL.iter().find(|op| op.as_str().eq_ignore_ascii_case(word));
                let Some(op) = folded else {
                    return Err(fail("`op` is none of `add`, `remove` and `replace`")
                        .help("SCIM has these three operations"));
                };
                log.tolerate(Tolerance::OpCase, ErrorKind::Payload)?;
                *op
            }
        },
        Some(_) => return Err(fail("`op` is no text").help(Tolerance::OpCase.help())),
        None => return Err(fail("the operation has no `op`").help(Tolerance::OpCase.help())),
    };
    let path = match member(operation, "path")? {
        Some(Json::String(path)) => Some(path.as_str()),
        // Null and absent are the same state (RFC 7643, 2.5).
        Some(Json::Null) | None => None,
        Some(_) => {
            return Err(Error::new(ErrorKind::Path, "`path` is no text")
                .help("write it as in `\"path\": \"name.familyName\"`"));
        }
    };
    Ok(Raw { op, path, value: member(operation, "value")? })
}

fn is_patch_op(schemas: Option<&Json>) -> bool {
    match schemas {
        Some(Json::Array(uris)) => matches!(
            uris.as_slice(),
            [Json::String(uri)] if uri.eq_ignore_ascii_case(PATCH_OP)
        ),
        _ => false,
    }
}

/// A member of the request.
fn member<'a>(object: &'a Object, name: &str) -> Result<Option<&'a Json>, Error> {
    let mut found = object.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    let first = found.next().map(|(_, value)| value);
    if found.next().is_some() {
        return Err(fail(format!("`{name}` occurs twice")).help("write it once"));
    }
    Ok(first)
}

fn fail(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Payload, message)
}
