//! A table that people like to read, as wide as the terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use provisor::diagnostic::render::width::of_text;

use crate::output::{self, Look};

/// Columns between two columns.
const GAP: usize = 2;
/// Words longer than this may be broken.
const LONGEST_WORD: usize = 22;

/// The rows under their titles, each line ended; columns that are empty everywhere are left out.
pub fn render(titles: &[&str], rows: &[Vec<String>], look: Look) -> String {
    let cell = |row: &[String], index: usize| row.get(index).cloned().unwrap_or_default();
    let kept: Vec<usize> = (0..titles.len())
        .filter(|index| rows.iter().any(|row| !cell(row, *index).is_empty()))
        .collect();
    let mut lines = vec![
        kept.iter().filter_map(|i| titles.get(*i)).map(|t| (*t).to_owned()).collect::<Vec<_>>(),
    ];
    lines.extend(rows.iter().map(|row| kept.iter().map(|index| cell(row, *index)).collect()));

    let columns: Vec<Needs> = (0..kept.len())
        .map(|place| lines.iter().filter_map(|line| line.get(place)).collect())
        .collect();
    let room = look.width.saturating_sub(GAP * kept.len());
    let widths = share(&columns, room);

    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width).unwrap_or(u16::MAX));
    let mut lines = lines.into_iter();
    if let Some(header) = lines.next() {
        table.set_header(header);
    }
    table.add_rows(lines);
    for (place, width) in widths.into_iter().enumerate() {
        if let Some(column) = table.column_mut(place) {
            column.set_padding((0, GAP as u16));
            let width = u16::try_from(width + GAP).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    let mut text = String::new();
    for (number, line) in table.lines().enumerate() {
        let line = line.trim_end();
        let line = if number == 0 { look.paint(line, output::STRONG) } else { line.to_owned() };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// What a column needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Needs {
    /// So that no word is broken.
    least: usize,
    /// So that no text is.
    most: usize,
}

impl<'a> FromIterator<&'a String> for Needs {
    fn from_iter<I: IntoIterator<Item = &'a String>>(texts: I) -> Self {
        let mut needs = Self::default();
        for text in texts {
            needs.most = needs.most.max(of_text(text));
            let word = text.split(' ').map(of_text).max().unwrap_or(0);
            needs.least = needs.least.max(word.min(LONGEST_WORD));
        }
        needs
    }
}

/// Widths that fit into `room`: what each column needs most, or else what it needs least and a
/// fair share of the rest. Where even the least is too much, the longest words are broken.
fn share(columns: &[Needs], room: usize) -> Vec<usize> {
    let sum = |longest: usize| columns.iter().map(|column| column.least.min(longest)).sum();
    let longest = (4..=LONGEST_WORD).rev().find(|longest| sum(*longest) <= room).unwrap_or(4);
    let wish: usize = columns.iter().map(|column| column.most - column.least.min(longest)).sum();
    let spare = room.saturating_sub(sum(longest));
    columns
        .iter()
        .map(|column| {
            let least = column.least.min(longest);
            let wants = column.most - least;
            least + if spare >= wish { wants } else { wants * spare / wish.max(1) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(least: usize, most: usize) -> Needs {
        Needs { least, most }
    }

    #[test]
    fn columns_share_what_there_is() {
        assert_eq!(share(&[needs(5, 10), needs(5, 20)], 100), [10, 20]);
        assert_eq!(share(&[needs(5, 10), needs(5, 20)], 20), [7, 12]);
        assert_eq!(share(&[needs(20, 20), needs(9, 9)], 20), [11, 9]);
    }

    #[test]
    fn empty_columns_are_left_out_and_lines_fit() {
        let look = Look { color: false, terminal: false, width: 30 };
        let rows =
            [vec!["ana@acme.com".to_owned(), String::new(), "a, b, c, d, e, f, g".to_owned()]];
        let text = render(&["person", "nothing", "gets"], &rows, look);
        assert_eq!(text, "person        gets\nana@acme.com  a, b, c, d, e,\n              f, g\n");
    }
}
