//! How the model client takes what a service provider does to it.

use std::time::Duration;

use provisor_clients::client::{Client, Spec};
use provisor_clients::fault::faulty;
use provisor_clients::http::{Answer, Broken, BrokenKind, Method, Request};
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;
use provisor_clients::session::{Credential, OAuth, Placement, Target};
use serde_json::{Value, json};

use super::play::{client, play, runtime, script, target};
use super::stub::{Kept, Stub, answer, error, list};

const ANN: &str = "  - create-user: { person: ann }\n";
const PHONE: &str = "  - update-user: { person: ann, set: { phone: null } }\n";

/// Plays actions about ann and bob; the requests after the set-up in short, and the problems.
fn told(stub: &Stub, script: &Script) -> (Vec<String>, Vec<String>) {
    let runtime = runtime();
    let mut client = client(&runtime, Spec::of(Provider::Rfc7644), script, stub.wire());
    stub.take();
    let done = play(&runtime, &mut client, script);
    let short = |request: &Request| format!("{} {}", request.method, request.path());
    let requests = stub.take().iter().map(short).collect();
    let problems = done.iter().flat_map(|done| &done.problems).map(ToString::to_string).collect();
    (requests, problems)
}

fn is(request: &Request, method: Method, path: &str) -> bool {
    request.method == method && request.path() == path
}

/// Does something the first time that a request is this one.
fn once(
    method: Method,
    path: &'static str,
    mut what: impl FnMut(&Request, &mut Kept) -> Option<Result<Answer, Broken>> + Send + 'static,
) -> impl FnMut(&Request, &mut Kept) -> Option<Result<Answer, Broken>> + Send + 'static {
    let mut done = false;
    move |request, kept| {
        let now = !done && is(request, method, path);
        done |= now;
        if now { what(request, kept) } else { None }
    }
}

fn lost() -> Option<Result<Answer, Broken>> {
    Some(Err(Broken::new(BrokenKind::Lost, "the connection ended")))
}

fn throttled(status: u16, after: &str) -> Answer {
    let headers = vec![("Retry-After".to_owned(), after.to_owned())];
    Answer { headers, ..error(status) }
}

#[test]
fn waits_as_long_as_it_is_told_in_either_form() {
    let mut count = 0;
    let stub = Stub::new().instead(move |request, _| {
        count += usize::from(is(request, Method::Post, "/Users"));
        match count {
            1 => Some(Ok(throttled(429, "7"))),
            2 => Some(Ok(throttled(503, "Thu, 01 Jan 2026 00:00:12 GMT"))),
            _ => None,
        }
    });
    let (requests, problems) = told(&stub, &script(ANN));
    assert_eq!(requests, ["GET /Users", "POST /Users", "POST /Users", "POST /Users"]);
    assert_eq!(problems, [""; 0]);
    let seconds = |n| Duration::from_secs(n);
    assert_eq!(
        stub.waits(),
        [seconds(7), seconds(5)],
        "the date is counted from the seventh second"
    );
}

#[test]
fn looks_again_after_a_creation_whose_answer_was_lost() {
    let carried_out = once(Method::Post, "/Users", |request, kept| {
        kept.create("/Users", request);
        lost()
    });
    let stub = Stub::new().instead(carried_out);
    let (requests, problems) = told(&stub, &script(ANN));
    assert_eq!(requests, ["GET /Users", "POST /Users", "GET /Users"]);
    assert_eq!(problems, [""; 0]);

    let not_carried_out = once(Method::Post, "/Users", |_, _| lost());
    let stub = Stub::new().instead(not_carried_out);
    let (requests, _) = told(&stub, &script(ANN));
    assert_eq!(requests, ["GET /Users", "POST /Users", "GET /Users", "POST /Users"]);
    assert_eq!(stub.resources("/Users").len(), 1);
}

#[test]
fn reconciles_a_conflict_with_who_is_there() {
    // The look-up came too early: somebody was faster.
    let stub = Stub::new().instead(once(Method::Post, "/Users", |request, kept| {
        kept.create("/Users", request);
        Some(Ok(error(409)))
    }));
    let (requests, problems) = told(&stub, &script(&format!("{ANN}{PHONE}")));
    assert_eq!(requests, ["GET /Users", "POST /Users", "GET /Users", "PATCH /Users/u1"]);
    assert_eq!(problems, [""; 0]);

    // A conflict with nobody who can be found is told.
    let stub = Stub::new().instead(once(Method::Post, "/Users", |_, _| Some(Ok(error(409)))));
    let (requests, problems) = told(&stub, &script(ANN));
    assert_eq!(requests, ["GET /Users", "POST /Users", "GET /Users"]);
    assert_eq!(problems, ["ann: POST /Users was answered 409"]);
}

#[test]
fn finds_again_who_has_another_id() {
    let stub = Stub::new().instead(once(Method::Patch, "/Users/u1", |_, kept| {
        kept.resources[0].0 = "/Users/moved".to_owned();
        kept.resources[0].1["id"] = json!("moved");
        None
    }));
    let title = "  - update-user: { person: ann, set: { title: Lead } }\n";
    let (requests, problems) = told(&stub, &script(&format!("{ANN}{title}")));
    assert_eq!(
        requests[2..],
        ["PATCH /Users/u1", "GET /Users/u1", "GET /Users", "PATCH /Users/moved"]
    );
    assert_eq!(problems, [""; 0]);
}

#[test]
fn takes_a_write_that_is_not_known_for_that_and_for_no_deletion() {
    let stub =
        Stub::new().instead(|request, _| (request.method == Method::Patch).then(|| Ok(error(404))));
    let (requests, problems) = told(&stub, &script(&format!("{ANN}{PHONE}")));
    assert_eq!(requests[2..], ["PATCH /Users/u1", "GET /Users/u1"]);
    assert_eq!(problems, ["ann: PATCH /Users/u1 was answered 404"]);
}

#[test]
fn a_server_that_finds_and_loses_the_same_person_is_given_up() {
    let stub =
        Stub::new().instead(|request, _| (request.path() == "/Users/u1").then(|| Ok(error(404))));
    let (requests, problems) = told(&stub, &script(&format!("{ANN}{PHONE}")));
    assert!(requests.len() < 30, "{requests:#?}");
    assert_eq!(problems.len(), 1);
}

#[test]
fn puts_where_patch_is_not_offered_or_not_known() {
    let with_extra = |kept: &mut Kept| {
        kept.resources[0].1["urn:example:custom"] = json!({"badge": 7});
    };
    let off = Stub::new()
        .with(|kept| kept.configuration["patch"]["supported"] = json!(false))
        .instead(once(Method::Get, "/Users/u1", move |_, kept| {
            with_extra(kept);
            None
        }));
    let (requests, _) = told(&off, &script(&format!("{ANN}{PHONE}")));
    assert_eq!(requests[2..], ["GET /Users/u1", "PUT /Users/u1"]);
    let user = &off.resources("/Users")[0];
    assert_eq!(user["urn:example:custom"]["badge"], 7, "what it does not know stays");
    assert_eq!(user["title"], "AE");
    assert!(user.get("phoneNumbers").is_none());

    let unknown =
        Stub::new().instead(|request, _| (request.method == Method::Patch).then(|| Ok(error(501))));
    let (requests, problems) = told(&unknown, &script(&format!("{ANN}{PHONE}")));
    assert_eq!(requests[2..], ["PATCH /Users/u1", "GET /Users/u1", "PUT /Users/u1"]);
    assert_eq!(problems, [""; 0]);
}

#[test]
fn sends_only_what_the_schemas_have() {
    let attributes = json!([{"name": "userName"}, {"name": "name"}, {"name": "emails"},
        {"name": "active"}, {"name": "title", "mutability": "readOnly"}]);
    let schemas = json!({
        "totalResults": 1,
        "Resources": [{"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": attributes}],
    });
    let stub = Stub::new().with(|kept| kept.schemas = Some(schemas));
    told(&stub, &script(ANN));
    let user = &stub.resources("/Users")[0];
    assert_eq!(user["userName"], "ann@x.example");
    assert_eq!(user["externalId"], "ann", "of every resource");
    assert!(user.get("title").is_none() && user.get("phoneNumbers").is_none(), "{user}");
}

#[test]
fn looks_through_the_list_where_filters_are_not_offered() {
    let stub = Stub::new().with(|kept| {
        kept.configuration["filter"]["supported"] = json!(false);
        let bob = json!({"id": "u0", "userName": "bob@x.example", "active": true});
        kept.resources.push(("/Users/u0".to_owned(), bob));
    });
    let (requests, _) = told(&stub, &script("  - create-user: { person: bob }\n"));
    assert_eq!(requests, ["GET /Users", "PATCH /Users/u0"]);
}

#[test]
fn says_the_version_and_reads_it_again_when_it_is_old() {
    let versioned = |version: &str, body: Value| {
        let mut answer = answer(200, &body);
        answer.headers.push(("ETag".to_owned(), version.to_owned()));
        Some(Ok(answer))
    };
    let mut patched = 0;
    let stub = Stub::new()
        .with(|kept| kept.configuration["etag"]["supported"] = json!(true))
        .instead(move |request, _| match request.method {
            Method::Get if request.path() == "/Users/u1" => {
                versioned(&format!("W/\"{}\"", patched + 1), json!({"id": "u1"}))
            }
            Method::Patch => {
                patched += 1;
                Some(Ok(error(if patched == 1 { 412 } else { 204 })))
            }
            _ => None,
        });
    let runtime = runtime();
    let script = script(&format!("{ANN}{PHONE}"));
    let mut client = client(&runtime, Spec::of(Provider::Rfc7644), &script, stub.wire());
    play(&runtime, &mut client, &script);
    let versions: Vec<String> = stub
        .take()
        .iter()
        .filter_map(|request| Some(request.header("if-match")?.to_owned()))
        .collect();
    assert_eq!(versions, ["W/\"1\"", "W/\"2\""]);
}

#[test]
fn pages_begin_behind_what_came_whatever_was_asked_for() {
    // The provider sends two at a time and promises one too many.
    let stub = Stub::new().instead(|request, _| {
        if request.path() != "/Users" || request.method != Method::Get {
            return None;
        }
        let first = request.to.split("startIndex=").nth(1)?.split('&').next()?.parse().ok()?;
        let some: Vec<Value> =
            (first..=5).take(2).map(|n: usize| json!({"id": format!("x{n}")})).collect();
        Some(Ok(list(some, 6)))
    });
    let runtime = runtime();
    let script = script("  - import: {}\n");
    let mut client = client(&runtime, Spec::of(Provider::Rfc7644), &script, stub.wire());
    stub.take();
    play(&runtime, &mut client, &script);
    let sent: Vec<String> = stub.take().into_iter().map(|request| request.to).collect();
    let starts: Vec<&str> = sent
        .iter()
        .filter(|to| to.starts_with("/Users"))
        .filter_map(|to| to.split("startIndex=").nth(1)?.split('&').next())
        .collect();
    assert_eq!(starts, ["1", "3", "5", "6"]);
}

#[test]
fn follows_cursors_to_their_end_and_begins_anew_once() {
    let mut expired = true;
    let stub = Stub::new()
        .with(|kept| kept.configuration["pagination"] = json!({"cursor": true, "index": false}))
        .instead(move |request, _| {
            let cursor = request.to.split("cursor=").nth(1)?.split('&').next()?.to_owned();
            let page = |next: Option<&str>| {
                let mut body = json!({"totalResults": 2, "Resources": [{"id": "x"}]});
                if let Some(next) = next {
                    body["nextCursor"] = json!(next);
                }
                answer(200, &body)
            };
            Some(Ok(match cursor.as_str() {
                "" => page(Some("a b")),
                "a%20b" if std::mem::take(&mut expired) => {
                    answer(400, &json!({"scimType": "expiredCursor", "status": "400"}))
                }
                "a%20b" => page(None),
                _ => error(400),
            }))
        });
    let runtime = runtime();
    let script = script("  - import: {}\n");
    let mut client = client(&runtime, Spec::of(Provider::Rfc7644), &script, stub.wire());
    stub.take();
    let done = play(&runtime, &mut client, &script);
    assert_eq!(done[0].problems, []);
    let sent: Vec<String> = stub.take().into_iter().map(|request| request.to).collect();
    let users: Vec<&String> = sent.iter().filter(|to| to.starts_with("/Users")).collect();
    assert_eq!(
        users,
        [
            "/Users?cursor=&count=100",
            "/Users?cursor=a%20b&count=100",
            "/Users?cursor=&count=100",
            "/Users?cursor=a%20b&count=100"
        ]
    );
}

#[test]
fn asks_for_somebody_who_was_not_in_the_list_before_anything_is_concluded() {
    let stub = Stub::new().instead(|request, _| {
        (request.method == Method::Get && request.to.starts_with("/Users?startIndex"))
            .then(|| Ok(list(Vec::new(), 0)))
    });
    let (requests, problems) = told(&stub, &script(&format!("{ANN}  - import: {{}}\n")));
    assert_eq!(requests[2..], ["GET /Users", "GET /Users/u1", "GET /Groups"]);
    assert_eq!(problems, [""; 0]);
}

#[test]
fn a_group_that_was_lost_comes_back_with_all_its_members() {
    let actions = format!(
        "{ANN}  - create-user: {{ person: bob }}\n  - create-group: {{ group: sales }}
  - add-members: {{ group: sales, people: [ann] }}
  - add-members: {{ group: sales, people: [bob] }}\n"
    );
    let mut patched = 0;
    let stub = Stub::new().instead(move |request, kept| {
        patched += usize::from(is(request, Method::Patch, "/Groups/g1"));
        if patched == 2 {
            kept.resources.retain(|(path, _)| path != "/Groups/g1");
            patched += 1;
        }
        None
    });
    let runtime = runtime();
    let script = script(&actions);
    let mut client = client(&runtime, Spec::of(Provider::Rfc7644), &script, stub.wire());
    let done = play(&runtime, &mut client, &script);
    assert!(done.iter().all(|done| done.problems.is_empty()), "{done:#?}");
    let last = stub.take().pop().unwrap();
    assert_eq!(last.path(), "/Groups/g2");
    assert_eq!(last.json().unwrap()["Operations"][0]["op"], "replace");
    let members = &last.json().unwrap()["Operations"][0]["value"];
    assert_eq!(members, &json!([{"value": "u1"}, {"value": "u2"}]));
}

/// A token endpoint whose tokens are good for five seconds, and a provider that takes the last one
/// only. `early` makes the provider tire of a token before its time.
fn token_server(early: bool) -> Stub {
    let (mut issued, mut used) = (0, 0);
    Stub::new().instead(move |request, kept| {
        if request.to.ends_with("/token") {
            (issued, used) = (issued + 1, 0);
            let token = format!("secret-{issued}");
            return Some(Ok(answer(200, &json!({"access_token": token, "expires_in": 5}))));
        }
        used += 1;
        let shown = request.header("authorization").unwrap_or_default();
        let tired = early && used > 3;
        if shown != format!("Bearer secret-{issued}") || tired {
            let challenge = "Bearer error=\"invalid_token\"".to_owned();
            let headers = vec![("WWW-Authenticate".to_owned(), challenge)];
            return Some(Ok(Answer { headers, ..error(401) }));
        }
        // Time goes by with every creation.
        if request.method == Method::Post {
            kept.waits.push(Duration::from_secs(6));
        }
        None
    })
}

fn with_oauth(spec: Spec, stub: &Stub) -> (Vec<String>, usize) {
    let runtime = runtime();
    let script = script("  - create-user: { person: ann }\n  - create-user: { person: bob }\n");
    let oauth = OAuth {
        url: "http://stub.example/token".to_owned(),
        client_id: "id".to_owned(),
        client_secret: "very-secret".to_owned(),
        scope: None,
        placement: Placement::Header,
    };
    let target =
        Target { credential: Credential::OAuth(oauth), ..target("http://stub.example/scim/v2") };
    let mut client = Client::new(spec, target, script.directory.clone(), stub.wire());
    let mut done = vec![runtime.block_on(client.connect())];
    done.extend(play(&runtime, &mut client, &script));
    assert!(!format!("{done:?}").contains("secret"), "nothing secret is kept");
    let sent = stub.take().iter().map(|one| format!("{} {}", one.method, one.path())).collect();
    (sent, done.iter().map(|done| done.problems.len()).sum())
}

#[test]
fn fetches_a_token_before_it_expires_and_after_a_401() {
    const TOKEN: &str = "POST http://stub.example/token";
    let model = || Spec::of(Provider::Rfc7644);
    let (sent, problems) = with_oauth(model(), &token_server(false));
    let person = ["GET /Users", "POST /Users"];
    let setup = [TOKEN, "GET /ServiceProviderConfig", "GET /Schemas"];
    assert_eq!(sent, [&setup[..], &person, &[TOKEN], &person].concat(), "one token a lifetime");
    assert_eq!(problems, 0);

    let (sent, problems) = with_oauth(model(), &token_server(true));
    let refused = ["GET /Users", "POST /Users", TOKEN, "POST /Users"];
    assert_eq!(sent[..7], [&setup[..], &refused].concat(), "and one where it was refused");
    assert_eq!(problems, 0);

    let (sent, problems) = with_oauth(faulty("K43b").unwrap(), &token_server(true));
    assert_eq!(sent.iter().filter(|one| *one == TOKEN).count(), 1);
    assert_eq!(problems, 2);
}

/// A token endpoint that answers so once, and then well.
fn reluctant(status: u16, headers: &[(&str, &str)]) -> Stub {
    let mut answers = 0;
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Stub::new().instead(move |request, _| {
        if !request.to.ends_with("/token") {
            return None;
        }
        answers += 1;
        if answers == 1 {
            return Some(Ok(Answer { headers: headers.clone(), ..error(status) }));
        }
        Some(Ok(answer(200, &json!({"access_token": "secret", "expires_in": 600}))))
    })
}

#[test]
fn a_token_endpoint_is_waited_for_and_never_flooded() {
    let tokens = |sent: &[String]| sent.iter().filter(|one| one.ends_with("/token")).count();
    let model = || Spec::of(Provider::Rfc7644);
    let stub = reluctant(503, &[("Retry-After", "7")]);
    let (sent, problems) = with_oauth(model(), &stub);
    assert_eq!((tokens(&sent), problems), (2, 0));
    assert_eq!(stub.waits(), [Duration::from_secs(7)]);

    // Refused: the connection fails, and the next time it is asked again.
    let (sent, problems) = with_oauth(model(), &reluctant(400, &[]));
    assert_eq!((tokens(&sent), problems), (2, 1));

    let refusing =
        || Stub::new().instead(|request, _| request.to.ends_with("/token").then(|| Ok(error(400))));
    let (sent, _) = with_oauth(model(), &refusing());
    assert_eq!(tokens(&sent), 3, "one for each thing that there is to say");
    let (sent, _) = with_oauth(faulty("K43c").unwrap(), &refusing());
    assert_eq!(tokens(&sent), 30);
}

#[test]
fn members_that_are_too_many_for_one_request_go_in_several() {
    let runtime = runtime();
    let stub = Stub::new().instead(|request, _| {
        let body = request.json().unwrap_or_default();
        let operations = body["Operations"].as_array().cloned().unwrap_or_default();
        let members = |one: &Value| one["value"].as_array().map_or(1, Vec::len);
        let many = operations.iter().map(members).sum::<usize>() > 1;
        (request.path().starts_with("/Groups/") && many).then(|| Ok(error(413)))
    });
    let script = script(
        "  - create-user: { person: ann }
  - create-user: { person: bob }
  - create-group: { group: sales }
  - add-members: { group: sales, people: [ann, bob] }
  - remove-members: { group: sales, people: [ann, bob] }\n",
    );
    let mut client = client(&runtime, Spec::of(Provider::Rfc7644), &script, stub.wire());
    let done = play(&runtime, &mut client, &script);
    assert!(done.iter().all(|done| done.problems.is_empty()), "{done:#?}");
    let patches = stub.take().iter().filter(|one| one.method == Method::Patch).count();
    assert_eq!(patches, 6, "each in whole, and then each half");
}
