//! What scripts do to their server: panic, loop, sleep, leave things behind, keep silent; and what many calls leave.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::print_stdout, reason = "figures")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::Signal;
use support_fastagi::child::{Server, program, server};
use support_fastagi::{LIMIT, serve};

#[test]
fn panics_end_their_own_call() {
    let server = server(&["calls=4"]);
    // More than there are places: each is given back.
    for number in 0..10 {
        let mut caller = server.call("panics", &[]);
        assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"FAILURE\"");
        caller.reply("200 result=1");
        assert_eq!(caller.command(), "VERBOSE \"fastagi: the script panicked: oh dear\" 1");
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "failure\n");
        // Its error panics when it is shown.
        assert_eq!(server.call("shows", &[]).end(), "");
        server.call("echo", &[]).echo(number);
    }
    server.wait("panicked", |count| count == 20);
    let (code, _, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("failed: the script panicked: oh dear"), "{log}");
    assert!(log.contains("panicked behind its script"), "{log}");
}

#[test]
fn an_error_is_one_line() {
    let server = server(&[]);
    let mut caller = server.call("fails/no%20account%0aERROR%1b[2J", &[]);
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"FAILURE\"");
    caller.reply("200 result=1");
    assert_eq!(caller.command(), "VERBOSE \"fastagi: no account ERROR [2J\" 1");
    caller.reply("200 result=1");
    assert_eq!(caller.end(), "failure\n");
    server.logs("call 0 failed: no account ERROR [2J\n");
    let mut caller = server.call(&format!("fails/{}", "x".repeat(20_000)), &[]);
    caller.command();
    server.logs("call 1 failed: xxx");
    let (_, _, log) = server.stop();
    assert!(log.lines().all(|line| line.len() < 5000));
}

#[test]
fn the_log_has_neither_arguments_nor_queries() {
    let server = server(&["secret=sesame"]);
    let arguments = ["0171234567", "4711", "sesame"];
    server.call("echo?card=4012888888881881", &arguments).echo(1);
    for (path, arguments) in [
        ("fails/why?card=4012888888881881", &arguments[..]),
        ("nowhere?card=4012888888881881", &arguments),
        ("panics?card=4012888888881881", &arguments),
        ("echo?card=4012888888881881", &["0171234567", "sesam"]),
    ] {
        let mut caller = server.call(path, arguments);
        assert!(caller.command().starts_with("SET VARIABLE \"FASTAGI_STATUS\""));
        caller.reply("200 result=1");
        assert!(caller.command().starts_with("VERBOSE"));
        caller.reply("200 result=1");
        caller.end();
    }
    // The connection ends in the middle of a call.
    server.call("echo?card=4012888888881881", &arguments).command();
    let (_, _, log) = server.stop();
    for there in ["/nowhere", "failed: why", "panicked", "secret"] {
        assert!(log.contains(there), "{there}: {log}");
    }
    for secret in ["0171234567", "4711", "sesam", "card", "40128"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn calls_are_recorded_for_their_owner_only() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fastagi-recorded");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(program());
    let server = Server::start(command.arg("secret=sesame").env("AGIKIT_TRANSCRIPT", &folder));
    server.call("echo", &["sesame"]).echo(7);
    let mut caller = server.call("echo", &["guess"]);
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"DENIED\"");
    drop(caller);
    assert_eq!(server.stop().0, 0);
    let read = |name: &str| {
        let file = folder.join(name);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::read_to_string(file).unwrap()
    };
    let whole = read("fastagi-1767225600.1.agi");
    // As it says: all of it.
    for part in ["agi_arg_1: sesame", "> SET VARIABLE \"Y\" \"7\"", "\n= 0\n"] {
        assert!(whole.contains(part), "{part}: {whole}");
    }
    assert!(read("fastagi-1767225600.1-2.agi").contains("DENIED"));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_script_that_loops_for_ever_after_the_hangup() {
    let server = server(&["grace=300", "calls=2"]);
    let mut caller = server.call("loops", &[]);
    caller.command();
    caller.reply("200 result=0");
    caller.say("HANGUP");
    drop(caller);
    for number in 0..5 {
        server.call("echo", &[]).echo(number);
    }
    let (code, said, log) = server.stop();
    assert_eq!((code, said.as_str()), (1, "Stopped { cut: 1, running: 1 }"), "{log}");
    assert!(log.contains("1 scripts did not end with their calls"), "{log}");
}

#[test]
fn a_script_that_sleeps_keeps_its_place_and_no_other() {
    let server = server(&["calls=2"]);
    let mut sleeper = server.call("sleeps", &[]);
    sleeper.command();
    sleeper.reply("200 result=0");
    server.call("echo", &[]).echo(1);
    sleeper.say("HANGUP");
    server.signal(Signal::SIGTERM);
    assert_eq!(sleeper.command(), "SET VARIABLE \"SLEPT\" \"yes\"");
    sleeper.reply("200 result=1");
    assert_eq!(sleeper.end(), "");
    let (code, _, log) = server.end();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn what_a_script_leaves_to_others_does_not_hold_the_call() {
    let server = server(&[]);
    let mut caller = server.call("leaves", &[]);
    assert_eq!(caller.command(), "ANSWER");
    caller.reply("200 result=0");
    // The other thread still has the hangup's flag.
    assert_eq!(caller.end(), "");
    server.logs("the other thread heard of it: Ok(true), soon: true");
    assert_eq!(server.stop().0, 0);
}

#[test]
fn idle_is_the_script_never_a_command() {
    let server = server(&["idle=300"]);
    let mut caller = server.call("quiet", &[]);
    assert_eq!(caller.command(), "ANSWER");
    sleep(Duration::from_millis(2500));
    caller.reply("200 result=0");
    assert_eq!(caller.command(), "STREAM FILE \"long\" \"\"");
    // Something is read, but the command still runs.
    caller.reply("100 Trying");
    sleep(Duration::from_millis(2500));
    caller.reply("200 result=0 endpos=800");
    // Now it is the script that is silent: for a minute, if it may.
    assert_eq!(caller.end(), "");
    server.wait("idle", |count| count == 1);
    let (code, _, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("was closed: Idle"), "{log}");
}

#[test]
fn many_calls_leave_nothing() {
    let server = server(&[]);
    let (descriptors, mut after) = (server.descriptors(), Vec::new());
    for round in 1..=2 {
        for number in 0..1000 {
            server.call("echo", &["an argument"]).echo(number);
            if number % 100 == 0 {
                // This one makes the hangup's pipe.
                let mut caller = server.call("waits", &[]);
                caller.command();
                caller.reply("200 result=0");
                caller.say("HANGUP");
                assert_eq!(caller.command(), "SET VARIABLE \"WAITED\" \"yes\"");
                caller.reply("200 result=1");
                assert_eq!(caller.end(), "");
            }
        }
        server.rests(descriptors);
        after.push(server.status("VmRSS"));
        println!("after {} calls: {} kB", round * 1010, after[round - 1]);
    }
    // The allocator may keep a little for each of the threads that it has seen.
    assert!(after[1] < after[0] + 1024, "memory: {after:?}");
    assert_eq!(server.counter("accepted"), 2020);
    assert_eq!(server.stop().0, 0);
}

#[test]
fn hangup_lines_wherever_they_stand() {
    let served = serve(
        |server| server,
        |agi| {
            for number in 0..3 {
                // GET VARIABLE runs after the hangup, too.
                let value = agi.get_variable(&format!("V{number}"))?.unwrap_or_default();
                assert_eq!(value.as_bytes(), format!("{number}").as_bytes());
            }
            agi.set_variable("HUNG_UP", if agi.is_hung_up() { "yes" } else { "no" })
        },
    );
    let whole =
        "HANGUP\n200 result=1 (0)\nHANGUP\nHANGUP\n200 result=1 (1)\n200 result=1 (2)\nHANGUP\n";
    let replies: Vec<usize> = whole.match_indices(")\n").map(|(at, _)| at + 2).collect();
    for cut in 1..whole.len() {
        let mut caller = served.call("", &[]);
        let mut from = 0;
        for (number, &to) in replies.iter().enumerate() {
            assert_eq!(caller.command(), format!("GET VARIABLE \"V{number}\""), "{cut}");
            let to = if number == 2 { whole.len() } else { to };
            for piece in [from..cut.clamp(from, to), cut.clamp(from, to)..to] {
                if !piece.is_empty() {
                    caller.send(&whole.as_bytes()[piece]).unwrap();
                    sleep(Duration::from_micros(300));
                }
            }
            from = to;
        }
        let mut command = caller.command();
        if let Some(mark) = command.strip_prefix("GET FULL VARIABLE \"") {
            // Half a line behind a value: it may be a part of that.
            caller.reply(&format!("200 result=1 ({})", mark.trim_end_matches('"')));
            command = caller.command();
        }
        assert_eq!(command, "SET VARIABLE \"HUNG_UP\" \"yes\"", "{cut}");
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "");
    }
    assert_eq!(served.stop().cut, 0);
}

#[test]
fn a_hangup_in_two_pieces() {
    let served = serve(
        |server| server,
        |agi| {
            agi.answer()?;
            let hung_up = agi.hangup_flag().wait(Some(LIMIT)).unwrap();
            agi.set_variable("HUNG_UP", if hung_up { "yes" } else { "no" })
        },
    );
    for cut in 0..6 {
        let mut caller = served.call("", &[]);
        assert_eq!(caller.command(), "ANSWER");
        // The first one is read with the reply.
        let (first, second) = "HANGUP\n".split_at(cut);
        caller.send(format!("200 result=0\n{first}").as_bytes()).unwrap();
        sleep(Duration::from_millis(30));
        caller.send(second.as_bytes()).unwrap();
        assert_eq!(caller.command(), "SET VARIABLE \"HUNG_UP\" \"yes\"", "{cut}");
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "");
    }
}
