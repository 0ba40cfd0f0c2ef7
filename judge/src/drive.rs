//! Makes a source act: by a command for each action, or by asking a person.

mod guided;
mod script;
mod telling;
mod tree;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use crate::action::Step;

pub use guided::Guided;
pub use script::{BadCommand, Script};

/// What is told to a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Details {
    /// The base URL of the SCIM endpoints.
    pub base_url: String,
    /// The bearer token, where there is no token endpoint.
    pub token: Option<String>,
    /// The token endpoint (client credentials).
    pub token_url: Option<String>,
    /// The client's id there.
    pub client_id: Option<String>,
    /// The client's secret there.
    pub client_secret: Option<String>,
    /// The certificate of the authority to trust, where the provider speaks TLS.
    pub ca_file: Option<PathBuf>,
    /// The contract by which the source is judged.
    pub contract: String,
    /// The `User-Agent` that the contract demands.
    pub user_agent: Option<String>,
}

/// What came of asking a source to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// It has done what it does.
    Done,
    /// It is at work, or somebody is: wait for what comes.
    Waits,
    /// It cannot do this; why.
    Skipped(String),
    /// It says that it failed; in which words.
    Failed(String),
    /// It did not end in its time; in which words.
    Late(String),
    /// It could not be started; why.
    Unable(String),
    /// The run is to end.
    Stop,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With 0.
    Well,
    /// With something else.
    Badly,
    /// It was ended, since it took too long.
    Late,
}

/// A future of a [`Source`].
pub type Acting<'a> = Pin<Box<dyn Future<Output = Acted> + Send + 'a>>;

/// Something that can be made to act.
pub trait Source: Send {
    /// Makes it do what a step asks; `again` where it is the next cycle after something failed.
    fn act<'a>(&'a mut self, step: &'a Step, details: &'a Details, again: bool) -> Acting<'a>;

    /// Whether a person does what is asked, and knows nothing of the directory.
    fn by_hand(&self) -> bool {
        false
    }

    /// What a person says while the source is at work.
    fn said(&mut self) -> Pin<Box<dyn Future<Output = Said> + Send + '_>> {
        Box::pin(std::future::pending())
    }

    /// Tells them that so many requests came, that it is quiet, and that nothing of it is a change.
    fn only_read(&mut self, _requests: usize) {}
}

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is done.
    Next,
    /// The source cannot do it.
    Skip,
    /// The run is to end.
    Stop,
}

impl Details {
    /// As TOML, or as JSON where the name of the file ends in `.json`.
    pub fn to_text(&self, json: bool) -> String {
        if json {
            format!("{}\n", serde_json::to_string_pretty(self).unwrap_or_default())
        } else {
            toml::to_string(self).unwrap_or_default()
        }
    }

    /// As variables of an environment.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let path = self.ca_file.as_ref().map(|path| path.display().to_string());
        let all = [
            ("SCIM_BASE_URL", Some(self.base_url.clone())),
            ("SCIM_TOKEN", self.token.clone()),
            ("SCIM_TOKEN_URL", self.token_url.clone()),
            ("SCIM_CLIENT_ID", self.client_id.clone()),
            ("SCIM_CLIENT_SECRET", self.client_secret.clone()),
            ("SCIM_CA_FILE", path),
            ("SCIM_USER_AGENT", self.user_agent.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}
