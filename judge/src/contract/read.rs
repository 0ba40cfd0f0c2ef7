//! Contracts from their files.

use std::fmt;
use std::path::Path;

use include_dir::{Dir, include_dir};
use provisor::diagnostic::suggest::{did_you_mean, nearest};

use super::{Contract, Unknown, check};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/contracts");

/// Why a contract cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What cannot be read, and why.
    pub what: String,
    /// Each place that is wrong: file, line, column, what is wrong and what to do.
    pub places: Vec<String>,
}

impl Unreadable {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), places: Vec::new() }
    }
}

/// The names of the contracts that come with the judge.
pub fn names() -> Vec<&'static str> {
    let files =
        BUILT_IN.files().filter(|file| file.path().extension().is_some_and(|e| e == "yaml"));
    let mut names: Vec<&str> = files.filter_map(|file| file.path().file_stem()?.to_str()).collect();
    names.sort_unstable();
    names
}

/// The file of the contract of a name.
pub fn text(name: &str) -> Option<&'static str> {
    BUILT_IN.get_file(format!("{name}.yaml")).and_then(|file| file.contents_utf8())
}

/// The contract of a name. Fails with the nearest name.
pub fn built_in(name: &str) -> Result<Contract, Unreadable> {
    let Some(text) = text(name) else {
        let help = nearest(name, names()).map_or_else(
            || format!("there are {}; a file of yours works too", names().join(", ")),
            did_you_mean,
        );
        return Err(Unreadable::new(format!("there is no contract `{name}`; {help}")));
    };
    of_text(name, text)
}

/// The contract of a file. Fails with the place of what is wrong.
pub fn of_file(path: &Path) -> Result<Contract, Unreadable> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|why| Unreadable::new(format!("cannot read the contract `{name}`: {why}")))?;
    of_text(&name, &text)
}

/// The contract that a text is; `name` is for messages.
pub fn of_text(name: &str, text: &str) -> Result<Contract, Unreadable> {
    let wrong = |places: Vec<String>| Unreadable {
        what: format!("the contract `{name}` cannot be used"),
        places,
    };
    let contract: Contract = serde_saphyr::from_str(text).map_err(|error| {
        let error = error.without_snippet();
        let place = error
            .location()
            .map_or_else(String::new, |place| format!(":{}:{}", place.line(), place.column()));
        let said = error.to_string();
        let words = said.lines().next().unwrap_or_default();
        wrong(vec![format!("{name}{place}: {words}")])
    })?;
    let mut places = Vec::new();
    for what in &contract.takes {
        let is_fault = |fault: Option<&str>| fault.is_some_and(|fault| fault == what);
        if !crate::judgement::rules().any(|rule| is_fault(rule.fault)) {
            let help = "write an id such as `patch/op-case` or a fault such as `K12`";
            places.extend(no_rule(what, help).map(|why| format!("{name}: takes: {why}")));
        }
    }
    for what in contract.unknown.iter().flat_map(Unknown::rules) {
        let help = "write an id such as `action/rename-group`";
        places.extend(no_rule(what, help).map(|why| format!("{name}: unknown: {why}")));
    }
    match crate::provider::schemas(&contract) {
        Ok(schemas) => places.extend(check::problems(name, text, &schemas)),
        Err(why) => places.push(format!("{name}: user_schemas or group_schemas: {why}")),
    }
    if places.is_empty() { Ok(contract) } else { Err(wrong(places)) }
}

/// What is wrong with the id of a rule.
fn no_rule(id: &str, help: &str) -> Option<String> {
    let ids = || crate::judgement::rules().map(|rule| rule.id);
    if ids().any(|one| one == id) {
        return None;
    }
    let help = nearest(id, ids()).map_or_else(|| help.to_owned(), did_you_mean);
    Some(format!("there is no rule `{id}`; {help}"))
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.places.iter().try_for_each(|place| write!(f, "\n{place}"))
    }
}

impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_contract_can_be_read_and_bears_the_name_of_its_file() {
        assert!(names().len() >= 6, "{:?}", names());
        for name in names() {
            let contract = built_in(name).unwrap();
            assert_eq!(contract.name, name);
        }
    }

    #[test]
    fn the_published_schema_says_the_same() {
        let mut schemas = boon::Schemas::new();
        let mut compiler = boon::Compiler::new();
        let text = include_str!("../../contracts/contract.schema.json");
        let schema: serde_json::Value = serde_json::from_str(text).unwrap();
        compiler.add_resource("contract.json", schema).unwrap();
        let compiled = compiler.compile("contract.json", &mut schemas).unwrap();
        for name in names() {
            let text = BUILT_IN.get_file(format!("{name}.yaml")).unwrap().contents_utf8().unwrap();
            let value: serde_json::Value = serde_saphyr::from_str(text).unwrap();
            assert!(schemas.validate(&value, compiled).is_ok(), "{name}");
        }
        let wrong = serde_json::json!({"name": "a", "title": "b", "usr": {}});
        assert!(schemas.validate(&wrong, compiled).is_err());
    }

    #[test]
    fn mistakes_are_told_with_a_suggestion() {
        let told = |name: &str| built_in(name).unwrap_err().what;
        assert_eq!(told("gnog"), "there is no contract `gnog`; did you mean `gong`?");
        let places = |text: &str| {
            let text = format!("name: a\ntitle: b\n{text}\n");
            of_text("mine", &text).unwrap_err().places
        };
        let unknown = places("takes: [patch/op-cas]");
        assert!(unknown[0].contains("did you mean `patch/op-case`?"), "{unknown:?}");
        let key = places("user:\n  requird: []");
        assert!(key[0].starts_with("mine:4:3: "), "{key:?}");
        assert!(key[0].contains("unknown field `requird`") && key.len() == 1, "{key:?}");
    }

    #[test]
    fn what_the_schemas_do_not_have_is_refused_with_its_place() {
        let text = "name: a\ntitle: b\nuser:\n  required: [userName, usrName]\n  \
            filterable: [name.givenNam]\n  wanted: ['emails[primary eq true].value']\n  \
            operators: [eq, equals]\ngroup:\n  accepted: [active]\n";
        let places = of_text("mine", text).unwrap_err().places;
        let begins = [
            ("mine:4:24: user.required: ", "`userName`"),
            ("mine:6:", "emails[type eq \"work\"].value"),
            ("mine:5:16: user.filterable: ", "`givenName`"),
            ("mine:7:", "there is no operator `equals`"),
            ("mine:9:14: group.accepted: ", "`active`"),
        ];
        assert_eq!(places.len(), begins.len(), "{places:#?}");
        for ((begin, has), place) in begins.iter().zip(&places) {
            assert!(place.starts_with(begin) && place.contains(has), "{place}");
        }
    }
}
