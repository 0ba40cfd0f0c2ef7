//! Every reporter on one report with every verdict, and on answers that mean harm.

mod fixture;

mod browser;
mod changes;
mod curl;
mod forms;
mod hostile;
mod secrets;
mod shapes;
mod waivers;
