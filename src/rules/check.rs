//! Text read becomes a checked model: names, types, structure.

mod payload;
pub mod suite;

pub use suite::TestSuite;

use super::model::Model;
use crate::diagnostic::Diagnostics;

/// What checking found out.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The rules, ready to be compiled; only without errors.
    pub model: Option<Model>,
    /// The tests, for `testing`; to be run only with a model.
    pub tests: TestSuite,
    /// Everything found, the tree's findings included, in the order to show.
    pub diagnostics: Diagnostics,
}
