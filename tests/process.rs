//! A script as a process, with real pipes and signals: what it prints, what its children do, how it ends.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use support_process::{Call, Done, call, empty_folder, program, run};

const SCRIPT: &str = "script-under-test";

/// Begins a call whose script behaves like this.
fn begin(scenario: &str) -> Call {
    let mut call =
        call(Command::new(program(SCRIPT)).stdout(Stdio::piped()).stderr(Stdio::piped()));
    call.begin(scenario);
    call
}

/// Gives each value that is asked for its number: only if all is aligned does the script take it.
fn count(call: &mut Call, numbers: std::ops::Range<u32>) {
    for number in numbers {
        call.answer(&format!(r#"GET VARIABLE "V{number}""#), &format!("200 result=1 ({number})"));
    }
}

#[track_caller]
fn ended(done: &Done, status: i32) {
    assert_eq!(done.status, Some(status), "{}", done.errors);
    assert!(done.sent.is_empty(), "{:?}", done.sent);
}

#[test]
fn prints_are_no_commands() {
    let mut call = begin("prints");
    count(&mut call, 0..100);
    let done = call.end();
    ended(&done, 0);
    assert_eq!(done.errors, "ANSWER\n".repeat(10_000));
}

#[test]
fn prints_of_a_child_are_no_commands() {
    let mut call = begin("child-prints");
    count(&mut call, 0..51);
    let done = call.end();
    ended(&done, 0);
    assert_eq!(done.errors, "HANGUP\n".repeat(10_000));
}

#[test]
fn a_child_that_reads_takes_no_reply() {
    let mut call = begin("child-reads");
    count(&mut call, 0..2);
    call.answer(r#"VERBOSE "a child read 0 bytes""#, "200 result=1");
    count(&mut call, 2..3);
    let done = call.end();
    ended(&done, 0);
    assert_eq!(done.errors, "");
}

#[test]
fn a_reply_is_read_after_the_signal() {
    // Asterisk's order, and the one in which a process may see it: the reply is never lost.
    for (reply, how) in [
        ("200 result=-1 endpos=800", "hangup"),
        ("200 result=0 endpos=800", "played 800"),
        ("511 Command Not Permitted on a dead channel or intercept routine", "hangup"),
    ] {
        let mut call = begin("awaits");
        assert_eq!(call.command(), r#"STREAM FILE "long" """#);
        call.hang_up();
        sleep(Duration::from_millis(50));
        call.say(&format!("{reply}\n"));
        // No CHANNEL STATUS: the signal has said it already.
        call.answer(&format!(r#"SET VARIABLE "HOW" "{how}""#), "200 result=1");
        // The second one is refused without being sent.
        call.answer(r#"SET VARIABLE "HOW" "hangup""#, "200 result=1");
        ended(&call.end(), 0);
    }
}

#[test]
fn a_signal_between_commands_wakes_and_refuses() {
    let mut call = begin("between");
    call.answer("ANSWER", "200 result=0");
    call.hang_up();
    call.answer(r#"SET VARIABLE "REFUSED" "yes""#, "200 result=1");
    let done = call.end();
    ended(&done, 0);
    assert_eq!(done.errors, "");
}

#[test]
fn an_error_is_told_with_its_sources() {
    let mut call = begin("fails");
    call.answer(r#"VERBOSE "no tariff: the table is locked" 1"#, "200 result=1");
    let done = call.end();
    ended(&done, 1);
    assert_eq!(done.errors, "script: no tariff: the table is locked\n");
}

/// He is called what he likes; who reads the console has a terminal.
#[test]
fn a_callers_name_in_an_error_moves_no_terminal() {
    let mut call =
        call(Command::new(program(SCRIPT)).stdout(Stdio::piped()).stderr(Stdio::piped()));
    let name = "\x1b]0;wicked\x07\x1b[2J\u{9b}2J\r";
    call.say(&format!(
        "agi_request: script\x1b[2J\nagi_calleridname: {name}\nagi_arg_1: fails-by-name\n\n"
    ));
    let told = "nobody is called  ]0;wicked  [2J 2J ";
    call.answer(&format!(r#"VERBOSE "{told}" 1"#), "200 result=1");
    let done = call.end();
    ended(&done, 1);
    assert_eq!(done.errors, format!("script [2J: {told}\n"));
}

#[test]
fn a_panic_is_told() {
    let mut call = begin("panics");
    call.answer(r#"VERBOSE "the script panicked: no such tariff" 1"#, "200 result=1");
    let done = call.end();
    ended(&done, 101);
    assert!(done.errors.contains("tests/programs/script.rs"), "{}", done.errors);
}

#[test]
fn a_hangup_is_a_normal_end() {
    let mut call = begin("talks");
    call.answer("ANSWER", "200 result=0");
    call.answer("ANSWER", "511 Command Not Permitted on a dead channel or intercept routine");
    ended(&call.end(), 0);
    // Asterisk's end of the pipe closed.
    let mut call = begin("talks");
    call.answer("ANSWER", "200 result=0");
    assert_eq!(call.command(), "ANSWER");
    call.close();
    ended(&call.end(), 0);
}

#[test]
fn no_environment_is_told() {
    let without = run(Command::new(program(SCRIPT)).stdin(Stdio::null()));
    ended(&without, 1);
    let mut call =
        call(Command::new(program(SCRIPT)).stdout(Stdio::piped()).stderr(Stdio::piped()));
    call.say("agi_request: script\nagi_channel: PJSIP/al");
    call.close();
    let cut = call.end();
    ended(&cut, 1);
    for told in [without.errors, cut.errors] {
        assert!(
            told.starts_with("agi environment: the input ended before the empty line"),
            "{told}"
        );
        assert_eq!(told.lines().count(), 1);
    }
}

#[test]
fn a_reader_that_has_gone_is_a_hangup() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut call = call(Command::new(program(SCRIPT)).stdout(writer).stderr(Stdio::piped()));
    call.begin("talks");
    let mut first = [0; 7];
    reader.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"ANSWER\n");
    drop(reader);
    // Another test's fork holds the reader for a moment, so a command may get through: it is answered.
    while !call.offer("200 result=0\n") {
        sleep(Duration::from_millis(5));
    }
    let done = call.end();
    ended(&done, 0);
    assert!(done.errors.lines().all(|line| line == "still here"), "{}", done.errors);
}

#[test]
fn closed_standard_error_changes_nothing() {
    // `exec` keeps the process id: the shell becomes the script.
    for closed in ["2>&-", "2>/dev/full"] {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!(r#"exec "$0" {closed}"#)]).arg(program(SCRIPT));
        let mut call = call(shell.stdout(Stdio::piped()));
        call.begin("fails");
        call.answer(r#"VERBOSE "no tariff: the table is locked" 1"#, "200 result=1");
        ended(&call.end(), 1);
    }
}

#[test]
fn a_full_disk_is_told() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let folder = empty_folder("full");
    let path = folder.join("session");
    std::fs::write(&path, "agi_request: script\nagi_arg_1: child-reads\n\n").unwrap();
    let mut command = Command::new(program(SCRIPT));
    let child = command.stdin(File::open(path).unwrap()).stdout(full).stderr(Stdio::piped());
    let done = Call::of(child.spawn().unwrap(), None).end();
    ended(&done, 1);
    let told = "script: GET VARIABLE: input or output failed: No space left on device";
    assert!(done.errors.starts_with(told), "{}", done.errors);
}

#[test]
fn a_person_is_told_what_this_is() {
    // `script` gives its command a terminal, and takes its exit status for its own.
    let folder = empty_folder("terminal");
    let mut terminal = Command::new("script");
    terminal.arg("-qec").arg(program("hello")).arg("/dev/null").current_dir(folder);
    if let Err(error) = Command::new("script").arg("--version").output() {
        panic!("this test needs `script` (Debian: bsdutils): {error}");
    }
    let done = run(terminal.stdin(Stdio::null()));
    assert_eq!(done.status, Some(2), "{:?}", done.sent);
    let told = done.sent.join("\n");
    assert!(told.starts_with("hello is an AGI program"), "{told}");
    assert!(told.contains("exten => 100,1,AGI(hello)"), "{told}");
}
