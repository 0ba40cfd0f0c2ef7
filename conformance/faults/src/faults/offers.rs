//! Servers that offer less than the reference server, or more, and get that wrong.

use http::Method;

use super::Section;
use super::operations::{op, operations, path};
use crate::decoys;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::host::BASE;
use crate::inner::Inner;

pub(super) const SECTION: Section = Section {
    title: "What is not offered, or offered besides",
    faults: FAULTS,
    left: &[],
    of_the_survey: false,
};

const FAULTS: &[Fault] = &[
    Fault {
        id: "OFF-01",
        does: "filters are not offered, and one that comes is left out: everybody comes",
        breaks: &["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-01"],
        severity: Severity::Silent,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/without-support",
        dialect: None,
        act: Act::On("no-filter", everybody_comes),
    },
    Fault {
        id: "OFF-02",
        does: "PATCH is not offered, and one that comes is answered 204 and not done",
        breaks: &["RFC7644-3.12-20", "RFC7644-3.5.2-01"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/without-support",
        dialect: None,
        act: Act::On("no-patch", |inner, asked| {
            nothing_is_done(inner, asked, "no-patch", |asked| {
                asked.method == Method::PATCH && asked.any_id().is_some()
            })
        }),
    },
    Fault {
        id: "OFF-03",
        does: "bulk is not offered, and a request there is answered 204 and not done",
        breaks: &["RFC7644-3.7-01", "RFC7644-3.12-20"],
        severity: Severity::Silent,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7-bulk/without-support",
        dialect: None,
        act: Act::On("no-bulk", |inner, asked| {
            nothing_is_done(inner, asked, "no-bulk", |asked| asked.is_at("/Bulk"))
        }),
    },
    Fault {
        id: "OFF-04",
        does: "ETags are not offered, and a condition ends in 500",
        breaks: &["RFC7644-3.14-09"],
        severity: Severity::Breaks,
        layer: Layer::Http,
        caught_by: "rfc7644/3.14-etag/without-support",
        dialect: None,
        act: Act::On("no-etag", conditions_break),
    },
    Fault {
        id: "OFF-05",
        does: "`changePassword` is offered, and a change of the password is refused",
        breaks: &["RFC7643-5-13", "RFC7643-7-31"],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7643/4.1-user/change-of-password",
        dialect: None,
        act: Act::On("change-password", passwords_stay),
    },
    Fault {
        id: "OFF-06",
        does: "`Location` of answers at `/Me` is `/Me`",
        breaks: &["RFC7644-3.11-07"],
        severity: Severity::Breaks,
        layer: Layer::Http,
        caught_by: "rfc7644/3.11-me/location",
        dialect: None,
        act: Act::On("me", me_is_me),
    },
];

/// What the server without the fault answers.
async fn legally(decoy: &str, inner: &Inner, asked: Asked) -> Answered {
    match decoys::find(decoy) {
        Some(decoy) => decoy.act.answer(inner, asked).await,
        None => inner.answer(asked).await,
    }
}

fn everybody_comes(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is_query() {
            asked.drop_parameter("filter");
        }
        legally("no-filter", inner, asked).await
    })
}

/// Who may come in is told that it was done.
fn nothing_is_done<'a>(
    inner: &'a Inner,
    asked: Asked,
    decoy: &'static str,
    what: fn(&Asked) -> bool,
) -> Answering<'a> {
    Box::pin(async move {
        let done = what(&asked);
        let answered = legally(decoy, inner, asked).await;
        if done && answered.status == 501 { Answered::empty(204) } else { answered }
    })
}

fn conditions_break(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let condition = asked.header("if-match").or(asked.header("if-none-match")).is_some();
        let answered = legally("no-etag", inner, asked).await;
        if condition && answered.is_success() { Answered::html(500) } else { answered }
    })
}

fn passwords_stay(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let changes = operations(&asked)
            .iter()
            .any(|one| path(one).eq_ignore_ascii_case("password") && op(one) != "remove");
        let answered = legally("change-password", inner, asked).await;
        if changes && answered.is_success() {
            return Answered::error(400, "mutability", "`password` cannot be changed");
        }
        answered
    })
}

fn me_is_me(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let host = asked.header("host").unwrap_or_default().to_owned();
        let me = asked.segments() == ["Me"];
        let mut answered = legally("me", inner, asked).await;
        if me && answered.headers.contains_key("location") {
            answered.set_header("location", &format!("http://{host}{BASE}/Me"));
        }
        answered
    })
}
