//! The exit codes, in one place, and what goes with them to standard error.

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

use crate::output;

/// What every command gives: how it ended, or why it could not begin.
pub(crate) type Done = Result<Exit, Box<dyn Error>>;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it was asked for.
    Success,
    /// It did, and the answer is no.
    Failure,
    /// It could not: a file is missing, a program does not start.
    Trouble,
}

impl Exit {
    fn number(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Trouble => 3,
        }
    }

    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }
}

/// What the help says of them. 2 is clap's.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done: all replayed, the command was found
  1  done, and the answer is no: one did not replay, no such command, no session, a fault,
     not ours to overwrite
  2  the arguments make no sense
  3  it could not be done: a file is missing, a program does not start
`record` ends as the recorded program ended, by status or by signal; `call` as the call
ended, which its help tells.";

/// Says on standard error why a command could not be done.
pub(crate) fn report(error: &(dyn Error + 'static)) -> ExitCode {
    if output::is_closed_pipe(error) {
        // Whoever read has read enough.
        return Exit::Success.code();
    }
    let mut text = error.to_string();
    if error.is::<std::io::Error>() {
        // What concerns a file names it; the rest is what is printed.
        text = format!("cannot write to standard output: {text}");
    }
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    output::problem(&text);
    Exit::Trouble.code()
}
