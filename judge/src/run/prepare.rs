//! What is done at the provider before and after a step: what somebody else does, and what the
//! script needs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::action::{Kind, Person, Step};
use crate::judgement;
use crate::misbehave::{Misbehaviour, Prepare};
use crate::provider::{BadCertificate, Inside, Provider};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The longest wait for what an answer asked for, in milliseconds.
const LONGEST: u64 = 10_000;

/// Somebody who was deleted and made again.
pub(super) struct Moved {
    /// The id before.
    pub(super) from: String,
    /// The person now.
    pub(super) user: Value,
}

/// Puts there what a step needs; gives who has another id since.
pub(super) async fn before(inside: &Inside, action: &Step) -> Option<Moved> {
    let prepare = action.misbehaviour.and_then(|one| one.prepare);
    let person = action.person()?;
    match prepare {
        None if action.kind == Kind::NameClash => {
            inside.create("/Users", &somebody(person)).await;
        }
        Some(Prepare::PersonIsThere) => {
            inside.create("/Users", &somebody(person)).await;
        }
        Some(Prepare::PersonMoves) => {
            let state = inside.state().await;
            let (id, user) = state.person(&person.user_name)?;
            inside.delete("/Users", id).await;
            let user = inside.create("/Users", &anew(user)).await;
            return Some(Moved { from: id.clone(), user });
        }
        Some(Prepare::PersonIsEdited) => {
            let state = inside.state().await;
            let (id, _) = state.person(&person.user_name)?;
            let value = json!({
                "nickName": "known to others",
                "preferredLanguage": "en-GB",
                ENTERPRISE: { "costCenter": "4711" },
            });
            inside.change("/Users", id, value).await;
        }
        _ => {}
    }
    None
}

/// A person who was there, without what the provider writes itself.
pub(super) fn anew(user: &Value) -> Value {
    let mut user = user.clone();
    if let Some(object) = user.as_object_mut() {
        object.retain(|name, _| !["id", "meta", "groups"].contains(&name.as_str()));
    }
    user
}

/// Begins what the provider does badly.
pub(super) async fn arm(provider: &Provider, what: &Misbehaviour) {
    let bad = match what.prepare {
        Some(Prepare::ExpireTokens) => {
            provider.expire_tokens();
            None
        }
        Some(Prepare::SelfSigned) => Some(BadCertificate::SelfSigned),
        Some(Prepare::OtherHost) => Some(BadCertificate::OtherHost),
        Some(Prepare::Expired) => Some(BadCertificate::Expired),
        _ => None,
    };
    if bad.is_some() {
        // A certificate that could be made at the start can be made now.
        let _ = provider.show_certificate(bad).await;
    }
    provider.script().arm(what);
}

/// Ends it.
pub(super) async fn after(provider: &Provider, action: &Step) {
    if action.misbehaviour.is_some_and(|one| one.needs_tls) {
        let _ = provider.show_certificate(None).await;
    }
}

/// Whether a source may need its next cycle. With a bad certificate nothing may arrive at all.
pub(super) fn has_next_cycle(what: &Misbehaviour) -> bool {
    !what.needs_tls
}

/// Until the next cycle: an outage is over by then, a lasting token that was refused is good
/// again, and the time is over that an answer asked to wait, which a source that has ended cannot
/// do. What happens each time goes on.
pub(super) async fn next_cycle(provider: &Provider, action: &Step, number: usize) {
    let Some(what) = action.misbehaviour else { return };
    if what.meets.times.is_some() {
        provider.script().disarm();
    }
    let expires = what.prepare == Some(Prepare::ExpireTokens);
    let recorder = provider.recorder();
    let asked = judgement::asked_until(&recorder.of_step(number)).saturating_sub(recorder.now());
    let pause = if expires { 1_600 } else { 100 };
    tokio::time::sleep(Duration::from_millis(asked.min(LONGEST).max(pause))).await;
}

/// The person as somebody else would have made them.
fn somebody(person: &Person) -> Value {
    json!({
        "schemas": [CORE],
        "userName": person.user_name,
        "name": { "givenName": person.given_name, "familyName": "Elsewhere" },
        "emails": [{ "type": "work", "value": person.email }],
        "active": true,
    })
}
