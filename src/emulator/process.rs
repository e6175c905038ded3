//! A call with a program, as Asterisk's `AGI()` and `EAGI()` start it.

use std::io::{self, BufRead, BufReader, PipeReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::Asterisk;
use super::address::is_address;
use super::call::Ended;
use super::ears::Ears;
use super::link::Link;
use super::report::{Eyes, Report, Seen};
use crate::program::{Audio, Program, Running, StartError};
use crate::transcript::{Entry, Exit, Pattern};

/// How long standard error is waited for when the program has ended.
const A_LITTLE: Duration = Duration::from_secs(1);
/// The longest line of standard error that is shown in one piece.
const LINE: u64 = 8192;
/// Said where only children are left.
const HOLDS_OPEN: &str = "the program has ended, but what it has started holds its standard output \
                          open: it was ended";
/// How long a program is given to begin, before the caller does something though no time has passed.
pub(super) const START: Duration = Duration::from_secs(3);

impl Asterisk {
    /// Places the call to a program, in any language, as the dialplan's `AGI(program,arguments)`: over pipes, with
    /// SIGHUP at the hangup, its exit status in AGISTATUS.
    ///
    /// The arguments are those given by [`arg`](Asterisk::arg). A program that cannot be started makes a call of
    /// its own kind, as with Asterisk: AGISTATUS is `NOTFOUND` or `FAILURE`, and
    /// [`Report::notes`] says what is the matter with it. An address, `agi://…`, is called by
    /// [`fastagi`](Asterisk::fastagi).
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().arg("fast").agi("/bin/true")?; // a program that says nothing, and ends
    /// assert_eq!(call.agi_status(), Some("SUCCESS"));
    /// let call = Asterisk::new().agi("/nosuch")?;
    /// assert_eq!(call.agi_status(), Some("NOTFOUND"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The system has no pipe or process left.
    pub fn agi(self, program: impl AsRef<Path>) -> io::Result<Report> {
        if let Some(address) = address(program.as_ref()) {
            return self.fastagi(address);
        }
        self.start(program.as_ref(), Audio::None)
    }

    /// The same as `EAGI(program,arguments)`: descriptor 3 is the caller's audio. Asterisk starts none for a call
    /// that is [over](Asterisk::dead), and leaves AGISTATUS as it was.
    ///
    /// ```no_run
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().audio("hello.wav")?.real_time().eagi("/usr/lib/agi-bin/listen.py")?;
    /// println!("{:?}", call.agi_status());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The system has no pipe or process left.
    pub fn eagi(self, program: impl AsRef<Path>) -> io::Result<Report> {
        if self.dead {
            return Ok(self.refused_eagi());
        }
        if address(program.as_ref()).is_some() {
            return Ok(self.unreached(
                "EAGI starts programs only, and Asterisk calls no server by it: use AGI",
            ));
        }
        self.start(program.as_ref(), Audio::Pipe)
    }

    fn start(mut self, path: &Path, audio: Audio) -> io::Result<Report> {
        self.limits.start = START;
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
        if self.only_these_variables {
            program = program.only_these_variables();
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

    fn run_program(self, mut running: Running) -> io::Result<Report> {
        let gone = || io::Error::other("the program's pipes are gone");
        let from: OwnedFd = running.from.take().ok_or_else(gone)?.into();
        let to: OwnedFd = running.to.take().ok_or_else(gone)?.into();
        let audio = running.audio.take().map(OwnedFd::from);
        let enhanced = audio.is_some();
        let errors = running.errors.take();
        let limit = self.limits.silence;
        let running = Arc::new(Mutex::new(running));
        if let Some((telephone, _)) = &self.telephone {
            telephone.holds(&running);
        }
        let wake = self.wake()?;
        let signalled = Arc::clone(&running);
        let link = Link::new(from, to, audio, wake, move || {
            let _ = lock(&signalled).hang_up();
        })?;
        let mut call = self.call(link, enhanced, Ears::of_program());
        let listener = errors.map(|errors| listen(errors, call.log.eyes.clone()));
        let ended = call.serve();
        let mut exit = None;
        if ended != Ended::Stuck {
            exit = wait(&running, limit)?;
        }
        let outlived = exit.is_none();
        if outlived {
            // Its number is still its own: nobody has asked how it ended, if it has.
            lock(&running).kill()?;
            exit = wait(&running, limit)?;
            let why = match exit == Some(Exit::Signal(Signal::SIGKILL as i32)) {
                true => "the program did not end after its call: it was ended",
                false => HOLDS_OPEN,
            };
            call.log.note(call.now(), why);
        }
        if let Some(listener) = listener {
            let end = Instant::now() + A_LITTLE;
            while !listener.is_finished() && Instant::now() < end {
                thread::sleep(Duration::from_millis(1));
            }
        }
        let mut report = Report::of(call, ended);
        report.exit = exit;
        report.outlived = outlived;
        report.judge();
        Ok(report)
    }

    /// What Asterisk does with `EAGI()` where the call is over.
    pub(super) fn refused_eagi(self) -> Report {
        let mut report = self.unstarted();
        report.conversation.note(Duration::ZERO, "Asterisk runs no EAGI on a call that is over");
        report
    }

    /// A call whose program never began.
    pub(super) fn unstarted(self) -> Report {
        Report {
            conversation: self.log(),
            not_started: true,
            variables: self.channel.variables,
            database: self.channel.database,
            ..Report::default()
        }
    }

    /// What Asterisk does where there is nothing to start.
    fn did_not_start(self, path: &Path, error: &StartError) -> Report {
        let mut report = self.unstarted();
        let why = error.trouble().map_or_else(|| error.to_string(), ToString::to_string);
        report.conversation.note(Duration::ZERO, &why);
        if !path.exists() {
            report.set_status("NOTFOUND");
            return report;
        }
        // The child says it by the words that it has: AGI's.
        let failed =
            format!("verbose \"Failed to execute '{}': {}\" 1", path.display(), error.reason());
        for line in [failed.as_str(), "failure"] {
            let entry = Entry::Script(Pattern::exactly(line));
            report.conversation.add(Duration::ZERO, entry);
        }
        report.exit = Some(Exit::Status(1));
        report.failed = true;
        report.judge();
        report
    }
}

/// The address of a server, where it is one and no program's file.
fn address(program: &Path) -> Option<&str> {
    program.to_str().filter(|text| is_address(text))
}

fn lock(running: &Mutex<Running>) -> MutexGuard<'_, Running> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the end, and leaves room for who ends the program meanwhile.
fn wait(running: &Mutex<Running>, limit: Duration) -> io::Result<Option<Exit>> {
    let end = Instant::now() + limit;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let exit = lock(running).wait(left.min(Duration::from_millis(4)))?;
        if exit.is_some() || left.is_zero() {
            return Ok(exit);
        }
    }
}

/// Shows the lines of a program's standard error.
fn listen(errors: PipeReader, eyes: Eyes) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut errors = BufReader::new(errors);
        let mut line = Vec::new();
        // A line without an end comes in pieces.
        while errors.by_ref().take(LINE).read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            line.pop_if(|last| *last == b'\n');
            eyes.show(None, &Seen::Error(std::mem::take(&mut line)));
        }
    })
}
