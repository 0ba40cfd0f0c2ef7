//! Tokens, clients and tenants at a server that runs.

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
    assert_eq!(with(&folder, &serving, "token revoke okta").0, 0);
    let (code, _, said) = with(&folder, &serving, "token revoke nobody");
    assert_eq!(code, 2);
    assert!(said.contains("there is no token `nobody`"), "{said}");

    let (_, made, _) = with(&folder, &serving, "client add hr --scope scim:read");
    let id = made.split_whitespace().nth(1).unwrap();
    assert!(with(&folder, &serving, "client list").1.contains(id));
    assert_eq!(with(&folder, &serving, &format!("client remove {id}")).0, 0);
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
