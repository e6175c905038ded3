//! One call, from its header to its end: in a thread of its own.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use log::Level;

use super::access::Access;
use super::connection::Call;
use super::counters::End;
use super::programs::ProgramError;
use super::route::Pattern;
use super::socket::{HeaderLimits, Socket};
use super::switchboard::Switchboard;
use crate::conduct::{Ended, chain, conduct, tell_console};
use crate::error::Error;
use crate::session::Session;
use crate::transcript::{Exit, Folder, Log, Recorder};

/// A script, with what became of it, and why if it was a program.
pub(super) type Script = Box<dyn Fn(&mut Session) -> (Ended, Option<ProgramError>) + Send + Sync>;

/// Makes one of what a program passes to the server.
pub(super) fn script<E>(
    script: impl Fn(&mut Session) -> Result<(), E> + Send + Sync + 'static,
) -> Script
where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    Box::new(move |session| {
        let mut why = None;
        let ended = conduct(session, |session| {
            script(session).map_err(|error| match error.into().downcast::<ProgramError>() {
                Ok(error) => why.insert(*error).to_string().into(),
                Err(error) => error,
            })
        });
        (ended, why)
    })
}

/// The channel variable that tells the dialplan why no script came to its end. (AGISTATUS alone tells only that: it is
/// SUCCESS however a server closes the connection, unless its last line is `failure`.)
const STATUS: &str = "FASTAGI_STATUS";
const FAILURE: &str = "FAILURE";

/// The lines that tell of a failure, for where no session sends them.
pub(super) fn failure_line() -> String {
    format!("SET VARIABLE \"{STATUS}\" \"{FAILURE}\"\nfailure\n")
}

/// What every call needs to know of its server.
pub(super) struct Reception {
    pub(super) board: Arc<Switchboard>,
    pub(super) access: Access,
    pub(super) routes: Vec<(Pattern, Script)>,
    pub(super) otherwise: Option<Script>,
    pub(super) header: HeaderLimits,
    /// The folder for transcripts, if calls are recorded.
    pub(super) transcripts: Option<OsString>,
}

impl Reception {
    /// Takes a call from its header to its end.
    pub(super) fn receive(&self, call: Arc<Call>, number: u64) {
        let _place = Place { board: &self.board, number };
        // A script's panic is caught before; what it gives, shows or drops may panic, too, and so may a logger.
        let end = catch_unwind(AssertUnwindSafe(|| self.conduct(&call, number)));
        let is_torn = end.is_err();
        let end = call.has_ended(end.unwrap_or(End::Panicked));
        self.board.counts.ended(end);
        call.is_over();
        let peer = call.peer;
        drop(call);
        match end {
            _ if is_torn => {
                let what = || format!("{peer}: call {number} panicked behind its script");
                self.board.failures.say(Level::Error, what);
            }
            End::Cut | End::Idle => self
                .board
                .failures
                .say(Level::Warn, || format!("{peer}: call {number} was closed: {end:?}")),
            end => log::debug!("fastagi: {peer}: call {number} ended: {end:?}"),
        }
    }

    fn conduct(&self, call: &Arc<Call>, number: u64) -> End {
        let (mut session, log) = match self.begin(call) {
            Ok(begun) => begun,
            Err(error) => {
                if call.verdict() != Some(End::Cut) {
                    self.tell_no_header(call, &error);
                }
                return End::NoHeader;
            }
        };
        if !self.board.seat(number) {
            return End::Cut;
        }
        call.is_quiet();
        let environment = session.environment();
        if !self.access.trusts(&environment) {
            self.complain(call, || "a call without the secret was turned away".into());
            self.refuse(call, &mut session, "DENIED", "the last argument is not the secret");
            return End::Denied;
        }
        drop(environment); // so that what changes it needs no copy of it
        if self.access.has_secret() {
            session.forget_last_argument();
        }
        let Some(script) = self.find(&mut session) else {
            let path = shown(session.environment().network_path().as_bytes());
            let known = || {
                let known = self.routes.iter().map(|(pattern, _)| pattern.as_str());
                known.collect::<Vec<&str>>().join(", ")
            };
            self.complain(call, || format!("no script is at /{path}; known: {}", known()));
            self.refuse(call, &mut session, "NOTFOUND", &format!("no script is at /{path}"));
            return End::Unrouted;
        };
        let (ended, program) = script(&mut session);
        if let Some(log) = log {
            log.exit(Exit::Status(ended.status.into()));
        }
        match (&ended.fault, ended.status) {
            (None, _) if session.hangup_flag().is_known() => End::HungUp,
            (None, _) => End::Done,
            (Some(fault), status) => {
                let is_missing = matches!(program, Some(ProgramError::NotFound { .. }));
                let why = program.map_or(String::new(), |program| program.why());
                let peer = call.peer;
                match call.verdict() {
                    None if is_missing => {
                        self.complain(call, || format!("{fault}{why}"));
                        self.refuse(call, &mut session, "NOTFOUND", fault);
                    }
                    None => {
                        let what = || format!("{peer}: call {number} failed: {fault}{why}");
                        self.board.failures.say(Level::Error, what);
                        self.refuse(call, &mut session, FAILURE, fault);
                    }
                    Some(_) => {}
                }
                match status {
                    _ if is_missing => End::Unrouted,
                    1 => End::Failed,
                    _ => End::Panicked,
                }
            }
        }
    }

    /// Reads the header.
    fn begin(&self, call: &Arc<Call>) -> Result<(Session, Option<Log>), Error> {
        let socket = Socket::new(Arc::clone(call), Arc::clone(&self.board), self.header);
        let hangup = call.hangup.clone();
        let Some(folder) = &self.transcripts else {
            return Session::begin(socket, hangup).map(|session| (session, None));
        };
        let recorder = Recorder::new(socket, &hangup, Folder::new(folder, b"fastagi"));
        let log = recorder.log();
        Session::begin(recorder, hangup).map(|session| (session, Some(log)))
    }

    /// The script at the call's path.
    fn find(&self, session: &mut Session) -> Option<&Script> {
        if !self.routes.is_empty() {
            let path = session.environment().segments();
            let fits =
                |(pattern, script)| Pattern::find(pattern, &path).map(|found| (found, script));
            let found =
                self.routes.iter().map(|(pattern, script)| (pattern, script)).find_map(fits);
            if let Some((parameters, script)) = found {
                session.set_path_parameters(parameters);
                return Some(script);
            }
        }
        self.otherwise.as_ref()
    }

    /// Tells the dialplan, and Asterisk's console, that no script came to its end. Who does not answer does not keep the
    /// place.
    fn refuse(&self, call: &Call, session: &mut Session, status: &str, why: &str) {
        let _ = call.refused_until.set(Instant::now().checked_add(self.header.time));
        if session.set_variable(STATUS, status).is_ok() {
            tell_console(session, &format!("fastagi: {why}"));
        }
        // Behind a hangup AGISTATUS is HANGUP, whatever a process ends with.
        if !session.hangup_flag().is_known() {
            session.fail();
        }
    }

    fn tell_no_header(&self, call: &Call, error: &Error) {
        let why = match error {
            _ if call.verdict().is_some() => "did not come, and its place was needed".into(),
            Error::Io { source, .. } => source.to_string(),
            Error::Protocol { .. } => "ended early".into(),
            error => chain(error),
        };
        self.complain(call, || format!("the agi_ lines: {why}"));
    }

    fn complain(&self, call: &Call, what: impl FnOnce() -> String) {
        self.board.complaints.say(Level::Warn, || format!("{}: {}", call.peer, what()));
    }

    /// Whether somebody from there may call.
    pub(super) fn lets_in(&self, peer: std::net::SocketAddr) -> bool {
        let may = self.access.lets_in(peer);
        if !may {
            self.board.counts.accepted.fetch_add(1, Ordering::Relaxed);
            self.board.counts.ended(End::Denied);
            self.board.complaints.say(Level::Warn, || format!("{peer} is not allowed to call"));
        }
        may
    }
}

/// The place of one connection, which is free again however its thread ends.
struct Place<'s> {
    board: &'s Switchboard,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.board.leave(self.number);
    }
}

/// A path as it may stand in a log: one line of it, and not too much.
pub(super) fn shown(path: &[u8]) -> String {
    const MOST: usize = 100;
    let begin = path.get(..MOST).unwrap_or(path).escape_ascii();
    format!("{begin}{}", if path.len() > MOST { "…" } else { "" })
}
