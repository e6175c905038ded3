//! An Asterisk at the other end of a socket: it answers lines, and may be silent as long as it likes.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

use agikit::{Hangup, Session};

use super::ENVIRONMENT;

/// A session, and an Asterisk that answers its lines by a function; the lines are given at the end.
pub fn call(
    mut asterisk: impl FnMut(&mut UnixStream, &str) + Send + 'static,
) -> (Session, JoinHandle<Vec<String>>) {
    let (near, mut far) = UnixStream::pair().unwrap();
    far.write_all(ENVIRONMENT.as_bytes()).unwrap();
    let lines = thread::spawn(move || {
        let mut lines = Vec::new();
        for line in BufReader::new(far.try_clone().unwrap()).lines() {
            let line = line.unwrap();
            asterisk(&mut far, &line);
            lines.push(line);
        }
        lines
    });
    (Session::begin(near, Hangup::new()).unwrap(), lines)
}

/// What Asterisk answers to `GET FULL VARIABLE "text"`.
pub fn echo(line: &str) -> Option<String> {
    let text = line.strip_prefix("GET FULL VARIABLE \"")?.strip_suffix('"')?;
    Some(format!("200 result=1 ({text})\n"))
}
