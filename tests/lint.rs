//! Findings about checked rules.

mod models;
mod soundness;
mod speed;
