//! People: whether one stays one, whatever became of the answers.

use super::rules::{
    ASKS_AGAIN, BEFORE_RECREATING, CONFLICT, FINDS_ANEW, KEEPS, LOOKS_AGAIN, ONE_PERSON,
};
use super::{REFUSALS, Scene};
use crate::judgement::rule::shown;
use crate::judgement::state::value;
use crate::judgement::{About, Endpoint, Log};
use serde_json::Value;

impl Scene<'_> {
    pub(super) fn looks_again(&self, log: &mut Log) {
        let Some(met) = self.met else { return };
        // Who does nothing more has not shown what they do.
        if self.after(met).next().is_none() {
            return;
        }
        log.looked(&LOOKS_AGAIN);
        let mut looked = false;
        for about in self.after(met) {
            looked |= about.is_list();
            if self.creates(about) && !looked {
                log.at(about.exchange);
                log.found(&LOOKS_AGAIN, "sequence", "a look-up before POST", "POST".to_owned());
                return;
            }
        }
    }

    pub(super) fn one_person(&self, log: &mut Log) {
        let Some(person) = self.episode.action.person() else { return };
        let names = [person.user_name.to_lowercase(), person.email.to_lowercase()];
        let same = |user: &&Value| {
            let of = |name: &str| value(user, name).map(|text| text.to_lowercase());
            of("userName").is_some_and(|name| names.contains(&name))
                || of("email").is_some_and(|name| names.contains(&name))
                || of("externalId").is_some_and(|id| id == person.external_id.to_lowercase())
        };
        let count = self.episode.after.users.values().filter(same).count();
        log.check(&ONE_PERSON, count <= 1, "Users", "one person", || format!("{count} people"));
    }

    pub(super) fn conflict(&self, log: &mut Log) {
        let conflict = self.abouts.iter().position(|one| one.exchange.status() == 409);
        let Some(conflict) = conflict else {
            // It took over whom it found, and no conflict came.
            return;
        };
        log.looked(&CONFLICT);
        let looked = self.after(conflict).any(About::is_list);
        let creations = self.abouts.iter().filter(|one| self.creates(one)).count();
        if !looked {
            log.found(&CONFLICT, "sequence", "a look-up after 409", "none".to_owned());
        } else if !self.arrived {
            log.found(
                &CONFLICT,
                "state",
                "the person as the source has them",
                "as before".to_owned(),
            );
        } else if creations >= REFUSALS {
            log.found(&CONFLICT, "sequence", "one or two POSTs", format!("{creations}"));
        }
    }

    pub(super) fn before_recreating(&self, log: &mut Log) {
        let Some(met) = self.met else { return };
        log.looked(&BEFORE_RECREATING);
        let mut looked = false;
        for about in self.after(met) {
            looked |= about.method() == "GET";
            if self.creates(about) && !looked {
                log.at(about.exchange);
                log.found(
                    &BEFORE_RECREATING,
                    "sequence",
                    "a look-up before POST",
                    "POST".to_owned(),
                );
                return;
            }
        }
    }

    pub(super) fn finds_anew(&self, log: &mut Log) {
        let Some(place) = self.abouts.iter().position(|one| {
            one.endpoint == Endpoint::Users && one.id.is_some() && one.exchange.status() == 404
        }) else {
            // It looks people up each time, so it never met the old id.
            log.check(&FINDS_ANEW, self.arrived, "state", "the change", || "not there".to_owned());
            return;
        };
        log.looked(&FINDS_ANEW);
        let looked = self.after(place).any(About::is_list);
        if !looked || !self.arrived {
            let found = if looked { "the change did not arrive" } else { "no look-up" };
            log.found(
                &FINDS_ANEW,
                "sequence",
                "a look-up after 404, and the new id",
                found.to_owned(),
            );
        }
    }

    pub(super) fn asks_again(&self, log: &mut Log) {
        // A look-up that finds nobody is another matter: there nothing is left but to create.
        let list = |one: &About<'_>| one.filter().is_none();
        let Some(met) = self.met.filter(|met| self.abouts.get(*met).is_some_and(list)) else {
            return;
        };
        log.looked(&ASKS_AGAIN);
        let mut looked = false;
        for about in self.after(met) {
            looked |= about.filter().is_some();
            if about.endpoint == Endpoint::Users && about.method() == "POST" && !looked {
                log.at(about.exchange);
                log.found(&ASKS_AGAIN, "sequence", "a look-up before POST", "POST".to_owned());
                return;
            }
        }
    }

    pub(super) fn keeps(&self, log: &mut Log) {
        let Some(person) = self.episode.action.person() else { return };
        let (before, after) = (self.episode.before, self.episode.after);
        let (Some((id, was)), Some((_, is))) =
            (before.person(&person.user_name), after.person(&person.user_name))
        else {
            return;
        };
        let mut writes = self.abouts.iter().filter(|one| one.exchange.request.is_write());
        let own = |one: &&About<'_>| one.id.as_ref() == Some(id);
        let Some(last) = writes.rfind(own) else { return };
        log.at(last.exchange);
        log.looked(&KEEPS);
        for path in [
            "/nickName",
            "/preferredLanguage",
            "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/costCenter",
        ] {
            let (was, is) = (was.pointer(path), is.pointer(path));
            if was.is_some() && was != is {
                let place = path.rsplit('/').next().unwrap_or(path);
                let show = |value: Option<&Value>| {
                    value.map_or_else(|| "none".to_owned(), |one| shown(&one.to_string()))
                };
                log.found(&KEEPS, place, show(was), show(is));
            }
        }
    }
}
