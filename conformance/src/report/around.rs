//! A body cut to what a finding is about: what differs and what it stands in, with a word for
//! what is left out.

use serde_json::Value;

use super::visible;
use crate::expect::at;

/// Characters of a value that is shown as it is.
const LONGEST_VALUE: usize = 160;
/// Names of members that are told where the one that is looked for is missing.
const NAMES: usize = 12;

/// At most about `longest` characters of a body. Where it is longer, what is at the pointers among
/// `places`, with everything that it stands in; else its start.
pub(super) fn around(text: &str, places: &[&str], longest: usize) -> String {
    let short = text.chars().count() <= longest;
    let pointers: Vec<&str> = places.iter().copied().filter(|one| one.starts_with('/')).collect();
    match serde_json::from_str::<Value>(text) {
        Ok(body) if !short && !pointers.is_empty() => {
            let mut out = String::new();
            let paths: Vec<Vec<&str>> =
                pointers.iter().map(|one| one.split('/').skip(1).collect()).collect();
            let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
            write(&body, &paths, &mut out);
            // Many differences in one body: the first of them are enough.
            visible::start(&out, longest * 4)
        }
        _ => visible::start(text, longest),
    }
}

/// Writes what lies on the paths, each of which begins here.
fn write(value: &Value, paths: &[&[&str]], out: &mut String) {
    // Where a path ends, or leads nowhere, is what there is to see.
    let ends = paths.iter().any(|path| path.is_empty());
    let lost = paths.iter().any(|path| path.first().is_some_and(|one| step(value, one).is_none()));
    match value {
        Value::Object(members) if !ends => {
            out.push('{');
            let (mut shown, mut left) = (0, Vec::new());
            for (name, inner) in members {
                let on: Vec<&[&str]> = paths
                    .iter()
                    .filter(|path| path.first().is_some_and(|one| leads(one, name)))
                    .filter_map(|path| path.get(1..))
                    .collect();
                if on.is_empty() {
                    left.push(name.as_str());
                    continue;
                }
                separate(out, shown);
                out.push_str(&format!("{}: ", Value::from(name.as_str())));
                // A choice such as `emails[type=work]` shows all elements, shortened.
                let chosen =
                    paths.iter().any(|path| path.first().is_some_and(|one| one.contains('[')));
                if chosen {
                    start(inner, out)
                } else {
                    write(inner, &on, out)
                }
                shown += 1;
            }
            if !left.is_empty() {
                separate(out, shown);
                out.push_str(&left_out(&left, lost));
            }
            out.push('}');
        }
        Value::Array(elements) if !ends => {
            out.push('[');
            let (mut shown, mut left) = (0, 0);
            for (place, inner) in elements.iter().enumerate() {
                let place = place.to_string();
                let here = paths.iter().filter(|path| path.first() == Some(&place.as_str()));
                let on: Vec<&[&str]> = here.filter_map(|path| path.get(1..)).collect();
                if on.is_empty() {
                    left += 1;
                    continue;
                }
                separate(out, shown);
                write(inner, &on, out);
                shown += 1;
            }
            if left > 0 {
                separate(out, shown);
                out.push_str(&format!("… {left} elements"));
            }
            out.push(']');
        }
        other => start(other, out),
    }
}

fn start(value: &Value, out: &mut String) {
    let text = value.to_string();
    let elements = value.as_array().map(|all| format!(" ({} elements)", all.len()));
    let long = text.chars().count() > LONGEST_VALUE;
    out.push_str(&visible::start(&text, LONGEST_VALUE));
    out.push_str(&elements.filter(|_| long).unwrap_or_default());
}

fn separate(out: &mut String, shown: usize) {
    if shown > 0 {
        out.push_str(", ");
    }
}

/// What is left out: how many, and by name where one was looked for in vain.
fn left_out(names: &[&str], lost: bool) -> String {
    let count = names.len();
    let members =
        if count == 1 { "1 other member".to_owned() } else { format!("{count} other members") };
    if !lost {
        return format!("… {members}");
    }
    let some = names.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ");
    let more = if count > NAMES { ", …" } else { "" };
    format!("… {members}: {some}{more}")
}

fn step<'a>(value: &'a Value, segment: &str) -> Option<&'a Value> {
    at(value, &format!("/{segment}"))
}

/// Whether a segment is about a member of that name.
fn leads(segment: &str, name: &str) -> bool {
    let plain = segment.replace("~1", "/").replace("~0", "~");
    let plain = plain.split_once('[').map_or(plain.as_str(), |(before, _)| before);
    plain.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> String {
        let filler = "x".repeat(600);
        json!({
            "a": filler,
            "name": { "familyName": "b", "givenName": "c" },
            "Resources": [{ "id": "1", "big": filler }, { "id": "2", "big": filler }, 3],
        })
        .to_string()
    }

    #[test]
    fn what_differs_is_shown_with_what_it_stands_in() {
        assert_eq!(
            around(&body(), &["/name/familyName", "/Resources/1/id"], 400),
            r#"{"Resources": [{"id": "2", … 1 other member}, … 2 elements], "name": {"familyName": "b", … 1 other member}, … 1 other member}"#
        );
    }

    #[test]
    fn what_is_missing_is_shown_by_what_is_there_instead() {
        assert_eq!(
            around(&body(), &["/name/formatted"], 400),
            r#"{"name": {… 2 other members: familyName, givenName}, … 2 other members}"#
        );
        assert!(
            around(&body(), &["/Resources"], 400).ends_with("… (3 elements), … 2 other members}")
        );
    }

    #[test]
    fn what_is_short_or_about_no_member_is_shown_from_its_start() {
        assert_eq!(around("{\"a\": 1}", &["/b"], 400), "{\"a\": 1}");
        assert_eq!(around(&body(), &["status"], 20).chars().count(), 21);
        assert_eq!(around("<html>", &["/a"], 3), "<ht…");
    }
}
