//! What an engineer would write for these rules alone: groups hashed to rules, items as bits.
//!
//! It makes the same full decision (winner, other matches, grants, nevers, seats, profiles,
//! capture items), but it knows one catalogue and one shape of rule, reads well-formed payloads
//! only and keeps no reasons.

use hashbrown::HashMap;
use serde_json::Value;

use super::world::{ENTERPRISE, Kind, Rule};

pub struct ByHand {
    rules: Vec<Rule>,
    by_group: HashMap<String, Vec<u32>>,
}

#[derive(Debug, PartialEq, Eq, Default)]
pub struct Decided {
    pub winner: Option<u32>,
    pub others: Vec<u32>,
    pub grants: Vec<u32>,
    pub nevers: Vec<u32>,
    pub seats: u64,
    pub captures: u64,
    pub workspaces: [Option<usize>; 3],
}

impl ByHand {
    pub fn new(rules: &[Rule]) -> Self {
        let mut by_group: HashMap<String, Vec<u32>> = HashMap::new();
        for (number, rule) in rules.iter().enumerate() {
            by_group.entry(rule.group.to_lowercase()).or_default().push(number as u32);
        }
        Self { rules: rules.to_vec(), by_group }
    }

    /// `None`: not active.
    pub fn decide(&self, user: &Value) -> Option<Decided> {
        if user.get("active").and_then(Value::as_bool) == Some(false) {
            return None;
        }
        let groups = user.get("groups").and_then(Value::as_array).into_iter().flatten();
        let names = groups.filter_map(|group| group.get("display")?.as_str());
        let title = user.get("title").and_then(Value::as_str);
        let department =
            user.get(ENTERPRISE).and_then(|e| e.get("department")).and_then(Value::as_str);
        Some(self.of(names, title, department))
    }

    pub fn of<'a>(
        &self,
        groups: impl Iterator<Item = &'a str>,
        title: Option<&str>,
        department: Option<&str>,
    ) -> Decided {
        let mut found: Vec<u32> = vec![];
        let mut folded = String::new();
        for name in groups {
            fold(name, &mut folded);
            if let Some(rules) = self.by_group.get(folded.as_str()) {
                found.extend(rules);
            }
        }
        found.sort_unstable();
        found.dedup();
        let title = title.map(str::to_lowercase);
        let department = department.map(str::to_lowercase);
        let mut decided = Decided::default();
        for number in found {
            let rule = &self.rules[number as usize];
            if let Some((start, of)) = &rule.attributes {
                let held = title.as_ref().is_some_and(|t| {
                    t.get(..start.len()).is_some_and(|t| t.eq_ignore_ascii_case(start))
                }) && department.as_ref().is_some_and(|d| d.eq_ignore_ascii_case(of));
                if !held {
                    continue;
                }
            }
            match rule.kind {
                Kind::Assignment if decided.winner.is_some() => decided.others.push(number),
                Kind::Assignment => decided.winner = Some(number),
                Kind::Grant => decided.grants.push(number),
                Kind::Never => decided.nevers.push(number),
            }
        }
        self.settle(&mut decided);
        decided
    }

    fn settle(&self, decided: &mut Decided) {
        let rule = |number: &u32| &self.rules[*number as usize];
        let giving = || decided.winner.iter().chain(&decided.grants).map(rule);
        let (mut seats, mut captures) = (0, 0);
        for giving in giving() {
            seats |= giving.seats;
            captures |= giving.captures;
        }
        let mut ceilings = [usize::MAX; 3];
        for never in decided.nevers.iter().map(rule) {
            seats &= !never.seats;
            captures &= !(never.captures & 0b01111);
            for (ceiling, top) in ceilings.iter_mut().zip(never.workspaces) {
                *ceiling = (*ceiling).min(top.unwrap_or(usize::MAX));
            }
        }
        if captures & 0b10000 != 0 {
            captures &= !0b01000;
        }
        let gong = seats & 1 == 1;
        if !gong {
            seats = 0;
            captures &= !0b00110;
        }
        if captures & 1 == 0 {
            captures &= !0b00010;
        }
        let mut workspaces = [None; 3];
        for giving in giving() {
            for ((place, asked), ceiling) in
                workspaces.iter_mut().zip(giving.workspaces).zip(ceilings)
            {
                let Some(asked) = asked else { continue };
                if asked == 0 || gong {
                    *place = (*place).max(Some(asked.min(ceiling)));
                }
            }
        }
        decided.seats = seats;
        decided.captures = captures;
        decided.workspaces = workspaces;
    }
}

fn fold(name: &str, into: &mut String) {
    into.clear();
    if name.is_ascii() {
        into.push_str(name);
        into.make_ascii_lowercase();
    } else {
        into.push_str(&name.to_lowercase());
    }
}
