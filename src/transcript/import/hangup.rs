//! The hangup's place in a session: the log does not show SIGHUP, but what came of it.

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
    let place = seen.failed.or(seen.refused);
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
    /// Behind a reply that tells of a failure, all behind it alive no more.
    failed: Option<usize>,
    /// Before the first command that was refused.
    refused: Option<usize>,
}

impl Seen {
    fn of(entries: &[Entry]) -> Seen {
        let mut seen = Seen::default();
        let mut command = None;
        for (place, entry) in entries.iter().enumerate() {
            let line = |pattern: &Pattern| pattern.pieces().first().cloned().unwrap_or_default();
            match entry {
                Entry::Script(pattern) => command = Some((place, needs_live(&line(pattern)))),
                Entry::Asterisk(pattern) => {
                    let line = line(pattern);
                    match command {
                        Some((_, is_live)) if line.starts_with(b"200 ") => {
                            seen.reply(place + 1, &line, is_live);
                            command = None;
                        }
                        Some((before, _)) if line.starts_with(b"511 ") => {
                            seen.refused.get_or_insert(before);
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

    fn reply(&mut self, behind: usize, line: &[u8], needs_live: bool) {
        if !needs_live || self.refused.is_some() {
            return;
        }
        let is_failure = line.starts_with(b"200 result=-1") || line.ends_with(b"(hangup)");
        if is_failure {
            self.failed.get_or_insert(behind);
        } else {
            (self.is_live, self.alive, self.failed) = (true, behind, None);
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
