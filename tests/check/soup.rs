//! Whatever the lines of rules files are made into, checking ends, with a model or with an error.

use proptest::prelude::*;
use provisor::diagnostic::Severity;

use super::{checked, lines};

/// All lines of the corpus.
fn corpus() -> Vec<String> {
    let mut lines = Vec::new();
    for folder in ["accepted", "rejected", "shared"] {
        let folder = format!("{}/tests/check/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    lines
}

/// Runs of lines that stand together in a file, put behind one another.
fn soup() -> impl Strategy<Value = String> {
    let corpus = corpus();
    let runs = proptest::collection::vec((0..corpus.len(), 1..12_usize), 1..12);
    runs.prop_map(move |runs| {
        let mut text = String::from("provisioning 1\nuse \"catalogue.rules\"\n");
        for (start, length) in runs {
            for line in corpus.iter().skip(start).take(length) {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn there_is_a_model_exactly_where_there_is_no_error(text in soup()) {
        let (tree, found) = checked(&text);
        let errors = found.diagnostics.count(Severity::Error);
        prop_assert_eq!(found.model.is_none(), errors > 0, "{:#?}\n{}", lines(&tree, &found), text);
    }

    #[test]
    fn every_place_lies_in_a_file(text in soup()) {
        let (tree, found) = checked(&text);
        for finding in &found.diagnostics {
            let related = finding.related.iter().map(|related| related.span);
            let edits = finding.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
            for span in std::iter::once(finding.span).chain(related).chain(edits) {
                let text = tree.sources.get(span.file).unwrap().text();
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
            }
        }
    }
}
