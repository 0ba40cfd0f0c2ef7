//! What an engine has to do here.

use serde_json::Value;

use crate::facts::Facts;
use crate::scenario::Scenario;

/// An engine with the rules of a scenario compiled.
pub trait Engine: Sized {
    /// Its name in the tables.
    const NAME: &'static str;
    /// The crate that it is, for its version.
    const CRATE: &'static str;
    /// A person in the form that the engine evaluates; a buffer if it can be reused.
    type Input;

    /// Translates the assignments into the engine's own language and compiles them.
    fn new(scenario: &Scenario) -> Self;

    /// Nobody yet.
    fn blank(&self) -> Self::Input;

    /// The input of a person whose facts the host has at hand.
    ///
    /// Provisor reads SCIM itself and is never asked this.
    fn read_facts(&self, facts: &Facts<'_>, input: &mut Self::Input);

    /// The input of a person from the tree of the SCIM User.
    fn read_tree(&self, user: &Value, input: &mut Self::Input) {
        self.read_facts(&Facts::from_tree(user), input);
    }

    /// The input of a person from the JSON text of the SCIM User.
    fn read_text(&self, user: &str, input: &mut Self::Input) {
        self.read_facts(&Facts::from_text(user), input);
    }

    /// Decides, and shows the name of the assignment that won: engines differ in who owns it.
    fn decide<R>(&mut self, input: &Self::Input, show: impl FnOnce(&str) -> R) -> R;
}
