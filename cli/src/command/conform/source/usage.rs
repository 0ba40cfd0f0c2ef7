//! Options that contradict one another, or that would do nothing: told before anything starts.

use std::path::PathBuf;
use std::time::Duration;

use provisor_judge::action::{self, Kind, plan_for};
use provisor_judge::contract::Contract;
use provisor_judge::drive::Script;
use provisor_judge::misbehave::Misbehaviour;

use super::Arguments;
use crate::exit::Failure;

/// The command for what has none of its own.
const ANY: &str = "any";

/// People of a large group that have a step each at most.
const SINGLE: usize = 300;

/// Fails with the first contradiction.
pub(super) fn checked(
    arguments: &Arguments,
    contract: &Contract,
    kinds: &[Kind],
    misbehaviours: &[&'static Misbehaviour],
) -> Result<(), Failure> {
    let commands = arguments.commands();
    // Mistyped names come before what follows from them.
    Script::new(&commands, PathBuf::new(), Duration::ZERO)
        .map_err(|error| Failure::new(error.0))?;
    if let Some((name, _)) = commands.iter().find(|(_, command)| command.trim().is_empty()) {
        return Err(Failure::new(format!("the command for `{name}` is empty"))
            .help(format!("write what makes the source act: --on {name} './push'")));
    }
    let on: Vec<&str> = commands.iter().map(|(name, _)| name.as_str()).collect();
    for (place, name) in on.iter().enumerate() {
        if on.iter().take(place).any(|other| other == name) {
            return Err(Failure::new(format!("there are two commands for `{name}`"))
                .why("an action has one")
                .help("write both into one, such as --on any './first && ./second'"));
        }
    }
    let named = !arguments.actions.is_empty();
    let lacking = |kind: &Kind| Some((*kind, contract.lacks_action(*kind)?));
    if let Some((kind, why)) = kinds.iter().filter(|_| named).find_map(lacking) {
        return Err(Failure::new(format!("`{kind}` cannot be judged by this contract"))
            .why(why)
            .help(
                "leave it out, or write a contract of your own that says what the product does",
            ));
    }
    if arguments.no_next_cycle && arguments.large > SINGLE {
        return Err(Failure::new(format!(
            "--large has {SINGLE} people at most with --no-next-cycle"
        ))
        .why("each of them is a step of their own")
        .help("name fewer"));
    }
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
        let failure = Failure::new(format!("there is no command for `{name}`"));
        let failure = if !named || arguments.actions.iter().any(|own| own == name) {
            failure
        } else {
            failure.why("another action of this run stands on it")
        };
        failure.help(format!("give --on {name} COMMAND, or --on {ANY} COMMAND"))
    };
    if let Some(kind) = kinds.iter().find(|kind| named && !has(**kind)) {
        return Err(lacks(kind.name()));
    }
    if arguments.large > 0 && !has(Kind::LargeGroup) {
        return Err(lacks(large));
    }
    // Of the large group one person is enough to know what is played.
    let wanted = |kind: Kind| kinds.contains(&kind) && has(kind);
    let single = arguments.no_next_cycle;
    let steps = plan_for(contract, single, wanted, misbehaviours, arguments.large.min(1));
    let played: Vec<Kind> = steps.into_iter().map(|step| step.kind).collect();
    match on.iter().find_map(|name| idle(name, &on, kinds, &played, contract)) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// A command that would never run.
fn idle(
    name: &str,
    on: &[&str],
    kinds: &[Kind],
    played: &[Kind],
    contract: &Contract,
) -> Option<Failure> {
    let never = || Failure::new(format!("the command for `{name}` would never run"));
    if name == ANY {
        let has_own = |kind: &Kind| on.contains(&kind.name());
        return played.iter().all(has_own).then(|| {
            never()
                .why("every action of this run has a command of its own")
                .help("leave it out, or name more actions in --actions")
        });
    }
    let kind = action::named(name).filter(|kind| !played.contains(kind))?;
    if let Some(why) = contract.lacks_action(kind) {
        return Some(never().why(why).help("leave the command out"));
    }
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
