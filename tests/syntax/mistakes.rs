//! Typical mistakes: each has a finding whose fixes lead to what was meant.

use provisor::diagnostic::{Diagnostic, Severity};

use super::plain::{findings, parsed};

/// Applies every fix that does not overlap an earlier one.
fn fixed(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut edits: Vec<_> = diagnostics
        .iter()
        .filter_map(|found| found.fixes.first())
        .map(|fix| fix.edits.clone())
        .collect();
    edits.sort_by_key(|fix| fix.iter().map(|edit| edit.span.start).min());
    let mut taken: Vec<provisor::diagnostic::Edit> = Vec::new();
    for fix in edits {
        let free = fix.iter().all(|new| {
            taken.iter().all(|old| {
                new.span.end < old.span.start
                    || new.span.start > old.span.end
                    || new.span.end == old.span.start
                    || new.span.start == old.span.end
            })
        });
        if free {
            taken.extend(fix);
        }
    }
    taken.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = text.to_owned();
    for edit in taken.iter().rev() {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    out
}

/// Fixes until nothing is left, as a person would: three rounds at most.
fn mended(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..3 {
        let (_, parsed) = parsed(&text);
        let errors: Vec<_> = parsed
            .diagnostics
            .into_iter()
            .filter(|found| found.severity() == Severity::Error)
            .collect();
        if errors.is_empty() {
            break;
        }
        text = fixed(&text, &errors);
    }
    text
}

/// One clause of a grant: one finding or more, and after its fixes this clause.
fn clause(written: &str, meant: &str) {
    let text = |clause: &str| {
        let rest = if clause.starts_with("match") { "seats all" } else { "match everyone" };
        format!("provisioning 1\ngrant \"g\" {{\n  {clause}\n  {rest}\n}}\n")
    };
    let rest = if meant.starts_with("match") { "seats all" } else { "match everyone" };
    let written = format!("provisioning 1\ngrant \"g\" {{\n  {written}\n  {rest}\n}}\n");
    assert!(findings(&written).contains("error["), "{written}");
    let out = mended(&written);
    assert_eq!(out, text(meant), "\n{}", findings(&written));
    assert!(!findings(&out).contains("error["), "{out}\n{}", findings(&out));
}

/// One item or block.
fn item(written: &str, meant: &str) {
    let text = |item: &str| format!("provisioning 1\n{item}\n");
    assert!(findings(&text(written)).contains("error["), "{written}");
    let out = mended(&text(written));
    assert_eq!(out, text(meant), "\n{}", findings(&text(written)));
    assert!(!findings(&out).contains("error["), "{out}\n{}", findings(&out));
}

#[test]
fn operators_of_other_languages() {
    for (foreign, ours) in [
        ("=", "is"),
        ("==", "is"),
        ("===", "is"),
        ("!=", "is not"),
        ("<>", "is not"),
        (">=", "at least"),
        ("<=", "at most"),
        (">", "more than"),
        ("<", "less than"),
        ("-eq", "is"),
        ("-ne", "is not"),
        ("-like", "like"),
        ("-contains", "contains"),
        ("-startsWith", "starts with"),
        ("-endsWith", "ends with"),
        ("-GE", "at least"),
        ("equals", "is"),
        ("startsWith", "starts with"),
        ("begins with", "starts with"),
        ("ends", "ends with"),
        ("includes", "contains"),
        ("is equal to", "is"),
        ("is greater than", "more than"),
        ("is at least", "at least"),
        (":", "is"),
    ] {
        let gap = if foreign == ":" { "" } else { " " };
        clause(&format!("match title{gap}{foreign} \"x\""), &format!("match title {ours} \"x\""));
    }
    clause("match title==\"x\"&&active!=true", "match title is \"x\" and active is not true");
    clause("match a pr && b pr || c pr", "match a pr and b pr or c pr");
    clause("match !(a pr) -and -not b pr", "match not (a pr) and not b pr");
    clause(
        "match title =~ /x/ and b !~ /^y/",
        "match title matches /.*x.*/ and not b matches /y.*/",
    );
    clause("match title does not match /x$/", "match not title matches /.*x/");
    clause("match title is not matches /.*x.*/", "match not title matches /.*x.*/");
    clause("match title contains not \"x\"", "match not title contains \"x\"");
    clause("match title is contains \"x\"", "match title contains \"x\"");
    clause("match title isn't \"x\"", "match title is not \"x\"");
    clause("match title doesn’t contain \"x\"", "match not title contains \"x\"");
    clause("match title LIKE \"x*\" or a isnot \"y\"", "match title like \"x*\" or a is not \"y\"");
    clause("match title is one of \"a\",\"b\"", "match title is in { \"a\",\"b\" }");
    clause("match title is {\"a\",\"b\"}", "match title is in {\"a\",\"b\"}");
    clause("match title is not [\"a\"]", "match title is not in { \"a\" }");
    clause("match title is in \"a\" or \"b\"", "match title is in { \"a\", \"b\" }");
    clause("match title is \"x\" or is \"y\"", "match title is \"x\" or title is \"y\"");
    clause(
        "match title is not \"x\" and not \"y\"",
        "match title is not \"x\" and title is not \"y\"",
    );
    clause("match title is \"x\" andd b pr", "match title is \"x\" and b pr");
    clause("match user.title -eq \"x\"", "match title is \"x\"");
    clause("match user.title -notMatch \"^x\"", "match not title matches /x.*/");
    clause("match String.startsWith(user.title, \"x\")", "match title starts with \"x\"");
    clause("match all", "match everyone");
    clause("match true", "match everyone");
    clause("match a.b -notContains \"x\"", "match not a.b contains \"x\"");
    clause("match a -in [\"x\", \"y\"]", "match a is in { \"x\", \"y\" }");
    clause("match a not in (\"x\")", "match a is not in { \"x\" }");
    clause(
        "match a does not contain \"x\" or b is empty",
        "match not a contains \"x\" or b is absent",
    );
    clause("match a exists and b is not set", "match a is present and b is absent");
}

#[test]
fn forgotten_quotes() {
    clause("match title is Manager", "match title is \"Manager\"");
    clause(
        "match title is Account Executive II and a pr",
        "match title is \"Account Executive II\" and a pr",
    );
    clause("match in group Sales on leave", "match in group \"Sales on leave\"");
    clause(
        "match title is 'Manager' and b is “x” and c is `y`",
        "match title is \"Manager\" and b is \"x\" and c is \"y\"",
    );
    clause("match title is \"Manager”", "match title is \"Manager\"");
    clause("match title is 'say \"x\"'", r#"match title is "say \"x\"""#);
    clause("match title is \"Manager", "match title is \"Manager\"");
    clause("match in any group { \"A\", \"B }", "match in any group { \"A\", \"B\" }");
    clause("match title is Sales\"", "match title is \"Sales\"");
    clause("match title is A B\" or b pr", "match title is \"A B\" or b pr");
    clause(
        "match title is \"Sales or in group \"Sales\"",
        "match title is \"Sales\" or in group \"Sales\"",
    );
    clause("match in any group { \"A, \"B\" }", "match in any group { \"A\", \"B\" }");
    clause("match employeeNumber is 007", "match employeeNumber is \"007\"");
    clause("match active is True", "match active is true");
}

#[test]
fn values_joined_like_conditions() {
    clause("match title is \"A\" or \"B\"", "match title is in { \"A\", \"B\" }");
    clause(
        "match title is \"A\", \"B\" or \"C\" and x pr",
        "match title is in { \"A\", \"B\", \"C\" } and x pr",
    );
    clause("match title is not \"A\" and \"B\"", "match title is not in { \"A\", \"B\" }");
    clause("match title is Sales or Marketing", "match title is in { \"Sales\", \"Marketing\" }");
    clause(
        "match title contains \"A\" or \"B\"",
        "match (title contains \"A\" or title contains \"B\")",
    );
    clause("match in group \"A\" or \"B\"", "match in any group { \"A\", \"B\" }");
    clause("match in group \"A\" and \"B\"", "match in all groups { \"A\", \"B\" }");
}

#[test]
fn groups() {
    clause("match in \"A\"", "match in group \"A\"");
    clause("match in groups \"A\"", "match in group \"A\"");
    clause("match in groups { \"A\" }", "match in any groups { \"A\" }");
    clause("match in group { \"A\", \"B\" }", "match in any group { \"A\", \"B\" }");
    clause("match in any group \"A\", \"B\"", "match in any group { \"A\", \"B\" }");
    clause("match in any group [\"A\"]", "match in any group { \"A\" }");
    clause("match in sales", "match in any group sales");
    clause("match in group sales", "match in any group sales");
    clause("match IN Group \"A\"", "match in group \"A\"");
    clause("match NOT IN GROUP \"A\"", "match not in group \"A\"");
    clause("match is in group \"A\"", "match in group \"A\"");
    clause("match user is not a member of \"A\"", "match not in group \"A\"");
    clause("match memberOf \"A\"", "match in group \"A\"");
    clause(
        "match in group name \"A\" or in group ID \"B\"",
        "match in group \"A\" or in group id \"B\"",
    );
    clause("match isMemberOfGroupName(\"A\")", "match in group \"A\"");
    clause("match isMemberOfAnyGroup(\"A\", \"B\")", "match in any group { id \"A\", id \"B\" }");
}

#[test]
fn words_in_the_wrong_case_or_misspelt() {
    clause("Match a pr", "match a pr");
    clause("mach a pr", "match a pr");
    clause("when a pr", "match a pr");
    clause("seat gong", "seats gong");
    clause("Seats All", "seats all");
    clause("captures phone", "capture phone");
    clause("workspace { emea: rep }", "workspaces { emea: rep }");
}

#[test]
fn marks_too_many_or_too_few() {
    clause("seats: gong", "seats gong");
    clause("seats = gong", "seats gong");
    clause("seats gong engage", "seats gong, engage");
    clause("seats gong and engage", "seats gong, engage");
    clause("seats { gong, engage }", "seats  gong, engage ");
    clause("seats \"gong\"", "seats gong");
    clause("seats gong;", "seats gong");
    clause("seats gong -- why", "seats gong # why");
    clause("seats go\u{200b}ng", "seats gong");
    clause("match title matches /a/b/", "match title matches /a\\/b/");
    clause("match title matches /a/i", "match title matches /a/");
    clause("seats gong // why", "seats gong # why");
    clause("workspaces emea: rep", "workspaces { emea: rep }");
    clause("workspaces { emea = rep }", "workspaces { emea : rep }");
    clause("workspaces { emea rep }", "workspaces { emea: rep }");
    clause("workspaces { all: rep }", "workspaces { others: rep }");
    clause("workspaces { emea: \"rep\" }", "workspaces { emea: rep }");
    clause("match a is in { \"x\" \"y\" }", "match a is in { \"x\", \"y\" }");
    clause("match (a pr", "match (a pr)");
    clause("match a pr)", "match a pr");
    clause("match a[b pr)", "match a[b pr]");
    clause("match a pr b pr", "match a pr and b pr");
    clause("match title \"x\"", "match title is \"x\"");
    clause("match active", "match active is true");
    clause("match\u{a0}a\u{2003}pr", "match a pr");
}

#[test]
fn heads_and_items() {
    item("grant G { match everyone\n seats all }", "grant \"G\" { match everyone\n seats all }");
    item(
        "grant \"g\"\n  match everyone\n  seats all\n}",
        "grant \"g\" {\n  match everyone\n  seats all\n}",
    );
    item(
        "grant \"g\" {\n  match everyone\n  seats all\n\nset a = { 1 }",
        "grant \"g\" {\n  match everyone\n  seats all\n}\n\nset a = { 1 }",
    );
    item(
        "grant \"g\" {\n  match everyone\n  workspaces { emea: rep\n  seats all\n}",
        "grant \"g\" {\n  match everyone\n  workspaces { emea: rep}\n  seats all\n}",
    );
    item(
        "grant \"g {\n  match everyone\n  seats all\n}",
        "grant \"g\" {\n  match everyone\n  seats all\n}",
    );
    item(
        "Grant \"g\" { match everyone\n seats all }",
        "grant \"g\" { match everyone\n seats all }",
    );
    item("set a { \"x\" }", "set a = { \"x\" }");
    item("set a = [\"x\"]", "set a = { \"x\" }");
    item("set a = \"x\", \"y\"", "set a = { \"x\", \"y\" }");
    item("set a == { 1 }", "set a = { 1 }");
    item("seat gong", "seat gong \"Gong\"");
    item("seat \"Base\" limit 100", "seat base \"Base\" limit 100");
    item("seat a \"A\" limit 1,000", "seat a \"A\" limit 1000");
    item("attribute a = urn:x:y : text", "attribute a = \"urn:x:y\" : text");
    item("seat Gong \"Gong\"", "seat gong \"Gong\"");
    item("attribute a = \"urn:x:y\"", "attribute a = \"urn:x:y\" : text");
    item("attribute a = \"urn:x:y\" : string", "attribute a = \"urn:x:y\" : text");
    item("use gong 1", "use catalogue gong 1");
    item("include sales/emea.rules", "include \"sales/emea.rules\"");
    item("profile order a, b", "profile order a < b");
    item("setting = max_removals 5 %", "setting max_removals 5 %");
    item("user ana { title: \"x\" }", "user ana { title \"x\" }");
    item("user ana { title = \"x\" }", "user ana { title \"x\" }");
    item("user ana { title Account Executive }", "user ana { title \"Account Executive\" }");
    item(
        "test \"t\" { given \"ana\"\n expect seat gong, engage }",
        "test \"t\" { given ana\n expect seats gong, engage }",
    );
    item(
        "test \"t\" { given ana\n expect update auto }",
        "test \"t\" { given ana\n expect update automatic }",
    );
}

/// How many findings a file has, and which fixes a machine would apply.
fn one_finding(text: &str, code: &str, place: &str) {
    let found = findings(text);
    let heads: Vec<_> = found.lines().filter(|line| line.starts_with("error[")).collect();
    assert_eq!(heads.len(), 1, "{text}\n{found}");
    assert!(heads[0].starts_with(&format!("error[{code}] {place}")), "{text}\n{found}");
}

#[test]
fn one_cause_has_one_finding() {
    let deep = format!("provisioning 1\n{}", "{".repeat(10_000));
    one_finding(&deep, "P007", "2:65");
    let rule = |clauses: &str| format!("provisioning 1\ngrant \"g\" {{\n{clauses}\n}}\n");
    for (clauses, code, place) in [
        ("match department is \"Sales or in group \"Sales\"\nseats a", "P004", "3:21"),
        ("match everyone\nseats\ncapture main", "P002", "4:1"),
        ("match title is \"x\" and\nseats gong", "P002", "3:20"),
        ("match title is \"x\" or\nseats gong", "P002", "3:20"),
        ("match everyone, seats gong", "P002", "3:17"),
        ("match a pr except b pr except c pr\nseats a", "P002", "3:24"),
        ("match everyone\nseats all\ncaptures calendar", "P002", "5:1"),
        ("match everyone\nseats group", "P002", "4:7"),
    ] {
        one_finding(&rule(clauses), code, place);
    }
    let deep = format!("match {}a pr\nseats gong", "(".repeat(80));
    one_finding(&rule(&deep), "P007", "3:71");
    let last = "match everyone\nupdate automatic\nseats none\nworkspaces { others: none }\ncaptures calendar";
    one_finding(&format!("provisioning 1\nassignment \"a\" {{\n{last}\n}}\n"), "P002", "7:1");
    one_finding("provisioning 1\nseat \"Base\" limit 100\n", "P002", "2:6");
}

#[test]
fn a_machine_never_applies_what_may_be_meant_otherwise() {
    for text in [
        "provisioning 2\n",
        "%PDF-1.7\n1 0 obj\n",
        "{ \"a\": [1, 2] }\n",
        "provisioning 1\ngrant \"g\" {\nmatch title =~ /x/\nseats a\n}\n",
        "provisioning 1\ngrant \"g\" {\nmatch title is department\nseats a\n}\n",
        "provisioning 1\ngrant \"g\" {\nmatch title LIKE \"%x%\"\nseats a\n}\n",
    ] {
        let found = findings(text);
        assert!(found.contains("error["), "{text}");
        assert!(!found.contains("MachineApplicable"), "{text}\n{found}");
    }
}

#[test]
fn one_bad_clause_or_item_hides_nothing_else() {
    let text = "provisioning 1\ngrant \"g\" {\n  match a ? b\n  seats gong\n  capture = = phone\n}\nset b = { ? }\ngrant \"h\" {\n  match everyone\n  seats gong\n}\n";
    let (_, parsed) = parsed(text);
    let names: Vec<_> =
        parsed.file.items.iter().map(|item| std::mem::discriminant(&item.node.node)).collect();
    assert_eq!(names.len(), 3);
    insta::assert_snapshot!(findings(text), @r#"
    error[P002] 3:11-12: `?` cannot stand here
      in grant "g"
      ^ expected an operator such as `is`
    error[P003] 5:11-12: no `=` stands between `capture` and its value
      in grant "g"
      ^ remove it
      fix (MachineApplicable): remove it
        5:10-12 " =" -> ""
    error[P002] 5:13-14: `is` cannot stand here
      in grant "g"
      ^ expected names, `all` or `none`
    error[P003] 5:13-14: `=` is not used to compare; write `is`
      in grant "g"
      ^ replace with `is`
      fix (MachineApplicable): write `is`
        5:13-14 "=" -> "is"
    error[P002] 7:11-12: `?` is text, which stands between double quotes
      in set `b`
      ^ write "?"
      fix (MachineApplicable): write "?"
        7:11-12 "?" -> "\"?\""
    "#);
}
