//! "Did you mean", and what serde says about names that it does not know.

/// The name that was probably meant.
pub(crate) fn nearest<'a, S: AsRef<str>>(wrong: &str, known: &'a [S]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let wrong = plain(wrong);
    let far = |name: &&str| strsim::damerau_levenshtein(&plain(name), &wrong);
    let near = known.iter().map(AsRef::as_ref).min_by_key(far)?;
    (far(&near) <= (wrong.chars().count() / 3).max(1)).then_some(near)
}

/// The names that a message lists: "…, expected one of `a`, `b`" or "expected a".
pub(crate) fn listed(message: &str) -> Vec<String> {
    let Some((_, list)) = message.rsplit_once("expected ") else { return Vec::new() };
    let list = list.trim_start_matches("one of ");
    let names = list.split([',', ' ']).filter(|one| !one.is_empty() && *one != "or");
    names.map(|name| name.trim_matches('`').to_owned()).collect()
}

/// A message about an unknown name in our own words, with what was probably meant.
pub(crate) fn reworded(message: &str) -> String {
    for (sort, word) in [("unknown field `", "key"), ("unknown variant `", "word")] {
        let Some((_, rest)) = message.split_once(sort) else { continue };
        let Some((wrong, _)) = rest.split_once('`') else { continue };
        let known = listed(message);
        let help = match nearest(wrong, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        return format!("there is no {word} `{wrong}` here; {help}");
    }
    message.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("tittle", &["id", "title"]), Some("title"));
        assert_eq!(nearest("at_once", &["at-once"]), Some("at-once"));
        assert_eq!(nearest("colour", &["id", "title"]), None);
    }

    #[test]
    fn unknown_names_are_told_in_plain_words() {
        let told = reworded("unknown field `tittle`, expected one of `id`, `title`");
        assert_eq!(told, "there is no key `tittle` here; did you mean `title`?");
        let told = reworded("unknown field `colour`, expected `id` or `title`");
        assert_eq!(told, "there is no key `colour` here; known here: id, title");
    }
}
