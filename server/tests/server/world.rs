//! A directory on the real store, written as the service writes it, with the entitlements told
//! of everything in the same transaction.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use provisor::reconcile::Record;
use provisor_server::clock::{Clock, Timestamp};
use provisor_server::entitlements::{
    Cause, Entitlements, Happening, Options, Put, PutRefused, RulesText, versions::Placed,
};
use provisor_server::error::ScimError;
use provisor_server::id::{Id, Kind, TenantId};
use provisor_server::store::sqlite::{self, Sqlite};
use provisor_server::store::{Deletion, Entry, Member, NewResource, Read, Store, Write};
use serde_json::{Value, json};

pub(crate) const TENANT: TenantId = TenantId(1);

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) entitlements: Arc<Entitlements>,
    pub(crate) now: Arc<AtomicI64>,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&folder.path().join("db"), &sqlite::Options::default()).unwrap();
        Self {
            store: Store::new(sqlite),
            entitlements: Arc::new(Entitlements::new(options)),
            now: Arc::new(AtomicI64::new(1_000)),
            folder,
        }
    }

    /// The same store after the process died: what was compiled or running is gone.
    pub(crate) fn restarted(self) -> Self {
        Self { entitlements: Arc::default(), ..self }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Clock::of(move || Timestamp(now.load(Ordering::SeqCst)))
    }

    pub(crate) fn pass(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) fn cause(&self) -> Cause {
        Cause {
            tenant: TENANT,
            at: self.clock().now(),
            actor: "entra".into(),
            request: "r-1".into(),
        }
    }

    pub(crate) async fn put(&self, text: &str) -> Result<Placed, PutRefused> {
        let text = RulesText::single("sales.rules", text);
        let put = Put { text, origin: "api", expected: None };
        self.entitlements.put_rules(&self.store, &self.cause(), put).await
    }

    /// Puts rules and brings them to everybody.
    pub(crate) async fn rules(&self, text: &str) -> Placed {
        let placed = self.put(text).await.unwrap();
        self.work_off().await;
        placed
    }

    pub(crate) async fn work_off(&self) {
        self.entitlements.work_off(&self.store, &self.clock()).await.unwrap();
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Write, &Entitlements, &Cause) -> Result<T, ScimError> + Send + 'static,
    ) -> Result<T, ScimError> {
        let (entitlements, cause) = (Arc::clone(&self.entitlements), self.cause());
        self.store.write(move |tx| work(tx, &entitlements, &cause)).await
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Read, &Entitlements) -> Result<T, ScimError> + Send + 'static,
    ) -> T {
        let entitlements = Arc::clone(&self.entitlements);
        self.store.read(move |tx| work(tx, &entitlements)).await.unwrap()
    }

    pub(crate) async fn create(&self, user: Value) -> Id {
        let id = Id::new();
        let new = self.resource(id, Kind::User, &user);
        self.write(move |tx, entitlements, cause| {
            tx.insert(TENANT, &new)?;
            entitlements.happened(tx, cause, &Happening::UserCreated(id))
        })
        .await
        .unwrap();
        id
    }

    pub(crate) async fn update(&self, id: Id, user: Value) {
        let new = self.resource(id, Kind::User, &user);
        self.write(move |tx, entitlements, cause| {
            tx.update(TENANT, &new)?;
            entitlements.happened(tx, cause, &Happening::UserUpdated(id))
        })
        .await
        .unwrap();
    }

    pub(crate) async fn delete(&self, id: Id) {
        self.write(move |tx, entitlements, cause| {
            tx.delete(TENANT, Kind::User, id, Deletion::Remove, cause.at)?;
            entitlements.happened(tx, cause, &Happening::UserDeleted(id))
        })
        .await
        .unwrap();
    }

    pub(crate) async fn group(&self, name: &str) -> Id {
        let id = Id::new();
        let new = self.resource(id, Kind::Group, &json!({ "displayName": name }));
        self.write(move |tx, entitlements, cause| {
            tx.insert(TENANT, &new)?;
            entitlements.happened(tx, cause, &Happening::GroupCreated(id))
        })
        .await
        .unwrap();
        id
    }

    pub(crate) async fn join(&self, group: Id, users: &[Id]) {
        let members: Vec<Member> =
            users.iter().map(|id| Member { id: *id, kind: Kind::User }).collect();
        self.join_all(group, members).await;
    }

    pub(crate) async fn join_all(&self, group: Id, members: Vec<Member>) {
        self.write(move |tx, entitlements, cause| {
            let added = tx.add_members(TENANT, group, &members)?;
            touch(tx, cause, &added)?;
            let what = Happening::MembersChanged { group, added, removed: Vec::new() };
            entitlements.happened(tx, cause, &what)
        })
        .await
        .unwrap();
    }

    pub(crate) async fn leave(&self, group: Id, users: &[Id]) {
        let users = users.to_vec();
        self.write(move |tx, entitlements, cause| {
            let removed = tx.remove_members(TENANT, group, &users)?;
            touch(tx, cause, &removed)?;
            let what = Happening::MembersChanged { group, added: Vec::new(), removed };
            entitlements.happened(tx, cause, &what)
        })
        .await
        .unwrap();
    }

    pub(crate) async fn rename(&self, group: Id, former: &str, to: &str) {
        let new = self.resource(group, Kind::Group, &json!({ "displayName": to }));
        let former = former.to_owned();
        self.write(move |tx, entitlements, cause| {
            tx.update(TENANT, &new)?;
            tx.add_former_name(TENANT, group, &former)?;
            entitlements.happened(tx, cause, &Happening::GroupRenamed { group, former })
        })
        .await
        .unwrap();
    }

    /// Deletes a group as its rules want it; says whether it is kept.
    pub(crate) async fn delete_group(&self, id: Id) -> Deletion {
        self.write(move |tx, entitlements, cause| {
            let group = tx.resource(TENANT, Kind::Group, id)?.unwrap();
            let mut people = Vec::new();
            tx.people_in(TENANT, id, &mut |user| {
                people.push(user);
                Ok(true)
            })?;
            let how = entitlements.deletion_of(tx, TENANT, &group)?;
            tx.delete(TENANT, Kind::Group, id, how, cause.at)?;
            for user in &people {
                tx.touch(TENANT, Kind::User, *user, cause.at)?;
            }
            entitlements.happened(tx, cause, &Happening::GroupDeleted { group, people })?;
            Ok(how)
        })
        .await
        .unwrap()
    }

    pub(crate) async fn record(&self, id: Id) -> Option<Record> {
        let kept = self.read(move |tx, _| Ok(tx.entitlement(TENANT, id)?)).await;
        kept.map(|kept| serde_json::from_str(&kept.record).unwrap())
    }

    /// What the User shows, without when it was decided.
    pub(crate) async fn shown(&self, id: Id) -> Value {
        let shown = self.read(move |tx, e| e.shown(tx, TENANT, id)).await;
        let mut shown: Value =
            shown.map_or(Value::Null, |shown| serde_json::from_str(&shown.to_string()).unwrap());
        if let Some(shown) = shown.as_object_mut() {
            assert!(shown.remove("decidedAt").is_some());
        }
        shown
    }

    pub(crate) async fn seats(&self, id: Id) -> Vec<String> {
        let record = self.record(id).await;
        record.map_or_else(Vec::new, |record| record.now.seats.into_iter().collect())
    }

    pub(crate) async fn version(&self, id: Id) -> u64 {
        self.read(move |tx, _| Ok(tx.resource(TENANT, Kind::User, id)?.unwrap().version)).await
    }

    /// Bodies of the feed after a number.
    pub(crate) async fn feed(&self, after: u64) -> Vec<Value> {
        self.read(move |tx, _| Ok(bodies(tx.feed(TENANT, after, 10_000)?))).await
    }

    pub(crate) async fn audit(&self, about: Option<Id>) -> Vec<Value> {
        self.read(move |tx, _| Ok(bodies(tx.audit(TENANT, about, 0, 10_000)?))).await
    }

    pub(crate) fn resource(&self, id: Id, kind: Kind, body: &Value) -> NewResource {
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        NewResource {
            id,
            kind,
            body: body.to_string(),
            user_name: text("userName"),
            display_name: text("displayName"),
            external_id: text("externalId"),
            active: body["active"].as_bool(),
            emails: Vec::new(),
            at: self.clock().now(),
        }
    }
}

/// Marks those as changed whose `groups` show who came or left.
fn touch(tx: &dyn Write, cause: &Cause, members: &[Member]) -> Result<(), ScimError> {
    let mut people = BTreeSet::new();
    for member in members {
        match member.kind {
            Kind::User => {
                people.insert(member.id);
            }
            Kind::Group => tx.people_in(TENANT, member.id, &mut |user| {
                people.insert(user);
                Ok(true)
            })?,
        }
    }
    for user in people {
        tx.touch(TENANT, Kind::User, user, cause.at)?;
    }
    Ok(())
}

fn bodies(entries: Vec<Entry>) -> Vec<Value> {
    entries.into_iter().map(|entry| serde_json::from_str(&entry.body).unwrap()).collect()
}
