//! Every limit on what comes from outside, in one table.
//!
//! The numbers are part of the language: exceeding one is diagnostic P007, or an error of the
//! reader, and the message names the limit. They are ours, not the stack's: each is checked
//! before anything recurses or allocates in proportion.

/// Bytes of one rules file.
pub const FILE_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of all rules files of one rule set together.
pub const TOTAL_BYTES: usize = 16 * 1024 * 1024;
/// Rules (assignments, grants, nevers) of one rule set.
pub const RULES: usize = 20_000;
/// Conditions (comparisons, group tests, list entries of groups count as one) in one rule.
pub const CONDITIONS_PER_RULE: usize = 1_000;
/// Nesting of parentheses, brackets, braces and `not` in rules, filters and paths.
pub const NESTING: usize = 64;
/// Entries of one set.
pub const SET_ENTRIES: usize = 100_000;
/// Bytes of one name or string literal in rules.
pub const NAME_BYTES: usize = 4 * 1024;
/// Bytes of one compiled regular expression.
pub const REGEX_BYTES: usize = 64 * 1024;
/// Depth of `include` and `use`.
pub const INCLUDE_DEPTH: usize = 16;
/// Diagnostics printed in one run; the rest is counted.
pub const DIAGNOSTICS: usize = 1_000;
/// Bytes of a SCIM filter or attribute path.
pub const FILTER_BYTES: usize = 64 * 1024;
/// Conditions of one SCIM filter.
pub const FILTER_CONDITIONS: usize = 1_000;
/// Nesting of objects and arrays in JSON.
pub const JSON_NESTING: usize = 128;
/// Bytes of one person's JSON.
pub const PERSON_BYTES: usize = 16 * 1024 * 1024;
/// Groups of one person.
pub const PERSON_GROUPS: usize = 100_000;
/// Leniencies that are listed for one resource; each attribute counts once.
pub const TOLERATED: usize = 64;
/// Operations of one SCIM PATCH request.
pub const PATCH_OPERATIONS: usize = 10_000;
