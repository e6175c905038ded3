//! Asterisk's side of a call, and whatever is sent to it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use agikit::emulator::{Asterisk, Report, Seen, Version};
use agikit::transcript::{Entry, Transcript};

/// More lines than this bring nothing new.
const LINES: usize = 12;

/// What a script sends, line by line, each when the one before was answered, or at once: the emulator answers, the call
/// ends, and it tells what it did.
///
/// The first byte says what the call is like, the second one when its caller does something.
pub fn emulator(bytes: &[u8]) {
    let [like, when, bytes @ ..] = bytes else { return };
    // No path, so that nothing is read or written beside it.
    let bytes: Vec<u8> = bytes.iter().map(|&byte| if byte == b'/' { b'.' } else { byte }).collect();
    let (script, asterisk) = UnixStream::pair().unwrap();
    let mut from = script.try_clone().unwrap();
    let mut script = Script::new(script, &bytes);
    script.go_on(); // Asterisk sends its environment whatever is there
    let call = call(*like, *when).watch(move |_, seen| script.sees(seen));
    // On this thread, and on no port: it only has to read and write like a connection.
    let stream = TcpStream::from(OwnedFd::from(asterisk));
    let report = call.fastagi_over(stream, "agi://127.0.0.1/").unwrap();
    let mut received = Vec::new();
    match from.read_to_end(&mut received) {
        // Some of what the script has sent was not read.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        other => assert_eq!(other.unwrap(), received.len()),
    }
    judge(&report, &received, *when);
}

fn call(like: u8, when: u8) -> Asterisk {
    let is = |bit: u8| like & (1 << bit) != 0;
    let when = Duration::from_millis(20 * u64::from(when));
    let mut call = Asterisk::new().patience(Duration::from_secs(10)).variable("X", "${X}${X}");
    // Each sample of a recording takes its time, though the clock stands still.
    call = call.longest(Duration::from_secs(4));
    call = call.sound("long", Duration::from_secs(90)).text_at(when, b"text\nof (two) lines");
    if is(0) {
        call = call.keys("1#");
    }
    if is(1) {
        call = call.keys_at(when, "25*");
    }
    if is(2) {
        call = call.hang_up_at(when);
    }
    if is(3) {
        call = call.hang_up_during(2);
    }
    if is(4) {
        call = call.variable("AGIEXITONHANGUP", "1");
    }
    if is(5) {
        call = call.says(vec![900; 1000]);
    }
    if is(6) {
        call = call.version(Version::V16);
    }
    if is(7) { call.dead() } else { call }
}

fn judge(report: &Report, received: &[u8], when: u8) {
    assert!(report.agi_status().is_some());
    assert!(!report.silent() && !report.broken() && !report.overdue(), "{report:?}");
    let times = report.conversation().windows(2);
    assert!(times.into_iter().all(|two| two[0].0 <= two[1].0));
    let sent = report.conversation().iter().filter_map(|(_, entry)| match entry {
        Entry::Asterisk(line) => Some([line.as_exact().unwrap(), b"\n"].concat()),
        _ => None,
    });
    // At the end of each session there may be one more, which is no part of it.
    let told = sent.collect::<Vec<_>>().concat();
    let more = received.strip_prefix(told.as_slice());
    assert!(matches!(more, Some(b"" | b"HANGUP\n")), "{}\n{report:?}", received.escape_ascii());
    for played in report.played() {
        assert!(played.heard <= played.length, "{played:?}");
    }
    // The text's reading has a target of its own; here one call of eight is enough.
    if when.is_multiple_of(8) {
        read_again(&report.transcript());
    }
}

fn read_again(transcript: &Transcript) {
    let text = transcript.to_string();
    assert_eq!(Transcript::parse(text.as_bytes()).as_ref(), Ok(transcript), "{text}");
}

/// A script that waits for its replies, but for those of lines that begin with `+`, which come at once.
struct Script {
    to: UnixStream,
    lines: Vec<Vec<u8>>,
}

impl Script {
    fn new(to: UnixStream, bytes: &[u8]) -> Self {
        let mut lines: Vec<Vec<u8>> =
            bytes.split(|&byte| byte == b'\n').take(LINES).map(<[u8]>::to_vec).collect();
        lines.reverse();
        Script { to, lines }
    }

    fn sees(&mut self, seen: &Seen) {
        let Seen::Entry(Entry::Asterisk(line)) = seen else { return };
        let line = line.as_exact().unwrap();
        let is_reply =
            line.first_chunk().is_some_and(|code: &[u8; 3]| code.iter().all(u8::is_ascii_digit));
        if is_reply && line.get(3) == Some(&b' ') && !line.starts_with(b"100") {
            self.go_on();
        }
    }

    /// The next line, and those that do not wait; behind the last one the end.
    fn go_on(&mut self) {
        let mut text = Vec::new();
        while let Some(line) = self.lines.pop() {
            text.extend(line.strip_prefix(b"+").unwrap_or(&line));
            text.push(b'\n');
            // A NUL hides the line's end: it goes on with the next one.
            let goes_on = line.contains(&0);
            if !goes_on && !self.lines.last().is_some_and(|next| next.starts_with(b"+")) {
                break;
            }
        }
        let is_left = self.to.write_all(&text).is_err();
        if self.lines.is_empty() || is_left {
            let _ = self.to.shutdown(Shutdown::Write);
        }
    }
}
