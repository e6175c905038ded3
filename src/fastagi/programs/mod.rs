//! The programs of a folder, in any language, each called as Asterisk's `AGI()` calls it.

mod down;
mod find;
mod last;
mod relay;
mod up;

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::environment::Environment;
use crate::fastagi::call::failure_line;
use crate::program::{Program, Trouble, explain};
use crate::session::Session;
use crate::text::Text;
use crate::transcript::Exit;
use find::Found;
use relay::Relay;

/// The programs of a folder as scripts of a [`Server`](super::Server): `agi://host/account` runs `account` of that
/// folder, `agi://host/sales/menu.py?level=2` runs `sales/menu.py`. The program `fastagi-serve` is made of it.
///
/// ```no_run
/// use agikit::fastagi::{Programs, Server};
///
/// let programs = Programs::new("/usr/local/lib/agi")?;
/// Server::bind("127.0.0.1")?.serve(move |agi| programs.call(agi))?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # What a program finds
/// What it finds under `AGI()`: descriptors, signals and arguments as [`program`](crate::program) has them, and on its
/// standard input what Asterisk says, byte for byte, but
/// - the lines `agi_network` and `agi_network_script` are not there, and `agi_request` is the path, decoded, as
///   `AGI(sales/menu.py)` would have it; so is its own name (`argv[0]`);
/// - a `HANGUP` line is SIGHUP to the program, and is taken out, wherever it stands between replies. It comes once at
///   most; at the connection's end SIGHUP comes (again), and the end of its input, as Asterisk does with
///   `AGIEXITONHANGUP`.
///
/// Environment variables are this process's, and what stands in the address: `AGI_NETWORK_SCRIPT`
/// (`sales/menu.py?level=2`, as it was sent) and `AGI_QUERY_level` (decoded; for names of letters, digits and `_`). The
/// `AST_…` variables are those that this process has. Standard error and the working folder are this process's.
///
/// # What is run
/// A file below the folder that this user may run. The path has neither `..` nor empty parts, and no link on it may lead
/// out of the folder. That is looked at when the call comes, and then the file is started by its path: whoever may write in
/// the folder decides what runs, and a link that he changes in between is followed. So let nobody else write there.
///
/// # What is passed on
/// Its output goes to Asterisk in whole lines, each by one write; a last line without an end gets one. Either side
/// may be slow: 64 KiB of commands and 1 MiB of replies wait, and then nothing more is read. (Asterisk drops replies that
/// nobody takes within 0.1 s.)
///
/// # How it ends
/// The call is over when the program has closed its output and has ended, as with Asterisk. A status other than 0, or a
/// signal that ended it, sets `FASTAGI_STATUS=FAILURE`, unless the caller hung up; and AGISTATUS is `FAILURE`, as under
/// `AGI()`. Where no program is, AGISTATUS is `FAILURE`, too (and not `NOTFOUND`, which no server can make it).
///
/// Asterisk never ends a program, and neither is one ended here that goes on behind the hangup, while Asterisk holds
/// the channel for it. When the connection is closed it has [a time](Programs::time_after) left, 10 minutes unless said;
/// when the server stops, none. Then it gets SIGHUP once more, with its process group SIGTERM 0.6 s later, and SIGKILL after
/// 0.6 s more. Until its end it keeps its place among the calls.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
    after: Duration,
}

/// Why a call had no program, or not a good one. Its text is fit for Asterisk's console: it says nothing of the server's
/// files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// No program is there that may be run: `FASTAGI_STATUS=NOTFOUND`.
    #[error("no program is at /{path}")]
    NotFound {
        /// The path, decoded and printable.
        path: String,
        /// What is the matter, for the server's log.
        why: String,
    },
    /// The system did not start it: no interpreter, no memory.
    #[error("the program at /{path} could not be started")]
    NotStarted {
        /// The path, decoded and printable.
        path: String,
        /// What is the matter, for the server's log.
        why: String,
    },
    /// It ended by a signal, or with a status that tells of a failure.
    #[error("the program at /{path} ended {}", how(*exit))]
    Failed {
        /// The path, decoded and printable.
        path: String,
        /// How it ended.
        exit: Exit,
        /// What is the matter with the file, where that can be seen.
        trouble: Option<Trouble>,
    },
    /// The system refused a pipe or a wait.
    #[error("the call could not be passed on: {0}")]
    Io(#[from] io::Error),
}

impl ProgramError {
    /// What the log has to say beyond the error's own text.
    pub(super) fn why(&self) -> String {
        match self {
            ProgramError::NotFound { why, .. } | ProgramError::NotStarted { why, .. } => {
                format!(": {why}")
            }
            ProgramError::Failed { trouble: Some(trouble), .. } => format!(": {trouble}"),
            _ => String::new(),
        }
    }
}

fn how(exit: Exit) -> String {
    match exit {
        Exit::Status(status) => format!("with status {status}"),
        Exit::Signal(signal) => format!("by signal {signal}"),
    }
}

impl Programs {
    /// The programs of this folder. It is looked into anew at each call: it may change, and be a link that changes.
    ///
    /// # Errors
    /// There is no such folder, or it may not be entered.
    pub fn new(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = folder.as_ref();
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("{}: {error}", folder.display()))
        };
        match folder.canonicalize().and_then(|it| it.join(".").metadata()) {
            Ok(_) => {}
            Err(error) => {
                let what = match error.kind() {
                    ErrorKind::NotADirectory => "it is no folder",
                    ErrorKind::NotFound => "there is no such folder",
                    ErrorKind::PermissionDenied => "this user may not enter it",
                    _ => return Err(named(error)),
                };
                let folder = folder.display();
                let what = format!("{folder}: {what}; name the one that holds the programs");
                return Err(io::Error::new(error.kind(), what));
            }
        }
        let folder = std::path::absolute(folder).map_err(named)?;
        Ok(Programs { folder, after: Duration::from_secs(600) })
    }

    /// How long a program may go on when its call's connection is closed: 10 minutes unless said.
    #[must_use]
    pub fn time_after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Runs the program at the call's path, and is its script up to its end.
    ///
    /// # Errors
    /// There is none, it cannot be started, or it did not end well. The server then sets `FASTAGI_STATUS`, and writes it to
    /// its log and to Asterisk's console.
    pub fn call(&self, agi: &mut Session) -> Result<(), ProgramError> {
        let environment = agi.environment();
        let found = find::find(&self.folder, &environment)?;
        let mut running = program(&found, &environment).start().map_err(|error| {
            ProgramError::NotStarted { path: found.shown(), why: error.to_string() }
        })?;
        let pid = running.pid();
        log::debug!("fastagi: /{} runs as process {pid}", found.shown());
        let header = environment.as_process(&found.name);
        drop(environment);
        let hangup = agi.hangup_flag();
        let (stream, ahead) = agi.stream();
        let relay = Relay::new(&mut running, stream, &hangup, &header, self.after)?;
        let passed = relay.run(&ahead, &failure_line())?;
        if !passed.is_open {
            agi.is_closed();
        }
        log::debug!("fastagi: /{} (process {pid}) ended {}", found.shown(), how(passed.exit));
        if passed.exit == Exit::Status(0) || hangup.is_known() {
            return Ok(());
        }
        let trouble = explain(&found.file);
        Err(ProgramError::Failed { path: found.shown(), exit: passed.exit, trouble })
    }
}

/// What is started for a call.
fn program(found: &Found, environment: &Environment) -> Program {
    let text = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
    let arguments = environment.args().map(|it| text(it.as_bytes()));
    let address = environment.network_script().map(Text::as_bytes).unwrap_or_default();
    let mut program = Program::new(&found.file)
        .name(text(&found.name))
        .arguments(arguments)
        .variable("AGI_NETWORK_SCRIPT", text(address))
        .own_group();
    let mut seen = HashSet::new();
    for (name, value) in environment.parameters() {
        let is_name = |&byte: &u8| byte.is_ascii_alphanumeric() || byte == b'_';
        // A variable cannot hold a NUL, and the first of a name counts.
        if !name.is_empty()
            && name.as_bytes().iter().all(is_name)
            && !value.as_bytes().contains(&0)
            && seen.insert(name.clone())
        {
            let mut variable = OsString::from("AGI_QUERY_");
            variable.push(text(name.as_bytes()));
            program = program.variable(variable, text(value.as_bytes()));
        }
    }
    program
}
