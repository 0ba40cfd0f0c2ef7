//! A request that is sent several times at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::outcome::Exchange;
use super::play::Play;
use super::stop::Stop;
use crate::expect::among;
use crate::http::Request;
use crate::scenario::Step;

impl Play<'_> {
    /// Sends it so often at once, and looks at how many answers have which status.
    pub(super) async fn race(
        &mut self,
        number: usize,
        step: &Step,
        request: &Request,
        times: u32,
    ) -> Result<(), Stop> {
        let mut sending = JoinSet::new();
        for turn in 1..=times {
            let (run, request) = (Arc::clone(self.run), numbered(request, turn));
            let with = step.credential;
            sending.spawn(async move {
                let answer = run.send(&request, with).await;
                (request, answer)
            });
        }
        self.requests += times;
        let (mut sent, mut answers, mut lost) = (Vec::new(), Vec::new(), None);
        // All of them are waited for: each may have made something.
        while let Some(answer) = sending.join_next().await {
            match answer {
                Ok((request, Ok(answer))) => {
                    self.track(&request, &answer);
                    self.keep(&request, step.credential, &answer);
                    answers.push(answer);
                    sent.push(request);
                }
                Ok((request, Err(error))) => {
                    lost = Some(Stop::lost(error, &request, step.credential));
                }
                Err(_) => lost = Some(Stop::error("a request was broken off")),
            }
        }
        if let Some(stop) = lost {
            return Err(stop);
        }
        let Some(expectation) = &step.expect else { return Ok(()) };
        let differences = among(&expectation.among, &answers);
        if !differences.is_empty() {
            let name = step.name.clone().unwrap_or_else(|| step.send.clone());
            let level = expectation.level.unwrap_or(self.scenario.level);
            // One answer of each status is evidence enough.
            let mut seen = BTreeSet::new();
            let kinds = sent.iter().zip(&answers).filter(|(_, one)| seen.insert(one.status));
            let kinds = kinds.map(|(request, one)| Exchange::new(request, step.credential, one));
            self.found(level, number, name, kinds.collect(), differences);
        }
        Ok(())
    }
}

/// What is sent at once can differ: `@{turn}` in a body is the number of the request, from 1.
fn numbered(request: &Request, turn: u32) -> Request {
    let body = request.body.as_ref().map(|body| body.replace("@{turn}", &turn.to_string()));
    Request { body, ..request.clone() }
}
