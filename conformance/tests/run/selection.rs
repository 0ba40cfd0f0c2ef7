//! Choosing, and running in any order and any number of lanes.

use provisor_conformance::plan::plan;
use provisor_conformance::report::Verdict;
use provisor_conformance::run::Options;

use super::small::{Small, error};
use super::tell::{MAKES, READS, fire_with, scenario, soon, times, verdicts};

#[tokio::test]
async fn the_first_failure_ends_a_run_that_asks_for_that() {
    let server = Small::with(|asked, _| (asked.method == "PUT").then(|| error(500, "no"))).await;
    let options = Options { fail_fast: true, jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, times(MAKES, 30), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Fail]);
    assert_eq!(
        report.interrupted.as_deref(),
        Some("stopped at the first failure: 29 of 31 scenarios were not played")
    );
    assert_eq!(server.there(), Vec::<String>::new());
}

#[tokio::test]
async fn the_order_follows_the_seed() {
    let order = async |seed| {
        let server = Small::start().await;
        let options = Options { seed, jobs: Some(1), ..soon() };
        let texts: Vec<_> = ["a", "b", "c", "d", "e", "f"]
            .map(|name| {
                scenario(
                    &READS
                        .replace("Users/1", &format!("Users/{name}"))
                        .replace("t/reads", &format!("t/{name}")),
                )
            })
            .into();
        fire_with(&server.url, texts, options).await.unwrap();
        server.seen()
    };
    assert_eq!(order(1).await, order(1).await);
    assert_ne!(order(1).await, order(2).await);
}

#[test]
fn a_plan_counts_what_would_be_sent() {
    let plan = plan(&[scenario(MAKES), scenario(READS)]);
    assert!(plan.text.contains("t/makes\n  POST   /Users"), "{}", plan.text);
    assert!(plan.text.contains("  GET    /Users/${ann/id}\n"), "{}", plan.text);
    // Six of discovery, four of the gate, four of one scenario and one of the other.
    assert_eq!((plan.requests, plan.writes), (15, 6));
}
