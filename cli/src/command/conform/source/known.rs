//! Names on the command line: actions, misbehaviours; and the list of everything.

use std::fmt::Write;

use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor_judge::action::{self, Kind};
use provisor_judge::contract;
use provisor_judge::judgement::{self, Level};
use provisor_judge::misbehave::Misbehaviour;

use crate::exit::Failure;

/// The actions of these names, with those that they stand on; without names all.
pub(super) fn actions(names: &[String]) -> Result<Vec<Kind>, Failure> {
    if names.is_empty() {
        return Ok(action::kinds().collect());
    }
    let named = names.iter().map(|name| {
        action::named(name).ok_or_else(|| unknown("action", name, action::kinds().map(Kind::name)))
    });
    let named: Result<Vec<Kind>, Failure> = named.collect();
    Ok(action::with_what_they_stand_on(&named?))
}

/// The misbehaviours of these names; `all` stands for those that the run can have.
pub(super) fn misbehaviours(
    names: &[String],
    tls: bool,
    oauth: bool,
    next_cycle: bool,
) -> Result<Vec<&'static Misbehaviour>, Failure> {
    let in_time = |one: &Misbehaviour| next_cycle || !one.waits_for_next_cycle(oauth);
    let possible = |one: &&Misbehaviour| {
        (tls || !one.needs_tls) && (oauth || !one.needs_oauth) && in_time(one)
    };
    let mut found: Vec<&'static Misbehaviour> = Vec::new();
    for name in names {
        if name == "all" {
            found.extend(Misbehaviour::all().iter().filter(possible));
            continue;
        }
        let Some(one) = Misbehaviour::find(name) else {
            let known = Misbehaviour::all().iter().map(|one| one.id.as_str()).chain(["all"]);
            return Err(unknown("misbehaviour", name, known));
        };
        if one.needs_tls && !tls {
            return Err(
                Failure::new(format!("`{name}` is about certificates")).help("give --tls too")
            );
        }
        if one.needs_oauth && !oauth {
            return Err(Failure::new(format!("`{name}` is about the token endpoint"))
                .help("give --oauth too"));
        }
        if !in_time(one) {
            return Err(Failure::new(format!("`{name}` goes on until the next cycle"))
                .why("--no-next-cycle says that there is none")
                .help("leave one of them out"));
        }
        found.push(one);
    }
    Ok(found)
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    let failure = Failure::new(format!("there is no {what} `{name}`"));
    let known: Vec<&str> = known.collect();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return failure.help(did_you_mean(near));
    }
    // Who knows the beginning of a name: `throtled` of `throttled-seconds`.
    let begins = |one: &&str| {
        let begin = one.match_indices('-').map(|(place, _)| one.get(..place).unwrap_or_default());
        nearest(name, begin).is_some()
    };
    let near: Vec<String> =
        known.into_iter().filter(begins).map(|one| format!("`{one}`")).collect();
    match near.len() {
        1..=4 => failure.help(format!("did you mean {}?", near.join(" or "))),
        _ => failure.help("`provisor conform source --list` names them"),
    }
}

/// What a contract says of a product, in its own words: the file.
pub(super) fn contract(name: &str) -> Option<String> {
    let text = contract::text(name)?;
    Some(format!("{text}\n# A file of yours with these keys can be given to --contract too.\n"))
}

/// Everything that there is.
pub(super) fn list() -> String {
    let mut text = String::from("Actions\n");
    for kind in action::kinds() {
        let _ = writeln!(text, "  {:<28} {}", kind.name(), action::title(kind));
    }
    text.push_str("\nContracts\n");
    for name in contract::names() {
        let title = contract::built_in(name).map(|one| one.title).unwrap_or_default();
        let _ = writeln!(text, "  {name:<28} {title}");
    }
    text.push_str("\nMisbehaviours\n");
    for one in Misbehaviour::all() {
        let _ = writeln!(text, "  {:<28} {}", one.id, one.title);
    }
    text.push_str("\nWhat a contract says: --list --contract NAME\n");
    text.push_str("\nRules, with the class of faults that a contract can take\n");
    for rule in judgement::rules() {
        let level = match rule.level {
            Level::Must => "must",
            Level::Should => "should",
            Level::Note => "note",
        };
        let fault = rule.fault.unwrap_or("");
        let _ = writeln!(text, "  {:<28} {level:<6} {fault:<3}  {}", rule.id, rule.title);
    }
    text
}
