//! Findings about checked rules, and the `test` blocks of rules files.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests may fail as tests do"
)]

mod models;
mod reach;
mod reading;
mod soundness;
mod speed;
mod testing;

use reading::{findings, mended, shown};

#[test]
fn every_finding_is_shown_as_in_its_snapshot() {
    insta::glob!("lint/rejected/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let code = path.file_name().unwrap().to_str().unwrap().split('-').next().unwrap();
        let (tree, found) = findings(&text);
        assert!(found.iter().any(|finding| finding.code.as_str() == code), "no {code} in {path:?}");
        insta::with_settings!({ snapshot_path => "lint/rejected", prepend_module_to_snapshot => false,
            snapshot_suffix => "", omit_expression => true }, {
            let name = path.file_stem().unwrap().to_str().unwrap();
            insta::assert_snapshot!(name, shown(&tree.sources, &found));
        });
    });
}

#[test]
fn every_fix_mends_its_finding() {
    insta::glob!("lint/rejected/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let (_, found) = findings(&text);
        for finding in &found {
            for fix in &finding.fixes {
                let mended = mended(&text, fix);
                let (tree, left) = findings(&mended);
                let same = |other: &&provisor::diagnostic::Diagnostic| {
                    other.code == finding.code && other.message == finding.message
                };
                let left: Vec<_> = left.iter().filter(same).collect();
                assert!(left.is_empty(), "{path:?}\n{mended}\n{}", shown(&tree.sources, left));
            }
        }
    });
}

#[test]
fn good_rules_give_no_findings() {
    insta::glob!("lint/accepted/*.rules", |path| {
        let (tree, found) = findings(&std::fs::read_to_string(path).unwrap());
        assert!(found.is_empty(), "{path:?}\n{}", shown(&tree.sources, &found));
    });
}
