//! Stopping a command: the next reply is the next command's, whether or not the stopped one spoke.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use agikit::command::Interruptible;
use agikit::{
    Error, GetData, GetOption, Hangup, Result, SayAlpha, SayDigits, SayNumber, SayPhonetic,
    Session, StreamFile, WaitForDigit, Waited,
};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use support::socket::{call, echo};
use support::{ENVIRONMENT, watched};

/// Answers echoes, and `stopped` just before them; a NOOP by `200 result=0`, all else by nothing.
fn stops(stopped: &'static str) -> (Session, JoinHandle<Vec<String>>) {
    let mut running = false;
    call(move |far, line| {
        let reply = match (line, echo(line)) {
            ("NOOP", _) => "200 result=0\n".into(),
            (_, Some(echo)) if running => format!("{stopped}{echo}"),
            (_, Some(echo)) => echo,
            ("CHANNEL STATUS", _) => "200 result=6\n".into(),
            _ => String::new(),
        };
        running = reply.is_empty();
        far.write_all(reply.as_bytes()).unwrap();
    })
}

fn interrupted<C: Interruptible>(command: C, stopped: &'static str) -> Result<Option<C::Reply>> {
    let (mut agi, lines) = stops(stopped);
    let reply = agi.start(command).unwrap().interrupt();
    agi.noop().unwrap();
    drop(agi);
    assert_eq!(lines.join().unwrap().last().unwrap(), "NOOP");
    reply
}

/// EXEC's 1 makes a usage follow that answers nothing. Where it does not come, what comes is the stopped command's.
#[test]
fn a_usage_that_is_owed_and_does_not_come() {
    watched(|| {
        let mut stopped = "";
        let (mut agi, lines) = call(move |far, line| {
            let reply = match (line, echo(line)) {
                (line, _) if line.starts_with("EXEC") => "200 result=1\n".into(),
                (_, Some(echo)) => std::mem::take(&mut stopped).to_owned() + &echo,
                _ => {
                    stopped = "200 result=0 endpos=800\n";
                    String::new()
                }
            };
            far.write_all(reply.as_bytes()).unwrap();
        });
        assert_eq!(agi.exec("Odd", "").unwrap(), 1);
        let played = agi.start(StreamFile::new("long")).unwrap().interrupt().unwrap().unwrap();
        assert_eq!(played.endpos, 800);
        drop(agi);
        assert_eq!(lines.join().unwrap().len(), 3);
    });
}

#[test]
fn every_kind_is_aligned_whether_it_answers_or_not() {
    watched(|| {
        let forever = agikit::Timeout::FOREVER;
        assert_eq!(interrupted(StreamFile::new("long"), "").unwrap(), None);
        assert_eq!(interrupted(GetData::new("long"), "").unwrap(), None);
        assert_eq!(interrupted(SayNumber::new(7), "").unwrap(), None);
        assert_eq!(interrupted(SayDigits::new("7"), "").unwrap(), None);
        assert_eq!(interrupted(SayAlpha::new("7"), "").unwrap(), None);
        assert_eq!(interrupted(SayPhonetic::new("7"), "").unwrap(), None);
        let waited = interrupted(WaitForDigit::new(forever), "200 result=1\n").unwrap();
        assert_eq!(waited, Some(Waited::Interrupted));
        let option = interrupted(GetOption::new("long", "1"), "200 result=0 endpos=800\n").unwrap();
        assert_eq!(option.unwrap().digit, None);
        // It had ended by itself just before.
        let data = interrupted(GetData::new("long"), "200 result=42 (timeout)\n").unwrap();
        assert_eq!(data.unwrap().digits, "42");
        let played = interrupted(StreamFile::new("x"), "200 result=49 endpos=9\n").unwrap();
        assert_eq!(played.unwrap().digit, Some('1'));
    });
}

#[test]
fn what_it_answers_is_judged_as_ever() {
    watched(|| {
        let failed = interrupted(StreamFile::new("nosuch"), "200 result=-1 endpos=0\n");
        assert!(matches!(failed, Err(Error::Failed { .. })), "{failed:?}");
        let refused = interrupted(StreamFile::new("x"), "510 Invalid or unknown command\n");
        assert!(matches!(refused, Err(Error::Refused { code: 510, .. })), "{refused:?}");
        let odd = interrupted(StreamFile::new("x"), "200 result=?\n");
        assert!(matches!(odd, Err(Error::Protocol { .. })), "{odd:?}");
        // Stray lines around it belong to nothing.
        let data = interrupted(GetData::new("x"), "stray\n200 result=7\n").unwrap();
        assert_eq!(data.unwrap().digits, "7");
    });
}

#[test]
fn a_hangup_meanwhile_is_a_hangup() {
    watched(|| {
        let (mut agi, _lines) = call(|far, line| {
            let reply = match echo(line) {
                Some(echo) => format!("200 result=-1 endpos=0\n{echo}"),
                None if line == "CHANNEL STATUS" => "511 Command Not Permitted\n".into(),
                None => String::new(),
            };
            far.write_all(reply.as_bytes()).unwrap();
        });
        let stopped = agi.start(StreamFile::new("long")).unwrap().interrupt();
        assert!(matches!(stopped, Err(Error::Hangup)), "{stopped:?}");
        assert!(agi.is_hung_up());

        // Asterisk closes its side instead of answering.
        let (mut agi, _lines) = call(|far, line| {
            if echo(line).is_some() {
                far.shutdown(std::net::Shutdown::Both).unwrap();
            }
        });
        let stopped = agi.start(StreamFile::new("long")).unwrap().interrupt();
        assert!(matches!(stopped, Err(Error::Hangup)), "{stopped:?}");
    });
}

/// Asterisk as it reads: a read takes all lines that are there, one is run, and the next is looked for on the
/// descriptor alone. What lies in the buffer waits for something new to come. It begins late, and says for so long.
fn buffering(late: Duration, says: Duration) -> (Session, JoinHandle<()>) {
    let (near, mut far) = UnixStream::pair().unwrap();
    far.write_all(ENVIRONMENT.as_bytes()).unwrap();
    let asterisk = thread::spawn(move || {
        let mut buffer: Vec<u8> = Vec::new();
        let mut chunk = [0; 4096];
        thread::sleep(late);
        loop {
            let mut one = [PollFd::new(far.as_fd(), PollFlags::POLLIN)];
            poll(&mut one, PollTimeout::NONE).unwrap();
            if !buffer.contains(&b'\n') {
                match far.read(&mut chunk).unwrap() {
                    0 => return,
                    count => buffer.extend(&chunk[..count]),
                }
            }
            let end = buffer.iter().position(|&byte| byte == b'\n').unwrap();
            let line: Vec<u8> = buffer.drain(..=end).collect();
            let line = String::from_utf8(line).unwrap();
            match echo(line.trim_end()) {
                Some(echo) => far.write_all(echo.as_bytes()).unwrap(),
                None if line.starts_with("STREAM FILE") => {} // plays until something comes
                None => {
                    thread::sleep(if line.starts_with("SAY") { says } else { Duration::ZERO });
                    far.write_all(b"200 result=0\n").unwrap();
                }
            }
        }
    });
    (Session::begin(near, Hangup::new()).unwrap(), asterisk)
}

#[test]
fn a_line_that_lies_in_asterisks_buffer_is_pushed_through() {
    watched(|| {
        for late in [0, 1, 30, 90] {
            let (mut agi, asterisk) = buffering(Duration::from_millis(late), Duration::ZERO);
            assert!(agi.start(StreamFile::new("long")).unwrap().interrupt().unwrap().is_none());
            agi.noop().unwrap();
            let playing = agi.start(StreamFile::new("long")).unwrap();
            drop(playing);
            agi.resync().unwrap();
            agi.noop().unwrap();
            drop(agi);
            asterisk.join().unwrap();
        }
    });
}

/// The echoes that came while it went on lie in the buffer then, and are not waited for as long as it lasted.
#[test]
fn the_end_of_one_that_goes_on_is_seen_soon() {
    watched(|| {
        let (mut agi, _asterisk) = buffering(Duration::ZERO, Duration::from_millis(2600));
        let begin = Instant::now();
        assert_eq!(agi.start(SayNumber::new(1)).unwrap().interrupt().unwrap(), Some(None));
        assert!(begin.elapsed() < Duration::from_millis(4500), "{:?}", begin.elapsed());
        agi.noop().unwrap();
    });
}

/// EXEC's 1 brings a usage that answers nothing, and least of all the sound that is stopped then.
#[test]
fn a_usage_that_is_owed_answers_nothing() {
    const LINES: &str = "520-Invalid command syntax.  Proper usage follows:\nUsage: EXEC\n";
    watched(|| {
        for usage in [
            format!("{LINES}520 End of proper usage.\n"),
            format!("{LINES}        as above520 End of proper usage.\n"), // before 13.17
            "520 Invalid command syntax.  Proper usage not available.\n".to_owned(),
        ] {
            for (stopped, digit) in [("", None), ("200 result=49 endpos=8\n", Some('1'))] {
                let (mut agi, _lines) = call({
                    let usage = usage.clone();
                    move |far, line| {
                        let reply = match (line, echo(line)) {
                            (_, Some(echo)) => format!("{stopped}{echo}"),
                            ("NOOP", _) => usage.clone(),
                            _ if line.starts_with("EXEC") => format!("200 result=1\n{usage}"),
                            _ => String::new(),
                        };
                        far.write_all(reply.as_bytes()).unwrap();
                    }
                });
                assert_eq!(agi.exec("App", "").unwrap(), 1);
                let played = agi.start(StreamFile::new("long")).unwrap().interrupt().unwrap();
                assert_eq!(played.and_then(|played| played.digit), digit);
                // One that answers is taken for what it is, and not waited past.
                let refused = agi.noop();
                assert!(matches!(refused, Err(Error::Refused { code: 520, .. })), "{refused:?}");
            }
        }
    });
}

/// A command that nothing stops answers in its own time, and the session waits for it.
#[test]
fn one_that_goes_on_is_waited_for() {
    watched(|| {
        let mut held = Vec::new();
        let (mut agi, lines) = call(move |far, line| {
            if line == "NOOP" {
                return far.write_all(b"200 result=0\n").unwrap();
            }
            held.extend(echo(line));
            // The third echo that is pushed behind it finds it at its end.
            if held.len() == 3 {
                far.write_all(b"200 result=0\n").unwrap();
                far.write_all(held.concat().as_bytes()).unwrap();
                held.clear();
            }
        });
        let said = agi.start(SayNumber::new(1_000_000)).unwrap().interrupt().unwrap();
        assert_eq!(said, Some(None));
        agi.noop().unwrap();
        drop(agi);
        assert_eq!(lines.join().unwrap().len(), 5);
    });
}
