//! Reading files: `use` and `include`.
