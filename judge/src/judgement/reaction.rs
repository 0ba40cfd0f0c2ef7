//! What a source does after an answer that the judge made bad on purpose.

mod change;
mod lists;
mod offer;
mod people;
mod rules;
mod trust;
mod wait;

use super::{About, Endpoint, Episode, Log, Rule};
use crate::exchange::Exchange;
use crate::judgement::state::value;
use crate::misbehave::{Does, Misbehaviour};
use rules::COMES_BACK;
pub(super) use rules::RULES;
pub(crate) use wait::asked_until;

/// Refusals of one kind that are too many.
const REFUSALS: usize = 4;

/// What the judges of this folder look at.
struct Scene<'a> {
    episode: &'a Episode<'a>,
    what: &'static Misbehaviour,
    abouts: &'a [About<'a>],
    /// The first exchange that was meddled with.
    met: Option<usize>,
}

pub(super) fn judge(episode: &Episode<'_>, abouts: &[About<'_>], log: &mut Log) {
    let Some(what) = episode.action.misbehaviour else { return };
    // A source that never came to it has shown nothing.
    if !came_up(episode) {
        return;
    }
    let met = abouts.iter().position(|one| one.exchange.meddled.is_some());
    let scene = Scene { episode, what, abouts, met };
    for id in &what.judged {
        let Some(rule) = RULES.iter().find(|rule| rule.id == id) else { continue };
        log.at_step(episode.step);
        scene.rule(rule, log);
    }
}

/// Whether what the judge does badly in a step came about; also where it does nothing badly.
pub fn came_up(episode: &Episode<'_>) -> bool {
    let Some(what) = episode.action.misbehaviour else { return true };
    let met = episode.exchanges.iter().any(|one| one.meddled.is_some());
    let prepared = what.prepare.is_some() && episode.connected;
    let answers = what.does != Does::default();
    met || prepared && !answers
}

impl<'a> Scene<'a> {
    fn rule(&self, rule: &'static Rule, log: &mut Log) {
        match rule.id {
            "reaction/waits" => self.waits(log),
            "reaction/backs-off" => self.backs_off(log),
            "reaction/comes-back" => self.comes(&COMES_BACK, log),
            "reaction/looks-again" => self.looks_again(log),
            "reaction/one-person" => self.one_person(log),
            "reaction/resolves-conflict" => self.conflict(log),
            "reaction/few-refusals" => self.few_refusals(log),
            "reaction/new-token" => self.new_token(log),
            "reaction/few-tokens" => self.few_tokens(log),
            "reaction/reads-again" => self.reads_again(log),
            "reaction/looks-before-recreating" => self.before_recreating(log),
            "reaction/no-repeat" => self.no_repeat(log),
            "reaction/splits" => self.splits(log),
            "reaction/finds-anew" => self.finds_anew(log),
            "reaction/stops-paging" => self.stops(log),
            "reaction/heeds-config" => self.heeds_config(log),
            "reaction/heeds-filter" => self.heeds_filter(log),
            "reaction/heeds-schemas" => self.heeds_schemas(log),
            "reaction/keeps-others-values" => self.keeps(log),
            "reaction/asks-again" => self.asks_again(log),
            "reaction/keeps-token" => self.keeps_token(log),
            "reaction/checks-certificate" => self.certificate(log),
            // What was legal, if rare, must not hold the change up.
            "reaction/look-up-404" => self.comes(rule, log),
            "reaction/takes-config" | "reaction/leaves-unknown" | "reaction/takes-schemas"
                if self.told().is_some() =>
            {
                self.comes(rule, log);
            }
            _ => {}
        }
    }

    /// Whether the change arrived after all. Where nothing was sent, the bad answer shows why.
    fn comes(&self, rule: &'static Rule, log: &mut Log) {
        // What was carried out although it was answered badly has arrived without the source.
        if self.what.carries_out() && self.met.is_none_or(|met| self.after(met).next().is_none()) {
            return;
        }
        let Some(arrived) = self.arrived(rule, log) else { return };
        let wrote = self.abouts.iter().any(|one| one.exchange.request.is_write());
        if let Some((_, first)) = self.meddled().next().filter(|_| !wrote) {
            log.at(first.exchange);
        }
        log.check(rule, arrived, "state", "what the action wants", || {
            "it did not arrive".to_owned()
        });
    }

    /// Whether the change arrived. `None`: it did not because of an earlier step, which blocks the
    /// rule: nothing is known of how the source takes the bad answer.
    fn arrived(&self, rule: &'static Rule, log: &mut Log) -> Option<bool> {
        if let Some(step) = self.episode.blocked {
            log.blocked(rule, step);
            return None;
        }
        Some(self.episode.arrived())
    }

    fn after(&self, place: usize) -> impl Iterator<Item = &About<'a>> {
        self.abouts.iter().skip(place + 1)
    }

    fn meddled(&self) -> impl Iterator<Item = (usize, &About<'a>)> {
        self.abouts.iter().enumerate().filter(|(_, one)| one.exchange.meddled.is_some())
    }

    /// The creation of the person of the action.
    fn creates(&self, about: &About<'_>) -> bool {
        let name = self.episode.action.person().map(|person| person.user_name.to_lowercase());
        let body = about.exchange.request.body.value();
        let own =
            body.as_ref().and_then(|body| value(body, "userName")).map(|own| own.to_lowercase());
        about.endpoint == Endpoint::Users
            && about.method() == "POST"
            && !about.search
            && (own.is_none() || own == name)
    }
}

/// Whether two requests ask for the same.
fn same(one: &Exchange, other: &Exchange) -> bool {
    one.request.method == other.request.method && one.request.target == other.request.target
}

#[cfg(test)]
mod tests;
