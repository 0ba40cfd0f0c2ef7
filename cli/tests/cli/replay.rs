//! `provisor replay` against `provisor serve`.

use super::run::Folder;
use super::serving::Serving;

/// A server in a dialect, its token in the file `token`.
fn serving(folder: &Folder, dialect: &str) -> Serving {
    Serving::start(folder, &["--dialect", dialect])
}

fn base(serving: &Serving) -> String {
    format!("http://{}/scim/v2", serving.address)
}

#[test]
fn a_client_plays_the_built_in_script_and_the_server_has_it_in_the_end() {
    let folder = Folder::with(&[]);
    let serving = serving(&folder, "okta");
    let url = base(&serving);
    let ran =
        folder.run(&format!("replay --as okta-oin {url} --token-file token --verify --clean-up"));
    assert_eq!(ran.code(), 0, "{ran}");
    let out = ran.out();
    assert!(out.starts_with(&format!("okta-oin at {url}: 28 actions\n\nset up")), "{out}");
    assert!(out.contains("\ndelete-user dan "), "{out}");
    assert!(out.contains("\nthe client could tell everything\n"), "{out}");
    assert!(out.contains("\nthe endpoint has what the script says\n"), "{out}");
    assert!(out.ends_with(" resources were deleted again\n"), "{out}");

    // Nobody is left, so it can be done again.
    let left =
        folder.run(&format!("replay --as rfc7644 {url} --token-file token --only import --show"));
    assert!(
        left.out().contains("  GET /Users?startIndex=1&count=100\n    → 200, totalResults 0"),
        "{left}"
    );
}

#[test]
fn what_a_client_cannot_tell_is_named_and_ends_with_1() {
    let folder = Folder::with(&[]);
    let serving = serving(&folder, "rfc7644");
    // By the letter `"False"` is no flag.
    let url = base(&serving);
    let ran = folder.run(&format!(
        "replay --as entra-default {url} --token-file token --only deactivate-user --verify"
    ));
    assert_eq!(ran.code(), 1, "{ran}");
    let out = ran.out();
    assert!(out.contains("the client stumbled 2 times:\n  cleo: PATCH /Users/"), "{out}");
    assert!(out.contains("was answered 400"), "{out}");
    assert!(out.ends_with("the endpoint has the rest of what the script says\n"), "{out}");
}

#[test]
fn each_exchange_is_shown_without_secrets() {
    let folder = Folder::with(&[]);
    let serving = serving(&folder, "lenient");
    let url = base(&serving);
    let shown = folder.run(&format!(
        "replay --as okta-aiw {url} --token {} --only create-user --show",
        serving.token
    ));
    assert_eq!(shown.code(), 0, "{shown}");
    let out = shown.out();
    assert!(out.contains("  POST /Users\n      {\"active\":true,"), "{out}");
    assert!(out.contains("    → 201, id "), "{out}");
    assert!(!out.contains(&serving.token), "{out}");
    assert!(!out.contains("\"password\":\"") || out.contains("\"password\":\"…\""), "{out}");

    let in_address = folder
        .run(&format!("replay --fault k43 {url} --token {} --only import --show", serving.token));
    assert!(in_address.out().contains("access_token=…"), "{in_address}");
    assert!(!in_address.out().contains(&serving.token));
}

#[test]
fn a_script_of_ones_own_is_played() {
    let script = "people:\n  kim: { userName: kim@x.example, givenName: Kim, familyName: Park, email: kim@x.example }\nactions:\n  - create-user: { person: kim }\n";
    let broken = "people: {}\nactions:\n  - create-user: { person: kim }\n";
    let folder = Folder::with(&[("kim.yaml", script), ("broken.yaml", broken)]);
    let serving = serving(&folder, "lenient");
    let url = base(&serving);
    let go = |more: &str| folder.run(&format!("replay {url} --token-file token {more}"));
    let ran = go("--as jumpcloud --script kim.yaml --verify");
    assert_eq!(ran.code(), 0, "{ran}");
    assert!(ran.out().contains("create-user kim"), "{ran}");

    for (more, told) in [
        (
            "--as jumpcloud --script broken.yaml",
            "`broken.yaml` is no script: action 1, `create-user`: there is no person `kim` under `people`",
        ),
        ("--as jumpcloud --script none.yaml", "cannot read `none.yaml`: there is no such file"),
        ("--as jumpclod", "there is no client `jumpclod`\n  = help: did you mean `jumpcloud`?"),
        ("--as jumpcloud --only deactivate", "there is no action `deactivate`"),
        ("--fault K99", "there is no fault `K99`"),
        ("", "no client is named"),
    ] {
        let ran = go(more);
        assert_eq!(ran.code(), 2, "{ran}");
        assert!(ran.err().contains(told), "{ran}");
    }
}

#[test]
fn an_endpoint_that_is_not_there_or_lets_nobody_in_ends_with_2() {
    let folder = Folder::with(&[]);
    let serving = serving(&folder, "lenient");
    let url = base(&serving);
    for (place, told) in [
        (
            format!("{url} --token wrong"),
            "the client cannot be set up: GET /Users was answered 401",
        ),
        (
            "http://127.0.0.1:9/scim --token x".to_owned(),
            "the client cannot be set up: GET /Users: ",
        ),
        ("localhost:8080 --token x".to_owned(), "`localhost:8080` is no http:// or https:// URL"),
    ] {
        let ran = folder.run(&format!("replay --as okta-oin {place}"));
        assert_eq!(ran.code(), 2, "{ran}");
        assert!(ran.err().contains(told), "{ran}");
    }
}

#[test]
fn the_list_has_every_client_action_and_fault() {
    let ran = Folder::with(&[]).run("replay --list");
    assert_eq!(ran.code(), 0, "{ran}");
    insta::assert_snapshot!(ran.out());
}

#[test]
fn who_was_there_before_stays_when_it_is_cleaned_up() {
    let folder = Folder::with(&[]);
    let serving = serving(&folder, "lenient");
    let url = base(&serving);
    let replayed = |flags: &str| {
        let flags = format!("replay --as rfc7644 {url} --token-file token {flags}");
        let ran = folder.run(&flags);
        assert_eq!(ran.code(), 0, "{ran}");
        ran.out()
    };
    replayed("--only create-user");
    // The same people again: found, and linked.
    let again = replayed("--only create-user --clean-up");
    assert!(again.contains("\n0 resources were deleted again\n"), "{again}");
    assert!(again.contains("left behind: ann: not made here"), "{again}");
    let read = replayed("--only import --show");
    assert!(read.contains("startIndex=1&count=100\n    → 200, totalResults 4"), "{read}");
}

#[test]
fn half_the_name_of_a_client_is_told_with_both() {
    let told = Folder::with(&[]).run("replay --as entra http://127.0.0.1:1 ").err();
    assert!(told.contains("did you mean `entra-default` or `entra-optscim`?"), "{told}");
}
