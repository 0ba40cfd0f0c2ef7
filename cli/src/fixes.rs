//! Which fixes can be applied together, and the texts that come out.

use std::collections::BTreeMap;

use provisor::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use provisor::rules::source::{FileId, Sources, Span};

/// New texts of the files that machine-applicable fixes change, and how many fixes that are.
///
/// Of fixes that touch each other only the smallest is applied; the others are for the next round,
/// when what they said may no longer hold. A fix is applied as a whole or not at all.
pub fn apply<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &Sources,
) -> (BTreeMap<FileId, String>, usize) {
    let mut fixes: Vec<&Fix> = diagnostics
        .into_iter()
        .filter_map(|diagnostic| diagnostic.fixes.first())
        .filter(|fix| fix.applicability == Applicability::MachineApplicable)
        .filter(|fix| fix.edits.iter().all(|edit| is_sound(edit, sources)))
        .collect();
    fixes.sort_by_key(|fix| fix.edits.iter().map(|e| e.span.end - e.span.start).sum::<u32>());

    let mut edits: BTreeMap<FileId, BTreeMap<Span, &Edit>> = BTreeMap::new();
    let mut applied = 0;
    for fix in fixes {
        let free = fix.edits.iter().all(|edit| {
            let others = edits.get(&edit.span.file);
            others.is_none_or(|others| !others.keys().any(|span| touch(*span, edit.span)))
        });
        if free && !fix.edits.is_empty() {
            applied += 1;
            for edit in &fix.edits {
                edits.entry(edit.span.file).or_default().insert(edit.span, edit);
            }
        }
    }
    let texts = edits
        .into_iter()
        .filter_map(|(file, edits)| Some((file, rewrite(sources.get(file)?.text(), &edits))))
        .collect();
    (texts, applied)
}

fn rewrite(text: &str, edits: &BTreeMap<Span, &Edit>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (span, edit) in edits {
        out.push_str(text.get(done..span.start as usize).unwrap_or_default());
        out.push_str(&edit.text);
        done = span.end as usize;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Whether the place exists and lies between characters.
fn is_sound(edit: &Edit, sources: &Sources) -> bool {
    let Span { file, start, end } = edit.span;
    sources.get(file).is_some_and(|s| s.text().get(start as usize..end as usize).is_some())
}

/// Whether two edits change the same text, or insert where the order would matter.
fn touch(a: Span, b: Span) -> bool {
    let empty = a.start == a.end || b.start == b.end;
    if empty { a.start <= b.end && b.start <= a.end } else { a.start < b.end && b.start < a.end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use provisor::diagnostic::Code;
    use provisor::rules::source::Source;

    /// Replacements of byte ranges, each a fix of its own → the new text and how many were applied.
    fn check(text: &str, edits: &[(usize, usize, &str)]) -> (String, usize) {
        let mut sources = Sources::new();
        let file = sources.add(Source::new("a.rules", text));
        let found: Vec<Diagnostic> = edits
            .iter()
            .map(|(start, end, to)| {
                let span = Span::new(file, *start, *end);
                Diagnostic::new(Code::P003, span, "m").fix(
                    "t",
                    span,
                    *to,
                    Applicability::MachineApplicable,
                )
            })
            .collect();
        let (mut texts, applied) = apply(&found, &sources);
        (texts.remove(&file).unwrap_or_else(|| text.to_owned()), applied)
    }

    #[test]
    fn separate_fixes_are_applied_together() {
        assert_eq!(check("a = b && c", &[(6, 8, "and"), (2, 3, "is")]), ("a is b and c".into(), 2));
    }

    #[test]
    fn the_smaller_of_two_that_touch_goes_first() {
        assert_eq!(check("a = b", &[(0, 5, "all"), (2, 3, "is")]), ("a is b".into(), 1));
        assert_eq!(check("ab", &[(1, 1, "x"), (1, 1, "y")]), ("axb".into(), 1));
    }

    #[test]
    fn a_place_that_does_not_exist_is_left_alone() {
        assert_eq!(check("é", &[(1, 2, "x"), (5, 9, "y")]), ("é".into(), 0));
    }
}
