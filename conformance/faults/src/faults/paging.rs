//! Pages and their order.

use http::Method;
use serde_json::{Value, json};

use super::Section;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Pages and order", faults: FAULTS, left: &[], of_the_survey: true };

const FAULTS: &[Fault] = &[
    Fault {
        id: "PAG-01",
        does: "`startIndex` counts from 0",
        breaks: &["RFC7644-3.4.2.4-04", "RFC7644-3.4.2.4-11"],
        severity: Severity::Breaks,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Whole(from_zero),
    },
    Fault {
        id: "PAG-02a",
        does: "`startIndex` in the answer is 0",
        breaks: &["RFC7644-3.4.2.4-04", "RFC7644-3.4.2.4-11", "RFC7644-3.4.2-08"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Response(|asked, answered| set_number(asked, answered, "startIndex", json!(0))),
    },
    Fault {
        id: "PAG-02b",
        does: "`startIndex` is left out of the answer",
        breaks: &["RFC7644-3.4.2.4-04", "RFC7644-3.4.2-08"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.is_query() {
                answered.edit(|body| {
                    body.as_object_mut().map(|body| body.remove("startIndex"));
                });
            }
        }),
    },
    Fault {
        id: "PAG-03",
        does: "`startIndex` below 1 is refused",
        breaks: &["RFC7644-3.4.2.4-03"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Refuse(|asked| {
            let low = number(asked, "startIndex").is_some_and(|start| start < 1);
            low.then(|| Answered::error(400, "invalidValue", "startIndex must be positive"))
        }),
    },
    Fault {
        id: "PAG-04",
        does: "`startIndex` is taken for the number of a page",
        breaks: &["RFC7644-3.4.2.4-04", "RFC7644-3.4.2.4-12"],
        severity: Severity::Breaks,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/walk",
        dialect: None,
        act: Act::Whole(number_of_page),
    },
    Fault {
        id: "PAG-05",
        does: "`totalResults` is the length of the page",
        breaks: &["RFC7644-3.4.2-05", "RFC7644-3.4.2-06", "RFC7644-3.4.2.4-12"],
        severity: Severity::Breaks,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Response(total_of_page),
    },
    Fault {
        id: "PAG-08a",
        does: "`count=0` returns resources",
        breaks: &["RFC7644-3.4.2.4-09", "RFC9865-2-04"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Request(|asked| {
            if number(asked, "count") == Some(0) {
                asked.drop_parameter("count");
            }
        }),
    },
    Fault {
        id: "PAG-08b",
        does: "`count=0` is refused",
        breaks: &["RFC7644-3.4.2.4-09", "RFC9865-2-04"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Refuse(|asked| {
            let none = number(asked, "count") == Some(0) && asked.parameter("filter").is_some();
            none.then(|| Answered::error(400, "invalidValue", "count must be positive"))
        }),
    },
    Fault {
        id: "PAG-10",
        does: "a page has one resource more than `count`",
        breaks: &["RFC7644-3.4.2.4-06"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.4-paging/pages",
        dialect: None,
        act: Act::Request(|asked| {
            if let Some(count) = number(asked, "count").filter(|count| *count > 0) {
                asked.set_parameter("count", &count.saturating_add(1).to_string());
            }
        }),
    },
    Fault {
        id: "PAG-12",
        does: "numbers of a list are text",
        breaks: &["RFC7644-3.4.2-05", "RFC7644-3.4.2.4-11", "RFC7643-2.3.4-01"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2-query/numbers",
        dialect: None,
        act: Act::Response(numbers_as_text),
    },
    Fault {
        id: "PAG-13",
        does: "the filter is applied after the page is cut",
        breaks: &["RFC7644-3.4.2-05", "RFC7644-3.4.2-07", "RFC7644-3.4.2-06", "RFC7644-3.4.2.4-07"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2-query/numbers",
        dialect: None,
        act: Act::Whole(filter_after_page),
    },
    Fault {
        id: "PAG-14a",
        does: "`Resources` is left out of a page that has some",
        breaks: &["RFC7644-3.4.2-07", "RFC7644-3.4.2-04", "RFC7644-3.4.2.2-04"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2-query/envelope",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.is_query() {
                answered.edit(|body| {
                    body.as_object_mut().map(|body| body.remove("Resources"));
                });
            }
        }),
    },
    Fault {
        id: "PAG-14b",
        does: "`Resources` with one entry is that entry, not a list",
        breaks: &["RFC7644-3.4.2-07", "RFC7644-3.4.2-04", "RFC7644-3.4.2.2-04"],
        severity: Severity::Breaks,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.2-filter/any-value-once",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.is_query() {
                answered.edit(|body| {
                    if let Some(resources) = body.get_mut("Resources")
                        && let Some([one]) = resources.as_array().map(Vec::as_slice)
                    {
                        *resources = one.clone();
                    }
                });
            }
        }),
    },
    Fault {
        id: "PAG-15",
        does: "pages are longer than `filter.maxResults`",
        breaks: &["RFC7643-5-11"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7643/5-service-provider-config/max-results-is-a-limit",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.is_at("/ServiceProviderConfig") {
                answered.edit(|body| {
                    if let Some(limit) = body.pointer_mut("/filter/maxResults") {
                        *limit = json!(2);
                    }
                });
            }
        }),
    },
    Fault {
        id: "PAG-16a",
        does: "a cursor that was never given starts from the beginning",
        breaks: &["RFC9865-2.1-01", "RFC9865-2.1-02", "RFC9865-5.2-05"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc9865/2-cursor/forged",
        dialect: None,
        act: Act::Whole(any_cursor),
    },
    Fault {
        id: "PAG-16b",
        does: "a cursor shows its tenant's people to another tenant",
        breaks: &["RFC9865-5.2-01", "RFC7644-6.1-03"],
        severity: Severity::Silent,
        layer: Layer::Paging,
        caught_by: "rfc9865/5.2-security/of-another-tenant",
        dialect: None,
        act: Act::Whole(cursor_of_all),
    },
    Fault {
        id: "PAG-17a",
        does: "`sortBy` is left out of account",
        breaks: &["RFC7644-3.4.2.3-03"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.3-sort/ascending",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.is_query() {
                asked.drop_parameter("sortBy");
            }
        }),
    },
    Fault {
        id: "PAG-17b",
        does: "the case of letters counts when sorting",
        breaks: &["RFC7644-3.4.2.3-09"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.3-sort/case",
        dialect: None,
        act: Act::Response(sorted_by_bytes),
    },
    Fault {
        id: "PAG-17c",
        does: "who has no value comes first when sorted upwards",
        breaks: &["RFC7644-3.4.2.3-06"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.4.2.3-sort/without-a-value",
        dialect: None,
        act: Act::Response(nothing_first),
    },
];

/// A number of a query.
fn number(asked: &Asked, name: &str) -> Option<i64> {
    if asked.is_query() { asked.parameter(name)?.trim().parse().ok() } else { None }
}

fn set_number(asked: &Asked, answered: &mut Answered, name: &str, value: Value) {
    if asked.is_query() {
        answered.edit(|body| {
            if let Some(number) = body.get_mut(name) {
                *number = value;
            }
        });
    }
}

fn from_zero(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let start = number(&asked, "startIndex");
        if let Some(start) = start {
            asked.set_parameter("startIndex", &start.saturating_add(1).to_string());
        }
        let mut answered = inner.answer(asked.clone()).await;
        if let Some(start) = start {
            set_number(&asked, &mut answered, "startIndex", json!(start));
        }
        answered
    })
}

fn number_of_page(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let start = number(&asked, "startIndex");
        if let (Some(start), Some(count)) = (start, number(&asked, "count")) {
            let first = start.saturating_sub(1).saturating_mul(count).saturating_add(1);
            asked.set_parameter("startIndex", &first.to_string());
        }
        let mut answered = inner.answer(asked.clone()).await;
        if let Some(start) = start {
            set_number(&asked, &mut answered, "startIndex", json!(start.max(1)));
        }
        answered
    })
}

fn total_of_page(asked: &Asked, answered: &mut Answered) {
    if !asked.is_query() {
        return;
    }
    answered.edit(|body| {
        let length = body.get("Resources").and_then(Value::as_array).map_or(0, Vec::len);
        if let Some(total) = body.get_mut("totalResults") {
            *total = json!(length);
        }
    });
}

fn numbers_as_text(asked: &Asked, answered: &mut Answered) {
    if !asked.is_query() {
        return;
    }
    answered.edit(|body| {
        for name in ["totalResults", "startIndex", "itemsPerPage"] {
            if let Some(number) = body.get_mut(name).filter(|number| number.is_number()) {
                *number = json!(number.to_string());
            }
        }
    });
}

fn filter_after_page(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let paged = number(&asked, "count").is_some_and(|count| count > 0);
        let filter = asked.parameter("filter").filter(|_| paged);
        let (Some(filter), Method::GET) = (filter, asked.method.clone()) else {
            return inner.answer(asked).await;
        };
        let below = asked.segments().first().map_or(String::new(), |kind| format!("/{kind}"));
        let mut of_filter = asked.like(Method::GET, &below, None);
        of_filter.set_parameter("filter", &filter);
        let path = format!("{below}?{}", of_filter.query.unwrap_or_default());
        let found = inner.all(&asked, &path).await;
        let is_found = |one: &Value| found.iter().any(|other| other.get("id") == one.get("id"));
        let mut without = asked;
        without.drop_parameter("filter");
        let mut answered = inner.answer(without).await;
        answered.retain(is_found);
        answered.edit(|body| {
            if let Some(total) = body.get_mut("totalResults") {
                *total = json!(found.len());
            }
        });
        answered
    })
}

fn any_cursor(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let answered = inner.answer(asked.clone()).await;
        if answered.status != 400 || asked.parameter("cursor").is_none() || !asked.is_query() {
            return answered;
        }
        let mut anew = asked;
        anew.drop_parameter("cursor");
        inner.answer(anew).await
    })
}

fn cursor_of_all(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let owner = asked.parameter("cursor").and_then(|cursor| inner.recall(&cursor));
        let owner = owner.and_then(|owner| owner.as_str()?.parse().ok());
        if let (true, Some(owner)) = (asked.is_query(), owner) {
            asked.headers.insert("authorization", owner);
        }
        let owner = asked.header("authorization").unwrap_or_default().to_owned();
        let answered = inner.answer(asked).await;
        let next = answered.json();
        if let Some(next) = next.as_ref().and_then(|body| body.get("nextCursor")?.as_str()) {
            inner.remember(next, json!(owner));
        }
        answered
    })
}

/// The text by which a resource is sorted.
fn key<'a>(one: &'a Value, by: &str) -> Option<&'a str> {
    one.pointer(&format!("/{}", by.replace('.', "/"))).and_then(Value::as_str)
}

fn sorted_by_bytes(asked: &Asked, answered: &mut Answered) {
    let Some(by) = asked.parameter("sortBy").filter(|_| asked.is_query()) else { return };
    let down = asked.parameter("sortOrder").is_some_and(|order| order == "descending");
    answered.edit(|body| {
        if let Some(Value::Array(resources)) = body.get_mut("Resources") {
            resources.sort_by(|one, other| match (key(one, &by), key(other, &by)) {
                (Some(one), Some(other)) if down => other.cmp(one),
                (Some(one), Some(other)) => one.cmp(other),
                _ => std::cmp::Ordering::Equal,
            });
        }
    });
}

fn nothing_first(asked: &Asked, answered: &mut Answered) {
    let Some(by) = asked.parameter("sortBy").filter(|_| asked.is_query()) else { return };
    answered.edit(|body| {
        if let Some(Value::Array(resources)) = body.get_mut("Resources") {
            resources.sort_by_key(|one| key(one, &by).is_some());
        }
    });
}
