//! What a log does not tell, and where.

use std::fmt;

/// Something in a session that is missing or in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The log's line, from 1.
    pub line: u64,
    /// The place in that line in bytes, from 1.
    pub column: usize,
    /// What it is.
    pub trouble: Trouble,
}

/// What may be missing or in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The session began before the log did, or before `agi set debug on`: its environment is not there.
    NoBeginning,
    /// The log does not tell the session's end.
    NoEnd,
    /// Asterisk's logger cut a record; the rest of that line is left open.
    Cut,
    /// A line is so long that no Asterisk wrote it; the rest of it is left open.
    TooLong,
    /// A value has no closing bracket.
    Unclosed,
    /// AsyncAGI: Asterisk does not log the commands.
    NoCommands,
    /// The log tells times in whole seconds only.
    WholeSeconds,
    /// There was a hangup, but nothing shows at which place.
    HangupSomewhere,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.trouble)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trouble::NoBeginning => {
                "expected agi_request: the session began before the log or before `agi set debug on`"
            }
            Trouble::NoEnd => "expected `AGI Script … completed`: the session's end is not in the log",
            Trouble::Cut => "expected the rest of the line: the logger cut it, it is left open",
            Trouble::TooLong => "expected a line feed: the rest of the line is left open",
            Trouble::Unclosed => "expected `)` at the value's end: it may lack lines",
            Trouble::NoCommands => "AsyncAGI: the commands are not in the log, only their replies",
            Trouble::WholeSeconds => "the times are whole seconds, so a wait may be wrong by one",
            Trouble::HangupSomewhere => "the caller hung up, but the place of `! hangup` is a guess",
        })
    }
}
