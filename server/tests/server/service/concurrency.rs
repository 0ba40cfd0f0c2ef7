//! Many at once: what each is told is what the store holds.

use std::sync::Arc;

use provisor::json::Json;
use provisor_server::error::ScimError;
use provisor_server::protocol::Condition;

use super::world::{Group, User, World, if_match, json, patch_body, user_body, user_with};

const MANY: usize = 32;

fn at_once<T: Send + 'static, F>(work: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let tasks: Vec<_> = (0..MANY).map(|number| runtime.spawn(work(number))).collect();
    runtime.block_on(async {
        let mut all = Vec::new();
        for task in tasks {
            all.push(task.await.unwrap());
        }
        all
    })
}

#[test]
fn patches_that_add_one_member_each_all_count() {
    let world = World::new();
    let users: Vec<String> = (0..MANY).map(|number| world.user(&format!("u{number}"))).collect();
    let staff = world.group("staff", &[]);
    let outcomes = at_once(|number| {
        let (service, call, staff) = (world.service.clone(), world.call(), staff.clone());
        let user = &users[number];
        let body = patch_body(&format!(
            r#"{{"op":"add","path":"members","value":[{{"value":"{user}"}}]}}"#
        ));
        async move { service.patch(&call, Group, &staff, body, &Condition::default()).await.map(|_| ()) }
    });
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(world.members(&staff).len(), MANY);
    assert_eq!(world.version(Group, &staff), format!("W/\"{}\"", MANY + 1));
}

#[test]
fn of_creates_with_one_user_name_one_succeeds() {
    let world = World::new();
    let outcomes: Vec<Result<Json, ScimError>> = at_once(|_| {
        let (service, call) = (world.service.clone(), world.call());
        async move {
            service.create(&call, User, json(&user_body("babs"))).await.map(|one| one.resource)
        }
    });
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    let refused = outcomes.iter().filter_map(|one| one.as_ref().err());
    assert!(refused.map(|error| error.status).all(|status| status == 409));
    assert_eq!(world.find(&[User], "userName eq \"babs\""), ["babs"]);
}

#[test]
fn of_writers_with_one_etag_one_succeeds() {
    let world = Arc::new(World::new());
    let babs = world.user("babs");
    let outcomes: Vec<Result<Json, ScimError>> = at_once(|number| {
        let (service, call, babs) = (world.service.clone(), world.call(), babs.clone());
        let body = json(&user_with("babs", &format!(r#","title":"{number}""#)));
        async move {
            let condition = if_match(r#"W/"1""#);
            service.replace(&call, User, &babs, body, &condition).await.map(|one| one.resource)
        }
    });
    let won: Vec<&Json> = outcomes.iter().filter_map(|one| one.as_ref().ok()).collect();
    assert_eq!(won.len(), 1);
    let refused = outcomes.iter().filter_map(|one| one.as_ref().err());
    assert!(refused.map(|error| error.status).all(|status| status == 412));
    assert_eq!(&world.get(User, &babs).unwrap(), won[0]);
}
