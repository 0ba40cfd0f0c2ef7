//! A table that people like to read: as wide as the terminal; a line each where nobody looks.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use provisor::diagnostic::render::width::of_text;

use crate::output::{self, Look};

/// Columns between two columns.
const GAP: usize = 2;
/// Words longer than this may be broken.
const LONGEST_WORD: usize = 22;
/// Where nothing is broken, texts longer than this push their own line only.
const LONGEST_PAD: usize = 60;

/// The rows under their titles, made harmless, each line ended; columns that are empty everywhere are left out.
pub fn render(titles: &[&str], rows: &[Vec<String>], look: Look) -> String {
    let cell = |row: &[String], index: usize| {
        row.get(index).map_or_else(String::new, |text| output::shown(text))
    };
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
    if !look.terminal {
        return unbroken(&lines, &columns, look);
    }
    let room = look.width.saturating_sub(GAP * kept.len());
    if columns.iter().map(|column| column.least).sum::<usize>() > room {
        return blocks(&lines, look);
    }
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

/// A row a line, however long, so that `grep` finds all of it.
fn unbroken(lines: &[Vec<String>], columns: &[Needs], look: Look) -> String {
    let mut text = String::new();
    for (number, cells) in lines.iter().enumerate() {
        let mut line = String::new();
        for (cell, column) in cells.iter().zip(columns) {
            let pad = column.most.min(LONGEST_PAD).saturating_sub(of_text(cell)) + GAP;
            line.push_str(cell);
            line.push_str(&" ".repeat(pad));
        }
        let line = line.trim_end();
        text.push_str(&if number == 0 {
            look.paint(line, output::STRONG)
        } else {
            line.to_owned()
        });
        text.push('\n');
    }
    text
}

/// A block for each row, where the columns have no room beside each other: what stands first, and
/// below it each of the others behind its title.
fn blocks(lines: &[Vec<String>], look: Look) -> String {
    let Some((titles, rows)) = lines.split_first() else { return String::new() };
    let width = titles.iter().skip(1).map(|title| of_text(title)).max().unwrap_or(0) + GAP;
    let mut text = String::new();
    for row in rows {
        for (place, (title, cell)) in titles.iter().zip(row).enumerate() {
            if place == 0 {
                text.push_str(&look.paint(cell, output::STRONG));
                text.push('\n');
            } else if !cell.is_empty() {
                let pad = " ".repeat(width.saturating_sub(of_text(title)));
                let indent = GAP + width;
                let cell = wrapped(cell, look.width.saturating_sub(indent), indent);
                text.push_str(&format!("{}{title}{pad}{cell}\n", " ".repeat(GAP)));
            }
        }
    }
    text
}

/// The text broken between words; further lines are indented. Words are never broken.
fn wrapped(text: &str, room: usize, indent: usize) -> String {
    let mut all = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let width = of_text(word);
        if used > 0 && used + 1 + width > room {
            all.push_str(&format!("\n{}", " ".repeat(indent)));
            used = 0;
        } else if used > 0 {
            all.push(' ');
            used += 1;
        }
        all.push_str(word);
        used += width;
    }
    all
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

/// Widths that fit into `room`, which has what each column needs least: what each needs most, or
/// else the least and a fair share of the rest.
fn share(columns: &[Needs], room: usize) -> Vec<usize> {
    let wish: usize = columns.iter().map(|column| column.most - column.least).sum();
    let spare = room.saturating_sub(columns.iter().map(|column| column.least).sum());
    columns
        .iter()
        .map(|Needs { least, most }| {
            let wants = most - least;
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
    }

    #[test]
    fn empty_columns_are_left_out_and_lines_fit() {
        let look = Look { color: false, terminal: true, width: 30 };
        let rows =
            [vec!["ana@acme.com".to_owned(), String::new(), "a, b, c, d, e, f, g".to_owned()]];
        let text = render(&["person", "nothing", "gets"], &rows, look);
        assert_eq!(text, "person        gets\nana@acme.com  a, b, c, d, e,\n              f, g\n");
    }

    #[test]
    fn where_nobody_looks_a_row_is_a_line() {
        let look = Look { color: false, terminal: false, width: 30 };
        let rows = [vec!["ana\u{1b}".to_owned(), "x ".repeat(20), "end".to_owned()]];
        let text = render(&["person", "gets", "more"], &rows, look);
        assert_eq!(text.lines().nth(1), Some(&*format!("ana␛    {}  end", "x ".repeat(20))));
    }

    #[test]
    fn words_are_not_broken_for_want_of_room() {
        let look = Look { color: false, terminal: true, width: 30 };
        let cells = ["ana@acme.com", "Account executives of the north", "automatic"];
        let rows = [cells.map(str::to_owned).to_vec()];
        insta::assert_snapshot!(render(&["person", "assignment", "update"], &rows, look), @"
        ana@acme.com
          assignment  Account
                      executives of
                      the north
          update      automatic
        ");
    }
}
