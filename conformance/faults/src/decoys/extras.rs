//! What a server may offer besides, and says so.

use http::Method;
use serde_json::{Value, json};

use super::Decoy;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering};
use crate::faults::operations::text;
use crate::host::BASE;
use crate::inner::Inner;

pub(super) const DECOYS: &[Decoy] = &[
    Decoy {
        id: "me",
        does: "`/Me` is a user, whose address stands in `Location`",
        permitted: "RFC 7644, 3.11",
        act: Act::Whole(me),
    },
    Decoy {
        id: "change-password",
        does: "passwords can be changed, and the configuration says so",
        permitted: "RFC 7643, 5",
        act: Act::Response(|asked, answered| {
            if asked.is_at("/ServiceProviderConfig") {
                answered.edit(|body| {
                    if let Some(said) = body.pointer_mut("/changePassword/supported") {
                        *said = json!(true);
                    }
                });
            }
        }),
    },
];

/// The name of the user that the run's own credential stands for.
const CALLER: &str = "caller@directory.example";

/// The run's own credential is a user; others are none.
fn me(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let own = asked.header("authorization") == Some(inner.authorization());
        if asked.segments() != ["Me"] || !own {
            return inner.answer(asked).await;
        }
        if asked.method == Method::POST || asked.method == Method::DELETE {
            return Answered::error(501, "", "nobody is made or deleted at `/Me`");
        }
        let caller = caller(inner, &asked).await.unwrap_or_default();
        asked.path = format!("{BASE}/Users/{}", text(&caller, "id"));
        let mut answered = inner.answer(asked).await;
        let place = caller.pointer("/meta/location").and_then(Value::as_str);
        answered.set_header("location", place.unwrap_or_default());
        answered
    })
}

/// She is made when somebody asks for her first.
async fn caller(inner: &Inner, asked: &Asked) -> Option<Value> {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": CALLER,
    });
    let made = inner.answer(asked.like(Method::POST, "/Users", Some(&body))).await;
    if made.is_success() {
        return made.json();
    }
    let found = inner.get(asked, &format!("/Users?filter=userName%20eq%20%22{CALLER}%22")).await?;
    found.pointer("/Resources/0").cloned()
}
