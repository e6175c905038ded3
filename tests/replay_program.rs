//! Transcripts against programs in another language: what is green, what is red, and how that is told.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::time::{Duration, Instant};

use agikit::program::{Program, Replay, ReplayProgramError};
use agikit::transcript::{Difference, ReplayError, Transcript};
use support_process::empty_folder;

/// A shell's lines behind those that read the environment, on a transcript behind an environment.
fn replay(lines: &str, script: &str) -> Result<(), ReplayProgramError> {
    let transcript = format!("< agi_request: test\n< agi_arg_1: a b\n<\n{lines}");
    let transcript: Transcript = transcript.parse().unwrap();
    let script = format!("while read -r l && [ \"$l\" ]; do :; done; {script}");
    let program = Program::new("/bin/sh").arguments(["-c", &script]);
    Replay::new(program).limit(Duration::from_secs(20)).transcript(&transcript)
}

#[track_caller]
fn green(lines: &str, script: &str) {
    replay(lines, script).unwrap();
}

/// What is said of the first difference.
#[track_caller]
fn red(lines: &str, script: &str) -> (Difference, String) {
    match replay(lines, script).unwrap_err() {
        ReplayProgramError::Replay(ReplayError::Mismatch(mismatch)) => {
            (mismatch.difference().clone(), mismatch.to_string())
        }
        other => panic!("{other}"),
    }
}

const GREET: &str = "> ANSWER\n< 200 result=0\n> GET DATA menu\n< 200 result=42\n> NOOP 42\n\
                     < 200 result=0\n= 3\n";
const GREETS: &str = "echo ANSWER; read -r r; echo 'GET DATA \"menu\"'; read -r r; \
                      echo NOOP ${r#*=}; read -r r; exit 3";

#[test]
fn the_same_conversation() {
    green(GREET, GREETS);
    green(&GREET.replace("= 3\n", ""), GREETS);
    green("= 0\n", "");
    green("", "exit 9");
    // Without a line feed at its end, it is sent all the same.
    green("> NOOP\n= 0\n", "printf NOOP");
    // Sent before it is asked for: Asterisk, too, answers one after the other.
    green(GREET, "printf 'ANSWER\\nGET DATA menu\\nNOOP 42\\n'; read -r r; read -r r; exit 3");
    green("> A\n< 200 result=0\n> B\n< 200 result=1\n= 0\n", "printf 'A\\nB\\n'; head -n 2 >&2");
}

#[test]
fn another_line_is_shown() {
    let (what, text) = red(GREET, &GREETS.replace("menu", "main-menu"));
    assert_eq!(what, Difference::Line(b"GET DATA \"main-menu\"".to_vec()));
    assert!(text.contains("6 - > GET DATA menu\n    + > GET DATA \"main-menu\"\n"), "{text}");
    assert!(text.contains("expected \"menu\", the script sent \"main-menu\""), "{text}");
}

#[test]
fn too_little_and_too_much_are_shown() {
    let (what, text) = red(GREET, "echo ANSWER; read -r r; echo oh dear >&2; exit 7");
    assert_eq!(what, Difference::Missing(2));
    assert!(
        text.ends_with("the program's end: = 7\nthe program's standard error:\n  oh dear"),
        "{text}"
    );
    let (what, text) = red(GREET, &format!("exec 2>&-; {GREETS}").replace("exit 3", "echo HANGUP"));
    assert_eq!(what, Difference::Extra(b"HANGUP".to_vec()));
    assert!(text.contains("+ > HANGUP"), "{text}");
    let (what, text) = red(GREET, &GREETS.replace("exit 3", "exit 4"));
    assert!(matches!(what, Difference::Exit(_)), "{text}");
    assert!(text.contains("- = 3") && text.contains("+ = 4"), "{text}");
    let (what, text) = red("= 0\n", "kill -SEGV $$");
    assert!(matches!(what, Difference::Exit(_)) && text.contains("+ = SIGSEGV"), "{text}");
}

#[test]
fn the_hangup_is_a_signal() {
    let talk = "> WAIT FOR DIGIT -1\n< 200 result=-1\n! hangup\n";
    // Unprepared, it dies; `wait` does not read the reply.
    green(&format!("{talk}= SIGHUP\n"), "echo WAIT FOR DIGIT -1; sleep 60 >&2 & wait");
    let prepared = "trap 'kill $!; echo NOOP; read -r r; read -r r; exit 0' HUP; \
                    echo WAIT FOR DIGIT -1; sleep 60 >&2 & wait";
    green(&format!("{talk}> NOOP\n< 200 result=0\n= 0\n"), prepared);
    let (what, _) = red(&format!("{talk}= 0\n"), "echo WAIT FOR DIGIT -1; sleep 60 >&2 & wait");
    assert!(matches!(what, Difference::Exit(_)));
}

/// The program knows of the hangup when it has the reply that stands before it, and not before.
#[test]
fn the_hangup_comes_at_its_place() {
    let script = "trap h=1 HUP; echo A; read -r r; echo B $h; read -r r; echo C $h";
    for _ in 0..30 {
        green("> A\n< 200 result=-1\n! hangup\n> B 1\n< 200 result=0\n> C 1\n= 0\n", script);
        green("> A\n< 200 result=-1\n> B\n! hangup\n< 511 no\n> C 1\n= 0\n", script);
    }
    // A line that was on its way when the hangup came stands behind it, and it is the program's all the same.
    let on_its_way =
        "> A\n< 200 result=-1\n@ +0.001s\n! hangup\n# here\n> B\n< 511 no\n> C 1\n= 0\n";
    green(on_its_way, script);
    green(&on_its_way.replace("511 no", "200 result=0"), script);
    let (what, text) = red(&on_its_way.replace("> B", "> X"), script);
    assert_eq!(what, Difference::Line(b"B".to_vec()), "{text}");
    assert!(text.contains("9 - > X\n     + > B\n"), "{text}");
    // Before its first line it has time to be ready.
    green("! hangup\n> A 1\n= 0\n", "trap h=1 HUP; sleep 0.6; echo A $h");
    green("! hangup\n= SIGHUP\n", "sleep 60 >&2 & wait");
}

#[test]
fn the_end_of_the_input() {
    green("> NOOP\n< 200 result=0\n! closed\n= 5\n", "echo NOOP; cat >&2; exit 5");
    // One that closes its input misses the replies, and goes on.
    green("> A\n< 200 result=0\n> B\n< 200 result=0\n= 0\n", "exec <&-; echo A; echo B");
}

#[test]
fn arguments_are_those_of_the_call() {
    let text = "< agi_arg_1: -c\n< agi_arg_2: echo NOOP \"$0\"; exit 3\n< agi_arg_3: it\n<\n> NOOP it\n= 3\n";
    let transcript: Transcript = text.parse().unwrap();
    Replay::new(Program::new("/bin/sh")).transcript(&transcript).unwrap();
}

#[test]
fn long_lines_pass() {
    let long = "x".repeat(300_000);
    green(
        &format!("> NOOP {long}\n< 200 result=1 ({long})\n> NOOP 300016\n= 0\n"),
        "printf 'NOOP '; head -c 300000 /dev/zero | tr '\\0' x; echo; head -n 1 | wc -c | \
         xargs echo NOOP",
    );
    // All that the program has to read before its first line, and more than a pipe takes.
    let lines = "< 200 result=0\n".repeat(20_000);
    green(&format!("> A\n{lines}> B\n= 0\n"), "echo A; head -n 20000 >&2; echo B");
}

#[test]
fn audio_is_on_descriptor_3() {
    let folder = empty_folder("replay_audio");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(folder.join("a.wav"), spec).unwrap();
    (0..1600).for_each(|sample| wav.write_sample(sample).unwrap());
    wav.finalize().unwrap();
    let file = folder.join("call.agi");
    // 200 ms of the file, then silence.
    fs::write(&file, "<\n> NOOP\n< 200 result=0\n! audio a.wav\n> NOOP 1 1599 0\n= 0\n").unwrap();
    let script = "read -r l; echo NOOP; read -r l; head -c 3520 <&3 | od -An -v -td2 -w2 | \
                  awk '{ a[NR] = $1 } END { print \"NOOP\", a[2], a[1600], a[1700] }'";
    let replay = Replay::new(Program::new("/bin/sh").arguments(["-c", script]));
    replay.file(&file).unwrap();
    fs::write(&file, "<\n! audio missing.wav\n= 0\n").unwrap();
    let error = replay.file(&file).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("cannot play {}/missing.wav: ", folder.display())),
        "{error}"
    );
    // `agi_enhanced` alone opens it, and nothing else does.
    let see = "read -r l; read -r l; if [ -p /proc/$$/fd/3 ]; then echo YES; else echo NO; fi";
    let replay = Replay::new(Program::new("/bin/sh").arguments(["-c", see]));
    for (line, answer) in [("agi_enhanced: 1.0", "YES"), ("agi_enhanced: 0.0", "NO")] {
        replay.transcript(&format!("< {line}\n<\n> {answer}\n").parse().unwrap()).unwrap();
    }
}

/// What is said of a program that does not end in time; it is not there any more.
#[track_caller]
fn hanging(lines: &str, script: &str) -> String {
    let transcript: Transcript = format!("<\n{lines}").parse().unwrap();
    let script = format!("echo $$ >&2; read -r l; {script}");
    let program = Program::new("/bin/sh").arguments(["-c", &script]);
    let began = Instant::now();
    let limit = Duration::from_millis(300);
    let error = Replay::new(program).limit(limit).transcript(&transcript).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(20));
    let text = error.to_string();
    assert!(matches!(error, ReplayProgramError::TimeUp { .. }), "{text}");
    let pid: u32 =
        text.split("error:\n  ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    assert!(!fs::exists(format!("/proc/{pid}")).unwrap());
    text
}

#[test]
fn a_program_that_hangs_is_ended() {
    let text = hanging("> A\n< 200 result=0\n> B\n", "echo A; sleep 60");
    assert!(
        text.starts_with("line 4: the program did not send this line\n  4 - > B\nit was ended")
    );
    assert!(text.contains("after 0.3 s"), "{text}");
    let text = hanging("> A\n", "echo A; sleep 60");
    assert!(text.starts_with("the program has nothing left to do and does not end"), "{text}");
    let text = hanging("> A\n", "echo A; exec >&-; sleep 60");
    assert!(text.starts_with("the program has closed its output and lives on"), "{text}");
    let text = hanging("> A\n= 0\n", "sleep 60 & echo A");
    assert!(text.starts_with("the program has ended, and what it started holds"), "{text}");
    // It waits for a reply that is not there.
    let text = hanging("> A\n> B\n", "echo A; read -r r; echo B");
    assert!(text.contains("3 - > B"), "{text}");
}

#[test]
fn a_flood_is_a_difference() {
    let (what, _) = red("> A\n", "while :; do echo A; done");
    assert_eq!(what, Difference::Extra(b"A".to_vec()));
    let (what, _) =
        red("> A\n< 200 result=0\n", "while :; do echo oh >&2; done & while :; do echo B; done");
    assert_eq!(what, Difference::Line(b"B".to_vec()));
}

#[test]
fn a_program_that_does_not_start_is_explained() {
    let transcript = Transcript::default();
    let error = transcript.replay_program("/etc", [""; 0]).unwrap_err();
    assert_eq!(error.to_string(), "/etc: it is a folder; name the program in it");
}

#[test]
fn a_command_may_come_during_a_pause() {
    let lines = "> STREAM FILE long\n! wait 30s\n> NOOP\n< 200 result=0\n= 0\n";
    let began = Instant::now();
    green(lines, "echo STREAM FILE long; echo NOOP; read -r r");
    assert!(began.elapsed() < Duration::from_secs(20));
}

/// Asterisk writes a reply and sends SIGHUP at once. What the program saw first is chance; what it did then is in
/// the recording, and comes out the same each time.
#[test]
fn the_signal_comes_as_it_came_in_the_recording() {
    let asks = "> GET DATA menu\n< 200 result=-1\n! hangup\n";
    let goes_on = "echo GET DATA menu; read -r r; echo NOOP $r; read -r r; echo NOOP $r; read -r r";
    for _ in 0..20 {
        // Ended by the signal: at once, while it did one thing more, while it did two.
        green(&format!("{asks}= SIGHUP\n"), goes_on);
        let noop = "> NOOP 200 result=-1\n< 200 result=0\n";
        green(&format!("{asks}@ +0.001s\n{noop}= SIGHUP\n"), &format!("{goes_on}; sleep 5"));
        // It had ended before the signal came.
        green(&format!("{asks}= 0\n"), "echo GET DATA menu; read -r r");
        let hangup = "> HANGUP\n< 200 result=1\n! hangup\n= 0\n";
        green(hangup, "trap 'kill -9 $$' HUP; echo HANGUP; read -r r");
        // It catches the signal, and knew of it when it went on.
        let known = "read -r r || read -r r; echo NOOP $known";
        let known = format!("trap known=1 HUP; echo GET DATA menu; {known}");
        green(&format!("{asks}> NOOP 1\n< 200 result=0\n= 0\n"), &known);
        // And here it did not.
        green(&format!("{asks}> NOOP\n< 511 no\n= 0\n"), &known);
    }
}
