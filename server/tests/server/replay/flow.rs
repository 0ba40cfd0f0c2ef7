//! The format of the flows.

use provisor_server::service::dialect::Dialect;
use std::path::Path;

use super::Known;
use super::check::Check;
use super::wire::Request;
use crate::server::support::Server;

/// A file: steps that one client takes, one after another.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The dialect of the token.
    pub(super) dialect: Option<Dialect>,
    /// A file of `schemas/` with extensions of User.
    pub(super) schemas: Option<String>,
    /// Headers of every request.
    pub(super) headers: Vec<(String, String)>,
    pub(super) steps: Vec<Step>,
}

/// A request and what is expected of its response.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) line: usize,
    pub(super) title: String,
    pub(super) method: String,
    /// Behind the base path, as sent.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    /// Headers of the flow that this request does not have.
    pub(super) without: Vec<String>,
    pub(super) body: Option<String>,
    pub(super) statuses: Vec<u16>,
    pub(super) checks: Vec<Check>,
}

impl Flow {
    /// Reads a file. A mistake in it is a panic that names the line.
    pub(super) fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        Self::parse(&text)
            .unwrap_or_else(|(line, what)| panic!("{}:{line}: {what}", file.display()))
    }

    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut flow = Self::default();
        let mut at = At::Request;
        let mut source = false;
        for (number, line) in text.lines().enumerate() {
            let number = number + 1;
            let wrong = |what: &str| Err((number, format!("{what}: `{line}`")));
            if let Some(title) = line.strip_prefix("### ") {
                if flow.steps.last().is_some_and(|step| step.statuses.is_empty()) {
                    return wrong("the step before has no `-->`");
                }
                let title = title.to_owned();
                flow.steps.push(Step { line: number, title, ..Step::default() });
                at = At::Request;
                continue;
            }
            let Some(step) = flow.steps.last_mut() else {
                match line.split_once(": ").or_else(|| Some((line.strip_suffix(':')?, ""))) {
                    _ if line.is_empty() || line.starts_with('#') => {}
                    Some(("source", _)) => source = true,
                    Some(("dialect", value)) => match value.parse() {
                        Ok(dialect) => flow.dialect = Some(dialect),
                        Err(_) => return wrong("no dialect"),
                    },
                    Some(("schemas", value)) => flow.schemas = Some(value.to_owned()),
                    Some(("header", value)) => match header(value) {
                        Some(header) => flow.headers.push(header),
                        None => return wrong("no header"),
                    },
                    _ => return wrong("not known before the first step"),
                }
                continue;
            };
            if let Some(statuses) = line.strip_prefix("--> ") {
                for word in statuses.split(' ') {
                    let Ok(status) = word.parse() else { return wrong("no status") };
                    step.statuses.push(status);
                }
                at = At::Checks;
                continue;
            }
            match at {
                At::Request if line.is_empty() || line.starts_with('#') => {}
                At::Request => {
                    let Some((method, target)) = line.split_once(' ') else {
                        return wrong("no request line");
                    };
                    (step.method, step.target) = (method.to_owned(), target.to_owned());
                    at = At::Headers;
                }
                At::Headers if line.is_empty() => at = At::Body,
                At::Headers => match (line.strip_prefix('-'), header(line)) {
                    (Some(name), _) => step.without.push(name.to_owned()),
                    (None, Some(header)) => step.headers.push(header),
                    (None, None) => return wrong("no header"),
                },
                At::Body => match &mut step.body {
                    None => step.body = Some(line.to_owned()),
                    Some(body) => {
                        body.push('\n');
                        body.push_str(line);
                    }
                },
                At::Checks if line.is_empty() || line.starts_with('#') => {}
                At::Checks => match Check::parse(line) {
                    Ok(check) => step.checks.push(check),
                    Err(what) => return wrong(what),
                },
            }
        }
        let end = text.lines().count();
        match flow.steps.last() {
            _ if !source => Err((1, "it does not say its `source`".to_owned())),
            _ if flow.dialect.is_none() => Err((1, "it does not say its `dialect`".to_owned())),
            Some(last) if !last.statuses.is_empty() => Ok(flow),
            _ => Err((end, "the last step has no `-->`".to_owned())),
        }
    }

    /// The request of a step. Fails with the name of what is not known.
    pub(super) fn request(
        &self,
        step: &Step,
        server: &Server,
        known: &Known,
    ) -> Result<Request, String> {
        let mut headers = Vec::new();
        let named = |name: &str, list: &[(String, String)]| {
            list.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
        };
        for (name, value) in &self.headers {
            let without = step.without.iter().any(|other| other.eq_ignore_ascii_case(name));
            // A content type without content is nobody's.
            let of_body = name.eq_ignore_ascii_case("content-type") && step.body.is_none();
            if !without && !of_body && !named(name, &step.headers) {
                headers.push((name.clone(), filled(value, known, false)?));
            }
        }
        for (name, value) in &step.headers {
            headers.push((name.clone(), filled(value, known, false)?));
        }
        Ok(Request {
            method: step.method.clone(),
            target: format!("{}{}", server.base_path, filled(&step.target, known, false)?),
            headers,
            body: step.body.as_ref().map(|body| filled(body, known, true)).transpose()?,
        })
    }
}

/// Where in a step a line is.
#[derive(Clone, Copy)]
enum At {
    Request,
    Headers,
    Body,
    Checks,
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.to_owned(), value.trim().to_owned()))
}

/// Text with `{{name}}` filled in, inside JSON as JSON writes it. Fails with a name that is not
/// known.
pub(super) fn filled(text: &str, known: &Known, inside_json: bool) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((name, after)) = behind.split_once("}}") else { break };
        // Brackets that close objects of JSON are no name.
        if !name.chars().all(|c| c.is_ascii_alphanumeric()) || name.is_empty() {
            out.push_str(before);
            out.push_str("{{");
            rest = behind;
            continue;
        }
        let value = known.get(name).ok_or_else(|| name.to_owned())?;
        out.push_str(before);
        if inside_json {
            let written = serde_json::to_string(value).unwrap();
            out.push_str(&written[1..written.len() - 1]);
        } else {
            out.push_str(value);
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[test]
fn a_flow_is_read() {
    let text = "source: s\ndialect: entra\nheader: User-Agent:\n\n### one\n# why\nPOST /Users?\n\
                -User-Agent\nX: y\n\n{\n\n}\n--> 200 204\n[200] /id present\n";
    let flow = Flow::parse(text).unwrap();
    assert_eq!(flow.headers, [("User-Agent".to_owned(), String::new())]);
    let step = &flow.steps[0];
    assert_eq!((step.method.as_str(), step.target.as_str()), ("POST", "/Users?"));
    assert_eq!(step.without, ["User-Agent"]);
    assert_eq!(step.body.as_deref(), Some("{\n\n}"));
    assert_eq!(step.statuses, [200, 204]);
    assert_eq!(step.checks.len(), 1);
}

#[test]
fn a_mistake_in_a_flow_is_told() {
    let head = "source: s\ndialect: okta\n";
    for (text, line) in [
        ("dialect: okta\n### x\nGET /\n--> 200\n".to_owned(), 1),
        ("source: s\ndialect: other\n".to_owned(), 2),
        (format!("{head}what: x\n"), 3),
        (format!("{head}### x\nGET /\n"), 4),
        (format!("{head}### x\nGET /\n### y\n"), 5),
        (format!("{head}### x\nGET /\n--> ok\n"), 5),
        (format!("{head}### x\nGET /\n--> 200\n/id maybe\n"), 6),
    ] {
        assert_eq!(Flow::parse(&text).unwrap_err().0, line, "{text}");
    }
}

#[test]
fn names_are_filled_in() {
    let known = Known::from([("v".to_owned(), "W/\"1\"".to_owned())]);
    assert_eq!(filled("a{{v}}b", &known, false).as_deref(), Ok("aW/\"1\"b"));
    assert_eq!(filled("\"{{v}}\"", &known, true).as_deref(), Ok("\"W/\\\"1\\\"\""));
    assert_eq!(filled("{\"a\":{{}}}", &known, true).as_deref(), Ok("{\"a\":{{}}}"));
    assert_eq!(filled("{{id}}", &known, true), Err("id".to_owned()));
}
