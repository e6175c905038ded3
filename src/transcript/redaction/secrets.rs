//! What was hidden once, and where it comes again.

use std::collections::BinaryHeap;
use std::ops::Range;

use super::spread::spread;

/// What one call's recording may not show.
pub(super) struct Secrets {
    texts: Vec<Vec<u8>>,
    /// All keys in the order in which they came: as the replies tell them, and as they were seen to be pressed.
    typed: [Typed; 2],
    /// Keys are hidden wherever they were pressed: then a single one is, too.
    single_keys: bool,
}

/// Keys as one witness tells them.
#[derive(Default)]
struct Typed {
    keys: Vec<u8>,
    /// How many there were when the cover began.
    before: usize,
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
    /// None yet.
    pub(super) fn new(single_keys: bool) -> Self {
        Secrets { texts: Vec::new(), typed: Default::default(), single_keys }
    }

    /// A value that must not be shown again.
    pub(super) fn add(&mut self, value: &[u8]) {
        let value = value.trim_ascii();
        if !value.is_empty() && !self.texts.iter().any(|text| text == value) {
            self.texts.push(value.to_vec());
        }
    }

    /// The same for a reply's; where single keys are no secret, one digit is none.
    pub(super) fn add_digits(&mut self, value: &[u8]) {
        if self.single_keys || value.len() > 1 {
            self.add(value);
        }
    }

    /// Keys that a reply tells.
    pub(super) fn add_keys(&mut self, keys: &[u8]) {
        let [replied, _] = &mut self.typed;
        replied.keys.extend_from_slice(keys);
    }

    /// Whether a reply's key is hidden. What ends or cancels a secret is none, and the script goes by it.
    pub(super) fn hides_key(&self, key: u8) -> bool {
        self.single_keys || key.is_ascii_digit()
    }

    /// Keys that were seen to be pressed.
    pub(super) fn add_pressed(&mut self, keys: &[u8]) {
        let [_, pressed] = &mut self.typed;
        pressed.keys.extend_from_slice(keys);
    }

    /// A cover begins.
    pub(super) fn begin(&mut self) {
        self.typed.iter_mut().for_each(|typed| typed.before = typed.keys.len());
    }

    /// It ends: what was keyed in under it is one secret, however it came.
    pub(super) fn end(&mut self) {
        let under = |typed: &Typed| typed.keys.get(typed.before..).map(<[u8]>::to_vec);
        for keys in self.typed.iter().filter_map(under).collect::<Vec<_>>() {
            for keys in keys.split(|key| !key.is_ascii_digit()).chain([keys.as_slice()]) {
                self.add_digits(keys);
            }
        }
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
        found.extend(self.spread(text));
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
        merge(places.chain(self.spread(line)).collect(), line)
    }

    /// Digits with something between them. (Where single keys are hidden, there is nothing left of those.)
    fn spread(&self, text: &[u8]) -> Vec<Range<usize>> {
        let has_keys = self.typed.iter().any(|typed| !typed.keys.is_empty());
        if self.single_keys || !has_keys {
            return Vec::new();
        }
        let is_short = |text: &Vec<u8>| text.len() == PART && text.iter().all(u8::is_ascii_digit);
        let least = PART_OF_NUMBER - usize::from(self.texts.iter().any(is_short));
        spread(text, least, |digits| self.was_typed(digits))
    }

    fn was_typed(&self, text: &[u8]) -> bool {
        self.typed.iter().any(|typed| contains(&typed.keys, text))
    }

    /// Whether a whole text is a secret.
    fn is_whole(&self, text: &[u8], search: Search) -> bool {
        let least = if self.single_keys { 1 } else { PART };
        let is_keys = search == Search::Script && text.len() >= least && self.was_typed(text);
        !text.is_empty() && (is_keys || self.texts.iter().any(|secret| secret == text))
    }

    /// Whether digits are a part of what was dialled, or of a number.
    fn is_part(&self, run: &[u8], search: Search) -> bool {
        let least = if self.single_keys && search == Search::Script { 1 } else { PART };
        let dialled = run.len() >= least && self.was_typed(run);
        let end = run.len().checked_sub(SAME_NUMBER).and_then(|from| run.get(from..));
        dialled
            || !self.single_keys && run.len() > 1 && self.texts.iter().any(|secret| secret == run)
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
fn merge(places: Vec<Range<usize>>, text: &[u8]) -> Vec<Range<usize>> {
    // By a heap: a sort of their own would be 4 KB in every program.
    let heap: BinaryHeap<_> = places.into_iter().map(|place| (place.start, place.end)).collect();
    let mut merged: Vec<Range<usize>> = Vec::new();
    for (start, end) in heap.into_sorted_vec() {
        let between = merged.last().and_then(|last| text.get(last.end..start));
        let joined = between.is_none_or(|between| between.iter().all(|byte| *byte == b' '));
        match merged.last_mut().filter(|_| joined) {
            Some(last) => last.end = last.end.max(end),
            None => merged.push(start..end),
        }
    }
    merged
}
