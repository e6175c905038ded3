//! A line of which parts are hidden.

use std::ops::Range;

use crate::transcript::Pattern;

/// A line that is put together from what may be shown and what may not.
#[derive(Debug)]
pub(super) struct Shown(Vec<Vec<u8>>);

impl Shown {
    pub(super) fn new() -> Self {
        Shown(vec![Vec::new()])
    }

    pub(super) fn show(&mut self, bytes: &[u8]) {
        if let Some(last) = self.0.last_mut() {
            last.extend_from_slice(bytes);
        }
    }

    /// A hidden part. Two of them are one.
    pub(super) fn hide(&mut self) {
        if self.0.len() == 1 || self.0.last().is_some_and(|last| !last.is_empty()) {
            self.0.push(Vec::new());
        }
    }

    /// A text with some parts hidden.
    pub(super) fn show_but(
        &mut self,
        text: &[u8],
        hidden: &[Range<usize>],
        how: fn(&[u8]) -> Vec<u8>,
    ) {
        let mut from = 0;
        for place in hidden {
            self.show(&how(text.get(from..place.start).unwrap_or_default()));
            self.hide();
            from = place.end;
        }
        self.show(&how(text.get(from..).unwrap_or_default()));
    }

    pub(super) fn into_pattern(self) -> Pattern {
        Pattern::open(self.0)
    }
}

/// What stands in quotes.
pub(super) fn quoted(text: &[u8]) -> Vec<u8> {
    let is_special = |byte: &u8| b"\"\\".contains(byte);
    text.iter()
        .flat_map(|byte| is_special(byte).then_some(b'\\').into_iter().chain([*byte]))
        .collect()
}
