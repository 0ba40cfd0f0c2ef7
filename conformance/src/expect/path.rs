//! JSON Pointers (RFC 6901) over SCIM bodies: names of members compare without regard to the case
//! of ASCII letters (RFC 7643, 2.1).

use serde_json::Value;

/// The value at a pointer; the empty pointer is the whole. A segment may also be an attribute
/// with a choice, such as `emails[type=work]`: the first element whose member has that text.
pub fn at<'a>(body: &'a Value, pointer: &str) -> Option<&'a Value> {
    if pointer.is_empty() {
        return Some(body);
    }
    let mut here = body;
    for segment in pointer.strip_prefix('/')?.split('/') {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        here = step(here, &segment)?;
    }
    Some(here)
}

fn step<'a>(here: &'a Value, segment: &str) -> Option<&'a Value> {
    if let Some((name, choice)) = segment.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
        let (key, text) = choice.split_once('=')?;
        let fits = |one: &&Value| member(one, key).and_then(Value::as_str) == Some(text);
        return member(here, name)?.as_array()?.iter().find(fits);
    }
    match here {
        Value::Array(elements) => elements.get(segment.parse::<usize>().ok()?),
        _ => member(here, segment),
    }
}

/// The member of an object by SCIM's comparison of names.
pub(super) fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let entries = object.as_object()?;
    entries.get(name).or_else(|| {
        entries.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}
