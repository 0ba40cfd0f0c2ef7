//! The format of scenario files: its JSON Schema, its mistakes, and the README's example.

use std::collections::BTreeSet;
use std::path::Path;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::report::Verdict;
use provisor_conformance::scenario::{
    Choice, Credential, Expectation, Fixture, Level, Need, Pick, RULES, Scenario, Step, TYPES,
    Took, Walk,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::small::Small;
use super::tell::{READS, fire, scenario, verdicts};

const SCHEMA: &str = include_str!("../../scenario.schema.json");
const README: &str = include_str!("../../README.md");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// Every file under the folder of scenarios.
fn files(folder: &Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

#[test]
fn every_scenario_is_as_the_schema_says() {
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("scenario.json", schema()).unwrap();
    let compiled = compiler.compile("scenario.json", &mut schemas).unwrap();
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut all);
    assert!(all.len() > 400);
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let value: Value = serde_saphyr::from_str(&text).unwrap();
            let error = schemas.validate(&value, compiled).err()?;
            Some(format!("{}: {error}", path.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What serde says that a type may have.
fn keys<T: DeserializeOwned>() -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(json!({ "zzz": 1 })).err().unwrap().to_string();
    listed(&error)
}

fn words<T: DeserializeOwned>() -> BTreeSet<String> {
    listed(&serde_json::from_value::<T>(json!("zzz")).err().unwrap().to_string())
}

fn listed(error: &str) -> BTreeSet<String> {
    let list = error.split_once("expected ").unwrap().1;
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_schema_has_every_key_of_the_types_and_no_other() {
    let schema = schema();
    let properties = |pointer: &str| -> BTreeSet<String> {
        let place = format!("{pointer}/properties");
        schema.pointer(&place).unwrap().as_object().unwrap().keys().cloned().collect()
    };
    let known = |pointer: &str| -> BTreeSet<String> {
        let list = schema.pointer(pointer).unwrap().as_array().unwrap();
        list.iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let table = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(properties(""), keys::<Scenario>());
    assert_eq!(properties("/$defs/step"), keys::<Step>());
    assert_eq!(properties("/$defs/expectation"), keys::<Expectation>());
    assert_eq!(properties("/$defs/choice"), keys::<Choice>());
    assert_eq!(properties("/$defs/took"), keys::<Took>());
    assert_eq!(properties("/$defs/pick"), keys::<Pick>());
    assert_eq!(properties("/$defs/fixture"), keys::<Fixture>());
    assert_eq!(known("/$defs/level/enum"), words::<Level>());
    assert_eq!(known("/$defs/need/enum"), words::<Need>());
    assert_eq!(known("/$defs/step/properties/walk/enum"), words::<Walk>());
    assert_eq!(known("/$defs/step/properties/credential/enum"), words::<Credential>());
    assert_eq!(known("/$defs/rule/enum"), table(RULES));
    assert_eq!(properties("/$defs/rules"), table(RULES));
    assert_eq!(known("/$defs/type/enum"), table(TYPES));
}

#[test]
fn mistakes_are_told_with_their_line_and_what_was_probably_meant() {
    for (right, wrong, told) in [
        (
            "title:",
            "tittle:",
            "t/reads.yaml:3: there is no key `tittle` here; did you mean `title`?",
        ),
        (
            "level: must",
            "level: most",
            "t/reads.yaml:5: there is no word `most` here; did you mean `must`?",
        ),
        (
            "    expect:",
            "    expects:",
            "t/reads.yaml:9: there is no key `expects` here; did you mean `expect`?",
        ),
        (
            "RFC7644-3.4.1-01",
            "RFC7644-3.4.1-O1",
            "t/reads.yaml:6: there is no requirement `RFC7644-3.4.1-O1`; did you mean",
        ),
        (
            "id: t/reads",
            "id: t/read",
            "t/reads.yaml:2: the id is `t/read`; its place says `t/reads`",
        ),
        (
            "id: t/reads",
            "id: acme/t/reads",
            "t/reads.yaml:2: the id is `acme/t/reads`; its place says `t/reads`; give the folder in \
             which `acme` is",
        ),
        (
            "/id: \"1\"",
            "/id: { presnt: true }",
            "t/reads.yaml:9: there is no rule `presnt`; did you mean `present`?",
        ),
        (
            "/id: \"1\"",
            "/id: { type: work }",
            "t/reads.yaml:9: `work` is no type that the rule `type` knows",
        ),
        ("/id: \"1\"", "/id: { matches: \"(\" }", "t/reads.yaml:9: `(` is no regular expression"),
        (
            "GET /Users/1",
            "GET Users/1",
            "t/reads.yaml:8: `send` is a method, a blank, and a target",
        ),
        ("fix: f", "unchanged: [ann]\nfix: f", "t/reads.yaml:10: `unchanged` names `ann`"),
        (
            "    expect:",
            "    within: 99\n    expect:",
            "t/reads.yaml:8: `wait` and `within` are seconds from 0 to 60",
        ),
        ("steps:", "steps: [", "t/reads.yaml:"),
        (
            "/id:",
            "id:",
            "t/reads.yaml:9: `id` is no place in a body: it begins with a slash, as in `/id`",
        ),
        (
            "status: 200",
            "status: OK",
            "t/reads.yaml:9: `OK` is no status; write a number such as 200",
        ),
        ("status: 200", "status: [200, 4x]", "t/reads.yaml:9: `4x` is no status"),
        (
            "/id: \"1\"",
            "/id: \"${anna/id}\"",
            "t/reads.yaml:9: `anna/id` names `anna`, which comes from nowhere; known here: base, run",
        ),
        (
            "  - send: GET /Users/1",
            "  - { send: GET /Me, as: anne }\n  - send: GET /Users/${anna/id}",
            "t/reads.yaml:9: `anna/id` names `anna`, which comes from nowhere; did you mean `anne`?",
        ),
        (
            "  - send: GET /Users/1",
            "  - { if_known: \"pag/nextCursor\", send: GET /Me, as: page }\n  - send: GET /Users/1",
            "t/reads.yaml:8: `pag/nextCursor` names `pag`, which comes from nowhere; did you mean `page`?",
        ),
        (
            "  - send: GET /Users/1",
            "  - { send: POST /Users, body: { userName: ann } }\n  - send: GET /Users/1",
            "t/reads.yaml:8: what this step makes has no `${run}`",
        ),
    ] {
        let text = READS.replace(right, wrong);
        assert_ne!(text, READS, "{right}");
        let broken = Corpus::of([("t/reads.yaml".to_owned(), text.as_str())].into_iter());
        let broken = broken.unwrap_err()[0].to_string();
        assert!(broken.starts_with(told), "{wrong}\n  is told as {broken}\n  and not as {told}");
        assert!(!broken.contains('\n'), "{broken}");
    }
}

#[test]
fn every_built_in_scenario_can_be_read_and_makes_only_what_bears_the_mark() {
    let corpus = Corpus::built_in().unwrap_or_else(|broken| panic!("{}", broken[0]));
    for scenario in &corpus.scenarios {
        for step in &scenario.steps {
            let Some(Value::Object(body)) = &step.body else { continue };
            if !matches!(step.send.as_str(), "POST /Users" | "POST /Groups") {
                continue;
            }
            let name = if step.send.ends_with("Users") { "userName" } else { "displayName" };
            let named = body
                .get(name)
                .is_none_or(|name| name.to_string().contains("${") || !name.is_string());
            let anything = Value::Object(body.clone()).to_string().contains("${run}");
            assert!(named || anything, "{}: {body:?} would not be known as ours", scenario.id);
        }
    }
}

/// The first block of YAML in the README's worked example.
fn example() -> String {
    let worked = README.split_once("## A worked example").unwrap().1;
    let block = worked.split_once("```yaml\n").unwrap().1;
    block.split_once("```").unwrap().0.to_owned()
}

#[tokio::test]
async fn the_example_of_the_readme_runs_and_can_fail() {
    let example = scenario(&example());
    let server = Small::start().await;
    let report = fire(&server.url, vec![example.clone()]).await.unwrap();
    assert_eq!(verdicts(&report, "acme/"), [Verdict::Pass]);
    // A server that forgets what it was told.
    let server = Small::with(|asked, kept| {
        if asked.method != "PUT" {
            return None;
        }
        let was = kept.resources[&asked.path].clone();
        Some(super::small::reply(200, &was))
    })
    .await;
    let report = fire(&server.url, vec![example]).await.unwrap();
    assert_eq!(verdicts(&report, "acme/"), [Verdict::Fail]);
}

#[test]
fn the_readme_tells_every_key_and_every_rule() {
    let all = [
        keys::<Scenario>(),
        keys::<Step>(),
        keys::<Expectation>(),
        keys::<Choice>(),
        keys::<Took>(),
        words::<Need>(),
    ];
    let rules = RULES.iter().map(|&rule| rule.to_owned());
    for name in all.into_iter().flatten().chain(rules) {
        assert!(README.contains(&format!("`{name}`")), "the README does not tell `{name}`");
    }
}
