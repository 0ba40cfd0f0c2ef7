//! What indexes find is what looking at every resource finds: RFC 7644, 3.4.2.2 (filters),
//! 3.4.2.3 (orders), 3.4.2.4 and RFC 9865 (pages).

use proptest::prelude::*;
use provisor::json::{Json, Object, parse};
use provisor::scim::compare::compared;
use provisor::scim::filter::{self, Checked, Policy, Unknown};
use provisor::scim::schema::Schemas;
use provisor_server::clock::Timestamp;
use provisor_server::id::{Id, Kind};
use provisor_server::store::{
    Deletion, Found, Member, NewResource, Order, Position, Query, Read, SortKey, StoreError,
    Stored, Window,
};

use super::people::{Kept, OTHER, TENANT, user};

/// Small numbers that follow from a seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(n).unwrap()).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

const TEXTS: &[&str] = &[
    "a",
    "A",
    "ab",
    "AB",
    "abc",
    "b",
    "bab",
    "ß",
    "SS",
    "Straße",
    "é",
    "e\u{301}",
    "\u{10ffff}",
    "\u{d7ff}x",
    "z",
    "0",
    "%",
    "_",
    "a'b",
    "a\\\"b",
    "ſ",
    "\u{0}n",
];
const FAMILIES: &[&str] = &["Jensen", "jensen", "Ødegård", "Zhang", "Li"];

fn maybe(dice: &mut Dice, of: &[&str]) -> Option<String> {
    match dice.below(4) {
        0 => None,
        1 if dice.below(4) == 0 => Some(String::new()),
        _ => Some(unescape(dice.pick(of))),
    }
}

/// Texts are written as they stand in JSON and in filters.
fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"")
}

fn random_user(dice: &mut Dice, number: usize) -> NewResource {
    let id = Id::new();
    let user_name = match dice.below(12) {
        0 => None,
        _ => Some(format!("{}{number}", unescape(dice.pick(TEXTS)))),
    };
    let (display_name, external_id) = (maybe(dice, TEXTS), maybe(dice, TEXTS));
    let active = [None, Some(true), Some(false)][dice.below(3)];
    let mut emails = Vec::new();
    let mut shown = Vec::new();
    for _ in 0..dice.below(4) {
        let value = maybe(dice, TEXTS);
        let mut one = Object::new();
        if let Some(value) = &value {
            one.push("value", value.clone());
            emails.push(value.clone());
        }
        one.push("type", dice.pick(&["work", "home"]));
        shown.push(Json::from(one));
    }
    let mut body = Object::new();
    put(&mut body, "userName", user_name.as_deref());
    put(&mut body, "displayName", display_name.as_deref());
    put(&mut body, "externalId", external_id.as_deref());
    if let Some(active) = active {
        body.push("active", active);
    }
    if !shown.is_empty() {
        body.push("emails", shown);
    }
    if dice.below(3) > 0 {
        let mut name = Object::new();
        name.push("familyName", dice.pick(FAMILIES));
        body.push("name", name);
    }
    NewResource {
        id,
        kind: Kind::User,
        body: Json::from(body).to_string(),
        user_name,
        display_name,
        external_id,
        active,
        emails,
        at: Timestamp(time(dice)),
    }
}

fn random_group(dice: &mut Dice) -> NewResource {
    let (display_name, external_id) = (maybe(dice, TEXTS), maybe(dice, TEXTS));
    let mut body = Object::new();
    put(&mut body, "displayName", display_name.as_deref());
    put(&mut body, "externalId", external_id.as_deref());
    NewResource {
        id: Id::new(),
        kind: Kind::Group,
        body: Json::from(body).to_string(),
        user_name: None,
        display_name,
        external_id,
        active: None,
        emails: Vec::new(),
        at: Timestamp(time(dice)),
    }
}

fn time(dice: &mut Dice) -> i64 {
    1_300_000_000_000 + i64::try_from(dice.below(5)).unwrap()
}

fn put(object: &mut Object, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        object.push(name, text);
    }
}

/// Fills a store; gives the ids of users and groups.
fn fill(kept: &Kept, seed: u64) -> (Vec<Id>, Vec<Id>) {
    kept.write(move |tx| {
        let dice = &mut Dice(seed | 1);
        let mut users: Vec<_> = (0..25).map(|number| random_user(dice, number)).collect();
        let mut groups: Vec<_> = (0..8).map(|_| random_group(dice)).collect();
        // Ids do not always come in their order.
        let at = dice.below(users.len());
        users.rotate_left(at);
        groups.rotate_left(3);
        for one in users.iter().chain(&groups) {
            tx.insert(TENANT, one)?;
        }
        tx.insert(OTHER, &NewResource { id: Id::new(), ..users[0].clone() })?;
        let all: Vec<Member> =
            users.iter().chain(&groups).map(|one| Member { id: one.id, kind: one.kind }).collect();
        for group in &groups {
            for _ in 0..dice.below(7) {
                tx.add_members(TENANT, group.id, &[all[dice.below(all.len())]])?;
            }
        }
        for one in users.iter().chain(&groups).skip(20).step_by(4) {
            let how = if dice.below(2) == 0 { Deletion::Keep } else { Deletion::Remove };
            tx.delete(TENANT, one.kind, one.id, how, Timestamp(time(dice)))?;
        }
        for one in users.iter().take(5) {
            let number = 100 + dice.below(1_000_000);
            let changed = random_user(dice, number);
            tx.update(TENANT, &NewResource { id: one.id, ..changed })?;
        }
        Ok((users.iter().map(|one| one.id).collect(), groups.iter().map(|one| one.id).collect()))
    })
}

/// A filter over attributes that indexes know, and others.
fn random_filter(dice: &mut Dice, users: &[Id], groups: &[Id], depth: usize) -> String {
    if depth > 0 {
        match dice.below(6) {
            0 | 1 => {
                let join = dice.pick(&[" and ", " or "]);
                let parts: Vec<_> = (0..2 + dice.below(2))
                    .map(|_| format!("({})", random_filter(dice, users, groups, depth - 1)))
                    .collect();
                return parts.join(join);
            }
            2 => return format!("not ({})", random_filter(dice, users, groups, depth - 1)),
            _ => {}
        }
    }
    let op = dice.pick(&["eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);
    let text = |dice: &mut Dice| match dice.below(12) {
        0 => "null".to_owned(),
        1 => "\"\"".to_owned(),
        _ => format!("\"{}\"", dice.pick(TEXTS).replace('\0', "\\u0000")),
    };
    let any = |dice: &mut Dice, ids: &[Id]| match dice.below(8) {
        0 => "\"nobody\"".to_owned(),
        1 => format!("\"{}\"", ids[0].to_string().to_uppercase()),
        2 => "null".to_owned(),
        _ => format!("\"{}\"", ids[dice.below(ids.len())]),
    };
    let path = dice.pick(&[
        "userName",
        "USERNAME",
        "displayName",
        "externalId",
        "emails",
        "emails.value",
        "emails[]",
        "emails[+]",
        "id",
        "active",
        "meta.created",
        "meta.lastModified",
        "members",
        "members.value",
        "members[]",
        "groups",
        "groups.value",
        "groups[]",
        "pr",
        "name.familyName",
        "emails.type",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
    ]);
    match path {
        "emails[]" => format!("emails[value {op} {}]", text(dice)),
        "emails[+]" => format!("emails[type eq \"work\" and value {op} {}]", text(dice)),
        "id" => format!("id {} {}", dice.pick(&["eq", "ne", "gt", "sw"]), any(dice, users)),
        "active" => {
            let flag = dice.pick(&["true", "false", "null", "\"True\""]);
            format!("active {} {flag}", dice.pick(&["eq", "ne"]))
        }
        "meta.created" | "meta.lastModified" => {
            let fraction = dice.pick(&["", ".001", ".0015", ".002", ".003999", ".004", ".9"]);
            let text = format!("2011-03-13T08:06:40{fraction}{}", dice.pick(&["Z", "+01:00"]));
            format!("{path} {op} \"{}\"", text.replace("08:06:40.9", "2011"))
                .replace("T2011", "T09:06:40")
        }
        "members" | "members.value" => {
            format!("{path} {} {}", dice.pick(&["eq", "eq", "ne"]), any(dice, users))
        }
        "members[]" => format!("members[value eq {}]", any(dice, groups)),
        "groups" | "groups.value" => {
            format!("{path} {} {}", dice.pick(&["eq", "eq", "ne"]), any(dice, groups))
        }
        "groups[]" => format!("groups[value eq {}]", any(dice, groups)),
        "pr" => {
            let path = dice.pick(&[
                "userName",
                "displayName",
                "externalId",
                "emails",
                "emails.value",
                "id",
                "active",
                "meta.created",
                "members",
                "members.value",
                "groups",
                "groups.value",
                "name",
            ]);
            format!("{path} pr")
        }
        _ => format!("{path} {op} {}", text(dice)),
    }
}

/// The whole resource, as a client sees it.
fn represent(read: &dyn Read, stored: &Stored) -> Result<Json, StoreError> {
    let mut object = match parse(stored.body.as_bytes()) {
        Ok(Json::Object(object)) => object,
        other => panic!("{other:?}"),
    };
    object.push("id", stored.id.to_string());
    let mut meta = Object::new();
    meta.push("created", stored.created.to_string());
    meta.push("lastModified", stored.modified.to_string());
    object.push("meta", meta);
    let valued = |id: Id| {
        let mut one = Object::new();
        one.push("value", id.to_string());
        Json::from(one)
    };
    match stored.kind {
        Kind::User => {
            let groups = read.groups_of(TENANT, stored.id)?;
            let shown: Vec<_> =
                groups.iter().filter(|one| !one.deleted).map(|one| valued(one.id)).collect();
            object.push("groups", shown);
        }
        Kind::Group => {
            let members = read.members(TENANT, stored.id, None, 1_000)?;
            object.push("members", members.iter().map(|one| valued(one.id)).collect::<Vec<_>>());
        }
    }
    Ok(object.into())
}

fn key(path: &str, stored: &Stored) -> SortKey {
    let body = parse(stored.body.as_bytes()).unwrap();
    let body = body.as_object().unwrap();
    let text = |found: Option<&Json>, exact| match found.and_then(Json::as_str) {
        None | Some("") => SortKey::Absent,
        Some(text) => SortKey::Text(compared(text, exact).into_owned()),
    };
    match path {
        "id" => SortKey::Text(stored.id.to_string()),
        "meta.created" => SortKey::Number(stored.created.0.into()),
        "meta.lastModified" => SortKey::Number(stored.modified.0.into()),
        "externalId" => text(body.get(path), true),
        "name.familyName" => {
            let name = body.get("name").and_then(Json::as_object);
            text(name.and_then(|name| name.get("familyName")), false)
        }
        _ => text(body.get(path), false),
    }
}

const ORDERS: &[Option<&str>] = &[
    None,
    Some("id"),
    Some("userName"),
    Some("displayName"),
    Some("externalId"),
    Some("meta.created"),
    Some("meta.lastModified"),
    Some("name.familyName"),
];

/// Every order and window of a filter against looking at every resource.
fn agree(
    read: &dyn Read,
    kind: Kind,
    text: Option<&str>,
    dice: &mut Dice,
) -> Result<(), StoreError> {
    let filter = text.map(|text| {
        filter::parse(text, &Schemas::standard(), filter::Options::lenient()).expect(text)
    });
    let mut policy = Policy::default();
    policy.unknown = Unknown::NoValue;
    policy.quoted_literals = true;
    let checked: Option<Checked> = match &filter {
        None => None,
        Some(filter) => match filter.validate(&Schemas::standard(), kind.name(), policy) {
            Ok(checked) => Some(checked),
            // The operator does not fit: nobody is asked.
            Err(_) => return Ok(()),
        },
    };
    let matches = |read: &dyn Read, stored: &Stored| {
        let resource = represent(read, stored)?;
        Ok(checked.as_ref().is_none_or(|checked| checked.matches(&resource)))
    };
    for path in ORDERS {
        for descending in [false, true] {
            let by_key = |_: &dyn Read, stored: &Stored| Ok(key(path.unwrap_or("id"), stored));
            if path.is_none() && descending {
                continue;
            }
            let mut wanted: Vec<(SortKey, Id)> = Vec::new();
            read.each(TENANT, kind, None, &mut |stored| {
                if matches(read, &stored)? {
                    wanted.push((key(path.unwrap_or("id"), &stored), stored.id));
                }
                Ok(true)
            })?;
            wanted.sort_by(|(left, id), (right, other)| {
                let keys = if descending { right.cmp(left) } else { left.cmp(right) };
                keys.then(id.cmp(other))
            });
            let wanted: Vec<Id> = wanted.into_iter().map(|(_, id)| id).collect();
            let ask = |window: Window, total: bool| -> Result<Found, StoreError> {
                let order = path.map(|path| Order { path, descending, key: &by_key });
                let filter = filter.as_ref().map(|filter| &filter.root);
                read.find(TENANT, kind, &Query { filter, matches: &matches, order, window, total })
            };
            let what = format!("{text:?} by {path:?} descending {descending}");
            let ids = |found: &Found| found.resources.iter().map(|one| one.id).collect::<Vec<_>>();

            let (skip, count) = (dice.below(wanted.len() + 2), dice.below(6));
            let total = dice.below(2) == 0;
            let found = ask(Window::Index { skip: skip as u64, count }, total)?;
            let page: Vec<Id> = wanted.iter().skip(skip).take(count).copied().collect();
            assert_eq!(ids(&found), page, "{what} skip {skip} count {count}");
            assert_eq!(found.total, total.then_some(wanted.len() as u64), "{what}");

            let (count, mut position, mut visited) = (1 + dice.below(7), None::<Position>, vec![]);
            loop {
                let total = dice.below(3) == 0;
                let found = ask(Window::After { position: position.clone(), count }, total)?;
                assert_eq!(
                    found.total,
                    total.then_some(wanted.len() as u64),
                    "{what} {position:?}"
                );
                visited.extend(ids(&found));
                assert!(visited.len() <= wanted.len(), "{what}: a page comes again");
                if found.next.is_none() {
                    break;
                }
                position = found.next;
            }
            assert_eq!(visited, wanted, "{what} in pages of {count}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn indexes_find_what_a_look_at_everything_finds(seed in any::<u64>()) {
        let kept = Kept::new();
        let (users, groups) = fill(&kept, seed);
        kept.read(move |read| {
            let dice = &mut Dice(seed.rotate_left(17) | 1);
            for kind in Kind::ALL {
                agree(read, kind, None, dice)?;
                for _ in 0..16 {
                    let text = random_filter(dice, &users, &groups, 3);
                    agree(read, kind, Some(&text), dice)?;
                }
            }
            Ok(())
        });
    }
}

#[test]
fn the_total_of_a_unique_key_is_the_same_on_every_page() {
    let kept = Kept::new();
    let (babs, other) = (user("babs", 1), user("other", 1));
    let id = babs.id;
    kept.write(move |tx| {
        tx.insert(TENANT, &babs)?;
        tx.insert(TENANT, &other)
    });
    let after = move |key: Option<SortKey>| Window::After {
        position: Some(Position { key, id }),
        count: 1,
    };
    let name = SortKey::Text("babs".to_owned());
    kept.read(move |read| {
        for (text, total) in [
            ("userName eq \"BABS\"".to_owned(), 1),
            (format!("id eq \"{id}\""), 1),
            ("userName eq \"nobody\"".to_owned(), 0),
        ] {
            for (order, window, here) in [
                (None, Window::Index { skip: 0, count: 0 }, 0),
                (None, Window::Index { skip: 0, count: 1 }, total),
                (None, Window::Index { skip: 0, count: 9 }, total),
                (None, Window::Index { skip: 1, count: 0 }, 0),
                (None, Window::Index { skip: 1, count: 1 }, 0),
                (Some("displayName"), Window::Index { skip: 0, count: 9 }, total),
                (None, Window::After { position: None, count: 1 }, total),
                (None, after(None), 0),
                (Some("userName"), after(Some(name.clone())), 0),
            ] {
                let what = format!("{text} by {order:?} in {window:?}");
                let filter =
                    filter::parse(&text, &Schemas::standard(), filter::Options::lenient()).unwrap();
                let key = |_: &dyn Read, stored: &Stored| Ok(key(order.unwrap_or("id"), stored));
                let order = order.map(|path| Order { path, descending: false, key: &key });
                let matches = |_: &dyn Read, stored: &Stored| Ok(stored.id == id && total == 1);
                let filter = Some(&filter.root);
                let query = Query { filter, matches: &matches, order, window, total: true };
                let found = read.find(TENANT, Kind::User, &query)?;
                assert_eq!(
                    (found.total, found.resources.len()),
                    (Some(total), here as usize),
                    "{what}"
                );
                assert_eq!(found.next, None, "{what}");
            }
        }
        Ok(())
    });
}
