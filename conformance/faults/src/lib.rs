//! Measures what the conformance scenarios detect.
//!
//! Faults that SCIM servers in the field have are put in front of the reference server, one at a
//! time, and the scenarios are fired at it: `faults` and `operators` must be caught, `decoys`,
//! which are legal but odd, must not. A bench for this project alone: nothing that is shipped
//! depends on it, so that no release server can have a fault by mistake.

pub mod decoys;
pub mod detect;
pub mod document;
pub mod exchange;
pub mod fault;
pub mod faults;
pub mod host;
pub mod idle;
pub mod inner;
pub mod matrix;
pub mod measure;
pub mod operators;
pub mod quick;
pub mod side_by_side;
pub mod suite;
pub mod touch;
pub mod wishes;
