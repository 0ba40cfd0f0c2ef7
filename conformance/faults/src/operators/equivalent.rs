//! Operators that no scenario can or should notice, and why.

/// The end or a part of an operator's name, and why it does no harm that could be seen.
const EQUIVALENT: &[(&str, &str)] = &[];

/// Why an operator of this name is not caught, if that is known.
pub fn reason(name: &str) -> Option<&'static str> {
    EQUIVALENT.iter().find(|(part, _)| name.contains(part)).map(|(_, reason)| *reason)
}
