//! What the people pushed would get by somebody's rules, and what the source never sends that the
//! rules ask for.

mod managers;

use std::collections::{BTreeMap, BTreeSet};

use provisor::decide::{Directory, Groups, Person, RuleSet};
use provisor::rules::model::{AttributeDef, Cond, CondKind, GroupAtom, Model, RuleHead, ValueAtom};
use provisor::rules::source::Sources;
use serde_json::Value;

use crate::action::Person as Planned;
use crate::exchange::Exchange;
use crate::provider::State;
pub use managers::managers_by_name;

/// What somebody gets now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gets {
    /// Their userName.
    pub user_name: String,
    /// In words.
    pub words: String,
}

/// What everybody got last, and what they had at any time.
#[derive(Debug, Default)]
pub struct People {
    last: BTreeMap<String, String>,
    had: Sent,
    ids: BTreeSet<String>,
}

/// People whose entitlements are worked out at most; the large group is not of interest.
const MANY: usize = 500;

impl People {
    /// Who gets something else than before, and what.
    pub fn changes(&mut self, rules: &RuleSet, state: &State) -> Vec<Gets> {
        let now = decide(rules, state);
        self.see(state);
        let mut changes = Vec::new();
        for (user_name, words) in &now {
            if self.last.get(user_name) != Some(words) {
                changes.push(Gets { user_name: user_name.clone(), words: words.clone() });
            }
        }
        for user_name in self.last.keys().filter(|name| !now.contains_key(*name)) {
            changes.push(Gets { user_name: user_name.clone(), words: "gone".to_owned() });
        }
        self.last = now;
        changes
    }

    fn see(&mut self, state: &State) {
        for (id, user) in &state.users {
            self.had.anybody = true;
            self.had.take("", user);
            self.ids.insert(id.to_lowercase());
        }
    }
}

fn decide(rules: &RuleSet, state: &State) -> BTreeMap<String, String> {
    let mut directory = Directory::new();
    for group in state.groups.values() {
        // What the provider gives out can be read.
        let _ = directory.add(group);
    }
    let mut all = BTreeMap::new();
    let mut person = Person::new();
    for user in state.users.values().take(MANY) {
        let read = person.read_value(rules, user, Groups::Directory(&directory));
        let name = user.get("userName").and_then(Value::as_str).unwrap_or_default().to_owned();
        let words = match read {
            Ok(()) => words(rules, &person),
            Err(error) => format!("cannot be decided: {}", error.message()),
        };
        all.insert(name, words);
    }
    all
}

fn words(rules: &RuleSet, person: &Person) -> String {
    let decision = rules.decide(person);
    let Some(winner) = decision.winner() else { return "nothing: deactivated".to_owned() };
    let mut parts = Vec::new();
    let seats: Vec<&str> = decision.seats().map(|(_, seat)| seat.naming.id.as_str()).collect();
    parts.push(if seats.is_empty() {
        "no seat".to_owned()
    } else {
        format!("seats {}", seats.join(", "))
    });
    let report = decision.report();
    if let Ok(value) = serde_json::to_value(&report) {
        let workspaces = value.get("workspaces").and_then(Value::as_array).into_iter().flatten();
        let named = workspaces.filter_map(|one| {
            let workspace = one.get("name")?.as_str()?;
            let profile = one.get("profile")?;
            let profile = profile.get("name").unwrap_or(profile).as_str()?;
            Some(format!("{workspace}: {profile}"))
        });
        let named: Vec<String> = named.collect();
        if !named.is_empty() {
            parts.push(named.join(", "));
        }
    }
    format!("\"{}\" ({})", winner.head.name, parts.join("; "))
}

/// What the rules ask for and the source never sent; of groups only where `groups` are the source's
/// own, not those of the judge's plan.
pub fn hints(
    rules: &RuleSet,
    exchanges: &[Exchange],
    state: &State,
    people: People,
    groups: bool,
) -> Vec<String> {
    let mut sent = people.had;
    sent.more(exchanges, state);
    sent.own_groups = groups;
    let mut hints = Vec::new();
    if !sent.anybody {
        return hints;
    }
    let mut lacking: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, head) in heads(rules.model()) {
        let asked = Asked { attributes: &rules.model().attributes, sources: rules.sources() };
        for lack in needs(&head.matches, &asked, &sent).unwrap_or_default() {
            lacking.entry(lack).or_default().push(format!("{kind} \"{}\"", head.name));
        }
    }
    for (what, who) in lacking {
        let none = if who.len() == 1 { "matches nobody" } else { "match nobody" };
        // Of what nobody has in the judge's directory no source can send a value.
        let ours = |one: &str| Planned::may_have(one.trim_matches('`'));
        let (ours, none) = if groups || what.split(" or ").any(ours) {
            (format!("this source never sends {what}"), format!("{none} by it"))
        } else {
            (format!("the judge's own people have no {what}"), format!("{none} by it here"))
        };
        hints.push(format!("{ours}, so {} {none}", who.join(", ")));
    }
    hints
}

/// Every rule, with what it is called.
fn heads(model: &Model) -> impl Iterator<Item = (&'static str, &RuleHead)> {
    let heads = model.assignments.iter().map(|one| ("assignment", &one.head));
    let heads = heads.chain(model.grants.iter().map(|one| ("grant", &one.head)));
    heads.chain(model.nevers.iter().map(|one| ("the `never`", &one.head)))
}

/// What a source sent.
#[derive(Debug, Default)]
struct Sent {
    anybody: bool,
    /// Paths of attributes in small letters: `title`, `name.givenname`, `urn:…:user:department`.
    paths: BTreeSet<String>,
    groups: BTreeSet<String>,
    own_groups: bool,
}

impl Sent {
    /// And what the source created and changed, as far as it came to be.
    fn more(&mut self, exchanges: &[Exchange], state: &State) {
        let sent = self;
        for user in state.users.values() {
            sent.anybody = true;
            sent.take("", user);
        }
        // Also what was sent and taken away again.
        for exchange in exchanges.iter().filter(|one| one.request.is_write()) {
            let Some(body) = exchange.request.body.value() else { continue };
            sent.take("", &body);
            for one in body.get("Operations").and_then(Value::as_array).into_iter().flatten() {
                let value = one.get("value").unwrap_or(&Value::Null);
                match one.get("path").and_then(Value::as_str) {
                    Some(path) => {
                        let plain = plain(path);
                        sent.take(&plain, value);
                        sent.paths.insert(plain);
                    }
                    None => sent.take("", value),
                }
            }
            let name = body.get("displayName").and_then(Value::as_str);
            sent.groups.extend(name.map(str::to_lowercase));
        }
        let names = state.groups.values().filter_map(|one| one.get("displayName")?.as_str());
        sent.groups.extend(names.map(str::to_lowercase));
    }

    fn take(&mut self, at: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::Object(members) => {
                for (name, inner) in members {
                    let name = name.to_lowercase();
                    let separator =
                        if at.starts_with("urn:") && !at.ends_with(":user") { "." } else { ":" };
                    let path = match at {
                        "" => name,
                        _ if at.starts_with("urn:") => format!("{at}{separator}{name}"),
                        _ => format!("{at}.{name}"),
                    };
                    self.take(&path, inner);
                }
            }
            Value::Array(list) => list.iter().for_each(|one| self.take(at, one)),
            _ => {
                self.paths.insert(at.to_owned());
                if let Some((parent, _)) = at.rsplit_once('.') {
                    self.paths.insert(parent.to_owned());
                }
            }
        }
    }

    fn has(&self, attribute: &AttributeDef, value: &str) -> bool {
        let core = attribute.schema.ends_with(":core:2.0:User");
        let mut path = attribute.name.to_lowercase();
        if !core {
            path = format!("{}:{path}", attribute.schema.to_lowercase());
        }
        let whole = if value.is_empty() {
            path.clone()
        } else {
            format!("{path}.{}", value.to_lowercase())
        };
        // A product may have a text where the RFC has an object with it as `value`.
        self.paths.contains(&whole)
            || value.eq_ignore_ascii_case("value") && self.paths.contains(&path)
            || value.is_empty() && self.paths.iter().any(|one| one.starts_with(&format!("{path}.")))
    }
}

/// What the conditions of rules are about.
struct Asked<'a> {
    attributes: &'a [AttributeDef],
    sources: &'a Sources,
}

/// What a rule needs on every way to match, and nobody ever had. `None`: it can hold.
fn needs(cond: &Cond, asked: &Asked<'_>, sent: &Sent) -> Option<BTreeSet<String>> {
    match &cond.kind {
        CondKind::True | CondKind::Not(_) => None,
        CondKind::All(parts) => {
            let lacking: BTreeSet<String> =
                parts.iter().filter_map(|part| needs(part, asked, sent)).flatten().collect();
            if lacking.is_empty() { None } else { Some(lacking) }
        }
        CondKind::Any(parts) => {
            let mut lacking = BTreeSet::new();
            for part in parts {
                lacking.extend(needs(part, asked, sent)?);
            }
            Some(lacking)
        }
        CondKind::Element { inner, .. } => needs(inner, asked, sent),
        CondKind::Value(atom) => value(atom, cond, asked, sent),
        CondKind::Group(atom) => group(atom, sent),
    }
}

fn value(
    atom: &ValueAtom,
    cond: &Cond,
    asked: &Asked<'_>,
    sent: &Sent,
) -> Option<BTreeSet<String>> {
    let attribute = asked.attributes.get(atom.attribute.index())?;
    let sub = atom.value.and_then(|id| attribute.values.get(id.index()));
    let sub = sub.map(|one| one.name.as_str()).unwrap_or_default();
    if sent.has(attribute, sub) {
        return None;
    }
    // In the words of the rule, which may say `manager` where it means `manager.value`.
    let whole = format!("{}.{sub}", attribute.name);
    let written = asked.sources.slice(cond.span).to_lowercase();
    let plain = sub.is_empty() || !written.contains(&whole.to_lowercase());
    let shown = if plain { attribute.name.clone() } else { whole };
    Some(BTreeSet::from([format!("`{shown}`")]))
}

fn group(atom: &GroupAtom, sent: &Sent) -> Option<BTreeSet<String>> {
    use provisor::rules::ast::GroupBy;
    let named: Vec<_> = atom.groups.iter().filter(|one| one.by == GroupBy::Name).collect();
    // Ids and patterns are of other directories than that of a run.
    if !sent.own_groups || named.len() < atom.groups.len() || named.is_empty() {
        return None;
    }
    let there = |name: &str| sent.groups.contains(&name.to_lowercase());
    if named.iter().any(|one| there(&one.text)) {
        return None;
    }
    let names: Vec<String> = named.iter().map(|one| format!("\"{}\"", one.text)).collect();
    Some(BTreeSet::from([format!("the group {}", names.join(" or "))]))
}

/// A path of a PATCH without its filter.
fn plain(path: &str) -> String {
    let path = path.to_lowercase();
    match (path.split_once('['), path.rsplit_once(']')) {
        (Some((list, _)), Some((_, sub))) => format!("{list}{sub}"),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use provisor::rules::build::build_text;
    use serde_json::json;

    use super::*;

    pub(super) const RULES: &str = "provisioning 1\nseat gong \"Gong\"\n\
        assignment \"By manager\" { match manager.value is present\n seats gong\n workspaces { others: none }\n capture none\n update automatic }\n\
        assignment \"Sales\" { match in group \"Sales\" and title is \"AE\"\n seats gong\n workspaces { others: none }\n capture none\n update automatic }\n\
        default assignment \"Else\" { match everyone\n seats none\n workspaces { others: none }\n capture none\n update manual }\n";

    fn rules() -> RuleSet {
        let built = build_text("a.rules", RULES);
        built.rules.unwrap_or_else(|| panic!("{:?}", built.diagnostics))
    }

    pub(super) fn state() -> State {
        let ann = json!({"id": "1", "userName": "ann", "title": "AE", "active": true});
        let sales =
            json!({"id": "g", "displayName": "Sales", "members": [{"value": "1", "type": "User"}]});
        State {
            users: BTreeMap::from([("1".to_owned(), ann)]),
            groups: BTreeMap::from([("g".to_owned(), sales)]),
        }
    }

    #[test]
    fn people_get_what_the_rules_say_and_only_changes_are_told() {
        let (rules, mut people) = (rules(), People::default());
        let told = people.changes(&rules, &state());
        assert_eq!(told[0].words, "\"Sales\" (seats gong)");
        assert!(people.changes(&rules, &state()).is_empty());
        assert_eq!(people.changes(&rules, &State::default())[0].words, "gone");
    }

    #[test]
    fn what_is_never_sent_is_told_with_the_rules_that_ask_for_it() {
        let hints_of = |state: &State| hints(&rules(), &[], state, People::default(), true);
        assert_eq!(
            hints_of(&state()),
            [
                "this source never sends `manager.value`, so assignment \"By manager\" matches nobody by it"
            ]
        );
        let here = |attribute: &str| {
            let text =
                RULES.replace("manager.value is present", &format!("{attribute} is present"));
            let rules = build_text("a.rules", &text).rules.unwrap();
            hints(&rules, &[], &state(), People::default(), false)
        };
        assert_eq!(
            here("nickName"),
            [
                "the judge's own people have no `nickName`, so assignment \"By manager\" matches nobody by it here"
            ]
        );
        assert!(here("department")[0].starts_with("this source never sends `department`, "));
    }

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    #[test]
    fn what_was_there_at_any_time_was_sent() {
        let (rules, mut people) = (rules(), People::default());
        let mut managed = state();
        // As some products have it.
        managed.users.get_mut("1").unwrap()[ENTERPRISE] = json!({"manager": "bob@x.example"});
        people.changes(&rules, &managed);
        assert!(hints(&rules, &[], &state(), people, true).is_empty());
    }

    #[test]
    fn a_rule_is_told_in_its_own_words() {
        let text = RULES.replace("manager.value is present", "manager is \"bob@x.example\"");
        let rules = build_text("a.rules", &text).rules.unwrap();
        let told = hints(&rules, &[], &state(), People::default(), true);
        assert!(told[0].starts_with("this source never sends `manager`, so"), "{told:?}");
    }
}
