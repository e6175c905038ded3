//! How much room there is: in a terminal its own, and elsewhere a sensible one.

use std::env;
use std::io::{self, IsTerminal};

use terminal_size::{Height, Width, terminal_size_of};
use unicode_width::UnicodeWidthStr;

/// Into a pipe or a file.
const WIDTH: usize = 80;
/// No picture is narrower, or wider.
const WIDTHS: (usize, usize) = (30, 1000);
/// In fewer rows 10 dB are one of them; from so many on they are four.
const HEIGHTS: (usize, usize) = (24, 48);

/// The room for a picture, and for text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) width: usize,
    /// What is not for a terminal is not broken.
    text: usize,
    height: usize,
}

impl Room {
    /// COLUMNS and LINES decide, then the terminal.
    pub(super) fn there() -> Self {
        let is_terminal = io::stdout().is_terminal();
        let told = |name| env::var(name).ok().and_then(|it| it.parse().ok()).filter(|it| *it > 0);
        // A terminal that does not know its size says 0, and then there is none.
        let (columns, rows) = terminal_size_of(io::stdout())
            .map_or((WIDTH, HEIGHTS.0), |(Width(wide), Height(high))| (wide.into(), high.into()));
        let width = told("COLUMNS").unwrap_or(columns).clamp(WIDTHS.0, WIDTHS.1);
        let text = if is_terminal { width } else { usize::MAX };
        Room { width, text, height: told("LINES").unwrap_or(rows) }
    }

    /// The rows that 10 dB take.
    pub(super) fn rows(self, lines: usize) -> u8 {
        match (self.height < HEIGHTS.0, self.height >= HEIGHTS.1 && lines == 1) {
            (true, _) => 1,
            (false, false) => 2,
            (false, true) => 4,
        }
    }

    pub(super) fn fits(self, text: &str) -> bool {
        text.width() <= self.text
    }

    /// Pieces, each with its width, in rows that are not wider than there is room, if that can be.
    pub(super) fn wrapped(self, pieces: impl Iterator<Item = (usize, String)>) -> Vec<String> {
        let mut rows: Vec<String> = Vec::new();
        let mut used = usize::MAX;
        for (wide, piece) in pieces {
            match rows.last_mut() {
                Some(row) if used.saturating_add(1 + wide) <= self.text => {
                    row.push(' ');
                    row.push_str(&piece);
                    used += 1 + wide;
                }
                _ => {
                    rows.push(piece);
                    used = wide;
                }
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stay_whole() {
        let rows = |text| {
            let pieces = ["ab", "cd", "efghi", "j"].map(|text| (text.len(), text.to_owned()));
            Room { width: 80, text, height: 24 }.wrapped(pieces.into_iter())
        };
        assert_eq!(rows(5), ["ab cd", "efghi", "j"]);
        assert_eq!(rows(usize::MAX), ["ab cd efghi j"]);
        assert_eq!(rows(1), ["ab", "cd", "efghi", "j"]);
    }

    #[test]
    fn a_high_terminal_has_high_pictures() {
        let rows = |height, lines| Room { width: 80, text: 80, height }.rows(lines);
        assert_eq!([rows(23, 1), rows(24, 1), rows(48, 1), rows(48, 2)], [1, 2, 4, 2]);
    }
}
