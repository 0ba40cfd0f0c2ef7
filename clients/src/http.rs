//! Requests as a client makes them, and answers as they came.

pub mod encode;

use std::fmt;

use serde_json::Value;

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query under the base URI, encoded; or a whole URL.
    pub to: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it is text.
    pub body: String,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What happened.
    pub kind: BrokenKind,
    /// The same in words.
    pub message: String,
}

/// What happened to a request without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenKind {
    /// There was no connection; nothing was sent.
    Unreachable,
    /// It was sent, and may have been carried out.
    Lost,
    /// It was not sent: the limits of the run are reached.
    Limit,
    /// It was not sent: no HTTP can say it.
    Unsendable,
    /// It was not sent: there is no access token.
    Unauthorized,
}

/// A request with what came of it, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came; or why nothing did.
    pub answer: Result<Answer, Broken>,
}

impl Request {
    /// A GET.
    pub fn get(to: impl Into<String>) -> Self {
        Self { method: Method::Get, to: to.into(), headers: Vec::new(), body: None }
    }

    /// A DELETE.
    pub fn delete(to: impl Into<String>) -> Self {
        Self { method: Method::Delete, ..Self::get(to) }
    }

    /// A request with a body.
    pub fn write(method: Method, to: impl Into<String>, body: &Value) -> Self {
        Self { method, body: Some(body.to_string()), ..Self::get(to) }
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The same with this header, in place of any of that name.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.remove_header(name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Takes all headers of that name away.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// The body as JSON, if it is that.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(self.body.as_deref()?).ok()
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.to.split_once('?').map_or(self.to.as_str(), |(path, _)| path)
    }
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The `id` of the resource in the body.
    pub fn id(&self) -> Option<String> {
        self.json().get("id")?.as_str().map(str::to_owned)
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The resources of a list, and how many there are in all, by what it says.
    pub fn list(&self) -> Option<(Vec<Value>, usize)> {
        let body = self.json();
        let all = body.get("totalResults")?.as_u64()?;
        let resources = body.get("Resources").and_then(Value::as_array).cloned();
        Some((resources.unwrap_or_default(), usize::try_from(all).unwrap_or(usize::MAX)))
    }
}

impl Exchange {
    /// The exchange without the credential, passwords and tokens.
    pub fn of(request: &Request, answer: &Result<Answer, Broken>) -> Self {
        let mut request = request.clone();
        for (name, value) in &mut request.headers {
            if name.eq_ignore_ascii_case("authorization") {
                let scheme = value.split(' ').next().unwrap_or_default();
                *value = format!("{scheme} {HIDDEN}");
            }
        }
        if let Some((before, after)) = request.to.split_once("access_token=") {
            let rest = after.split_once('&').map(|(_, rest)| format!("&{rest}"));
            request.to = format!("{before}access_token={HIDDEN}{}", rest.unwrap_or_default());
        }
        request.body = request.body.map(without_secrets);
        let answer = answer.clone().map(|answer| Answer {
            body: if answer.body.contains("access_token") {
                without_secrets(answer.body)
            } else {
                answer.body
            },
            ..answer
        });
        Self { request, answer }
    }
}

/// What stands for a secret in everything that is kept or printed.
pub const HIDDEN: &str = "…";

/// The body without the values of secrets: members of JSON, parameters of a form.
fn without_secrets(body: String) -> String {
    const NAMES: [&str; 5] =
        ["password", "access_token", "refresh_token", "client_secret", "client_assertion"];
    if !NAMES.iter().any(|name| body.contains(name)) {
        return body;
    }
    match serde_json::from_str::<Value>(&body) {
        Ok(mut value) => {
            hide(&mut value, &NAMES);
            value.to_string()
        }
        Err(_) => {
            let parts = body.split('&').map(|part| match part.split_once('=') {
                Some((name, _)) if NAMES.contains(&name) => format!("{name}={HIDDEN}"),
                _ => part.to_owned(),
            });
            parts.collect::<Vec<_>>().join("&")
        }
    }
}

fn hide(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if names.contains(&name.as_str()) {
                    *member = HIDDEN.into();
                } else {
                    hide(member, names);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| hide(element, names)),
        _ => {}
    }
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
    headers.iter().find(same).map(|(_, value)| value.as_str())
}

impl Method {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Broken {
    /// A request without an answer.
    pub fn new(kind: BrokenKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Broken {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_has_no_secrets() {
        let body = json!({"userName": "ann", "password": "geheim", "x": [{"password": "geheim"}]});
        let request = Request::write(Method::Post, "/Users?access_token=geheim&x=1", &body)
            .with_header("Authorization", "Bearer geheim");
        let kept = Exchange::of(&request, &Ok(Answer::default()));
        assert!(!format!("{kept:?}").contains("geheim"));
        assert_eq!(kept.request.to, format!("/Users?access_token={HIDDEN}&x=1"));
        assert_eq!(kept.request.json().unwrap()["userName"], "ann");

        let form = Request {
            body: Some("grant_type=client_credentials&client_secret=geheim".to_owned()),
            ..Request::get("http://h/token")
        };
        let answer = Answer {
            body: json!({"access_token": "geheim", "expires_in": 5}).to_string(),
            ..Answer::default()
        };
        let kept = Exchange::of(&form, &Ok(answer));
        assert!(!format!("{kept:?}").contains("geheim"));
        assert!(kept.request.body.unwrap().starts_with("grant_type=client_credentials&"));
    }
}
