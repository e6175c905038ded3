//! The hangup's place in a session: the log does not show SIGHUP, but what came of it.
//!
//! Asterisk sends the reply of the running command, then SIGHUP, then reads the next one; the script may see the
//! signal before it reads that reply. What it does next tells: a script that was told before asks for nothing
//! that a dead channel refuses.

use crate::command::CATALOGUE;
use crate::transcript::{Entry, Event, Pattern};
use crate::wire::split;

/// Asterisk's result of a session that was hung up.
const HUNG_UP: i32 = 4;

/// Puts `! hangup` where it was. Whether the place is a guess.
pub(super) fn place(entries: &mut Vec<Entry>, result: Option<i32>) -> bool {
    let seen = Seen::of(entries);
    let told = match result {
        Some(HUNG_UP) => true,
        Some(0) => false,
        // FAILURE hides a hangup, and a log may end: then a command that is refused after another was not.
        _ => seen.refused.is_some() && seen.is_live,
    };
    if !told {
        return false;
    }
    let place = match (seen.failed, seen.refused) {
        // It went on as one who does not know: it was told when it had asked.
        (Some((_, next)), Some(refused)) if next == refused => Some(refused),
        (Some((reply, _)), _) => Some(reply),
        (None, refused) => refused,
    };
    entries.insert(place.unwrap_or(seen.alive).min(entries.len()), Entry::Event(Event::Hangup));
    place.is_none()
}

/// What a session shows of its channel, as places to put something.
#[derive(Debug, Default)]
struct Seen {
    /// A command that needs a live channel was carried out.
    is_live: bool,
    /// Behind the last that was, or behind the environment.
    alive: usize,
    /// Before a reply that tells of a failure, with nothing alive behind it; and behind the next command.
    failed: Option<(usize, usize)>,
    /// Behind the first command that was refused.
    refused: Option<usize>,
}

impl Seen {
    fn of(entries: &[Entry]) -> Seen {
        let mut seen = Seen::default();
        let mut command = None;
        for (place, entry) in entries.iter().enumerate() {
            let line = |pattern: &Pattern| pattern.pieces().first().cloned().unwrap_or_default();
            match entry {
                Entry::Script(pattern) => {
                    command = Some((place + 1, needs_live(&line(pattern))));
                    if let Some((_, next @ 0)) = &mut seen.failed {
                        *next = place + 1;
                    }
                }
                Entry::Asterisk(pattern) => {
                    let line = line(pattern);
                    match command {
                        Some((_, is_live)) if line.starts_with(b"200 ") => {
                            seen.reply(place, &line, is_live);
                            command = None;
                        }
                        Some((behind, _)) if line.starts_with(b"511 ") => {
                            seen.refused.get_or_insert(behind);
                            command = None;
                        }
                        Some(_) => {}
                        None if line.is_empty() && !seen.is_live => seen.alive = place + 1,
                        None => {}
                    }
                }
                _ => {}
            }
        }
        seen
    }

    fn reply(&mut self, place: usize, line: &[u8], needs_live: bool) {
        if !needs_live || self.refused.is_some() {
            return;
        }
        let is_failure = line.starts_with(b"200 result=-1") || line.ends_with(b"(hangup)");
        if is_failure {
            self.failed.get_or_insert((place, 0));
        } else {
            (self.is_live, self.alive, self.failed) = (true, place + 1, None);
        }
    }
}

/// Whether a command is refused once the channel is gone.
fn needs_live(line: &[u8]) -> bool {
    let words = split(line);
    !CATALOGUE.iter().any(|spec| {
        let mut place = 0;
        spec.dead
            && spec.words.split(' ').all(|word| {
                place += 1;
                words.get(place - 1).is_some_and(|it| it.eq_ignore_ascii_case(word.as_bytes()))
            })
    })
}
