//! PATCH (RFC 7644, 3.5.2): a pure function over lossless values and schemas.

/// Which dialects of clients are accepted beyond the letter of the RFC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {}
