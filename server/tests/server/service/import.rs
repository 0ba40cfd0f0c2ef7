//! Lines of an import, and whom they mean.

use provisor_server::service::import::{Imported, Memory};

use super::world::{User, World, text, user_body, user_with, wait};

fn import(world: &World, line: &str) -> Imported {
    let lines = vec![(1, line.as_bytes().to_vec())];
    let (mut done, _) =
        wait(world.service.import(&world.call(), lines, Memory::default())).unwrap();
    done.pop().unwrap().1
}

// RFC 8265, 3.3: a name in characters of another width is the same name.
#[test]
fn somebody_is_found_by_their_name_in_any_width() {
    let world = World::new();
    let ana = world.user("ana@acme.example");
    let line = user_with("ＡＮＡ＠acme.example", r#","title":"Boss""#);
    assert_eq!(import(&world, &line), Imported::Changed(User));
    assert_eq!(text(&world.get(User, &ana).unwrap(), &["title"]), "Boss");
    assert_eq!(import(&world, &user_body("ben")), Imported::Created(User));
}

#[test]
fn a_name_of_several_needs_an_id() {
    let world = World::new();
    let shared = r#","externalId":"7""#;
    for name in ["ana", "ben"] {
        world.create(User, &user_with(name, shared)).unwrap();
    }
    let Imported::Refused(error) = import(&world, &user_with("cleo", shared)) else {
        panic!("the line is taken")
    };
    assert!(error.detail.contains("several resources have this `externalId`"), "{error}");
    let other_case = user_with("cleo", r#","externalId":"x""#);
    assert_eq!(import(&world, &other_case), Imported::Created(User));
    let line = user_with("cleo", r#","externalId":"X""#);
    assert_eq!(import(&world, &line), Imported::Changed(User));
}
