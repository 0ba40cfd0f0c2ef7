//! The `test` blocks of rules files: people made up in the rules, decided like real ones.
//!
//! [`run`] reads each fixture through the same reader as real payloads, decides, and compares
//! with what the test expects. Findings are data, as those of checking are: Q701 for each failed
//! expectation, Q703 for rules that no test reaches, Q704 for people who cannot exist.

mod coverage;
mod expectation;
mod failure;
mod fixtures;
mod tree;
mod words;

use crate::decide::{Groups, Membership, Person, RuleSet};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::rules::ast::RuleKind;
use crate::rules::check::suite::{Case, TestSuite};
use crate::rules::source::Span;

use coverage::Reached;

/// What came of the tests of one rule set.
#[derive(Debug, Clone, Default)]
pub struct TestReport {
    /// Every test, in file order.
    pub cases: Vec<CaseReport>,
    /// Every rule with the number of tests that reach it: assignments, grants, nevers, each in
    /// file order.
    pub coverage: Vec<RuleCoverage>,
    /// Q701, Q703 and Q704, in the order in which they are shown.
    pub diagnostics: Vec<Diagnostic>,
}

/// What came of one test.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// The assignment that won; `None`: the person is deactivated.
    pub assignment: Option<String>,
    /// How many expectations it has.
    pub expectations: usize,
    /// How many of them failed.
    pub failures: usize,
}

impl CaseReport {
    /// Whether everything is as expected.
    pub fn passed(&self) -> bool {
        self.failures == 0
    }
}

/// How many tests reach a rule.
#[derive(Debug, Clone)]
pub struct RuleCoverage {
    /// Which kind.
    pub kind: RuleKind,
    /// Its name.
    pub name: String,
    /// Its first line.
    pub span: Span,
    /// Tests whose person it decides: for an assignment those where it wins, for others those
    /// where it matches.
    pub tests: usize,
}

impl TestReport {
    /// How many tests passed.
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.passed()).count()
    }

    /// How many tests failed.
    pub fn failed(&self) -> usize {
        self.cases.len() - self.passed()
    }
}

/// Q704 for people who cannot exist. Building reports them too: it takes no decision to see them.
pub fn impossible(suite: &TestSuite) -> Vec<Diagnostic> {
    fixtures::check(&suite.lines)
}

/// Runs all tests. The suite must come from the same check as the rules.
pub fn run(rules: &RuleSet, suite: &TestSuite) -> TestReport {
    let mut found = Diagnostics::new();
    let mut reached = Reached::new(rules.model());
    let mut person = Person::new();
    let mut cases = Vec::with_capacity(suite.cases.len());
    for case in &suite.cases {
        cases.push(run_case(rules, case, &mut person, &mut reached, &mut found));
    }
    let coverage = reached.report(rules.model());
    if !cases.is_empty() {
        found.extend(coverage.iter().filter_map(coverage::uncovered));
    }
    found.extend(impossible(suite));
    found.sort();
    TestReport { cases, coverage, diagnostics: found.into_vec() }
}

fn run_case(
    rules: &RuleSet,
    case: &Case,
    person: &mut Person,
    reached: &mut Reached,
    found: &mut Diagnostics,
) -> CaseReport {
    let groups: Vec<Membership> = case.groups().into_iter().map(membership).collect();
    let mut report = CaseReport {
        name: case.name.clone(),
        span: case.span,
        assignment: None,
        expectations: case.expects.len(),
        failures: 0,
    };
    if person.read_value(rules, &case.user(), Groups::Given(&groups)).is_err() {
        // A user built by checking is always an object; nothing was decided, so nothing passed.
        report.failures = report.expectations;
        return report;
    }
    let decision = rules.decide(person);
    reached.add(&decision);
    report.assignment = decision.winner().map(|winner| winner.head.name.clone());
    let mut shown = Vec::new();
    for expectation in &case.expects {
        if !expectation::met(expectation, &decision) {
            report.failures += 1;
            found.push(failure::diagnostic(rules, case, expectation, &decision, &mut shown));
        }
    }
    report
}

fn membership(group: crate::rules::check::suite::GivenGroup) -> Membership {
    Membership {
        name: Some(group.name),
        id: group.id,
        external_id: group.external_id,
        direct: group.direct,
        former_names: group.formerly.into_iter().collect(),
        deleted: false,
    }
}
