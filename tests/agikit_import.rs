//! `agikit import`, run as a user runs it: files, names, and what is said.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use agikit::transcript::Transcript;
use support_process::{Done, empty_folder, run};

/// A session's lines in a log, each behind its head.
fn session(thread: u32, channel: &str, unique: &str) -> Vec<String> {
    let head = format!(
        "[2026-11-21 01:49:07.539] VERBOSE[{thread}][C-00000006] res_agi.c: <{channel}>AGI "
    );
    let lines = [
        "Tx >> agi_request: hello",
        &format!("Tx >> agi_uniqueid: {unique}"),
        "Tx >> ",
        "Rx << ANSWER",
        "Tx >> 200 result=0",
        "Script hello completed, returning 0",
    ];
    lines.map(|line| format!("{head}{line}\n")).to_vec()
}

/// Two sessions, line by line in turn, among other lines.
fn interleaved() -> String {
    let one = session(11, "PJSIP/alice-00000001", "1795225747.12");
    let other = session(12, "Local/../../x y@\u{e4};1", "1795225747.13");
    let other_lines = "[2026-11-21 01:49:07.540] VERBOSE[11][C-00000006] pbx.c: something else\n";
    one.iter().zip(&other).map(|(one, other)| format!("{one}{other_lines}{other}")).collect()
}

fn import(folder: &Path, arguments: &[&str]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    run(command.arg("import").args(arguments).current_dir(folder).stdin(Stdio::null()))
}

#[test]
fn several_become_files() {
    let folder = empty_folder("import_several");
    fs::write(folder.join("full"), interleaved()).unwrap();
    let done = import(&folder, &["full"]);
    assert_eq!((done.status, done.sent.len()), (Some(3), 0));
    assert!(done.errors.contains("full: 2 sessions are in it; -o DIR writes a file for each"));
    let done = import(&folder, &["full", "-o", "calls"]);
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
    let names = [
        "calls/PJSIP-alice-00000001-1795225747.12.agi",
        "calls/Local-..-..-x-y----1-1795225747.13.agi",
    ];
    assert_eq!(done.sent, names);
    for name in names {
        let transcript = Transcript::open(folder.join(name)).unwrap().to_string();
        assert!(transcript.contains("> ANSWER\n< 200 result=0\n"), "{transcript}");
        assert_eq!(fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Never overwritten, unless it is wanted.
    fs::write(folder.join(names[0]), "mine").unwrap();
    let done = import(&folder, &["full", "-o", "calls"]);
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("alice-00000001-1795225747.12.agi is there already; --force"));
    assert_eq!(fs::read(folder.join(names[0])).unwrap(), b"mine");
    assert_eq!(import(&folder, &["full", "-o", "calls", "--force"]).status, Some(0));
    assert!(Transcript::open(folder.join(names[0])).is_ok());
    // What a link leads to is not, and what others could read they cannot any more.
    fs::write(folder.join("mine"), "mine").unwrap();
    fs::remove_file(folder.join(names[0])).unwrap();
    std::os::unix::fs::symlink("../mine", folder.join(names[0])).unwrap();
    fs::set_permissions(folder.join(names[1]), PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(import(&folder, &["full", "-o", "calls", "--force"]).status, Some(0));
    assert_eq!(fs::read(folder.join("mine")).unwrap(), b"mine");
    for name in names {
        let metadata = fs::symlink_metadata(folder.join(name)).unwrap();
        assert!(metadata.is_file() && metadata.permissions().mode() & 0o777 == 0o600);
    }
}

#[test]
fn two_of_one_call_get_numbers() {
    let folder = empty_folder("import_numbers");
    let log = session(11, "PJSIP/a-1", "1.2").concat().repeat(3);
    fs::write(folder.join("full"), log).unwrap();
    let done = import(&folder, &["full", "-o", "."]);
    assert_eq!(
        done.sent,
        ["./PJSIP-a-1-1.2.agi", "./PJSIP-a-1-1.2-2.agi", "./PJSIP-a-1-1.2-3.agi"]
    );
}

#[test]
fn one_is_shown() {
    let folder = empty_folder("import_one");
    fs::write(folder.join("full"), session(11, "PJSIP/a-1", "1.2").concat()).unwrap();
    let done = import(&folder, &["full"]);
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
    let text = done.sent.join("\n");
    assert!(text.starts_with("# PJSIP/a-1") && text.contains("\n> ANSWER\n"), "{text}");
    // What is in doubt is said.
    let cut = session(11, "PJSIP/a-1", "1.2")[3..].concat();
    fs::write(folder.join("full"), cut).unwrap();
    let done = import(&folder, &["full"]);
    assert_eq!(done.status, Some(0));
    assert!(done.errors.contains("line 1, column ") && done.errors.contains("before the log"));
}

#[test]
fn reads_standard_input() {
    let folder = empty_folder("import_stdin");
    fs::write(folder.join("full"), session(11, "PJSIP/a-1", "1.2").concat()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    let done = run(command.args(["import", "-"]).stdin(File::open(folder.join("full")).unwrap()));
    assert_eq!(done.status, Some(0));
    assert!(done.sent.contains(&"> ANSWER".to_owned()));
}

#[test]
fn nothing_in_it_is_told() {
    let folder = empty_folder("import_nothing");
    fs::write(folder.join("full"), "[Nov 21] NOTICE[1] x.c: y\n").unwrap();
    let done = import(&folder, &["full"]);
    assert_eq!((done.status, done.sent.len()), (Some(1), 0));
    assert!(done.errors.contains("no AGI session") && done.errors.contains("agi set debug on"));
    let done = import(&folder, &["missing"]);
    assert_eq!(done.status, Some(3));
    assert!(done.errors.starts_with("agikit: missing: No such file"), "{}", done.errors);
}
