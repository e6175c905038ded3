//! Who reads the caller's audio: where the clock stands still, it goes as fast as he reads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So long a script may take for a frame. Then it is taken to be occupied with something else.
const PATIENCE: Duration = Duration::from_millis(500);
/// The same for a program that has not read any: it may have to start others.
const START: Duration = Duration::from_secs(2);
/// The same, where its session waits for a reply and no other thread was seen to read.
const SHORT: Duration = Duration::from_millis(100);
/// So often another thread must have been seen.
const SURELY: u8 = 3;

/// What a script in this process is seen to do.
#[derive(Debug, Default)]
pub(super) struct Attention {
    /// It has opened its audio.
    pub(super) opened: AtomicBool,
    /// Its session reads a reply, and waits for it.
    pub(super) waits: AtomicBool,
    /// It sends a command that Asterisk has not read; and whether it had read all its audio by then.
    sends: Mutex<Option<bool>>,
}

impl Attention {
    /// It sends a command.
    pub(super) fn sends(&self, has_heard: impl FnOnce() -> bool) {
        self.sent().get_or_insert_with(has_heard);
    }

    /// What it sends. As long as this is held it sends nothing.
    pub(super) fn sent(&self) -> MutexGuard<'_, Option<bool>> {
        self.sends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of the reader.
#[derive(Debug)]
pub(super) struct Ears {
    /// Of a program nothing is seen.
    pub(super) script: Arc<Attention>,
    is_program: bool,
    /// It reads; or nobody knows yet.
    pub(super) listen: bool,
    has_read: bool,
    /// It reads while the command runs.
    pub(super) beside_command: bool,
    /// How often it has read while its session waited.
    beside: u8,
    /// When it was given something, or took it.
    since: Instant,
    /// Something was sent that was not seen to be read.
    pub(super) owed: bool,
}

impl Ears {
    /// The ears of a script in this process.
    pub(super) fn of(script: &Arc<Attention>) -> Self {
        Ears {
            script: Arc::clone(script),
            is_program: false,
            listen: true,
            has_read: false,
            beside_command: false,
            beside: 0,
            since: Instant::now(),
            owed: false,
        }
    }

    /// Those of a program.
    pub(super) fn of_program() -> Self {
        Ears { is_program: true, ..Ears::of(&Arc::default()) }
    }

    /// Whether the session waits for a reply.
    fn wait(&self) -> bool {
        self.script.waits.load(Ordering::SeqCst)
    }

    /// The command was read.
    pub(super) fn has_sent(&self) {
        *self.script.sent() = None;
    }

    /// A command begins: a script of which nothing is known may listen to it.
    pub(super) fn command_begins(&mut self) {
        self.beside_command = false;
        self.command_ends();
    }

    /// The same of what comes behind the command.
    pub(super) fn command_ends(&mut self) {
        self.listen |= !self.is_program;
    }

    /// A wait begins: whoever reads has time again.
    pub(super) fn attend(&mut self) {
        self.since = Instant::now();
    }

    /// A frame was given.
    pub(super) fn given(&mut self) {
        self.since = Instant::now();
        self.owed = true;
    }

    /// All was read.
    pub(super) fn took(&mut self) {
        self.listen = true;
        if !std::mem::take(&mut self.owed) {
            return;
        }
        self.since = Instant::now();
        self.has_read = true;
        self.beside_command = true;
        self.beside = match self.wait() {
            true => self.beside.saturating_add(1),
            _ if self.beside >= SURELY => self.beside,
            _ => 0,
        };
    }

    /// Whether the frame that was given is waited for in vain.
    pub(super) fn tire(&mut self) -> bool {
        if !self.is_program && !self.script.opened.load(Ordering::SeqCst) {
            return true; // nobody can read yet
        }
        let occupied = self.wait() && self.beside < SURELY;
        let patience = match occupied {
            true if self.has_read => SHORT / 4,
            true => SHORT,
            false if self.is_program && !self.has_read => START,
            false => PATIENCE,
        };
        if self.since.elapsed() >= patience {
            self.listen = false;
            self.beside_command = false;
        }
        !self.listen
    }

    /// How long the next look may wait: a reader who is at work takes a frame at once.
    pub(super) fn pause(&self) -> Duration {
        let passed = self.since.elapsed();
        (passed / 4).clamp(Duration::from_micros(20), Duration::from_millis(1))
    }
}
