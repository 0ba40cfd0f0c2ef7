//! The normative statements of RFC 7643, 7644 and 9865 that scenarios cover: `requirements.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::scenario::Level;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// Its id, such as `RFC7644-3.3-12`.
    pub id: &'static str,
    /// The keyword: MUST, SHOULD, STATED and so on.
    pub keyword: &'static str,
    /// Whom it binds: server, client, both and so on.
    pub party: &'static str,
    /// The title of its section.
    pub section: &'static str,
    /// What it says, restated.
    pub text: &'static str,
    /// How it can be tested: `black-box-server`, `static-payload` and so on.
    pub testable: &'static str,
}

static TABLE: LazyLock<BTreeMap<&'static str, Requirement>> = LazyLock::new(|| {
    let rows = include_str!("../requirements.tsv").lines().skip(1);
    rows.filter_map(read).map(|requirement| (requirement.id, requirement)).collect()
});

static UNCOVERED: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("../uncovered.tsv").lines().skip(1);
    rows.filter_map(|row| row.split_once('\t')).collect()
});

impl Requirement {
    /// Why neither a scenario nor a rule of `lint` covers it; `None` for what is covered.
    pub fn why_uncovered(&self) -> Option<&'static str> {
        let why = UNCOVERED.get(self.id)?;
        let other = why.strip_prefix("as ").and_then(|id| UNCOVERED.get(id));
        Some(other.unwrap_or(why))
    }

    /// Ids of those that have a reason for not being covered.
    pub fn uncovered() -> impl Iterator<Item = &'static str> {
        UNCOVERED.keys().copied()
    }

    /// The requirement of an id.
    pub fn find(id: &str) -> Option<&'static Self> {
        TABLE.get(id)
    }

    /// All of them, by id.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TABLE.values()
    }

    /// How strong it is.
    pub fn level(&self) -> Level {
        match self.keyword {
            "SHOULD" | "SHOULD NOT" | "RECOMMENDED" | "NOT RECOMMENDED" => Level::Should,
            "MAY" | "OPTIONAL" => Level::May,
            _ => Level::Must,
        }
    }

    /// The RFC and section, such as `RFC 7644, 3.3`.
    pub fn place(&self) -> String {
        let mut parts = self.id.splitn(3, '-');
        let rfc = parts.next().unwrap_or_default().trim_start_matches("RFC");
        format!("RFC {rfc}, {}", parts.next().unwrap_or_default())
    }

    /// Whether a run against a server or a look at its payloads can show it.
    pub fn is_for_servers(&self) -> bool {
        matches!(self.testable, "black-box-server" | "static-payload" | "static-schema")
    }
}

fn read(row: &'static str) -> Option<Requirement> {
    let mut cells = row.split('\t');
    Some(Requirement {
        id: cells.next()?,
        keyword: cells.next()?,
        party: cells.next()?,
        section: cells.next()?,
        text: cells.next()?,
        testable: cells.next()?,
    })
}
