//! One resource, its members, its entries.

use provisor_server::clock::Timestamp;
use provisor_server::id::{Id, Kind};
use provisor_server::limits::GROUP_NESTING;
use provisor_server::store::sqlite::{Options, Sqlite};
use provisor_server::store::{
    Deletion, Entitlement, Member, NOBODY, NewResource, Shelf, StoreError, StoreErrorKind,
};

use super::people::{Kept, OTHER, TENANT, all, group, user};

fn member(of: &NewResource) -> Member {
    Member { id: of.id, kind: of.kind }
}

#[test]
fn a_new_resource_is_read_back() {
    let kept = Kept::new();
    let new = user("babs@example.com", 1_000);
    let id = new.id;
    kept.write({
        let new = new.clone();
        move |tx| tx.insert(TENANT, &new)
    });
    let stored = kept.read(move |read| read.resource(TENANT, Kind::User, id)).unwrap();
    assert_eq!((stored.id, stored.kind, stored.version), (id, Kind::User, 1));
    assert_eq!((stored.created, stored.modified), (Timestamp(1_000), Timestamp(1_000)));
    assert_eq!(stored.body, new.body);
    assert_eq!(kept.read(move |read| read.resource(OTHER, Kind::User, id)), None);
    assert_eq!(kept.read(move |read| read.resource(TENANT, Kind::Group, id)), None);
    assert_eq!(kept.read(move |read| read.count(TENANT, Kind::User)), 1);
    assert_eq!(kept.read(move |read| read.count(OTHER, Kind::User)), 0);
}

// RFC 7643, 4.1.1: userName is unique and not caseExact.
#[test]
fn a_user_name_is_taken_in_any_case_within_its_tenant() {
    let kept = Kept::new();
    kept.write(|tx| tx.insert(TENANT, &user("Straße", 1)));
    let again = kept.try_write(|tx| tx.insert(TENANT, &user("STRASSE", 2)));
    assert_eq!(again.unwrap_err().kind, StoreErrorKind::Taken("userName"));
    kept.write(|tx| tx.insert(OTHER, &user("STRASSE", 3)));
    assert!(kept.read(|read| read.user_named(TENANT, "sTRASSE")).is_some());
    assert!(kept.read(|read| read.user_named(TENANT, "strase")).is_none());
    assert_eq!(kept.read(|read| read.count(TENANT, Kind::User)), 1);
}

#[test]
fn an_update_counts_and_keeps_when_it_was_created() {
    let kept = Kept::new();
    let new = user("babs", 1);
    let id = new.id;
    kept.write(move |tx| {
        tx.insert(TENANT, &new)?;
        tx.update(TENANT, &NewResource { id, ..user("barbara", 5) })?;
        tx.touch(TENANT, Kind::User, id, Timestamp(7))
    });
    let stored = kept.read(move |read| read.resource(TENANT, Kind::User, id)).unwrap();
    assert_eq!((stored.created, stored.modified, stored.version), (Timestamp(1), Timestamp(7), 3));
    assert_eq!(stored.body, r#"{"userName":"barbara"}"#);
    assert!(kept.read(|read| read.user_named(TENANT, "babs")).is_none());
    let missing = kept.try_write(|tx| tx.update(TENANT, &user("nobody", 9)));
    assert_eq!(missing.unwrap_err().kind, StoreErrorKind::Broken);
}

#[test]
fn a_removed_user_is_gone_with_its_memberships() {
    let kept = Kept::new();
    let (babs, staff) = (user("babs", 1), group("staff", 1));
    let (id, of) = (babs.id, staff.id);
    kept.write(move |tx| {
        tx.insert(TENANT, &babs)?;
        tx.insert(TENANT, &staff)?;
        tx.add_members(TENANT, of, &[member(&babs)])
    });
    let gone =
        kept.write(move |tx| tx.delete(TENANT, Kind::User, id, Deletion::Remove, Timestamp(2)));
    assert!(gone);
    let again =
        kept.write(move |tx| tx.delete(TENANT, Kind::User, id, Deletion::Remove, Timestamp(2)));
    assert!(!again);
    assert_eq!(kept.read(move |read| read.resource(TENANT, Kind::User, id)), None);
    assert_eq!(kept.read(move |read| read.deleted(TENANT, Kind::User, id)), None);
    assert_eq!(kept.read(move |read| read.member_count(TENANT, of)), 0);
    assert_eq!(kept.read(|read| read.count(TENANT, Kind::User)), 0);
}

#[test]
fn a_kept_user_is_unseen_and_its_name_is_free() {
    let kept = Kept::new();
    let (babs, staff) = (user("babs", 1), group("staff", 1));
    let (id, of) = (babs.id, staff.id);
    kept.write(move |tx| {
        tx.insert(TENANT, &babs)?;
        tx.insert(TENANT, &staff)?;
        tx.add_members(TENANT, of, &[member(&babs)])?;
        tx.delete(TENANT, Kind::User, id, Deletion::Keep, Timestamp(2))
    });
    assert_eq!(kept.read(move |read| read.resource(TENANT, Kind::User, id)), None);
    assert_eq!(kept.read(|read| all(read, Kind::User)).total, Some(0));
    assert!(kept.read(|read| read.user_named(TENANT, "babs")).is_none());
    let deleted = kept.read(move |read| read.deleted(TENANT, Kind::User, id)).unwrap();
    assert_eq!((deleted.kind, deleted.modified), (Kind::User, Timestamp(2)));
    // The group shows it no longer; it is still known where it was.
    assert_eq!(kept.read(move |read| read.members(TENANT, of, None, 9)), []);
    assert_eq!(kept.read(move |read| read.member_count(TENANT, of)), 0);
    assert_eq!(kept.read(move |read| read.groups_of(TENANT, id)).len(), 1);
    kept.write(|tx| tx.insert(TENANT, &user("babs", 3)));
}

#[test]
fn members_come_once_in_the_order_of_ids() {
    let kept = Kept::new();
    let staff = group("staff", 1);
    let of = staff.id;
    let mut people: Vec<_> = (0..10).map(|n| user(&format!("u{n}"), 1)).collect();
    let members: Vec<Member> = people.iter().map(member).collect();
    people.push(staff);
    let added = kept.write({
        let members = members.clone();
        move |tx| {
            for one in &people {
                tx.insert(TENANT, one)?;
            }
            tx.add_members(TENANT, of, &members[..3])?;
            tx.add_members(TENANT, of, &members)
        }
    });
    assert_eq!(added, members[3..]);
    let first = kept.read(move |read| read.members(TENANT, of, None, 4));
    assert_eq!(first, members[..4]);
    let after = first[3].id;
    assert_eq!(kept.read(move |read| read.members(TENANT, of, Some(after), 99)), members[4..]);
    let some = [members[1].id, Id::new(), members[7].id];
    let among = kept.read(move |read| read.members_among(TENANT, of, &some));
    assert_eq!(among, [members[1], members[7]]);
    let removed = kept.write(move |tx| tx.remove_members(TENANT, of, &some));
    assert_eq!(removed, [members[1], members[7]]);
    assert_eq!(kept.read(move |read| read.member_count(TENANT, of)), 8);
    assert_eq!(kept.read(move |read| read.member_count(OTHER, of)), 0);
}

#[test]
fn groups_are_found_through_groups_and_cycles_end() {
    let kept = Kept::new();
    let babs = user("babs", 1);
    let groups: Vec<_> = ["inner", "middle", "outer"].iter().map(|name| group(name, 1)).collect();
    let ids: Vec<Id> = groups.iter().map(|one| one.id).collect();
    let id = babs.id;
    kept.write({
        let (groups, ids) = (groups.clone(), ids.clone());
        move |tx| {
            tx.insert(TENANT, &babs)?;
            for one in &groups {
                tx.insert(TENANT, one)?;
            }
            tx.add_members(TENANT, ids[0], &[member(&babs)])?;
            tx.add_members(TENANT, ids[1], &[member(&groups[0])])?;
            tx.add_members(TENANT, ids[2], &[member(&groups[1]), member(&babs)])?;
            // Round and round.
            tx.add_members(TENANT, ids[0], &[member(&groups[2])])?;
            tx.add_former_name(TENANT, ids[1], "centre")?;
            tx.add_former_name(TENANT, ids[1], "centre")
        }
    });
    let found = kept.read(move |read| read.groups_of(TENANT, id));
    let shown: Vec<_> =
        found.iter().map(|one| (one.display_name.as_str(), one.direct, one.deleted)).collect();
    assert_eq!(shown, [("inner", true, false), ("middle", false, false), ("outer", true, false)]);
    assert_eq!(found[1].former_names, ["centre"]);
    for group in ids {
        let people = kept.read(move |read| {
            let mut people = Vec::new();
            read.people_in(TENANT, group, &mut |id| {
                people.push(id);
                Ok(true)
            })?;
            Ok(people)
        });
        assert_eq!(people, [id]);
    }
}

#[test]
fn what_only_a_kept_group_leads_to_is_marked() {
    let kept = Kept::new();
    let babs = user("babs", 1);
    let groups: Vec<_> = ["kept", "over", "both"].iter().map(|name| group(name, 1)).collect();
    let id = babs.id;
    kept.write(move |tx| {
        tx.insert(TENANT, &babs)?;
        for one in &groups {
            tx.insert(TENANT, one)?;
        }
        tx.add_members(TENANT, groups[0].id, &[member(&babs)])?;
        tx.add_members(TENANT, groups[1].id, &[member(&groups[0])])?;
        tx.add_members(TENANT, groups[2].id, &[member(&groups[0]), member(&babs)])?;
        tx.delete(TENANT, Kind::Group, groups[0].id, Deletion::Keep, Timestamp(2))
    });
    let found = kept.read(move |read| read.groups_of(TENANT, id));
    let shown: Vec<_> =
        found.iter().map(|one| (one.display_name.as_str(), one.direct, one.deleted)).collect();
    assert_eq!(shown, [("kept", true, true), ("over", false, true), ("both", true, false)]);
}

// What a job has learned of a group from one person holds for the next one, and how that person
// came to it does not.
#[test]
fn people_of_one_job_are_each_in_their_own_groups() {
    let kept = Kept::new();
    let people: Vec<_> = ["babs", "mandy", "cleo"].iter().map(|name| user(name, 1)).collect();
    let groups: Vec<_> = ["kept", "over", "below"].iter().map(|name| group(name, 1)).collect();
    let ids: Vec<Id> = people.iter().map(|one| one.id).collect();
    let over = groups[1].id;
    kept.write(move |tx| {
        for one in people.iter().chain(&groups) {
            tx.insert(TENANT, one)?;
        }
        tx.add_members(TENANT, groups[0].id, &[member(&people[0])])?;
        let members = [member(&groups[0]), member(&groups[2]), member(&people[1])];
        tx.add_members(TENANT, groups[1].id, &members)?;
        tx.add_members(TENANT, groups[2].id, &[member(&people[2])])?;
        tx.delete(TENANT, Kind::Group, groups[0].id, Deletion::Keep, Timestamp(2))
    });
    let asked = ids.clone();
    let together = kept.read(move |read| {
        asked.iter().map(|id| read.groups_of(TENANT, *id)).collect::<Result<Vec<_>, _>>()
    });
    for (id, found) in ids.into_iter().zip(&together) {
        assert_eq!(&kept.read(move |read| read.groups_of(TENANT, id)), found);
    }
    let ways: Vec<_> = together
        .iter()
        .map(|found| found.iter().find(|group| group.id == over).unwrap())
        .map(|group| (group.direct, group.deleted))
        .collect();
    assert_eq!(ways, [(false, true), (true, false), (false, false)]);
}

#[test]
fn entries_are_numbered_from_one_in_each_tenant() {
    let kept = Kept::new();
    let (one, two) = (Id::new(), Id::new());
    kept.write(move |tx| {
        assert_eq!(tx.append_feed(TENANT, one, Timestamp(1), "{}")?, 1);
        assert_eq!(tx.append_feed(TENANT, two, Timestamp(2), "{}")?, 2);
        assert_eq!(tx.append_feed(OTHER, two, Timestamp(2), "{}")?, 1);
        assert_eq!(tx.append_audit(TENANT, Some(one), Timestamp(3), "[1]")?, 1);
        assert_eq!(tx.append_audit(TENANT, None, Timestamp(3), "[2]")?, 2);
        assert_eq!(tx.append_audit(TENANT, Some(one), Timestamp(3), "[3]")?, 3);
        Ok(())
    });
    // A number that was taken back is given again: nobody has seen it.
    let refused = kept.try_write(move |tx| {
        tx.append_feed(TENANT, one, Timestamp(4), "{}")?;
        Err::<(), _>(StoreError::new(StoreErrorKind::Busy, "no"))
    });
    assert!(refused.is_err());
    let next = kept.write(move |tx| tx.append_feed(TENANT, one, Timestamp(5), r#"{"a":1}"#));
    assert_eq!(next, 3);
    let feed = kept.read(|read| read.feed(TENANT, 1, 10));
    assert_eq!(feed.iter().map(|entry| entry.number).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(
        (feed[1].about, feed[1].at, feed[1].body.as_str()),
        (Some(one), Timestamp(5), r#"{"a":1}"#)
    );
    let audit = kept.read(move |read| read.audit(TENANT, Some(one), 0, 10));
    assert_eq!(audit.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(kept.read(|read| read.audit(TENANT, None, 1, 1))[0].number, 2);
}

#[test]
fn entitlements_and_who_is_due() {
    let kept = Kept::new();
    let (one, two) = (Id::new(), Id::new());
    let entitlement =
        |text: &str| Entitlement { record: text.to_owned(), shown: format!("[{text}]") };
    let (first, second) = (entitlement("1"), entitlement("2"));
    kept.write({
        let (first, second) = (first.clone(), second.clone());
        move |tx| {
            tx.put_entitlement(TENANT, one, &first)?;
            tx.put_entitlement(TENANT, two, &first)?;
            tx.put_entitlement(TENANT, two, &second)?;
            tx.set_due(TENANT, one, Some(Timestamp(10)))?;
            tx.set_due(OTHER, two, Some(Timestamp(5)))?;
            tx.set_due(TENANT, two, Some(Timestamp(5)))?;
            tx.set_due(TENANT, two, None)
        }
    });
    assert_eq!(kept.read(move |read| read.entitlement(TENANT, two)), Some(second.clone()));
    assert_eq!(kept.read(move |read| read.entitlement(OTHER, two)), None);
    let rest = kept.read(move |read| {
        let mut rest = Vec::new();
        read.entitlements(TENANT, Some(one), &mut |id, entitlement| {
            rest.push((id, entitlement));
            Ok(true)
        })?;
        Ok(rest)
    });
    assert_eq!(rest, [(two, second)]);
    assert_eq!(kept.read(|read| read.due(Timestamp(9), 10)), [(OTHER, two)]);
    assert_eq!(kept.read(|read| read.due(Timestamp(10), 10)), [(OTHER, two), (TENANT, one)]);
    kept.write(move |tx| tx.remove_entitlement(TENANT, two));
    assert_eq!(kept.read(move |read| read.entitlement(TENANT, two)), None);
}

#[test]
fn documents_by_key() {
    let kept = Kept::new();
    kept.write(|tx| {
        tx.put_document(NOBODY, Shelf::Tokens, "b", "1")?;
        tx.put_document(NOBODY, Shelf::Tokens, "a", "2")?;
        tx.put_document(NOBODY, Shelf::Tokens, "b", "3")?;
        tx.put_document(NOBODY, Shelf::Keys, "b", "4")
    });
    assert_eq!(kept.read(|read| read.document(NOBODY, Shelf::Tokens, "b")).as_deref(), Some("3"));
    assert_eq!(kept.read(|read| read.document(TENANT, Shelf::Tokens, "b")), None);
    let all = kept.read(|read| read.documents(NOBODY, Shelf::Tokens));
    assert_eq!(all, [("a".to_owned(), "2".to_owned()), ("b".to_owned(), "3".to_owned())]);
    assert!(kept.write(|tx| tx.remove_document(NOBODY, Shelf::Tokens, "b")));
    assert!(!kept.write(|tx| tx.remove_document(NOBODY, Shelf::Tokens, "b")));
}

#[test]
fn a_part_of_a_transaction_is_taken_back_alone() {
    let kept = Kept::new();
    kept.write(|tx| {
        tx.insert(TENANT, &user("before", 1))?;
        let no = tx.nested(&mut |part| {
            part.insert(TENANT, &user("within", 1))?;
            Ok(false)
        })?;
        assert!(!no);
        let taken = tx.nested(&mut |part| {
            part.insert(TENANT, &user("within", 1))?;
            part.insert(TENANT, &user("BEFORE", 1))?;
            Ok(true)
        });
        assert_eq!(taken.unwrap_err().kind, StoreErrorKind::Taken("userName"));
        assert!(tx.nested(&mut |part| {
            part.insert(TENANT, &user("after", 1))?;
            Ok(true)
        })?);
        Ok(())
    });
    assert_eq!(kept.read(|read| read.count(TENANT, Kind::User)), 2);
    assert!(kept.read(|read| read.user_named(TENANT, "within")).is_none());
}

#[test]
fn a_job_that_panics_is_taken_back_alone() {
    let kept = Kept::new();
    let panicked = kept.try_write(|tx| {
        tx.insert(TENANT, &user("lost", 1))?;
        if tx.count(TENANT, Kind::User)? == 1 {
            panic!("on purpose");
        }
        Ok(())
    });
    assert_eq!(panicked.unwrap_err().kind, StoreErrorKind::Broken);
    kept.write(|tx| tx.insert(TENANT, &user("there", 1)));
    assert_eq!(kept.read(|read| read.count(TENANT, Kind::User)), 1);
}

#[test]
fn a_store_is_the_same_after_it_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let new = user("babs", 1);
    let id = new.id;
    for round in 0..3 {
        let sqlite = Sqlite::open(&path, &Options::default()).unwrap();
        let store = provisor_server::store::Store::new(sqlite);
        let new = new.clone();
        let done: Result<_, StoreError> = super::people::wait(store.write(move |tx| {
            if round == 0 {
                tx.insert(TENANT, &new)?;
            }
            tx.resource(TENANT, Kind::User, id)
        }));
        assert_eq!(done.unwrap().unwrap().version, 1);
    }
}

#[test]
fn a_second_server_is_refused() {
    let kept = Kept::new();
    let error =
        Sqlite::open(&kept.folder.path().join("store.db"), &Options::default()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Busy);
    assert!(error.detail.contains("in use by another server"), "{error}");
}

#[test]
fn groups_nested_deeper_than_the_limit_are_not_followed() {
    let kept = Kept::new();
    let babs = user("babs", 1);
    let id = babs.id;
    let chain: Vec<_> = (0..GROUP_NESTING + 3).map(|n| group(&format!("g{n}"), 1)).collect();
    let (inner, outer) = (chain[0].id, chain[GROUP_NESTING].id);
    let reached = chain[GROUP_NESTING - 1].id;
    kept.write(move |tx| {
        tx.insert(TENANT, &babs)?;
        let mut below = member(&babs);
        for one in &chain {
            tx.insert(TENANT, one)?;
            tx.add_members(TENANT, one.id, &[below])?;
            below = member(one);
        }
        Ok(())
    });
    let found = kept.read(move |read| read.groups_of(TENANT, id));
    assert_eq!(found.len(), GROUP_NESTING);
    let people = move |group: Id| {
        kept.read(move |read| {
            let mut people = 0;
            read.people_in(TENANT, group, &mut |_| {
                people += 1;
                Ok(true)
            })?;
            Ok(people)
        })
    };
    assert_eq!((people(inner), people(reached), people(outer)), (1, 1, 0));
}

// How long it takes, the load benchmark measures.
#[test]
fn a_group_of_100_000_members_is_deleted_whole() {
    let kept = Kept::new();
    let big = group("everybody", 1);
    let of = big.id;
    kept.write(move |tx| {
        tx.insert(TENANT, &big)?;
        let members: Vec<Member> =
            (0..100_000).map(|_| Member { id: Id::new(), kind: Kind::User }).collect();
        assert_eq!(tx.add_members(TENANT, of, &members)?.len(), 100_000);
        Ok(())
    });
    let one = Member { id: Id::new(), kind: Kind::User };
    kept.write(move |tx| tx.add_members(TENANT, of, &[one]));
    assert_eq!(kept.read(move |read| read.member_count(TENANT, of)), 100_001);
    kept.write(move |tx| tx.delete(TENANT, Kind::Group, of, Deletion::Remove, Timestamp(2)));
    assert_eq!(kept.read(move |read| read.member_count(TENANT, of)), 0);
    assert_eq!(kept.read(move |read| read.groups_of(TENANT, one.id)), []);
}
