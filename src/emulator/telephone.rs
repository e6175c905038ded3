//! A hand on the caller's telephone while the call runs.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::caller::Act;
use crate::descriptor::never_blocking;
use crate::program::Running;

/// Presses keys and hangs up while the call runs, from any thread.
///
/// ```
/// use agikit::emulator::Asterisk;
///
/// let mut asterisk = Asterisk::new();
/// let telephone = asterisk.telephone()?;
/// std::thread::spawn(move || {
///     telephone.press('5');
///     telephone.hang_up();
/// });
/// let report = asterisk.run(|agi| agi.wait_for_digit(agikit::Timeout::FOREVER).map(drop));
/// assert_eq!(report.agi_status(), Some("HANGUP"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Telephone {
    acts: Sender<Act>,
    wake: Arc<PipeWriter>,
    program: Arc<Held>,
}

/// The program at the other end, once it has started.
#[derive(Debug, Default)]
struct Held {
    running: OnceLock<Weak<Mutex<Running>>>,
    /// Or the connection to a server.
    connection: OnceLock<Weak<TcpStream>>,
    ended: AtomicBool,
}

impl Held {
    /// Somebody may have been in a hurry.
    fn is_held(&self) {
        if self.ended.load(Ordering::SeqCst) {
            self.kill();
        }
    }

    fn kill(&self) {
        if let Some(running) = self.running.get().and_then(Weak::upgrade) {
            let _ = running.lock().unwrap_or_else(PoisonError::into_inner).kill();
        }
        if let Some(connection) = self.connection.get().and_then(Weak::upgrade) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

/// The emulator's end of it.
#[derive(Debug)]
pub(super) struct Line {
    acts: Receiver<Act>,
    wake: PipeReader,
}

impl Telephone {
    pub(super) fn new() -> io::Result<(Telephone, Line)> {
        let (sender, receiver) = channel();
        let (reader, writer) = io::pipe()?;
        // Where nobody reads, one byte is as good as many.
        never_blocking(&writer)?;
        let telephone = Telephone { acts: sender, wake: Arc::new(writer), program: Arc::default() };
        Ok((telephone, Line { acts: receiver, wake: reader }))
    }

    /// Presses a key: `0` to `9`, `*`, `#`, `A` to `D`. Others are not on a telephone and do nothing. A key
    /// that no command waits for is lost, as on a real call.
    pub fn press(&self, key: char) {
        if let Ok(key @ (b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D')) = u8::try_from(key) {
            self.act(Act::Key(key));
        }
    }

    /// Hangs up.
    pub fn hang_up(&self) {
        self.act(Act::HangUp);
    }

    /// Sends a text message, as RECEIVE TEXT gets it.
    pub fn text(&self, text: &[u8]) {
        self.act(Act::Text(text.to_vec()));
    }

    /// Ends the program at once, whatever it does (SIGKILL), and what it has started; of a server, the connection. A
    /// script of this process cannot be ended so: the caller hangs up.
    pub fn end(&self) {
        self.program.ended.store(true, Ordering::SeqCst);
        self.program.kill();
        self.hang_up();
    }

    /// This is the program that [`end`](Telephone::end) ends.
    pub(super) fn holds(&self, running: &Arc<Mutex<Running>>) {
        // Nobody gives one telephone to two calls.
        let _ = self.program.running.set(Arc::downgrade(running));
        self.program.is_held();
    }

    /// The same for the connection to a server.
    pub(super) fn holds_connection(&self, connection: &Arc<TcpStream>) {
        let _ = self.program.connection.set(Arc::downgrade(connection));
        self.program.is_held();
    }

    fn act(&self, act: Act) {
        // A call that is over takes nothing.
        if self.acts.send(act).is_ok() {
            let _ = (&*self.wake).write(b"t");
        }
    }
}

impl Line {
    pub(super) fn acts(&self) -> impl Iterator<Item = Act> + '_ {
        self.acts.try_iter()
    }

    /// What becomes readable when there is something.
    pub(super) fn wake(&self) -> io::Result<PipeReader> {
        self.wake.try_clone()
    }
}
