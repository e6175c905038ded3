//! One call, from its header to its end: in a thread of its own.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::access::Access;
use super::counters::End;
use super::route::Pattern;
use super::socket::{HeaderLimits, Socket};
use super::switchboard::{Call, Switchboard};
use crate::conduct::{Ended, chain, tell_console};
use crate::error::Error;
use crate::session::Session;
use crate::transcript::{Exit, Folder, Log, Recorder};

/// A script, with what became of it.
pub(super) type Script = Box<dyn Fn(&mut Session) -> Ended + Send + Sync>;

/// The channel variable that tells the dialplan why no script came to its end. (AGISTATUS is SUCCESS however a server
/// closes the connection.)
const STATUS: &str = "FASTAGI_STATUS";

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
        let end = self.conduct(&call, number);
        let end = call.verdict().unwrap_or(end);
        self.board.counts.ended(end);
        if matches!(end, End::Cut | End::Idle) {
            log::warn!("fastagi: {}: call {number} was closed: {end:?}", call.peer);
        } else {
            log::debug!("fastagi: {}: call {number} ended: {end:?}", call.peer);
        }
        self.board.leave(number);
        // A script may have left the hangup's flag, which holds the socket, to somebody.
        if Arc::strong_count(&call.socket) > 2 {
            let _ = call.socket.shutdown(std::net::Shutdown::Both);
        }
    }

    fn conduct(&self, call: &Arc<Call>, number: u64) -> End {
        let (mut session, log) = match self.begin(call) {
            Ok(begun) => begun,
            Err(error) => {
                self.tell_no_header(call, &error);
                return End::NoHeader;
            }
        };
        if !self.board.seat(number) {
            return End::Cut;
        }
        self.board.is_quiet(call);
        let environment = session.environment();
        if !self.access.trusts(&environment) {
            log::warn!("fastagi: {}: a call without the secret was turned away", call.peer);
            self.refuse(&mut session, "DENIED", "the last argument is not this server's secret");
            return End::Denied;
        }
        drop(environment); // so that the route's parameters need no copy of it
        let Some(script) = self.find(&mut session) else {
            let path = session.environment().network_path();
            let path = path.as_bytes().escape_ascii();
            let known: Vec<&str> =
                self.routes.iter().map(|(pattern, _)| pattern.as_str()).collect();
            let known = known.join(", ");
            log::warn!("fastagi: {}: no script is at /{path}; known: {known}", call.peer);
            self.refuse(&mut session, "NOTFOUND", &format!("no script is at /{path}"));
            return End::Unrouted;
        };
        let ended = script(&mut session);
        if let Some(log) = log {
            log.exit(Exit::Status(ended.status.into()));
        }
        match (&ended.fault, ended.status) {
            (None, _) if session.hangup_flag().is_known() => End::HungUp,
            (None, _) => End::Done,
            (Some(fault), status) => {
                if call.verdict().is_none() {
                    log::error!("fastagi: {}: call {number} failed: {fault}", call.peer);
                    self.refuse(&mut session, "FAILURE", fault);
                }
                if status == 1 { End::Failed } else { End::Panicked }
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

    /// Tells the dialplan, and Asterisk's console, that no script came to its end.
    fn refuse(&self, session: &mut Session, status: &str, why: &str) {
        if session.set_variable(STATUS, status).is_ok() {
            tell_console(session, &format!("fastagi: {why}"));
        }
    }

    fn tell_no_header(&self, call: &Call, error: &Error) {
        let why = match error {
            _ if call.verdict() == Some(End::Cut) => return,
            _ if call.verdict().is_some() => "gave its place up for later ones".into(),
            Error::Io { source, .. } => source.to_string(),
            Error::Protocol { .. } => "ended early".into(),
            error => chain(error),
        };
        self.board.complaints.say(|| format!("{}: the agi_ lines: {why}", call.peer));
    }

    /// Whether somebody from there may call.
    pub(super) fn lets_in(&self, peer: std::net::SocketAddr) -> bool {
        let may = self.access.lets_in(peer);
        if !may {
            self.board.counts.accepted.fetch_add(1, Ordering::Relaxed);
            self.board.counts.ended(End::Denied);
            self.board.complaints.say(|| format!("{peer} is not allowed to call"));
        }
        may
    }
}
