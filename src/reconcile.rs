//! Reconcile: what a member has + what is wanted → the changes to write.

pub mod target;
