//! The program around a script: from `main` to the exit status.

use std::env;
use std::error::Error as StdError;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::conduct::{chain, conduct, one_line, tell_console};
use crate::error::Error;
use crate::session::Session;
use crate::stream::is_at_terminal;
use crate::transcript::{Exit, Folder, Log, Recorder};

/// What a script may return when other libraries' errors pass through it: any error, by `?`.
pub type ScriptResult<T = ()> = Result<T, Box<dyn StdError + Send + Sync>>;

/// Runs a script for the call that Asterisk's `AGI()` or `EAGI()` started this program for.
///
/// ```no_run
/// use agikit::{Result, Session};
///
/// fn main() -> std::process::ExitCode {
///     agikit::run(script)
/// }
///
/// fn script(agi: &mut Session) -> Result {
///     agi.answer()?;
///     agi.stream_file("tt-weasels")?;
///     Ok(())
/// }
/// ```
///
/// It takes standard input and output out of reach of stray prints ([`Stdio`](crate::Stdio)), makes SIGHUP
/// the session's hangup instead of the program's end, reads the environment and calls the script. Call it
/// first in `main`: a line that was printed before has gone to Asterisk as a command. The
/// dialplan goes on when the script returns; call [`Session::hangup`] to end the call instead.
///
/// An error is written to standard error, with all its sources, and as one VERBOSE line to Asterisk's
/// console: a daemon's standard error is often lost.
///
/// | exit status | when | AGISTATUS |
/// |---|---|---|
/// | 0 | the script succeeded, or the caller hung up | SUCCESS, or HANGUP |
/// | 1 | the script, or the session's start, gave an error | FAILURE |
/// | 2 | standard input is a terminal: no call | |
/// | 101 | the script panicked | FAILURE |
///
/// # Recordings
/// Where the environment variable `AGIKIT_TRANSCRIPT` names a folder, each session is recorded there as a
/// [transcript](mod@crate::transcript), in a file of its own that only its owner may read: it holds what callers
/// dial. The file is named by the program and the call's `agi_uniqueid`; none is overwritten. When it cannot be
/// written, that is said on standard error, and the call goes on. (In a systemd unit of Asterisk's:
/// `Environment=AGIKIT_TRANSCRIPT=/var/spool/asterisk/agi`.)
///
/// # AGISTATUS
/// AGISTATUS is FAILURE also when Asterisk could not run one of the commands, such as a STREAM FILE of a
/// missing file, and stays so; else it is HANGUP after every hangup, whatever the exit status. The number in
/// Asterisk's log line `AGI Script … completed, returning 4` is neither: it is Asterisk's own result, 0 for
/// SUCCESS, -1 for FAILURE, 4 for HANGUP.
pub fn run<E>(script: impl FnOnce(&mut Session) -> Result<(), E>) -> ExitCode
where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    if is_at_terminal() {
        report(&[explain()]);
        return ExitCode::from(2);
    }
    let (mut session, log) = match begin() {
        Ok(both) => both,
        Err(error) => {
            report(&[chain(&error)]);
            return ExitCode::FAILURE;
        }
    };
    let ended = conduct(&mut session, script);
    if let Some(fault) = &ended.fault {
        // A terminal may read it: nothing in it is the caller's to move.
        let parts = [&session.environment().request().to_string(), fault];
        report(&parts.map(|part| one_line(part, usize::MAX)));
        tell_console(&mut session, fault);
    }
    if let Some(log) = log {
        log.exit(Exit::Status(ended.status.into()));
    }
    ExitCode::from(ended.status)
}

/// Begins the session, recorded where the environment says so.
fn begin() -> Result<(Session, Option<Log>), Error> {
    let Some(folder) = env::var_os("AGIKIT_TRANSCRIPT").filter(|folder| !folder.is_empty()) else {
        return Session::stdio().map(|session| (session, None));
    };
    let program = env::args_os().next().unwrap_or_default();
    let name = Path::new(&program).file_name().unwrap_or(&program);
    let folder = Folder::new(folder, name.as_encoded_bytes());
    let mut log = None;
    let session = Session::stdio_through(|stream, hangup| {
        let recorder = Recorder::new(stream, hangup, folder);
        log = Some(recorder.log());
        recorder
    })?;
    Ok((session, log))
}

/// To standard error, which may be closed: that must not end the script's clean-up.
fn report(parts: &[String]) {
    let _ = writeln!(io::stderr(), "{}", parts.join(": "));
}

/// What a person reads who starts the program by hand.
fn explain() -> String {
    let path = env::args_os().next().unwrap_or_default();
    let name = Path::new(&path).file_name().unwrap_or(&path).to_string_lossy();
    let typed = path.to_string_lossy();
    format!(
        "{name} is an AGI program: Asterisk starts it, for a call.\n\
         \n\
         In agi-bin, Asterisk's folder for such programs, the dialplan (extensions.conf) calls it:\n\
         \n    exten => 100,1,AGI({name})\n\
         \n\
         At the desk, agikit is the caller and the telephone:\n\
         \n    agikit call {typed}\n\
         \n\
         Or give it a file with what Asterisk would send: the agi_ variables, an empty line, and a reply a\n\
         command:\n\
         \n    printf 'agi_request: {name}\\n\\n200 result=0\\n' > session\n    {typed} < session"
    )
}
