//! Servers that are not there, say nothing, read nothing, or send what is no line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_network;

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Report, Seen, Version};
use support_network::{Line, call, limited, ms};

fn asterisk() -> Asterisk {
    Asterisk::new().patience(Duration::from_secs(10))
}

fn is_noted(report: &Report, part: &str) -> bool {
    report.notes().iter().any(|note| note.contains(part))
}

#[test]
fn a_server_that_is_not_there_is_a_failure() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let refused = nobody.clone();
    for (address, why) in [
        (format!("agi://{nobody}/x?secret=1"), refused.as_str()),
        ("agi://host.invalid/x?secret=1".to_owned(), "host.invalid"),
        ("agi://:4573/x".to_owned(), "no host"),
        ("agi://127.0.0.1:agi/x".to_owned(), "no port"),
        ("hagi://example.org/x".to_owned(), "agi://HOST:PORT"),
    ] {
        let typed = address.clone();
        let report = limited(move || asterisk().variable("KEPT", "yes").agi(&typed).unwrap());
        assert_eq!(report.agi_status(), Some("FAILURE"), "{address}");
        assert_eq!(report.variable("AGISTATUS"), Some("FAILURE".into()));
        assert_eq!(report.variable("KEPT"), Some("yes".into()));
        assert!(!report.started() && is_noted(&report, why), "{address}: {:?}", report.notes());
        assert!(!is_noted(&report, "secret"), "{:?}", report.notes());
        assert!(report.conversation().is_empty() && report.exit().is_none());
    }
}

#[test]
fn what_is_no_address_is_no_call() {
    for text in ["127.0.0.1:4573", "http://127.0.0.1/", "", "agi:async"] {
        let error = asterisk().fastagi(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        assert!(error.to_string().contains("agi://127.0.0.1:4573/"), "{error}");
    }
}

#[test]
fn eagi_calls_no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let report = asterisk().eagi(format!("Agi://{}/", listener.local_addr().unwrap())).unwrap();
    assert_eq!((report.agi_status(), report.started()), (Some("FAILURE"), false));
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_server_may_close_at_once() {
    let (report, ()) = call(asterisk(), drop);
    assert_eq!((report.agi_status(), report.started()), (Some("SUCCESS"), true));
    // What it has not read makes its end a reset.
    let (report, ()) = call(asterisk(), |mut line| {
        line.line();
        line.send("VERBOSE x\n");
    });
    assert_eq!((report.agi_status(), report.notes()), (Some("SUCCESS"), &[][..]));
}

#[test]
fn a_silent_server_is_given_up() {
    let (report, seen) = call(asterisk().patience(ms(300)), |mut line| {
        line.environment();
        line.rest()
    });
    // The caller hangs up, it is told, and after the same time it is over.
    assert_eq!(seen, "HANGUP\n");
    assert!(report.silent() && report.outlived(), "{:?}", report.notes());
    assert_eq!(report.agi_status(), Some("HANGUP"));
    assert!(is_noted(&report, "the server did not end the call"), "{:?}", report.notes());
}

#[test]
fn a_server_that_keeps_the_call_is_given_up() {
    let (report, seen) = call(asterisk().patience(ms(300)).hang_up_during(1), |mut line| {
        line.environment();
        line.send("WAIT FOR DIGIT -1\n");
        line.rest()
    });
    assert_eq!(seen, "200 result=-1\nHANGUP\n");
    assert!(report.outlived() && !report.silent(), "{:?}", report.notes());
    assert_eq!(report.agi_status(), Some("HANGUP"));
}

#[test]
fn failure_ends_the_session() {
    let (report, seen) = call(asterisk(), |mut line| {
        line.environment();
        line.send("Failure of it all\n");
        line.rest()
    });
    assert_eq!((seen.as_str(), report.agi_status()), ("HANGUP\n", Some("FAILURE")));
    assert!(report.started() && !report.outlived());
}

#[test]
fn lines_come_in_pieces() {
    let (report, seen) = call(asterisk(), |mut line| {
        line.environment();
        for piece in ["SET VARI", "ABLE PIECES ", "to", "gether\nNO"] {
            line.send(piece);
            sleep(ms(20));
        }
        let seen = line.line();
        line.send("OP"); // and no line feed: the end is as good
        line.close();
        seen + &line.rest()
    });
    assert_eq!(report.variable("PIECES"), Some("together".into()));
    assert_eq!(seen, "200 result=1\n200 result=0\nHANGUP\n");
    assert_eq!(report.agi_status(), Some("SUCCESS"));
    // One that never ends holds Asterisk up.
    let (report, _) = call(asterisk().patience(ms(300)), |mut line| {
        line.environment();
        line.send("NOO");
        line.rest()
    });
    assert!(report.outlived() && is_noted(&report, "does not end it"), "{:?}", report.notes());
    assert_eq!(report.agi_status(), Some("FAILURE"));
}

#[test]
fn a_nul_hides_the_end_of_its_line() {
    let (report, seen) = call(asterisk(), |mut line| {
        line.environment();
        let mut seen = line.ask("NOOP\0x\nNOOP");
        seen += &line.ask("\0all of this\n\0\nNOOP");
        seen += &line.ask("SET VARIABLE A b\0\n\0c\nd\0e\n");
        line.send("SET VARIABLE LAST one\0 more\n");
        line.close();
        seen + &line.rest()
    });
    assert_eq!(report.stray(), [b"NOOPNOOP"]);
    assert_eq!(report.variable("A"), Some("bd".into()));
    assert_eq!(report.variable("LAST"), Some("one".into()));
    let unknown = "510 Invalid or unknown command\n";
    assert_eq!(seen, format!("{unknown}200 result=0\n200 result=1\n200 result=1\nHANGUP\n"));
}

#[test]
fn lines_that_are_too_long_become_several() {
    for (version, buffer) in [(Version::V16, 2048), (Version::V22, 8192)] {
        let (report, ()) = call(asterisk().version(version), move |mut line| {
            line.environment();
            let fits = format!("SET VARIABLE FITS {}", "a".repeat(buffer - 2 - 18));
            assert_eq!(line.ask(&fits), "200 result=1\n");
            // One byte more: the line feed is a line of its own.
            assert_eq!(line.ask(&format!("{fits}a")), "200 result=1\n");
            assert_eq!(line.ask("NOOP"), "510 Invalid or unknown command\n");
            assert_eq!(line.line(), "200 result=0\n");
            // What was hidden takes no room.
            let hidden = format!("SET VARIABLE HIDDEN x\0{}", "b".repeat(buffer - 23));
            assert_eq!(line.ask(&format!("{hidden}yz")), "200 result=1\n");
        });
        assert_eq!(report.variable("FITS").unwrap().as_bytes().len(), buffer - 1 - 18);
        assert_eq!(report.variable("HIDDEN"), Some("xyz".into()));
    }
}

/// Asks for 8,000 bytes so often without reading, which no connection holds, until the emulator has said this.
fn flood(line: &mut Line, count: usize, said: &Receiver<()>) {
    line.environment();
    line.ask(&format!("SET VARIABLE LONG {}", "x".repeat(8000)));
    line.send("GET FULL VARIABLE ${LONG}\n".repeat(count));
    said.recv_timeout(Duration::from_secs(60)).unwrap();
}

/// Tells when a note with these words is made.
fn watched(asterisk: Asterisk, words: &'static str) -> (Asterisk, Receiver<()>) {
    let (sender, said) = channel();
    let asterisk = asterisk.watch(move |_, seen| {
        if matches!(seen, Seen::Note(note) if note.contains(words)) {
            let _ = sender.send(());
        }
    });
    (asterisk, said)
}

#[test]
fn a_server_that_reads_too_late_loses_replies() {
    const COUNT: usize = 2500;
    let (prepared, said) = watched(asterisk(), "did not read for 0.1 s");
    let (report, seen) = call(prepared, move |mut line| {
        flood(&mut line, COUNT, &said);
        line.close();
        line.rest()
    });
    let whole = seen.lines().filter(|line| line.len() == "200 result=1 ()".len() + 8000).count();
    assert!((10..COUNT).contains(&whole), "{whole}");
    assert!(seen.ends_with("HANGUP\n"));
    assert_eq!(report.agi_status(), Some("SUCCESS"));
}

#[test]
fn a_server_that_never_reads_is_given_up() {
    let (prepared, said) = watched(asterisk().patience(ms(500)), "did not end the call");
    let (report, ()) = call(prepared, move |mut line| flood(&mut line, 5000, &said));
    assert!(is_noted(&report, "did not read for 0.1 s"), "{:?}", report.notes());
    assert!(report.outlived() && report.agi_status() == Some("FAILURE"), "{:?}", report.notes());
}

#[test]
fn somebody_may_be_in_a_hurry() {
    let mut prepared = asterisk();
    let telephone = prepared.telephone().unwrap();
    let (report, seen) = call(prepared, move |mut line| {
        line.environment();
        line.send("STREAM FILE demo-congrats \"\"\n");
        telephone.end();
        line.rest()
    });
    assert!(!seen.contains("200"), "{seen}");
    assert!(report.agi_status().is_some() && !report.outlived(), "{:?}", report.notes());
}

#[test]
fn nobody_waits_for_a_server_that_has_left() {
    let began = Instant::now();
    let (report, ()) = call(asterisk().real_time().hang_up_at(ms(0)), |mut line| {
        line.environment();
        line.send("EXEC Wait 1e15\nNOOP\n");
    });
    assert_eq!(report.agi_status(), Some("HANGUP"));
    assert!(began.elapsed() < Duration::from_secs(30));
}
