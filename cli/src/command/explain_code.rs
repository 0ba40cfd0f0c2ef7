//! `provisor explain-code`: the page of a code, or the list of codes.

use clap::Args;
use provisor::diagnostic::codes::{Entry, TABLE};
use provisor::diagnostic::{Code, Severity, suggest};
use provisor_judge::judgement;

use crate::exit::{Exit, Failure, Stop};
use crate::output::{self, Look, Output};

/// Which code.
#[derive(Debug, Args)]
#[command(after_help = "Example: provisor explain-code P003")]
pub struct Arguments {
    /// The code, as printed in brackets: P003
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List all codes with what they are about
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

/// Prints the page or the list.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let Some(written) = &arguments.code else {
        let rows: String = TABLE.iter().map(|entry| row(entry, output.out)).collect();
        output.print(&rows)?;
        return Ok(Exit::Clean);
    };
    let Some(code) = Code::from_name(written) else {
        let mut failure = Failure::new(format!("there is no code `{written}`"));
        if written.contains('/') {
            let of_source = judgement::rules().any(|rule| rule.id == written);
            let list = if of_source { "conform source --list" } else { "conform server --list" };
            return Err(failure
                .why("it is a rule or a scenario of `provisor conform`, whose report explains it")
                .help(format!("`provisor {list}` names all of them"))
                .into());
        }
        if let Some(near) = suggest::nearest(written, TABLE.iter().map(|entry| entry.name)) {
            failure = failure.help(suggest::did_you_mean(near));
        }
        return Err(failure.help("`provisor explain-code --list` lists all codes").into());
    };
    output.print(&page(code.entry(), output.out))?;
    Ok(Exit::Clean)
}

fn row(entry: &Entry, look: Look) -> String {
    let style = match entry.severity {
        Severity::Error => output::ERROR,
        Severity::Warning => output::WARNING,
        Severity::Hint => output::HINT,
    };
    let name = look.paint(entry.name, output::STRONG);
    let severity = look.paint(&format!("{:<7}", entry.severity.as_str()), style);
    format!("{name}  {severity}  {}\n", entry.summary)
}

/// The page as a terminal shows it: headings bold, examples indented, words wrapped.
fn page(entry: &Entry, look: Look) -> String {
    let width = look.width.min(96);
    let mut text = String::new();
    let mut in_example = false;
    for line in entry.page.lines() {
        if line.starts_with("```") {
            in_example = !in_example;
        } else if in_example {
            let row = format!("    {line}");
            text.push_str(&look.paint(row.trim_end(), output::HELP));
            text.push('\n');
        } else if let Some(title) = line.strip_prefix("# ") {
            text.push_str(&look.paint(title, output::STRONG));
            text.push_str(&format!("  ({})\n", entry.severity.as_str()));
        } else if let Some(heading) = line.strip_prefix("## ") {
            text.push_str(&look.paint(heading, output::STRONG));
            text.push('\n');
        } else if line.is_empty() {
            text.push('\n');
        } else {
            text.push_str(&wrap(line, width));
        }
    }
    text.replace("\n\n\n", "\n\n")
}

/// Lines of at most `width` characters, broken at blanks, each ended.
fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            wrapped.push('\n');
            column = 0;
        }
        if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped.push('\n');
    wrapped
}
