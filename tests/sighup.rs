//! SIGHUP, really raised. It reaches the whole process, so these tests run one after another.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use agikit::{Error, Hangup, Session};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::SIGHUP;
use signal_hook::low_level::raise;
use support::captures::command_of;
use support::{Asterisk, ENVIRONMENT, assert_aligned, samples, watched};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn sighup_before_every_command() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    watched(|| {
        for index in 0..samples::ALL.len() {
            let asterisk = Asterisk::new(ENVIRONMENT, |line: &[u8]| {
                Some(format!("{}\n", samples::sample(command_of(line)).reply).into_bytes())
            });
            let mut session = asterisk.begin_with(Hangup::on_sighup().unwrap()).unwrap();
            for (number, sample) in samples::ALL.iter().enumerate() {
                if number == index {
                    raise(SIGHUP).unwrap();
                    assert!(session.is_hung_up());
                }
                let before = asterisk.writes().len();
                let result = (sample.run)(&mut session);
                if number < index || sample.dead() {
                    result.unwrap();
                    assert_eq!(asterisk.writes().len(), before + 1, "{}", sample.words);
                } else {
                    assert!(matches!(result, Err(Error::Hangup)), "{}", sample.words);
                    assert_eq!(asterisk.writes().len(), before, "{}", sample.words);
                }
            }
            assert_aligned(&mut session);
        }
    });
}

/// Asterisk signals behind the running command's reply; the script may see it before. The reply counts.
#[test]
fn a_signal_while_a_reply_is_waited_for() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    watched(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let peer = std::thread::spawn(move || {
            let mut lines = BufReader::new(theirs.try_clone().unwrap()).lines();
            let mut writer = theirs;
            writer.write_all(ENVIRONMENT.as_bytes()).unwrap();
            assert_eq!(lines.next().unwrap().unwrap(), "STREAM FILE \"f\" \"\"");
            raise(SIGHUP).unwrap();
            writer.write_all(b"200 result=49 endpos=800\n").unwrap();
            assert_eq!(lines.next().unwrap().unwrap(), "NOOP");
            writer.write_all(b"200 result=0\n").unwrap();
            lines.next().is_none()
        });
        let mut session = Session::begin(ours, Hangup::on_sighup().unwrap()).unwrap();
        assert_eq!(session.stream_file("f").unwrap().digit, Some('1'));
        assert!(session.is_hung_up());
        assert!(matches!(session.stream_file("f"), Err(Error::Hangup)));
        session.noop().unwrap();
        drop(session);
        assert!(peer.join().unwrap(), "nothing else was sent");
    });
}

#[test]
fn a_wait_ends_with_the_signal() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    watched(|| {
        for round in 0..50 {
            let hangup = Hangup::on_sighup().unwrap();
            let waiter = std::thread::spawn({
                let hangup = hangup.clone();
                move || hangup.wait(None).unwrap()
            });
            // Before, while and after the other thread makes its pipe.
            for _ in 0..round * 20 {
                std::hint::spin_loop();
            }
            raise(SIGHUP).unwrap();
            assert!(waiter.join().unwrap());
            assert!(hangup.wait(Some(Duration::ZERO)).unwrap());
        }
    });
}

#[test]
fn the_descriptor_becomes_readable_and_stays_so() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let hangup = Hangup::on_sighup().unwrap();
    let ready = |hangup: &Hangup| {
        poll(&mut [PollFd::new(hangup.descriptor().unwrap(), PollFlags::POLLIN)], PollTimeout::ZERO)
    };
    let deaf = Hangup::new();
    assert_eq!((ready(&hangup), ready(&deaf)), (Ok(0), Ok(0)));
    for _ in 0..3 {
        raise(SIGHUP).unwrap();
        assert_eq!((ready(&hangup), ready(&hangup.clone())), (Ok(1), Ok(1)));
    }
    assert!(!deaf.is_raised(), "it does not listen to the signal");
    assert_eq!(ready(&deaf), Ok(0));
}
