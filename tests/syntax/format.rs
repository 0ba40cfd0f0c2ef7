//! The canonical form.

use provisor::rules::format::{Style, format, hint};
use provisor::rules::source::{FileId, Source};

use super::plain::plain;

fn formatted(text: &str, style: Style) -> String {
    format(&Source::new("it.rules", text), style).unwrap()
}

#[test]
fn comments_and_single_blank_lines_stay() {
    insta::assert_snapshot!(formatted(include_str!("format/comments.rules"), Style::Words));
}

#[test]
fn long_lines_are_broken_before_joints_and_after_commas() {
    insta::assert_snapshot!(formatted(include_str!("format/long.rules"), Style::Words));
}

#[test]
fn operators_are_written_in_either_style() {
    let text = r#"provisioning 1
grant "g" {
  match a eq "x" and b ne 1 and c co "x" and d sw "x" and e ew "x" and f ge 1 and g le 1 and h gt 1 and i lt 1 and j pr
        and k is exactly "x" and l is not exactly "x" and m like "x*" and n matches /x/ and o is absent and p is not present
        and q is in { "x" } and r is not in s and t eq null
  seats all
}
"#;
    insta::assert_snapshot!(formatted(text, Style::Words), @r#"
    provisioning 1

    grant "g" {
      match   a is "x"
              and b is not 1
              and c contains "x"
              and d starts with "x"
              and e ends with "x"
              and f at least 1
              and g at most 1
              and h more than 1
              and i less than 1
              and j is present
              and k is exactly "x"
              and l is not exactly "x"
              and m like "x*"
              and n matches /x/
              and o is absent
              and p is absent
              and q is in { "x" }
              and r is not in s
              and t is null
      seats   all
    }
    "#);
    insta::assert_snapshot!(formatted(text, Style::Scim), @r#"
    provisioning 1

    grant "g" {
      match   a eq "x"
              and b ne 1
              and c co "x"
              and d sw "x"
              and e ew "x"
              and f ge 1
              and g le 1
              and h gt 1
              and i lt 1
              and j pr
              and k is exactly "x"
              and l is not exactly "x"
              and m like "x*"
              and n matches /x/
              and o is absent
              and p is absent
              and q is in { "x" }
              and r is not in s
              and t eq null
      seats   all
    }
    "#);
    assert_eq!(
        formatted(&formatted(text, Style::Scim), Style::Words),
        formatted(text, Style::Words)
    );
}

#[test]
fn a_file_with_mistakes_is_refused() {
    let source = Source::new("it.rules", "provisioning 1\nset a = { 1 }\nsets b = { 1 }\n");
    let found = format(&source, Style::Words).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(hint(FileId(0), &source), None);
}

#[test]
fn the_hint_edits_the_lines_that_differ() {
    let text = "provisioning 1\nset a = { 1 }\nset  b = { 1 }\nset c={ 1 }\nset d = { 1 }\n";
    let source = Source::new("it.rules", text);
    let found = hint(FileId(0), &source).unwrap();
    let edit = found.fixes[0].edits[0].clone();
    let mut mended = text.to_owned();
    mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    assert_eq!(mended, formatted(text, Style::Words));
    let mut sources = provisor::rules::source::Sources::new();
    sources.add(source);
    insta::assert_snapshot!(plain(&sources, &[found]), @r#"
    hint[Y801] 3:1-15: this file is not formatted
      ^ first difference
      help: `provisor fmt --write` does it; comments stay, and nothing changes its meaning
      fix (MachineApplicable): format it
        3:1-5:1 "set  b = { 1 }\nset c={ 1 }\n" -> "set b = { 1 }\nset c = { 1 }\n"
    "#);
    for style in [Style::Words, Style::Scim] {
        let good = formatted("provisioning 1\ngrant \"g\" { match a eq 1\nseats all }", style);
        assert_eq!(hint(FileId(0), &Source::new("it.rules", good)), None);
    }
}

#[test]
fn a_comment_behind_the_condition_of_a_proof_stays_inside_its_brackets() {
    let text = "provisioning 1\n\nprove \"p\" {\n  no user where (\n    title is not \" \" or title[in group id \"?aAa AA-\" directly]  # why\n  ) has because \"r\"\n}\n";
    let once = formatted(text, Style::Words);
    assert!(once.contains("directly]  # why\n  ) has because"), "{once}");
    assert_eq!(formatted(&once, Style::Words), once);
}
