//! What people see: every renderer, on every kind of place.

use proptest::prelude::*;
use provisor::diagnostic::render::{Options, Style, json, sarif, text};
use provisor::diagnostic::{Applicability, Code, Diagnostic, Diagnostics, Edit};
use provisor::rules::source::{FileId, Source, Sources, Span};

/// Files from texts in which `«…»` marks places: the sources and the places in order.
fn marked(files: &[(&str, &str)]) -> (Sources, Vec<Span>) {
    let mut sources = Sources::new();
    let mut spans = Vec::new();
    for (index, (name, text)) in files.iter().enumerate() {
        let mut clean = String::new();
        let mut open = Vec::new();
        for c in text.chars() {
            match c {
                '«' => {
                    open.push(spans.len());
                    spans.push(Span::new(FileId(index as u32), clean.len(), clean.len()));
                }
                '»' => spans[open.pop().unwrap()].end = clean.len() as u32,
                c => clean.push(c),
            }
        }
        sources.add(Source::new(*name, clean));
    }
    (sources, spans)
}

fn show(diagnostic: Diagnostic, sources: &Sources) -> String {
    text::render_one(&diagnostic, sources, &Options::new(&Style::default()))
}

/// One finding at the first mark, `label` at the carets; further marks become related places.
fn check(file: &str, label: &str) -> String {
    let (sources, spans) = marked(&[("sales.rules", file)]);
    let mut diagnostic = Diagnostic::new(Code::P002, spans[0], "something").label(label);
    for (index, span) in spans.iter().enumerate().skip(1) {
        diagnostic = diagnostic.related(*span, format!("place {index}"));
    }
    show(diagnostic, &sources)
}

#[test]
fn the_sample_of_the_design() {
    let file = format!("{}  match   title «=» \"Manager\"\n", "\n".repeat(26));
    let (sources, spans) = marked(&[("sales.rules", &file)]);
    let diagnostic =
        Diagnostic::new(Code::P003, spans[0], "`=` is not used to compare; write `is`")
            .context("assignment \"Sales managers\"")
            .fix("replace with `is`", spans[0], "is", Applicability::MachineApplicable);
    insta::assert_snapshot!(show(diagnostic, &sources), @r#"
    error[P003]: `=` is not used to compare; write `is`
      --> sales.rules:27:17   in assignment "Sales managers"
       |
    27 |   match   title = "Manager"
       |                 ^ replace with `is`
    "#);
}

#[test]
fn a_fix_shows_the_line_before_and_after() {
    let (sources, spans) = marked(&[("a.rules", "a\n  match «a or b» and c\n")]);
    let diagnostic =
        Diagnostic::new(Code::P005, spans[0], "`and` and `or` are mixed without parentheses")
            .label("`and` binds first")
            .help("people who meet `a` are matched whatever `c` says")
            .fix_edits(
                "put parentheses round `a or b`",
                vec![
                    Edit { span: spans[0].before(), text: "(".to_owned() },
                    Edit { span: spans[0].after(), text: ")".to_owned() },
                ],
                Applicability::MaybeIncorrect,
            );
    insta::assert_snapshot!(show(diagnostic, &sources), @"
    warning[P005]: `and` and `or` are mixed without parentheses
     --> a.rules:2:9
      |
    2 |   match a or b and c
      |         ^^^^^^ `and` binds first
      = help: people who meet `a` are matched whatever `c` says
      = fix: put parentheses round `a or b` (look at it first)
    2 -   match a or b and c
    2 +   match (a or b) and c
    ");
}

#[test]
fn a_fix_that_adds_lines_shows_only_those() {
    let (sources, spans) = marked(&[("a.rules", "grant \"a\" {\n  seats gong«»\n}\n")]);
    let diagnostic = Diagnostic::new(Code::P008, spans[0], "grant \"a\" has no `match`").fix(
        "add it",
        spans[0],
        "\n  match everyone",
        Applicability::MaybeIncorrect,
    );
    insta::assert_snapshot!(show(diagnostic, &sources), @r#"
    error[P008]: grant "a" has no `match`
     --> a.rules:2:13
      |
    2 |   seats gong
      |             ^
      = fix: add it (look at it first)
    3 +   match everyone
    "#);
}

#[test]
fn a_large_fix_is_named_and_not_shown() {
    let (sources, spans) = marked(&[("a.rules", &format!("«{}»", "x\n".repeat(20)))]);
    let diagnostic = Diagnostic::new(Code::Y801, spans[0].before(), "not formatted").fix(
        "run `provisor fmt --write`",
        spans[0],
        "y",
        Applicability::MachineApplicable,
    );
    insta::assert_snapshot!(show(diagnostic, &sources), @"
    hint[Y801]: not formatted
     --> a.rules:1:1
      |
    1 | x
      | ^
      = fix: run `provisor fmt --write`
    ");
}

#[test]
fn related_places_of_the_same_file_share_the_excerpt() {
    let file = "\nseat «gong» \"A\"\n# 1\n# 2\n\n# 3\n\n\n\nseat «gong» \"B\"\n";
    let (sources, spans) = marked(&[("sales.rules", file)]);
    let diagnostic = Diagnostic::new(Code::N102, spans[1], "seat `gong` is declared twice")
        .label("again here")
        .related(spans[0], "first declared here");
    insta::assert_snapshot!(show(diagnostic, &sources), @r#"
    error[N102]: seat `gong` is declared twice
      --> sales.rules:10:6
       |
    2  | seat gong "A"
       |      ---- first declared here
    ...
    10 | seat gong "B"
       |      ^^^^ again here
    "#);
}

#[test]
fn related_places_of_other_files_follow() {
    let (sources, spans) = marked(&[
        ("sales.rules", "provisioning 1\n  seats «gong»\n"),
        ("catalogue.rules", "provisioning 1\n\nseat «gnog» \"Gong\"\nseat «gogn» \"G\"\n"),
    ]);
    let diagnostic = Diagnostic::new(Code::N101, spans[0], "no seat is called `gong`")
        .context("grant \"a\"")
        .related(spans[1], "this is near")
        .related(spans[2], "and this")
        .help("did you mean `gnog`?")
        .help("  or `gogn`");
    insta::assert_snapshot!(show(diagnostic, &sources), @r#"
    error[N101]: no seat is called `gong`
     --> sales.rules:2:9   in grant "a"
      |
    2 |   seats gong
      |         ^^^^
     ::: catalogue.rules:3:6
      |
    3 | seat gnog "Gong"
      |      ---- this is near
    4 | seat gogn "G"
      |      ---- and this
      = help: did you mean `gnog`?
                or `gogn`
    "#);
}

#[test]
fn two_places_of_one_line_have_a_row_each() {
    insta::assert_snapshot!(check("  «title» is \"a\" and «title» is \"b\"\n", "cannot be both"), @r#"
    error[P002]: something
     --> sales.rules:1:3
      |
    1 |   title is "a" and title is "b"
      |   ^^^^^ cannot be both
      |                    ----- place 1
    "#);
}

#[test]
fn tabs_and_wide_characters_stay_aligned() {
    insta::assert_snapshot!(check("\tmatch\ttitle is \"営業 👍🏽 é\" «=» 1\n", "here"), @r#"
    error[P002]: something
     --> sales.rules:1:27
      |
    1 |     match   title is "営業 👍🏽 é" = 1
      |                                  ^ here
    "#);
}

#[test]
fn a_block_of_lines_has_a_bar() {
    insta::assert_snapshot!(check("a\n«grant \"x\" {\n  seats gong\n}»\nb\n", "all of it"), @r#"
    error[P002]: something
     --> sales.rules:2:1
      |
    2 | / grant "x" {
    3 | |   seats gong
    4 | | }
      | |_^ all of it
    "#);
}

#[test]
fn a_long_block_is_shortened_and_keeps_its_related_places() {
    let file = "«grant \"x\" {\n  1\n  2\n  3\n  «4»\n  5\n  6\n  7\n}»\n";
    insta::assert_snapshot!(check(file, "all of it"), @r#"
    error[P002]: something
     --> sales.rules:1:1
      |
    1 | / grant "x" {
    2 | |   1
    ... |
    5 | |   4
      | |   - place 1
    ... |
    8 | |   7
    9 | | }
      | |_^ all of it
    "#);
}

#[test]
fn a_block_that_starts_inside_a_line() {
    insta::assert_snapshot!(check("match title is «\"abc\n  def\n»", "never closed"), @r#"
    error[P002]: something
     --> sales.rules:1:16
      |
    1 |   match title is "abc
      |  ________________^
    2 | |   def
      | |_____^ never closed
    "#);
}

#[test]
fn a_long_line_is_clipped_round_the_place() {
    let file = format!(
        "  match title is in {{ {}«boss», {} }}\n",
        "\"a\", ".repeat(60),
        "\"b\", ".repeat(60)
    );
    insta::assert_snapshot!(check(&file, "no quotes"), @r#"
    error[P002]: something
     --> sales.rules:1:323
      |
    1 | …a", "a", "a", "a", "a", "a", "a", "a", "a", boss, "b", "b", "b", "b", "b", "b", "b", "b", "b…
      |                                              ^^^^ no quotes
    "#);
}

#[test]
fn windows_lines_and_a_byte_order_mark() {
    insta::assert_snapshot!(check("\u{feff}«provisoning» 1\r\nseat a \"A\"\r\n", "here"), @"
    error[P002]: something
     --> sales.rules:1:1
      |
    1 | provisoning 1
      | ^^^^^^^^^^^ here
    ");
    insta::assert_snapshot!(check("\u{feff}a\r\n  «seat» a\r\n", "here"), @"
    error[P002]: something
     --> sales.rules:2:3
      |
    2 |   seat a
      |   ^^^^ here
    ");
}

#[test]
fn an_empty_file_and_the_end_of_a_file() {
    insta::assert_snapshot!(check("«»", "write `provisioning 1`"), @"
    error[P002]: something
     --> sales.rules:1:1
      |
    1 |
      | ^ write `provisioning 1`
    ");
    insta::assert_snapshot!(check("provisioning 1\ngrant \"a\" {\n«»", "the file ends here"), @"
    error[P002]: something
     --> sales.rules:3:1
      |
    3 |
      | ^ the file ends here
    ");
    insta::assert_snapshot!(check("grant \"a\" {«»", "the file ends here"), @r#"
    error[P002]: something
     --> sales.rules:1:12
      |
    1 | grant "a" {
      |            ^ the file ends here
    "#);
}

#[test]
fn nothing_in_a_file_commands_the_terminal() {
    let (sources, spans) = marked(&[("a\u{1b}.rules", "\u{1b}[31m «\u{202e}x»\n")]);
    let diagnostic = Diagnostic::new(Code::P006, spans[0], "odd name `\u{202e}x\n`")
        .label("\u{7}")
        .context("grant \"\u{1b}\"")
        .help("\u{9b}31m");
    let shown = show(diagnostic, &sources);
    assert!(!shown.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{shown:?}");
}

#[test]
fn colours_are_put_round_the_parts_and_always_closed() {
    let (sources, spans) = marked(&[("a.rules", "a «=» b\nseat «x»\n")]);
    let diagnostic = Diagnostic::new(Code::P003, spans[0], "wrong")
        .related(spans[1], "declared here")
        .help("think")
        .fix("write `is` instead of `=`", spans[1], "is", Applicability::MachineApplicable);
    let name = |name: &str| format!("<{name}>");
    let style = Style {
        error: name("error"),
        warning: name("warning"),
        hint: name("hint"),
        place: name("place"),
        strong: name("strong"),
        help: name("help"),
        removed: name("removed"),
        added: name("added"),
        reset: "</>".to_owned(),
    };
    let shown = text::render_one(&diagnostic, &sources, &Options::new(&style));
    insta::assert_snapshot!(shown, @"
    <error>error[P003]</><strong>: wrong</>
    <place> --> </>a.rules:1:3
    <place>  |</>
    <place>1 |</> a = b
    <place>  |</>   <error>^</>
    <place>2 |</> seat x
    <place>  |</>      <place>-</> <place>declared here</>
      <place>= </><help>help:</> think
      <place>= </><help>fix:</> write `is` instead of `=`
    <place>2 </><removed>- seat x</>
    <place>2 </><added>+ seat is</>
    ");
}

#[test]
fn the_last_line_counts_what_was_found() {
    let (sources, spans) = marked(&[("a.rules", "«a» «b» «c»"), ("b.rules", "«d»")]);
    let found = |list: &[(Code, usize)]| {
        let found: Diagnostics =
            list.iter().map(|(code, at)| Diagnostic::new(*code, spans[*at], "m")).collect();
        text::summary(&found, &sources, 3)
    };
    insta::assert_snapshot!(found(&[(Code::P003, 0)]), @"1 error in a.rules");
    insta::assert_snapshot!(found(&[(Code::P003, 0), (Code::P004, 1), (Code::N103, 2)]), @"2 errors, 1 warning in a.rules");
    insta::assert_snapshot!(found(&[(Code::P003, 0), (Code::Y801, 3)]), @"1 error, 1 hint in 2 files");
    insta::assert_snapshot!(found(&[(Code::P003, 0); 5]), @"5 errors in a.rules; 3 are shown, and 2 more were found");
}

#[test]
fn no_more_is_printed_than_the_limit_allows() {
    let (sources, spans) = marked(&[("a.rules", "«a»")]);
    let found: Diagnostics =
        (0..1_002).map(|n| Diagnostic::new(Code::P002, spans[0], format!("number {n}"))).collect();
    let style = Style::default();
    let shown = text::render(&found, &sources, &Options::new(&style));
    assert!(shown.contains("number 999") && !shown.contains("number 1000"));
    assert!(shown.ends_with("1002 errors in a.rules; 1000 are shown, and 2 more were found\n"));
    assert_eq!(json::value(&found, &sources)["more"], 2);
    assert_eq!(json::value(&found, &sources)["diagnostics"].as_array().unwrap().len(), 1_000);
}

fn one_of_everything() -> (Diagnostics, Sources) {
    let (sources, spans) =
        marked(&[("a b.rules", "\u{feff}x\n  「«=»」 b\r\n"), ("c.rules", "seat «x»\n")]);
    let found = [Diagnostic::new(Code::P003, spans[0], "wrong `=`")
        .label("here")
        .context("grant \"a\"")
        .related(spans[1], "declared here")
        .help("think")
        .fix("write `is`", spans[0], "is", Applicability::MachineApplicable)];
    (found.into_iter().collect(), sources)
}

#[test]
fn json_has_one_shape() {
    let (found, sources) = one_of_everything();
    insta::assert_snapshot!(json::render(&found, &sources), @r#"
    {
      "version": 1,
      "errors": 1,
      "warnings": 0,
      "hints": 0,
      "more": 0,
      "diagnostics": [
        {
          "code": "P003",
          "severity": "error",
          "message": "wrong `=`",
          "place": {
            "file": "a b.rules",
            "start": {
              "line": 2,
              "column": 4,
              "byte": 10
            },
            "end": {
              "line": 2,
              "column": 5,
              "byte": 11
            }
          },
          "label": "here",
          "context": "grant \"a\"",
          "related": [
            {
              "place": {
                "file": "c.rules",
                "start": {
                  "line": 1,
                  "column": 6,
                  "byte": 5
                },
                "end": {
                  "line": 1,
                  "column": 7,
                  "byte": 6
                }
              },
              "message": "declared here"
            }
          ],
          "help": [
            "think"
          ],
          "fixes": [
            {
              "title": "write `is`",
              "applicability": "machine",
              "edits": [
                {
                  "place": {
                    "file": "a b.rules",
                    "start": {
                      "line": 2,
                      "column": 4,
                      "byte": 10
                    },
                    "end": {
                      "line": 2,
                      "column": 5,
                      "byte": 11
                    }
                  },
                  "text": "is"
                }
              ]
            }
          ]
        }
      ]
    }
    "#);
    insta::assert_snapshot!(json::render(&Diagnostics::new(), &sources), @r#"
    {
      "version": 1,
      "errors": 0,
      "warnings": 0,
      "hints": 0,
      "more": 0,
      "diagnostics": []
    }
    "#);
}

#[test]
fn sarif_names_rules_regions_and_fixes() {
    let (found, sources) = one_of_everything();
    let mut log: serde_json::Value =
        serde_json::from_str(&sarif::render(&found, &sources)).unwrap();
    let help = log["runs"][0]["tool"]["driver"]["rules"][0]["help"].take();
    assert!(help["markdown"].as_str().unwrap().starts_with("# P003"));
    log["runs"][0]["tool"]["driver"]["semanticVersion"].take();
    insta::assert_snapshot!(serde_json::to_string_pretty(&log).unwrap(), @r#"
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "runs": [
        {
          "columnKind": "unicodeCodePoints",
          "results": [
            {
              "fixes": [
                {
                  "artifactChanges": [
                    {
                      "artifactLocation": {
                        "uri": "a%20b.rules"
                      },
                      "replacements": [
                        {
                          "deletedRegion": {
                            "endColumn": 5,
                            "endLine": 2,
                            "startColumn": 4,
                            "startLine": 2
                          },
                          "insertedContent": {
                            "text": "is"
                          }
                        }
                      ]
                    }
                  ],
                  "description": {
                    "text": "write `is`"
                  }
                }
              ],
              "level": "error",
              "locations": [
                {
                  "logicalLocations": [
                    {
                      "fullyQualifiedName": "grant \"a\""
                    }
                  ],
                  "message": {
                    "text": "here"
                  },
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "a%20b.rules"
                    },
                    "region": {
                      "endColumn": 5,
                      "endLine": 2,
                      "startColumn": 4,
                      "startLine": 2
                    }
                  }
                }
              ],
              "message": {
                "text": "wrong `=`\nhelp: think"
              },
              "relatedLocations": [
                {
                  "id": 1,
                  "message": {
                    "text": "declared here"
                  },
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "c.rules"
                    },
                    "region": {
                      "endColumn": 7,
                      "endLine": 1,
                      "startColumn": 6,
                      "startLine": 1
                    }
                  }
                }
              ],
              "ruleId": "P003",
              "ruleIndex": 0
            }
          ],
          "tool": {
            "driver": {
              "name": "provisor",
              "rules": [
                {
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "help": null,
                  "id": "P003",
                  "shortDescription": {
                    "text": "operator from another language"
                  }
                }
              ],
              "semanticVersion": null
            }
          }
        }
      ],
      "version": "2.1.0"
    }
    "#);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_place_in_any_text_can_be_shown(
        files in prop::collection::vec("(\\PC|[\t\r\n«\u{feff}\u{301}営a ]){0,40}", 1..3),
        places in prop::collection::vec((0_u32..4, 0_u32..60, 0_u32..60), 1..5),
        edit in ("\\PC{0,5}", 0_u32..60, 0_u32..60),
        width in 0_usize..90,
    ) {
        let mut sources = Sources::new();
        for (n, text) in files.iter().enumerate() {
            sources.add(Source::new(format!("{n}.rules"), text.as_str()));
        }
        let span = |(file, start, end): (u32, u32, u32)| Span { file: FileId(file), start, end };
        let mut diagnostic = Diagnostic::new(Code::P002, span(places[0]), "message").label("label");
        for place in &places[1..] {
            diagnostic = diagnostic.related(span(*place), "related");
        }
        let fix = span((places[0].0, edit.1, edit.2));
        diagnostic = diagnostic.fix("fix", fix, edit.0, Applicability::MaybeIncorrect);
        let style = Style::default();
        let options = Options { width, ..Options::new(&style) };
        let shown = text::render_one(&diagnostic, &sources, &options);
        prop_assert!(shown.starts_with("error[P002]: message\n"));
        prop_assert!(shown.ends_with('\n'));
        let found: Diagnostics = [diagnostic].into_iter().collect();
        json::render(&found, &sources);
        sarif::render(&found, &sources);
    }
}
