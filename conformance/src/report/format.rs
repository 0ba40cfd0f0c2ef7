//! The forms of a report, by name.

use super::{Redacted, badge, har, html, json, junit, markdown, sarif, text};

/// A form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// For programs, and for a later comparison.
    Json,
    /// A page for people.
    Html,
    /// A comment on a pull request.
    Markdown,
    /// For CI servers.
    Junit,
    /// For code hosts.
    Sarif,
    /// The exchanges, for tools of HTTP.
    Har,
}

impl Format {
    /// All of them, with their names and what each is for.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Text, "text", "for people at a terminal"),
        (Self::Json, "json", "for programs, and for a later --baseline"),
        (Self::Html, "html", "one page that works offline"),
        (Self::Markdown, "markdown", "a comment on a pull request"),
        (Self::Junit, "junit", "JUnit XML, for CI servers"),
        (Self::Sarif, "sarif", "SARIF 2.1.0, for code hosts"),
        (Self::Har, "har", "HAR 1.2: the exchanges"),
    ];

    /// The form of a name, in full or as files end.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "md" { "markdown" } else { name };
        Self::ALL.iter().find(|(_, one, _)| *one == name).map(|(format, _, _)| *format)
    }

    /// The form that the ending of a file's name asks for.
    pub fn of_file(file: &str) -> Option<Self> {
        let (_, ending) = file.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Text),
            "htm" => Some(Self::Html),
            "xml" => Some(Self::Junit),
            ending => Self::named(ending),
        }
    }

    /// The report in this form; `look` is for text.
    pub fn render(self, report: &Redacted, look: text::Look) -> String {
        match self {
            Self::Text => text::render(report, look),
            Self::Json => json::render(report),
            Self::Html => html::render(report),
            Self::Markdown => markdown::render(report),
            Self::Junit => junit::render(report),
            Self::Sarif => sarif::render(report),
            Self::Har => har::render(report),
        }
    }
}

/// The badge that the ending of a file asks for: `.svg` or `.json`; none for another ending.
pub fn badge(report: &Redacted, file: &str) -> Option<String> {
    let (_, ending) = file.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "svg" => Some(badge::svg(report)),
        "json" => Some(badge::endpoint(report)),
        _ => None,
    }
}
