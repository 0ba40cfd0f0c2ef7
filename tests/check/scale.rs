//! Limits, and time in proportion to the text.
