//! `agikit record` between an Asterisk (this test) and programs: nobody notices it, and the transcript is right.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use agikit::program::{Audio, Program, Running};
use agikit::transcript::{Exit, Transcript};
use support_process::{empty_folder, write_program};

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// The program's command line behind `agikit record -o FILE --`.
fn recorded(file: &Path, words: &[&str]) -> Program {
    Program::new(env!("CARGO_BIN_EXE_agikit"))
        .arguments(["record", "--no-times", "-o"])
        .argument(file)
        .argument("--")
        .arguments(words)
        .capture_errors()
        .own_group()
}

/// The same for a shell's command line.
fn shell(file: &Path, line: &str) -> Program {
    recorded(file, &["/bin/sh", "-c", line])
}

/// A file for a transcript, which is not there.
fn file(name: &str) -> PathBuf {
    empty_folder(&format!("record_{name}")).join("call.agi")
}

/// Its end, at the latest when a test's time is up; and what it said on standard error.
fn end(mut running: Running) -> (Exit, String) {
    let exit = running.wait(LIMIT).unwrap().expect("it ends");
    let mut errors = String::new();
    running.errors.take().unwrap().read_to_string(&mut errors).unwrap();
    (exit, errors)
}

/// All that it sends with its input closed, and its end.
fn through(program: &Program) -> (Vec<u8>, Exit, String) {
    let mut running = program.start().unwrap();
    running.to = None;
    let sent = rest(&mut running);
    let (exit, errors) = end(running);
    (sent, exit, errors)
}

fn rest(running: &mut Running) -> Vec<u8> {
    let mut from = running.from.take().unwrap();
    let (to, all) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        to.send(bytes)
    });
    all.recv_timeout(LIMIT).expect("its output ends")
}

fn transcript(file: &Path) -> String {
    Transcript::open(file).unwrap();
    fs::read_to_string(file).unwrap()
}

#[test]
fn every_byte_passes_in_both_directions() {
    let file = file("bytes");
    let mut running = recorded(&file, &["/bin/cat"]).start().unwrap();
    let mut to = running.to.take().unwrap();
    // A MiB with all bytes, lines of all lengths, and no line feed at the end.
    let bytes: Vec<u8> =
        (0..1_u32 << 20).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    assert!((0..=255).all(|byte| bytes.contains(&byte)));
    let sent = bytes.clone();
    let writer = thread::spawn(move || to.write_all(&sent).unwrap());
    let back = rest(&mut running);
    writer.join().unwrap();
    assert!(back == bytes, "{} of {} bytes came back", back.len(), bytes.len());
    assert_eq!(end(running), (Exit::Status(0), String::new()));
    // Both sides are in it, line by line.
    let transcript = Transcript::open(&file).unwrap();
    let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    for mark in ["< ", "> "] {
        let text: Vec<String> = transcript.entries.iter().map(|entry| entry.to_string()).collect();
        let found = text.iter().filter(|line| **line == mark[..1] || line.starts_with(mark));
        assert_eq!(found.count(), lines.len());
    }
}

#[test]
fn every_status_is_ours() {
    let folder = empty_folder("record_statuses");
    for status in 0..=255 {
        let file = folder.join(status.to_string());
        let (_, exit, errors) = through(&shell(&file, &format!("exit {status}")));
        assert_eq!((exit, errors.as_str()), (Exit::Status(status), ""));
        assert_eq!(transcript(&file).lines().last(), Some(&*format!("= {status}")));
    }
}

#[test]
fn a_signal_that_ends_the_program_ends_us() {
    for (number, name) in [
        (1, "HUP"),
        (2, "INT"),
        (6, "ABRT"),
        (9, "KILL"),
        (10, "USR1"),
        (11, "SEGV"),
        (13, "PIPE"),
        (14, "ALRM"),
        (15, "TERM"),
        (25, "XFSZ"),
        (27, "PROF"),
    ] {
        let file = file(name);
        let (_, exit, _) = through(&shell(&file, &format!("kill -{number} $$")));
        assert_eq!(exit, Exit::Signal(number), "{name}");
        assert_eq!(transcript(&file).lines().last(), Some(&*format!("= SIG{name}")));
    }
}

/// Reads lines in a thread, so that a test does not hang.
fn lines(running: &mut Running) -> impl Fn() -> String + use<> {
    let from = BufReader::new(running.from.take().unwrap());
    let (to, lines) = channel();
    thread::spawn(move || from.lines().map_while(Result::ok).try_for_each(|line| to.send(line)));
    move || lines.recv_timeout(LIMIT).expect("a line comes")
}

#[test]
fn signals_are_passed_on() {
    let file = file("signals");
    let line = "for s in HUP INT QUIT ALRM TERM USR1 USR2 URG WINCH VTALRM PROF; do \
        trap \"echo got $s\" $s; done; echo ready; \
        i=0; while [ $i -lt 11 ]; do read -r l && i=$((i+1)); done; exit 7";
    let mut running = shell(&file, line).start().unwrap();
    let mut to = running.to.take().unwrap();
    let next = lines(&mut running);
    assert_eq!(next(), "ready");
    for (number, name) in [
        (1, "HUP"),
        (2, "INT"),
        (3, "QUIT"),
        (14, "ALRM"),
        (15, "TERM"),
        (10, "USR1"),
        (12, "USR2"),
        (23, "URG"),
        (28, "WINCH"),
        (26, "VTALRM"),
        (27, "PROF"),
    ] {
        running.signal(number).unwrap();
        // A shell runs its trap when the read is over.
        thread::sleep(Duration::from_millis(20));
        to.write_all(b"200 result=0\n").unwrap();
        assert_eq!(next(), format!("got {name}"));
    }
    assert_eq!(end(running), (Exit::Status(7), String::new()));
    assert_eq!(transcript(&file).matches("! hangup").count(), 1);
}

/// As Asterisk does it: the reply, then the signal. The program's last words come after both.
#[test]
fn the_last_reply_comes_before_the_hangup() {
    for round in 0..20 {
        let file = file(&format!("hangup{round}"));
        let line = "trap 'kill $!; echo NOOP; exit 0' HUP; sleep 60 >&2 & echo ANSWER; wait";
        let mut running = shell(&file, line).start().unwrap();
        let mut to = running.to.take().unwrap();
        let next = lines(&mut running);
        assert_eq!(next(), "ANSWER");
        to.write_all(b"200 result=-1\n").unwrap();
        running.hang_up().unwrap();
        assert_eq!(next(), "NOOP");
        assert_eq!(end(running).0, Exit::Status(0));
        let text = transcript(&file);
        assert_eq!(text, "> ANSWER\n< 200 result=-1\n! hangup\n> NOOP\n= 0\n");
    }
}

#[test]
fn the_program_finds_what_it_would_find_without_us() {
    let folder = empty_folder("record_same");
    let (file, path) = (folder.join("call.agi"), folder.join("look"));
    write_program(
        &path,
        b"#!/bin/sh\n\
          tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$$/environ | grep -v '^_=' | sort | cksum\n\
          grep -E '^(Sig(Blk|Ign|Cgt)|Umask)' /proc/self/status; pwd; ulimit -a\n\
          for d in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do\n\
          it=/proc/$$/fd/$d; [ -p $it ] && echo $d pipe; [ -c $it ] && echo $d device\n\
          [ -f $it ] && [ $d -lt 10 ] && echo $d file; done; true\n",
    );
    let words = ["a b", "", "-x", "--", "*"];
    for audio in [Audio::None, Audio::Pipe] {
        let _ = fs::remove_file(&file);
        let direct = Program::new(&path).arguments(words).variable("AST_AGI_DIR", "/agi bin");
        let direct = direct.capture_errors().own_group().audio(audio);
        let between = recorded(&file, &[&[path.to_str().unwrap()], &words[..]].concat());
        let between = between.variable("AST_AGI_DIR", "/agi bin").audio(audio);
        let (one, other) = (through(&direct), through(&between));
        assert_eq!(String::from_utf8(other.0).unwrap(), String::from_utf8(one.0).unwrap());
    }
}

#[test]
fn audio_goes_to_the_program_and_not_to_us() {
    let file = file("audio");
    let program =
        shell(&file, "read -r l; head -c 100000 <&3 | cksum; exec 3<&-; echo closed; read -r l");
    let mut running = program.audio(Audio::Pipe).start().unwrap();
    let mut to = running.to.take().unwrap();
    let next = lines(&mut running);
    to.write_all(b"go\n").unwrap();
    let mut audio = running.audio.take().unwrap();
    let began = Instant::now();
    let mut put = |bytes: &[u8]| {
        assert!(began.elapsed() < LIMIT);
        let result = audio.write(bytes);
        thread::sleep(Duration::from_micros(100));
        result.map_err(|error| error.kind())
    };
    let mut sent = 0;
    while sent < 100_000 {
        match put(&vec![7; 320.min(100_000 - sent)]) {
            Ok(count) => sent += count,
            Err(kind) => assert_eq!(kind, ErrorKind::WouldBlock),
        }
    }
    assert!(next().ends_with(" 100000"));
    assert_eq!(next(), "closed");
    // As without us: whoever writes now learns that nobody reads.
    assert_eq!(put(b"x"), Err(ErrorKind::BrokenPipe));
    drop(to);
    assert_eq!(end(running).0, Exit::Status(1));
}

#[test]
fn the_end_of_either_side_is_the_others() {
    // Asterisk closes its side.
    let one = file("closed");
    let (sent, exit, _) = through(&shell(&one, "cat; echo over; exit 5"));
    assert_eq!((sent.as_slice(), exit), (&b"over\n"[..], Exit::Status(5)));
    assert_eq!(transcript(&one), "! closed\n> over\n= 5\n");

    // The program closes its output and lives on: Asterisk sees that at once.
    let two = file("silent");
    let mut running = shell(&two, "echo NOOP; exec >&-; read -r l; exit 4").start().unwrap();
    assert_eq!(rest(&mut running), b"NOOP\n");
    assert_eq!(running.wait(Duration::from_millis(20)).unwrap(), None);
    running.to.take().unwrap().write_all(b"200 result=0\n").unwrap();
    assert_eq!(end(running).0, Exit::Status(4));

    // The program closes its input: Asterisk writes to nobody.
    let three = file("deaf");
    let line = "exec <&-; echo NOOP; while ! [ -e \"$0\" ]; do sleep 0.01; done; exit 6";
    let go = three.with_file_name("go");
    let program = recorded(&three, &["/bin/sh", "-c", line, go.to_str().unwrap()]);
    let mut running = program.start().unwrap();
    let mut to = running.to.take().unwrap();
    assert_eq!(lines(&mut running)(), "NOOP");
    let began = Instant::now();
    while to.write_all(b"200 result=0\n").is_ok() {
        assert!(began.elapsed() < LIMIT, "somebody still reads");
        thread::sleep(Duration::from_millis(1));
    }
    fs::write(go, "").unwrap();
    assert_eq!(end(running).0, Exit::Status(6));

    // Asterisk reads no more: the program is told as without us.
    let four = file("unread");
    let mut running = shell(&four, "while :; do echo NOOP; done").start().unwrap();
    running.from = None;
    assert_eq!(end(running).0, Exit::Signal(13));
}

#[test]
fn a_child_that_holds_the_output_is_waited_for() {
    let file = file("child");
    let (sent, exit, _) = through(&shell(&file, "(sleep 0.2; echo late) & echo early; exit 3"));
    assert_eq!((sent.as_slice(), exit), (&b"early\nlate\n"[..], Exit::Status(3)));
    assert!(transcript(&file).ends_with("> early\n> late\n= 3\n"));
}

#[test]
fn a_program_that_does_not_start_is_told_to_asterisk() {
    let file = file("missing");
    let (sent, exit, errors) = through(&recorded(&file, &["/no/such/program"]));
    let lines =
        "verbose \"Failed to execute '/no/such/program': No such file or directory\" 1\nfailure\n";
    assert_eq!((String::from_utf8(sent).unwrap().as_str(), exit), (lines, Exit::Status(1)));
    assert!(errors.contains("/no/such/program: there is no such file"), "{errors}");
    assert!(transcript(&file).ends_with("\n> failure\n= 1\n"));
}

#[test]
fn trouble_with_the_recording_harms_nothing() {
    let fine = |program: &Program, words: &str| {
        let mut running = program.start().unwrap();
        running.to.take().unwrap().write_all(&b"agi_request: x\n".repeat(200)).unwrap();
        assert_eq!(rest(&mut running), b"NOOP\n".repeat(200));
        let (exit, errors) = end(running);
        assert_eq!(exit, Exit::Status(9));
        assert!(errors.contains(words) && errors.lines().count() == 1, "{words}: {errors}");
    };
    let script = "while read -r l; do echo NOOP; done; exit 9";
    let missing = empty_folder("record_trouble").join("missing/");
    fine(&shell(&missing, script), "make the folder first");
    let there = missing.with_file_name("there");
    fs::write(&there, "mine").unwrap();
    fine(&shell(&there, script), "a folder (-o DIR) gets a new file");
    assert_eq!(fs::read(&there).unwrap(), b"mine");
    // A full disk, as far as a test can have one: no file may grow past 512 bytes or a KiB.
    let small = missing.with_file_name("small.agi");
    let line = format!("ulimit -f 1; exec \"$0\" record -o \"$1\" -- /bin/sh -c '{script}'");
    let program = Program::new("/bin/sh").arguments(["-c", &line, env!("CARGO_BIN_EXE_agikit")]);
    fine(&program.argument(&small).capture_errors().own_group(), "of this call ends here");
    assert!((500..=1024).contains(&fs::metadata(small).unwrap().len()));
}

#[test]
fn hides_what_it_is_told_to() {
    let file = file("redact");
    let program = Program::new(env!("CARGO_BIN_EXE_agikit")).arguments(["record", "--no-times"]);
    let program =
        program.arguments(["--redact", "callers,digits", "--redact", "variable=PIN", "-o"]);
    let line = "while read -r l && [ \"$l\" ]; do :; done; echo GET DATA pin; read -r l; \
                echo SET VARIABLE PIN ${l#*=}; read -r l; echo NOOP done";
    let program = program.argument(&file).arguments(["--", "/bin/sh", "-c", line]);
    let mut running = program.capture_errors().own_group().start().unwrap();
    let mut to = running.to.take().unwrap();
    let next = lines(&mut running);
    to.write_all(b"agi_request: x\nagi_callerid: 5550123\nagi_calleridname: Jane\n\n").unwrap();
    assert_eq!(next(), "GET DATA pin");
    to.write_all(b"200 result=8642\n").unwrap();
    assert_eq!(next(), "SET VARIABLE PIN 8642");
    to.write_all(b"200 result=1\n").unwrap();
    assert_eq!(next(), "NOOP done");
    assert_eq!(end(running), (Exit::Status(0), String::new()));
    let text = transcript(&file);
    for secret in ["5550123", "Jane", "8642"] {
        assert!(!text.contains(secret), "{text}");
    }
    // It is a transcript of that program all the same.
    let program = Program::new("/bin/sh").arguments(["-c", line]);
    agikit::program::Replay::new(program).file(&file).unwrap();
    let wrong = Program::new(env!("CARGO_BIN_EXE_agikit"))
        .arguments(["record", "--redact", "everything", "--", "true"])
        .capture_errors();
    let (_, exit, errors) = through(&wrong);
    assert_eq!(exit, Exit::Status(2));
    assert!(errors.contains("it is `callers`, `digits` or `variable=NAME`"), "{errors}");
}

#[test]
fn a_folder_gets_a_file_for_each_call() {
    let folder = empty_folder("record_folder");
    for _ in 0..3 {
        assert_eq!(through(&shell(&folder, "exit 0")).1, Exit::Status(0));
    }
    let files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(files.len(), 3);
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("sh-20") && name.ends_with(".agi"), "{name}");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(transcript(&file), "! closed\n= 0\n");
    }
}
