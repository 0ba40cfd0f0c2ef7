//! Built-in catalogues: `use catalogue gong 1`.
//!
//! Each is a rules file that holds declarations only, read by the same parser as every other, so
//! that findings can point into it. A version never changes once it is out; what a product gains
//! is a new version.

mod upgrade;

pub(crate) use upgrade::hint as upgrade_hint;

use super::ast::Ident;
use super::source::Spanned;
use crate::diagnostic::suggest;
use crate::diagnostic::{Applicability, Code, Diagnostic};

/// A built-in catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The product's name in `use catalogue NAME VERSION`.
    pub name: &'static str,
    /// Its version; the highest is the newest.
    pub version: u32,
    /// Its text, a rules file.
    pub text: &'static str,
}

/// Every built-in catalogue, by name and version.
pub const TABLE: &[Builtin] =
    &[Builtin { name: "gong", version: 1, text: include_str!("catalogue/gong-1.rules") }];

impl Builtin {
    /// The name of its source in findings: `catalogue gong 1`.
    pub fn title(&self) -> String {
        format!("catalogue {} {}", self.name, self.version)
    }
}

/// The catalogue of that name and version.
pub fn find(name: &str, version: u32) -> Option<&'static Builtin> {
    TABLE.iter().find(|builtin| builtin.name == name && builtin.version == version)
}

/// N104 for a catalogue that is not built in.
pub(crate) fn unknown(name: &Ident, version: &Spanned<u32>) -> Diagnostic {
    let versions = TABLE.iter().filter(|builtin| builtin.name == name.node);
    let newest = versions.map(|builtin| builtin.version).max();
    let all: Vec<String> = TABLE.iter().map(|b| format!("`{} {}`", b.name, b.version)).collect();
    let known = format!("the built-in catalogues are {}", all.join(", "));
    if let Some(newest) = newest {
        let message = format!("catalogue `{}` has no version {}", name.node, version.node);
        return Diagnostic::new(Code::N104, version.span, message).help(known).fix(
            format!("use version {newest}"),
            version.span,
            newest.to_string(),
            Applicability::MaybeIncorrect,
        );
    }
    let message = format!("there is no built-in catalogue called `{}`", name.node);
    let finding = Diagnostic::new(Code::N104, name.span, message);
    match suggest::nearest(&name.node, TABLE.iter().map(|builtin| builtin.name)) {
        Some(near) => finding.help(suggest::did_you_mean(near)).help(known).fix(
            format!("write `{near}`"),
            name.span,
            near,
            Applicability::MaybeIncorrect,
        ),
        None => finding
            .help(known)
            .help("for another product write its seats, profiles and workspaces in a file, and `use` that"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        let keys: Vec<_> = TABLE.iter().map(|builtin| (builtin.name, builtin.version)).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
    }
}
