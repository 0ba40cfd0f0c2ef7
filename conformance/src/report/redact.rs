//! Takes secrets out of a report: the one place, which every reporter has behind it.
//!
//! By value: tokens that the run was given, wherever they stand. By name: headers, parameters of
//! queries and forms, and members of JSON bodies that hold secrets; what such a member holds is
//! taken out of its whole entry, since servers repeat it in errors. By shape: bearer and basic
//! credentials and JWTs in any text.

mod names;
mod secrets;

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Body, Entry, Exchange, Report};
use names::{is_secret_header, is_secret_place};
use secrets::Secrets;

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// A report without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Redacted(Report);

impl Deref for Redacted {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

impl Report {
    /// The report without the secrets that the run was given, nor any that its evidence shows.
    /// Given secrets of fewer than six characters are found by name and shape alone.
    pub fn redacted(mut self, given: &[String]) -> Redacted {
        let secrets = Secrets::given(given);
        secrets.clean(&mut self.subject);
        secrets.clean_all(&mut self.notes);
        secrets.clean_all(&mut self.left_behind);
        for step in &mut self.steps {
            secrets.clean(&mut step.name);
            secrets.clean(&mut step.ended);
        }
        self.interrupted.iter_mut().for_each(|text| secrets.clean(text));
        for entry in &mut self.entries {
            clean_entry(entry, secrets.clone());
        }
        Redacted(self)
    }
}

impl Redacted {
    /// Changes what holds no evidence: waivers, requirements, changes. What is added must hold no
    /// secret.
    pub(super) fn change(&mut self, how: impl FnOnce(&mut Report)) {
        how(&mut self.0);
    }

    /// The report without these notes: what a reader was told already.
    #[must_use]
    pub fn without(mut self, told: &[String]) -> Self {
        self.change(|report| report.notes.retain(|note| !told.contains(note)));
        self
    }

    /// The report without its steps, for a reader who saw each of them end.
    #[must_use]
    pub fn without_steps(mut self) -> Self {
        self.change(|report| report.steps.clear());
        self
    }

    /// The report with how each requirement stands; `covered` says whether anything tests it,
    /// chosen for this run or not.
    #[must_use]
    pub fn with_requirements(mut self, covered: impl Fn(&str) -> bool) -> Self {
        self.change(|report| {
            report.requirements = super::matrix::matrix(report.kind, &report.entries, covered);
        });
        self
    }
}

fn clean_entry(entry: &mut Entry, mut secrets: Secrets) {
    for exchange in exchanges(entry) {
        let answer = exchange.answer.as_ref().and_then(|answer| answer.body.as_ref());
        for body in exchange.request.body.iter().chain(answer) {
            secrets.learn(&body.text);
        }
    }
    for text in [&mut entry.reason, &mut entry.blocked_by, &mut entry.chosen] {
        text.iter_mut().for_each(|text| secrets.clean(text));
    }
    for finding in &mut entry.findings {
        secrets.clean(&mut finding.name);
        for difference in &mut finding.differences {
            for text in [&mut difference.expected, &mut difference.found] {
                secrets.clean(text);
            }
            if is_secret_place(&difference.place) && difference.found != "nothing" {
                difference.found = REDACTED.to_owned();
            }
            secrets.clean(&mut difference.place);
        }
    }
    exchanges(entry).for_each(|exchange| clean_exchange(exchange, &secrets));
}

fn exchanges(entry: &mut Entry) -> impl Iterator<Item = &mut Exchange> {
    let found = entry
        .findings
        .iter_mut()
        .flat_map(|finding| finding.before.iter_mut().chain(&mut finding.exchanges));
    found.chain(&mut entry.exchanges)
}

fn clean_exchange(exchange: &mut Exchange, secrets: &Secrets) {
    secrets.clean(&mut exchange.request.url);
    clean_headers(&mut exchange.request.headers, secrets);
    clean_body(&mut exchange.request.body, secrets);
    exchange.failed.iter_mut().for_each(|text| secrets.clean(text));
    if let Some(answer) = &mut exchange.answer {
        clean_headers(&mut answer.headers, secrets);
        clean_body(&mut answer.body, secrets);
    }
}

fn clean_headers(headers: &mut [(String, String)], secrets: &Secrets) {
    for (name, value) in headers {
        if is_secret_header(name) {
            // The scheme tells what went wrong, and is no secret.
            let scheme = value.split_once(' ').map(|(scheme, _)| scheme);
            let scheme = scheme.filter(|_| name.to_ascii_lowercase().ends_with("authorization"));
            *value = match scheme {
                Some(scheme) => format!("{scheme} {REDACTED}"),
                None => REDACTED.to_owned(),
            };
        } else {
            secrets.clean(value);
        }
    }
}

fn clean_body(body: &mut Option<Body>, secrets: &Secrets) {
    if let Some(body) = body {
        body.cut_roughly();
        secrets.clean(&mut body.text);
        body.cut();
    }
}

#[cfg(test)]
mod tests;
