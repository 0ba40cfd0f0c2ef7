//! `provisor explain`: says why one person gets what.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use provisor::decide::{Groups, Person};
use provisor::diagnostic::suggest;

use crate::exit::{Exit, Failure, Stop};
use crate::explanation;
use crate::files;
use crate::find::{Found, Search};
use crate::groups;
use crate::output::{self, Output};
use crate::people;
use crate::rules;

/// Whom to explain, by which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provisor explain bert --rules sales.rules --users people.json
  provisor explain bert --rules sales.rules --users people.json --rule \"Sales managers\"")]
pub struct Arguments {
    /// The person: userName, id, externalId, e-mail, the part before the @, or displayName
    person: String,
    /// The rules
    #[arg(long, value_name = "FILE")]
    rules: String,
    /// SCIM Users, as for `eval`
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    users: Vec<String>,
    /// SCIM Groups; without them the user's own `groups` count
    #[arg(long, value_name = "FILE", num_args = 1..)]
    groups: Vec<String>,
    /// Say what this rule asked of the person, whether it matched or not
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// How the explanation is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Finds the person, decides and explains.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let Arguments { rules, users, groups: group_files, .. } = arguments;
    files::stdin_once(users.iter().chain(group_files).chain([rules]))?;
    let rules = rules::load(rules, output)?;
    let directory = groups::load(group_files, output)?;
    let (found, missed) = one(&arguments.person, users, output)?;
    let groups = directory.as_ref().map_or(Groups::Own, Groups::Directory);
    let mut person = Person::new();
    if let Err(why) = people::read_user(&mut person, &rules, Some(&found.json), groups) {
        let failure = Failure::new(format!("cannot read the person at {}", found.place()));
        output.failure(&failure.why(why));
        return Ok(Exit::Unread);
    }
    // The person may be among those who could not be read, under the same name.
    let exit = if missed.is_some() { Exit::Unread } else { Exit::Clean };
    if let Some(missed) = missed {
        let label = output.err.paint("warning", output::WARNING);
        output.complain(&format!("{label}: {}", output::shown(&missed)));
    }

    if let Some(name) = &arguments.rule {
        let Some(trace) = rules.explain_rule(&person, name) else {
            return Err(no_rule(name, &rules, &person).into());
        };
        output.print(&match arguments.format {
            Format::Text => explanation::render_rule(&trace, output.out),
            Format::Json => {
                format!("{}\n", serde_json::to_string_pretty(&trace).unwrap_or_default())
            }
        })?;
        return Ok(exit);
    }
    let explanation = rules.explain(&person);
    output.print(&match arguments.format {
        Format::Text => {
            let decision = rules.decide(&person);
            explanation::render(&explanation, &decision, found.line, output.out)
        }
        Format::Json => {
            format!("{}\n", serde_json::to_string_pretty(&explanation).unwrap_or_default())
        }
    })?;
    Ok(exit)
}

/// The one person that is meant, and what could not be looked at.
fn one(wanted: &str, files: &[String], output: &Output) -> Result<(Found, Option<String>), Stop> {
    let search = Arc::new(Search::new(wanted));
    let result = search.run(files, output)?;
    let missed = result.missed();
    let mut found = result.found.into_iter();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok((one, missed)),
        (Some(one), Some(two)) => {
            let mut failure = Failure::new(format!("`{wanted}` is more than one person"));
            for each in [one, two].into_iter().chain(found.take(8)) {
                failure = failure.help(format!("`{}` at {}", each.name, each.place()));
            }
            Err(failure.into())
        }
        _ => {
            let mut failure =
                Failure::new(format!("nobody is called `{wanted}`")).why(match result.looked_at {
                    0 => "there is nobody in these files".to_owned(),
                    1 => "the only person has another name, id and e-mail".to_owned(),
                    many => format!("none of {many} people has that name, id or e-mail"),
                });
            if let Some(missed) = missed {
                failure = failure.help(format!("look at what was left out: {missed}"));
            }
            if let Some(near) = result.near {
                failure = failure.help(suggest::did_you_mean(&near));
            }
            Err(failure.into())
        }
    }
}

fn no_rule(name: &str, rules: &provisor::decide::RuleSet, person: &Person) -> Failure {
    if !person.is_active() {
        return Failure::new(format!("no rule was asked about `{name}`"))
            .why("the person is deactivated, and then nothing else is decided");
    }
    let model = rules.model();
    let heads = (model.assignments.iter().map(|rule| &rule.head))
        .chain(model.grants.iter().map(|rule| &rule.head))
        .chain(model.nevers.iter().map(|rule| &rule.head));
    let failure = Failure::new(format!("no rule is called `{name}`"));
    match suggest::nearest(name, heads.map(|head| head.name.as_str())) {
        Some(near) => failure.help(suggest::did_you_mean(near)),
        None => failure,
    }
}
