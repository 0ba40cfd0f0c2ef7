//! Attributes and operators that a contract names: all are of its schemas, or sources would be
//! blamed for what nobody can send.

use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor::scim::filter::Op;
use provisor::scim::path::AttrPath;
use provisor::scim::schema::Schemas;
use serde::Deserialize;
use serde_saphyr::Spanned;

/// A contract once more, with the places of what it names.
#[derive(Deserialize)]
struct Places {
    #[serde(default)]
    user: Lists,
    #[serde(default)]
    group: Lists,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lists {
    required: Vec<Spanned<String>>,
    wanted: Vec<Spanned<String>>,
    accepted: Vec<Spanned<String>>,
    filterable: Vec<Spanned<String>>,
    operators: Vec<Spanned<String>>,
}

/// Everything that is wrong with the names in a contract's text, each with its place.
pub(super) fn problems(file: &str, text: &str, schemas: &Schemas) -> Vec<String> {
    // What cannot be read was told already.
    let Ok(places) = serde_saphyr::from_str::<Places>(text) else { return Vec::new() };
    let mut problems = Vec::new();
    for (key, kind, lists) in [("user", "User", &places.user), ("group", "Group", &places.group)] {
        let mut look = |name: &str, list: &[Spanned<String>], wrong: &dyn Fn(&str) -> _| {
            for one in list {
                let why: Option<String> = wrong(&one.value);
                let place = one.referenced;
                problems.extend(why.map(|why| {
                    format!("{file}:{}:{}: {key}.{name}: {why}", place.line(), place.column())
                }));
            }
        };
        let attribute = |path: &str| attribute(path, kind, schemas);
        look("required", &lists.required, &attribute);
        look("wanted", &lists.wanted, &attribute);
        look("accepted", &lists.accepted, &attribute);
        look("filterable", &lists.filterable, &attribute);
        look("operators", &lists.operators, &operator);
    }
    problems
}

/// What is wrong with a path such as `name.givenName` or `emails[type eq "work"].value`.
fn attribute(path: &str, kind: &str, schemas: &Schemas) -> Option<String> {
    let plain = match path.split_once('[') {
        None => path.to_owned(),
        Some((list, rest)) => {
            let (filter, sub) = rest.split_once(']').unwrap_or_default();
            let value = filter.strip_prefix("type eq \"").and_then(|value| value.strip_suffix('"'));
            if value.is_none_or(|value| value.is_empty() || value.contains('"')) {
                return Some(format!(
                    "`{path}`: the one filter here is of types; write it as in \
                     `emails[type eq \"work\"].value`"
                ));
            }
            format!("{list}{sub}")
        }
    };
    let kind = schemas.resource_type(kind)?;
    let found = AttrPath::parse(&plain, schemas);
    let error = found.and_then(|path| path.resolve(schemas, kind).map(|_| ())).err()?;
    let advice = error.advice().map_or_else(String::new, |advice| format!("; {advice}"));
    Some(format!("{}{advice}", error.message()))
}

fn operator(word: &str) -> Option<String> {
    const LOGIC: [&str; 4] = ["and", "or", "not", "pr"];
    if LOGIC.contains(&word) || Op::parse(word).is_some_and(|op| op.as_str() == word) {
        return None;
    }
    let all = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"].into_iter().chain(LOGIC);
    let names: Vec<&str> = all.collect();
    let help = nearest(word, names.iter().copied())
        .map_or_else(|| format!("there are {}", names.join(", ")), did_you_mean);
    Some(format!("there is no operator `{word}`; {help}"))
}
