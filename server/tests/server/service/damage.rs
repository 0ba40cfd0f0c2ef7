//! A stored body that cannot be read, since the disk or another program has written into it: the
//! server says that it cannot go on, and changes nothing.

use provisor_server::protocol::{BulkRequest, ListQuery};
use provisor_server::store::sqlite::{Options, Sqlite};
use rusqlite::Connection;

use super::world::{Group, User, World, group_body, operation, refused, user_body, wait};

/// A user and a group whose bodies are no JSON objects any more.
struct Damaged {
    world: World,
    user: String,
    group: String,
    other: Connection,
    _folder: tempfile::TempDir,
}

impl Damaged {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let world = World::on(Sqlite::open(&path, &Options::default()).unwrap(), |_| {});
        let user = world.user("babs");
        let group = world.group("staff", &[&user]);
        let other = Connection::open(&path).unwrap();
        other.execute("UPDATE resources SET body = '{\"userName\":\"ba'", []).unwrap();
        Self { world, user, group, other, _folder: folder }
    }

    /// Everything that can change, as text.
    fn kept(&self) -> Vec<String> {
        let sql = "SELECT class || ' ' || version || ' ' || body FROM resources \
                   UNION ALL SELECT 'member ' || class FROM members ORDER BY 1";
        let mut statement = self.other.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

#[test]
fn it_is_not_shown_as_if_it_were_empty() {
    let Damaged { world, user, group, .. } = &Damaged::new();
    refused(world.get(User, user), 500, None);
    refused(world.get(Group, group), 500, None);
    for query in [
        ListQuery::default(),
        ListQuery { filter: Some("title co \"x\"".to_owned()), ..ListQuery::default() },
        ListQuery { sort_by: Some("title".to_owned()), ..ListQuery::default() },
    ] {
        refused(world.list(&[User], &query), 500, None);
    }
}

#[test]
fn no_change_is_made_to_it() {
    let damaged = Damaged::new();
    let Damaged { world, user, group, .. } = &damaged;
    let before = damaged.kept();
    refused(world.replace(User, user, &user_body("babs")), 500, None);
    refused(world.replace(Group, group, &group_body("staff", &[])), 500, None);
    let title = r#"{"op":"replace","path":"title","value":"t"}"#;
    refused(world.patch(User, user, title), 500, None);
    let nobody = r#"{"op":"remove","path":"members"}"#;
    refused(world.patch(Group, group, nobody), 500, None);
    let operations = vec![
        operation("POST", "/Users", "q", &user_body("cleo")),
        operation("PUT", &format!("/Users/{user}"), "", &user_body("babs")),
    ];
    let request = BulkRequest { fail_on_errors: None, operations };
    refused(wait(world.service.bulk(&world.call(), request)), 500, None);
    assert_eq!(damaged.kept(), before);
}
