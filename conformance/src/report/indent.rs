//! JSON with line ends and blanks where people want them, and nothing else changed: order,
//! duplicate members and the spelling of numbers stay as they came.

use serde::de::IgnoredAny;

/// The text indented, if it is JSON; otherwise as it is.
pub fn indented(text: &str) -> String {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut rest = text.chars().filter(|c| !c.is_control()).peekable();
    let break_line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
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
                depth = depth.saturating_sub(1);
                break_line(&mut out, depth);
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
    fn what_is_no_json_stays() {
        assert_eq!(indented("<html>{"), "<html>{");
    }
}
