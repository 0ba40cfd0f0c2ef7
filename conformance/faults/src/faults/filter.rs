//! Filtering and comparison.

use std::sync::LazyLock;

use http::Method;
use regex::{Captures, Regex};
use serde_json::{Value, json};

use super::{Section, expression};
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Filters", faults: FAULTS, left: &[], of_the_survey: true };

const FAULTS: &[Fault] = &[
    Fault {
        id: "FLT-01",
        does: "`userName eq` looks at the case of letters",
        breaks: &["RFC7644-3.4.2.2-43", "RFC7644-3.4.2.2-03"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/names-and-operators-in-any-case",
        dialect: None,
        act: Act::Whole(user_name_by_letter),
    },
    Fault {
        id: "FLT-03",
        does: "values of `id` and `externalId` are compared without regard to case",
        breaks: &["RFC7644-3.4.2.2-43", "RFC7643-3.1-10"],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/case-exact",
        dialect: None,
        act: Act::Whole(exact_values_folded),
    },
    Fault {
        id: "FLT-04a",
        does: "a filter that cannot be read is left out: everybody comes",
        breaks: &[
            "RFC7644-3.4.2.2-41",
            "RFC7644-3.12-21",
            "RFC7644-3.4.2.2-42",
            "RFC7644-3.4.2.2-33",
        ],
        severity: Severity::Silent,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/malformed-expressions",
        dialect: None,
        act: Act::Whole(unreadable_is_everybody),
    },
    Fault {
        id: "FLT-04b",
        does: "a filter on an attribute that is not known is left out: everybody comes",
        breaks: &["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-41"],
        severity: Severity::Silent,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/unknown-attribute-is-not-everybody",
        dialect: None,
        act: Act::Request(unknown_is_everybody),
    },
    Fault {
        id: "FLT-06",
        does: "a filter that cannot be read finds nobody, with 200",
        breaks: &[
            "RFC7644-3.4.2.2-41",
            "RFC7644-3.12-21",
            "RFC7644-3.4.2.2-42",
            "RFC7644-3.4.2.2-33",
        ],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/malformed-expressions",
        dialect: None,
        act: Act::Response(unreadable_is_nobody),
    },
    Fault {
        id: "FLT-08",
        does: "operators in capitals are refused",
        breaks: &["RFC7644-3.4.2.2-06"],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/names-and-operators-in-any-case",
        dialect: None,
        act: Act::Refuse(capitals_refused),
    },
    Fault {
        id: "FLT-09",
        does: "names of attributes in other case are refused",
        breaks: &["RFC7644-3.4.2.2-05", "RFC7643-2.1-01"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/names-and-operators-in-any-case",
        dialect: None,
        act: Act::Refuse(names_by_letter),
    },
    Fault {
        id: "FLT-11a",
        does: "`not` is left out",
        breaks: &["RFC7644-3.4.2.2-27", "RFC7644-3.4.2.2-36"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/not-binds-tightly",
        dialect: None,
        act: Act::Request(|asked| with_filter(asked, |filter| NOT.replace_all(filter, "(").into())),
    },
    Fault {
        id: "FLT-11b",
        does: "`not` reaches to the end of the filter",
        breaks: &["RFC7644-3.4.2.2-27", "RFC7644-3.4.2.2-36"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/not-binds-tightly",
        dialect: None,
        act: Act::Request(not_to_the_end),
    },
    Fault {
        id: "FLT-12",
        does: "what stands in brackets may hold for different values of a list",
        breaks: &["RFC7644-3.4.2.2-30"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/one-value-meets-all",
        dialect: None,
        act: Act::Request(across_values),
    },
    Fault {
        id: "FLT-13",
        does: "`emails[type eq \"work\"].value eq …` ends in 500",
        breaks: &["RFC7644-3.4.2.2-30"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "dialects/entra/match-by-work-address",
        dialect: Some("entra"),
        act: Act::Refuse(part_of_chosen_value),
    },
    Fault {
        id: "FLT-15",
        does: "escapes in text are not decoded, so that nothing is found",
        breaks: &["RFC7644-3.4.2.2-34"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/escapes-in-text",
        dialect: None,
        act: Act::Refuse(escapes_stay),
    },
    Fault {
        id: "FLT-16",
        does: "an encoded plus sign becomes a blank",
        breaks: &["RFC7644-3.4.2.2-34", "RFC7644-3.4.2.2-04"],
        severity: Severity::Breaks,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/plus-in-an-address",
        dialect: None,
        act: Act::Request(|asked| with_filter(asked, |filter| filter.replace('+', " "))),
    },
    Fault {
        id: "FLT-18",
        does: "`pr` finds those whose value was sent empty",
        breaks: &["RFC7643-2.5-01", "RFC7644-3.4.2.2-16"],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7643/2.5-unassigned/null-and-empty-list",
        dialect: None,
        act: Act::Whole(empty_is_present),
    },
    Fault {
        id: "FLT-19a",
        does: "`ne` finds what is equal as well",
        breaks: &["RFC7644-3.4.2.2-12"],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/not-equal",
        dialect: None,
        act: Act::Request(|asked| {
            with_filter(asked, |filter| NE.replace_all(filter, "$1 pr").into())
        }),
    },
    Fault {
        id: "FLT-20",
        does: "times are compared as text, whatever their zone",
        breaks: &[
            "RFC7644-3.4.2.2-17",
            "RFC7644-3.4.2.2-18",
            "RFC7644-3.4.2.2-19",
            "RFC7644-3.4.2.2-20",
        ],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/order-of-times",
        dialect: None,
        act: Act::Whole(times_as_text),
    },
    Fault {
        id: "FLT-21",
        does: "booleans can be ordered",
        breaks: &["RFC7644-3.4.2.2-21"],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/order-of-booleans",
        dialect: None,
        act: Act::Request(|asked| {
            with_filter(asked, |filter| ORDERED_FLAG.replace_all(filter, "$1 pr").into());
        }),
    },
    Fault {
        id: "FLT-25",
        does: "a resource comes as often as its list has values",
        breaks: &["RFC7644-3.4.2.2-37", "RFC7644-3.4.2.2-04"],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/any-value-once",
        dialect: None,
        act: Act::Response(once_for_each_value),
    },
    Fault {
        id: "FLT-26a",
        does: "a filter that is long or nested deep ends in 500",
        breaks: &["RFC7644-3.12-21", "RFC7644-3.12-01"],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/deep-and-long",
        dialect: None,
        act: Act::Refuse(deep_is_500),
    },
    Fault {
        id: "FLT-26b",
        does: "an address of 4 KiB ends in 500 with a page of HTML",
        breaks: &["RFC7644-3.12-01", "RFC7644-3.12-12"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "robustness/input/long-address",
        dialect: None,
        act: Act::Refuse(|asked| (asked.query.as_ref()?.len() > 4096).then(|| Answered::html(500))),
    },
];

static NOT: LazyLock<Regex> = LazyLock::new(|| expression(r"(?i)\bnot\s*\("));
static NE: LazyLock<Regex> =
    LazyLock::new(|| expression(r#"(?i)([\w.:]+)\s+ne\s+("(?:[^"\\]|\\.)*"|[\w.+-]+)"#));
static ORDERED_FLAG: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?i)\b(active|primary)\s+(?:gt|ge|lt|le)\s+(?:true|false)"));
static BRACKETS: LazyLock<Regex> = LazyLock::new(|| expression(r"([\w.:]+)\[([^\]]*)\]"));
static COMPARED: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?i)([A-Za-z][\w$-]*)\s+(eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b"));
static USER_NAME: LazyLock<Regex> =
    LazyLock::new(|| expression(r#"(?i)^\s*userName\s+eq\s+"((?:[^"\\]|\\.)*)"\s*$"#));
static EXACT: LazyLock<Regex> =
    LazyLock::new(|| expression(r#"^\s*(id|externalId) eq "([^"\\]*)"\s*$"#));
static TIME: LazyLock<Regex> =
    LazyLock::new(|| expression(r#"meta\.(lastModified|created)\s+(gt|ge|lt|le)\s+"([^"]*)""#));
static OF_ID: LazyLock<Regex> = LazyLock::new(|| expression(r#"^id eq "([^"]*)" and"#));
static PRESENT: LazyLock<Regex> = LazyLock::new(|| expression(r"\b(\w+)\s+pr\b"));
static PART_OF_CHOSEN: LazyLock<Regex> = LazyLock::new(|| expression(r"\]\s*\.\s*\w+"));

/// Names of attributes as the RFC writes them.
pub(super) const NAMES: &[&str] = &[
    "schemas",
    "id",
    "externalId",
    "meta",
    "resourceType",
    "created",
    "lastModified",
    "location",
    "version",
    "userName",
    "name",
    "formatted",
    "familyName",
    "givenName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "active",
    "password",
    "emails",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "groups",
    "entitlements",
    "roles",
    "x509Certificates",
    "value",
    "type",
    "primary",
    "display",
    "$ref",
    "members",
    "manager",
    "department",
    "division",
    "organization",
    "costCenter",
    "employeeNumber",
    "streetAddress",
    "locality",
    "region",
    "postalCode",
    "country",
];

/// Changes the filter of a query, where it has one.
fn with_filter(asked: &mut Asked, change: impl FnOnce(&str) -> String) {
    if let (true, Some(filter)) = (asked.is_query(), asked.parameter("filter")) {
        let changed = change(&filter);
        if changed != filter {
            asked.set_parameter("filter", &changed);
        }
    }
}

fn filter_of(asked: &Asked) -> Option<String> {
    if asked.is_query() { asked.parameter("filter") } else { None }
}

fn user_name_by_letter(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let filter = filter_of(&asked).unwrap_or_default();
        let mut answered = inner.answer(asked).await;
        if let Some(wanted) = USER_NAME.captures(&filter).and_then(|found| found.get(1)) {
            let same = |name: &Value| name.as_str() == Some(wanted.as_str());
            answered.retain(|user| user.get("userName").is_none_or(same));
        }
        answered
    })
}

fn exact_values_folded(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let filter = filter_of(&asked).unwrap_or_default();
        let Some(found) = EXACT.captures(&filter) else { return inner.answer(asked).await };
        let mut all = inner.all(&asked, "/Users").await;
        all.retain(|user| {
            let value = user.get(&found[1]).and_then(Value::as_str).unwrap_or_default();
            value.to_lowercase() == found[2].to_lowercase()
        });
        Answered::list(all)
    })
}

fn unreadable_is_everybody(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let answered = inner.answer(asked.clone()).await;
        if answered.status != 400 || filter_of(&asked).is_none() {
            return answered;
        }
        let mut without = asked;
        without.drop_parameter("filter");
        inner.answer(without).await
    })
}

fn unknown_is_everybody(asked: &mut Asked) {
    let unknown = |filter: &String| {
        let mut names = COMPARED.captures_iter(filter).filter_map(|found| found.get(1));
        names.any(|name| !NAMES.iter().any(|known| known.eq_ignore_ascii_case(name.as_str())))
    };
    if filter_of(asked).as_ref().is_some_and(unknown) {
        asked.drop_parameter("filter");
    }
}

fn unreadable_is_nobody(asked: &Asked, answered: &mut Answered) {
    if answered.status == 400 && filter_of(asked).is_some() {
        *answered = Answered::list(Vec::new());
    }
}

fn refused(detail: &str) -> Option<Answered> {
    Some(Answered::error(400, "invalidFilter", detail))
}

fn capitals_refused(asked: &Asked) -> Option<Answered> {
    let filter = filter_of(asked)?;
    let words = [" AND ", " OR ", " EQ ", " CO ", " SW ", " PR", "NOT "];
    if words.iter().any(|word| filter.contains(word)) { refused("unknown operator") } else { None }
}

fn names_by_letter(asked: &Asked) -> Option<Answered> {
    let filter = filter_of(asked)?;
    let other =
        |name: &str| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name) && *known != name);
    let mut names = COMPARED.captures_iter(&filter).filter_map(|found| found.get(1));
    if names.any(|name| other(name.as_str())) { refused("unknown attribute") } else { None }
}

fn not_to_the_end(asked: &mut Asked) {
    with_filter(asked, |filter| match NOT.find(filter) {
        Some(found) => {
            let (before, behind) = filter.split_at(found.end());
            format!("{before}({behind})")
        }
        None => filter.to_owned(),
    });
}

fn across_values(asked: &mut Asked) {
    with_filter(asked, |filter| {
        let spread = BRACKETS.replace_all(filter, |found: &Captures<'_>| {
            let (list, inside) = (&found[1], &found[2]);
            format!("({})", COMPARED.replace_all(inside, format!("{list}.$1 $2")))
        });
        spread.into_owned()
    });
}

fn part_of_chosen_value(asked: &Asked) -> Option<Answered> {
    let filter = filter_of(asked)?;
    PART_OF_CHOSEN.is_match(&filter).then(|| Answered::error(500, "", "no viable alternative"))
}

fn escapes_stay(asked: &Asked) -> Option<Answered> {
    filter_of(asked)?.contains('\\').then(|| Answered::list(Vec::new()))
}

/// Remembers who was sent an empty value for what, and finds them by `pr`.
fn empty_is_present(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let sent = asked.json().unwrap_or_default();
        let writes = [Method::POST, Method::PUT].contains(&asked.method) && !asked.is_query();
        with_filter(&mut asked, |filter| {
            let found = PRESENT.replace_all(filter, |found: &Captures<'_>| {
                let start = format!("empty {} ", found[1].to_lowercase());
                let memory = inner.memory();
                let known = memory.iter().filter(|(name, _)| name.starts_with(&start));
                let ids = known.map(|(_, id)| format!(" or id eq {id}"));
                format!("({}{})", &found[0], ids.collect::<String>())
            });
            found.into_owned()
        });
        let answered = inner.answer(asked).await;
        if writes && answered.is_success() {
            let body = answered.json().unwrap_or_default();
            let id = body.get("id").and_then(Value::as_str).unwrap_or_default();
            let empty =
                |value: &&Value| value.is_null() || **value == json!([]) || **value == json!("");
            for (name, _) in sent.as_object().into_iter().flatten().filter(|(_, v)| empty(v)) {
                inner.remember(format!("empty {} {id}", name.to_lowercase()), json!(id));
            }
        }
        answered
    })
}

fn times_as_text(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let filter = filter_of(&asked).unwrap_or_default();
        let id = OF_ID.captures(&filter).and_then(|found| Some(found.get(1)?.as_str().to_owned()));
        let Some(id) = id else { return inner.answer(asked).await };
        let user = inner.get(&asked, &format!("/Users/{id}")).await.unwrap_or_default();
        with_filter(&mut asked, |filter| {
            let compared = TIME.replace_all(filter, |found: &Captures<'_>| {
                let time = user.pointer(&format!("/meta/{}", &found[1])).and_then(Value::as_str);
                let (time, wanted) = (time.unwrap_or_default(), &found[3]);
                let holds = match &found[2] {
                    "gt" => time > wanted,
                    "ge" => time >= wanted,
                    "lt" => time < wanted,
                    _ => time <= wanted,
                };
                if holds { "id pr" } else { "not (id pr)" }
            });
            compared.into_owned()
        });
        inner.answer(asked).await
    })
}

fn once_for_each_value(asked: &Asked, answered: &mut Answered) {
    let filter = filter_of(asked).unwrap_or_default();
    let Some(list) = ["emails", "members", "phoneNumbers"].iter().find(|l| filter.contains(**l))
    else {
        return;
    };
    answered.edit(|body| {
        let Some(Value::Array(resources)) = body.get_mut("Resources") else { return };
        let often = |one: &Value| one.get(*list).and_then(Value::as_array).map_or(1, Vec::len);
        let repeated = resources.iter().flat_map(|one| vec![one.clone(); often(one).max(1)]);
        *resources = repeated.collect();
        let total = resources.len();
        if let Some(body) = body.as_object_mut() {
            body.insert("totalResults".to_owned(), json!(total));
            body.insert("itemsPerPage".to_owned(), json!(total));
        }
    });
}

fn deep_is_500(asked: &Asked) -> Option<Answered> {
    let filter = filter_of(asked)?;
    let deep = filter.matches('(').count() > 20 || filter.len() > 1500;
    deep.then(|| Answered::error(500, "", "stack overflow"))
}
