//! Static checks: what a payload or a schema says by itself, without a server.
//!
//! `document` reads JSON with places, `definition` knows attributes, `rule` is the table of what
//! is checked, the other modules check one kind of document each.

mod definition;
mod discovery;
mod document;
mod event;
mod message;
mod resource;
pub mod rule;
mod schema;
mod value;

pub use definition::Definitions;
pub use document::{NoDocument, Node, place};
pub use rule::{Rule, Sender};

/// A rule that a document breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule.
    pub rule: &'static Rule,
    /// Where in the text, in bytes; [`place`] makes a line of it.
    pub at: usize,
    /// Where in the document: a JSON Pointer (RFC 6901).
    pub pointer: String,
    /// What is wrong there, and what would be right.
    pub message: String,
}

/// Checks a document. Without a sender only what binds both sides is checked, and what binds the
/// one that alone sends such a document.
pub fn lint(document: &Node, definitions: &Definitions, sender: Option<Sender>) -> Vec<Problem> {
    let mut sink = Sink { definitions, sender, problems: Vec::new() };
    whole(document, "", &mut sink);
    duplicates(document, "", &mut sink);
    sink.problems.sort_by_key(|problem| problem.at);
    sink.problems
}

/// Where problems go, and what is needed to find them.
struct Sink<'a> {
    definitions: &'a Definitions,
    sender: Option<Sender>,
    problems: Vec<Problem>,
}

impl Sink<'_> {
    fn report(&mut self, rule: &'static Rule, at: usize, pointer: &str, message: String) {
        let binds = rule.binds.is_none_or(|side| self.sender.is_none_or(|sender| sender == side));
        if binds {
            self.problems.push(Problem { rule, at, pointer: pointer.to_owned(), message });
        }
    }

    /// Whether a service provider is known to have sent this.
    fn is_from_server(&self) -> bool {
        self.sender == Some(Sender::Server)
    }
}

/// A document of any kind, told by its `schemas`.
fn whole(document: &Node, path: &str, sink: &mut Sink<'_>) {
    if !matches!(document.shape, document::Shape::Object(_)) {
        let message = format!("this is {}; wrap it in an object with `schemas`", document.what());
        sink.report(&rule::OBJECT, document.at, path, message);
        for (number, element) in document.elements().iter().enumerate() {
            if !element.members().is_empty() {
                whole(element, &format!("{path}/{number}"), sink);
            }
        }
        return;
    }
    if document.get("events").is_some() && document.get("jti").or(document.get("iss")).is_some() {
        return event::check(document, path, sink);
    }
    let uris = schemas(document, path, sink);
    if let Some(message) = uris.iter().find_map(|uri| message::Kind::of(uri)) {
        return message::check(message, document, path, sink);
    }
    resource::check(document, &uris, path, sink);
    discovery::check(document, &uris, path, sink);
    schema::check(document, &uris, path, sink);
}

/// The URIs of `schemas`, which must be there.
fn schemas<'a>(document: &'a Node, path: &str, sink: &mut Sink<'_>) -> Vec<&'a str> {
    let Some(schemas) = document.get("schemas") else {
        let message = "`schemas` is missing; name the schemas of what stands here".to_owned();
        sink.report(&rule::SCHEMAS, document.at, path, message);
        return Vec::new();
    };
    let path = format!("{path}/schemas");
    if schemas.elements().is_empty() {
        let message = format!("`schemas` is {}, not an array of URIs", empty_or(schemas));
        sink.report(&rule::SCHEMAS, schemas.at, &path, message);
    }
    let mut uris: Vec<&str> = Vec::new();
    for (number, element) in schemas.elements().iter().enumerate() {
        let path = format!("{path}/{number}");
        match element.text() {
            Some(uri) if value::is_uri(uri) && uri.contains(':') => {
                if uris.iter().any(|known| known.eq_ignore_ascii_case(uri)) {
                    let message = format!("`{uri}` is named twice");
                    sink.report(&rule::SCHEMAS_UNIQUE, element.at, &path, message);
                }
                uris.push(uri);
            }
            Some(text) => {
                let message = format!("`{text}` is no URI");
                sink.report(&rule::SCHEMAS, element.at, &path, message);
            }
            None => {
                let message = format!("a URI is a string; this is {}", element.what());
                sink.report(&rule::SCHEMAS, element.at, &path, message);
            }
        }
    }
    uris
}

fn empty_or(node: &Node) -> &'static str {
    if node.is_unassigned() { "empty" } else { node.what() }
}

/// Members given twice, at any depth. Names compare letter by letter: it is JSON that forbids it.
fn duplicates(node: &Node, path: &str, sink: &mut Sink<'_>) {
    for (number, element) in node.elements().iter().enumerate() {
        duplicates(element, &format!("{path}/{number}"), sink);
    }
    let mut seen = std::collections::BTreeSet::new();
    for member in node.members() {
        let path = format!("{path}/{}", escaped(&member.name));
        if !seen.insert(member.name.as_str()) {
            let message =
                format!("`{}` is given twice; readers differ in which one they take", member.name);
            sink.report(&rule::DUPLICATE_MEMBER, member.at, &path, message);
        }
        duplicates(&member.value, &path, sink);
    }
}

/// A name as JSON Pointer writes it (RFC 6901, 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
