//! Scripts of actions: people, groups and what happens to them, from YAML or JSON.

mod only;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::action::Action;
use crate::directory::{Directory, Group, Person};
use crate::field::Field;

/// A script that can be carried out: every name in it is known where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The actions, in order.
    pub actions: Vec<Action>,
    /// The source before the first of them.
    pub directory: Directory,
}

/// Why a script cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// What is wrong and where, in words.
    pub message: String,
}

/// Bytes of a script.
const LONGEST: usize = 16 * 1024 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    people: BTreeMap<String, BTreeMap<Field, String>>,
    #[serde(default)]
    groups: BTreeMap<String, WrittenGroup>,
    actions: Vec<Action>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WrittenGroup {
    display_name: String,
    external_id: Option<String>,
}

impl Script {
    /// The built-in script: every kind of action at least once.
    pub fn built_in() -> Result<Self, ScriptError> {
        Self::read(BUILT_IN)
    }

    /// Reads YAML or JSON, and goes through all actions once to see that they are possible.
    pub fn read(text: &str) -> Result<Self, ScriptError> {
        if text.len() > LONGEST {
            return Err(wrong(format!("it has more than {LONGEST} bytes")));
        }
        let written: Written =
            serde_saphyr::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let mut people = BTreeMap::new();
        for (name, mut values) in written.people {
            if let Some(missing) = Field::REQUIRED.iter().find(|field| !values.contains_key(field))
            {
                return Err(wrong(format!("`{name}` under `people` has no `{missing}`")));
            }
            values.entry(Field::ExternalId).or_insert_with(|| name.clone());
            people.insert(name, Person { values, manager: None, active: true });
        }
        let groups = written.groups.into_iter().map(|(name, group)| {
            let external_id = group.external_id.unwrap_or_else(|| name.clone());
            (name, Group { external_id, name: group.display_name, members: [].into() })
        });
        let script =
            Self { directory: Directory::new(people, groups.collect()), actions: written.actions };
        script.end()?;
        Ok(script)
    }

    /// The source after the last action.
    pub fn end(&self) -> Result<Directory, ScriptError> {
        let mut directory = self.directory.clone();
        for (number, action) in (1..).zip(&self.actions) {
            directory
                .apply(action)
                .map_err(|error| wrong(format!("action {number}, `{}`: {error}", action.kind())))?;
        }
        Ok(directory)
    }
}

/// The text of the built-in script.
pub const BUILT_IN: &str = include_str!("../scripts/default.yaml");

fn wrong(message: impl Into<String>) -> ScriptError {
    ScriptError { message: message.into() }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ScriptError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::ROWS;

    #[test]
    fn the_built_in_script_has_every_kind_of_action() {
        let script = Script::built_in().unwrap();
        for row in ROWS {
            assert!(script.actions.iter().any(|one| one.kind() == row.kind), "{}", row.name);
        }
    }

    #[test]
    fn a_broken_script_is_refused_with_the_place() {
        let told = |text: &str| Script::read(text).unwrap_err().message;
        let people = "people:\n  ann: { userName: a, givenName: A, familyName: L, email: a@x }\n";
        assert_eq!(
            told(&format!("{people}actions:\n  - create-user: {{ person: bob }}\n")),
            "action 1, `create-user`: there is no person `bob` under `people`"
        );
        assert_eq!(
            told("people:\n  ann: { userName: a }\nactions: []\n"),
            "`ann` under `people` has no `givenName`"
        );
        let unknown = told(&format!("{people}actions:\n  - create-usr: {{ person: ann }}\n"));
        assert!(unknown.contains("line 4"), "{unknown}");
        let twice = format!(
            "{people}actions:\n  - create-user: {{ person: ann }}\n  - create-user: {{ person: ann }}\n"
        );
        assert_eq!(told(&twice), "action 2, `create-user`: `ann` was created before");
    }

    #[test]
    fn a_script_is_also_json() {
        let text = r#"{"people": {"ann": {"userName": "a", "givenName": "A", "familyName": "L",
            "email": "a@x"}}, "actions": [{"create-user": {"person": "ann"}}]}"#;
        let script = Script::read(text).unwrap();
        assert_eq!(script.actions, [Action::CreateUser { person: "ann".to_owned() }]);
        assert!(script.end().unwrap().people.contains_key("ann"));
    }
}
