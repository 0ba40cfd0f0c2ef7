//! JSON with line ends and blanks where people want them, and nothing else changed: order,
//! duplicate members and the spelling of numbers stay as they came.

use serde::de::IgnoredAny;

/// Levels that are indented. What is deeper stays on its line: nobody reads it, and blanks before
/// each of thousands of levels would be most of a page.
const DEEPEST: usize = 24;

/// The text indented, if it is JSON; otherwise as it is.
pub fn indented(text: &str) -> String {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut rest = text.chars().filter(|c| !c.is_control()).peekable();
    let break_line = |out: &mut String, depth: usize| {
        if depth <= DEEPEST {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    while let Some(c) = rest.next() {
        if in_text {
            out.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_text = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while rest.next_if_eq(&' ').is_some() {}
                if let Some(end) = rest.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                // As deep as what stood before it, so that all of a level breaks its lines or none.
                if depth <= DEEPEST {
                    break_line(&mut out, depth.saturating_sub(1));
                }
                depth = depth.saturating_sub(1);
                out.push(c);
            }
            ',' => {
                out.push(c);
                break_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            ' ' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blanks_change() {
        let text = r#"{"b": 1.0,"a":[ ],"b":{"x":"a\"{,:\\"},"c":[1,2]}"#;
        let wanted = "{\n  \"b\": 1.0,\n  \"a\": [],\n  \"b\": {\n    \"x\": \"a\\\"{,:\\\\\"\n  },\n  \"c\": [\n    1,\n    2\n  ]\n}";
        assert_eq!(indented(text), wanted);
        assert_eq!(indented(&indented(text)), wanted);
    }

    #[test]
    fn what_is_too_deep_to_be_read_costs_no_blanks() {
        let text = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        let out = indented(&text);
        assert_eq!(out.replace(['\n', ' '], ""), text);
        assert_eq!(out.lines().count(), 2 * DEEPEST + 1, "{out}");
        assert!(out.len() < 2_000, "{}", out.len());
    }

    #[test]
    fn what_is_no_json_stays() {
        assert_eq!(indented("<html>{"), "<html>{");
    }
}
