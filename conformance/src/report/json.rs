//! The report as JSON. `report.schema.json` beside the crate describes it.

use super::{Redacted, Report, VERSION};

/// The JSON Schema of the form.
pub const SCHEMA: &str = include_str!("../../report.schema.json");

/// The report as indented JSON with a line break at its end.
pub fn render(report: &Redacted) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

/// A report from its JSON, such as that of an earlier run. Fails with what is wrong, in words for
/// people.
pub fn read(text: &str) -> Result<Redacted, String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    match value.get("version").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => {
            return Err(format!(
                "it is of version {version}, and this tool reads version {VERSION}; make it anew"
            ));
        }
        None => return Err("it is no report: it has no `version`".to_owned()),
    }
    let report: Report =
        serde_json::from_value(value).map_err(|error| format!("it is no report: {error}"))?;
    Ok(report.redacted(&[]))
}
