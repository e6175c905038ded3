//! Runs every example as a process on calls that were recorded on real Asterisk (`tests/transcripts/examples`),
//! and looks at each line it sends: over pipes, as Asterisk talks to it, and with the recording as its standard
//! input.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agikit::program::{Program, Replay};
use agikit::transcript::{Entry, Transcript};
use rusqlite::Connection;
use support_process::{Done, empty_folder, examples, program, run};

/// The account example again, over TCP: `tests/examples_on_emulator.rs` calls it.
const SERVED: &str = "fastagi";

/// The other examples, which a test below runs.
const COVERED: [&str; 7] =
    ["account", "after_call", "barge_in", "echo_wav", "hello", "variables", "voicemail"];

const ASK: &str = r#"GET DATA "vm-enter-num-to-call" 10000 8"#;
/// A key in it is the first of the next answer.
const INVALID: &str = r#"STREAM FILE "invalid" "0123456789*#ABCD""#;

/// The folder of the recordings.
fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/examples")
}

fn recording(name: &str) -> PathBuf {
    recordings().join(format!("{name}.agi"))
}

/// What Asterisk sent in a recording, as bytes.
fn half(name: &str) -> Vec<u8> {
    let lines = Transcript::open(recording(name)).unwrap().entries.into_iter();
    let lines = lines.filter_map(|entry| match entry {
        Entry::Asterisk(line) => Some([line.as_exact().unwrap(), b"\n"].concat()),
        _ => None,
    });
    lines.collect::<Vec<_>>().concat()
}

/// Runs an example with a recording as its standard input, in a folder.
fn play(example: &str, session: &str, folder: &Path) -> Done {
    play_file(example, &recording(session), folder)
}

fn play_file(example: &str, session: &Path, folder: &Path) -> Done {
    play_from(example, File::open(session).unwrap().into(), folder)
}

fn play_from(example: &str, session: Stdio, folder: &Path) -> Done {
    let mut command = Command::new(program(example));
    let desk = command.current_dir(folder).env_remove("AST_VAR_DIR").env_remove("AST_AGI_DIR");
    run(desk.stdin(session))
}

/// Writes a session: the account example's environment up to its arguments, then these lines.
fn session(folder: &Path, lines: &str) -> PathBuf {
    let path = folder.join("session.agi");
    fs::write(&path, format!("agi_request: account\nagi_uniqueid: 7.7\n{lines}")).unwrap();
    path
}

#[track_caller]
fn ended_well(done: &Done, sent: &[&str]) {
    assert_eq!(done.sent, sent);
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
}

#[test]
fn every_example_is_covered() {
    let covered: BTreeSet<String> = COVERED.into_iter().chain([SERVED]).map(String::from).collect();
    assert_eq!(examples(), covered, "examples/ and COVERED differ");
}

/// Each has a recording, and each recording is one example's.
#[test]
fn every_example_has_a_recording() {
    let mut recorded = BTreeSet::new();
    for entry in fs::read_dir(recordings()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let name = name.strip_suffix(".agi").unwrap();
        let is_of = |example: &&str| {
            name.strip_prefix(*example).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        recorded.insert(COVERED.into_iter().find(is_of).expect(name));
    }
    assert_eq!(recorded, COVERED.into());
}

/// Over pipes, with SIGHUP, as Asterisk did it: the same lines and the same end, each time.
#[test]
fn every_recording_replays() {
    for entry in fs::read_dir(recordings()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let example = COVERED.into_iter().rfind(|example| name.starts_with(example)).unwrap();
        let folder = empty_folder(&format!("replayed-{name}"));
        let script = "cd \"$0\" && exec \"$@\"";
        let program = Program::new("/bin/sh").arguments(["-c", script]);
        let program = program.argument(folder).argument(support_process::program(example));
        Replay::new(program).file(&path).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn a_session_in_a_pipe_is_told() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&half("hello")).unwrap(); // all of it before the script begins
    drop(writer);
    let done = play_from("hello", reader.into(), &empty_folder("piped"));
    // No reply can be there before its command: it is asked whether this is a call.
    assert!(done.sent[0].starts_with("GET FULL VARIABLE \"agikit-"), "{done:?}");
    assert_eq!((done.status, done.sent.len()), (Some(1), 1), "{done:?}");
    assert!(done.errors.contains("give a recorded session as a file"), "{done:?}");
}

#[test]
fn hello() {
    let done = play("hello", "hello", &empty_folder("hello"));
    ended_well(&done, &["ANSWER", r#"SAY ALPHA "Hello World" """#]);
}

#[test]
fn account_found() {
    let folder = empty_folder("found");
    let sent = [
        "ANSWER",
        ASK,
        r#"SET VARIABLE "ACCOUNT" "1001""#,
        r#"SET VARIABLE "BALANCE" "1204.50""#,
        r#"SAY NUMBER 1204 """#,
        r#"STREAM FILE "digits/dollars" """#,
        r#"STREAM FILE "vm-and" """#,
        r#"SAY NUMBER 50 """#,
        r#"SET VARIABLE "RESULT" "found""#,
        r#"DATABASE PUT "accounts" "last" "1795230778.1480 found""#,
    ];
    ended_well(&play("account", "account", &folder), &sent);
    // The database that the session names was made, and stands the second time.
    let accounts = Connection::open(folder.join("target/accounts.db")).unwrap();
    let count = "SELECT count(*), sum(cents) FROM account";
    let found: (i64, i64) =
        accounts.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(found, (3, 120450 + 7500 - 1999));
    accounts.execute("DELETE FROM account WHERE number = '1002'", []).unwrap();
    ended_well(&play("account", "account", &folder), &sent);
    let left: i64 =
        accounts.query_row("SELECT count(*) FROM account", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 2, "what was deleted comes back");
}

#[test]
fn account_unknown() {
    let sent = [
        "ANSWER",
        ASK,
        r#"SET VARIABLE "ACCOUNT" "4711""#,
        INVALID,
        ASK,
        ASK,
        r#"STREAM FILE "goodbye" """#,
        r#"SET VARIABLE "RESULT" "unknown""#,
        r#"DATABASE PUT "accounts" "last" "1795267931.0 unknown""#,
    ];
    ended_well(&play("account", "account_unknown", &empty_folder("unknown")), &sent);
}

#[test]
fn account_nothing_dialled() {
    let sent = [
        "ANSWER",
        ASK,
        ASK,
        ASK,
        r#"STREAM FILE "goodbye" """#,
        r#"SET VARIABLE "RESULT" "none""#,
        r#"DATABASE PUT "accounts" "last" "1795230828.1492 none""#,
    ];
    ended_well(&play("account", "account_nothing", &empty_folder("nothing")), &sent);
}

#[test]
fn account_hung_up() {
    let sent = [
        "ANSWER",
        ASK,
        "CHANNEL STATUS", // the session's own question: was that -1 a hangup?
        r#"SET VARIABLE "RESULT" "hangup""#,
        r#"DATABASE PUT "accounts" "last" "1795230909.1498 hangup""#,
    ];
    ended_well(&play("account", "account_hangup", &empty_folder("hangup")), &sent);
    // Asterisk gone altogether: there is nobody to write to.
    let folder = empty_folder("cut");
    let half = half("account_cut");
    let cut = half.strip_suffix(b"200 result=-1\n").unwrap();
    fs::write(folder.join("cut.agi"), cut).unwrap();
    ended_well(&play_file("account", &folder.join("cut.agi"), &folder), &["ANSWER", ASK]);
}

/// Wherever the recording ends, the script ends too: told in the environment, as a hangup behind it. What it
/// sent until then is what it sends to the whole one.
#[test]
fn account_cut_after_every_byte() {
    let folder = empty_folder("cuts");
    let whole = half("account");
    let block = whole.windows(2).position(|two| two == b"\n\n").unwrap() + 2;
    let all = play("account", "account", &folder).sent;
    for end in 0..whole.len() {
        let cut = folder.join("cut.agi");
        fs::write(&cut, &whole[..end]).unwrap();
        let done = play_file("account", &cut, &folder);
        let replies = whole[block.min(end)..end].iter().filter(|&&byte| byte == b'\n').count();
        let sent = if end < block { 0 } else { replies + 1 };
        assert_eq!(done.sent, all[..sent], "cut after {end} bytes: {}", done.errors);
        assert_eq!(done.status, Some(i32::from(end < block)), "cut after {end} bytes");
    }
}

#[test]
fn account_amounts() {
    let folder = empty_folder("amounts");
    let play = |digits: &str, rest: &str| {
        let replies =
            format!("agi_arg_1: a.db\n\n200 result=0\n200 result={digits}\n200 result=1\n");
        play_file("account", &session(&folder, &(replies + rest)), &folder).sent.split_off(3)
    };
    let whole = play("1002", "200 result=1\n200 result=0\n200 result=0 endpos=1\n");
    assert_eq!(
        whole[..3],
        [
            r#"SET VARIABLE "BALANCE" "75.00""#,
            r#"SAY NUMBER 75 """#,
            r#"STREAM FILE "digits/dollars" """#
        ]
    );
    assert!(whole[3].starts_with("SET VARIABLE \"RESULT\""));
    let below = play("1003", "200 result=1\n200 result=0 endpos=1\n");
    let minus = [
        r#"SET VARIABLE "BALANCE" "-19.99""#,
        r#"STREAM FILE "digits/minus" """#,
        r#"SAY NUMBER 19 """#,
    ];
    assert_eq!(below[..3], minus);
    // What is no digit is no account: it is not even looked up.
    let folder = empty_folder("no-digits");
    let replies = "agi_arg_1: a.db\n\n200 result=0\n200 result=1001'--\n";
    let done = play_file("account", &session(&folder, replies), &folder);
    assert_eq!(done.sent[..3], ["ANSWER", ASK, INVALID]);
}

#[test]
fn account_takes_asterisks_folder_without_an_argument() {
    let folder = empty_folder("folder");
    let session = File::open(session(&folder, "\n")).unwrap();
    let var = folder.join("lib/asterisk");
    let mut command = Command::new(program("account"));
    let done = run(command.current_dir(&folder).env("AST_VAR_DIR", &var).stdin(session));
    ended_well(&done, &["ANSWER"]);
    assert!(var.join("accounts.db").exists());
}

#[test]
fn account_without_a_database() {
    let folder = empty_folder("without");
    let session = session(&folder, "agi_arg_1: .\n\n200 result=1\n200 result=1\n200 result=1\n");
    let done = play_file("account", &session, &folder);
    assert_eq!(done.status, Some(1));
    assert!(done.errors.starts_with("account: unable to open database file"), "{}", done.errors);
    assert_eq!(
        done.sent[..2],
        [r#"SET VARIABLE "RESULT" "error""#, r#"DATABASE PUT "accounts" "last" "7.7 error""#]
    );
    assert!(done.sent[2].starts_with("VERBOSE \"unable to open database file"), "{:?}", done.sent);
    assert_eq!(done.sent.len(), 3);
}

#[test]
fn after_call() {
    let sent = [
        r#"GET VARIABLE "CDR(duration)""#,
        r#"GET VARIABLE "HANGUPCAUSE""#,
        r#"GET FULL VARIABLE "${CHANNEL(name)} from ${CALLERID(num)}""#,
        r#"DATABASE PUT "calls" "1795230788.1484" "Local/waits@caller-000002e6;1 from 0123456789,  s, cause 16""#,
        "VERBOSE \"after a hangup work: ASYNCAGI BREAK, DATABASE DEL, DATABASE DELTREE, DATABASE GET, \
         DATABASE PUT, EXEC, GET FULL VARIABLE, GET VARIABLE, NOOP, SET VARIABLE, SPEECH DESTROY, \
         SPEECH UNLOAD GRAMMAR, VERBOSE\"",
        "ANSWER",
        r#"VERBOSE "ANSWER does not: the call is over""#,
        "NOOP",
    ];
    ended_well(&play("after_call", "after_call", &empty_folder("after_call")), &sent);
}

#[test]
fn variables() {
    let sent = [
        r#"GET VARIABLE "GREETING""#,
        r#"SET VARIABLE "GREETING" "good morning to you""#,
        r#"GET VARIABLE "CALLERID(num)""#,
        r#"SET VARIABLE "CALLERID(name)" "a friend""#,
        r#"GET FULL VARIABLE "${STRFTIME($[${EPOCH} + 86400],,%A)}""#,
        r#"DATABASE GET "visitors" "0123456789""#,
        r#"DATABASE PUT "visitors" "0123456789" "1""#,
        r#"VERBOSE "call 1 from 0123456789; tomorrow is Sunday""#,
        r#"DATABASE PUT "scratch" "today/first" "1""#,
        r#"DATABASE PUT "scratch" "today/second" "2""#,
        r#"DATABASE DEL "scratch" "today/first""#,
        r#"DATABASE DELTREE "scratch" "today""#,
        r#"DATABASE DELTREE "scratch""#,
        r#"VERBOSE "removed: true, then false""#,
    ];
    ended_well(&play("variables", "variables", &empty_folder("variables")), &sent);
}
