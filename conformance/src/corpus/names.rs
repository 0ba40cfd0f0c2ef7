//! Names in templates and conditions: each must be given, captured or chosen somewhere.

use std::collections::BTreeSet;

use crate::scenario::Scenario;
use crate::suggest::nearest;

/// The first name that comes from nowhere, with its line and what was probably meant.
pub(super) fn unknown(scenario: &Scenario, text: &str) -> Option<(u64, String)> {
    let mut known: BTreeSet<&str> = ["run", "base"].into();
    known.extend(scenario.given.keys().chain(scenario.picks.keys()).map(String::as_str));
    for step in &scenario.steps {
        let names = [&step.name_as, &step.keep, &step.took];
        known.extend(names.into_iter().flatten().map(String::as_str));
    }
    for (number, line) in text.lines().enumerate() {
        let names = line.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
        let conditions = ["if_known:", "unless_known:"].iter().filter_map(|key| {
            let rest = line.split_once(key)?.1.trim_start().trim_start_matches(['"', '\'']);
            Some(rest.split(['"', '\'', ',', '}', ' ']).next().unwrap_or_default())
        });
        let comment = line.trim_start().starts_with('#');
        for name in names.map(|(name, _)| name).chain(conditions).filter(|_| !comment) {
            let root = name.split(['/', '@']).next().unwrap_or_default();
            let root = root.trim_end_matches(":headers");
            if known.contains(root) {
                continue;
            }
            let known: Vec<&str> = known.into_iter().collect();
            let help = match nearest(root, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            let message = format!("`{name}` names `{root}`, which comes from nowhere; {help}");
            return Some((u64::try_from(number + 1).unwrap_or(u64::MAX), message));
        }
    }
    None
}
