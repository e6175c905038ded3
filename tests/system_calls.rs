//! What a call costs in system calls, seen by strace on whole programs: a write and a read a command, and nothing else.
//!
//! Looked at are the programs as the tests have built them and, where `AGIKIT_STATIC` names it, the example `hello` as it is
//! built for agi-bin. Where strace is not installed, or may not look, all of it counts as ignored.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use support_process::{Call, call, empty_folder, program};

/// A whole environment block, in one piece as Asterisk sends it.
const ENVIRONMENT: &str = "agi_request: hello\nagi_channel: PJSIP/alice-0000002a\nagi_language: en\n\
    agi_type: PJSIP\nagi_uniqueid: 1795209041.8\nagi_version: 22.10.1\nagi_callerid: 0123456789\n\
    agi_calleridname: Alice\nagi_callingpres: 0\nagi_callingani2: 0\nagi_callington: 0\nagi_callingtns: 0\n\
    agi_dnid: 100\nagi_rdnis: unknown\nagi_context: default\nagi_extension: 100\nagi_priority: 1\n\
    agi_enhanced: 0.0\nagi_accountcode: \nagi_threadid: 140212345678912\nagi_arg_1: commands\n\n";

/// A program of nothing but `fn main() {}` has 370 KiB, two thirds of which Rust needs at a panic only.
const SIZE: u64 = 540 * 1024;

fn main() -> ExitCode {
    let looks = traced(Path::new("/dev/null"), Path::new("true"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !looks {
        eprintln!(
            "system_calls: skipped, strace does not run here (Debian: apt-get install strace)"
        );
    }
    let mut trials = Vec::new();
    let mut add = |name: &str, test: Box<dyn FnOnce() + Send>| {
        let test = move || caught(test);
        trials.push(Trial::test(name.to_owned(), test).with_ignored_flag(!looks));
    };
    add("hello: a write and a read a command", Box::new(|| hello(&program("hello"), "debug")));
    add("many commands: the same for each", Box::new(many_commands));
    if let Some(path) = env::var_os("AGIKIT_STATIC").map(PathBuf::from) {
        let hello_path = path.clone();
        add(
            "agi-bin's hello: a write and a read a command",
            Box::new(move || {
                hello(&hello_path, "static");
            }),
        );
        let all = path.clone();
        add(
            "agi-bin's hello: no system call without a reason",
            Box::new(move || start_and_end(&all)),
        );
        add("agi-bin's hello: small", Box::new(move || small(&path)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A panic is a failure with its words.
fn caught(test: impl FnOnce()) -> Result<(), Failed> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(test)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        Failed::from(text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panicked"))
    })
}

fn traced(to: &Path, program: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-q", "-o"]).arg(to).arg(program);
    strace.stdout(Stdio::piped()).stderr(Stdio::piped());
    // What a program reads itself, and what a library would at its start.
    for variable in ["AGIKIT_TRANSCRIPT", "LD_PRELOAD", "RUST_BACKTRACE"] {
        strace.env_remove(variable);
    }
    strace
}

/// The system calls of a whole call, in their order: name and what stands behind it. The program is answered by `peer`.
fn calls(program: &Path, test: &str, peer: impl FnOnce(&mut Call)) -> Vec<(String, String)> {
    let log = empty_folder(&format!("system-calls-{test}")).join("strace");
    let mut call = call(&mut traced(&log, program));
    call.say(ENVIRONMENT);
    peer(&mut call);
    let done = call.end();
    assert_eq!(done.status, Some(0), "{}", done.errors);
    let text = fs::read_to_string(&log).unwrap();
    let processes = text.lines().filter_map(|line| line.split(' ').next());
    assert_eq!(processes.collect::<std::collections::BTreeSet<_>>().len(), 1, "{text}");
    let seen = text.lines().filter_map(|line| {
        let (name, rest) = line.split_once(' ')?.1.trim_start().split_once('(')?;
        Some((name.to_owned(), rest.to_owned()))
    });
    seen.collect()
}

/// Their names from the first one that reads the environment to the last one that reads a reply.
fn conversation(calls: &[(String, String)]) -> Vec<&str> {
    let reads = |text: &str| {
        calls.iter().filter(|(name, _)| name == "read").any(|(_, it)| it.contains(text))
    };
    assert!(reads("agi_request: hello") && reads("200 result="), "{calls:?}");
    let first = calls.iter().position(|(_, rest)| rest.contains("\"agi_request: hello")).unwrap();
    let last = calls.iter().rposition(|(_, rest)| rest.contains("\"200 result=")).unwrap();
    calls[first..=last].iter().map(|(name, _)| name.as_str()).collect()
}

fn answer_hello(call: &mut Call) {
    call.answer("ANSWER", "200 result=0");
    call.answer("SAY ALPHA \"Hello World\" \"\"", "200 result=0");
}

/// One read for the environment, one look whether it ended too early; then a write and a read a command.
fn hello(program: &Path, test: &str) {
    let calls = calls(program, test, answer_hello);
    assert_eq!(conversation(&calls), ["read", "poll", "write", "read", "write", "read"]);
}

fn many_commands() {
    let calls = calls(&program("script-under-test"), "many", |call| {
        for number in 0..200 {
            let text = "x".repeat(number);
            call.answer(&format!("SET VARIABLE \"N\" \"{text}\""), "200 result=1");
            call.answer("STREAM FILE \"beep\" \"\"", "200 result=0 endpos=8000");
        }
    });
    let names = conversation(&calls);
    assert_eq!(names[..2], ["read", "poll"]);
    assert_eq!(names.len(), 2 + 2 * 2 * 200);
    assert!(names[2..].chunks(2).all(|two| two == ["write", "read"]), "{names:?}");
}

/// All of a static program's system calls. Rust's start and end are 15 of them, the C library's 2.
fn start_and_end(program: &Path) {
    let calls = calls(program, "all", answer_hello);
    let count = |name: &str| calls.iter().filter(|(it, _)| it.starts_with(name)).count();
    assert!(calls.len() <= 40, "{} in all: {calls:?}", calls.len());
    // No memory is asked for but the stack on which a stack's overflow is told, and no file is looked for.
    assert_eq!(
        (count("mmap"), count("brk"), count("open"), count("readlink")),
        (1, 0, 0, 0),
        "{calls:?}"
    );
}

fn small(program: &Path) {
    let size = fs::metadata(program).unwrap().len();
    assert!(size <= SIZE, "{size} bytes");
}
