//! Folders of programs, served over TCP.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agikit::fastagi::{Programs, Server};

use crate::support_fastagi::{LIMIT, Served, serve};

/// A folder of its own for a test.
pub struct Folder {
    folder: PathBuf,
    out: PathBuf,
}

/// What a shell script does first: it reads Asterisk's lines.
pub fn header_end() -> &'static str {
    "while read -r line && [ \"$line\" ]; do :; done"
}

/// Writes a file that will be run. Another process does it: a descriptor of this one that is open for writing while a
/// parallel test starts something would be in that process, too, and the file could not be run.
pub fn write_program(path: &Path, text: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(text).unwrap();
    assert!(shell.wait().unwrap().success());
}

impl Folder {
    pub fn new(name: &str) -> Self {
        let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("programs-{name}"));
        let _ = fs::remove_dir_all(&top);
        let (folder, out) = (top.join("folder"), top.join("out"));
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir_all(&out).unwrap();
        Folder { folder, out }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where programs leave what they saw: `$OUT`.
    pub fn out(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    /// What a program left; waits for it.
    pub fn read(&self, name: &str) -> String {
        let end = std::time::Instant::now() + LIMIT;
        loop {
            match fs::read_to_string(self.out(name)) {
                Ok(text) if text.ends_with('\n') => return text,
                other => assert!(std::time::Instant::now() < end, "{name}: {other:?}"),
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Puts a shell script there.
    pub fn script(&self, name: &str, text: &str) {
        let text = format!("#!/bin/sh\nOUT='{}'\n{text}\n", self.out.display());
        write_program(&self.path(name), text.as_bytes());
    }

    pub fn programs(&self) -> Programs {
        Programs::new(&self.folder).unwrap()
    }

    pub fn serve(&self) -> Served {
        self.serve_so(|server| server)
    }

    pub fn serve_so(&self, how: impl FnOnce(Server) -> Server) -> Served {
        let programs = self.programs();
        serve(how, move |agi| programs.call(agi))
    }
}

/// What the program `cksum` says of these bytes.
pub fn cksum(bytes: &[u8]) -> String {
    let mut child =
        Command::new("cksum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

/// How much memory this process has, in bytes.
pub fn memory() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Whether a process is there and has not ended.
pub fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
