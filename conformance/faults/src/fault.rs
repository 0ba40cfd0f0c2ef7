//! What a fault is: a row of data and one small function.

use std::future::Future;
use std::pin::Pin;

use crate::exchange::{Answered, Asked};
use crate::inner::Inner;

/// One fault of a server.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Its class, such as `PAT-04`; with a letter where a class has several forms.
    pub id: &'static str,
    /// What the server does wrong.
    pub does: &'static str,
    /// Requirements that it breaks; a scenario that covers one of them and fails names it.
    pub breaks: &'static [&'static str],
    /// How much it hurts.
    pub severity: Severity,
    /// Where in a server it sits.
    pub layer: Layer,
    /// The scenario that a test runs to see it caught.
    pub caught_by: &'static str,
    /// The provider by whose wishes it is a fault; by the letter of the RFCs where none is named.
    pub dialect: Option<&'static str>,
    /// How it is done.
    pub act: Act,
}

/// A class of faults that has no row of its own, and why.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    /// The class.
    pub id: &'static str,
    /// What the server does.
    pub does: &'static str,
    /// Why it is not injected.
    pub because: &'static str,
}

/// How much a fault hurts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Survivable.
    Small,
    /// A client of the mainstream breaks.
    Breaks,
    /// Data or access is damaged in silence.
    Silent,
}

/// Where in a server a fault sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// HTTP.
    Http,
    /// Discovery.
    Discovery,
    /// Filters.
    Filter,
    /// Paging, sorting and projection.
    Paging,
    /// Creating and checking.
    Create,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// The store.
    Store,
    /// Errors.
    Error,
    /// Credentials.
    Auth,
    /// Bulk and search.
    Bulk,
}

/// How a fault is done.
#[derive(Clone, Copy)]
pub enum Act {
    /// The request is changed before the server sees it.
    Request(fn(&mut Asked)),
    /// The answer is changed.
    Response(fn(&Asked, &mut Answered)),
    /// Some requests are answered here.
    Refuse(fn(&Asked) -> Option<Answered>),
    /// Anything, with as many requests to the server as it takes.
    Whole(Whole),
    /// The same on a server that offers less or more than the reference server: that of the decoy
    /// of this name.
    On(&'static str, Whole),
}

/// A fault that talks with the server behind it.
pub type Whole = for<'a> fn(&'a Inner, Asked) -> Answering<'a>;

/// An answer to come.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answered> + Send + 'a>>;

impl Fault {
    /// The class without the letter of its form.
    pub fn class(&self) -> &'static str {
        self.id.trim_end_matches(|c: char| c.is_ascii_lowercase())
    }

    /// The decoy whose server has the fault; none where it is the reference server.
    pub fn on(&self) -> Option<&'static str> {
        match self.act {
            Act::On(decoy, _) => Some(decoy),
            _ => None,
        }
    }
}

impl Severity {
    /// As the table shows it.
    pub fn stars(self) -> &'static str {
        match self {
            Self::Small => "★",
            Self::Breaks => "★★",
            Self::Silent => "★★★",
        }
    }
}

impl Layer {
    /// As the table shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Discovery => "discovery",
            Self::Filter => "filter",
            Self::Paging => "paging",
            Self::Create => "create",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Store => "store",
            Self::Error => "errors",
            Self::Auth => "auth",
            Self::Bulk => "bulk",
        }
    }
}

impl Act {
    /// The answer of a server that has this fault.
    pub async fn answer(&self, inner: &Inner, mut asked: Asked) -> Answered {
        match self {
            Self::Request(change) => {
                change(&mut asked);
                inner.answer(asked).await
            }
            Self::Response(change) => {
                let mut answered = inner.answer(asked.clone()).await;
                change(&asked, &mut answered);
                answered
            }
            Self::Refuse(refuse) => match refuse(&asked) {
                Some(answered) => answered,
                None => inner.answer(asked).await,
            },
            Self::Whole(whole) | Self::On(_, whole) => whole(inner, asked).await,
        }
    }
}

impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Request(_) => "Request",
            Self::Response(_) => "Response",
            Self::Refuse(_) => "Refuse",
            Self::Whole(_) => "Whole",
            Self::On(..) => "On",
        })
    }
}
