//! What an operator sets: flags, a TOML file, the environment.
