//! Accepted and rejected files, each with a snapshot: the tree in canonical form, or every finding.

use provisor::rules::format::{Style, print};

use super::plain::{findings, parsed};

#[test]
fn accepted_files_have_a_tree_and_no_findings() {
    insta::glob!("accepted/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(findings(&text), "");
        insta::assert_snapshot!(print(&parsed(&text).1.file, Style::Words));
    });
}

#[test]
fn rejected_files_are_named_by_the_code_that_they_show() {
    insta::glob!("rejected/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let code = stem.split('-').next().unwrap();
        let found = findings(&text);
        assert!(found.contains(&format!("[{code}]")), "{stem}:\n{found}");
        insta::assert_snapshot!(found);
    });
}
