//! A scenario from its text, with what its type does not say looked at.

use std::collections::BTreeMap;

use super::{Broken, names};
use crate::requirement::Requirement;
use crate::scenario::{Expectation, Level, Need, Scenario, Statuses, Step};
use crate::suggest::{nearest, reworded};

/// Requests sent at once, at most.
const MOST_AT_ONCE: u32 = 64;
/// Seconds that a step may wait, at most.
const LONGEST_WAIT: f64 = 60.0;

/// Reads one scenario.
pub(super) fn read(id: &str, file: &str, text: &str) -> Result<Scenario, Broken> {
    let broken =
        |line: Option<u64>, message: String| Broken { file: file.to_owned(), line, message };
    let scenario: Scenario = serde_saphyr::from_str(text).map_err(|error| {
        let line = error.location().map(|place| place.line());
        broken(line, told(&error.without_snippet().to_string()))
    })?;
    if let Some((line, message)) = names::unknown(&scenario, text) {
        return Err(broken(Some(line), message));
    }
    match wrong(&scenario, id) {
        None => Ok(scenario),
        Some((word, message)) => Err(broken(line_of(text, &word), message)),
    }
}

/// The first line of a message, without the place, which is told besides.
fn told(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let plain = match first.rsplit_once(" at line ") {
        Some((before, place)) if place.contains("column") => before,
        _ => first,
    };
    reworded(plain)
}

/// The first line that has a word.
fn line_of(text: &str, word: &str) -> Option<u64> {
    let place = text.lines().position(|line| line.contains(word))?;
    u64::try_from(place + 1).ok()
}

/// What is wrong with a scenario, and a word of the line where.
fn wrong(scenario: &Scenario, id: &str) -> Option<(String, String)> {
    let at = |word: &str, message: String| Some((word.to_owned(), message));
    if scenario.id != id {
        let above = match scenario.id.strip_suffix(id) {
            Some(folders) if folders.ends_with('/') => {
                let folders = folders.trim_end_matches('/');
                format!("; give the folder in which `{folders}` is")
            }
            _ => String::new(),
        };
        return at("id:", format!("the id is `{}`; its place says `{id}`{above}", scenario.id));
    }
    if scenario.covers.is_empty() {
        return at("covers", "it covers no requirement; name at least one".to_owned());
    }
    if let Some(unknown) = scenario.covers.iter().find(|one| Requirement::find(one).is_none()) {
        let all: Vec<&str> = Requirement::all().map(|one| one.id).collect();
        let help = nearest(unknown, &all).map_or_else(
            || "; `provisor conform coverage` lists them".to_owned(),
            |near| format!("; did you mean `{near}`?"),
        );
        return at(unknown, format!("there is no requirement `{unknown}`{help}"));
    }
    let breaks = scenario.steps.iter().filter_map(|step| step.expect.as_ref());
    let mut breaks = breaks.flat_map(|expected| &expected.breaks);
    if let Some(other) = breaks.find(|one| !scenario.covers.contains(one)) {
        let help = nearest(other, &scenario.covers)
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let message = format!("`breaks` names `{other}`, which is not under `covers`{help}");
        return at("breaks", message);
    }
    if scenario.steps.is_empty() {
        return at("steps", "it has no steps".to_owned());
    }
    if let Some(unknown) = scenario.unchanged.iter().find(|one| !scenario.given.contains_key(*one))
    {
        let names: Vec<&String> = scenario.given.keys().collect();
        let help = nearest(unknown, &names)
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let message =
            format!("`unchanged` names `{unknown}`; only what is under `given` can be{help}");
        return at("unchanged", message);
    }
    if let Some(need) = scenario.needs.iter().find(|need| scenario.without.contains(need)) {
        return at(
            "without",
            format!("it needs `{}` and is for servers without it", Need::name(*need)),
        );
    }
    scenario.steps.iter().find_map(|step| {
        let expected = step.expect.iter().chain(step.chosen.iter().map(|one| &one.when));
        let wrong = expected.flat_map(Expectation::ways).find_map(expectation_that_never_holds);
        if let Some((word, message)) = wrong {
            return Some((word, message));
        }
        let pointers = step.repeat.keys().chain(step.copies.keys());
        if let Some(wrong) = pointers.into_iter().find(|one| !one.starts_with('/')) {
            return Some((wrong.clone(), no_pointer(wrong)));
        }
        let message = race_that_makes_no_sense(step).or_else(|| step_that_makes_no_sense(step));
        let message = message.or_else(|| time_that_makes_no_sense(scenario, step))?;
        Some((step.send.clone(), message.to_owned()))
    })
}

/// What no answer can ever fulfil, and a word of the line where.
fn expectation_that_never_holds(expected: &Expectation) -> Option<(String, String)> {
    let pointer = |one: &&String| !one.is_empty() && !one.starts_with('/');
    if let Some(wrong) = expected.body.keys().find(pointer) {
        return Some((format!(" {wrong}:"), no_pointer(wrong)));
    }
    let status = expected.status.as_ref().and_then(no_status);
    let status = status.or_else(|| expected.among.keys().find(|one| !is_status(one)).cloned());
    let wrong = status?;
    let message =
        format!("`{wrong}` is no status; write a number such as 200, or a class such as 4xx");
    Some((wrong, message))
}

fn no_pointer(wrong: &str) -> String {
    format!("`{wrong}` is no place in a body: it begins with a slash, as in `/{wrong}`")
}

fn no_status(statuses: &Statuses) -> Option<String> {
    match statuses {
        Statuses::Code(code) => (!is_status(&code.to_string())).then(|| code.to_string()),
        Statuses::Class(text) => (!is_status(text)).then(|| text.clone()),
        Statuses::Any(several) => several.iter().find_map(no_status),
    }
}

/// A number of three digits, or a class.
fn is_status(text: &str) -> bool {
    let [b'1'..=b'5', rest @ ..] = text.as_bytes() else { return false };
    rest == b"xx" || (rest.len() == 2 && rest.iter().all(u8::is_ascii_digit))
}

fn step_that_makes_no_sense(step: &Step) -> Option<&'static str> {
    if step.send.split_once(' ').is_none_or(|(_, target)| !target.trim().starts_with('/')) {
        return Some("`send` is a method, a blank, and a target that begins with `/`");
    }
    if step.name_as.is_some() && step.keep.is_some() {
        return Some("a step has `as`, which ends the scenario at a refusal, or `keep`, not both");
    }
    if makes_without_mark(step) {
        return Some(
            "what this step makes has no `${run}` in its `userName`, `displayName` or `externalId`: \
             if the answer is lost, nobody finds it to take it away",
        );
    }
    if step.body.is_some() && step.raw.is_some() {
        return Some("a step has a `body` or a `raw` one, not both");
    }
    let waits = [step.wait, step.within].into_iter().flatten();
    if waits.clone().any(|seconds| !(0.0..=LONGEST_WAIT).contains(&seconds)) {
        return Some("`wait` and `within` are seconds from 0 to 60");
    }
    if step.within.is_some() && (step.expect.is_none() || !step.reads()) {
        return Some(
            "`within` repeats a request that only reads, until what is under `expect` holds",
        );
    }
    None
}

/// Whether a step makes something that has no text of this run in it. Templates of what bears the
/// mark are as good; what has no name at all is sent to be refused.
fn makes_without_mark(step: &Step) -> bool {
    let target = step.send.split_once(' ').map_or("", |(_, target)| target.trim());
    let name = match target {
        "/Users" => "userName",
        "/Groups" => "displayName",
        _ => return false,
    };
    let Some(serde_json::Value::Object(body)) = &step.body else { return false };
    let named = body.get(name).and_then(serde_json::Value::as_str);
    let marked = body.values().any(|value| value.to_string().contains("${run}"));
    step.send.starts_with("POST ") && !marked && named.is_some_and(|name| !name.contains("${"))
}

/// Times are noisy, and no RFC says anything of them: nobody fails by them, and nobody by one alone.
fn time_that_makes_no_sense(scenario: &Scenario, step: &Step) -> Option<&'static str> {
    if step.took.is_some() && (step.walk.is_some() || step.within.is_some()) {
        return Some("`took` measures one answer; `walk` and `within` ask for several");
    }
    let own = step.expect.iter().flat_map(Expectation::ways);
    let level = step.expect.as_ref().and_then(|one| one.level).unwrap_or(scenario.level);
    if level == Level::Must && own.clone().any(|one| !one.took.is_empty()) {
        return Some(
            "no RFC asks for a time; what is under `took` has the level `should` or `may`",
        );
    }
    let ways = step.chosen.iter().map(|one| &one.when);
    let mut names = own.chain(ways).flat_map(|one| &one.took);
    let measured = |name: &String| scenario.steps.iter().any(|one| one.took.as_ref() == Some(name));
    names
        .any(|(name, took)| !measured(name) || !measured(&took.of))
        .then_some("`took` under `expect` and `of` name what steps measure with `took`")
}

/// What is sent at once is judged by `among` alone; anything else would not be looked at.
fn race_that_makes_no_sense(step: &Step) -> Option<&'static str> {
    let default = Expectation::default();
    let expected = step.expect.as_ref().unwrap_or(&default);
    let others = Expectation {
        among: BTreeMap::new(),
        level: None,
        breaks: Vec::new(),
        fix: None,
        ..expected.clone()
    };
    let more = step.name_as.is_some()
        || step.keep.is_some()
        || step.took.is_some()
        || step.walk.is_some()
        || !step.chosen.is_empty();
    match step.at_once {
        None if expected.among.is_empty() => None,
        None => Some("`among` counts answers to what is sent `at_once`; say how often"),
        Some(times) if !(2..=MOST_AT_ONCE).contains(&times) => {
            Some("`at_once` is a number from 2 to 64")
        }
        Some(_) if expected.among.is_empty() => {
            Some("a step with `at_once` says under `among` how many answers have which status")
        }
        Some(_) if others != default || more => Some(
            "a step with `at_once` expects only `among`, and has no `as`, `keep`, `took`, `walk` or `chosen`",
        ),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_three_characters() {
        for text in ["200", "404", "599", "2xx", "5xx"] {
            assert!(is_status(text), "{text}");
        }
        for text in
            ["", "2", "20", "2000", "4xxxx", "4xxx", "4x", "xx", "40x", "x04", "099", "6xx", "4XX"]
        {
            assert!(!is_status(text), "{text}");
        }
    }
}
