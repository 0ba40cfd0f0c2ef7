//! Files that name one another.

use provisor::rules::load::{Memory, Role, Tree, load};

use super::plain::plain;

/// Loads `root.rules` of these files, each with its header added.
fn loaded(files: &[(&str, &str)]) -> Tree {
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| {
        memory.with(*path, format!("provisioning 1\n{text}"))
    });
    load(&memory, "root.rules")
}

fn findings(files: &[(&str, &str)]) -> String {
    let tree = loaded(files);
    plain(&tree.sources, &tree.diagnostics)
}

#[test]
fn what_is_named_is_read_before_its_holder() {
    let tree = loaded(&[
        ("root.rules", "use \"c/catalogue.rules\"\ninclude \"sales/all.rules\"\n"),
        ("c/catalogue.rules", "use \"../sets.rules\"\nseat gong \"Gong\"\n"),
        ("sets.rules", "set a = { 1 }\n"),
        ("sales/all.rules", "include \"emea.rules\"\nuse \"../sets.rules\"\n"),
        ("sales/emea.rules", "grant \"g\" {\n  match everyone\n  seats gong\n}\n"),
    ]);
    assert_eq!(plain(&tree.sources, &tree.diagnostics), "");
    let names: Vec<_> = tree
        .files
        .iter()
        .map(|file| (tree.sources.get(file.id).unwrap().name(), file.role))
        .collect();
    assert_eq!(
        names,
        [
            ("sets.rules", Role::Used),
            ("c/catalogue.rules", Role::Used),
            ("sales/emea.rules", Role::Included),
            ("sales/all.rules", Role::Included),
            ("root.rules", Role::Root),
        ]
    );
    assert!(tree.files.iter().all(|file| file.file.id == file.id));
}

#[test]
fn missing_files_and_bad_paths_are_reported_where_they_are_named() {
    insta::assert_snapshot!(findings(&[
        ("root.rules", "use \"no.rules\"\ninclude \"../x.rules\"\ninclude \"/x.rules\"\ninclude \"a\\\\b.rules\"\nuse \"\"\n"),
    ]), @r#"
    error[N104] 2:5-15: there is no file `no.rules`
      ^ not found
      help: a path is relative to the file that holds it, with `/` between folders
    error[N104] 3:9-21: `../x.rules` lies outside of the folder of the root file
      ^ not read
      help: move the file under that folder, or start from a root above both
    error[N104] 4:9-19: `/x.rules` does not begin at this file
      ^ not a relative path
      help: a path is relative to the file that holds it, so that the rules can move
    error[N104] 5:9-21: folders are parted by `/` on every system
      ^ write `"a/b.rules"`
      fix (MachineApplicable): write `"a/b.rules"`
        5:9-21 "\"a\\\\b.rules\"" -> "\"a/b.rules\""
    error[N104] 6:5-7: a path names a file
      ^ nothing is named here
    "#);
}

#[test]
fn a_missing_root_is_reported_too() {
    let tree = load(&Memory::new(), "root.rules");
    assert_eq!(tree.files.len(), 1);
    insta::assert_snapshot!(plain(&tree.sources, &tree.diagnostics), @r#"
    error[N104] 1:1-1: there is no file `root.rules`
      ^ not found
      help: a path is relative to the file that holds it, with `/` between folders
    "#);
}

#[test]
fn circles_are_shown_whole() {
    insta::assert_snapshot!(findings(&[
        ("root.rules", "include \"a.rules\"\n"),
        ("a.rules", "include \"b.rules\"\n"),
        ("b.rules", "include \"a.rules\"\n"),
    ]), @r#"
    error[N104] b.rules:2:9-18: `a.rules` leads back to itself
      ^ closes the circle
      help: `a.rules` → `b.rules` → `a.rules`
      help: put what both need into a third file
    "#);
    insta::assert_snapshot!(findings(&[("root.rules", "include \"root.rules\"\n")]), @r#"
    error[N104] 2:9-21: `root.rules` leads back to itself
      ^ closes the circle
      help: `root.rules` → `root.rules`
      help: put what both need into a third file
    "#);
}

#[test]
fn a_file_is_included_once_and_used_often() {
    insta::assert_snapshot!(findings(&[
        ("root.rules", "include \"a.rules\"\ninclude \"a.rules\"\nuse \"a.rules\"\nuse \"b.rules\"\nuse \"b.rules\"\ninclude \"b.rules\"\n"),
        ("a.rules", ""),
        ("b.rules", ""),
    ]), @r#"
    error[N102] root.rules:3:9-18: `a.rules` is included twice
      ^ the second time
      > root.rules:2:9-18: the first time
      fix (MachineApplicable): remove it
        root.rules:3:1-18 "include \"a.rules\"" -> ""
    error[N102] root.rules:7:9-18: `b.rules` was already taken by `use`, so all that it holds is known
      ^ remove one of the two
      > root.rules:5:5-14: the first time
    "#);
}

#[test]
fn use_takes_declarations_alone() {
    insta::assert_snapshot!(findings(&[
        ("root.rules", "use \"a.rules\"\nuse \"b.rules\"\n"),
        ("a.rules", "seat gong \"Gong\"\nsetting max_removals none\ndefault assignment \"d\" { seats none\nworkspaces { }\ncapture none\nupdate manual\n }\n"),
        ("b.rules", "include \"c.rules\"\n"),
        ("c.rules", ""),
    ]), @r#"
    error[P002] a.rules:3:1-8: `use` takes declarations alone, and this file holds a `setting`
      ^ not a declaration
      > root.rules:2:5-14: used here by `root.rules`
      help: `include` takes everything of a file, rules and tests too
      fix (MachineApplicable): write `include` instead of `use`
        root.rules:2:1-4 "use" -> "include"
    error[P002] b.rules:2:1-18: a file that is taken by `use` includes nothing, so `c.rules` is not read
      ^ not allowed here
      fix (MachineApplicable): write `use`
        b.rules:2:1-8 "include" -> "use"
    "#);
}

#[test]
fn files_are_not_nested_deeper_than_the_limit() {
    let files: Vec<(String, String)> = (0..20)
        .map(|n| (format!("{n}.rules"), format!("provisioning 1\ninclude \"{}.rules\"\n", n + 1)))
        .collect();
    let memory =
        files.iter().fold(Memory::new(), |memory, (path, text)| memory.with(path, text.as_str()));
    let tree = load(&memory.with("20.rules", "provisioning 1\n"), "0.rules");
    insta::assert_snapshot!(plain(&tree.sources, &tree.diagnostics), @r#"
    error[P007] 15.rules:2:9-19: files include one another more than 16 deep, which is the limit
      ^ not read
    "#);
}

#[test]
fn sizes_are_limited_one_by_one_and_together() {
    let text = |bytes: usize| format!("provisioning 1\n{}", "#\n".repeat(bytes / 2));
    let big = load(&Memory::new().with("root.rules", text(5 << 20)), "root.rules");
    insta::assert_snapshot!(plain(&big.sources, &big.diagnostics), @r#"
    error[P007] 1:1-1: this file has 5242895 bytes; the limit for one file is 4194304
      help: split it, and put the parts together with `include`
    "#);
    let parts: String = (0..5).map(|n| format!("include \"{n}.rules\"\n")).collect();
    let memory = (0..5)
        .fold(Memory::new(), |memory, n| memory.with(format!("{n}.rules"), text((4 << 20) - 100)));
    let all = load(&memory.with("root.rules", format!("provisioning 1\n{parts}")), "root.rules");
    insta::assert_snapshot!(plain(&all.sources, &all.diagnostics), @r#"
    error[P007] root.rules:6:9-18: all files together have more than 16777216 bytes, which is the limit
      ^ not read
    "#);
}

#[test]
fn bytes_that_are_not_utf_8_are_reported_and_read_on() {
    let latin = b"provisioning 1\nset a = { \"M\xfcnchen\" }\n".to_vec();
    let tree = load(&Memory::new().with("root.rules", latin), "root.rules");
    assert_eq!(tree.files[0].file.items.len(), 1);
    insta::assert_snapshot!(plain(&tree.sources, &tree.diagnostics), @r#"
    error[P002] 2:13-14: this file is not UTF-8: byte 0xfc begins no character
      ^ not UTF-8
      help: save the file as UTF-8; editors call it the encoding
    "#);

    let units = "\u{feff}provisioning 1\nset a = { 1 }\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<u8>>();
    let tree = load(&Memory::new().with("root.rules", units), "root.rules");
    assert_eq!(tree.files[0].file.items.len(), 1);
    insta::assert_snapshot!(plain(&tree.sources, &tree.diagnostics), @r#"
    error[P002] 1:1-1: this file is UTF-16, not UTF-8
      ^ not UTF-8
      help: save the file as UTF-8; editors call it the encoding
    "#);
}

#[test]
fn utf_16_is_known_without_its_mark_too() {
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let units = "provisioning 1\nset a = { 1 }\n".encode_utf16().flat_map(unit);
        let memory = Memory::new().with("root.rules", units.collect::<Vec<u8>>());
        let tree = load(&memory, "root.rules");
        assert_eq!(tree.files[0].file.items.len(), 1);
        let found = plain(&tree.sources, &tree.diagnostics);
        assert_eq!(found.lines().next(), Some("error[P002] 1:1-1: this file is UTF-16, not UTF-8"));
        assert_eq!(found.matches("error[").count(), 1);
    }
}

#[test]
fn a_file_that_is_too_large_has_one_finding() {
    let text = format!("provisioning 1\n{}", "# x\n".repeat(1 << 20));
    let memory = Memory::new().with("root.rules", text.clone());
    let tree = load(&memory, "root.rules");
    let found = plain(&tree.sources, &tree.diagnostics);
    assert_eq!(found.matches("error[").count(), 1, "{found}");
    assert!(found.starts_with("error[P007]") && !found.contains("fix"), "{found}");
    assert_eq!(super::plain::findings(&text), found);
}

#[test]
fn headers_are_checked_in_every_file() {
    let memory = Memory::new()
        .with("root.rules", "provisioning 1\nuse \"a.rules\"\nuse \"b.rules\"\nprovisioning 1\n")
        .with("a.rules", "set a = { 1 }\n")
        .with("b.rules", "provisioning 2\nset b = { 1 }\n");
    let tree = load(&memory, "root.rules");
    insta::assert_snapshot!(plain(&tree.sources, &tree.diagnostics), @r#"
    error[P001] root.rules:4:1-15: the header stands twice
      in provisioning 1
      ^ the second one
      > root.rules:1:14-15: the first one
      fix (MachineApplicable): remove it
        root.rules:4:1-15 "provisioning 1" -> ""
    error[P001] a.rules:1:1-1: a rules file begins with `provisioning 1`, which fixes what its rules mean
      in set `a`
      ^ the header is missing here
      fix (MachineApplicable): add the header
        a.rules:1:1-1 "" -> "provisioning 1\n\n"
    error[P001] b.rules:1:14-15: edition 2 of the rules language is not known
      in provisioning 2
      ^ write `1`
      help: this version of provisor reads edition 1; another edition may mean something else
      fix (MaybeIncorrect): write `1`
        b.rules:1:14-15 "2" -> "1"
    "#);
}
