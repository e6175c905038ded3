//! Asterisk's replies on their way to a program, and the `HANGUP` lines between them, which are a process's signal.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So much waits for a program that does not read. (Asterisk drops replies that are not taken at once.)
const MOST: usize = 1 << 20;
/// But not longer than this. Asterisk itself waits 0.1 s; behind what nobody reads stand a hangup and the call's end.
const DEAF: Duration = Duration::from_secs(5);
/// As much memory is kept when nothing waits.
const KEPT: usize = 1 << 14;
/// Of a line's beginning and end as much is looked at.
const LOOKED_AT: usize = 32;

const HANGUP: &[u8] = b"HANGUP\n";
const USAGE_END: &[u8] = b"520 End of proper usage.";

/// Of what the line that comes next is a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A reply begins with it, or it is a `HANGUP`.
    Nothing,
    /// A value of several lines.
    Value,
    /// The explanation of a `520`.
    Usage,
}

/// What Asterisk has said and a program has not read yet.
#[derive(Debug)]
pub(super) struct Down {
    pub(super) waiting: VecDeque<u8>,
    /// Since when there is no room, and the program reads nothing.
    full: Option<Instant>,
    /// So much of a `HANGUP` line has come.
    held: usize,
    open: Open,
    /// How long the line is so far, how it begins and how it ends.
    length: usize,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// How many commands went out since a value began.
    asked: u8,
    /// How many replies have come, whole.
    pub(super) replies: u64,
}

impl Down {
    /// The program reads this first.
    pub(super) fn new(header: &[u8]) -> Self {
        Down {
            waiting: header.iter().copied().collect(),
            full: None,
            held: 0,
            open: Open::Nothing,
            length: 0,
            head: Vec::new(),
            tail: Vec::new(),
            asked: 0,
            replies: 0,
        }
    }

    /// Whether more is to be read: it finds room, or the program has been deaf for too long to be waited for.
    pub(super) fn has_room(&self) -> bool {
        self.full.is_none_or(|since| since.elapsed() >= DEAF)
    }

    /// The program has read so much.
    pub(super) fn has_gone(&mut self, count: usize) {
        self.waiting.drain(..count.min(self.waiting.len()));
        self.full = (self.waiting.len() >= MOST).then(Instant::now);
        if self.waiting.is_empty() && self.waiting.capacity() > KEPT {
            self.waiting = VecDeque::new();
        }
    }

    /// The program has sent a command. With the second one it is past the reply that it had got: what looked like a
    /// value's beginning was a reply that Asterisk did not send whole.
    pub(super) fn is_asked(&mut self) {
        self.asked = self.asked.saturating_add(1);
        if self.open == Open::Value && self.asked > 1 {
            self.open = Open::Nothing;
        }
    }

    /// Takes what Asterisk has sent, up to a hangup's place. Gives how much that was, and whether there was one.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.open == Open::Nothing && self.length == 0 {
                let is_hangup = self.take_hangup(&mut rest);
                if is_hangup {
                    return (bytes.len() - rest.len(), true);
                }
            }
            let end = rest.iter().position(|&byte| byte == b'\n');
            let (line, behind) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
            self.pass(line);
            rest = behind;
            if end.is_some() {
                self.line_ends();
            }
        }
        (bytes.len(), false)
    }

    /// Takes a `HANGUP` at a line's beginning, whole or so far, out of what has come.
    fn take_hangup(&mut self, rest: &mut &[u8]) -> bool {
        let wanted = HANGUP.get(self.held..).unwrap_or_default();
        let same = rest.iter().zip(wanted).take_while(|(is, wanted)| is == wanted).count();
        *rest = rest.get(same..).unwrap_or_default();
        self.held += same;
        let is_line = self.held == HANGUP.len();
        if !is_line && rest.is_empty() {
            return false;
        }
        let held = std::mem::take(&mut self.held);
        let next = rest.first();
        // Old Asterisks lose its line feed.
        let is_glued = held + 1 == HANGUP.len() && next.is_some_and(u8::is_ascii_digit);
        // Behind a value's line that ends as a reply does stands anything, behind a hangup only these.
        let is_whole = is_line && next.is_none_or(|it| it.is_ascii_digit() || *it == b'H');
        if is_glued || is_whole {
            return true;
        }
        self.pass(HANGUP.get(..held).unwrap_or_default());
        if is_line {
            self.length = 0;
            (self.open, self.asked) = (Open::Value, 0);
            self.head.clear();
            self.tail.clear();
        }
        false
    }

    fn pass(&mut self, bytes: &[u8]) {
        if self.full.is_none_or(|since| since.elapsed() < DEAF) {
            self.waiting.extend(bytes);
            if self.waiting.len() >= MOST {
                self.full.get_or_insert_with(Instant::now);
            }
        }
        let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        self.length += bytes.len();
        let room = LOOKED_AT.saturating_sub(self.head.len()).min(line.len());
        self.head.extend_from_slice(line.get(..room).unwrap_or_default());
        let end = line.get(line.len().saturating_sub(LOOKED_AT)..).unwrap_or_default();
        self.tail.extend_from_slice(end);
        self.tail.drain(..self.tail.len().saturating_sub(LOOKED_AT));
    }

    fn line_ends(&mut self) {
        let before = self.open;
        let (is_usage_end, is_value_end) =
            (self.tail.ends_with(USAGE_END), self.tail.ends_with(b")"));
        let is_reply = match self.head.as_slice() {
            [b'1', _, _, ..] => false,
            [a, b, c, ..] => [a, b, c].iter().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        self.open = match before {
            Open::Value if !is_value_end => Open::Value,
            Open::Usage if !is_usage_end => Open::Usage,
            Open::Value | Open::Usage => Open::Nothing,
            Open::Nothing if self.head.starts_with(b"520-") && !is_usage_end => Open::Usage,
            Open::Nothing if self.begins_value() && !is_value_end => Open::Value,
            Open::Nothing => Open::Nothing,
        };
        if before == Open::Nothing && self.open != before {
            self.asked = 0;
        }
        self.replies +=
            u64::from(self.open == Open::Nothing && (before != Open::Nothing || is_reply));
        self.length = 0;
        self.head.clear();
        self.tail.clear();
    }

    /// Only such values span lines. A recognition is one line, whatever it ends with.
    fn begins_value(&self) -> bool {
        let text = self.head.strip_prefix(b"200 result=1 (");
        text.is_some_and(|text| !text.starts_with(b"speech) endpos="))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the program reads, `!` where it gets the signal; however it is cut.
    fn passed(said: &str) -> (String, u64) {
        let mut first = None;
        for piece in (1..=said.len()).rev() {
            let mut down = Down::new(b"");
            let mut seen = String::new();
            for mut bytes in said.as_bytes().chunks(piece) {
                while !bytes.is_empty() {
                    let (count, is_hangup) = down.take(bytes);
                    bytes = &bytes[count..];
                    seen.extend(down.waiting.drain(..).map(char::from));
                    seen.push_str(if is_hangup { "!" } else { "" });
                }
            }
            let all = (seen, down.replies);
            assert_eq!(first.get_or_insert_with(|| all.clone()), &all, "in pieces of {piece}");
        }
        first.unwrap()
    }

    #[track_caller]
    fn is(said: &str, expected: &str, replies: u64) {
        assert_eq!(passed(said), (expected.into(), replies), "{said:?}");
    }

    #[test]
    fn a_hangup_stands_between_replies() {
        is("200 result=0\n", "200 result=0\n", 1);
        is("HANGUP\n", "!", 0);
        is("HANGUP\nHANGUP\n", "!!", 0);
        is("200 result=-1\nHANGUP\n511 Dead\n", "200 result=-1\n!511 Dead\n", 2);
        is(
            "100 Trying...\nHANGUP\n200 result=0 Gosub\n",
            "100 Trying...\n!200 result=0 Gosub\n",
            1,
        );
        // Old Asterisks.
        is("HANGUP200 result=0\n", "!200 result=0\n", 1);
    }

    #[test]
    fn what_only_looks_like_one_passes() {
        for said in
            ["HANGUPX\n", "HANG\n", "hangup\n", "H", "XHANGUP\n", "200 HANGUP\n", "HANGUP \n"]
        {
            let kept = if said == "H" { "" } else { said };
            is(said, kept, u64::from(said.starts_with('2')));
        }
    }

    #[test]
    fn a_value_of_several_lines_may_hold_one() {
        let value = "200 result=1 (two\nHANGUP\nx)\n";
        is(value, value, 1);
        is(&format!("{value}HANGUP\n200 result=0\n"), &format!("{value}!200 result=0\n"), 2);
        let long = format!("200 result=1 ({}\nHANGUP\n200 result=0\n)\n", "y".repeat(100));
        is(&long, &long, 1);
        is("200 result=1 (one)\nHANGUP\n", "200 result=1 (one)\n!", 1);
        is(
            "200 result=1 (speech) endpos=0 results=0 \nHANGUP\n",
            "200 result=1 (speech) endpos=0 results=0 \n!",
            1,
        );
        is("200 result= (timeout)\nHANGUP\n", "200 result= (timeout)\n!", 1);
    }

    #[test]
    fn a_usage_may_hold_one() {
        let usage = "520-Invalid command syntax.  Proper usage follows:\nHANGUP\n520 End of proper usage.\n";
        is(&format!("{usage}HANGUP\n"), &format!("{usage}!"), 1);
        let old = "520-Invalid\nHANGUP\n\tUsage: X520 End of proper usage.\n";
        is(&format!("{old}HANGUP\n"), &format!("{old}!"), 1);
        is("520 Invalid command syntax.\nHANGUP\n", "520 Invalid command syntax.\n!", 1);
    }

    #[test]
    fn a_value_that_goes_on_behind_what_looks_like_its_end() {
        // In one piece, which it comes in, as a rule.
        let mut down = Down::new(b"");
        let value = b"200 result=1 (x)\nHANGUP\ny)\n";
        assert_eq!(down.take(value), (value.len(), false));
        assert_eq!(down.waiting, value);
    }

    #[test]
    fn half_a_reply_does_not_hide_a_hangup_for_ever() {
        let mut down = Down::new(b"");
        down.take(b"200 result=1 (half200 result=0\n");
        down.is_asked();
        assert!(!down.take(b"HANGUP\n").1);
        down.is_asked();
        assert!(down.take(b"HANGUP\n").1);
    }

    #[test]
    fn no_more_waits_than_there_is_room() {
        let mut down = Down::new(b"");
        while down.has_room() {
            down.take(&[b'x'; 1000]);
        }
        assert!(down.waiting.len() < MOST + 1000);
        down.has_gone(10_000);
        assert!(down.has_room());
        down.has_gone(MOST);
        assert!(down.has_room() && down.waiting.capacity() == 0);
    }
}
