//! Every rejected file of `syntax` and `check` as a person sees it: the whole text that
//! `provisor check` prints, colours aside. (Those of `lint` have theirs beside them.)

use provisor::diagnostic::render::text::{Options, Style, render};
use provisor::rules::build::build;
use provisor::rules::load::Memory;

fn printed(text: &str) -> String {
    let files = Memory::new()
        .with("catalogue.rules", include_str!("check/shared/catalogue.rules"))
        .with("default.rules", include_str!("check/shared/default.rules"))
        .with("test.rules", text);
    let built = build(&files, "test.rules");
    let style = Style::default();
    render(&built.diagnostics, &built.sources, &Options::new(&style))
}

#[test]
fn rejected_files_of_syntax() {
    insta::glob!("syntax/rejected/*.rules", |path| {
        let bytes = std::fs::read(path).unwrap();
        insta::assert_snapshot!(printed(&String::from_utf8_lossy(&bytes)));
    });
}

#[test]
fn rejected_files_of_check() {
    insta::glob!("check/rejected/*.rules", |path| {
        insta::assert_snapshot!(printed(&std::fs::read_to_string(path).unwrap()));
    });
}
