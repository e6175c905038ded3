//! `AGIKIT_TRANSCRIPT`: calls of real processes, recorded in a folder; and transcripts as standard input.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agikit::transcript::{Entry, Event, Exit, Transcript};
use support_process::{Call, Done, call, empty_folder, program, run};

/// A call whose session is recorded in a folder.
fn begin(folder: &Path, scenario: &str, uniqueid: &str) -> Call {
    let mut script = Command::new(program("script-under-test"));
    script.env("AGIKIT_TRANSCRIPT", folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut call = call(&mut script);
    call.say(&format!("agi_uniqueid: {uniqueid}\n"));
    call.begin(scenario);
    call
}

/// The one scenario that needs one command.
fn between(folder: &Path, uniqueid: &str) -> Done {
    let mut call = begin(folder, "between", uniqueid);
    call.answer("ANSWER", "200 result=0");
    call.hang_up();
    call.answer("SET VARIABLE \"REFUSED\" \"yes\"", "200 result=1");
    call.end()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn each_session_has_a_file() {
    let folder = empty_folder("recorded");
    for _ in 0..2 {
        let done = between(&folder, "1795224170.14");
        assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
    }
    let files = files(&folder);
    let names: Vec<_> = files.iter().map(|file| file.file_name().unwrap()).collect();
    let name = "script-under-test-1795224170.14";
    assert_eq!(names, [format!("{name}-2.agi").as_str(), &format!("{name}.agi")]);
    for file in &files {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        let mut entries = Transcript::open(file).unwrap().entries;
        entries.retain(|entry| !matches!(entry, Entry::Passed(_)));
        let lines: Vec<String> = entries.iter().skip(4).map(Entry::to_string).collect();
        assert_eq!(
            lines,
            [
                "<",
                "> ANSWER",
                "< 200 result=0",
                "! hangup",
                "> SET VARIABLE \"REFUSED\" \"yes\"",
                "< 200 result=1",
                "= 0"
            ]
        );
    }
}

/// An error goes into the recording, too.
#[test]
fn the_exit_status() {
    let folder = empty_folder("recorded-error");
    let mut call = begin(&folder, "fails", "1.1");
    call.answer(r#"VERBOSE "no tariff: the table is locked" 1"#, "200 result=1");
    assert_eq!(call.end().status, Some(1));
    let transcript = Transcript::open(&files(&folder)[0]).unwrap();
    assert_eq!(transcript.entries.last(), Some(&Entry::Exit(Exit::Status(1))));
}

/// The channel's technology may take part of `agi_uniqueid` from far away.
#[test]
fn the_name_stays_in_the_folder() {
    let folder = empty_folder("recorded-names");
    let inner = folder.join("inner");
    fs::create_dir(&inner).unwrap();
    let long = "x/".repeat(400);
    for id in ["../../up", "/etc/passwd", "a\0b", long.as_str(), ""] {
        assert_eq!(between(&inner, id).status, Some(0));
    }
    assert_eq!(files(&folder).len(), 1, "nothing but the inner folder");
    let files = files(&inner);
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("script-under-test-") && name.len() < 130, "{name}");
    }
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = empty_folder("recorded-nowhere").join("missing");
    let done = between(&folder, "7.7");
    assert_eq!(done.status, Some(0), "the call goes on");
    let file = folder.join("script-under-test-7.7.agi");
    let said = format!("the recording of this call ends here: {}: No such file", file.display());
    assert!(done.errors.starts_with(&said), "{}", done.errors);
    assert_eq!(done.errors.lines().count(), 1, "{}", done.errors);
}

#[test]
fn no_folder_no_recording() {
    let done = between(Path::new(""), "7.7");
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
}

/// A recorded transcript, piped in, is a test.
#[test]
fn a_transcript_is_a_recorded_session() {
    let folder = empty_folder("transcript-input");
    let play = |text: &str| {
        let file = folder.join("session.agi");
        fs::write(&file, text).unwrap();
        let mut hello = Command::new(program("hello"));
        let done = run(hello.stdin(File::open(&file).unwrap()));
        assert_eq!((done.status, done.errors.as_str()), (Some(0), ""), "{text}");
        done.sent
    };
    let lines = ["ANSWER", r#"SAY ALPHA "Hello World" """#];
    let text = "# hello\n\n< agi_request: hello\n< agi_callerid: Jos\\xe9\n<\n> ANSWER\n\
                < 200 result=0\n@ +1.000s\n> SAY ALPHA \"Hello World\" \"\"\n< 200 result=0\n= 0\n";
    assert_eq!(play(text), lines);
    assert_eq!(play(&text.replace('\n', "\r\n")), lines);
    let half = "agi_request: hello\n\n200 result=0\n200 result=0\n";
    assert_eq!(play(half), lines);
    let transcript: Transcript = text.parse().unwrap();
    assert!(!transcript.entries.contains(&Entry::Event(Event::Hangup)));
}
