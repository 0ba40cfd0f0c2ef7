//! `provisor demo`: decides the bundled example company.

use provisor::decide::{Directory, Groups, Person};
use provisor::rules::build::build;
use provisor::rules::load::Memory;

use crate::exit::{Exit, Failure, Stop};
use crate::explanation;
use crate::outcome;
use crate::output::{self, Output};
use crate::people;
use crate::table;
use crate::tally::Tally;

/// The root and what it brings in.
const RULES: [(&str, &str); 3] = [
    ("rules.example", include_str!("../../../rules.example")),
    (
        "examples/brightwater/shared.rules",
        include_str!("../../../examples/brightwater/shared.rules"),
    ),
    (
        "examples/brightwater/executives.rules",
        include_str!("../../../examples/brightwater/executives.rules"),
    ),
];
const GROUPS: (&str, &str) =
    ("examples/brightwater/groups.json", include_str!("../../../examples/brightwater/groups.json"));
const USERS: [(&str, &str); 3] = [
    (
        "examples/brightwater/users-okta.json",
        include_str!("../../../examples/brightwater/users-okta.json"),
    ),
    (
        "examples/brightwater/users-entra.json",
        include_str!("../../../examples/brightwater/users-entra.json"),
    ),
    (
        "examples/brightwater/users-jumpcloud.ndjson",
        include_str!("../../../examples/brightwater/users-jumpcloud.ndjson"),
    ),
];

/// People of each assignment that the table shows; the summary counts all.
const SHOWN: usize = 1;

/// Decides everybody, prints some of them, the summary, and one person explained.
pub fn run(output: &Output) -> Result<Exit, Stop> {
    let files = RULES.iter().fold(Memory::new(), |files, (name, text)| files.with(*name, *text));
    let built = build(&files, RULES[0].0);
    let Some(rules) = built.rules else {
        return Err(Failure::new("the example has errors").why("this should never happen").into());
    };
    let mut directory = Directory::new();
    for chunk in people::of_text(GROUPS.0, GROUPS.1)? {
        for group in chunk?.resources() {
            directory.add_bytes(group.json.unwrap_or_default()).map_err(|error| fault(&error))?;
        }
    }

    let mut person = Person::new();
    let mut tally = Tally::default();
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut example = None;
    for (name, text) in USERS {
        for chunk in people::of_text(name, text)? {
            for user in chunk?.resources() {
                let json = user.json.unwrap_or_default();
                person
                    .read_bytes(&rules, json, Groups::Directory(&directory))
                    .map_err(|error| fault(&error))?;
                let decision = rules.decide(&person);
                let report = decision.report();
                tally.count(&report);
                let assignment = report.outcome.as_ref().map_or("", |gets| gets.assignment.name);
                let shown = rows.iter().filter(|(of, _)| of == assignment).count();
                if shown < SHOWN {
                    rows.push((assignment.to_owned(), outcome::row(&report, user.line)));
                }
                // Somebody whom several rules had a say about is worth an explanation.
                let said = report.outcome.as_ref().map_or(0, |gets| {
                    gets.nevers.len() + gets.grants.len() + gets.dropped.len().min(2)
                });
                if example.as_ref().is_none_or(|(most, _)| said > *most) {
                    let explanation = rules.explain(&person);
                    let text = explanation::render(&explanation, &decision, user.line, output.out);
                    example = Some((said, text));
                }
            }
        }
    }
    let order = |assignment: &str| {
        let mut names = rules.model().assignments.iter().map(|rule| rule.head.name.as_str());
        names.position(|name| name == assignment).unwrap_or(usize::MAX)
    };
    rows.sort_by_key(|(assignment, _)| order(assignment));
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();

    let look = output.out;
    let mut text = format!(
        "Brightwater, an example company, decided by {}.\nOne person of each assignment:\n\n",
        RULES[0].0
    );
    text.push_str(&table::render(&outcome::TITLES, &rows, look));
    text.push_str(&format!("\n{}", tally.render(rules.model(), look)));
    if let Some((_, explained)) = example {
        text.push_str(&format!("\nWhy one of them gets what:\n\n{explained}"));
    }
    let next = "\nThe same on files: provisor eval --rules rules.example --users … --groups …\n\
                Start with your own: provisor init sales.rules\n";
    if !output.quiet {
        text.push_str(&look.paint(next.trim_end(), output::FAINT));
        text.push('\n');
    }
    output.print(&text)?;
    Ok(Exit::Clean)
}

fn fault(error: &provisor::Error) -> Failure {
    Failure::new("the example cannot be read").why(error.to_string())
}
