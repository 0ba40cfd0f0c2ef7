//! Text between quotation marks of any sort, and marks without a partner.

use super::lexemes::clip;
use super::{Scanner, TokenKind};
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic};

/// Words that text without an opening mark does not reach over: its value begins behind them.
const BEFORE_TEXT: &[&str] = &[
    "is",
    "not",
    "exactly",
    "contains",
    "with",
    "like",
    "matches",
    "than",
    "least",
    "most",
    "group",
    "id",
    "externalId",
    "eq",
    "ne",
    "co",
    "sw",
    "ew",
    "gt",
    "ge",
    "lt",
    "le",
    "and",
    "or",
    "formerly",
    "as",
    "assignment",
    "grant",
    "never",
    "test",
    "prove",
    "include",
    "use",
];

impl Scanner<'_> {
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
            None => self.unpaired_quote(opener, inside, line_end),
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

    /// A quotation mark whose line has no partner for it. The marks before it on the line may be
    /// paired wrongly; the one that was forgotten shows where text touches a word.
    fn unpaired_quote(&mut self, opener: char, inside: usize, line_end: usize) {
        if opener == '"' && self.requoted != self.line {
            self.requoted = self.line;
            if let Some(odd) = self.odd_text() {
                self.back_to(odd);
                let inside = self.at + 1;
                match self.touched_word() {
                    Some(word) => self.unopened_text(word, inside),
                    None => self.unclosed_before_more(inside, line_end),
                }
                return;
            }
            let rest = self.scan.text.get(inside..line_end).unwrap_or("");
            if let Some(word) = self.touched_word().filter(|_| ends_text(rest)) {
                self.unopened_text(word, inside);
                return;
            }
        }
        self.unclosed_text(opener, inside, line_end);
    }

    /// The first text of this line that a word follows without a blank: one of its marks belongs
    /// to something else.
    fn odd_text(&self) -> Option<usize> {
        let line = self.scan.tokens.iter().rev().take_while(|token| token.line == self.line);
        let first = self.scan.tokens.len() - line.count();
        let line = self.scan.tokens.get(first..)?;
        let touching = line.windows(2).position(|pair| match pair {
            [text, word] => {
                text.kind == TokenKind::Text
                    && matches!(word.kind, TokenKind::Word | TokenKind::Number)
                    && text.end == word.start
                    && self.scan.text.as_bytes().get(text.start as usize) == Some(&b'"')
            }
            _ => false,
        })?;
        Some(first + touching)
    }

    /// Takes back the token at an index and all behind it, with what was said about them.
    fn back_to(&mut self, index: usize) {
        let Some(token) = self.scan.tokens.get(index).copied() else { return };
        self.at = token.start as usize;
        self.scan.tokens.truncate(index);
        let at = self.at;
        while self.scan.mends.pop_if(|mend| mend.start >= at).is_some() {}
        while self.scan.findings.pop_if(|found| found.span.start >= token.start).is_some() {}
        for places in [&mut self.blanks, &mut self.hidden, &mut self.controls] {
            while places.pop_if(|(start, _)| *start >= at).is_some() {}
        }
    }

    /// The word that ends where this mark stands.
    fn touched_word(&self) -> Option<usize> {
        let last = self.scan.tokens.last()?;
        let touches = last.end as usize == self.at
            && last.line == self.line
            && matches!(last.kind, TokenKind::Word | TokenKind::Number)
            && !BEFORE_TEXT.iter().any(|w| w.eq_ignore_ascii_case(self.scan.word(*last)));
        touches.then(|| self.scan.tokens.len() - 1)
    }

    /// `is Sales"`: text without the mark that opens it, and the word before the one that is there.
    fn unopened_text(&mut self, word: usize, inside: usize) {
        let mut first = word;
        while let Some(before) = first.checked_sub(1).and_then(|at| self.scan.tokens.get(at)) {
            // The first word of a line says what the line is.
            let inside = first
                .checked_sub(2)
                .and_then(|at| self.scan.tokens.get(at))
                .is_some_and(|token| token.line == self.line);
            let part = inside
                && before.line == self.line
                && matches!(before.kind, TokenKind::Word | TokenKind::Number)
                && !BEFORE_TEXT.iter().any(|w| w.eq_ignore_ascii_case(self.scan.word(*before)));
            if !part {
                break;
            }
            first -= 1;
        }
        let start = self.scan.tokens.get(first).map_or(self.at, |token| token.start as usize);
        let closes = self.scan.span(self.at, inside);
        let place = self.scan.span(start, start);
        self.scan.report(
            Diagnostic::new(Code::P004, closes, "this quotation mark has no partner")
                .label("closes what no mark opens")
                .related(place, "one is missing here")
                .help("text begins and ends on one line")
                .fix("open it", place, "\"", MaybeIncorrect),
        );
        self.scan.tokens.truncate(first);
        self.at = start;
        self.mend(start, start, "\"");
        self.token(TokenKind::Text, inside);
    }

    /// `is "Sales or in group "Sales"`: text without the mark that closes it, and more text
    /// behind it. It ends before the first thing that cannot belong to it.
    fn unclosed_before_more(&mut self, inside: usize, line_end: usize) {
        const ENDS: &[&str] =
            &[" and ", " or ", " directly ", " except ", ",", ")", "]", "}", "\""];
        let text = self.scan.text.get(inside..line_end).unwrap_or("");
        let length = ENDS.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
        let kept = text.get(..length).unwrap_or("").trim_end().len();
        let end = inside + kept;
        let opens = self.scan.span(self.at, inside);
        self.scan.report(
            Diagnostic::new(Code::P004, opens, "this quotation mark is never closed")
                .label("opens here")
                .help("text begins and ends on one line")
                .fix("close it", self.scan.span(end, end), "\"", MaybeIncorrect),
        );
        self.mend(end, end, "\"");
        self.token(TokenKind::Text, end);
    }

    /// A quotation that its line does not close. Brackets and commas at the end of the line are
    /// taken to stand outside of it.
    fn unclosed_text(&mut self, opener: char, inside: usize, line_end: usize) {
        let text = self.scan.text.get(inside..line_end).unwrap_or("");
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
}

/// What stands outside of text at the end of a line.
fn outside(c: char) -> bool {
    c.is_whitespace() || "{}()[],".contains(c)
}

/// Whether a quotation mark before `rest` can be one that closes.
fn ends_text(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(outside)
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
