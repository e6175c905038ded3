//! A FastAGI server as a process of its own: `tests/programs/fastagi.rs`.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Once};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Caller, LIMIT, header};

/// The server's program. `cargo test --test …` alone does not build it.
pub fn program() -> PathBuf {
    static BUILT: Once = Once::new();
    let test = std::env::current_exe().unwrap(); // …/debug/deps/fastagi_stop-0123456789abcdef
    let folder = test.parent().unwrap().with_file_name("examples");
    BUILT.call_once(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet"]);
        cargo.args(["--features", "fastagi", "--example", "fastagi-under-test"]);
        if folder.parent().unwrap().ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().unwrap().success(), "cargo build --example fastagi-under-test");
    });
    let path = folder.join("fastagi-under-test");
    assert!(Path::new(&path).exists(), "{}", path.display());
    path
}

/// A running server. It is killed when this is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// What it says on standard output behind its address.
    said: BufReader<std::process::ChildStdout>,
    log: Arc<Mutex<String>>,
}

/// Starts one.
pub fn server(arguments: &[&str]) -> Server {
    let mut command = Command::new(program());
    command.args(arguments).stdin(Stdio::null());
    Server::start(&mut command)
}

impl Server {
    /// Starts the command, which becomes a server.
    pub fn start(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        thread::spawn({
            let log = Arc::clone(&log);
            move || {
                for line in lines.map_while(Result::ok) {
                    *log.lock().unwrap() += &format!("{line}\n");
                }
            }
        });
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut address = String::new();
        said.read_line(&mut address).unwrap();
        let address = address.trim().parse().unwrap_or_else(|_| panic!("{address:?}"));
        let server = Server { child, address, said, log };
        // Before that a signal would end it.
        server.logs("serves agi://");
        server
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until the log has this.
    pub fn logs(&self, what: &str) {
        let end = Instant::now() + LIMIT;
        while !self.log().contains(what) {
            assert!(Instant::now() < end, "{what:?} is not in the log:\n{}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The counters, as SIGUSR1 gives them: the number behind a name.
    pub fn counter(&self, name: &str) -> u64 {
        let before = self.log().matches("accepted ").count();
        self.signal(Signal::SIGUSR1);
        let end = Instant::now() + LIMIT;
        loop {
            let log = self.log();
            if log.matches("accepted ").count() > before {
                let line = log.lines().rfind(|line| line.contains("accepted ")).unwrap();
                let (_, behind) = line.split_once(&format!("{name} ")).unwrap();
                let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
                return digits.parse().unwrap();
            }
            assert!(Instant::now() < end, "no counters:\n{log}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until a counter is so.
    pub fn wait(&self, name: &str, is: impl Fn(u64) -> bool) {
        let end = Instant::now() + LIMIT;
        loop {
            let value = self.counter(name);
            if is(value) {
                return;
            }
            assert!(Instant::now() < end, "{name} is {value}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    pub fn connect(&self) -> Caller {
        Caller::over(TcpStream::connect(self.address).unwrap())
    }

    /// A call: its header is sent.
    pub fn call(&self, script: &str, arguments: &[&str]) -> Caller {
        let caller = self.connect();
        // One that is not let in closes before it has read.
        let _ = caller.socket().write_all(header(script, arguments).as_bytes());
        caller
    }

    /// A number from `/proc/PID/status`.
    pub fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap();
        line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Waits until it has so many descriptors open, and no thread but its own.
    pub fn rests(&self, descriptors: usize) {
        let end = Instant::now() + LIMIT;
        loop {
            let now = (self.descriptors(), self.status("Threads"));
            if now == (descriptors, 1) {
                return;
            }
            assert!(Instant::now() < end, "{now:?}, not {descriptors}\n{}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// How many descriptors it has open.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.pid())).unwrap().count()
    }

    /// Waits until it has ended by itself: its exit code, how it says that it ended, and the log.
    pub fn end(mut self) -> (i32, String, String) {
        let end = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.log());
            thread::sleep(Duration::from_millis(2));
        };
        let mut said = String::new();
        self.said.read_line(&mut said).unwrap();
        // The last lines are on their way.
        thread::sleep(Duration::from_millis(20));
        (status.code().unwrap_or(-1), said.trim().to_owned(), self.log())
    }

    /// SIGTERM, and then its end.
    pub fn stop(self) -> (i32, String, String) {
        self.signal(Signal::SIGTERM);
        self.end()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
