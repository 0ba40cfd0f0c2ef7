//! Paths in `include` and `use`: relative to their holder, under the root's folder.

use crate::diagnostic::Applicability::MachineApplicable;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::Text;
use crate::rules::source::Span;

/// What is wrong with a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing is written.
    Empty,
    /// It begins with `/` or a drive.
    Absolute,
    /// It has `\`; the path with `/`.
    Backslash(String),
    /// It leaves the folder of the root.
    Outside,
}

/// The path of a file from the folder of the root, for a path written in `holder`, which is such a
/// path too (empty for the root itself).
pub(super) fn join(holder: &str, written: &str) -> Result<String, Fault> {
    if written.trim().is_empty() {
        return Err(Fault::Empty);
    }
    let drive = written.chars().nth(1) == Some(':');
    if written.starts_with(['/', '\\']) || drive {
        return Err(Fault::Absolute);
    }
    if written.contains('\\') {
        return Err(Fault::Backslash(written.replace('\\', "/")));
    }
    let folder = holder.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(Fault::Outside)?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

impl Fault {
    /// N104 at the path.
    pub(super) fn diagnostic(&self, path: &Text) -> Diagnostic {
        self.at(path.span, path)
    }

    /// N104 at a place.
    pub(super) fn at(&self, place: Span, path: &str) -> Diagnostic {
        match self {
            Self::Empty => Diagnostic::new(Code::N104, place, "a path names a file")
                .label("nothing is named here"),
            Self::Absolute => {
                Diagnostic::new(Code::N104, place, format!("`{path}` does not begin at this file"))
                    .label("not a relative path")
                    .help(
                        "a path is relative to the file that holds it, so that the rules can move",
                    )
            }
            Self::Backslash(right) => {
                Diagnostic::new(Code::N104, place, "folders are parted by `/` on every system")
                    .label(format!("write `\"{right}\"`"))
                    .fix(
                        format!("write `\"{right}\"`"),
                        place,
                        format!("\"{right}\""),
                        MachineApplicable,
                    )
            }
            Self::Outside => Diagnostic::new(
                Code::N104,
                place,
                format!("`{path}` lies outside of the folder of the root file"),
            )
            .label("not read")
            .help("move the file under that folder, or start from a root above both"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, join};

    #[test]
    fn paths_are_relative_to_their_holder() {
        assert_eq!(join("", "a.rules").as_deref(), Ok("a.rules"));
        assert_eq!(join("sales/emea.rules", "dach.rules").as_deref(), Ok("sales/dach.rules"));
        assert_eq!(join("sales/emea.rules", "../a.rules").as_deref(), Ok("a.rules"));
        assert_eq!(join("sales/emea.rules", "./x/../a.rules").as_deref(), Ok("sales/a.rules"));
    }

    #[test]
    fn paths_stay_under_the_root() {
        assert_eq!(join("", "../a.rules"), Err(Fault::Outside));
        assert_eq!(join("sales/emea.rules", "../../a.rules"), Err(Fault::Outside));
        assert_eq!(join("", "/etc/a.rules"), Err(Fault::Absolute));
        assert_eq!(join("", "C:/a.rules"), Err(Fault::Absolute));
        assert_eq!(join("", "x\\a.rules"), Err(Fault::Backslash("x/a.rules".to_owned())));
        assert_eq!(join("", " "), Err(Fault::Empty));
    }
}
