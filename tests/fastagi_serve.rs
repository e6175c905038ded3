//! `fastagi-serve` as a user runs it: programs of four languages unchanged, its log, its limits, its exit codes.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;
#[path = "support_programs/mod.rs"]
mod support_programs;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use agikit::emulator::Asterisk;
use support_fastagi::{Caller, LIMIT, call};
use support_programs::{Folder, header_end};

fn command(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastagi-serve"));
    command.args(arguments).arg(folder).stdin(Stdio::null()).env_remove("JOURNAL_STREAM");
    command
}

/// The server that runs, until it is dropped.
struct Serve {
    child: Child,
    address: SocketAddr,
    log: Receiver<String>,
}

fn serve(arguments: &[&str], folder: &Path) -> Serve {
    begin(command(&[&["-l", "127.0.0.1:0"], arguments].concat(), folder))
}

fn begin(mut program: Command) -> Serve {
    let mut child = program.stderr(Stdio::piped()).spawn().unwrap();
    let (line, log) = channel();
    let errors = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || {
        errors.lines().map_while(Result::ok).try_for_each(|it| line.send(it))
    });
    let mut serve = Serve { child, address: "127.0.0.1:1".parse().unwrap(), log };
    let first = serve.says("serves agi://");
    serve.address = first.split("agi://").nth(1).unwrap().trim_end_matches('/').parse().unwrap();
    serve
}

impl Serve {
    /// The next line of the log that has this in it.
    fn says(&self, what: &str) -> String {
        let mut before = Vec::new();
        loop {
            match self.log.recv_timeout(LIMIT) {
                Ok(line) if line.contains(what) => return line,
                Ok(line) => before.push(line),
                Err(_) => panic!("it does not say {what:?}, but {before:#?}"),
            }
        }
    }

    fn call(&self, script: &str, arguments: &[&str]) -> Caller {
        call(self.address, script, arguments)
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// How it ends.
    fn ends(&mut self) -> Option<i32> {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn menus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs")
}

/// The menu's programs, and what has to run for each.
const MENUS: [(&str, &[&str]); 5] = [
    ("menu.sh", &["sh", "-c", ":"]),
    ("menu.pl", &["perl", "-MAsterisk::AGI", "-e", "1"]),
    ("menu.py", &["python3", "-c", "1"]),
    ("menu.php", &["php", "-v"]),
    ("menu.js", &["node", "-v"]),
];

/// The same call over TCP and as a process: to the emulator both have said the same, and left the same.
#[test]
fn programs_of_any_language_unchanged() {
    let serve = serve(&["-v"], &menus());
    for (program, needs) in MENUS {
        let mut tried = Command::new(needs[0]);
        tried.args(&needs[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        if !tried.status().is_ok_and(|it| it.success()) {
            eprintln!("{program}: skipped, `{}` does not run here", needs.join(" "));
            continue;
        }
        for hangs_up in [false, true] {
            let asterisk = || {
                let asterisk = Asterisk::new().caller("0123456789");
                match hangs_up {
                    true => asterisk.keys("1234").hang_up_during(4),
                    false => asterisk.keys("12341"),
                }
            };
            let process = asterisk().capture_errors().agi(menus().join(program)).unwrap();
            let address = format!("agi://{}/{program}", serve.address);
            let served = asterisk().fastagi(&address).unwrap();
            assert_eq!(served.commands(), process.commands(), "{program}");
            assert_eq!(served.sounds(), process.sounds(), "{program}");
            assert_eq!(served.agi_status(), process.agi_status(), "{program}");
            assert_eq!(served.variable("DIALLED"), process.variable("DIALLED"));
            assert_eq!(served.database("menu", "choice"), process.database("menu", "choice"));
            // Its standard error is the server's.
            if !hangs_up {
                serve.says("is over");
            }
        }
    }
}

#[test]
fn standard_error_is_the_servers_and_so_is_its_environment() {
    let folder = Folder::new("serve-errors");
    folder.script("tells", "echo \"a word, $AST_AGI_DIR\" >&2");
    let mut program = command(&["-l", "127.0.0.1:0"], &folder.path(""));
    program.env("AST_AGI_DIR", "/srv/agi");
    let serve = begin(program);
    assert_eq!(serve.call("tells", &[]).end(), "");
    assert_eq!(serve.says("a word"), "a word, /srv/agi");
}

#[test]
fn the_log_says_why() {
    let folder = Folder::new("serve-why");
    fs::write(folder.path("text"), "x").unwrap();
    std::os::unix::fs::symlink("/bin/sh", folder.path("link")).unwrap();
    support_programs::write_program(&folder.path("perl"), b"#!/no/perl\n");
    support_programs::write_program(&folder.path("env"), b"#!/usr/bin/env no-such-perl\n");
    folder.script("three", "exit 3");
    let serve = serve(&[], &folder.path(""));
    for (path, why) in [
        ("text", "it has no run bit; `chmod +x` sets it"),
        ("link", "it is a link to /"),
        ("../x", "the path has a part `.` or `..`"),
        ("none", "there is no such file"),
        ("perl", "its first line asks for /no/perl, which is not there"),
        ("env", "its first line asks for no-such-perl, which is not there"),
        ("three", "the program at /three ended with status 3"),
    ] {
        let mut caller = serve.call(path, &[]);
        for _ in 0..2 {
            assert!(!caller.command().contains("/bin") && !why.is_empty());
            caller.reply("200 result=1");
        }
        assert_eq!(caller.end(), "failure\n");
        let line = serve.says(why);
        assert!(line.contains("127.0.0.1:") && line.contains(&format!("/{path}")), "{line}");
    }
}

/// A failure is told as a process's is.
#[test]
fn a_failure_is_agistatus_failure() {
    let folder = Folder::new("serve-failure");
    folder.script("three", &format!("{}; exit 3", header_end()));
    folder.script("early", &format!("{}; echo NOOP; exit 3", header_end()));
    folder.script(
        "good",
        &format!("{}; printf 'SET VARIABLE X one\\nSET VARIABLE Y two'", header_end()),
    );
    let serve = serve(&[], &folder.path(""));
    for (path, status, told) in [
        ("three", "FAILURE", Some("FAILURE")),
        ("early", "FAILURE", Some("FAILURE")),
        ("none", "FAILURE", Some("NOTFOUND")),
        ("good", "SUCCESS", None),
    ] {
        let report = Asterisk::new().fastagi(&format!("agi://{}/{path}", serve.address)).unwrap();
        assert_eq!(report.agi_status(), Some(status), "{path}");
        assert_eq!(report.variable("FASTAGI_STATUS"), told.map(Into::into), "{path}");
        if told.is_none() {
            assert_eq!(report.variable("X"), Some("one".into()));
            assert_eq!(report.variable("Y"), Some("two".into()));
        }
    }
}

#[test]
fn counters_and_a_graceful_end() {
    let folder = Folder::new("serve-ends");
    folder.script("waits", &format!("{}; echo NOOP; read -r reply", header_end()));
    let mut serve = serve(&["--grace", "20s"], &folder.path(""));
    let mut caller = serve.call("waits", &[]);
    assert_eq!(caller.command(), "NOOP");
    serve.signal("USR1");
    assert!(serve.says("accepted 1").contains("active 1"));
    serve.signal("TERM");
    serve.says("stops");
    caller.reply("200 result=0");
    assert_eq!(caller.end(), "");
    assert_eq!(serve.ends(), Some(0));
}

#[test]
fn a_second_signal_ends_at_once() {
    let folder = Folder::new("serve-cut");
    folder.script(
        "waits",
        &format!(
            "trap '' HUP TERM; {}; echo $$ > \"$OUT/pid\"; echo NOOP
        while :; do sleep 0.1; done",
            header_end()
        ),
    );
    let mut serve = serve(&[], &folder.path(""));
    let mut caller = serve.call("waits", &[]);
    assert_eq!(caller.command(), "NOOP");
    serve.signal("INT");
    serve.says("stops");
    serve.signal("INT");
    assert_eq!(serve.ends(), Some(1));
    assert!(!support_programs::is_alive(&folder.read("pid")));
}

#[test]
fn who_may_call() {
    let folder = Folder::new("serve-secret");
    folder.script("args", "echo \"NOOP $*\"");
    let secret = folder.out("secret");
    fs::write(&secret, "open sesame\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let file = ["--secret-file", secret.to_str().unwrap()];
    let done = fails(&file, &folder.path(""));
    assert!(done.contains("everybody may read it; `chmod o="), "{done}");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o640)).unwrap();
    let serve = serve(&file, &folder.path(""));
    assert_eq!(serve.call("args", &["one", "open sesame"]).command(), "NOOP one");
    let said = serve.call("args", &["one"]).command();
    assert_eq!(said, "SET VARIABLE \"FASTAGI_STATUS\" \"DENIED\"");
    let serve =
        self::serve(&["--allow", "192.0.2.0/24", "--allow", "2001:db8::1"], &folder.path(""));
    assert_eq!(serve.call("args", &[]).end(), "");
    serve.says("is not allowed to call");
}

#[test]
fn several_addresses() {
    let folder = Folder::new("serve-addresses");
    folder.script("args", "echo NOOP");
    let serve = serve(&["-l", "127.0.0.2:0"], &folder.path(""));
    let second = serve.says("serves agi://127.0.0.2:");
    let second = second.split("agi://").nth(1).unwrap().trim_end_matches('/').parse().unwrap();
    assert_eq!(call(second, "args", &[]).command(), "NOOP");
    assert_eq!(serve.call("args", &[]).command(), "NOOP");
}

#[test]
fn what_cannot_begin() {
    let folder = Folder::new("serve-wrong");
    let here = folder.path("");
    for (arguments, place, why) in [
        (&[][..], Path::new("/no/such/folder"), "/no/such/folder: "),
        (&[], Path::new("/bin/sh"), "it is no folder"),
        (&["-l", "192.0.2.1"], &here, "cannot listen on 192.0.2.1:4573"),
        (&["--allow", "nobody", "-l", "127.0.0.1:0"], &here, "is no network"),
        (&["--secret-file", "/no/such/file", "-l", "127.0.0.1:0"], &here, "/no/such/file: "),
        (&["--grace", "soon"], &here, "a time is a number and its unit"),
        (&["--calls", "0"], &here, "--calls"),
    ] {
        let said = fails(arguments, place);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn the_journal_has_levels_and_no_times() {
    let folder = Folder::new("serve-journal");
    let file = folder.out("journal");
    let mut program = command(&["-l", "127.0.0.1:0"], &folder.path(""));
    program.args(["--allow", "127.0.0.1"]);
    let journal = fs::File::create(&file).unwrap();
    let meta = journal.metadata().unwrap();
    use std::os::unix::fs::MetadataExt;
    program.env("JOURNAL_STREAM", format!("{}:{}", meta.dev(), meta.ino())).stderr(journal);
    let mut child = program.spawn().unwrap();
    let line = folder.read("journal");
    let _ = child.kill();
    let _ = child.wait();
    assert!(line.starts_with("<6>serves the programs of "), "{line}");
}

#[test]
fn the_help_has_examples_and_fits() {
    let done = command(&["--help"], Path::new("")).output().unwrap();
    let help = String::from_utf8(done.stdout).unwrap();
    assert!(help.contains("Examples:\n") && help.contains("Exit codes:\n"), "{help}");
    let long = help.lines().find(|line| line.chars().count() > 100);
    assert_eq!(long, None);
}

/// What it says, that does not begin.
fn fails(arguments: &[&str], folder: &Path) -> String {
    let Output { status, stderr, .. } = command(arguments, folder).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{said}");
    said
}
