//! What the caller does, and when.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How long a caller takes for a key.
const A_KEY: Duration = Duration::from_millis(200);
/// When a caller hangs up who does so during a command.
const WHILE: Duration = Duration::from_millis(500);

/// One thing that a caller does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Key(u8),
    Text(Vec<u8>),
    HangUp,
}

/// A key, and the pause before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Press {
    after: Duration,
    key: u8,
}

/// Which keys the running command waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys<'k> {
    /// None: what is pressed is lost.
    None,
    All,
    These(&'k [u8]),
}

impl Keys<'_> {
    pub(super) fn holds(self, key: u8) -> bool {
        match self {
            Keys::None => false,
            Keys::All => true,
            Keys::These(keys) => keys.contains(&key),
        }
    }

    fn is_none(self) -> bool {
        matches!(self, Keys::None | Keys::These([]))
    }
}

/// What a caller is going to do.
#[derive(Debug, Clone, Default)]
pub(super) struct Caller {
    /// At a time of the call, the earliest first.
    timed: VecDeque<(Duration, Act)>,
    /// Each as soon as a command waits for it.
    eager: VecDeque<Press>,
    /// In answer to the n-th command that waits for keys.
    answers: BTreeMap<u32, Vec<Press>>,
    /// While the n-th command runs.
    leaves_during: Option<u32>,
    /// How many commands were begun, how many of them waited for keys.
    commands: u32,
    prompts: u32,
    /// When the running command began, and whether it has waited for keys.
    began: Duration,
    prompted: bool,
    pressed: Duration,
}

impl Caller {
    /// Does this at a time of the call.
    pub(super) fn at(&mut self, time: Duration, act: Act) {
        let place = self.timed.partition_point(|(other, _)| *other <= time);
        self.timed.insert(place, (time, act));
    }

    /// Presses these, each as soon as a command waits for it.
    pub(super) fn eagerly(&mut self, keys: &[u8]) {
        self.eager.extend(presses(keys));
    }

    /// Presses these in answer to the n-th prompt.
    pub(super) fn answer(&mut self, prompt: u32, keys: &[u8]) {
        self.answers.entry(prompt).or_default().extend(presses(keys));
    }

    /// Presses these from a time on.
    pub(super) fn keys_at(&mut self, mut time: Duration, keys: &[u8]) {
        for (index, press) in presses(keys).into_iter().enumerate() {
            // The time given is that of the first key.
            let pause = if index == 0 { press.after.saturating_sub(A_KEY) } else { press.after };
            time = time.saturating_add(pause);
            self.at(time, Act::Key(press.key));
        }
    }

    pub(super) fn leave_during(&mut self, command: u32) {
        self.leaves_during = Some(command);
    }

    /// A command begins.
    pub(super) fn command_begins(&mut self, now: Duration) {
        self.commands += 1;
        self.began = now;
        self.prompted = false;
        if self.leaves_during == Some(self.commands) {
            self.at(now + WHILE, Act::HangUp);
        }
    }

    /// A command has ended. Gives whether the caller leaves now, since it was too short for him.
    pub(super) fn command_ends(&mut self) -> bool {
        self.leaves_during == Some(self.commands)
    }

    /// When the caller does something next, if nothing else happens.
    pub(super) fn next(&mut self, now: Duration, keys: Keys<'_>) -> Option<Duration> {
        if !keys.is_none() && !self.prompted {
            self.prompted = true;
            self.prompts += 1;
            let mut time = now;
            for press in self.answers.remove(&self.prompts).unwrap_or_default() {
                time += press.after;
                self.at(time, Act::Key(press.key));
            }
        }
        let timed = self.timed.front().map(|(time, _)| *time);
        let eager = self.eager.front().filter(|press| keys.holds(press.key));
        let eager = eager.map(|press| self.began.max(self.pressed) + press.after);
        timed.into_iter().chain(eager).min()
    }

    /// What the caller does by now.
    pub(super) fn take(&mut self, now: Duration, keys: Keys<'_>) -> Option<Act> {
        if self.next(now, keys).is_none_or(|time| time > now) {
            return None;
        }
        if self.timed.front().is_some_and(|(time, _)| *time <= now) {
            return self.timed.pop_front().map(|(_, act)| act);
        }
        self.pressed = now;
        self.eager.pop_front().map(|press| Act::Key(press.key))
    }
}

/// Keys as SENDDTMF writes them: `w` is a pause of half a second, `W` of a second.
fn presses(keys: &[u8]) -> Vec<Press> {
    let mut after = A_KEY;
    let mut all = Vec::new();
    for &key in keys {
        match key {
            b'w' => after += Duration::from_millis(500),
            b'W' => after += Duration::from_secs(1),
            b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D' => {
                all.push(Press { after, key });
                after = A_KEY;
            }
            b'a'..=b'd' => {
                all.push(Press { after, key: key.to_ascii_uppercase() });
                after = A_KEY;
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_key_waits_for_a_command_that_takes_it() {
        let mut caller = Caller::default();
        caller.eagerly(b"12w#");
        caller.command_begins(ms(1000));
        assert_eq!(caller.next(ms(1000), Keys::None), None);
        assert_eq!(caller.next(ms(1000), Keys::These(b"#")), None);
        assert_eq!(caller.next(ms(1000), Keys::All), Some(ms(1200)));
        assert_eq!(caller.take(ms(1199), Keys::All), None);
        assert_eq!(caller.take(ms(1200), Keys::All), Some(Act::Key(b'1')));
        assert_eq!(caller.take(ms(1400), Keys::All), Some(Act::Key(b'2')));
        assert_eq!(caller.next(ms(1400), Keys::These(b"#")), Some(ms(2100)));
    }

    #[test]
    fn answers_the_second_prompt() {
        let mut caller = Caller::default();
        caller.answer(2, b"7");
        for (time, keys, next) in [
            (0, Keys::All, None),
            (1000, Keys::These(b""), None),
            (2000, Keys::These(b"7"), Some(ms(2200))),
        ] {
            caller.command_begins(ms(time));
            assert_eq!(caller.next(ms(time), keys), next);
        }
    }

    #[test]
    fn what_has_a_time_comes_in_its_order() {
        let mut caller = Caller::default();
        caller.at(ms(900), Act::HangUp);
        caller.keys_at(ms(300), b"1W2");
        assert_eq!(caller.take(ms(5000), Keys::None), Some(Act::Key(b'1')));
        assert_eq!(caller.take(ms(5000), Keys::None), Some(Act::HangUp));
        assert_eq!(caller.take(ms(1499), Keys::None), None);
        assert_eq!(caller.take(ms(1500), Keys::None), Some(Act::Key(b'2')));
    }
}
