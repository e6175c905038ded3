//! Asterisk's own log as transcripts.
//!
//! `agi set debug on` on Asterisk's console makes it log each line of each AGI session, into the log file
//! (`full`) and on the console itself. Both become transcripts, one a session, however many calls run at once:
//!
//! ```
//! use agikit::transcript::import;
//!
//! let log = b"\
//! [2026-11-21 01:49:07.539] VERBOSE[2212][C-00000006] res_agi.c: <PJSIP/a-1>AGI Tx >> agi_request: hello\n\
//! [2026-11-21 01:49:07.540] VERBOSE[2212][C-00000006] res_agi.c: <PJSIP/a-1>AGI Tx >> \n\
//! [2026-11-21 01:49:07.540] VERBOSE[2212][C-00000006] pbx.c: something else\n\
//! [2026-11-21 01:49:07.546] VERBOSE[2212][C-00000006] res_agi.c: <PJSIP/a-1>AGI Rx << ANSWER\n\
//! [2026-11-21 01:49:08.547] VERBOSE[2212][C-00000006] res_agi.c: <PJSIP/a-1>AGI Tx >> 200 result=0\n\
//! [2026-11-21 01:49:08.549] VERBOSE[2212][C-00000006] res_agi.c: <PJSIP/a-1>AGI Script hello completed, returning 0\n";
//! let sessions = import::sessions(log);
//! assert_eq!(
//!     sessions[0].transcript.to_string(),
//!     "# PJSIP/a-1, from line 1 of a log\n< agi_request: hello\n<\n> ANSWER\n@ +1.007s\n< 200 result=0\n"
//! );
//! ```
//!
//! # What is read
//! Log files in Asterisk's usual form and in the one that it calls `[plain]`, with any `dateformat`; what the
//! console shows, with and without times, colours and prompts, as `script`, `tmux` or a redirection saves it.
//! (`[json]` and what syslog makes of a log are not read.) Other lines in between are passed over.
//!
//! # What is left out
//! What a script has marked as confidential ([`Session::set_confidential`](crate::Session::set_confidential)), as any
//! recording of ours: digits, keys, `DTMF` lines between its marks. **The log itself has all of them**, whoever reads it.
//!
//! # What a log does not tell
//! - **How the script ended.** Asterisk logs its own result only ([`Imported::result`]), and it logs 0 for a
//!   script that exits with 3. The exit is left open.
//! - **When the script was told of a hangup.** If Asterisk's result or a refusal (`511`) says that there was one,
//!   `! hangup` stands before the reply that failed of it, or, if the script then asked for what a dead channel
//!   refuses, and so did not know, behind that command. If nothing tells, [`Trouble::HangupSomewhere`] says that
//!   its place is a guess. A FastAGI script is told by a line of its own.
//! - **Whole lines.** A record is cut after 8,191 bytes; the rest of such a line is left open. Escape sequences
//!   of a terminal are taken out of a file, and what stands behind a NUL is not there.
//! - **AsyncAGI's commands.** Their replies are logged only.
//! - **Who wrote it.** A value of several lines may look like further records. Inside a value whose bracket is
//!   not closed yet they are known for what they are; behind a `)` at a line's end they are not. The
//!   console, which names no thread, also loses the further lines of a value after such a `)`, and of an
//!   argument of several lines.

mod clock;
mod hangup;
mod head;
mod lines;
mod network;
mod note;
mod records;
mod session;

pub use note::{Note, Trouble};

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io::{self, BufRead};

use crate::transcript::Transcript;
use head::Key;
use network::Network;
use records::{Next, Record, Records, What};
use session::Open;

/// So many sessions may be open at once; then the one that was silent longest is taken to be over.
const MOST_OPEN: usize = 4096;

/// One session of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The channel's name.
    pub channel: Vec<u8>,
    /// The session. It begins with comments: the channel, and what is told in [`notes`](Imported::notes).
    pub transcript: Transcript,
    /// The log's line in which it begins, from 1.
    pub line: u64,
    /// The log's line in which its last record begins.
    pub last_line: u64,
    /// What Asterisk says at the end: 0 for success, -1 for a failure, 4 for a hangup. It is not the script's
    /// exit status. None where the log says nothing.
    pub result: Option<i32>,
    /// What is missing or in doubt.
    pub notes: Vec<Note>,
}

/// All sessions of a log, in the order in which they end. Never fails: what is no AGI line is passed over.
#[must_use]
pub fn sessions(log: &[u8]) -> Vec<Imported> {
    // Memory does not fail to be read.
    read(log).filter_map(Result::ok).collect()
}

/// Reads sessions from a log of any size; each is given when it ends.
///
/// ```no_run
/// use std::fs::File;
/// use std::io::BufReader;
/// use agikit::transcript::import;
///
/// let log = BufReader::new(File::open("/var/log/asterisk/full")?);
/// for session in import::read(log) {
///     let session = session?;
///     std::fs::write(format!("{}.txt", session.line), session.transcript.to_string())?;
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read<R: BufRead>(log: R) -> Sessions<R> {
    Sessions {
        records: Records::new(log),
        open: HashMap::new(),
        count: 0,
        ready: VecDeque::new(),
        line: 0,
        network: Network::default(),
        is_over: false,
    }
}

/// The sessions of a log: see [`read`]. Its errors are those of the reader; nothing comes after one.
pub struct Sessions<R> {
    records: Records<R>,
    /// The sessions that each thread or channel is in, the innermost last.
    open: HashMap<Key, Vec<Open>>,
    /// How many records there were.
    count: u64,
    ready: VecDeque<Imported>,
    /// The last line that was read.
    line: u64,
    /// The console's lines of FastAGI that name no channel.
    network: Network,
    is_over: bool,
}

impl<R> fmt::Debug for Sessions<R> {
    /// Nothing of what was read: what is confidential of a session that is open is not hidden yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("line", &self.line).finish_non_exhaustive()
    }
}

impl<R: BufRead> Iterator for Sessions<R> {
    type Item = io::Result<Imported>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(session) = self.ready.pop_front() {
                return Some(Ok(session));
            }
            if self.is_over {
                return None;
            }
            match self.records.next() {
                Ok(Some(Next::Record(record))) => self.take(record),
                Ok(Some(Next::Start)) => self.finish_all(),
                Ok(None) => {
                    self.is_over = true;
                    self.finish_all();
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl<R> Sessions<R> {
    fn take(&mut self, record: Record) {
        self.count += 1;
        self.line = record.line;
        if record.channel.is_empty() && matches!(record.key, Key::Channel(_)) {
            self.network.add(record);
            return;
        }
        let stack = self.open.entry(record.key.clone()).or_default();
        let first = match &record.what {
            What::Asterisk(lines) => lines.first().map(Vec::as_slice).unwrap_or_default(),
            _ => b"",
        };
        // FastAGI says HANGUP behind Asterisk's word on the end, and nothing else comes then.
        let is_last_hangup = first == b"HANGUP" && stack.last().is_some_and(|it| it.is_over);
        if !is_last_hangup && stack.last().is_some_and(|it| it.is_over) {
            self.ready.extend(stack.pop().map(|it| it.finish(self.line)));
        }
        let is_request = first.starts_with(b"agi_request: ");
        let goes_on = is_request && stack.last().is_some_and(Open::awaits_request);
        let begins = !goes_on && (is_request || first == b"agi_network: yes");
        if begins && stack.last().is_some_and(|it| !it.may_nest()) {
            // Its end is not in the log.
            self.ready.extend(stack.pop().map(|it| it.finish(self.line)));
        }
        let is_reply = !begins && first.first().is_some_and(u8::is_ascii_digit);
        if is_reply && stack.len() > 1 && stack.last().is_some_and(Open::is_idle) {
            // Nobody asked the inner one.
            self.ready.extend(stack.pop().map(|it| it.finish(self.line)));
        }
        if begins {
            let mut open = Open::new(&record, true);
            if matches!(record.key, Key::Channel(_)) {
                self.network.take(first).into_iter().for_each(|it| open.add(it));
            }
            stack.push(open);
        } else if stack.is_empty() {
            match record.what {
                What::Asterisk(_) | What::Script(_) => stack.push(Open::new(&record, false)),
                What::Key(_) | What::Completed(_) => {
                    self.open.remove(&record.key);
                    return;
                }
            }
        }
        let key = record.key.clone();
        if let Some(session) = stack.last_mut() {
            session.touched = self.count;
            session.add(record);
            if session.is_over && (!session.is_network || is_last_hangup) {
                self.ready.extend(stack.pop().map(|it| it.finish(self.line)));
            }
        }
        if stack.is_empty() {
            self.open.remove(&key);
        } else if self.open.len() > MOST_OPEN {
            self.finish_oldest();
        }
    }

    fn finish_all(&mut self) {
        let mut left: Vec<Imported> =
            self.open.drain().flat_map(|(_, all)| all).map(|it| it.finish(self.line)).collect();
        left.sort_by_key(|session| session.line);
        self.ready.extend(left);
    }

    fn finish_oldest(&mut self) {
        let touched = |all: &Vec<Open>| all.last().map(|it| it.touched);
        let oldest =
            self.open.iter().min_by_key(|(_, all)| touched(all)).map(|(key, _)| key.clone());
        let all = oldest.and_then(|key| self.open.remove(&key)).unwrap_or_default();
        self.ready.extend(all.into_iter().map(|it| it.finish(self.line)));
    }
}
