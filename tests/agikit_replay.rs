//! `agikit replay`, run as a user runs it: what it prints, its exit code, its report.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use quick_junit::Report;
use support_process::{Call, Done, empty_folder, run, write_program};

const GOOD: &str = "# good\n< agi_request: greet\n<\n> ANSWER\n< 200 result=0\n> STREAM FILE \"hello\" \"\"\n\
                    < 200 result=0 endpos=8000\n= 0\n";

/// A folder with a program, and transcripts: a good one, one with another prompt, and one that is none.
fn folder(name: &str) -> PathBuf {
    let folder = empty_folder(&format!("replay_{name}"));
    let program = b"#!/bin/sh\nwhile read -r l && [ \"$l\" ]; do :; done\n\
                    echo ANSWER; read -r l; echo 'STREAM FILE \"hello\" \"\"'; read -r l; exit 0\n";
    write_program(&folder.join("greet"), program);
    fs::create_dir_all(folder.join("calls/more")).unwrap();
    fs::write(folder.join("calls/good.agi"), GOOD).unwrap();
    fs::write(folder.join("calls/more/red.agi"), GOOD.replace("hello", "welcome")).unwrap();
    fs::write(folder.join("calls/broken.agi"), "> ANSWER\nrubbish\n").unwrap();
    fs::write(folder.join("calls/notes.txt"), "no transcript\n").unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.arg("replay").args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env_remove("TRANSCRIPTS").env_remove("CLICOLOR_FORCE");
    command
}

fn replay(folder: &Path, arguments: &[&str]) -> Done {
    run(&mut command(folder, arguments))
}

#[test]
fn green_and_red() {
    let folder = folder("colours");
    let good = replay(&folder, &["calls/good.agi", "--", "./greet"]);
    assert_eq!((good.status, good.errors.as_str()), (Some(0), ""));
    assert_eq!(good.sent[0], "test calls/good.agi ... ok");
    assert!(good.sent[2].starts_with("replayed: ok. 1 passed; 0 failed; in "), "{:?}", good.sent);

    let all = replay(&folder, &["calls", "--jobs", "1", "--", "greet"]);
    assert_eq!((all.status, all.errors.as_str()), (Some(1), ""));
    let text = all.sent.join("\n");
    assert!(
        text.starts_with(
            "test calls/broken.agi ... FAILED\ntest calls/good.agi ... ok\n\
             test calls/more/red.agi ... FAILED\n\nfailures:\n\n---- calls/broken.agi\n"
        ),
        "{text}"
    );
    assert!(text.contains("broken.agi:2:1: "), "line and column: {text}");
    assert!(
        text.contains(
            "---- calls/more/red.agi\ncalls/more/red.agi:6: the script sent another line\n  \
             3   <\n  4   > ANSWER\n  5   < 200 result=0\n  6 - > STREAM FILE \"welcome\" \"\"\n    \
             + > STREAM FILE \"hello\" \"\"\n"
        ),
        "{text}"
    );
    assert!(text.contains("\nreplayed: FAILED. 1 passed; 2 failed; in "), "{text}");
}

#[test]
fn many_at_a_time() {
    let folder = folder("many");
    for number in 0..40 {
        fs::write(folder.join(format!("calls/more/{number:02}.agi")), GOOD).unwrap();
    }
    let done = replay(&folder, &["calls/more", "calls/more/07.agi", "-j4", "--", "./greet"]);
    assert_eq!(done.status, Some(1));
    let mut lines: Vec<&String> = done.sent.iter().filter(|it| it.starts_with("test ")).collect();
    lines.sort();
    assert_eq!(lines.len(), 41, "each once");
    assert!(lines[..40].iter().all(|line| line.ends_with(" ... ok")));
}

#[test]
fn reports_for_build_servers() {
    let folder = folder("junit");
    let done = replay(&folder, &["calls", "--junit", "report.xml", "--", "./greet"]);
    assert_eq!(done.status, Some(1));
    let check = |text: &str| {
        let report = Report::deserialize_from_str(text).unwrap();
        let cases = &report.test_suites[0].test_cases;
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["calls/broken.agi", "calls/good.agi", "calls/more/red.agi"]);
        assert_eq!((report.tests, report.failures), (3, 2));
        assert!(cases.iter().all(|case| case.time.is_some()), "{text}");
        assert!(text.contains("STREAM FILE &quot;welcome&quot;"), "{text}");
    };
    check(&fs::read_to_string(folder.join("report.xml")).unwrap());
    let done = replay(&folder, &["calls", "--junit", "-", "--", "./greet"]);
    check(&done.sent.join("\n"));
    assert!(done.errors.contains("test calls/good.agi ... ok\n"), "{}", done.errors);
    // Refused before anything runs.
    let done = replay(&folder, &["calls", "--junit", "no/report.xml", "--", "./greet"]);
    assert_eq!((done.status, done.sent.len()), (Some(3), 0));
    assert!(done.errors.contains("cannot write the report no/report.xml: "), "{}", done.errors);
}

#[test]
fn writes_transcripts_anew() {
    let folder = folder("overwrite");
    let red = folder.join("calls/more/red.agi");
    let mut overwrite = command(&folder, &["calls/more", "calls/good.agi", "--", "./greet"]);
    assert_eq!(run(overwrite.env("TRANSCRIPTS", "overwrite")).status, Some(0));
    assert_eq!(fs::read_to_string(red).unwrap(), GOOD);
    assert_eq!(replay(&folder, &["calls/more", "--", "./greet"]).status, Some(0));
}

/// Another file that a link leads to is not written, and a folder that takes no file costs no transcript.
#[test]
fn writes_in_place_of_links() {
    let folder = folder("links");
    let red = GOOD.replace("hello", "welcome");
    std::os::unix::fs::symlink("calls/more/red.agi", folder.join("link.agi")).unwrap();
    fs::set_permissions(folder.join("calls/more/red.agi"), PermissionsExt::from_mode(0o640))
        .unwrap();
    let mut overwrite = command(&folder, &["link.agi", "--", "./greet"]);
    assert_eq!(run(overwrite.env("TRANSCRIPTS", "overwrite")).status, Some(0));
    assert_eq!(fs::read_to_string(folder.join("calls/more/red.agi")).unwrap(), red);
    assert_eq!(fs::read_to_string(folder.join("link.agi")).unwrap(), GOOD);
    let written = fs::symlink_metadata(folder.join("link.agi")).unwrap();
    assert!(written.is_file());
    assert_eq!(written.permissions().mode() & 0o777, 0o640);
    // Larger than this limit lets a file become.
    let long = format!("{red}{}", "# a comment\n".repeat(200));
    fs::write(folder.join("long.agi"), &long).unwrap();
    let tool = env!("CARGO_BIN_EXE_agikit");
    let line = format!("trap '' XFSZ; ulimit -f 1; exec {tool} replay long.agi -- ./greet");
    let mut limited = Command::new("sh");
    limited.args(["-c", &line]).current_dir(&folder).stdin(Stdio::null());
    let done = run(limited.env("TRANSCRIPTS", "overwrite"));
    assert_eq!(done.status, Some(1));
    let text = done.sent.join("\n");
    assert!(text.contains("cannot write long.agi: File too large"), "{text}");
    assert_eq!(fs::read_to_string(folder.join("long.agi")).unwrap(), long);
    let hidden = fs::read_dir(&folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(hidden.count(), 0);
}

/// What a program and a file's name hold does not reach the terminal as it is.
#[test]
fn shows_what_would_change_the_terminal() {
    let folder = folder("hostile");
    fs::write(folder.join("a\n\u{1b}[2Jb.agi"), GOOD).unwrap();
    let line = "printf '\\033]0;title\\007\\n' >&2; printf '\\033[2J\\n'";
    let mut forced = command(&folder, &["a\n\u{1b}[2Jb.agi", "--", "sh", "-c", line]);
    let done = run(forced.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR"));
    assert!(done.sent[0].starts_with("test a\\x0a\\x1b[2Jb.agi ... "), "{:?}", done.sent);
    let text = done.sent.join("\n");
    assert!(!text.contains("\x1b[2J") && !text.contains("\x1b]0"), "{text:?}");
    assert!(text.contains("+ > \\x1b[2J") && text.contains("  \\x1b]0;title\\x07"), "{text}");
}

#[test]
fn what_cannot_be_begun_is_told() {
    let folder = folder("trouble");
    let told = |arguments: &[&str], words: &str| {
        let done = replay(&folder, arguments);
        assert_eq!((done.status, done.sent.len()), (Some(3), 0), "{}", done.errors);
        assert!(done.errors.contains(words), "{}", done.errors);
    };
    told(&["calls", "--", "./gone"], "agikit: ./gone: there is no such file");
    told(&["calls", "--", "calls/good.agi"], "calls/good.agi: it has no run bit; `chmod +x`");
    told(&["nowhere", "--", "./greet"], "agikit: nowhere: No such file");
    fs::create_dir(folder.join("empty")).unwrap();
    told(&["empty", "--", "./greet"], "empty: no file in it is named *.agi");
    assert_eq!(replay(&folder, &["calls"]).status, Some(2));
    assert_eq!(replay(&folder, &["calls", "--limit", "soon", "--", "./greet"]).status, Some(2));
}

#[test]
fn a_hang_is_a_failure() {
    let folder = folder("hang");
    let line = "echo ANSWER; sleep 60";
    let done = replay(&folder, &["calls/good.agi", "--limit", "0.3", "--", "sh", "-c", line]);
    assert_eq!(done.status, Some(1));
    let text = done.sent.join("\n");
    assert!(text.contains("calls/good.agi:6: the program did not send this line"), "{text}");
    assert!(text.contains("it was ended after 0.3 s"), "{text}");
}

/// Ctrl-C goes to this program only; what it started must not live on.
#[test]
fn an_interrupt_ends_all() {
    let folder = folder("interrupt");
    let line = "echo $$ > pid; trap '' HUP INT TERM; echo ANSWER; while :; do sleep 0.05; done";
    let mut command = command(&folder, &["calls/good.agi", "--", "sh", "-c", line]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = nix::unistd::Pid::from_raw(child.id().try_into().unwrap());
    let call = Call::of(child, None);
    let pid = loop {
        match fs::read_to_string(folder.join("pid")) {
            Ok(pid) if pid.ends_with('\n') => break pid.trim().to_owned(),
            _ => thread::sleep(Duration::from_millis(5)),
        }
    };
    nix::sys::signal::kill(id, nix::sys::signal::SIGINT).unwrap();
    let done = call.end();
    assert_eq!(done.status, Some(3));
    let text = done.sent.join("\n");
    assert!(text.contains("replayed: STOPPED. 0 passed; 0 failed; 1 not replayed"), "{text}");
    assert!(!fs::exists(format!("/proc/{pid}")).unwrap());
}

#[test]
fn keeps_times_when_asked() {
    let folder = folder("times");
    fs::write(folder.join("slow.agi"), GOOD.replace("> STREAM", "@ +0.400s\n> STREAM")).unwrap();
    let took = |arguments: &[&str]| {
        let began = std::time::Instant::now();
        assert_eq!(replay(&folder, arguments).status, Some(0));
        began.elapsed()
    };
    // The program sends its line at once, which ends the wait: only before Asterisk's lines does it show.
    fs::write(
        folder.join("late.agi"),
        GOOD.replace("< 200 result=0\n", "@ +0.400s\n< 200 result=0\n"),
    )
    .unwrap();
    assert!(took(&["late.agi", "--times", "--", "./greet"]) >= Duration::from_millis(400));
    took(&["slow.agi", "--", "./greet"]);
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = folder("ansi");
    let mut forced = command(&folder, &["calls/good.agi", "--", "./greet"]);
    let done = run(forced.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR"));
    assert_eq!(done.sent[0], "test calls/good.agi ... \x1b[32mok\x1b[0m");
}
