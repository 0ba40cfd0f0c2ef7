//! How many terminal columns text takes, and how to show it without harm.

/// Columns of a character: 0 for marks that join the character before, 2 for East Asian wide
/// characters and emoji, 1 for the rest. An approximation that needs no table of its own.
pub fn of(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036F
        | 0x0483..=0x0489
        | 0x0591..=0x05BD
        | 0x0610..=0x061A
        | 0x064B..=0x065F
        | 0x1AB0..=0x1AFF
        | 0x1DC0..=0x1DFF
        | 0x200C..=0x200D
        | 0x20D0..=0x20FF
        | 0xFE00..=0xFE0F
        | 0xFE20..=0xFE2F
        | 0x1F3FB..=0x1F3FF
        | 0xE0100..=0xE01EF => 0,
        0x1100..=0x115F
        | 0x231A..=0x231B
        | 0x23E9..=0x23EC
        | 0x2614..=0x2615
        | 0x26BD..=0x26BE
        | 0x2705
        | 0x274C
        | 0x2753..=0x2755
        | 0x2795..=0x2797
        | 0x2B50
        | 0x2E80..=0x303E
        | 0x3041..=0x4DBF
        | 0x4E00..=0xA4CF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE10..=0xFE19
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F680..=0x1F6FF
        | 0x1F900..=0x1F9FF
        | 0x1FA70..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Columns of a line of text as [`harmless`] shows it.
pub fn of_text(text: &str) -> usize {
    text.chars().map(|c| of(harmless(c))).sum()
}

/// The character to show for one that a terminal would obey or hide: pictures for control
/// characters, U+FFFD for those that change the direction of text or take no room.
pub fn harmless(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        other => other,
    }
}

/// A text with every character made [`harmless`]: one line, whatever was in it.
pub fn harmless_text(text: &str) -> String {
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_columns() {
        assert_eq!(of_text("abc"), 3);
        assert_eq!(of_text("営業"), 4);
        assert_eq!(of_text("e\u{301}"), 1);
        assert_eq!(of_text("👍🏽"), 2);
    }

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(harmless_text("a\u{1b}[31m\u{202e}b\r\n"), "a␛[31m\u{fffd}b␍␊");
    }
}
