//! Names, labels and wire names with nothing in them (P002).

use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{ItemKind, Text};

/// P002 for every name of an item that nobody could read.
pub(super) fn check(item: &ItemKind, report: &mut Report) {
    match item {
        ItemKind::Seat(it) => labels(&it.label, it.wire.as_ref(), report),
        ItemKind::Profile(it) => labels(&it.label, it.wire.as_ref(), report),
        ItemKind::Capture(it) => labels(&it.label, it.wire.as_ref(), report),
        ItemKind::Workspace(it) => {
            labels(&it.label, it.wire.as_ref(), report);
            for offer in it.offers.iter().flatten() {
                wire(offer.wire.as_ref(), report);
            }
        }
        ItemKind::Option(it) => {
            labels(&it.label, it.wire.as_ref(), report);
            for choice in &it.choices {
                labels(&choice.label, choice.wire.as_ref(), report);
            }
        }
        ItemKind::Rule(it) => {
            let why = "it is the reason that people are told: write one between the quotes";
            let kind = it.kind.as_str();
            refuse(&it.name, &format!("this {kind} has no name"), why, report);
            if let Some(former) = &it.formerly {
                let why = "write the name that it had, or remove `formerly`";
                refuse(former, "no rule was ever called nothing", why, report);
            }
        }
        ItemKind::Test(it) => test(&it.name, report),
        ItemKind::Prove(it) => test(&it.name, report),
        ItemKind::Include(_)
        | ItemKind::Use(_)
        | ItemKind::UseCatalogue { .. }
        | ItemKind::ProfileOrder(_)
        | ItemKind::Setting(_)
        | ItemKind::Limit { .. }
        | ItemKind::Attribute(_)
        | ItemKind::Set(_)
        | ItemKind::Fixture(_) => {}
    }
}

fn labels(label: &Text, name: Option<&Text>, report: &mut Report) {
    let why = "write between the quotes what people call it";
    refuse(label, "this label says nothing", why, report);
    wire(name, report);
}

fn wire(name: Option<&Text>, report: &mut Report) {
    let why = "write the name that the host's API uses, or remove `as`";
    if let Some(name) = name {
        refuse(name, "no field of the host's API has an empty name", why, report);
    }
}

fn test(name: &Text, report: &mut Report) {
    let why = "results are told by name: say between the quotes what it is about";
    refuse(name, "this test has no name", why, report);
}

fn refuse(text: &Text, message: &str, help: &str, report: &mut Report) {
    if text.node.trim().is_empty() {
        report.push(Diagnostic::new(Code::P002, text.span, message).label("empty").help(help));
    }
}
