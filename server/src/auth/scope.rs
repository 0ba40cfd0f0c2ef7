//! Scopes as text (RFC 6749, 3.3).

use std::fmt;

use super::Scopes;

/// The names of all scopes.
pub const NAMES: [&str; 3] = ["scim:read", "scim:write", "admin"];

impl Scopes {
    /// What SCIM clients need: reading and writing.
    pub const SCIM: Self = Self { read: true, write: true, admin: false };
    /// Everything.
    pub const ALL: Self = Self { read: true, write: true, admin: true };

    /// From names with blanks (or commas) between them. A name that is not known fails, and so
    /// does a list without any.
    pub fn parse(text: &str) -> Result<Self, UnknownScope> {
        let mut scopes = Self::default();
        for name in text.split([' ', ',']).filter(|name| !name.is_empty()) {
            match name {
                "scim:read" => scopes.read = true,
                "scim:write" => scopes.write = true,
                "admin" => scopes.admin = true,
                _ => return Err(UnknownScope(Some(name.chars().take(64).collect()))),
            }
        }
        if scopes == Self::default() { Err(UnknownScope(None)) } else { Ok(scopes) }
    }

    /// Whether everything that `other` allows is allowed by these.
    pub fn include(self, other: Self) -> bool {
        (self.can_read() || !other.can_read())
            && (self.write || !other.write)
            && (self.admin || !other.admin)
    }
}

/// The names with a blank between them, in a fixed order.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (name, on) in NAMES.into_iter().zip([self.read, self.write, self.admin]) {
            if on {
                write!(f, "{between}{name}")?;
                between = " ";
            }
        }
        Ok(())
    }
}

/// A scope that there is not; `None` where no scope was named at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownScope(pub Option<String>);

impl fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(f, "there is no scope `{name}`")?,
            None => write!(f, "no scope is named")?,
        }
        write!(f, "; scopes are {}", NAMES.map(|name| format!("`{name}`")).join(", "))
    }
}

impl std::error::Error for UnknownScope {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_written() {
        for text in ["scim:read", "scim:read scim:write", "scim:read scim:write admin", "admin"] {
            assert_eq!(Scopes::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Scopes::parse("scim:raed").unwrap_err().0.as_deref(), Some("scim:raed"));
        assert_eq!(Scopes::parse(" ").unwrap_err().0, None);
    }

    #[test]
    fn writing_includes_reading_and_not_the_reverse() {
        let (read, write) =
            (Scopes::parse("scim:read").unwrap(), Scopes::parse("scim:write").unwrap());
        assert!(write.include(read) && !read.include(write));
        assert!(!Scopes::SCIM.include(Scopes::ALL) && Scopes::ALL.include(Scopes::SCIM));
    }
}
