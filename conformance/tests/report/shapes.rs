//! What machines read has the shape that they expect.

use boon::{Compiler, Schemas};
use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Format, Redacted, json};
use serde_json::{Value, json};

use super::fixture;

fn written(form: Format, report: &Redacted) -> String {
    form.render(report, Look::plain())
}

/// The schema, which allows members that are not known; closed here, so that none is forgotten.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(closed);
            if members
                .get("properties")
                .is_some_and(|one| one.get("type").is_none_or(Value::is_object))
            {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(closed),
        _ => {}
    }
}

#[test]
fn the_json_form_is_what_its_schema_says() {
    let mut schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    closed(&mut schema);
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("report.schema.json", schema).unwrap();
    let index = compiler.compile("report.schema.json", &mut schemas).unwrap();
    let earlier = fixture::report();
    let mut raw = fixture::raw();
    raw.interrupted = Some("Ctrl-C".to_owned());
    raw.entries.remove(0);
    for entry in &mut raw.entries {
        entry.exchanges = entry.findings.iter().flat_map(|one| one.exchanges.clone()).collect();
        entry.exchanges.iter_mut().for_each(|one| one.request.received = true);
    }
    let later = raw.redacted(&[]).since(&earlier);
    for report in [earlier, later] {
        let value: Value = serde_json::from_str(&written(Format::Json, &report)).unwrap();
        if let Err(error) = schemas.validate(&value, index) {
            panic!("{error:#}");
        }
        assert_eq!(json::read(&value.to_string()), Ok(report), "it can be read back");
    }
}

#[test]
fn what_is_no_report_is_said_to_be_none() {
    let read = |text: &str| json::read(text).unwrap_err();
    insta::assert_snapshot!(format!(
        "{}\n{}\n{}\n{}",
        read("<html>"),
        read("{}"),
        read(r#"{"version":9}"#),
        read(r#"{"version":1,"kind":"server"}"#),
    ));
}

#[test]
fn junit_counts_what_it_holds() {
    let text = written(Format::Junit, &fixture::report());
    let number = |name: &str| {
        let root = text.split_once("<testsuites ").unwrap().1.split_once('>').unwrap().0;
        let value = root.split_once(&format!(" {name}=\"")).unwrap().1;
        value.split_once('"').unwrap().0.parse::<usize>().unwrap()
    };
    assert_eq!(number("tests"), text.matches("<testcase ").count());
    assert_eq!(number("failures"), text.matches("<failure ").count());
    assert_eq!(number("errors"), text.matches("<error ").count());
    let skipped: usize = text
        .split(" skipped=\"")
        .skip(1)
        .map(|rest| rest.split_once('"').unwrap().0.parse::<usize>().unwrap())
        .sum();
    assert_eq!(skipped, text.matches("<skipped ").count());
}

#[test]
fn sarif_results_point_at_their_rules() {
    let log: Value = serde_json::from_str(&written(Format::Sarif, &fixture::report())).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        // A level other than none belongs to failures alone (SARIF 2.1.0, 3.27.10).
        assert_eq!(result["kind"] == "fail", result["level"] != "none", "{result}");
    }
}

#[test]
fn har_has_what_its_readers_cannot_do_without() {
    let log: Value = serde_json::from_str(&written(Format::Har, &fixture::report())).unwrap();
    let entries = log["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 7, "an exchange of each finding");
    for entry in entries {
        for place in [
            "/startedDateTime",
            "/time",
            "/request/method",
            "/request/url",
            "/request/httpVersion",
            "/request/cookies",
            "/request/headers",
            "/request/queryString",
            "/request/headersSize",
            "/request/bodySize",
            "/response/status",
            "/response/statusText",
            "/response/content/size",
            "/response/content/mimeType",
            "/response/redirectURL",
            "/cache",
            "/timings/send",
            "/timings/wait",
            "/timings/receive",
        ] {
            assert!(entry.pointer(place).is_some_and(|one| !one.is_null()), "{place}: {entry}");
        }
    }
}
