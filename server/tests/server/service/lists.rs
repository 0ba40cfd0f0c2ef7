//! Listing, filtering, sorting, pages (RFC 7644, 3.4.2 and 3.4.3; RFC 9865).

use std::sync::atomic::Ordering;

use provisor_server::error::ScimType;
use provisor_server::id::{Kind, TenantId};
use provisor_server::limits;
use provisor_server::protocol::{ListQuery, Listed};

use super::world::{Group, User, World, call, group_body, names, refused, user_with, wait};

const BOTH: [Kind; 2] = [User, Group];

fn query(filter: &str) -> ListQuery {
    ListQuery { filter: Some(filter.to_owned()), ..ListQuery::default() }
}

/// Five users and two groups.
fn company() -> World {
    let world = World::new();
    for (name, more) in [
        (
            "cleo",
            r#","title":"b","emails":[{"value":"z@x.org"},{"value":"a@x.org","primary":true}]"#,
        ),
        ("Abby", r#","active":true,"title":"C","emails":[{"value":"m@x.org"}]"#),
        ("dora", r#","active":false"#),
        ("bert", r#","title":"a","emails":[{"value":"b@x.org","type":"work"}]"#),
        ("Émile", r#","title":"d""#),
    ] {
        world.create(User, &user_with(name, more)).unwrap();
    }
    world.create(Group, &group_body("beta", &[])).unwrap();
    world.create(Group, &group_body("Delta", &[])).unwrap();
    world
}

fn walk(world: &World, kinds: &[Kind], query: &ListQuery) -> Vec<Listed> {
    let mut query = ListQuery { cursor: Some(String::new()), ..query.clone() };
    let mut pages = Vec::new();
    loop {
        let page = world.list(kinds, &query).unwrap();
        let next = page.next_cursor.clone();
        pages.push(page);
        assert!(pages.len() < 50, "no end");
        match next {
            Some(next) => query.cursor = Some(next),
            None => return pages,
        }
    }
}

#[test]
fn filters_find_what_they_say() {
    let world = company();
    for (filter, found) in [
        (r#"userName eq "ABBY""#, vec!["Abby"]),
        (r#"USERNAME sw "d""#, vec!["dora"]),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bert""#, vec!["bert"]),
        (r#"emails.value eq "z@x.org""#, vec!["cleo"]),
        (r#"emails eq "z@x.org""#, vec!["cleo"]),
        (r#"emails[type eq "work" and value co "@x"]"#, vec!["bert"]),
        (r#"emails[TYPE eq "work"]"#, vec!["bert"]),
        ("active eq true", vec!["Abby"]),
        ("active eq \"False\"", vec!["dora"]),
        ("not (title pr)", vec!["dora"]),
        (r#"title pr and (userName sw "a" or userName sw "b")"#, vec!["Abby", "bert"]),
        (r#"userName eq "émile""#, vec!["Émile"]),
        (r#"meta.resourceType eq "User" and title eq "d""#, vec!["Émile"]),
        (r#"groups.display eq "staff""#, vec![]),
    ] {
        assert_eq!(world.find(&[User], filter), found, "{filter}");
    }
}

#[test]
fn filters_ask_for_memberships() {
    let world = World::new();
    let (babs, mandy) = (world.user("babs"), world.user("mandy"));
    let staff = world.group("staff", &[&babs]);
    world.group("all", &[&staff, &mandy]);
    assert_eq!(world.find(&[User], r#"groups.display eq "staff""#), ["babs"]);
    assert_eq!(world.find(&[User], r#"groups[type eq "indirect"]"#), ["babs"]);
    assert_eq!(world.find(&[User], &format!(r#"groups.value eq "{staff}""#)), ["babs"]);
    assert_eq!(world.find(&[Group], &format!(r#"members.value eq "{babs}""#)), ["staff"]);
    assert_eq!(world.find(&[Group], &format!(r#"members eq "{babs}""#)), ["staff"]);
    assert_eq!(world.find(&[Group], r#"members[type eq "Group"]"#), ["all"]);
    assert_eq!(world.find(&[User], &format!(r#"id eq "{mandy}""#)), ["mandy"]);
}

// A typing mistake is no empty list, and a secret is not to be guessed (RFC 7644, 7.5.2).
#[test]
fn filters_that_cannot_be_asked_are_refused() {
    let world = company();
    let invalid = Some(ScimType::InvalidFilter);
    for filter in [
        "usrName eq \"x\"",
        "userName eq",
        "password sw \"a\"",
        "active gt true",
        "name eq \"x\"",
        "not (password pr)",
    ] {
        refused(world.list(&[User], &query(filter)), 400, invalid);
        refused(world.list(&BOTH, &query(filter)), 400, invalid);
    }
    refused(world.list(&[Group], &query("userName eq \"x\"")), 400, invalid);
    let by = |sort_by: &str| ListQuery { sort_by: Some(sort_by.to_owned()), ..Default::default() };
    for sort_by in ["password", "name", "nothing"] {
        refused(world.list(&[User], &by(sort_by)), 400, Some(ScimType::InvalidPath));
    }
}

// RFC 7644, 3.4.2.1: at the root an attribute that a type lacks has no value.
#[test]
fn a_search_at_the_root_looks_at_users_and_groups() {
    let world = company();
    assert_eq!(world.find(&BOTH, r#"displayName sw "b""#), ["beta"]);
    assert_eq!(
        world.find(&BOTH, r#"userName eq "bert" or displayName eq "delta""#),
        ["bert", "Delta"]
    );
    assert_eq!(world.find(&BOTH, r#"meta.resourceType eq "Group""#), ["beta", "Delta"]);
    assert_eq!(world.find(&BOTH, "title pr").len(), 4);
    assert_eq!(world.find(&BOTH, "id pr").len(), 7);
    assert_eq!(world.find(&BOTH, "not (userName pr)"), ["beta", "Delta"]);
}

// RFC 7644, 3.4.2.3
#[test]
fn sorting_obeys_type_case_primary_and_absence() {
    let world = company();
    let sorted = |kinds: &[Kind], by: &str, descending: bool| {
        let query = ListQuery { sort_by: Some(by.to_owned()), descending, ..ListQuery::default() };
        names(&world.list(kinds, &query).unwrap())
    };
    assert_eq!(sorted(&[User], "userName", false), ["Abby", "bert", "cleo", "dora", "Émile"]);
    assert_eq!(sorted(&[User], "username", true), ["Émile", "dora", "cleo", "bert", "Abby"]);
    assert_eq!(sorted(&[User], "title", false), ["bert", "cleo", "Abby", "Émile", "dora"]);
    assert_eq!(sorted(&[User], "title", true), ["dora", "Émile", "Abby", "cleo", "bert"]);
    // The primary address of cleo counts, not the first.
    let by_email = ["cleo", "bert", "Abby", "dora", "Émile"];
    assert_eq!(sorted(&[User], "emails.value", false), by_email);
    assert_eq!(sorted(&[User], "emails", false), by_email);
    assert_eq!(sorted(&[User], "meta.created", true), ["Émile", "bert", "dora", "Abby", "cleo"]);
    assert_eq!(sorted(&BOTH, "displayName", false)[..2], ["beta", "Delta"]);
    assert_eq!(sorted(&BOTH, "userName", false)[..5], ["Abby", "bert", "cleo", "dora", "Émile"]);
    assert_eq!(sorted(&BOTH, "userName", true)[2..], ["Émile", "dora", "cleo", "bert", "Abby"]);
}

// RFC 7644, 3.4.2.4
#[test]
fn pages_are_counted() {
    let world = company();
    let page = |start_index, count| {
        let sort_by = Some("userName".to_owned());
        world
            .list(&[User], &ListQuery { sort_by, start_index, count, ..ListQuery::default() })
            .unwrap()
    };
    for (start, count, shown) in [
        (None, None, &["Abby", "bert", "cleo", "dora", "Émile"][..]),
        (Some(2), Some(2), &["bert", "cleo"]),
        (Some(5), Some(10), &["Émile"]),
        (Some(0), Some(1), &["Abby"]),
        (Some(-7), Some(1), &["Abby"]),
        (Some(1), Some(0), &[]),
        (Some(1), Some(-3), &[]),
        (Some(6), Some(2), &[]),
        (Some(i64::MAX), Some(i64::MAX), &[]),
    ] {
        let page = page(start, count);
        assert_eq!(names(&page), shown, "{start:?} {count:?}");
        assert_eq!(page.total, Some(5));
        assert_eq!(page.start_index, Some(start.unwrap_or(1).max(1) as u64));
        assert_eq!(page.next_cursor, None);
    }
    // Over two types, with and without an order.
    for sort_by in [None, Some("userName".to_owned())] {
        let mut all = Vec::new();
        for start in [1, 3, 5, 7, 9] {
            let query = ListQuery {
                sort_by: sort_by.clone(),
                start_index: Some(start),
                count: Some(2),
                ..ListQuery::default()
            };
            let page = world.list(&BOTH, &query).unwrap();
            assert_eq!(page.total, Some(7));
            all.extend(names(&page));
        }
        assert_eq!(all.len(), 7, "{all:?}");
        assert_eq!(all[5..], ["beta", "Delta"]);
    }
}

#[test]
fn a_page_has_no_more_than_the_greatest() {
    let world = World::with(|settings| settings.page = 3);
    (0..5).for_each(|number| drop(world.user(&format!("u{number}"))));
    let query = ListQuery { count: Some(1_000), ..ListQuery::default() };
    assert_eq!(world.list(&[User], &query).unwrap().resources.len(), 3);
    let query = ListQuery { cursor: Some(String::new()), ..query };
    assert_eq!(world.list(&[User], &query).unwrap().resources.len(), 3);
}

// RFC 9865, 2: the pages together are the list, in its order, each resource once.
#[test]
fn a_walk_by_cursor_meets_everything_once() {
    let world = company();
    for kinds in [&[User][..], &BOTH] {
        for sort_by in [None, Some("userName"), Some("title"), Some("emails"), Some("meta.created")]
        {
            for descending in [false, true] {
                let whole = ListQuery {
                    sort_by: sort_by.map(str::to_owned),
                    descending,
                    ..ListQuery::default()
                };
                let mut all = names(&world.list(kinds, &whole).unwrap());
                for count in 1..=8 {
                    let pages =
                        walk(&world, kinds, &ListQuery { count: Some(count), ..whole.clone() });
                    let mut met: Vec<String> = pages.iter().flat_map(names).collect();
                    if sort_by.is_none() {
                        met.sort();
                        all.sort();
                    }
                    assert_eq!(met, all, "{kinds:?} {sort_by:?} {descending} {count}");
                    for page in &pages {
                        assert_eq!(page.total, Some(all.len() as u64));
                        assert!(page.resources.len() <= count as usize);
                        assert_eq!(page.start_index, None);
                        let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
                        assert!(page.next_cursor.iter().all(|one| one.bytes().all(unreserved)));
                    }
                }
            }
        }
    }
    let filtered = ListQuery { count: Some(1), ..query(r#"title pr and userName sw "c""#) };
    assert_eq!(walk(&world, &[User], &filtered)[0].total, Some(1));
}

#[test]
fn a_walk_goes_on_where_it_was_when_things_change() {
    let world = World::new();
    let ids: Vec<String> = ["a", "b", "c", "d"].iter().map(|name| world.user(name)).collect();
    let query = ListQuery {
        sort_by: Some("userName".to_owned()),
        count: Some(2),
        cursor: Some(String::new()),
        ..ListQuery::default()
    };
    let first = world.list(&[User], &query).unwrap();
    assert_eq!(names(&first), ["a", "b"]);
    world.delete(User, &ids[1]).unwrap();
    world.user("aa");
    let second = ListQuery { cursor: first.next_cursor, ..query };
    assert_eq!(names(&world.list(&[User], &second).unwrap()), ["c", "d"]);
}

// RFC 9865, 2.1 and 5.2: what does not belong to the query is `invalidCursor`, in the same words.
#[test]
fn a_cursor_is_good_for_its_own_query_alone() {
    let world = company();
    let first = ListQuery { count: Some(2), cursor: Some(String::new()), ..query("title pr") };
    let cursor = world.list(&[User], &first).unwrap().next_cursor;
    let with = |cursor: &str| ListQuery { cursor: Some(cursor.to_owned()), ..first.clone() };
    let cursor = cursor.unwrap();
    let invalid = Some(ScimType::InvalidCursor);
    let words = refused(world.list(&[User], &with("xyz")), 400, invalid);
    let other = |change: fn(&mut ListQuery)| {
        let mut query = with(&cursor);
        change(&mut query);
        query
    };
    for query in [
        other(|query| query.filter = Some("title pr or active pr".to_owned())),
        other(|query| query.sort_by = Some("userName".to_owned())),
        other(|query| query.descending = true),
    ] {
        assert_eq!(refused(world.list(&[User], &query), 400, invalid), words);
    }
    assert_eq!(refused(world.list(&BOTH, &with(&cursor)), 400, invalid), words);
    let foreign = wait(world.service.list(&call(TenantId(2)), &[User], &with(&cursor)));
    assert_eq!(refused(foreign, 400, invalid), words);
    // Another count, and the same filter in other letters, are the same query.
    let same = ListQuery { count: Some(1), filter: Some("TITLE PR".to_owned()), ..with(&cursor) };
    assert_eq!(world.list(&[User], &same).unwrap().resources.len(), 1);
    let both = ListQuery { start_index: Some(1), ..with(&cursor) };
    refused(world.list(&[User], &both), 400, invalid);
    let age = limits::CURSOR_AGE.as_millis() as i64;
    world.now.fetch_add(age, Ordering::SeqCst);
    refused(world.list(&[User], &with(&cursor)), 400, Some(ScimType::ExpiredCursor));
}

// RFC 9865, 2: a count of 0 asks for the total alone.
#[test]
fn a_cursor_with_count_0_tells_the_total() {
    let world = company();
    let query = ListQuery { count: Some(0), cursor: Some(String::new()), ..ListQuery::default() };
    let listed = world.list(&[User], &query).unwrap();
    assert_eq!((listed.total, listed.resources.len()), (Some(5), 0));
    // There is more, so there is a cursor.
    let next = ListQuery { count: Some(10), cursor: listed.next_cursor, ..query };
    assert_eq!(world.list(&[User], &next).unwrap().resources.len(), 5);
}
