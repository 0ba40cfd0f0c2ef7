//! Dialects: what a client may send beyond the letter, for PATCH, filters and resources at once.
//!
//! | Dialect | PATCH | Filters | Resources |
//! |---|---|---|---|
//! | `rfc7644` | nothing | nothing | nothing |
//! | `lenient` | lenient | lenient | lenient |
//! | `entra` | what Entra ID sends | lenient, comparisons behind brackets | lenient |
//! | `okta`, `onelogin` | what these send | lenient | lenient |
//! | `tolerant` | tolerant | tolerant | lenient, several primary, repeated values |
//!
//! `lenient` is the default: what it accepts cannot be misunderstood, and nothing happens that the
//! RFC rules out. The dialect of a credential comes before that of its tenant, which comes before
//! the setting of the server.

use std::fmt;
use std::str::FromStr;

use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor::scim::{filter, patch, resource};

use super::{Call, Service};
use crate::error::ScimError;

/// A dialect by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// The letter.
    Rfc7644,
    /// What cannot be misunderstood.
    #[default]
    Lenient,
    /// Microsoft Entra ID.
    Entra,
    /// Okta.
    Okta,
    /// OneLogin.
    OneLogin,
    /// All that carries out what is asked.
    Tolerant,
}

/// What is accepted beyond the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// In a PATCH.
    pub patch: patch::Options,
    /// In a filter.
    pub filter: filter::Options,
    /// In a resource.
    pub resource: resource::Options,
}

/// A name that is no dialect's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDialect {
    name: String,
}

impl Dialect {
    /// All of them, from the narrowest to the widest.
    pub const ALL: &'static [Self] =
        &[Self::Rfc7644, Self::Lenient, Self::Entra, Self::Okta, Self::OneLogin, Self::Tolerant];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rfc7644 => "rfc7644",
            Self::Lenient => "lenient",
            Self::Entra => "entra",
            Self::Okta => "okta",
            Self::OneLogin => "onelogin",
            Self::Tolerant => "tolerant",
        }
    }

    /// What it accepts.
    pub fn accepted(self) -> Accepted {
        let lenient = Accepted {
            patch: patch::Options::lenient(),
            filter: filter::Options::lenient(),
            resource: resource::Options::lenient(),
        };
        match self {
            Self::Rfc7644 => Accepted {
                patch: patch::Options::rfc7644(),
                filter: filter::Options::strict(),
                resource: resource::Options::strict(),
            },
            Self::Lenient => lenient,
            Self::Entra => Accepted {
                patch: patch::Options::entra(),
                // Its documentation demands `emails[type eq "work"].value eq "x"` of every server
                // where that is the matching attribute.
                filter: lenient.filter.with(filter::Leniency::ElementComparison),
                ..lenient
            },
            Self::Okta => Accepted { patch: patch::Options::okta(), ..lenient },
            Self::OneLogin => Accepted { patch: patch::Options::onelogin(), ..lenient },
            Self::Tolerant => Accepted {
                patch: patch::Options::tolerant(),
                filter: filter::Options::tolerant(),
                // An unknown attribute is refused here as in PATCH, where nobody would be told.
                resource: resource::Options::tolerant()
                    .without(resource::Leniency::UnknownAttribute),
            },
        }
    }
}

impl Service {
    /// What a request may have beyond the letter.
    pub(super) fn accepted(&self, call: &Call) -> Accepted {
        let settings = &self.settings;
        match call.principal.dialect {
            Some(dialect) => dialect.accepted(),
            None => Accepted {
                patch: settings.patch,
                filter: settings.filter,
                resource: settings.resource,
            },
        }
    }
}

/// The same refusal, saying which dialect accepts what was refused, if one does.
pub(super) fn refused(
    error: impl Into<ScimError>,
    mut accepts: impl FnMut(Accepted) -> bool,
) -> ScimError {
    let mut refusal = error.into();
    let dialect = Dialect::ALL.iter().find(|dialect| accepts(dialect.accepted()));
    if let Some(dialect) = dialect {
        refusal.detail.push_str(&format!("; the dialect `{dialect}` accepts this"));
    }
    refusal
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|dialect| dialect.name() == name);
        found.ok_or_else(|| UnknownDialect { name: name.to_owned() })
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = || Dialect::ALL.iter().map(|dialect| dialect.name());
        let help = nearest(&self.name, names()).map_or_else(
            || format!("choose one of {}", names().collect::<Vec<_>>().join(", ")),
            did_you_mean,
        );
        write!(f, "there is no dialect `{}`; {help}", self.name)
    }
}

impl std::error::Error for UnknownDialect {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_mistakes_are_told() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.name().parse(), Ok(*dialect));
        }
        let told = |name: &str| name.parse::<Dialect>().unwrap_err().to_string();
        assert_eq!(told("entar"), "there is no dialect `entar`; did you mean `entra`?");
        assert_eq!(
            told(""),
            "there is no dialect ``; choose one of rfc7644, lenient, entra, okta, onelogin, \
             tolerant"
        );
    }

    #[test]
    fn the_letter_accepts_least() {
        let letter = Dialect::Rfc7644.accepted();
        assert_eq!(letter.patch, patch::Options::rfc7644());
        assert_eq!(letter.filter, filter::Options::strict());
        assert_eq!(letter.resource, resource::Options::strict());
        // RFC 7644, 3.5.2.3: "SHALL fail" with `noTarget`.
        let unmatched = patch::Tolerance::UnmatchedFilter;
        assert!(!Dialect::default().accepted().patch.accepts(unmatched));
        assert!(Dialect::Entra.accepted().patch.accepts(unmatched));
    }
}
