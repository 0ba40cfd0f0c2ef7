//! Text to tokens and comments, in one pass over the bytes.
//!
//! What is wrong wherever it stands (typographic quotes, `;`, `==`, odd blanks) is found here: each
//! gives a finding and a [`Mend`], the replacement with which the text is read on. So a mistake of
//! this kind never hides another one.

mod lexemes;
mod quotes;

pub(in crate::rules) use lexemes::clip;

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::rules::source::{FileId, Span};

/// Findings kept of one file; far more than are ever printed, far fewer than bytes.
pub(super) const FINDINGS: usize = 10 * limits::DIAGNOSTICS;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word: letters, digits, `_`, `$`, and `-` inside.
    Word,
    /// Something that begins with a digit, or with `-` and a digit.
    Number,
    /// Text in quotes of any sort.
    Text,
    /// A pattern between slashes.
    Regex,
    /// `(`, `[` or `{`, by its closing partner.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// An operator of symbols, such as `=`, or of a dash and letters, such as `-eq`.
    Operator,
    /// Any other character.
    Other,
}

/// A token: bytes `start..end` on a line counted from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) line: u32,
}

/// A comment without the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comment {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) line: u32,
    /// Nothing but blanks stands before it on its line.
    pub(crate) alone: bool,
}

impl Comment {
    /// Whether it is documentation: `##`, alone on its line, and no third `#`.
    pub(crate) fn is_doc(&self, text: &str) -> bool {
        let written = text.get(self.start as usize..self.end as usize).unwrap_or("");
        self.alone && written.starts_with("##") && !written.starts_with("###")
    }
}

/// A replacement with which the text is read on.
#[derive(Debug, Clone)]
pub(super) struct Mend {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: Cow<'static, str>,
}

/// What one pass over the bytes finds.
pub(super) struct Scan<'s> {
    pub(super) text: &'s str,
    pub(super) file: FileId,
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    pub(super) mends: Vec<Mend>,
    pub(super) findings: Vec<Diagnostic>,
}

impl<'s> Scan<'s> {
    /// Scans a whole file.
    pub(super) fn new(file: FileId, text: &'s str) -> Self {
        let mut scanner = Scanner {
            scan: Scan {
                text,
                file,
                tokens: Vec::new(),
                comments: Vec::new(),
                mends: Vec::new(),
                findings: Vec::new(),
            },
            bytes: text.as_bytes(),
            at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
            line: 1,
            line_end: None,
            unpaired: 0,
            fresh: true,
            requoted: 0,
            blanks: Vec::new(),
            hidden: Vec::new(),
            controls: Vec::new(),
        };
        scanner.run();
        scanner.scan
    }

    /// Keeps a finding, unless there are too many.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        if !self.full() {
            self.findings.push(finding);
        }
    }

    /// Whether there are more findings than anybody will ever read.
    pub(super) fn full(&self) -> bool {
        self.findings.len() >= FINDINGS
    }

    /// What a token says.
    pub(super) fn word(&self, token: Token) -> &'s str {
        self.text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    /// The text of the token at an index if it is a word, and otherwise nothing.
    pub(super) fn word_at(&self, index: usize) -> &'s str {
        match self.tokens.get(index) {
            Some(token) if token.kind == TokenKind::Word => self.word(*token),
            _ => "",
        }
    }

    /// The kind of the token at an index.
    pub(super) fn kind_at(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// Whether a token is the first of its line.
    pub(super) fn first_of_line(&self, index: usize) -> bool {
        let Some(token) = self.tokens.get(index) else { return false };
        match index.checked_sub(1).and_then(|before| self.tokens.get(before)) {
            Some(before) => before.line < token.line,
            None => true,
        }
    }

    /// A place of this file.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// The place of a token.
    pub(super) fn place(&self, token: Token) -> Span {
        self.span(token.start as usize, token.end as usize)
    }
}

/// The pass itself.
struct Scanner<'s> {
    scan: Scan<'s>,
    bytes: &'s [u8],
    at: usize,
    line: u32,
    /// Byte at which this line ends, once somebody asked.
    line_end: Option<usize>,
    /// Up to here no quotation or pattern that begins with `'` or `/` is closed: looking again at
    /// each mark would take quadratic time.
    unpaired: usize,
    /// The last line whose quotation marks were paired anew.
    requoted: u32,
    /// No token has been met on this line.
    fresh: bool,
    /// Places of blanks that are none, such as the no-break space.
    blanks: Vec<(usize, usize)>,
    /// Places of characters without width.
    hidden: Vec<(usize, usize)>,
    /// Places of control characters.
    controls: Vec<(usize, usize)>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.byte(0) {
            match byte {
                b' ' | b'\t' => self.at += 1,
                b'\n' | b'\r' => self.line_end(byte),
                b'#' => self.comment(),
                b'/' => self.slash(),
                b'"' | b'\'' | b'`' => self.quoted(),
                b'(' => self.mark(TokenKind::Open(b')')),
                b'[' => self.mark(TokenKind::Open(b']')),
                b'{' => self.mark(TokenKind::Open(b'}')),
                b')' | b']' | b'}' => self.mark(TokenKind::Close(byte)),
                b',' => self.mark(TokenKind::Comma),
                b':' => self.mark(TokenKind::Colon),
                b';' => self.semicolon(),
                b'=' | b'<' | b'>' | b'!' | b'&' | b'|' | b'~' => self.operator(),
                b'-' => self.dash(),
                b'0'..=b'9' => self.number(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => self.word(),
                0..=0x1f | 0x7f => {
                    self.controls.push((self.at, self.at + 1));
                    self.at += 1;
                }
                0x80.. => self.wide(),
                _ => self.mark(TokenKind::Other),
            }
        }
        self.report_gathered();
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn char(&self) -> Option<char> {
        self.scan.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    fn line_end(&mut self, byte: u8) {
        self.at += if byte == b'\r' && self.byte(1) == Some(b'\n') { 2 } else { 1 };
        self.line += 1;
        self.line_end = None;
        self.fresh = true;
    }

    /// Byte at which this line ends.
    fn end_of_line(&mut self) -> usize {
        let (bytes, at) = (self.bytes, self.at);
        *self.line_end.get_or_insert_with(|| {
            let rest = bytes.get(at..).unwrap_or(&[]);
            at + rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len())
        })
    }

    fn token(&mut self, kind: TokenKind, end: usize) {
        self.scan.tokens.push(Token {
            kind,
            start: small(self.at),
            end: small(end),
            line: self.line,
        });
        self.fresh = false;
        self.at = end;
    }

    fn mark(&mut self, kind: TokenKind) {
        self.token(kind, self.at + 1);
    }

    fn comment(&mut self) {
        let end = self.end_of_line();
        self.scan.comments.push(Comment {
            start: small(self.at),
            end: small(end),
            line: self.line,
            alone: self.fresh,
        });
        self.hidden_controls(self.at, end);
        self.at = end;
    }

    fn word(&mut self) {
        let mut end = self.at;
        loop {
            let rest = self.scan.text.get(end..).unwrap_or("");
            let mut chars = rest.chars();
            match chars.next() {
                Some(c) if is_word(c) => end += c.len_utf8(),
                Some('-') if chars.next().is_some_and(is_word) => end += 1,
                _ => break,
            }
        }
        let end = end.max(self.at + 1);
        self.mixed_scripts(self.at, end);
        self.token(TokenKind::Word, end);
        if matches!(self.byte(0), Some(b'\'' | 0xe2)) {
            self.contracted();
        }
    }

    fn number(&mut self) {
        let mut end = self.at + 1;
        while let Some(byte) = self.bytes.get(end) {
            let exponent = matches!(self.bytes.get(end - 1), Some(b'e' | b'E'));
            let more = byte.is_ascii_alphanumeric()
                || matches!(byte, b'.' | b'_')
                || exponent && matches!(byte, b'+' | b'-');
            if !more {
                break;
            }
            end += 1;
        }
        self.token(TokenKind::Number, end);
    }

    fn dash(&mut self) {
        let glued = self.scan.tokens.last().is_some_and(|t| t.end as usize == self.at);
        match self.byte(1) {
            Some(b'-') if !glued => self.foreign_comment(),
            Some(b'0'..=b'9') if !glued => self.number(),
            Some(b'a'..=b'z' | b'A'..=b'Z') if !glued => self.dashed_operator(),
            _ => self.mark(TokenKind::Other),
        }
    }

    /// Whether the last token is an operator before a pattern.
    fn after_matches(&self) -> bool {
        let Some(last) = self.scan.tokens.last() else { return false };
        let word = self.scan.word(*last);
        matches!(word, "=~" | "!~")
            || word.trim_start_matches('-').eq_ignore_ascii_case("matches")
            || word.eq_ignore_ascii_case("-match")
    }

    fn slash(&mut self) {
        if !self.after_matches() && matches!(self.byte(1), Some(b'/' | b'*')) {
            self.foreign_comment();
            return;
        }
        let line_end = self.end_of_line();
        let mut end = if self.at < self.unpaired { line_end } else { self.at + 1 };
        while end < line_end {
            match self.bytes.get(end) {
                Some(b'\\') => end += 2,
                Some(b'/') => {
                    self.token(TokenKind::Regex, end + 1);
                    return;
                }
                _ => end += 1,
            }
        }
        if self.after_matches() {
            self.unclosed_regex(line_end);
        } else {
            self.unpaired = line_end;
            self.mark(TokenKind::Other);
        }
    }
}

/// Letters, digits, `_`, `$`; letters of any script, so that a misspelt name stays one word.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii() && c.is_alphabetic()
}

/// Files are far below 4 GiB: [`crate::limits::FILE_BYTES`] is checked before.
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
