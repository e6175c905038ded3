//! What was hidden once, and where it comes again.

use std::ops::Range;

/// What one call's recording may not show.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    texts: Vec<Vec<u8>>,
    /// All keys in the order in which they came.
    keys: Vec<u8>,
}

/// How eagerly is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// What a script sends: a secret may stand anywhere in it.
    Script,
    /// What Asterisk sends: most of it is its own, and a script that replays it looks at it.
    Asterisk,
}

/// Shorter ones are hidden where they are a whole word.
const PART: usize = 3;

/// A part of a hidden number, such as one without its country's code.
const PART_OF_NUMBER: usize = 4;

/// So many digits at the end tell that two numbers are one, with another prefix each.
const SAME_NUMBER: usize = 6;

impl Secrets {
    /// A value that must not be shown again.
    pub(super) fn add(&mut self, value: &[u8]) {
        let value = value.trim_ascii();
        if !value.is_empty() && !self.texts.iter().any(|text| text == value) {
            self.texts.push(value.to_vec());
        }
    }

    /// Keys that were pressed.
    pub(super) fn add_keys(&mut self, keys: &[u8]) {
        self.keys.extend_from_slice(keys);
    }

    /// The parts of a text that are hidden, in their order and apart.
    pub(super) fn find(&self, text: &[u8], search: Search) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.is_whole(text, search) {
            found.push(0..text.len());
        }
        for secret in self.texts.iter().filter(|secret| secret.len() >= PART) {
            let places = text.windows(secret.len()).enumerate();
            let places = places.filter(|(_, window)| *window == secret.as_slice());
            let places = places.map(|(at, _)| at..at + secret.len());
            found.extend(places.filter(|place| stands_alone(text, place, secret, search)));
        }
        let mut from = 0;
        for run in text.split(|byte| !is_key(*byte)) {
            if self.is_part(run, search) {
                found.push(from..from + run.len());
            }
            from += run.len() + 1;
        }
        merge(found, text)
    }

    /// The same for secrets of several words in a line whose words were searched.
    pub(super) fn across(&self, line: &[u8]) -> Vec<Range<usize>> {
        let several = self.texts.iter().filter(|secret| secret.contains(&b' '));
        let places = several.flat_map(|secret| {
            let places = line.windows(secret.len()).enumerate();
            let places = places.filter(|(_, window)| *window == secret.as_slice());
            places.map(|(at, _)| at..at + secret.len())
        });
        merge(places.collect(), line)
    }

    /// Whether a whole text is a secret.
    fn is_whole(&self, text: &[u8], search: Search) -> bool {
        let is_keys = search == Search::Script && contains(&self.keys, text);
        !text.is_empty() && (is_keys || self.texts.iter().any(|secret| secret == text))
    }

    /// Whether digits are a part of what was dialled, or of a number.
    fn is_part(&self, run: &[u8], search: Search) -> bool {
        let least = if search == Search::Script { 1 } else { PART };
        let dialled = run.len() >= least && contains(&self.keys, run);
        let end = run.len().checked_sub(SAME_NUMBER).and_then(|from| run.get(from..));
        dialled
            || run.len() >= PART_OF_NUMBER && self.texts.iter().any(|secret| contains(secret, run))
            || end.is_some_and(|end| self.texts.iter().any(|secret| secret.ends_with(end)))
    }
}

/// In what Asterisk sends, a short number inside a longer one is most likely another.
fn stands_alone(text: &[u8], place: &Range<usize>, secret: &[u8], search: Search) -> bool {
    if search == Search::Script || secret.len() >= 6 || !secret.iter().all(u8::is_ascii_digit) {
        return true;
    }
    let is_digit =
        |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_digit);
    !is_digit(place.start.checked_sub(1)) && !is_digit(Some(place.end))
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_digit() || b"*#".contains(&byte)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

/// Puts places in order and joins those with nothing but blanks between them: how many is no news.
fn merge(mut places: Vec<Range<usize>>, text: &[u8]) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for place in places {
        let between = merged.last().and_then(|last| text.get(last.end..place.start));
        let joined = between.is_none_or(|between| between.iter().all(|byte| *byte == b' '));
        match merged.last_mut().filter(|_| joined) {
            Some(last) => last.end = last.end.max(place.end),
            None => merged.push(place),
        }
    }
    merged
}
