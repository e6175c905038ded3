//! Scripts that have little memory and few descriptors: they do their work, or end and say why. And what none of them waits
//! by: a clock that may be set.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::path::Path;
use std::process::{Command, Stdio};

use support_process::{Call, Done, call, program};

/// The script, started by a shell's command line in which it is `"$0"`; the shell becomes the script.
fn start(line: &str) -> Call {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).arg(program("script-under-test")).env("RUST_BACKTRACE", "0");
    call(shell.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

#[track_caller]
fn ended(done: &Done, status: i32, errors: &str) {
    assert_eq!((done.status, done.errors.as_str()), (Some(status), errors));
    assert!(done.sent.is_empty(), "{:?}", done.sent);
}

/// With too few it says so and ends; with one more than that it does the more.
#[test]
fn few_descriptors() {
    const TOLD: &str = "Too many open files (os error 24)\n";
    let mut reached = 0;
    for most in 3..=12 {
        let mut call = start(&format!("ulimit -n {most} && exec \"$0\""));
        let _ = call.offer("agi_request: script\nagi_arg_1: between\n\n");
        let mut stage = 0;
        if let Some(line) = call.try_command() {
            assert_eq!(line, "ANSWER");
            call.say("200 result=0\n");
            call.hang_up();
            stage = 1;
            // The hangup's pipe, where it was not there already, is one more.
            if let Some(line) = call.try_command() {
                call.say("200 result=1\n");
                // It may say so before the hangup reaches it: then Asterisk's console is told, too.
                if line != format!(r#"VERBOSE "{}" 1"#, TOLD.trim_end()) {
                    assert_eq!(line, r#"SET VARIABLE "REFUSED" "yes""#);
                    stage = 2;
                }
            }
        }
        assert!(stage >= reached, "with {most}: {stage} after {reached}");
        reached = stage;
        let done = call.end();
        match stage {
            2 => ended(&done, 0, ""),
            // 127 is the loader's.
            _ => {
                assert!(matches!(done.status, Some(1 | 127)), "with {most}: {:?}", done.status);
                let is_told = done.errors.ends_with(TOLD) || done.errors.contains("Error 24");
                assert!(is_told, "with {most}: {}", done.errors);
            }
        }
    }
    assert_eq!(reached, 2);
}

/// A script under a limit of memory: whether it did its work. Otherwise it has ended, and said why, if it was begun.
fn worked_within(kilobytes: u32, line: &str, begin: impl FnOnce(&mut Call) -> bool) -> bool {
    let mut call = start(&format!("ulimit -v {kilobytes} && {line}"));
    let worked = begin(&mut call);
    let done = call.end();
    let told = done.errors.as_str();
    match done.status {
        Some(1) if worked => assert_eq!(told, "script: no tariff: the table is locked\n"),
        // The loader could not map a library.
        Some(126 | 127) => assert!(told.contains("script-under-test"), "{kilobytes} kB: {told}"),
        // Without memory for a guard page, a stack or a handler of its own Rust gives up before `main`.
        None | Some(1 | 101 | 134) if !worked => {
            let early = done.status.is_none() && kilobytes < 4000;
            assert!(early || !told.is_empty(), "{kilobytes} kB: nothing was told");
        }
        other => panic!("{kilobytes} kB: {other:?}, {told}"),
    }
    worked
}

#[test]
fn little_memory() {
    let begin = |call: &mut Call| {
        let _ = call.offer("agi_request: script\nagi_arg_1: fails\n\n");
        let line = call.try_command();
        if let Some(line) = &line {
            assert_eq!(line, r#"VERBOSE "no tariff: the table is locked" 1"#);
            call.say("200 result=1\n");
        }
        line.is_some()
    };
    let worked: Vec<bool> = (1000..8000)
        .step_by(200)
        .chain([40_000])
        .map(|kilobytes| worked_within(kilobytes, "exec \"$0\"", begin))
        .collect();
    assert!(worked.first() == Some(&false) && worked.last() == Some(&true), "{worked:?}");
}

/// Its buffer cannot grow: the process ends and says so, and does not wait for what it cannot take.
#[test]
fn a_long_reply_in_little_memory() {
    let mut aborted = 0;
    for kilobytes in (5400..12_000).step_by(600) {
        let mut call = start(&format!("ulimit -v {kilobytes} && exec \"$0\""));
        let _ = call.offer("agi_request: script\nagi_arg_1: child-reads\n\n");
        if call.try_command().is_some() {
            let _ = call.offer(&format!("200 result=1 ({})\n", "x".repeat(1_000_000)));
            while let Some(line) = call.try_command() {
                let mark =
                    line.strip_prefix("GET FULL VARIABLE \"").map(|it| it.trim_end_matches('"'));
                let _ = call.offer(&format!("200 result=1 ({})\n", mark.unwrap_or_default()));
            }
        }
        let done = call.end();
        match done.status {
            Some(1) => assert!(done.errors.starts_with("script: V0 is xxx"), "{kilobytes} kB"),
            // SIGABRT.
            None => {
                let told = done.errors.starts_with("memory allocation of ");
                assert!(told, "{kilobytes} kB: {:.200}", done.errors);
                aborted += 1;
            }
            other => panic!("{kilobytes} kB: {other:?}, {:.200}", done.errors),
        }
    }
    assert!(aborted > 0);
}

/// Only what is shown or written somewhere is the time of day. Waits and time limits use `Instant`, which nobody can set.
#[test]
fn no_wait_reads_a_clock_that_may_be_set() {
    const TIME_OF_DAY: [(&str, &str); 4] = [
        ("src/emulator/channel.rs", "when a call began, for its dialplan's STRFTIME and EPOCH"),
        ("bin/agikit/load/own.rs", "the name of a call"),
        ("bin/agikit/install/put.rs", "when a program was installed"),
        ("bin/agikit/record/file.rs", "the name of a file"),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut found, mut files) = (vec![root.join("src"), root.join("bin")], vec![], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let clocks = ["SystemTime::now", "Timestamp::now", "Zoned::now", "clock_gettime"];
                if code.flat_map(|line| clocks.map(|it| line.contains(it))).any(|it| it) {
                    found.push(path.strip_prefix(root).unwrap().display().to_string());
                }
            }
        }
    }
    found.sort();
    let mut listed = TIME_OF_DAY.map(|(file, _)| file);
    listed.sort_unstable();
    assert_eq!(found, listed, "who else reads a clock that may jump, and why?");
    assert!(files > 200, "{files}");
}
