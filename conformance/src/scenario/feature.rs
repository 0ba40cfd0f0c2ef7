//! Features that an endpoint may have by its own word and yet refuse throughout.

use serde::Deserialize;

use super::{Credential, Fixture, Scenario, Step};

/// What many scenarios use. One scenario probes each: where that one fails, what uses the feature
/// and is refused is blocked by it, so that a fault is one finding, and the same one in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// PATCH of a user.
    PatchUsers,
    /// PATCH of a group.
    PatchGroups,
    /// `POST /Users/.search`.
    SearchUsers,
    /// Bulk requests.
    Bulk,
    /// `GET /Schemas/{URN}`.
    OneSchema,
    /// Filters at `/Users`.
    FilterUsers,
    /// Filters at `/Groups`.
    FilterGroups,
    /// Sorting at `/Users`.
    SortUsers,
    /// Sorting at `/Groups`.
    SortGroups,
    /// Groups keep the members that they are made with.
    Members,
    /// Who brings no credential, or one that nobody gave out, reads nothing.
    CredentialsToRead,
    /// The same of changes.
    CredentialsToWrite,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::PatchUsers,
        Self::PatchGroups,
        Self::SearchUsers,
        Self::Bulk,
        Self::OneSchema,
        Self::FilterUsers,
        Self::FilterGroups,
        Self::SortUsers,
        Self::SortGroups,
        Self::Members,
        Self::CredentialsToRead,
        Self::CredentialsToWrite,
    ];

    /// The feature that a request uses, if it is one of these. `target` is what follows the base URI.
    pub(crate) fn used_by(method: &str, target: &str, credential: Credential) -> Option<Self> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let kind = path.strip_prefix('/')?.split('/').next()?;
        let uses = |name: &str| query.split('&').any(|one| one.split('=').next() == Some(name));
        let searches = path.ends_with("/.search");
        if matches!(credential, Credential::None | Credential::Invalid) {
            // What an endpoint says of itself may be open to everybody (RFC 7644, 4).
            let protects = matches!(kind, "Users" | "Groups" | "Me" | "Bulk" | "") || searches;
            let to = if reads(method) || searches {
                Self::CredentialsToRead
            } else {
                Self::CredentialsToWrite
            };
            return protects.then_some(to);
        }
        match (method, kind) {
            _ if credential != Credential::Main => None,
            ("POST", "Users") if searches => Some(Self::SearchUsers),
            ("POST", "Bulk") => Some(Self::Bulk),
            ("PATCH", "Users") => Some(Self::PatchUsers),
            ("PATCH", "Groups") => Some(Self::PatchGroups),
            ("GET", "Schemas") if path != "/Schemas" => Some(Self::OneSchema),
            ("GET", "Users") if uses("filter") => Some(Self::FilterUsers),
            ("GET", "Groups") if uses("filter") => Some(Self::FilterGroups),
            ("GET", "Users") if uses("sortBy") => Some(Self::SortUsers),
            ("GET", "Groups") if uses("sortBy") => Some(Self::SortGroups),
            _ => None,
        }
    }

    /// What is missing, for people.
    pub(crate) fn lack(self) -> &'static str {
        match self {
            Self::PatchUsers => "PATCH of users is refused",
            Self::PatchGroups => "PATCH of groups is refused",
            Self::SearchUsers => "POST /Users/.search is refused",
            Self::Bulk => "bulk requests are refused",
            Self::OneSchema => "schemas cannot be read one by one",
            Self::FilterUsers => "filters at /Users are refused",
            Self::FilterGroups => "filters at /Groups are refused",
            Self::SortUsers => "sorting at /Users is refused",
            Self::SortGroups => "sorting at /Groups is refused",
            Self::Members => "groups do not show the members that they are made with",
            Self::CredentialsToRead => "whoever brings no valid credential may read",
            Self::CredentialsToWrite => "whoever brings no valid credential may write",
        }
    }
}

fn reads(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

impl Scenario {
    /// Whether it uses a feature, in a step or in what it is given.
    pub(crate) fn uses(&self, feature: Feature) -> bool {
        let used = |step: &Step| {
            let (method, target) = step.send.split_once(' ').unwrap_or((step.send.as_str(), ""));
            Feature::used_by(method, target.trim(), step.credential) == Some(feature)
        };
        let has_members = |fixture: &Fixture| match fixture {
            Fixture::Group(group) => group.get("members").is_some(),
            Fixture::User(_) => false,
        };
        match feature {
            Feature::Members => self.given.values().any(has_members),
            _ => self.steps.iter().any(used),
        }
    }
}
