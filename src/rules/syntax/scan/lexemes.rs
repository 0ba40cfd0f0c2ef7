//! What is written in the habits of other languages and editors: quotes, comments, symbols.

use std::borrow::Cow;

use super::{Mend, Scanner, TokenKind, is_word};
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::rules::syntax::{foreign, scripts};

impl Scanner<'_> {
    fn mend(&mut self, start: usize, end: usize, text: impl Into<Cow<'static, str>>) {
        self.scan.mends.push(Mend { start, end, text: text.into() });
    }

    /// Text in straight double quotes, or in quotes of another sort that stand for them.
    pub(super) fn quoted(&mut self) {
        let Some(opener) = self.char() else { return };
        let inside = self.at + opener.len_utf8();
        let line_end = self.end_of_line();
        let single = matches!(opener, '\'' | '`' | '’' | '‘' | '‚');
        let closed = if single && self.at < self.unpaired {
            None
        } else {
            self.closing_quote(opener, inside, line_end)
        };
        match closed {
            Some((close, closer)) => {
                let end = close + closer.len_utf8();
                if opener != '"' || closer != '"' {
                    self.odd_quotes(opener, inside, close, end);
                }
                self.mixed_scripts(inside, close);
                self.hidden_controls(inside, close);
                self.token(TokenKind::Text, end);
            }
            // An apostrophe alone is no quotation mark.
            None if single => {
                self.unpaired = line_end;
                self.token(TokenKind::Other, inside);
            }
            None => self.unclosed_text(opener, inside, line_end),
        }
    }

    /// Where the quotation ends on its line, and with which mark.
    fn closing_quote(&self, opener: char, inside: usize, line_end: usize) -> Option<(usize, char)> {
        let text = self.scan.text.get(inside..line_end)?;
        let fits = |c: char| match opener {
            '"' => c == '"',
            '\'' => c == '\'',
            '`' => matches!(c, '`' | '\''),
            '‘' | '’' | '‚' => matches!(c, '’' | '‘' | '\''),
            _ => matches!(c, '"' | '“' | '”' | '„' | '«' | '»'),
        };
        let mut escaped = false;
        let mut typographic = None;
        for (offset, c) in text.char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if fits(c) {
                return Some((inside + offset, c));
            } else if c == '”' && typographic.is_none() {
                typographic = Some((inside + offset, c));
            }
        }
        typographic
    }

    fn odd_quotes(&mut self, opener: char, inside: usize, close: usize, end: usize) {
        let start = self.at;
        let text = self.scan.text.get(inside..close).unwrap_or("");
        let straight = format!("\"{}\"", escape_quotes(text));
        let kind = match opener {
            '\'' => "single quotes",
            '`' => "backquotes",
            _ => "typographic quotes",
        };
        let span = self.scan.span(start, end);
        let message = format!("text stands between straight double quotes, not between {kind}");
        self.scan.report(
            Diagnostic::new(Code::P002, span, message)
                .label(format!("write {}", clip(&straight)))
                .fix("use straight double quotes", span, &straight, MachineApplicable),
        );
        self.mend(start, end, straight);
    }

    /// A quotation that its line does not close. Brackets and commas at the end of the line are
    /// taken to stand outside of it.
    fn unclosed_text(&mut self, opener: char, inside: usize, line_end: usize) {
        let text = self.scan.text.get(inside..line_end).unwrap_or("");
        let outside = |c: char| c.is_whitespace() || "{}()[],".contains(c);
        let kept = match text.trim_end_matches(outside) {
            "" => text.trim_end(),
            kept => kept,
        };
        let end = inside + kept.len();
        // A backslash at the end would swallow the quotation mark that is put there.
        let quote = if kept.ends_with('\\') { "\\\"" } else { "\"" };
        let opens = self.scan.span(self.at, inside);
        self.scan.report(
            Diagnostic::new(Code::P004, opens, "this quotation mark is never closed")
                .label("opens here")
                .help("text begins and ends on one line")
                .fix("close it", self.scan.span(end, end), quote, MaybeIncorrect),
        );
        if opener != '"' {
            self.mend(self.at, inside, "\"");
        }
        self.mend(end, end, quote);
        self.token(TokenKind::Text, end);
    }

    /// A pattern that its line does not close.
    pub(super) fn unclosed_regex(&mut self, line_end: usize) {
        let text = self.scan.text.get(self.at..line_end).unwrap_or("");
        let end = self.at + text.trim_end().len();
        let opens = self.scan.span(self.at, self.at + 1);
        self.scan.report(
            Diagnostic::new(Code::P004, opens, "the pattern that begins here is never closed")
                .label("opens here")
                .help("a pattern ends with `/` on the same line; write `\\/` for a slash inside")
                .fix("close it", self.scan.span(end, end), "/", MaybeIncorrect),
        );
        self.mend(end, end, if end == self.at + 1 { "?/" } else { "/" });
        self.token(TokenKind::Regex, end);
    }

    /// `// …` and `/* … */`.
    pub(super) fn foreign_comment(&mut self) {
        let start = self.at;
        let opens = (start, start + 2, "#");
        if self.byte(1) == Some(b'/') {
            self.foreign_comment_found(vec![opens]);
            self.mend(start, start + 2, "#");
            self.comment();
            return;
        }
        let rest = self.scan.text.get(start + 2..).unwrap_or("");
        let end = rest.find("*/").map_or(self.scan.text.len(), |n| start + 2 + n + 2);
        let body = self.scan.text.get(start..end).unwrap_or("");
        let mut edits = vec![opens];
        let mut lines = 0;
        for (offset, _) in body.match_indices('\n') {
            lines += 1;
            edits.push((start + offset + 1, start + offset + 1, "# "));
        }
        if body.ends_with("*/") {
            edits.push((end - 2, end, ""));
        }
        self.foreign_comment_found(edits);
        self.mend(start, end, " ");
        self.line += lines;
        self.line_end = None;
        self.at = end;
    }

    fn foreign_comment_found(&mut self, edits: Vec<(usize, usize, &str)>) {
        let edit = |(start, end, text): (usize, usize, &str)| Edit {
            span: self.scan.span(start, end),
            text: text.to_owned(),
        };
        let edits = edits.into_iter().map(edit).collect();
        let opens = self.scan.span(self.at, self.at + 2);
        self.scan.report(
            Diagnostic::new(Code::P002, opens, "a comment begins with `#`")
                .label("write `#`")
                .fix_edits("write `#`", edits, MachineApplicable),
        );
    }

    /// `;`: nothing needs it.
    pub(super) fn semicolon(&mut self) {
        let (start, end) = (self.at, self.at + 1);
        let span = self.scan.span(start, end);
        let line_end = self.end_of_line();
        let rest = self.scan.text.get(end..line_end).unwrap_or("").trim_start();
        if rest.is_empty() || rest.starts_with(['#', '}']) || rest.starts_with("//") {
            self.scan.report(
                Diagnostic::new(Code::P002, span, "a line ends without `;`")
                    .label("remove it")
                    .fix("remove `;`", span, "", MachineApplicable),
            );
            self.mend(start, end, " ");
            self.at = end;
            return;
        }
        self.scan.report(
            Diagnostic::new(Code::P002, span, "`;` parts nothing here")
                .label("write `,`, or begin a new line")
                .help("entries of a list are parted by `,`; every clause stands on its own line")
                .fix("write `,`", span, ",", MaybeIncorrect),
        );
        self.mend(start, end, ",");
        self.token(TokenKind::Comma, end);
    }

    /// A run of symbols: the longest known operator that it begins with. What it means depends on
    /// where it stands, so it is judged later.
    pub(super) fn operator(&mut self) {
        const LONGEST: usize = 3;
        let text = self.scan.text;
        let at = self.at;
        let known = |length: &usize| text.get(at..at + length).is_some_and(foreign::is_symbol);
        let length = (1..=LONGEST).rev().find(known).unwrap_or(1);
        self.token(TokenKind::Operator, at + length);
    }

    /// `-eq` and its relatives.
    pub(super) fn dashed_operator(&mut self) {
        let rest = self.bytes.get(self.at + 1..).unwrap_or(&[]);
        let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        self.token(TokenKind::Operator, self.at + 1 + letters);
    }

    /// A character outside ASCII: a letter, a quotation mark, a blank, or something else.
    pub(super) fn wide(&mut self) {
        let Some(c) = self.char() else {
            self.at += 1;
            return;
        };
        let end = self.at + c.len_utf8();
        match c {
            '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '‚' => self.quoted(),
            '\u{a0}'
            | '\u{ad}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200d}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{2060}'
            | '\u{3000}'
            | '\u{feff}' => {
                self.blanks.push((self.at, end));
                self.at = end;
            }
            _ if scripts::is_bidi_control(c) => {
                self.hidden_controls(self.at, end);
                self.mend(self.at, end, " ");
                self.at = end;
            }
            '\u{80}'..='\u{9f}' => {
                self.controls.push((self.at, end));
                self.at = end;
            }
            _ if is_word(c) => self.word(),
            _ => self.token(TokenKind::Other, end),
        }
    }

    /// One finding for all odd blanks of the file and one for all control characters: they come
    /// from one paste.
    pub(super) fn report_gathered(&mut self) {
        let blanks = std::mem::take(&mut self.blanks);
        self.report_all(
            &blanks,
            "an unusual blank stands here, which the eye cannot tell from a space",
        );
        let controls = std::mem::take(&mut self.controls);
        self.report_all(&controls, "a control character stands here, which the eye cannot see");
    }

    fn report_all(&mut self, places: &[(usize, usize)], message: &str) {
        let Some(&(start, end)) = places.first() else { return };
        let span = |&(start, end): &(usize, usize)| self.scan.span(start, end);
        let edits = places
            .iter()
            .take(crate::limits::DIAGNOSTICS)
            .map(|place| Edit { span: span(place), text: " ".to_owned() })
            .collect();
        let mut found = Diagnostic::new(Code::P002, span(&(start, end)), message)
            .label("write a space")
            .fix_edits("write spaces", edits, MachineApplicable);
        if places.len() > 1 {
            found = found.help(format!("there are {} of them in this file", places.len()));
        }
        self.scan.report(found);
        for &(start, end) in places {
            self.mend(start, end, " ");
        }
    }

    /// P006: a word that mixes scripts.
    pub(super) fn mixed_scripts(&mut self, start: usize, end: usize) {
        let text = self.scan.text.get(start..end).unwrap_or("");
        if text.is_ascii() {
            return;
        }
        let Some((offset, word, script)) = scripts::mixed(text) else { return };
        let span = self.scan.span(start + offset, start + offset + word.len());
        let message = format!("`{}` mixes Latin and {script} letters", clip(word));
        self.scan.report(
            Diagnostic::new(Code::P006, span, message)
                .label(format!("some of these letters are {script}"))
                .help("type the word again: letters that only look the same match nobody"),
        );
    }

    /// P006: characters that change the order in which text is shown.
    pub(super) fn hidden_controls(&mut self, start: usize, end: usize) {
        let text = self.scan.text.get(start..end).unwrap_or("");
        if text.is_ascii() {
            return;
        }
        let place = text.char_indices().find(|(_, c)| scripts::is_bidi_control(*c));
        let Some((offset, c)) = place else { return };
        let span = self.scan.span(start + offset, start + offset + c.len_utf8());
        let message = format!(
            "an invisible character (U+{:04X}) changes the order in which this line is shown",
            u32::from(c)
        );
        self.scan.report(
            Diagnostic::new(Code::P006, span, message)
                .label("what is read is not what is shown")
                .fix("remove it", span, "", MachineApplicable),
        );
    }
}

/// Text with a backslash before each double quote that has none.
fn escape_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        match c {
            // `\'` is no escape in double quotes.
            '\'' | '`' if escaped => {
                out.pop();
            }
            '"' if !escaped => out.push('\\'),
            _ => {}
        }
        out.push(c);
        escaped = c == '\\' && !escaped;
    }
    out
}

/// At most some forty characters of what somebody wrote.
pub(in crate::rules) fn clip(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}
