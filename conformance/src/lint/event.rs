//! Security event tokens about SCIM resources: the claims of RFC 9967, not the signature.

use super::document::{Node, Shape};
use super::{Sink, message, rule, value};

const PREFIX: &str = "urn:ietf:params:scim:event:";

pub(super) fn check(claims: &Node, path: &str, sink: &mut Sink<'_>) {
    subject(claims, path, sink);
    let Some(events) = claims.get("events") else { return };
    let path = format!("{path}/events");
    let names: Vec<String> = events.members().iter().map(|one| one.name.to_lowercase()).collect();
    let deletes = names.iter().any(|name| name.starts_with(&format!("{PREFIX}prov:delete")));
    for event in events.members() {
        let name = event.name.to_lowercase();
        let path = format!("{path}/{}", event.name);
        if event.value.get("sub_id").is_some() {
            let words = "`sub_id` stands among the claims, not in an event".to_owned();
            sink.report(&rule::EVENT_SUBJECT, event.at, &path, words);
        }
        if deletes && name == format!("{PREFIX}feed:remove") {
            let words =
                "the deletion of a resource says already that it leaves the feed".to_owned();
            sink.report(&rule::EVENT_DELETE, event.at, &path, words);
        }
        if let Some(kind) = name.strip_prefix(PREFIX) {
            provisioning(kind, &event.value, &path, sink);
            if kind == "misc:asyncresp" {
                asynchronous(claims, &event.value, &path, sink);
            }
        }
    }
}

fn subject(claims: &Node, path: &str, sink: &mut Sink<'_>) {
    if let Some(node) = claims.get("sub") {
        let words = "`sub` does not name the subject; `sub_id` does".to_owned();
        sink.report(&rule::EVENT_SUBJECT, node.at, &format!("{path}/sub"), words);
    }
    let Some(subject) = claims.get("sub_id").filter(|node| matches!(node.shape, Shape::Object(_)))
    else {
        let words = "`sub_id` is missing among the claims".to_owned();
        return sink.report(&rule::EVENT_SUBJECT, claims.at, path, words);
    };
    let path = format!("{path}/sub_id");
    if subject.get("format").and_then(Node::text) != Some("scim") {
        let words = "`format` is `scim`".to_owned();
        sink.report(&rule::EVENT_FORMAT, subject.at, &format!("{path}/format"), words);
    }
    let uri = subject.get("uri").and_then(Node::text);
    let relative = |uri: &str| {
        value::is_uri(uri) && !uri.contains("://") && uri.trim_matches('/').contains('/')
    };
    match uri {
        Some(uri) if relative(uri) => {
            let last = uri.rsplit('/').next();
            if let Some(id) = subject.get("id").filter(|id| id.text() != last) {
                let words = format!("`id` is not the last part of `{uri}`");
                sink.report(&rule::EVENT_FORMAT, id.at, &format!("{path}/id"), words);
            }
        }
        _ => {
            let words = "`uri` is a path relative to the base URI, such as `/Users/ID`".to_owned();
            sink.report(&rule::EVENT_FORMAT, subject.at, &format!("{path}/uri"), words);
        }
    }
}

/// Events of provisioning: `prov:create:full`, `prov:patch:notice` and so on.
fn provisioning(kind: &str, event: &Node, path: &str, sink: &mut Sink<'_>) {
    let mut parts = kind.split(':');
    let (family, what, form) = (parts.next(), parts.next(), parts.next());
    if family != Some("prov") {
        return;
    }
    let (data, names) = (event.get("data"), event.get("attributes"));
    match what {
        Some("create" | "put" | "patch") => {
            if data.is_some() == names.is_some() {
                let words = "one of `data` and `attributes`, not both and not neither".to_owned();
                sink.report(&rule::EVENT_DATA, event.at, path, words);
            }
            let wanted = if data.is_some() { "full" } else { "notice" };
            if form != Some(wanted) {
                let words = format!("with these members its name ends in `:{wanted}`");
                sink.report(&rule::EVENT_NAME, event.at, path, words);
            }
        }
        Some("delete" | "activate" | "deactivate") if form.is_some() => {
            let words = "this event has neither `:full` nor `:notice`".to_owned();
            sink.report(&rule::EVENT_NAME, event.at, path, words);
        }
        _ => {}
    }
    for (number, name) in names.map_or(&[][..], Node::elements).iter().enumerate() {
        if !name.text().is_some_and(value::is_path) {
            let path = format!("{path}/attributes/{number}");
            let words = "a name of a changed attribute has the form of a path of PATCH".to_owned();
            sink.report(&rule::EVENT_PATHS, name.at, &path, words);
        }
    }
}

/// The answer to an asynchronous request (RFC 9967, 2.5.1).
fn asynchronous(claims: &Node, event: &Node, path: &str, sink: &mut Sink<'_>) {
    match claims.get("txn") {
        Some(txn) => {
            let operation = txn.text().and_then(|text| text.rsplit_once(':'));
            let place =
                operation.is_none_or(|(_, place)| place.bytes().all(|byte| byte.is_ascii_digit()));
            if txn.text().is_none_or(str::is_empty) || !place {
                let words = "`txn` is the value of Set-Txn; of a bulk request with a colon and the place of the operation, from 0".to_owned();
                sink.report(&rule::EVENT_TRANSACTION, txn.at, "/txn", words);
            }
        }
        None => {
            let words = "`txn` is missing, which says whose answer this is".to_owned();
            sink.report(&rule::EVENT_TRANSACTION, claims.at, "", words);
        }
    }
    let status = event.get("status").and_then(Node::text).unwrap_or_default();
    if status.starts_with('2') {
        return;
    }
    match event.get("response") {
        Some(response) => {
            let path = format!("{path}/response");
            message::members_of_error(response, &path, &rule::EVENT_RESPONSE, sink);
        }
        None => {
            let words =
                "a request that failed has a `response` with the members of an error".to_owned();
            sink.report(&rule::EVENT_RESPONSE, event.at, path, words);
        }
    }
}
