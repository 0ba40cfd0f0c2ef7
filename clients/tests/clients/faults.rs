//! Each faulty client beside the model, where the service provider does what brings the fault out:
//! they differ, and the snapshot shows in what.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use provisor_clients::client::Spec;
use provisor_clients::fault::{FAULTS, Fault, Made, faulty};
use provisor_clients::http::{Answer, Broken, BrokenKind, Method, Request};
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;
use provisor_clients::slip::Slip;
use serde_json::{Value, json};

use super::play::{client, play, runtime, script};
use super::stub::{Kept, Stub, answer, error, list};

#[test]
fn the_table_has_every_class_and_each_id_once_in_order() {
    let ids: Vec<&str> = FAULTS.iter().map(|fault| fault.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    let classes: Vec<&str> = FAULTS.iter().map(Fault::class).collect();
    for number in 1..=45 {
        assert!(classes.contains(&format!("K{number:02}").as_str()), "K{number:02}");
    }
    for fault in FAULTS {
        assert!(!fault.what.is_empty() && !fault.trigger.is_empty(), "{}", fault.id);
    }
    assert!(faulty("k05").is_some());
    assert!(faulty("K46").is_none());
}

#[test]
fn each_differs_from_the_model_where_it_is_brought_out() {
    let runtime = runtime();
    let mut told = String::new();
    for fault in FAULTS {
        if matches!(
            fault.made,
            Made::Slip(Slip::TrustsAnybody | Slip::NeverRefreshes | Slip::FloodsTokens)
        ) {
            // Of the connection; see `network` and `model`.
            continue;
        }
        let (script, stub) = world(fault);
        let right = sent(&runtime, Spec::of(Provider::Rfc7644), &script, &stub());
        let wrong = sent(&runtime, fault.spec(), &script, &stub());
        assert_ne!(right, wrong, "{}", fault.id);
        let _ = writeln!(told, "\n{} {}", fault.id, fault.what);
        let same = right.iter().zip(&wrong).take_while(|(one, other)| one == other).count();
        for (sign, lines) in [('-', &right), ('+', &wrong)] {
            for line in lines.iter().skip(same).take(3) {
                let _ = writeln!(told, "  {sign} {line}");
            }
            let more = lines.len().saturating_sub(same + 3);
            if more > 0 {
                let _ = writeln!(told, "  {sign} (and {more} more)");
            }
        }
    }
    insta::assert_snapshot!(told);
}

/// What is sent after the set-up, one line a request.
fn sent(
    runtime: &tokio::runtime::Runtime,
    spec: Spec,
    script: &Script,
    stub: &Stub,
) -> Vec<String> {
    let mut client = client(runtime, spec, script, stub.wire());
    play(runtime, &mut client, script);
    let usual = ["application/scim+json", "provisor-replay (rfc7644)", "Bearer token"];
    let line = |request: &Request| {
        let mut line = format!("{} {}", request.method, request.to);
        for (name, value) in &request.headers {
            if !usual.contains(&value.as_str()) {
                let _ = write!(line, " [{name}: {value}]");
            }
        }
        if let Some(body) = &request.body {
            let _ = write!(line, " {body}");
        }
        line
    };
    stub.take().iter().map(line).collect()
}

const BOTH: &str = "  - create-user: { person: ann }\n  - create-user: { person: bob }\n";

/// The actions and the misbehaviour that bring a fault out.
fn world(fault: &Fault) -> (Script, Box<dyn Fn() -> Stub>) {
    let group = "  - create-group: { group: sales }\n";
    let members = "  - add-members: { group: sales, people: [ann, bob] }
  - remove-members: { group: sales, people: [ann] }\n";
    let title = "  - update-user: { person: ann, set: { title: Lead } }\n";
    let (actions, stub): (String, Box<dyn Fn() -> Stub>) = match fault.class() {
        "K06" => ("  - create-group: { group: odd }\n".to_owned(), plain()),
        "K08" => (BOTH.to_owned(), configured(|it| it["filter"]["supported"] = json!(false))),
        "K09" => {
            (format!("{BOTH}{title}"), configured(|it| it["patch"]["supported"] = json!(false)))
        }
        "K10" => (BOTH.to_owned(), configured(|it| it["bulk"] = json!({"supported": false}))),
        "K11" => (
            BOTH.to_owned(),
            Box::new(|| Stub::new().with(|kept| kept.schemas = Some(odd_schemas()))),
        ),
        "K12" | "K13" | "K17" | "K19" | "K20" => {
            (format!("{BOTH}{title}  - deactivate-user: {{ person: ann }}\n"), plain())
        }
        "K15" => (
            format!("{BOTH}  - update-user: {{ person: ann, set: {{ familyName: Oak }} }}\n"),
            plain(),
        ),
        "K16" => {
            (format!("{BOTH}{group}  - rename-group: {{ group: sales, name: Selling }}\n"), plain())
        }
        "K14" | "K38" | "K40" => (format!("{BOTH}{group}{members}"), plain()),
        "K37" => (format!("{BOTH}{group}{members}"), plain()),
        "K22" => (format!("{BOTH}  - set-manager: {{ person: ann, manager: bob }}\n"), plain()),
        "K24" => (
            format!(
                "{BOTH}  - update-user: {{ person: ann, set: {{ phone: null }} }}
  - set-manager: {{ person: ann, manager: bob }}
  - clear-manager: {{ person: ann }}\n"
            ),
            plain(),
        ),
        "K26" => (
            BOTH.to_owned(),
            on(Method::Post, "/Users", |request, kept| {
                kept.create("/Users", request);
                Some(Err(Broken::new(BrokenKind::Lost, "gone")))
            }),
        ),
        "K27" => (
            BOTH.to_owned(),
            on(Method::Post, "/Users", |request, kept| {
                let there = kept
                    .resources
                    .iter()
                    .any(|(_, one)| one["userName"] == request.json().unwrap()["userName"]);
                (!there).then(|| {
                    kept.create("/Users", request);
                    Ok(error(409))
                })
            }),
        ),
        "K28" => {
            (format!("{BOTH}{title}"), on(Method::Patch, "/Users/u1", |_, _| Some(Ok(error(404)))))
        }
        "K29" => (BOTH.to_owned(), on(Method::Get, "/Users", |_, _| Some(Ok(error(404))))),
        "K30" => (
            format!("{BOTH}{title}"),
            on(Method::Patch, "/Users/u1", |_, kept| {
                kept.resources[0].0 = "/Users/moved".to_owned();
                kept.resources[0].1["id"] = json!("moved");
                None
            }),
        ),
        "K31" => (format!("{BOTH}{title}"), plain()),
        "K32" => (
            "  - import: {}\n".to_owned(),
            on(Method::Get, "/Users", |_, _| Some(Ok(list(Vec::new(), 9)))),
        ),
        "K33" => ("  - import: {}\n".to_owned(), plain()),
        "K34" => (
            format!("{BOTH}  - import: {{}}\n"),
            on(Method::Get, "/Users", |request, kept| {
                request.to.contains("startIndex").then(|| {
                    let one = kept.resources[0].1.clone();
                    Ok(list(vec![one], 1))
                })
            }),
        ),
        "K35" => (
            "  - import: {}\n".to_owned(),
            configured(|it| it["pagination"] = json!({"cursor": true, "index": false})),
        ),
        "K36" => (
            BOTH.to_owned(),
            on(Method::Post, "/Users", |_, kept| {
                // Waiting is what makes it go on.
                kept.waits.iter().all(Duration::is_zero).then(|| {
                    let headers = vec![("Retry-After".to_owned(), "3".to_owned())];
                    Ok(Answer { headers, ..error(429) })
                })
            }),
        ),
        "K39" => ("  - large-group: { group: sales, size: 2 }\n".to_owned(), plain()),
        "K41" => (
            BOTH.to_owned(),
            on(Method::Get, "/Users", |_, _| {
                let to = "https://elsewhere.example/scim/v2/Users".to_owned();
                Some(Ok(Answer { headers: vec![("Location".to_owned(), to)], ..error(307) }))
            }),
        ),
        "K44" => (
            format!("{BOTH}{title}{}", "  - deactivate-user: { person: ann }\n"),
            Box::new(versioned),
        ),
        "K45" => (format!("{BOTH}  - deactivate-user: {{ person: ann }}\n"), plain()),
        "K07" => {
            let text = "people:\n  plus: { userName: a+b@x.example, givenName: A, familyName: B, email: a@x }\nactions:\n  - create-user: { person: plus }\n";
            return (Script::read(text).unwrap(), plain());
        }
        _ => (BOTH.to_owned(), plain()),
    };
    (script(&actions), stub)
}

fn plain() -> Box<dyn Fn() -> Stub> {
    Box::new(Stub::new)
}

fn configured(change: fn(&mut Value)) -> Box<dyn Fn() -> Stub> {
    Box::new(move || Stub::new().with(|kept| change(&mut kept.configuration)))
}

/// Answers a kind of request in place of the stub, as often as it comes.
fn on(
    method: Method,
    path: &'static str,
    what: fn(&Request, &mut Kept) -> Option<Result<Answer, Broken>>,
) -> Box<dyn Fn() -> Stub> {
    Box::new(move || {
        Stub::new().instead(move |request, kept| {
            if request.method == method && request.path() == path {
                what(request, kept)
            } else {
                None
            }
        })
    })
}

/// Each answer to a PATCH has another version.
fn versioned() -> Stub {
    let mut version = 1;
    Stub::new().with(|kept| kept.configuration["etag"]["supported"] = json!(true)).instead(
        move |request, _| {
            let wanted = format!("W/\"{version}\"");
            match request.method {
                Method::Get if request.path() == "/Users/u1" => {
                    let mut answer = answer(200, &json!({"id": "u1"}));
                    answer.headers.push(("ETag".to_owned(), wanted));
                    Some(Ok(answer))
                }
                Method::Patch if request.header("if-match") == Some(&wanted) => {
                    version += 1;
                    let headers = vec![("ETag".to_owned(), format!("W/\"{version}\""))];
                    Some(Ok(Answer { status: 204, headers, body: String::new() }))
                }
                Method::Patch => Some(Ok(error(412))),
                _ => None,
            }
        },
    )
}

fn odd_schemas() -> Value {
    let schema = |id: &str| {
        let names = ["userName", "name", "emails", "active", "title", "phoneNumbers"];
        let attributes: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"id": id, "attributes": attributes})
    };
    let ids = ["urn:example:custom", "urn:ietf:params:scim:schemas:core:2.0:User"];
    json!({"totalResults": 2, "Resources": ids.map(schema)})
}
