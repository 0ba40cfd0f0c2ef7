//! P006: text that looks like other text.
//!
//! No confusables table: two short tests cover what a rules file can be attacked with. A bidi
//! control changes the order in which a line is shown, and no name needs one. A word that has both
//! Latin letters and Cyrillic or Greek ones is nearly always one script's word with a look-alike
//! in it; a word wholly in one script, and a name of several words, are left alone.

/// Characters that change the order in which text is shown.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The first word that mixes Latin with Cyrillic or Greek letters: its byte, itself, the script.
pub(super) fn mixed(text: &str) -> Option<(usize, &str, &'static str)> {
    let mut at = 0;
    for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let letters = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let latin = letters.chars().any(is_latin);
        let other = letters.chars().find_map(other_script);
        if let (true, Some(script)) = (latin, other) {
            return Some((at, letters, script));
        }
        at += word.len();
    }
    None
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}') && c.is_alphabetic()
}

fn other_script(c: char) -> Option<&'static str> {
    match c {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' if c.is_alphabetic() => Some("Greek"),
        '\u{400}'..='\u{52f}' => Some("Cyrillic"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::mixed;

    #[test]
    fn only_a_word_of_two_scripts_is_mixed() {
        assert_eq!(mixed("Sales - ЕMEA"), Some((8, "ЕMEA", "Cyrillic")));
        assert_eq!(mixed("Продажи EMEA"), None);
        assert_eq!(mixed("Équipe Zürich"), None);
        assert_eq!(mixed("Αthens"), Some((0, "Αthens", "Greek")));
    }
}
