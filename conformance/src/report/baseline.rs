//! What changed since an earlier report.

use serde::{Deserialize, Serialize};

use super::{Entry, Redacted, Report, Verdict};

/// Every change since an earlier report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// When the earlier run began.
    pub since: String,
    /// What it tested, where that was something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_subject: Option<String>,
    /// The changes, gravest first.
    pub changes: Vec<Change>,
    /// How many entries are as they were.
    pub unchanged: usize,
}

/// How one entry changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// In which way.
    pub kind: ChangeKind,
    /// What it was; none where it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Verdict>,
    /// What it is; none where it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Verdict>,
}

/// Ways to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It fails now, or its waiver is gone.
    NewFailure,
    /// It could not be run now.
    NewError,
    /// Something else is in its way now.
    NewlyBlocked,
    /// It is a warning now.
    NewWarning,
    /// It was run, and is not any longer.
    NoLongerRun,
    /// It is not in this report: it was not chosen, or is no longer there.
    Gone,
    /// It failed or warned, and does not now.
    Mended,
    /// It was not in the earlier report, and nothing is wrong with it.
    Added,
    /// Anything else.
    Other,
}

impl ChangeKind {
    /// All of them, gravest first.
    pub const ALL: [Self; 9] = [
        Self::NewFailure,
        Self::NewError,
        Self::NewlyBlocked,
        Self::NewWarning,
        Self::NoLongerRun,
        Self::Gone,
        Self::Mended,
        Self::Added,
        Self::Other,
    ];

    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewFailure => "new failure",
            Self::NewError => "new error",
            Self::NewlyBlocked => "newly blocked",
            Self::NewWarning => "new warning",
            Self::NoLongerRun => "no longer run",
            Self::Gone => "gone",
            Self::Mended => "mended",
            Self::Added => "added",
            Self::Other => "changed",
        }
    }
}

impl Changes {
    /// From an earlier report to a later one.
    pub fn between(earlier: &Report, later: &Report) -> Self {
        let mut changes = Vec::new();
        let mut unchanged = 0;
        for entry in &later.entries {
            let was = earlier.entry(&entry.id);
            match kind(was, Some(entry)) {
                Some(kind) => changes.push(Change {
                    id: entry.id.clone(),
                    title: entry.title.clone(),
                    kind,
                    was: was.map(|was| was.verdict),
                    is: Some(entry.verdict),
                }),
                None => unchanged += 1,
            }
        }
        for was in earlier.entries.iter().filter(|was| later.entry(&was.id).is_none()) {
            changes.push(Change {
                id: was.id.clone(),
                title: was.title.clone(),
                kind: ChangeKind::Gone,
                was: Some(was.verdict),
                is: None,
            });
        }
        changes.sort_by(|one, other| (one.kind, &one.id).cmp(&(other.kind, &other.id)));
        let other_subject = (earlier.subject != later.subject).then(|| earlier.subject.clone());
        Self { since: earlier.started.clone(), other_subject, changes, unchanged }
    }

    /// How many there are of a kind.
    pub fn count(&self, kind: ChangeKind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }

    /// The change of an entry.
    pub fn of(&self, id: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.id == id)
    }
}

/// What counts of an entry: a waived one passes.
fn standing(entry: Option<&Entry>) -> Option<Verdict> {
    entry.map(|entry| if entry.waived.is_some() { Verdict::Pass } else { entry.verdict })
}

fn kind(was: Option<&Entry>, is: Option<&Entry>) -> Option<ChangeKind> {
    use Verdict::{Blocked, Error, Fail, NotExercised, Pass, Skip, Warn};
    let (was, is) = (standing(was), standing(is)?);
    if was == Some(is) {
        return None;
    }
    Some(match (was, is) {
        (_, Fail) => ChangeKind::NewFailure,
        (_, Error) => ChangeKind::NewError,
        (_, Blocked) => ChangeKind::NewlyBlocked,
        (Some(Fail), Pass | Warn) | (Some(Warn), Pass) => ChangeKind::Mended,
        (_, Warn) => ChangeKind::NewWarning,
        (None, _) => ChangeKind::Added,
        (Some(Pass | Warn | Fail), Skip | NotExercised) => ChangeKind::NoLongerRun,
        _ => ChangeKind::Other,
    })
}

impl Redacted {
    /// The report with what changed since an earlier one.
    #[must_use]
    pub fn since(mut self, earlier: &Self) -> Self {
        let changes = Changes::between(earlier, &self);
        self.change(|report| report.changes = Some(changes));
        self
    }
}
