//! Why a scenario cannot go on.

use std::time::SystemTime;

use super::outcome::Exchange;
use crate::expect::at;
use crate::http::{Answer, ClientError, Request};
use crate::report::summary::cause;
use crate::report::visible;
use crate::scenario::{Credential, Level, Scenario, Step};
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
    /// A template that is not known; whose fault that is, a scenario tells.
    Unknown(Unknown),
    /// The run was stopped.
    Interrupted,
}

/// Where a scenario stopped.
#[derive(Debug, Clone, Default)]
pub(super) struct Halt {
    pub(super) message: String,
    /// What stopped it, in the same words wherever it happens.
    pub(super) cause: Option<String>,
    /// The exchange that stopped it.
    pub(super) exchange: Option<Exchange>,
    /// How strongly what it misses is asked for, where another scenario's finding stopped it that
    /// would be its own as well.
    pub(super) own: Option<Level>,
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
        Self::Blocked(Box::new(Halt { message, cause: Some(cause), exchange, ..Halt::default() }))
    }

    /// What a scenario misses here, another one tells; it is met at this level.
    pub(super) fn repeats(self, id: &str, level: Level) -> Self {
        match self.because(id) {
            Self::Blocked(halt) => Self::Blocked(Box::new(Halt { own: Some(level), ..*halt })),
            other => other,
        }
    }

    /// The same, with other words for what stops it.
    pub(super) fn because(self, cause: &str) -> Self {
        match self {
            Self::Blocked(halt) => {
                Self::Blocked(Box::new(Halt { cause: Some(cause.to_owned()), ..*halt }))
            }
            other => other,
        }
    }

    /// A request or an expectation of a step that cannot be written down. What an answer lacks is
    /// the server's doing; what nothing ever gives is a mistake of the scenario.
    pub(super) fn unknown(unknown: &Unknown, number: usize, scenario: &Scenario) -> Self {
        let name = &unknown.name;
        let (root, _) = name.split_once('/').unwrap_or((name, ""));
        let root = root.trim_end_matches(":headers");
        let mut before = scenario.steps.iter().take(number.saturating_sub(1)).enumerate();
        let gives = |step: &Step| {
            [&step.name_as, &step.keep, &step.took].into_iter().flatten().any(|one| one == root)
        };
        let captured = before.rfind(|(_, step)| gives(step));
        let whence = match captured {
            Some((place, step)) => {
                let does = step.name.as_ref().unwrap_or(&step.send);
                format!("the answer to step {} ({does})", place + 1)
            }
            None if scenario.given.contains_key(root) => format!("`{root}`, as it was made,"),
            None => return Self::Error(Box::new(Halt::mistake(unknown))),
        };
        let message = format!("step {number} needs `{name}`, which {whence} does not have");
        Self::Blocked(Box::new(Halt { message, ..Halt::default() }))
    }

    /// Something that another scenario found.
    pub(super) fn blocked_by(id: &str, message: String) -> Self {
        Self::Blocked(Box::new(Halt { message, cause: Some(id.to_owned()), ..Halt::default() }))
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
        let halt = Box::new(Halt { message: error.message, exchange, ..Halt::default() });
        if is_a_finding { Self::Broken(halt) } else { Self::Error(halt) }
    }

    /// A fault of this side, or a scenario that cannot end.
    pub(super) fn error(message: impl Into<String>) -> Self {
        Self::Error(Box::new(Halt { message: message.into(), ..Halt::default() }))
    }
}

impl Halt {
    /// A name that the scenario has from nowhere.
    pub(super) fn mistake(unknown: &Unknown) -> Self {
        let message = format!("the scenario names `{}`, which is not known here", unknown.name);
        Self { message, ..Self::default() }
    }
}

/// What an error says, for people, to stand behind its status: `detail` (RFC 7644, 3.12), what
/// other servers have in its place, or how the body begins.
pub(super) fn says(answer: &Answer) -> String {
    const LONGEST: usize = 200;
    let body = answer.json();
    let text = |name: &&str| body.as_ref().and_then(|body| at(body, name)?.as_str());
    let said =
        ["/detail", "/error_description", "/message", "/error", "/title"].iter().find_map(text);
    let said = said.map_or_else(|| answer.text(), str::to_owned);
    match visible::start(said.trim(), LONGEST).as_str() {
        "" => String::new(),
        said => format!(", \"{said}\""),
    }
}

impl From<Unknown> for Stop {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}
