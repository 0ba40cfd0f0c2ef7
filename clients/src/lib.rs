//! SCIM clients that send what identity providers send, and clients that do one thing wrong.
//!
//! A [`script`] names people, groups and [`action`]s; the [`directory`] is what the source knows
//! after each of them, and what it must tell the service provider. A [`client`] tells it, in the
//! manner of its [`provider`], over a [`wire`]; [`fault`] is the table of faulty clients;
//! [`converge`] compares what the service provider has in the end with what the script says.
//! The crate's `README.md` says where each shape comes from.

pub mod action;
pub mod client;
pub mod converge;
pub mod directory;
pub mod fault;
pub mod field;
pub mod http;
pub mod links;
mod model;
pub mod provider;
pub mod script;
pub mod session;
pub mod shape;
pub mod slip;
pub mod wire;
