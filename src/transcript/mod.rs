//! Recorded calls as text: recording, expectation and documentation in one file.
//!
//! ```text
//! # a caller with a good account number
//! < agi_request: account
//! < agi_channel: PJSIP/alice-[..]
//! <
//! > ANSWER
//! < 200 result=0
//! @ +2.500s
//! > GET DATA "vm-enter-num-to-call" 10000 8
//! < 200 result=1001
//! ! hangup
//! = 0
//! ```
//!
//! # The format
//! A line is one of these; what stands behind the first blank is its content:
//!
//! | begins with | is |
//! |---|---|
//! | `>` | a line that the script sent |
//! | `<` | a line that Asterisk sent; `<` alone is an empty one |
//! | `!` | something that happened: `hangup`, `key 5`, `audio FILE`, `wait 1.500s`, `closed` |
//! | `=` | how the script ended: an exit status, or the signal that ended it (`= SIGHUP`) |
//! | `@` | the time that passed since the line before: `+1.250s` |
//! | `#` | a comment |
//! | nothing | an empty line |
//!
//! A script's line is compared word by word ([`Pattern::matches`]).
//!
//! Valid UTF-8 stands as it is; every other byte, a control character and a blank at a line's end is written
//! `\xNN`. A backslash is one unless `xNN` follows, and is then written `\x5c`. `[..]` matches any part of a
//! line; where a line holds it, its `[` is written `\x5b`.
//!
//! # What is not in it
//! What a script has marked as confidential, such as a PIN that an [`ivr`](mod@crate::ivr) question asks for, is `[..]`
//! in everything that is recorded: see [`Cover`]. A [`Redaction`] hides more.

mod folder;
pub mod import;
mod listed;
mod mismatch;
mod parse;
mod pattern;
mod player;
mod print;
mod recorder;
mod redaction;
mod replace;
mod replay;
mod rewrite;
mod signal;
mod stand_in;
mod tape;
mod voice;

pub(crate) use folder::Folder;
#[doc(hidden)]
pub use listed::{assert_listed, assert_replays};
pub use mismatch::{Difference, Mismatch};
pub use parse::{OpenError, ParseError};
pub use pattern::Pattern;
pub(crate) use player::AfterHangup;
pub use player::{Player, Step};
pub use recorder::{Log, Recorder};
pub use redaction::{Cover, Redaction};
pub use replay::{ReplayError, replay, replay_with};
pub use tape::Tape;

use std::path::PathBuf;
use std::time::Duration;

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// An empty line.
    Blank,
    /// `#`: for the reader.
    Comment(String),
    /// `>`: a line that the script sends, without its line feed.
    Script(Pattern),
    /// `<`: a line that Asterisk sends, without its line feed.
    Asterisk(Pattern),
    /// `!`: something that happens.
    Event(Event),
    /// `=`: how the script ends.
    Exit(Exit),
    /// `@`: so much time passed since the line before.
    Passed(Duration),
}

/// What happens during a call besides lines.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// `! hangup`: the script is told of the hangup, a process by SIGHUP.
    Hangup,
    /// `! key 5`: the caller pressed a key. The reply tells the script; this tells the reader.
    Key(char),
    /// `! audio FILE`: from here on, the caller's audio is this WAV file; without one, silence.
    Audio(PathBuf),
    /// `! wait 1.500s`: nothing happens for so long.
    Wait(Duration),
    /// `! closed`: Asterisk closes its side, as it does at a hangup with AGIEXITONHANGUP.
    Closed,
}

/// How a script's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// `= 0`: by itself, with this status.
    Status(i32),
    /// `= SIGHUP`: by a signal. One without a usual name is `signal 34`.
    Signal(i32),
}

/// A call, line by line: entry N is the file's line N + 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transcript {
    /// The lines.
    pub entries: Vec<Entry>,
}
