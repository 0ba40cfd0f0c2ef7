//! `docs/conformance-guide.md`: its commands are run, and its recipes are commands that exist.

use super::guide::{document, fences, follow};
use super::run::Folder;

#[test]
fn every_command_does_what_the_guide_says() {
    let (run, _) = follow(&document("docs/conformance-guide.md"));
    assert!(run >= 7, "only {run} commands were found");
}

#[test]
fn the_call_in_the_readme_prints_what_stands_there() {
    let readme = document("README.md");
    let section = readme.split_once("## Test a SCIM server\n").unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let serve = "```console\n$ provisor serve --database try.db\n...\n```\n";
    let (run, _) = follow(&format!("{serve}{}", section.replace("console server", "console")));
    assert_eq!(run, 4, "the server, a tenant with its token, and the call");
}

#[test]
fn the_recipes_use_options_that_exist() {
    let help = Folder::with(&[]).run("conform server --help").out();
    let recipes: Vec<_> = fences(&document("docs/conformance-guide.md"))
        .into_iter()
        .filter(|fence| fence.info == "yaml recipe")
        .collect();
    assert_eq!(recipes.len(), 2, "GitHub and GitLab");
    for recipe in recipes {
        let (_, command) = recipe.text.split_once("provisor conform server ").unwrap();
        // Up to the next step of the recipe.
        let end = command.find("\n      - if:").or_else(|| command.find("\n  artifacts:")).unwrap();
        let options: Vec<&str> =
            command[..end].split_whitespace().filter(|word| word.starts_with("--")).collect();
        assert!(options.len() >= 4, "{options:?}");
        for option in options {
            assert!(help.contains(&format!("{option} <")), "{option} is no option:\n{help}");
        }
    }
}
