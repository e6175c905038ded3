//! A stream that writes down what passes.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Event, Exit, Redaction, Tape};
use crate::hangup::Hangup;
use crate::stream::Stream;

/// A stream around another one: what passes is written to a file, or to any [`Write`], as a transcript.
///
/// The hangup is noted (`! hangup`) where it is first seen before a line or behind one, and the end of
/// Asterisk's side (`! closed`). Each line is written as it passes, so that a recording is whole up to where
/// a program died.
///
/// Recording never makes the call fail: when the file cannot be written, that is said on standard error,
/// once, and the call goes on without.
///
/// ```no_run
/// use agikit::transcript::{Exit, Recorder};
/// use agikit::{Hangup, Session, Stdio};
///
/// let hangup = Hangup::on_sighup()?;
/// let file = std::fs::File::create("call.agi")?;
/// let recorder = Recorder::new(Stdio::take()?, &hangup, file);
/// let log = recorder.log();
/// let mut agi = Session::begin(recorder, hangup)?;
/// agi.answer()?;
/// log.exit(Exit::Status(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Recorder<S> {
    stream: S,
    log: Log,
}

/// A recording under way, for what no stream sees: how the script ended. Clones share one recording.
#[derive(Debug, Clone)]
pub struct Log(Arc<Mutex<Book>>);

struct Book {
    tape: Tape,
    begun: Instant,
    hangup: Hangup,
    /// The hangup is written down, or there is no use any more in it.
    hung_up: bool,
    closed: bool,
    ended: bool,
    output: Result<Box<dyn Write + Send>, io::ErrorKind>,
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl<S: Stream> Recorder<S> {
    /// Records what passes through a stream, and when this hangup is raised.
    pub fn new(stream: S, hangup: &Hangup, output: impl Write + Send + 'static) -> Self {
        let book = Book {
            tape: Tape::new(),
            begun: Instant::now(),
            hangup: hangup.clone(),
            hung_up: false,
            closed: false,
            ended: false,
            output: Ok(Box::new(output)),
        };
        Recorder { stream, log: Log(Arc::new(Mutex::new(book))) }
    }

    /// Whether times are written (`@ +1.250s`); they are, unless this says no.
    #[must_use]
    pub fn times(self, write: bool) -> Self {
        self.change(|tape| tape.times(write))
    }

    /// Hides what may not be kept. To be said before the session begins.
    #[must_use]
    pub fn redact(self, redaction: Redaction) -> Self {
        self.change(|tape| tape.redact(redaction))
    }

    /// The recording, for as long as somebody holds it.
    #[must_use]
    pub fn log(&self) -> Log {
        self.log.clone()
    }

    fn change(self, how: impl FnOnce(Tape) -> Tape) -> Self {
        let mut book = self.log.book();
        book.tape = how(std::mem::take(&mut book.tape));
        drop(book);
        self
    }
}

impl Log {
    /// Something happened.
    pub fn event(&self, event: Event) {
        self.write(|tape, at| tape.event(at, event));
    }

    /// The script ended so. Nothing is recorded after it.
    pub fn exit(&self, exit: Exit) {
        self.book().note_hangup();
        self.write(|tape, at| tape.exit(at, exit));
        self.book().ended = true;
    }

    /// Why the recording stopped, if it did.
    #[must_use]
    pub fn error(&self) -> Option<io::ErrorKind> {
        self.book().output.as_ref().err().copied()
    }

    fn finish(&self) {
        self.book().note_hangup();
        self.write(Tape::finish);
        self.book().ended = true;
    }

    fn write(&self, what: impl FnOnce(&mut Tape, Duration)) {
        self.book().write(what);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn write(&mut self, what: impl FnOnce(&mut Tape, Duration)) {
        let Ok(output) = &mut self.output else { return };
        if self.ended {
            return;
        }
        what(&mut self.tape, self.begun.elapsed());
        let text: String = self.tape.take().iter().map(|entry| format!("{entry}\n")).collect();
        if text.is_empty() {
            return;
        }
        if let Err(error) = output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
            // A daemon's standard error may be closed as well: that must not matter.
            let _ = writeln!(io::stderr(), "the recording of this call ends here: {error}");
            self.output = Err(error.kind());
        }
    }

    /// Writes the hangup down, when it is there and was not.
    fn note_hangup(&mut self) {
        if !self.hung_up && self.hangup.is_known() {
            self.hung_up = true;
            self.write(|tape, at| tape.event(at, Event::Hangup));
        }
    }
}

impl<S: Stream> Read for Recorder<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        let mut book = self.log.book();
        match buffer.get(..count).unwrap_or_default() {
            b"" if buffer.is_empty() || book.closed => {}
            b"" => {
                book.note_hangup();
                book.write(|tape, at| tape.event(at, Event::Closed));
                // The end is the hangup, too.
                (book.closed, book.hung_up) = (true, true);
            }
            bytes => {
                // The reply of the command that the hangup ended comes before the signal.
                book.write(|tape, at| tape.asterisk(at, bytes));
                book.note_hangup();
            }
        }
        Ok(count)
    }
}

impl<S: Stream> Write for Recorder<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.log.book().note_hangup();
        let count = self.stream.write(bytes)?;
        self.log.write(|tape, at| tape.script(at, bytes.get(..count).unwrap_or(bytes)));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<S: Stream> Stream for Recorder<S> {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.stream.descriptor()
    }

    fn audio(&mut self) -> Option<OwnedFd> {
        self.stream.audio()
    }
}

impl<S> Drop for Recorder<S> {
    /// What has no line feed yet is written when the session is gone.
    fn drop(&mut self) {
        self.log.finish();
    }
}
