//! Short stories, told request by request.

use provisor::scim::schema::Schemas;

use super::*;
use crate::action::plan;
use crate::contract;
use crate::exchange::Answer;
use crate::judgement::about::tests::request;
use crate::judgement::hygiene::Cost;
use crate::judgement::{Basis, Lack};
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

    fn then(mut self, pause: u64, method: &str, target: &str, status: u16, meddled: bool) -> Self {
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

    fn body(mut self, body: &str) -> Self {
        let last = self.exchanges.last_mut().unwrap();
        last.request.body = crate::exchange::Body::whole(body.as_bytes().to_vec());
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

    /// Where the change did not arrive.
    fn lost(&self, id: &str) -> Vec<&'static str> {
        self.judged(id, false).broken()
    }

    fn log(&self, id: &str) -> Log {
        self.judged(id, true)
    }

    /// Where it did not arrive because of the second step.
    fn blocked(&self, id: &str) -> Log {
        self.told(id, false, Some(2))
    }

    fn judged(&self, id: &str, arrived: bool) -> Log {
        self.told(id, arrived, None)
    }

    fn told(&self, id: &str, arrived: bool, blocked: Option<usize>) -> Log {
        let what = Misbehaviour::find(id).unwrap();
        let steps = plan(|_| false, &[what], 0);
        let contract = contract::built_in("rfc7644").unwrap();
        let basis = Basis { contract: &contract, schemas: &Schemas::standard() };
        let state = State::default();
        let lacks = [Lack::of("Users", "one person", "none")];
        let episode = Episode {
            step: 0,
            exchanges: &self.exchanges,
            lacks: lacks.get(usize::from(arrived)..).unwrap(),
            cost: Cost::of(&self.exchanges),
            blocked,
            has_token_endpoint: true,
            ..Episode::quiet(steps.last().unwrap(), &state, &state)
        };
        let mut log = Log::default();
        let abouts: Vec<About<'_>> =
            self.exchanges.iter().map(|one| About::of(one, &basis)).collect();
        judge(&episode, &abouts, &mut log);
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
        told =
            told.then(1, "GET", &format!("/Users?startIndex={}&count=2", 2 * page + 1), 200, true);
    }
    assert_eq!(told.broken("lying-total"), ["reaction/stops-paging"]);
}

#[test]
fn a_new_token_is_asked_for_once() {
    let expired = || Told::new().then(0, "POST", "/Users", 401, false);
    assert_eq!(expired().broken("token-expired"), ["reaction/new-token"]);
    let mut asked = expired().then(1, "POST", "/Users", 201, false);
    asked.exchanges.insert(1, request("POST", "/oauth2/token", "grant_type=client_credentials"));
    assert!(asked.broken("token-expired").is_empty());
}

#[test]
fn a_token_endpoint_that_refuses_is_not_flooded() {
    let told = |times: usize| {
        let ask = |told: Told| {
            let mut told = told.then(10, "POST", "/token", 400, false);
            told.exchanges.last_mut().unwrap().request.target = "/oauth2/token".to_owned();
            told
        };
        let mut told = (0..times).fold(Told::new(), |told, _| ask(told));
        told.exchanges[0].meddled = Some("x".to_owned());
        told.broken("token-endpoint-refuses")
    };
    assert!(told(2).is_empty());
    assert_eq!(told(5), ["reaction/few-tokens"]);
}

#[test]
fn what_is_not_offered_is_not_used() {
    let config = || Told::new().then(0, "GET", "/ServiceProviderConfig", 200, true);
    let put = config().then(1, "GET", "/Users", 200, false).then(1, "PUT", "/Users/1", 200, false);
    assert!(put.broken("features-off").is_empty());
    let patch = config().then(1, "PATCH", "/Users/1", 501, false);
    assert_eq!(patch.broken("features-off"), ["reaction/heeds-config"]);
    let filter = config().then(1, "GET", "/Users?filter=userName%20eq%20%22a%22", 200, false);
    assert_eq!(filter.broken("features-off"), ["reaction/heeds-filter"]);
    assert_eq!(filter.broken("filter-off"), ["reaction/heeds-filter"]);
}

#[test]
fn attributes_that_schemas_lack_are_not_sent() {
    let told = |body: &str| {
        Told::new()
            .then(0, "GET", "/Schemas", 200, true)
            .then(1, "POST", "/Users", 201, false)
            .body(body)
            .broken("schemas-narrowed")
    };
    let work = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert!(told(r#"{"userName":"a","title":null,"name":{"formatted":"title"}}"#).is_empty());
    let extended = format!(r#"{{"userName":"a","{work}":{{"department":"x"}}}}"#);
    let path =
        format!(r#"{{"Operations":[{{"op":"add","path":"{work}:department","value":"x"}}]}}"#);
    let value = r#"{"Operations":[{"op":"add","value":{"title":"x"}}]}"#;
    for body in [r#"{"userName":"a","title":"x"}"#, &extended, &path, value] {
        assert_eq!(told(body), ["reaction/heeds-schemas"], "{body}");
    }
}

#[test]
fn who_never_reads_what_is_offered_is_not_judged_by_it() {
    let told =
        Told::new().then(0, "GET", "/Users", 200, true).then(1, "POST", "/Users", 201, false);
    let told = told.body(r#"{"userName":"a","title":"x"}"#);
    assert!(told.judged("schemas-narrowed", false).looked.is_empty());
}

#[test]
fn what_is_legal_must_not_hold_a_change_up() {
    for (id, target, rule) in [
        ("minimal-config", "/ServiceProviderConfig", "reaction/takes-config"),
        ("extended-config", "/ServiceProviderConfig", "reaction/takes-config"),
        ("unknown-config", "/ServiceProviderConfig", "reaction/leaves-unknown"),
        ("schemas-otherwise", "/Schemas", "reaction/takes-schemas"),
        ("look-up-not-found", "/Users?filter=x", "reaction/look-up-404"),
        ("patch-too-large", "/Groups/1", "reaction/splits"),
    ] {
        let told = Told::new().then(0, "GET", target, 200, true);
        assert!(told.broken(id).is_empty(), "{id}");
        assert_eq!(told.lost(id), [rule], "{id}");
    }
}

#[test]
fn what_an_earlier_step_blocks_is_no_failure_of_a_reaction() {
    let met = |target: &str| Told::new().then(0, "GET", target, 200, true);
    let look = |told: Told| told.then(1, "GET", "/Users?filter=x", 200, false);
    for (id, told, rule) in [
        ("throttled-seconds", met("/Users"), "reaction/comes-back"),
        ("look-up-not-found", met("/Users?filter=x"), "reaction/look-up-404"),
        ("minimal-config", met("/ServiceProviderConfig"), "reaction/takes-config"),
        ("patch-too-large", met("/Groups/1"), "reaction/splits"),
        ("moved-id", look(Told::new()), "reaction/finds-anew"),
        (
            "moved-id",
            look(Told::new().then(0, "PUT", "/Users/1", 404, false)),
            "reaction/finds-anew",
        ),
        (
            "conflict-with-type",
            look(Told::new().then(0, "POST", "/Users", 409, true)),
            "reaction/resolves-conflict",
        ),
    ] {
        assert!(told.lost(id).contains(&rule), "{id}");
        let log = told.blocked(id);
        assert!(!log.broken().contains(&rule), "{id}");
        assert!(!log.looked.contains_key(rule), "{id}");
        assert_eq!(log.blocked.get(rule), Some(&2), "{id}");
    }
}

#[test]
fn what_requests_show_is_found_in_a_blocked_step_too() {
    let told = Told::new().then(0, "PUT", "/Users/1", 404, false);
    assert_eq!(told.blocked("moved-id").broken(), ["reaction/finds-anew"]);
    let told = Told::new().then(0, "POST", "/Users", 409, true);
    assert_eq!(told.blocked("conflict-with-type").broken(), ["reaction/resolves-conflict"]);
}

#[test]
fn a_search_is_a_look_up_and_no_creation() {
    let search = |told: Told| told.then(1, "POST", "/Users/.search", 200, false);
    let gone = search(Told::new().then(0, "PUT", "/Users/1", 404, true));
    assert!(gone.then(1, "POST", "/Users", 201, false).broken("write-not-found").is_empty());
    let list = search(Told::new().then(0, "GET", "/Users", 200, true));
    assert!(!list.broken("list-leaves-out").contains(&"reaction/asks-again"));
}

#[test]
fn how_long_answers_asked_to_wait_is_known() {
    let told = Told::new()
        .then(0, "POST", "/Users", 429, true)
        .header("Retry-After", "2")
        .then(10, "GET", "/Users", 503, false)
        .header("Retry-After", "60");
    // Of the judge's own bad answers alone.
    assert_eq!(asked_until(&told.exchanges), 2_001);
    assert_eq!(asked_until(&[]), 0);
}
