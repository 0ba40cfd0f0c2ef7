//! JSON as RFC 8259 defines it, read without loss.
//!
//! [`Lexer`] pulls one value after the other out of bytes and skips what nobody asks for;
//! [`Json`] is the whole tree: order, duplicate keys and the spelling of numbers are kept.
//! [`View`] lets one reader work on [`Json`] and on [`serde_json::Value`].
//!
//! Strict: no comments, no trailing commas, no lone surrogates, no text behind the value. A byte
//! order mark at the start is ignored, as section 8.1 allows. Nesting is limited to
//! [`crate::limits::JSON_NESTING`].

mod convert;
mod fault;
mod lexer;
mod scan;
mod skip;
mod text;
mod tree;
mod view;
mod write;

pub use lexer::{Kind, Lexer, Value};
pub use text::Text;
pub use tree::{Json, Numeral, Object, parse};
pub use view::View;
pub use write::quote;
