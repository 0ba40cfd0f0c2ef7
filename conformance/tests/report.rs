//! Every reporter on one report with every verdict, and on answers that mean harm.

#![allow(missing_docs, reason = "tests document themselves by their names")]

#[path = "report/fixture.rs"]
mod fixture;

#[path = "report/browser.rs"]
mod browser;
#[path = "report/changes.rs"]
mod changes;
#[path = "report/forms.rs"]
mod forms;
#[path = "report/hostile.rs"]
mod hostile;
#[path = "report/secrets.rs"]
mod secrets;
#[path = "report/shapes.rs"]
mod shapes;
#[path = "report/waivers.rs"]
mod waivers;
