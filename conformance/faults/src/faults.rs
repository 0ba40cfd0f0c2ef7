//! Every fault, by the sections of the survey that they come from.

mod auth;
mod bulk;
mod choices;
mod concurrency;
mod create;
mod discovery;
mod errors;
mod filter;
mod http;
mod identity;
mod offers;
pub(crate) mod operations;
mod paging;
mod patch;
mod projection;
mod put;
mod stored;

use regex::Regex;

use crate::fault::{Fault, Left};

/// Faults of one section, and the classes of it that are not injected.
pub struct Section {
    /// Its title.
    pub title: &'static str,
    /// Its faults.
    pub faults: &'static [Fault],
    /// What has no row, and why.
    pub left: &'static [Left],
    /// Whether its classes are those of the survey of servers in the field (`classes.txt`).
    pub of_the_survey: bool,
}

/// All of them.
pub const SECTIONS: &[Section] = &[
    filter::SECTION,
    paging::SECTION,
    projection::SECTION,
    create::SECTION,
    identity::SECTION,
    put::SECTION,
    patch::SECTION,
    stored::SECTION,
    concurrency::SECTION,
    errors::SECTION,
    http::SECTION,
    discovery::SECTION,
    auth::SECTION,
    bulk::SECTION,
    choices::SECTION,
    offers::SECTION,
];

/// Every fault, in the order of the sections.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    SECTIONS.iter().flat_map(|section| section.faults)
}

/// Whether servers in the field are known to have the fault of an id.
pub fn is_of_the_survey(id: &str) -> bool {
    let surveyed = SECTIONS.iter().filter(|section| section.of_the_survey);
    surveyed.flat_map(|section| section.faults).any(|fault| fault.id == id)
}

/// The fault of an id.
pub fn find(id: &str) -> Option<&'static Fault> {
    all().find(|fault| fault.id == id)
}

/// A pattern of this package as an expression.
#[expect(clippy::expect_used, reason = "patterns are constants, and every run uses each")]
pub(crate) fn expression(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a legal pattern")
}
