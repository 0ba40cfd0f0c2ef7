//! Odd and legal answers: statuses, headers, times.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::Decoy;
use crate::exchange::{Answered, Asked, Wire};
use crate::fault::{Act, Answering};
use crate::inner::Inner;

pub(super) const DECOYS: &[Decoy] = &[
    Decoy {
        id: "patch-204",
        does: "PATCH answers 204",
        permitted: "RFC 7644, 3.5.2",
        act: Act::Response(|asked, answered| {
            if asked.method == Method::PATCH && answered.status == 200 && !asks_for_parts(asked) {
                *answered = Answered::empty(204);
            }
        }),
    },
    Decoy {
        id: "patch-200",
        does: "PATCH of a group answers 200 with the group",
        permitted: "RFC 7644, 3.5.2",
        act: Act::Whole(patch_with_a_body),
    },
    Decoy {
        id: "charset",
        does: "answers say `charset=utf-8`",
        permitted: "RFC 7644, 8.1",
        act: Act::Response(|_, answered| {
            if answered.headers.contains_key("content-type") {
                answered.set_header("content-type", "application/scim+json; charset=utf-8");
            }
        }),
    },
    Decoy {
        id: "extra-headers",
        does: "answers have headers of their own",
        permitted: "RFC 9110, 5.1",
        act: Act::Response(|_, answered| {
            answered.set_header("x-request-id", "0190f5c4-1b7a");
            answered.set_header("strict-transport-security", "max-age=63072000");
            answered.set_header("vary", "accept, authorization");
        }),
    },
    Decoy {
        id: "chunked",
        does: "bodies come in chunks of 64 bytes",
        permitted: "RFC 9112, 7.1",
        act: Act::Response(|_, answered| {
            if !answered.body.is_empty() {
                answered.wire = Wire::Chunks(64);
            }
        }),
    },
    Decoy {
        id: "closing",
        does: "the connection ends after each answer",
        permitted: "RFC 9112, 9.6",
        act: Act::Response(|_, answered| answered.set_header("connection", "close")),
    },
    Decoy {
        id: "slow",
        does: "each answer takes 20 ms more",
        permitted: "no RFC limits it",
        act: Act::Whole(slowly),
    },
    Decoy {
        id: "throttled",
        does: "every fortieth request is answered 429 with seconds to wait",
        permitted: "RFC 6585, 4",
        act: Act::Whole(|inner, asked| throttling(inner, asked, Some("0"))),
    },
    Decoy {
        id: "throttled-without-a-time",
        does: "every fortieth request is answered 429 without a time",
        permitted: "RFC 6585, 4",
        act: Act::Whole(|inner, asked| throttling(inner, asked, None)),
    },
    Decoy {
        id: "no-keyword",
        does: "errors have no `scimType` where the RFC does not demand one",
        permitted: "RFC 7644, 3.12: scimType is optional",
        act: Act::Response(|_, answered| {
            if answered.status == 400 {
                answered.edit(|body| {
                    let keyword = body.get("scimType").and_then(Value::as_str).unwrap_or_default();
                    if matches!(keyword, "invalidSyntax" | "invalidValue")
                        && let Some(body) = body.as_object_mut()
                    {
                        body.remove("scimType");
                    }
                });
            }
        }),
    },
    Decoy {
        id: "no-detail",
        does: "errors have no `detail`",
        permitted: "RFC 7644, 3.12: detail is optional",
        act: Act::Response(|asked, answered| {
            // Bulk has to say which limit it was (3.7.4), a filter which operator (3.4.2.2).
            let wanted = asked.parameter("filter").is_some() || answered.status == 413;
            if answered.status >= 400 && !wanted {
                answered.edit(|body| {
                    body.as_object_mut().map(|body| body.remove("detail"));
                });
            }
        }),
    },
    Decoy {
        id: "extra-members-of-errors",
        does: "errors have members of their own",
        permitted: "RFC 7644, 3.12",
        act: Act::Response(|_, answered| {
            if answered.status >= 400 {
                answered.edit(|body| {
                    body.as_object_mut()
                        .map(|body| body.insert("traceId".to_owned(), json!("4bf92f35")));
                });
            }
        }),
    },
    Decoy {
        id: "strong-tags",
        does: "ETags are strong",
        permitted: "RFC 7644, 3.14",
        act: Act::Whole(strong_tags),
    },
    Decoy {
        id: "put-keeps",
        does: "PUT keeps what is left out, and clears what is null or []",
        permitted: "RFC 7644, 3.5.1: omitted attributes may count as not asserted",
        act: Act::Whole(put_keeps),
    },
    Decoy {
        id: "not-found-for-methods",
        does: "a method that an endpoint does not have is answered 404",
        permitted: "RFC 7644, 3.12: 501 is one way to say it",
        act: Act::Response(|asked, answered| {
            if answered.status == 405 {
                *answered = Answered::error(404, "", &format!("no route for {}", asked.method));
            }
        }),
    },
];

/// The place of a resource below the base path.
fn place(asked: &Asked) -> String {
    format!("/{}", asked.segments().join("/"))
}

fn asks_for_parts(asked: &Asked) -> bool {
    ["attributes", "excludedAttributes"].iter().any(|name| asked.parameter(name).is_some())
}

fn patch_with_a_body(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let is_patch = asked.method == Method::PATCH && asked.any_id().is_some();
        let answered = inner.answer(asked.clone()).await;
        if !is_patch || answered.status != 204 {
            return answered;
        }
        let read = inner.answer(asked.like(Method::GET, &place(&asked), None)).await;
        if read.is_success() { read } else { answered }
    })
}

fn slowly(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        inner.answer(asked).await
    })
}

fn throttling<'a>(inner: &'a Inner, asked: Asked, after: Option<&'static str>) -> Answering<'a> {
    Box::pin(async move {
        if !inner.count("requests").is_multiple_of(40) {
            return inner.answer(asked).await;
        }
        let mut answered = Answered::error(429, "", "too many requests");
        if let Some(after) = after {
            answered.set_header("retry-after", after);
        }
        answered
    })
}

/// Tags without `W/`, in the header and in `meta.version`, of whole representations. They are
/// compared as before.
fn strong_tags(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        for name in ["if-match", "if-none-match"] {
            let weak = asked.header(name).map(|tags| {
                tags.split(", ")
                    .map(
                        |tag| {
                            if tag.starts_with('"') { format!("W/{tag}") } else { tag.to_owned() }
                        },
                    )
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            if let Some(value) = weak.and_then(|text| text.parse().ok()) {
                asked.headers.insert(name, value);
            }
        }
        let whole = !asks_for_parts(&asked);
        let mut answered = inner.answer(asked).await;
        if !whole {
            return answered;
        }
        let tag = answered.headers.get("etag").and_then(|tag| tag.to_str().ok());
        if let Some(tag) = tag.map(|tag| tag.trim_start_matches("W/").to_owned()) {
            answered.set_header("etag", &tag);
        }
        answered.each_resource(|one| {
            if let Some(version) = one.pointer_mut("/meta/version") {
                let tag = version.as_str().unwrap_or_default().trim_start_matches("W/").to_owned();
                *version = json!(tag);
            }
        });
        answered
    })
}

fn put_keeps(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.method == Method::PUT
            && asked.any_id().is_some()
            && let (Some(Value::Object(mut there)), Some(Value::Object(sent))) =
                (inner.get(&asked, &place(&asked)).await, asked.json())
        {
            let same = |name: &String| sent.keys().any(|one| one.eq_ignore_ascii_case(name));
            there.retain(|name, _| !same(name));
            there.extend(sent);
            asked.set_json(&Value::Object(there));
        }
        inner.answer(asked).await
    })
}
