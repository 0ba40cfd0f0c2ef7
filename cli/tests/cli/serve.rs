//! Tokens, clients and tenants at a server that runs.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::run::Folder;
use super::serving::Serving;

/// Runs a command with the token of a server in the environment, and its URL where it is wanted.
fn with(folder: &Folder, serving: &Serving, arguments: &str) -> (i32, String, String) {
    let mut command = folder.command(arguments);
    command.env("PROVISOR_TOKEN", &serving.token);
    command.env("PROVISOR_URL", format!("http://{}/", serving.address));
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_a_database_in_use_refuses_the_server_does() {
    let folder = Folder::with(&[]);
    let serving = Serving::start(&folder, &[]);
    // A database that is named comes before the URL of the environment.
    let (code, _, said) = with(&folder, &serving, "token list --database p.db");
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("is in use by another server") && said.contains("--server"), "{said}");

    let (code, token, said) = with(&folder, &serving, "token add okta --scope scim:read");
    assert_eq!(code, 0, "{said}");
    assert!(token.starts_with("pvr_"), "{token}");
    let (_, list, _) = with(&folder, &serving, "token list");
    assert!(list.contains("  okta  tenant 1  scim:read  no end  never used"), "{list}");
    assert!(!list.contains(token.trim()), "a list shows no secret");
    assert_eq!(with(&folder, &serving, "token rotate okta").0, 0);
    let (code, _, said) = with(&folder, &serving, "token revoke okta");
    assert_eq!((code, said.trim()), (0, "2 tokens called okta are revoked"));
    let (code, _, said) = with(&folder, &serving, "token add short --expires 0d");
    assert_eq!(code, 2);
    assert!(said.contains("good for no time"), "{said}");
    let (code, _, said) = with(&folder, &serving, "token revoke nobody");
    assert_eq!(code, 2);
    assert!(said.contains("there is no token `nobody`"), "{said}");

    let (_, made, _) = with(&folder, &serving, "client add hr --scope scim:read");
    let id = made.split_whitespace().nth(1).unwrap();
    assert!(with(&folder, &serving, "client list").1.contains(id));
    assert_eq!(with(&folder, &serving, &format!("client remove {id}")).0, 0);
    with(&folder, &serving, "client add hr");
    assert_eq!(with(&folder, &serving, "client remove hr").0, 0);
    assert!(!with(&folder, &serving, "client list").1.contains("hr"));
    assert!(with(&folder, &serving, "client list").1.is_empty());

    assert_eq!(with(&folder, &serving, "tenant add acme").1, "2\n");
    assert_eq!(with(&folder, &serving, "tenant set acme --dialect okta").0, 0);
    assert_eq!(with(&folder, &serving, "tenant list").1, "1  default\n2  acme  dialect okta\n");
    assert_eq!(with(&folder, &serving, "tenant remove acme").0, 0);
}

#[test]
fn a_server_that_cannot_be_asked_is_told_of() {
    let folder = Folder::with(&[]);
    for (arguments, words) in [
        ("token list --server http://127.0.0.1:1 --token pvr_x", "it could not be reached"),
        ("token list --server http://127.0.0.1:1", "needs a token"),
        ("token list --server https://127.0.0.1:1 --token pvr_x", "could not be reached"),
        ("token list --server ftp://127.0.0.1 --token pvr_x", "does not begin with `https://`"),
        ("token list --server https://a --token pvr_x --ca none.pem", "has no certificates"),
        ("token list --server https://a --token pvr_x --ca Cargo.toml", "has no certificates"),
        ("token list --server localhost --token pvr_x", "is no URL of a server"),
        ("token list --server http://127.0.0.1:1 --database x.db", "cannot be used with"),
        ("token list", "there is no database `provisor.db`"),
    ] {
        let ran = folder.run(arguments);
        assert_eq!(ran.code(), 2, "{arguments}");
        assert!(ran.err().contains(words), "{arguments}\n{ran}");
        assert!(!ran.err().contains("pvr_x"), "{ran}");
    }
}

#[test]
fn what_listens_is_told_on_standard_output_and_logs_go_to_standard_error() {
    let folder = Folder::with(&[]);
    let mut command = folder.command("serve --database p.db --listen 0.0.0.0:0");
    command.env("PROVISOR_LOG_LEVLE", "info").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut told = String::new();
    while !told.contains("Try: curl") {
        assert!(out.read_line(&mut told).unwrap() > 0, "{told}");
    }
    assert!(told.contains("  token     pvr_"), "{told}");
    assert!(told.contains("  warning   others can read along"), "{told}");
    let pid = child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    let mut logs = String::new();
    child.stderr.take().unwrap().read_to_string(&mut logs).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(logs.contains("listening") && !logs.contains("pvr_"), "{logs}");
    assert!(logs.contains("did you mean `PROVISOR_LOG_LEVEL`?"), "{logs}");
    assert!(logs.contains("WARN") && logs.contains("without TLS"), "{logs}");
}
