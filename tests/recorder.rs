//! What a recording holds, and that it never harms the call.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agikit::transcript::{Event, Exit, Recorder, Tape, Transcript};
use agikit::{Hangup, Result, Session};
use support::{Asterisk, ENVIRONMENT};

/// A file in memory.
#[derive(Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl File {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// What stands behind the environment.
    fn conversation(&self) -> String {
        self.text().split_once("<\n").unwrap().1.to_owned()
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn record(asterisk: &Asterisk, hangup: &Hangup, file: &File) -> Session {
    let recorder = Recorder::new(asterisk.clone(), hangup, file.clone()).times(false);
    Session::begin(recorder, hangup.clone()).unwrap()
}

fn script(agi: &mut Session) -> Result {
    agi.answer()?;
    let name = agi.get_variable("NAME")?.unwrap();
    agi.set_variable("COPY", &name)
}

#[test]
fn records_what_replays() {
    for piece in [usize::MAX, 1, 7] {
        let file = File::default();
        let value = "Jos\u{e9}\nand more";
        let replies =
            ["200 result=0\n".into(), format!("200 result=1 ({value})\n"), "200 result=1\n".into()];
        let asterisk = Asterisk::replies(replies.map(String::into_bytes)).piece(piece);
        let mut session = record(&asterisk, &Hangup::new(), &file);
        script(&mut session).unwrap_err(); // the value holds a line feed
        drop(session);
        let text = file.text();
        assert!(text.starts_with("< agi_request: test\n< agi_channel: Local"), "{text}");
        let transcript: Transcript = text.parse().unwrap();
        assert_eq!(transcript.to_string(), text);
        transcript
            .replay(|agi| -> Result {
                script(agi).unwrap_err();
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn the_hangup_and_the_end() {
    let (file, hangup) = (File::default(), Hangup::new());
    let asterisk = Asterisk::replies(["200 result=0\n", "200 result=1\n"]);
    let recorder = Recorder::new(asterisk.clone(), &hangup, file.clone()).times(false);
    let log = recorder.log();
    let mut session = Session::begin(recorder, hangup.clone()).unwrap();
    session.answer().unwrap();
    hangup.raise();
    session.set_variable("A", "1").unwrap();
    session.noop().unwrap_err(); // Asterisk closes
    log.event(Event::Key('5'));
    log.exit(Exit::Status(0));
    log.exit(Exit::Status(1));
    drop(session);
    assert_eq!(
        file.conversation(),
        "> ANSWER\n< 200 result=0\n! hangup\n> SET VARIABLE \"A\" \"1\"\n< 200 result=1\n> NOOP\n\
         ! closed\n! key 5\n= 0\n"
    );
}

#[test]
fn a_hangup_that_a_reply_tells() {
    let (file, hangup) = (File::default(), Hangup::new());
    let asterisk = Asterisk::replies(["511 result=-1 Command Not Permitted\n"]);
    let mut session = record(&asterisk, &hangup, &file);
    session.answer().unwrap_err();
    drop(session);
    let text = "> ANSWER\n< 511 result=-1 Command Not Permitted\n! hangup\n";
    assert_eq!(file.conversation(), text);
}

#[test]
fn what_has_no_line_feed() {
    let mut tape = Tape::new().times(false);
    let at = Duration::ZERO;
    tape.script(at, b"NO");
    tape.asterisk(at, b"200 res");
    tape.event(at, Event::Hangup);
    tape.script(at, b"OP\nAN");
    tape.asterisk(at, b"ult=0\r\n\n20");
    tape.exit(at, Exit::Signal(1));
    let lines: Vec<String> = tape.take().iter().map(|entry| entry.to_string()).collect();
    let all = ["! hangup", "> NOOP", r"< 200 result=0\x0d", "<", "< 20", "> AN", "= SIGHUP"];
    assert_eq!(lines, all);
    assert!(tape.take().is_empty());
}

#[test]
fn times_add_up() {
    let mut tape = Tape::new();
    for micros in [400, 900, 1_400, 2_900, 2_900, 1_000_000_000] {
        tape.script(Duration::from_micros(micros), b"X\n");
    }
    let text: String = tape.take().iter().map(|entry| format!("{entry} ")).collect();
    assert_eq!(text, "> X > X @ +0.001s > X @ +0.001s > X > X @ +999.998s > X ");
    assert!(
        Recorder::new(Asterisk::new("", |_| None), &Hangup::new(), io::sink())
            .log()
            .error()
            .is_none()
    );
}

/// A file that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.min(bytes.len()) {
            0 => Err(ErrorKind::StorageFull.into()),
            count => {
                self.0 -= count;
                Ok(count)
            }
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_does_not_end_the_call() {
    for room in [0, 100, ENVIRONMENT.len() + 40 + 20] {
        let replies = ["200 result=0\n", "200 result=1 (x)\n", "200 result=1\n"];
        let asterisk = Asterisk::replies(replies);
        let hangup = Hangup::new();
        let recorder = Recorder::new(asterisk.clone(), &hangup, Full(room));
        let log = recorder.log();
        let mut session = Session::begin(recorder, hangup).unwrap();
        script(&mut session).unwrap();
        log.exit(Exit::Status(0));
        assert_eq!(log.error(), Some(ErrorKind::StorageFull));
        assert_eq!(asterisk.lines().len(), 3);
    }
}
