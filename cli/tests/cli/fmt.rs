//! `fmt`.

use super::run::Folder;

const UGLY: &str = "provisioning 1\nseat   gong \"Gong\"\n# why\nnever \"x\" { match title sw \"In\"\n seats gong }\n";

#[test]
fn the_result_goes_to_standard_output() {
    let folder = Folder::with(&[("a.rules", UGLY)]);
    insta::assert_snapshot!(folder.run("fmt a.rules"), @r#"
    exit 0
    provisioning 1
    seat gong "Gong"

    # why
    never "x" {
      match   title starts with "In"
      seats   gong
    }
    "#);
    insta::assert_snapshot!(folder.run_with("fmt --scim -", UGLY.as_bytes()), @r#"
    exit 0
    provisioning 1
    seat gong "Gong"

    # why
    never "x" {
      match   title sw "In"
      seats   gong
    }
    "#);
    assert_eq!(folder.read("a.rules"), UGLY);
}

#[test]
fn check_names_files_and_writes_nothing() {
    let folder = Folder::with(&[("a.rules", UGLY), ("b.rules", "provisioning 1\n")]);
    insta::assert_snapshot!(folder.run("fmt --check a.rules b.rules"), @"
    exit 1
    a.rules
    --- stderr
    not formatted; `provisor fmt --write FILE` does it
    ");
    assert_eq!(folder.read("a.rules"), UGLY);
    assert_eq!(folder.run("fmt --check b.rules").code(), 0);
}

#[test]
fn write_changes_the_file_once() {
    let folder = Folder::with(&[("a.rules", UGLY)]);
    insta::assert_snapshot!(folder.run("fmt --write a.rules"), @"
    exit 0
    --- stderr
    formatted a.rules
    ");
    insta::assert_snapshot!(folder.run("fmt --write a.rules"), @"exit 0");
    assert_eq!(folder.run("fmt --check a.rules").code(), 0);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn write_keeps_permissions_and_links() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[("real.rules", UGLY)]);
    let real = folder.path().join("real.rules");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.rules");
    std::os::unix::fs::symlink("real.rules", &link).unwrap();
    assert_eq!(folder.run("fmt --write link.rules").code(), 0);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_ne!(folder.read("real.rules"), UGLY);
}

#[test]
fn a_file_with_mistakes_is_left_as_it_is() {
    let folder = Folder::with(&[("a.rules", "provisioning 1\nseat \"Gong\n")]);
    let ran = folder.run("fmt --write a.rules");
    assert_eq!((ran.code(), ran.out().as_str()), (1, ""));
    assert!(ran.err().contains("a.rules is left as it is"), "{ran}");
    assert_eq!(folder.read("a.rules"), "provisioning 1\nseat \"Gong\n");
}

#[test]
fn what_cannot_be_done_ends_with_exit_code_2() {
    let folder = Folder::with(&[]);
    folder.write("latin.rules", b"provisioning 1\n# caf\xe9\n");
    folder.write("utf16.rules", b"\xff\xfep\0r\0");
    insta::assert_snapshot!(folder.run("fmt latin.rules"), @"
    exit 2
    --- stderr
    error: cannot read `latin.rules`: line 2 is not UTF-8 (byte 20)
      = help: save it as UTF-8, with or without byte order mark
    ");
    insta::assert_snapshot!(folder.run("fmt utf16.rules"), @"
    exit 2
    --- stderr
    error: cannot read `utf16.rules`: it is written in UTF-16
      = help: save it as UTF-8, with or without byte order mark
    ");
    insta::assert_snapshot!(folder.run_with("fmt --write -", b""), @"
    exit 2
    --- stderr
    error: cannot write to standard input
      = help: leave out `--write`: the result goes to standard output
    ");
    assert_eq!(folder.run("fmt").code(), 2);
    assert_eq!(folder.run("fmt --write --check a").code(), 2);
}

#[test]
fn several_files_are_not_printed_as_one() {
    let folder = Folder::with(&[("a.rules", "provisioning 1\n"), ("b.rules", "provisioning 1\n")]);
    insta::assert_snapshot!(folder.run("fmt a.rules b.rules"), @"
    exit 2
    --- stderr
    error: cannot print several files as one
      = help: add `--write` to format each in place, or `--check` to name those that differ
    ");
    assert_eq!(folder.run("fmt --check a.rules b.rules").code(), 0);
}
