//! Plays a SCIM 2.0 service provider, lets a custom source push people and groups to it, and
//! judges the source: each request, what it does when it is answered badly, and whether the
//! provider ends up with what the source has.
//!
//! `provider` answers and `record` keeps what passed; `drive` walks through `action`s, with
//! `misbehave` on some of them; `judgement` holds pure functions over what was kept; `run` puts
//! it together and `report` gives it to the reporters of the conformance harness.

pub mod action;
pub mod contract;
pub mod drive;
pub mod exchange;
pub mod judgement;
pub mod misbehave;
pub mod preview;
pub mod provider;
pub mod record;
pub mod report;
pub mod run;
