//! JSON without losses: duplicate keys, key order and number text are kept.
