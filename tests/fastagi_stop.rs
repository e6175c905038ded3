//! How a FastAGI server ends: a process that gets signals while calls stand in all their phases.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::print_stdout, reason = "figures")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use support_fastagi::child::server;
use support_fastagi::{Caller, header};

#[test]
fn nothing_is_cut_before_the_deadline() {
    let server = server(&["calls=40", "grace=60000"]);
    let take = |mut caller: Caller, command: &str| {
        assert_eq!(caller.command(), command);
        caller
    };
    // In a command.
    let asked: Vec<Caller> =
        (0..10).map(|_| take(server.call("echo", &[]), "GET VARIABLE \"X\"")).collect();
    // Between two commands, and in a wait for the hangup.
    let between: Vec<Caller> = (0..10)
        .map(|_| {
            let mut caller = take(server.call("waits", &[]), "ANSWER");
            caller.reply("200 result=0");
            caller
        })
        .collect();
    // Half a header.
    let header = header("echo", &[]);
    let (first, second) = header.split_at(header.len() / 2);
    let halves: Vec<Caller> = (0..10)
        .map(|_| {
            let caller = server.connect();
            caller.send(first.as_bytes()).unwrap();
            caller
        })
        .collect();
    server.wait("headers", |count| count == 10);
    // Up to the last place, and behind it, in the listen queue.
    let more: Vec<Caller> =
        (0..20).map(|_| take(server.call("echo", &[]), "GET VARIABLE \"X\"")).collect();
    let queued: Vec<Caller> = (0..50).map(|_| server.call("echo", &[])).collect();
    // Just connected.
    let silent: Vec<Caller> = (0..10).map(|_| server.connect()).collect();
    server.wait("waiting", |count| count == 60);

    server.signal(Signal::SIGTERM);
    server.logs("calls go on");
    let address = server.address;
    let refused = TcpStream::connect(address).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    // What was told is what was accepted: 110 calls.
    assert_eq!(server.counter("accepted"), 110);

    for mut caller in between {
        caller.say("HANGUP");
        assert_eq!(caller.command(), "SET VARIABLE \"WAITED\" \"yes\"");
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "");
    }
    for caller in &halves {
        caller.send(second.as_bytes()).unwrap();
    }
    for caller in &silent {
        caller.send(header.as_bytes()).unwrap();
    }
    let finish = |caller: Caller| {
        let mut caller = caller;
        caller.reply("200 result=1 (7)");
        assert_eq!(caller.command(), "SET VARIABLE \"Y\" \"7\"");
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "");
    };
    asked.into_iter().chain(more).for_each(finish);
    thread::scope(|scope| {
        for (number, caller) in halves.into_iter().chain(queued).chain(silent).enumerate() {
            scope.spawn(move || caller.echo(number as u64));
        }
    });
    let (code, said, log) = server.end();
    assert_eq!((code, said.as_str()), (0, "Stopped { cut: 0, running: 0 }"), "{log}");
    assert!(log.contains("done 100, hung up 10, failed 0"), "{log}");
}

#[test]
fn what_outlasts_the_deadline_is_closed() {
    let server = server(&["grace=400", "calls=5"]);
    let mut held: Vec<Caller> = (0..5).map(|_| server.call("waits", &[])).collect();
    for caller in &mut held {
        assert_eq!(caller.command(), "ANSWER");
    }
    let queued: Vec<Caller> = (0..3).map(|_| server.call("echo", &[])).collect();
    let silent = server.connect();
    server.wait("waiting", |count| count == 4);
    let begin = Instant::now();
    server.signal(Signal::SIGTERM);
    for mut caller in held.into_iter().chain([silent]).chain(queued) {
        assert_eq!(caller.end(), "");
        assert!(begin.elapsed() >= Duration::from_millis(400));
    }
    let (code, said, log) = server.end();
    // The silent one was no call.
    assert_eq!((code, said.as_str()), (1, "Stopped { cut: 8, running: 0 }"), "{log}");
    assert!(log.contains("8 calls have not ended and are closed"), "{log}");
    assert!(log.contains("cut 8"), "{log}");
}

#[test]
fn a_second_signal_closes_at_once() {
    for (first, second, apart) in [
        (Signal::SIGTERM, Signal::SIGTERM, true),
        (Signal::SIGINT, Signal::SIGTERM, true),
        (Signal::SIGTERM, Signal::SIGINT, false),
    ] {
        let server = server(&["grace=600000"]);
        let mut caller = server.call("waits", &[]);
        assert_eq!(caller.command(), "ANSWER");
        server.signal(first);
        if apart {
            server.logs("1 calls go on");
            sleep(Duration::from_millis(50));
        }
        server.signal(second);
        assert_eq!(caller.end(), "");
        let (code, said, log) = server.end();
        assert_eq!((code, said.as_str()), (1, "Stopped { cut: 1, running: 0 }"), "{log}");
    }
}

#[test]
fn sigint_alone_lets_calls_end() {
    let server = server(&[]);
    let mut caller = server.call("echo", &[]);
    server.wait("active", |count| count == 1);
    server.signal(Signal::SIGINT);
    server.logs("1 calls go on");
    assert_eq!(caller.command(), "GET VARIABLE \"X\"");
    caller.reply("200 result=1 (1)");
    assert_eq!(caller.command(), "SET VARIABLE \"Y\" \"1\"");
    caller.reply("200 result=1");
    assert_eq!(server.end().0, 0);
}

/// Who answers and never reads holds his script up in the middle of a command.
#[test]
fn who_never_reads_is_closed_at_the_deadline() {
    let server = server(&["grace=300"]);
    let mut caller = server.call("talks", &[]);
    caller.command();
    thread::scope(|scope| {
        scope.spawn(|| {
            while caller.send(b"200 result=1\n").is_ok() {
                sleep(Duration::from_millis(1));
            }
        });
        let (mut before, mut now) = (0, 1);
        while before != now {
            sleep(Duration::from_millis(300));
            (before, now) = (now, server.counter("commands"));
        }
        assert!(now > 20, "{now} commands");
        println!("held up after {now} commands");
        let (code, said, log) = server.stop();
        assert_eq!((code, said.as_str()), (1, "Stopped { cut: 1, running: 0 }"), "{log}");
    });
}

/// Who keeps coming does not keep a server from its end.
#[test]
fn stops_though_callers_come_without_end() {
    let server = server(&["grace=600000"]);
    let address = server.address;
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    drop(TcpStream::connect(address));
                }
            });
        }
        server.wait("accepted", |count| count > 2000);
        let (code, _, log) = server.stop();
        ended.store(true, Ordering::Relaxed);
        assert_eq!(code, 0, "{log}");
    });
}

/// Whether something comes that is not the end.
fn is_served(socket: &TcpStream) -> bool {
    socket.peek(&mut [0]).is_ok_and(|count| count > 0)
}

/// The race of callers and SIGTERM: who was connected before it was sent gets his whole call. Who
/// connects behind it is served, refused, or, in the very moment in which the socket is closed, reset.
#[test]
fn who_connected_before_the_signal_is_served() {
    const ROUNDS: usize = 40;
    let (mut whole, mut refused, mut late) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let server = server(&["grace=60000"]);
        let address = server.address;
        let signalled = AtomicBool::new(false);
        let placed = AtomicU64::new(0);
        thread::scope(|scope| {
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let (mut whole, mut late) = (0_u64, 0_u64);
                        loop {
                            let Ok(socket) = TcpStream::connect(address) else {
                                return (whole, late);
                            };
                            let before = !signalled.load(Ordering::SeqCst);
                            let sent = (&socket).write_all(header("echo", &[]).as_bytes());
                            if before || sent.is_ok_and(|()| is_served(&socket)) {
                                Caller::over(socket).echo(whole);
                                whole += 1;
                                placed.fetch_add(1, Ordering::Relaxed);
                            } else {
                                late += 1;
                            }
                        }
                    })
                })
                .collect();
            while placed.load(Ordering::Relaxed) < 20 {
                thread::yield_now();
            }
            signalled.store(true, Ordering::SeqCst);
            server.signal(Signal::SIGTERM);
            for caller in callers {
                let (its, its_late) = caller.join().unwrap();
                whole += its;
                late += its_late;
                refused += 1;
            }
        });
        let (code, said, log) = server.end();
        assert_eq!((code, said.as_str()), (0, "Stopped { cut: 0, running: 0 }"), "{log}");
    }
    println!(
        "{ROUNDS} stops: {whole} whole calls, {refused} refused, {late} reset behind the signal"
    );
}
