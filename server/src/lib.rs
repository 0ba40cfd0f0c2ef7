//! A complete SCIM 2.0 service provider (RFC 7643, 7644, 9865) that keeps people and groups,
//! decides what each person gets, and says why.
//!
//! The way of a request: `http` reads it, `protocol` makes it a question, `service` answers it in
//! one transaction of the `store`, `entitlements` decides and reconciles within the same
//! transaction, `protocol` writes the response.

pub mod auth;
pub mod clock;
pub mod config;
pub mod entitlements;
pub mod error;
pub mod http;
pub mod id;
pub mod limits;
pub mod protocol;
pub mod run;
pub mod service;
pub mod store;
