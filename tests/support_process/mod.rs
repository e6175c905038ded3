//! Scripts as real processes: started, talked to over pipes, and ended within a time limit.
#![allow(dead_code, reason = "each test file takes what it needs")]

pub(crate) mod served;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Once;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// The names of all examples.
pub(crate) fn examples() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_string())
        .collect()
}

/// A program among the examples beside this test. `cargo test` has built them; `cargo test --test process`
/// has not, or has left old ones.
pub(crate) fn program(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    let test = std::env::current_exe().unwrap(); // …/debug/deps/examples-0123456789abcdef
    let folder = test.parent().unwrap().with_file_name("examples");
    BUILT.call_once(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--examples"]);
        if folder.parent().unwrap().ends_with("release") {
            cargo.arg("--release");
        }
        // As this test was built, so that nothing is built twice.
        let features = [
            ("cli", cfg!(feature = "cli")),
            ("fastagi", cfg!(feature = "fastagi")),
            ("vad", cfg!(feature = "vad")),
        ];
        for (feature, _) in features.into_iter().filter(|(_, is_on)| *is_on) {
            cargo.args(["--features", feature]);
        }
        assert!(cargo.status().unwrap().success(), "cargo build --examples");
    });
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built; cargo build --examples does it", path.display());
    path
}

/// An empty folder of this test's own.
pub(crate) fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A program of the test's own. Another process writes it: a descriptor of this one that is open for writing
/// while a parallel test starts something would be in that process, too, and the file could not be run.
pub(crate) fn write_program(path: &Path, text: &[u8]) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(text).unwrap();
    assert!(shell.wait().unwrap().success());
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Done {
    /// `None` when a signal ended it.
    pub(crate) status: Option<i32>,
    /// The lines on standard output that nobody has taken yet.
    pub(crate) sent: Vec<String>,
    /// All of standard error.
    pub(crate) errors: String,
}

/// Starts the command and takes Asterisk's part. Standard input is a pipe unless the command says more.
pub(crate) fn call(command: &mut Command) -> Call {
    // Asterisk tells each program its folder: by that a script knows that a call is at the other end.
    command.env("AST_AGI_DIR", "/var/lib/asterisk/agi-bin");
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let to = child.stdin.take();
    Call::of(child, to)
}

/// Runs the command to its end, its standard input as it was set.
pub(crate) fn run(command: &mut Command) -> Done {
    run_within(command, LIMIT)
}

/// The same for what may take longer, as cargo does.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Done {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut call = Call::of(child, None);
    call.limit = limit;
    call.end()
}

/// Asterisk's side of one process.
pub(crate) struct Call {
    child: Child,
    to: Option<ChildStdin>,
    sent: Receiver<String>,
    errors: Receiver<String>,
    began: Instant,
    limit: Duration,
}

impl Call {
    /// The side of a child that is started already.
    pub(crate) fn of(mut child: Child, to: Option<ChildStdin>) -> Self {
        let (line, sent) = channel();
        if let Some(out) = child.stdout.take() {
            thread::spawn(move || {
                let mut out = BufReader::new(out);
                let mut bytes = Vec::new();
                while out.read_until(b'\n', &mut bytes).unwrap_or(0) > 0 {
                    let text = String::from_utf8_lossy(&bytes);
                    let _ = line.send(text.strip_suffix('\n').unwrap_or(&text).to_string());
                    bytes.clear();
                }
            });
        }
        let (all, errors) = channel();
        if let Some(mut err) = child.stderr.take() {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = err.read_to_end(&mut bytes);
                let _ = all.send(String::from_utf8_lossy(&bytes).into_owned());
            });
        }
        Call { child, to, sent, errors, began: Instant::now(), limit: LIMIT }
    }

    fn left(&self) -> Duration {
        self.limit.saturating_sub(self.began.elapsed())
    }

    /// The process id, for a signal.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGHUP.
    pub(crate) fn hang_up(&self) {
        let kill = format!("kill -HUP {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Sends bytes as they are.
    pub(crate) fn say(&mut self, text: &str) {
        self.to.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Sends bytes to a script that may end meanwhile. Gives whether it has.
    pub(crate) fn offer(&mut self, text: &str) -> bool {
        let _ = self.to.as_mut().unwrap().write_all(text.as_bytes());
        assert!(!self.left().is_zero(), "it hangs");
        self.child.try_wait().unwrap().is_some()
    }

    /// The environment, with the scenario as its first argument.
    pub(crate) fn begin(&mut self, scenario: &str) {
        self.say(&format!("agi_request: script\nagi_version: 22.10.1\nagi_arg_1: {scenario}\n\n"));
    }

    /// The next command.
    pub(crate) fn command(&mut self) -> String {
        match self.sent.recv_timeout(self.left()) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("no command came in time"),
            Err(RecvTimeoutError::Disconnected) => panic!("the script closed its side"),
        }
    }

    /// The next command, or its end.
    pub(crate) fn try_command(&mut self) -> Option<String> {
        match self.sent.recv_timeout(self.left()) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Timeout) => panic!("no command came in time"),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Expects a command and answers it.
    #[track_caller]
    pub(crate) fn answer(&mut self, command: &str, reply: &str) {
        assert_eq!(self.command(), command);
        self.say(&format!("{reply}\n"));
    }

    /// Closes the script's standard input.
    pub(crate) fn close(&mut self) {
        self.to = None;
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Done {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(!self.left().is_zero(), "it hangs");
            thread::sleep(Duration::from_millis(2));
        };
        let errors = match self.errors.recv_timeout(self.left()) {
            Ok(errors) => errors,
            Err(RecvTimeoutError::Disconnected) => String::new(),
            Err(RecvTimeoutError::Timeout) => panic!("its standard error stays open"),
        };
        let mut sent = Vec::new();
        loop {
            match self.sent.recv_timeout(self.left()) {
                Ok(line) => sent.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("its standard output stays open"),
            }
        }
        Done { status: status.code(), sent, errors }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // Only this child, by its handle; nothing where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
