//! Changes that are refused, or that succeed in another form than is usual.

use super::rules::{NO_REPEAT, READS_AGAIN, SPLITS};
use super::{Scene, same};
use crate::judgement::Log;
use crate::judgement::rule::shown;

impl Scene<'_> {
    pub(super) fn reads_again(&self, log: &mut Log) {
        let Some(met) = self.met else { return };
        let Some(refused) = self.abouts.get(met) else { return };
        let tag = refused.exchange.request.header("if-match");
        let again = self.after(met).find(|one| same(one.exchange, refused.exchange));
        let Some(again) = again else { return };
        log.at(again.exchange);
        let other = tag.is_none() || again.exchange.request.header("if-match") != tag;
        let read = self
            .abouts
            .iter()
            .skip(met + 1)
            .any(|one| one.method() == "GET" && one.exchange.number < again.exchange.number);
        log.check(&READS_AGAIN, other || read, "If-Match", "the ETag of a new read", || {
            tag.map_or_else(|| "none".to_owned(), shown)
        });
    }

    pub(super) fn no_repeat(&self, log: &mut Log) {
        log.looked(&NO_REPEAT);
        for (place, about) in self.meddled() {
            if !about.exchange.request.is_write() || !(200..300).contains(&about.exchange.status())
            {
                continue;
            }
            let again = self.after(place).find(|one| {
                same(one.exchange, about.exchange)
                    && one.exchange.request.body == about.exchange.request.body
            });
            if let Some(again) = again {
                log.at(again.exchange);
                log.found(&NO_REPEAT, "request", "once", "twice".to_owned());
            }
        }
    }

    pub(super) fn splits(&self, log: &mut Log) {
        let Some(arrived) = self.arrived(&SPLITS, log) else { return };
        if let Some(last) = self.meddled().last().filter(|_| !arrived) {
            log.at(last.1.exchange);
        }
        log.check(&SPLITS, arrived, "members", "all of them, in several requests", || {
            "they did not all arrive".to_owned()
        });
    }
}
