//! Requests put wrong, one function a fault.

use serde_json::{Map, Value, json};

use crate::field::ENTERPRISE;
use crate::http::{Method, Request};
use crate::shape::put;

/// K01.
pub(super) fn plain_json(request: Request) -> Vec<Request> {
    if request.body.is_none() {
        return vec![request];
    }
    vec![request.with_header("Content-Type", "application/json")]
}

/// K02.
pub(super) fn accept_anything(request: Request) -> Vec<Request> {
    vec![request.with_header("Accept", "*/*")]
}

/// K03.
pub(super) fn no_agent(request: Request) -> Vec<Request> {
    vec![request.with_header("User-Agent", "")]
}

/// K04: a parameter that nobody knows; `&` behind a query, `?` where there is none.
pub(super) fn junk_query(mut request: Request) -> Vec<Request> {
    if request.to.contains('?') {
        request.to.push_str("&client=1&");
    } else {
        request.to.push('?');
    }
    vec![request]
}

/// K04.
pub(super) fn slash_before_query(mut request: Request) -> Vec<Request> {
    request.to = request.to.replacen('?', "/?", 1);
    vec![request]
}

/// K12.
pub(super) fn capital_op(request: Request) -> Vec<Request> {
    each_operation(request, |mut operation| {
        let op = operation.get("op").and_then(Value::as_str).unwrap_or_default();
        let capital = match op {
            "add" => "Add",
            "replace" => "Replace",
            _ => "Remove",
        };
        put(&mut operation, "op", capital.into());
        operation
    })
}

/// K13.
pub(super) fn text_flags(request: Request) -> Vec<Request> {
    fn as_text(value: &mut Value) {
        match value {
            Value::Bool(flag) => *value = if *flag { "True".into() } else { "False".into() },
            Value::Array(elements) => elements.iter_mut().for_each(as_text),
            Value::Object(members) => members.values_mut().for_each(as_text),
            _ => {}
        }
    }
    edited(request, as_text)
}

/// K14.
pub(super) fn remove_by_value(request: Request) -> Vec<Request> {
    each_operation(request, |operation| {
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
        let id = path.strip_prefix("members[value eq \"").and_then(|rest| rest.strip_suffix("\"]"));
        match id {
            Some(id) => json!({"op": "remove", "path": "members", "value": [{ "value": id }]}),
            None => operation,
        }
    })
}

/// K15.
pub(super) fn path_keys(request: Request) -> Vec<Request> {
    each_operation(request, |operation| match without_path(&operation) {
        Some((path, value)) => {
            let keyed: Map<String, Value> = [(path, value)].into_iter().collect();
            json!({"op": "replace", "value": keyed})
        }
        None => operation,
    })
}

/// K16.
pub(super) fn json_text(request: Request) -> Vec<Request> {
    each_operation(request, |operation| match without_path(&operation) {
        Some((path, value)) if !path.contains(['.', ':']) => {
            let keyed: Map<String, Value> = [(path, value)].into_iter().collect();
            json!({"op": "replace", "value": Value::Object(keyed).to_string()})
        }
        _ => operation,
    })
}

/// K17: beside the true one, so that the change is made all the same.
pub(super) fn empty_patch(request: Request) -> Vec<Request> {
    if request.method != Method::Patch {
        return vec![request];
    }
    let empty = json!({"schemas": [crate::shape::PATCH], "Operations": []});
    let first = Request { body: Some(empty.to_string()), ..request.clone() };
    vec![first, request]
}

/// K18.
pub(super) fn no_schemas(request: Request) -> Vec<Request> {
    if !matches!(request.method, Method::Post | Method::Put) {
        return vec![request];
    }
    edited(request, |body| crate::shape::take(body, "schemas"))
}

/// K21.
pub(super) fn password(request: Request) -> Vec<Request> {
    if request.method != Method::Post || request.path() != "/Users" {
        return vec![request];
    }
    edited(request, |body| put(body, "password", "Welcome-2026!".into()))
}

/// K22.
pub(super) fn wrong_structure(request: Request) -> Vec<Request> {
    let plain = |manager: &Value| manager.get("value").cloned();
    let request = each_operation(request, |mut operation| {
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
        if path.ends_with(":manager")
            && let Some(id) = operation.get("value").and_then(plain)
        {
            put(&mut operation, "value", id);
        }
        operation
    });
    let twice = request.into_iter().flat_map(|request| {
        if request.method == Method::Patch {
            return vec![request];
        }
        edited(request, |body| {
            let first = body.get("emails").and_then(|emails| emails.get(0)).cloned();
            if let Some(first) = first {
                put(body, "emails", first);
            }
            let extension = body.as_object_mut().and_then(|members| members.get_mut(ENTERPRISE));
            if let Some(extension) = extension
                && let Some(id) = extension.get("manager").and_then(plain)
            {
                put(extension, "manager", id);
            }
        })
    });
    twice.collect()
}

/// K23.
pub(super) fn two_primary(request: Request) -> Vec<Request> {
    if request.method != Method::Post || request.path() != "/Users" {
        return vec![request];
    }
    edited(request, |body| {
        let user = body.get("userName").and_then(Value::as_str).unwrap_or_default();
        let second = json!({"type": "home", "value": format!("home.{}", user.replace(' ', "")), "primary": true});
        let emails = body.as_object_mut().and_then(|members| members.get_mut("emails"));
        if let Some(emails) = emails.and_then(Value::as_array_mut) {
            emails.push(second);
        }
    })
}

/// K24: `""` for the manager, `null` for the rest.
pub(super) fn null_and_empty(request: Request) -> Vec<Request> {
    each_operation(request, |operation| {
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default().to_owned();
        let removes = operation.get("op").and_then(Value::as_str) == Some("remove");
        if !removes || path.starts_with("members") {
            return operation;
        }
        let value = if path.ends_with(":manager") { json!("") } else { Value::Null };
        json!({"op": "replace", "path": path, "value": value})
    })
}

/// K43.
pub(super) fn token_in_address(mut request: Request) -> Vec<Request> {
    let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = token.map(crate::http::encode::percent) {
        let sign = if request.to.contains('?') { '&' } else { '?' };
        request.to.push_str(&format!("{sign}access_token={token}"));
    }
    vec![request]
}

/// The same request with an edited body; another request where it has none.
fn edited(mut request: Request, edit: impl FnOnce(&mut Value)) -> Vec<Request> {
    if let Some(mut body) = request.json() {
        edit(&mut body);
        request.body = Some(body.to_string());
    }
    vec![request]
}

/// The same PATCH with each operation changed; anything else as it is.
fn each_operation(request: Request, change: impl Fn(Value) -> Value) -> Vec<Request> {
    if request.method != Method::Patch {
        return vec![request];
    }
    edited(request, |body| {
        let operations = body.as_object_mut().and_then(|members| members.get_mut("Operations"));
        if let Some(operations) = operations.and_then(Value::as_array_mut) {
            *operations = operations.drain(..).map(change).collect();
        }
    })
}

/// Path and value of an operation that can be said without a path: one that sets a plain value.
fn without_path(operation: &Value) -> Option<(String, Value)> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str);
    let path = text("path")?;
    let value = operation.get("value")?;
    let plain = value.is_string() || value.is_boolean();
    let sets = text("op") == Some("replace") && plain && !path.contains('[');
    sets.then(|| (path.to_owned(), value.clone()))
}
