//! `provisor conform server` against the server here: reports, how it ends, and what is refused
//! before anything is sent.

use serde_json::Value;

use super::run::{Folder, Ran};
use super::serving::Serving;

/// A scenario that every server fails, and one that every server passes.
const TEAPOT: &str = "\
id: own/teapot
title: The list of users is a teapot
why: Somebody wants tea.
level: must
covers: [RFC7644-3.4.2-01]
steps:
  - send: GET /Users?count=1
    expect: { status: 418 }
fix: Boil water.
";
const ANSWERS: &str = "\
id: own/answers
title: The list of users is answered
why: Somebody wants users.
level: must
covers: [RFC7644-3.4.2-01]
steps:
  - send: GET /Users?count=1
    expect: { status: 200 }
fix: Answer.
";
const NOBODY: &str = "\
id: own/nobody
title: A scenario that cannot be played
why: Its header cannot be sent.
level: must
covers: [RFC7644-3.4.2-01]
steps:
  - send: GET /Users
    headers: { 'no header': x }
fix: Nothing.
";

struct Bench {
    folder: Folder,
    serving: Serving,
}

impl Bench {
    fn new() -> Self {
        let folder = Folder::with(&[
            ("s/own/teapot.yaml", TEAPOT),
            ("s/own/answers.yaml", ANSWERS),
            ("s/own/nobody.yaml", NOBODY),
        ]);
        let serving = Serving::start(&folder, &[]);
        Self { folder, serving }
    }

    fn run(&self, arguments: &str) -> Ran {
        let url = format!("http://{}/scim/v2", self.serving.address);
        let arguments = format!("conform server {url} --scenarios s {arguments}");
        let output = self
            .folder
            .command(&arguments)
            .env("PROVISOR_CONFORM_TOKEN", &self.serving.token)
            .output()
            .unwrap();
        Ran::of(output)
    }
}

#[test]
fn the_end_says_whether_it_conforms_or_could_not_be_run() {
    let bench = Bench::new();
    for (chosen, code) in [
        ("--only own/answers", 0),
        ("--only own/teapot", 1),
        ("--only own/nobody", 3),
        ("--only own/", 1),
        ("--only own/answers --report html=no/such/folder.html", 2),
        // A folder of that name is there: the run is not lost.
        ("--only own/answers --report html=s --report json=r.json", 2),
    ] {
        let ran = bench.run(chosen);
        assert_eq!(ran.code(), code, "{chosen}\n{ran}");
    }
    assert!(bench.folder.read("r.json").contains("own/answers"));
}

#[test]
fn reports_go_into_files_and_one_to_standard_output() {
    let bench = Bench::new();
    let files = ["text", "json", "html", "markdown", "junit", "sarif", "har"];
    let reports = files.map(|name| format!("--report {name}=r.{name}")).join(" ");
    let badges = "--badge b.svg --badge b.json";
    let ran = bench.run(&format!("--only own/teapot --format json {reports} {badges}"));
    assert_eq!(ran.code(), 1, "{ran}");
    let out: Value = serde_json::from_str(&ran.out()).unwrap();
    assert_eq!(out["entries"][0]["id"], "own/teapot");
    assert_eq!(out, serde_json::from_str::<Value>(&bench.folder.read("r.json")).unwrap());
    for name in files
        .map(|name| format!("r.{name}"))
        .iter()
        .chain(&["b.svg".to_owned(), "b.json".to_owned()])
    {
        let text = bench.folder.read(name);
        assert!(!text.is_empty() && !text.contains(&bench.serving.token), "{name}");
    }
}

#[test]
fn all_exchanges_are_kept_where_that_is_wanted() {
    let bench = Bench::new();
    let entries = |more: &str| {
        let ran = bench.run(&format!("--only own/answers --format har {more}"));
        let log: Value = serde_json::from_str(&ran.out()).unwrap();
        log["log"]["entries"].as_array().unwrap().clone()
    };
    assert_eq!(entries("").len(), 0, "nothing is found");
    let all = entries("--har-all");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["request"]["headers"][1]["value"], "Bearer [redacted]");
}

#[test]
fn with_a_baseline_only_new_failures_count() {
    let bench = Bench::new();
    let first = bench.run("--only own/teapot --only own/answers --report json=before.json");
    assert_eq!(first.code(), 1, "{first}");
    let again = bench.run("--only own/teapot --only own/answers --baseline before.json");
    assert_eq!(again.code(), 0, "{again}");
    assert!(again.out().contains(" unchanged"), "{again}");
    bench.folder.write("s/own/answers.yaml", ANSWERS.replace("200", "204").as_bytes());
    let worse = bench.run("--only own/teapot --only own/answers --baseline before.json");
    assert_eq!(worse.code(), 1, "{worse}");
    assert!(worse.out().contains("new failure: own/answers (fail, was pass)"), "{worse}");
    assert!(!worse.out().contains("fail: own/teapot"), "what was known is left out: {worse}");
}

#[test]
fn waivers_are_honoured_and_do_not_rot() {
    let bench = Bench::new();
    let waiver =
        |id: &str, expires: &str| format!("- id: {id}\n  reason: known\n  expires: {expires}\n");
    bench.folder.write("good.yaml", waiver("own/teapot", "2999-01-01").as_bytes());
    assert_eq!(bench.run("--only own/teapot --waivers good.yaml").code(), 0);
    // One that is not chosen is neither stale nor known to hold.
    assert_eq!(bench.run("--only own/answers --waivers good.yaml").code(), 0);
    bench.folder.write("stale.yaml", waiver("own/answers", "2999-01-01").as_bytes());
    let stale = bench.run("--only own/answers --waivers stale.yaml");
    assert_eq!(stale.code(), 1, "{stale}");
    assert!(stale.out().contains("stale.yaml:1: `own/answers` passes"), "{stale}");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    let folder = Folder::with(&[
        ("old.json", r#"{"version": 9}"#),
        ("w.yaml", "- id: a\n  reason: b\n  expires: soon\n"),
    ]);
    // Nobody listens there; none of these comes so far.
    let run = |arguments: &str| {
        let ran = folder.run(&format!("conform server http://127.0.0.1:1/scim/v2 {arguments}"));
        assert_eq!(ran.code(), 2, "{ran}");
        ran.err()
    };
    insta::assert_snapshot!(
        [
            run("--format htlm"),
            run("--report html"),
            run("--badge badge.png"),
            run("--report json=no/folder/r.json"),
            run("--baseline none.json"),
            run("--baseline old.json"),
            run("--waivers w.yaml"),
        ]
        .join("\n")
    );
}
