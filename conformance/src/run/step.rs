//! One step: a request, and a look at its answer.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::fill::filled;
use super::outcome::Exchange;
use super::play::Play;
use super::shape::{by_place, copies, encoded, headers_of, pad, repeat, usual};
use super::stop::{Stop, says};
use crate::expect::{Difference, differences, told};
use crate::http::{Answer, Request};
use crate::scenario::{Level, Step};

/// From one look to the next, where an answer may take its time.
const AGAIN: Duration = Duration::from_millis(250);

impl Play<'_> {
    pub(super) async fn step(&mut self, number: usize, step: &Step) -> Result<(), Stop> {
        let known = |path: &String| self.scope.get(path).is_some();
        if !self.run.capabilities.meets_all(&step.needs)
            || step.if_known.as_ref().is_some_and(|path| !known(path))
            || step.unless_known.as_ref().is_some_and(known)
        {
            return Ok(());
        }
        if let Some(seconds) = step.wait {
            self.rest(Duration::from_secs_f64(seconds)).await?;
        }
        let request = self.request(step)?;
        if let Some(times) = step.at_once {
            return self.race(number, step, &request, times).await;
        }
        let answer = self.until_it_fits(step, &request).await?;
        let (request, answer) = self.with_what_it_asks_for(step, request, answer).await?;
        self.does_it_at_all(number, step, &request, &answer)?;
        let name = step.name.clone().unwrap_or_else(|| step.send.clone());
        self.time(step, &answer);
        match &step.expect {
            Some(expectation) => {
                let expectation = filled(expectation, &self.scope)?;
                let differences = self.that_count(&request, differences(&expectation, &answer));
                if !differences.is_empty() {
                    let differences = told(&expectation, &answer, differences);
                    let level = expectation.level.unwrap_or(self.scenario.level);
                    let exchange = Exchange::new(&request, step.credential, &answer);
                    self.found(level, number, name.clone(), vec![exchange], differences);
                }
            }
            None if step.chosen.is_empty() && !answer.is_success() => {
                let (status, says) = (answer.status, says(&answer));
                let message = format!("step {number} ({name}) answered {status}{says}");
                return Err(Stop::blocked(message, &request, step.credential, &answer));
            }
            None => {}
        }
        self.choose(number, step, &request, &answer)?;
        self.capture(number, step, &request, &answer)
    }

    /// Sends it; where it has some time, again and again until the answer is what is expected.
    async fn until_it_fits(&mut self, step: &Step, request: &Request) -> Result<Answer, Stop> {
        let begun = Instant::now();
        loop {
            let answer = match step.walk {
                Some(walk) => self.walk(request, step.credential, walk).await?,
                None => self.send(request, step.credential).await?,
            };
            let (Some(seconds), Some(expectation)) = (step.within, &step.expect) else {
                return Ok(answer);
            };
            let late = begun.elapsed() + AGAIN > Duration::from_secs_f64(seconds);
            if late || differences(&filled(expectation, &self.scope)?, &answer).is_empty() {
                return Ok(answer);
            }
            self.rest(AGAIN).await?;
        }
    }

    async fn rest(&self, time: Duration) -> Result<(), Stop> {
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            () = self.run.options.stopper.stopped() => Err(Stop::Interrupted),
        }
    }

    /// Keeps how long an answer took, where that is measured: of several the least, since whatever
    /// else goes on makes an answer slower and none faster.
    fn time(&mut self, step: &Step, answer: &Answer) {
        let Some(name) = step.took.as_ref().filter(|_| answer.is_success()) else { return };
        let millis = (answer.took.as_secs_f64() * 100_000.0).round() / 100.0;
        let before = self.scope.get(name).and_then(Value::as_f64);
        let least = before.map_or(millis, |before| before.min(millis));
        self.scope.set(name, Value::from(least));
    }

    /// Says which of the ways that are open to it the server took.
    fn choose(
        &mut self,
        number: usize,
        step: &Step,
        request: &Request,
        answer: &Answer,
    ) -> Result<(), Stop> {
        for choice in &step.chosen {
            if differences(&filled(&choice.when, &self.scope)?, answer).is_empty() {
                let says = self.scope.text(&choice.says)?;
                self.chosen.push(says);
                return Ok(());
            }
        }
        if !step.chosen.is_empty() {
            let known: Vec<&str> = step.chosen.iter().map(|one| one.says.as_str()).collect();
            let difference = Difference {
                place: "choice".to_owned(),
                expected: known.join(", or "),
                found: format!("something else, with status {}", answer.status),
            };
            let name = step.name.clone().unwrap_or_else(|| step.send.clone());
            let exchange = Exchange::new(request, step.credential, answer);
            self.found(Level::May, number, name, vec![exchange], vec![difference]);
        }
        Ok(())
    }

    /// Keeps an answer under its name.
    fn capture(
        &mut self,
        number: usize,
        step: &Step,
        request: &Request,
        answer: &Answer,
    ) -> Result<(), Stop> {
        let Some(name) = step.name_as.as_ref().or(step.keep.as_ref()) else { return Ok(()) };
        if step.keep.is_some() && !answer.is_success() {
            return Ok(());
        }
        self.scope.set(format!("{name}:headers"), headers_of(answer));
        match answer.json() {
            None if answer.is_success() && answer.body.is_empty() => Ok(()),
            Some(resource) if answer.is_success() => {
                self.scope.set(name, resource);
                Ok(())
            }
            // Refused as it may be; what comes later is left out by its own word.
            _ if self.waits_for(number, name) && self.is_permitted(step, answer)? => Ok(()),
            _ => {
                let (status, says) = (answer.status, says(answer));
                let message =
                    format!("step {number} gave nothing to go on with: it answered {status}{says}");
                Err(Stop::blocked(message, request, step.credential, answer))
            }
        }
    }

    /// Whether a later step is played only where this answer is known.
    fn waits_for(&self, number: usize, name: &str) -> bool {
        let later = self.scenario.steps.iter().skip(number);
        let roots = later.filter_map(|step| step.if_known.as_deref()?.split('/').next());
        roots.into_iter().any(|root| root == name)
    }

    fn request(&self, step: &Step) -> Result<Request, Stop> {
        let line = self.scope.text(&step.send)?;
        let (method, target) = line.split_once(' ').unwrap_or((line.as_str(), ""));
        let body = match (&step.body, &step.raw) {
            (Some(body), _) => Some(self.body(step, body)?),
            (None, Some(raw)) => Some(self.scope.text(raw)?),
            (None, None) => None,
        };
        let mut headers = usual(body.is_some());
        for (name, value) in &step.headers {
            headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
            if let Some(value) = value {
                headers.push((name.to_lowercase(), self.scope.text(value)?));
            }
        }
        Ok(Request { method: method.to_owned(), target: encoded(target.trim()), headers, body })
    }

    /// A body with its templates filled in, and beyond a limit where the step says so.
    fn body(&self, step: &Step, body: &Value) -> Result<String, Stop> {
        let mut body = self.scope.value(body)?;
        for (pointer, limit) in &step.repeat {
            repeat(&mut body, pointer, number(&self.scope.value(limit)?)?);
        }
        // What stands further inside or behind comes first, so that the others stay where they are.
        for (pointer, times) in by_place(&step.copies) {
            copies(&mut body, pointer, number(&self.scope.value(times)?)?);
        }
        let mut text = body.to_string();
        if let Some(limit) = &step.larger_than {
            pad(&mut text, number(&self.scope.value(limit)?)?);
        }
        Ok(text)
    }
}

/// The highest limit that is tried, in bytes or elements.
const LONGEST: usize = 64 * 1024 * 1024;

/// A number that a scenario or the server gives.
fn number(value: &Value) -> Result<usize, Stop> {
    let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
    let number = number.filter(|number| *number <= LONGEST);
    number.ok_or_else(|| Stop::error(format!("`{value}` is no number from 0 to {LONGEST}")))
}
