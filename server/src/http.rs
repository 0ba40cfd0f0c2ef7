//! HTTP: routes, limits, and how refusals become responses.
