//! Hides parts of lines.

use super::{Event, Pattern, Redaction};

/// What is hidden so far in one call.
#[derive(Debug)]
pub(super) struct Redactor {
    what: Redaction,
}

impl Redactor {
    pub(super) fn new(what: Redaction) -> Self {
        Redactor { what }
    }

    /// A line of Asterisk's.
    pub(super) fn asterisk(&mut self, line: Vec<u8>) -> Vec<Pattern> {
        vec![Pattern::exactly(line)]
    }

    /// A line of the script's.
    pub(super) fn script(&mut self, line: Vec<u8>) -> Pattern {
        Pattern::exactly(line)
    }

    /// Whether an event may be told.
    pub(super) fn event(&mut self, event: &Event) -> bool {
        !(self.what.digits && matches!(event, Event::Key(_)))
    }

    /// Lines that were held back.
    pub(super) fn release(&mut self) -> Vec<Pattern> {
        Vec::new()
    }
}
