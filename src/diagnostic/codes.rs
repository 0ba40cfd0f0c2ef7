//! The table of codes: every finding has one, and each has a page.
//!
//! Codes never change their meaning. The letter is the stage: P syntax, N names, T types,
//! S structure, R reachability, Q tests, Y style.

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rules cannot be used.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Could be better.
    Hint,
}

impl Severity {
    /// As printed: `error`, `warning`, `hint`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// As printed: `P003`.
    pub name: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about, in one line.
    pub summary: &'static str,
    /// The page that `provisor explain-code` prints (markdown).
    pub page: &'static str,
}

/// A stable diagnostic code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// Missing or unknown `provisioning N` header.
    P001,
    /// Unknown clause or keyword, or a misspelt identifier.
    P002,
    /// Operator from another language.
    P003,
    /// Unclosed string, brace, bracket or parenthesis.
    P004,
    /// `and` and `or` mixed without parentheses.
    P005,
    /// Bidi control or mixed-script confusable in a name.
    P006,
    /// A limit is exceeded.
    P007,
    /// Clause missing, repeated, or not allowed in this kind of rule.
    P008,
    /// Name that nothing declares.
    N101,
    /// Duplicate name.
    N102,
    /// Declared, never used.
    N103,
    /// Include or use: cycle, escape from the root, missing file.
    N104,
    /// Profile not offered in that workspace.
    N105,
    /// Operator does not fit the attribute's type.
    T201,
    /// Value outside the declared values.
    T202,
    /// A URN or sub-attribute that its schema does not have.
    T203,
    /// Regular expression invalid, unsupported or too large.
    T204,
    /// Regular expression that words can say.
    T205,
    /// Letter case makes no difference, or cannot.
    T206,
    /// Negation also matches people without a value.
    T207,
    /// Set of groups used as values, or the reverse.
    T208,
    /// `is not` on a multi-valued attribute.
    T209,
    /// Text that surely means something else.
    T210,
    /// An item is given whose requirement nobody gives.
    S301,
    /// Profile in a workspace without the seat it requires.
    S303,
    /// Requirements, vetoes or profile order do not make sense.
    S304,
    /// Home workspace has no profile.
    S305,
    /// Plan limits exceeded.
    S306,
    /// A workspace is not listed and there is no `others`.
    S307,
    /// An item and its veto both given.
    S308,
    /// A never names a veto.
    S309,
    /// Captures but has no home.
    S310,
    /// People under a manual assignment get this grant only when they are placed.
    S311,
    /// Rule can never match.
    R401,
    /// Rule is unreachable.
    R402,
    /// Default assignment missing, repeated, not last, or with a condition.
    R404,
    /// Rule repeats its neighbour.
    R405,
    /// An expectation failed.
    Q701,
    /// `prove` is not yet decided.
    Q702,
    /// Rule is not covered by any test.
    Q703,
    /// Fixture is impossible under the declared schema.
    Q704,
    /// Not formatted.
    Y801,
    /// A newer catalogue exists.
    Y802,
}

/// Every code, in order.
pub const TABLE: &[Entry] = &[
    entry(
        Code::P001,
        "P001",
        Severity::Error,
        "missing or unknown `provisioning N` header",
        include_str!("pages/P001.md"),
    ),
    entry(
        Code::P002,
        "P002",
        Severity::Error,
        "unknown clause or keyword, or a misspelt identifier",
        include_str!("pages/P002.md"),
    ),
    entry(
        Code::P003,
        "P003",
        Severity::Error,
        "operator from another language",
        include_str!("pages/P003.md"),
    ),
    entry(
        Code::P004,
        "P004",
        Severity::Error,
        "unclosed string, brace, bracket or parenthesis",
        include_str!("pages/P004.md"),
    ),
    entry(
        Code::P005,
        "P005",
        Severity::Warning,
        "`and` and `or` mixed without parentheses",
        include_str!("pages/P005.md"),
    ),
    entry(
        Code::P006,
        "P006",
        Severity::Warning,
        "bidi control or mixed-script confusable in a name",
        include_str!("pages/P006.md"),
    ),
    entry(
        Code::P007,
        "P007",
        Severity::Error,
        "a limit is exceeded",
        include_str!("pages/P007.md"),
    ),
    entry(
        Code::P008,
        "P008",
        Severity::Error,
        "clause missing, repeated, or not allowed in this kind of rule",
        include_str!("pages/P008.md"),
    ),
    entry(
        Code::N101,
        "N101",
        Severity::Error,
        "name that nothing declares",
        include_str!("pages/N101.md"),
    ),
    entry(Code::N102, "N102", Severity::Error, "duplicate name", include_str!("pages/N102.md")),
    entry(
        Code::N103,
        "N103",
        Severity::Warning,
        "declared, never used",
        include_str!("pages/N103.md"),
    ),
    entry(
        Code::N104,
        "N104",
        Severity::Error,
        "include or use: cycle, escape from the root, missing file",
        include_str!("pages/N104.md"),
    ),
    entry(
        Code::N105,
        "N105",
        Severity::Error,
        "profile not offered in that workspace",
        include_str!("pages/N105.md"),
    ),
    entry(
        Code::T201,
        "T201",
        Severity::Error,
        "operator does not fit the attribute's type",
        include_str!("pages/T201.md"),
    ),
    entry(
        Code::T202,
        "T202",
        Severity::Error,
        "value outside the declared values",
        include_str!("pages/T202.md"),
    ),
    entry(
        Code::T203,
        "T203",
        Severity::Error,
        "a URN or sub-attribute that its schema does not have",
        include_str!("pages/T203.md"),
    ),
    entry(
        Code::T204,
        "T204",
        Severity::Error,
        "regular expression invalid, unsupported or too large",
        include_str!("pages/T204.md"),
    ),
    entry(
        Code::T205,
        "T205",
        Severity::Warning,
        "regular expression that words can say",
        include_str!("pages/T205.md"),
    ),
    entry(
        Code::T206,
        "T206",
        Severity::Warning,
        "letter case makes no difference, or cannot",
        include_str!("pages/T206.md"),
    ),
    entry(
        Code::T207,
        "T207",
        Severity::Warning,
        "negation also matches people without a value",
        include_str!("pages/T207.md"),
    ),
    entry(
        Code::T208,
        "T208",
        Severity::Error,
        "set of groups used as values, or the reverse",
        include_str!("pages/T208.md"),
    ),
    entry(
        Code::T209,
        "T209",
        Severity::Warning,
        "`is not` on a multi-valued attribute",
        include_str!("pages/T209.md"),
    ),
    entry(
        Code::T210,
        "T210",
        Severity::Warning,
        "text that surely means something else",
        include_str!("pages/T210.md"),
    ),
    entry(
        Code::S301,
        "S301",
        Severity::Warning,
        "an item is given whose requirement nobody gives",
        include_str!("pages/S301.md"),
    ),
    entry(
        Code::S303,
        "S303",
        Severity::Warning,
        "profile in a workspace without the seat it requires",
        include_str!("pages/S303.md"),
    ),
    entry(
        Code::S304,
        "S304",
        Severity::Error,
        "requirements, vetoes or profile order do not make sense",
        include_str!("pages/S304.md"),
    ),
    entry(
        Code::S305,
        "S305",
        Severity::Warning,
        "home workspace has no profile",
        include_str!("pages/S305.md"),
    ),
    entry(
        Code::S306,
        "S306",
        Severity::Warning,
        "plan limits exceeded",
        include_str!("pages/S306.md"),
    ),
    entry(
        Code::S307,
        "S307",
        Severity::Warning,
        "a workspace is not listed and there is no `others`",
        include_str!("pages/S307.md"),
    ),
    entry(
        Code::S308,
        "S308",
        Severity::Warning,
        "an item and its veto both given",
        include_str!("pages/S308.md"),
    ),
    entry(
        Code::S309,
        "S309",
        Severity::Warning,
        "a never names a veto",
        include_str!("pages/S309.md"),
    ),
    entry(
        Code::S310,
        "S310",
        Severity::Warning,
        "captures but has no home",
        include_str!("pages/S310.md"),
    ),
    entry(
        Code::S311,
        "S311",
        Severity::Warning,
        "people under a manual assignment get this grant only when they are placed",
        include_str!("pages/S311.md"),
    ),
    entry(
        Code::R401,
        "R401",
        Severity::Error,
        "rule can never match",
        include_str!("pages/R401.md"),
    ),
    entry(
        Code::R402,
        "R402",
        Severity::Warning,
        "rule is unreachable",
        include_str!("pages/R402.md"),
    ),
    entry(
        Code::R404,
        "R404",
        Severity::Error,
        "default assignment missing, repeated, not last, or with a condition",
        include_str!("pages/R404.md"),
    ),
    entry(
        Code::R405,
        "R405",
        Severity::Hint,
        "rule repeats its neighbour",
        include_str!("pages/R405.md"),
    ),
    entry(
        Code::Q701,
        "Q701",
        Severity::Error,
        "an expectation failed",
        include_str!("pages/Q701.md"),
    ),
    entry(
        Code::Q702,
        "Q702",
        Severity::Hint,
        "`prove` is not yet decided",
        include_str!("pages/Q702.md"),
    ),
    entry(
        Code::Q703,
        "Q703",
        Severity::Warning,
        "rule is not covered by any test",
        include_str!("pages/Q703.md"),
    ),
    entry(
        Code::Q704,
        "Q704",
        Severity::Warning,
        "fixture is impossible under the declared schema",
        include_str!("pages/Q704.md"),
    ),
    entry(Code::Y801, "Y801", Severity::Hint, "not formatted", include_str!("pages/Y801.md")),
    entry(
        Code::Y802,
        "Y802",
        Severity::Hint,
        "a newer catalogue exists",
        include_str!("pages/Y802.md"),
    ),
];

const fn entry(
    code: Code,
    name: &'static str,
    severity: Severity,
    summary: &'static str,
    page: &'static str,
) -> Entry {
    Entry { code, name, severity, summary, page }
}

impl Code {
    /// Its row.
    pub fn entry(self) -> &'static Entry {
        // The table is in the order of the enum (tested), so the index fits; the fallback only
        // keeps this total.
        TABLE.get(self as usize).unwrap_or(&FIRST)
    }

    /// As printed: `P003`.
    pub fn as_str(self) -> &'static str {
        self.entry().name
    }

    /// How much it weighs.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// The code with that name, in any case of letters.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|e| e.name.eq_ignore_ascii_case(name)).map(|e| e.code)
    }
}

static FIRST: Entry = entry(
    Code::P001,
    "P001",
    Severity::Error,
    "missing or unknown `provisioning N` header",
    include_str!("pages/P001.md"),
);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_enum_order_and_unique() {
        for (index, entry) in TABLE.iter().enumerate() {
            assert_eq!(entry.code as usize, index, "{}", entry.name);
            assert_eq!(Code::from_name(entry.name), Some(entry.code));
            assert_eq!(format!("{:?}", entry.code), entry.name);
        }
    }

    #[test]
    fn every_code_has_a_page_with_its_name() {
        for entry in TABLE {
            assert!(entry.page.starts_with(&format!("# {}", entry.name)), "{}", entry.name);
        }
    }
}
