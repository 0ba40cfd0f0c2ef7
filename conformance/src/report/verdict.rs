//! The verdicts.

use serde::{Deserialize, Serialize};

/// What a scenario or a judge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A MUST is broken.
    Fail,
    /// No answer, or a fault of this side.
    Error,
    /// What is needed did not come about because of another fault.
    Blocked,
    /// A SHOULD is broken.
    Warn,
    /// What is needed is not offered.
    Skip,
    /// A client never came to it, so nothing is known.
    NotExercised,
    /// It does what is asked.
    Pass,
}

impl Verdict {
    /// All of them, worst first.
    pub const ALL: [Self; 7] = [
        Self::Fail,
        Self::Error,
        Self::Blocked,
        Self::Warn,
        Self::Skip,
        Self::NotExercised,
        Self::Pass,
    ];

    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Blocked => "blocked",
            Self::Skip => "skip",
            Self::NotExercised => "not exercised",
            Self::Error => "error",
        }
    }

    /// Whether it says what was tested does, right or wrong.
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Fail | Self::Warn | Self::Pass)
    }

    /// Whether it is a finding that a reader should see in full.
    pub fn is_finding(self) -> bool {
        matches!(self, Self::Fail | Self::Error | Self::Blocked | Self::Warn)
    }
}
