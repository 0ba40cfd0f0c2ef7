//! The `test` blocks of rules files.

use std::fmt::Write;

use provisor::decide::RuleSet;
use provisor::testing::{TestReport, run};

use super::reading::{shown, sound};

fn report(text: &str) -> (RuleSet, TestReport) {
    let (tree, checked) = sound(text);
    let rules = RuleSet::new(checked.model.unwrap(), tree.sources);
    let report = run(&rules, &checked.tests);
    (rules, report)
}

#[test]
fn every_report_is_shown_as_in_its_snapshot() {
    insta::glob!("tests/*.rules", |path| {
        let (rules, report) = report(&std::fs::read_to_string(path).unwrap());
        let mut out = String::new();
        for case in &report.cases {
            let verdict = if case.passed() { "pass" } else { "FAIL" };
            let winner = case.assignment.as_deref().unwrap_or("(not active)");
            writeln!(
                out,
                "{verdict} {}: {winner}, {} of {} as expected",
                case.name,
                case.expectations - case.failures,
                case.expectations
            )
            .unwrap();
        }
        out.push('\n');
        for rule in &report.coverage {
            writeln!(out, "{} {} `{}`", rule.tests, rule.kind.as_str(), rule.name).unwrap();
        }
        out.push('\n');
        out += &shown(rules.sources(), &report.diagnostics);
        let name = path.file_stem().unwrap().to_str().unwrap();
        insta::with_settings!({ snapshot_path => "tests", prepend_module_to_snapshot => false,
            snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!(name, out);
        });
    });
}

#[test]
fn rules_without_tests_are_not_called_uncovered() {
    let (_, report) = report("provisioning 1\ninclude \"company.rules\"\n");
    assert_eq!(report.cases.len(), 0);
    assert_eq!(report.diagnostics, []);
    assert!(report.coverage.iter().all(|rule| rule.tests == 0));
}

#[test]
fn building_tells_of_impossible_people_too() {
    let built = provisor::rules::build::build_text(
        "test.rules",
        "provisioning 1\nuser ana { active \"maybe\" }\n\
         test \"t\" { given ana\n expect deactivated }\n\
         default assignment \"All\" { seats none\n workspaces { }\n capture none\n update manual }\n",
    );
    assert!(built.rules.is_some());
    let codes: Vec<&str> = built.diagnostics.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(codes, ["Q704"]);
}
