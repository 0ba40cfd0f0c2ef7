//! The command line itself, `init`, `completions`, `reference`.

use super::run::Folder;

#[test]
fn without_a_command_the_help_is_shown() {
    let ran = Folder::with(&[]).run("");
    assert_eq!(ran.code(), 2);
    insta::assert_snapshot!(ran.err(), @"
    Rules that decide what each person of a SCIM directory gets

    Usage: provisor [OPTIONS] <COMMAND>

    Commands:
      check         Say what is wrong with rules files
      fmt           Format rules files
      test          Run the `test` blocks of rules files
      eval          Decide what everybody of a directory gets
      explain       Explain what one person gets, condition by condition
      explain-code  Explain a code such as P003
      simulate      Run a timeline of events and print each change and refusal
      conform       Test SCIM endpoints
      replay        Send a SCIM endpoint what an identity provider would send
      init          Write a commented rules file to start from
      serve         Serve SCIM: keep people and groups, and decide what each person gets
      token         Make, list, rotate and revoke bearer tokens of a server
      client        Make, list and remove OAuth clients of a server
      tenant        Make, list and remove tenants of a server
      db            Back up, restore, check, export and import a server's database
      demo          A server, the example company pushed to it over SCIM, and who gets what
      reference     Print the language reference
      completions   Print completions for a shell

    Options:
          --color <WHEN>  Colour: auto (on a terminal, unless NO_COLOR is set), always or never
      -q, --quiet         Print results only: no progress, no summary, no remarks
      -h, --help          Print help
      -V, --version       Print version

    Exit codes:
      0  done
      1  findings: errors in rules, a failed test, fmt --check differences
      2  wrong usage, or the run could not be carried out
      3  done, but some people could not be read, or some scenarios or actions not played
      130  stopped by Ctrl-C

    Start with `provisor init` or `provisor demo`.
    ");
}

#[test]
fn an_unknown_command_offers_the_nearest() {
    insta::assert_snapshot!(Folder::with(&[]).run("chekc"), @"
    exit 2
    --- stderr
    error: unrecognized subcommand 'chekc'

      tip: a similar subcommand exists: 'check'

    Usage: provisor [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn init_writes_a_file_to_start_from_and_never_over_another() {
    let folder = Folder::with(&[]);
    insta::assert_snapshot!(folder.run("init"), @"
    exit 0
    --- stderr
    wrote provisor.rules; next: provisor test provisor.rules
    ");
    let text = folder.read("provisor.rules");
    assert!(text.starts_with("provisioning 1\n"));
    folder.write("provisor.rules", b"mine");
    insta::assert_snapshot!(folder.run("init"), @"
    exit 2
    --- stderr
    error: `provisor.rules` exists: init never writes over a file
      = help: give another name: `provisor init other.rules`
    ");
    assert_eq!(folder.read("provisor.rules"), "mine");
    insta::assert_snapshot!(folder.run("init missing/a.rules"), @"
    exit 2
    --- stderr
    error: cannot write `missing/a.rules`: there is no such folder
      = help: make the folder first, or name another
    ");
    let printed = folder.run("init -").out();
    assert_eq!(printed, text);
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = Folder::with(&[]).run(&format!("completions {shell}"));
        assert_eq!(ran.code(), 0);
        assert!(ran.out().contains("explain-code"), "{shell}");
    }
}

#[test]
fn the_reference_is_printed() {
    let ran = Folder::with(&[]).run("reference");
    assert_eq!(ran.code(), 0);
    assert_eq!(ran.out(), include_str!("../../../grammar/README.md"));
}
