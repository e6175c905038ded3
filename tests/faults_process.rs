//! Scripts as processes to which the system is unkind: storms of signals, stops, closed descriptors, a full disk, no
//! `/proc`, other clocks. Each ends as is said here, and in time.
//!
//! What needs strace or a mount counts as ignored where these are not to be had.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;

use agikit::transcript::{Entry, Transcript};
use libtest_mimic::{Arguments, Failed, Trial};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support_process::{Call, Done, call, empty_folder, program};

const SCRIPT: &str = "script-under-test";
/// A process in file systems of its own.
const UNSHARE: [&str; 4] = ["unshare", "--mount", "--propagation", "private"];

/// A test, and a command that ends well where it can be run.
type Test = (&'static str, &'static [&'static str], fn());

const MOUNTS: &[&str] =
    &["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/proc"];
const STRACE: &[&str] = &["strace", "-D", "-qq", "-o", "/dev/null", "true"];
const CLOCKS: &[&str] = &["unshare", "--time", "--monotonic", "86400", "--fork", "true"];

const TESTS: [Test; 11] = [
    ("a storm of signals", &["true"], storm_of_signals),
    ("stopped in each wait", &["true"], stopped_in_each_wait),
    ("a storm of stops", &["true"], storm_of_stops),
    ("every second read, write and poll is interrupted", STRACE, interrupted),
    ("closed descriptors, in each combination", &["true"], closed),
    ("the disk is full", MOUNTS, full_disk),
    ("the disk is slow", STRACE, slow_disk),
    ("no /proc", MOUNTS, no_proc),
    ("no /proc, by agikit call", MOUNTS, no_proc_for_the_tool),
    ("no /proc, by agikit record", MOUNTS, no_proc_for_the_recorder),
    ("a monotonic clock of another day", CLOCKS, another_day),
];

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for (name, needs, test) in TESTS {
        let mut command = Command::new(needs[0]);
        command.args(&needs[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let is_there = command.status().is_ok_and(|status| status.success());
        if !is_there {
            eprintln!("{name}: skipped, `{}` does not run here", needs.join(" "));
        }
        let trial = Trial::test(name, move || caught(test));
        trials.push(trial.with_ignored_flag(!is_there));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A panic is a failure with its words.
fn caught(test: fn()) -> Result<(), Failed> {
    std::panic::catch_unwind(test).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        Failed::from(text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panicked"))
    })
}

/// The script, started by a shell's command line in which it is `"$0"`; the shell becomes the script.
fn start(line: &str, arguments: &[&str]) -> Call {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).arg(program(SCRIPT)).args(arguments);
    call(shell.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

/// The same in file systems of its own.
fn start_apart(line: &str, arguments: &[&str]) -> Call {
    let mut apart = Command::new(UNSHARE[0]);
    apart.args(&UNSHARE[1..]).args(["sh", "-c", line]).arg(program(SCRIPT)).args(arguments);
    call(apart.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

fn begin(scenario: &str) -> Call {
    let mut call = start("exec \"$0\"", &[]);
    call.begin(scenario);
    call
}

fn send(call: &Call, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(call.id()).unwrap()), signal).unwrap();
}

/// Gives each value that is asked for its number: only if all is aligned does the script take it.
fn count(call: &mut Call, numbers: std::ops::Range<u32>) {
    for number in numbers {
        call.answer(&format!(r#"GET VARIABLE "V{number}""#), &format!("200 result=1 ({number})"));
    }
}

#[track_caller]
fn ended(done: &Done, status: i32, errors: &str) {
    assert_eq!((done.status, done.errors.as_str()), (Some(status), errors));
    assert!(done.sent.is_empty(), "{:?}", done.sent);
}

/// Does something while these are sent again and again, 5,000 a second.
fn amid<const N: usize>(signals: [Signal; N], call: &mut Call, body: impl FnOnce(&mut Call)) {
    let over = AtomicBool::new(false);
    let id = Pid::from_raw(i32::try_from(call.id()).unwrap());
    thread::scope(|scope| {
        scope.spawn(|| {
            for signal in signals.iter().cycle() {
                // The process is collected later, so this number is its own.
                kill(id, *signal).unwrap();
                sleep(Duration::from_micros(200));
                if over.load(Ordering::Relaxed) && *signal == signals[N - 1] {
                    return;
                }
            }
        });
        body(call);
        over.store(true, Ordering::Relaxed);
    });
}

/// SIGHUP is the hangup, once; SIGPIPE and what nobody handles is nothing. Every reply is its command's.
fn storm_of_signals() {
    let mut call = begin("prints");
    // By its first command it listens.
    count(&mut call, 0..1);
    let storm =
        [Signal::SIGHUP, Signal::SIGPIPE, Signal::SIGWINCH, Signal::SIGCHLD, Signal::SIGHUP];
    amid(storm, &mut call, |call| count(call, 1..100));
    ended(&call.end(), 0, &"ANSWER\n".repeat(10_000));
}

fn storm_of_stops() {
    let mut call = begin("prints");
    amid([Signal::SIGSTOP, Signal::SIGCONT], &mut call, |call| count(call, 0..100));
    ended(&call.end(), 0, &"ANSWER\n".repeat(10_000));
}

/// Does something while the script is stopped, and lets it go on.
fn stopped(call: &mut Call, body: impl FnOnce(&mut Call)) {
    sleep(Duration::from_millis(20));
    send(call, Signal::SIGSTOP);
    body(call);
    sleep(Duration::from_millis(20));
    send(call, Signal::SIGCONT);
}

fn stopped_in_each_wait() {
    // For the environment, and for a reply.
    let mut call = start("exec \"$0\"", &[]);
    call.say("agi_request: script\nagi_ar");
    stopped(&mut call, |call| call.say("g_1: between\n\n"));
    assert_eq!(call.command(), "ANSWER");
    stopped(&mut call, |call| call.say("200 result=0\n"));
    // For the hangup alone.
    stopped(&mut call, |call| call.hang_up());
    call.answer(r#"SET VARIABLE "REFUSED" "yes""#, "200 result=1");
    ended(&call.end(), 0, "");
    stopped_while_it_listens();
}

/// Twice 20 ms of audio: the second comes while it is stopped, and so does the end.
fn stopped_while_it_listens() {
    let fifo = empty_folder("fifo").join("audio");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut call = start("exec \"$0\" 3<\"$1\"", &[fifo.to_str().unwrap()]);
    let mut audio = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
    call.say("agi_request: script\nagi_enhanced: 1.0\nagi_arg_1: listens\n\n");
    let mut frame = || std::io::Write::write_all(&mut audio, &[0; 320]).unwrap();
    frame();
    stopped(&mut call, |_| frame());
    stopped(&mut call, |_| drop(audio));
    call.answer(r#"GET VARIABLE "EAGI_AUDIO_FORMAT""#, "200 result=0");
    call.answer(r#"SET VARIABLE "HEARD" "320""#, "200 result=1");
    ended(&call.end(), 0, "");
}

/// As by a handler that does not restart what it interrupts: nothing is lost, sent twice or taken for an end.
fn interrupted() {
    let seen = empty_folder("interrupted").join("seen");
    // The loader's own reads, and what Rust does before `main`, are let through.
    let line = "exec strace -D -qq -o \"$1\" -e trace=read,write,poll -e inject=read:error=EINTR:when=7+2 \
                -e inject=write:error=EINTR:when=1+2 -e inject=poll:error=EINTR:when=2+2 \"$0\"";
    let mut call = start(line, &[seen.to_str().unwrap()]);
    call.begin("between");
    call.answer("ANSWER", "200 result=0");
    sleep(Duration::from_millis(20));
    call.hang_up();
    call.answer(r#"SET VARIABLE "REFUSED" "yes""#, "200 result=1");
    ended(&call.end(), 0, "");
    let seen = String::from_utf8_lossy(&std::fs::read(seen).unwrap()).into_owned();
    for name in ["read(", "write(", "poll("] {
        let mut all = seen.lines().filter(|line| line.starts_with(name));
        assert!(all.any(|line| line.ends_with("(INJECTED)")), "{name}: {seen}");
    }
}

/// What is opened first must not be taken for what is closed: no command in a file, no file's line for a reply.
fn closed() {
    let folder = empty_folder("closed");
    for mask in 0..16 {
        let is_closed = |descriptor: u32| mask & 1 << descriptor != 0;
        let all = (0..4).filter(|it| is_closed(*it)).map(|it| format!("{it}>&-"));
        let line = format!("exec \"$0\" {}", all.collect::<Vec<_>>().join(" "));
        let own = folder.join(mask.to_string());
        std::fs::create_dir(&own).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).arg(program(SCRIPT)).env("AGIKIT_TRANSCRIPT", &own);
        let mut call = call(shell.stdout(Stdio::piped()).stderr(Stdio::piped()));
        if is_closed(0) {
            let done = call.end();
            let told = "agi environment: the input ended before the empty line";
            assert_eq!(
                (done.status, done.errors.starts_with(told)),
                (Some(1), !is_closed(2)),
                "{line}"
            );
            assert!(done.sent.is_empty(), "{line}: {:?}", done.sent);
            continue;
        }
        call.begin("fails");
        if is_closed(1) {
            call.close();
        } else {
            call.answer(r#"VERBOSE "no tariff: the table is locked" 1"#, "200 result=1");
        }
        let done = call.end();
        let told = if is_closed(2) { "" } else { "script: no tariff: the table is locked\n" };
        ended(&done, 1, told);
        written(&own, is_closed(1));
    }
}

/// The session's transcript, with nothing else in it.
fn written(folder: &Path, is_cut: bool) {
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let entries = Transcript::open(&files[0]).unwrap().entries;
    let said = |entry: &&Entry| matches!(entry, Entry::Script(_));
    assert_eq!(entries.iter().filter(said).count(), 1, "{entries:?}");
    let heard = entries.iter().filter(|entry| matches!(entry, Entry::Asterisk(_))).count();
    assert_eq!(heard, if is_cut { 4 } else { 5 }, "{entries:?}");
}

/// The transcript cannot be written any more: that is told once, and the call goes on.
fn full_disk() {
    let folder = empty_folder("small-disk");
    let line = "mount -t tmpfs -o size=4k none \"$1\" && AGIKIT_TRANSCRIPT=\"$1\" exec \"$0\"";
    let mut call = start_apart(line, &[folder.to_str().unwrap()]);
    call.begin("prints");
    count(&mut call, 0..100);
    let done = call.end();
    let told: Vec<&str> = done.errors.lines().filter(|line| *line != "ANSWER").collect();
    assert_eq!((done.status, told.len()), (Some(0), 1), "{told:?}");
    assert!(told[0].contains("No space left on device"), "{told:?}");
}

/// The end of a call does not wait for a recording any longer than three seconds, and says that it is cut.
fn slow_disk() {
    let Some(tool) = option_env!("CARGO_BIN_EXE_agikit") else { return };
    let file = empty_folder("slow-disk").join("call.agi");
    // Each write to that file takes five seconds.
    let line = "exec strace -D -f -qq -o /dev/null -P \"$2\" -e trace=write \
                -e inject=write:delay_enter=5000000 \"$1\" record -o \"$2\" -- \
                sh -c 'echo NOOP; read -r end; exit 9'";
    let mut call = start(line, &[tool, file.to_str().unwrap()]);
    call.answer("NOOP", "200 result=0");
    let done = call.end();
    // strace has a word of its own about a thread that ends in its delay.
    let told: Vec<&str> = done.errors.lines().filter(|it| !it.starts_with("strace: ")).collect();
    let cut = "agikit: the recording of this call is not whole: the disk is too slow";
    assert_eq!((done.status, told), (Some(9), vec![cut]));
}

const NO_PROC: &str = "mount -t tmpfs none /proc && exec \"$0\" \"$@\"";

fn no_proc() {
    let mut call = start_apart(NO_PROC, &[]);
    call.begin("child-reads");
    count(&mut call, 0..2);
    call.answer(r#"VERBOSE "a child read 0 bytes""#, "200 result=1");
    count(&mut call, 2..3);
    ended(&call.end(), 0, "");
}

/// It starts programs, for which it looks at its own descriptors.
fn no_proc_for_the_tool() {
    // Without the feature `cli` there is none, and nothing to start.
    let Some(tool) = option_env!("CARGO_BIN_EXE_agikit") else { return };
    let mut apart = Command::new(UNSHARE[0]);
    apart.args(&UNSHARE[1..]).args(["sh", "-c", NO_PROC, tool, "call", "--fast"]);
    let done = support_process::run(apart.arg(program(SCRIPT)).arg("fails").stdin(Stdio::null()));
    assert_eq!(done.status, Some(1), "{}", done.errors);
    assert!(done.errors.contains("AGISTATUS  FAILURE"), "{}", done.errors);
    assert!(
        done.sent.iter().any(|line| line.starts_with("> VERBOSE \"no tariff")),
        "{:?}",
        done.sent
    );
}

/// It knows whether there is audio, which it must not keep open: who closes the other end is missed by Asterisk.
fn no_proc_for_the_recorder() {
    let Some(tool) = option_env!("CARGO_BIN_EXE_agikit") else { return };
    let folder = empty_folder("no-proc");
    let fifo = folder.join("audio");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let line = "mount -t tmpfs none /proc && exec \"$1\" record -o \"$2/call.agi\" -- \
                sh -c 'exec 3<&-; echo NOOP; read -r end' 3<\"$2/audio\"";
    let mut call = start_apart(line, &[tool, folder.to_str().unwrap()]);
    let mut audio = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
    assert_eq!(call.command(), "NOOP");
    let written = std::io::Write::write(&mut audio, &[0; 320]);
    assert_eq!(written.unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    call.close();
    ended(&call.end(), 1, "");
}

/// The clock of the waits stands where no other process has it.
fn another_day() {
    for offset in ["86400", "100000000", "-100"] {
        let mut apart = Command::new("unshare");
        apart.args([
            "--time",
            "--monotonic",
            offset,
            "--boottime",
            offset,
            "--fork",
            "--kill-child",
        ]);
        let mut call =
            call(apart.arg(program(SCRIPT)).stdout(Stdio::piped()).stderr(Stdio::piped()));
        call.begin("prints");
        count(&mut call, 0..100);
        ended(&call.end(), 0, &"ANSWER\n".repeat(10_000));
    }
}
