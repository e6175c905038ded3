//! The book's dialplan lines, its first call, and what it says that the console says.

use std::fs;
use std::path::Path;

use crate::Test;
use crate::lab::{Lab, top, wait};
use crate::support_docs::{blocks, dialplan};

/// Programs that cannot be started: one without a run bit, one whose interpreter's name has a CR behind it, and a file
/// that is no program.
const BROKEN: [(&str, &str, u32, &str); 3] = [
    ("norun", "#!/bin/sh\n", 0o644, "Permission denied"),
    ("crlf", "#!/bin/sh\r\n", 0o755, "No such file or directory"),
    ("format", "echo\n", 0o755, "Exec format error"),
];

/// All pieces of dialplan in the book, by their pages.
fn plans() -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut files: Vec<_> =
        fs::read_dir(top().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let page = fs::read_to_string(&file).unwrap();
        let name = file.file_name().and_then(|name| name.to_str()).unwrap().to_owned();
        for block in blocks(&page).into_iter().filter(|block| dialplan::is_dialplan(block.text)) {
            all.push((name.clone(), block.text.to_owned()));
        }
    }
    all
}

pub fn install(lab: &Lab) {
    lab.install_as("hotline", "first-call");
    for (name, text, mode, _) in BROKEN {
        write(&lab.program(&format!("book-{name}")), text, mode);
    }
    let mut plan = String::new();
    for (at, (_, text)) in plans().iter().enumerate() {
        plan.push_str(&format!("[book-{at}]\n{text}\n"));
    }
    plan.push_str(
        "[scripts]\nexten => _bookfails-.,1,Set(ID=${EXTEN})\n same => n,AGI(book-${CUT(EXTEN,-,2)})\n \
         same => n,Set(DB(live/${ID}-after)=${AGISTATUS})\n same => n,Hangup()\n",
    );
    lab.plan("book", plan.as_bytes());
}

fn write(path: &Path, text: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).expect("agi-bin takes a file");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it may be changed");
}

pub fn tests() -> Vec<Test> {
    vec![
        ("book: asterisk reads its dialplans".into(), Box::new(dialplans)),
        ("book: the first call".into(), Box::new(first_call)),
        ("book: what the console says of programs that do not start".into(), Box::new(broken)),
    ]
}

/// As many priorities are there as the book has lines.
fn dialplans(lab: &Lab) -> String {
    let plans = plans();
    let mut lines = 0;
    for (at, (page, text)) in plans.iter().enumerate() {
        let is_line =
            |line: &&str| ["exten =>", "same =>"].iter().any(|it| line.trim().starts_with(it));
        let should = text.lines().filter(is_line).count();
        let said = lab.cli(&format!("dialplan show book-{at}"));
        let count = said.split_once(" extension").and_then(|(_, rest)| rest.split_once('('));
        let count = count.and_then(|(_, rest)| rest.split(' ').next()?.parse::<usize>().ok());
        assert_eq!(count, Some(should), "{page}: {text}\n{said}");
        for application in dialplan::applications(text) {
            let said = lab.cli(&format!("core show application {application}"));
            assert!(!said.contains("not registered"), "{page}: {application}: {said}");
        }
        lines += should;
    }
    format!("{} pieces, {lines} lines\n", plans.len())
}

/// Its line of the dialplan, its command without a telephone, and a caller who dials.
fn first_call(lab: &Lab) -> String {
    let page = fs::read_to_string(top().join("docs/01-first-call.md")).unwrap();
    let at = plans().iter().position(|(name, _)| name == "01-first-call.md").unwrap();
    let command = "channel originate Local/100@phones application Wait 30";
    assert!(page.contains(&format!("# asterisk -rx '{command}'\n")));
    let from = lab.log_length();
    lab.cli(&command.replace("phones", &format!("book-{at}")));
    let line = |result: &str| format!("AGISTATUS SUCCESS, RESULT {result}\"");
    let context = format!("[100@book-{at}:2] Verbose(");
    wait("the silent caller's end", || {
        lab.said(from, &context, &line("none, NUMBER ")).then_some(())
    });
    lab.cli(&format!("channel originate Local/keys-42#@caller extension 100@book-{at}"));
    wait("the dialling caller's end", || {
        lab.said(from, &context, &line("given, NUMBER 42")).then_some(())
    });
    "one who says nothing, and one who dials 42\n".into()
}

fn broken(lab: &Lab) -> String {
    let page = fs::read_to_string(top().join("docs/09-troubleshooting.md")).unwrap();
    for (name, _, _, reason) in BROKEN {
        let call = lab.call("waits", &format!("bookfails-{name}"));
        assert_eq!(call.left("after"), "FAILURE", "{name}");
        let said = format!("Failed to execute '/srv/lab/agi-bin/book-{name}': {reason}");
        wait(&said, || lab.said(call.log_from, &said, "").then_some(()));
        assert!(page.contains(&format!("`Failed to execute '…': {reason}`")), "{reason}");
    }
    let call = lab.call("waits", "bookfails-missing");
    assert_eq!(call.left("after"), "NOTFOUND");
    "Permission denied, No such file or directory, Exec format error; NOTFOUND\n".into()
}
