//! FastAGI's first lines on the console, which does not say whose they are.

use super::head::find;
use super::records::{Record, What};

/// So many sessions may begin at once.
const MOST: usize = 64;

/// `agi_network: yes`, and `agi_network_script: …` if there was one, of sessions that have not said more yet.
#[derive(Debug, Default)]
pub(super) struct Network {
    waiting: Vec<Vec<Record>>,
}

impl Network {
    pub(super) fn add(&mut self, record: Record) {
        let is_script = text(&record).starts_with(b"agi_network_script");
        let begun = self.waiting.iter_mut().find(|it| is_script && it.len() == 1);
        match begun {
            Some(lines) => lines.push(record),
            None => self.waiting.push(vec![record]),
        }
        if self.waiting.len() > MOST {
            self.waiting.remove(0);
        }
    }

    /// The lines of the session that asks for this: its script tells.
    pub(super) fn take(&mut self, request: &[u8]) -> Vec<Record> {
        let Some(at) = find(request, b"://") else { return Vec::new() };
        let host = request.get(at + 3..).unwrap_or_default();
        let slash = host.iter().position(|&byte| byte == b'/').map_or(host.len(), |at| at + 1);
        let script = host.get(slash..).unwrap_or_default();
        let found = self.waiting.iter().position(|lines| match lines.get(1) {
            Some(record) => text(record).strip_prefix(b"agi_network_script: ") == Some(script),
            None => script.is_empty(),
        });
        found.map(|place| self.waiting.remove(place)).unwrap_or_default()
    }
}

fn text(record: &Record) -> &[u8] {
    match &record.what {
        What::Asterisk(lines) => lines.first().map(Vec::as_slice).unwrap_or_default(),
        _ => b"",
    }
}
