//! Findings about checked rules: structure and reachability.
