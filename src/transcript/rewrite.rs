//! A transcript written anew, with what its script sends now.

use super::{Entry, Event, Exit, Pattern, Step, Transcript};
use crate::wire::split;

/// So many lines are answered that no transcript knows; then the call is over: a script that asks again and
/// again would never end.
const MOST: usize = 500;

/// The commands of one word; the others have two or more.
const ONE_WORD: &[&[u8]] = &[b"ANSWER", b"EXEC", b"GOSUB", b"HANGUP", b"NOOP", b"VERBOSE"];

/// The lines so far.
#[derive(Debug, Default)]
pub(super) struct Rewrite {
    entries: Vec<Entry>,
    /// So many entries stand behind what is added: how the script ends.
    behind: usize,
    /// A line was added that has no reply yet.
    owed: bool,
    made_up: usize,
}

impl Rewrite {
    /// An entry that stays.
    pub(super) fn keep(&mut self, entry: Entry) {
        let at = self.entries.len() - self.behind;
        self.entries.insert(at, entry);
    }

    /// The script sent something else than what stands at `at`. Gives where the transcript goes on.
    pub(super) fn changed(&mut self, entries: &[Entry], at: usize, line: &[u8]) -> usize {
        let sent = Entry::Script(Pattern::exactly(line));
        let ahead = entries.get(at..).unwrap_or_default();
        if let Some(Entry::Script(expected)) = ahead.first()
            && command(&expected.pieces().first().cloned().unwrap_or_default()) == command(line)
        {
            self.keep(sent);
            return at + 1;
        }
        let is_end = |entry: &Entry| matches!(entry, Entry::Event(Event::Hangup | Event::Closed));
        let is_it =
            |entry: &Entry| matches!(entry, Entry::Script(line_of) if line_of.matches(line));
        let same_call = ahead.iter().take_while(|entry| !is_end(entry));
        if let Some(left_out) = same_call.clone().position(is_it) {
            let kept = same_call.take(left_out).filter(|entry| stays(entry));
            kept.for_each(|entry| self.keep(entry.clone()));
            self.entries.extend(ahead.get(left_out).cloned());
            return at + left_out + 1;
        }
        if ahead.is_empty() {
            let is_last = |entry: &&Entry| stays(entry) || matches!(entry, Entry::Exit(_));
            self.behind = self.entries.iter().rev().take_while(is_last).count();
        }
        self.keep(sent);
        self.owed = true;
        at
    }

    /// The reply of a line that was added.
    pub(super) fn owed(&mut self) -> Option<Step> {
        std::mem::take(&mut self.owed).then(|| self.make_up())
    }

    /// A reply for what has none.
    pub(super) fn make_up(&mut self) -> Step {
        self.made_up += 1;
        if self.made_up > MOST {
            return Step::Close;
        }
        self.keep(Entry::Asterisk(Pattern::exactly(*b"200 result=0")));
        Step::Send(b"200 result=0\n".to_vec())
    }

    /// The script has ended; these entries are left.
    pub(super) fn ended(&mut self, left: &[Entry], exit: Option<Exit>) {
        let kept = left.iter().filter(|entry| stays(entry) || matches!(entry, Entry::Exit(_)));
        kept.for_each(|entry| self.keep(entry.clone()));
        if let Some(exit) = exit {
            for entry in &mut self.entries {
                if matches!(entry, Entry::Exit(_)) {
                    *entry = Entry::Exit(exit);
                }
            }
        }
    }

    pub(super) fn transcript(&self) -> Transcript {
        Transcript { entries: self.entries.clone() }
    }
}

/// Whether an entry stays where the lines around it are dropped.
fn stays(entry: &Entry) -> bool {
    matches!(entry, Entry::Blank | Entry::Comment(_))
}

/// A line's command: enough of it to know which one it is.
fn command(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words = split(line);
    words.iter_mut().for_each(|word| word.make_ascii_uppercase());
    let is_one = words.first().is_some_and(|word| ONE_WORD.contains(&word.as_slice()));
    words.truncate(if is_one { 1 } else { 2 });
    words
}
