//! Installations of Asterisk in folders of their own, without an Asterisk, for `agikit doctor`.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support_process::{Done, run, write_program};

/// The beginning of a script in sh: it reads the environment.
pub(crate) const BEGIN: &str = "#!/bin/sh\nwhile read -r line && [ -n \"$line\" ]; do :; done\n";

/// Whether these tests may become other users.
pub(crate) fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// An installation, which ends with the test.
pub(crate) struct House {
    folder: PathBuf,
    options: Vec<String>,
}

impl House {
    /// A good one: its programs run as `daemon`, or as who tests, and there is no program. Where everybody may come to it:
    /// the folder of the sources may be somebody's own.
    pub(crate) fn new(name: &str) -> House {
        let name = format!("agikit-doctor-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        let house = House { folder, options: Vec::new() };
        for folder in ["etc", "agi-bin", "data/sounds/en/letters"] {
            fs::create_dir_all(house.path(folder)).unwrap();
        }
        for folder in ["", "etc", "agi-bin", "data"] {
            mode(&house.path(folder), 0o755);
        }
        let user = if is_root() { "runuser = daemon\n" } else { "" };
        let conf = format!(
            "[directories]\nastetcdir => {0}/etc\nastagidir => {0}/agi-bin\nastdatadir => {0}/data\n\
             astrundir => {0}/run\n[options]\n{user}",
            house.folder.display()
        );
        fs::write(house.path("etc/asterisk.conf"), conf).unwrap();
        fs::write(house.path("etc/modules.conf"), "[modules]\nautoload = yes\n").unwrap();
        let letters =
            ["d", "e", "h", "l", "o", "r", "space", "w"].map(|it| format!("letters/{it}"));
        for sound in letters.into_iter().chain(["beep".to_owned()]) {
            fs::write(house.path(&format!("data/sounds/en/{sound}.gsm")), [0; 330]).unwrap();
        }
        house
    }

    /// More of asterisk.conf's `[options]`.
    pub(crate) fn option(self, line: &str) -> House {
        let path = self.path("etc/asterisk.conf");
        let conf = fs::read_to_string(&path).unwrap() + line + "\n";
        fs::write(path, conf).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.path("agi-bin").join(name)
    }

    /// Puts a program into agi-bin.
    pub(crate) fn with(self, name: &str, text: impl AsRef<[u8]>) -> House {
        write_program(&self.program(name), text.as_ref());
        self
    }

    /// Puts one there that says this behind the environment.
    pub(crate) fn says(self, name: &str, text: &str) -> House {
        self.with(name, format!("{BEGIN}{text}\n"))
    }

    /// Copies one there.
    pub(crate) fn copy(self, name: &str, from: &Path) -> House {
        // Another process does it: see `write_program`.
        let done = Command::new("cp").arg(from).arg(self.program(name)).status().unwrap();
        assert!(done.success());
        mode(&self.program(name), 0o755);
        self
    }

    /// Options of every run.
    pub(crate) fn given(mut self, options: &[&str]) -> House {
        self.options.extend(options.iter().map(ToString::to_string));
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
        command.arg("doctor").args(&self.options).args(arguments);
        if !self.options.iter().any(|it| it == "--config" || it == "--root") {
            command.arg("--config").arg(self.path("etc/asterisk.conf"));
        }
        command.args(["--limit", "1s"]).stdin(Stdio::null());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
        command
    }

    pub(crate) fn doctor(&self, arguments: &[&str]) -> Done {
        run(&mut self.command(arguments))
    }

    /// Exactly this fault and this cure, and the exit code.
    #[track_caller]
    pub(crate) fn has(&self, arguments: &[&str], code: i32, fault: &str, cure: &str) {
        let done = self.doctor(arguments);
        let text = done.sent.join("\n");
        let here = self.folder.display().to_string();
        let faults = faults(&done);
        let faults: Vec<(String, String)> = faults
            .into_iter()
            .map(|(fault, cure)| (fault.replace(&here, "HERE"), cure.replace(&here, "HERE")))
            .collect();
        assert_eq!(faults, [(fault.to_owned(), cure.to_owned())], "{text}\n{}", done.errors);
        assert_eq!((done.status, done.errors.as_str()), (Some(code), ""), "{text}");
        assert_eq!(done.sent.last().map(String::as_str), Some("1 fault"));
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The faults, each with the line behind it.
pub(crate) fn faults(done: &Done) -> Vec<(String, String)> {
    found(done, "  fault  ")
}

/// The notes, each with its cure.
pub(crate) fn notes(done: &Done) -> Vec<(String, String)> {
    found(done, "  note   ")
}

fn found(done: &Done, kind: &str) -> Vec<(String, String)> {
    let cure = |at: usize| done.sent.get(at + 1)?.strip_prefix("  cure   ").map(str::to_owned);
    let lines = done.sent.iter().enumerate();
    lines
        .filter_map(|(at, line)| {
            Some((line.strip_prefix(kind)?.to_owned(), cure(at).unwrap_or_default()))
        })
        .collect()
}

pub(crate) fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A compiled program of this system, with some of its bytes changed.
pub(crate) fn changed(from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut program = fs::read("/bin/true").unwrap();
    let places: Vec<usize> =
        program.windows(from.len()).enumerate().filter(|it| it.1 == from).map(|it| it.0).collect();
    assert!(!places.is_empty(), "/bin/true has no {}", String::from_utf8_lossy(from));
    for at in places {
        program[at..at + to.len()].copy_from_slice(to);
    }
    program
}
