//! Why a file cannot be run, in words that say what to do.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};

use super::interpreter::{Head, head, wanted};

/// What is the matter with a file that is to be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// There is nothing of that name.
    #[error("{}: there is no such file; look for a typing mistake, or give the whole path", .0.display())]
    Missing(PathBuf),
    /// A link that leads nowhere.
    #[error("{}: it is a link to {}, which is not there", link.display(), to.display())]
    Dangling {
        /// The link.
        link: PathBuf,
        /// What it names.
        to: PathBuf,
    },
    /// A folder on the way to it may not be entered.
    #[error("{}: this user may not enter a folder on the way to it; `namei -l` shows which", .0.display())]
    OutOfReach(PathBuf),
    /// A folder.
    #[error("{}: it is a folder; name the program in it", .0.display())]
    Directory(PathBuf),
    /// A device, a socket or a pipe.
    #[error("{}: it is not a file", .0.display())]
    NotAFile(PathBuf),
    /// Nobody may run it.
    #[error("{}: it has no run bit; `chmod +x` sets it", .0.display())]
    NoRunBit(PathBuf),
    /// Somebody may run it, but not this user, or not from this file system.
    #[error(
        "{}: this user may not run it; look at its owner and mode (`ls -l`), and whether its file system is \
         mounted noexec", .0.display()
    )]
    NotAllowed(PathBuf),
    /// Its first line ends in CR LF, as Windows editors write it.
    #[error(
        "{}: its first line ends in CR LF, and the CR is taken for a part of the interpreter's name; save it \
         with Unix line ends (`sed -i 's/\\r$//'`)", .0.display()
    )]
    CarriageReturn(PathBuf),
    /// An invisible mark stands before its `#!`.
    #[error(
        "{}: a byte order mark stands before its `#!`; save it as UTF-8 without one", .0.display()
    )]
    ByteOrderMark(PathBuf),
    /// The interpreter that its `#!` names is not there, or cannot be run.
    #[error(
        "{}: its first line asks for {}, which is not there or cannot be run; install it or correct the line",
        script.display(), interpreter.display()
    )]
    NoInterpreter {
        /// The script.
        script: PathBuf,
        /// What its `#!` names.
        interpreter: PathBuf,
    },
    /// A compiled program whose loader is not there: it was built for another system, or a chroot lacks it.
    #[error(
        "{}: it needs {}, which is not on this system; build it static or install its libraries",
        program.display(), loader.display()
    )]
    NoLoader {
        /// The program.
        program: PathBuf,
        /// What it names.
        loader: PathBuf,
    },
    /// A compiled program for another kind of machine.
    #[error("{}: it was built for another kind of machine; build it for this one", .0.display())]
    OtherMachine(PathBuf),
    /// Nothing is in it.
    #[error("{}: it is empty", .0.display())]
    Empty(PathBuf),
    /// Neither a script with `#!` nor a compiled program.
    #[error(
        "{}: it is no program; a script's first line names its interpreter (`#!/bin/sh`, \
         `#!/usr/bin/env python3`)", .0.display()
    )]
    NotAProgram(PathBuf),
}

/// Looks what keeps a file from being run; `None` where nothing is seen. Also for a program that ended at once:
/// `#!/usr/bin/env perl` with CR LF starts, and `env` then finds no such program.
///
/// ```
/// use agikit::program::{Trouble, explain};
///
/// let trouble = explain("/etc".as_ref()).expect("a folder is no program");
/// assert_eq!(trouble, Trouble::Directory("/etc".into()));
/// assert_eq!(trouble.to_string(), "/etc: it is a folder; name the program in it");
/// ```
#[must_use]
pub fn explain(path: &Path) -> Option<Trouble> {
    let own = || path.to_owned();
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Some(Trouble::OutOfReach(own()));
        }
        Err(_) => {
            return Some(match fs::read_link(path) {
                Ok(to) => Trouble::Dangling { link: own(), to },
                Err(_) => Trouble::Missing(own()),
            });
        }
    };
    if meta.is_dir() {
        return Some(Trouble::Directory(own()));
    }
    if !meta.is_file() {
        return Some(Trouble::NotAFile(own()));
    }
    if meta.permissions().mode() & 0o111 == 0 {
        return Some(Trouble::NoRunBit(own()));
    }
    if !may_run(path) {
        return Some(Trouble::NotAllowed(own()));
    }
    match head(path)? {
        Head::Script(line) => script(path, &line),
        Head::Compiled { machine: false, .. } => Some(Trouble::OtherMachine(own())),
        Head::Compiled { loader: Some(loader), .. } if !loader.exists() => {
            Some(Trouble::NoLoader { program: own(), loader })
        }
        Head::Compiled { .. } => None,
        Head::Marked => Some(Trouble::ByteOrderMark(own())),
        Head::Empty => Some(Trouble::Empty(own())),
        Head::Other => Some(Trouble::NotAProgram(own())),
    }
}

/// What is the matter with a script's first line.
fn script(path: &Path, line: &[u8]) -> Option<Trouble> {
    if line.ends_with(b"\r") {
        return Some(Trouble::CarriageReturn(path.to_owned()));
    }
    let Some(interpreter) = wanted(line) else {
        return Some(Trouble::NotAProgram(path.to_owned()));
    };
    let there = match interpreter.as_os_str().as_bytes().contains(&b'/') {
        true => may_run(&interpreter) && !interpreter.is_dir(),
        false => in_path(&interpreter).is_some(),
    };
    (!there).then(|| Trouble::NoInterpreter { script: path.to_owned(), interpreter })
}

/// The file that a name at the desk means: with a slash the path as it is, else the file in this folder, else the
/// program along `PATH` (`python3`), else the name as it is, which then is missing. Asterisk looks in its agi-bin
/// only.
///
/// ```
/// use agikit::program::find;
///
/// assert_eq!(find("scripts/menu".as_ref()), std::path::Path::new("scripts/menu"));
/// assert!(find("sh".as_ref()).is_absolute());
/// ```
#[must_use]
pub fn find(name: &Path) -> PathBuf {
    if name.as_os_str().as_bytes().contains(&b'/') {
        return name.to_owned();
    }
    // `./`, so that an interpreter takes `-x` for a file, too.
    let here = Path::new(".").join(name);
    match here.exists() {
        true => here,
        false => in_path(name).unwrap_or_else(|| name.to_owned()),
    }
}

/// The program of that name along `PATH`.
fn in_path(name: &Path) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file() && may_run(path))
}

fn may_run(path: &Path) -> bool {
    access(path, AccessFlags::X_OK).is_ok()
}
