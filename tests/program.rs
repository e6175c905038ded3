//! Programs started as Asterisk starts them: what they find, how they end, and why some do not start.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use agikit::program::{Audio, Program, Running, StartError, Trouble, explain};
use agikit::transcript::Exit;
use support_process::{empty_folder, write_program};

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A shell's command line as the program.
fn shell(line: &str) -> Program {
    Program::new("/bin/sh").argument("-c").argument(line)
}

/// All that it writes, and its end.
fn end(mut running: Running) -> (String, Exit) {
    drop(running.to.take());
    let mut sent = String::new();
    running.from.take().unwrap().read_to_string(&mut sent).unwrap();
    (sent, running.wait(LIMIT).unwrap().expect("it ends"))
}

fn sent(program: &Program) -> String {
    let (sent, exit) = end(program.start().unwrap());
    assert_eq!(exit, Exit::Status(0), "{sent}");
    sent
}

#[test]
fn words_are_as_given() {
    let folder = empty_folder("program_words");
    let path = folder.join("words");
    write_program(&path, b"#!/bin/sh\ntr '\\0' '\\n' < /proc/$$/cmdline\n");
    let program = Program::new(&path).name("hello").argument("").argument("a b").arguments(["*"]);
    // A script's interpreter gets the file's path in place of `argv[0]`.
    assert_eq!(sent(&program), format!("/bin/sh\n{}\n\na b\n*\n", path.display()));
    let program = Program::new("/bin/cat").name("hello").argument("/proc/self/cmdline");
    assert_eq!(sent(&program), "hello\0/proc/self/cmdline\0");
}

#[test]
fn variables_are_added_and_replaced() {
    let program = shell("echo \"$AST_AGI_DIR,$PATH,${HOME+there}\"")
        .variable("AST_AGI_DIR", "/first")
        .variable("AST_AGI_DIR", "/agi bin")
        .variable("PATH", "/usr/bin:/bin");
    let home = if std::env::var_os("HOME").is_some() { "there" } else { "" };
    assert_eq!(sent(&program), format!("/agi bin,/usr/bin:/bin,{home}\n"));
}

/// The descriptors of the shell that the line runs in, and what they are. (`$(…)` would open one more.)
const DESCRIPTORS: &str = "for d in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do \
    it=/proc/$$/fd/$d; [ -p $it ] && echo $d pipe; [ -c $it ] && echo $d device; done; true";

#[test]
fn only_agis_descriptors_are_open() {
    let agi = sent(&shell(DESCRIPTORS).capture_errors());
    assert_eq!(agi, "0 pipe\n1 pipe\n2 pipe\n");
    let eagi = sent(&shell(DESCRIPTORS).capture_errors().audio(Audio::Pipe));
    assert_eq!(eagi, "0 pipe\n1 pipe\n2 pipe\n3 pipe\n");
}

/// Tries the same where 3 and more were inherited, or 0 to 3 are free: this test, started again.
#[test]
fn inherited_descriptors_are_closed() {
    let inner = |redirections: &str| {
        let me = std::env::current_exe().unwrap();
        let line = format!("exec \"$0\" --exact inner --nocapture {redirections}");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &line]).arg(&me).env("PROGRAM_INNER", "1");
        let output = command.output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = inner("3</dev/zero 7</dev/zero 9>/dev/null");
    assert!(said.contains("plain [0 pipe,1 pipe,]"), "{said}");
    assert!(said.contains("audio [0 pipe,1 pipe,3 pipe,]"), "{said}");
    assert!(said.contains("inherited [0 pipe,1 pipe,3 device,]"), "{said}");
    let said = inner("<&- 3<&- 4<&-");
    assert!(said.contains("plain [0 pipe,1 pipe,]"), "{said}");
    assert!(said.contains("audio [0 pipe,1 pipe,3 pipe,]"), "{said}");
    assert!(said.contains("inherited [0 pipe,1 pipe,]"), "{said}");
}

/// What `inherited_descriptors_are_closed` starts.
#[test]
fn inner() {
    if std::env::var_os("PROGRAM_INNER").is_none() {
        return assert!(shell("exit 0").start().is_ok());
    }
    for (name, audio) in
        [("plain", Audio::None), ("audio", Audio::Pipe), ("inherited", Audio::Inherited)]
    {
        // Standard error is this process's own, whatever that is.
        let open = sent(&shell(&DESCRIPTORS.replace(" 2 ", " ")).audio(audio));
        eprintln!("{name} [{}]", open.replace('\n', ","));
    }
}

#[test]
fn signals_are_as_asterisk_leaves_them() {
    // This process ignores SIGPIPE, as every Rust program does, and catches SIGHUP.
    let _hangup = agikit::Hangup::on_sighup().unwrap();
    let mask = nix::sys::signal::SigSet::from(nix::sys::signal::Signal::SIGTERM);
    mask.thread_block().unwrap();
    let status = sent(&Program::new("/bin/cat").argument("/proc/self/status"));
    mask.thread_unblock().unwrap();
    let line = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        u64::from_str_radix(line.split_whitespace().nth(1).unwrap(), 16).unwrap()
    };
    assert_eq!((line("SigBlk:"), line("SigCgt:")), (0, 0));
    let default =
        [1, 2, 13, 15, 17, 23, 25].iter().fold(0, |bits, signal| bits | 1 << (signal - 1));
    assert_eq!(line("SigIgn:") & default, 0);
}

#[test]
fn a_group_of_its_own_is_asked_for() {
    let group = "read -r _ _ _ _ group rest < /proc/$$/stat; echo $$ $group";
    let ours = nix::unistd::getpgrp().to_string();
    assert_eq!(sent(&shell(group)).split_whitespace().nth(1).unwrap(), ours);
    let own = sent(&shell(group).own_group());
    let (pid, group) = own.trim().split_once(' ').unwrap();
    assert_eq!(pid, group);
}

#[test]
fn every_end_is_told() {
    for status in [0, 1, 2, 77, 127, 255] {
        assert_eq!(end(shell(&format!("exit {status}")).start().unwrap()).1, Exit::Status(status));
    }
    for signal in [1, 9, 11, 13, 15, 34, 50] {
        let program = shell(&format!("kill -{signal} $$; sleep 60"));
        assert_eq!(end(program.start().unwrap()).1, Exit::Signal(signal));
    }
}

#[test]
fn a_hangup_ends_an_unprepared_program() {
    let mut running = Program::new("/bin/cat").start().unwrap();
    assert_eq!(running.wait(Duration::from_millis(5)).unwrap(), None);
    running.hang_up().unwrap();
    assert_eq!(running.wait(LIMIT).unwrap(), Some(Exit::Signal(1)));
    // Asked again, it says the same; signals to nobody are none.
    assert_eq!(running.ended().unwrap(), Some(Exit::Signal(1)));
    running.hang_up().unwrap();
    running.kill().unwrap();
}

#[test]
fn audio_never_blocks_and_arrives() {
    let program = shell("read -r go; wc -c <&3").audio(Audio::Pipe);
    let mut running = program.start().unwrap();
    let mut audio = running.audio.take().unwrap();
    let frame = [7; 320];
    let (mut whole, mut full) = (0, false);
    // Nobody reads yet.
    for _ in 0..100_000 {
        match audio.write(&frame) {
            Ok(length) => whole += length,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                full = true;
                break;
            }
        }
    }
    assert!(full);
    drop(audio);
    assert_eq!(end(running).0.trim(), whole.to_string());
}

#[test]
fn errors_are_captured() {
    let mut running = shell("echo oh >&2; echo NOOP").capture_errors().start().unwrap();
    let mut errors = running.errors.take().unwrap();
    assert_eq!(end(running), ("NOOP\n".into(), Exit::Status(0)));
    let mut said = String::new();
    errors.read_to_string(&mut said).unwrap();
    assert_eq!(said, "oh\n");
}

#[test]
fn nothing_outlives_the_handle() {
    let mut running =
        shell("trap '' HUP TERM; sleep 1000 & echo $!; wait").own_group().start().unwrap();
    let mut sent = [0; 32];
    let length = running.from.as_mut().unwrap().read(&mut sent).unwrap();
    let child = String::from_utf8_lossy(&sent[..length]).trim().to_owned();
    let own = running.pid().to_string();
    drop(running);
    assert!(!Path::new("/proc").join(own).exists(), "not even a zombie");
    // The other is adopted and gone soon, or a zombie of whoever adopts here.
    let began = Instant::now();
    let lives = || {
        let stat = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with(['S', 'R']))
    };
    while lives() {
        assert!(began.elapsed() < LIMIT, "the program's own child still runs");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn refused(path: &Path) -> StartError {
    Program::new(path).start().expect_err("it cannot be started")
}

#[test]
fn what_cannot_start_says_why() {
    let folder = empty_folder("program_bad");
    let write = |name: &str, text: &[u8]| -> PathBuf {
        write_program(&folder.join(name), text);
        folder.join(name)
    };
    let is = |path: &Path, errno: nix::errno::Errno, trouble: Trouble, words: &str| {
        let error = refused(path);
        assert_eq!(error.errno(), errno as i32, "{error}");
        assert_eq!(error.trouble(), Some(&trouble));
        assert_eq!(explain(path), Some(trouble));
        let text = error.to_string();
        assert!(text.starts_with(&path.display().to_string()) && text.contains(words), "{text}");
        assert_eq!(error.reason(), errno.desc());
    };
    use nix::errno::Errno::{EACCES, ENOENT, ENOEXEC};

    let missing = folder.join("missing");
    is(&missing, ENOENT, Trouble::Missing(missing.clone()), "no such file");
    let link = folder.join("link");
    symlink("nowhere", &link).unwrap();
    let dangling = Trouble::Dangling { link: link.clone(), to: "nowhere".into() };
    is(&link, ENOENT, dangling, "which is not there");
    is(&folder, EACCES, Trouble::Directory(folder.clone()), "name the program in it");
    is("/dev/null".as_ref(), EACCES, Trouble::NotAFile("/dev/null".into()), "not a file");

    let plain = write("plain", b"#!/bin/sh\n");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).unwrap();
    is(&plain, EACCES, Trouble::NoRunBit(plain.clone()), "chmod +x");

    let crlf = write("crlf", b"#!/bin/sh\r\necho\r\n");
    is(&crlf, ENOENT, Trouble::CarriageReturn(crlf.clone()), "CR LF");
    let marked = write("marked", b"\xEF\xBB\xBF#!/bin/sh\n");
    is(&marked, ENOEXEC, Trouble::ByteOrderMark(marked.clone()), "byte order mark");
    let foreign = write("foreign", b"#!/usr/bin/no-such-php\n");
    let interpreter = PathBuf::from("/usr/bin/no-such-php");
    let trouble = Trouble::NoInterpreter { script: foreign.clone(), interpreter };
    is(&foreign, ENOENT, trouble, "asks for /usr/bin/no-such-php");

    let text = write("text", b"print 'hello'\n");
    is(&text, ENOEXEC, Trouble::NotAProgram(text.clone()), "#!/bin/sh");
    let bare = write("bare", b"#!\necho\n");
    is(&bare, ENOEXEC, Trouble::NotAProgram(bare.clone()), "is no program");
    let empty = write("empty", b"");
    is(&empty, ENOEXEC, Trouble::Empty(empty.clone()), "empty");
}

/// Started, and yet nothing comes of it: `env` is there, what it is to start is not.
#[test]
fn what_starts_for_nothing_is_explained() {
    let folder = empty_folder("program_env");
    let path = folder.join("script");
    write_program(&path, b"#!/usr/bin/env no-such-perl\n");
    assert_eq!(end(Program::new(&path).start().unwrap()).1, Exit::Status(127));
    let interpreter = PathBuf::from("no-such-perl");
    let trouble = Trouble::NoInterpreter { script: path.clone(), interpreter };
    assert_eq!(explain(&path), Some(trouble));
    write_program(&path, b"#!/usr/bin/env sh\r\n");
    assert_eq!(explain(&path), Some(Trouble::CarriageReturn(path.clone())));
    write_program(&path, b"#!/usr/bin/env sh\nexit 3\n");
    assert_eq!(explain(&path), None);
}

/// A program for another machine, and one whose loader is not there: made from a real one's head.
#[test]
fn foreign_programs_are_told() {
    let folder = empty_folder("program_foreign");
    let mut real = fs::read("/bin/cat").unwrap();
    let path = folder.join("program");
    let at = real.windows(11).position(|part| part == b"ld-linux-x8" || part == b"ld-linux-aa");
    if let Some(at) = at {
        real[at] = b'x';
        write_program(&path, &real);
        assert!(matches!(refused(&path).trouble(), Some(Trouble::NoLoader { .. })));
    }
    real[18] = 0x16; // an IBM mainframe
    write_program(&path, &real);
    assert_eq!(refused(&path).trouble(), Some(&Trouble::OtherMachine(path)));
}

#[test]
fn a_nul_is_refused() {
    let error = shell("exit 0").argument("a\0b").start().unwrap_err();
    assert_eq!((error.errno(), error.trouble()), (nix::errno::Errno::EINVAL as i32, None));
    assert!(error.to_string().contains("cannot start /bin/sh"), "{error}");
}
