//! Answers in words, one line each, for people.

use std::fmt::{self, Display, Formatter};

use super::outcome::{Cause, Change, Drift, DriftKind, Note, Reason, Refusal};
use super::values::{Item, Value};

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seat(id) => write!(f, "seat `{id}`"),
            Self::Workspace(id) => write!(f, "profile in `{id}`"),
            Self::Home => f.write_str("home"),
            Self::Capture(id) => write!(f, "capture `{id}`"),
            Self::Option(id) => write!(f, "option `{id}`"),
        }
    }
}

/// `on` and `off`, or a name and `none`.
struct Shown<'a>(&'a Item, Option<&'a Value>);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (_, Some(Value::Named(name))) => write!(f, "`{name}`"),
            (_, Some(Value::On)) => f.write_str("on"),
            (Item::Seat(_) | Item::Capture(_), None) => f.write_str("off"),
            (_, None) => f.write_str("none"),
        }
    }
}

/// `` `a`, `b` ``
struct Names<'a>(&'a [String]);

impl Display for Names<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { item, before, after, cause, .. } = self;
        let (before, after) = (Shown(item, before.as_ref()), Shown(item, after.as_ref()));
        write!(f, "{item}: {before} -> {after}")?;
        if self.over_hand_edit {
            f.write_str(" over a hand edit")?;
        }
        write!(f, " ({cause}")?;
        if self.inert {
            f.write_str("; inert")?;
        }
        f.write_str(")")
    }
}

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(row) => write!(f, "row {}: {}", row.number(), row.situation()),
            Self::Never(names) => write!(f, "never {}", Names(names)),
            Self::StandingVeto(names) => write!(f, "standing veto {}", Names(names)),
            Self::Released => f.write_str("released"),
            Self::BroughtBack => f.write_str("brought back"),
            Self::HandEdit => f.write_str("hand edit"),
            Self::Confirmed => f.write_str("confirmed"),
        }
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(item) = &self.item else {
            return match &self.reason {
                Reason::SourceOwns => {
                    f.write_str("whether a member is active is for the source to say")
                }
                Reason::NoRecord => f.write_str("the source has not sent this member"),
                _ => f.write_str("the member is deactivated"),
            };
        };
        match &self.reason {
            Reason::NoRecord => write!(f, "{item}: the source has not sent this member"),
            Reason::SourceOwns => write!(f, "{item}: for the source to say"),
            Reason::Deactivated => write!(f, "{item}: the member is deactivated"),
            Reason::Unknown => write!(f, "{item}: the catalogue does not have this"),
            Reason::ManagersMayNot => {
                write!(f, "{item}: managers may not edit capture here")
            }
            Reason::Forbidden(nevers) => write!(f, "{item}: forbidden by never {}", Names(nevers)),
            Reason::Locked(assignment) => {
                let area = item.area().word();
                write!(
                    f,
                    "{item} is locked: assignment `{assignment}` updates {area} automatically"
                )
            }
            Reason::Vetoed(vetoes) => {
                write!(f, "{item}: veto {} is on and excludes it", Names(vetoes))
            }
        }
    }
}

impl Refusal {
    /// What the editor can do about it.
    pub fn help(&self) -> &'static str {
        match self.reason {
            Reason::NoRecord => "let the source send the person, or adopt the member, first",
            Reason::SourceOwns => "activate or deactivate the person in the identity provider",
            Reason::Deactivated => "reactivate the person in the identity provider first",
            Reason::Unknown => "check the name against the catalogue of the rules",
            Reason::ManagersMayNot => "ask an admin, or change `managers_edit_capture`",
            Reason::Forbidden(_) => "change the never, or whom it matches, in the rules",
            Reason::Locked(_) => "change the assignment, or the person's groups at the source",
            Reason::Vetoed(_) => "switch the veto off first",
        }
    }
}

impl Display for Drift {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { item, now, written, decided, .. } = self;
        let (now, decided) = (Shown(item, now.as_ref()), Shown(item, decided.as_ref()));
        let written = Shown(item, written.as_ref());
        match self.kind {
            DriftKind::ChangedByHand => {
                write!(f, "{item}: changed by hand from {written} to {now}")
            }
            DriftKind::NotApplied => write!(f, "{item}: not applied, {decided} is decided"),
        }
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inert { item, missing } => {
                write!(f, "{item} does nothing without ")?;
                for (place, need) in missing.iter().enumerate() {
                    write!(f, "{}{need}", if place == 0 { "" } else { " and " })?;
                }
                Ok(())
            }
            Self::KeptOff { item, vetoes } => {
                write!(f, "{item} is kept off by standing veto {}", Names(vetoes))
            }
            Self::Stands { veto } => write!(f, "veto `{veto}` stands from now on"),
            Self::NoLongerStands { veto, nevers } => {
                write!(f, "veto `{veto}` no longer stands: never {} forbids it", Names(nevers))
            }
            Self::StaysAway { item, nevers } => {
                write!(f, "{item} is not brought back: never {} forbids it", Names(nevers))
            }
            Self::Unknown { item } => write!(f, "{item}: the catalogue does not have this"),
        }
    }
}
