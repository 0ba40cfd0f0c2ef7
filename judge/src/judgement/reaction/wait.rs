//! Throttling and outages: whether a source waits, and how often it tries.

use super::rules::{BACKS_OFF, FEW_REFUSALS, FEW_TOKENS, WAITS};
use super::{REFUSALS, Scene, same};
use crate::exchange::Exchange;
use crate::judgement::{About, Endpoint, Log};

/// The shortest pause before another try, in milliseconds.
const PAUSE: u64 = 50;
/// By how much clocks may differ, in milliseconds.
const SLACK: u64 = 60;
/// HTTP dates have whole seconds.
const WHOLE_SECOND: u64 = 1_000;

impl Scene<'_> {
    pub(super) fn waits(&self, log: &mut Log) {
        for (place, about) in self.meddled() {
            let exchange = about.exchange;
            let Some(wait) = asked(exchange) else { continue };
            log.at(exchange);
            log.looked(&WAITS);
            let until = (exchange.ended + wait).saturating_sub(SLACK);
            let again = self.after(place).find(|one| same(one.exchange, exchange));
            if let Some(again) = again.filter(|one| one.exchange.began < until) {
                let waited = again.exchange.began.saturating_sub(exchange.ended);
                log.at(again.exchange);
                let expected = format!("a pause of {} ms at least", wait.saturating_sub(SLACK));
                log.found(&WAITS, "time", expected, format!("{waited} ms"));
            }
        }
    }

    pub(super) fn backs_off(&self, log: &mut Log) {
        for (place, about) in self.meddled() {
            let again = self.after(place).find(|one| same(one.exchange, about.exchange));
            let Some(again) = again else { continue };
            let waited = again.exchange.began.saturating_sub(about.exchange.ended);
            log.at(again.exchange);
            log.check(&BACKS_OFF, waited >= PAUSE, "time", "a pause", || format!("{waited} ms"));
        }
    }

    pub(super) fn few_refusals(&self, log: &mut Log) {
        log.looked(&FEW_REFUSALS);
        for about in self.abouts {
            let refused = |one: &&About<'_>| {
                (400..600).contains(&one.exchange.status()) && same(one.exchange, about.exchange)
            };
            let count = self.abouts.iter().filter(refused).count();
            if count >= REFUSALS {
                log.at(about.exchange);
                let expected = format!("fewer than {REFUSALS} refusals");
                log.found(&FEW_REFUSALS, "sequence", expected, format!("{count}"));
                return;
            }
        }
    }

    pub(super) fn few_tokens(&self, log: &mut Log) {
        let Some(met) = self.met else { return };
        log.looked(&FEW_TOKENS);
        let asked = self.after(met).filter(|one| one.endpoint == Endpoint::Token).count();
        if asked >= REFUSALS {
            let expected = format!("fewer than {REFUSALS} requests to the token endpoint");
            log.found(&FEW_TOKENS, "sequence", expected, format!("{asked}"));
        }
    }
}

/// Until when answers asked not to be asked again, in milliseconds of the run. A source that is
/// let run its next cycle before that cannot wait.
pub(crate) fn asked_until(exchanges: &[Exchange]) -> u64 {
    let meddled = exchanges.iter().filter(|one| one.meddled.is_some());
    meddled.filter_map(|one| Some(one.ended + asked(one)?)).max().unwrap_or_default()
}

/// The milliseconds that the answer's `Retry-After` asks for.
fn asked(exchange: &Exchange) -> Option<u64> {
    let answer = exchange.answer.as_ref()?;
    let text = answer.header("retry-after")?;
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(seconds * 1_000);
    }
    // A date of the judge's own making, `{date+3}`, at the time of the answer.
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let sent = answer.header("date").and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
    let wait = match sent.map(|at| at.timestamp()) {
        Some(sent) => date.duration_since(sent).as_millis(),
        None => 3_000,
    };
    u64::try_from(wait).ok().map(|wait| wait.saturating_sub(WHOLE_SECOND))
}
