//! `agikit call` with programs that do not start, die, hang or live on: a clear message and a defined exit code.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support_process::{Done, empty_folder, run, write_program};

/// A program in a folder of its own.
fn written(name: &str, text: &str) -> PathBuf {
    let path = empty_folder(&format!("trouble-{name}")).join(name);
    write_program(&path, text.as_bytes());
    path
}

fn call(program: &Path) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.args(["call", "--fast", "--patience", "400ms"]).arg(program).stdin(Stdio::null());
    run(command.env_remove("CLICOLOR_FORCE"))
}

#[track_caller]
fn check(done: &Done, code: i32, said: &[&str]) {
    assert_eq!(done.status, Some(code), "{}", done.errors);
    for part in said {
        assert!(done.errors.contains(part), "{part}: {}", done.errors);
    }
}

#[test]
fn there_is_nothing_to_start() {
    let folder = empty_folder("trouble-missing");
    check(&call(&folder.join("nosuch")), 4, &["there is no such file", "AGISTATUS  NOTFOUND"]);
    check(&call(&folder), 4, &["it is a folder", "AGISTATUS  FAILURE"]);
    let plain = written("plain.sh", "#!/bin/sh\n");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).unwrap();
    check(&call(&plain), 4, &["chmod +x", "AGISTATUS  FAILURE"]);
    check(&call(&written("empty", "")), 4, &["it is empty"]);
    check(&call(&written("text", "Hello.\n")), 4, &["first line names its interpreter"]);
}

#[test]
fn a_first_line_is_wrong() {
    let said = ["CR LF", "save it with Unix line ends"];
    check(&call(&written("cr.sh", "#!/bin/sh\r\necho ANSWER\r\n")), 4, &said);
    // This one starts: `env` does, and looks for a `sh\r`.
    check(&call(&written("env.sh", "#!/usr/bin/env sh\r\necho ANSWER\r\n")), 4, &said);
    let missing = written("missing.pl", "#!/no/such/perl\n");
    check(&call(&missing), 4, &["asks for /no/such/perl", "AGISTATUS  FAILURE"]);
    let missing = written("missing-too.pl", "#!/usr/bin/env no-such-perl\n");
    check(&call(&missing), 4, &["asks for no-such-perl"]);
}

#[test]
fn it_dies_at_once() {
    let done = call(&written("three.sh", "#!/bin/sh\necho why >&2\nexit 3\n"));
    check(&done, 1, &["why\n", "AGISTATUS  FAILURE, exit status 3"]);
    assert_eq!(done.sent.last().unwrap(), "= 3");
    let done = call(&written("segv.sh", "#!/bin/sh\nkill -SEGV $$\n"));
    check(&done, 6, &["AGISTATUS  FAILURE, ended by SIGSEGV"]);
    assert_eq!(done.sent.last().unwrap(), "= SIGSEGV");
    // A shell's own 127 is no trouble with the file.
    check(&call(&written("own.sh", "#!/bin/sh\nno-such-command\n")), 1, &["exit status 127"]);
}

#[test]
fn it_never_reads() {
    check(&call(&written("deaf.sh", "#!/bin/sh\necho ANSWER\necho VERBOSE a\n")), 0, &["SUCCESS"]);
    let silent = "the script was silent for too long";
    let done = call(&written("idle.sh", "#!/bin/sh\nexec sleep 600\n"));
    check(&done, 7, &[silent, "AGISTATUS  HANGUP"]);
    let done = call(&written("stubborn.sh", "#!/bin/sh\ntrap '' HUP\nwhile :; do sleep 1; done\n"));
    check(&done, 7, &[silent, "it was ended", "the program was ended"]);
    // More commands than a pipe holds replies.
    let done = call(&written("flood.sh", "#!/bin/sh\nexec yes 'VERBOSE it-does-not-read'\n"));
    check(&done, 7, &["does not read its replies", "AGISTATUS  FAILURE, the program was ended"]);
    let done = call(&written("endless.sh", "#!/bin/sh\nprintf ANSWER\nread -r r; sleep 600\n"));
    check(&done, 7, &["began a line and does not end it", "the program was ended"]);
}

#[test]
fn it_outlives_its_call() {
    let done = call(&written("closed.sh", "#!/bin/sh\nexec >&-\nexec sleep 600\n"));
    check(&done, 7, &["did not end after its call", "the program was ended"]);
    let done = call(&written("child.sh", "#!/bin/sh\nsleep 600 &\nexit 0\n"));
    check(&done, 7, &["holds its standard output open"]);
    let done = call(&written("daemon.sh", "#!/bin/sh\nsleep 3 >/dev/null &\nexit 0\n"));
    check(&done, 0, &["SUCCESS"]);
}

#[test]
fn a_reader_that_leaves_ends_the_call() {
    let path = written("chatty.sh", "#!/bin/sh\nwhile echo NOOP && read -r line; do :; done\n");
    let agikit = env!("CARGO_BIN_EXE_agikit");
    let shell = format!("{agikit} call -f -q {} | head -1", path.display());
    let done = run(Command::new("sh").args(["-c", &shell]).stdin(Stdio::null()));
    assert_eq!((done.sent.len(), done.errors.as_str()), (1, ""));
}

#[test]
fn ctrl_c_hangs_up_and_then_ends() {
    let kept = "#!/bin/sh\ntrap 'echo SET VARIABLE AFTER yes; read -r r; exit 0' HUP\n\
        while read -r line && [ -n \"$line\" ]; do :; done\n\
        echo NOOP; read -r r; kill -INT $PPID; while :; do sleep 0.1; done\n";
    let done = call(&written("kept.sh", kept));
    assert_eq!(done.status, Some(5), "{}", done.errors);
    assert!(done.errors.contains("AFTER=yes"), "{}", done.errors);
    let twice = "#!/bin/sh\ntrap '' HUP\nkill -INT $PPID; sleep 0.2; kill -INT $PPID; sleep 600\n";
    check(&call(&written("twice.sh", twice)), 130, &["ended by SIGKILL"]);
    let term = "#!/bin/sh\ntrap '' HUP\nkill -TERM $PPID; sleep 600\n";
    check(&call(&written("term.sh", term)), 143, &["ended by SIGKILL"]);
}
