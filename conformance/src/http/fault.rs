//! Why no answer came that could be judged, and whose fault that is.

use std::error::Error;

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientError {
    /// Whose fault, and of which sort.
    pub kind: FaultKind,
    /// In words for people.
    pub message: String,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// The `Location` of an answer that began as a success and then broke off.
    pub location: Option<String>,
}

/// Sorts of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The request cannot be made: a mistake of the operator or of a scenario.
    Usage,
    /// No connection, or one that broke before an answer began.
    Network,
    /// The connection was closed where an answer was due.
    Closed,
    /// No end of the answer within the time for it.
    Timeout,
    /// TLS could not be agreed on.
    Tls,
    /// What came is no HTTP answer (RFC 9112), never ends, or leads in a circle: the server's
    /// fault.
    BrokenHttp,
    /// The server asks to come back later, again and again.
    Throttled,
    /// Resources of others are there, and nobody allowed to write beside them.
    ExistingData,
}

impl ClientError {
    /// Whether the endpoint answered and its answer breaks HTTP: a finding, not an accident.
    pub fn is_a_finding(&self) -> bool {
        self.kind == FaultKind::BrokenHttp
    }

    /// The same with what to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the endpoint may be gone: several of these in a row end a run.
    pub fn is_silence(&self) -> bool {
        use FaultKind::{Closed, Network, Timeout, Tls};
        matches!(self.kind, Network | Closed | Timeout | Tls)
    }
}

/// A fault of that kind.
pub(crate) fn fault(kind: FaultKind, message: impl Into<String>) -> ClientError {
    ClientError { kind, message: message.into(), help: None, location: None }
}

/// What an error of hyper means before the head of an answer is there.
pub(super) fn before_the_head(error: &hyper::Error) -> ClientError {
    if error.is_parse() {
        return fault(FaultKind::BrokenHttp, format!("the answer is no HTTP: {}", deepest(error)));
    }
    if is_tls(error) {
        return fault(FaultKind::Tls, format!("TLS failed: {}", deepest(error)));
    }
    if error.is_incomplete_message() {
        return fault(FaultKind::Closed, "the connection was closed without an answer");
    }
    fault(FaultKind::Network, format!("the connection broke: {}", deepest(error)))
}

/// What an error of hyper means in the middle of a body.
pub(super) fn within_the_body(error: &hyper::Error) -> ClientError {
    let broken = error.is_parse() || error.is_incomplete_message() || is_framing(error);
    let kind = if broken { FaultKind::BrokenHttp } else { FaultKind::Network };
    fault(kind, format!("the answer broke off: {}", deepest(error)))
}

/// Chunks that are none, or a body shorter than its length says, come as errors of reading.
fn is_framing(error: &hyper::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(one) = next {
        if let Some(io) = one.downcast_ref::<std::io::Error>() {
            return matches!(io.kind(), InvalidData | InvalidInput | UnexpectedEof);
        }
        next = one.source();
    }
    false
}

fn is_tls(error: &hyper::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(one) = next {
        if one.is::<rustls::Error>() {
            return true;
        }
        let inner = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        next = one.source();
    }
    false
}

/// The innermost reason, which is what happened.
pub(super) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut here = error;
    while let Some(inner) = here.source() {
        here = inner;
    }
    here.to_string()
}
