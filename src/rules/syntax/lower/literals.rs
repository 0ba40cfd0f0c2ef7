//! Names, texts and numbers.

use super::Lower;
use crate::diagnostic::Applicability::MachineApplicable;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::rules::ast::{Ident, Literal, Text};
use crate::rules::source::Spanned;
use crate::rules::syntax::cst::{Kind, Node};
use crate::rules::syntax::scan::clip;

impl Lower<'_> {
    /// A name; one that is misspelt is reported, and goes on as it should have been.
    pub(super) fn ident(&mut self, node: &Node<'_>) -> Ident {
        self.check_length(node, node.text.len(), "name");
        let well = node.text.starts_with(|c: char| c.is_ascii_lowercase())
            && node.text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if well {
            return self.spanned(node, node.text.to_owned());
        }
        let shown = clip(node.text);
        let message =
            format!("`{shown}` is no name: a name is a small letter, then letters, digits and `_`");
        let found = Diagnostic::new(Code::P002, self.span(node), message);
        match corrected(node.text) {
            Some(name) => {
                self.findings.push(found.label(format!("write `{}`", clip(&name))).fix(
                    format!("write `{}`", clip(&name)),
                    self.span(node),
                    name.clone(),
                    MachineApplicable,
                ));
                self.spanned(node, name)
            }
            None => {
                self.findings.push(found.label("only letters from `a` to `z`"));
                self.spanned(node, node.text.to_owned())
            }
        }
    }

    /// A text with its escapes decoded.
    pub(super) fn text(&mut self, node: &Node<'_>) -> Text {
        let inside = node.text.get(1..node.text.len().saturating_sub(1)).unwrap_or("");
        self.check_length(node, inside.len(), "text");
        if !inside.contains(|c: char| c == '\\' || c < ' ') {
            return self.spanned(node, inside.to_owned());
        }
        let mut out = String::with_capacity(inside.len());
        let mut rest = inside;
        while let Some(c) = rest.chars().next() {
            let at = node.start + 1 + (inside.len() - rest.len());
            let used = match c {
                '\\' => self.escape(rest, at, &mut out),
                c if c < ' ' => {
                    self.control(c, at);
                    out.push(c);
                    1
                }
                c => {
                    out.push(c);
                    c.len_utf8()
                }
            };
            rest = rest.get(used..).unwrap_or("");
        }
        self.spanned(node, out)
    }

    /// Decodes the escape that `rest` begins with; gives the number of bytes read.
    fn escape(&mut self, rest: &str, at: usize, out: &mut String) -> usize {
        let next = rest.chars().nth(1).unwrap_or('\\');
        let simple = match next {
            '"' | '\\' | '/' => Some(next),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            _ => None,
        };
        if let Some(c) = simple {
            out.push(c);
            return 2;
        }
        if next == 'u' {
            if let Some((c, used)) = unicode_escape(rest) {
                out.push(c);
                return used;
            }
            let found =
                self.bad_escape(at, at + 2, "`\\u` wants four hexadecimal digits of a character");
            self.findings
                .push(found.help("characters beyond U+FFFF are two such escapes, or themselves"));
            return 2;
        }
        let message = format!("`\\{next}` is no escape; write `\\\\` for a backslash");
        let found = self.bad_escape(at, at + 1 + next.len_utf8(), &message);
        let place = self.piece.span(at, at + 1);
        self.findings.push(found.fix("write `\\\\`", place, "\\\\", MachineApplicable));
        out.push('\\');
        1
    }

    fn bad_escape(&self, start: usize, end: usize, message: &str) -> Diagnostic {
        Diagnostic::new(Code::P002, self.piece.span(start, end), message).label("not understood")
    }

    fn control(&mut self, c: char, at: usize) {
        let span = self.piece.span(at, at + 1);
        let escape = match c {
            '\t' => "\\t".to_owned(),
            c => format!("\\u{:04x}", u32::from(c)),
        };
        let what = if c == '\t' { "a tab" } else { "a control character" };
        self.findings.push(
            Diagnostic::new(Code::P002, span, format!("{what} inside text is written `{escape}`"))
                .label(format!("write `{escape}`"))
                .fix(format!("write `{escape}`"), span, escape, MachineApplicable),
        );
    }

    /// The literal of a `value`.
    pub(super) fn literal(&mut self, node: &Node<'_>) -> Option<Spanned<Literal>> {
        let inner = node.children.first()?;
        let literal = match inner.kind {
            Kind::Text => Literal::Text(self.text(inner).node),
            Kind::Number => {
                self.check_length(inner, inner.text.len(), "number");
                Literal::Number(inner.text.to_owned())
            }
            _ => match inner.text {
                "true" => Literal::Flag(true),
                "false" => Literal::Flag(false),
                _ => Literal::Null,
            },
        };
        Some(self.spanned(inner, literal))
    }

    /// Every `value` that is a part.
    pub(super) fn literals(&mut self, node: &Node<'_>) -> Vec<Spanned<Literal>> {
        node.all(Kind::Value).filter_map(|value| self.literal(value)).collect()
    }

    /// A whole number.
    pub(super) fn count(&mut self, node: &Node<'_>) -> Spanned<u64> {
        let value = node.text.parse().unwrap_or_else(|_| {
            let message = format!("`{}` is too large a number", clip(node.text));
            self.findings
                .push(Diagnostic::new(Code::P007, self.span(node), message).label("too large"));
            u64::MAX
        });
        self.spanned(node, value)
    }

    /// A whole number that is a version.
    pub(in crate::rules::syntax) fn version(&mut self, node: &Node<'_>) -> Spanned<u32> {
        let value = node.text.parse().unwrap_or(u32::MAX);
        self.spanned(node, value)
    }

    /// P007 for a name or text that is too long.
    pub(super) fn check_length(&mut self, node: &Node<'_>, length: usize, what: &str) {
        let limit = limits::NAME_BYTES;
        if length > limit {
            let message = format!("this {what} has {length} bytes; the limit is {limit}");
            self.findings.push(
                Diagnostic::new(Code::P007, self.span(node), message)
                    .label("too long")
                    .help(format!("a {what} has at most {limit} bytes")),
            );
        }
    }
}

/// `\uXXXX`, or two of them for one character; and the number of bytes.
fn unicode_escape(rest: &str) -> Option<(char, usize)> {
    let unit = |at: usize| -> Option<u32> {
        let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(0)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let second = unit(6).filter(|unit| (0xdc00..0xe000).contains(unit))?;
    let high = first.checked_sub(0xd800).filter(|high| *high < 0x400)?;
    char::from_u32(0x10000 + (high << 10) + (second - 0xdc00)).map(|c| (c, 12))
}

/// The name that was meant: `Gong` is `gong`, `EMEA` is `emea`, `web-conferences` is
/// `web_conferences`.
fn corrected(written: &str) -> Option<String> {
    let shouting = !written.chars().any(|c| c.is_ascii_lowercase());
    let mut name = String::with_capacity(written.len());
    for c in written.trim_start_matches('_').chars() {
        match c {
            '-' => name.push('_'),
            c if !c.is_ascii() => return None,
            c if shouting || name.is_empty() => name.push(c.to_ascii_lowercase()),
            c => name.push(c),
        }
    }
    name.starts_with(|c: char| c.is_ascii_lowercase()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_corrected() {
        assert_eq!(corrected("Gong").as_deref(), Some("gong"));
        assert_eq!(corrected("EMEA").as_deref(), Some("emea"));
        assert_eq!(corrected("web-conferences").as_deref(), Some("web_conferences"));
        assert_eq!(corrected("WebCalls").as_deref(), Some("webCalls"));
        assert_eq!(corrected("é"), None);
    }

    #[test]
    fn surrogates_make_one_character() {
        assert_eq!(unicode_escape("\\u00e9x"), Some(('é', 6)));
        assert_eq!(unicode_escape("\\ud83d\\ude00"), Some(('😀', 12)));
        assert_eq!(unicode_escape("\\ud83d"), None);
        assert_eq!(unicode_escape("\\ude00"), None);
        assert_eq!(unicode_escape("\\u+123"), None);
    }
}
