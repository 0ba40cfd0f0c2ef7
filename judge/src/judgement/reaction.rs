//! What a source does after an answer that the judge made bad on purpose.

use serde_json::Value;

use super::rule::shown;
use super::{About, Basis, Endpoint, Episode, Level, Log, Rule};
use crate::exchange::Exchange;
use crate::judgement::state::value;
use crate::misbehave::Prepare;

pub(super) static RULES: &[&Rule] = &[
    &WAITS,
    &BACKS_OFF,
    &COMES_BACK,
    &LOOKS_AGAIN,
    &ONE_PERSON,
    &CONFLICT,
    &FEW_REFUSALS,
    &NEW_TOKEN,
    &READS_AGAIN,
    &BEFORE_RECREATING,
    &NO_REPEAT,
    &FINDS_ANEW,
    &STOPS,
    &HEEDS,
    &KEEPS,
    &KEEPS_TOKEN,
    &CERTIFICATE,
    &ASKS_AGAIN,
];

const fn must(
    id: &'static str,
    fault: Option<&'static str>,
    covers: &'static [&'static str],
    [title, why, fix]: [&'static str; 3],
) -> Rule {
    Rule { id, level: Level::Must, covers, fault, title, why, fix }
}

static WAITS: Rule = must(
    "reaction/waits",
    Some("K36"),
    &[],
    [
        "after 429 or 503 with Retry-After nothing is repeated before its time (RFC 9110, 10.2.3)",
        "a provider that is flooded throttles longer, and in the end locks the source out",
        "read Retry-After, as seconds and as an HTTP date, and wait that long",
    ],
);
static BACKS_OFF: Rule = Rule {
    level: Level::Should,
    ..must(
        "reaction/backs-off",
        Some("K37"),
        &[],
        [
            "after 503 without Retry-After the pauses between tries are not nothing",
            "a provider that comes up again is knocked down by everybody who tries at once",
            "wait before each try, twice as long as before, with some chance in it",
        ],
    )
};
static COMES_BACK: Rule = must(
    "reaction/comes-back",
    None,
    &[],
    [
        "a change that was held up arrives after all",
        "the person has no account, or keeps one, until somebody notices",
        "keep the change and send it again, at the latest in the next cycle",
    ],
);
static LOOKS_AGAIN: Rule = must(
    "reaction/looks-again",
    Some("K26"),
    &[],
    [
        "after a creation without a clear answer the person is looked up before the next creation",
        "the first one may have succeeded, and there would be two people",
        "ask with a filter before you send POST again",
    ],
);
static ONE_PERSON: Rule = must(
    "reaction/one-person",
    Some("K25"),
    &[],
    [
        "there is one person in the end",
        "two accounts of one person have two seats, and one of them is never closed",
        "look the person up by userName or externalId before you create anybody",
    ],
);
static CONFLICT: Rule = must(
    "reaction/resolves-conflict",
    Some("K27"),
    &[],
    [
        "after 409 the person is looked up and taken over",
        "the source tries for ever, or gives up without a word",
        "on 409 ask with a filter, keep the id, and update; look at the status, not at scimType",
    ],
);
static FEW_REFUSALS: Rule = must(
    "reaction/few-refusals",
    Some("K27"),
    &[],
    [
        "a request that is refused is not sent over and over",
        "it is refused each time, and the provider throttles the source",
        "stop after one or two refusals of one kind, and tell somebody",
    ],
);
static NEW_TOKEN: Rule = must(
    "reaction/new-token",
    Some("K43"),
    &[],
    [
        "after 401 one new token is asked for, and the request is sent again",
        "provisioning stands still when the token ends, or the token endpoint is flooded",
        "on 401 with `invalid_token` ask for one token, share it, and repeat the request once",
    ],
);
static READS_AGAIN: Rule = must(
    "reaction/reads-again",
    Some("K44"),
    &["RFC7644-3.14-07"],
    [
        "after 412 a change is not repeated with the version that was refused",
        "the version is out of date and stays so: it is refused each time",
        "read the resource again, apply the change to it, and send its new ETag",
    ],
);
static BEFORE_RECREATING: Rule = must(
    "reaction/looks-before-recreating",
    Some("K28"),
    &[],
    [
        "after 404 on a change nobody is created before a look-up",
        "404 can come from a proxy or a missing route; the person is there and would be doubled",
        "ask with a filter first; recreate only whom the look-up does not find",
    ],
);
static NO_REPEAT: Rule = must(
    "reaction/no-repeat",
    Some("K31"),
    &[],
    [
        "a change that succeeded, or is under way, is not sent again",
        "it is done twice",
        "take 200 with a body and 204 without one for success, and wait for slow answers",
    ],
);
static FINDS_ANEW: Rule = must(
    "reaction/finds-anew",
    Some("K30"),
    &[],
    [
        "a person who has another id now is found by name again",
        "every change of this person fails from now on",
        "after 404 ask with a filter, and keep the id that it gives",
    ],
);
static STOPS: Rule = must(
    "reaction/stops-paging",
    Some("K32"),
    &["RFC7644-3.4.2.4-01"],
    [
        "reading a list ends",
        "a total that is wrong keeps the source in a loop, or makes it miss people",
        "stop at a page without resources; go on by the number that came, not by what was asked for",
    ],
);
static HEEDS: Rule = must(
    "reaction/heeds-config",
    Some("K09"),
    &["RFC7644-3.5-03"],
    [
        "what ServiceProviderConfig says is not there is not used",
        "the provider answers 501, and the change is lost",
        "read `patch`, `filter` and `bulk` of ServiceProviderConfig, and use PUT where there is no PATCH",
    ],
);
static KEEPS: Rule = Rule {
    level: Level::Should,
    ..must(
        "reaction/keeps-others-values",
        Some("K20"),
        &[],
        [
            "what others set on a person stays when the source changes something else",
            "values that were set in the product or by another source are lost",
            "use PATCH, or PUT the object that GET gave, with the change in it",
        ],
    )
};
static KEEPS_TOKEN: Rule = must(
    "reaction/keeps-token",
    Some("K41"),
    &["RFC6750-5.3-01"],
    [
        "the token does not go to another host",
        "whoever can make the provider redirect has the token",
        "do not follow redirects to another host, or leave Authorization out there",
    ],
);
static CERTIFICATE: Rule = must(
    "reaction/checks-certificate",
    Some("K42"),
    &["RFC7644-7.2-04", "RFC6750-5.3-02"],
    [
        "nothing is sent to a host whose certificate is not good",
        "whoever is on the way reads the token and everybody's data",
        "leave the checks of your TLS library on, and trust the authority of the provider alone",
    ],
);

static ASKS_AGAIN: Rule = Rule {
    level: Level::Should,
    ..must(
        "reaction/asks-again",
        Some("K34"),
        &["RFC7644-3.4.2.4-01"],
        [
            "who is missing in a list is looked up before they are created anew",
            "lists of pages can miss somebody, and then there would be two people",
            "ask with a filter for whoever a list lacks",
        ],
    )
};

/// Refusals of one kind that are too many.
const REFUSALS: usize = 4;
/// Lists of one kind in one step that are too many.
const PAGES: usize = 30;
/// The shortest pause before another try, in milliseconds.
const PAUSE: u64 = 50;
/// By how much clocks may differ, in milliseconds.
const SLACK: u64 = 60;
/// HTTP dates have whole seconds.
const WHOLE_SECOND: u64 = 1_000;

/// What the judges of this file look at.
struct Scene<'a> {
    episode: &'a Episode<'a>,
    abouts: Vec<About<'a>>,
    /// The first exchange that was meddled with.
    met: Option<usize>,
    arrived: bool,
}

pub(super) fn judge(episode: &Episode<'_>, arrived: bool, basis: &Basis<'_>, log: &mut Log) {
    let Some(what) = episode.action.misbehaviour else { return };
    let abouts: Vec<About<'_>> =
        episode.exchanges.iter().map(|one| About::of(one, basis)).collect();
    let met = abouts.iter().position(|one| one.exchange.meddled.is_some());
    let prepared = what.prepare.is_some() && episode.connected;
    let answers = what.does != crate::misbehave::Does::default();
    // A source that never came to it has shown nothing.
    if met.is_none() && (answers || !prepared) {
        return;
    }
    let scene = Scene { episode, abouts, met, arrived };
    for id in &what.judged {
        let Some(rule) = RULES.iter().find(|rule| rule.id == id) else { continue };
        log.at_step(episode.step);
        scene.rule(rule, what.prepare, log);
    }
}

impl<'a> Scene<'a> {
    fn rule(&self, rule: &'static Rule, prepare: Option<Prepare>, log: &mut Log) {
        match rule.id {
            "reaction/waits" => self.waits(log),
            "reaction/backs-off" => self.backs_off(log),
            "reaction/comes-back" => {
                log.check(rule, self.arrived, "state", "what the action wants", || {
                    "it did not arrive".to_owned()
                });
            }
            "reaction/looks-again" => self.looks_again(log),
            "reaction/one-person" => self.one_person(log),
            "reaction/resolves-conflict" => self.conflict(log),
            "reaction/few-refusals" => self.few_refusals(log),
            "reaction/new-token" => self.new_token(log),
            "reaction/reads-again" => self.reads_again(log),
            "reaction/looks-before-recreating" => self.before_recreating(log),
            "reaction/no-repeat" => self.no_repeat(log),
            "reaction/finds-anew" => self.finds_anew(log),
            "reaction/stops-paging" => self.stops(log),
            "reaction/heeds-config" => self.heeds(log),
            "reaction/keeps-others-values" => self.keeps(log),
            "reaction/asks-again" => self.asks_again(log),
            "reaction/keeps-token" => self.keeps_token(log),
            "reaction/checks-certificate" => self.certificate(prepare, log),
            _ => {}
        }
    }

    fn after(&self, place: usize) -> impl Iterator<Item = &About<'a>> {
        self.abouts.iter().skip(place + 1)
    }

    fn meddled(&self) -> impl Iterator<Item = (usize, &About<'a>)> {
        self.abouts.iter().enumerate().filter(|(_, one)| one.exchange.meddled.is_some())
    }

    fn waits(&self, log: &mut Log) {
        for (place, about) in self.meddled() {
            let exchange = about.exchange;
            let answer = exchange.answer.as_ref().and_then(|one| one.header("retry-after"));
            let Some(wait) = answer.and_then(|text| retry_after(text, exchange)) else { continue };
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

    fn backs_off(&self, log: &mut Log) {
        for (place, about) in self.meddled() {
            let again = self.after(place).find(|one| same(one.exchange, about.exchange));
            let Some(again) = again else { continue };
            let waited = again.exchange.began.saturating_sub(about.exchange.ended);
            log.at(again.exchange);
            log.check(&BACKS_OFF, waited >= PAUSE, "time", "a pause", || format!("{waited} ms"));
        }
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

    fn looks_again(&self, log: &mut Log) {
        log.looked(&LOOKS_AGAIN);
        let Some(met) = self.met else { return };
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

    fn one_person(&self, log: &mut Log) {
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

    fn conflict(&self, log: &mut Log) {
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

    fn few_refusals(&self, log: &mut Log) {
        log.looked(&FEW_REFUSALS);
        for about in &self.abouts {
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

    fn new_token(&self, log: &mut Log) {
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

    fn reads_again(&self, log: &mut Log) {
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

    fn before_recreating(&self, log: &mut Log) {
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

    fn no_repeat(&self, log: &mut Log) {
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

    fn finds_anew(&self, log: &mut Log) {
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

    fn stops(&self, log: &mut Log) {
        let lists: Vec<&About<'_>> = self.abouts.iter().filter(|one| one.is_list()).collect();
        let pages = |one: &&&About<'_>| {
            ["startIndex", "count", "cursor"].iter().any(|name| one.parameter(name).is_some())
        };
        if lists.iter().filter(pages).count() == 0 && lists.len() < 2 {
            return;
        }
        log.looked(&STOPS);
        if lists.len() > PAGES {
            let expected = format!("{PAGES} requests at most");
            log.found(&STOPS, "sequence", expected, format!("{}", lists.len()));
            return;
        }
        // A cursor that comes again.
        let mut cursors = std::collections::BTreeSet::new();
        for about in &lists {
            let cursor = about.parameter("cursor").filter(|cursor| !cursor.is_empty());
            let again = cursor.is_some_and(|cursor| !cursors.insert((about.endpoint, cursor)));
            if again && (200..300).contains(&about.exchange.status()) {
                log.at(about.exchange);
                log.found(&STOPS, "cursor", "each cursor once", "one a second time".to_owned());
                return;
            }
        }
        // A page behind an empty one of the same list.
        let mut ended: Option<String> = None;
        for about in lists {
            let list = format!("{:?} {:?}", about.endpoint, about.parameter("filter"));
            let start = about.parameter("startIndex").and_then(|text| text.parse::<u64>().ok());
            let goes_on = start.is_some_and(|start| start > 1);
            if goes_on && ended.as_ref() == Some(&list) {
                log.at(about.exchange);
                log.found(&STOPS, "sequence", "no page behind an empty one", "one more".to_owned());
                return;
            }
            let answer = about.exchange.answer.as_ref().and_then(|one| one.body.value());
            let count =
                answer.as_ref().and_then(|one| one.get("Resources")?.as_array()).map(Vec::len);
            ended = if count.unwrap_or(0) == 0 { Some(list) } else { None };
        }
    }

    fn heeds(&self, log: &mut Log) {
        let Some(met) = self.met else { return };
        log.looked(&HEEDS);
        for about in self.after(met) {
            let used = match about.endpoint {
                Endpoint::Bulk => "a bulk request",
                Endpoint::Users | Endpoint::Groups if about.method() == "PATCH" => "PATCH",
                Endpoint::Users | Endpoint::Groups if about.filter().is_some() => "a filter",
                _ => continue,
            };
            log.at(about.exchange);
            log.found(&HEEDS, "sequence", "only what is supported", used.to_owned());
        }
    }

    fn keeps(&self, log: &mut Log) {
        let Some(person) = self.episode.action.person() else { return };
        let (before, after) = (self.episode.before, self.episode.after);
        let (Some((_, was)), Some((_, is))) =
            (before.person(&person.user_name), after.person(&person.user_name))
        else {
            return;
        };
        if !self.abouts.iter().any(|one| one.exchange.request.is_write()) {
            return;
        }
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

    fn asks_again(&self, log: &mut Log) {
        let Some(met) = self.met else { return };
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

    fn keeps_token(&self, log: &mut Log) {
        log.looked(&KEEPS_TOKEN);
        for one in self.episode.exchanges.iter().filter(|one| one.elsewhere) {
            let token = one.request.header("authorization").is_some();
            log.at(one);
            log.check(&KEEPS_TOKEN, !token, "Authorization", "none at another host", || {
                "a token".to_owned()
            });
        }
    }

    fn certificate(&self, prepare: Option<Prepare>, log: &mut Log) {
        if !self.episode.connected {
            return;
        }
        log.looked(&CERTIFICATE);
        let what = match prepare {
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

/// Whether two requests ask for the same.
fn same(one: &Exchange, other: &Exchange) -> bool {
    one.request.method == other.request.method && one.request.target == other.request.target
}

/// The milliseconds that a `Retry-After` asks for.
fn retry_after(text: &str, exchange: &Exchange) -> Option<u64> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(seconds * 1_000);
    }
    // A date of the judge's own making, `{date+3}`, at the time of the answer.
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let sent = exchange.answer.as_ref().and_then(|one| one.header("date"));
    let sent = sent.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()).map(|at| at.timestamp());
    let wait = match sent {
        Some(sent) => date.duration_since(sent).as_millis(),
        None => 3_000,
    };
    u64::try_from(wait).ok().map(|wait| wait.saturating_sub(WHOLE_SECOND))
}

#[cfg(test)]
mod tests {
    use provisor::scim::schema::Schemas;

    use super::*;
    use crate::action::plan;
    use crate::contract;
    use crate::exchange::Answer;
    use crate::judgement::about::tests::request;
    use crate::misbehave::Misbehaviour;
    use crate::provider::State;

    struct Told {
        exchanges: Vec<Exchange>,
        clock: u64,
    }

    impl Told {
        fn new() -> Self {
            Self { exchanges: Vec::new(), clock: 0 }
        }

        fn then(
            mut self,
            pause: u64,
            method: &str,
            target: &str,
            status: u16,
            meddled: bool,
        ) -> Self {
            let mut one = request(method, &format!("/scim/v2{target}"), "");
            one.number = u32::try_from(self.exchanges.len() + 1).unwrap();
            self.clock += pause;
            (one.began, one.ended) = (self.clock, self.clock + 1);
            self.clock += 1;
            let answer = Answer { status, ..Answer::default() };
            one.answer = if status == 0 { None } else { Some(answer) };
            one.meddled = meddled.then(|| "x".to_owned());
            self.exchanges.push(one);
            self
        }

        fn header(mut self, name: &str, value: &str) -> Self {
            let last = self.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
            last.headers.push((name.to_owned(), value.to_owned()));
            self
        }

        fn broken(&self, id: &str) -> Vec<&'static str> {
            self.log(id).broken()
        }

        fn log(&self, id: &str) -> Log {
            let what = Misbehaviour::find(id).unwrap();
            let steps = plan(|_| false, &[what], 0);
            let contract = contract::built_in("rfc7644").unwrap();
            let basis = Basis { contract: &contract, schemas: &Schemas::standard() };
            let state = State::default();
            let episode = Episode {
                step: 0,
                action: steps.last().unwrap(),
                exchanges: &self.exchanges,
                before: &state,
                after: &state,
                connected: true,
                has_token_endpoint: true,
            };
            let mut log = Log::default();
            judge(&episode, true, &basis, &mut log);
            log
        }
    }

    #[test]
    fn who_waits_is_not_complained_about_and_who_hammers_is() {
        let told = |pause| {
            Told::new()
                .then(0, "POST", "/Users", 429, true)
                .header("Retry-After", "2")
                .then(pause, "POST", "/Users", 201, false)
                .broken("throttled-seconds")
        };
        assert!(told(2_000).is_empty());
        assert_eq!(told(500), ["reaction/waits"]);
    }

    #[test]
    fn a_lost_answer_is_followed_by_a_look_up() {
        let lost = || Told::new().then(0, "POST", "/Users", 0, true);
        let careful = lost().then(1, "GET", "/Users?filter=x", 200, false);
        assert!(careful.broken("dropped-after-commit").is_empty());
        let hasty = lost().then(1, "POST", "/Users", 409, false);
        assert_eq!(hasty.broken("dropped-after-commit"), ["reaction/looks-again"]);
    }

    #[test]
    fn a_conflict_is_resolved() {
        let conflict = || Told::new().then(0, "POST", "/Users", 409, true);
        let good = conflict()
            .then(1, "GET", "/Users?filter=x", 200, false)
            .then(1, "PATCH", "/Users/1", 200, false);
        assert!(good.broken("conflict-without-type").is_empty());
        assert_eq!(conflict().broken("conflict-without-type"), ["reaction/resolves-conflict"]);
    }

    #[test]
    fn what_never_came_up_is_not_judged() {
        let nothing = Told::new().then(0, "GET", "/Users", 200, false);
        assert!(nothing.log("throttled-seconds").looked.is_empty());
        assert!(nothing.log("features-off").looked.is_empty());
    }

    #[test]
    fn a_token_that_goes_elsewhere_is_noticed() {
        let mut told =
            Told::new().then(0, "GET", "/Users", 307, true).then(1, "GET", "/Users", 404, false);
        assert!(told.broken("redirect-elsewhere").is_empty());
        told.exchanges[1].elsewhere = true;
        assert_eq!(told.broken("redirect-elsewhere"), ["reaction/keeps-token"]);
    }

    #[test]
    fn lists_that_never_end_are_noticed() {
        let mut told = Told::new();
        for page in 0..3 {
            told = told.then(
                1,
                "GET",
                &format!("/Users?startIndex={}&count=2", 2 * page + 1),
                200,
                true,
            );
        }
        assert_eq!(told.broken("lying-total"), ["reaction/stops-paging"]);
    }

    #[test]
    fn a_new_token_is_asked_for_once() {
        let expired = || Told::new().then(0, "POST", "/Users", 401, false);
        assert_eq!(expired().broken("token-expired"), ["reaction/new-token"]);
        let mut asked = expired().then(1, "POST", "/Users", 201, false);
        asked
            .exchanges
            .insert(1, request("POST", "/oauth2/token", "grant_type=client_credentials"));
        assert!(asked.broken("token-expired").is_empty());
    }
}
