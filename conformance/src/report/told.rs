//! A difference in words: what readers would take for the same is told apart.

use serde_json::Value;

use crate::expect::Difference;

/// What was expected and what was found.
pub(super) fn values(difference: &Difference) -> (String, String) {
    let Difference { expected, found, .. } = difference;
    if found.trim().is_empty() {
        return (expected.clone(), "nothing".to_owned());
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let plain = |value: &Value| match value {
        Value::String(text) => Some(("the text", text.clone())),
        Value::Number(number) => Some(("the number", number.to_string())),
        Value::Bool(truth) => Some(("the boolean", truth.to_string())),
        _ => None,
    };
    let both = read(expected).zip(read(found));
    let kinds = both.as_ref().and_then(|(one, other)| plain(one).zip(plain(other)));
    match kinds {
        Some(((wanted, one), (is, other))) if wanted != is && one.eq_ignore_ascii_case(&other) => {
            (format!("{wanted} {expected}"), format!("{is} {found}"))
        }
        _ => (expected.clone(), found.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_and_a_number_that_look_the_same_are_told_apart() {
        let told = |expected: &str, found: &str| {
            let (place, text) = ("/status".to_owned(), str::to_owned);
            let (one, other) =
                values(&Difference { place, expected: text(expected), found: text(found) });
            format!("expected {one}, found {other}")
        };
        assert_eq!(told("\"404\"", "404"), "expected the text \"404\", found the number 404");
        assert_eq!(told("true", "\"True\""), "expected the boolean true, found the text \"True\"");
        assert_eq!(told("\"404\"", "400"), "expected \"404\", found 400");
        assert_eq!(told("404", "400"), "expected 404, found 400");
        assert_eq!(told("a JSON document", ""), "expected a JSON document, found nothing");
    }
}
