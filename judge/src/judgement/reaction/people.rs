//! People: whether one stays one, whatever became of the answers.

use super::rules::{
    ASKS_AGAIN, BEFORE_RECREATING, CONFLICT, FINDS_ANEW, KEEPS, LOOKS_AGAIN, ONE_PERSON,
};
use super::{REFUSALS, Scene};
use crate::judgement::rule::shown;
use crate::judgement::state::value;
use crate::judgement::{About, Endpoint, Log, Rule};
use serde_json::Value;

impl Scene<'_> {
    pub(super) fn looks_again(&self, log: &mut Log) {
        let Some(met) = self.met else { return };
        // Who does nothing more has not shown what they do.
        if self.after(met).next().is_none() {
            return;
        }
        self.unlooked(&LOOKS_AGAIN, met, |about| about.is_list(), |about| self.creates(about), log);
    }

    /// Names the first creation behind a request before which nobody looked.
    fn unlooked(
        &self,
        rule: &'static Rule,
        behind: usize,
        looks: impl Fn(&About<'_>) -> bool,
        creates: impl Fn(&About<'_>) -> bool,
        log: &mut Log,
    ) {
        log.looked(rule);
        let hasty = self.after(behind).take_while(|about| !looks(about)).find(|one| creates(one));
        if let Some(about) = hasty {
            log.at(about.exchange);
            log.found(rule, "sequence", "a look-up before POST", "POST".to_owned());
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
        let looked = self.after(conflict).any(About::is_list);
        let arrived = if looked { self.arrived(&CONFLICT, log) } else { Some(false) };
        let Some(arrived) = arrived else { return };
        log.looked(&CONFLICT);
        let creations = self.abouts.iter().filter(|one| self.creates(one)).count();
        if !looked {
            log.found(&CONFLICT, "sequence", "a look-up after 409", "none".to_owned());
        } else if !arrived {
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
        let looks = |about: &About<'_>| about.method() == "GET" || about.search;
        self.unlooked(&BEFORE_RECREATING, met, looks, |about| self.creates(about), log);
    }

    pub(super) fn finds_anew(&self, log: &mut Log) {
        let Some(place) = self.abouts.iter().position(|one| {
            one.endpoint == Endpoint::Users && one.id.is_some() && one.exchange.status() == 404
        }) else {
            // It looks people up each time, so it never met the old id.
            let Some(arrived) = self.arrived(&FINDS_ANEW, log) else { return };
            log.check(&FINDS_ANEW, arrived, "state", "the change", || "not there".to_owned());
            return;
        };
        let looked = self.after(place).any(About::is_list);
        let arrived = if looked { self.arrived(&FINDS_ANEW, log) } else { Some(false) };
        let Some(arrived) = arrived else { return };
        log.check(&FINDS_ANEW, arrived, "sequence", "a look-up after 404, and the new id", || {
            if looked { "the change did not arrive" } else { "no look-up" }.to_owned()
        });
    }

    pub(super) fn asks_again(&self, log: &mut Log) {
        // A look-up that finds nobody is another matter: there nothing is left but to create.
        let list = |one: &About<'_>| one.filter().is_none();
        let Some(met) = self.met.filter(|met| self.abouts.get(*met).is_some_and(list)) else {
            return;
        };
        let looks = |about: &About<'_>| about.filter().is_some();
        // Whoever it is: the list may have left out anybody.
        let creates = |about: &About<'_>| {
            about.endpoint == Endpoint::Users && about.method() == "POST" && !about.search
        };
        self.unlooked(&ASKS_AGAIN, met, looks, creates, log);
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
