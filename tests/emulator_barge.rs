//! Commands that stop commands on the emulator, and lines that lie in Asterisk's buffer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Ends};
use agikit::{
    Error, GetData, GetOption, SayAlpha, SayDigits, SayNumber, SayPhonetic, Session, Stream,
    StreamFile, WaitForDigit, Waited,
};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What comes within a time.
fn within(ends: &mut Ends, time: Duration) -> String {
    let end = Instant::now() + time;
    let mut came = Vec::new();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let descriptor = ends.descriptor().unwrap();
        let mut one = [PollFd::new(descriptor, PollFlags::POLLIN)];
        if poll(&mut one, PollTimeout::try_from(left).unwrap()) != Ok(1) {
            return String::from_utf8(came).unwrap();
        }
        let mut bytes = [0; 4096];
        let count = ends.read(&mut bytes).unwrap();
        came.extend_from_slice(&bytes[..count]);
    }
}

#[test]
fn a_line_read_with_the_one_before_waits_for_new_bytes() {
    let ((first, second), call) = Asterisk::new().real_time().connect(|mut ends, _| {
        within(&mut ends, ms(200)); // the environment
        ends.write_all(b"STREAM FILE demo-congrats \"\"\nGET FULL VARIABLE second\n").unwrap();
        let first = within(&mut ends, ms(500));
        ends.write_all(b"GET FULL VARIABLE third\n").unwrap();
        (first, within(&mut ends, ms(300)))
    });
    // Nothing stops the sound, until something new comes; and then it has no reply.
    assert_eq!(first, "");
    assert_eq!(second, "200 result=1 (second)\n200 result=1 (third)\n");
    let heard = call.played()[0].heard;
    assert!(heard >= ms(400) && heard < ms(5000), "{heard:?}");
    // It is the same where nothing takes time.
    let (replies, _) = Asterisk::new().connect(|mut ends, _| {
        within(&mut ends, ms(100));
        ends.write_all(b"NOOP\nGET FULL VARIABLE second\nNOOP\n").unwrap();
        let first = within(&mut ends, ms(200));
        ends.write_all(b"GET FULL VARIABLE last\n").unwrap();
        (first, within(&mut ends, ms(200)))
    });
    let rest = "200 result=1 (second)\n200 result=0\n200 result=1 (last)\n";
    assert_eq!(replies, ("200 result=0\n".to_owned(), rest.to_owned()));
}

/// Sends a sound's line together with the next one, as a busy system may.
struct Glued(Ends, Vec<u8>);

impl Read for Glued {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Glued {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.extend_from_slice(bytes);
        if !bytes.starts_with(b"STREAM FILE") {
            self.0.write_all(&std::mem::take(&mut self.1))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Glued {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.0.descriptor()
    }
}

#[test]
fn an_interruption_reaches_a_sound_that_it_came_with() {
    let (stopped, call) = Asterisk::new().real_time().connect(|ends, hangup| {
        let mut agi = Session::begin(Glued(ends, Vec::new()), hangup)?;
        let stopped = agi.start(StreamFile::new("demo-congrats"))?.interrupt()?;
        assert_eq!(agi.get_full_variable("aligned")?.unwrap(), "aligned");
        Ok::<_, Error>(stopped)
    });
    assert_eq!(stopped.unwrap(), None);
    assert!(call.played()[0].heard < ms(5000), "{:?}", call.played());
    let echoes = call.commands().iter().filter(|line| line.contains("\"agikit-")).count();
    assert!(echoes >= 2, "another pushes the first through: {:?}", call.commands());
}

/// Stops a command in the middle; gives whether it had a reply, as text, and tries the next command.
macro_rules! stopped {
    ($agi:expr, $command:expr) => {{
        let pending = $agi.start($command)?;
        std::thread::sleep(ms(150));
        let reply = pending.interrupt()?.map(|reply| format!("{reply:?}"));
        assert_eq!($agi.get_full_variable("aligned")?.unwrap(), "aligned");
        reply
    }};
}

#[test]
fn each_kind_stops_as_on_asterisk() {
    for eagi in [true, false] {
        let script = |agi: &mut Session| {
            assert_eq!(stopped!(agi, StreamFile::new("demo-congrats")), None);
            assert_eq!(stopped!(agi, GetOption::new("demo-congrats", "1")), None);
            let waits = stopped!(agi, GetOption::new("tick", "1").timeout(ms(9000)));
            assert!(waits.is_some_and(|reply| reply.contains("None")), "it waits for the key");
            assert_eq!(stopped!(agi, GetData::new("demo-congrats")), None);
            assert_eq!(stopped!(agi, GetData::new("")), None);
            let digit = stopped!(agi, WaitForDigit::new(ms(9000)));
            assert_eq!(digit, Some(format!("{:?}", Waited::Interrupted)));
            // Only where the call has audio.
            assert_eq!(stopped!(agi, SayDigits::new("1")).is_none(), eagi);
            assert_eq!(stopped!(agi, SayNumber::new(1)).is_none(), eagi);
            assert_eq!(stopped!(agi, SayAlpha::new("a")).is_none(), eagi);
            assert_eq!(stopped!(agi, SayPhonetic::new("a")).is_none(), eagi);
            Ok::<_, Error>(())
        };
        let asterisk = Asterisk::new().real_time().sound("tick", ms(40));
        let call = if eagi { asterisk.run_eagi(script) } else { asterisk.run(script) };
        assert_eq!(call.error(), None);
    }
}

#[test]
fn what_asterisk_does_not_stop_goes_on() {
    let (replies, call) = Asterisk::new().real_time().connect(|mut ends, _| {
        within(&mut ends, ms(200));
        ends.write_all(b"CONTROL STREAM FILE beep \"\"\n").unwrap();
        std::thread::sleep(ms(50));
        ends.write_all(b"NOOP\n").unwrap();
        within(&mut ends, ms(900))
    });
    assert!(replies.starts_with("200 result=0 endpos="), "{replies}");
    assert_eq!(replies.lines().count(), 2, "{replies}");
    assert_eq!(call.played()[0].heard, call.played()[0].length);
}
