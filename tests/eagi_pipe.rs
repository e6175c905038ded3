//! `eagi-pipe` as a real process on the emulator, with good programs and bad ones behind it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Report};
use agikit::transcript::Entry;
use nix::errno::Errno;
use nix::sys::signal::killpg;
use nix::unistd::Pid;

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// A caller whose key `#` ends his speech after half a second.
fn caller() -> Asterisk {
    let tone = (0..8000).map(|n: i32| i16::try_from(n * n % 2000).unwrap()).collect::<Vec<_>>();
    let key = Duration::from_millis(500);
    Asterisk::new().answered().real_time().capture_errors().says(tone).keys_at(key, "#")
}

/// Calls `eagi-pipe`, within a time limit.
fn call(asterisk: Asterisk, arguments: &[&str]) -> Report {
    let asterisk = arguments.iter().fold(asterisk.arg("TEXT"), |call, it| call.arg(it));
    let (sender, done) = mpsc::channel();
    thread::spawn(move || {
        let call = asterisk.eagi(env!("CARGO_BIN_EXE_eagi-pipe"));
        drop(sender.send(call.unwrap()));
    });
    let call = done.recv_timeout(LIMIT).expect("it hangs");
    assert!(!call.outlived() && !call.silent(), "{call:?}");
    call
}

fn value(call: &Report, name: &str) -> String {
    call.variable(name)
        .unwrap_or_else(|| panic!("{name} is not set: {call:?}"))
        .to_string_lossy()
        .into()
}

/// TEXT, the status, and the exit status.
fn ended(call: &Report) -> (String, String, String) {
    let [status, exit] = ["EAGI_PIPE_STATUS", "EAGI_PIPE_EXIT"].map(|name| value(call, name));
    (value(call, "TEXT"), status, exit)
}

#[track_caller]
fn ends(call: &Report, text: &str, status: &str, exit: &str) {
    assert_eq!(ended(call), (text.into(), status.into(), exit.into()), "{:#?}", call.commands());
}

/// What was said on the console.
fn console(call: &Report) -> String {
    call.commands()
        .into_iter()
        .filter(|it| it.starts_with("VERBOSE"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A file of this test's own, which is not there.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("eagi-pipe-{name}"));
    let _ = fs::remove_file(&path);
    path
}

/// A shell's program that writes down its process group first.
fn shell(asterisk: Asterisk, name: &str, text: &str) -> (Report, Instant, Pid) {
    let group = fresh(name);
    let text = format!("echo $$ > '{}'; {text}", group.display());
    let call = call(asterisk, &["sh", "-c", &text]);
    let end = Instant::now();
    let group = fs::read_to_string(group).unwrap().trim().parse().unwrap();
    (call, end, Pid::from_raw(group))
}

#[track_caller]
fn nobody_is_left(group: Pid) {
    // What init has to collect may be there for a moment.
    let end = Instant::now() + Duration::from_secs(2);
    while killpg(group, None) != Err(Errno::ESRCH) {
        assert!(Instant::now() < end, "something is left in the group {group}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn counts_what_the_caller_says() {
    let call = call(caller(), &["wc", "-c"]);
    let (text, status, exit) = ended(&call);
    assert_eq!((&*status, &*exit), ("OK", "0"));
    let bytes: usize = text.trim().parse().unwrap();
    assert!((4_000..16_000).contains(&bytes) && bytes.is_multiple_of(320), "{bytes}");
    assert_eq!(call.stray(), [] as [Vec<u8>; 0]);
}

#[test]
fn a_wav_stream_is_understood() {
    let wav = fresh("sox.wav");
    let arguments = ["sox", "-t", "wav", "-", wav.to_str().unwrap()];
    let call = call(caller().variable("EAGI_PIPE_FORMAT", "wav"), &arguments);
    match &*value(&call, "EAGI_PIPE_STATUS") {
        "NOTFOUND" => return, // no sox here: the header's own test remains
        status => assert_eq!(status, "OK", "{}", console(&call)),
    }
    let sound = agikit::audio::Sound::read(&wav).unwrap();
    assert_eq!(sound.format.rate(), 8000);
    assert!((2_000..8_000).contains(&sound.samples.len()), "{}", sound.samples.len());
}

#[test]
fn a_program_that_is_not_there() {
    let call = call(caller(), &["/no/such/program"]);
    ends(&call, "", "NOTFOUND", "");
    let told = console(&call);
    assert!(told.contains("/no/such/program could not be started: ") && told.contains("; name it"));
}

#[test]
fn wrongly_called() {
    // What a call before it has left is gone.
    let call_ = call(caller().variable("TEXT", "old").variable("EAGI_PIPE_EXIT", "7"), &[]);
    ends(&call_, "", "USAGE", "");
    let call_ = call(caller().variable("EAGI_PIPE_FORMAT", "mp3"), &["cat"]);
    ends(&call_, "", "USAGE", "");
    assert!(console(&call_).contains("EAGI_PIPE_FORMAT must be one of: raw, wav"));
}

#[test]
fn exits_at_once() {
    let text = "printf 'no licence\\033[2Jat\\tall' >&2; exit 3";
    let call = call(caller(), &["sh", "-c", text]);
    ends(&call, "", "FAILED", "3");
    // Nothing in it steers the terminal that the console is shown on.
    assert!(console(&call).contains("no licence [2Jat all"), "{}", console(&call));
}

#[test]
fn arguments_are_no_shells() {
    let call = call(caller(), &["echo", "$HOME; `id` \"a\\b\"", "*"]);
    ends(&call, "$HOME; `id` \"a\\b\" *", "OK", "0");
}

#[test]
fn closes_its_input_early() {
    let (call, _, group) = shell(caller(), "early", "exec <&-; sleep 0.8; echo heard enough");
    ends(&call, "heard enough", "OK", "0");
    nobody_is_left(group);
}

#[test]
fn closes_its_output_and_lives_on() {
    let (call, _, group) = shell(caller(), "mute", "exec >&- 2>&-; cat > /dev/null");
    ends(&call, "", "OK", "0");
    nobody_is_left(group);
}

#[test]
fn never_reads_and_never_ends() {
    let impatient = caller().variable("EAGI_PIPE_PATIENCE", "0.3");
    let (call, _, group) = shell(impatient, "never", "echo begun; sleep 100");
    ends(&call, "begun", "TIMEOUT", "143");
    nobody_is_left(group);
}

#[test]
fn ignores_sigterm() {
    let impatient = caller().variable("EAGI_PIPE_PATIENCE", "0.3");
    let text = "trap '' TERM; while :; do sleep 0.01; done";
    let (call, _, group) = shell(impatient, "stubborn", text);
    ends(&call, "", "TIMEOUT", "137");
    nobody_is_left(group);
}

#[test]
fn its_children_hold_the_pipes() {
    let text = "(trap '' TERM; sleep 100 & sleep 101) & echo said";
    let (call, _, group) = shell(caller(), "children", text);
    ends(&call, "said", "OK", "0");
    assert!(call.lasted() < Duration::from_secs(5), "{call:?}");
    nobody_is_left(group);
}

#[test]
fn writes_a_megabyte() {
    let call = call(caller(), &["sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"]);
    let (text, status, exit) = ended(&call);
    assert_eq!((&*status, &*exit), ("TOOLONG", "0"));
    assert!(text.len() > 1900 && text.bytes().all(|byte| byte == b'x'), "{}", text.len());
}

#[test]
fn bytes_that_no_line_carries() {
    let call = call(caller(), &["printf", "a\\r\\nb\\000c\\n\\n"]);
    ends(&call, "a  b c", "OK", "0");
}

#[test]
fn line_by_line() {
    let by_line = caller().variable("EAGI_PIPE_LINES", "yes");
    let text = "echo one; sleep 0.2; echo two; cat > /dev/null; printf three";
    let (call, _, group) = shell(by_line, "lines", text);
    ends(&call, "three", "OK", "0");
    let set = call.commands().into_iter().filter(|it| it.starts_with("SET VARIABLE \"TEXT\""));
    let values: Vec<_> = set.map(|it| it.split('"').nth(3).unwrap().to_owned()).collect();
    assert_eq!(values, ["", "one", "two", "three"]);
    nobody_is_left(group);
}

#[test]
fn the_lines_of_an_ended_program_do_not_outlast_the_call() {
    let by_line = caller().variable("EAGI_PIPE_LINES", "yes");
    let (call, ..) =
        shell(by_line.hang_up_at(Duration::from_millis(200)), "many", "yes | head -n 32000");
    ends(&call, "y", "HANGUP", "0");
    let told = call.commands().into_iter().filter(|it| it.starts_with("SET VARIABLE")).count();
    assert!(told < 31_000, "{told} lines were told");
}

#[test]
fn the_key_counts_among_ten_thousand_lines() {
    // A key that comes between two commands is lost, as with Asterisk: he presses again.
    let keys = [730, 1010, 1370, 1990].map(Duration::from_millis);
    let by_line = keys.into_iter().fold(caller(), |caller, at| caller.keys_at(at, "#"));
    let by_line = by_line.variable("EAGI_PIPE_LINES", "yes");
    let by_line = by_line.variable("EAGI_PIPE_PATIENCE", "0.2");
    let (call, _, group) = shell(by_line, "flood", "yes");
    ends(&call, "y", "TIMEOUT", "143");
    nobody_is_left(group);
}

#[test]
fn the_prompt_yields_to_the_programs_end() {
    let with =
        || caller().sound("long", Duration::from_secs(3)).variable("EAGI_PIPE_PROMPT", "long");
    let call_ = call(with(), &["sh", "-c", "head -c 3200; echo"]);
    assert_eq!(value(&call_, "EAGI_PIPE_STATUS"), "OK");
    assert!(call_.lasted() < Duration::from_millis(2500), "{call_:?}");
    let none = with().without_sound("long");
    let call_ = call(none, &["wc", "-c"]);
    assert_eq!(value(&call_, "EAGI_PIPE_STATUS"), "OK");
    assert!(console(&call_).contains("the prompt"), "{}", console(&call_));
}

#[test]
fn the_prompt_is_played_to_its_end_on_request() {
    let call = call(
        Asterisk::new()
            .answered()
            .real_time()
            .sound("long", Duration::from_secs(1))
            .variable("EAGI_PIPE_PROMPT", "long")
            .variable("EAGI_PIPE_BARGE", "whole"),
        &["echo", "done"],
    );
    ends(&call, "done", "OK", "0");
    assert!(call.lasted() >= Duration::from_millis(950), "{call:?}");
}

#[test]
fn silence_ends_the_speech() {
    let tone = (0..4000).map(|n: i32| i16::try_from(n * n % 20_000 - 10_000).unwrap());
    let silent = Asterisk::new().answered().real_time().says(tone.collect::<Vec<_>>());
    let call = call(silent.variable("EAGI_PIPE_SILENCE", "0.7"), &["wc", "-c"]);
    assert_eq!(value(&call, "EAGI_PIPE_STATUS"), "OK");
    let bytes: u32 = value(&call, "TEXT").trim().parse().unwrap();
    assert!((16_000..40_000).contains(&bytes), "{bytes}");
}

#[test]
fn the_call_ends() {
    for (name, text, said) in [
        ("hangs-up", "wc -c > /dev/null; echo counted", "counted"),
        ("hangs-up-stubborn", "trap '' TERM; echo begun; while :; do sleep 0.01; done", "begun"),
        ("hangs-up-children", "(trap '' TERM; sleep 100) & echo begun; sleep 101", "begun"),
    ] {
        let hangup = Duration::from_millis(400);
        let caller = Asterisk::new().answered().real_time().says(vec![1000; 80_000]);
        let (call, _, group) = shell(caller.hang_up_at(hangup), name, text);
        assert_eq!(value(&call, "EAGI_PIPE_STATUS"), "HANGUP", "{name}");
        assert_eq!(value(&call, "TEXT"), said, "{name}");
        let told = call.conversation().iter().rfind(|(_, entry)| {
            let Entry::Script(line) = entry else { return false };
            line.as_exact().is_some_and(|it| it.starts_with(b"SET VARIABLE \"EAGI_PIPE_STATUS"))
        });
        let took = told.unwrap().0.saturating_sub(hangup);
        assert!(took < Duration::from_secs(1), "{name}: {took:?}");
        nobody_is_left(group);
    }
}

#[test]
fn a_hangup_without_a_signal() {
    let caller = Asterisk::new().answered().real_time().variable("AGISIGHUP", "no");
    let caller = caller.hang_up_at(Duration::from_millis(300));
    let (call, _, group) = shell(caller, "no-signal", "sleep 100");
    ends(&call, "", "HANGUP", "143");
    nobody_is_left(group);
}

#[test]
fn says_how_it_is_used() {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_eagi-pipe")).arg("--help").output();
    let done = done.unwrap();
    let help = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && help.contains("same => n,EAGI(eagi-pipe,SAID,"), "{help}");
}
