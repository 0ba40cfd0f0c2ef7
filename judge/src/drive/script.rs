//! A command for each action: `--on create-user 'my-source push'`. A command for `any` stands for
//! those that have none.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use provisor::diagnostic::suggest::{did_you_mean, nearest};
use tokio::process::Command;

use super::telling::telling;
use super::tree::{self, Said, Tree};
use super::{Acted, Acting, Details, Source};
use crate::action::{self, Kind, Step};

/// Stands for every action without a command of its own.
const ANY: &str = "any";
/// How much longer a command may take for each more person.
const PERSON: Duration = Duration::from_millis(60);
/// What a shell ends with where it may not start a command, or finds none (POSIX, 2.8.2).
const NOT_RUN: [i32; 2] = [126, 127];
/// Characters of what a command says that are looked at.
const SAID: usize = 4_000;

/// Commands. Dropping them ends what they left running.
#[derive(Debug)]
pub struct Script {
    commands: BTreeMap<&'static str, String>,
    /// Where `directory.json` is written.
    folder: PathBuf,
    timeout: Duration,
    /// What commands left running in the background when they ended, such as a service of theirs.
    left: Vec<Tree>,
}

/// A command for something that is no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCommand(pub String);

impl Script {
    /// From pairs of an action's name and a shell command. `directory.json` goes into `folder`.
    pub fn new(
        pairs: &[(String, String)],
        folder: PathBuf,
        timeout: Duration,
    ) -> Result<Self, BadCommand> {
        let mut commands = BTreeMap::new();
        for (name, command) in pairs {
            let known = if name == ANY { Some(ANY) } else { action::named(name).map(Kind::name) };
            let Some(known) = known else {
                let names = || action::kinds().map(Kind::name).chain([ANY]);
                let help = nearest(name, names()).map_or_else(
                    || format!("there are {}", names().collect::<Vec<_>>().join(", ")),
                    did_you_mean,
                );
                return Err(BadCommand(format!("there is no action `{name}`; {help}")));
            };
            commands.insert(known, command.clone());
        }
        Ok(Self { commands, folder, timeout, left: Vec::new() })
    }

    /// Whether there is a command for an action.
    pub fn can(&self, kind: Kind) -> bool {
        self.command(kind).is_some()
    }

    fn command(&self, kind: Kind) -> Option<&String> {
        self.commands.get(kind.name()).or_else(|| self.commands.get(ANY))
    }

    /// Thousands of people take longer than one.
    fn timeout_of(&self, step: &Step) -> Duration {
        let new = step.after.people.len().saturating_sub(step.before.people.len());
        self.timeout + PERSON * u32::try_from(new.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    async fn run(&mut self, step: &Step, details: &Details) -> Acted {
        let Some(text) = self.command(step.kind).cloned() else {
            return Acted::Skipped(format!("no command for {}; give one with --on", step.kind));
        };
        let file = self.folder.join("directory.json");
        if let Err(why) = std::fs::write(&file, step.after.to_json()) {
            return Acted::Unable(format!("cannot write `{}`: {why}", file.display()));
        }
        let mut command = shell(&text);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        tree::apart(&mut command);
        command.envs(details.variables()).envs(around_proxies());
        command.env("PROVISOR_ACTION", step.kind.name()).env("PROVISOR_DIRECTORY", &file);
        let person = step.person().map(|one| one.user_name.as_str()).unwrap_or_default();
        let group = step.group().map(|one| one.display_name.as_str()).unwrap_or_default();
        command.env("PROVISOR_PERSON", person).env("PROVISOR_GROUP", group);
        let mut running = match command.spawn() {
            Ok(running) => running,
            Err(why) => return Acted::Unable(format!("`{text}` cannot be started: {why}")),
        };
        let timeout = self.timeout_of(step);
        let tree = Tree::of(&running);
        let said = Said::of(&mut running);
        let (mut unable, mut late) = (false, false);
        let how = match tokio::time::timeout(timeout, running.wait()).await {
            Err(_) => {
                // It must not go on pushing into later steps.
                tree.end(&mut running).await;
                late = true;
                format!("did not end within {} s", timeout.as_secs())
            }
            Ok(Err(why)) => format!("broke off: {why}"),
            Ok(Ok(status)) => {
                self.left.retain(Tree::is_there);
                if tree.is_there() {
                    self.left.push(tree);
                }
                if status.success() {
                    return Acted::Done;
                }
                unable = cfg!(unix) && status.code().is_some_and(|code| NOT_RUN.contains(&code));
                format!("ended with {status}")
            }
        };
        // Its last words alone: a trace before them would stand above everything that was found.
        let said = telling(&said.end(SAID).await);
        let said = if said.is_empty() { "it said nothing" } else { &said };
        let words = format!("`{text}` {how}: {said}");
        match (unable, late) {
            (true, _) => Acted::Unable(words),
            (_, true) => Acted::Late(words),
            _ => Acted::Failed(words),
        }
    }
}

/// The judge is on this machine, where no proxy leads; libraries ask one unless they are told.
fn around_proxies() -> [(&'static str, String); 2] {
    let own = "127.0.0.1,localhost";
    ["NO_PROXY", "no_proxy"].map(|name| {
        let others = std::env::var(name).ok().filter(|others| !others.is_empty());
        (name, others.map_or_else(|| own.to_owned(), |others| format!("{others},{own}")))
    })
}

#[cfg(unix)]
fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(text);
    command
}

#[cfg(not(unix))]
fn shell(text: &str) -> Command {
    let mut command = Command::new("cmd");
    command.arg("/C").arg(text);
    command
}

impl Source for Script {
    fn act<'a>(&'a mut self, step: &'a Step, details: &'a Details, _again: bool) -> Acting<'a> {
        Box::pin(self.run(step, details))
    }
}

impl fmt::Display for BadCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadCommand {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::plan;

    fn pair(name: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), "true".to_owned())]
    }

    #[test]
    fn a_command_has_more_time_for_more_people() {
        let steps = plan(|kind| kind == Kind::LargeGroup, &[], 1_001);
        let script = Script::new(&pair("any"), PathBuf::new(), Duration::from_secs(1)).unwrap();
        let seconds = |at: usize| script.timeout_of(&steps[at]).as_secs();
        assert_eq!((seconds(0), seconds(3), seconds(4)), (1, 61, 1));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_that_is_not_there_did_not_run() {
        let folder = std::env::temp_dir().join(format!("judge-script-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let step = plan(|_| false, &[], 0).remove(0);
        let acted = |command: &str| {
            let pairs = vec![("any".to_owned(), command.to_owned())];
            let mut script = Script::new(&pairs, folder.clone(), Duration::from_secs(20)).unwrap();
            let step = step.clone();
            async move { script.run(&step, &Details::default()).await }
        };
        let there = acted("./no-such-source").await;
        assert!(matches!(&there, Acted::Unable(why) if why.contains("not found")), "{there:?}");
        let failed = acted("exit 1").await;
        assert!(matches!(&failed, Acted::Failed(_)), "{failed:?}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_mistyped_action_is_told_with_the_nearest() {
        let made = |name| Script::new(&pair(name), PathBuf::new(), Duration::from_secs(1));
        let told = made("create-usr").unwrap_err().0;
        assert_eq!(told, "there is no action `create-usr`; did you mean `create-user`?");
        assert!(made("any").unwrap().can(Kind::RenameGroup));
        assert!(!made("create-user").unwrap().can(Kind::RenameGroup));
    }
}
