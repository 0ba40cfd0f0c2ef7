//! Credentials, tenants and versions.

use http::Method;

use super::Section;
use crate::exchange::Asked;
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section = Section {
    title: "Credentials, tenants and versions",
    faults: FAULTS,
    left: &[],
    of_the_survey: true,
};

const FAULTS: &[Fault] = &[
    Fault {
        id: "AUT-01a",
        does: "`GET /Groups` needs no credential",
        breaks: &["RFC7644-2-05", "RFC7644-2-10", "RFC7644-3.12-13"],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc7644/3.12-errors/no-credential-anywhere",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            let_in(inner, asked, |asked| asked.is(&Method::GET, "/Groups"))
        }),
    },
    Fault {
        id: "AUT-01b",
        does: "PATCH takes any token",
        breaks: &[
            "RFC7644-2-05",
            "RFC7644-2-10",
            "RFC7644-3.12-13",
            "RFC6750-3-04",
            "RFC6750-3-01",
        ],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc7644/3.12-errors/no-credential-anywhere",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            let_in(inner, asked, |asked| asked.is_one(&Method::PATCH, "Users"))
        }),
    },
    Fault {
        id: "AUT-01c",
        does: "`/Bulk` needs no credential",
        breaks: &["RFC7644-2-05", "RFC7644-2-10", "RFC7644-3.12-13"],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc7644/3.12-errors/no-credential-anywhere",
        dialect: None,
        act: Act::Whole(|inner, asked| let_in(inner, asked, |asked| asked.is_at("/Bulk"))),
    },
    Fault {
        id: "AUT-01d",
        does: "a token that may only read deletes",
        breaks: &["RFC7644-2-10", "RFC7644-2-12", "RFC7644-3.12-14", "RFC7644-7.7-03"],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc7644/2-authentication/read-only-token",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            as_main(inner, asked, |asked| asked.method == Method::DELETE, 403)
        }),
    },
    Fault {
        id: "AUT-01e",
        does: "`GET /Users` needs no credential",
        breaks: &["RFC7644-2-05", "RFC7644-2-10", "RFC7644-3.12-13", "RFC9865-5.3-01"],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc9865/5.3-availability/anonymous",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            let_in(inner, asked, |asked| asked.is(&Method::GET, "/Users"))
        }),
    },
    Fault {
        id: "AUT-03a",
        does: "another tenant's user can be read by id",
        breaks: &["RFC7644-6.1-01", "RFC7644-6.1-03", "RFC7644-2-10"],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc7644/6-tenants/reading",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            as_main(inner, asked, |asked| asked.is_one(&Method::GET, "Users"), 404)
        }),
    },
    Fault {
        id: "AUT-03b",
        does: "another tenant's user can be changed by id",
        breaks: &["RFC7644-6.1-03", "RFC7644-2-10"],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc7644/6-tenants/writing",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            as_main(inner, asked, |asked| asked.is_one(&Method::PATCH, "Users"), 404)
        }),
    },
    Fault {
        id: "AUT-03c",
        does: "filters find people of every tenant",
        breaks: &["RFC7644-6.1-01", "RFC7644-6.1-03", "RFC7644-2-10"],
        severity: Severity::Silent,
        layer: Layer::Auth,
        caught_by: "rfc7644/6-tenants/reading",
        dialect: None,
        act: Act::Whole(filters_of_all),
    },
    Fault {
        id: "ETG-02a",
        does: "an old version in If-Match is no obstacle to PUT and PATCH",
        breaks: &["RFC7644-3.14-07", "RFC7644-3.12-17"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "rfc7644/3.14-etag/stale-put",
        dialect: None,
        act: Act::Request(|asked| {
            if [Method::PUT, Method::PATCH].contains(&asked.method) {
                asked.headers.remove("if-match");
            }
        }),
    },
    Fault {
        id: "ETG-02b",
        does: "an old version in If-Match is no obstacle to DELETE",
        breaks: &["RFC7644-3.14-08", "RFC7644-3.12-17"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "rfc7644/3.14-etag/stale-delete",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.method == Method::DELETE {
                asked.headers.remove("if-match");
            }
        }),
    },
    Fault {
        id: "ETG-03",
        does: "If-None-Match is left out of account: 200 in place of 304",
        breaks: &["RFC7644-3.14-05", "RFC7644-3.14-06", "RFC9110-13.1.2-01"],
        severity: Severity::Small,
        layer: Layer::Store,
        caught_by: "rfc7644/3.14-etag/not-modified",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.method == Method::GET {
                asked.headers.remove("if-none-match");
            }
        }),
    },
];

/// Some requests are carried out whatever their credential.
fn let_in(inner: &Inner, asked: Asked, which: fn(&Asked) -> bool) -> Answering<'_> {
    as_main(inner, asked, which, 401)
}

/// Some requests that are answered with this status are carried out as the run's own.
fn as_main(inner: &Inner, asked: Asked, which: fn(&Asked) -> bool, status: u16) -> Answering<'_> {
    Box::pin(async move {
        let answered = inner.answer(asked.clone()).await;
        if answered.status != status || !which(&asked) {
            return answered;
        }
        let mut asked = asked;
        if let Ok(own) = inner.authorization().parse() {
            asked.headers.insert("authorization", own);
        }
        inner.answer(asked).await
    })
}

fn filters_of_all(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let answered = inner.answer(asked.clone()).await;
        let total = |body: &serde_json::Value| body.get("totalResults")?.as_u64();
        let none = answered.json().as_ref().and_then(total) == Some(0);
        if !none || !asked.is_query() || asked.parameter("filter").is_none() {
            return answered;
        }
        let mut asked = asked;
        if let Ok(own) = inner.authorization().parse() {
            asked.headers.insert("authorization", own);
        }
        inner.answer(asked).await
    })
}
