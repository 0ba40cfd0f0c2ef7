//! A model as compact text.

use std::fmt::Write;

use provisor::rules::ast::GroupBy;
use provisor::rules::model::{
    AttributeId, Catalogue, Cond, CondKind, GroupAtom, Model, Modes, Naming, Operand, ProfileId,
    RuleHead, Test, ValueAtom, ValueId, ValueKind, WorkspaceId,
};

/// The whole model.
pub(super) fn model(model: &Model) -> String {
    let mut out = String::new();
    let catalogue = &model.catalogue;
    writeln!(out, "edition {}", model.edition).unwrap();
    items(&mut out, catalogue);
    for def in &model.attributes {
        let mut line = format!("attribute {} of {}", def.name, def.schema);
        for (flag, word) in
            [(def.multi_valued, "multi"), (def.complex, "complex"), (def.whole, "whole")]
        {
            if flag {
                write!(line, " {word}").unwrap();
            }
        }
        for value in &def.values {
            write!(line, " [{}]", format!("{} {}", value.name, kind(value.kind)).trim()).unwrap();
        }
        writeln!(out, "{line}").unwrap();
    }
    for rule in &model.assignments {
        head(&mut out, model, &rule.head);
        line(&mut out, "seats", list(&rule.seats, |id| &catalogue.seats[id.index()].naming));
        let graded = rule.workspaces.iter().enumerate().map(|(at, profile)| {
            let name = &catalogue.workspaces[at].naming.id;
            format!("{name}: {}", profile_name(catalogue, *profile))
        });
        line(&mut out, "workspaces", graded.collect::<Vec<_>>().join(", "));
        if let Some(home) = rule.home {
            line(&mut out, "home", catalogue.workspaces[home.index()].naming.id.clone());
        }
        line(
            &mut out,
            "capture",
            list(&rule.captures, |id| &catalogue.captures[id.index()].naming),
        );
        for (option, choice) in &rule.options {
            let item = &catalogue.options[option.index()];
            let choice = choice.map_or("none", |id| &item.choices[id.index()].id);
            line(&mut out, "option", format!("{} {choice}", item.naming.id));
        }
        line(&mut out, "update", modes(rule.update));
    }
    for rule in &model.grants {
        head(&mut out, model, &rule.head);
        line(&mut out, "seats", list(&rule.seats, |id| &catalogue.seats[id.index()].naming));
        let graded = rule.workspaces.iter().map(|(id, p)| grade(catalogue, *id, Some(*p)));
        line(&mut out, "workspaces", graded.collect::<Vec<_>>().join(", "));
        line(
            &mut out,
            "capture",
            list(&rule.captures, |id| &catalogue.captures[id.index()].naming),
        );
    }
    for rule in &model.nevers {
        head(&mut out, model, &rule.head);
        line(&mut out, "seats", list(&rule.seats, |id| &catalogue.seats[id.index()].naming));
        let graded = rule.workspaces.iter().map(|(id, p)| grade(catalogue, *id, *p));
        line(&mut out, "workspaces", graded.collect::<Vec<_>>().join(", "));
        line(
            &mut out,
            "capture",
            list(&rule.captures, |id| &catalogue.captures[id.index()].naming),
        );
    }
    if model.settings != provisor::rules::model::Settings::default() {
        writeln!(out, "{:#?}", model.settings).unwrap();
    }
    out
}

fn items(out: &mut String, catalogue: &Catalogue) {
    for seat in &catalogue.seats {
        let limit =
            seat.limit.map_or(String::new(), |n| format!(" limit {n} reserve {}", seat.reserve));
        let requires = list(&seat.requires, |id| &catalogue.seats[id.index()].naming);
        writeln!(out, "seat {}{limit} <- {requires}", named(&seat.naming)).unwrap();
    }
    for profile in &catalogue.profiles {
        let requires = list(&profile.requires, |id| &catalogue.seats[id.index()].naming);
        let rank = profile.rank.map_or(String::new(), |rank| format!(" #{rank}"));
        writeln!(out, "profile {}{rank} <- {requires}", named(&profile.naming)).unwrap();
    }
    for workspace in &catalogue.workspaces {
        let offers = workspace.offers.as_ref().map_or("all".to_owned(), |offers| {
            let one = |(id, wire): &(ProfileId, Option<String>)| {
                let wire = wire.as_ref().map(|wire| format!("={wire}")).unwrap_or_default();
                format!("{}{wire}", profile_name(catalogue, Some(*id)))
            };
            offers.iter().map(one).collect::<Vec<_>>().join(", ")
        });
        writeln!(out, "workspace {} offers {offers}", named(&workspace.naming)).unwrap();
    }
    for item in &catalogue.captures {
        let seats = list(&item.requires_seats, |id| &catalogue.seats[id.index()].naming);
        let captures = list(&item.requires_captures, |id| &catalogue.captures[id.index()].naming);
        let veto = if item.is_veto() { "veto" } else { "capture" };
        let excludes = list(&item.excludes, |id| &catalogue.captures[id.index()].naming);
        writeln!(out, "{veto} {} <- {seats} + {captures} -x {excludes}", named(&item.naming))
            .unwrap();
    }
    for option in &catalogue.options {
        let choices: Vec<String> = option.choices.iter().map(named).collect();
        writeln!(out, "option {} {{ {} }}", named(&option.naming), choices.join(", ")).unwrap();
    }
}

fn head(out: &mut String, model: &Model, head: &RuleHead) {
    let former = head.formerly.as_ref().map(|name| format!(" formerly {name:?}"));
    let former = former.unwrap_or_default();
    writeln!(out, "{} {:?}{former}", head.kind.as_str(), head.name).unwrap();
    for docs in &head.docs {
        line(out, "##", docs.clone());
    }
    line(out, "match", condition(model, &head.matches));
    if let Some(except) = &head.except {
        line(out, "except", condition(model, except));
    }
}

/// A condition in one line.
pub(super) fn condition(model: &Model, cond: &Cond) -> String {
    let all = |list: &[Cond]| {
        list.iter().map(|inner| condition(model, inner)).collect::<Vec<_>>().join(" ")
    };
    match &cond.kind {
        CondKind::True => "everyone".to_owned(),
        CondKind::All(list) => format!("(all {})", all(list)),
        CondKind::Any(list) => format!("(any {})", all(list)),
        CondKind::Not(inner) => format!("(not {})", condition(model, inner)),
        CondKind::Group(atom) => group(atom),
        CondKind::Value(atom) => value(model, atom),
        CondKind::Element { attribute, inner } => {
            format!("{}[{}]", name(model, *attribute, None), condition(model, inner))
        }
    }
}

fn group(atom: &GroupAtom) -> String {
    let keys: Vec<String> = atom
        .groups
        .iter()
        .map(|key| {
            let by = match key.by {
                GroupBy::Name => "",
                GroupBy::Id => "id ",
                GroupBy::ExternalId => "externalId ",
                GroupBy::Like => "like ",
            };
            format!("{by}{:?}", key.compared)
        })
        .collect();
    let how = if atom.all { "all" } else { "any" };
    let directly = if atom.directly { " directly" } else { "" };
    format!("{how}-groups{{{}}}{directly}", keys.join(", "))
}

fn value(model: &Model, atom: &ValueAtom) -> String {
    let what = name(model, atom.attribute, atom.value);
    let many = |list: &[Operand]| list.iter().map(operand).collect::<Vec<_>>().join(", ");
    let test = match &atom.test {
        Test::Present => "is there".to_owned(),
        Test::Equal(value) => format!("= {}", operand(value)),
        Test::NotEqual(value) => format!("some != {}", operand(value)),
        Test::In(list) => format!("in {{{}}}", many(list)),
        Test::NotIn(list) => format!("some not in {{{}}}", many(list)),
        Test::Contains(value) => format!("contains {}", operand(value)),
        Test::StartsWith(value) => format!("starts {}", operand(value)),
        Test::EndsWith(value) => format!("ends {}", operand(value)),
        Test::AtLeast(value) => format!(">= {}", operand(value)),
        Test::AtMost(value) => format!("<= {}", operand(value)),
        Test::MoreThan(value) => format!("> {}", operand(value)),
        Test::LessThan(value) => format!("< {}", operand(value)),
        Test::Like { pattern, exact } => format!("like {pattern:?} exact {exact}"),
        Test::Matches(regex) => format!("matches {}", regex.compiled.as_str()),
    };
    format!("<{what} {test}>")
}

fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Text { compared, exact } => {
            format!("{compared:?}{}", if *exact { " exactly" } else { "" })
        }
        Operand::Number(number) => number.to_string(),
        Operand::Flag(flag) => flag.to_string(),
        Operand::Date(instant) => instant.to_string(),
    }
}

fn name(model: &Model, attribute: AttributeId, value: Option<ValueId>) -> String {
    let def = &model.attributes[attribute.index()];
    match value.map(|value| &def.values[value.index()].name) {
        Some(part) if !part.is_empty() => format!("{}.{part}", def.name),
        _ => def.name.clone(),
    }
}

fn kind(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text { exact: false } => "text",
        ValueKind::Text { exact: true } => "exact text",
        ValueKind::Flag => "flag",
        ValueKind::Number => "number",
        ValueKind::Date => "date",
    }
}

fn modes(modes: Modes) -> String {
    let list = [
        ("seats", modes.seats),
        ("workspaces", modes.workspaces),
        ("capture", modes.capture),
        ("options", modes.options),
    ];
    let on = list.iter().filter(|(_, automatic)| *automatic).map(|(name, _)| *name);
    let on: Vec<&str> = on.collect();
    format!("automatic {{{}}}", on.join(", "))
}

fn grade(catalogue: &Catalogue, workspace: WorkspaceId, profile: Option<ProfileId>) -> String {
    let name = &catalogue.workspaces[workspace.index()].naming.id;
    format!("{name}: {}", profile_name(catalogue, profile))
}

fn profile_name(catalogue: &Catalogue, profile: Option<ProfileId>) -> &str {
    profile.map_or("none", |id| &catalogue.profiles[id.index()].naming.id)
}

fn list<'c, T>(ids: &[T], naming: impl Fn(&T) -> &'c Naming) -> String {
    ids.iter().map(|id| naming(id).id.as_str()).collect::<Vec<_>>().join(", ")
}

fn named(naming: &Naming) -> String {
    let wire = naming.wire.as_ref().map(|wire| format!("={wire}")).unwrap_or_default();
    format!("{}{wire} {:?}", naming.id, naming.label)
}

fn line(out: &mut String, keyword: &str, text: String) {
    if !text.is_empty() {
        writeln!(out, "  {keyword:<10} {text}").unwrap();
    }
}
