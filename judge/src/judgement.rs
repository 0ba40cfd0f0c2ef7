//! Judges what a source did. Everything here is a pure function over recorded exchanges and
//! states; what is wrong becomes a [`Finding`] of a [`Rule`].

mod about;
mod advice;
mod auth;
mod body;
mod command;
mod episode;
mod filter;
pub mod hygiene;
mod media;
mod members;
mod paging;
mod patch;
mod reaction;
mod rule;
mod sequence;
mod state;
mod target;
mod url;

use std::collections::BTreeSet;

use provisor::scim::schema::Schemas;

pub(crate) use about::form_decoded;
#[cfg(test)]
pub(crate) use about::tests as requests_of_tests;
pub use about::{About, Endpoint, TOKEN_PATH};
pub use advice::fix;
pub use command::ending;
pub use episode::Episode;
pub(crate) use reaction::asked_until;
pub use reaction::came_up;
pub use rule::{Finding, Level, Log, Looked, Rule};
pub(crate) use state::value;
pub use state::{Lack, lacks};

use crate::contract::Contract;
use crate::exchange::Exchange;

/// What requests are held against.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The schemas that the provider announced.
    pub schemas: &'a Schemas,
}

/// Every rule, by subject.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let subjects: [&[&Rule]; 13] = [
        media::RULES,
        url::RULES,
        auth::RULES,
        filter::RULES,
        paging::RULES,
        body::RULES,
        patch::RULES,
        sequence::RULES,
        target::RULES,
        state::RULES,
        reaction::RULES,
        hygiene::RULES,
        command::RULES,
    ];
    subjects.into_iter().flatten().copied()
}

/// Judges each request by itself and in the sequence of all.
pub fn requests(exchanges: &[Exchange], basis: &Basis<'_>) -> Log {
    let own = exchanges.iter().filter(|one| !one.elsewhere);
    let abouts: Vec<About<'_>> = own.map(|one| About::of(one, basis)).collect();
    let meddled = exchanges.iter().filter(|one| one.meddled.is_some());
    let meddled: BTreeSet<usize> = meddled.map(|one| one.step).collect();
    let mut log = Log::default();
    for about in &abouts {
        each(about, basis, &mut log);
    }
    sequence::judge(&abouts, meddled, basis, &mut log);
    taken(log, basis)
}

/// Judges a request by itself.
fn each(about: &About<'_>, basis: &Basis<'_>, log: &mut Log) {
    log.at(about.exchange);
    if about.endpoint == Endpoint::Token {
        auth::token_request(about, log);
        return;
    }
    media::judge(about, log);
    url::judge(about, log);
    auth::judge(about, log);
    filter::judge(about, basis, log);
    paging::judge(about, basis, log);
    body::judge(about, basis, log);
    patch::judge(about, basis, log);
    target::judge(about, basis, log);
}

/// Without what is part of the contract, and what cannot be judged by it.
fn taken(mut log: Log, basis: &Basis<'_>) -> Log {
    let contract = basis.contract;
    let unjudged = |id: &str| contract.unjudged(id).is_some();
    log.findings
        .retain(|one| !contract.takes(one.rule.id, one.rule.fault) && !unjudged(one.rule.id));
    log.looked.retain(|id, _| !unjudged(id));
    log.blocked.retain(|id, _| !unjudged(id));
    log
}

/// Judges what a step came to: what changed and what must not have, how the source took what was
/// answered badly, and what the change cost.
pub fn step(episode: &Episode<'_>, basis: &Basis<'_>) -> Log {
    let mut log = Log::default();
    log.at_step(episode.step);
    let abouts: Vec<About<'_>> =
        episode.exchanges.iter().map(|one| About::of(one, basis)).collect();
    state::judge(episode, basis.contract, &mut log);
    reaction::judge(episode, &abouts, &mut log);
    hygiene::judge(episode, &abouts, basis, &mut log);
    taken(log, basis)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rules_are_told_apart_and_name_requirements_that_there_are() {
        let mut ids = BTreeSet::new();
        for rule in rules() {
            assert!(ids.insert(rule.id), "{} is there twice", rule.id);
            for id in rule.covers {
                let known = provisor_conformance::requirement::Requirement::find(id);
                assert!(known.is_some(), "{}: there is no {id}", rule.id);
            }
            for words in [rule.title, rule.why, rule.fix] {
                assert!(!words.is_empty() && !words.ends_with('.'), "{}: {words}", rule.id);
            }
        }
    }
}
