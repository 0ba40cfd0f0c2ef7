//! What a change costs: requests, bytes, parallel requests, time.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{About, Basis, Endpoint, Episode, Level, Log, Rule, members};
use crate::action::{Kind, Step};
use crate::contract::Update;
use crate::exchange::Exchange;

pub(super) static RULES: &[&Rule] = &[&REQUESTS, &WHOLE, &ASKS_MEMBERS, &PARALLEL, &DEPROVISION];

const fn should(
    id: &'static str,
    fault: &'static str,
    [title, why, fix]: [&'static str; 3],
) -> Rule {
    Rule { id, level: Level::Should, covers: &[], fault: Some(fault), title, why, fix }
}

static REQUESTS: Rule = should(
    "hygiene/requests",
    "K37",
    [
        "one change costs few requests",
        "with ten thousand people a sync takes hours, and the provider throttles it",
        "send what changed alone, and keep ids instead of looking everybody up",
    ],
);
static WHOLE: Rule = should(
    "hygiene/whole-membership",
    "K38",
    [
        "who comes or goes is sent, not the whole membership",
        "a change of one person in a group of ten thousand is a body of a megabyte, and two at once undo one another",
        "PATCH with `add` of `members` and with `remove` of `members[value eq \"ID\"]`",
    ],
);
static ASKS_MEMBERS: Rule = should(
    "hygiene/asks-members",
    "K40",
    [
        "a group is read without its members where they are not needed",
        "a large group is megabytes each time",
        "ask with `excludedAttributes=members`",
    ],
);
static PARALLEL: Rule = should(
    "hygiene/parallel",
    "K37",
    [
        "changes of one resource are sent one after the other",
        "they undo one another, or all but one are refused",
        "keep a queue for each resource",
    ],
);
static DEPROVISION: Rule = should(
    "hygiene/deprovision",
    "K45",
    [
        "a leaver is deactivated within five minutes",
        "until then they have access",
        "send deactivations at once, before everything else",
    ],
);

/// Requests of one change that are too many.
const MANY: usize = 25;
/// Resources of a page, where the contract says nothing.
const PAGE: usize = 100;
/// Members from which a group is worth reading without them.
const LARGE: usize = 3;
/// Five minutes.
const LATE: u64 = 300_000;

/// What a step cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests.
    pub requests: usize,
    /// Those that ask for a change.
    pub writes: usize,
    /// Bytes of bodies that were sent.
    pub sent: u64,
    /// Bytes of bodies that came back.
    pub received: u64,
    /// Requests at the same time, at most.
    pub parallel: usize,
    /// Requests that were sent before in the same words.
    pub repeated: usize,
    /// Milliseconds from the first request to the last answer.
    pub millis: u64,
    /// Connections.
    pub connections: usize,
}

impl Cost {
    /// Of some exchanges.
    pub fn of(exchanges: &[Exchange]) -> Self {
        let answers = || exchanges.iter().filter_map(|one| one.answer.as_ref());
        let repeated = exchanges.iter().enumerate().filter(|(place, one)| {
            exchanges.iter().take(*place).any(|other| other.request == one.request)
        });
        let began = exchanges.iter().map(|one| one.began).min().unwrap_or_default();
        let ended = exchanges.iter().map(|one| one.ended).max().unwrap_or_default();
        let mut connections: Vec<u32> = exchanges.iter().map(|one| one.connection).collect();
        connections.sort_unstable();
        connections.dedup();
        Self {
            requests: exchanges.len(),
            writes: exchanges.iter().filter(|one| one.request.is_write()).count(),
            sent: exchanges.iter().map(|one| one.request.body.length).sum(),
            received: answers().map(|one| one.body.length).sum(),
            parallel: parallel(exchanges),
            repeated: if exchanges.len() > 2_000 { 0 } else { repeated.count() },
            millis: ended.saturating_sub(began),
            connections: connections.len(),
        }
    }
}

/// The most that were under way at one time. What begins in the millisecond in which another ends
/// comes after it: a source must not be told that it does things at once which it does in turn.
fn parallel(exchanges: &[Exchange]) -> usize {
    let mut edges: Vec<(u64, i32)> =
        exchanges.iter().flat_map(|one| [(one.began, 1), (one.ended, -1)]).collect();
    edges.sort_unstable();
    let (mut now, mut most) = (0_i32, 0_i32);
    for (_, edge) in edges {
        now += edge;
        most = most.max(now);
    }
    usize::try_from(most).unwrap_or_default().max(usize::from(!exchanges.is_empty()))
}

pub(super) fn judge(episode: &Episode<'_>, abouts: &[About<'_>], basis: &Basis<'_>, log: &mut Log) {
    let (action, cost) = (episode.action, episode.cost);
    if !abouts.is_empty() && action.misbehaviour.is_none() {
        let there = episode.before.users.len() + episode.before.groups.len();
        let most = most(action, there, basis.contract.requests.page);
        let few = cost.requests <= most;
        log.check(&REQUESTS, few, "sequence", &format!("{most} requests at most"), || {
            cost.requests.to_string()
        });
    }
    whole_membership(episode, abouts, basis.contract.group.update, log);
    asks_members(episode, abouts, log);
    overlapping(abouts, log);
    if action.kind == Kind::DeactivateUser && !abouts.is_empty() {
        log.at_step(episode.step);
        log.check(&DEPROVISION, cost.millis < LATE, "time", "5 minutes at most", || {
            format!("{} s", cost.millis / 1_000)
        });
    }
}

/// Requests that an action may cost. Who compares with what is there reads it, page by page.
fn most(action: &Step, there: usize, page: Option<usize>) -> usize {
    MANY * changed(action) + there / page.unwrap_or(PAGE).clamp(1, PAGE)
}

/// How many people and groups an action changes.
fn changed(action: &Step) -> usize {
    fn differ<T: PartialEq>(before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) -> usize {
        let others = after.iter().filter(|(key, one)| before.get(*key) != Some(*one));
        others.count() + before.keys().filter(|key| !after.contains_key(*key)).count()
    }
    let (before, after) = (&action.before, &action.after);
    (differ(&before.people, &after.people) + differ(&before.groups, &after.groups)).max(1)
}

fn whole_membership(
    episode: &Episode<'_>,
    abouts: &[About<'_>],
    update: Option<Update>,
    log: &mut Log,
) {
    let kind = episode.action.kind;
    if !matches!(kind, Kind::RemoveMembers | Kind::RenameGroup) && kind != Kind::AddMembers {
        return;
    }
    if update == Some(Update::Put) {
        return;
    }
    for about in abouts.iter().filter(|one| one.endpoint == Endpoint::Groups) {
        let was = about.id.as_ref().and_then(|id| episode.before.groups.get(id));
        let (Some(was), "PUT" | "PATCH") = (was, about.method()) else { continue };
        let Some(body) = &about.body else { continue };
        let was = ids(was.get("members"));
        if about.method() == "PATCH" && !members::are_changed(body) {
            continue;
        }
        let again = members::named(body).into_iter().filter(|id| was.contains(id)).count();
        log.at(about.exchange);
        let found = || format!("{again} who were in it before");
        log.check(&WHOLE, again == 0, "members", "those who come or go", found);
    }
}

fn ids(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|one| one.get("value")?.as_str()).map(str::to_owned).collect()
}

fn asks_members(episode: &Episode<'_>, abouts: &[About<'_>], log: &mut Log) {
    for about in
        abouts.iter().filter(|one| one.endpoint == Endpoint::Groups && one.method() == "GET")
    {
        let large =
            about.id.as_ref().and_then(|id| episode.before.groups.get(id)).is_some_and(|group| {
                group
                    .get("members")
                    .and_then(Value::as_array)
                    .is_some_and(|list| list.len() >= LARGE)
            });
        if large {
            let named = |parameter: &str| {
                let text = about.parameter(parameter)?.to_ascii_lowercase();
                Some(text.contains("members"))
            };
            let without =
                named("excludedAttributes") == Some(true) || named("attributes") == Some(false);
            log.at(about.exchange);
            log.check(&ASKS_MEMBERS, without, "query", "excludedAttributes=members", || {
                "the whole group".to_owned()
            });
        }
    }
}

fn overlapping(abouts: &[About<'_>], log: &mut Log) {
    let writes: Vec<&About<'_>> = abouts
        .iter()
        .filter(|one| {
            one.id.is_some() && one.exchange.request.is_write() && one.exchange.answer.is_some()
        })
        .collect();
    for pair in writes.windows(2) {
        let [one, other] = pair else { continue };
        if one.exchange.request.path() != other.exchange.request.path() {
            continue;
        }
        log.at(other.exchange);
        let apart = other.exchange.began >= one.exchange.ended;
        log.check(&PARALLEL, apart, "time", "one after the other", || {
            "at the same time".to_owned()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::plan;

    #[test]
    fn what_a_step_costs_is_added_up() {
        let at = |began: u64, ended: u64, connection: u32| Exchange {
            began,
            ended,
            connection,
            ..Exchange::default()
        };
        let cost = Cost::of(&[at(0, 10, 1), at(5, 9, 2), at(10, 12, 1)]);
        assert_eq!((cost.parallel, cost.millis, cost.connections), (2, 12, 2));
        assert_eq!(cost.repeated, 2);
        assert_eq!(Cost::of(&[]), Cost::default());
        // One after the other, within a millisecond each.
        assert_eq!(Cost::of(&[at(0, 0, 1), at(0, 1, 1), at(1, 1, 1)]).parallel, 1);
    }

    #[test]
    fn what_an_action_changes_is_counted() {
        let count = |kind| {
            let steps = plan(|_| true, &[], 7);
            changed(steps.iter().find(|step| step.kind == kind).unwrap())
        };
        let one = [Kind::CreateUser, Kind::AddMembers, Kind::DeleteGroup, Kind::ChangeEmail];
        assert!(one.into_iter().all(|kind| count(kind) == 1));
        assert_eq!((count(Kind::SpecialCharacters), count(Kind::LargeGroup)), (2, 8));
    }

    #[test]
    fn a_provider_with_many_people_may_be_asked_for_all_of_them() {
        let steps = plan(|_| true, &[], 2_000);
        let last = steps.last().unwrap();
        assert_eq!(most(last, 0, None), MANY);
        assert_eq!((most(last, 2_010, None), most(last, 2_010, Some(50))), (MANY + 20, MANY + 40));
    }
}
