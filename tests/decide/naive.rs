//! The five steps once more, as plainly as they are written: no index, no compilation, no sharing
//! of code with the evaluator beyond the comparison of two texts, numbers or dates.

use std::collections::{BTreeMap, BTreeSet};

use provisor::decide::Membership;
use provisor::rules::ast::{GroupBy, RuleKind};
use provisor::rules::model::*;
use provisor::scim::compare::{Instant, Number, compared, nfc};
use serde_json::{Value, json};

/// The decision as the report would show it, without `user`, `notes` and places.
pub(super) fn decide(model: &Model, user: &Value, given: Option<&[Membership]>) -> Value {
    let person = Read::new(model, user, given);
    if !person.active {
        return json!({ "deactivated": true });
    }
    // Step 2.
    let live = person.without_deleted();
    let matches = |head: &RuleHead, person: &Read<'_>| {
        person.holds(&head.matches, None)
            && !head.except.as_ref().is_some_and(|except| person.holds(except, None))
    };
    let mut matching = model
        .assignments
        .iter()
        .filter(|rule| rule.head.kind != RuleKind::Default && matches(&rule.head, &live));
    let winner = matching.next().unwrap_or_else(|| model.assignments.last().unwrap());
    let others: Vec<_> = matching.map(|rule| &rule.head.name).collect();
    // Step 3.
    let grants: Vec<_> = model.grants.iter().filter(|rule| matches(&rule.head, &live)).collect();
    let mut seats: BTreeSet<SeatId> = winner.seats.iter().copied().collect();
    let mut captures: BTreeSet<CaptureId> = winner.captures.iter().copied().collect();
    let mut profiles: Vec<BTreeSet<ProfileId>> =
        winner.workspaces.iter().map(|profile| profile.iter().copied().collect()).collect();
    for grant in &grants {
        seats.extend(&grant.seats);
        captures.extend(&grant.captures);
        for (workspace, profile) in &grant.workspaces {
            profiles[workspace.index()].insert(*profile);
        }
    }
    let (asked_seats, asked_captures) = (seats.clone(), captures.clone());
    // Step 4.
    let nevers: Vec<_> = model
        .nevers
        .iter()
        .filter(|rule| matches(&rule.head, &live) || matches(&rule.head, &person))
        .collect();
    let catalogue = &model.catalogue;
    let rank = |profile: ProfileId| catalogue.profiles[profile.index()].rank;
    let mut ceilings: BTreeMap<WorkspaceId, Option<ProfileId>> = BTreeMap::new();
    for (workspace, ceiling) in nevers.iter().flat_map(|never| &never.workspaces) {
        let lowest = ceilings.entry(*workspace).or_insert(*ceiling);
        if ceiling.map(rank) < lowest.map(rank) {
            *lowest = *ceiling;
        }
    }
    let forbidden_seats: BTreeSet<_> = nevers.iter().flat_map(|n| n.seats.clone()).collect();
    let forbidden_captures: BTreeSet<_> = nevers.iter().flat_map(|n| n.captures.clone()).collect();
    seats.retain(|seat| !forbidden_seats.contains(seat));
    captures.retain(|capture| !forbidden_captures.contains(capture));
    // Step 5a.
    let capture = |id: CaptureId| &catalogue.captures[id.index()];
    let vetoes: Vec<_> =
        captures.iter().copied().filter(|id| !capture(*id).excludes.is_empty()).collect();
    let vetoed: BTreeSet<_> = vetoes
        .iter()
        .flat_map(|veto| capture(*veto).excludes.clone())
        .filter(|item| captures.contains(item))
        .collect();
    captures.retain(|item| !vetoed.contains(item));
    // Step 5b.
    loop {
        let before = seats.len();
        let there = seats.clone();
        seats.retain(|id| catalogue.seats[id.index()].requires.iter().all(|n| there.contains(n)));
        if seats.len() == before {
            break;
        }
    }
    loop {
        let before = captures.len();
        let there = captures.clone();
        captures.retain(|id| {
            capture(*id).requires_seats.iter().all(|needed| seats.contains(needed))
                && capture(*id).requires_captures.iter().all(|needed| there.contains(needed))
        });
        if captures.len() == before {
            break;
        }
    }
    // What was dropped, seats and capture items.
    let name_seat = |id: &SeatId| json!(catalogue.seats[id.index()].naming.id);
    let name_capture = |id: &CaptureId| json!(capture(*id).naming.id);
    let names = |heads: Vec<&RuleHead>| json!(heads.iter().map(|h| &h.name).collect::<Vec<_>>());
    let missing_seats = |needed: &[SeatId]| {
        let missing = needed.iter().filter(|id| !seats.contains(id));
        missing.map(|id| json!({ "kind": "seat", "name": name_seat(id) })).collect::<Vec<_>>()
    };
    let mut dropped = vec![];
    let mut drop = |kind: &str, named: &Naming, asked: Vec<&RuleHead>, why: Value| {
        let mut entry = json!({
            "kind": kind, "name": named.id, "wire": wire(named), "workspace": null,
            "askedBy": names(asked), "nevers": [], "vetoes": [], "missing": [],
            "loweredTo": null,
        });
        for (key, value) in why.as_object().unwrap() {
            entry[key] = value.clone();
        }
        dropped.push(entry);
    };
    for id in asked_seats.difference(&seats) {
        let item = &catalogue.seats[id.index()];
        let asked = std::iter::once((&winner.head, &winner.seats))
            .chain(grants.iter().map(|grant| (&grant.head, &grant.seats)))
            .filter(|(_, seats)| seats.contains(id))
            .map(|(head, _)| head)
            .collect();
        let by: Vec<_> =
            nevers.iter().filter(|n| n.seats.contains(id)).map(|never| &never.head).collect();
        let why = if by.is_empty() {
            json!({ "cause": "withheld", "missing": missing_seats(&item.requires) })
        } else {
            json!({ "cause": "removed", "nevers": names(by) })
        };
        drop("seat", &item.naming, asked, why);
    }
    for id in asked_captures.difference(&captures) {
        let item = capture(*id);
        let asked = std::iter::once((&winner.head, &winner.captures))
            .chain(grants.iter().map(|grant| (&grant.head, &grant.captures)))
            .filter(|(_, captures)| captures.contains(id))
            .map(|(head, _)| head)
            .collect();
        let by: Vec<_> =
            nevers.iter().filter(|n| n.captures.contains(id)).map(|never| &never.head).collect();
        let why = if !by.is_empty() {
            json!({ "cause": "removed", "nevers": names(by) })
        } else if vetoed.contains(id) {
            let by = vetoes.iter().filter(|veto| capture(**veto).excludes.contains(id));
            json!({ "cause": "vetoed", "vetoes": by.map(name_capture).collect::<Vec<_>>() })
        } else {
            let mut missing = missing_seats(&item.requires_seats);
            let lacking = item.requires_captures.iter().filter(|id| !captures.contains(id));
            missing
                .extend(lacking.map(|id| json!({ "kind": "capture", "name": name_capture(id) })));
            json!({ "cause": "withheld", "missing": missing })
        };
        drop("capture", &item.naming, asked, why);
    }
    // Step 5c.
    let mut standing = vec![];
    for (place, asked) in profiles.iter().enumerate() {
        let id = WorkspaceId(place as u32);
        let workspace = &catalogue.workspaces[place];
        let ceiling = ceilings.get(&id);
        let met = |profile: ProfileId| {
            catalogue.profiles[profile.index()].requires.iter().all(|seat| seats.contains(seat))
        };
        let requires = |profile: ProfileId| &*catalogue.profiles[profile.index()].requires;
        let by = |of: Option<ProfileId>| {
            let saying = nevers.iter().filter(|never| never.workspaces.contains(&(id, of)));
            names(saying.map(|never| &never.head).collect())
        };
        let mut rest = vec![];
        for profile in asked {
            let why = match ceiling {
                Some(None) => json!({ "cause": "removed", "nevers": by(None) }),
                _ if !met(*profile) => {
                    json!({ "cause": "withheld", "missing": missing_seats(requires(*profile)) })
                }
                Some(Some(top)) if rank(*profile) > rank(*top) => {
                    let lower = &catalogue.profiles[top.index()].naming.id;
                    if met(*top) {
                        rest.push(*top);
                        json!({ "cause": "lowered", "nevers": by(Some(*top)), "loweredTo": lower })
                    } else {
                        let missing = missing_seats(requires(*top));
                        json!({
                            "cause": "withheld", "missing": missing,
                            "nevers": by(Some(*top)), "loweredTo": lower,
                        })
                    }
                }
                _ => {
                    rest.push(*profile);
                    continue;
                }
            };
            let asked = std::iter::once(&winner.head)
                .filter(|_| winner.workspaces[place] == Some(*profile))
                .chain(
                    grants
                        .iter()
                        .filter(|grant| grant.workspaces.contains(&(id, *profile)))
                        .map(|grant| &grant.head),
                )
                .collect();
            let item = &catalogue.profiles[profile.index()];
            let mut why = why;
            why["workspace"] = json!(workspace.naming.id);
            why["wire"] = json!(profile_wire(workspace, *profile, item));
            drop("profile", &item.naming, asked, why);
        }
        standing.push(rest.into_iter().max_by_key(|profile| rank(*profile)));
    }
    // The report.
    let named = |naming: &Naming| json!({ "name": naming.id, "wire": wire(naming) });
    let mode = |automatic: bool| if automatic { "automatic" } else { "manual" };
    let forbidding = |naming: &Naming, of: Vec<&RuleHead>| json!({ "name": naming.id, "wire": wire(naming), "nevers": names(of) });
    json!({
        "deactivated": false,
        "assignment": {
            "name": winner.head.name, "default": winner.head.kind == RuleKind::Default,
        },
        "alsoMatched": others,
        "grants": names(grants.iter().map(|rule| &rule.head).collect()),
        "nevers": names(nevers.iter().map(|rule| &rule.head).collect()),
        "seats": seats.iter().map(|id| named(&catalogue.seats[id.index()].naming))
            .collect::<Vec<_>>(),
        "home": winner.home.map(|home| named(&catalogue.workspaces[home.index()].naming)),
        "workspaces": catalogue.workspaces.iter().zip(&standing).map(|(workspace, profile)| json!({
            "name": workspace.naming.id,
            "wire": wire(&workspace.naming),
            "profile": profile.map(|id| {
                let item = &catalogue.profiles[id.index()];
                json!({ "name": item.naming.id, "wire": profile_wire(workspace, id, item) })
            }),
        })).collect::<Vec<_>>(),
        "capture": captures.iter().map(|id| named(&capture(*id).naming)).collect::<Vec<_>>(),
        "options": winner.options.iter().map(|(option, choice)| {
            let item = &catalogue.options[option.index()];
            json!({
                "name": item.naming.id,
                "wire": wire(&item.naming),
                "choice": choice.map(|choice| named(&item.choices[choice.index()])),
            })
        }).collect::<Vec<_>>(),
        "update": {
            "seats": mode(winner.update.seats),
            "workspaces": mode(winner.update.workspaces),
            "capture": mode(winner.update.capture),
            "options": mode(winner.update.options),
        },
        "dropped": dropped,
        "forbidden": {
            "seats": forbidden_seats.iter().map(|id| forbidding(
                &catalogue.seats[id.index()].naming,
                nevers.iter().filter(|n| n.seats.contains(id)).map(|n| &n.head).collect(),
            )).collect::<Vec<_>>(),
            "capture": forbidden_captures.iter().map(|id| forbidding(
                &capture(*id).naming,
                nevers.iter().filter(|n| n.captures.contains(id)).map(|n| &n.head).collect(),
            )).collect::<Vec<_>>(),
            "workspaces": ceilings.iter().map(|(id, top)| {
                let of = nevers.iter().filter(|never| never.workspaces.contains(&(*id, *top)));
                let mut entry = forbidding(
                    &catalogue.workspaces[id.index()].naming,
                    of.map(|never| &never.head).collect(),
                );
                entry["atMost"] =
                    json!(top.map(|top| &catalogue.profiles[top.index()].naming.id));
                entry
            }).collect::<Vec<_>>(),
        },
    })
}

fn wire(naming: &Naming) -> &str {
    naming.wire.as_ref().unwrap_or(&naming.id)
}

fn profile_wire<'a>(workspace: &'a WorkspaceItem, id: ProfileId, item: &'a ProfileItem) -> &'a str {
    let here = workspace.offers.iter().flatten().find(|(profile, _)| *profile == id);
    here.and_then(|(_, wire)| wire.as_deref()).unwrap_or_else(|| wire(&item.naming))
}

/// Step 1: the person as read.
#[derive(Clone)]
struct Read<'a> {
    model: &'a Model,
    active: bool,
    /// Attribute → elements → mentioned values.
    attributes: Vec<Vec<Vec<Option<Read1>>>>,
    groups: Vec<Membership>,
}

#[derive(Clone, Debug)]
enum Read1 {
    Text(String),
    Flag(bool),
    Number(Number),
    Date(Instant),
}

impl<'a> Read<'a> {
    fn new(model: &'a Model, user: &Value, given: Option<&[Membership]>) -> Self {
        let active = match member(user, "active") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(active)) => *active,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        };
        let groups = given.map_or_else(|| own_groups(user), <[Membership]>::to_vec);
        let mut this = Self { model, active, attributes: vec![], groups: joined(groups) };
        this.read(user);
        this
    }

    fn read(&mut self, user: &Value) {
        self.attributes = self
            .model
            .attributes
            .iter()
            .map(|def| {
                let core = def.schema.ends_with("core:2.0:User");
                if core && def.name == "active" {
                    return vec![vec![Some(Read1::Flag(self.active))]];
                }
                if core && def.name == "groups" {
                    return self.group_elements(def);
                }
                let holder = if core { Some(user) } else { member(user, &def.schema) };
                let value = holder.filter(|h| h.is_object()).and_then(|h| member(h, &def.name));
                value.map_or_else(Vec::new, |value| elements(def, value))
            })
            .collect();
    }

    fn group_elements(&self, def: &AttributeDef) -> Vec<Vec<Option<Read1>>> {
        let mut elements = vec![];
        for group in &self.groups {
            let names =
                std::iter::once(group.name.clone()).chain(self.former(group).into_iter().map(Some));
            for name in names {
                let value = |value: &ValueDef| match value.name.as_str() {
                    "value" => group.id.clone(),
                    "display" => name.clone(),
                    "type" => Some(if group.direct { "direct" } else { "indirect" }.to_owned()),
                    _ => None,
                };
                let element = def
                    .values
                    .iter()
                    .map(|v| value(v).filter(|text| !text.is_empty()).map(Read1::Text));
                elements.push(element.collect());
            }
        }
        elements
    }

    fn former(&self, group: &Membership) -> Vec<String> {
        if self.model.settings.group_identity_name { vec![] } else { group.former_names.clone() }
    }

    fn without_deleted(&self) -> Self {
        let mut live = self.clone();
        live.groups.retain(|group| !group.deleted);
        for (place, def) in self.model.attributes.iter().enumerate() {
            if def.schema.ends_with("core:2.0:User") && def.name == "groups" {
                live.attributes[place] = live.group_elements(def);
            }
        }
        live
    }

    fn holds(&self, condition: &Cond, element: Option<(AttributeId, usize)>) -> bool {
        match &condition.kind {
            CondKind::True => true,
            CondKind::All(parts) => parts.iter().all(|part| self.holds(part, element)),
            CondKind::Any(parts) => parts.iter().any(|part| self.holds(part, element)),
            CondKind::Not(inner) => !self.holds(inner, element),
            CondKind::Group(atom) => {
                let mut met = atom.groups.iter().map(|key| {
                    self.groups
                        .iter()
                        .filter(|group| group.direct || !atom.directly)
                        .any(|group| self.bears(group, key))
                });
                if atom.all { met.all(|met| met) } else { met.any(|met| met) }
            }
            CondKind::Value(atom) => {
                let elements = &self.attributes[atom.attribute.index()];
                let Some(value) = atom.value else { return !elements.is_empty() };
                let test = |element: &Vec<Option<Read1>>| {
                    element[value.index()].as_ref().is_some_and(|found| passes(found, &atom.test))
                };
                match element {
                    Some((of, place)) if of == atom.attribute => test(&elements[place]),
                    _ => elements.iter().any(test),
                }
            }
            CondKind::Element { attribute, inner } => (0..self.attributes[attribute.index()].len())
                .any(|place| self.holds(inner, Some((*attribute, place)))),
        }
    }

    fn bears(&self, group: &Membership, key: &GroupKey) -> bool {
        let names = group.name.clone().into_iter().chain(self.former(group));
        let mut names =
            names.filter(|name| !name.is_empty()).map(|n| compared(&n, false).into_owned());
        let is = |id: &Option<String>| id.as_deref().is_some_and(|id| nfc(id) == key.compared);
        match key.by {
            GroupBy::Name => names.any(|name| name == key.compared),
            GroupBy::Like => names.any(|name| like(&key.compared, &name)),
            GroupBy::Id => is(&group.id),
            GroupBy::ExternalId => is(&group.external_id),
        }
    }
}

fn passes(found: &Read1, test: &Test) -> bool {
    let text = |operand: &Operand, how: fn(&str, &str) -> bool| match (found, operand) {
        (Read1::Text(text), Operand::Text { compared: wanted, exact }) => {
            how(&compared(text, *exact), wanted)
        }
        _ => false,
    };
    let order = |operand: &Operand| match (found, operand) {
        (Read1::Text(text), Operand::Text { compared: wanted, exact }) => {
            Some(compared(text, *exact).as_ref().cmp(wanted.as_str()))
        }
        (Read1::Number(number), Operand::Number(wanted)) => Some(number.cmp(wanted)),
        (Read1::Date(date), Operand::Date(wanted)) => Some(date.cmp(wanted)),
        _ => None,
    };
    let equal = |operand: &Operand| match (found, operand) {
        (Read1::Flag(flag), Operand::Flag(wanted)) => flag == wanted,
        _ => order(operand).is_some_and(|order| order.is_eq()),
    };
    match test {
        Test::Present => true,
        Test::Equal(operand) => equal(operand),
        Test::NotEqual(operand) => !equal(operand),
        Test::In(operands) => operands.iter().any(equal),
        Test::NotIn(operands) => !operands.iter().any(equal),
        Test::Contains(operand) => text(operand, |text, part| text.contains(part)),
        Test::StartsWith(operand) => text(operand, |text, part| text.starts_with(part)),
        Test::EndsWith(operand) => text(operand, |text, part| text.ends_with(part)),
        Test::AtLeast(operand) => order(operand).is_some_and(|order| order.is_ge()),
        Test::AtMost(operand) => order(operand).is_some_and(|order| order.is_le()),
        Test::MoreThan(operand) => order(operand).is_some_and(|order| order.is_gt()),
        Test::LessThan(operand) => order(operand).is_some_and(|order| order.is_lt()),
        Test::Like { pattern, exact } => match found {
            Read1::Text(text) => like(&compared(pattern, *exact), &compared(text, *exact)),
            _ => false,
        },
        Test::Matches(regex) => match found {
            Read1::Text(text) => regex.compiled.is_match(&nfc(text)),
            _ => false,
        },
    }
}

fn like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    like_from(&pattern, &text)
}

fn like_from(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|skip| like_from(rest, &text[skip..])),
        ['?', rest @ ..] => !text.is_empty() && like_from(rest, &text[1..]),
        ['\\', plain @ ('*' | '?' | '\\'), rest @ ..] | [plain, rest @ ..] => {
            text.first() == Some(plain) && like_from(rest, &text[1..])
        }
    }
}

/// Names in any letter case; the last of several counts.
fn member<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    let members = object.as_object()?;
    members.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v).next_back()
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.iter().all(is_absent),
        Value::Object(members) => members.values().all(is_absent),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn elements(def: &AttributeDef, value: &Value) -> Vec<Vec<Option<Read1>>> {
    let values = match value {
        Value::Array(values) if def.multi_valued => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    values
        .iter()
        .filter(|value| !is_absent(value))
        .filter_map(|value| element(def, value))
        .collect()
}

fn element(def: &AttributeDef, value: &Value) -> Option<Vec<Option<Read1>>> {
    if !def.complex {
        return Some(vec![Some(single(def.values[0].kind, value)?)]);
    }
    let object = match value {
        Value::Object(_) => value.clone(),
        Value::String(text) => json!({ "value": text }),
        _ => return None,
    };
    let values = def.values.iter().map(|v| single(v.kind, member(&object, &v.name)?));
    Some(values.collect())
}

fn single(kind: ValueKind, value: &Value) -> Option<Read1> {
    if is_absent(value) {
        return None;
    }
    match (kind, value) {
        (ValueKind::Text { .. }, Value::String(text)) => Some(Read1::Text(text.clone())),
        (ValueKind::Text { .. }, Value::Bool(_) | Value::Number(_)) => {
            Some(Read1::Text(value.to_string()))
        }
        (ValueKind::Flag, Value::Bool(flag)) => Some(Read1::Flag(*flag)),
        (ValueKind::Flag, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Some(Read1::Flag(true)),
            "false" => Some(Read1::Flag(false)),
            _ => None,
        },
        (ValueKind::Number, Value::Number(number)) => {
            Number::parse(&number.to_string()).map(Read1::Number)
        }
        (ValueKind::Number, Value::String(text)) => Number::parse(text).map(Read1::Number),
        (ValueKind::Date, Value::String(text)) => Instant::parse(text).map(Read1::Date),
        _ => None,
    }
}

fn own_groups(user: &Value) -> Vec<Membership> {
    let Some(groups) = member(user, "groups") else { return vec![] };
    let list = match groups {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let text = |group: &Value, name| match member(group, name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(other @ (Value::Number(_) | Value::Bool(_))) => Some(other.to_string()),
        _ => None,
    };
    let read = |group: &Value| match group {
        Value::String(id) => {
            Some(Membership::default().with_id(id)).map(|g| Membership { direct: true, ..g })
        }
        Value::Object(_) => Some(Membership {
            name: text(group, "display"),
            id: text(group, "value").or_else(|| {
                let address = text(group, "$ref")?;
                let tail = address.trim_end_matches('/').rsplit('/').next()?;
                Some(tail.to_owned())
            }),
            direct: !text(group, "type").is_some_and(|t| t.eq_ignore_ascii_case("indirect")),
            ..Membership::default()
        }),
        _ => None,
    };
    list.iter().filter(|group| !is_absent(group)).filter_map(read).collect()
}

fn joined(groups: Vec<Membership>) -> Vec<Membership> {
    let same = |a: &Membership, b: &Membership| {
        a.deleted == b.deleted
            && match (&a.id, &b.id) {
                (Some(a), Some(b)) => a == b,
                (None, None) => {
                    let name = |m: &Membership| {
                        compared(m.name.as_deref().unwrap_or(""), false).into_owned()
                    };
                    name(a) == name(b)
                }
                _ => false,
            }
    };
    let direct = |group: &Membership| groups.iter().any(|other| other.direct && same(group, other));
    groups.iter().map(|group| Membership { direct: direct(group), ..group.clone() }).collect()
}
