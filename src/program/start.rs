//! What to start, and starting it.

use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::Pid;

use super::descriptors::{AUDIO, close_from, out_of_the_way};
use super::explain::{Trouble, explain};
use super::running::Running;
use crate::descriptor::never_blocking;

/// What Asterisk sets back to its default before it starts a program.
const DEFAULT: [Signal; 7] = [
    Signal::SIGHUP,
    Signal::SIGCHLD,
    Signal::SIGINT,
    Signal::SIGURG,
    Signal::SIGTERM,
    Signal::SIGPIPE,
    Signal::SIGXFSZ,
];

/// What the program finds on descriptor 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Audio {
    /// Nothing: AGI.
    #[default]
    None,
    /// A pipe with the caller's audio: EAGI. [`Running::audio`] is its other end, which never blocks.
    Pipe,
    /// What this process itself was started with: for a program that stands between Asterisk and another.
    Inherited,
}

/// A program to start, as Asterisk's `AGI()` and `EAGI()` do.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    name: OsString,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    alone: bool,
    audio: Audio,
    capture: bool,
    group: bool,
}

impl Program {
    /// The file to run; its own name (`argv[0]`) is the same unless [set](Program::name).
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Program {
            name: path.clone().into_os_string(),
            path,
            arguments: Vec::new(),
            variables: Vec::new(),
            alone: false,
            audio: Audio::None,
            capture: false,
            group: false,
        }
    }

    /// `argv[0]`: Asterisk passes what the dialplan says there, not the path that it makes of it.
    #[must_use]
    pub fn name(mut self, name: impl Into<OsString>) -> Self {
        self.name = name.into();
        self
    }

    /// One more argument. Asterisk passes those of `AGI()` here and as `agi_arg_1` and so on.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Several more arguments.
    #[must_use]
    pub fn arguments(mut self, more: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(more.into_iter().map(Into::into));
        self
    }

    /// An environment variable besides those of this process, or in place of one: `AST_AGI_DIR` and the like.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        let name = name.into();
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value.into()));
        self
    }

    /// The program gets the variables that are given here, and none of this process: for who knows what Asterisk's
    /// own environment is.
    #[must_use]
    pub fn only_these_variables(mut self) -> Self {
        self.alone = true;
        self
    }

    /// What is on descriptor 3.
    #[must_use]
    pub fn audio(mut self, audio: Audio) -> Self {
        self.audio = audio;
        self
    }

    /// Standard error comes through a pipe ([`Running::errors`]), where a screen must not be written over.
    #[must_use]
    pub fn capture_errors(mut self) -> Self {
        self.capture = true;
        self
    }

    /// The program gets a process group of its own: a Ctrl-C in the terminal does not reach it, and
    /// [`Running::kill`] ends what it has started, too. Under Asterisk it is in Asterisk's group.
    #[must_use]
    pub fn own_group(mut self) -> Self {
        self.group = true;
        self
    }

    /// The file to run.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was given arguments.
    pub(super) fn has_arguments(&self) -> bool {
        !self.arguments.is_empty()
    }

    /// Starts it.
    ///
    /// # Errors
    /// The file cannot be run, or the system has no pipe or process left.
    pub fn start(&self) -> Result<Running, StartError> {
        self.try_start().map_err(|errno| StartError {
            path: self.path.clone(),
            errno,
            trouble: explain(&self.path),
        })
    }

    fn try_start(&self) -> Result<Running, Errno> {
        let (input, to) = io::pipe().map_err(errno)?;
        let (from, output) = io::pipe().map_err(errno)?;
        let mut places = vec![(OwnedFd::from(input), 0), (OwnedFd::from(output), 1)];
        let mut errors = None;
        if self.capture {
            let (reader, writer) = io::pipe().map_err(errno)?;
            errors = Some(reader);
            places.push((writer.into(), 2));
        }
        let mut audio = None;
        if self.audio == Audio::Pipe {
            let (reader, writer) = io::pipe().map_err(errno)?;
            never_blocking(&writer).map_err(errno)?;
            audio = Some(writer);
            places.push((reader.into(), AUDIO));
        }
        let pid = self.spawn(places)?;
        Ok(Running::new(pid, self.group, to, from, audio, errors))
    }

    /// Starts the process with each pipe's end in its place.
    fn spawn(&self, places: Vec<(OwnedFd, i32)>) -> Result<Pid, Errno> {
        let mut actions = PosixSpawnFileActions::init()?;
        // Kept open until the process is there.
        let mut held = Vec::new();
        for (end, place) in places {
            let end = out_of_the_way(end).map_err(errno)?;
            actions.add_dup2(end.as_raw_fd(), place)?;
            held.push(end);
        }
        // What was opened here ends with the exec anyway; what was inherited may not.
        let keep = self.audio != Audio::None;
        close_from(if keep { AUDIO + 1 } else { AUDIO }, &mut actions);

        let mut attributes = PosixSpawnAttr::init()?;
        let mut flags =
            PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF | PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK;
        if self.group {
            flags |= PosixSpawnFlags::POSIX_SPAWN_SETPGROUP;
            attributes.set_pgroup(Pid::from_raw(0))?;
        }
        attributes.set_flags(flags)?;
        attributes.set_sigdefault(&DEFAULT.into_iter().collect::<SigSet>())?;
        attributes.set_sigmask(&SigSet::empty())?;

        let words = std::iter::once(&self.name).chain(&self.arguments);
        let words: Vec<CString> = words.map(|word| c_string(word)).collect::<Result<_, _>>()?;
        posix_spawn(self.path.as_path(), &actions, &attributes, &words, &self.environment()?)
    }

    /// `NAME=value`, each once.
    fn environment(&self) -> Result<Vec<CString>, Errno> {
        let inherited =
            |name: &OsString| !self.alone && self.variables.iter().all(|it| it.0 != *name);
        let ours = env::vars_os().filter(|(name, _)| inherited(name));
        ours.chain(self.variables.iter().cloned())
            .map(|(name, value)| {
                let mut pair = name.into_vec();
                pair.push(b'=');
                pair.extend_from_slice(value.as_bytes());
                c_string(OsStr::from_bytes(&pair))
            })
            .collect()
    }
}

/// A word as the system takes it: it cannot hold a NUL.
fn c_string(word: &OsStr) -> Result<CString, Errno> {
    CString::new(word.as_bytes()).map_err(|_| Errno::EINVAL)
}

/// The system's number of an error that came from the system.
fn errno(error: io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(nix::libc::EIO))
}

/// A program that did not start: what the system said, and what is the matter.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct StartError {
    path: PathBuf,
    errno: Errno,
    trouble: Option<Trouble>,
}

impl StartError {
    /// The system's number of the error: `ENOENT`, `EACCES`, `ENOEXEC`.
    #[must_use]
    pub fn errno(&self) -> i32 {
        self.errno as i32
    }

    /// The system's words, as Asterisk passes them on: `Permission denied`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.errno.desc()
    }

    /// What is the matter with the file, where that can be seen.
    #[must_use]
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    fn sentence(&self) -> String {
        match &self.trouble {
            Some(trouble) => trouble.to_string(),
            None => format!("cannot start {}: {}", self.path.display(), self.reason()),
        }
    }
}

impl From<StartError> for io::Error {
    fn from(error: StartError) -> Self {
        io::Error::new(io::Error::from(error.errno).kind(), error)
    }
}
