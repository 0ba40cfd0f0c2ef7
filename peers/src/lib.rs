//! Provisor beside other engines: the same rules decide the same people, and every engine must
//! name the same winner before anything is timed.
//!
//! Read [`scenario`] first (what is decided), then [`engine`] (what an engine has to do), then
//! one of [`engines`]. This is a measuring instrument, not a product: what should not happen
//! panics, with words.

pub mod scenario;

pub mod facts;

pub mod engine;
pub mod engines;

pub mod agree;
pub mod table;
