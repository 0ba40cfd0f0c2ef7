//! Which rules about PATCH a body shows anything of: `pass` is only what was seen.

use provisor::json::Json;

use super::{Rule, last, names_manager, operations};

/// What is asked of an operation: its `op` in small letters, its path and its value.
type Has<'h> = &'h dyn Fn(&str, Option<&str>, Option<&Json>) -> bool;

/// Whether a body has what a rule is about.
pub(super) fn shows(rule: &Rule, body: &Json) -> bool {
    let any = |has: Has<'_>| {
        operations(body).iter().filter_map(Json::as_object).any(|one| {
            let op = one.attribute("op").and_then(Json::as_str).unwrap_or_default();
            let path = one.attribute("path").and_then(Json::as_str);
            has(&op.to_ascii_lowercase(), path, one.attribute("value"))
        })
    };
    match rule.id {
        "patch/remove-by-value" => any(&|op, _, _| op == "remove"),
        "patch/path" => any(&|_, path, _| path.is_some()),
        "patch/unmatched-filter" => any(&|_, path, _| path.is_some_and(|path| path.contains('['))),
        "patch/path-key" | "patch/json-text" | "patch/foreign-schema" => {
            any(&|_, path, value| path.is_none() && value.is_some())
        }
        "patch/json-types" | "patch/shapes" | "patch/plain-value" | "patch/value" => {
            any(&|op, _, value| op != "remove" && value.is_some())
        }
        "patch/manager" => any(&|_, path, value| {
            path.is_some_and(|path| last(path).starts_with("manager"))
                || value.is_some_and(names_manager)
        }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    const HEAD: &str = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#;

    #[test]
    fn what_a_body_does_not_have_is_not_looked_at() {
        let shown = |operations: &str| {
            let text = format!("{{{HEAD},\"Operations\":{operations}}}");
            let body = provisor::json::parse(text.as_bytes()).unwrap();
            let shown = super::super::RULES.iter().filter(|rule| super::shows(rule, &body));
            shown.map(|rule| rule.id).collect::<Vec<_>>()
        };
        let replace = shown(r#"[{"op":"replace","path":"active","value":false}]"#);
        for id in
            ["patch/remove-by-value", "patch/json-text", "patch/unmatched-filter", "patch/manager"]
        {
            assert!(!replace.contains(&id), "{id}");
        }
        assert!(replace.contains(&"patch/json-types") && replace.contains(&"patch/path"));
        let remove = shown(r#"[{"op":"Remove","path":"members[value eq \"1\"]"}]"#);
        assert!(remove.contains(&"patch/remove-by-value"));
        assert!(!remove.contains(&"patch/value"));
    }
}
