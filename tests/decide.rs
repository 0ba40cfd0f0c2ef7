//! Deciding: the five steps of the language's meaning.

mod directories;
mod explaining;
mod naive;
mod properties;
mod random;
mod reading;
mod steps;
mod told;
