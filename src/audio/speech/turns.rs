//! From block after block, speech or none, to turns: when somebody begins to speak, and when he has ended.

use super::Change;

/// The times that decide, in samples.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    /// So much speech makes an utterance.
    pub(super) minimum: u64,
    /// So much without speech ends one.
    pub(super) hangover: u64,
    /// So much without speech parts what is not yet an utterance: a plosive's closure is shorter.
    gap: u64,
    /// So much speech at a stretch belongs to an utterance that lasts: a click does not.
    renewing: u64,
    /// Speech begins and ends more softly than what is judged speech: so much more belongs to it.
    margin: u64,
    now: u64,
    /// Where the last utterance ended.
    ended: u64,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Silent,
    /// Speech that is not yet enough: where it starts, how much it is, where it ends.
    Perhaps {
        from: u64,
        heard: u64,
        last: u64,
    },
    /// An utterance: where its speech ends, and how long the speech lasts by now.
    Speaking {
        last: u64,
        run: u64,
    },
}

impl Turns {
    pub(super) fn new(minimum: u64, hangover: u64, gap: u64, renewing: u64, margin: u64) -> Self {
        let state = State::Silent;
        Turns { minimum, hangover, gap, renewing, margin, now: 0, ended: 0, state }
    }

    /// A block of so many samples.
    pub(super) fn hear(&mut self, is_speech: bool, count: u64) {
        let begin = self.now;
        self.now = begin.saturating_add(count);
        match &mut self.state {
            State::Silent if is_speech => {
                self.state = State::Perhaps { from: begin, heard: count, last: self.now };
            }
            State::Silent => {}
            State::Perhaps { heard, last, .. } if is_speech => {
                *heard = heard.saturating_add(count);
                *last = self.now;
            }
            State::Perhaps { last, .. } => {
                if self.now - *last > self.gap {
                    self.state = State::Silent;
                }
            }
            State::Speaking { last, run } if is_speech => {
                *run = run.saturating_add(count);
                if *run >= self.renewing {
                    *last = self.now;
                }
            }
            State::Speaking { run, .. } => *run = 0,
        }
    }

    /// Counts samples that nobody judges.
    pub(super) fn pass(&mut self, count: u64) {
        self.now = self.now.saturating_add(count);
    }

    /// What has changed since this was asked last.
    pub(super) fn change(&mut self) -> Option<Change> {
        match self.state {
            State::Perhaps { from, heard, last } if heard >= self.minimum => {
                self.state = State::Speaking { last, run: self.renewing };
                Some(Change::Began { at: self.before(from) })
            }
            State::Speaking { last, .. } if self.now - last >= self.hangover => self.end(),
            _ => None,
        }
    }

    /// Ends an utterance at its last speech.
    pub(super) fn end(&mut self) -> Option<Change> {
        match std::mem::replace(&mut self.state, State::Silent) {
            State::Speaking { last, .. } => {
                self.ended = last.saturating_add(self.margin).min(self.now);
                Some(Change::Ended { at: self.ended })
            }
            _ => None,
        }
    }

    /// Where an utterance begins whose first speech is here.
    fn before(&self, from: u64) -> u64 {
        from.saturating_sub(self.margin).max(self.ended)
    }

    pub(super) fn is_speaking(&self) -> bool {
        matches!(self.state, State::Speaking { .. })
    }

    pub(super) fn now(&self) -> u64 {
        self.now
    }

    /// From where on something may still become an utterance.
    pub(super) fn open_from(&self) -> u64 {
        match self.state {
            State::Perhaps { from, .. } => self.before(from),
            _ => self.before(self.now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The changes of a row of blocks (`#` speech, `.` none), each ten samples, and where each is told.
    fn changes(row: &str) -> Vec<(usize, Change)> {
        let mut turns = Turns::new(30, 40, 20, 20, 5);
        let mut all = Vec::new();
        for (at, block) in row.chars().enumerate() {
            turns.hear(block == '#', 10);
            all.extend(turns.change().map(|change| (at, change)));
        }
        all.extend(turns.end().map(|change| (row.len(), change)));
        all
    }

    #[test]
    fn begins_after_enough_speech_and_points_back() {
        assert_eq!(changes("..###")[0], (4, Change::Began { at: 15 }));
        assert_eq!(changes("#..#.#")[0], (5, Change::Began { at: 0 }));
    }

    #[test]
    fn a_click_is_no_speech() {
        assert_eq!(changes("..##....##...#...#...##"), []);
    }

    #[test]
    fn ends_after_the_hangover_and_points_back() {
        let ended = Change::Ended { at: 45 };
        assert_eq!(changes(".###....###....")[1], (7, ended));
        // A click does not prolong it, more does.
        assert_eq!(changes(".###...#.......")[1], (7, ended));
        assert_eq!(changes(".###..##.......")[1], (11, Change::Ended { at: 85 }));
    }

    #[test]
    fn the_end_of_the_audio_ends_it() {
        assert_eq!(changes("###..")[1], (5, Change::Ended { at: 35 }));
        assert_eq!(changes("##"), []);
    }
}
