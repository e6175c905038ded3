//! What the emulator has for many calls at once: nothing kept, an end in time, and commands out of place.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_network;

use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use agikit::emulator::{Address, Asterisk, Report, Seen};
use agikit::{RecordFile, StreamFile, Timeout};
use support_network::{call, limited, ms, server};

/// How often a command came before the reply to the one before it.
fn early(asterisk: Asterisk) -> (Asterisk, Receiver<()>) {
    let (sender, seen) = channel();
    let asterisk = asterisk.watch(move |_, what| {
        if *what == Seen::Early {
            sender.send(()).unwrap();
        }
    });
    (asterisk, seen)
}

#[test]
fn commands_out_of_place_are_seen() {
    for (lines, count) in [("NOOP\nNOOP\n", 1), ("NOOP\nNO", 1), ("NOOP\n", 0)] {
        let (asterisk, seen) = early(Asterisk::new());
        let (report, ()) = call(asterisk, move |mut line| {
            line.environment();
            line.send(lines);
            line.line();
        });
        assert_eq!((seen.try_iter().count(), report.overdue()), (count, false), "{lines:?}");
    }
}

#[test]
fn a_command_that_stops_another_is_in_its_place() {
    for clock in [Asterisk::new(), Asterisk::new().real_time()] {
        let (asterisk, seen) = early(clock);
        let report = asterisk.run(|agi| {
            agi.start(StreamFile::new("demo-congrats"))?.interrupt()?;
            agi.noop()
        });
        assert_eq!((report.error(), seen.try_iter().count()), (None, 0));
    }
}

#[test]
fn the_end_of_a_script_is_no_command() {
    let (asterisk, seen) = early(Asterisk::new());
    let (report, ()) = call(asterisk, |mut line| {
        line.environment();
        line.send("NOOP\n");
        line.close();
        line.rest();
    });
    assert_eq!((report.commands().len(), seen.try_iter().count()), (1, 0));
}

#[test]
fn nothing_is_kept_that_nobody_wants() {
    let report = Asterisk::new().forgetful().keys("1").silent().run(|agi| {
        agi.stream_file("beep")?;
        agi.stream_file("tt-weasels")?;
        agi.wait_for_digit(Timeout::FOREVER)?;
        agi.run(RecordFile::new("message", "wav", "#", Duration::from_secs(1)))?;
        agi.set_variable("DONE", "yes")
    });
    assert_eq!((report.error(), report.variable("DONE")), (None, Some("yes".into())));
    assert!(report.conversation().is_empty() && report.commands().is_empty());
    assert!(
        report.pressed().is_empty() && report.recorded().is_empty() && report.stray().is_empty()
    );
    assert!(report.played().len() <= 1);
}

/// A call that its server holds for too long.
fn held(asterisk: Asterisk, command: &'static str) -> Report {
    let (report, rest) = call(asterisk.within(ms(300)), move |mut line| {
        line.environment();
        line.send(command);
        line.rest()
    });
    assert!(rest.ends_with("HANGUP\n"), "{rest}");
    report
}

#[test]
fn a_call_ends_in_time() {
    for clock in [Asterisk::new(), Asterisk::new().real_time()] {
        let report = held(clock, "NOOP\n");
        assert!(report.overdue() && !report.silent());
        assert!(report.notes()[0].contains("longer than it may"), "{:?}", report.notes());
    }
    assert!(held(Asterisk::new().real_time(), "WAIT FOR DIGIT -1\n").overdue());
    assert!(held(Asterisk::new(), "").overdue());
    let (report, ()) = call(Asterisk::new().within(Duration::MAX), |_| ());
    assert!(!report.overdue());
}

#[test]
fn a_reset_is_known_from_an_end() {
    let (report, ()) = call(Asterisk::new(), |mut line| {
        line.environment();
        line.send("NOOP\n");
        // What is closed with something unread is reset.
        line.stream.peek(&mut [0]).unwrap();
    });
    assert!(report.broken());
    assert_eq!(report.agi_status(), Some("SUCCESS"));
    let (report, _) = call(Asterisk::new(), |mut line| {
        line.environment();
        line.ask("NOOP")
    });
    assert!(!report.broken());
}

#[test]
fn a_connection_may_be_there_already() {
    let (place, asked) = server(|mut line| line.environment());
    let stream = TcpStream::connect(&place).unwrap();
    let report = limited(|| Asterisk::new().fastagi_over(stream, "agi://elsewhere/a?b").unwrap());
    assert_eq!(report.agi_status(), Some("SUCCESS"));
    let environment = asked.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(environment.contains("agi_network_script: a?b\nagi_request: agi://elsewhere/a?b\n"));
    let address: Address = "agi://h:9/x".parse().unwrap();
    assert_eq!((address.host(), address.port()), ("h", 9));
    assert!("./agi".parse::<Address>().is_err());
}
