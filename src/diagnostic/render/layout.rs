//! One source line made fit for a terminal: tabs expanded, long lines clipped round what matters.

use std::ops::Range;

use super::place::floor;
use super::width;

/// Tabs go to the next multiple of this.
const TAB: usize = 4;

/// A line ready to print, with the column of every character in it.
pub(super) struct Line {
    /// What to print.
    pub(super) text: String,
    /// Byte of the source line → column, ascending; the last entry stands for the end.
    stops: Vec<(usize, usize)>,
}

impl Line {
    /// Lays out `line` in at most about `room` columns so that the bytes `focus` are seen.
    pub(super) fn new(line: &str, focus: Range<usize>, room: usize) -> Self {
        let room = room.max(20);
        // Of an endless line only the neighbourhood is looked at.
        let reach = room * 8;
        let from = floor(line, focus.start.saturating_sub(reach));
        let focus_end = focus.end.min(focus.start.saturating_add(reach));
        let to = floor(line, focus_end.saturating_add(reach));
        let part = line.get(from..to).unwrap_or("");

        let mut cells = Vec::new();
        let mut column = 0;
        for (offset, c) in part.char_indices() {
            let columns = match c {
                '\t' => TAB - column % TAB,
                c => width::of(width::harmless(c)),
            };
            cells.push((from + offset, column, columns, c));
            column += columns;
        }
        let whole = column;
        let clipped = (from > 0, to < line.len());
        if whole <= room && clipped == (false, false) {
            return Self::from_cells(&cells, (line.len(), whole), 0, clipped);
        }

        let focus_column =
            cells.iter().find(|cell| cell.0 >= focus.start).map_or(whole, |cell| cell.1);
        let end_column = cells.iter().find(|cell| cell.0 >= focus_end).map_or(whole, |cell| cell.1);
        // Two columns are for the marks of omission. The line is shown from its start if the focus
        // is seen then; otherwise the focus starts in the first third, further left if it would not
        // fit, and the window does not reach beyond the end.
        let inner = room - 2;
        let spare = inner.saturating_sub(end_column - focus_column);
        let lead = spare.min(inner / 3).max(spare / 2);
        let left = if from == 0 && end_column + inner / 8 <= inner {
            0
        } else {
            focus_column.saturating_sub(lead).min(whole.saturating_sub(inner))
        };
        let right = left + inner;
        let window: Vec<_> =
            cells.into_iter().filter(|c| c.1 >= left && c.1 + c.2 <= right).collect();
        let first = window.first().map_or(left, |cell| cell.1);
        let (end_byte, end_col) =
            window.last().map_or((to, right), |cell| (cell.0 + cell.3.len_utf8(), cell.1 + cell.2));
        let clipped = (clipped.0 || left > 0, clipped.1 || end_byte < to);
        Self::from_cells(&window, (end_byte, end_col), first, clipped)
    }

    fn from_cells(
        cells: &[(usize, usize, usize, char)],
        end: (usize, usize),
        first: usize,
        (left, right): (bool, bool),
    ) -> Self {
        let shift = usize::from(left);
        let mut text = String::new();
        if left {
            text.push('…');
        }
        let mut stops = Vec::with_capacity(cells.len() + 1);
        for &(byte, column, columns, c) in cells {
            stops.push((byte, column - first + shift));
            match c {
                '\t' => text.extend(std::iter::repeat_n(' ', columns)),
                c => text.push(width::harmless(c)),
            }
        }
        stops.push((end.0, end.1 - first.min(end.1) + shift));
        if right {
            text.push('…');
        }
        Self { text, stops }
    }

    /// The column of a byte of the source line; the nearest shown one where it was clipped.
    pub(super) fn column(&self, byte: usize) -> usize {
        let at = self.stops.partition_point(|stop| stop.0 < byte);
        self.stops.get(at).or(self.stops.last()).map_or(0, |stop| stop.1)
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn expands_tabs_and_counts_wide_characters() {
        let line = Line::new("\ta 営 b", 0..0, 80);
        assert_eq!(line.text, "    a 営 b");
        assert_eq!(line.column("\ta 営 ".len()), 9);
    }

    #[test]
    fn clips_a_long_line_round_the_focus() {
        let text = format!("{} HERE {}", "a".repeat(500), "b".repeat(500));
        let line = Line::new(&text, 501..505, 40);
        assert!(line.text.starts_with('…') && line.text.ends_with('…'), "{}", line.text);
        assert_eq!(line.text.chars().count(), 40);
        let column = line.column(501);
        assert_eq!(line.text.chars().skip(column).take(4).collect::<String>(), "HERE");
    }

    #[test]
    fn shows_the_end_of_a_long_line() {
        let text = "a".repeat(500);
        let line = Line::new(&text, 500..500, 40);
        assert_eq!(line.column(500), 39);
        assert_eq!(line.text.chars().count(), 39);
    }
}
