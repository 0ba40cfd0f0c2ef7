//! Options that contradict one another, or that would do nothing: told before anything starts.

use provisor_judge::action::{self, Kind, plan};
use provisor_judge::misbehave::Misbehaviour;

use super::Arguments;
use crate::exit::Failure;

/// The command for what has none of its own.
const ANY: &str = "any";

/// Fails with the first contradiction.
pub(super) fn checked(
    arguments: &Arguments,
    kinds: &[Kind],
    misbehaviours: &[&'static Misbehaviour],
) -> Result<(), Failure> {
    let on: Vec<&str> = arguments.on.iter().step_by(2).map(String::as_str).collect();
    for (place, name) in on.iter().enumerate() {
        if on.iter().take(place).any(|other| other == name) {
            return Err(Failure::new(format!("there are two commands for `{name}`"))
                .why("an action has one")
                .help("write both into one, such as --on any './first && ./second'"));
        }
    }
    let named = !arguments.actions.is_empty();
    let large = Kind::LargeGroup.name();
    if named && kinds.contains(&Kind::LargeGroup) && arguments.large == 0 {
        return Err(Failure::new(format!("`{large}` needs a size"))
            .help("give --large PEOPLE, such as --large 2000"));
    }
    if arguments.large > 0 && !kinds.contains(&Kind::LargeGroup) {
        return Err(Failure::new("--large would do nothing")
            .why(format!("--actions does not name `{large}`"))
            .help(format!("add `{large}` to --actions")));
    }
    if arguments.watch && (arguments.misbehave.len() > 1 || arguments.misbehave == ["all"]) {
        return Err(Failure::new("--watch has one misbehaviour at most")
            .why("nothing says when the next one would begin")
            .help("name one, or play actions with --on"));
    }
    if on.is_empty() {
        return Ok(());
    }
    let any = on.contains(&ANY);
    let has = |kind: Kind| any || on.contains(&kind.name());
    let lacks = |name: &str| {
        Failure::new(format!("there is no command for `{name}`"))
            .help(format!("give --on {name} COMMAND, or --on {ANY} COMMAND"))
    };
    if let Some(kind) = kinds.iter().find(|kind| named && !has(**kind)) {
        return Err(lacks(kind.name()));
    }
    if arguments.large > 0 && !has(Kind::LargeGroup) {
        return Err(lacks(large));
    }
    // Of the large group one person is enough to know what is played.
    let wanted = |kind: Kind| kinds.contains(&kind) && has(kind);
    let steps = plan(wanted, misbehaviours, arguments.large.min(1));
    let played: Vec<Kind> = steps.into_iter().map(|step| step.kind).collect();
    match on.iter().find_map(|name| idle(name, &on, kinds, &played)) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// A command that would never run.
fn idle(name: &str, on: &[&str], kinds: &[Kind], played: &[Kind]) -> Option<Failure> {
    let never = || Failure::new(format!("the command for `{name}` would never run"));
    if name == ANY {
        let has_own = |kind: &Kind| on.contains(&kind.name());
        return played.iter().all(has_own).then(|| {
            never()
                .why("every action of this run has a command of its own")
                .help("leave it out, or name more actions in --actions")
        });
    }
    // What is no action is told with its nearest name when the commands are read.
    let kind = action::named(name).filter(|kind| !played.contains(kind))?;
    Some(match kind {
        _ if !kinds.contains(&kind) => never()
            .why("--actions does not name it")
            .help(format!("add `{name}` to --actions, or leave the command out")),
        Kind::LargeGroup => never()
            .why("there is no large group without --large")
            .help("give --large PEOPLE, such as --large 2000, or leave the command out"),
        _ => never()
            .why("it follows on an action that this run does not have")
            .help(format!("give --on {ANY} COMMAND too, or leave the command out")),
    })
}
