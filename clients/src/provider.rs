//! Which clients there are, and what each has for itself.

mod authentik;
mod entra;
mod jumpcloud;
mod okta;
mod onelogin;

use std::fmt;
use std::str::FromStr;

use crate::directory::{Directory, Event};
use crate::field::Field;
use crate::links::Links;
use crate::model::Model;
use crate::session::{Manner, Session};

/// A client that can be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// One that does everything right.
    Rfc7644,
    /// Okta, an app of the Okta Integration Network.
    OktaOin,
    /// Okta, an app of the App Integration Wizard.
    OktaAiw,
    /// Microsoft Entra ID.
    EntraDefault,
    /// Microsoft Entra ID with the flag `aadOptscim062020`.
    EntraOptscim,
    /// OneLogin.
    OneLogin,
    /// JumpCloud.
    JumpCloud,
    /// authentik.
    Authentik,
}

/// What a client says of a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManagerForm {
    /// The id that the service provider gave.
    Id,
    /// The manager's user name, since the client maps a text.
    UserName,
    /// Nothing.
    Nothing,
}

/// A row of the table of clients.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Which client.
    pub provider: Provider,
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// What it sends of a person.
    pub fields: &'static [Field],
    /// What it says of a manager.
    pub manager: ManagerForm,
    /// Whether it can take a value away.
    pub clears: bool,
    /// Whether a person who was deleted at the source is deleted, or only deactivated.
    pub deletes_people: bool,
    /// Whether names with quotes and backslashes work.
    pub escapes: bool,
    /// The `type` of its e-mail addresses.
    pub email_type: &'static str,
    /// How it writes a telephone number.
    pub phone: fn(&str) -> String,
    /// How it sends.
    pub manner: Manner,
}

impl Provider {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Rfc7644,
        Self::OktaOin,
        Self::OktaAiw,
        Self::EntraDefault,
        Self::EntraOptscim,
        Self::OneLogin,
        Self::JumpCloud,
        Self::Authentik,
    ];

    /// Its row of the table.
    pub fn profile(self) -> &'static Profile {
        match self {
            Self::Rfc7644 => &crate::model::PROFILE,
            Self::OktaOin => &okta::OIN,
            Self::OktaAiw => &okta::AIW,
            Self::EntraDefault => &entra::DEFAULT,
            Self::EntraOptscim => &entra::OPTSCIM,
            Self::OneLogin => &onelogin::PROFILE,
            Self::JumpCloud => &jumpcloud::PROFILE,
            Self::Authentik => &authentik::PROFILE,
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.profile().name
    }
}

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|one| one.name() == name);
        found.ok_or_else(|| UnknownProvider { name: name.to_owned() })
    }
}

/// A name that is no client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProvider {
    name: String,
}

impl fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Provider::ALL.iter().map(|one| one.name()).collect();
        write!(f, "there is no client `{}`; choose one of {}", self.name, names.join(", "))
    }
}

impl std::error::Error for UnknownProvider {}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A client with what it has learned.
#[derive(Debug)]
pub(crate) enum State {
    Model(Model),
    Okta(okta::Okta),
    Entra(entra::Entra),
    OneLogin(onelogin::OneLogin),
    JumpCloud(jumpcloud::JumpCloud),
    Authentik(authentik::Authentik),
}

impl State {
    pub(crate) fn new(provider: Provider) -> Self {
        match provider {
            Provider::Rfc7644 => Self::Model(Model::default()),
            Provider::OktaOin => Self::Okta(okta::Okta::new(&okta::OIN)),
            Provider::OktaAiw => Self::Okta(okta::Okta::new(&okta::AIW)),
            Provider::EntraDefault => Self::Entra(entra::Entra::new(&entra::DEFAULT)),
            Provider::EntraOptscim => Self::Entra(entra::Entra::new(&entra::OPTSCIM)),
            Provider::OneLogin => Self::OneLogin(onelogin::OneLogin::default()),
            Provider::JumpCloud => Self::JumpCloud(jumpcloud::JumpCloud::default()),
            Provider::Authentik => Self::Authentik(authentik::Authentik::default()),
        }
    }

    /// What it does when it is set up.
    pub(crate) async fn connect(&mut self, session: &Session) -> Result<(), String> {
        match self {
            Self::Model(client) => client.connect(session).await,
            Self::Okta(client) => client.connect(session).await,
            Self::Entra(client) => client.connect(session).await,
            Self::OneLogin(client) => client.connect(session).await,
            Self::JumpCloud(client) => client.connect(session).await,
            Self::Authentik(client) => client.connect(session).await,
        }
    }

    /// Says an event to the service provider; an error is why it could not.
    pub(crate) async fn tell(
        &mut self,
        event: &Event,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        match self {
            Self::Model(client) => client.tell(event, source, session).await,
            Self::Okta(client) => client.tell(event, source, session).await,
            Self::Entra(client) => client.tell(event, source, session).await,
            Self::OneLogin(client) => client.tell(event, source, session).await,
            Self::JumpCloud(client) => client.tell(event, source, session).await,
            Self::Authentik(client) => client.tell(event, source, session).await,
        }
    }

    /// What it does after all events of an action.
    pub(crate) async fn finish(
        &mut self,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        match self {
            Self::Model(client) => client.finish(source, session).await,
            _ => Ok(()),
        }
    }

    /// The ids that it has learned, by the script's names.
    pub(crate) fn links(&self) -> &Links {
        match self {
            Self::Model(client) => client.links(),
            Self::Okta(client) => &client.links,
            Self::Entra(client) => &client.links,
            Self::OneLogin(client) => &client.links,
            Self::JumpCloud(client) => &client.links,
            Self::Authentik(client) => &client.links,
        }
    }
}
