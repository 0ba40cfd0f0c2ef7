//! Odd and legal forms of what is said.

use std::sync::LazyLock;

use http::Method;
use regex::{Captures, Regex};
use serde_json::{Value, json};

use super::Decoy;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering};
use crate::faults::expression;
use crate::faults::operations::text;
use crate::inner::Inner;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const ACME: &str = "urn:example:acme:2.0";

pub(super) const DECOYS: &[Decoy] = &[
    Decoy {
        id: "no-resources",
        does: "`Resources` is left out where nothing is found",
        permitted: "RFC 7644, 3.4.2: required only if totalResults is not 0",
        act: Act::Response(|asked, answered| nothing_found(asked, answered, None)),
    },
    Decoy {
        id: "null-resources",
        does: "`Resources` is null where nothing is found",
        permitted: "RFC 7643, 2.5",
        act: Act::Response(|asked, answered| nothing_found(asked, answered, Some(Value::Null))),
    },
    Decoy {
        id: "extra-members",
        does: "resources and lists have members of their own schema",
        permitted: "RFC 7643, 3.3",
        act: Act::Response(|asked, answered| {
            answered.each_resource(|one| {
                if let Some(one) = one.as_object_mut().filter(|one| one.contains_key("meta")) {
                    one.insert(format!("{ACME}:User"), json!({ "badge": "blue" }));
                    if let Some(schemas) = one.get_mut("schemas").and_then(Value::as_array_mut) {
                        schemas.push(json!(format!("{ACME}:User")));
                    }
                }
            });
            if asked.is_query() {
                answered.edit(|body| {
                    body.as_object_mut().map(|body| body.insert("took".to_owned(), json!(4)));
                });
            }
        }),
    },
    Decoy {
        id: "other-case",
        does: "names of members of resources are in other case",
        permitted: "RFC 7643, 2.1",
        act: Act::Response(|_, answered| answered.each_resource(in_other_case)),
    },
    Decoy {
        id: "turned-schemas",
        does: "`schemas` stand in the opposite order",
        permitted: "RFC 7643, 3",
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                if let Some(schemas) = one.get_mut("schemas").and_then(Value::as_array_mut) {
                    schemas.reverse();
                }
            });
        }),
    },
    Decoy {
        id: "turned-lists",
        does: "values of lists stand in the opposite order",
        permitted: "RFC 7643, 2.4: no order is promised",
        act: Act::Response(|asked, answered| {
            if asked.segments().first().is_some_and(|kind| matches!(*kind, "Users" | "Groups")) {
                answered.each_resource(|one| {
                    for list in ["emails", "phoneNumbers", "members", "groups", "addresses"] {
                        if let Some(list) = one.get_mut(list).and_then(Value::as_array_mut) {
                            list.reverse();
                        }
                    }
                });
            }
        }),
    },
    Decoy {
        id: "nulls",
        does: "unassigned attributes are shown as null and []",
        permitted: "RFC 7643, 2.5",
        act: Act::Response(|asked, answered| {
            if asked.parameter("attributes").is_none()
                && asked.parameter("excludedAttributes").is_none()
            {
                answered.each_resource(|one| {
                    if let Some(one) =
                        one.as_object_mut().filter(|one| one.contains_key("userName"))
                    {
                        for name in ["nickName", "title", "profileUrl", "preferredLanguage"] {
                            one.entry(name).or_insert(Value::Null);
                        }
                        for name in ["phoneNumbers", "photos", "roles"] {
                            one.entry(name).or_insert(json!([]));
                        }
                    }
                });
            }
        }),
    },
    Decoy {
        id: "null-parts",
        does: "parts that have no value are shown as null",
        permitted: "RFC 7643, 2.5",
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                for list in ["emails", "phoneNumbers"] {
                    for value in
                        one.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
                    {
                        if let Some(value) =
                            value.as_object_mut().filter(|value| value.contains_key("value"))
                        {
                            value.entry("display").or_insert(Value::Null);
                        }
                    }
                }
            });
        }),
    },
    Decoy {
        id: "empty-extension",
        does: "`schemas` names the enterprise extension though nothing of it is there",
        permitted: "RFC 7643, 3.3: schemas that may be in the resource",
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                let is_user = one.get("userName").is_some() && one.get(ENTERPRISE).is_none();
                if let (true, Some(schemas)) =
                    (is_user, one.get_mut("schemas").and_then(Value::as_array_mut))
                    && !schemas.iter().any(|urn| urn == ENTERPRISE)
                {
                    schemas.push(json!(ENTERPRISE));
                }
            });
        }),
    },
    Decoy {
        id: "no-version",
        does: "`meta` has no `version`",
        permitted: "RFC 7643, 3.1: version is optional",
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                if let Some(meta) = one.get_mut("meta").and_then(Value::as_object_mut) {
                    meta.remove("version");
                }
            });
        }),
    },
    Decoy {
        id: "other-ids",
        does: "ids are no UUIDs",
        permitted: "RFC 7643, 3.1: an id is any text",
        act: Act::Whole(other_ids),
    },
    Decoy {
        id: "lower-case-addresses",
        does: "mail addresses are stored in lower case",
        permitted: "RFC 7643, 7: what is not caseExact may be altered in case",
        act: Act::Request(addresses_lowered),
    },
    Decoy {
        id: "no-display",
        does: "members have neither `display` nor `$ref` nor `type`",
        permitted: "RFC 7643, 4.2",
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                for member in
                    one.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten()
                {
                    if let Some(member) = member.as_object_mut() {
                        member.retain(|name, _| name == "value");
                    }
                }
            });
        }),
    },
    Decoy {
        id: "offset-times",
        does: "times are those of a clock in another zone",
        permitted: "RFC 7643, 2.3.5",
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                for name in ["created", "lastModified"] {
                    if let Some(time) = one.pointer_mut(&format!("/meta/{name}")) {
                        let text = time.as_str().unwrap_or_default();
                        *time = json!(text.strip_suffix('Z').map(|text| format!("{text}+00:00")));
                    }
                }
            });
        }),
    },
    Decoy {
        id: "dangling",
        does: "who was deleted stays a member",
        permitted: "RFC 7643, 2.3.7: referential integrity is the server's choice",
        act: Act::Whole(members_dangle),
    },
];

fn nothing_found(asked: &Asked, answered: &mut Answered, resources: Option<Value>) {
    if !asked.is_query() {
        return;
    }
    answered.edit(|body| {
        if body.get("totalResults") == Some(&json!(0))
            && let Some(body) = body.as_object_mut()
        {
            body.remove("Resources");
            if let Some(resources) = resources {
                body.insert("Resources".to_owned(), resources);
            }
        }
    });
}

/// Letters of the other case at the beginning of names; URNs stay.
fn in_other_case(one: &mut Value) {
    let Some(entries) = one.as_object_mut() else { return };
    let turned = std::mem::take(entries).into_iter().map(|(name, value)| {
        let mut letters = name.chars();
        match letters.next() {
            Some(first)
                if first.is_ascii_lowercase() && !name.contains(':') && name != "schemas" =>
            {
                (first.to_ascii_uppercase().to_string() + letters.as_str(), value)
            }
            _ => (name, value),
        }
    });
    *entries = turned.collect();
}

/// The beginning of ids outside.
const OTHER: &str = "usr.";

/// Ids have another form outside. Inside they are UUIDs, whose text is found by its form.
fn other_ids(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        asked.path = asked.path.replace(OTHER, "");
        asked.query = asked.query.map(|query| query.replace(OTHER, ""));
        let body = String::from_utf8_lossy(&asked.body);
        if body.contains(OTHER) {
            // As long as it was, for limits count bytes; JSON permits blanks at its end.
            let mut shorter = body.replace(OTHER, "");
            shorter.push_str(&" ".repeat(body.len().saturating_sub(shorter.len())));
            asked.body = shorter.into();
        }
        let mut answered = inner.answer(asked).await;
        if let Ok(body) = String::from_utf8(answered.body.to_vec()) {
            answered.body = outside(&body).into();
        }
        for name in ["location", "content-location"] {
            let value = answered.headers.get(name).and_then(|value| value.to_str().ok());
            if let Some(value) = value.map(outside) {
                answered.set_header(name, &value);
            }
        }
        answered
    })
}

fn outside(text: &str) -> String {
    UUID.replace_all(text, |found: &Captures<'_>| format!("{OTHER}{}", &found[0])).into_owned()
}

static UUID: LazyLock<Regex> =
    LazyLock::new(|| expression(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));

fn addresses_lowered(asked: &mut Asked) {
    if asked.method != Method::POST || !asked.is_at("/Users") {
        return;
    }
    asked.edit(|body| {
        let emails = body.get_mut("emails").and_then(Value::as_array_mut);
        for email in emails.into_iter().flatten() {
            if let Some(value) = email.get_mut("value").filter(|value| value.is_string()) {
                *value = json!(value.as_str().unwrap_or_default().to_lowercase());
            }
        }
    });
}

fn members_dangle(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let user = match asked.id("Users").filter(|_| asked.method == Method::DELETE) {
            Some(_) => {
                inner
                    .get(&asked, &format!("/Users/{}", asked.id("Users").unwrap_or_default()))
                    .await
            }
            None => None,
        };
        let mut answered = inner.answer(asked).await;
        if let (Some(user), true) = (user, answered.is_success()) {
            for group in user.get("groups").and_then(Value::as_array).into_iter().flatten() {
                let name = format!("dangling {}", text(group, "value"));
                let mut all = inner.recall(&name).unwrap_or(json!([]));
                let member =
                    json!({ "value": text(&user, "id"), "display": text(&user, "displayName") });
                all.as_array_mut().map(|all| all.push(member)).unwrap_or_default();
                inner.remember(name, all);
            }
        }
        answered.each_resource(|one| {
            let dangling = inner.recall(&format!("dangling {}", text(one, "id")));
            if let (Some(Value::Array(dangling)), Some(one)) = (dangling, one.as_object_mut()) {
                let all = one.entry("members").or_insert(json!([]));
                all.as_array_mut().map(|all| all.extend(dangling)).unwrap_or_default();
            }
        });
        answered
    })
}
