//! What a server need not offer, and says so.

use http::Method;
use serde_json::{Value, json};

use super::Decoy;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering};
use crate::inner::Inner;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(super) const DECOYS: &[Decoy] = &[
    Decoy {
        id: "no-filter",
        does: "filters are not offered",
        permitted: "RFC 7644, 3.4.2.2",
        act: Act::Whole(without_filters),
    },
    Decoy {
        id: "no-sort",
        does: "sorting is not offered, and `sortBy` is left out of account",
        permitted: "RFC 7644, 3.4.2.3",
        act: Act::Whole(without_sorting),
    },
    Decoy {
        id: "no-bulk",
        does: "bulk is not offered",
        permitted: "RFC 7644, 3.7",
        act: Act::Whole(without_bulk),
    },
    Decoy {
        id: "no-patch",
        does: "PATCH is not offered",
        permitted: "RFC 7644, 3.5",
        act: Act::Whole(without_patch),
    },
    Decoy {
        id: "no-etag",
        does: "ETags are not offered, and there are none",
        permitted: "RFC 7644, 3.14",
        act: Act::Whole(without_tags),
    },
    Decoy {
        id: "no-cursor",
        does: "pages by cursor are not offered, and `cursor` is an unknown parameter",
        permitted: "RFC 9865, 4",
        act: Act::Whole(without_cursors),
    },
    Decoy {
        id: "no-enterprise",
        does: "the enterprise extension is not offered",
        permitted: "RFC 7643, 4.3",
        act: Act::Whole(without_enterprise),
    },
    Decoy {
        id: "lower-cap",
        does: "no page has more than three resources",
        permitted: "RFC 7644, 3.4.2.4",
        act: Act::Whole(short_pages),
    },
    Decoy {
        id: "more-configuration",
        does: "ServiceProviderConfig has attributes of its own",
        permitted: "RFC 7643, 5",
        act: Act::Response(|asked, answered| {
            if asked.is_at("/ServiceProviderConfig") {
                answered.edit(|body| {
                    if let Some(body) = body.as_object_mut() {
                        body.insert("xmlDataFormat".to_owned(), json!({ "supported": false }));
                        body.insert("rateLimit".to_owned(), json!({ "perMinute": 600 }));
                    }
                });
            }
        }),
    },
    Decoy {
        id: "more-schemas",
        does: "schemas describe attributes of the server's own",
        permitted: "RFC 7643, 7",
        act: Act::Response(|asked, answered| {
            if asked.segments().first() == Some(&"Schemas") {
                answered.each_resource(|schema| {
                    if let Some(attributes) =
                        schema.get_mut("attributes").and_then(Value::as_array_mut)
                    {
                        attributes.push(json!({
                            "name": "badge", "type": "string", "multiValued": false,
                            "description": "The colour of a badge", "required": false,
                            "caseExact": false, "mutability": "readOnly",
                            "returned": "default", "uniqueness": "none",
                        }));
                    }
                });
            }
        }),
    },
    Decoy {
        id: "fewer-attributes",
        does: "the schema of User has neither `nickName` nor `ims` nor `photos`",
        permitted: "RFC 7644, 3.1: a provider may support a subset",
        act: Act::Whole(fewer_attributes),
    },
    Decoy {
        id: "private-discovery",
        does: "discovery needs a credential, ServiceProviderConfig too",
        permitted: "RFC 7644, 4: may be restricted",
        act: Act::Refuse(|asked| {
            let discovery = asked.is_at("/ServiceProviderConfig");
            let stranger = discovery && asked.header("authorization").is_none();
            stranger.then(|| {
                let mut answered = Answered::error(401, "", "send a token");
                answered.set_header("www-authenticate", "Bearer realm=\"scim\"");
                answered
            })
        }),
    },
];

/// Says in ServiceProviderConfig that a feature is not there.
fn unsaid(asked: &Asked, answered: &mut Answered, pointer: &str) {
    if asked.is_at("/ServiceProviderConfig") {
        answered.edit(|body| {
            if let Some(said) = body.pointer_mut(pointer) {
                *said = json!(false);
            }
        });
    }
}

fn without_filters(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let mut answered = inner.answer(asked.clone()).await;
        // Who may not come in is told so first.
        if asked.is_query() && asked.parameter("filter").is_some() && answered.is_success() {
            return Answered::error(400, "invalidFilter", "filters are not supported");
        }
        unsaid(&asked, &mut answered, "/filter/supported");
        answered
    })
}

fn without_sorting(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is_query() {
            asked.drop_parameter("sortBy");
            asked.drop_parameter("sortOrder");
        }
        let mut answered = inner.answer(asked.clone()).await;
        unsaid(&asked, &mut answered, "/sort/supported");
        answered
    })
}

fn without_bulk(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is_at("/Bulk") && asked.header("authorization").is_some() {
            return Answered::error(501, "", "bulk is not supported");
        }
        let mut answered = inner.answer(asked.clone()).await;
        unsaid(&asked, &mut answered, "/bulk/supported");
        answered
    })
}

fn without_patch(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        // Who may not come in is told so first.
        if asked.method == Method::PATCH {
            let mut asking = asked.clone();
            asking.body = bytes::Bytes::from_static(b"{}");
            let refused = inner.answer(asking).await;
            if matches!(refused.status, 401 | 403) {
                return refused;
            }
            return Answered::error(501, "", "PATCH is not supported");
        }
        let mut answered = inner.answer(asked.clone()).await;
        unsaid(&asked, &mut answered, "/patch/supported");
        answered
    })
}

fn without_tags(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        asked.headers.remove("if-match");
        asked.headers.remove("if-none-match");
        let mut answered = inner.answer(asked.clone()).await;
        unsaid(&asked, &mut answered, "/etag/supported");
        answered.headers.remove("etag");
        answered.each_resource(|one| {
            if let Some(meta) = one.get_mut("meta").and_then(Value::as_object_mut) {
                meta.remove("version");
            }
        });
        answered
    })
}

fn without_cursors(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is_query() {
            asked.drop_parameter("cursor");
        }
        let mut answered = inner.answer(asked.clone()).await;
        unsaid(&asked, &mut answered, "/pagination/cursor");
        if asked.is_query() {
            answered.edit(|body| {
                if let Some(body) = body.as_object_mut() {
                    body.remove("nextCursor");
                    body.remove("previousCursor");
                }
            });
        }
        answered
    })
}

/// An attribute or a schema that is not there is not stored, either.
fn without_enterprise(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.segments() == ["Schemas", ENTERPRISE] {
            return Answered::error(404, "", "no such schema");
        }
        asked.edit(drop_enterprise);
        let mut answered = inner.answer(asked.clone()).await;
        answered.each_resource(drop_enterprise);
        answered.retain(|one| one.get("id") != Some(&json!(ENTERPRISE)));
        answered
    })
}

fn drop_enterprise(one: &mut Value) {
    if let Some(one) = one.as_object_mut() {
        one.remove(ENTERPRISE);
    }
    if let Some(schemas) = one.get_mut("schemas").and_then(Value::as_array_mut) {
        schemas.retain(|urn| urn != ENTERPRISE);
    }
    if let Some(extensions) = one.get_mut("schemaExtensions").and_then(Value::as_array_mut) {
        extensions.retain(|one| one.get("schema") != Some(&json!(ENTERPRISE)));
    }
}

fn short_pages(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is_query() {
            let count = asked.parameter("count").and_then(|count| count.parse::<i64>().ok());
            if count.is_none_or(|count| count > 3) {
                asked.set_parameter("count", "3");
            }
        }
        let mut answered = inner.answer(asked.clone()).await;
        if asked.is_at("/ServiceProviderConfig") {
            answered.edit(|body| {
                for pointer in
                    ["/filter/maxResults", "/pagination/maxPageSize", "/pagination/defaultPageSize"]
                {
                    if let Some(limit) = body.pointer_mut(pointer) {
                        *limit = json!(3);
                    }
                }
            });
        }
        answered
    })
}

const FEWER: &[&str] = &["nickName", "ims", "photos"];

fn fewer_attributes(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if matches!(asked.method, Method::POST | Method::PUT) {
            asked.edit(drop_some);
        }
        let mut answered = inner.answer(asked.clone()).await;
        answered.each_resource(|one| {
            drop_some(one);
            if let Some(attributes) = one.get_mut("attributes").and_then(Value::as_array_mut) {
                let is_left = |one: &Value| {
                    let name = one.get("name").and_then(Value::as_str).unwrap_or_default();
                    !FEWER.contains(&name)
                };
                attributes.retain(is_left);
            }
        });
        answered
    })
}

fn drop_some(one: &mut Value) {
    if let Some(one) = one.as_object_mut() {
        one.retain(|name, _| !FEWER.contains(&name.as_str()));
    }
}
