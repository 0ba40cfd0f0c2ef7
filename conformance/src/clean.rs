//! Takes away what an interrupted run left, as its journal tells.

use crate::discover::Capabilities;
use crate::http::{self, Client, ClientError};
use crate::journal::{Journal, Past};
use crate::run::{Endpoint, Options, Provers, Run, take_away};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// Paths that are gone now.
    pub gone: Vec<String>,
    /// Paths that are still there.
    pub left: Vec<String>,
    /// Endpoints that could not be searched for what bears the run's mark.
    pub unsearched: Vec<String>,
}

/// Deletes what a journal says may be there, and nothing else: by path, or by the run's mark
/// where an answer was lost. What is gone is written into the journal.
///
/// Fails where the endpoint cannot be reached or asks for another credential.
pub async fn clean(
    mut endpoint: Endpoint,
    past: &Past,
    journal: Option<Journal>,
    http: http::Options,
) -> Result<Cleaned, ClientError> {
    endpoint.url.clone_from(&past.url);
    let client = Client::new(&endpoint.url, http.clone())?;
    let provers = Provers::new(&endpoint, &http)?;
    provers.main.proof().await?;
    let mark = past.marks.last().cloned();
    let options = Options { http, mark, seed: past.seed, ..Options::default() };
    let has = Capabilities::default();
    let run = Run::new(client, provers, endpoint, has, options, journal, &[]);
    let swept = take_away(&run, &past.left.there, &past.left.lost, &past.marks).await;
    let left: Vec<String> = swept.left.into_iter().map(|(path, _)| path).collect();
    if left.is_empty() && swept.unsearched.is_empty() {
        run.ledger.end();
    }
    Ok(Cleaned { gone: swept.gone, left, unsearched: swept.unsearched })
}
