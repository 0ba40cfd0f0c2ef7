//! `provisor serve`: the SCIM server. Its flags are made from the server's table of settings.

use std::env;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor_server::config::settings::{SETTINGS, Setting};
use provisor_server::config::sources::{self, Problems};
use provisor_server::config::{self, Config};
use provisor_server::run;

use crate::exit::{Exit, Failure, Stop};
use crate::files;
use crate::output::{Output, shown};

/// Variables of other commands.
const OTHERS: [&str; 5] = [
    "PROVISOR_URL",
    "PROVISOR_TOKEN",
    "PROVISOR_CONFORM_TOKEN",
    "PROVISOR_CONFORM_SECOND_TOKEN",
    "PROVISOR_CONFORM_READ_ONLY_TOKEN",
];

/// What the flags say, by the keys of settings.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    flags: Vec<(String, Vec<String>)>,
    file: Option<String>,
    print_config: bool,
}

impl Args for Arguments {
    fn augment_args(command: Command) -> Command {
        let mut command = command
            .arg(
                Arg::new("config")
                    .long("config")
                    .value_name("FILE")
                    .help("A TOML file with settings, named as the flags are"),
            )
            .arg(
                Arg::new("print-config")
                    .long("print-config")
                    .action(ArgAction::SetTrue)
                    .help("Print a file with all settings and their defaults, and stop"),
            )
            .after_help(
                "Flags come before variables (PROVISOR_LISTEN for --listen), those before the \
                 file.\n\nExample: provisor serve --rules company.rules --database company.db",
            );
        for setting in SETTINGS {
            let default = match setting.default {
                "" => String::new(),
                default => format!(" [default: {default}]"),
            };
            command = command.arg(
                Arg::new(setting.key)
                    .long(setting.key)
                    .value_name(setting.value)
                    .action(if setting.many { ArgAction::Append } else { ArgAction::Set })
                    .help(format!("{}{default}", setting.help)),
            );
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |key| matches.value_source(key) == Some(ValueSource::CommandLine);
        let mut arguments = Self {
            flags: Vec::new(),
            file: matches.get_one::<String>("config").cloned(),
            print_config: matches.get_flag("print-config"),
        };
        for setting in SETTINGS.iter().filter(|setting| given(setting.key)) {
            let values = matches.get_many::<String>(setting.key).into_iter().flatten();
            arguments.flags.push((setting.key.to_owned(), values.cloned().collect()));
        }
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Serves until it is told to stop.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    if arguments.print_config {
        output.print(&config::example())?;
        return Ok(Exit::Clean);
    }
    let file = match &arguments.file {
        Some(name) => {
            let bytes = files::read(name, sources::FILE_BYTES)?;
            Some((files::shown(name).to_owned(), files::text(name, bytes)?))
        }
        None => None,
    };
    let named = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let config = sources::gather(&arguments.flags, |name| env::var(name).ok(), named)
        .and_then(|values| Config::of(&values))
        .map_err(|problems| wrong(&problems))?;
    for warning in unknown_variables(env::vars_os().filter_map(|(name, _)| name.into_string().ok()))
    {
        output.remark(&warning);
    }
    // Apart from the logs on standard error, and also when quiet: the first token is shown only
    // here.
    let announce = |lines: &str| {
        if output.print(lines).is_err() {
            output.complain(lines.trim_end());
        }
    };
    run::run_blocking(config, announce)
        .map_err(|error| Failure::new("the server does not run").why(error.to_string()))?;
    Ok(Exit::Clean)
}

/// Warnings of variables that look like settings and are none.
fn unknown_variables(names: impl Iterator<Item = String>) -> Vec<String> {
    let known: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
    let ours = |name: &String| name.starts_with("PROVISOR_") && !OTHERS.contains(&name.as_str());
    let unknown = names.filter(|name| ours(name) && !known.contains(name));
    let mut warnings: Vec<String> = unknown
        .map(|name| {
            let help = nearest(&name, known.iter().map(String::as_str)).map_or_else(
                || "`provisor serve --help` lists the settings".to_owned(),
                did_you_mean,
            );
            format!("warning: no setting has the variable `{}`; {help}", shown(&name))
        })
        .collect();
    warnings.sort();
    warnings
}

fn wrong(problems: &Problems) -> Failure {
    let failure = Failure::new("the settings are wrong").why(problems.to_string());
    failure.help("`provisor serve --help` lists the settings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_variable_is_told_with_what_was_meant() {
        let names = ["PROVISOR_DATABSE", "PROVISOR_TOKEN", "PROVISOR_LISTEN", "HOME"];
        let names = names.map(str::to_owned).into_iter();
        assert_eq!(
            unknown_variables(names),
            ["warning: no setting has the variable `PROVISOR_DATABSE`; \
              did you mean `PROVISOR_DATABASE`?"]
        );
    }
}
