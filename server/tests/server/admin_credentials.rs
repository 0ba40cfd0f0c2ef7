//! Tokens, clients and tenants through the admin API of a whole server, and what they open then.

use provisor_server::clock::Clock;
use provisor_server::run::Server;
use serde_json::{Value, json};

use super::http_support::client;
use super::start::config;

/// A server with the token of its first start.
struct Api {
    server: Server,
    admin: String,
    _folder: tempfile::TempDir,
}

impl Api {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let flags = [("database", file.to_str().unwrap())];
        let server = Server::start(config(&flags), Clock::system()).await.unwrap();
        let admin = server.first_token().unwrap().expose().to_owned();
        Self { server, admin, _folder: folder }
    }

    async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let client = client();
        let url = format!("{}/admin/v1{path}", self.server.http().url());
        let request = client.request(method.parse().unwrap(), url).bearer_auth(token);
        let request = match body {
            Value::Null => request,
            body => request.body(body.to_string()),
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn admin(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.call(&self.admin, method, path, body).await
    }

    /// The status of a read of `/Users`.
    async fn read(&self, token: &str) -> u16 {
        let client = client();
        let url = format!("{}/scim/v2/Users", self.server.http().url());
        client.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    }

    async fn make(&self, by: &str, new: Value) -> String {
        let (status, made) = self.call(by, "POST", "/tokens", new).await;
        assert_eq!(status, 201, "{made}");
        made["token"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_shown_once_rotated_and_revoked_at_once() {
    let api = Api::new().await;
    let new = json!({ "name": "okta", "scopes": ["scim:read"], "lifetime": "90d",
                      "dialect": "okta" });
    let token = api.make(&api.admin, new.clone()).await;
    assert_eq!(api.read(&token).await, 200);
    let (status, _) = api.admin("POST", "/tokens", new).await;
    assert_eq!(status, 409, "its name is taken");

    let (_, list) = api.admin("GET", "/tokens", Value::Null).await;
    assert!(!list.to_string().contains(&token), "a list shows no secret");
    let okta = &list["tokens"][1];
    assert_eq!((&okta["name"], &okta["dialect"]), (&json!("okta"), &json!("okta")));
    assert_eq!(okta["scopes"], json!(["scim:read"]));
    assert!(okta["expires"].is_string() && okta["user"].is_null());

    let (status, next) = api.admin("POST", "/tokens/okta/rotate", json!({ "overlap": "0s" })).await;
    assert_eq!((status, &next["dialect"]), (201, &json!("okta")));
    assert_eq!(api.read(&token).await, 401, "the overlap is over");
    let next = next["token"].as_str().unwrap();
    assert_eq!(api.read(next).await, 200);
    let revoked = api.admin("DELETE", "/tokens/okta", Value::Null).await;
    assert_eq!(revoked, (200, json!({ "revoked": 1 })));
    assert_eq!(api.read(next).await, 401, "also what was remembered of it is forgotten");
    assert_eq!(api.admin("DELETE", "/tokens/okta", Value::Null).await.0, 404);

    let (_, audit) = api.admin("GET", "/audit", Value::Null).await;
    let what: Vec<_> = audit["entries"].as_array().unwrap().iter().map(|e| &e["what"]).collect();
    assert_eq!(what, ["tokenMade", "tokenRotated", "tokenRevoked"]);
    assert_eq!(
        (&audit["entries"][0]["actor"], &audit["entries"][0]["name"]),
        (&json!("first"), &json!("okta"))
    );
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_is_refused_with_words() {
    let api = Api::new().await;
    for (new, status, words) in [
        (json!({ "name": "a", "scopes": ["scim:raed"] }), 400, "there is no scope `scim:raed`"),
        (json!({ "name": "a", "scopes": [] }), 400, "no scope is named"),
        (json!({ "name": "", "scopes": ["admin"] }), 400, "a name has"),
        (json!({ "name": "a", "scopes": ["admin"], "lifetime": "soon" }), 400, "`lifetime`"),
        (json!({ "name": "a", "scopes": ["admin"], "user": "ana" }), 400, "`user`"),
        (json!({ "name": "a", "scopes": ["admin"], "dialect": "entar" }), 400, "`entra`"),
        (json!({ "name": "a", "scopes": ["admin"], "tenant": "defualt" }), 404, "`default`"),
        (json!({ "name": "a", "scopes": ["admin"], "colour": 1 }), 400, "colour"),
    ] {
        let (got, answer) = api.admin("POST", "/tokens", new.clone()).await;
        assert_eq!(got, status, "{new}");
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
    }
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_of_a_tenant_look_after_their_own_and_see_no_other() {
    let api = Api::new().await;
    let (status, tenant) = api.admin("POST", "/tenants", json!({ "name": "acme" })).await;
    assert_eq!((status, &tenant["number"]), (201, &json!(2)));
    let acme = json!({ "name": "boss", "scopes": ["admin"], "tenant": "acme" });
    let boss = api.make(&api.admin, acme).await;
    let own = api.make(&boss, json!({ "name": "hr", "scopes": ["scim:write"] })).await;
    assert_eq!(api.read(&own).await, 200);

    let (_, seen) = api.call(&boss, "GET", "/tokens", Value::Null).await;
    let tenants: Vec<_> = seen["tokens"].as_array().unwrap().iter().map(|t| &t["tenant"]).collect();
    assert_eq!(tenants, [2, 2]);
    let (_, all) = api.admin("GET", "/tokens", Value::Null).await;
    assert_eq!(all["tokens"].as_array().unwrap().len(), 3);

    let foreign = |tenant: &str| json!({ "name": "x", "scopes": ["admin"], "tenant": tenant });
    for (method, path, body, status) in [
        ("POST", "/tokens", foreign("default"), 403),
        ("POST", "/tokens", foreign("nobody"), 403),
        ("POST", "/clients", foreign("1"), 403),
        ("DELETE", "/tokens/first", Value::Null, 404),
        ("POST", "/tokens/first/rotate", Value::Null, 404),
        ("GET", "/tenants", Value::Null, 403),
        ("POST", "/tenants", json!({ "name": "x" }), 403),
        ("PATCH", "/tenants/acme", json!({ "dialect": "entra" }), 403),
        ("DELETE", "/tenants/default", Value::Null, 403),
    ] {
        assert_eq!(api.call(&boss, method, path, body).await.0, status, "{method} {path}");
    }
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_and_its_tokens_go_together() {
    let api = Api::new().await;
    let new = json!({ "name": "hr", "scopes": ["scim:read"] });
    let (status, client) = api.admin("POST", "/clients", new).await;
    assert_eq!(status, 201, "{client}");
    let (id, secret) = (client["id"].as_str().unwrap(), client["secret"].as_str().unwrap());
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let granted = super::http_support::client();
    let granted = granted.post(format!("{}/oauth2/token", api.server.http().url()));
    let granted = granted.header("content-type", "application/x-www-form-urlencoded").body(form);
    let granted: Value = granted.send().await.unwrap().json().await.unwrap();
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(api.read(token).await, 200);
    let (_, list) = api.admin("GET", "/clients", Value::Null).await;
    assert_eq!(list["clients"][0]["id"], id);
    assert!(!list.to_string().contains(secret));
    let path = format!("/clients/{id}");
    assert_eq!(api.admin("DELETE", &path, Value::Null).await.0, 204);
    // By name too, where one has it.
    let new = json!({ "name": "twin", "scopes": ["scim:read"] });
    api.admin("POST", "/clients", new.clone()).await;
    let (_, twin) = api.admin("POST", "/clients", new).await;
    assert_eq!(api.admin("DELETE", "/clients/twin", Value::Null).await.0, 409);
    let path = format!("/clients/{}", twin["id"].as_str().unwrap());
    assert_eq!(api.admin("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(api.admin("DELETE", "/clients/twin", Value::Null).await.0, 204);
    let brief = json!({ "name": "brief", "scopes": ["scim:read"], "lifetime": "0s" });
    assert_eq!(api.admin("POST", "/tokens", brief).await.0, 400);
    // As answers say it.
    let numbered = json!({ "name": "numbered", "scopes": ["scim:read"], "tenant": 1 });
    assert_eq!(api.admin("POST", "/tokens", numbered).await.1["tenant"], 1);
    assert_eq!(api.read(token).await, 401);
    assert_eq!(api.admin("DELETE", &path, Value::Null).await.0, 404);
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_made_set_and_removed_with_its_tokens() {
    let api = Api::new().await;
    let acme = json!({ "name": "acme", "dialect": "okta" });
    assert_eq!(api.admin("POST", "/tenants", acme.clone()).await.1["dialect"], "okta");
    assert_eq!(api.admin("POST", "/tenants", acme).await.0, 409);
    let (status, set) = api.admin("PATCH", "/tenants/acme", json!({ "dialect": null })).await;
    assert_eq!((status, &set["dialect"]), (200, &Value::Null));
    assert_eq!(api.admin("PATCH", "/tenants/acme", json!({})).await.0, 400);
    let new = json!({ "name": "hr", "scopes": ["scim:write"], "tenant": "2" });
    let token = api.make(&api.admin, new).await;
    assert_eq!(api.read(&token).await, 200);
    assert_eq!(api.admin("DELETE", "/tenants/default", Value::Null).await.0, 409);
    assert_eq!(api.admin("DELETE", "/tenants/ACME", Value::Null).await.0, 204);
    assert_eq!(api.read(&token).await, 401);
    let (_, list) = api.admin("GET", "/tenants", Value::Null).await;
    assert_eq!(list["tenants"].as_array().unwrap().len(), 1);
    api.server.stop().await;
}
