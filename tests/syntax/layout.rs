//! The layout rule, one case each: where a clause or an item ends.

use provisor::rules::format::{Style, print};

use super::plain::{findings, parsed, rules};

/// A grant whose clauses are written so is read as these clauses.
fn check(written: &str, read: &str) {
    let text = format!("provisioning 1\ngrant \"g\" {{\n{written}\n}}\n");
    assert_eq!(findings(&text), "", "{text}");
    let printed = print(&parsed(&text).1.file, Style::Words);
    let clauses: Vec<&str> =
        printed.lines().skip(3).map(str::trim).filter(|line| *line != "}").collect();
    assert_eq!(clauses.join("\n"), read, "{text}");
}

/// The clause `match` written so is read as this condition.
fn condition(written: &str, read: &str) {
    check(&format!("{written}\nseats all"), &format!("match   {read}\nseats   all"));
}

#[test]
fn a_clause_ends_with_its_line() {
    check(
        "match a pr\nseats gong\ncapture phone",
        "match   a is present\nseats   gong\ncapture phone",
    );
}

#[test]
fn a_line_that_ends_in_the_keyword_goes_on() {
    condition("match\n\n  a pr", "a is present");
    check(
        "match everyone\nexcept # why\n  a pr\nseats\n  gong",
        "match   everyone\nexcept  a is present\nseats   gong",
    );
}

#[test]
fn a_line_that_ends_in_a_joint_goes_on() {
    condition("match a pr and\n  b pr", "a is present and b is present");
    condition("match a pr or # why\n\n # and why\n  b pr", "a is present or b is present");
    condition("match not\n  b pr", "not b is present");
}

#[test]
fn a_line_that_begins_with_a_joint_goes_on() {
    condition(
        "match a pr\n\n  # why\n  and b pr\n  AND c pr",
        "a is present and b is present and c is present",
    );
    condition("match a pr\n  or b pr", "a is present or b is present");
}

#[test]
fn brackets_go_on_until_they_close() {
    condition("match (\na\nis\n\"x\"\n)", "(a is \"x\")");
    condition("match a[\nb pr # why\n\nand c pr\n]", "a[b is present and c is present]");
    condition("match a is in {\n\"x\",\n# why\n\"y\",\n}", "a is in { \"x\", \"y\" }");
    condition(
        "match in any group {\n\"x\"\n, id \"y\"\n} directly",
        "in any group { \"x\", id \"y\" } directly",
    );
}

#[test]
fn commas_go_on_at_the_end_and_at_the_beginning() {
    check(
        "match everyone\nseats gong,\n\n  # why\n  engage\n  , forecast",
        "match   everyone\nseats   gong, engage, forecast",
    );
}

#[test]
fn a_brace_may_stand_on_the_next_line() {
    let text = "provisioning 1\ngrant \"g\"\n\n# why\n{\n  match everyone\n  workspaces\n  { emea: rep }\n}\n";
    assert_eq!(findings(text), "");
}

#[test]
fn a_block_with_one_clause_may_stand_on_one_line() {
    let text = "provisioning 1\nuser ana { title \"x\" }\nprove \"p\" { every user where (a pr) has seats none }\n";
    assert_eq!(findings(text), "");
    assert_eq!(parsed(text).1.file.items.len(), 2);
}

#[test]
fn entries_of_workspaces_are_parted_by_commas_or_lines() {
    let read = "match   everyone\nworkspaces {\na: x\nb: y\nothers: z\n}";
    for written in [
        "{ a: x, b: y, others: z }",
        "{ a: x\n b: y\n\n others: z }",
        "{\n a: x,\n b: y # why\n , others:\n z,\n}",
    ] {
        let text =
            format!("provisioning 1\ngrant \"g\" {{ match everyone\n workspaces {written}\n}}");
        assert_eq!(findings(&text), "");
        let printed = print(&parsed(&text).1.file, Style::Words);
        let squeezed: Vec<String> = printed
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert!(squeezed.join("\n").contains(&read.replace("   ", " ")), "{printed}");
    }
}

#[test]
fn except_may_follow_match_on_its_line() {
    check(
        "match a pr except b pr\nseats all",
        "match   a is present\nexcept  b is present\nseats   all",
    );
    check(
        "match everyone except b pr\nseats all",
        "match   everyone\nexcept  b is present\nseats   all",
    );
}

#[test]
fn parts_of_an_item_may_stand_on_the_next_line() {
    let text = "provisioning 1\nseat gong \"Gong\"\n  as \"g\"\n  limit 5\n  reserve 2\n  requires a,\n    b\nlimit gong 5\nassignment \"a\"\n formerly \"b\"\n like \"c\"\n{ match everyone }";
    assert_eq!(findings(text), "");
    assert_eq!(parsed(text).1.file.items.len(), 3);
}

#[test]
fn bom_crlf_and_lone_cr_are_line_ends() {
    for end in ["\r\n", "\r", "\n"] {
        let text = format!(
            "\u{feff}provisioning 1{end}grant \"g\" {{{end}  match a pr{end}    and b pr{end}  seats all{end}}}{end}"
        );
        assert_eq!(findings(&text), "", "{end:?}");
    }
}

#[test]
fn two_hashes_directly_above_document() {
    let docs = |text: &str| -> Vec<String> {
        let (_, parsed) = parsed(&format!("provisioning 1\n{text}\nset a = {{ 1 }}\n"));
        assert_eq!(parsed.diagnostics, []);
        parsed.file.items[0].docs.iter().map(|line| line.node.clone()).collect()
    };
    assert_eq!(docs("## one\n## two"), ["one", "two"]);
    assert_eq!(docs("## one\n# plain\n  ## two"), ["one", "two"]);
    assert_eq!(docs("##\n##no blank\n##   three"), ["", "no blank", "  three"]);
    assert_eq!(docs("## stray\n\n## one"), ["one"]);
    assert_eq!(docs("### plain\n## one"), ["one"]);
    assert_eq!(docs("## stray\n"), [""; 0]);
    assert_eq!(docs("set b = { 2 } ## behind"), [""; 0].map(str::to_owned));
}

#[test]
fn a_clause_that_goes_on_beside_the_rule_is_explained() {
    insta::assert_snapshot!(rules("grant \"g\" {\n  match a pr\n        b pr\n  seats gong\n        engage\n  capture phone,\n  workspaces { a: b c: d }\n}\n"), @r#"
    error[P002] 4:9-10: a condition goes on in the next line only behind `and` or `or`
      in grant "g"
      ^ `and` or `or` is missing before it
      fix (MaybeIncorrect): write `and`
        4:9-9 "" -> "and "
    error[P002] 5:13-13: a list goes on in the next line only behind a comma
      in grant "g"
      ^ `,` is missing here
      fix (MaybeIncorrect): add the comma
        5:13-13 "" -> ","
    error[P002] 7:16-17: nothing follows this comma: the next line begins with `workspaces`
      in grant "g"
      ^ remove it
      fix (MachineApplicable): remove the comma
        7:16-17 "," -> ""
    error[P002] 8:20-20: a comma is missing between two entries
      in grant "g"
      ^ `,` is missing here
      fix (MachineApplicable): add the comma
        8:20-20 "" -> ","
    "#);
    insta::assert_snapshot!(rules("grant \"g\" { match title is\n  \"x\"\n seats gong capture phone }\n"), @r#"
    error[P002] 2:27-27: a clause ends with its line: what follows `is` stands on the same line
      in grant "g"
      ^ the line ends too early
      fix (MaybeIncorrect): join the lines
        2:27-3:3 "\n  " -> " "
    error[P002] 4:13-20: `capture` begins on a line of its own
      in grant "g"
      ^ a new clause begins here
      fix (MachineApplicable): begin a new line
        4:12-13 " " -> "\n  "
    "#);
}
