//! The commands, one file each: arguments, then what they do.

pub mod check;
pub mod client;
pub mod completions;
pub mod conform;
pub mod db;
pub mod demo;
pub mod eval;
pub mod explain;
pub mod explain_code;
pub mod fmt;
pub mod init;
pub mod reference;
pub mod replay;
pub mod serve;
pub mod simulate;
pub mod tenant;
pub mod test;
pub mod token;
