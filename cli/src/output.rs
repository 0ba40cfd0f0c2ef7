//! Where output goes and how it looks: colour, width, quiet; a reader that goes away is no error.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};
use provisor::diagnostic::render;
use provisor::diagnostic::render::width::harmless_text;

use crate::exit::{Failure, Stop};

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Colour: auto (on a terminal, unless NO_COLOR is set), always or never
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: Color,
    /// Print results only: no progress, no summary, no remarks
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output and standard error of a run.
#[derive(Debug)]
pub struct Output {
    /// How results look.
    pub out: Look,
    /// How remarks look.
    pub err: Look,
    /// Only results.
    pub quiet: bool,
}

/// How one of the two looks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Escape sequences are understood.
    pub color: bool,
    /// Somebody is looking.
    pub terminal: bool,
    /// Columns.
    pub width: usize,
}

impl Output {
    /// As the options and the terminal say.
    pub fn new(options: &Options) -> Self {
        let look = |terminal: bool| Look {
            color: match options.color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => terminal && environment_allows_color(),
            },
            terminal,
            width: if terminal { terminal_width() } else { 120 },
        };
        Self {
            out: look(io::stdout().is_terminal()),
            err: look(io::stderr().is_terminal()),
            quiet: options.quiet,
        }
    }

    /// Prints a result as it is.
    pub fn print(&self, text: &str) -> Result<(), Stop> {
        self.print_bytes(text.as_bytes())
    }

    /// Prints a result as it is.
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| closed(&error))
    }

    /// A remark on standard error, unless quiet.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// A line on standard error, also when quiet.
    pub fn complain(&self, text: &str) {
        // Nobody is left to tell if this fails.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A failure in the words of a diagnostic, on standard error.
    pub fn failure(&self, failure: &Failure) {
        let look = self.err;
        let mut text = format!(
            "{}: {}",
            look.paint("error", ERROR),
            look.paint(&harmless_text(&failure.what), STRONG)
        );
        if let Some(why) = &failure.why {
            text.push_str(&look.paint(&format!(": {}", harmless_text(why)), STRONG));
        }
        for help in &failure.help {
            let label = look.paint("help:", HELP);
            text.push_str(&format!("\n  = {label} {}", harmless_text(help)));
        }
        self.complain(&text);
    }
}

impl Look {
    /// The text in that style, where colour is used.
    pub fn paint(self, text: &str, style: Style) -> String {
        if self.color && !text.is_empty() {
            format!("{}{text}{}", style.render(), style.render_reset())
        } else {
            text.to_owned()
        }
    }

    /// The style of diagnostics.
    pub fn diagnostics(self) -> render::Style {
        if !self.color {
            return render::Style::default();
        }
        let on = |style: Style| style.render().to_string();
        render::Style {
            error: on(ERROR),
            warning: on(WARNING),
            hint: on(HINT),
            place: on(PLACE),
            strong: on(STRONG),
            help: on(HELP),
            removed: on(REMOVED),
            added: on(ADDED),
            reset: ERROR.render_reset().to_string(),
        }
    }
}

const fn color(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(color)))
}

/// Errors.
pub const ERROR: Style = color(AnsiColor::Red).bold();
/// Warnings.
pub const WARNING: Style = color(AnsiColor::Yellow).bold();
/// Hints.
pub const HINT: Style = color(AnsiColor::Cyan).bold();
/// Places, line numbers, secondary remarks.
pub const PLACE: Style = color(AnsiColor::Blue).bold();
/// Names that matter.
pub const STRONG: Style = Style::new().bold();
/// What can be left unread.
pub const FAINT: Style = Style::new().dimmed();
/// Help.
pub const HELP: Style = color(AnsiColor::Cyan);
/// What is taken away or does not hold.
pub const REMOVED: Style = color(AnsiColor::Red);
/// What is given or holds.
pub const ADDED: Style = color(AnsiColor::Green);

/// Text from outside, made harmless for a terminal.
pub fn shown(text: &str) -> String {
    harmless_text(text)
}

/// What a failed write means: a reader that went away has seen enough.
pub fn closed(error: &io::Error) -> Stop {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Stop::Closed;
    }
    Failure::new("cannot write the output").why(error.to_string()).into()
}

fn environment_allows_color() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).max(40))
}
