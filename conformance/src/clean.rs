//! Takes away what an interrupted run left, as its journal tells.

use std::sync::Arc;

use crate::discover::{Capabilities, not_accepted};
use crate::http::{self, Client, ClientError, Request};
use crate::journal::{Journal, Past};
use crate::run::{Endpoint, Options, Provers, Run, take_away, usual};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// Paths that are gone now.
    pub gone: Vec<String>,
    /// Paths that are still there.
    pub left: Vec<String>,
    /// Endpoints that could not be searched as a whole for what bears the run's mark.
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
    let proof = provers.main.proof().await?;
    // Without the right credential nothing would be found, and everything would seem to stay.
    let look = Request {
        method: "GET".to_owned(),
        target: "/Users?count=0".to_owned(),
        headers: usual(false),
        body: None,
    };
    if client.send(&look, proof.as_ref()).await?.status == 401 {
        return Err(not_accepted(proof.as_ref()));
    }
    let mark = past.marks.last().cloned();
    let options = Options { http, mark, seed: past.seed, ..Options::default() };
    let has = Capabilities::default();
    let run = Arc::new(Run::new(client, provers, endpoint, has, options, journal, &[]));
    run.begin(&[], past.doubted);
    let swept = take_away(&run, &past.left.there, &past.left.lost, &past.marks).await;
    let left: Vec<String> = swept.left.into_iter().map(|(path, _)| path).collect();
    if swept.unsearched.is_empty() {
        run.ledger.searched_for_the_past();
    }
    if left.is_empty() && swept.unsearched.is_empty() {
        run.ledger.end();
    }
    Ok(Cleaned { gone: swept.gone, left, unsearched: swept.unsearched })
}
