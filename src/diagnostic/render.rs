//! Renderers, one file per format; they only read.
//!
//! [`text`] is for people, [`json`] for programs, [`sarif`] for code hosts and editors. All print
//! at most [`crate::limits::DIAGNOSTICS`] findings and say how many more there are.

mod excerpt;
pub mod json;
mod layout;
mod place;
pub mod sarif;
pub mod text;
pub mod width;

pub use text::{Options, Style};
