//! The arguments of `agikit doctor`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::asterisk::Place;
use crate::call::values;

/// Looks at an Asterisk installation and its AGI programs, as the user whom Asterisk runs as.
///
/// Each fault is told in a line, and its cure in the next. As root (sudo) it becomes Asterisk's user, in Asterisk's
/// root folder, and sees what that one sees; as anybody else it goes by the files' modes.
#[derive(Debug, Args)]
#[command(after_help = "\
A program that is named is REALLY RUN: for a list of its sounds in each
language, in a call on the emulator, and in one that is hung up; where it fails, up to three times more. No caller is
there and no Asterisk is called, but what it does besides (a database, a mail, another
machine) it does. --no-call leaves all that out. Without a program none is run.

What is looked at:
  the file      there, within reach, run bit, noexec, rights that are too wide
  a script      CR LF, byte order mark, interpreter, env and Asterisk's PATH
  compiled      for this machine, its loader and its libraries
  the call      stray output, exit status, signals, silence, buffers, hangup, EAGI
  sounds        those that it plays in the call, and those that it lists
  Asterisk      asterisk.conf, res_agi.so, pipes for EAGI

Sounds: a program may tell which it needs. Started with AGIKIT_SOUNDS=list it prints the
line `# agikit sounds 1` and then a name a line, and ends: `ivr::run`, `ivr::Sounds::listed`.
AGIKIT_SOUNDS_LANGUAGE is the callers' language; it is asked once for each.

Examples:
  sudo agikit doctor                       the installation, and each program in astagidir
  sudo agikit doctor menu.agi              what AGI(menu.agi) starts
  sudo agikit doctor menu.agi --keys 12#   the same, for a caller who dials 12#
  sudo agikit doctor /opt/ivr/menu --arg de --eagi --calls 200
  sudo agikit doctor menu.agi --no-call --language de,en
  agikit doctor --explain FAILURE          AGISTATUS, exit statuses, signals, 510
  agikit doctor --root /srv/pbx --json     an Asterisk in a chroot, for scripts

Exit codes:
  0  no fault; notes are none
  1  faults
  2  the arguments make no sense
  3  it could not look: no Asterisk was found, or --root without being root,
     or root cannot become Asterisk's user")]
pub(crate) struct Doctor {
    /// The program as AGI() in the dialplan names it: a name in astagidir, or a whole path. Without one, all that are in
    /// astagidir are looked at.
    #[arg(value_name = "PROGRAM")]
    pub(super) program: Option<PathBuf>,

    /// Do not run the program.
    #[arg(long, help_heading = "The trial call")]
    pub(super) no_call: bool,
    /// The caller presses these keys, each as soon as a command waits for it: 0 to 9, *, #, A to D; `w` is a
    /// pause of half a second, `W` of a second.
    #[arg(short, long, value_parser = values::keys, help_heading = "The trial call")]
    pub(super) keys: Option<String>,
    /// An argument behind the program in AGI(). May be given often.
    #[arg(
        short,
        long,
        value_name = "ARG",
        allow_hyphen_values = true,
        help_heading = "The trial call"
    )]
    pub(super) arg: Vec<OsString>,
    /// The dialplan calls it by EAGI(): descriptor 3 carries what the caller says, here silence.
    #[arg(long, help_heading = "The trial call")]
    pub(super) eagi: bool,
    /// How long the program may be silent, or live on after its call.
    #[arg(long, value_name = "TIME", value_parser = values::patience, default_value = "5s")]
    #[arg(help_heading = "The trial call")]
    pub(super) limit: Duration,

    #[command(flatten)]
    pub(super) place: Place,
    /// Languages in which callers are spoken to, the first one that of the trial call. Otherwise defaultlanguage of
    /// asterisk.conf, or `en`.
    #[arg(long, value_name = "LANGUAGE", value_delimiter = ',', help_heading = "Which Asterisk")]
    pub(super) language: Vec<String>,
    /// How many calls of EAGI at once there must be pipes for: each takes 288 pages of 4096 bytes, 256 of them for
    /// a minute of the caller's voice.
    #[arg(long, value_name = "N", default_value = "10", help_heading = "Which Asterisk")]
    pub(super) calls: u32,

    /// Explain a value of AGISTATUS, an exit status, a signal or a reply, and look at nothing.
    #[arg(long, value_name = "WORD", conflicts_with = "program", allow_hyphen_values = true)]
    pub(super) explain: Option<String>,
    /// Print what was found as JSON.
    #[arg(long)]
    pub(super) json: bool,
}
