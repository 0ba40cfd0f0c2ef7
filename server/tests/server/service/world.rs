//! A service on a new store, and short ways to ask it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use provisor::json::Json;
use provisor::scim;
use provisor_server::auth::{Principal, Scopes};
use provisor_server::clock::{Clock, Timestamp};
use provisor_server::entitlements::{Cause, Entitlements};
use provisor_server::error::{ScimError, ScimType};
use provisor_server::id::{Kind, TenantId};
use provisor_server::protocol::schemas::built_in;
use provisor_server::protocol::{
    BulkOperation, BulkRequest, BulkResult, Condition, ListQuery, Listed, Projection, Tags,
};
use provisor_server::service::{Call, Got, Service, Settings, Shown};
use provisor_server::store::sqlite::{Options, Sqlite};
use provisor_server::store::{Deletion, Store};

pub(crate) use Kind::{Group, User};

pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) call: Call,
    pub(crate) now: Arc<AtomicI64>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::on(Sqlite::temporary(&Options::default()).unwrap(), change)
    }

    pub(crate) fn on(sqlite: Sqlite, change: impl FnOnce(&mut Settings)) -> Self {
        let now = Arc::new(AtomicI64::new(1_700_000_000_000));
        let mut settings = Settings {
            user_deletion: Deletion::Remove,
            patch: scim::patch::Options::lenient(),
            resource: scim::resource::Options::lenient(),
            filter: scim::filter::Options::lenient(),
            bulk_operations: 100,
            body_bytes: 1 << 20,
            page: 50,
        };
        change(&mut settings);
        let held = Arc::clone(&now);
        let service = Service {
            store: Store::new(sqlite),
            schemas: Arc::new(built_in().unwrap()),
            entitlements: Arc::new(Entitlements::default()),
            clock: Clock::of(move || Timestamp(held.load(Ordering::SeqCst))),
            settings: Arc::new(settings),
        };
        let call = call(TenantId(1));
        Self { service, call, now }
    }

    /// The request of now; time passes with each.
    pub(crate) fn call(&self) -> Call {
        let mut call = self.call.clone();
        call.cause.at = Timestamp(self.now.fetch_add(1_000, Ordering::SeqCst));
        call
    }

    pub(crate) fn create(&self, kind: Kind, body: &str) -> Result<Json, ScimError> {
        wait(self.service.create(&self.call(), kind, json(body))).map(|shown| shown.resource)
    }

    /// A user; its id.
    pub(crate) fn user(&self, name: &str) -> String {
        id(&self.create(User, &user_body(name)).unwrap())
    }

    /// A group of these; its id.
    pub(crate) fn group(&self, name: &str, members: &[&str]) -> String {
        id(&self.create(Group, &group_body(name, members)).unwrap())
    }

    pub(crate) fn get(&self, kind: Kind, id: &str) -> Result<Json, ScimError> {
        match wait(self.service.read(&self.call(), kind, id, &Condition::default()))? {
            Got::Resource(shown) => Ok(shown.resource),
            Got::NotModified(_) => panic!("304 without a condition"),
        }
    }

    pub(crate) fn replace(&self, kind: Kind, id: &str, body: &str) -> Result<Json, ScimError> {
        let none = Condition::default();
        wait(self.service.replace(&self.call(), kind, id, json(body), &none))
            .map(|shown| shown.resource)
    }

    pub(crate) fn patch(&self, kind: Kind, id: &str, operations: &str) -> Result<Shown, ScimError> {
        let none = Condition::default();
        wait(self.service.patch(&self.call(), kind, id, patch_body(operations), &none))
    }

    pub(crate) fn delete(&self, kind: Kind, id: &str) -> Result<(), ScimError> {
        wait(self.service.delete(&self.call(), kind, id, &Condition::default()))
    }

    pub(crate) fn list(&self, kinds: &[Kind], query: &ListQuery) -> Result<Listed, ScimError> {
        wait(self.service.list(&self.call(), kinds, query))
    }

    /// `userName` or `displayName` of what a filter finds, in order.
    pub(crate) fn find(&self, kinds: &[Kind], filter: &str) -> Vec<String> {
        let query = ListQuery { filter: Some(filter.to_owned()), ..ListQuery::default() };
        let listed = self.list(kinds, &query).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(listed.total, Some(listed.resources.len() as u64), "{filter}");
        names(&listed)
    }

    pub(crate) fn bulk(&self, operations: Vec<BulkOperation>) -> Vec<BulkResult> {
        self.bulk_until(None, operations)
    }

    pub(crate) fn bulk_until(
        &self,
        fail_on_errors: Option<u64>,
        operations: Vec<BulkOperation>,
    ) -> Vec<BulkResult> {
        let request = BulkRequest { fail_on_errors, operations };
        wait(self.service.bulk(&self.call(), request)).unwrap().operations
    }

    pub(crate) fn version(&self, kind: Kind, id: &str) -> String {
        let resource = self.get(kind, id).unwrap();
        text(&resource, &["meta", "version"])
    }

    pub(crate) fn members(&self, id: &str) -> Vec<String> {
        let group = self.get(Group, id).unwrap();
        let members = group.get("members").and_then(Json::as_array).unwrap_or_default();
        members.iter().map(|member| text(member, &["value"])).collect()
    }
}

pub(crate) fn call(tenant: TenantId) -> Call {
    let name = "test".to_owned();
    Call {
        principal: Principal {
            tenant,
            name: name.clone(),
            scopes: Scopes { read: true, write: true, admin: false },
            user: None,
            dialect: None,
        },
        cause: Cause { tenant, at: Timestamp(0), actor: name, request: "r1".to_owned() },
        base: "https://example.com/scim/v2".into(),
        projection: Projection::Default,
    }
}

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

pub(crate) fn json(text: &str) -> Json {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn user_body(name: &str) -> String {
    user_with(name, "")
}

/// A user with more: `,"title":"…"`.
pub(crate) fn user_with(name: &str, more: &str) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}"{more}}}"#
    )
}

pub(crate) fn group_body(name: &str, members: &[&str]) -> String {
    let members: Vec<String> = members.iter().map(|id| format!(r#"{{"value":"{id}"}}"#)).collect();
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{name}","members":[{}]}}"#,
        members.join(",")
    )
}

pub(crate) fn patch_body(operations: &str) -> Json {
    json(&format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operations}]}}"#
    ))
}

pub(crate) fn operation(method: &str, path: &str, bulk_id: &str, data: &str) -> BulkOperation {
    BulkOperation {
        method: method.to_owned(),
        bulk_id: Some(bulk_id.to_owned()).filter(|id| !id.is_empty()),
        path: path.to_owned(),
        version: None,
        data: Some(data).filter(|data| !data.is_empty()).map(json),
    }
}

pub(crate) fn if_match(version: &str) -> Condition {
    Condition { if_match: Tags::parse(version), if_none_match: None }
}

pub(crate) fn id(resource: &Json) -> String {
    text(resource, &["id"])
}

/// The text at a path; empty where there is none.
pub(crate) fn text(resource: &Json, path: &[&str]) -> String {
    let mut here = resource;
    for name in path {
        match here.get(name) {
            Some(value) => here = value,
            None => return String::new(),
        }
    }
    here.as_str().map_or_else(|| here.to_string(), str::to_owned)
}

pub(crate) fn names(listed: &Listed) -> Vec<String> {
    let name = |resource: &Json| {
        let user = text(resource, &["userName"]);
        if user.is_empty() { text(resource, &["displayName"]) } else { user }
    };
    listed.resources.iter().map(name).collect()
}

/// Asserts what a refusal says.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(
    outcome: Result<T, ScimError>,
    status: u16,
    scim_type: Option<ScimType>,
) -> String {
    let error = outcome.unwrap_err();
    assert_eq!((error.status, error.scim_type), (status, scim_type), "{error}");
    assert!(!error.detail.is_empty());
    error.detail
}
