//! The arguments of `agikit call`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{ArgGroup, Args, ValueEnum};

use super::values::{self, Caller, Entry, Variable};

/// Places a call to an AGI program or a FastAGI server, in any language, without an Asterisk.
#[derive(Debug, Args)]
#[command(after_help = "\
In a terminal this is a telephone: it shows the call, and the keyboard is the keypad.
Into a pipe or a file, with --fast and with --plain, the conversation is printed as a
transcript, which `agikit replay` plays; what the call came to goes to standard error.

Examples:
  agikit call ./menu.py                          be the caller
  agikit call --fast --keys '12#' ./menu.py      dial 12# and print what happens
  agikit call --fast -k 1001# --example account  an example of this package
  agikit call --caller 'Alice <0123456789>' --set LIMIT=5 ./menu.py de sales
  agikit call --fast --hangup-after 5s --record call.agi ./menu.py
  agikit call --audio hello.wav ./listen.pl      EAGI: the caller says hello
  agikit call --fast --audio hello.wav ./listen  the same, as fast as it reads
  agikit call --audio wide.wav --set EAGI_AUDIO_FORMAT=slin16 ./listen
                                                 at 16 kHz, sample for sample
  agikit call --eagi ./listen.pl                 a caller who says nothing
  agikit call agi://127.0.0.1:4573/account -k 1001# --arg de
                                                 a FastAGI server that is running
  agikit call --fast ./menu.py > call.agi && agikit replay call.agi -- ./menu.py

Exit codes:
  0  AGISTATUS is SUCCESS
  1  FAILURE: the program's exit status is not 0, or a command failed
  2  the arguments make no sense
  3  no call was placed: a file cannot be read or written, cargo did not build
  4  the program could not be started, or no server answers: NOTFOUND, or FAILURE,
     and the reason is told
  5  HANGUP: the caller hung up, as planned or not
  6  a signal ended the program
  7  the program or server hung: it was silent for too long, or lived on after its call
  130, 143  Ctrl-C twice, or another signal, ended agikit itself")]
#[command(override_usage = "agikit call [OPTIONS] PROGRAM [ARG]...
       agikit call [OPTIONS] --example NAME [ARG]...
       agikit call [OPTIONS] agi://HOST[:PORT][/PATH] [ARG]...")]
#[command(group = ArgGroup::new("cargo").args(["example", "bin"]))]
pub(crate) struct Call {
    /// The program and its arguments: a path, or a file in this folder, or else a program along PATH. With
    /// --example or --bin the arguments only. All that stands behind the first word is the program's. Or the
    /// address of a FastAGI server, agi://HOST[:PORT][/PATH][?QUERY], behind which options may stand, too.
    #[arg(value_name = "PROGRAM", trailing_var_arg = true)]
    #[arg(required_unless_present = "cargo")]
    pub(crate) words: Vec<OsString>,
    /// One more argument, behind those that stand alone: of a server's call the next agi_arg_N. May be given often.
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) arg: Vec<OsString>,
    /// Call an example of the package in this folder; cargo builds it.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) example: Option<String>,
    /// Call a program of the package in this folder; cargo builds it.
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Option<String>,

    /// The caller presses these keys, each as soon as a command waits for it: 0 to 9, *, #, A to D; `w` is a
    /// pause of half a second, `W` of a second.
    #[arg(short, long, value_parser = values::keys, help_heading = "The caller")]
    pub(crate) keys: Option<String>,
    /// Who calls: `NUMBER`, `Name <NUMBER>` or `Name <>`.
    #[arg(long, value_name = "CALLER", help_heading = "The caller")]
    #[arg(value_parser = OsStringValueParser::new().try_map(values::caller))]
    pub(crate) caller: Option<Caller>,
    /// The caller hangs up at this time of the call: `5s`, `1.5s`, `800ms`.
    #[arg(long, value_name = "TIME", value_parser = values::time, help_heading = "The caller")]
    pub(crate) hangup_after: Option<Duration>,
    /// The caller says what is in this WAV file, and is silent then. The call is one of EAGI; with --fast he speaks
    /// as fast as the program reads.
    #[arg(long, value_name = "FILE", help_heading = "The caller")]
    pub(crate) audio: Option<PathBuf>,

    /// The caller begins to speak at this time of the call: `7s`. Otherwise with the call.
    #[arg(long, value_name = "TIME", value_parser = values::time, requires = "audio", help_heading = "The caller")]
    pub(crate) audio_at: Option<Duration>,

    /// A channel variable. May be given often.
    #[arg(short, long, value_name = "NAME=VALUE", help_heading = "Asterisk")]
    #[arg(value_parser = OsStringValueParser::new().try_map(values::variable))]
    pub(crate) set: Vec<Variable>,
    /// An entry of AstDB. May be given often.
    #[arg(long, value_name = "FAMILY/KEY=VALUE", help_heading = "Asterisk")]
    #[arg(value_parser = OsStringValueParser::new().try_map(values::entry))]
    pub(crate) database: Vec<Entry>,
    /// The extension that was dialled, where AGI() stands: agi_extension and agi_context.
    #[arg(long, value_name = "EXTENSION[@CONTEXT]", help_heading = "Asterisk")]
    pub(crate) extension: Option<String>,
    /// There are the sounds of this folder, too, with their lengths. Asterisk's English core sounds are there
    /// anyway.
    #[arg(long, value_name = "DIR", help_heading = "Asterisk")]
    pub(crate) sounds: Vec<PathBuf>,
    /// There is a sound of this length. May be given often.
    #[arg(long, value_name = "NAME=TIME", value_parser = values::sound, help_heading = "Asterisk")]
    pub(crate) sound: Vec<(String, Duration)>,
    /// Call by EAGI: descriptor 3 carries what the caller says; without --audio that is silence.
    #[arg(long, help_heading = "Asterisk")]
    pub(crate) eagi: bool,
    /// The call is over before the program begins, as in the extension `h`.
    #[arg(long, help_heading = "Asterisk")]
    pub(crate) dead: bool,
    /// Whose replies and line lengths.
    #[arg(long, value_name = "VERSION", default_value = "22", help_heading = "Asterisk")]
    pub(crate) asterisk: Version,

    /// No real time: sounds and timeouts are over at once, and the times told are the right ones.
    #[arg(short, long, help_heading = "The desk")]
    pub(crate) fast: bool,
    /// Print the conversation in a terminal, too.
    #[arg(long, help_heading = "The desk")]
    pub(crate) plain: bool,
    /// Write the conversation to this file as a transcript, with its times. Only its owner can read it.
    #[arg(short, long, value_name = "FILE", help_heading = "The desk")]
    pub(crate) record: Option<PathBuf>,
    /// Let --record overwrite a file.
    #[arg(long, requires = "record", help_heading = "The desk")]
    pub(crate) force: bool,
    /// How long the program may be silent, or live on after its call, before it counts as hung.
    #[arg(long, value_name = "TIME", value_parser = values::patience, default_value = "30s")]
    #[arg(help_heading = "The desk")]
    pub(crate) patience: Duration,
    /// Print the agi_ variables: `auto` does so where the output may become a file.
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "The desk")]
    pub(crate) environment: When,
    /// Print the times between lines (`@ +1.250s`).
    #[arg(long, help_heading = "The desk")]
    pub(crate) times: bool,
    /// Say nothing of what the call came to.
    #[arg(short, long, help_heading = "The desk")]
    pub(crate) quiet: bool,
}

/// Asterisk's versions that the emulator was compared with.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Version {
    /// 16.28
    #[value(name = "16")]
    V16,
    /// 22.10
    #[value(name = "22")]
    V22,
}

/// When something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// Where standard output is no terminal.
    Auto,
    Always,
    Never,
}

impl Call {
    /// Descriptor 3 carries the caller's audio.
    pub(super) fn is_enhanced(&self) -> bool {
        self.eagi || self.audio.is_some()
    }
}
