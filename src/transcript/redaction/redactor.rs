//! Hides parts of lines while they are recorded.

use std::collections::VecDeque;
use std::fmt;

use super::Redaction;
use super::asked::{Asked, hidden_from};
use super::reply::{VALUE, answer, echo};
use super::secrets::{Search, Secrets};
use super::shown::{Shown, quoted};
use crate::command::CONFIDENTIAL;
use crate::reply::code_of;
use crate::transcript::stand_in::{mark, takes_keys};
use crate::transcript::{Event, Pattern};
use crate::wire::placed_words;

/// An environment of more lines than this is none.
const ENVIRONMENT: usize = 500;

/// What is hidden so far in one call, and what is known of the lines to come.
pub(super) struct Redactor {
    what: Redaction,
    /// Between a script's marks.
    covered: bool,
    /// So are keys that are pressed: behind the marks, too, until a command takes some. Who keys in too much, or too
    /// early, does so while a prompt plays that no key stops.
    keys_covered: bool,
    secrets: Secrets,
    /// The environment's lines: an early one may hold what a later one tells to be hidden.
    held: Vec<Vec<u8>>,
    in_environment: bool,
    /// The commands without a reply, oldest first; an echo with its text.
    asked: VecDeque<(Asked, Option<Vec<u8>>)>,
    /// What was asked last, for replies that are too many.
    last: Asked,
    in_usage: bool,
    /// EXEC's application returned 1: a usage follows that answers nothing.
    usage_owed: bool,
    /// A hidden value may go on.
    value: Open,
}

/// Whether lines to come belong to a hidden value.
#[derive(Debug)]
enum Open {
    No,
    /// All that comes before the next command does.
    Value,
    /// All that comes before this echo does.
    Until(Vec<u8>),
    /// All that comes before the next reply does.
    Reply,
}

impl fmt::Debug for Redactor {
    /// Nothing of what is hidden.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").field("covered", &self.covered).finish_non_exhaustive()
    }
}

impl Redactor {
    /// Whether an event may be told.
    pub(super) fn event(&mut self, event: &Event) -> bool {
        match event {
            Event::Key(key) if self.keys_covered || self.what.hides_digits() => {
                self.secrets.add_pressed(key.to_string().as_bytes());
                false
            }
            _ => true,
        }
    }

    /// A line of the script's.
    pub(super) fn script(&mut self, line: Vec<u8>) -> Pattern {
        let placed = placed_words(&line);
        let words: Vec<&[u8]> = placed.iter().map(|(_, word)| word.as_slice()).collect();
        let cover = mark_of(&words);
        if let Some(covered) = cover {
            self.cover(covered);
        }
        let asked = Asked::by(&words, &self.what, self.covered);
        self.keys_covered = self.covered || self.keys_covered && !takes_keys(&line);
        let echo = mark(&line);
        self.value = match (std::mem::replace(&mut self.value, Open::No), &echo) {
            (Open::Value | Open::Until(_), Some(mark)) => Open::Until(mark.clone()),
            (Open::Value, None) => Open::Reply,
            (open, _) => open,
        };
        self.last = asked;
        let is_echo = echo.is_some();
        self.asked.push_back((asked, echo));
        if cover.is_some() {
            return Pattern::exactly(line);
        }
        if is_echo {
            // Its number is a hash of all that is hidden.
            return Pattern::open([&b"GET FULL VARIABLE \"agikit-"[..], b"\""]);
        }
        let from = hidden_from(&words, &self.what);
        if let Some((number, from)) = from {
            let value = words.get(number).and_then(|word| word.get(from..));
            self.secrets.add(value.unwrap_or_default());
        }
        let mut shown = Shown::new();
        let mut end = 0;
        for (number, (place, word)) in placed.iter().enumerate() {
            shown.show(line.get(end..place.start).unwrap_or_default());
            end = place.end;
            let raw = line.get(place.clone()).unwrap_or_default();
            let mut hidden = match number {
                0 => Vec::new(), // the command
                _ => self.secrets.find(word, Search::Script),
            };
            if let Some((_, from)) = from.filter(|(at, from)| *at == number && *from < word.len()) {
                hidden.retain(|place| place.start < from);
                hidden.push(from..word.len());
            }
            match hidden.is_empty() {
                true => shown.show(raw),
                false if raw == word.as_slice() => shown.show_but(word, &hidden, <[u8]>::to_vec),
                false => {
                    shown.show(b"\"");
                    shown.show_but(word, &hidden, quoted);
                    shown.show(b"\"");
                }
            }
        }
        let rest = line.get(end..).unwrap_or_default();
        match rest.trim_ascii().is_empty() {
            true => shown.show(rest),
            false => shown.hide(), // more words than Asterisk takes
        }
        // What stands across words.
        let mut whole = Shown::new();
        for (number, piece) in shown.into_pattern().pieces().iter().enumerate() {
            if number > 0 {
                whole.hide();
            }
            whole.show_but(piece, &self.secrets.across(piece), <[u8]>::to_vec);
        }
        let pattern = whole.into_pattern();
        match pattern.matches(&line) {
            true => pattern,
            // What is hidden tore a pair of quotes apart.
            false => {
                let command = placed.first().and_then(|(place, _)| line.get(..place.end));
                Pattern::open([command.unwrap_or_default(), b""])
            }
        }
    }

    /// A line of Asterisk's: itself, nothing yet, or all that was held back.
    pub(super) fn asterisk(&mut self, line: Vec<u8>) -> Vec<Pattern> {
        if !self.in_environment {
            return vec![self.reply(&line)];
        }
        let is_end = line.is_empty();
        self.held.push(line);
        match is_end || self.held.len() > ENVIRONMENT {
            true => self.release(),
            false => Vec::new(),
        }
    }

    /// Lines that were held back, the environment's.
    pub(super) fn release(&mut self) -> Vec<Pattern> {
        if self.held.is_empty() {
            return Vec::new();
        }
        self.in_environment = false;
        let held = std::mem::take(&mut self.held);
        for line in &held {
            let (name, value) = variable(line);
            if self.what.hides(name) && value != b"unknown" {
                self.secrets.add(value);
            }
        }
        held.iter().map(|line| self.variable(line)).collect()
    }
}

impl Redactor {
    pub(super) fn new(what: Redaction) -> Self {
        Redactor {
            covered: false,
            keys_covered: false,
            secrets: Secrets::new(what.hides_digits()),
            what,
            held: Vec::new(),
            in_environment: true,
            asked: VecDeque::new(),
            last: Asked::Other,
            in_usage: false,
            usage_owed: false,
            value: Open::No,
        }
    }

    /// For a call of which nothing is hidden but what is marked: from its first mark on.
    pub(super) fn of_marks() -> Self {
        Redactor { in_environment: false, ..Redactor::new(Redaction::new()) }
    }

    pub(super) fn is_covered(&self) -> bool {
        self.keys_covered
    }

    /// A text with what is known to be hidden left open.
    pub(super) fn text(&self, text: &[u8]) -> Pattern {
        let mut shown = Shown::new();
        shown.show_but(text, &self.secrets.find(text, Search::Script), <[u8]>::to_vec);
        shown.into_pattern()
    }

    fn cover(&mut self, covered: bool) {
        match (self.covered, covered) {
            (false, true) => self.secrets.begin(),
            (true, false) => self.secrets.end(),
            _ => {}
        }
        self.covered = covered;
    }

    /// One line of the environment.
    fn variable(&self, line: &[u8]) -> Pattern {
        let (name, value) = variable(line);
        let mut shown = Shown::new();
        shown.show(line.get(..line.len() - value.len()).unwrap_or_default());
        let mut hidden = self.secrets.find(value, Search::Asterisk);
        if self.what.hides(name) && value != b"unknown" && !value.is_empty() {
            hidden = std::iter::once(0..value.len()).collect();
        } else if name != b"agi_extension" && !name.starts_with(b"agi_arg_") && value.len() < 3 {
            hidden.clear(); // a 1 that is a priority
        }
        shown.show_but(value, &hidden, <[u8]>::to_vec);
        shown.into_pattern()
    }

    /// A line behind the environment.
    fn reply(&mut self, line: &[u8]) -> Pattern {
        match &self.value {
            Open::Until(mark) if line == [b"200 result=1 (", &mark[..], b")"].concat() => {
                self.value = Open::No;
                // The value's own command, and the echo.
                self.asked.clear();
                return echo(line);
            }
            Open::Value | Open::Until(_) => return self.continued(line),
            Open::Reply if code_of(line).is_none() => return self.continued(line),
            Open::Reply | Open::No => self.value = Open::No,
        }
        if let Some(count) = self.stopped_before(line) {
            self.asked.drain(..count);
            return echo(line);
        }
        if line.ends_with(b"520 End of proper usage.") {
            self.in_usage = false;
            self.answered_by_usage();
            return Pattern::exactly(line);
        }
        match code_of(line) {
            Some(100..=199) => Pattern::exactly(line),
            None => self.plain(line),
            Some(520) if line.starts_with(b"520-") => {
                self.in_usage = true;
                Pattern::exactly(line)
            }
            Some(520) => {
                self.answered_by_usage();
                Pattern::exactly(line)
            }
            Some(_) if self.in_usage => Pattern::exactly(line),
            Some(_) => {
                let asked = self.asked.pop_front().map_or(self.last, |(asked, _)| asked);
                self.usage_owed = asked == Asked::Exec && line == b"200 result=1";
                if asked == Asked::Value && line.starts_with(VALUE) {
                    self.value = Open::Value;
                }
                answer(asked, line, &mut self.secrets, self.covered)
            }
        }
    }

    /// How many commands an echo's answer answers: those before it were stopped, and have no reply.
    fn stopped_before(&self, line: &[u8]) -> Option<usize> {
        let value = line.strip_prefix(VALUE)?.strip_suffix(b")")?;
        let is_it = |(_, mark): &(Asked, Option<Vec<u8>>)| mark.as_deref() == Some(value);
        self.asked.iter().position(is_it).map(|place| place + 1)
    }

    fn answered_by_usage(&mut self) {
        if !std::mem::take(&mut self.usage_owed) {
            self.asked.pop_front();
        }
    }

    /// One more line of a hidden value.
    fn continued(&mut self, line: &[u8]) -> Pattern {
        let (text, end) = match line.strip_suffix(b")") {
            Some(text) => (text, &b")"[..]),
            None => (line, &b""[..]),
        };
        self.secrets.add(text);
        match text.is_empty() {
            true => Pattern::exactly(line),
            false => Pattern::open([&b""[..], end]),
        }
    }

    /// A line that is no reply.
    fn plain(&self, line: &[u8]) -> Pattern {
        let mut shown = Shown::new();
        let hidden = self.secrets.find(line, Search::Asterisk);
        shown.show_but(line, &hidden, <[u8]>::to_vec);
        shown.into_pattern()
    }
}

/// Whether a line of the script's begins to cover what is keyed in, or ends it.
pub(super) fn mark_of(words: &[&[u8]]) -> Option<bool> {
    let [noop, mark, ..] = words else { return None };
    let place = CONFIDENTIAL.iter().position(|it| it.as_bytes() == *mark)?;
    noop.eq_ignore_ascii_case(b"NOOP").then_some(place == 0)
}

/// A line of the environment, as name and value.
fn variable(line: &[u8]) -> (&[u8], &[u8]) {
    let at = line.windows(2).position(|window| window == b": ");
    match at.and_then(|at| Some((line.get(..at)?, line.get(at + 2..)?))) {
        Some(variable) => variable,
        None => (b"", line),
    }
}
