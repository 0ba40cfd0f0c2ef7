//! Rules, and what was found by them.

use std::collections::{BTreeMap, BTreeSet};

use crate::exchange::Exchange;

/// Something that a source does or leaves.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id: subject and name.
    pub id: &'static str,
    /// How strong it is.
    pub level: Level,
    /// The requirements that it comes from; none: it is good practice, or of the contract.
    pub covers: &'static [&'static str],
    /// The class of client faults that breaking it is, such as `K12`.
    pub fault: Option<&'static str>,
    /// What it asks.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// How strong a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Breaking it is a failure.
    Must,
    /// Breaking it is a warning.
    Should,
    /// It is told, and nothing more: the RFC says it, and everybody does otherwise.
    Note,
}

/// That a rule was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The number of the exchange that shows it.
    pub exchange: Option<u32>,
    /// The step of the run.
    pub step: usize,
    /// Where: a header, a parameter, a path in the body or in the state.
    pub place: String,
    /// What was expected.
    pub expected: String,
    /// What was found instead.
    pub found: String,
}

/// Where a rule was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// How often.
    pub times: u32,
    /// The requests that it was looked at in, by number.
    exchanges: Vec<u32>,
    /// The steps that it was looked at in as a whole.
    steps: BTreeSet<usize>,
}

impl Looked {
    fn at(&mut self, exchange: Option<u32>, step: usize) {
        self.times += 1;
        match exchange {
            Some(number) if self.exchanges.last() != Some(&number) => self.exchanges.push(number),
            Some(_) => {}
            None => {
                self.steps.insert(step);
            }
        }
    }

    /// How many of these requests the rule was looked at in, each once.
    pub fn requests(&self, exchanges: &[Exchange]) -> usize {
        let own: BTreeSet<u32> = self.exchanges.iter().copied().collect();
        let here = |one: &&Exchange| own.contains(&one.number) || self.steps.contains(&one.step);
        exchanges.iter().filter(here).count()
    }
}

/// What was looked at and what was found.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// Where each rule was looked at.
    pub looked: BTreeMap<&'static str, Looked>,
    /// What was found, in order.
    pub findings: Vec<Finding>,
    /// Rules that could not be looked at, each with the earlier step that is to blame.
    pub blocked: BTreeMap<&'static str, usize>,
    exchange: Option<u32>,
    step: usize,
}

impl Log {
    /// What comes is about that exchange.
    pub fn at(&mut self, exchange: &Exchange) {
        (self.exchange, self.step) = (Some(exchange.number), exchange.step);
    }

    /// What comes is about that step as a whole.
    pub fn at_step(&mut self, step: usize) {
        (self.exchange, self.step) = (None, step);
    }

    /// A rule was looked at.
    pub fn looked(&mut self, rule: &'static Rule) {
        self.looked.entry(rule.id).or_default().at(self.exchange, self.step);
    }

    /// A rule was broken; it counts as looked at already.
    pub fn found(
        &mut self,
        rule: &'static Rule,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        let (place, expected, found) = (place.into(), expected.into(), found.into());
        let (exchange, step) = (self.exchange, self.step);
        if !self.looked.contains_key(rule.id) {
            self.looked(rule);
        }
        self.findings.push(Finding { rule, exchange, step, place, expected, found });
    }

    /// A rule cannot be looked at because of an earlier step.
    pub fn blocked(&mut self, rule: &'static Rule, step: usize) {
        self.blocked.entry(rule.id).or_insert(step);
    }

    /// Looks at a rule, and notes it where it does not hold.
    pub fn check(
        &mut self,
        rule: &'static Rule,
        holds: bool,
        place: &str,
        expected: &str,
        found: impl FnOnce() -> String,
    ) {
        self.looked(rule);
        if !holds {
            self.found(rule, place, expected, found());
        }
    }

    /// All of another log too.
    pub fn take(&mut self, other: Self) {
        for (id, other) in other.looked {
            let looked = self.looked.entry(id).or_default();
            looked.times += other.times;
            looked.exchanges.extend(other.exchanges);
            looked.steps.extend(other.steps);
        }
        self.findings.extend(other.findings);
        for (id, step) in other.blocked {
            self.blocked.entry(id).or_insert(step);
        }
    }

    /// What was found by the rule of an id.
    pub fn of(&self, id: &str) -> Vec<&Finding> {
        self.findings.iter().filter(|one| one.rule.id == id).collect()
    }

    /// The ids of the rules that were broken, each once.
    pub fn broken(&self) -> Vec<&'static str> {
        let mut ids: Vec<&str> = self.findings.iter().map(|one| one.rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Text from a source, cut to what a report can show on one line.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 160;
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match plain.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", plain.get(..end).unwrap_or_default()),
        None => format!("`{plain}`"),
    }
}

/// What an advice asks for, in the words of what was expected: `write it in quotes` is expected
/// `to write it in quotes`.
pub(crate) fn advised(advice: &str) -> String {
    const ASKS: [&str; 10] =
        ["add", "choose", "leave", "let", "list", "name", "put", "remove", "send", "write"];
    let first = advice.split(' ').next().unwrap_or_default();
    if ASKS.contains(&first) { format!("to {advice}") } else { advice.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::rules;

    #[test]
    fn requests_of_a_rule_are_counted_each_once() {
        let rule = rules().next().unwrap();
        let at = |number, step| Exchange { number, step, ..Exchange::default() };
        let all = [at(1, 1), at(2, 1), at(3, 2), at(4, 2)];
        let mut log = Log::default();
        for one in [&all[0], &all[0], &all[2]] {
            log.at(one);
            log.looked(rule);
        }
        assert_eq!((log.looked[rule.id].times, log.looked[rule.id].requests(&all)), (3, 2));
        log.at_step(2);
        log.looked(rule);
        assert_eq!(log.looked[rule.id].requests(&all), 3);
    }
}
