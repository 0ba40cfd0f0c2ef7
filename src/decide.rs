//! The decision: rules and one person give one outcome with its reasons.
