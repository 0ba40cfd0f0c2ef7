//! Backup, restore and check; files that are not what they should be; no room; a crash.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use provisor_server::id::Kind;
use provisor_server::store::sqlite::{Options, Sqlite, maintain};
use provisor_server::store::{Member, Store, StoreErrorKind};

use super::people::{Kept, TENANT, group, user, wait};

fn path(kept: &Kept) -> std::path::PathBuf {
    kept.folder.path().join("store.db")
}

fn users_in(path: &Path) -> u64 {
    let store = Store::new(Sqlite::open(path, &Options::default()).unwrap());
    wait(store.read::<_, provisor_server::store::StoreError>(|read| read.count(TENANT, Kind::User)))
        .unwrap()
}

#[test]
fn a_backup_while_others_write_is_a_store_of_one_instant() {
    let kept = Kept::new();
    let staff = group("staff", 1);
    let of = staff.id;
    kept.write(move |tx| tx.insert(TENANT, &staff));
    let stop = Arc::new(AtomicBool::new(false));
    let writing = {
        let (store, stop) = (kept.store.clone(), Arc::clone(&stop));
        thread::spawn(move || {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                let new = user(&format!("u{number}"), 1);
                number += 1;
                wait(store.write(move |tx| {
                    tx.insert(TENANT, &new)?;
                    tx.add_members(TENANT, of, &[Member { id: new.id, kind: Kind::User }])
                }))
                .unwrap();
            }
            number
        })
    };
    let copies: Vec<_> = (0..5)
        .map(|number| {
            let to = kept.folder.path().join(format!("copy{number}.db"));
            assert!(maintain::backup(&path(&kept), &to).unwrap() > 0);
            to
        })
        .collect();
    let again = maintain::backup(&path(&kept), &copies[0]).unwrap_err();
    assert!(again.detail.contains("exists already"), "{again}");
    stop.store(true, Ordering::Relaxed);
    let written = writing.join().unwrap();
    for copy in &copies {
        assert_eq!(maintain::check(copy).unwrap().faults, [""; 0]);
        assert!(users_in(copy) <= written);
    }
    assert_eq!(maintain::check(&path(&kept)).unwrap().faults, [""; 0]);
}

#[test]
fn a_restored_store_is_that_of_the_backup_and_the_former_is_kept() {
    let kept = Kept::new();
    kept.write(|tx| tx.insert(TENANT, &user("one", 1)));
    let (store, copy) = (path(&kept), kept.folder.path().join("copy.db"));
    maintain::backup(&store, &copy).unwrap();
    kept.write(|tx| tx.insert(TENANT, &user("two", 1)));

    let refused = maintain::restore(&copy, &store, false).unwrap_err();
    assert!(refused.detail.contains("is a store already"), "{refused}");
    let in_use = maintain::restore(&copy, &store, true).unwrap_err();
    assert_eq!(in_use.kind, StoreErrorKind::Busy);

    let Kept { store: open, folder: _folder } = kept;
    drop(open);
    let former = maintain::restore(&copy, &store, true).unwrap().unwrap();
    assert_eq!(users_in(&store), 1);
    assert_eq!(users_in(&former), 2);
}

#[test]
fn a_log_that_was_left_over_is_not_taken_for_that_of_the_restored_store() {
    let kept = Kept::new();
    kept.write(|tx| tx.insert(TENANT, &user("one", 1)));
    let (store, copy) = (path(&kept), kept.folder.path().join("copy.db"));
    maintain::backup(&store, &copy).unwrap();
    kept.write(|tx| tx.insert(TENANT, &user("two", 1)));
    let log = kept.folder.path().join("store.db-wal");
    let left_over = fs::read(&log).unwrap();
    assert!(!left_over.is_empty());

    let Kept { store: open, folder } = kept;
    drop(open);
    fs::remove_file(&store).unwrap();
    fs::write(&log, left_over).unwrap();
    assert_eq!(maintain::restore(&copy, &store, false).unwrap(), None, "no store was there");
    assert_eq!(maintain::check(&store).unwrap().faults, [""; 0]);
    assert_eq!(users_in(&store), 1);
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let aside = |name: &std::ffi::OsString| {
        let name = name.to_str().unwrap();
        name.starts_with("store.db-before-") && name.ends_with("-wal")
    };
    assert_eq!(names.filter(aside).count(), 1, "it is kept beside");
}

#[test]
fn a_check_names_what_is_wrong() {
    let kept = Kept::new();
    let (babs, staff) = (user("babs", 1), group("staff", 1));
    let id = babs.id;
    kept.write(move |tx| {
        tx.insert(TENANT, &babs)?;
        tx.insert(TENANT, &staff)?;
        tx.add_members(TENANT, staff.id, &[Member { id: babs.id, kind: Kind::User }])
    });
    let report = maintain::check(&path(&kept)).unwrap();
    assert_eq!(report.faults, [""; 0]);
    assert_eq!(report.looked_at[..2], ["1 users", "1 groups"]);
    let conn = rusqlite::Connection::open(path(&kept)).unwrap();
    conn.execute_batch(
        "UPDATE resources SET body = '{' WHERE class = 0; UPDATE counts SET number = 7; \
         UPDATE members SET member = zeroblob(16)",
    )
    .unwrap();
    let faults = maintain::check(&path(&kept)).unwrap().faults;
    assert_eq!(
        faults,
        [
            "2 kept totals differ from what is there".to_owned(),
            "1 members are not there as users or groups".to_owned(),
            format!("the resource {id} is not kept as a JSON object"),
        ]
    );
}

#[test]
fn a_file_of_another_program_or_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| Sqlite::open(&folder.path().join(name), &Options::default());

    fs::write(folder.path().join("text.db"), "x".repeat(5_000)).unwrap();
    let error = open("text.db").unwrap_err();
    assert!(error.detail.contains("is not a store"), "{error}");

    let other = rusqlite::Connection::open(folder.path().join("other.db")).unwrap();
    other.execute_batch("CREATE TABLE things (a)").unwrap();
    let error = open("other.db").unwrap_err();
    assert!(error.detail.contains("a database of another program"), "{error}");

    drop(open("newer.db").unwrap());
    let newer = rusqlite::Connection::open(folder.path().join("newer.db")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    let error = open("newer.db").unwrap_err();
    assert!(error.detail.contains("version 99, written by a newer server"), "{error}");
    let error = maintain::check(&folder.path().join("newer.db")).unwrap_err();
    assert!(error.detail.contains("newer"), "{error}");
    assert!(maintain::check(&folder.path().join("none.db")).is_err());
}

#[test]
fn without_room_a_job_fails_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = Options { most_pages: Some(120), ..Options::default() };
    let store = Store::new(Sqlite::open(&path, &options).unwrap());
    let mut kept = 0;
    let error = loop {
        let name = format!("u{kept}");
        let written = wait(store.write(move |tx| {
            let mut new = user(&name, 1);
            new.body = format!(r#"{{"title":"{}"}}"#, "x".repeat(20_000));
            tx.insert(TENANT, &new)?;
            // Whoever goes on after a failure keeps nothing either.
            let second = tx.insert(TENANT, &user(&format!("{name}-second"), 1));
            tx.append_audit(TENANT, None, new.at, "{}")?;
            second
        }));
        match written {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1_000, "it was never full");
    };
    assert_eq!(error.kind, StoreErrorKind::Full);
    assert!(kept > 0);
    // Small things may still fit; what was refused is not there.
    let count = wait(store.read::<_, provisor_server::store::StoreError>(|read| {
        Ok((read.count(TENANT, Kind::User)?, read.audit(TENANT, None, 0, 1_000)?.len()))
    }));
    assert_eq!(count, Ok((2 * kept, usize::try_from(kept).unwrap())));
    drop(store);
    assert_eq!(maintain::check(&path).unwrap().faults, [""; 0]);
}

// A copy of the file and its log at any moment is what a crash leaves.
#[test]
fn what_was_acknowledged_before_a_crash_is_there_after_it() {
    let kept = Kept::new();
    let crashes = tempfile::tempdir().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let store = kept.store.clone();
            thread::spawn(move || {
                for number in 0..40 {
                    let new = user(&format!("t{thread}-{number}"), 1);
                    wait(store.write(move |tx| tx.insert(TENANT, &new))).unwrap();
                }
            })
        })
        .collect();
    for crash in 0..6 {
        let acknowledged = kept.read(|read| read.count(TENANT, Kind::User));
        let copy = crashes.path().join(format!("crash{crash}.db"));
        // The file first: a log that is longer than the file knows is a log that goes on.
        fs::copy(path(&kept), &copy).unwrap();
        fs::copy(
            kept.folder.path().join("store.db-wal"),
            crashes.path().join(format!("crash{crash}.db-wal")),
        )
        .unwrap();
        assert!(users_in(&copy) >= acknowledged);
        assert_eq!(maintain::check(&copy).unwrap().faults, [""; 0]);
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(kept.read(|read| read.count(TENANT, Kind::User)), 160);
}

#[test]
fn thirty_two_threads_write_and_every_answer_is_true() {
    let kept = Kept::new();
    let threads: Vec<_> = (0..32)
        .map(|thread| {
            let store = kept.store.clone();
            thread::spawn(move || {
                let mut won = 0;
                for number in 0..20 {
                    // Everybody wants the same names; one of all gets each.
                    let new = user(&format!("n{number}"), thread);
                    let id = new.id;
                    let written = wait(store.write(move |tx| {
                        tx.append_feed(TENANT, id, new.at, "{}")?;
                        tx.insert(TENANT, &new)
                    }));
                    match written {
                        Ok(()) => won += 1,
                        Err(error) => assert_eq!(error.kind, StoreErrorKind::Taken("userName")),
                    }
                }
                won
            })
        })
        .collect();
    let won: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(won, 20);
    let (count, feed) =
        kept.read(|read| Ok((read.count(TENANT, Kind::User)?, read.feed(TENANT, 0, 10_000)?)));
    assert_eq!(count, 20);
    let numbers: Vec<u64> = feed.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<u64>>());
    assert_eq!(maintain::check(&path(&kept)).unwrap().faults, [""; 0]);
}

#[test]
fn the_log_stays_short_under_a_stream_of_writes_and_is_gone_after_closing() {
    let kept = Kept::new();
    let log = kept.folder.path().join("store.db-wal");
    let new = user("babs", 1);
    let mut longest = 0;
    kept.write({
        let new = new.clone();
        move |tx| tx.insert(TENANT, &new)
    });
    for number in 0..1_500 {
        let mut new = new.clone();
        new.body = format!(r#"{{"title":"{}{number}"}}"#, "x".repeat(40_000));
        kept.write(move |tx| tx.update(TENANT, &new));
        longest = longest.max(fs::metadata(&log).unwrap().len());
    }
    // 60 MB were written.
    assert!(longest < 40_000_000, "{longest}");
    let Kept { store, folder: _folder } = kept;
    drop(store);
    assert!(!log.exists() || fs::metadata(&log).unwrap().len() == 0);
}
