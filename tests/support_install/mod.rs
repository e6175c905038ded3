//! An Asterisk's folders without an Asterisk.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support_process::{Done, empty_folder, run, write_program};

/// Two builds of a program.
pub(crate) const ONE: &str = "#!/bin/sh\necho one; read a || :\n";
pub(crate) const TWO: &str = "#!/bin/sh\necho two; read a || :\n";

/// A folder with an `asterisk.conf` and an agi-bin.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
}

impl Place {
    pub(crate) fn new(name: &str) -> Place {
        let folder = empty_folder(name);
        fs::create_dir(folder.join("agi-bin")).unwrap();
        let place = Place { folder };
        place.configure(&place.agi_bin());
        place
    }

    /// Writes its `asterisk.conf`.
    pub(crate) fn configure(&self, agi_bin: &Path) {
        let text = format!("[directories]\nastagidir => {}\n", agi_bin.display());
        fs::write(self.config(), text).unwrap();
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.join("asterisk.conf")
    }

    pub(crate) fn agi_bin(&self) -> PathBuf {
        self.folder.join("agi-bin")
    }

    /// A program that is to be installed.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        write_program(&path, text.as_bytes());
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
        command.arg("install").arg("--config").arg(self.config()).args(arguments);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    pub(crate) fn install(&self, arguments: &[&str]) -> Done {
        run(&mut self.command(arguments))
    }

    /// What is in agi-bin.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.agi_bin()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// What a program in agi-bin prints.
    pub(crate) fn run(&self, name: &str) -> String {
        let mut command = Command::new(self.agi_bin().join(name));
        run(command.stdin(Stdio::null())).sent.join("\n")
    }
}
