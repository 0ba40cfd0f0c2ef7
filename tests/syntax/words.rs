//! Which words are names, and which are not.

use super::plain::{clause, findings, rules};

const RESERVED: &str =
    "all and any at directly everyone except group groups in is like no none not or order others";

#[test]
fn words_of_conditions_are_no_names() {
    for word in RESERVED.split(' ') {
        let found = rules(&format!("set {word} = {{ 1 }}\n"));
        assert!(found.contains("error[P002] 2:5"), "{word}: {found}");
    }
}

#[test]
fn every_other_keyword_is_free() {
    let grammar = include_str!("../../grammar/rules.pest");
    let words: Vec<&str> = grammar
        .lines()
        .filter_map(|line| line.strip_prefix("kw_")?.split('"').nth(1))
        .filter(|word| !RESERVED.split(' ').any(|reserved| reserved == *word))
        .collect();
    assert!(words.len() > 70, "{words:?}");
    for word in words {
        let text = format!(
            "provisioning 1\nseat {word} \"x\"  requires {word}, seat {word}\nassignment \"a\" {{\n  match   everyone\n  seats   {word}, {word}\n  home    {word}\n  workspaces {{ {word}: {word} }}\n  capture all except {word}\n  option  {word} {word}\n  update  manual\n}}\n"
        );
        assert_eq!(findings(&text), "", "{word}");
    }
}

#[test]
fn misspelt_names_are_corrected() {
    insta::assert_snapshot!(clause("seats Gong, web-conferences, EMEA, _x, é"), @r#"
    error[P002] 3:9-13: `Gong` is no name: a name is a small letter, then letters, digits and `_`
      in assignment "A"
      ^ write `gong`
      fix (MachineApplicable): write `gong`
        3:9-13 "Gong" -> "gong"
    error[P002] 3:15-30: `web-conferences` is no name: a name is a small letter, then letters, digits and `_`
      in assignment "A"
      ^ write `web_conferences`
      fix (MachineApplicable): write `web_conferences`
        3:15-30 "web-conferences" -> "web_conferences"
    error[P002] 3:32-36: `EMEA` is no name: a name is a small letter, then letters, digits and `_`
      in assignment "A"
      ^ write `emea`
      fix (MachineApplicable): write `emea`
        3:32-36 "EMEA" -> "emea"
    error[P002] 3:38-40: `_x` is no name: a name is a small letter, then letters, digits and `_`
      in assignment "A"
      ^ write `x`
      fix (MachineApplicable): write `x`
        3:38-40 "_x" -> "x"
    error[P002] 3:42-43: `é` is no name: a name is a small letter, then letters, digits and `_`
      in assignment "A"
      ^ only letters from `a` to `z`
    "#);
}

#[test]
fn our_words_are_lower_case_and_those_of_scim_are_not() {
    assert_eq!(
        clause("match a PR AND NOT (b Eq \"x\") Or Not c pr").replace("warning[P005]", ""),
        clause("match a pr and not (b eq \"x\") or not c pr").replace("warning[P005]", "")
    );
    insta::assert_snapshot!(clause("match Title Is \"x\" and IN GROUP \"y\""), @r#"
    error[P002] 3:15-17: `Is` is written `is`
      in assignment "A"
      ^ write `is`
      fix (MachineApplicable): write `is`
        3:15-17 "Is" -> "is"
    error[P002] 3:26-34: `IN GROUP` is written `in group`
      in assignment "A"
      ^ write `in group`
      fix (MachineApplicable): write `in group`
        3:26-34 "IN GROUP" -> "in group"
    "#);
}

#[test]
fn an_attribute_called_like_a_word_of_conditions_needs_its_urn() {
    assert_eq!(
        clause("match urn:x:y:not pr and urn:x:y:in eq 5 and notes pr and inner pr and order pr"),
        ""
    );
}

#[test]
fn numbers_and_texts_are_those_of_json() {
    assert_eq!(
        clause(
            r#"match a is -1.5e+3 and b is "a\"b\\c\/\u00e9\ud83d\ude00\n" and c is null and d is false"#
        ),
        ""
    );
    insta::assert_snapshot!(clause(r#"match a is 007 and b is "C:\Users" and c is "\ud83d" and d is 1. and e is +1"#), @r#"
    error[P002] 3:14-17: `007` is no number; if it is text, it stands between double quotes
      in assignment "A"
      ^ write "007"
      fix (MaybeIncorrect): write "007"
        3:14-17 "007" -> "\"007\""
    error[P002] 3:30-32: `\U` is no escape; write `\\` for a backslash
      in assignment "A"
      ^ not understood
      fix (MachineApplicable): write `\\`
        3:30-31 "\\" -> "\\\\"
    error[P002] 3:48-50: `\u` wants four hexadecimal digits of a character
      in assignment "A"
      ^ not understood
      help: characters beyond U+FFFF are two such escapes, or themselves
    error[P002] 3:65-67: `1.` is no number; if it is text, it stands between double quotes
      in assignment "A"
      ^ write "1."
      fix (MaybeIncorrect): write "1."
        3:65-67 "1." -> "\"1.\""
    error[P002] 3:77-79: `+1` is text, which stands between double quotes
      in assignment "A"
      ^ write "+1"
      fix (MachineApplicable): write "+1"
        3:77-79 "+1" -> "\"+1\""
    "#);
    insta::assert_snapshot!(clause("match a is \"a\tb\""), @r#"
    error[P002] 3:16-17: a tab inside text is written `\t`
      in assignment "A"
      ^ write `\t`
      fix (MachineApplicable): write `\t`
        3:16-17 "\t" -> "\\t"
    "#);
}

#[test]
fn patterns_end_at_the_first_plain_slash() {
    assert_eq!(clause(r##"match a matches /x\/["#({]\\/ and b pr"##), "");
    insta::assert_snapshot!(clause("match a matches \"R[0-9]+\" and b is /x/ and c matches /y"), @r#"
    error[P002] 3:19-28: a pattern stands between slashes, such as `matches /R[0-9]+/`
      in assignment "A"
      ^ not a pattern
      fix (MaybeIncorrect): write `/R[0-9]+/`
        3:19-28 "\"R[0-9]+\"" -> "/R[0-9]+/"
    error[P002] 3:35-37: `is` takes no pattern; write `matches`
      in assignment "A"
      ^ write `matches`
      fix (MaybeIncorrect): write `matches`
        3:35-37 "is" -> "matches"
    error[P004] 3:56-57: the pattern that begins here is never closed
      in assignment "A"
      ^ opens here
      help: a pattern ends with `/` on the same line; write `\/` for a slash inside
      fix (MaybeIncorrect): close it
        3:58-58 "" -> "/"
    "#);
}
