//! Rules from files: the one place that knows how the stages are called.
