//! Built-in catalogues.
