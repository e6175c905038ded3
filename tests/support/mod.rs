//! An Asterisk in memory, for tests: it sends what a test says and keeps what it was sent.
#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part of this")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

pub mod captures;
pub mod checks;
pub mod pipes;
pub mod samples;
pub mod socket;
pub mod tcp;

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::time::Duration;

use agikit::command::Command;
use agikit::{Error, Fault, Hangup, Result, Session, Stream};

/// An environment as Asterisk 22 sends it, with its empty line.
pub const ENVIRONMENT: &str = "agi_request: test\nagi_channel: Local/s@caller-00000004;1\n\
     agi_language: en\nagi_type: Local\nagi_uniqueid: 1795209041.8\nagi_version: 22.10.1\n\
     agi_callerid: 1234\nagi_calleridname: unknown\nagi_callingpres: 0\nagi_callingani2: 0\n\
     agi_callington: 0\nagi_callingtns: 0\nagi_dnid: unknown\nagi_rdnis: unknown\n\
     agi_context: scripts\nagi_extension: probe\nagi_priority: 1\nagi_enhanced: 0.0\n\
     agi_accountcode: \nagi_threadid: 139641021650624\nagi_arg_1: one\n\n";

/// The same as it comes over TCP (FastAGI), where Asterisk says `HANGUP` in place of a signal.
pub fn over_tcp() -> String {
    format!("agi_network: yes\nagi_network_script: test\n{ENVIRONMENT}")
}

/// How many bytes one read gives at most; the last one is everything that is there.
pub const PIECES: [usize; 6] = [1, 2, 3, 7, 100, usize::MAX];

/// What is answered to a command line (without its line feed); `None` closes Asterisk's side.
///
/// A NUL in an answer is not sent: it ends a read. No reply of Asterisk can hold one.
pub type Answer = Box<dyn FnMut(&[u8]) -> Option<Vec<u8>> + Send>;

struct State {
    answer: Answer,
    /// What is to be read, one element a read.
    coming: VecDeque<Vec<u8>>,
    closed: bool,
    piece: usize,
    /// How many bytes come before the end, whatever is answered.
    cut: usize,
    /// After the end, writing fails too.
    breaks: bool,
    /// How many bytes one write takes at most.
    most: usize,
    unfinished: Vec<u8>,
    writes: Vec<Vec<u8>>,
    reads: usize,
    given: Vec<u8>,
}

/// The stream to begin a session on. Clones share one state, so that a test keeps one to look into.
#[derive(Clone)]
pub struct Asterisk(Arc<Mutex<State>>);

impl Asterisk {
    /// Sends `environment`, then what `answer` says.
    ///
    /// Two questions are answered without it: the library's echo (`GET FULL VARIABLE "agikit-…"`), and
    /// [`assert_aligned`]'s.
    pub fn new(
        environment: impl AsRef<[u8]>,
        answer: impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let asterisk = Asterisk(Arc::new(Mutex::new(State {
            answer: Box::new(answer),
            coming: VecDeque::new(),
            closed: false,
            piece: usize::MAX,
            cut: usize::MAX,
            breaks: false,
            most: usize::MAX,
            unfinished: Vec::new(),
            writes: Vec::new(),
            reads: 0,
            given: Vec::new(),
        })));
        asterisk.push(environment.as_ref());
        asterisk
    }

    /// Sends these, one a command, and closes its side at the next command.
    pub fn replies<R: AsRef<[u8]>>(replies: impl IntoIterator<Item = R>) -> Self {
        Asterisk::replies_after(ENVIRONMENT, replies)
    }

    /// The same behind an environment of the test's own.
    pub fn replies_after<R: AsRef<[u8]>>(
        environment: impl AsRef<[u8]>,
        replies: impl IntoIterator<Item = R>,
    ) -> Self {
        let mut list: VecDeque<Vec<u8>> =
            replies.into_iter().map(|reply| reply.as_ref().to_vec()).collect();
        Asterisk::new(environment, move |_| list.pop_front())
    }

    /// At most so many bytes a read.
    pub fn piece(self, bytes: usize) -> Self {
        self.state().piece = bytes;
        self
    }

    /// Its side is closed after so many bytes.
    pub fn cut(self, bytes: usize) -> Self {
        self.state().cut = bytes;
        self
    }

    /// After the end writing fails, as to a pipe whose other end is closed.
    pub fn breaks(self, breaks: bool) -> Self {
        self.state().breaks = breaks;
        self
    }

    pub fn does_break(&self) -> bool {
        self.state().breaks
    }

    /// At most so many bytes a write.
    pub fn most(self, bytes: usize) -> Self {
        self.state().most = bytes;
        self
    }

    /// Sends something that nobody asked for.
    pub fn push(&self, bytes: &[u8]) {
        self.state().push(bytes);
    }

    pub fn begin(&self) -> Result<Session> {
        self.begin_with(Hangup::new())
    }

    pub fn begin_with(&self, hangup: Hangup) -> Result<Session> {
        Session::begin(self.clone(), hangup)
    }

    /// Every write so far, as it was made.
    pub fn writes(&self) -> Vec<Vec<u8>> {
        self.state().writes.clone()
    }

    /// The lines written, as text.
    pub fn lines(&self) -> Vec<String> {
        let all = self.state().writes.concat();
        String::from_utf8_lossy(&all).lines().map(str::to_owned).collect()
    }

    pub fn reads(&self) -> usize {
        self.state().reads
    }

    /// Every byte that was read so far.
    pub fn given(&self) -> Vec<u8> {
        self.state().given.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn push(&mut self, bytes: &[u8]) {
        self.coming.extend(bytes.split(|&b| b == 0).filter(|b| !b.is_empty()).map(<[u8]>::to_vec));
    }

    fn take_line(&mut self, line: &[u8]) {
        let echo = line.strip_prefix(b"GET FULL VARIABLE \"agikit-");
        let mark = line.strip_prefix(b"DATABASE GET \"aligned\" ");
        let quoted = match (echo, mark) {
            (Some(text), _) => Some([b"agikit-", text].concat()),
            (_, Some(text)) => Some(text[1..].to_vec()),
            _ => None,
        };
        let reply = match quoted {
            Some(text) => [b"200 result=1 (", text.strip_suffix(b"\"").unwrap(), b")\n"].concat(),
            None => match (self.answer)(line) {
                Some(reply) => reply,
                None => {
                    self.closed = true;
                    return;
                }
            },
        };
        self.push(&reply);
    }
}

impl Read for Asterisk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        let left = state.cut.saturating_sub(state.given.len());
        let most = buffer.len().min(state.piece).min(left);
        state.reads += 1;
        if left == 0 {
            return Ok(0);
        }
        let Some(mut next) = state.coming.pop_front() else {
            return match state.closed {
                true => Ok(0),
                false => Err(io::Error::other("a read to which nothing comes: it would hang")),
            };
        };
        let rest = next.split_off(most.min(next.len()));
        if !rest.is_empty() {
            state.coming.push_front(rest);
        }
        buffer[..next.len()].copy_from_slice(&next);
        state.given.extend_from_slice(&next);
        Ok(next.len())
    }
}

impl Write for Asterisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.state();
        if state.breaks && (state.closed || state.given.len() >= state.cut) {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let bytes = &bytes[..bytes.len().min(state.most)];
        state.writes.push(bytes.to_vec());
        state.unfinished.extend_from_slice(bytes);
        while let Some(end) = state.unfinished.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = state.unfinished.drain(..=end).collect();
            if !state.closed {
                state.take_line(&line[..end]);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Asterisk {}

/// The next reply is the next command's: asks for a text that was never asked for before.
#[track_caller]
pub fn assert_aligned(session: &mut Session) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..2 {
        let mark = format!("mark {}", COUNT.fetch_add(1, Ordering::Relaxed));
        let value = session.database_get("aligned", &mark);
        assert_eq!(value.unwrap().unwrap(), mark.as_str(), "the reply is another command's");
    }
}

/// What is slow on a busy machine is told from what hangs by this.
pub const LIMIT: Duration = Duration::from_secs(180);

/// Runs something that might hang: a hang is a failure.
#[track_caller]
pub fn watched<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    watched_for(LIMIT, body)
}

/// The same for what is known to take long.
#[track_caller]
pub fn watched_for<T: Send + 'static>(
    limit: Duration,
    body: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (done, result) = mpsc::channel();
    let worker = std::thread::spawn(move || done.send(body()));
    match result.recv_timeout(limit) {
        Ok(value) => value,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("hung: no end after {limit:?}"),
        Err(mpsc::RecvTimeoutError::Disconnected) => match worker.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(_) => unreachable!("ended without a value"),
        },
    }
}

/// `\n`, `\xNN` and `\\` in a table's line become bytes.
pub fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.push(match (byte == b'\\').then(|| bytes.next().unwrap()) {
            None => byte,
            Some(b'n') => b'\n',
            Some(b'\\') => b'\\',
            Some(b'x') => {
                let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            Some(other) => panic!("\\{} in {text}", char::from(other)),
        });
    }
    plain
}

/// Compares a table with its file under `tests/golden`; `GOLDEN=overwrite` writes the file instead.
#[track_caller]
pub fn assert_golden(name: &str, table: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "overwrite") {
        std::fs::write(&path, table).unwrap();
        return;
    }
    let file = std::fs::read_to_string(&path).unwrap();
    for (number, (is, should)) in table.lines().zip(file.lines()).enumerate() {
        assert_eq!(is, should, "tests/golden/{name}, line {}", number + 1);
    }
    assert_eq!(table.lines().count(), file.lines().count(), "tests/golden/{name}: its length");
}

/// Runs a command that must be refused, with `argument` named.
#[track_caller]
pub fn refused<C: Command>(argument: &str, fault: Fault, command: C) {
    let words = command.spec().words;
    let asterisk = Asterisk::replies([""; 0]);
    let mut session = asterisk.begin().unwrap();
    match session.run(command) {
        Err(Error::Argument { command, argument: named, fault: is }) => {
            assert_eq!((command, named, is), (words, argument, fault));
        }
        Err(other) => panic!("{words}: {other:?}"),
        Ok(_) => panic!("{words} was sent"),
    }
    assert!(asterisk.writes().is_empty(), "{words}: bytes were sent");
    assert_aligned(&mut session);
}
