//! Sets of leniencies: which of an enumeration are accepted.

/// Makes `$set`, a set of the variants of `$one`, of which there are at most 32. It has
/// `strict_set` and `whole_set` for constructors with names of their own, and the methods `with`,
/// `without` and `accepts`. A macro, because functions of a trait cannot be `const`.
macro_rules! accepted_set {
    ($(#[$doc:meta])* $set:ident of $one:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $set {
            accepted: u32,
        }

        impl $set {
            const fn strict_set() -> Self {
                Self { accepted: 0 }
            }

            const fn whole_set() -> Self {
                Self { accepted: u32::MAX }
            }

            /// The same, with another one.
            #[must_use]
            pub const fn with(self, one: $one) -> Self {
                Self { accepted: self.accepted | 1 << one as u32 }
            }

            /// The same, without one.
            #[must_use]
            pub const fn without(self, one: $one) -> Self {
                Self { accepted: self.accepted & !(1 << one as u32) }
            }

            /// Whether one is accepted.
            pub const fn accepts(self, one: $one) -> bool {
                self.accepted & (1 << one as u32) != 0
            }
        }
    };
}

pub(crate) use accepted_set;
