//! A call with a program, as Asterisk's `AGI()` and `EAGI()` start it.

use std::io::{self, BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Asterisk;
use super::call::Ended;
use super::link::Link;
use super::report::Report;
use super::telephone::Telephone;
use crate::program::{Audio, Program, Running, StartError};
use crate::transcript::{Entry, Exit, Pattern};

impl Asterisk {
    /// Places the call to a program, in any language, as the dialplan's `AGI(program,arguments)`: over pipes, with
    /// SIGHUP at the hangup, its exit status in AGISTATUS.
    ///
    /// The arguments are those given by [`arg`](Asterisk::arg). A program that cannot be started makes a call of
    /// its own kind, as with Asterisk: AGISTATUS is `NOTFOUND` or `FAILURE`, and
    /// [`Report::notes`] says what is the matter with it.
    ///
    /// # Errors
    /// The system has no pipe or process left.
    pub fn agi(self, program: impl AsRef<Path>) -> io::Result<Report> {
        self.start(program.as_ref(), Audio::None)
    }

    /// The same as `EAGI(program,arguments)`: descriptor 3 is the caller's audio.
    ///
    /// # Errors
    /// The system has no pipe or process left.
    pub fn eagi(self, program: impl AsRef<Path>) -> io::Result<Report> {
        self.start(program.as_ref(), Audio::Pipe)
    }

    fn start(mut self, path: &Path, audio: Audio) -> io::Result<Report> {
        if !self.requested {
            let name = path.file_name().unwrap_or(path.as_os_str());
            self.channel.request = name.as_bytes().to_vec();
        }
        let mut program = Program::new(path)
            .name(std::ffi::OsString::from_vec(self.channel.request.clone()))
            .arguments(self.channel.arguments.iter().cloned().map(std::ffi::OsString::from_vec))
            .audio(audio)
            .own_group();
        for (name, value) in &self.process_variables {
            program = program.variable(name, value);
        }
        if self.captures {
            program = program.capture_errors();
        }
        let running = match program.start() {
            Ok(running) => running,
            Err(error) => return Ok(self.did_not_start(path, &error)),
        };
        self.run_program(running)
    }

    fn run_program(mut self, mut running: Running) -> io::Result<Report> {
        let gone = || io::Error::other("the program's pipes are gone");
        let from: OwnedFd = running.from.take().ok_or_else(gone)?.into();
        let to: OwnedFd = running.to.take().ok_or_else(gone)?.into();
        let audio = running.audio.take().map(OwnedFd::from);
        let enhanced = audio.is_some();
        let errors = running.errors.take();
        let listener = match errors {
            Some(errors) => Some(listen(self.reached()?, BufReader::new(errors))),
            None => None,
        };
        let limit = self.limits.silence;
        let running = Arc::new(Mutex::new(running));
        let wake = self.wake()?;
        let signalled = Arc::clone(&running);
        let link = Link::new(from, to, audio, wake, move || {
            let _ = signalled.lock().unwrap_or_else(PoisonError::into_inner).hang_up();
        })?;
        let mut call = self.call(link, enhanced);
        let ended = call.serve();
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        let mut exit = None;
        if ended != Ended::Stuck {
            exit = running.wait(limit)?;
        }
        let outlived = exit.is_none();
        if outlived {
            running.kill()?;
            exit = running.wait(limit)?;
            let now = call.now();
            call.log.note(now, "the program did not end after its call: it was ended");
        }
        if let Some(listener) = listener {
            // What it has started may hold its standard error for ever.
            running.kill()?;
            let _ = listener.join();
        }
        call.drain();
        let mut report = Report::of(call, ended);
        report.exit = exit;
        report.outlived = outlived;
        report.judge();
        Ok(report)
    }

    /// What Asterisk does where there is nothing to start.
    fn did_not_start(self, path: &Path, error: &StartError) -> Report {
        let mut report = Report { conversation: self.log(), ..Report::default() };
        let why = error.trouble().map_or_else(|| error.to_string(), ToString::to_string);
        report.conversation.note(std::time::Duration::ZERO, &why);
        if !path.exists() {
            report.status = Some("NOTFOUND");
            return report;
        }
        // The child says it by the words that it has: AGI's.
        let failed =
            format!("verbose \"Failed to execute '{}': {}\" 1", path.display(), error.reason());
        for line in [failed.as_str(), "failure"] {
            let entry = Entry::Script(Pattern::exactly(line));
            report.conversation.add(std::time::Duration::ZERO, entry);
        }
        report.exit = Some(Exit::Status(1));
        report.failed = true;
        report.judge();
        report
    }
}

/// Takes the lines of a program's standard error to the call.
fn listen(to: Telephone, mut errors: impl BufRead + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut line = Vec::new();
        while errors.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            to.error(line.strip_suffix(b"\n").unwrap_or(&line));
            line.clear();
        }
    })
}
