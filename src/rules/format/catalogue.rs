//! One-line items; declarations of one kind that follow one another are a table.

use super::printer::{Atom, Entry, Printer};
use super::text::{group, literal, quoted, width};
use crate::rules::ast::{
    Attribute, Ident, Item, ItemKind, Limit, Offer, OptionDecl, Requirement, RequirementKind, Set,
    SetMembers, SettingValue, Text,
};
use crate::rules::source::Span;

/// A table never pushes its columns further than this.
const FURTHEST: usize = 60;

/// One cell of a declaration: parts that stay in one column.
struct Cell {
    column: usize,
    parts: Vec<(Span, String)>,
}

impl Printer<'_> {
    /// The columns of every item.
    pub(super) fn tables(&self, items: &[Item]) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = Vec::with_capacity(items.len());
        let mut rest = items;
        while !rest.is_empty() {
            let length = self.table_length(rest);
            let (table, more) = rest.split_at(length.max(1).min(rest.len()));
            let rows: Vec<Vec<(usize, usize)>> = table.iter().map(widths).collect();
            let columns = columns(&rows);
            out.extend(table.iter().map(|_| columns.clone()));
            rest = more;
        }
        out
    }

    /// How many items from the first on are rows of one table.
    fn table_length(&self, items: &[Item]) -> usize {
        let pairs = items.iter().zip(items.iter().skip(1));
        1 + pairs
            .take_while(|(before, item)| {
                let same = std::mem::discriminant(&before.node.node)
                    == std::mem::discriminant(&item.node.node);
                let apart = self.separated(before.node.span.end, item.node.span.start);
                same && apart != Some(true)
            })
            .count()
    }

    /// One item without the end of its line.
    pub(super) fn item(&mut self, item: &Item, columns: &[usize]) {
        let span = item.node.span;
        match &item.node.node {
            ItemKind::Include(path) => self.out.push_str(&format!("include {}", quoted(path))),
            ItemKind::Use(path) => self.out.push_str(&format!("use {}", quoted(path))),
            ItemKind::UseCatalogue { name, version } => {
                self.out.push_str(&format!("use catalogue {} {}", name.node, version.node));
            }
            ItemKind::Setting(setting) => {
                self.out.push_str(&format!("setting {}", setting.name.node));
                for value in &setting.values {
                    let written = match &value.node {
                        SettingValue::Word(word) => word.clone(),
                        SettingValue::Number(number) => number.to_string(),
                        SettingValue::Percent(number) => format!("{number} %"),
                        SettingValue::Text(text) => quoted(text),
                    };
                    self.out.push(' ');
                    self.out.push_str(&written);
                }
            }
            ItemKind::Limit { seat, limit: of } => {
                self.out.push_str(&format!("limit {} {}", seat.node, count(of)));
            }
            ItemKind::ProfileOrder(names) => self.profile_order(names),
            ItemKind::Option(option) => self.option(option, span),
            ItemKind::Attribute(attribute) => self.attribute(attribute, span, columns),
            ItemKind::Set(set) => self.set(set, span, columns),
            ItemKind::Rule(rule) => self.rule(rule),
            ItemKind::Fixture(fixture) => self.fixture(fixture, span),
            ItemKind::Test(test) => self.test(test, span),
            ItemKind::Prove(prove) => self.prove(prove, span),
            _ => {
                let mut atoms = Vec::new();
                for cell in cells(&item.node.node) {
                    for (index, (place, text)) in cell.parts.into_iter().enumerate() {
                        let mut atom = Atom::new(place, text);
                        if index == 0 {
                            atom.column = columns.get(cell.column).copied().unwrap_or(0);
                        }
                        atoms.push(atom);
                    }
                }
                self.flow(&atoms, 4);
            }
        }
    }

    fn profile_order(&mut self, names: &[Ident]) {
        let mut atoms = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let before = if index == 0 { "profile order" } else { "<" };
            atoms.push(Atom::new(name.span, format!("{before} {}", name.node)));
        }
        self.flow(&atoms, 4);
    }

    fn option(&mut self, option: &OptionDecl, span: Span) {
        self.out.push_str(&format!("option {} {}", option.id.node, quoted(&option.label)));
        if let Some(wire) = &option.wire {
            self.out.push_str(&format!(" as {}", quoted(wire)));
        }
        self.out.push(' ');
        let entries: Vec<Entry> = option
            .choices
            .iter()
            .map(|choice| {
                let mut text = format!("{} {}", choice.id.node, quoted(&choice.label));
                if let Some(wire) = &choice.wire {
                    text.push_str(&format!(" as {}", quoted(wire)));
                }
                Entry { span: choice.id.span, text }
            })
            .collect();
        self.list(&entries, span, 0, 0);
    }

    fn attribute(&mut self, attribute: &Attribute, span: Span, columns: &[usize]) {
        self.out.push_str(&format!("attribute {}", attribute.id.node));
        self.up_to_column(columns.get(1));
        let list = if attribute.list { "list " } else { "" };
        let kind = match attribute.kind.node {
            crate::rules::ast::AttributeKind::Text => "text",
            crate::rules::ast::AttributeKind::Flag => "flag",
            crate::rules::ast::AttributeKind::Number => "number",
            crate::rules::ast::AttributeKind::Date => "date",
        };
        let exact = if attribute.exact.is_some() { " exact" } else { "" };
        self.out.push_str(&format!("= {} : {list}{kind}{exact}", quoted(&attribute.path)));
        if let Some(values) = &attribute.values {
            self.out.push(' ');
            let entries: Vec<Entry> = values
                .iter()
                .map(|value| Entry { span: value.span, text: literal(value) })
                .collect();
            self.list(&entries, span, 0, 0);
        }
    }

    fn set(&mut self, set: &Set, span: Span, columns: &[usize]) {
        self.out.push_str(&format!("set {}", set.id.node));
        self.up_to_column(columns.get(1));
        self.out.push_str("= ");
        let entries: Vec<Entry> = match &set.members {
            SetMembers::Values(values) => values
                .iter()
                .map(|value| Entry { span: value.span, text: literal(value) })
                .collect(),
            SetMembers::Groups(groups) => {
                self.out.push_str("groups ");
                groups.iter().map(|one| Entry { span: one.text.span, text: group(one) }).collect()
            }
        };
        self.list(&entries, span, 0, 0);
    }

    /// Blanks up to a column of a table, and one at least.
    pub(super) fn up_to_column(&mut self, column: Option<&usize>) {
        let blanks = column.copied().unwrap_or(0).saturating_sub(self.column()).max(1);
        self.indent(blanks);
    }
}

fn count(limit: &Limit) -> String {
    match &limit.reserve {
        Some(reserve) => format!("{} reserve {}", limit.count.node, reserve.node),
        None => limit.count.node.to_string(),
    }
}

/// The cells of a declaration that is a row; none of any other item.
fn cells(item: &ItemKind) -> Vec<Cell> {
    let mut cells = Vec::new();
    match item {
        ItemKind::Seat(seat) => {
            named(&mut cells, "seat", &seat.id, &seat.label, seat.wire.as_ref());
            if let Some(limit) = &seat.limit {
                let parts = vec![(limit.count.span, format!("limit {}", count(limit)))];
                cells.push(Cell { column: 3, parts });
            }
            requires(&mut cells, &seat.requires);
        }
        ItemKind::Profile(profile) => {
            named(&mut cells, "profile", &profile.id, &profile.label, profile.wire.as_ref());
            requires(&mut cells, &profile.requires);
        }
        ItemKind::Workspace(workspace) => {
            named(
                &mut cells,
                "workspace",
                &workspace.id,
                &workspace.label,
                workspace.wire.as_ref(),
            );
            if let Some(offers) = &workspace.offers {
                let parts = offers.iter().map(|offer| (offer.profile.span, offered(offer)));
                listed(&mut cells, 4, "profiles", parts);
            }
        }
        ItemKind::Capture(capture) => {
            named(&mut cells, "capture", &capture.id, &capture.label, capture.wire.as_ref());
            requires(&mut cells, &capture.requires);
            let parts = capture.excludes.iter().map(|name| (name.span, name.node.clone()));
            listed(&mut cells, 5, "excludes", parts);
        }
        _ => {}
    }
    cells
}

fn named(cells: &mut Vec<Cell>, word: &str, id: &Ident, label: &Text, wire: Option<&Text>) {
    cells.push(Cell { column: 0, parts: vec![(id.span, format!("{word} {}", id.node))] });
    cells.push(Cell { column: 1, parts: vec![(label.span, quoted(label))] });
    if let Some(wire) = wire {
        cells.push(Cell { column: 2, parts: vec![(wire.span, format!("as {}", quoted(wire)))] });
    }
}

fn requires(cells: &mut Vec<Cell>, requires: &[Requirement]) {
    let parts = requires.iter().map(|one| {
        let kind = match one.kind.as_ref().map(|kind| kind.node) {
            Some(RequirementKind::Seat) => "seat ",
            Some(RequirementKind::Capture) => "capture ",
            None => "",
        };
        let place = one.kind.as_ref().map_or(one.id.span, |kind| kind.span);
        (place, format!("{kind}{}", one.id.node))
    });
    listed(cells, 4, "requires", parts);
}

fn offered(offer: &Offer) -> String {
    match &offer.wire {
        Some(wire) => format!("{} as {}", offer.profile.node, quoted(wire)),
        None => offer.profile.node.clone(),
    }
}

/// A cell of a keyword and names parted by commas.
fn listed(
    cells: &mut Vec<Cell>,
    column: usize,
    keyword: &str,
    names: impl Iterator<Item = (Span, String)>,
) {
    let mut parts: Vec<(Span, String)> = names.collect();
    let last = parts.len().saturating_sub(1);
    for (index, (_, text)) in parts.iter_mut().enumerate() {
        if index == 0 {
            text.insert_str(0, &format!("{keyword} "));
        }
        if index < last {
            text.push(',');
        }
    }
    if !parts.is_empty() {
        cells.push(Cell { column, parts });
    }
}

/// The columns of an item's cells with their widths.
fn widths(item: &Item) -> Vec<(usize, usize)> {
    match &item.node.node {
        ItemKind::Attribute(attribute) => {
            vec![(0, width("attribute ") + width(&attribute.id)), (1, 0)]
        }
        ItemKind::Set(set) => vec![(0, width("set ") + width(&set.id)), (1, 0)],
        other => cells(other)
            .iter()
            .map(|cell| {
                let parts = cell.parts.iter().map(|(_, text)| width(text) + 1);
                (cell.column, parts.sum::<usize>().saturating_sub(1))
            })
            .collect(),
    }
}

/// Where each column of a table starts; 0 where a column is not set.
fn columns(rows: &[Vec<(usize, usize)>]) -> Vec<usize> {
    const COLUMNS: usize = 6;
    let mut starts = vec![0; COLUMNS];
    for column in 1..COLUMNS {
        let gap = if column == 1 { 1 } else { 2 };
        let ends =
            rows.iter().filter(|row| row.iter().any(|(at, _)| *at >= column)).filter_map(|row| {
                let (at, width) = row.iter().rev().find(|(at, _)| *at < column)?;
                Some(starts.get(*at)? + width + gap)
            });
        let start = ends.max().unwrap_or(0);
        if let Some(slot) = starts.get_mut(column) {
            *slot = if start > FURTHEST { 0 } else { start };
        }
    }
    starts
}
