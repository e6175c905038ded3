//! A line with parts left open.

/// A line's bytes, of which some parts may be anything (`[..]` in the file).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What stands between the open parts: one piece where nothing is open.
    pieces: Vec<Vec<u8>>,
}

impl Pattern {
    /// A line that is known to the last byte.
    #[must_use]
    pub fn exactly(line: impl Into<Vec<u8>>) -> Self {
        Pattern { pieces: vec![line.into()] }
    }

    /// A line with something open between each two pieces.
    #[must_use]
    pub fn open(pieces: Vec<Vec<u8>>) -> Self {
        Pattern { pieces }
    }

    /// The pieces between the open parts.
    #[must_use]
    pub fn pieces(&self) -> &[Vec<u8>] {
        &self.pieces
    }
}
