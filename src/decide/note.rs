//! What was noticed on the way: tolerant readings and other things that nobody should wonder at.

use serde::Serialize;

use crate::rules::model::{AttributeDef, AttributeId, Model, ValueId};

/// Something that a reader of the decision should know. It names attributes and types, and groups
/// by name, never the person's values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Which of the kinds.
    pub kind: NoteKind,
    /// The attribute, group or workspace that it is about; empty if about the whole.
    pub about: String,
    /// In words: lower case, no final stop.
    pub message: String,
}

/// The kinds of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum NoteKind {
    /// A value of another type was understood: `"True"` for a flag.
    ReadAs,
    /// A value of another type was not understood: it counts as absent.
    Ignored,
    /// A name stood there twice; the last one counts.
    Repeated,
    /// `active` is no flag, which counts as not active.
    ActiveUnclear,
    /// A group was found by a name that it had before.
    FormerName,
    /// Rules ask for an `externalId`, and those of the person's groups are not known.
    ExternalIdUnknown,
    /// The user has no `id`, so no group of the directory can name it as a member.
    NoId,
    /// The home workspace has no profile.
    HomeWithoutProfile,
}

/// What stood in the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// A flag.
    Flag,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

impl Found {
    fn words(self) -> &'static str {
        match self {
            Self::Flag => "a flag",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// A note as the reader leaves it: by numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Raw {
    ReadAs {
        subject: Subject,
        found: Found,
        wanted: Wanted,
    },
    Ignored {
        subject: Subject,
        found: Found,
        wanted: Wanted,
    },
    Repeated {
        subject: Subject,
    },
    ActiveUnclear,
    NoId,
    ExternalIdUnknown,
    /// Of a group by its place among the person's; which of its former names.
    FormerName {
        group: u32,
        former: u32,
    },
}

/// What a reading note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Attribute(AttributeId),
    Value(AttributeId, ValueId),
    /// The object of an extension, by one of its attributes.
    Extension(AttributeId),
    /// An attribute that is read whether rules mention it or not.
    Known(&'static str),
}

/// What a value should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    Text,
    Flag,
    Number,
    Date,
    List,
    Object,
}

impl Wanted {
    fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Flag => "a flag",
            Self::Number => "a number",
            Self::Date => "a date",
            Self::List => "a list of one",
            Self::Object => "an object with that `value`",
        }
    }

    fn plainly(self) -> &'static str {
        match self {
            Self::List => "a list",
            Self::Object => "an object",
            other => other.words(),
        }
    }
}

impl Subject {
    /// As a rules file would say it.
    pub(super) fn path(self, model: &Model) -> String {
        let attribute = |id: AttributeId| model.attributes.get(id.index());
        let name = |id| attribute(id).map_or_else(String::new, path_of);
        match self {
            Self::Attribute(id) => name(id),
            Self::Value(id, value) => match attribute(id).and_then(|a| a.values.get(value.index()))
            {
                Some(value) if !value.name.is_empty() => format!("{}.{}", name(id), value.name),
                _ => name(id),
            },
            Self::Extension(id) => attribute(id).map_or_else(String::new, |a| a.schema.clone()),
            Self::Known(name) => name.to_owned(),
        }
    }
}

/// The path of an attribute as a rules file would write it: short where it is a core or enterprise
/// attribute, which need no URN.
pub(super) fn path_of(attribute: &AttributeDef) -> String {
    let standard = "urn:ietf:params:scim:schemas:";
    let schema = attribute.schema.as_str();
    if schema.get(..standard.len()).is_some_and(|start| start.eq_ignore_ascii_case(standard)) {
        attribute.name.clone()
    } else {
        format!("{schema}:{}", attribute.name)
    }
}

impl Raw {
    /// Whether it is about how that attribute was read.
    pub(super) fn is_about(&self, attribute: AttributeId) -> bool {
        let (Self::ReadAs { subject, .. }
        | Self::Ignored { subject, .. }
        | Self::Repeated { subject }) = self
        else {
            return false;
        };
        matches!(subject, Subject::Attribute(of) | Subject::Value(of, _) if *of == attribute)
    }

    /// In words.
    pub(super) fn note(
        &self,
        model: &Model,
        former: impl Fn(u32, u32) -> (String, String),
    ) -> Note {
        let (kind, about, message) = match self {
            Self::ReadAs { subject, found, wanted } => {
                let path = subject.path(model);
                let message = format!("`{path}`: {} read as {}", found.words(), wanted.words());
                (NoteKind::ReadAs, path, message)
            }
            Self::Ignored { subject, found, wanted } => {
                let path = subject.path(model);
                let message = match (found, wanted) {
                    (Found::Text, wanted) => {
                        format!("`{path}`: text that is not {} counts as absent", wanted.plainly())
                    }
                    (found, wanted) => format!(
                        "`{path}`: {} where {} belongs counts as absent",
                        found.words(),
                        wanted.plainly()
                    ),
                };
                (NoteKind::Ignored, path, message)
            }
            Self::Repeated { subject } => {
                let path = subject.path(model);
                let message = format!("`{path}` stands there more than once; the last one counts");
                (NoteKind::Repeated, path, message)
            }
            Self::ActiveUnclear => (
                NoteKind::ActiveUnclear,
                "active".to_owned(),
                "`active` is neither true nor false, which counts as not active".to_owned(),
            ),
            Self::NoId => (
                NoteKind::NoId,
                "id".to_owned(),
                "the user has no `id`, so no group can name it as a member".to_owned(),
            ),
            Self::ExternalIdUnknown => (
                NoteKind::ExternalIdUnknown,
                "groups".to_owned(),
                "the `externalId` of the person's groups is not known without Group resources; \
                 conditions on it are false"
                    .to_owned(),
            ),
            Self::FormerName { group, former: name } => {
                let (now, before) = former(*group, *name);
                let message = format!("group `{now}` is found by its former name `{before}`");
                (NoteKind::FormerName, now, message)
            }
        };
        Note { kind, about, message }
    }
}
