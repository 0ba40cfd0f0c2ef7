//! Checking, told by files: `check/rejected/CODE-….rules` with everything that is found in them,
//! `check/accepted/….rules` with the model that comes out.
//!
//! Every file may `use "catalogue.rules"` and `include "default.rules"` of `check/shared`.

mod dump;
mod findings;
mod scale;
mod soup;
mod tests_of_rules;

use std::path::Path;

use provisor::diagnostic::{Applicability, Diagnostic, Severity};
use provisor::rules::check::{Checked, check};
use provisor::rules::load::{Memory, Tree, load};

const CATALOGUE: &str = include_str!("check/shared/catalogue.rules");
const DEFAULT: &str = include_str!("check/shared/default.rules");

/// Reads and checks a text as `test.rules`, the shared files beside it.
pub(super) fn checked(text: &str) -> (Tree, Checked) {
    let files = Memory::new()
        .with("catalogue.rules", CATALOGUE)
        .with("default.rules", DEFAULT)
        .with("test.rules", text);
    let tree = load(&files, "test.rules");
    let checked = check(&tree);
    (tree, checked)
}

/// The same with the head and the default assignment that most cases need.
pub(super) fn checked_rules(rules: &str) -> (Tree, Checked) {
    checked(&with_frame(rules))
}

fn with_frame(rules: &str) -> String {
    format!("provisioning 1\nuse \"catalogue.rules\"\n{rules}\ninclude \"default.rules\"\n")
}

/// The findings as `error[N101] 4:14 message`.
pub(super) fn lines(tree: &Tree, checked: &Checked) -> Vec<String> {
    checked.diagnostics.iter().map(|finding| findings::line(tree, finding)).collect()
}

fn code_of(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().split('-').next().unwrap().to_owned()
}

#[test]
fn rejected_files_are_told_why() {
    insta::glob!("check/rejected/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let (tree, checked) = checked(&text);
        insta::assert_snapshot!(findings::write(&tree, &checked));
        let code = code_of(path);
        let of_code = |finding: &&Diagnostic| finding.code.as_str() == code;
        let found = checked.diagnostics.iter().find(of_code);
        let found = found.unwrap_or_else(|| panic!("{} has no {code}", path.display()));
        let errors = checked.diagnostics.count(Severity::Error);
        assert_eq!(checked.model.is_none(), errors > 0);
        if found.severity() == Severity::Error {
            assert!(checked.model.is_none());
        }
    });
}

#[test]
fn fixes_that_are_sure_remove_their_finding_and_add_none() {
    insta::glob!("check/rejected/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let (tree, before) = checked(&text);
        let file = tree.files.iter().find(|file| file.named.is_none()).unwrap().id;
        for finding in &before.diagnostics {
            let sure = finding.fixes.iter().filter(|fix| {
                fix.applicability == Applicability::MachineApplicable
                    && fix.edits.iter().all(|edit| edit.span.file == file)
            });
            for fix in sure {
                let mended = findings::apply(&text, fix);
                let (_, after) = checked(&mended);
                let what = format!("{}: {:?}\n{mended}", path.display(), fix.title);
                let left = after.diagnostics.iter().filter(|d| d.message == finding.message);
                let were = before.diagnostics.iter().filter(|d| d.message == finding.message);
                assert!(left.count() < were.count(), "{what}");
                assert!(after.diagnostics.len() < before.diagnostics.len(), "{what}");
            }
        }
    });
}

#[test]
fn accepted_files_become_a_model() {
    insta::glob!("check/accepted/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let (tree, checked) = checked(&text);
        let found = lines(&tree, &checked);
        assert!(found.is_empty(), "{}: {found:#?}", path.display());
        insta::assert_snapshot!(dump::model(checked.model.as_ref().unwrap()));
    });
}
