//! `provisor conform lint`: payloads and schemas in files, without a server.

use super::run::Folder;

const USER: &str = r#"{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "userName": "ann@acme.example",
  "active": "True",
  "department": "Sales"
}
"#;

const SOUND: &str =
    r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Sales"}"#;

#[test]
fn a_problem_says_where_what_and_by_which_requirement() {
    let folder = Folder::with(&[("ann.json", USER)]);
    insta::assert_snapshot!(folder.run("conform lint ann.json --from client"), @r"
    exit 1
    ann.json:4:13: error[json-type]: `active` is `true` or `false`; this is a string
      at /active; RFC 7643, 2.3, RFC7643-2.3-02
    ann.json:5:3: error[extension-container]: `department` belongs into an object named `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`
      at /department; RFC 7643, 3, RFC7643-3-10
    1 document: 2 errors, 0 warnings, 0 notes
    ");
}

#[test]
fn sound_files_end_with_exit_code_0() {
    let folder = Folder::with(&[("sales.json", SOUND)]);
    insta::assert_snapshot!(folder.run("conform lint sales.json --from client"), @r"
    exit 0
    1 document: 0 errors, 0 warnings, 0 notes
    ");
    insta::assert_snapshot!(folder.run("conform lint sales.json --quiet"), @"exit 0");
}

#[test]
fn what_only_a_provider_must_do_counts_for_a_provider() {
    let folder = Folder::with(&[("sales.json", SOUND)]);
    insta::assert_snapshot!(folder.run("conform lint sales.json --from server"), @r"
    exit 1
    sales.json:1:1: error[server-id]: a resource that a provider answers with has an id that is not empty
      at /; RFC 7643, 3.1, RFC7643-3.1-05
    sales.json:1:1: error[server-meta]: `meta` is missing; `attributes` and `excludedAttributes` may leave it out
      at /; RFC 7643, 3.1, RFC7643-3.1-02
    1 document: 2 errors, 0 warnings, 0 notes
    ");
}

#[test]
fn lines_of_ndjson_are_documents_of_their_own() {
    let folder = Folder::with(&[("people.ndjson", &format!("{SOUND}\n\n{{\"userName\":1}}\n"))]);
    insta::assert_snapshot!(folder.run("conform lint people.ndjson --from client"), @r"
    exit 1
    people.ndjson:3:1: error[schemas]: `schemas` is missing; name the schemas of what stands here
      at /; RFC 7643, 3, RFC7643-3-02
    2 documents: 1 error, 0 warnings, 0 notes
    ");
}

#[test]
fn problems_are_there_as_json() {
    let folder = Folder::with(&[("ann.json", USER)]);
    insta::assert_snapshot!(folder.run("conform lint ann.json --from client --format json"), @r#"
    exit 1
    [
      {
        "column": 13,
        "file": "ann.json",
        "line": 4,
        "message": "`active` is `true` or `false`; this is a string",
        "pointer": "/active",
        "requirements": [
          "RFC7643-2.3-02",
          "RFC7643-2.3.2-01",
          "RFC7643-2.3.5-03",
          "RFC7644-3.8-10"
        ],
        "rule": "json-type",
        "severity": "error",
        "title": "a value has the JSON type of its attribute"
      },
      {
        "column": 3,
        "file": "ann.json",
        "line": 5,
        "message": "`department` belongs into an object named `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`",
        "pointer": "/department",
        "requirements": [
          "RFC7643-3-10",
          "RFC7643-3.3-07"
        ],
        "rule": "extension-container",
        "severity": "error",
        "title": "attributes of an extension stand in the object that has its URI as name"
      }
    ]
    "#);
}

#[test]
fn what_is_no_json_or_not_there_could_not_be_checked() {
    let folder = Folder::with(&[("half.json", "{\n  \"schemas\": [\n"), ("none.json", "{}")]);
    insta::assert_snapshot!(folder.run("conform lint half.json"), @r"
    exit 2
    --- stderr
    error: half.json:3:1: no JSON: EOF while parsing a list
    ");
    folder.write("some.ndjson", b"{\"schemas\": []}\n{\"schemas\n{\"userName\": 1}\n");
    let some = folder.run("conform lint some.ndjson");
    assert_eq!(some.code(), 2, "what was not read was not checked");
    assert!(
        some.out().contains("some.ndjson:1:") && some.out().contains("some.ndjson:3:"),
        "{some}"
    );
    assert!(some.err().starts_with("error: some.ndjson:2:"), "{some}");
    insta::assert_snapshot!(folder.run("conform lint missing.json"), @r"
    exit 2
    --- stderr
    error: cannot read `missing.json`: there is no such file
      = help: look at the spelling; paths are relative to the folder you are in
    ");
    insta::assert_snapshot!(folder.run("conform lint none.json --schema none.json"), @r"
    exit 2
    --- stderr
    error: `none.json` defines no schema: nothing in it has `id` and `attributes`
    ");
    folder.write("latin.json", b"{\"userName\":\"J\xf6rg\"}");
    insta::assert_snapshot!(folder.run("conform lint latin.json"), @r"
    exit 2
    --- stderr
    error: `latin.json` is not UTF-8 from byte 14 on; SCIM is (RFC 7644, 3.8)
    ");
}
