//! A program for agi-bin that knows no library: it sends the lines of one scenario and writes down what comes,
//! with times. Asterisk starts it, and so does the emulator: `live-raw BASE` reads `BASE.scenario` and writes
//! `BASE.seen`, a line an event: `>` sent, `<` came, `!` hangup, end, broken; microseconds since the empty line
//! after the environment; and its text.
//!
//! `live-raw serve`, with a listening socket as its descriptor 0, does so for each call over TCP (FastAGI), `BASE` being
//! the call's first argument. There the hangup is a line.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "a part of two programs")]

#[path = "../support_scenarios/mod.rs"]
mod support_scenarios;

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use support_scenarios::{Mode, Scenario, Step, escaped, parse};

/// How long a line that belongs to a reply may be behind it: a 520 is written in pieces.
const GRACE: Duration = Duration::from_millis(30);
/// No reply takes longer: a scenario that waits for none says so.
const LONGEST: Duration = Duration::from_secs(40);

struct Raw {
    /// Over TCP.
    socket: Option<TcpStream>,
    input: Option<File>,
    output: File,
    audio: Option<File>,
    signal: UnixStream,
    start: Instant,
    seen: File,
    /// What came and is no whole line yet.
    partial: Vec<u8>,
    /// Whole replies since the last line was sent.
    replies: u32,
    /// Inside the lines of a 520.
    usage: bool,
    hung_up: bool,
    heard: usize,
    /// The channel's name, for `@CHANNEL@` in a line.
    channel: Vec<u8>,
}

fn own(descriptor: std::os::fd::BorrowedFd<'_>) -> OwnedFd {
    descriptor.try_clone_to_owned().unwrap()
}

fn main() {
    let base = std::env::args().nth(1).unwrap();
    if base == "serve" {
        let listener = TcpListener::from(own(std::io::stdin().as_fd()));
        for call in listener.incoming() {
            std::thread::spawn(|| served(call.unwrap()));
        }
    }
    let (signal, sender) = UnixStream::pair().unwrap();
    signal_hook::low_level::pipe::register(signal_hook::consts::SIGHUP, sender).unwrap();
    let (scenario, mut raw) =
        Raw::new(&base, own(std::io::stdin().as_fd()), own(std::io::stdout().as_fd()), signal);
    raw.note('p', raw.start, std::process::id().to_string().as_bytes());
    raw.audio = (scenario.mode == Mode::Eagi).then(|| File::open("/proc/self/fd/3").unwrap());
    match scenario.blind {
        true => raw.input = None,
        false => {
            let lines = environment(raw.input.as_mut().unwrap());
            raw.environment(&scenario, lines);
        }
    }
    raw.start = Instant::now();
    let status = raw.play(&scenario);
    std::process::exit(status);
}

/// One call over TCP.
fn served(socket: TcpStream) {
    socket.set_nodelay(true).unwrap();
    let mut input = File::from(own(socket.as_fd()));
    let lines = environment(&mut input);
    let base = lines.iter().find_map(|line| line.strip_prefix(b"agi_arg_1: ")).unwrap();
    let base = String::from_utf8(base.to_vec()).unwrap();
    let (_never, signal) = UnixStream::pair().unwrap();
    let (scenario, mut raw) = Raw::new(&base, input.into(), own(socket.as_fd()), signal);
    raw.socket = Some(socket);
    raw.environment(&scenario, lines);
    raw.start = Instant::now();
    raw.play(&scenario);
    // As of a process, whose end can be seen.
    raw.note('p', Instant::now(), b"0");
}

/// Reads to the empty line, byte by byte: what follows it is a reply.
fn environment(input: &mut File) -> Vec<Vec<u8>> {
    let (mut lines, mut line, mut byte) = (Vec::new(), Vec::new(), [0]);
    while matches!(input.read(&mut byte), Ok(1)) {
        match byte[0] {
            b'\n' if line.is_empty() => break,
            b'\n' => lines.push(std::mem::take(&mut line)),
            byte => line.push(byte),
        }
    }
    lines
}

impl Raw {
    /// Reads the scenario, and opens the file for what is seen.
    fn new(base: &str, input: OwnedFd, output: OwnedFd, signal: UnixStream) -> (Scenario, Raw) {
        let text = std::fs::read_to_string(format!("{base}.scenario")).unwrap();
        let scenario = parse(&text).unwrap().remove(0);
        let raw = Raw {
            socket: None,
            input: Some(input.into()),
            output: output.into(),
            audio: None,
            signal,
            start: Instant::now(),
            seen: File::create(format!("{base}.seen")).unwrap(),
            partial: Vec::new(),
            replies: 0,
            usage: false,
            hung_up: false,
            heard: 0,
            channel: Vec::new(),
        };
        (scenario, raw)
    }

    fn note(&mut self, kind: char, at: Instant, text: &[u8]) {
        let micros = at.saturating_duration_since(self.start).as_micros();
        let line = format!("{kind} {micros} {}\n", escaped(text));
        self.seen.write_all(line.as_bytes()).unwrap();
    }

    fn environment(&mut self, scenario: &Scenario, lines: Vec<Vec<u8>>) {
        for line in lines {
            // The channel's names are always there: they differ from call to call.
            let key = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let named = [&b"agi_channel"[..], b"agi_uniqueid", b"agi_threadid"].contains(&key);
            if key == b"agi_channel" {
                self.channel =
                    line.splitn(2, |byte| *byte == b' ').nth(1).unwrap_or_default().into();
            }
            if scenario.environment || named {
                self.note('e', Instant::now(), &line);
            }
        }
    }

    /// Gives the exit status.
    fn play(&mut self, scenario: &Scenario) -> i32 {
        for step in &scenario.steps {
            match step {
                Step::Send(line, wait) => {
                    let mut line = self.named(line);
                    line.push(b'\n');
                    self.send(&line);
                    if *wait {
                        self.until(LONGEST, |raw| raw.replies > 0 || raw.input.is_none());
                        self.until(GRACE, |_| false);
                    }
                    if let Some(heard) = self.audio.is_some().then_some(self.heard) {
                        self.note('a', Instant::now(), heard.to_string().as_bytes());
                    }
                }
                Step::Raw(bytes) => self.send(bytes),
                Step::Pause(time) => self.until(*time, |_| false),
                Step::Hangup => {
                    self.until(LONGEST, |raw| raw.hung_up || raw.input.is_none());
                    self.until(GRACE, |_| false);
                }
                Step::Close => {
                    self.note('>', Instant::now(), b"(closed)");
                    self.output = File::options().write(true).open("/dev/null").unwrap();
                    match &self.socket {
                        Some(socket) => socket.shutdown(Shutdown::Write).unwrap_or_default(),
                        None => nix::unistd::close(1).unwrap(),
                    }
                }
                Step::Exit(status) => return *status,
                Step::Kill(signal) => {
                    signal_hook::low_level::emulate_default_handler(*signal).unwrap();
                }
            }
        }
        0
    }

    /// A line with the channel's name in it.
    fn named(&self, line: &[u8]) -> Vec<u8> {
        const MARK: &[u8] = b"@CHANNEL@";
        match line.windows(MARK.len()).position(|it| it == MARK) {
            Some(at) => [&line[..at], &self.channel, &line[at + MARK.len()..]].concat(),
            None => line.to_vec(),
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        (self.replies, self.heard) = (0, 0);
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        self.note('>', Instant::now(), text);
        if self.output.write_all(bytes).is_err() {
            self.note('!', Instant::now(), b"broken");
        }
    }

    /// Takes what comes until `done`, or for so long.
    fn until(&mut self, time: Duration, done: impl Fn(&Raw) -> bool) {
        let end = Instant::now() + time;
        while !done(self) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.take(left);
        }
    }

    fn take(&mut self, time: Duration) {
        let any = |it: Option<PollFlags>| it.is_some_and(|it| !it.is_empty());
        let nothing = UnixStream::pair().unwrap();
        let fd = |file: &Option<File>| match file {
            Some(file) => file.as_fd().try_clone_to_owned().unwrap(),
            None => nothing.0.as_fd().try_clone_to_owned().unwrap(),
        };
        let (input, audio) = (fd(&self.input), fd(&self.audio));
        let mut fds = [
            PollFd::new(input.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.signal.as_fd(), PollFlags::POLLIN),
            PollFd::new(audio.as_fd(), PollFlags::POLLIN),
        ];
        // Rounded up: it must not spin in the last millisecond.
        let limit = u16::try_from(time.as_millis() + 1).unwrap_or(u16::MAX);
        let _ = poll(&mut fds, PollTimeout::from(limit));
        let ready = fds.map(|it| any(it.revents()));
        let at = Instant::now();
        let mut buffer = [0; 65536];
        if ready[2]
            && self.audio.as_mut().is_some_and(|it| {
                let count = it.read(&mut buffer).unwrap_or(0);
                self.heard += count;
                count == 0
            })
        {
            self.audio = None;
        }
        if ready[0] {
            let count = self.input.as_mut().map_or(0, |it| it.read(&mut buffer).unwrap_or(0));
            if count == 0 {
                self.note('!', at, b"end");
                self.input = None;
            }
            self.partial.extend_from_slice(&buffer[..count]);
            while let Some(end) = self.partial.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.partial.drain(..=end).collect();
                let line = &line[..end];
                if self.socket.is_some() && line == b"HANGUP" {
                    self.hung_up = true;
                    self.note('!', at, b"hangup");
                    continue;
                }
                // Of a value of several lines, the first counts: the rest is close behind.
                self.usage = (self.usage || line.starts_with(b"520-"))
                    && line != b"520 End of proper usage.";
                self.replies += u32::from(!self.usage && !line.starts_with(b"100"));
                self.note('<', at, line);
            }
        }
        if ready[1] {
            let count = self.signal.read(&mut buffer).unwrap_or(0);
            self.hung_up |= count > 0;
            self.note('!', at, b"hangup");
        }
    }
}
