//! A plan as SQL: fragments that stand here, and values that are bound. No text of a client is
//! ever part of a statement.
//!
//! Two ways lead to resources. Where some condition is met by few rows, these are the candidates,
//! joined to the table and sorted. Otherwise the index of the order is followed and each row is
//! tried. SQLite is told which (`CROSS JOIN`, `INDEXED BY`): it keeps no statistics of tenants
//! of a thousand and of a million people, and would take the same way for both.

use rusqlite::types::Value;

use super::plan::{Ask, Compare, Condition, Key, Time, after_prefix};
use crate::id::{Id, TenantId};
use crate::limits::GROUP_NESTING;

/// A statement that is being written, with the values for it.
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

/// Some rows that an index gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    Key(Key, Ask),
    Email(Ask),
    Id(Id),
    Active(bool),
    Time(Time, Compare, i64),
    HasMember(Id),
    InGroup(Id),
}

impl Source {
    /// Whether there is at most one row.
    pub(super) fn is_one(&self) -> bool {
        matches!(self, Self::Id(_) | Self::Key(Key::UserName, Ask::Is(_)))
    }
}

/// Ways to candidates: each is some sources that together give all of them.
pub(super) fn ways(condition: &Condition) -> Vec<Vec<Source>> {
    let one = |source| vec![vec![source]];
    match condition {
        Condition::All(parts) => parts.iter().flat_map(ways).collect(),
        Condition::Any(parts) => {
            let mut together = Vec::new();
            for part in parts {
                // Of several ways to a part the first will do: `or` over `and` is rare.
                match ways(part).into_iter().next() {
                    Some(way) => together.extend(way),
                    None => return Vec::new(),
                }
            }
            vec![together]
        }
        Condition::Key(_, ask) | Condition::Email(ask) if !has_range(ask) => Vec::new(),
        Condition::Key(key, ask) => one(Source::Key(*key, ask.clone())),
        Condition::Email(ask) => one(Source::Email(ask.clone())),
        Condition::Id(id) => one(Source::Id(*id)),
        Condition::Active(flag) => one(Source::Active(*flag)),
        Condition::Time(time, compare, millis) => one(Source::Time(*time, *compare, *millis)),
        Condition::HasMember(id) => one(Source::HasMember(*id)),
        Condition::InGroup(id) => one(Source::InGroup(*id)),
        Condition::Not(_)
        | Condition::Always
        | Condition::Never
        | Condition::HasActive
        | Condition::HasMembers => Vec::new(),
    }
}

fn has_range(ask: &Ask) -> bool {
    match ask {
        Ask::Is(_) | Ask::Order(..) => true,
        Ask::Starts(prefix) => !prefix.is_empty(),
        Ask::Present | Ask::Differs(_) | Ask::Contains(_) | Ask::Ends(_) => false,
    }
}

impl Statement {
    /// Its first values are the tenant and the class.
    pub(super) fn new(text: &str, tenant: TenantId, class: i64) -> Self {
        Self { text: text.to_owned(), values: vec![tenant.0.into(), class.into()] }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A value, by its number.
    pub(super) fn bind(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
        self.text.push('?');
        self.text.push_str(&self.values.len().to_string());
    }

    fn id(&mut self, id: Id) {
        self.bind(id.as_bytes().to_vec());
    }

    /// The rows of some sources, each once.
    pub(super) fn sources(&mut self, sources: &[Source]) {
        self.united(sources, " UNION ");
    }

    /// The same, some perhaps several times: they come one after another, so that whoever wants
    /// a few need not wait for all.
    pub(super) fn sources_streamed(&mut self, sources: &[Source]) {
        self.united(sources, " UNION ALL ");
    }

    fn united(&mut self, sources: &[Source], by: &str) {
        for (at, source) in sources.iter().enumerate() {
            if at > 0 {
                self.push(by);
            }
            self.source(source);
        }
    }

    fn source(&mut self, source: &Source) {
        const RESOURCES: &str = "SELECT row FROM resources INDEXED BY ";
        const WHERE: &str = " WHERE tenant = ?1 AND class = ?2 AND ";
        match source {
            Source::Key(key, ask) => {
                self.push(RESOURCES);
                self.push(index_of(*key));
                self.push(WHERE);
                self.ask(column_of(*key), ask);
            }
            Source::Email(ask) => {
                self.push("SELECT DISTINCT row FROM emails WHERE tenant = ?1 AND ");
                self.ask("value", ask);
            }
            Source::Id(id) => {
                self.push(RESOURCES);
                self.push("resources_id");
                self.push(WHERE);
                self.push("id = ");
                self.id(*id);
            }
            Source::Active(flag) => {
                self.push(RESOURCES);
                self.push("resources_active");
                self.push(WHERE);
                self.push("active = ");
                self.bind(i64::from(*flag));
            }
            Source::Time(time, compare, millis) => {
                self.push(RESOURCES);
                self.push(match time {
                    Time::Created => "resources_created",
                    Time::Modified => "resources_modified",
                });
                self.push(WHERE);
                self.time("", *time, *compare, *millis);
            }
            Source::HasMember(id) => {
                self.push(
                    "SELECT g.row FROM members m CROSS JOIN resources g \
                     ON g.tenant = ?1 AND g.class = ?2 AND g.id = m.holder \
                     WHERE m.tenant = ?1 AND m.class < 2 AND m.member = ",
                );
                self.id(*id);
            }
            Source::InGroup(id) => {
                self.push(
                    "SELECT u.row FROM resources u WHERE u.tenant = ?1 AND u.class = ?2 AND u.id IN ",
                );
                self.people(*id);
            }
        }
    }

    /// A condition on the row `r`; it is true where it holds, and false or null where not.
    pub(super) fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.joined(parts, " AND "),
            Condition::Any(parts) => self.joined(parts, " OR "),
            Condition::Not(inner) => {
                self.push("(");
                self.condition(inner);
                self.push(") IS NOT TRUE");
            }
            Condition::Always => self.push("TRUE"),
            Condition::Never => self.push("FALSE"),
            Condition::Key(key, ask) => self.ask(row_column_of(*key), ask),
            Condition::Email(ask) => {
                self.push("EXISTS (SELECT 1 FROM emails e WHERE e.row = r.row AND ");
                self.ask("e.value", ask);
                self.push(")");
            }
            Condition::Id(id) => {
                self.push("r.id = ");
                self.id(*id);
            }
            Condition::Active(flag) => {
                self.push("r.active = ");
                self.bind(i64::from(*flag));
            }
            Condition::HasActive => self.push("r.active IS NOT NULL"),
            Condition::Time(time, compare, millis) => self.time("r.", *time, *compare, *millis),
            Condition::HasMember(id) => {
                self.push(
                    "EXISTS (SELECT 1 FROM members m WHERE m.tenant = ?1 AND m.holder = r.id \
                     AND m.class < 2 AND m.member = ",
                );
                self.id(*id);
                self.push(")");
            }
            Condition::HasMembers => self.push(
                "EXISTS (SELECT 1 FROM members m WHERE m.tenant = ?1 AND m.holder = r.id \
                 AND m.class < 2)",
            ),
            Condition::InGroup(id) => {
                self.push("r.id IN ");
                self.people(*id);
            }
        }
    }

    fn joined(&mut self, parts: &[Condition], by: &str) {
        self.push("(");
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.push(by);
            }
            self.condition(part);
        }
        self.push(")");
    }

    fn ask(&mut self, column: &str, ask: &Ask) {
        match ask {
            Ask::Present => {
                self.push(column);
                self.push(" IS NOT NULL");
            }
            Ask::Is(text) => self.operator(column, " = ", text),
            Ask::Differs(text) => self.operator(column, " <> ", text),
            Ask::Contains(text) => {
                self.push("instr(");
                self.operator(column, ", ", text);
                self.push(") > 0");
            }
            Ask::Starts(prefix) => {
                self.push("(");
                self.operator(column, " >= ", prefix);
                if let Some(end) = after_prefix(prefix) {
                    self.push(" AND ");
                    self.operator(column, " < ", &end);
                }
                self.push(")");
            }
            Ask::Ends(text) => {
                self.push("ends_with(");
                self.operator(column, ", ", text);
                self.push(")");
            }
            Ask::Order(compare, text) => self.operator(column, sign(*compare), text),
        }
    }

    fn operator(&mut self, column: &str, operator: &str, text: &str) {
        self.push(column);
        self.push(operator);
        self.bind(text.to_owned());
    }

    fn time(&mut self, table: &str, time: Time, compare: Compare, millis: i64) {
        self.push(table);
        self.push(match time {
            Time::Created => "created",
            Time::Modified => "modified",
        });
        self.push(sign(compare));
        self.bind(millis);
    }

    /// The ids of the users in a group that is there, through groups that are there. The class
    /// of a member tells the kept ones.
    fn people(&mut self, group: Id) {
        self.push(
            "(WITH RECURSIVE below (id, depth) AS (\
             SELECT id, 1 FROM resources WHERE tenant = ?1 AND class = 1 AND id = ",
        );
        self.id(group);
        self.push(
            " UNION SELECT m.member, below.depth + 1 FROM below CROSS JOIN members m \
             ON m.tenant = ?1 AND m.holder = below.id AND m.class = 1 WHERE below.depth < ",
        );
        self.bind(i64::try_from(GROUP_NESTING).unwrap_or(i64::MAX));
        self.push(
            ") SELECT m.member FROM (SELECT DISTINCT id FROM below) one CROSS JOIN members m \
             ON m.tenant = ?1 AND m.holder = one.id AND m.class = 0)",
        );
    }
}

fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => " = ",
        Compare::Less => " < ",
        Compare::LessOrEqual => " <= ",
        Compare::Greater => " > ",
        Compare::GreaterOrEqual => " >= ",
    }
}

fn column_of(key: Key) -> &'static str {
    match key {
        Key::UserName => "user_name",
        Key::DisplayName => "display_name",
        Key::ExternalId => "external_id",
    }
}

fn row_column_of(key: Key) -> &'static str {
    match key {
        Key::UserName => "r.user_name",
        Key::DisplayName => "r.display_name",
        Key::ExternalId => "r.external_id",
    }
}

fn index_of(key: Key) -> &'static str {
    match key {
        Key::UserName => "resources_user_name",
        Key::DisplayName => "resources_display_name",
        Key::ExternalId => "resources_external_id",
    }
}
