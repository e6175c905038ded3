//! The recording itself, beside the call: a thread writes, so that a slow disk delays nobody.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel,
};
use std::thread;
use std::time::{Duration, Instant};

use agikit::transcript::{Event, Exit, Redaction, Tape};

use super::file;
use crate::cli::{Record, Redact};
use crate::output;

/// So many pieces may wait for the disk; with more, the recording ends.
const WAITING: usize = 4096;

/// So long the end of a call waits for the disk.
const PATIENCE: Duration = Duration::from_secs(3);

/// What passed, and when.
struct Passed(Duration, What);

enum What {
    Asterisk(Vec<u8>),
    Script(Vec<u8>),
    Event(Event),
    Exit(Exit),
}

/// A recording under way.
pub(super) struct Recording {
    began: Instant,
    to: SyncSender<Passed>,
    done: Receiver<()>,
    given_up: AtomicBool,
}

impl Recording {
    /// Begins to write, if it can.
    pub(super) fn begin(arguments: &Record) -> Self {
        let (to, from) = sync_channel(WAITING);
        let (over, done) = channel();
        let tape = Tape::new().times(!arguments.no_times);
        let tape = match arguments.redact.as_slice() {
            [] => tape,
            what => tape.redact(redaction(what)),
        };
        let (place, program) = (arguments.output.clone(), arguments.program.clone());
        // A thread that does not start takes its end of the channel with it, and nothing is recorded.
        let _ = thread::Builder::new().spawn(move || {
            if let Err(problem) = write(&from, tape, place.as_deref(), program.as_ref()) {
                output::problem(&problem);
            }
            drop(over);
        });
        Recording { began: Instant::now(), to, done, given_up: AtomicBool::new(false) }
    }

    pub(super) fn asterisk(&self, bytes: &[u8]) {
        self.pass(What::Asterisk(bytes.to_vec()));
    }

    pub(super) fn script(&self, bytes: &[u8]) {
        self.pass(What::Script(bytes.to_vec()));
    }

    pub(super) fn event(&self, event: Event) {
        self.pass(What::Event(event));
    }

    /// The program ended so; waits a little until that is written.
    pub(super) fn end(self, exit: Exit) {
        self.pass(What::Exit(exit));
        drop(self.to);
        if self.done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            output::problem("the recording of this call is not whole: the disk is too slow");
        }
    }

    fn pass(&self, what: What) {
        if self.given_up.load(Ordering::Relaxed) {
            return;
        }
        match self.to.try_send(Passed(self.began.elapsed(), what)) {
            Ok(()) => {}
            // A gap would make what follows another call.
            Err(TrySendError::Full(_)) => {
                self.given_up.store(true, Ordering::Relaxed);
                output::problem("the recording of this call ends here: the disk is too slow");
            }
            Err(TrySendError::Disconnected(_)) => self.given_up.store(true, Ordering::Relaxed),
        }
    }
}

/// Writes each line as it comes, so that a recording is whole up to where the machine died.
fn write(
    from: &Receiver<Passed>,
    mut tape: Tape,
    place: Option<&Path>,
    program: &Path,
) -> Result<(), String> {
    let (mut file, path) = file::create(place, program)?;
    if place.is_none() {
        output::problem(&format!("this call is recorded in {}", path.display()));
    }
    while let Ok(Passed(at, what)) = from.recv() {
        match what {
            What::Asterisk(bytes) => tape.asterisk(at, &bytes),
            What::Script(bytes) => tape.script(at, &bytes),
            What::Event(event) => tape.event(at, event),
            What::Exit(exit) => tape.exit(at, exit),
        }
        put(&mut file, &mut tape).map_err(|error| {
            format!("the recording {} of this call ends here: {error}", path.display())
        })?;
    }
    Ok(())
}

fn put(file: &mut File, tape: &mut Tape) -> std::io::Result<()> {
    let text: String = tape.take().iter().map(|entry| format!("{entry}\n")).collect();
    file.write_all(text.as_bytes())
}

fn redaction(what: &[Redact]) -> Redaction {
    what.iter().fold(Redaction::new(), |redaction, what| match what {
        Redact::Callers => redaction.callers(),
        Redact::Digits => redaction.digits(),
        Redact::Variable(name) => redaction.variable(name.as_bytes()),
    })
}
