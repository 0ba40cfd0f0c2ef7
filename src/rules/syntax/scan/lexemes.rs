//! What is written in the habits of other languages and editors: comments, symbols, blanks.

use std::borrow::Cow;

use super::{Mend, Scanner, TokenKind, is_word};
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::rules::syntax::{foreign, scripts};

impl Scanner<'_> {
    pub(super) fn mend(&mut self, start: usize, end: usize, text: impl Into<Cow<'static, str>>) {
        self.scan.mends.push(Mend { start, end, text: text.into() });
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

    /// `// …`, `-- …` and `/* … */`.
    pub(super) fn foreign_comment(&mut self) {
        let start = self.at;
        let opens = (start, start + 2, "#");
        if self.byte(1) != Some(b'*') {
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

    /// `isn't`, `doesn't`: the word before the apostrophe is the last token.
    pub(super) fn contracted(&mut self) {
        const WORDS: &[(&str, &str)] = &[
            ("isn", "is not"),
            ("aren", "is not"),
            ("wasn", "is not"),
            ("doesn", "does not"),
            ("don", "does not"),
        ];
        let Some(last) = self.scan.tokens.last().copied() else { return };
        let text = self.scan.text;
        let rest = text.get(self.at..).unwrap_or("");
        let mut chars = rest.chars();
        let Some(mark) = chars.next().filter(|c| matches!(c, '\'' | '’')) else { return };
        let t = chars.next().is_some_and(|c| matches!(c, 't' | 'T'));
        if !t || chars.next().is_some_and(is_word) {
            return;
        }
        let word = self.scan.word(last);
        let row = WORDS.iter().find(|(short, _)| short.eq_ignore_ascii_case(word));
        let Some((_, long)) = row else { return };
        let (start, end) = (last.start as usize, self.at + mark.len_utf8() + 1);
        // What `does not` is followed by is explained where the comparison is read.
        if *long == "is not" {
            let span = self.scan.span(start, end);
            let written = text.get(start..end).unwrap_or("");
            self.scan.report(
                Diagnostic::new(
                    Code::P003,
                    span,
                    format!("`{written}` is not used to compare; write `{long}`"),
                )
                .label(format!("replace with `{long}`"))
                .fix(format!("write `{long}`"), span, *long, MachineApplicable),
            );
        }
        self.mend(start, end, *long);
        if let Some(last) = self.scan.tokens.last_mut() {
            last.end = super::small(end);
        }
        self.at = end;
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
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}' => {
                self.blanks.push((self.at, end));
                self.at = end;
            }
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {
                self.hidden.push((self.at, end));
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

    /// One finding for all odd blanks of the file, one for all characters without width and one for
    /// all control characters: they come from one paste.
    pub(super) fn report_gathered(&mut self) {
        let blanks = std::mem::take(&mut self.blanks);
        let message = "an unusual blank stands here, which the eye cannot tell from a space";
        self.report_all(&blanks, message, " ");
        let hidden = std::mem::take(&mut self.hidden);
        let message = "a character without width stands here, which the eye cannot see";
        self.report_all(&hidden, message, "");
        let controls = std::mem::take(&mut self.controls);
        let message = "a control character stands here, which the eye cannot see";
        self.report_all(&controls, message, " ");
    }

    fn report_all(&mut self, places: &[(usize, usize)], message: &str, with: &'static str) {
        let Some(&(start, end)) = places.first() else { return };
        let span = |&(start, end): &(usize, usize)| self.scan.span(start, end);
        let edits = places
            .iter()
            .take(crate::limits::DIAGNOSTICS)
            .map(|place| Edit { span: span(place), text: with.to_owned() })
            .collect();
        let (label, title) = match with {
            "" => ("remove it", "remove what the eye cannot see"),
            _ => ("write a space", "write spaces"),
        };
        let mut found = Diagnostic::new(Code::P002, span(&(start, end)), message)
            .label(label)
            .fix_edits(title, edits, MachineApplicable);
        if places.len() > 1 {
            found = found.help(format!("there are {} of them in this file", places.len()));
        }
        self.scan.report(found);
        for &(start, end) in places {
            self.mend(start, end, with);
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

/// At most some forty characters of what somebody wrote.
pub(in crate::rules) fn clip(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}
