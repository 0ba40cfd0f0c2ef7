//! Reading files: `use` and `include`.

use super::ast;
use super::source::{FileId, Sources, Span};
use crate::diagnostic::Diagnostic;

/// How a file came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Named by the host.
    Root,
    /// By `include`.
    Included,
    /// By `use`.
    Used,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct LoadedFile {
    /// Its number.
    pub id: FileId,
    /// Its tree.
    pub file: ast::File,
    /// How it came in.
    pub role: Role,
    /// The item that asked for it first; `None` for the root.
    pub from: Option<Span>,
}

/// All files of one run.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Texts.
    pub sources: Sources,
    /// Trees in reading order.
    pub files: Vec<LoadedFile>,
    /// What reading found.
    pub diagnostics: Vec<Diagnostic>,
}
