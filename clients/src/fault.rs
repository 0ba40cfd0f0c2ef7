//! Faulty clients: one row a fault, each the model client with one change.
//!
//! `K01` to `K45` are classes of client faults; a letter behind the number is another form of the
//! same class. What stays right is right in every one of them, so that a judge who names anything
//! else is wrong.

mod rewrite;
mod table;

use crate::client::Spec;
use crate::provider::Provider;
use crate::session::Rewrite;
use crate::slip::{Slip, Slips};

pub use table::FAULTS;

/// A row of the table of faults.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Its id.
    pub id: &'static str,
    /// What the client does wrong, in a line.
    pub what: &'static str,
    /// What the service provider must do, or what must happen at the source, to see it.
    pub trigger: &'static str,
    /// What of the class this client does not do, or why it cannot be played; empty: all of it.
    pub beyond: &'static str,
    /// How it is produced.
    pub made: Made,
}

/// How a fault is produced.
#[derive(Debug, Clone, Copy)]
pub enum Made {
    /// By rewriting requests.
    Rewrite(Rewrite),
    /// By a wrong habit.
    Slip(Slip),
}

impl Fault {
    /// The class: the id without a letter.
    pub fn class(&self) -> &'static str {
        self.id.get(..3).unwrap_or(self.id)
    }

    /// The client.
    pub fn spec(&self) -> Spec {
        let correct = Spec::of(Provider::Rfc7644);
        match self.made {
            Made::Rewrite(rewrite) => Spec { rewrites: vec![rewrite], ..correct },
            Made::Slip(slip) => Spec { slips: Slips::one(slip), ..correct },
        }
    }
}

/// The faulty client of this id.
pub fn faulty(id: &str) -> Option<Spec> {
    FAULTS.iter().find(|fault| fault.id.eq_ignore_ascii_case(id)).map(Fault::spec)
}
