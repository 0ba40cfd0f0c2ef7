//! Features that an endpoint has by its own word and refuses throughout: one finding, of the scenario
//! that probes the feature, which blocks the rest.

use super::play::Play;
use super::stop::{Stop, says};
use crate::http::{Answer, Request};
use crate::scenario::{Feature, Step};

impl Play<'_> {
    /// Where a feature is refused throughout, as the scenario that probes it found, and this step
    /// gets a refusal that it may not get, the scenario ends here: what it would tell is told.
    pub(super) fn does_it_at_all(
        &mut self,
        number: usize,
        step: &Step,
        request: &Request,
        answer: &Answer,
    ) -> Result<(), Stop> {
        let with = step.credential;
        let Some(feature) = Feature::used_by(&request.method, &request.target, with) else {
            return Ok(());
        };
        let Some(by) = self.run.refuser(feature).filter(|by| *by != self.scenario.id) else {
            return Ok(());
        };
        let refuses = match feature {
            Feature::CredentialsToRead | Feature::CredentialsToWrite => answer.is_success(),
            _ => answer.status >= 400,
        };
        if !refuses || self.is_permitted(step, answer)? {
            return Ok(());
        }
        let level = step.expect.as_ref().and_then(|one| one.level).unwrap_or(self.scenario.level);
        let (lack, status, says) = (feature.lack(), answer.status, says(answer));
        let message = format!("{lack}: step {number} answered {status}{says}");
        Err(Stop::blocked(message, request, with, answer).repeats(&by, level))
    }
}
