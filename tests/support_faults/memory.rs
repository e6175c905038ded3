//! A stream in memory with a fault at one byte of Asterisk's side.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use agikit::{Error, Hangup, Session, Stream, Surprise};

use super::asterisk::{Asterisk, Came, Form, Played, talk};

/// How Asterisk's side ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing comes any more; what is sent is lost.
    Closed,
    /// Nor can anything be sent.
    Gone,
    /// The system says so.
    Error(ErrorKind),
}

/// Six ends: two that are quiet, one that is a hangup too, and three that are errors.
pub const ENDS: [End; 6] = [
    End::Closed,
    End::Gone,
    End::Error(ErrorKind::ConnectionReset),
    End::Error(ErrorKind::WouldBlock),
    End::Error(ErrorKind::TimedOut),
    End::Error(ErrorKind::Other),
];

/// What goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fault {
    /// The end, after so many bytes.
    pub end: Option<(usize, End)>,
    /// A read stops there, signals interrupt the next one, and then it goes on.
    pub delay: Option<usize>,
    /// The most that one read gives, and one write takes.
    pub piece: Option<usize>,
    /// The hangup is raised there.
    pub signal: Option<usize>,
    /// Over TCP: `HANGUP` behind so many replies.
    pub line: Option<(usize, Form)>,
    pub network: bool,
}

struct State {
    asterisk: Asterisk,
    coming: Vec<u8>,
    given: usize,
    fault: Fault,
    hangup: Hangup,
    interrupts: u8,
    said: Vec<u8>,
}

#[derive(Clone)]
struct Memory(Arc<Mutex<State>>);

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    /// Asterisk has said something; where the recording has SIGHUP, it comes.
    fn says(&mut self, bytes: &[u8]) {
        self.coming.extend_from_slice(bytes);
        if self.asterisk.lines.is_some() {
            self.said.extend_from_slice(bytes);
        }
        if self.asterisk.signals && !self.fault.network {
            self.hangup.raise();
        }
    }

    fn signal(&mut self) {
        if self.fault.signal == Some(self.given) {
            self.hangup.raise();
            self.asterisk.dead = true;
        }
    }
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        let given = state.given;
        state.signal();
        let mut most = buffer.len().min(state.fault.piece.unwrap_or(usize::MAX));
        if let Some((at, end)) = state.fault.end {
            match end {
                _ if given < at => most = most.min(at - given),
                End::Error(kind) => return Err(kind.into()),
                End::Closed | End::Gone => return Ok(0),
            }
        }
        for at in [state.fault.delay, state.fault.signal].into_iter().flatten() {
            if given < at {
                most = most.min(at - given);
            }
        }
        if state.fault.delay == Some(given) && state.interrupts > 0 {
            state.interrupts -= 1;
            return Err(ErrorKind::Interrupted.into());
        }
        let count = most.min(state.coming.len());
        if count == 0 {
            return Err(io::Error::other("a read to which nothing comes: it would hang"));
        }
        buffer[..count].copy_from_slice(&state.coming[..count]);
        state.coming.drain(..count);
        state.given += count;
        state.signal();
        Ok(count)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.state();
        if matches!(state.fault.end, Some((at, End::Gone)) if state.given >= at) {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let count = bytes.len().min(state.fault.piece.unwrap_or(usize::MAX));
        let answer = state.asterisk.hears(&bytes[..count]);
        state.says(&answer);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Memory {}

/// What came of a session.
pub struct Course {
    pub begun: bool,
    /// Why it did not begin, where that is seen.
    pub refusal: Option<Error>,
    pub came: Vec<Came>,
    /// Which commands Asterisk has refused because the caller had left.
    pub refused: Vec<bool>,
    pub hung_up: bool,
}

/// Plays a recording with a fault.
pub fn play(played: &Arc<Played>, fault: Fault) -> Course {
    let (course, ..) = play_by(Asterisk::new(played, fault.network, fault.line), fault, |_| {});
    course
}

fn play_by(
    mut asterisk: Asterisk,
    fault: Fault,
    mut answered: impl FnMut(usize),
) -> (Course, Option<Vec<Vec<u8>>>, Vec<u8>) {
    let played = Arc::clone(&asterisk.played);
    let environment = asterisk.environment();
    let hangup = Hangup::new();
    let mut state = State {
        asterisk,
        coming: Vec::new(),
        given: 0,
        fault,
        hangup: hangup.clone(),
        interrupts: 3,
        said: Vec::new(),
    };
    state.says(&environment);
    let memory = Memory(Arc::new(Mutex::new(state)));
    let mut came = Vec::new();
    let (refusal, hung_up) = match Session::begin(memory.clone(), hangup) {
        Err(error) => (Some(error), false),
        Ok(mut session) => {
            answered(memory.state().given);
            talk(&mut session, &played.recording, |one| {
                came.push(one);
                answered(memory.state().given);
            });
            (None, session.is_hung_up())
        }
    };
    let mut state = memory.state();
    assert!(!state.asterisk.has_part(), "half a line was sent");
    let refused = std::mem::take(&mut state.asterisk.refused);
    let said = std::mem::take(&mut state.said);
    (
        Course { begun: refusal.is_none(), refusal, came, refused, hung_up },
        state.asterisk.lines.take(),
        said,
    )
}

/// How a recording goes without a fault. What this library refuses to send is left out.
pub fn reference(mut recording: super::sessions::Recording, network: bool) -> Played {
    let fault = Fault { network, ..Fault::default() };
    loop {
        let played = Arc::new(Played { recording: recording.clone(), ..Played::default() });
        let mut asterisk = Asterisk::new(&played, network, None);
        asterisk.lines = Some(Vec::new());
        // What is refused would shift the replies: they are told apart by what is sent.
        let mut ends = Vec::new();
        let refuses = |it: &Came| matches!(it, Came::Other(why) if why.starts_with("Argument"));
        let (course, lines, text) = play_by(asterisk, fault, |given| ends.push(given));
        assert!(course.refusal.is_none(), "{}: {:?}", recording.name, course.refusal);
        if let Some(first) = course.came.iter().position(refuses) {
            recording.exchanges.remove(first);
            continue;
        }
        for end in &mut ends {
            // It came in one read with the reply, and is none of it.
            let alone = text[..*end].strip_suffix(b"HANGUP\n");
            *end = alone.map_or(*end, <[u8]>::len);
        }
        return Played { recording, sent: lines.unwrap(), came: course.came, ends, text };
    }
}

/// Whether a session that could not begin says why: the kind of error that the end is.
pub fn is_told(refusal: &Error, end: End) -> bool {
    match (refusal, end) {
        (Error::Io { source, .. }, End::Error(kind)) => source.kind() == kind,
        (Error::Protocol { fault, .. }, End::Closed | End::Gone) => {
            *fault == Surprise::NoEnvironment
        }
        _ => false,
    }
}
