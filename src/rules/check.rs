//! Checking: names, types, layers; makes the model.
