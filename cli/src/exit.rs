//! How a run ends: the exit codes, which scripts rely on.

use std::process::ExitCode;

/// The end of a run that could be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done, nothing to complain about.
    Clean,
    /// 1: the rules have errors, a test failed, or `fmt --check` found differences.
    Findings,
    /// 3: done, but some people could not be read, or some scenarios or actions not played; each is
    /// named.
    Unread,
    /// 130: stopped by a signal; what was made is taken away, what was found is printed.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Unread => Self::from(3),
            Exit::Interrupted => Self::from(130),
        }
    }
}

/// Printed by `provisor --help`.
pub const HELP: &str = "\
Exit codes:
  0  done
  1  findings: errors in rules, a failed test, fmt --check differences
  2  wrong usage, or the run could not be carried out
  3  done, but some people could not be read, or some scenarios or actions not played
  130  stopped by Ctrl-C

Start with `provisor init` or `provisor demo`.";

/// Why a run stops early.
#[derive(Debug)]
pub enum Stop {
    /// Something is wrong outside the rules: exit code 2.
    Failure(Failure),
    /// Whoever reads the output has seen enough: exit code 0.
    Closed,
    /// All is said and printed already.
    Exit(Exit),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Exit> for Stop {
    fn from(exit: Exit) -> Self {
        Self::Exit(exit)
    }
}

/// A failure in words: what could not be done, why, and what to do.
#[derive(Debug)]
pub struct Failure {
    /// What could not be done, and where.
    pub what: String,
    /// Why.
    pub why: Option<String>,
    /// What to do, one entry a line.
    pub help: Vec<String>,
}

impl Failure {
    /// A failure of that name.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), why: None, help: Vec::new() }
    }

    /// Why it failed.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// What to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// A failed operation on a file.
    pub fn io(doing: &str, name: &str, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let failure = Self::new(format!("cannot {doing} `{name}`"));
        match error.kind() {
            Kind::NotFound if doing == "write" => failure
                .why("there is no such folder")
                .help("make the folder first, or name another"),
            Kind::NotFound => failure
                .why("there is no such file")
                .help("look at the spelling; paths are relative to the folder you are in"),
            Kind::NotADirectory => failure
                .why("a part of its path is a file and no folder")
                .help("look at the spelling of the path"),
            Kind::PermissionDenied => failure
                .why("you may not")
                .help("look at the permissions of the file and its folder"),
            Kind::IsADirectory => {
                failure.why("it is a folder").help(format!("name a file in it: `{name}/…`"))
            }
            _ => failure.why(error.to_string()),
        }
    }
}
