//! What is odd and legal: no scenario may fail on it.

mod answers;
mod configuration;
mod extras;
mod shapes;

use crate::fault::Act;

/// One thing that a server may do.
#[derive(Debug, Clone, Copy)]
pub struct Decoy {
    /// Its name.
    pub id: &'static str,
    /// What the server does.
    pub does: &'static str,
    /// Where it is permitted.
    pub permitted: &'static str,
    /// How it is done.
    pub act: Act,
}

/// All of them, by what they are about.
const GROUPS: &[&[Decoy]] =
    &[answers::DECOYS, shapes::DECOYS, configuration::DECOYS, extras::DECOYS];

/// Every decoy.
pub fn all() -> impl Iterator<Item = &'static Decoy> {
    GROUPS.iter().copied().flatten()
}

/// The decoy of a name.
pub fn find(id: &str) -> Option<&'static Decoy> {
    all().find(|decoy| decoy.id == id)
}
