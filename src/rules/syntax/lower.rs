//! Neutral nodes to the syntax tree, by subject: one file a subject.
//!
//! The grammar has already said what parts a node has, so a part that is missing is a disagreement
//! between the two; the reader reports the piece as unreadable rather than losing it silently.

mod catalogue;
mod conditions;
mod literals;
mod rules;
mod tests;

pub(super) use self::tests::TestLine;
use super::cst::{Kind, Node};
use super::piece::PieceText;
use crate::diagnostic::Diagnostic;
use crate::rules::ast::{Ident, ItemKind, OrNone};
use crate::rules::source::{Span, Spanned};

/// Lowers the nodes of one piece and gathers what is wrong with them.
pub(super) struct Lower<'a> {
    pub(super) piece: &'a PieceText<'a>,
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Lower<'a> {
    pub(super) fn new(piece: &'a PieceText<'a>) -> Self {
        Self { piece, findings: Vec::new() }
    }

    /// A one-line item; `None` for the header too, which is no item.
    pub(super) fn item(&mut self, node: &Node<'_>) -> Option<ItemKind> {
        match node.kind {
            Kind::Include => Some(ItemKind::Include(self.text(node.child(Kind::Text)?))),
            Kind::UseFile => Some(ItemKind::Use(self.text(node.child(Kind::Text)?))),
            _ => self.declaration(node),
        }
    }

    fn span(&self, node: &Node<'_>) -> Span {
        self.piece.span(node.start, node.end())
    }

    fn spanned<T>(&self, node: &Node<'_>, value: T) -> Spanned<T> {
        Spanned::new(value, self.span(node))
    }

    /// The name that is the first part of that kind.
    fn name(&mut self, node: &Node<'_>) -> Option<Ident> {
        Some(self.ident(node.child(Kind::Ident)?))
    }

    /// Every name that is a part.
    fn names(&mut self, node: &Node<'_>) -> Vec<Ident> {
        node.all(Kind::Ident).map(|name| self.ident(name)).collect()
    }

    /// A name or `none`, of those parts from `skip` on.
    fn name_or_none(&mut self, node: &Node<'_>, skip: usize) -> Option<OrNone<Ident>> {
        if let Some(none) = node.word("none") {
            return Some(OrNone::None(self.spanned(none, ())));
        }
        let name = node.all(Kind::Ident).nth(skip)?;
        Some(OrNone::Some(self.ident(name)))
    }
}
