//! Servers on loopback for one call each, and a time limit on everything.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of this")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use agikit::emulator::{Asterisk, Report};

/// Whatever hangs is told from what is slow by this.
const LIMIT: Duration = Duration::from_secs(60);

pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Runs it under a time limit.
pub fn limited<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, outcome) = channel();
    thread::spawn(move || done.send(run()));
    outcome.recv_timeout(LIMIT).expect("does not end, or panics")
}

/// Takes one call and serves it; gives host and port, and what the server comes to.
pub fn server<T: Send + 'static>(
    serve: impl FnOnce(Line) -> T + Send + 'static,
) -> (String, Receiver<T>) {
    server_at("127.0.0.1:0", serve)
}

pub fn server_at<T: Send + 'static>(
    bind: &str,
    serve: impl FnOnce(Line) -> T + Send + 'static,
) -> (String, Receiver<T>) {
    let listener = TcpListener::bind(bind).unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let (done, outcome) = channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        done.send(serve(Line { stream }))
    });
    (place, outcome)
}

/// A call to a server that does this: its report, and what the server came to.
pub fn call<T: Send + 'static>(
    asterisk: Asterisk,
    serve: impl FnOnce(Line) -> T + Send + 'static,
) -> (Report, T) {
    let (place, outcome) = server(serve);
    let report = limited(move || asterisk.fastagi(&format!("agi://{place}/")).unwrap());
    (report, outcome.recv_timeout(LIMIT).expect("the server does not end, or panics"))
}

/// A server's end of a connection, byte by byte.
pub struct Line {
    pub stream: TcpStream,
}

impl Line {
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// The next line, with its line feed; less at the end.
    pub fn line(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\n") && self.stream.read(&mut byte).unwrap() == 1 {
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// The environment up to its empty line.
    pub fn environment(&mut self) -> String {
        let mut all = String::new();
        while !all.ends_with("\n\n") {
            let line = self.line();
            assert!(line.ends_with('\n'), "{all}{line}");
            all += &line;
        }
        all
    }

    /// Sends a command and reads a line.
    pub fn ask(&mut self, command: &str) -> String {
        self.send(format!("{command}\n"));
        self.line()
    }

    /// Says that no more comes.
    pub fn close(&mut self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// All that comes up to the end, by a reset or not.
    pub fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        if let Err(error) = self.stream.read_to_end(&mut rest) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
        }
        String::from_utf8(rest).unwrap()
    }
}
