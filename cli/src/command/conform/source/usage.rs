//! Options that contradict one another, or that would do nothing: told before anything starts.

use provisor_judge::action::Kind;

use super::Arguments;
use crate::exit::Failure;

/// Fails with the first contradiction.
pub(super) fn checked(arguments: &Arguments, kinds: &[Kind]) -> Result<(), Failure> {
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
    if on.is_empty() || on.contains(&"any") {
        return Ok(());
    }
    let has = |kind: &Kind| on.contains(&kind.name());
    let lacks = |name: &str| {
        Failure::new(format!("there is no command for `{name}`"))
            .help(format!("give --on {name} COMMAND, or --on any COMMAND"))
    };
    if let Some(kind) = kinds.iter().find(|kind| named && !has(kind)) {
        return Err(lacks(kind.name()));
    }
    if arguments.large > 0 && !has(&Kind::LargeGroup) {
        return Err(lacks(large));
    }
    // People are created in any case: everything else needs some.
    let plays =
        |name: &&str| name == &Kind::CreateUser.name() || kinds.iter().any(|k| k.name() == *name);
    match on.iter().find(|name| !plays(name)) {
        Some(name) => Err(Failure::new(format!("the command for `{name}` would never run"))
            .why("--actions does not name it")
            .help(format!("add `{name}` to --actions, or leave the command out"))),
        None => Ok(()),
    }
}
