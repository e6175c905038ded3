//! A session: one call, one conversation with Asterisk.
//!
//! A session sends one command at a time and reads its reply; there is never a second one under way,
//! because Asterisk would keep it in a buffer, or let it stop the first one.
//!
//! # Alignment
//! AGI's replies carry no number: the next reply is taken for the last command's. So whatever could make
//! one too many or too few is dealt with here: `HANGUP` lines, the `100` before GOSUB's reply, usage
//! blocks, values of several lines, lines that belong to nothing. Where a value could be mistaken for a
//! reply, the session asks Asterisk for an unmistakable echo and takes what came before it: see
//! [`resync`](Session::resync).

mod begin;
mod confidential;
mod echo;
mod interrupt;
mod methods;
mod pending;
mod receive;

pub use pending::Pending;

use std::fmt;
use std::io::{self, ErrorKind};
use std::marker::PhantomData;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use crate::command::{Command, Spec};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::hangup::Hangup;
use crate::reply::code_of;
use crate::stream::{Stdio, Stream};
#[cfg(feature = "fastagi")]
use crate::text::Value;
use crate::wire::{Line, Lines};

/// The longest reply, unless [`Session::set_reply_bound`] says otherwise.
const REPLY_BOUND: usize = 1 << 20;

/// One call, seen from the script.
///
/// It has a method for each of Asterisk's commands, named by its words: `GET DATA` is
/// [`get_data`](Session::get_data). They take the required arguments; for options make the command's value
/// and [`run`](Session::run) it.
///
/// ```no_run
/// use agikit::{GetData, Result, Session};
/// use std::time::Duration;
///
/// fn ask(agi: &mut Session) -> Result {
///     agi.answer()?;
///     let data = agi.run(GetData::new("vm-enter-num-to-call").timeout(Duration::from_secs(5)))?;
///     agi.set_variable("DIALED", &data.digits)
/// }
/// ```
///
/// After the hangup, commands that need a live channel give [`Error::Hangup`] at once and nothing is
/// sent; the others still run.
pub struct Session {
    stream: Box<dyn Stream>,
    hangup: Hangup,
    environment: Arc<Environment>,
    /// The line that is being written, kept for the next one.
    line: Vec<u8>,
    lines: Lines,
    line_limit: u16,
    /// How many echoes were asked for: each has a number of its own.
    echoes: u32,
    state: State,
    /// The call comes over TCP: there Asterisk says `HANGUP` where a process gets a signal.
    network: bool,
    /// Replies were there before a command was.
    early: bool,
    /// Something was read that may have been part of something else.
    doubt: bool,
    /// EXEC's application returned 1: a `520` comes that answers nothing.
    usage_owed: bool,
    /// A command's reply was not waited for.
    unanswered: Option<Spec>,
    /// The script has said that what is keyed in is a secret.
    confidential: bool,
}

/// Whether anything can still be said.
#[derive(Debug, Clone, Copy)]
enum State {
    Open,
    /// Asterisk has closed its side.
    Closed,
    /// The system refused: a line may have been sent in part.
    Broken(ErrorKind),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("channel", &self.environment.channel())
            .field("hung_up", &self.is_hung_up())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The session of a program that Asterisk's `AGI()` or `EAGI()` started: takes standard input and
    /// output away from everything else in the process ([`Stdio::take`]), turns SIGHUP into the session's
    /// [`Hangup`], and reads the environment. [`run`](crate::run) does this and more.
    ///
    /// # Errors
    /// As [`begin`](Session::begin); [`Error::Io`] when the system has no descriptor or signal left.
    pub fn stdio() -> Result<Session> {
        Session::stdio_through(|stream, _| stream)
    }

    /// The same with something around the stream.
    pub(crate) fn stdio_through<S: Stream + 'static>(
        wrap: impl FnOnce(Stdio, &Hangup) -> S,
    ) -> Result<Session> {
        let hangup = Hangup::on_sighup().map_err(|source| io_error("SIGHUP", source))?;
        let stream =
            Stdio::take().map_err(|source| io_error("standard input and output", source))?;
        Session::begin(wrap(stream, &hangup), hangup)
    }

    /// Begins a session on a stream by reading the environment up to its empty line.
    ///
    /// # Errors
    /// [`Error::Protocol`] when the input ends before that, or goes on for more than 1 MiB; [`Error::Io`]
    /// when it cannot be read.
    ///
    /// A test can take Asterisk's part, over a pair of sockets:
    ///
    /// ```
    /// use agikit::{Hangup, Session, Waited};
    /// use std::io::{BufRead, BufReader, Write};
    /// use std::os::unix::net::UnixStream;
    /// use std::time::Duration;
    ///
    /// let (script, mut asterisk) = UnixStream::pair()?;
    /// asterisk.write_all(b"agi_request: test\n\n")?;
    /// let mut agi = Session::begin(script, Hangup::new())?;
    /// let script = std::thread::spawn(move || agi.wait_for_digit(Duration::from_secs(5)));
    ///
    /// let mut sent = String::new();
    /// BufReader::new(&asterisk).read_line(&mut sent)?;
    /// assert_eq!(sent, "WAIT FOR DIGIT 5000\n");
    /// asterisk.write_all(b"200 result=49\n")?;
    /// assert_eq!(script.join().unwrap()?, Waited::Digit('1'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn begin(stream: impl Stream + 'static, hangup: Hangup) -> Result<Session> {
        let mut session = Session {
            stream: Box::new(stream),
            hangup,
            environment: Arc::default(),
            line: Vec::with_capacity(512),
            lines: Lines::new(REPLY_BOUND),
            line_limit: 0,
            echoes: 0,
            state: State::Open,
            network: false,
            early: false,
            doubt: false,
            usage_owed: false,
            unanswered: None,
            confidential: false,
        };
        session.read_environment()?;
        Ok(session)
    }

    /// Runs a command: sends it and waits for its reply.
    ///
    /// # Errors
    /// [`Error::Argument`]: nothing was sent. [`Error::Hangup`]: the call is over. [`Error::Failed`],
    /// [`Error::NoSuchApplication`], [`Error::Refused`] and [`Error::Protocol`]: Asterisk's answer, and the
    /// session goes on. [`Error::Io`]: the stream is of no use any more.
    pub fn run<C: Command>(&mut self, command: C) -> Result<C::Reply> {
        self.start(command)?.finish()
    }

    /// Sends a command and does not wait: the reply is taken by [`Pending::finish`]. Until then the
    /// session is borrowed, so that nothing else can be sent.
    ///
    /// # Errors
    /// [`Error::Argument`], [`Error::Hangup`] when the call is over, [`Error::Io`] when the stream is of no
    /// use, and [`Error::Protocol`] where a recorded session was piped in.
    pub fn start<C: Command>(&mut self, command: C) -> Result<Pending<'_, C>> {
        let spec = command.spec();
        self.usable(spec.words)?;
        if !spec.dead && self.hangup.is_known() {
            return Err(Error::Hangup);
        }
        let mut line = Line::begin(&mut self.line, self.line_limit, spec.words);
        command.write(&mut line);
        line.end()?;
        if let Some(before) = self.unanswered.take() {
            match self.receive(&before) {
                Ok(()) if code_of(self.lines.message()) == Some(511) => self.hangup.raise(),
                // Too long: it was to be dropped anyway, and what follows is aligned.
                Ok(()) | Err(Error::Protocol { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if self.doubt {
            self.settle()?;
        }
        if !spec.dead && self.hangup.is_known() {
            return Err(Error::Hangup); // learned from what came before
        }
        self.send(spec.words)?;
        self.unanswered = Some(spec);
        Ok(Pending { session: self, spec, command: PhantomData })
    }

    /// Makes sure that the next reply is the next command's: asks Asterisk for a text that occurs
    /// nowhere else, and drops all that comes before it.
    ///
    /// The session does this by itself where it sees a reason. There is one that it cannot see: a value
    /// that Asterisk wrote in pieces, the first of which ends like a whole one and the second like a reply.
    ///
    /// `GET FULL VARIABLE "agikit-…"` → `200 result=1 (agikit-…)`. It runs after hangup. It stops a command
    /// that was [started](Session::start) and not finished, when that is one that a new command stops.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// let page = agi.get_variable("CURL(http://localhost/menu)")?;   // written by who knows whom
    /// agi.resync()?;
    /// # let _ = page; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Hangup`] when Asterisk has closed the session, [`Error::Io`] when the stream is of no use.
    pub fn resync(&mut self) -> Result {
        match self.unanswered.take() {
            // Behind a command the echo itself may have to be pushed through.
            Some(spec) => self.stop(&spec).map(|_| self.is_aligned()),
            None => self.skip_to_echo(),
        }
    }

    /// What Asterisk told at the start. The `Arc` may be kept while commands run.
    #[must_use]
    pub fn environment(&self) -> Arc<Environment> {
        Arc::clone(&self.environment)
    }

    /// Whether the call has ended. Learned from SIGHUP, `HANGUP`, `511`, the `(hangup)` of RECORD FILE and
    /// SPEECH RECOGNIZE, or the end of the input; where the dialplan sets `AGISIGHUP=no`, only from the
    /// answer to a command. In an intercept routine (Asterisk's connected line and redirecting subroutines)
    /// `511` comes although the caller is there: the 13 commands are all that run there.
    #[must_use]
    pub fn is_hung_up(&self) -> bool {
        self.hangup.is_raised()
    }

    /// The session's hangup, to wait for it beside something else or in another thread. (HANGUP, the
    /// command, is [`hangup`](Session::hangup).)
    #[must_use]
    pub fn hangup_flag(&self) -> Hangup {
        self.hangup.clone()
    }

    /// What a route has found in the address.
    #[cfg(feature = "fastagi")]
    pub(crate) fn set_path_parameters(&mut self, parameters: Vec<(Value, Value)>) {
        Arc::make_mut(&mut self.environment).set_path_parameters(parameters);
    }

    /// Takes the last argument out of the environment, which was a secret.
    #[cfg(feature = "fastagi")]
    pub(crate) fn forget_last_argument(&mut self) {
        Arc::make_mut(&mut self.environment).forget_last_argument();
    }

    /// The stream itself, and what was read of it already: for who passes the call on to a program.
    #[cfg(feature = "fastagi")]
    pub(crate) fn stream(&mut self) -> (&mut dyn Stream, Vec<u8>) {
        let ahead = self.lines.ahead().to_vec();
        self.lines.clear();
        (&mut *self.stream, ahead)
    }

    /// Ends the session so that AGISTATUS is `FAILURE`, as when a process ends with another status than 0: by a line that
    /// begins with `failure`, which is Asterisk's own for a program that it could not start.
    #[cfg(feature = "fastagi")]
    pub(crate) fn fail(&mut self) {
        if matches!(self.state, State::Open) {
            // Who has gone needs it no more.
            let _ = self.stream.write_all(b"failure\n");
            self.state = State::Closed;
        }
    }

    /// Nothing can be said any more.
    #[cfg(feature = "fastagi")]
    pub(crate) fn is_closed(&mut self) {
        self.state = State::Closed;
    }

    /// The stream's audio, once.
    pub(crate) fn take_audio(&mut self) -> Option<OwnedFd> {
        self.stream.audio()
    }

    /// The longest command line that is sent, in bytes without the line feed: by Asterisk's version
    /// ([`Environment::line_limit`]).
    #[must_use]
    pub fn line_limit(&self) -> u16 {
        self.line_limit
    }

    /// Changes that limit, for an Asterisk whose version says nothing. Above what it really reads, one
    /// command becomes several: a hole. At most 8,190.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) {
    /// // This house's own build of branch 22.
    /// if agi.environment().version() == "GIT-22-1a2b3c4" {
    ///     agi.set_line_limit(agikit::wire::LONG_LINE_LIMIT);
    /// }
    /// # }
    /// ```
    pub fn set_line_limit(&mut self, bytes: u16) {
        self.line_limit = bytes.min(crate::wire::LONG_LINE_LIMIT);
    }

    /// Changes the longest reply that is taken, 1 MiB at first. A longer one gives
    /// [`Error::Protocol`], is not kept in memory, and leaves the session aligned.
    pub fn set_reply_bound(&mut self, bytes: usize) {
        self.lines.set_bound(bytes);
    }
}

fn io_error(command: &'static str, source: io::Error) -> Error {
    Error::Io { command, source }
}
