//! The rules language: text → tree → checked model → rule set.

pub mod ast;
pub mod build;
pub mod catalogue;
pub mod check;
pub mod format;
pub mod lint;
pub mod load;
pub mod model;
pub mod source;
pub mod syntax;
