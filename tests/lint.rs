//! Findings about checked rules.

mod soundness;
mod speed;
