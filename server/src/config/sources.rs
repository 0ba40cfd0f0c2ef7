//! Where values come from: flags before environment before the file before defaults.

use std::collections::BTreeMap;
use std::fmt;

use provisor::diagnostic::suggest::{did_you_mean, nearest};
use toml::de::{DeTable, DeValue};

use super::settings::{SETTINGS, Setting, named};

/// Bytes of a configuration file at most.
pub const FILE_BYTES: usize = 1024 * 1024;

/// A value with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The texts; more than one only where the setting allows it.
    pub texts: Vec<String>,
    /// Such as `flag --listen`, for messages.
    pub origin: String,
}

/// What is wrong with a configuration: each a line that says what, where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<String>);

/// Values by key.
pub type Values = BTreeMap<&'static str, Value>;

/// Puts the sources together; every problem is told.
pub fn gather(
    flags: &[(String, Vec<String>)],
    variable: impl Fn(&str) -> Option<String>,
    file: Option<(&str, &str)>,
) -> Result<Values, Problems> {
    let mut problems = Problems::default();
    let mut values = Values::new();
    if let Some((name, text)) = file {
        read_file(name, text, &mut values, &mut problems);
    }
    for setting in SETTINGS {
        let name = setting.variable();
        if let Some(text) = variable(&name).filter(|text| !text.is_empty()) {
            let texts = match setting.many {
                true => text.split(',').map(|one| one.trim().to_owned()).collect(),
                false => vec![text],
            };
            values.insert(setting.key, Value { texts, origin: format!("variable {name}") });
        }
    }
    for (key, texts) in flags {
        if let Some(setting) = named(key) {
            let value = Value { texts: texts.clone(), origin: format!("flag --{key}") };
            values.insert(setting.key, value);
        }
    }
    if problems.0.is_empty() { Ok(values) } else { Err(problems) }
}

fn read_file(name: &str, text: &str, values: &mut Values, problems: &mut Problems) {
    if text.len() > FILE_BYTES {
        return problems.0.push(format!("{name}: the file is larger than 1 MiB"));
    }
    let place = |at: usize| format!("{name}:{}", line(text, at));
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            return problems.0.push(format!("{}: {}", place(at), error.message()));
        }
    };
    for (key, value) in table.get_ref() {
        let at = place(key.span().start);
        let key = key.get_ref().as_ref();
        let Some(setting) = named(key) else {
            let known = SETTINGS.iter().map(|setting| setting.key);
            let help = nearest(key, known).map_or_else(
                || "`provisor serve --help` lists the settings".to_owned(),
                did_you_mean,
            );
            problems.0.push(format!("{at}: there is no setting `{key}`; {help}"));
            continue;
        };
        match texts(setting, value.get_ref()) {
            Some(texts) => {
                values.insert(setting.key, Value { texts, origin: at });
            }
            None => {
                let wanted = if setting.many { "a list of texts" } else { "a text or number" };
                problems.0.push(format!("{at}: `{key}` must be {wanted}"));
            }
        }
    }
}

fn texts(setting: &Setting, value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::Array(list) if setting.many => {
            list.iter().map(|one| scalar(one.get_ref())).collect()
        }
        other => Some(vec![scalar(other)?]),
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn line(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}
