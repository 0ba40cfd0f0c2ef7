//! Tokens, other hosts, certificates.

use super::Scene;
use super::rules::{CERTIFICATE, KEEPS_TOKEN, NEW_TOKEN};
use crate::judgement::{Endpoint, Log};
use crate::misbehave::Prepare;

impl Scene<'_> {
    pub(super) fn new_token(&self, log: &mut Log) {
        if !self.episode.has_token_endpoint {
            return;
        }
        let Some(place) = self.abouts.iter().position(|one| one.exchange.status() == 401) else {
            return;
        };
        log.looked(&NEW_TOKEN);
        let asked = self.after(place).filter(|one| one.endpoint == Endpoint::Token).count();
        if asked == 0 {
            log.found(&NEW_TOKEN, "sequence", "a request to the token endpoint", "none".to_owned());
        } else if asked > 3 {
            log.found(
                &NEW_TOKEN,
                "sequence",
                "one request to the token endpoint",
                format!("{asked}"),
            );
        }
    }

    pub(super) fn keeps_token(&self, log: &mut Log) {
        log.looked(&KEEPS_TOKEN);
        for one in self.episode.exchanges.iter().filter(|one| one.elsewhere) {
            let token = one.request.header("authorization").is_some();
            log.at(one);
            log.check(&KEEPS_TOKEN, !token, "Authorization", "none at another host", || {
                "a token".to_owned()
            });
        }
    }

    pub(super) fn certificate(&self, log: &mut Log) {
        // Who takes no certificate at all, the good one neither, has shown nothing.
        if !self.episode.connected || !self.episode.came_before {
            return;
        }
        log.looked(&CERTIFICATE);
        let what = match self.what.prepare {
            Some(Prepare::OtherHost) => "a certificate of another host",
            Some(Prepare::Expired) => "a certificate whose time is over",
            _ => "a certificate that nobody signed",
        };
        if let Some(one) = self.episode.exchanges.first() {
            log.at(one);
            log.found(&CERTIFICATE, "connection", "no request", format!("a request, after {what}"));
        }
    }
}
