//! "Did you mean": the nearest known name.

/// The candidate nearest to `written`, if one is near enough: at most max(1, length / 3) edits
/// away, letter case and `-`, `_`, `.`, blanks aside. Of equally near ones the first counts.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = squash(written);
    let allowed = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = squash(candidate);
        if other.len().abs_diff(wanted.len()) > allowed {
            continue;
        }
        let distance = edits(&wanted, &other);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The help line for a suggestion.
pub fn did_you_mean(candidate: &str) -> String {
    format!("did you mean `{candidate}`?")
}

fn squash(text: &str) -> Vec<char> {
    // Names longer than this are never typing mistakes of each other.
    text.chars()
        .filter(|c| !matches!(c, '-' | '_' | '.' | ' '))
        .flat_map(char::to_lowercase)
        .take(256)
        .collect()
}

/// Edits between two texts: insert, delete, replace, swap neighbours.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, right) in b.iter().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (get(&last, j) + usize::from(left != right))
                .min(get(&last, j + 1) + 1)
                .min(get(&row, j) + 1);
            let swapped =
                i > 0 && j > 0 && a.get(i - 1) == Some(right) && b.get(j - 1) == Some(left);
            if swapped {
                cost = cost.min(get(&before_last, j - 1) + 1);
            }
            row.push(cost);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_nearest_name() {
        let names = ["web_conferences", "phone", "email", "emea"];
        assert_eq!(nearest("web-conference", names), Some("web_conferences"));
        assert_eq!(nearest("phnoe", names), Some("phone"));
        assert_eq!(nearest("EMAIL", names), Some("email"));
        assert_eq!(nearest("calendar", names), None);
        assert_eq!(nearest("", names), None);
    }
}
