//! From lines to records: what one thread of Asterisk logged at once.

use std::io::{self, BufRead};

use super::Trouble;
use super::head::{self, Head, Key, Said};
use super::lines::{Line, Lines};

/// Asterisk's logger cuts what it writes at once to so many bytes, and its line feed with it: the next record
/// then stands behind it on the same line. (On the console less of it is the head.)
const CUT: std::ops::RangeInclusive<usize> = 8000..=8250;

/// What was said in a session.
#[derive(Debug)]
pub(super) enum What {
    /// To the script: lines, of which the logger may have cut the last.
    Asterisk(Vec<Vec<u8>>),
    /// By the script.
    Script(Vec<u8>),
    /// The caller pressed a key.
    Key(char),
    /// Asterisk's result at the end.
    Completed(i32),
}

/// One record of an AGI session.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) key: Key,
    pub(super) channel: Vec<u8>,
    pub(super) line: u64,
    pub(super) column: usize,
    /// What stands in its brackets.
    pub(super) time: Vec<u8>,
    pub(super) what: What,
    /// What is wrong with it, and in which line and column.
    pub(super) trouble: Option<Wrong>,
}

/// The line, the column, and what is wrong there.
pub(super) type Wrong = (u64, usize, Trouble);

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    Record(Record),
    /// Asterisk started: what was open is over.
    Start,
}

/// In which form a record stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    File,
    Console,
    /// The console, with a time on each line.
    Timed,
}

/// Whether lines end in CR LF: a terminal's, or a file's that went through one. What Asterisk says first, a
/// line of the environment, tells.
#[derive(Debug, Default)]
struct Ends {
    file: Option<bool>,
    console: Option<bool>,
}

#[derive(Debug)]
pub(super) struct Records<R> {
    lines: Lines<R>,
    ends: Ends,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Records { lines: Lines::new(input), ends: Ends::default() }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Next>> {
        while let Some(mut line) = self.lines.take()? {
            let cut = self.cut(&mut line, 0)?;
            if let Head::Start = head::parse(&line.bytes) {
                return Ok(Some(Next::Start));
            }
            if let Some(record) = self.record(line, cut)? {
                return Ok(Some(Next::Record(record)));
            }
        }
        Ok(None)
    }

    /// Takes off what stands behind a record that the logger has cut. So many bytes came before this line.
    fn cut(&mut self, line: &mut Line, before: usize) -> io::Result<bool> {
        if let Some(at) = glued(&line.bytes, before) {
            let rest = line.split_off(at);
            self.lines.give_back(rest);
            return Ok(true);
        }
        // The log ends there.
        Ok(before + line.bytes.len() >= 8191 && self.lines.peek(0)?.is_none())
    }

    /// The record that begins with this line, if it is one of a session.
    fn record(&mut self, line: Line, cut: bool) -> io::Result<Option<Record>> {
        let (time, key, at) = match head::parse(&line.bytes) {
            Head::File { time, thread, call, file, level, at } => {
                let key = Key::Thread(thread, call);
                let message = line.bytes.get(at..).unwrap_or_default();
                if level == b"DTMF" {
                    return Ok(pressed(message).map(|(key_pressed, channel)| Record {
                        key,
                        channel: channel.to_vec(),
                        line: line.number,
                        column: line.column,
                        time: time.to_vec(),
                        what: What::Key(key_pressed),
                        trouble: None,
                    }));
                }
                if file != b"res_agi.c" {
                    return Ok(None);
                }
                (time, Some(key), at)
            }
            Head::Console { time, at } => (time, None, at),
            Head::Start | Head::Other | Head::Rest => return Ok(None),
        };
        let (bytes, number, column) = (&line.bytes, line.number, line.column + at);
        let Some((channel, said)) = head::said(bytes.get(at..).unwrap_or_default()) else {
            return Ok(None);
        };
        let form = match (&key, time.is_empty()) {
            (Some(_), _) => Form::File,
            (None, true) => Form::Console,
            (None, false) => Form::Timed,
        };
        let mut record = Record {
            key: key.unwrap_or_else(|| Key::Channel(channel.to_vec())),
            channel: channel.to_vec(),
            line: number,
            column,
            time: time.to_vec(),
            what: What::Completed(0),
            trouble: cut.then_some((number, line.column + bytes.len(), Trouble::Cut)),
        };
        if line.too_long {
            record.trouble = Some((number, line.column + bytes.len(), Trouble::TooLong));
        }
        let ends = self.ends.of(form);
        record.what = match said {
            Said::Completed(result) => What::Completed(result),
            Said::Script(text) => What::Script(self.ends.text(form, text).to_vec()),
            Said::Asterisk(text) => {
                ends.get_or_insert(text.ends_with(b"\r"));
                let first = self.ends.text(form, text).to_vec();
                let mut lines = vec![first];
                if record.trouble.is_none() {
                    record.trouble = {
                        let at = (number, line.column + bytes.len());
                        self.more(form, bytes.len(), at, &mut lines)?
                    };
                }
                What::Asterisk(lines)
            }
        };
        Ok(Some(record))
    }

    /// Takes the further lines of what Asterisk sent.
    fn more(
        &mut self,
        form: Form,
        mut total: usize,
        mut at: (u64, usize),
        lines: &mut Vec<Vec<u8>>,
    ) -> io::Result<Option<Wrong>> {
        let kind = Kind::of(lines);
        // In a file all lines without a head belong to the record before, on the console only what must.
        let by_right = form == Form::File || kind == Kind::Usage;
        loop {
            let is_open = kind == Kind::Open && !lines.last().is_some_and(|it| it.ends_with(b")"));
            let Some(next) = self.lines.peek(0)? else { break };
            let is_rest = head::parse(form.bare(&next.bytes)) == Head::Rest;
            let count = if is_rest && by_right {
                1
            } else if is_open {
                match self.closing(form, total)? {
                    0 => return Ok(Some((at.0, at.1, Trouble::Unclosed))),
                    count => count,
                }
            } else {
                break;
            };
            for _ in 0..count {
                let Some(mut line) = self.lines.take()? else { break };
                let cut = self.cut(&mut line, total + 1)?;
                total += 1 + line.bytes.len();
                lines.push(self.ends.text(form, form.bare(&line.bytes)).to_vec());
                at = (line.number, line.column + line.bytes.len());
                if cut {
                    return Ok(Some((at.0, at.1, Trouble::Cut)));
                }
            }
        }
        let is_open = kind == Kind::Open && !lines.last().is_some_and(|it| it.ends_with(b")"));
        Ok(is_open.then_some((at.0, at.1, Trouble::Unclosed)))
    }

    /// How many lines it is to the end of a value, none if it has none: inside one, even what looks like a
    /// record is none. So many bytes came before.
    fn closing(&mut self, form: Form, mut total: usize) -> io::Result<usize> {
        for place in 0.. {
            let Some(line) = self.lines.peek(place)? else { break };
            if total > *CUT.end() || head::parse(&line.bytes) == Head::Start {
                break;
            }
            let is_cut = glued(&line.bytes, total + 1).is_some();
            total += 1 + line.bytes.len();
            if is_cut || self.ends.text(form, form.bare(&line.bytes)).ends_with(b")") {
                return Ok(place + 1);
            }
        }
        Ok(0)
    }
}

/// Where in a line the next record begins without a line feed, with so many bytes of a record before.
fn glued(bytes: &[u8], before: usize) -> Option<usize> {
    let from = CUT.start().saturating_sub(before).max(1);
    let to = CUT.end().saturating_sub(before).min(bytes.len());
    (from..=to).find(|&at| {
        let rest = bytes.get(at..).unwrap_or_default();
        matches!(rest.first(), Some(b'[' | b'<' | 0xF5..))
            && matches!(head::parse(rest), Head::File { .. } | Head::Console { .. })
    })
}

impl Form {
    /// A further line of a record, without what the console puts before each.
    fn bare<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        if *self == Form::Timed { head::behind_time(line) } else { line }
    }
}

impl Ends {
    fn of(&mut self, form: Form) -> &mut Option<bool> {
        if form == Form::File { &mut self.file } else { &mut self.console }
    }

    /// A line without the CR that belongs to its end.
    fn text<'a>(&self, form: Form, line: &'a [u8]) -> &'a [u8] {
        match if form == Form::File { self.file } else { self.console } {
            Some(true) => line.strip_suffix(b"\r").unwrap_or(line),
            _ => line,
        }
    }
}

/// What may follow on the lines behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A value whose bracket is not closed.
    Open,
    /// A command's usage, from the manual.
    Usage,
    Closed,
}

impl Kind {
    fn of(lines: &[Vec<u8>]) -> Kind {
        let Some(line) = lines.first() else { return Kind::Closed };
        if line.starts_with(b"200 result=") {
            let is_note = head::find(line, b") endpos=").is_some();
            let opens = head::find(line, b" (").is_some();
            return if opens && !is_note && !line.ends_with(b")") {
                Kind::Open
            } else {
                Kind::Closed
            };
        }
        let known = line.is_empty()
            || line.starts_with(b"agi_")
            || line.starts_with(b"HANGUP")
            || line.iter().take(3).all(u8::is_ascii_digit);
        if known { Kind::Closed } else { Kind::Usage }
    }
}

/// `DTMF end '5' received on CHANNEL, duration 100 ms`.
fn pressed(message: &[u8]) -> Option<(char, &[u8])> {
    let rest = message.strip_prefix(b"DTMF end '")?;
    let (&key, rest) = rest.split_first()?;
    let rest = rest.strip_prefix(b"' received on ")?;
    let end = head::find(rest, b", duration ")?;
    key.is_ascii_graphic().then_some((char::from(key), rest.get(..end)?))
}
