//! Which comments document what: the `##` lines directly above, plain comments between them aside.

use super::scan::{Comment, Scan};
use crate::rules::ast::Text;
use crate::rules::source::{FileId, Spanned};

/// The documentation of what begins with the token at `index`.
pub(super) fn above(scan: &Scan<'_>, index: usize) -> Vec<Text> {
    let Some(token) = scan.tokens.get(index).filter(|_| scan.first_of_line(index)) else {
        return Vec::new();
    };
    let comments = scan.comments.partition_point(|comment| comment.start < token.start);
    let before = scan.comments.get(..comments).unwrap_or(&[]);
    let mut line = token.line;
    let mut docs = Vec::new();
    for comment in before.iter().rev() {
        if !comment.alone || comment.line + 1 != line {
            break;
        }
        line = comment.line;
        if comment.is_doc(scan.text) {
            docs.push(text(scan.text, scan.file, *comment));
        }
    }
    docs.reverse();
    docs
}

/// A line of documentation without its marks and one blank behind them.
fn text(source: &str, file: FileId, comment: Comment) -> Text {
    let (start, end) = (comment.start as usize, comment.end as usize);
    let written = source.get(start..end).unwrap_or("");
    let body = written.strip_prefix("##").unwrap_or(written);
    let body = body.strip_prefix(' ').unwrap_or(body).trim_end();
    Spanned::new(body.to_owned(), crate::rules::source::Span::new(file, start, end))
}
