//! `agikit call` in a terminal: the telephone, by the keys and the screen of a terminal of the test's own.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_network;
mod support_process;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};
use nix::sys::termios::{LocalFlags, tcgetattr};
use support_network::server;
use support_process::{empty_folder, write_program};

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A telephone and who sits at it.
struct Desk {
    child: Child,
    keyboard: File,
    /// Kept open, to look at how the terminal is left.
    terminal: OwnedFd,
    screen: Arc<Mutex<Vec<u8>>>,
    began: Instant,
}

impl Desk {
    /// Calls a shell script that has read its environment.
    fn call(name: &str, body: &str, options: &[&str]) -> Desk {
        let path = empty_folder(&format!("telephone-{name}")).join(name);
        let text =
            format!("#!/bin/sh\nwhile read -r line && [ -n \"$line\" ]; do :; done\n{body}\n");
        write_program(&path, text.as_bytes());
        Desk::place(path.as_os_str(), options)
    }

    /// Calls a program, or a server's address.
    fn place(program: &OsStr, options: &[&str]) -> Desk {
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let ends = openpty(&size, None).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
        command.arg("call").args(options).arg(program);
        command.env("TERM", "xterm").env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR");
        command.stdin(ends.slave.try_clone().unwrap());
        command.stdout(ends.slave.try_clone().unwrap());
        command.stderr(ends.slave.try_clone().unwrap());
        let child = command.spawn().unwrap();
        drop(command);
        let keyboard = File::from(ends.master);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut from, seen) = (keyboard.try_clone().unwrap(), Arc::clone(&screen));
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut chunk) {
                seen.lock().unwrap().extend_from_slice(&chunk[..count]);
            }
        });
        Desk { child, keyboard, terminal: ends.slave, screen, began: Instant::now() }
    }

    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// Waits until a word was sent to the screen. (A blank between words need not be.)
    #[track_caller]
    fn sees(&mut self, word: &str) {
        let mut looked = 0;
        while !self.screen().contains(word) {
            assert!(self.began.elapsed() < LIMIT, "{word} is not there: {:?}", self.screen());
            thread::sleep(Duration::from_millis(5));
            // Only what changed is sent, a part of a word perhaps: Ctrl-L asks for all of it.
            looked += 1;
            if looked % 50 == 0 {
                self.types("\x0c");
            }
        }
    }

    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for the end; the terminal must be as it was. Gives the exit code.
    #[track_caller]
    fn ends(&mut self) -> Option<i32> {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(self.began.elapsed() < LIMIT, "it hangs: {:?}", self.screen());
            thread::sleep(Duration::from_millis(5));
        };
        let flags = tcgetattr(&self.terminal).unwrap().local_flags;
        assert!(flags.contains(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG));
        self.sees("\x1b[?1049l");
        status.code()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Only this child, by its handle; nothing where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_call_by_hand() {
    let body =
        "echo WAIT FOR DIGIT -1; read -r reply; echo SET VARIABLE SAID \\\"$reply\\\"; read -r r";
    let mut desk = Desk::call("by-hand.sh", body, &["--caller", "0123"]);
    desk.sees("\x1b[?1049h");
    desk.sees("DIGIT");
    desk.types("5");
    desk.sees("result=53");
    desk.sees("AGISTATUS");
    desk.types("x");
    assert_eq!(desk.ends(), Some(0));
    // The summary stands on the user's own screen.
    desk.sees("SAID=200 result=53");
}

#[test]
fn a_call_to_a_server() {
    let (place, _served) = server(|mut line| {
        line.environment();
        let key = line.ask("WAIT FOR DIGIT -1");
        line.ask(&format!("SET VARIABLE SAID \"{}\"", key.trim_end()));
        line.line() // till the person leaves
    });
    let address = format!("agi://{place}/menu");
    let mut desk = Desk::place(address.as_ref(), &[]);
    desk.sees(&address);
    desk.sees("DIGIT");
    desk.types("7");
    desk.sees("result=55");
    desk.types("h");
    desk.sees("HANGUP");
    desk.sees("AGISTATUS");
    desk.types("x");
    assert_eq!(desk.ends(), Some(5));
    desk.sees("SAID=200 result=55");
}

#[test]
fn a_program_that_hangs_is_ended() {
    let hang = "trap '' HUP\necho ANSWER; read -r r\nwhile :; do sleep 1; done";
    let mut desk = Desk::call("hang.sh", hang, &[]);
    desk.sees("ANSWER");
    desk.types("h");
    desk.sees("hangup");
    desk.types("\x03");
    assert_eq!(desk.ends(), Some(130));
    let mut desk = Desk::call("patience.sh", hang, &["--patience", "500ms"]);
    desk.sees("hangup");
    desk.sees("ended");
    desk.sees("AGISTATUS");
    desk.types("\x03");
    assert_eq!(desk.ends(), Some(7));
}

#[test]
fn signals_leave_the_terminal_as_it_was() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let body = "trap '' HUP TERM\necho ANSWER; read -r r\nwhile :; do sleep 1; done";
        let mut desk = Desk::call(&format!("{signal}.sh"), body, &[]);
        desk.sees("ANSWER");
        desk.signal(signal);
        assert_eq!(desk.ends(), Some(code));
    }
}

#[test]
fn control_sequences_do_nothing() {
    let body = "printf 'VERBOSE \"\\033]0;wicked\\007\" 1\\n'; read -r r
printf '\\033[5mworse\\n' >&2; echo GET DATA beep 100 1; read -r r";
    let mut desk = Desk::call("control.sh", body, &[]);
    desk.sees("AGISTATUS");
    desk.types("\x03");
    assert_eq!(desk.ends(), Some(0), "{}", desk.screen());
    let screen = desk.screen();
    assert!(screen.contains("wicked") && screen.contains("worse"), "{screen:?}");
    assert!(!screen.contains('\x07') && !screen.contains("\x1b]") && !screen.contains("\x1b[5m"));
}

#[test]
fn a_flood_leaves_the_keys_alive() {
    let out = "exec 3<&0\ncat <&3 >/dev/null &\nexec yes NOOP";
    let deaf = "exec yes NOOP";
    let errors = "yes 'an error without an end' >&2 &\nyes | tr -d '\\n' >&2 &\nexec sleep 600";
    for (name, body, word) in
        [("out.sh", out, "NOOP"), ("deaf.sh", deaf, "NOOP"), ("errors.sh", errors, "error")]
    {
        let mut desk = Desk::call(name, body, &["--quiet"]);
        desk.sees(word);
        thread::sleep(Duration::from_millis(500));
        desk.types("7");
        desk.sees("(7)");
        let status = fs::read_to_string(format!("/proc/{}/status", desk.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        let size: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(size < 200_000, "{line}");
        desk.types("h");
        desk.sees("AGISTATUS");
        desk.types("x");
        assert_eq!(desk.ends(), Some(5), "{name}");
    }
}

#[test]
fn a_terminal_that_cannot_show_it_gets_lines() {
    for (options, variable) in [(&["--plain"][..], "x"), (&["--fast"], "x"), (&[], "TERM")] {
        let path = empty_folder(&format!("telephone-lines-{}{variable}", options.concat()));
        let path = path.join("lines.sh");
        write_program(&path, b"#!/bin/sh\necho NOOP; read -r r\n");
        let ends = openpty(None, None).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
        command.arg("call").args(options).arg(path).env("TERM", "xterm").env_remove(variable);
        command.stdin(ends.slave.try_clone().unwrap()).stderr(ends.slave.try_clone().unwrap());
        command.stdout(ends.slave);
        let mut child = command.spawn().unwrap();
        drop(command);
        let mut all = Vec::new();
        let _ = File::from(ends.master).read_to_end(&mut all); // ends with an error
        assert!(child.wait().unwrap().success());
        let all = String::from_utf8_lossy(&all);
        assert!(all.contains("> NOOP") && !all.contains("\x1b[?1049h"), "{all:?}");
        assert!(!all.contains("agi_request"), "a terminal's lines have no environment: {all}");
    }
}
