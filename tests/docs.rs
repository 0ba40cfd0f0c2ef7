//! Every example in the documents is run.
//!
//! Fences say what to do with them: `rules` is a whole file, `rules part` stands behind
//! `docs/prelude.rules`, `condition` holds one condition a line. Behind any of them `bad CODE`
//! (or `bad` in the page of a code) means that `check` reports that code, otherwise no error may
//! be found. The commands of `console` fences are run by the CLI's tests.

use std::fs;
use std::path::Path;

use provisor::diagnostic::{Code, Diagnostics};
use provisor::rules::build::build_text;
use provisor::rules::format::hint;

const PRELUDE: &str = include_str!("docs/prelude.rules");
const DEFAULT: &str = "\ndefault assignment \"Everyone else\" {\n  seats none\n  workspaces { others: none }\n  capture none\n  update manual\n}\n";

struct Fence {
    info: String,
    text: String,
    line: usize,
}

fn fences(markdown: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for (index, line) in markdown.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Fence {
                    info: info.trim().to_owned(),
                    text: String::new(),
                    line: index + 1,
                });
            }
            (Some(_), Some(_)) => fences.extend(open.take()),
            (Some(fence), None) => {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    fences
}

/// The rules files that a fence stands for.
fn files(fence: &Fence) -> Vec<String> {
    let mut words = fence.info.split_whitespace();
    let with_default = |mut text: String| {
        if !text.contains("default assignment") {
            text.push_str(DEFAULT);
        }
        text
    };
    match (words.next(), words.next()) {
        (Some("rules"), Some("part")) => vec![with_default(format!("{PRELUDE}\n{}", fence.text))],
        (Some("rules"), _) => vec![fence.text.clone()],
        (Some("condition"), _) => fence
            .text
            .lines()
            .map(|line| {
                with_default(format!(
                    "{PRELUDE}\ngrant \"Example\" {{\n  match {line}\n  seats gong\n}}\n"
                ))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Runs every fence of a document; `page` is the code that `bad` alone stands for.
fn check(path: &Path, page: Option<Code>) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let mut run = 0;
    for fence in fences(&text) {
        let place = format!("{}:{}", path.display(), fence.line);
        let bad =
            fence.info.split_whitespace().skip_while(|word| *word != "bad").collect::<Vec<_>>();
        let wanted = match bad[..] {
            [] => None,
            ["bad"] => Some(page.expect(&place)),
            [_, code, ..] => Some(Code::from_name(code).expect(&place)),
            [_] => panic!("{place}: {}", fence.info),
        };
        for file in files(&fence) {
            let built = build_text("example.rules", &file);
            let mut found: Diagnostics = built.diagnostics.clone();
            found.extend(built.sources.iter().filter_map(|(id, source)| hint(id, source)));
            if let Some(rules) = &built.rules {
                found.extend(provisor::testing::run(rules, &built.tests).diagnostics);
            }
            let shown =
                || found.iter().map(|d| format!("{} {}", d.code, d.message)).collect::<Vec<_>>();
            run += 1;
            match wanted {
                Some(code) => assert!(
                    found.iter().any(|d| d.code == code),
                    "{place} does not report {code} but {:?}\n{file}",
                    shown()
                ),
                None => assert!(!found.has_errors(), "{place}: {:#?}\n{file}", shown()),
            }
            if let (Some(code), None) = (page, wanted) {
                assert!(
                    found.iter().all(|d| d.code != code),
                    "{place} still reports {code}\n{file}"
                );
            }
        }
    }
    run
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn language_reference() {
    assert!(check(&root().join("grammar/README.md"), None) > 40);
}

#[test]
fn guides_and_readme() {
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/admin-guide.md",
        "docs/embedding.md",
        "docs/formats.md",
        "docs/server-guide.md",
    ] {
        check(&root().join(name), None);
    }
}

/// Codes that no file can show today.
const WITHOUT_EXAMPLE: [(Code, &str); 1] =
    [(Code::Y802, "every built-in catalogue has one version so far")];

#[test]
fn every_code_page_shows_a_bad_and_a_good_file() {
    for entry in provisor::diagnostic::codes::TABLE {
        if WITHOUT_EXAMPLE.iter().any(|(code, _)| *code == entry.code) {
            continue;
        }
        let path = root().join(format!("src/diagnostic/pages/{}.md", entry.name));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("```rules bad"), "{} has no bad example", entry.name);
        assert!(text.contains("```rules good"), "{} has no good example", entry.name);
        check(&path, Some(entry.code));
    }
}
