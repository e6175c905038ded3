//! What the book shows of programs is what they print.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_docs;
mod support_process;

use std::fs;
use std::path::Path;
use std::process::Command;

use agikit::transcript::Transcript;
use agikit::{Result, Session};
use support_docs::{blocks, fenced};
use support_process::{Done, empty_folder, program, run, write_program};

const FIRST_CALL: &str = include_str!("../docs/01-first-call.md");
const TROUBLESHOOTING: &str = include_str!("../docs/09-troubleshooting.md");
const TESTING: &str = include_str!("../docs/05-testing.md");

/// The commands behind which the book shows what they print, and who compares it.
const SHOWN: [(&str, &str); 4] = [
    ("agikit call --fast --keys '42#' --bin hotline", "the_first_call"),
    ("target/debug/hotline", "the_server_says_where"),
    ("agikit call --fast ./menu.pl", "what_the_desk_says_of_faults"),
    ("agikit call --fast ./noisy", "what_the_desk_says_of_faults"),
];

#[test]
fn everything_that_is_shown_is_compared() {
    let mut shown = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    for file in files {
        let page = fs::read_to_string(file).unwrap();
        for block in blocks(&page).into_iter().filter(|block| block.fence == "console") {
            let lines: Vec<&str> = block.text.lines().collect();
            let is_command = |line: &str| line.starts_with("$ ") || line.starts_with("# ");
            for two in lines.windows(2).filter(|two| is_command(two[0]) && !is_command(two[1])) {
                shown.push(two[0][2..].to_owned());
            }
        }
    }
    assert_eq!(shown, SHOWN.map(|(command, _)| command));
}

/// A call as the book places it, in a folder like its reader's.
fn call(folder: &Path, command: &str) -> Done {
    let (tool, arguments) = command.split_once(" call ").unwrap();
    assert_eq!(tool, "agikit");
    let mut agikit = Command::new(env!("CARGO_BIN_EXE_agikit"));
    // In a terminal the `agi_` lines are left out by themselves.
    agikit.args(["call", "--environment", "never"]).current_dir(folder);
    run(agikit.args(arguments.split(' ').map(|word| word.trim_matches('\''))))
}

/// The command of a console block, and what it shows of its output.
fn shown(page: &'static str, has: &str) -> (&'static str, &'static str) {
    let block = fenced(page, "console").into_iter().find(|block| block.contains(has)).unwrap();
    let (command, output) = block.split_once('\n').unwrap();
    (command.strip_prefix("$ ").unwrap(), output)
}

/// What a terminal shows of both.
fn printed(done: &Done) -> String {
    format!("{}\n{}", done.sent.join("\n"), done.errors.trim_end())
}

#[test]
fn the_first_call() {
    // It is the project that `agikit new hotline` makes, which builds and passes its tests: agikit_new.rs.
    let script = include_str!("../bin/agikit/new/template/lib.rs");
    assert!(script.ends_with(&format!("\n{}\n", fenced(FIRST_CALL, "rust")[0])));
    let readme = include_str!("../bin/agikit/new/template/README.md");
    assert!(readme.contains(fenced(FIRST_CALL, "ini")[0]));
    let folder = empty_folder("book");
    std::os::unix::fs::symlink(program("first-call"), folder.join("hotline")).unwrap();
    let (command, output) = shown(FIRST_CALL, "agikit call");
    let done = call(&folder, &command.replace("--bin ", "./"));
    assert_eq!(done.sent.join("\n"), output);
    assert_eq!(done.errors.trim_end(), fenced(FIRST_CALL, "text")[0]);
}

#[test]
fn what_the_desk_says_of_faults() {
    let folder = empty_folder("book-faults");
    write_program(&folder.join("menu.pl"), b"#!/usr/bin/perl\r\nprint \"ANSWER\\n\";\r\n");
    let noisy = "#!/bin/sh\necho hello\nread -r line\necho NOOP\nread -r line\n";
    write_program(&folder.join("noisy"), noisy.as_bytes());
    for name in ["./menu.pl", "./noisy"] {
        let (command, output) = shown(TROUBLESHOOTING, name);
        assert_eq!(printed(&call(&folder, command)), output, "{name}");
    }
}

/// (In a terminal only, so the text is compared with the source.)
#[test]
fn the_server_says_where() {
    let page = include_str!("../docs/07-fastagi.md");
    let (before, behind) =
        page.split_once("serves agi://127.0.0.1:4573/").expect("the page shows it");
    assert!(before.ends_with("$ target/debug/hotline\n"));
    let said = behind.lines().next().unwrap();
    assert!(include_str!("../src/fastagi/main.rs").contains(&format!("agi://{{address}}/{said}")));
}

#[test]
fn the_transcript_replays() {
    fn script(agi: &mut Session) -> Result {
        agi.answer()?;
        let number = agi.get_data("vm-enter-num-to-call")?.digits;
        agi.set_variable("ACCOUNT", &number)
    }
    let call: Transcript = fenced(TESTING, "text")[0].parse().unwrap();
    call.replay(script).unwrap();
}
