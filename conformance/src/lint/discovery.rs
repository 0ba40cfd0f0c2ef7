//! ServiceProviderConfig and ResourceType (RFC 7643, 5 and 6; RFC 9865, 4; RFC 9967, 4). What
//! their tables say is checked like any resource; this is the rest.

use super::document::Node;
use super::{Sink, rule};

const CONFIGURATION: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMES: [&str; 5] = ["oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"];

pub(super) fn check(document: &Node, uris: &[&str], path: &str, sink: &mut Sink<'_>) {
    let is = |uri: &str| uris.iter().any(|one| one.eq_ignore_ascii_case(uri));
    if is(CONFIGURATION) {
        schemes(document, path, sink);
        pages(document, path, sink);
        events(document, path, sink);
    }
    if is(RESOURCE_TYPE) {
        resource_type(document, path, sink);
    }
}

fn schemes(document: &Node, path: &str, sink: &mut Sink<'_>) {
    let Some(schemes) = document.get("authenticationSchemes") else { return };
    let mut kinds = Vec::new();
    for (number, scheme) in schemes.elements().iter().enumerate() {
        let Some((node, kind)) = scheme.get("type").and_then(|node| Some((node, node.text()?)))
        else {
            continue;
        };
        if !SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
            let path = format!("{path}/authenticationSchemes/{number}/type");
            let words = format!("`{kind}` is none of {}", SCHEMES.join(", "));
            sink.report(&rule::SCHEME_TYPE, node.at, &path, words);
        }
        kinds.push(kind);
    }
    if !kinds.is_empty() && kinds.iter().all(|kind| kind.eq_ignore_ascii_case("httpbasic")) {
        let words = "HTTP Basic alone is one static factor; offer OAuth bearer tokens".to_owned();
        sink.report(&rule::ONLY_BASIC, schemes.at, &format!("{path}/authenticationSchemes"), words);
    }
}

fn pages(document: &Node, path: &str, sink: &mut Sink<'_>) {
    let Some(pagination) = document.get("pagination") else { return };
    let offers = |name: &str| pagination.get(name).and_then(Node::boolean) == Some(true);
    let Some((node, default)) =
        pagination.get("defaultPaginationMethod").and_then(|node| Some((node, node.text()?)))
    else {
        return;
    };
    let path = format!("{path}/pagination/defaultPaginationMethod");
    let (known, offered) = match default.to_lowercase().as_str() {
        "cursor" => (true, offers("cursor")),
        "index" => (true, offers("index")),
        _ => (false, false),
    };
    if !known {
        let words = format!("`{default}` is neither `cursor` nor `index`");
        sink.report(&rule::DEFAULT_PAGES, node.at, &path, words);
    } else if !offered {
        let words = format!("the default is `{default}`, which is not offered");
        sink.report(&rule::DEFAULT_PAGES, node.at, &path, words);
    } else if default.eq_ignore_ascii_case("cursor") && offers("index") {
        let words =
            "with both on offer, index is the default, so that older clients go on".to_owned();
        sink.report(&rule::DEFAULT_PAGES, node.at, &path, words);
    }
}

fn events(document: &Node, path: &str, sink: &mut Sink<'_>) {
    let Some(support) = document.get("securityEvents").filter(|node| !node.is_unassigned()) else {
        return;
    };
    let path = format!("{path}/securityEvents");
    let mode = support.get("asyncRequest").and_then(Node::text).map(str::to_lowercase);
    if !matches!(mode.as_deref(), Some("none" | "long" | "request")) {
        let words = "`asyncRequest` is `none`, `long` or `request`".to_owned();
        sink.report(&rule::EVENT_SUPPORT, support.at, &path, words);
    }
    let uris = support.get("eventUris").map_or(&[][..], Node::elements);
    for (number, uri) in uris.iter().enumerate() {
        if !uri
            .text()
            .is_some_and(|text| text.to_lowercase().starts_with("urn:ietf:params:scim:event:"))
        {
            let path = format!("{path}/eventUris/{number}");
            let words = "the URI of an event starts with `urn:ietf:params:scim:event:`".to_owned();
            sink.report(&rule::EVENT_SUPPORT, uri.at, &path, words);
        }
    }
}

fn resource_type(document: &Node, path: &str, sink: &mut Sink<'_>) {
    let name = document.get("name").and_then(Node::text).unwrap_or_default();
    if let Some((node, endpoint)) =
        document.get("endpoint").and_then(|node| Some((node, node.text()?)))
    {
        let path = format!("{path}/endpoint");
        if endpoint.contains("://") || endpoint.contains('?') {
            let words = format!("`{endpoint}` is not relative to the base URI, such as `/Users`");
            sink.report(&rule::ENDPOINT, node.at, &path, words);
        } else if !name.is_empty() && endpoint.trim_start_matches('/') != format!("{name}s") {
            let words = format!("`{endpoint}` is not `/{name}s`");
            sink.report(&rule::ENDPOINT_PLURAL, node.at, &path, words);
        }
    }
    if document.get("description").and_then(Node::text).is_none_or(str::is_empty) {
        let words = "nothing says what the type is for".to_owned();
        sink.report(&rule::TYPE_DESCRIPTION, document.at, path, words);
    }
}
