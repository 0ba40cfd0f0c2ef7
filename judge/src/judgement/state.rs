//! Whether the provider ends up with what the source has, and nothing else changed.

mod lacks;
mod others;
mod rules;

use serde_json::Value;

use super::{Episode, Log, Rule, came_up};
use crate::action::{Kind, Person};
use crate::contract::Contract;
pub use lacks::{Lack, lacks};
use others::others;
pub(super) use rules::RULES;
use rules::{SENT, UNCHANGED, rule};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Judges a step without a misbehaviour, or in which it did not come up: then nothing else says
/// what became of the action.
pub(super) fn judge(episode: &Episode<'_>, contract: &Contract, log: &mut Log) {
    let action = episode.action;
    let Some(rule) = rule(action.kind) else { return };
    if let Some(what) = action.misbehaviour {
        if !what.needs_tls && !came_up(episode) {
            arrival(episode, rule, log);
        }
        return;
    }
    let wrote = episode.exchanges.iter().any(|one| one.request.is_write());
    if has_nothing_to_clear(episode) {
        // A source may have no titles.
    } else if episode.blocked.is_none() && has_no_managers(episode) {
        if wrote && contract.user.takes(&format!("{ENTERPRISE}:manager")) {
            log.found(&SENT, "manager", "a value", "none".to_owned());
        }
    } else {
        arrival(episode, rule, log);
    }
    let others = others(episode);
    // Who sent nothing has shown nothing.
    if wrote || !others.is_empty() {
        log.looked(&UNCHANGED);
    }
    for one in others {
        one.note(&UNCHANGED, log);
    }
    if action.kind == Kind::CreateUser {
        sent(episode, contract, log);
    }
}

/// What an action wants is there, or is not because of an earlier step.
fn arrival(episode: &Episode<'_>, rule: &'static Rule, log: &mut Log) {
    if let Some(step) = episode.blocked {
        log.blocked(rule, step);
        return;
    }
    log.looked(rule);
    for one in episode.lacks {
        one.note(rule, log);
    }
}

/// Whether there was no title to take away.
fn has_nothing_to_clear(episode: &Episode<'_>) -> bool {
    let had = episode.action.person().and_then(|one| episode.before.person(&one.user_name));
    episode.action.kind == Kind::ClearValue
        && had.is_none_or(|(_, user)| value(user, "title").is_none())
}

/// Whether a source shows no sign of knowing managers: then nothing is known of how it changes them.
fn has_no_managers(episode: &Episode<'_>) -> bool {
    if !matches!(episode.action.kind, Kind::SetManager | Kind::ClearManager) {
        return false;
    }
    let had = episode.action.person().and_then(|one| episode.before.person(&one.user_name));
    let writes = episode.exchanges.iter().filter(|one| one.request.is_write());
    !had.is_some_and(|(_, user)| has_manager(user))
        && !writes.into_iter().any(|one| one.request.body.text().contains("manager"))
}

fn has_manager(user: &Value) -> bool {
    user.get(ENTERPRISE).is_some_and(|one| one.get("manager").is_some())
}

/// What was never sent, and the product would take.
fn sent(episode: &Episode<'_>, contract: &Contract, log: &mut Log) {
    let Some(person) = episode.action.person() else { return };
    let Some((_, user)) = episode.after.person(&person.user_name) else { return };
    log.looked(&SENT);
    for (name, _) in wanted(person) {
        let path = match name {
            "externalId" | "displayName" => continue,
            "givenName" | "familyName" => "name".to_owned(),
            "email" => "emails".to_owned(),
            "department" => format!("{ENTERPRISE}:department"),
            _ => name.to_owned(),
        };
        if contract.user.takes(&path) && value(user, name).is_none() {
            log.found(&SENT, name, "a value", "none".to_owned());
        }
    }
}

/// A person's values by their names here.
fn wanted(person: &Person) -> [(&'static str, &str); 7] {
    [
        ("givenName", &person.given_name),
        ("familyName", &person.family_name),
        ("displayName", &person.display_name),
        ("email", &person.email),
        ("title", person.title.as_deref().unwrap_or_default()),
        ("department", &person.department),
        ("externalId", &person.external_id),
    ]
}

/// A value of a user by its name here.
pub(crate) fn value(user: &Value, name: &str) -> Option<String> {
    let found = match name {
        "givenName" | "familyName" => user.get("name")?.get(name),
        "department" => user.get(ENTERPRISE)?.get(name),
        "email" => {
            let all = user.get("emails")?.as_array()?;
            let work = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("work");
            let primary = |one: &&Value| one.get("primary").and_then(Value::as_bool) == Some(true);
            let one = all.iter().find(work).or_else(|| all.iter().find(primary)).or(all.first());
            one?.get("value")
        }
        _ => user.get(name),
    };
    found?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests;
