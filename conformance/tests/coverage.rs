//! What must be covered is covered, or says why it is not.

use std::collections::BTreeSet;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::lint::rule::ALL;
use provisor_conformance::requirement::Requirement;

#[test]
fn each_requirement_for_servers_is_covered_or_has_a_reason() {
    let corpus = Corpus::built_in().unwrap();
    let played =
        corpus.scenarios.iter().flat_map(|scenario| scenario.covers.iter().map(String::as_str));
    let checked = ALL.iter().flat_map(|rule| rule.requirements.iter().copied());
    let covered: BTreeSet<&str> = played.chain(checked).collect();
    let explained: BTreeSet<&str> = Requirement::uncovered().collect();

    let missing = Requirement::all().filter(|one| one.is_for_servers()).map(|one| one.id);
    let missing: Vec<&str> =
        missing.filter(|id| !covered.contains(id) && !explained.contains(id)).collect();
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "cover them, or say in uncovered.tsv why that cannot be"
    );

    let stale: Vec<&&str> = explained.intersection(&covered).collect();
    assert_eq!(stale, Vec::<&&str>::new(), "covered, so take them out of uncovered.tsv");
    for id in explained {
        assert!(Requirement::find(id).is_some(), "there is no requirement `{id}`");
    }
}
