//! A table that people like to read, as wide as the terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::output::{self, Look};

/// A column: its title and the most characters that it takes, if there is a limit.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Its share of the width in per cent; beyond it texts are broken into lines.
    pub share: u16,
}

/// The rows under their titles, each line ended; columns that are empty everywhere are left out.
pub fn render(columns: &[Column], rows: &[Vec<String>], look: Look) -> String {
    let used = |index: usize| rows.iter().any(|row| row.get(index).is_some_and(|t| !t.is_empty()));
    let kept: Vec<usize> = (0..columns.len()).filter(|index| used(*index)).collect();
    let pick = |row: &[String]| -> Vec<String> {
        kept.iter().map(|index| row.get(*index).cloned().unwrap_or_default()).collect()
    };

    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    let width = u16::try_from(look.width).unwrap_or(u16::MAX);
    table.set_width(width);
    table.set_header(kept.iter().filter_map(|index| columns.get(*index)).map(|c| c.title));
    for row in rows {
        table.add_row(pick(row));
    }
    let shares: u16 = kept.iter().filter_map(|i| columns.get(*i)).map(|c| c.share).sum();
    for (place, index) in kept.iter().enumerate() {
        let Some(column) = columns.get(*index) else { continue };
        let most = u32::from(width) * u32::from(column.share) / u32::from(shares.max(1));
        if let Some(shown) = table.column_mut(place) {
            shown.set_padding((0, 2));
            let most = u16::try_from(most).unwrap_or(u16::MAX).max(8);
            shown.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(most)));
        }
    }
    let mut text = String::new();
    for (number, line) in table.lines().enumerate() {
        let line = line.trim_end();
        match number {
            0 => text.push_str(&look.paint(line, output::STRONG)),
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}
