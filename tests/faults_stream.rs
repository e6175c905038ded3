//! Every recorded session with a fault at every byte of Asterisk's side: it ends, it comes late and in pieces, the caller
//! hangs up. Each command is answered as without the fault, or told of the end; nothing hangs, nothing panics.
//!
//! In memory each byte meets an end and either a delay or a signal; over pipes and sockets each line's end does, and a
//! spread of bytes, and by a process of its own some of them.
//!
//! `AGIKIT_FAULTS=all cargo test --release --all-features --test faults_stream -- --nocapture` tries each fault at each position by
//! each way, and prints what came of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;
#[cfg(feature = "fastagi")]
#[path = "support_fastagi/mod.rs"]
mod support_fastagi;
mod support_faults;
mod support_process;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use std::os::unix::process::ExitStatusExt;
use support_faults::asterisk::{Came, Form, Played};
use support_faults::judge::{callers, ended, judge, left, looks_whole, positions, same};
use support_faults::memory::{Course, ENDS, End, Fault, play, reference};
use support_faults::tally::Tally;
use support_faults::ways::{as_file, by_process, over_pipes};
use support_faults::{is_all, sessions, takes_turn, watched};
use support_process::{empty_folder, program};

/// A session longer than this is played in parts, each byte of it once.
const PART: usize = 4;

/// Every recording as it goes without a fault.
fn all_played(network: bool) -> Vec<Arc<Played>> {
    let (all, files) = sessions::all();
    assert!(all.len() > 300 && files > 20, "{} sessions of {files} files", all.len());
    eprintln!("{} recorded sessions, from {files} files", all.len());
    let most = if is_all() { usize::MAX } else { PART };
    let parts = all.into_iter().flat_map(|one| one.parts(most));
    parts.map(|part| Arc::new(reference(part, network))).collect()
}

/// Does something to each, on two threads.
fn each(all: Vec<Arc<Played>>, body: impl Fn(&Arc<Played>) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    body(one);
                }
            });
        }
    });
}

/// Without a fault each command is answered what was recorded for it.
#[test]
fn every_session_is_what_was_recorded() {
    let mut commands = 0;
    for network in [false, true] {
        for played in all_played(network) {
            for (exchange, came) in played.recording.exchanges.iter().zip(&played.came) {
                let reply = exchange.reply.strip_suffix(b"\n").unwrap();
                let is_it = match came {
                    // GOSUB's first line, and the usage behind EXEC's, are no part of it.
                    Came::Answer(is) => reply.ends_with(is) || reply.starts_with(is),
                    Came::Refused(is) => reply == is,
                    Came::Hangup => reply.starts_with(b"511"),
                    Came::Broken | Came::Other(_) => false,
                };
                let (name, words) = (&played.recording.name, &exchange.words);
                let reply = reply.escape_ascii();
                assert!(is_it, "{name}: {words:?} was answered {reply}, and not {came:?}");
                commands += 1;
            }
        }
    }
    assert!(commands > 3000, "{commands}");
}

#[test]
fn an_end_at_every_byte() {
    watched(|| {
        let tally = Tally::default();
        each(all_played(false), |played| {
            for at in positions(played) {
                for (which, end) in ENDS.iter().enumerate() {
                    if !takes_turn(at, which, ENDS.len()) {
                        continue;
                    }
                    let course = play(played, Fault { end: Some((at, *end)), ..Fault::default() });
                    ended(played, &course, at, *end, &tally);
                }
            }
        });
        assert!(tally.tell("in process").runs > 50_000);
    });
}

#[test]
fn a_delay_or_a_signal_at_every_byte() {
    watched(|| {
        let (delays, signals) = (Tally::default(), Tally::default());
        each(all_played(false), |played| {
            for at in positions(played) {
                if takes_turn(at, 0, 2) {
                    delay(played, at, &delays);
                }
                if takes_turn(at, 1, 2) {
                    signal(played, at, &signals);
                }
            }
        });
        assert!(delays.tell("in process").runs > 40_000);
        assert!(signals.tell("in process").runs > 40_000);
    });
}

fn delay(played: &Arc<Played>, at: usize, tally: &Tally) {
    let course = play(played, Fault { delay: Some(at), ..Fault::default() });
    same(played, &course, looks_whole(played, at), || format!("a delay at {at}"));
    tally.add("delay and three EINTR", &course.came, course.begun);
}

fn signal(played: &Arc<Played>, at: usize, tally: &Tally) {
    let course = play(played, Fault { signal: Some(at), ..Fault::default() });
    let first = played.ends.partition_point(|&end| end < at);
    left(played, &course, first, looks_whole(played, at), &format!("signal at {at}"));
    tally.add("SIGHUP's flag", &course.came, course.begun);
}

#[test]
fn pieces_of_every_size() {
    watched(|| {
        let tally = Tally::default();
        for network in [false, true] {
            each(all_played(network), |played| {
                for size in (1..=12).filter(|size| takes_turn(*size, usize::from(network), 2)) {
                    let fault = Fault { piece: Some(size), network, ..Fault::default() };
                    let course = play(played, fault);
                    let all = 0..played.text.len();
                    let passes = all.step_by(size).any(|at| looks_whole(played, at));
                    same(played, &course, passes, || format!("in pieces of {size}"));
                    tally.add("in pieces of 1 to 12 bytes", &course.came, true);
                }
            });
        }
        assert!(tally.tell("in process").runs > 5_000);
    });
}

#[test]
fn a_hangup_line_at_every_place() {
    watched(|| {
        let tally = Tally::default();
        each(all_played(true), |played| {
            for (replies, &end) in played.ends[..callers(played)].iter().enumerate() {
                let whole = (0..=7).filter(|part| takes_turn(replies + end, *part, 8));
                let whole = whole.map(|part| (Form::Line, Some(end + part)));
                for (form, delay) in whole.chain([(Form::Line, None), (Form::Glued, None)]) {
                    let line = Some((replies, form));
                    let course =
                        play(played, Fault { line, delay, network: true, ..Fault::default() });
                    left(played, &course, replies, false, &format!("{line:?}, {delay:?}"));
                    tally.add("HANGUP between replies", &course.came, course.begun);
                }
            }
        });
        assert!(tally.tell("in process, over TCP").runs > 5_000);
    });
}

/// Where something goes wrong on real descriptors: at each line's end, and at each byte of a spread.
fn places(played: &Played, spread: usize) -> Vec<usize> {
    let is_one = |&at: &usize| is_all() || at % spread == 0 || played.text[..at].ends_with(b"\n");
    positions(played).filter(is_one).collect()
}

/// The faults at a place, of which each has its turn.
fn faults(at: usize, number: usize, network: bool) -> Vec<Fault> {
    let fault = Fault { network, ..Fault::default() };
    let all = [
        Fault { end: Some((at, End::Closed)), ..fault },
        Fault { end: Some((at, End::Gone)), ..fault },
        Fault { delay: Some(at), ..fault },
        Fault { signal: Some(at).filter(|_| !network), piece: Some(1 + at % 12), ..fault },
    ];
    let turns = (0..all.len()).filter(|which| takes_turn(number, *which, all.len()));
    turns.map(|which| all[which]).collect()
}

#[test]
fn over_real_pipes() {
    watched(|| {
        let tally = Tally::default();
        each(all_played(false), |played| {
            for (number, at) in places(played, 101).into_iter().enumerate() {
                for fault in faults(at, number, false) {
                    judge(played, &over_pipes(played, fault), fault, &tally);
                }
            }
        });
        assert!(tally.tell("pipes").runs > 1000);
    });
}

#[cfg(feature = "fastagi")]
#[test]
fn over_a_servers_socket() {
    use support_faults::ways::served;
    watched(|| {
        let (tally, server) = (Tally::default(), served::server());
        let at_once = Fault { network: true, ..Fault::default() };
        each(all_played(true), |played| {
            for (number, at) in places(played, 101).into_iter().enumerate() {
                for fault in faults(at, number, true) {
                    judge(played, &served::call(&server, played, fault), fault, &tally);
                }
            }
            for replies in 0..callers(played) {
                let fault = Fault { line: Some((replies, Form::Line)), ..at_once };
                let course = served::call(&server, played, fault);
                left(played, &course, replies, false, &format!("HANGUP behind {replies}"));
                tally.add("HANGUP", &course.came, true);
            }
        });
        assert!(tally.tell("a server's socket").runs > 2000);
        assert_eq!(server.stop().cut, 0);
    });
}

#[test]
fn by_a_process_of_its_own() {
    watched(|| {
        let (tally, folder) = (Tally::default(), empty_folder("faults"));
        let (program, files) = (program("faults-under-test"), AtomicUsize::new(0));
        let spread = if is_all() { 1 } else { 23 };
        each(all_played(false), |played| {
            let file = folder.join(files.fetch_add(1, Ordering::Relaxed).to_string());
            std::fs::write(&file, as_file(played)).unwrap();
            for at in places(played, 501).into_iter().filter(|at| at % spread == 0) {
                // One fault a place, each in its turn: a process takes as long as a hundred sessions in memory.
                let fault = turn(at);
                let mut command = Command::new(&program);
                command.arg(&file);
                let process = by_process(command, played, fault);
                let (name, errors) = (&played.recording.name, &process.errors);
                let begun = !process.came.is_empty();
                let course = Course {
                    begun,
                    refusal: None,
                    hung_up: true,
                    refused: process.refused,
                    came: process.came,
                };
                match (process.exit.code(), process.exit.signal()) {
                    (Some(0), _) => assert!(begun && errors.is_empty(), "{name}: {errors:?}"),
                    (Some(1), _) => {
                        let told = "agi environment: the input ended before the empty line";
                        assert!(errors[0].starts_with(told), "{name}: {errors:?}");
                    }
                    // Before it has begun.
                    (_, Some(1)) => {
                        assert!(fault.signal.is_some_and(|at| at <= played.ends[0]), "{name}");
                        tally.add("SIGHUP before it listens", &course.came, false);
                        continue;
                    }
                    other => panic!("{name}, {fault:?}: {other:?}, {errors:?}"),
                }
                judge(played, &course, fault, &tally);
            }
        });
        assert!(tally.tell("processes").runs > 100);
    });
}

fn turn(at: usize) -> Fault {
    let all = [
        Fault { end: Some((at, End::Closed)), ..Fault::default() },
        Fault { signal: Some(at), ..Fault::default() },
        Fault { end: Some((at, End::Gone)), ..Fault::default() },
        Fault { delay: Some(at), piece: Some(1 + at % 12), ..Fault::default() },
    ];
    all[at / 2 % all.len()]
}
