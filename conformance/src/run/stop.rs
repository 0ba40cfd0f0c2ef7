//! Why a scenario cannot go on.

use std::time::SystemTime;

use super::outcome::Exchange;
use crate::http::{Answer, ClientError, Request};
use crate::report::summary::cause;
use crate::scenario::Credential;
use crate::template::Unknown;

/// Why a scenario cannot go on.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// A fixture could not be made, or a step without an expectation failed.
    Blocked(Box<Halt>),
    /// No answer, or a mistake in the scenario.
    Error(Box<Halt>),
    /// What came is no HTTP answer: a finding, behind which nothing can be looked at.
    Broken(Box<Halt>),
    /// The run was stopped.
    Interrupted,
}

/// Where a scenario stopped.
#[derive(Debug, Clone)]
pub(super) struct Halt {
    pub(super) message: String,
    /// What stopped it, in the same words wherever it happens.
    pub(super) cause: Option<String>,
    /// The exchange that stopped it.
    pub(super) exchange: Option<Exchange>,
}

impl Stop {
    /// An answer that does not let the scenario go on.
    pub(super) fn blocked(
        message: String,
        request: &Request,
        as_whom: Credential,
        answer: &Answer,
    ) -> Self {
        let cause = cause(&request.method, &request.target, answer.status);
        let exchange = Some(Exchange::new(request, as_whom, answer));
        Self::Blocked(Box::new(Halt { message, cause: Some(cause), exchange }))
    }

    /// Something that another scenario found.
    pub(super) fn blocked_by(id: &str, message: String) -> Self {
        Self::Blocked(Box::new(Halt { message, cause: Some(id.to_owned()), exchange: None }))
    }

    /// A request without an answer that could be judged.
    pub(super) fn lost(error: ClientError, request: &Request, credential: Credential) -> Self {
        let answer = Err(error.message.clone());
        let exchange = Some(Exchange {
            request: request.clone(),
            credential,
            answer,
            started: SystemTime::now(),
        });
        let is_a_finding = error.is_a_finding();
        let halt = Box::new(Halt { message: error.message, cause: None, exchange });
        if is_a_finding { Self::Broken(halt) } else { Self::Error(halt) }
    }

    /// A fault of this side, or a scenario that cannot end.
    pub(super) fn error(message: impl Into<String>) -> Self {
        Self::Error(Box::new(Halt { message: message.into(), cause: None, exchange: None }))
    }
}

impl From<Unknown> for Stop {
    fn from(unknown: Unknown) -> Self {
        Self::error(format!("the scenario names `{}`, which is not known here", unknown.name))
    }
}
