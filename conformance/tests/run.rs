//! The runner against small servers that misbehave on purpose, and the format of scenarios.

mod raw;
mod small;
mod tell;

mod auth;
mod bad_input;
mod clean;
mod diagnose;
mod evidence;
mod features;
mod fits;
mod format;
mod learns;
mod leaves;
mod load;
mod manners;
mod once;
mod refusals;
mod selection;
mod sharing;
mod steps;
mod tls;
mod untold;
