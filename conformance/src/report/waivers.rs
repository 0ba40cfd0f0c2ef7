//! Known failures that somebody answers for: a file of ids, each with a reason and a last day.
//!
//! ```yaml
//! - id: rfc7644/3.3-create/password-is-never-shown
//!   reason: mended in release 4.2, PROJ-118
//!   expires: 2027-01-31
//! ```

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::entry::Waived;
use super::{Redacted, Report, Verdict};
use crate::suggest::nearest;

/// Something about a file beside the run that somebody must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub message: String,
}

/// What a file of waivers says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waivers {
    file: String,
    list: Vec<Waiver>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Waiver {
    line: u64,
    id: String,
    reason: String,
    expires: jiff::civil::Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Spanned<String>,
    reason: Spanned<String>,
    expires: Spanned<String>,
}

impl Waivers {
    /// Reads a file: YAML, of which JSON is a part. Fails with everything that is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let problem =
            |line: Option<u64>, message: String| Problem { file: file.to_owned(), line, message };
        let written: Vec<Written> = match serde_saphyr::from_str(text) {
            Ok(Some(written)) => written,
            Ok(None) => Vec::new(),
            Err(error) => {
                let line = error.location().map(|place| place.line());
                let message = error.to_string();
                let message = message.lines().next().unwrap_or_default().to_owned();
                return Err(vec![problem(line, message)]);
            }
        };
        let (mut list, mut wrong) = (Vec::<Waiver>::new(), Vec::new());
        for Written { id, reason, expires } in written {
            let line = id.referenced.line();
            if list.iter().any(|one| one.id == id.value) {
                wrong.push(problem(Some(line), format!("`{}` is waived twice", id.value)));
            }
            if reason.value.trim().is_empty() {
                let line = Some(reason.referenced.line());
                wrong.push(problem(line, format!("`{}` has no reason", id.value)));
            }
            match expires.value.parse() {
                Ok(expires) => {
                    list.push(Waiver { line, id: id.value, reason: reason.value, expires });
                }
                Err(_) => {
                    let message = format!(
                        "`{}` is no date; write the last day of the waiver as YYYY-MM-DD",
                        expires.value
                    );
                    wrong.push(problem(Some(expires.referenced.line()), message));
                }
            }
        }
        if wrong.is_empty() { Ok(Self { file: file.to_owned(), list }) } else { Err(wrong) }
    }

    /// Marks what is waived, and complains of what is stale, expired or not known. `today` is a
    /// full-date (RFC 3339) in UTC; `known` says whether there is anything of an id at all,
    /// chosen for this run or not.
    fn apply(&self, report: &mut Report, today: &str, known: impl Fn(&str) -> bool) {
        let ids: Vec<String> = report.entries.iter().map(|entry| entry.id.clone()).collect();
        for waiver in &self.list {
            let message = match report.entries.iter_mut().find(|one| one.id == waiver.id) {
                None if known(&waiver.id) => None,
                None => Some(format!("there is no `{}`; {}", waiver.id, near(&waiver.id, &ids))),
                Some(_) if waiver.expires.to_string().as_str() < today => Some(format!(
                    "the waiver of `{}` expired on {}; mend the finding or set a new day",
                    waiver.id, waiver.expires
                )),
                Some(entry) => match entry.verdict {
                    Verdict::Fail | Verdict::Warn => {
                        entry.waived = Some(Waived {
                            reason: waiver.reason.clone(),
                            expires: waiver.expires.to_string(),
                        });
                        None
                    }
                    Verdict::Pass => Some(format!(
                        "`{}` passes and needs no waiver; take this entry away",
                        waiver.id
                    )),
                    // Nothing is known of it this time.
                    _ => None,
                },
            };
            if let Some(message) = message {
                let (file, line) = (self.file.clone(), Some(waiver.line));
                report.problems.push(Problem { file, line, message });
            }
        }
    }
}

/// What was probably meant: an id that is near, or whose last part is.
fn near(id: &str, ids: &[String]) -> String {
    if id.contains('*') {
        return "write an entry for each id; patterns are not known here".to_owned();
    }
    let last = |id: &str| id.rsplit('/').next().unwrap_or_default().to_owned();
    let lasts: Vec<String> = ids.iter().map(|id| last(id)).collect();
    let by_last = || {
        let near = nearest(&last(id), &lasts)?;
        ids.iter().find(|id| last(id) == near).map(String::as_str)
    };
    match nearest(id, ids).or_else(by_last) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "look at the spelling".to_owned(),
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl Redacted {
    /// The report with what is waived marked, and with what is wrong with the waivers.
    #[must_use]
    pub fn waived(mut self, by: &Waivers, today: &str, known: impl Fn(&str) -> bool) -> Self {
        self.change(|report| by.apply(report, today, known));
        self
    }
}
